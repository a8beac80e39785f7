package arrange

import (
	"math/big"
	"math/bits"

	"hejie/flows/ledger"
	"hejie/flows/ledger/loan"
)

// A plan may bear interest on its principal where the policy says so. It is simple interest by days, paid with each payment
// before anything else, rounded down; it is never compounded, and never above the legal cap.

// lawfulRate is the policy's rate, cut at the cap of the account's regime. Where the cap cannot be told nothing is charged.
func (q *quoter) lawfulRate() ledger.Rate {
	acc := q.r.Account
	regime, capped := regimes[acc.DebtType]
	if q.l.PlanRate == 0 || q.owed.Principal == 0 || !capped {
		return q.l.PlanRate
	}
	c, err := ledger.CapFor(regime, acc.ContractDate, q.today)
	if err != nil {
		return 0
	}
	limit, err := ledger.Down.Round(new(big.Rat).Mul(c.Percent, big.NewRat(1_000_000, 1)))
	if err != nil {
		return 0
	}
	return min(q.l.PlanRate, ledger.Rate(limit))
}

// share is a fraction of at most one in machine words.
type share struct{ num, den uint64 }

// of is the share of an amount, rounded down. MaxAmount is below 2^47 and num/den below a few years' interest, so that
// the 128-bit product always divides.
func (s share) of(a ledger.Amount) ledger.Amount {
	hi, lo := bits.Mul64(uint64(a), s.num)
	if s.den == 0 || hi >= s.den {
		return ledger.MaxAmount // absurd figures: the offer is refused by its sum
	}
	quo, _ := bits.Div64(hi, lo, s.den)
	return ledger.Amount(min(quo, uint64(ledger.MaxAmount)))
}

// shares is what one unit of principal costs until each due date from the one before it.
func (q *quoter) shares(on []dated) []share {
	out := make([]share, len(on))
	before := q.today
	year := map[ledger.DayCount]uint64{ledger.Act365: 365, ledger.Act360: 360, ledger.Act364: 364}[q.l.DayCount]
	for i, d := range on {
		if year > 0 { // the usual conventions need no fractions
			out[i] = share{uint64(q.rate) * uint64(max(0, d.on.DaysSince(before))), 100_000_000 * year}
			before = d.on
			continue
		}
		f := q.l.DayCount.Fraction(before, d.on)
		f.Mul(f, q.rate.Fraction())
		if f.Num().IsUint64() && f.Denom().IsUint64() {
			out[i] = share{f.Num().Uint64(), f.Denom().Uint64()}
		}
		before = d.on
	}
	return out
}

// bear adds each payment's interest to a schedule that shares the debt.
func (q *quoter) bear(in []Instalment) []Instalment {
	if q.rate == 0 {
		return in
	}
	on := make([]dated, len(in))
	for i := range in {
		on[i] = dated{on: in[i].Due}
	}
	principal := q.owed.Principal
	for i, s := range q.shares(on) {
		cost := s.of(principal)
		principal -= in[i].Principal
		in[i].Accrued = cost
		in[i].Interest += cost
		in[i].Amount += cost
	}
	return in
}

// level is the plan of equal payments on the given days. As with equalParts the last takes what rounding leaves, so that
// no payment before it is ever the larger one.
func (q *quoter) level(on []dated) []Instalment {
	shares := q.shares(on)
	n := ledger.Amount(len(on))
	most := q.total // as if no payment ever lowered the principal
	for _, s := range shares {
		most += s.of(q.owed.Principal)
	}
	lo, hi := (q.total+n-1)/n, (most+n-1)/n
	for lo < hi {
		if mid := lo + (hi-lo)/2; q.run(mid, shares, nil) == 0 {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	out := make([]Instalment, len(on))
	if q.run(lo, shares, out); out[len(out)-1].Amount < lo {
		q.run(lo-1, shares, out)
	}
	for i := range out {
		out[i].N, out[i].Due, out[i].MovedFrom = i+1, on[i].on, on[i].from
	}
	return out
}

// run pays amount each time and says what remains. Into a schedule the last payment takes all that is left. Interest that a payment
// does not cover waits for the next one and bears none itself: a long first stretch must not make every payment larger.
func (q *quoter) run(amount ledger.Amount, shares []share, out []Instalment) ledger.Amount {
	owed, waiting := q.owed, ledger.Amount(0)
	for i, s := range shares {
		waiting += s.of(owed.Principal)
		left := owed.Total() + waiting
		pay := min(amount, left)
		if i == len(shares)-1 && out != nil {
			pay = left
		}
		cost := min(pay, waiting)
		waiting -= cost
		rest := pay - cost
		in := Instalment{Amount: pay, Accrued: cost, Interest: cost}
		for _, c := range q.l.Order {
			part := min(rest, owed.Get(c))
			owed = owed.With(c, owed.Get(c)-part)
			rest -= part
			in.add(c, part)
		}
		if out != nil {
			out[i] = in
		}
	}
	return owed.Total() + waiting
}

// payment is the largest payment of a plan in n equal parts.
func (q *quoter) payment(n int) ledger.Amount {
	if q.rate == 0 {
		return lastPart(q.total, n)
	}
	return largest(q.equalPlanRows(q.usualStart(), n))
}

func largest(in []Instalment) ledger.Amount {
	most := ledger.Amount(0)
	for _, i := range in {
		most = max(most, i.Amount)
	}
	return most
}

func (q *quoter) equalPlanRows(s start, n int) []Instalment {
	on := q.dates(s, n)
	if q.rate > 0 && !q.r.Ask.EqualPrincipal {
		return q.level(on)
	}
	return q.bear(scheduled(equalParts(q.total, n), on, q.owed, q.l.Order))
}

// fewest is the least count in lo..hi whose every payment is within limit.
func (q *quoter) fewest(lo, hi int, limit ledger.Amount) (int, bool) {
	if q.rate == 0 {
		for n := lo; n <= hi; n++ {
			if lastPart(q.total, n) <= limit {
				return n, true
			}
		}
		return 0, false
	}
	if lo > hi || q.payment(hi) > limit {
		return 0, false
	}
	for lo < hi { // more payments are smaller payments
		if mid := (lo + hi) / 2; q.payment(mid) <= limit {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo, true
}

// bearingMonthly answers a wished amount a month in a plan that bears interest: equal payments, none above the wish.
func (q *quoter) bearingMonthly(m ledger.Amount, lo, hi int) ([]ledger.Amount, *Reason, int) {
	if m >= q.total && lo > 1 {
		return nil, &Reason{Code: WhyCountBelowMin, Count: lo}, lo
	}
	n, ok := q.fewest(lo, hi, m)
	switch {
	case !ok && hi < q.l.MaxCount:
		return nil, q.belowMin(), hi
	case !ok:
		return nil, &Reason{Code: WhyCountAboveMax, Count: q.l.MaxCount}, hi
	}
	return equalParts(q.total, n), nil, 0
}

// exact is the plan of the wished amounts; where interest is borne the count stands and the amounts follow from it.
func (q *quoter) exact(s start, amounts []ledger.Amount, first ...Reason) Offer {
	if q.rate > 0 && !q.r.Ask.EqualPrincipal {
		return q.equalPlan(s, len(amounts), first...)
	}
	return q.plan(s, amounts, first...)
}

// Accrued is what the plan itself costs.
func (o Offer) Accrued() ledger.Amount {
	var sum ledger.Amount
	for _, in := range o.Instalments {
		sum += in.Accrued
	}
	return sum
}

// cost compares an offer with paying all of it today.
func (q *quoter) cost(o *Offer) {
	o.Cost = o.Accrued() - o.Waived
	if o.Cost <= 0 {
		return
	}
	paid := make([]loan.Paid, len(o.Instalments))
	for i, in := range o.Instalments {
		paid[i] = loan.Paid{On: in.Due, Amount: in.Amount}
	}
	if r, err := loan.APR(q.total, q.today, paid); err == nil {
		o.APR = r
	}
}
