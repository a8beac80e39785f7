package arrange

import (
	"slices"

	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// start is when a plan begins and on which day of the month it goes on.
type start struct {
	first  calendar.Date
	anchor int
	payday bool
	stop   *Reason // the wished first day was not possible
}

// start finds the first due date: the wished date, else the wished day of the month, else payday, else in a month.
func (q *quoter) start() start {
	a := q.r.Ask
	first := a.FirstDue
	if first.IsZero() && (a.Count > 0 || a.Monthly > 0 || a.Kind == Instalments) {
		first = a.DeferTo // "not before March, then in parts"
	}
	switch payday := q.r.Means.Payday; {
	case !first.IsZero() && first.Before(q.earliest):
		s := q.usualStart()
		s.stop = &Reason{Code: WhyFirstDueTooEarly, Date: q.earliest}
		return s
	case first.After(q.latest):
		return start{first: q.latest, anchor: q.latest.Day, stop: &Reason{Code: WhyFirstDueTooLate, Date: q.latest}}
	case !first.IsZero() && a.DayOfMonth > 0:
		return start{first: first, anchor: a.DayOfMonth}
	case !first.IsZero():
		return start{first: first, anchor: first.Day}
	case a.DayOfMonth > 0:
		if on, ok := q.onDay(a.DayOfMonth); ok {
			return start{first: on, anchor: a.DayOfMonth}
		}
		return start{first: q.latest, anchor: q.latest.Day, stop: &Reason{Code: WhyFirstDueTooLate, Date: q.latest}}
	case payday >= 1 && payday <= 31:
		if on, ok := q.onDay(payday); ok {
			return start{first: on, anchor: payday, payday: true}
		}
	}
	return q.usualStart()
}

// usualStart is a month from today, or sooner where the limits want it.
func (q *quoter) usualStart() start {
	first := q.today.AddMonths(1, q.today.Day)
	if q.span.days > 0 {
		first = q.today.AddDays(q.span.days)
	}
	if first.After(q.latest) {
		return start{first: q.latest, anchor: q.latest.Day}
	}
	return start{first: first, anchor: q.today.Day}
}

// onDay is the next such day of the month that leaves time to settle the plan, or any that the limits still allow.
func (q *quoter) onDay(day int) (calendar.Date, bool) {
	if on := q.today.AddDays(settleIn).NextDay(day); !on.After(q.latest) {
		return on, true
	}
	on := q.earliest.NextDay(day)
	return on, !on.After(q.latest)
}

// counts is the range of instalment counts within the limits for this balance; lo > hi means it cannot be split.
func (q *quoter) counts() (lo, hi int) {
	hi = q.l.MaxCount
	if most := q.total / q.l.MinMonthly; most < ledger.Amount(hi) {
		hi = int(most)
	}
	return q.l.MinCount, hi
}

// affordable is the fewest instalments in lo..hi whose every payment fits the surplus.
func (q *quoter) affordable(lo, hi int) (int, bool) {
	if !q.means || q.each == 0 {
		return 0, false
	}
	from := (q.total + q.each - 1) / q.each
	if from > ledger.Amount(hi) {
		return 0, false
	}
	return q.fewest(max(lo, int(from)), hi, q.each)
}

// plan is an instalment offer of the given amounts.
func (q *quoter) plan(s start, amounts []ledger.Amount, first ...Reason) Offer {
	if s.payday {
		first = append(slices.Clip(first), Reason{Code: WhyPayday, Count: s.anchor})
	}
	return q.offer(Instalments, q.bear(scheduled(amounts, q.dates(s, len(amounts)), q.owed, q.l.Order)), 0, first...)
}

func (q *quoter) equalPlan(s start, n int, first ...Reason) Offer {
	if q.rate == 0 {
		return q.plan(s, equalParts(q.total, n), first...)
	}
	if s.payday {
		first = append(slices.Clip(first), Reason{Code: WhyPayday, Count: s.anchor})
	}
	return q.offer(Instalments, q.equalPlanRows(s, n), 0, first...)
}

// instalments answers a wish for parts.
func (q *quoter) instalments() Answer {
	lo, hi := q.counts()
	switch {
	case !q.may(Instalments):
		stop := Reason{Code: WhyKindNotOffered}
		return nearest(Instalments, stop, q.others(Instalments, stop))
	case q.l.MonthlyOnly && q.r.Ask.Every != "" && q.r.Ask.Every != EachMonth:
		stop := Reason{Code: WhyEveryNotOffered}
		return nearest(Instalments, stop, q.others("", stop))
	case lo > hi:
		stop := Reason{Code: WhyBalanceTooSmall, Amount: q.l.MinMonthly}
		return nearest(Instalments, stop, q.others(Instalments, stop))
	case q.r.Ask.shaped():
		return q.shaped(lo, hi)
	}
	s := q.start()
	amounts, stop, near := q.parts(lo, hi)
	if stop == nil {
		stop = s.stop
	}
	switch {
	case stop != nil && amounts != nil: // only the day was not possible
		return nearest(Instalments, *stop, append([]Offer{q.exact(s, amounts, *stop)}, q.onUsualDay(s, amounts, *stop)...))
	case stop != nil && near > 0:
		return nearest(Instalments, *stop, q.nearPlans(s, lo, hi, near, *stop))
	case stop != nil:
		return nearest(Instalments, *stop, q.usualPlans(s, lo, hi, maxOffers, *stop))
	case amounts == nil:
		return met(q.usualPlans(s, lo, hi, maxOffers)...)
	}
	offers := []Offer{q.exact(s, amounts, Reason{Code: WhyAsAsked})}
	if n, ok := q.affordable(lo, hi); ok && offers[0].Has(WhyAboveSurplus) {
		offers = append(offers, q.equalPlan(s, n))
	}
	return met(offers...)
}

// onUsualDay repeats amounts from the day we would have proposed ourselves.
func (q *quoter) onUsualDay(s start, amounts []ledger.Amount, stop Reason) []Offer {
	if u := q.usualStart(); u.first != s.first {
		return []Offer{q.exact(u, amounts, stop)}
	}
	return nil
}

// nearPlans are the feasible plans nearest to a wish: the near count, the one the debtor's means call for, and a step further.
func (q *quoter) nearPlans(s start, lo, hi, near int, stop Reason) []Offer {
	var out []Offer
	if stop.Code == WhyCountBelowMin && q.may(Deferral) && q.payOnceBy().DaysSince(q.today) <= q.l.MaxDeferDays {
		out = append(out, q.offer(Deferral, q.once(q.payOnceBy(), q.owed), 0, stop)) // whoever wants fewer parts may want none
	}
	out = append(out, q.equalPlan(s, near, stop))
	if amounts, no, _ := q.byMonthly(q.r.Ask.Monthly, lo, hi); stop.Code == WhyCountMonthly && no == nil {
		out = append(out, q.exact(s, amounts, stop)) // the other half of a wish whose halves do not fit
	}
	if n, ok := q.affordable(lo, hi); ok {
		out = append(out, q.equalPlan(s, n, stop))
	} else if o, ok := q.tokenOffer(stop); ok && q.means {
		out = append(out, o)
	}
	return append(out, q.equalPlan(s, besides(near, lo, hi), stop))
}

// besides is the usual count next to near inside lo..hi, fewer payments where there are any.
func besides(near, lo, hi int) int {
	for _, n := range slices.Backward(ladder) {
		if n < near && n >= lo {
			return n
		}
	}
	return min(max(near+1, lo), hi)
}
