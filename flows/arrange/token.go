package arrange

import "hejie/flows/ledger"

// tokenOffer is a small payment a month for a while, for people whose means carry no plan; the rest remains owed.
// It is not ok where the creditor has no such plan, or where a token would pay the whole debt.
func (q *quoter) tokenOffer(first ...Reason) (Offer, bool) {
	amount := q.l.TokenMin
	if q.r.Ask.Kind == Token {
		amount = max(amount, q.r.Ask.Monthly)
	}
	if !q.may(Token) || q.l.TokenMin == 0 || q.l.TokenMonths == 0 || amount >= q.total {
		return Offer{}, false
	}
	n := q.l.TokenMonths
	if most := (q.total - 1) / amount; most < ledger.Amount(n) { // something must remain, else it is a plain plan
		n = int(most)
	}
	amounts := make([]ledger.Amount, n)
	for i := range amounts {
		amounts[i] = amount
	}
	s := q.start()
	in := scheduled(amounts, q.rolled(monthly(s.first, n, s.anchor)), q.owed, q.l.Order)
	first = append(first, Reason{Code: WhyRestRemains, Amount: q.total - ledger.Amount(n)*amount})
	return q.offer(Token, in, 0, first...), true
}

// token answers a wish for a token plan.
func (q *quoter) token() Answer {
	asked := q.r.Ask.Monthly
	var stop Reason
	switch {
	case !q.may(Token) || q.l.TokenMin == 0 || q.l.TokenMonths == 0:
		stop = Reason{Code: WhyKindNotOffered}
	case max(q.l.TokenMin, asked) >= q.total:
		stop = Reason{Code: WhyTokenNotNeeded, Amount: q.total}
	case asked > 0 && asked < q.l.TokenMin:
		stop = Reason{Code: WhyTokenBelowMin, Amount: q.l.TokenMin}
		o, _ := q.tokenOffer(stop)
		return nearest(Token, stop, []Offer{o})
	case q.start().stop != nil:
		stop = *q.start().stop
		o, _ := q.tokenOffer(stop)
		return nearest(Token, stop, []Offer{o})
	default:
		o, _ := q.tokenOffer(Reason{Code: WhyAsAsked})
		return met(o)
	}
	return nearest(Token, stop, q.others(Token, stop))
}
