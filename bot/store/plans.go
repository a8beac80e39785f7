package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"hejie/flows"
	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// loadPlans counts as paid the instalments that the money since the agreement covers in full, in order.
func (s *Store) loadPlans(ctx context.Context, cf *flows.CaseFile, debtorID string) error {
	var plans []struct {
		ID        string `db:"id"`
		AccountID string `db:"account_id"`
		Agreement string `db:"agreement"`
		AgreedMS  int64  `db:"agreed_ms"`
	}
	if err := s.sel(ctx, &plans, "arrangements_of", cf.Creditor.ID, debtorID); err != nil {
		return fmt.Errorf("arrangements: %w", err)
	}
	for _, p := range plans {
		var a arrange.Agreement
		if err := json.Unmarshal([]byte(p.Agreement), &a); err != nil {
			return fmt.Errorf("agreement %s: %w", p.ID, err)
		}
		o := &a.Offer
		plan := flows.RunningPlan{
			ID: p.ID, AccountID: p.AccountID, Kind: o.Kind, Count: len(o.Instalments), Total: o.Total, Skips: o.Skips, Offer: o,
			AgreedOn: calendar.DateOf(time.UnixMilli(p.AgreedMS).In(s.now().Location())),
		}
		for i := range cf.Accounts {
			if f := &cf.Accounts[i]; f.ID == p.AccountID {
				f.LastEventOn = later(f.LastEventOn, plan.AgreedOn) // an agreement acknowledges the debt
				plan.Received = append(moneyUnder(f.Entries, p.AgreedMS), takenOffSince(f.Entries, p.AgreedMS)...)
			}
		}
		paid := sumOf(plan.Received)
		plan.Left = max(0, o.Total-paid)
		plan.Paid, plan.NextDue, plan.Amount = progress(o.Instalments, paid)
		cf.Arrangements = append(cf.Arrangements, plan)
	}
	return nil
}

// moneyUnder is what came in for a plan agreed then: all that was booked after it was agreed, whatever day it is for. A plan is drawn up on
// the balance of its moment, so what was booked before is in that balance, and what was on its way pays the plan.
func moneyUnder(entries []ledger.Entry, agreedMS int64) []arrange.Paid {
	var out []arrange.Paid
	for _, e := range entries {
		if e.Kind == ledger.Payment && e.PostedMS >= agreedMS {
			out = append(out, arrange.Paid{On: e.On, Amount: e.Amount})
		}
	}
	return out
}

// takenOffSince is what refreshed figures of the creditor show to be less owed than before, where no payment is named: nobody is asked
// under a plan for what the creditor no longer has on its books. What one refresh moved between components is no money.
func takenOffSince(entries []ledger.Entry, agreedMS int64) []arrange.Paid {
	var out []arrange.Paid
	var net ledger.Amount
	for i, e := range entries {
		if e.Kind != ledger.Adjust || e.PostedMS < agreedMS {
			continue
		}
		net += e.Amount
		if later := entries[i+1:]; slices.ContainsFunc(later, func(o ledger.Entry) bool {
			return o.Kind == ledger.Adjust && o.Basis == e.Basis && o.PostedMS == e.PostedMS
		}) {
			continue // more of the same refresh follows
		}
		if net < 0 {
			out = append(out, arrange.Paid{On: e.On, Amount: -net})
		}
		net = 0
	}
	return out
}

func sumOf(paid []arrange.Paid) (sum ledger.Amount) {
	for _, p := range paid {
		sum += p.Amount
	}
	return sum
}

// progress is how many instalments are covered, and the next one.
func progress(rows []arrange.Instalment, paid ledger.Amount) (n int, next calendar.Date, amount ledger.Amount) {
	for _, in := range rows {
		if paid < in.Amount {
			return n, in.Due, in.Amount
		}
		paid -= in.Amount
		n++
	}
	return n, calendar.Date{}, 0
}

// loadPromises holds each promise against the money that came between its making and its day: kept when that covers it, broken
// when the day is past and it does not. Money that kept one promise keeps no other.
func (s *Store) loadPromises(ctx context.Context, cf *flows.CaseFile, debtorID string, today calendar.Date) error {
	var rows []promiseRow
	if err := s.sel(ctx, &rows, "promises_of", debtorID); err != nil {
		return fmt.Errorf("promises: %w", err)
	}
	for _, a := range cf.Accounts {
		came := moneyUnder(a.Entries, 0)
		for _, r := range rows {
			if r.AccountID != a.ID {
				continue
			}
			made := calendar.DateOf(time.UnixMilli(r.MadeMS).In(s.now().Location()))
			switch covered := r.take(came, made); {
			case covered || r.State == "kept":
				r.State = "kept"
			case r.On.Before(today):
				r.State = "broken"
			}
			cf.Promises = append(cf.Promises, flows.PromiseSeen{AccountID: r.AccountID, On: r.On, Amount: r.Amount, State: r.State})
		}
	}
	return nil
}

type promiseRow struct {
	AccountID string        `db:"account_id"`
	On        calendar.Date `db:"on_day"`
	Amount    ledger.Amount `db:"amount"`
	State     string        `db:"state"`
	MadeMS    int64         `db:"made_ms"`
}

// take uses up the money that keeps the promise; without enough of it in time nothing is used.
func (r promiseRow) take(came []arrange.Paid, made calendar.Date) bool {
	inTime := func(p arrange.Paid) bool { return !p.On.Before(made) && !p.On.After(r.On) }
	var sum ledger.Amount
	for _, p := range came {
		if inTime(p) {
			sum += p.Amount
		}
	}
	if r.Amount <= 0 || sum < r.Amount {
		return false
	}
	need := r.Amount
	for i := range came {
		if inTime(came[i]) {
			part := min(need, came[i].Amount)
			came[i].Amount -= part
			need -= part
		}
	}
	return true
}
