package flows

import (
	"slices"

	"hejie/flows/arrange"
)

// What is said short of terms: some of it now, no day yet, and the question what we would take.

// talkFlows are those in which terms are discussed.
var talkFlows = []string{"payment_arrangement", "deferral", "waiver_request", "agree_terms"}

// leaveTalk lets go of the talk that was open, so that what this turn says stands by itself.
func (t *turn) leaveTalk() {
	if !slices.Contains(talkFlows, t.open.Flow) && t.open.Flow != "promise_to_pay" {
		return
	}
	closeTalk(t)
	t.st.Stack, t.open, t.depth = nil, Frame{}, 0
}

// settlePart: "let me pay 200 now, the rest later" is a payment promised for today or the day named, whatever else it looks like.
func (t *turn) settlePart() {
	if t.about() == "" && t.st.Identity == Verified && t.paysSomeNow() {
		t.set[SlotTopic] = Value{Kind: KindText, Text: TopicPart, Origin: "debtor"}
	}
	if t.about() != TopicPart {
		return
	}
	if t.runningPlan() != nil || t.gave(SlotCount, SlotMonthly, SlotSteps) || t.has("already_paid", "settlement_offer", "waiver_request") || t.open.Flow == "already_paid" {
		t.noTopic() // a first payment of a plan, or a sum to be done with it: those have their own talk
		return
	}
	t.drop("instalment_request", "deferral_request", "counter_offer", "affordability_info", "pay_now", "payment_method", "promise_to_pay", "affirm", "deny",
		"refuse_to_pay", "out_of_scope", "chitchat", "help", "repeat")
	t.leaveTalk()
	on := firstDate(t.set, SlotDate, SlotDeferTo, SlotFirstDue)
	if on.IsZero() {
		on = t.today()
	}
	for _, s := range []string{SlotDeferTo, SlotFirstDue} {
		delete(t.set, s)
	}
	t.set[SlotDate] = Value{Kind: KindDate, Date: on, Origin: "debtor"}
}

// paysSomeNow: a sum below the debt, to be paid now and without a word of the rest.
func (t *turn) paysSomeNow() bool {
	a, sum := t.account(), firstMoney(t.set, SlotLump, SlotAmount)
	return a != nil && t.has("pay_now") && sum > 0 && sum < a.Balance.Total() && t.open.Flow == "" && !t.wantsKind()
}

// wantsKind: an arrangement of some kind is asked for besides.
func (t *turn) wantsKind() bool {
	return t.has("instalment_request", "deferral_request", "counter_offer", "settlement_offer", "waiver_request", "change_plan")
}

// settleNoDay: who cannot name a day is not asked for one again.
func (t *turn) settleNoDay() {
	if t.gave(SlotDate, SlotDeferTo, SlotFirstDue, SlotCount, SlotMonthly) || t.has("hardship_income", "hardship_illness", "disaster", "already_paid", "instalment_request") {
		t.noTopic()
		return
	}
	t.drop("deferral_request", "promise_to_pay", "deny", "refuse_to_pay", "cancel", "counter_offer", "plan_status", "help", "repeat", "out_of_scope", "chitchat", "balance", "pay_now")
	t.leaveTalk()
}

// noDay tells whether a hardship is on record already.
func noDay(t *turn) string {
	if t.holdOn([]string{"hardship", "illness", "disaster"}) {
		return "rests"
	}
	return "open"
}

// settlePropose: "how much would you take" asks for our figures. A sum named in the same breath is the one that was too little.
func (t *turn) settlePropose() {
	if t.has("settlement_offer", "waiver_request", "payoff_quote", "already_paid") || t.gave(SlotCount, SlotIncome) {
		t.noTopic()
		return
	}
	t.drop("balance", "repeat", "counter_offer", "instalment_request", "affordability_info", "help", "deny", "out_of_scope", "chitchat", "is_this_real", "breakdown", "payment_method", "legal_consequence", "refuse_to_pay", "correction", "affirm")
	for _, s := range []string{SlotAmount, SlotMonthly, SlotLump} {
		delete(t.set, s)
	}
	if t.open.Flow == "agree_terms" { // the same wish once more and without terms: all offers again
		t.noTopic()
		t.said = append(t.said, t.talkIntent())
	}
}

// talkIntent is the wish for the kind of arrangement under discussion.
func (t *turn) talkIntent() Intent {
	switch talkFlow[t.mem.Kind] {
	case "deferral":
		return "deferral_request"
	case "waiver_request":
		return "waiver_request"
	}
	return "instalment_request"
}

// described is the offer on the table that is named by what it is like: the one with the least a month, the shortest, the last.
func (t *turn) described() (best arrange.Offer, ok bool) {
	if len(t.st.Offers) == 0 {
		return best, false
	}
	least := func(a, b arrange.Offer) bool { return a.Instalments[0].Amount < b.Instalments[0].Amount }
	switch t.about() {
	case TopicLast:
		return t.st.Offers[len(t.st.Offers)-1], true
	case TopicSoonest:
		least = func(a, b arrange.Offer) bool { return len(a.Instalments) < len(b.Instalments) }
	case TopicLeast:
	default:
		return best, false
	}
	for _, o := range t.st.Offers {
		if o.Kind == arrange.Instalments && len(o.Instalments) > 0 && (!ok || least(o, best)) {
			best, ok = o, true
		}
	}
	return best, ok
}
