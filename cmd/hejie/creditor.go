package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"text/tabwriter"

	"hejie/bot"
	"hejie/bot/store"
)

// CreditorCmd manages the creditors served here. An import makes them by name; what a debtor needs to know of them is set here.
type CreditorCmd struct {
	List CreditorListCmd `cmd:"" help:"List the creditors with their ids."`
	Set  CreditorSetCmd  `cmd:"" help:"Set a creditor's addresses, or make the secret its portal signs with."`
}

// CreditorListCmd lists them.
type CreditorListCmd struct {
	DB string `name:"db" help:"Database: postgres://… or sqlite:PATH. Default: HEJIE_DATABASE_URL, or hejie.db in HEJIE_DATA_DIR."`
}

// Help shows an example.
func (CreditorListCmd) Help() string { return "Example:\n  hejie creditor list" }

// Run lists.
func (c *CreditorListCmd) Run(std *IO) error {
	return withStore(c.DB, func(ctx context.Context, st *store.Store) error {
		all, err := st.Tenants(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(std.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tNAME\tCOLLECTOR\tHOTLINE\tWEBSITE\tPAY\tPORTALS")
		for _, t := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.Name, t.Collector, t.Hotline, t.Website, t.PayURL, strings.Join(t.FrameAncestors, " "))
		}
		return w.Flush()
	})
}

// CreditorSetCmd changes one.
type CreditorSetCmd struct {
	ID        string   `arg:"" help:"Id, from hejie creditor list."`
	Collector *string  `help:"Who runs the service for the creditor; debtors are told."`
	Hotline   *string  `help:"Telephone number where a debtor can check that this is real."`
	Website   *string  `help:"The creditor's own site."`
	PayURL    *string  `name:"pay-url" help:"Official page to pay on."`
	Portal    []string `help:"Origin that may embed the chat; may be repeated. Replaces the known ones."`
	NewSecret bool     `help:"Make a new host secret and print it, this once. Tokens signed with the old one end."`
	DB        string   `name:"db" help:"Database: postgres://… or sqlite:PATH. Default: HEJIE_DATABASE_URL, or hejie.db in HEJIE_DATA_DIR."`
}

// Help shows an example.
func (CreditorSetCmd) Help() string {
	return "Example:\n  hejie creditor set ID --hotline 400-000-0000 --website https://www.example.com --pay-url https://pay.example.com \\\n" +
		"  --portal https://www.example.com --new-secret"
}

// Run changes what was given and nothing else.
func (c *CreditorSetCmd) Run(std *IO) error {
	if err := c.check(); err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	return withStore(c.DB, func(ctx context.Context, st *store.Store) error {
		t, err := st.Tenant(ctx, c.ID)
		if errors.Is(err, bot.ErrNotFound) {
			return fmt.Errorf("%w: no creditor has the id %q; see hejie creditor list", errFails, c.ID)
		}
		if err != nil {
			return err
		}
		for _, f := range []struct {
			given *string
			into  *string
		}{{c.Collector, &t.Collector}, {c.Hotline, &t.Hotline}, {c.Website, &t.Website}, {c.PayURL, &t.PayURL}} {
			if f.given != nil {
				*f.into = strings.TrimSpace(*f.given)
			}
		}
		if len(c.Portal) > 0 {
			t.FrameAncestors = c.Portal
		}
		secret := ""
		if c.NewSecret {
			secret = randomHex()
			t.HostSecret = []byte(secret)
		}
		if err := st.SaveTenant(ctx, t); err != nil {
			return err
		}
		fmt.Fprintf(std.Out, "saved %s (%s)\n", t.Name, t.ID)
		if secret != "" {
			fmt.Fprintf(std.Out, "host secret, shown this once (the text itself is the HS256 key): %s\n", secret)
		}
		return nil
	})
}

func (c *CreditorSetCmd) check() error {
	var f []error
	for name, v := range map[string]*string{"website": c.Website, "pay-url": c.PayURL} {
		if v == nil {
			continue
		}
		if u, err := url.Parse(*v); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			f = append(f, fmt.Errorf("--%s: %q is not a web address", name, *v))
		}
	}
	for _, p := range c.Portal {
		if !isOrigin(p) {
			f = append(f, fmt.Errorf("--portal: %q is not an origin such as https://www.example.com", p))
		}
	}
	return errors.Join(f...)
}
