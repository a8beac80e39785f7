package arrange

import (
	"slices"

	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// shaped tells a wish for payments of different sizes.
func (a Ask) shaped() bool { return a.Down > 0 || a.Stepped || len(a.Steps) > 0 }

// shaped answers such a wish: a first payment and the rest, or small payments first.
func (q *quoter) shaped(lo, hi int) Answer {
	down := q.r.Ask.Down
	if down >= q.total {
		q.r.Ask.Lump = down
		return q.lump(WaiverIfBy)
	}
	s, sizes, stop := q.start(), []ledger.Amount(nil), (*Reason)(nil)
	if down > 0 && down < q.l.MinMonthly {
		stop = &Reason{Code: WhyDownTooSmall, Amount: q.l.MinMonthly}
	} else {
		sizes, stop = q.sizes(lo, hi)
	}
	if stop == nil {
		stop = s.stop
	}
	if stop != nil {
		near := min(max(q.r.Ask.Count, lo), hi)
		if q.r.Ask.Count == 0 {
			near = q.usualCounts(lo, hi, 1)[0]
		}
		return nearest(Instalments, *stop, []Offer{q.equalPlan(s, near, *stop), q.equalPlan(s, besides(near, lo, hi), *stop)})
	}
	return met(q.shapedPlan(s, sizes))
}

// shapedPlan lays the sizes on their days. A first payment lies a week away unless the debtor named a day; the
// others follow from the next payment day that is not too near.
func (q *quoter) shapedPlan(s start, sizes []ledger.Amount) Offer {
	why := []Reason{{Code: WhyAsAsked}}
	var on []dated
	if q.r.Ask.Down == 0 {
		on = q.dates(s, len(sizes))
	} else {
		first := q.today.AddDays(payDefault)
		if wish := q.r.Ask.FirstDue; !wish.IsZero() {
			first = wish
		}
		if first.After(q.latest) {
			first = q.latest
		}
		days := []calendar.Date{first}
		next := first.AddDays(max(q.span.days, 1))
		if q.span.days == 0 {
			next = first.AddDays(minGap).NextDay(s.anchor)
		}
		for i := range len(sizes) - 1 {
			if q.span.days > 0 {
				days = append(days, next.AddDays(i*q.span.days))
			} else {
				days = append(days, next.AddMonths(i, s.anchor))
			}
		}
		on = q.rolled(days)
		why = append(why, Reason{Code: WhyDownFirst, Amount: sizes[0], Date: on[0].on})
	}
	parts := sizes
	if q.r.Ask.Down > 0 {
		parts = sizes[1:]
	}
	if small := slices.IndexFunc(parts, func(a ledger.Amount) bool { return a > parts[0] }); small > 0 && (q.r.Ask.Stepped || len(q.r.Ask.Steps) > 0) {
		why = append(why, Reason{Code: WhySmallFirst, Count: small, Amount: parts[small]})
	}
	if s.payday {
		why = append(why, Reason{Code: WhyPayday, Count: s.anchor})
	}
	return q.offer(Instalments, q.bear(scheduled(sizes, on, q.owed, q.l.Order)), 0, why...)
}

// sizes are the payments of a shaped wish, or the limit that stops it. They sum to the debt.
func (q *quoter) sizes(lo, hi int) ([]ledger.Amount, *Reason) {
	a := q.r.Ask
	rest, out := q.total, []ledger.Amount{}
	if a.Down > 0 {
		out, rest = append(out, a.Down), rest-a.Down
	}
	room := min(hi-len(out), int(min(rest/q.l.MinMonthly, MaxInstalments)))
	if room < 1 {
		return nil, &Reason{Code: WhyStepsNotPossible, Amount: q.l.MinMonthly, Count: hi}
	}
	var parts []ledger.Amount
	switch {
	case len(a.Steps) > 0:
		parts = bySteps(a.Steps, rest, room)
	case a.Count == 0 && a.Monthly > 0 && !a.Stepped:
		parts = bySteps([]Step{{Amount: a.Monthly}}, rest, room)
	default:
		n := a.Count
		if n == 0 {
			n = min(q.usualCounts(lo, hi, 1)[0], room)
		}
		switch {
		case n > room:
		case a.Stepped && n > 1:
			parts = smallFirst(rest, n, q.l.MinMonthly)
		default:
			parts = equalParts(rest, n)
		}
	}
	out = append(out, q.folded(parts)...)
	if parts == nil || len(out) < lo || len(out) > hi || slices.Min(out) < q.l.MinMonthly {
		return nil, &Reason{Code: WhyStepsNotPossible, Amount: q.l.MinMonthly, Count: hi}
	}
	return out, nil
}

// folded joins a last payment below the least to the one before it.
func (q *quoter) folded(parts []ledger.Amount) []ledger.Amount {
	if n := len(parts); n > 1 && parts[n-1] < q.l.MinMonthly {
		parts[n-2] += parts[n-1]
		return parts[:n-1]
	}
	return parts
}

// bySteps follows the wished amounts until rest is paid; the last step goes on as long as it takes. nil when
// room does not suffice.
func bySteps(steps []Step, rest ledger.Amount, room int) []ledger.Amount {
	var out []ledger.Amount
	for i, s := range steps {
		for k := 0; (k < s.Count || i == len(steps)-1) && rest > 0; k++ {
			if len(out) > room {
				return nil
			}
			pay := min(s.Amount, rest)
			if i == len(steps)-1 && s.Count > 0 && k == s.Count-1 {
				pay = rest // a counted last step ends the plan
			}
			out, rest = append(out, pay), rest-pay
		}
	}
	return out
}

// smallFirst makes the first third of n payments half of an equal part, but never below least.
func smallFirst(total ledger.Amount, n int, least ledger.Amount) []ledger.Amount {
	k := max(1, n/3)
	small := max(least, total/ledger.Amount(2*n))
	rest := total - ledger.Amount(k)*small
	if rest < ledger.Amount(n-k)*small {
		return equalParts(total, n)
	}
	out := make([]ledger.Amount, 0, n)
	for range k {
		out = append(out, small)
	}
	return append(out, equalParts(rest, n-k)...)
}
