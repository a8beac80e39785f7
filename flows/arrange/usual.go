package arrange

import "slices"

// ladder are the counts people know from their bank.
var ladder = []int{2, 3, 6, 12, 18, 24, 36, 48, 60}

// sizes say which counts suit a balance: up to the amount, the three counts.
var sizes = []struct {
	below  int64
	counts []int
}{
	{100_000, []int{2, 3, 6}},
	{1_000_000, []int{3, 6, 12}},
	{5_000_000, []int{6, 12, 24}},
	{1 << 62, []int{12, 24, 36}},
}

// usualCounts are up to n counts to propose unasked, affordable ones first; none affordable = only the longest.
func (q *quoter) usualCounts(lo, hi, n int) []int {
	least := lo
	if q.means {
		a, ok := q.affordable(lo, hi)
		if !ok {
			return []int{hi}
		}
		least = a
	}
	var out []int
	add := func(counts ...int) {
		for _, c := range counts {
			// Rounding can lift the last of more payments above the surplus again, if only by a few fen: look.
			if c >= least && c <= hi && (!q.means || q.payment(c) <= q.each) && len(out) < n && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	for _, s := range sizes {
		if int64(q.total) < s.below {
			add(s.counts...)
			break
		}
	}
	add(least)
	add(ladder...)
	add(hi)
	slices.Sort(out)
	return out
}

func (q *quoter) usualPlans(s start, lo, hi, n int, first ...Reason) []Offer {
	var out []Offer
	for _, c := range q.usualCounts(lo, hi, n) {
		out = append(out, q.equalPlan(s, c, first...))
	}
	if o, ok := q.tokenOffer(first...); ok && len(out) == 1 && out[0].Has(WhyAboveSurplus) {
		out = append(out, o)
	}
	return out
}

// unasked proposes two or three offers to somebody who has not said what would help.
func (q *quoter) unasked() Answer {
	var a Answer
	lo, hi := q.counts()
	waiver, hasWaiver := q.usualWaiver()
	switch {
	case !q.may(Instalments):
		a.Refused = refuse(Instalments, Reason{Code: WhyKindNotOffered})
	case lo > hi:
		a.Refused = refuse(Instalments, Reason{Code: WhyBalanceTooSmall, Amount: q.l.MinMonthly})
	default:
		n := maxOffers
		if hasWaiver {
			n--
		}
		a.Offers = q.usualPlans(q.start(), lo, hi, n)
	}
	if hasWaiver {
		a.Offers = append(a.Offers, waiver)
	}
	if o, ok := q.usualDeferral(); ok && len(a.Offers) < 2 {
		a.Offers = append(a.Offers, o)
	}
	a.Offers = affordableFirst(a.Offers)
	a.Ask = AskMet
	if len(a.Offers) == 0 {
		a.Ask = AskRefused
	}
	return a
}

// others are offers of kinds but k, for a wish that k cannot meet: parts, then paying later.
func (q *quoter) others(k Kind, stop Reason) []Offer {
	if k != "" {
		stop = Reason{Code: WhyAnotherWay} // what stopped the wish is no property of these
	}
	var out []Offer
	if lo, hi := q.counts(); k != Instalments && q.may(Instalments) && lo <= hi {
		out = append(out, q.usualPlans(q.start(), lo, hi, 2, stop)...)
	}
	if o, ok := q.usualDeferral(stop); ok && k != Deferral {
		out = append(out, o)
	}
	if o, ok := q.usualWaiver(stop); ok && k != WaiverIfBy && len(out) < 2 {
		out = append(out, o)
	}
	return affordableFirst(out)
}

// affordableFirst leaves out what passes the debtor's means, as long as something is within them: what was not wished
// for must not press anybody. With nothing within the means all stay, each saying so.
func affordableFirst(offers []Offer) []Offer {
	above := func(o Offer) bool { return o.Has(WhyAboveSurplus) }
	if !slices.ContainsFunc(offers, func(o Offer) bool { return !above(o) }) {
		return offers
	}
	return slices.DeleteFunc(offers, above)
}
