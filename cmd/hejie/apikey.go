package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"hejie/bot"
	"hejie/bot/store"
)

// ApikeyCmd manages the keys of creditors' own systems.
type ApikeyCmd struct {
	Add    ApikeyAddCmd    `cmd:"" help:"Make a key; it is printed once and kept as a hash only."`
	List   ApikeyListCmd   `cmd:"" help:"List keys: prefix, creditor, scopes, last use."`
	Revoke ApikeyRevokeCmd `cmd:"" help:"End a key at once."`
}

// ApikeyAddCmd makes one.
type ApikeyAddCmd struct {
	Creditor string   `arg:"" help:"Name or id of the creditor; the key sees nothing of any other."`
	Name     string   `required:"" help:"What the key is for, such as core-banking."`
	Scope    []string `required:"" sep:"," help:"accounts:read, payments:write, conversations:read, arrangements:read, holds:read, holds:write, cases:read, cases:write, webhooks:manage."`
	Days     int      `help:"Days until it ends; 0: never."`
	DB       string   `name:"db" help:"Database: postgres://… or sqlite:PATH. Default: HEJIE_DATABASE_URL, or hejie.db in HEJIE_DATA_DIR."`
}

// Help shows an example.
func (ApikeyAddCmd) Help() string {
	return "Example:\n  hejie apikey add 安和消费金融 --name core-banking --scope accounts:read,payments:write --days 365"
}

// Run makes the key. It goes to standard output alone, so that it can be piped into a secret store.
func (c *ApikeyAddCmd) Run(std *IO) error {
	if c.Days < 0 {
		return fmt.Errorf("%w: --days %d", errUsage, c.Days)
	}
	return withStore(c.DB, func(ctx context.Context, st *store.Store) error {
		t, err := creditorNamed(ctx, st, c.Creditor)
		if err != nil {
			return err
		}
		k := bot.APIKey{CreditorID: t.ID, Name: c.Name, Scopes: c.Scope}
		if c.Days > 0 {
			k.ExpiresMS = time.Now().AddDate(0, 0, c.Days).UnixMilli()
		}
		k, secret, err := st.AddAPIKey(ctx, k, "cli")
		if errors.Is(err, bot.ErrEmpty) {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(std.Err, "key %s for %s (%s); it is shown only now:\n", k.ID, t.Name, strings.Join(k.Scopes, " "))
		fmt.Fprintln(std.Out, secret)
		return nil
	})
}

// creditorNamed finds a creditor by name or id.
func creditorNamed(ctx context.Context, st *store.Store, name string) (bot.Tenant, error) {
	t, err := st.TenantByName(ctx, name)
	if errors.Is(err, bot.ErrNotFound) {
		t, err = st.Tenant(ctx, name)
	}
	if errors.Is(err, bot.ErrNotFound) {
		return t, fmt.Errorf("%w: no creditor %q; hejie creditor list shows them", errUsage, name)
	}
	return t, err
}

// ApikeyListCmd lists them.
type ApikeyListCmd struct {
	DB string `name:"db" help:"Database, as for apikey add."`
}

// Help shows an example.
func (ApikeyListCmd) Help() string { return "Example:\n  hejie apikey list --db sqlite:data/hejie.db" }

// Run prints one line a key.
func (c *ApikeyListCmd) Run(std *IO) error {
	return withStore(c.DB, func(ctx context.Context, st *store.Store) error {
		keys, err := st.APIKeys(ctx, "")
		if err != nil {
			return err
		}
		for _, k := range keys {
			state := "active"
			switch now := time.Now().UnixMilli(); {
			case k.RevokedMS > 0:
				state = "revoked"
			case k.ExpiresMS > 0 && k.ExpiresMS <= now:
				state = "expired"
			}
			used := "never used"
			if k.LastUsedMS > 0 {
				used = "used " + time.UnixMilli(k.LastUsedMS).UTC().Format(time.RFC3339)
			}
			fmt.Fprintf(std.Out, "%s  %s…  %-8s %s  %s  %s  %s\n", k.ID, k.Prefix, state, k.CreditorID, k.Name, strings.Join(k.Scopes, ","), used)
		}
		return nil
	})
}

// ApikeyRevokeCmd ends one.
type ApikeyRevokeCmd struct {
	ID string `arg:"" help:"The key's id (apikey list)."`
	DB string `name:"db" help:"Database, as for apikey add."`
}

// Help shows an example.
func (ApikeyRevokeCmd) Help() string {
	return "Example:\n  hejie apikey revoke 0193c5f2-7a10-7c11-9b7e-0d1f2a3b4c5d"
}

// Run revokes.
func (c *ApikeyRevokeCmd) Run(std *IO) error {
	return withStore(c.DB, func(ctx context.Context, st *store.Store) error {
		err := st.RevokeAPIKey(ctx, c.ID, "cli")
		if errors.Is(err, bot.ErrNotFound) {
			return fmt.Errorf("%w: no active key %s", errFails, c.ID)
		}
		if err != nil {
			return err
		}
		fmt.Fprintln(std.Out, "revoked", c.ID)
		return nil
	})
}
