package flows

import (
	"slices"
	"time"

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
	SlotCount, SlotMonthly, SlotLump, SlotEvery, SlotSteps, SlotDayOfMonth, SlotFirstDue, SlotDeferTo, SlotDate, SlotAmount, SlotPercent, SlotChoice,
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
	case arrange.Token:
		a.DayOfMonth = 0
	default:
		a.Count = s[SlotCount].Count
		a.Monthly = firstMoney(s, SlotMonthly, SlotAmount)
		a.FirstDue = firstDate(s, SlotFirstDue, SlotDate)
		a.Down, a.Every, a.Steps = s[SlotLump].Money, arrange.Every(s[SlotEvery].Text), stepsOf(s[SlotSteps].Text)
		if a.Count == 0 && a.Monthly == 0 && len(a.Steps) == 0 && a.Down == 0 && t.mem.ByMeans {
			a.Monthly = arrange.Afford(t.means(), t.limits()).Amount // the most that what was told leaves room for
			if acc := t.account(); acc != nil && a.Monthly >= acc.Balance.Total() {
				a.Monthly = 0 // room for all of it at once wishes for nothing
			}
		}
		if a.Count == 0 && a.Monthly == 0 && len(a.Steps) == 0 && a.Down == 0 {
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
	ans := t.counter(t.wish())
	most := t.mem.Most
	t.mem.Most, t.mem.Met = false, ans.Ask
	if ans.Ask == arrange.AskNearest && t.mem.Kind == arrange.Deferral && len(ans.Offers) > 0 && ans.Offers[0].Kind == arrange.Deferral {
		ans.Offers = ans.Offers[:1] // the nearest day is what was meant; other kinds only if it is not wanted
	}
	t.st.Offers = nil
	for _, o := range ans.Offers {
		t.st.Offers = append(t.st.Offers, t.e.sign(o))
	}
	t.forgetRoleless()
	if len(t.st.Offers) == 0 {
		t.sayWhy(ans)
		return "refused"
	}
	t.add(Effect{Kind: EffOffers, Offers: slices.Clone(t.st.Offers)})
	switch {
	case ans.Ask == arrange.AskMet && len(t.st.Offers) > 1 && t.st.Offers[0].AboveMeans && t.wished():
		t.warn(t.st.Offers[0])
		return "above"
	case ans.Ask == arrange.AskMet && len(t.st.Offers) == 1:
		if most {
			t.sayMost(t.st.Offers[0])
		}
		t.mem.Chosen = t.st.Offers[0].ID
		return "met"
	case ans.Ask == arrange.AskNearest:
		t.sayWhy(ans)
		return "nearest"
	}
	return "several"
}

// sayMost answers "what is the most you can do": what the rules reach, and who could go further.
func (t *turn) sayMost(o arrange.Offer) {
	if o.Waived <= 0 {
		return
	}
	origin := "offer:" + o.ID
	t.vars["amount"] = Value{Kind: KindMoney, Money: o.Waived, Origin: origin}
	t.vars["date"] = Value{Kind: KindDate, Date: o.Last(), Origin: origin}
	t.say("most_waived")
	t.mem.MostSaid = true
	delete(t.vars, "amount")
	delete(t.vars, "date")
}

// warn says that a payment is above what is left each month: it needs the wish for it once more, knowing that.
func (t *turn) warn(o arrange.Offer) {
	t.mem.Chosen, t.mem.Warned = o.ID, o.ID
	for _, w := range o.Why {
		if w.Code == arrange.WhyAboveSurplus {
			t.sayReason(w)
		}
	}
}

// wished: terms were named, so the first offer is what was asked for.
func (t *turn) wished() bool {
	s := t.st.Slots
	return s[SlotCount].Count > 0 || s[SlotMonthly].Money > 0 || s[SlotSteps].Text != "" || t.downPayment() > 0
}

// counter asks the rules; where a policy has a ladder of concessions, the talk so far decides how far up it is.
func (t *turn) counter(ask arrange.Ask) arrange.Answer {
	req := t.request(ask)
	if t.cf.Policy == nil || t.account() == nil {
		return arrange.Quote(req)
	}
	ans, talk := t.cf.Policy.Counter(req, t.policyFacts(), t.mem.Talk)
	t.mem.Talk = talk
	return ans
}

// lower answers "still less": the longest plan the rules have, then a token of the debt, and after that a person. None of it
// is below policy, and a token always needs somebody's approval where the policy says so.
func lower(t *turn) string {
	if t.paysOnce() { // how much is taken off is no matter of how long it takes
		return "person"
	}
	was := t.st.Offers
	least := func(offers []arrange.Offer) ledger.Amount {
		best := ledger.Amount(0)
		for _, o := range offers {
			if o.Kind == arrange.Instalments && len(o.Instalments) > 0 && (best == 0 || o.Instalments[0].Amount < best) {
				best = o.Instalments[0].Amount
			}
		}
		return best
	}
	top := min(arrange.Bounds(t.request(arrange.Ask{Kind: arrange.Instalments})).MaxCount, 2*longest(was)) // step by step, not all at once
	if before := least(was); before > 0 && top > 0 && !t.mem.Low {
		ask := arrange.Ask{Kind: arrange.Instalments, Count: top, DayOfMonth: t.wish().DayOfMonth}
		if ans := t.counter(ask); len(ans.Offers) > 0 && least(ans.Offers) < before {
			t.table(ans.Offers[:1], arrange.AskNearest)
			return "longer"
		}
	}
	t.mem.Kind = arrange.Token
	if ans := t.counter(arrange.Ask{Kind: arrange.Token}); ans.Ask == arrange.AskMet && len(ans.Offers) == 1 {
		t.table(ans.Offers, arrange.AskNearest)
		return "token"
	}
	t.mem.Kind = arrange.Instalments
	return "person"
}

// paysOnce: the talk is about paying once, and less.
func (t *turn) paysOnce() bool {
	return t.mem.Kind == arrange.WaiverIfBy || t.mem.Kind == arrange.Settlement
}

func longest(offers []arrange.Offer) int {
	n := 0
	for _, o := range offers {
		if o.Kind == arrange.Instalments {
			n = max(n, len(o.Instalments))
		}
	}
	return n
}

// table lays offers open, signed and recorded.
func (t *turn) table(offers []arrange.Offer, met arrange.Met) {
	t.dropPending()
	t.st.Offers, t.mem.Met = nil, met
	for _, o := range offers {
		t.st.Offers = append(t.st.Offers, t.e.sign(o))
	}
	t.add(Effect{Kind: EffOffers, Offers: slices.Clone(t.st.Offers)})
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
	if t.downPayment() > 0 && t.st.Slots[SlotMonthly].Money == t.downPayment() {
		delete(t.st.Slots, SlotMonthly)
	}
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
	if !t.cf.Now.Before(o.ValidUntil) || !t.e.ours(o) {
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
	if t.mem.Low {
		return "low"
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
	if o.AboveMeans && t.mem.Warned != o.ID {
		t.warn(o)
		return "above"
	}
	debt := a.Account
	if run, ok := t.running(); ok && t.mem.Change != nil {
		debt = t.planAccount(debt, run)
	}
	if slices.Contains(t.mem.AgreedTo, o.ID) {
		return "already"
	}
	at := t.cf.Now
	draw := func() arrange.Agreement {
		return arrange.Draw(o, debt, arrange.Parties{No4: Tail4(a.No), Creditor: t.cf.Creditor.Name, Collector: t.collector(), Ruleset: o.Policy}, at)
	}
	ag := draw()
	for slices.Contains(t.mem.Withdrawn, ag.ID) { // a paper taken back is never signed again: this is a new one
		at = at.Add(time.Second)
		ag = draw()
	}
	if LimitationExpired(*a, t.today()) { // who signs this gives up a defence: it stands in the paper itself
		ag.Terms = append(ag.Terms, "limitation_waived")
		ag.SHA256 = ag.Hash()
	}
	if len(ag.Missing()) > 0 {
		return "approval" // a paper that lacks something is for a person
	}
	t.st.Pending = &ag
	t.sayShape(o)
	return "ready"
}

// sayShape names what a recap of count, first and last does not show: another rhythm, a first payment, smaller ones first.
func (t *turn) sayShape(o arrange.Offer) {
	switch o.Every {
	case arrange.Weekly:
		t.say("rhythm_weekly")
	case arrange.Fortnightly:
		t.say("rhythm_fortnightly")
	}
	for _, w := range o.Why {
		if w.Code == arrange.WhyDownFirst || w.Code == arrange.WhySmallFirst || w.Code == arrange.WhyPlanInterest {
			t.sayReason(w)
		}
	}
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
	t.mem.AgreedTo, t.mem.AgreedDay = append(t.mem.AgreedTo, ag.Offer.ID), t.today()
	t.mem.AgreedTurn = t.st.Turns
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
	t.mem.Kind, t.mem.ByMeans = "", false
	return "closed"
}
