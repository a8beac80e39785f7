package store

import (
	"context"
	"fmt"
	"math/big"

	"hejie/flows"
	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

type accountRow struct {
	ID                string        `db:"id"`
	No                string        `db:"account_no"`
	DebtType          string        `db:"debt_type"`
	Currency          string        `db:"currency"`
	AsOf              calendar.Date `db:"as_of"`
	DueOn             calendar.Date `db:"due_on"`
	ContractOn        calendar.Date `db:"contract_on"`
	AnnualRateE6      int64         `db:"annual_rate_e6"`
	DailyInterest     ledger.Amount `db:"daily_interest"`
	Stage             string        `db:"stage"`
	ReportsCredit     bool          `db:"reports_credit"`
	IntendsLitigation bool          `db:"intends_litigation"`
	LastPaymentOn     calendar.Date `db:"last_payment_on"`
	LastDemandOn      calendar.Date `db:"last_demand_on"`
}

// CaseFile loads what a creditor's books say of a debtor: accounts with entries and balance, holds, cases, plans.
// Days overdue, stage and what exceeds the legal cap stand at the store's clock. An empty debtorID loads the creditor only. ErrNotFound.
func (s *Store) CaseFile(ctx context.Context, creditorID, debtorID string) (flows.CaseFile, error) {
	var cf flows.CaseFile
	tenant, err := s.Tenant(ctx, creditorID)
	if err != nil {
		return cf, err
	}
	cf.Creditor = tenant.Creditor
	if debtorID == "" {
		return cf, nil
	}
	var d debtorRow
	if err := s.get(ctx, &d, "debtor", creditorID, debtorID); err != nil {
		return cf, fmt.Errorf("debtor %s: %w", debtorID, found(err))
	}
	cf.Debtor = flows.Debtor{ID: d.ID, Name: d.Name, Means: arrange.Means{Payday: d.Payday, Reason: d.Reason}}
	if d.Income.Valid {
		v := ledger.Amount(d.Income.Int64)
		cf.Debtor.Means.MonthlyIncome = &v
	}
	if d.Outgoings.Valid {
		v := ledger.Amount(d.Outgoings.Int64)
		cf.Debtor.Means.MonthlyOutgoings = &v
	}
	today := calendar.DateOf(s.now())
	if err := s.loadAccounts(ctx, &cf, debtorID, today); err != nil {
		return cf, err
	}
	if err := s.loadMatters(ctx, &cf, debtorID, today); err != nil {
		return cf, err
	}
	if err := s.loadPlans(ctx, &cf, debtorID); err != nil {
		return cf, err
	}
	return cf, s.loadPromises(ctx, &cf, debtorID, today)
}

func (s *Store) loadAccounts(ctx context.Context, cf *flows.CaseFile, debtorID string, today calendar.Date) error {
	var rows []accountRow
	if err := s.sel(ctx, &rows, "accounts_of", cf.Creditor.ID, debtorID); err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	for _, r := range rows {
		var entries []ledger.Entry
		if err := s.sel(ctx, &entries, "entries_of", r.ID); err != nil {
			return fmt.Errorf("entries of %s: %w", r.ID, err)
		}
		a, err := r.file(cf.Creditor.Name, entries, today)
		if err != nil {
			return fmt.Errorf("account %s: %w", r.ID, err)
		}
		cf.Accounts = append(cf.Accounts, a)
	}
	return nil
}

func (r accountRow) file(creditor string, entries []ledger.Entry, today calendar.Date) (flows.AccountFile, error) {
	balance, err := ledger.Compute(entries, nil, calendar.Date{})
	if err != nil {
		return flows.AccountFile{}, err
	}
	balance.AsOf = r.AsOf
	f := flows.AccountFile{
		Account: arrange.Account{
			ID: r.ID, DebtType: r.DebtType, Creditor: creditor, Currency: r.Currency, ContractDate: r.ContractOn,
			AnnualRate: float64(r.AnnualRateE6) / 1e6,
		},
		No: r.No, Entries: entries, ReportsCredit: r.ReportsCredit, IntendsLitigation: r.IntendsLitigation,
		DailyInterest: r.DailyInterest, DueOn: r.DueOn, LastEventOn: later(r.LastPaymentOn, r.LastDemandOn),
	}
	for _, e := range entries {
		balance.AsOf = later(balance.AsOf, e.On)
		if e.Kind == ledger.Payment {
			f.Payments = append(f.Payments, flows.PaymentSeen{On: e.On, Amount: e.Amount, State: "posted"})
			f.LastEventOn = later(f.LastEventOn, e.On)
		}
	}
	f.Balance = balance
	if !r.DueOn.IsZero() && balance.Total() > 0 {
		f.DaysPastDue = max(0, today.DaysSince(r.DueOn))
	}
	f.Stage = stageNow(r.Stage, f.DaysPastDue, balance.Total())
	if f.Account, err = f.WithExcess(today); err != nil {
		return f, err
	}
	if f.DailyInterest == 0 && f.Excess == 0 { // above the cap no rate may be quoted
		f.DailyInterest = daily(balance.Principal, r.AnnualRateE6)
	}
	return f, nil
}

// daily is a day's interest on principal at a rate in millionths of a percent per year of 365 days, rounded down:
// an estimate in the debtor's favour where the creditor gives no figure.
func daily(principal ledger.Amount, rateE6 int64) ledger.Amount {
	n := new(big.Int).Mul(big.NewInt(int64(principal)), big.NewInt(rateE6))
	return ledger.Amount(n.Div(n, big.NewInt(100*1e6*365)).Int64())
}

func later(a, b calendar.Date) calendar.Date {
	if b.After(a) {
		return b
	}
	return a
}

// stageNow: a stage that only counts days moves with them; one that a court or the creditor set stays.
func stageNow(stored string, days int, owed ledger.Amount) string {
	switch stored {
	case "", "d1-30", "d31-90", "d90+":
	default:
		return stored
	}
	switch {
	case owed == 0:
		return "settled"
	case days > 90:
		return "d90+"
	case days > 30:
		return "d31-90"
	case days > 0:
		return "d1-30"
	}
	return stored
}

func (s *Store) loadMatters(ctx context.Context, cf *flows.CaseFile, debtorID string, today calendar.Date) error {
	var holds []holdRow
	if err := s.sel(ctx, &holds, "holds_of", debtorID, today); err != nil {
		return fmt.Errorf("holds: %w", err)
	}
	for _, h := range holds {
		cf.Holds = append(cf.Holds, flows.Hold{Reason: h.Reason, Scope: h.Scope, Until: h.Until})
	}
	var cases []struct {
		ID   string        `db:"id"`
		Kind string        `db:"kind"`
		Due  calendar.Date `db:"due_on"`
		Note string        `db:"note"`
	}
	if err := s.sel(ctx, &cases, "cases_of", cf.Creditor.ID, debtorID); err != nil {
		return fmt.Errorf("cases: %w", err)
	}
	for _, c := range cases {
		cf.Cases = append(cf.Cases, flows.Case{ID: c.ID, Kind: c.Kind, Due: c.Due, Note: c.Note})
	}
	return nil
}
