package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"hejie/bot/store"
)

// ImportCmd loads or refreshes a portfolio.
type ImportCmd struct {
	File   string `arg:"" type:"existingfile" help:"Portfolio as .csv (UTF-8) or .xlsx (first sheet)."`
	DryRun bool   `help:"Check the file and say what would happen; change nothing."`
	DB     string `name:"db" help:"Database: postgres://… or sqlite:PATH. Default: HEJIE_DATABASE_URL, or hejie.db in HEJIE_DATA_DIR."`
	Errors int    `default:"50" help:"List at most this many faults; all are counted."`
}

// Help shows an example.
func (ImportCmd) Help() string {
	return `Example:
  hejie import --dry-run portfolio.csv
  hejie import portfolio.csv

All rows are loaded or none. The same file twice changes nothing: known accounts (creditor, account_no) are brought
up to date by new ledger entries. Amounts are yuan with at most two decimals, days YYYY-MM-DD.`
}

// Run imports the file; any fault in a row means exit status 1 and an unchanged database.
func (c *ImportCmd) Run(std *IO) error {
	return withStore(c.DB, func(ctx context.Context, st *store.Store) error {
		ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
		defer stop()
		bar := newProgress(std.Err, isTerminal(std.Err))
		rep, err := st.Import(ctx, c.File, store.ImportOptions{DryRun: c.DryRun, ListMax: c.Errors, Progress: bar.show})
		bar.end()
		if err != nil {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
		return c.report(std, rep)
	})
}

func (c *ImportCmd) report(std *IO, rep store.ImportReport) error {
	for _, e := range rep.Listed {
		fmt.Fprintln(std.Err, e)
	}
	if more := rep.Errors - int64(len(rep.Listed)); more > 0 {
		fmt.Fprintf(std.Err, "… and %d more\n", more)
	}
	if rep.Errors > 0 {
		fmt.Fprintf(std.Out, "%d rows read, %d faults: nothing was loaded\n", rep.Rows, rep.Errors)
		return fmt.Errorf("%w: %w", errSilent, errFails)
	}
	verb := "loaded"
	if c.DryRun {
		verb = "would be loaded (dry run, nothing was changed)"
	}
	fmt.Fprintf(std.Out, "%d rows %s: %d new accounts, %d known ones, %d new debtors, %d new creditors, %d ledger entries\n",
		rep.Rows, verb, rep.Accounts, rep.Known, rep.Debtors, rep.Creditors, rep.Entries)
	return nil
}

// databaseURL is the one given, or the server's own.
func databaseURL(flag string) (string, error) {
	if flag != "" {
		return flag, nil
	}
	cfg, err := loadConfig(os.Environ())
	if err != nil {
		return "", fmt.Errorf("%w: %w", errUsage, err)
	}
	return cfg.database(), nil
}

// withStore opens the database of a command for f.
func withStore(db string, f func(context.Context, *store.Store) error, opts ...store.Option) error {
	url, err := databaseURL(db)
	if err != nil {
		return err
	}
	ctx := context.Background()
	st, err := store.Open(ctx, url, opts...)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	return errors.Join(f(ctx, st), st.Shutdown())
}

// isTerminal says whether somebody looks on: then a bar may be redrawn, else lines go to a log.
func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0
}

// progress shows how far an import is: one redrawn line on a terminal, a line every few seconds elsewhere.
type progress struct {
	w     io.Writer
	tty   bool
	last  time.Time
	drawn bool
	every time.Duration
}

func newProgress(w io.Writer, tty bool) *progress {
	p := &progress{w: w, tty: tty, last: time.Now(), every: 3 * time.Second}
	if tty {
		p.every = 100 * time.Millisecond
	}
	return p
}

func (p *progress) show(s store.ImportProgress) {
	if time.Since(p.last) < p.every {
		return
	}
	p.last = time.Now()
	if !p.tty {
		fmt.Fprintf(p.w, "%s: %d rows%s\n", s.Phase, s.Rows, share(s))
		return
	}
	p.drawn = true
	const width = 30
	full := 0
	if s.Total > 0 {
		full = int(width * min(s.Done, s.Total) / s.Total)
	}
	fmt.Fprintf(p.w, "\r%-5s [%s%s]%s %d rows ", s.Phase, strings.Repeat("#", full), strings.Repeat(".", width-full), share(s), s.Rows)
}

func share(s store.ImportProgress) string {
	if s.Total == 0 {
		return ""
	}
	return fmt.Sprintf(" %3d %%", 100*min(s.Done, s.Total)/s.Total)
}

// end leaves the terminal's line.
func (p *progress) end() {
	if p.drawn {
		fmt.Fprintln(p.w)
	}
}
