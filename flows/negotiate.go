package flows

import (
	"slices"

	"hejie/flows/arrange"
	"hejie/flows/ledger"
)

// talkFlow is the flow in which a kind of arrangement is discussed.
var talkFlow = map[arrange.Kind]string{
	"": "payment_arrangement", arrange.Instalments: "payment_arrangement", arrange.Token: "payment_arrangement",
	arrange.Deferral: "deferral", arrange.WaiverIfBy: "waiver_request", arrange.Settlement: "waiver_request",
}

// talkSlots are the wishes of a negotiation; they go when it ends.
var talkSlots = []string{
	SlotCount, SlotMonthly, SlotLump, SlotDayOfMonth, SlotFirstDue, SlotDeferTo, SlotDate, SlotAmount, SlotPercent, SlotChoice,
}

// wish is what the debtor asks for, from all that was said so far.
func (t *turn) wish() arrange.Ask {
	s := t.st.Slots
	a := arrange.Ask{Kind: t.mem.Kind, DayOfMonth: s[SlotDayOfMonth].Count}
	switch t.mem.Kind {
	case arrange.Deferral:
		a.DeferTo = firstDate(s, SlotDeferTo, SlotDate, SlotFirstDue)
		a.DayOfMonth = 0
	case arrange.WaiverIfBy, arrange.Settlement:
		a.DayOfMonth = 0
		a.Lump = t.lump()
		a.FirstDue = firstDate(s, SlotFirstDue, SlotDate)
	default:
		a.Count = s[SlotCount].Count
		a.Monthly = firstMoney(s, SlotMonthly, SlotAmount)
		a.FirstDue = firstDate(s, SlotFirstDue, SlotDate)
		if a.Count == 0 && a.Monthly == 0 {
			a.Kind = ""
		}
		if a.DayOfMonth == 0 && a.FirstDue.IsZero() {
			a.DayOfMonth = s[SlotPayday].Count
		}
	}
	return a
}

func firstMoney(s map[string]Value, slots ...string) ledger.Amount {
	for _, k := range slots {
		if v := s[k].Money; v > 0 {
			return v
		}
	}
	return 0
}

// lump is the sum the debtor would pay at once: said as money, or as a percentage taken off.
func (t *turn) lump() ledger.Amount {
	if m := firstMoney(t.st.Slots, SlotLump, SlotAmount); m > 0 {
		return m
	}
	a, off := t.account(), t.st.Slots[SlotPercent].Percent
	if a == nil || off <= 0 || off > 100 {
		return 0
	}
	// Hundredths of a percent keep the arithmetic in whole numbers.
	return a.Balance.Total() * ledger.Amount(10000-int64(off*100+0.5)) / 10000
}

func (t *turn) request(ask arrange.Ask) arrange.Request {
	r := arrange.Request{Now: t.cf.Now, Zone: t.cf.Zone, Means: t.means(), Ask: ask, Limits: t.limits()}
	if a := t.account(); a != nil {
		r.Account = a.Account
	}
	return r
}

// quote asks the rules for offers and lays them on the table, signed.
func quote(t *turn) string {
	t.dropPending()
	ans := arrange.Quote(t.request(t.wish()))
	t.mem.Met = ans.Ask
	t.st.Offers = nil
	for _, o := range ans.Offers {
		if len(t.e.key) > 0 {
			o = arrange.Sign(o, t.e.key)
		}
		t.st.Offers = append(t.st.Offers, o)
	}
	t.forgetRoleless()
	if len(t.st.Offers) == 0 {
		t.sayWhy(ans)
		return "refused"
	}
	t.add(Effect{Kind: EffOffers, Offers: slices.Clone(t.st.Offers)})
	switch {
	case ans.Ask == arrange.AskMet && len(t.st.Offers) == 1:
		t.mem.Chosen = t.st.Offers[0].ID
		return "met"
	case ans.Ask == arrange.AskNearest:
		t.sayWhy(ans)
		return "nearest"
	}
	return "several"
}

// forgetRoleless: a bare sum or date was given its role by the question it answered; later questions must not reuse it.
func (t *turn) forgetRoleless() {
	if v, ok := t.st.Slots[SlotAmount]; ok {
		if slices.Contains([]arrange.Kind{arrange.WaiverIfBy, arrange.Settlement}, t.mem.Kind) {
			t.st.Slots[SlotLump] = v
		} else {
			t.st.Slots[SlotMonthly] = v
		}
		delete(t.st.Slots, SlotAmount)
	}
	if v, ok := t.st.Slots[SlotDate]; ok {
		if t.mem.Kind == arrange.Deferral {
			t.st.Slots[SlotDeferTo] = v
		} else {
			t.st.Slots[SlotFirstDue] = v
		}
		delete(t.st.Slots, SlotDate)
	}
	delete(t.st.Slots, SlotChoice)
}

func (t *turn) dropPending() { t.st.Pending, t.mem.Chosen = nil, "" }

// sayWhy gives the constraint that stopped the wish, each reason once.
func (t *turn) sayWhy(ans arrange.Answer) {
	var said []string
	for _, r := range ans.Refused {
		for _, w := range r.Why {
			if !slices.Contains(said, w.Code) && len(said) < 2 {
				said = append(said, w.Code)
				t.sayReason(w)
			}
		}
	}
}

func (t *turn) sayReason(w arrange.Reason) {
	id := "why_" + w.Code
	if _, ok := t.e.cat.Reply(refLang, id); !ok {
		t.fault("no text " + id)
		id = "why_policy"
	}
	origin := "policy:" + t.limits().Policy
	own := map[string]Value{
		"amount": {Kind: KindMoney, Money: w.Amount, Origin: origin}, "count": {Kind: KindCount, Count: w.Count, Origin: origin},
		"date": {Kind: KindDate, Date: w.Date, Origin: origin}, "pct": {Kind: KindPercent, Percent: float64(w.Pct), Origin: origin},
	}
	for k, v := range own {
		t.vars[k] = v
	}
	t.say(id)
	for k := range own {
		delete(t.vars, k)
	}
}

// expired tells whether what is on the table may no longer be accepted.
func (t *turn) expired() bool {
	if t.st.Pending != nil {
		return !t.cf.Now.Before(t.st.Pending.ExpiresAt)
	}
	return slices.ContainsFunc(t.st.Offers, func(o arrange.Offer) bool { return !t.cf.Now.Before(o.ValidUntil) })
}

// pick takes an offer from the table, if it is one of ours and still stands.
func (t *turn) pick(id string) string {
	i := slices.IndexFunc(t.st.Offers, func(o arrange.Offer) bool { return o.ID == id })
	if i < 0 {
		return "expired"
	}
	o := t.st.Offers[i]
	if !t.cf.Now.Before(o.ValidUntil) || len(t.e.key) > 0 && !arrange.Verify(o, t.e.key) {
		return "expired"
	}
	t.mem.Chosen = id
	return "chosen"
}

// actsOnOffer: a card of this conversation was pressed while another question was open, or none.
func (t *turn) actsOnOffer() bool {
	if t.act == nil || t.act.Name != "accept" || t.open.Flow == "agree_terms" || t.st.Identity != Verified {
		return false
	}
	return slices.ContainsFunc(t.st.Offers, func(o arrange.Offer) bool { return o.ID == t.act.Ref })
}

// enterTerms tells agree_terms where to begin: at a recap when an offer was already picked, else with a quote.
func enterTerms(t *turn) string {
	if t.act != nil && t.act.Name == "accept" && t.pick(t.act.Ref) == "chosen" {
		return "chosen"
	}
	return "quote"
}

// drawUp puts the chosen offer into terms; one that needs a person's approval is never put up for a yes.
func drawUp(t *turn) string {
	a := t.account()
	i := slices.IndexFunc(t.st.Offers, func(o arrange.Offer) bool { return o.ID == t.mem.Chosen })
	if a == nil || i < 0 {
		return "gone"
	}
	o := t.st.Offers[i]
	if o.NeedsApproval {
		return "approval"
	}
	ag := arrange.Draw(o, a.Account, arrange.Parties{No4: Tail4(a.No), Creditor: t.cf.Creditor.Name, Collector: t.collector(), Ruleset: o.Policy}, t.cf.Now)
	if slices.Contains(t.mem.Agreed, ag.ID) {
		return "already"
	}
	t.st.Pending = &ag
	for _, w := range o.Why {
		if w.Code == arrange.WhyAboveSurplus {
			t.sayReason(w) // a plan above what is left each month is never agreed without that being said
		}
	}
	return "ready"
}

func (t *turn) kindInFocus() arrange.Kind {
	if t.st.Pending != nil {
		return t.st.Pending.Offer.Kind
	}
	return arrange.Instalments
}

// recordAgreement is reached only from an explicit yes to the recap of Pending.
func recordAgreement(t *turn) string {
	ag := *t.st.Pending
	t.add(Effect{Kind: EffAgreed, Agreement: &ag, AccountID: ag.AccountID})
	t.mem.Agreed = append(t.mem.Agreed, ag.ID)
	t.mem.AgreedOn = append(t.mem.AgreedOn, ag.AccountID)
	switch ag.Offer.Kind {
	case arrange.Deferral:
		t.outcome("deferral_agreed")
	case arrange.WaiverIfBy, arrange.Settlement:
		t.outcome("settlement_agreed")
	default:
		t.outcome("plan_agreed")
	}
	return "recorded"
}

// closeTalk ends a negotiation: what was wished for does not leak into the next one.
func closeTalk(t *turn) string {
	t.dropTalk()
	for _, s := range talkSlots {
		delete(t.st.Slots, s)
	}
	t.mem.Kind = ""
	return "closed"
}
