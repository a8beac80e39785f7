package flows

import (
	"slices"

	"hejie/flows/arrange"
	"hejie/flows/calendar"
)

// A day named beside a waiver: inside its time it keeps the waiver, and nobody loses one by saying when they will pay.

// waivedBy is the offer on the table that waives something and is in time on that day, or -1: whoever would pay all of it then means that
// one, and not a deferral that waives nothing.
func (t *turn) waivedBy(on calendar.Date) int {
	if on.IsZero() || t.open.Flow != "agree_terms" || t.st.Pending != nil {
		return -1
	}
	return slices.IndexFunc(t.st.Offers, func(o arrange.Offer) bool { return o.Waived > 0 && !on.After(o.First()) && !on.Before(t.today()) })
}

func (t *turn) forgetSet(slots ...string) {
	for _, s := range slots {
		delete(t.set, s)
	}
}

// settleInTime: a day inside the time a recap gives for one payment changes nothing of it; it is no promise of its own. Naming it is
// not yet agreeing.
func (t *turn) settleInTime() {
	p, on := t.st.Pending, firstDate(t.set, SlotDeferTo, SlotDate, SlotFirstDue)
	if p == nil || len(p.Offer.Instalments) != 1 || on.IsZero() || on.Before(t.today()) || on.After(p.Offer.First()) || t.has("already_paid") {
		return
	}
	if t.keepsWaiver(on) && !t.binding {
		t.drop("affirm")
	}
}

// keepsWaiver: "I can pay it all on Wednesday" said to a waiver on the table is about that waiver; taken for a deferral, it
// would cost the debtor what was just waived.
func (t *turn) keepsWaiver(on calendar.Date) bool {
	if lump := t.set[SlotLump].Money; lump > 0 && t.st.Pending != nil && lump == t.st.Pending.Offer.Total {
		delete(t.set, SlotLump) // the sum of the recap, named once more
	}
	if on.IsZero() || t.gave(SlotCount, SlotMonthly, SlotLump) || t.st.Pending == nil || t.st.Pending.Offer.Waived <= 0 || t.open.Flow != "agree_terms" {
		return false
	}
	t.drop("counter_offer", "instalment_request", "promise_to_pay", "pay_now", "payment_method", "settlement_offer", "deferral_request")
	delete(t.set, SlotDeferTo)
	delete(t.set, SlotFirstDue)
	delete(t.set, SlotDate)
	if on.After(t.st.Pending.Offer.First()) {
		t.set[SlotDate] = Value{Kind: KindDate, Date: on, Origin: "debtor"}
	} else {
		t.done = true // inside the time given: the recap stands, and is put again
	}
	return true
}
