package arrange

import (
	"slices"

	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// Change is what a debtor wants of a running plan. One of the fields is set.
type Change struct {
	Skip  bool          `json:"skip,omitempty"`      // the next payment, put off to the end
	Extra ledger.Amount `json:"extra_fen,omitempty"` // paid now besides: the plan gets shorter
	New   *Ask          `json:"new,omitempty"`       // other terms for what is left: count, amount, day, rhythm
}

// ChangeRequest is all that ChangePlan looks at. Account is the debt as the plan found it.
type ChangeRequest struct {
	Request
	Running Running
	Change  Change
}

// ChangePlan answers a wish to change a running plan: offers that replace it, or the reason that stops the wish. A plan that
// has been broken is not patched; it is quoted anew, and the same limits hold.
func ChangePlan(r ChangeRequest) Answer {
	today := calendar.Today(r.Now, r.Zone)
	left := r.Running.left(today)
	st := r.Running.Status(today, r.Limits)
	r.Account.Balance, r.Account.Excess = balanceOf(left, today), 0
	if r.Change.New != nil || r.Change.Extra == 0 && !r.Change.Skip {
		if r.Ask = (Ask{Kind: Instalments}); r.Change.New != nil {
			r.Ask = *r.Change.New
		}
		return Quote(r.Request)
	}
	r.Ask = Ask{Kind: Instalments}
	q, refusal := newQuoter(r.Request)
	q.skips = r.Running.Skips
	switch {
	case len(left) == 0:
		refusal = refuse(Instalments, Reason{Code: WhyNoPlan})
	case !q.may(Instalments) && len(refusal) == 0:
		refusal = refuse(Instalments, Reason{Code: WhyKindNotOffered})
	}
	if len(refusal) > 0 {
		return q.withPath(Answer{Offers: []Offer{}, Refused: refusal, Ask: AskRefused})
	}
	var a Answer
	switch {
	case st.State == PlanBroken:
		stop := Reason{Code: WhyPlanEnded, Count: st.Missed}
		lo, hi := q.counts()
		if lo <= hi {
			a = nearest(Instalments, stop, q.usualPlans(q.start(), lo, hi, maxOffers, stop))
		} else {
			a = nearest(Instalments, stop, q.others(Instalments, stop))
		}
	case r.Change.Skip:
		a = q.skip(r.Running, left)
	default:
		a = q.extra(r.Running, left, r.Change.Extra)
	}
	return q.withPath(a.tidy())
}

func balanceOf(in []Instalment, asOf calendar.Date) ledger.Balance {
	b := ledger.Balance{AsOf: asOf}
	for _, i := range in {
		b.Principal += i.Principal
		b.Interest += i.Interest - i.Accrued
		b.Penalty += i.Penalty
		b.Fees += i.Fees
	}
	return b
}

// again offers the given amounts on the given days, with the plan's interest computed anew.
func (q *quoter) again(every Every, amounts []ledger.Amount, days []calendar.Date, why ...Reason) Offer {
	q.span.every = every
	return q.offer(Instalments, q.bear(scheduled(amounts, q.rolled(days), q.owed, q.l.Order)), 0, why...)
}

// shares are the amounts and days of payments without the plan's interest.
func sharesOf(in []Instalment) (amounts []ledger.Amount, days []calendar.Date) {
	for _, i := range in {
		amounts, days = append(amounts, i.Amount-i.Accrued), append(days, i.Due)
	}
	return amounts, days
}

// after is the due date that would follow the last.
func after(in []Instalment, every Every) calendar.Date {
	last := in[len(in)-1].Due
	if n := map[Every]int{Weekly: 7, Fortnightly: 14}[every]; n > 0 {
		return last.AddDays(n)
	}
	return last.AddMonths(1, max(last.Day, in[0].Due.Day))
}

// skip moves every payment one date on.
func (q *quoter) skip(r Running, left []Instalment) Answer {
	stop := Reason{Code: WhySkipsUsed, Count: q.l.MaxSkips}
	amounts, days := sharesOf(left)
	end := after(left, r.Offer.Every)
	days = append(days[1:], end)
	if r.Skips >= q.l.MaxSkips || len(r.Offer.Instalments)+r.Skips >= q.l.MaxCount || !days[0].After(q.today) {
		lo, hi := q.counts()
		if lo > hi {
			return nearest(Instalments, stop, q.others(Instalments, stop))
		}
		return nearest(Instalments, stop, q.usualPlans(q.start(), lo, hi, 2, stop))
	}
	q.skips++
	why := Reason{Code: WhySkipped, Date: left[0].Due}
	return met(q.again(r.Offer.Every, amounts, days, Reason{Code: WhyAsAsked}, why))
}

// extra takes money off the end: it is paid first, the payments after it stay as they are, and there are fewer of them.
func (q *quoter) extra(r Running, left []Instalment, extra ledger.Amount) Answer {
	if extra < 0 || extra > ledger.MaxAmount {
		return nearest(Instalments, Reason{Code: WhyWishUnclear}, nil)
	}
	amounts, days := sharesOf(left)
	if extra >= q.total {
		return met(q.offer(Instalments, q.once(q.earliest, q.owed), 0, Reason{Code: WhyAsAsked}))
	}
	rest := extra
	kept := slices.Clone(amounts)
	for i := len(kept) - 1; i >= 0 && rest > 0; i-- {
		part := min(rest, kept[i])
		kept[i] -= part
		rest -= part
	}
	kept = slices.DeleteFunc(kept, func(a ledger.Amount) bool { return a == 0 })
	// The sum itself is the first payment of the new plan: it has not arrived yet, and what arrives pays the plan.
	why := Reason{Code: WhyExtraPaid, Amount: extra, Count: len(amounts) - len(kept)}
	days = days[:len(kept)]
	if first := q.today.AddDays(payDefault); first.Before(days[0]) {
		kept, days = append([]ledger.Amount{extra}, kept...), append([]calendar.Date{first}, days...)
	} else {
		kept[0] += extra // the next payment comes before that: both at once
	}
	return met(q.again(r.Offer.Every, kept, days, Reason{Code: WhyAsAsked}, why))
}
