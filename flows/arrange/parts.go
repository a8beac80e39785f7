package arrange

import "hejie/flows/ledger"

// parts turns the wish into amounts. nil amounts and no stop = no count and no monthly amount was wished; a stop
// comes with the count nearest to the wish.
func (q *quoter) parts(lo, hi int) (amounts []ledger.Amount, stop *Reason, near int) {
	a := q.r.Ask
	switch {
	case a.Count > 0 && a.Monthly > 0:
		if stop, near := q.checkCount(a.Count, lo, hi); stop != nil {
			return nil, stop, near
		}
		byAmount, s, _ := q.byMonthly(a.Monthly, lo, hi)
		if s == nil && len(byAmount) == a.Count {
			return byAmount, nil, 0
		}
		if part := q.total / ledger.Amount(a.Count); part == a.Monthly {
			return equalParts(q.total, a.Count), nil, 0
		}
		return nil, &Reason{Code: WhyCountMonthly, Count: a.Count, Amount: lastPart(q.total, a.Count)}, a.Count
	case a.Count > 0:
		if stop, near := q.checkCount(a.Count, lo, hi); stop != nil {
			return nil, stop, near
		}
		return equalParts(q.total, a.Count), nil, 0
	case a.Monthly > 0:
		return q.byMonthly(a.Monthly, lo, hi)
	}
	return nil, nil, 0
}

// checkCount names the limit that stops a count, and the nearest count that is possible.
func (q *quoter) checkCount(n, lo, hi int) (*Reason, int) {
	switch {
	case n < lo:
		return &Reason{Code: WhyCountBelowMin, Count: lo}, lo
	case n > q.l.MaxCount && hi == q.l.MaxCount:
		return &Reason{Code: WhyCountAboveMax, Count: hi}, hi
	case n > hi: // fewer than the policy's maximum are possible because each would be too small
		return q.belowMin(), hi
	}
	return nil, n
}

// byMonthly pays m a month and the rest at the end. A rest below the least a month joins the payment before it,
// unless that would pass the debtor's means: then all payments are made equal, each a little below m.
func (q *quoter) byMonthly(m ledger.Amount, lo, hi int) ([]ledger.Amount, *Reason, int) {
	if m < q.l.MinMonthly {
		return nil, q.belowMin(), hi
	}
	if q.rate > 0 {
		return q.bearingMonthly(m, lo, hi)
	}
	full, rest := q.total/m, q.total%m
	whole := full
	if rest > 0 {
		whole++
	}
	fold := rest > 0 && rest < q.l.MinMonthly && full >= ledger.Amount(max(lo, 1))
	if fold && q.means && m <= q.each && m+rest > q.each && whole <= ledger.Amount(hi) &&
		q.total/whole >= q.l.MinMonthly {
		return equalParts(q.total, int(whole)), nil, 0
	}
	n := whole
	if fold {
		n = full
	}
	switch {
	case n > ledger.Amount(q.l.MaxCount):
		return nil, &Reason{Code: WhyCountAboveMax, Count: q.l.MaxCount}, hi
	case n < ledger.Amount(lo):
		return nil, &Reason{Code: WhyCountBelowMin, Count: lo}, lo
	case rest > 0 && rest < q.l.MinMonthly && !fold: // lo payments of m, the last too small: share them equally
		return equalParts(q.total, int(n)), nil, 0
	}
	out := make([]ledger.Amount, n)
	for i := range out {
		out[i] = m
	}
	out[n-1] = q.total - (n-1)*m
	return out, nil, 0
}
