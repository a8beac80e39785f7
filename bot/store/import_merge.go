package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// staleImport is how long staged rows may lie about before a start removes them: their program is gone by then.
const staleImport = 24 * time.Hour

func (s *Store) dropStaleImports(ctx context.Context) error {
	_, err := s.writes.named("import_forget_stale").ExecContext(ctx, s.now().Add(-staleImport).UnixMilli())
	return err
}

// flush stages the rows gathered so far. Small steps: on SQLite the chat shares the one writer.
func (im *importer) flush(ctx context.Context) error {
	if im.batched == 0 {
		return nil
	}
	err := im.store.write(ctx, func(t *tx) error { return t.insertMany("import_row", importColumns, im.batched, im.batch) })
	im.batch, im.batched = im.batch[:0], 0
	return err
}

// insertMany writes several rows in one statement: a round trip for each would take minutes.
func (t *tx) insertMany(table, columns string, rows int, values []any) error {
	if rows == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString("INSERT INTO " + table + " (" + columns + ") VALUES ")
	for i := range values {
		switch {
		case i == 0:
			b.WriteString("(")
		case i%(len(values)/rows) == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		if t.store.dialect == sqlite { // thousands of numbered parameters are looked up by name there, one after the other
			b.WriteString("?")
		} else {
			fmt.Fprintf(&b, "$%d", i+1)
		}
	}
	b.WriteString(")")
	_, err := t.tx.ExecContext(t.ctx, b.String(), values...)
	return err
}

// crossCheck finds what no row shows alone: doubles, and contradictions with what is known.
func (im *importer) crossCheck(ctx context.Context) error {
	checks := []struct{ query, column, what, expected string }{
		{"import_twice", "account_no", "the account stands in row %v already", "each account once"},
		{"import_two_names", "name", "the same debtor_id has another name in row %v", "one name for one debtor_id"},
		{"import_moved", "debtor_id", "the account is known as debtor %v's", "the same debtor; a debt that changed hands needs a new account_no"},
		{"import_older", "as_of", "figures as of %v are loaded already", "figures of that day or later"},
		{"import_currency", "currency", "the account is known in %v", "the same currency"},
	}
	const all = 1 << 31
	for _, c := range checks {
		var rows []struct {
			Row   int    `db:"row_no"`
			First int    `db:"first_row"`
			Known string `db:"known"`
		}
		if err := im.store.sel(ctx, &rows, c.query, im.id, all); err != nil {
			return fmt.Errorf("%s: %w", c.query, err)
		}
		for _, r := range rows {
			var other any = r.Known
			if r.First > 0 {
				other = r.First
			}
			im.fault(RowError{Row: r.Row, Column: c.column, What: fmt.Sprintf(c.what, other), Expected: c.expected})
		}
	}
	return nil
}

// merge takes the staged rows over in one transaction.
func (im *importer) merge(ctx context.Context) error {
	err := im.store.write(ctx, func(t *tx) error {
		im.report.Known, im.report.Entries = 0, 0 // a second run starts anew
		if err := im.mergeIn(t); err != nil {
			return err
		}
		if im.opts.DryRun {
			return errDryRun
		}
		_, err := t.audit("import", "system", "", nil, im.report)
		return err
	})
	if errors.Is(err, errDryRun) {
		return nil
	}
	return err
}

func (im *importer) mergeIn(t *tx) error {
	const steps = 5
	step := int64(0)
	done := func() { step++; im.progress(ImportProgress{Phase: "write", Done: step, Total: steps}) }
	for _, c := range im.fresh {
		if err := t.saveTenant(c); err != nil {
			return err
		}
	}
	im.report.Creditors = int64(len(im.fresh))
	if err := t.get(&im.report.Debtors, "import_new_debtors", im.id); err != nil {
		return err
	}
	if _, err := t.exec("import_debtors", im.id); err != nil {
		return err
	}
	done()
	if err := im.refresh(t); err != nil { // before the accounts forget what they said so far
		return err
	}
	done()
	if _, err := t.exec("import_accounts", im.id); err != nil {
		return err
	}
	done()
	if err := t.get(&im.report.Accounts, "import_new_accounts", im.id); err != nil {
		return err
	}
	n, err := t.exec("import_first_entries", im.id, im.file, t.now)
	im.report.Entries += n
	done()
	if err != nil {
		return err
	}
	_, err = t.exec("import_forget", im.id)
	done()
	return err
}

// knownRow is a row of the file whose account is in the books.
type knownRow struct {
	Row          int           `db:"row_no"`
	AccountID    string        `db:"account_id"`
	Principal    ledger.Amount `db:"principal"`
	Interest     ledger.Amount `db:"interest"`
	Penalty      ledger.Amount `db:"penalty"`
	Fees         ledger.Amount `db:"fees"`
	AsOf         calendar.Date `db:"as_of"`
	PaymentOn    calendar.Date `db:"last_payment_on"`
	OldAsOf      calendar.Date `db:"old_as_of"`
	OldPaymentOn calendar.Date `db:"old_payment_on"`
}

// refresh brings known accounts to the file's figures, page by page.
func (im *importer) refresh(t *tx) error {
	for after := 0; after < im.lastRow; after += pageRows {
		var rows []knownRow
		if err := t.sel(&rows, "import_known", im.id, after, after+pageRows); err != nil {
			return err
		}
		var entries []ledger.Entry
		if err := t.sel(&entries, "import_known_entries", im.id, after, after+pageRows); err != nil {
			return err
		}
		byAccount := map[string][]ledger.Entry{}
		for _, e := range entries {
			byAccount[e.AccountID] = append(byAccount[e.AccountID], e)
		}
		var values []any
		n := 0
		for _, r := range rows {
			im.report.Known++
			more, err := im.corrections(r, byAccount[r.AccountID], t.now)
			if err != nil {
				return fmt.Errorf("row %d: %w", r.Row, err)
			}
			for _, e := range more {
				values = append(values, e.ID, e.AccountID, e.Kind, e.Component, e.Amount, e.On, e.Basis, e.PostedMS)
				n++
			}
		}
		if err := t.insertMany("entry", "id, account_id, kind, component, amount, value_on, basis, posted_ms", n, values); err != nil {
			return err
		}
		im.report.Entries += int64(n)
	}
	return nil
}

// corrections are the entries between what the books say and what the file says. Less owed is a payment when the file
// names a new day of payment inside its period, else a correction.
func (im *importer) corrections(r knownRow, entries []ledger.Entry, nowMS int64) (out []ledger.Entry, err error) {
	was, err := ledger.Compute(entries, nil, calendar.Date{})
	if err != nil {
		return nil, err
	}
	paid := r.PaymentOn.After(r.OldPaymentOn) && !r.PaymentOn.Before(r.OldAsOf)
	want := ledger.Balance{Principal: r.Principal, Interest: r.Interest, Penalty: r.Penalty, Fees: r.Fees}
	for _, c := range ledger.Components {
		diff := want.Get(c) - was.Get(c)
		if diff == 0 {
			continue
		}
		e := ledger.Entry{ID: newID(), AccountID: r.AccountID, Kind: ledger.Adjust, Component: c, Amount: diff, On: r.AsOf,
			Basis: fmt.Sprintf("import:%s#%d", im.file, r.Row), PostedMS: nowMS}
		if diff < 0 && paid {
			e.Kind, e.Amount, e.On = ledger.Payment, -diff, r.PaymentOn
		}
		out = append(out, e)
	}
	return out, nil
}
