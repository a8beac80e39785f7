package arrange

import (
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// span is how far payments lie apart: days, or months when days is 0.
type span struct {
	every Every
	days  int
}

// spanned turns the policy's monthly limits into those of the wished rhythm: a week is 12/52 of a month, so that neither
// the longest term nor the least a month changes by paying more often.
func (q *quoter) spanned() {
	weeks := map[Every]int{Weekly: 1, Fortnightly: 2}[q.r.Ask.Every]
	q.each = q.surplus
	if weeks == 0 || q.l.MonthlyOnly {
		return
	}
	q.span = span{every: q.r.Ask.Every, days: 7 * weeks}
	part := func(a ledger.Amount) ledger.Amount { return a * 12 * ledger.Amount(weeks) / 52 } // far from overflow: MaxAmount
	q.l.MaxCount = min(q.l.MaxCount*52/(12*weeks), MaxInstalments)
	q.l.MinMonthly = max(1, (q.l.MinMonthly*12*ledger.Amount(weeks)+51)/52) // rounded up: never below the monthly least
	q.each = part(q.surplus)
}

// belowMin is the reason for a payment below the least, in the words of the rhythm.
func (q *quoter) belowMin() *Reason {
	if q.span.days > 0 {
		return &Reason{Code: WhyBelowMinPayment, Amount: q.l.MinMonthly}
	}
	return &Reason{Code: WhyBelowMinMonthly, Amount: q.l.MinMonthly}
}

// dated is a due date and, when it was moved off a holiday, where it lay before.
type dated struct{ on, from calendar.Date }

// dates are n due dates of a plan.
func (q *quoter) dates(s start, n int) []dated {
	if q.span.days == 0 {
		return q.rolled(monthly(s.first, n, s.anchor))
	}
	out := make([]calendar.Date, n)
	for i := range out {
		out[i] = s.first.AddDays(i * q.span.days)
	}
	return q.rolled(out)
}

// rolled moves dates off holidays and keeps them apart: over a long holiday two weekly payments would meet on one day.
func (q *quoter) rolled(dates []calendar.Date) []dated {
	out := make([]dated, len(dates))
	before, last := q.today, q.latest
	for i, d := range dates {
		if i > 0 {
			last = calendar.Date{Year: 9999, Month: 12, Day: 31}
		}
		if !d.After(before) {
			d = before.AddDays(1)
		}
		out[i] = q.moved(d, before, last)
		before = out[i].on
	}
	return out
}

// moved is the day a payment due on d falls on: after the one before it, not after last, else d itself.
func (q *quoter) moved(d, after, last calendar.Date) dated {
	rules := []calendar.Roll{q.l.DueOnHoliday}
	switch q.l.DueOnHoliday {
	case calendar.RollFollowing:
		rules = append(rules, calendar.RollPreceding)
	case calendar.RollPreceding:
		rules = append(rules, calendar.RollFollowing)
	}
	for _, r := range rules {
		if on, _, err := r.Move(q.l.Jurisdiction, d); err == nil && on.After(after) && !on.After(last) {
			if on != d {
				return dated{on, d}
			}
			return dated{on: d}
		}
	}
	return dated{on: d}
}

// scheduled is schedule on dates that may have been moved.
func scheduled(amounts []ledger.Amount, on []dated, owed ledger.Balance, order ledger.Order) []Instalment {
	days := make([]calendar.Date, len(on))
	for i, d := range on {
		days[i] = d.on
	}
	out := schedule(amounts, days, owed, order)
	for i := range out {
		out[i].MovedFrom = on[i].from
	}
	return out
}

// holidays tells what was moved, and where nobody can know yet.
func (q *quoter) holidays(o *Offer) {
	if q.l.DueOnHoliday == "" || q.l.DueOnHoliday == calendar.RollNone {
		return
	}
	moved := Reason{Code: WhyDueMoved}
	for _, in := range o.Instalments {
		if in.MovedFrom.IsZero() {
			continue
		}
		if moved.Count == 0 {
			moved.Date = in.Due
		}
		moved.Count++
	}
	o.because(moved.Count > 0, moved)
	for _, in := range o.Instalments {
		if _, known, err := calendar.Lookup(q.l.Jurisdiction, in.Due); !known || err != nil {
			o.because(true, Reason{Code: WhyHolidaysOpen, Date: in.Due})
			return
		}
	}
}
