package arrange

import (
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// lump answers a wish to pay once: in full, less what may be waived, or a settlement below that.
func (q *quoter) lump(kind Kind) Answer {
	due, late := q.lumpDue()
	penalty, interest := q.waivable()
	pay := q.r.Ask.Lump
	switch {
	case late != nil && late.Code == WhyWaiverTooLate && pay >= q.total:
		return q.deferral() // all of it, later: that is no waiver
	case late != nil:
		return nearest(kind, *late, q.lumpNear(kind, due, *late))
	case kind == Settlement && pay == 0:
		if least, ok := q.settlementFloor(); ok {
			return met(q.settlement(least, due, Reason{Code: WhyAsAsked}))
		}
		return q.noLump(kind, Reason{Code: WhyKindNotOffered}, due)
	case pay == 0:
		if penalty+interest > 0 && penalty+interest < q.total {
			return met(q.waiver(penalty+interest, due, Reason{Code: WhyAsAsked}))
		}
		return q.noLump(kind, q.whyNoWaiver(), due)
	case pay >= q.total:
		return q.payInFull(due)
	case pay >= q.total-penalty-interest:
		return met(q.waiver(q.total-pay, due, Reason{Code: WhyAsAsked}))
	}
	return q.belowWaiver(kind, pay, due)
}

// lumpDue is the day of the single payment, and the reason when the wished day lies outside the window.
func (q *quoter) lumpDue() (calendar.Date, *Reason) {
	due, last := q.onceWish(), q.payOnceBy()
	switch {
	case due.IsZero():
		return last, nil
	case due.Before(q.earliest):
		return last, &Reason{Code: WhyFirstDueTooEarly, Date: q.earliest}
	case due.After(last):
		return last, &Reason{Code: WhyWaiverTooLate, Date: last}
	}
	return due, nil
}

// lumpNear are the single payments possible inside the window, for a wish outside it.
func (q *quoter) lumpNear(kind Kind, due calendar.Date, stop Reason) []Offer {
	var out []Offer
	if least, ok := q.settlementFloor(); ok && kind == Settlement {
		out = append(out, q.settlement(max(least, min(q.r.Ask.Lump, q.total-1)), due, stop))
	}
	if o, ok := q.usualWaiver(stop); ok {
		out = append(out, o)
	}
	if last, ok := q.deferTo(); ok && !q.onceWish().After(last) && q.onceWish().After(q.today) {
		out = append(out, q.offer(Deferral, q.once(q.onceWish(), q.owed), 0, stop)) // the day stays, the waiver goes
	}
	return append(out, q.others(kind, stop)...)
}

// payInFull: whoever pays everything gets what the policy waives for paying in time anyway.
func (q *quoter) payInFull(due calendar.Date) Answer {
	if o, ok := q.usualWaiver(Reason{Code: WhyAsAsked}); ok && !due.After(o.First()) {
		penalty, interest := q.waivable()
		return met(q.waiver(penalty+interest, due, Reason{Code: WhyAsAsked}))
	}
	last, ok := q.deferTo()
	if !ok || due.After(last) {
		return q.noLump(Deferral, Reason{Code: WhyKindNotOffered}, due)
	}
	return met(q.offer(Deferral, q.once(due, q.owed), 0, Reason{Code: WhyAsAsked}))
}

// belowWaiver: the wish is lower than any waiver reaches, so it is a settlement or it is not possible.
func (q *quoter) belowWaiver(kind Kind, pay ledger.Amount, due calendar.Date) Answer {
	least, ok := q.settlementFloor()
	if ok && pay >= least {
		return met(q.settlement(pay, due, Reason{Code: WhyAsAsked}))
	}
	penalty, interest := q.waivable()
	var stop Reason
	switch {
	case ok:
		stop = Reason{Code: WhySettlementMin, Amount: least}
	case penalty+interest > 0:
		stop = Reason{Code: WhyWaiverAboveMax, Amount: q.total - penalty - interest, Pct: q.l.MaxPenaltyWaiverPct}
	case kind == Settlement:
		stop = Reason{Code: WhyKindNotOffered}
	default:
		stop = q.whyNoWaiver()
	}
	return q.noLump(kind, stop, due)
}

// whyNoWaiver tells a balance without penalty and interest from a policy without waivers.
func (q *quoter) whyNoWaiver() Reason {
	if q.owed.Penalty+q.owed.Interest == 0 {
		return Reason{Code: WhyNothingToWaive}
	}
	return Reason{Code: WhyKindNotOffered}
}

// noLump answers with what is possible instead: the lowest settlement, the waiver, then parts.
func (q *quoter) noLump(kind Kind, stop Reason, due calendar.Date) Answer {
	var out []Offer
	if least, ok := q.settlementFloor(); ok && stop.Code == WhySettlementMin {
		out = append(out, q.settlement(least, due, stop))
	}
	if o, ok := q.usualWaiver(stop); ok {
		out = append(out, o)
	}
	return nearest(kind, stop, append(out, q.others(kind, stop)...))
}
