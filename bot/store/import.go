package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"hejie/bot"
)

// ImportOptions of one portfolio file.
type ImportOptions struct {
	DryRun   bool                 // check and count, change nothing
	ListMax  int                  // how many errors are listed; all are counted. 0 = 50
	Progress func(ImportProgress) // called now and then, never concurrently
}

// ImportProgress says how far an import is. Total is 0 while unknown.
type ImportProgress struct {
	Phase       string // read | write
	Done, Total int64  // read: bytes (CSV); write: steps
	Rows        int64
}

// RowError is one fault of a file, to be found again in a spreadsheet.
type RowError struct {
	Row      int    `json:"row"` // line of the file, the heading is 1
	Column   string `json:"column"`
	What     string `json:"what"`
	Expected string `json:"expected"`
}

func (e RowError) String() string {
	s := fmt.Sprintf("row %d", e.Row)
	if e.Column != "" {
		s += ", column " + e.Column
	}
	s += ": " + e.What
	if e.Expected != "" {
		s += "; expected " + e.Expected
	}
	return s
}

// ImportReport is what a file did, or would do. With Errors > 0 nothing was changed.
type ImportReport struct {
	Rows      int64      `json:"rows"`
	Creditors int64      `json:"creditors_new"`
	Debtors   int64      `json:"debtors_new"`
	Accounts  int64      `json:"accounts_new"`
	Known     int64      `json:"accounts_known"`
	Entries   int64      `json:"entries"`
	Errors    int64      `json:"errors"`
	Listed    []RowError `json:"listed,omitempty"`
	SHA256    string     `json:"sha256"`
}

const (
	defaultListMax = 50
	stageRows      = 100 // rows in one statement
	pageRows       = 500 // rows whose accounts are held in memory at once
)

// errDryRun rolls a finished import back.
var errDryRun = errors.New("store: dry run")

// Import loads or refreshes a portfolio from a .csv or .xlsx file: all of it or nothing.
// Rows are checked and put aside in small steps while the server goes on; one transaction then takes them over.
// A known account (creditor and account_no) is brought up to date by adding entries, never by changing old ones,
// so the same file twice changes nothing. Faults of rows are in the report; the error is for files that cannot be read at all.
func (s *Store) Import(ctx context.Context, path string, opts ImportOptions) (ImportReport, error) {
	im := &importer{store: s, opts: opts, id: newID(), file: filepath.Base(path), creditors: map[string]string{}}
	if im.opts.ListMax == 0 {
		im.opts.ListMax = defaultListMax
	}
	var err error
	if im.report.SHA256, err = fileSum(path); err != nil {
		return im.report, fmt.Errorf("import: %w", err)
	}
	defer func() { // also when the caller gave up
		_ = s.write(context.WithoutCancel(ctx), func(t *tx) error {
			_, err := t.exec("import_forget", im.id)
			return err
		})
	}()
	if err := im.stage(ctx, path); err != nil {
		return im.report, fmt.Errorf("import %s: %w", im.file, err)
	}
	if err := im.crossCheck(ctx); err != nil {
		return im.report, fmt.Errorf("import %s: %w", im.file, err)
	}
	if im.report.Errors > 0 {
		return im.report, nil
	}
	if err := im.merge(ctx); err != nil {
		return im.report, fmt.Errorf("import %s: %w", im.file, err)
	}
	return im.report, nil
}

type importer struct {
	store     *Store
	opts      ImportOptions
	id        string
	file      string
	report    ImportReport
	creditors map[string]string // name -> id, known or to be made
	fresh     []bot.Tenant      // creditors to be made
	lastRow   int               // the highest row staged
	batch     []any
	batched   int
}

func (im *importer) fault(e RowError) {
	im.report.Errors++
	if len(im.report.Listed) < im.opts.ListMax {
		im.report.Listed = append(im.report.Listed, e)
	}
}

func (im *importer) progress(p ImportProgress) {
	if im.opts.Progress != nil {
		p.Rows = im.report.Rows
		im.opts.Progress(p)
	}
}

// stage reads the whole file once, row by row.
func (im *importer) stage(ctx context.Context, path string) error {
	src, err := openRows(path)
	if err != nil {
		return err
	}
	defer src.close()
	head, err := src.next()
	if errors.Is(err, io.EOF) {
		return errors.New("the file is empty: a heading with the column names is expected")
	}
	if err != nil {
		return err
	}
	p, faults := newRowParser(head, src.fromSheet(), im.store.now())
	for _, f := range faults {
		im.fault(f)
	}
	if p == nil {
		return nil
	}
	for {
		row, err := src.next()
		if errors.Is(err, io.EOF) {
			break
		}
		var bad *badRowError
		if errors.As(err, &bad) {
			im.report.Rows++
			im.fault(bad.RowError)
			continue
		}
		if err != nil {
			return err
		}
		if err := im.stageRow(ctx, p, row); err != nil {
			return err
		}
		if im.report.Rows%1000 == 0 {
			done, total := src.position()
			im.progress(ImportProgress{Phase: "read", Done: done, Total: total})
		}
	}
	done, total := src.position()
	im.progress(ImportProgress{Phase: "read", Done: max(done, total), Total: total})
	return im.flush(ctx)
}

func (im *importer) stageRow(ctx context.Context, p *rowParser, row rawRow) error {
	if row.blank() {
		return nil
	}
	im.report.Rows++
	r, faults := p.parse(row)
	for _, f := range faults {
		im.fault(f)
	}
	if len(faults) > 0 {
		return nil
	}
	creditorID, err := im.creditor(ctx, r)
	if err != nil {
		return err
	}
	im.lastRow = r.No
	im.batch = append(im.batch, r.values(im.id, creditorID, im.store.nowMS())...)
	if im.batched++; im.batched == stageRows {
		return im.flush(ctx)
	}
	return nil
}

// creditor finds the tenant a row names, or plans a new one.
func (im *importer) creditor(ctx context.Context, r portfolioRow) (string, error) {
	if id, ok := im.creditors[r.Creditor]; ok {
		return id, nil
	}
	t, err := im.store.TenantByName(ctx, r.Creditor)
	if errors.Is(err, bot.ErrNotFound) {
		t = bot.Tenant{}
		t.ID, t.Name, t.Profile = newID(), r.Creditor, profileOf(r.DebtType)
		im.fresh = append(im.fresh, t)
		err = nil
	}
	if err != nil {
		return "", err
	}
	im.creditors[r.Creditor] = t.ID
	return t.ID, nil
}

// profileOf is a first guess at what kind of creditor this is; the operator may change it.
func profileOf(debtType string) string {
	switch debtType {
	case "tax":
		return "TAX"
	case "credit_card", "online_loan":
		return "FI"
	}
	return "NF"
}

func fileSum(path string) (string, error) {
	f, err := os.Open(path) // #nosec G304 -- the operator's own file
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // only read
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
