package arrange

import (
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// payOnceBy is the day a single payment falls on when the debtor names none.
func (q *quoter) payOnceBy() calendar.Date {
	if q.l.WaiverWithinDays > 0 {
		return q.today.AddDays(q.l.WaiverWithinDays)
	}
	return q.today.AddDays(payDefault)
}

// onceWish is the day the debtor named for a single payment; zero when none was.
func (q *quoter) onceWish() calendar.Date {
	if !q.r.Ask.DeferTo.IsZero() {
		return q.r.Ask.DeferTo
	}
	return q.r.Ask.FirstDue
}

// deferTo is the last day a deferral may reach, and whether there is one at all.
func (q *quoter) deferTo() (calendar.Date, bool) {
	return q.today.AddDays(q.l.MaxDeferDays), q.may(Deferral) && q.l.MaxDeferDays > 0
}

func (q *quoter) usualDeferral(first ...Reason) (Offer, bool) {
	if _, ok := q.deferTo(); !ok {
		return Offer{}, false
	}
	due := q.today.AddDays(min(deferDefault, q.l.MaxDeferDays))
	return q.offer(Deferral, q.once(due, q.owed), 0, first...), true
}

// deferral answers a wish to pay everything on a later day.
func (q *quoter) deferral() Answer {
	last, ok := q.deferTo()
	if !ok {
		stop := Reason{Code: WhyKindNotOffered}
		return nearest(Deferral, stop, q.others(Deferral, stop))
	}
	due := q.onceWish()
	switch {
	case due.IsZero():
		o, _ := q.usualDeferral(Reason{Code: WhyAsAsked})
		return met(o)
	case due.Before(q.earliest):
		stop := Reason{Code: WhyDeferTooEarly, Date: q.earliest}
		o, _ := q.usualDeferral(stop)
		return nearest(Deferral, stop, append([]Offer{o}, q.others(Deferral, stop)...))
	case due.After(last):
		stop := Reason{Code: WhyDeferTooLate, Date: last}
		o := q.offer(Deferral, q.once(last, q.owed), 0, stop)
		return nearest(Deferral, stop, append([]Offer{o}, q.others(Deferral, stop)...))
	}
	return met(q.offer(Deferral, q.once(due, q.owed), 0, Reason{Code: WhyAsAsked}))
}

// waivable is the most of penalty and interest that may be waived for paying in time.
func (q *quoter) waivable() (penalty, interest ledger.Amount) {
	if !q.may(WaiverIfBy) || q.l.WaiverWithinDays == 0 {
		return 0, 0
	}
	// Rounded down to the fen: never above the policy's percentage. MaxAmount keeps the product far from overflow.
	return q.owed.Penalty * ledger.Amount(q.l.MaxPenaltyWaiverPct) / 100,
		q.owed.Interest * ledger.Amount(q.l.MaxInterestWaivePct) / 100
}

// waiver waives amount (at most what waivable gives) if the rest is paid by due; the penalty goes before the interest.
func (q *quoter) waiver(amount ledger.Amount, due calendar.Date, first ...Reason) Offer {
	maxPenalty, _ := q.waivable()
	penalty := min(amount, maxPenalty)
	interest := amount - penalty
	owed := q.owed.With(ledger.Penalty, q.owed.Penalty-penalty).With(ledger.Interest, q.owed.Interest-interest)
	if penalty > 0 {
		first = append(first, Reason{Code: WhyPenaltyWaived, Amount: penalty, Date: due})
	}
	if interest > 0 {
		first = append(first, Reason{Code: WhyInterestWaived, Amount: interest, Date: due})
	}
	return q.offer(WaiverIfBy, q.once(due, owed), amount, first...)
}

// usualWaiver waives all that may be waived.
func (q *quoter) usualWaiver(first ...Reason) (Offer, bool) {
	penalty, interest := q.waivable()
	if penalty+interest == 0 || penalty+interest >= q.total {
		return Offer{}, false
	}
	return q.waiver(penalty+interest, q.payOnceBy(), first...), true
}

// settlementFloor is the least a settlement must bring; not ok = this creditor settles nothing below the balance.
func (q *quoter) settlementFloor() (ledger.Amount, bool) {
	least := q.l.MinSettlement
	return least, q.may(Settlement) && least > 0 && least < q.total
}

func (q *quoter) settlement(pay ledger.Amount, due calendar.Date, first ...Reason) Offer {
	owed, off := takeOff(q.owed, q.total-pay, ledger.Penalty, ledger.Interest, ledger.Fees, ledger.Principal)
	first = append(first, Reason{Code: WhyRestWaived, Amount: off.Total(), Date: due})
	return q.offer(Settlement, q.once(due, owed), off.Total(), first...)
}
