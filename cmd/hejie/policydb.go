package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// recordedAccount is what a simulation reads of an account; it needs no name, number or key.
type recordedAccount struct {
	ID         string        `db:"id"`
	DebtType   string        `db:"debt_type"`
	Currency   string        `db:"currency"`
	DueOn      calendar.Date `db:"due_on"`
	ContractOn calendar.Date `db:"contract_on"`
	RateE6     int64         `db:"annual_rate_e6"`
	Stage      string        `db:"stage"`
}

// recordedWishes are the accounts of a database, each with the wish its last recorded offer met, or none.
func recordedWishes(ctx context.Context, url string) ([]offerIn, error) {
	driver, dsn := "postgres", url
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, dsn = "sqlite", "file:"+strings.TrimPrefix(path, "//")+"?mode=ro"
	} else if strings.HasPrefix(url, "file:") {
		driver = "sqlite"
	}
	db, err := sqlx.ConnectContext(ctx, driver, dsn)
	if err != nil {
		return nil, fmt.Errorf("database: %w", withoutURL(err, url))
	}
	defer func() { _ = db.Close() }()
	var accounts []recordedAccount
	if err := db.SelectContext(ctx, &accounts, `SELECT id, debt_type, currency, due_on, contract_on, annual_rate_e6, stage FROM account ORDER BY id`); err != nil {
		return nil, err
	}
	var entries []ledger.Entry
	if err := db.SelectContext(ctx, &entries, `SELECT id, account_id, kind, component, amount, value_on, basis, posted_ms FROM entry ORDER BY account_id, id`); err != nil {
		return nil, err
	}
	var offers []struct {
		AccountID string `db:"account_id"`
		Terms     string `db:"terms"`
	}
	if err := db.SelectContext(ctx, &offers, `SELECT account_id, terms FROM offer ORDER BY made_ms, id`); err != nil {
		return nil, err
	}
	byAccount, wishes := map[string][]ledger.Entry{}, map[string]arrange.Ask{}
	for _, e := range entries {
		byAccount[e.AccountID] = append(byAccount[e.AccountID], e)
	}
	for _, o := range offers {
		var x arrange.Offer
		if err := json.Unmarshal([]byte(o.Terms), &x); err != nil {
			return nil, fmt.Errorf("offer of %s: %w", o.AccountID, err)
		}
		wishes[o.AccountID] = wishOf(x)
	}
	out := make([]offerIn, 0, len(accounts))
	for _, a := range accounts {
		in, err := a.in(byAccount[a.ID])
		if err != nil {
			return nil, fmt.Errorf("account %s: %w", a.ID, err)
		}
		in.Ask = wishes[a.ID]
		out = append(out, in)
	}
	return out, nil
}

// withoutURL keeps a password in an address out of a message.
func withoutURL(err error, url string) error {
	return fmt.Errorf("%s", strings.ReplaceAll(err.Error(), url, "…"))
}

func (a recordedAccount) in(entries []ledger.Entry) (offerIn, error) {
	var in offerIn
	b, err := ledger.Compute(entries, nil, calendar.Date{})
	if err != nil {
		return in, err
	}
	x := &in.Account
	x.ID, x.DebtType, x.Currency, x.Stage, x.ContractDate = a.ID, a.DebtType, a.Currency, a.Stage, a.ContractOn
	x.AnnualRate = float64(a.RateE6) / 1e6 // only compared with a cap
	x.Principal, x.Interest, x.Penalty, x.Fees = b.Principal, b.Interest, b.Penalty, b.Fees
	in.dueOn = a.DueOn
	return in, nil
}

// wishOf is the wish an offer answers. What was only proposed comes back as the wish for it: that is what both policies
// are compared on.
func wishOf(o arrange.Offer) arrange.Ask {
	ask := arrange.Ask{Kind: o.Kind, Every: o.Every} // not its day: that may be past by now
	switch o.Kind {
	case arrange.Instalments:
		ask.Count = len(o.Instalments)
	case arrange.Settlement:
		ask.Lump = o.Total
	case arrange.Token:
		if len(o.Instalments) > 0 {
			ask.Monthly = o.Instalments[0].Amount
		}
	}
	return ask
}
