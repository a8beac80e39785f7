package arrange

import (
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// twoMisses is how many missed payments end a plan where the policy does not say.
const twoMisses = 2

// Paid is money that came in under a running plan.
type Paid struct {
	On     calendar.Date `json:"on"`
	Amount ledger.Amount `json:"amount_fen"`
}

// Running is an agreed plan with what has been paid under it. Nothing in it is ever changed: a change is a new offer.
type Running struct {
	Offer Offer
	Paid  []Paid
	Skips int // payments already put off
}

// PlanState is how a running plan stands.
type PlanState string

const (
	PlanKept   PlanState = "kept"   // everything due so far is paid
	PlanGrace  PlanState = "grace"  // a payment is late, within the days of grace
	PlanMissed PlanState = "missed" // missed, but not often enough to end the plan
	PlanBroken PlanState = "broken" // to be looked at again: a person decides what follows
	PlanDone   PlanState = "done"
)

// PlanStatus is the answer to "how does my plan stand".
type PlanStatus struct {
	State      PlanState     `json:"state"`
	PaidCount  int           `json:"paid_count"` // payments fully covered
	PaidAmount ledger.Amount `json:"paid_fen"`
	Late       ledger.Amount `json:"late_fen"` // due by today and not paid
	Missed     int           `json:"missed"`
	Ahead      ledger.Amount `json:"ahead_fen"` // paid beyond what is due by today
	NextDue    calendar.Date `json:"next_due,omitzero"`
	NextAmount ledger.Amount `json:"next_fen"`
	Left       ledger.Amount `json:"left_fen"`
	GraceUntil calendar.Date `json:"grace_until,omitzero"`
}

// Status is computed from the plan and the money, nothing else: what arrives pays the oldest payment first, whatever day it
// was meant for, so that a back-dated payment mends the past too.
func (r Running) Status(today calendar.Date, l Limits) PlanStatus {
	l = l.sane()
	var st PlanStatus
	for _, p := range r.Paid {
		if !p.On.After(today) {
			st.PaidAmount += p.Amount
		}
	}
	var due, sum ledger.Amount
	for _, in := range r.Offer.Instalments {
		sum += in.Amount
		covered := st.PaidAmount >= sum
		if covered {
			st.PaidCount++
		} else if st.NextDue.IsZero() {
			st.NextDue, st.NextAmount = in.Due, sum-st.PaidAmount
			if !in.Due.After(today) {
				st.GraceUntil = in.Due.AddDays(l.GraceDays)
			}
		}
		if in.Due.Before(today) {
			due = sum
			if !covered && in.Due.AddDays(l.GraceDays).Before(today) {
				st.Missed++
			}
		}
	}
	st.Left = max(0, sum-st.PaidAmount)
	st.Late, st.Ahead = max(0, due-st.PaidAmount), max(0, min(st.PaidAmount, sum)-due)
	switch {
	case st.Left == 0:
		st.State = PlanDone
	case st.Missed >= l.Misses:
		st.State = PlanBroken
	case st.Missed > 0:
		st.State = PlanMissed
	case st.Late > 0:
		st.State = PlanGrace
	default:
		st.State = PlanKept
	}
	return st
}

// IfMissed is the answer to "what if I miss a payment": facts of this plan, no threat.
type IfMissed struct {
	Due        calendar.Date `json:"due"`
	GraceUntil calendar.Date `json:"grace_until"`      // paid by then nothing happens
	Misses     int           `json:"misses"`           // that end the plan
	EndsOn     calendar.Date `json:"ends_on,omitzero"` // the first day the plan could end, if nothing more is paid
	LeftThen   ledger.Amount `json:"left_fen"`
	WaivedBack ledger.Amount `json:"waived_back_fen,omitempty"` // a waiver that holds only if the plan is kept
	CanSkip    int           `json:"can_skip"`                  // payments that may still be put off instead
}

// WhatIfMiss looks at the next unpaid payment.
func (r Running) WhatIfMiss(today calendar.Date, l Limits) (IfMissed, bool) {
	l = l.sane()
	st := r.Status(today, l)
	if st.NextDue.IsZero() {
		return IfMissed{}, false
	}
	m := IfMissed{Due: st.NextDue, GraceUntil: st.NextDue.AddDays(l.GraceDays), Misses: l.Misses, LeftThen: st.Left,
		WaivedBack: r.Offer.Waived, CanSkip: max(0, l.MaxSkips-r.Skips)}
	if i := st.PaidCount + l.Misses - 1; i < len(r.Offer.Instalments) {
		m.EndsOn = r.Offer.Instalments[i].Due.AddDays(l.GraceDays + 1)
	}
	return m, true
}

// left are the payments not yet made, the first reduced by what has been paid on it.
func (r Running) left(today calendar.Date) []Instalment {
	var paid ledger.Amount
	for _, p := range r.Paid {
		if !p.On.After(today) {
			paid += p.Amount
		}
	}
	var out []Instalment
	for _, in := range r.Offer.Instalments {
		if paid >= in.Amount {
			paid -= in.Amount
			continue
		}
		out = append(out, in.less(paid))
		paid = 0
	}
	return out
}

// Owed is what the plan still asks for, by component: what a change of it is drawn up on.
func (r Running) Owed(today calendar.Date) ledger.Balance { return balanceOf(r.left(today), today) }

// less is the payment after a part of it was made: interest of the plan first, as it was agreed.
func (in Instalment) less(paid ledger.Amount) Instalment {
	in.Amount -= paid
	for _, c := range []*ledger.Amount{&in.Interest, &in.Fees, &in.Penalty, &in.Principal} {
		part := min(paid, *c)
		*c -= part
		paid -= part
	}
	in.Accrued = min(in.Accrued, in.Interest)
	return in
}

// OnTime are the payments from the last one backwards that were made within their days of grace: the points of a plan. One that
// came late ends the row.
func (r Running) OnTime(today calendar.Date, l Limits) int {
	l = l.sane()
	points := 0
	var sum ledger.Amount
	for _, in := range r.Offer.Instalments {
		sum += in.Amount
		if in.Due.After(today) && !r.covered(sum, today) {
			break
		}
		switch until := in.Due.AddDays(l.GraceDays); {
		case r.covered(sum, until):
			points++
		case until.Before(today):
			points = 0
		}
	}
	return points
}

// covered tells whether the money in by a day comes to sum.
func (r Running) covered(sum ledger.Amount, by calendar.Date) bool {
	for _, p := range r.Paid {
		if !p.On.After(by) {
			sum -= p.Amount
		}
	}
	return sum <= 0
}
