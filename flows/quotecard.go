package flows

import (
	"slices"

	"hejie/flows/arrange"
)

// Quote answers the stepper: what another count, amount or first day would come to. The offer is laid on the table besides
// those already there, so that it can be accepted; nothing is said and no question changes.
// The card is empty when there is nothing to offer: not verified, on hold, or a debt nobody here may arrange.
func (e *Engine) Quote(s State, a Action, cf CaseFile) (State, Card, []Effect) {
	t := newTurn(e, s, []Command{{Do: DoAction, Action: &Action{
		Name: "counter", Count: a.Count, Monthly: a.Monthly, FirstDue: a.FirstDue,
	}}}, cf)
	if t.cf.Identity == Verified {
		t.st.Identity = Verified
	}
	if t.account() == nil || t.stop() != "" {
		return s, Card{}, nil
	}
	ask := arrange.Ask{
		Kind: arrange.Instalments, Count: t.set[SlotCount].Count, Monthly: t.set[SlotMonthly].Money, FirstDue: t.set[SlotFirstDue].Date,
	}
	if ask.FirstDue.IsZero() {
		ask.DayOfMonth = s.Slots[SlotDayOfMonth].Count
	}
	ans := arrange.Quote(t.request(ask))
	if len(ans.Offers) == 0 {
		return s, Card{}, nil
	}
	out, shown := s, []arrange.Offer{}
	out.Offers = slices.DeleteFunc(slices.Clone(s.Offers), func(o arrange.Offer) bool { return !cf.Now.Before(o.ValidUntil) })
	for _, o := range ans.Offers {
		o = e.sign(o)
		shown = append(shown, o)
		if !slices.ContainsFunc(out.Offers, func(x arrange.Offer) bool { return x.ID == o.ID }) {
			out.Offers = append(out.Offers, o)
		}
	}
	if n := len(out.Offers); n > maxOnTable { // a long play with the stepper must not grow the state without end
		out.Offers = out.Offers[n-maxOnTable:]
	}
	acc := t.account()
	b := arrange.Bounds(t.request(ask))
	return out, Card{Type: "plan_offer", Offers: &OffersCard{
		Currency: acc.Currency, Balance: acc.Balance.Total(), Offers: shown, Met: ans.Ask,
		MinCount: b.MinCount, MaxCount: b.MaxCount, FirstFrom: b.FirstFrom, FirstTo: b.FirstTo,
	}}, []Effect{{Kind: EffOffers, Offers: shown, DebtorID: s.DebtorID, AccountID: acc.ID}}
}

// maxOnTable bounds the offers a conversation holds at once.
const maxOnTable = 12
