package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
	"hejie/flows/policy"
)

// offerIn is one line that asks for offers; `policy simulate` reads the same.
type offerIn struct {
	Now     string `json:"now"`
	Account struct {
		ID           string        `json:"id"`
		DebtType     string        `json:"debt_type"`
		Creditor     string        `json:"creditor"`
		Currency     string        `json:"currency"`
		Principal    ledger.Amount `json:"principal_fen"`
		Interest     ledger.Amount `json:"interest_fen"`
		Penalty      ledger.Amount `json:"penalty_fen"`
		Fees         ledger.Amount `json:"fees_fen"`
		AnnualRate   float64       `json:"annual_rate"`
		DaysOverdue  int           `json:"days_overdue"`
		Stage        string        `json:"stage"`
		ContractDate calendar.Date `json:"contract_date"`
		Payments     []struct {
			On calendar.Date `json:"on"`
		} `json:"payments"`
	} `json:"account"`
	Debtor arrange.Means `json:"debtor"`
	Ask    arrange.Ask   `json:"ask"`
	Facts  policy.Facts  `json:"facts"`
	Policy policyRef     `json:"policy"`

	History *policy.History `json:"history"`

	dueOn calendar.Date // of a recorded account: the days overdue follow from it
}

// request is the line as the rules engine reads it, under one policy.
func (in offerIn) request(pol *policy.Policy, now time.Time, zone *time.Location) (arrange.Request, policy.Facts, error) {
	a, today := in.Account, calendar.Today(now, zone)
	if !in.dueOn.IsZero() {
		a.DaysOverdue = max(0, today.DaysSince(in.dueOn))
	}
	acc, err := arrange.Account{ID: a.ID, DebtType: a.DebtType, Creditor: a.Creditor, Currency: or(a.Currency, "CNY"),
		Balance:    ledger.Balance{Principal: a.Principal, Interest: a.Interest, Penalty: a.Penalty, Fees: a.Fees, AsOf: today},
		AnnualRate: a.AnnualRate, DaysPastDue: a.DaysOverdue, Stage: a.Stage, ContractDate: a.ContractDate,
	}.WithExcess(today)
	if err != nil {
		return arrange.Request{}, in.Facts, err
	}
	f := in.facts(acc, pol)
	f.Today = today
	means := in.Debtor
	if h, ok := in.habit(); ok && means.Payday == 0 {
		means.Payday = h.Day
	}
	return arrange.Request{Now: now, Zone: zone, Account: acc, Means: means, Ask: in.Ask, Limits: pol.LimitsAt(acc, f)}, f, nil
}

// facts are those given, and for the rest what the history shows.
func (in offerIn) facts(acc arrange.Account, pol *policy.Policy) policy.Facts {
	f := in.Facts
	f.MeansTold = f.MeansTold || arrange.Afford(in.Debtor, arrange.Limits{}).Known
	if in.History == nil {
		return f
	}
	seen := policy.Assess(acc, in.Debtor, *in.History, pol.LimitsFor(acc)).Facts(*in.History)
	f.Risk, f.Points = or(f.Risk, seen.Risk), max(f.Points, seen.Points)
	f.Willing, f.Able = policy.Level(or(string(f.Willing), string(seen.Willing))), policy.Level(or(string(f.Able), string(seen.Able)))
	return f
}

// habit is the payday the payments show, for a debtor who has not told one.
func (in offerIn) habit() (ledger.Habit, bool) {
	var days []calendar.Date
	for _, p := range in.Account.Payments {
		days = append(days, p.On)
	}
	return ledger.PayHabit(days)
}

// check refuses what no account can be; every fault in one message.
func (in offerIn) check() error {
	var faults []string
	bad := func(yes bool, format string, args ...any) {
		if yes {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	a, ask := in.Account, in.Ask
	bad(!slices.Contains(policy.DebtTypes, a.DebtType), "account.debt_type is %q, must be one of %s", a.DebtType, strings.Join(policy.DebtTypes, ", "))
	b := ledger.Balance{Principal: a.Principal, Interest: a.Interest, Penalty: a.Penalty, Fees: a.Fees}
	if err := b.Valid(); err != nil {
		bad(true, "account: %v", err)
	}
	bad(math.IsNaN(a.AnnualRate) || a.AnnualRate < 0 || a.AnnualRate > 1e6, "account.annual_rate is out of range")
	bad(a.DaysOverdue < 0, "account.days_overdue is negative")
	for key, v := range map[string]*ledger.Amount{"monthly_income_fen": in.Debtor.MonthlyIncome, "monthly_outgoings_fen": in.Debtor.MonthlyOutgoings} {
		bad(v != nil && (*v < 0 || *v > ledger.MaxAmount), "debtor.%s is out of range", key)
	}
	bad(in.Debtor.Payday < 0 || in.Debtor.Payday > 31, "debtor.payday must be 1 to 31")
	bad(ask.Count < 0, "ask.count is negative")
	bad(ask.Monthly < 0 || ask.Monthly > ledger.MaxAmount, "ask.monthly_fen is out of range")
	bad(ask.Lump < 0 || ask.Lump > ledger.MaxAmount, "ask.lump_fen is out of range")
	bad(ask.DayOfMonth < 0 || ask.DayOfMonth > 31, "ask.day_of_month must be 1 to 31")
	bad(!in.Debtor.Valid(), "debtor: a figure is out of range")
	bad(ask.Down < 0 || ask.Down > ledger.MaxAmount, "ask.down_fen is out of range")
	bad(!slices.Contains([]arrange.Every{"", arrange.Weekly, arrange.Fortnightly, arrange.EachMonth}, ask.Every), "ask.every %q is not weekly, fortnightly or monthly", ask.Every)
	bad(!slices.Contains(policy.Risks, in.Facts.Risk), "facts.risk is %q, must be low, medium or high", in.Facts.Risk)
	bad(in.Facts.Points < 0 || in.Facts.Round < 0, "facts: points and round cannot be negative")
	bad(ask.Kind != "" && !slices.Contains(arrange.Kinds, ask.Kind), "ask.kind %q is unknown", ask.Kind)
	if len(faults) > 0 {
		slices.Sort(faults)
		return errors.New(strings.Join(faults, "; "))
	}
	return nil
}
