package flows

import (
	"slices"

	"hejie/flows/arrange"
)

// courtStages are those at which a court is already involved.
var courtStages = []string{"sued", "payment_order", "judgment", "enforcement"}

// settleMeaning drops a meaning that another one of the same turn, or where the conversation stands, explains away.
func (t *turn) settleMeaning() {
	if t.gave(factors...) && (t.has("correction") || t.open.Flow == "verify_identity") {
		t.drop("wrong_person") // "I typed it wrong, it ends in 4417" is about the number, not about the person
	}
	if t.has("counter_offer") && t.gave(planSlots...) {
		t.drop("vulnerable") // "the pressure is too much, 6 payments?" is about the sum
	}
	if t.has("usury") {
		t.drop("dispute_amount") // one thing, and the narrower record of it
	}
	if t.open.Flow == "already_paid" && t.gave(SlotDate, SlotAmount, SlotPaidOn, SlotPaidAmount) {
		t.drop("promise_to_pay", "pay_now", "payment_method") // asked when it was paid and how: a date, a sum, a way are the answer
	}
	if t.has("payoff_quote") && !t.gave(SlotPaidOn, SlotPaidAmount) {
		t.drop("already_paid") // "if I paid it all off now" is no payment made
	}
	if t.has("settlement_offer") && t.has("payoff_quote", "breakdown") && !t.gave(SlotLump, SlotAmount) {
		t.drop("settlement_offer")
		if t.runningPlan() == nil && t.about() != TopicEarly { // of a running plan it asks what is left of it
			t.said = append([]Intent{"waiver_request"}, t.said...) // "paid off at once, how much less would it be"
		}
	}
	if t.has("is_this_real") {
		t.drop("statement_request") // "prove it": who we are, not the books
	}
	if t.has("waiver_request") {
		t.drop("payoff_quote", "breakdown") // "how much less if I pay it off" is answered by the offer
	}
	if t.has("settlement_offer", "waiver_request") || t.has("legal_consequence") && t.inCourt() {
		t.drop("lawsuit_status") // the same statements, or a wish to settle
	}
	if t.has("hardship_income", "hardship_illness", "disaster") && !t.gave(SlotDeferTo, SlotDate, SlotFirstDue) {
		t.drop("deferral_request") // "out of work, can it rest": the hold is the answer
	}
	if t.has("hardship_income", "hardship_illness", "disaster") && slices.Contains([]string{"agree_terms", "payment_arrangement"}, t.open.Flow) &&
		t.gave(SlotCount, SlotMonthly) && !t.wantsTerms() {
		t.said = append(t.said, "counter_offer") // "five is too many, I was laid off, fifteen": the terms are meant too
	}
	if t.has("hardship_income", "hardship_illness", "disaster") && t.has("affordability_info") && !t.gave(SlotCount, SlotMonthly, SlotSteps, SlotLump) && t.open.Flow == "" {
		t.drop("affordability_info") // figures told with a hardship are listened to; a plan comes when it is wished
	}
	if t.open.Flow == "" && t.gave(SlotCount, SlotMonthly) && len(t.said) > 0 && !slices.ContainsFunc(t.said, func(i Intent) bool { return i != "correction" && i != "affirm" && i != "deny" }) {
		t.said = append(t.said, "instalment_request") // "eight hundred a month, then?" with nothing open is a wish of its own
	}
	t.settleBareCount()
	t.settleInTime()
	t.settlePast()
	t.settleGone()
	t.settlePromise()
	t.settleEarly()
	t.settleTopic()
	t.settlePart()
	t.settleForPlan()
	t.settleKind()
}

// settlePast: a day that lies behind is no promise, it is a payment somebody remembers.
func (t *turn) settlePast() {
	on := firstDate(t.set, SlotDate, SlotFirstDue, SlotPaidOn)
	if !t.has("promise_to_pay") || on.IsZero() || !on.Before(t.today()) || t.open.Flow == "promise_to_pay" {
		return
	}
	if t.drop("promise_to_pay"); !t.has("already_paid") {
		t.said = append(t.said, "already_paid")
	}
	for _, s := range []string{SlotDate, SlotFirstDue} {
		if v, ok := t.set[s]; ok {
			t.set[SlotPaidOn] = v
			delete(t.set, s)
		}
	}
	for _, s := range []string{SlotAmount, SlotLump, SlotMonthly} {
		if v, ok := t.set[s]; ok {
			t.set[SlotPaidAmount] = v
			delete(t.set, s)
		}
	}
}

// settleGone: a day that lies behind, beside a wish, only recalls something ("what we said on Monday"); nobody can pay on it.
func (t *turn) settleGone() {
	if t.has("already_paid") || !t.wantsTerms() && !t.gave(SlotCount, SlotMonthly) && t.open.Flow != "agree_terms" {
		return
	}
	for _, s := range []string{SlotDate, SlotFirstDue, SlotDeferTo} {
		if v, ok := t.set[s]; ok && !v.Date.IsZero() && v.Date.Before(t.today()) {
			delete(t.set, s)
		}
		if v, ok := t.st.Slots[s]; ok && !v.Date.IsZero() && !v.Date.After(t.today()) {
			delete(t.st.Slots, s)
		}
	}
}

// settleKind: "then twelve payments after all" ends the talk of paying once, now or later; "the first one from the 25th" moves a plan's
// beginning, it does not put the whole off.
func (t *turn) settleKind() {
	if t.open.Flow == "agree_terms" && t.mem.Kind == arrange.Instalments && t.gave(SlotFirstDue) && !t.gave(SlotDeferTo) && t.has("deferral_request") {
		t.drop("deferral_request")
		t.said = append(t.said, "counter_offer")
	}
	once := slices.Contains([]arrange.Kind{arrange.WaiverIfBy, arrange.Settlement, arrange.Deferral}, t.mem.Kind)
	if t.open.Flow != "agree_terms" || !once || t.gave(SlotLump, SlotPercent, SlotDeferTo) || t.set[SlotCount].Count < 2 && t.set[SlotMonthly].Money == 0 && t.set[SlotSteps].Text == "" {
		return
	}
	t.mem.Kind = arrange.Instalments
	t.drop("deferral_request", "waiver_request", "settlement_offer", "cancel")
	for _, s := range []string{SlotLump, SlotPercent, SlotDeferTo, SlotAmount, SlotChoice} {
		delete(t.st.Slots, s)
	}
	if !t.wantsTerms() {
		t.said = append(t.said, "counter_offer")
	}
}

// settleBareCount: asked for a sum or a count, "6" below the least sum of a month is the count. The recap shows it either way.
func (t *turn) settleBareCount() {
	v, ok := t.set[SlotMonthly]
	l := t.limits()
	wants := []Intent{"correction", "affirm", "deny", "counter_offer", "instalment_request", "affordability_info"}
	bare := ok && len(t.set) == 1 && !slices.ContainsFunc(t.said, func(i Intent) bool { return !slices.Contains(wants, i) })
	if !bare || !slices.Contains([]string{"payment_arrangement", "agree_terms"}, t.open.Flow) || v.Money >= l.MinMonthly || v.Money%100 != 0 {
		return
	}
	if n := int(v.Money / 100); n >= l.MinCount && n <= l.MaxCount {
		delete(t.set, SlotMonthly)
		t.put(SlotCount, Value{Kind: KindCount, Count: n, Origin: "debtor"})
	}
}

// settlePromise: the day of a promise just noted, said again, is a nod and not a second promise.
func (t *turn) settlePromise() {
	on := firstDate(t.set, SlotDate, SlotFirstDue)
	if t.open.Flow != "" || on.IsZero() || on != t.mem.PromisedOn || t.gave(SlotAmount, SlotLump, SlotMonthly, SlotCount) || !t.has("promise_to_pay") {
		return
	}
	t.drop("promise_to_pay")
	if !t.has("affirm") {
		t.said = append(t.said, "affirm")
	}
	delete(t.set, SlotDate)
	delete(t.set, SlotFirstDue)
}

func (t *turn) drop(gone ...Intent) {
	t.said = slices.DeleteFunc(t.said, func(i Intent) bool { return slices.Contains(gone, i) })
}

func (t *turn) inCourt() bool {
	a := t.account()
	return a != nil && slices.Contains(courtStages, a.Stage)
}

// about is the topic of this turn, if it has one.
func (t *turn) about() string { return t.set[SlotTopic].Text }

// ownDebt: terms are wished for, and nobody died, by this turn or by what was told before.
func (t *turn) ownDebt() bool {
	if t.has("bereavement") || slices.ContainsFunc(t.mem.Holds, func(h Hold) bool { return h.Reason == "bereavement" }) {
		return false
	}
	return t.gave(planSlots...) || t.gave(SlotLump, SlotDeferTo) || t.wantsTerms()
}

// wantsTerms: this turn asks for an arrangement or a way to pay.
func (t *turn) wantsTerms() bool {
	return t.has("instalment_request", "deferral_request", "counter_offer", "promise_to_pay", "pay_now", "payment_method", "affordability_info")
}

func (t *turn) noTopic() { delete(t.set, SlotTopic) }

// settleTopic weighs the topic of a turn against its intents: a topic is a likeness, an intent that stops everything is not
// overruled by one.
func (t *turn) settleTopic() {
	if t.open.Flow == "deferral" && t.about() == "" && t.has("plan_status") && t.runningPlan() == nil && !t.gave(SlotDeferTo, SlotDate, SlotFirstDue) {
		t.set[SlotTopic] = Value{Kind: KindText, Text: TopicUntil, Origin: "debtor"} // "until when can it be": of the day that is asked for
	}
	if t.mem.Third && t.about() == "" && t.has("hardship_illness", "hardship_income", "disaster") { // told of the debtor, by somebody else
		t.set[SlotTopic] = Value{Kind: KindText, Text: TopicRelative, Origin: "debtor"}
	}
	if t.about() == "" {
		return
	}
	if t.idleTopic() {
		t.noTopic()
		return
	}
	for _, in := range t.said {
		if f := t.e.byIntent[in]; f != nil && f.Kind == StopFlow && f.Alone && in != "wrong_person" && !(in == "bereavement" && t.about() == TopicRelative) {
			t.noTopic()
			return
		}
	}
	switch t.about() {
	case TopicRelative:
		t.said = slices.DeleteFunc(t.said, func(i Intent) bool { f := t.e.byIntent[i]; return f == nil || f.Kind != StopFlow || i == "bereavement" })
	case TopicUnheard:
		t.drop("vulnerable", "abuse")
		if !t.has("human_agent") {
			t.said = append(t.said, "human_agent")
		}
	case TopicContact:
		if t.has("third_party_contacted", "collector_abuse", "complaint") {
			t.noTopic()
			return
		}
		if t.drop("human_agent", "legal_consequence", "stop_contact"); !t.has("family_impact") {
			t.said = append([]Intent{"family_impact"}, t.said...)
		}
	case TopicSupply:
		t.drop("legal_consequence", "lawsuit_status", "plan_status", "balance", "refuse_to_pay", "jail_fear", "family_impact")
	case TopicAid:
		t.drop("help", "out_of_scope", "chitchat")
	case TopicMiss:
		t.drop("legal_consequence", "change_plan", "plan_status", "promise_to_pay", "deferral_request", "instalment_request", "refuse_to_pay", "affordability_info")
		delete(t.set, SlotCount)
	case TopicWithdraw:
		t.drop("cancel", "deny", "change_plan", "correction", "refuse_to_pay", "instalment_request", "dispute_not_mine", "plan_status", "lawsuit_status")
	case TopicReceipt, TopicEstate:
		t.drop("help", "payment_method", "statement_request", "already_paid", "pay_now", "legal_consequence", "family_impact", "refuse_to_pay")
	case TopicUntil:
		t.drop("legal_consequence", "plan_status", "payoff_quote", "limitation_period", "deferral_request")
	case TopicVisited:
		t.drop("legal_consequence")
		if !t.has("complaint", "collector_abuse", "third_party_contacted") {
			t.said = append([]Intent{"collector_abuse"}, t.said...)
		}
	case TopicStolen:
		if t.drop("dispute_not_mine"); !t.has("identity_theft") {
			t.said = append([]Intent{"identity_theft"}, t.said...)
		}
	case TopicCoerced: // the narrower telling of all of these
		t.drop("dispute_not_mine", "dispute_amount", "vulnerable", "collector_abuse", "complaint", "family_impact", "third_party_contacted", "human_agent", "usury")
	case TopicObject: // how to object is asked; nothing is objected to yet
		t.drop("hardship_income", "dispute_amount", "plan_status", "statement_request", "counter_offer", "lawsuit_status", "out_of_scope", "chitchat", "help")
		delete(t.set, SlotText)
	case TopicWhyID:
		t.drop("legal_consequence", "family_impact", "privacy_request", "refuse_to_pay", "deny", "out_of_scope", "chitchat", "help", "repeat")
	case TopicRate: // a question, even where it is put as a suspicion; who objects says so - but where a cap is in play it is checked at once
		if a := t.account(); t.has("usury") && a != nil && (a.DebtType == "private_loan" || a.Excess > 0) {
			t.noTopic()
			return
		}
		t.drop("usury", "dispute_amount", "waiver_request", "instalment_request", "refuse_to_pay", "out_of_scope", "chitchat", "help")
		delete(t.set, SlotText)
	case TopicNoDay, TopicWilling:
		t.settleNoDay()
	case TopicMustPay:
		t.drop("refuse_to_pay", "waiver_request", "deferral_request", "legal_consequence", "deny", "help", "repeat", "out_of_scope", "chitchat")
	case TopicPropose:
		t.settlePropose()
	case TopicNoSay, TopicWhyMeans: // a question of the talk, not its end
		t.drop("cancel", "deny", "refuse_to_pay", "privacy_request", "legal_consequence", "human_agent", "abuse", "help", "out_of_scope", "chitchat", "repeat")
	case TopicDistress: // met with kindness; a person is offered, not called
		t.drop("vulnerable", "abuse", "chitchat", "out_of_scope", "help", "repeat")
	case TopicEarly:
		t.drop("payoff_quote", "settlement_offer", "counter_offer", "pay_now", "payment_method", "affirm", "correction", "breakdown", "out_of_scope", "chitchat", "help", "repeat")
	case TopicLeast, TopicSoonest, TopicLast:
		t.drop("counter_offer", "instalment_request", "deny", "help", "repeat", "thanks", "out_of_scope", "chitchat")
	case TopicAdvice:
		t.drop("lawyer")
	case TopicAllLater:
		t.settleAllLater()
	case TopicUnsure:
		t.drop("payment_method", "pay_now", "legal_consequence", "balance", "payoff_quote", "help", "deny", "out_of_scope", "chitchat", "human_agent", "vulnerable")
	}
}

// idleTopic: some topics mean something only where there is something they can be about.
func (t *turn) idleTopic() bool {
	switch t.about() {
	case TopicMiss:
		return t.runningPlan() == nil && t.st.Pending == nil && len(t.st.Offers) == 0 && len(t.mem.Agreed) == 0 && t.mem.PromisedOn.IsZero()
	case TopicWithdraw:
		return len(t.mem.Agreed) == 0 && t.runningPlan() == nil
	case TopicUntil:
		return !t.untilKnown()
	case TopicCatchUp:
		return t.runningPlan() == nil || t.has("credit_report", "legal_consequence", "jail_fear", "lawsuit_status") && t.newDay().IsZero()
	case TopicDistress: // told with figures it is about the sum; beside a hardship or a complaint those have kind words of their own
		return t.gave(planSlots...) || t.has("hardship_income", "hardship_illness", "disaster", "complaint", "collector_abuse", "bereavement", "human_agent")
	case TopicMustPay: // beside a stop it is about that, with terms it wishes for them
		return t.gave(planSlots...) || t.gave(SlotLump, SlotDeferTo) || t.has("limitation_period", "dispute_not_mine", "dispute_amount", "usury", "identity_theft", "already_paid", "bereavement") || t.limitationToSay()
	case TopicEstate:
		return t.ownDebt() // "I want to pay it in three" is not the heir's question whether to pay
	}
	return false
}

// settleAllLater: the whole sum on a named day is a deferral, unless the turn means something narrower.
func (t *turn) settleAllLater() {
	on := firstDate(t.set, SlotDeferTo, SlotDate, SlotFirstDue)
	if t.keepsWaiver(on) || t.gave(SlotCount, SlotMonthly, SlotLump) || t.has("already_paid", "waiver_request") ||
		t.has("promise_to_pay") && t.open.Flow != "agree_terms" && !(t.has("deferral_request") && t.gave(SlotDeferTo)) {
		return
	}
	if i := t.waivedBy(on); i >= 0 {
		t.drop("counter_offer", "instalment_request", "promise_to_pay", "pay_now", "payment_method", "settlement_offer", "deferral_request", "affirm")
		t.forgetSet(SlotDeferTo, SlotFirstDue, SlotDate)
		t.set[SlotChoice] = Value{Kind: KindCount, Count: i + 1, Origin: "debtor"}
		return
	}
	if on.IsZero() {
		if t.has("pay_now", "payment_method", "payoff_quote") {
			t.drop("instalment_request", "counter_offer") // all at once is the opposite of instalments
		}
		return
	}
	t.drop("counter_offer", "instalment_request", "correction", "deny", "promise_to_pay", "pay_now", "payment_method", "settlement_offer")
	t.said = append([]Intent{"deferral_request"}, t.said...)
	t.set[SlotDeferTo] = Value{Kind: KindDate, Date: on, Origin: "debtor"}
	delete(t.set, SlotFirstDue)
	delete(t.set, SlotDate)
}

// settleForPlan: with a running plan, "later" and "more" are about it; without one those topics mean nothing of their own.
func (t *turn) settleForPlan() {
	plan := t.runningPlan() != nil
	if plan && t.has("payoff_quote") && !t.has("already_paid") && t.about() != TopicExtra {
		t.set[SlotTopic] = Value{Kind: KindText, Text: TopicPayOff, Origin: "debtor"}
	}
	if t.settleCatchUp() {
		return
	}
	own := slices.Contains([]string{TopicSkip, TopicExtra, TopicPayOff}, t.about())
	switch {
	case !plan && own:
		if t.about() == TopicPayOff && len(t.mem.Agreed) == 0 {
			if t.drop("already_paid"); !t.has("payoff_quote", "waiver_request") {
				t.said = append(t.said, "payoff_quote")
			}
		}
		t.noTopic()
	case plan && t.has("already_paid") && t.about() != TopicPayOff:
		t.noTopic()
	case plan && own:
		t.drop("deferral_request", "change_plan", "payoff_quote", "already_paid", "balance", "promise_to_pay", "instalment_request", "counter_offer", "plan_status", "settlement_offer", "pay_now")
		if t.about() == TopicSkip {
			t.drop("payment_method") // a payment left out is not one to be made
		}
	case plan && t.has("plan_status") && !t.has("change_plan", "counter_offer"):
		t.drop("instalment_request") // "which instalment am I at" asks for no new plan
	case plan && t.has("deferral_request"):
		t.drop("deferral_request", "change_plan")
		t.set[SlotTopic] = Value{Kind: KindText, Text: TopicSkip, Origin: "debtor"}
	}
}

// settleEarly: "can I pay it off early?" beside terms is a question about them. With a plan under way it is about its rest, and with
// nothing in view about what is owed.
func (t *turn) settleEarly() {
	if t.about() != TopicEarly || t.st.Pending != nil || len(t.st.Offers) > 0 || len(t.mem.Agreed) > 0 {
		return
	}
	if t.runningPlan() != nil {
		t.set[SlotTopic] = Value{Kind: KindText, Text: TopicPayOff, Origin: "debtor"}
		return
	}
	t.noTopic()
	if t.drop("settlement_offer"); !t.has("payoff_quote", "waiver_request") {
		t.said = append(t.said, "payoff_quote")
	}
}
