package main

import (
	"context"
	"fmt"

	"hejie/bot/store"
)

// AuditCmd looks at the audit trail.
type AuditCmd struct {
	Verify AuditVerifyCmd `cmd:"" help:"Check the hash chain of the audit trail from its first line to its last."`
}

// AuditVerifyCmd checks that no line of the audit was changed, removed or cut off.
type AuditVerifyCmd struct {
	DB string `name:"db" help:"Database: postgres://… or sqlite:PATH. Default: HEJIE_DATABASE_URL, or hejie.db in HEJIE_DATA_DIR."`
}

// Help shows an example.
func (AuditVerifyCmd) Help() string {
	return "Example:\n  hejie audit verify --db sqlite:data/hejie.db\n\nExit status 1 when a line was changed, removed or cut off."
}

// Run verifies.
func (c *AuditVerifyCmd) Run(std *IO) error {
	return withStore(c.DB, func(ctx context.Context, st *store.Store) error {
		n, bad, err := st.VerifyAudit(ctx)
		if err != nil {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
		if bad > 0 {
			fmt.Fprintf(std.Out, "broken: line %d was changed, removed or cut off; the %d lines before it hold\n", bad, n)
			return fmt.Errorf("%w: %w", errSilent, errFails)
		}
		fmt.Fprintf(std.Out, "sound: %d lines\n", n)
		return nil
	})
}
