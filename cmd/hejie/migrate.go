package main

import (
	"context"
	"fmt"

	"hejie/bot/store"
)

// MigrateCmd brings the database's schema up to date. serve does so too; this lets an operator do it apart.
type MigrateCmd struct {
	DB    string `name:"db" help:"Database: postgres://… or sqlite:PATH. Default: HEJIE_DATABASE_URL, or hejie.db in HEJIE_DATA_DIR."`
	Check bool   `help:"Only say whether something is missing (exit status 1 when it is)."`
}

// Help shows an example.
func (MigrateCmd) Help() string {
	return "Example:\n  hejie migrate --check\n  hejie migrate --db postgres://hejie@localhost/hejie"
}

// Run migrates, or checks.
func (c *MigrateCmd) Run(std *IO) error {
	url, err := databaseURL(c.DB)
	if err != nil {
		return err
	}
	run := store.Migrate
	if c.Check {
		run = store.Schema
	}
	st, err := run(context.Background(), url)
	if err != nil {
		return err
	}
	for _, name := range st.Applied {
		fmt.Fprintln(std.Out, "applied", name)
	}
	if st.Current < st.Target {
		fmt.Fprintf(std.Out, "schema %d of %d: run hejie migrate\n", st.Current, st.Target)
		return fmt.Errorf("%w: %w", errSilent, errFails)
	}
	fmt.Fprintf(std.Out, "schema %d: up to date\n", st.Current)
	return nil
}
