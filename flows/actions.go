package flows

import (
	"slices"
	"strings"

	"hejie/flows/arrange"
	"hejie/prompts"
)

// action is something a flow step does; it answers one of its labels.
type action struct {
	labels []string
	run    func(*turn) string
}

var actions = map[string]action{
	"check_factors":    {[]string{"verified", "locked", "failed", "several", "one_more", "none"}, checkFactors},
	"list_accounts":    {[]string{"listed", "none"}, listAccounts},
	"why_not_sellable": {[]string{"ok", "tax", "hold", "plan", "agreed", "zero"}, notSellable},
	"informed":         {[]string{"noted"}, informed},
	"balance_state":    {[]string{"due", "zero", "tax"}, balanceState},
	"law_topic":        lawTopic,
	"say_law":          {[]string{"said", "none"}, sayMatrix},
	"talk_plan":        {[]string{"known", "means", "ask_means", "ask_income", "ask_outgoings", "ask"}, func(t *turn) string { t.mem.Kind = arrange.Instalments; return planLabel(t) }},
	"back_to_plan":     {[]string{"plan"}, func(t *turn) string { t.mem.Kind, t.mem.Low = arrange.Instalments, false; return "plan" }},
	"afford":           {[]string{"some", "none"}, afford},
	"lower":            {[]string{"longer", "token", "person"}, lower},
	"third_person":     {[]string{"first", "again", "ill"}, thirdPerson},
	"change_wish":      {[]string{"none", "quote", "extra_amount", "payoff", "person"}, changeWish},
	"quote_change":     {[]string{"met", "refused"}, quoteChange},
	"miss_state":       {[]string{"can_skip", "running", "table", "promise"}, missState},
	"until_state":      {[]string{"once", "plan", "waiver", "offer", "hold", "hold_open", "running", "defer", "person"}, untilState},
	"catch_up":         {[]string{"noted", "ask", "ahead", "skip", "person", "none"}, catchUp},
	"no_day":           {[]string{"rests", "open"}, noDay},
	"receipt_state":    {[]string{"posted", "none"}, receiptState},
	"unmake":           {[]string{"noted", "late", "unknown", "none"}, unmake},
	"withdraw":         {[]string{"noted", "late", "unknown", "none"}, takeBackAndCall},
	"supply_state":     {[]string{"late", "early", "other"}, supplyState},
	"tax_topic":        {[]string{"waiver", "deferral", "instalments", "pay"}, taxTopic},
	"talk_deferral":    talk(arrange.Deferral, deferKnown),
	"talk_waiver":      {[]string{"go", "plan"}, talkWaiver},
	"enter_terms":      {[]string{"quote", "chosen", "low"}, enterTerms},
	"quote":            {[]string{"met", "above", "several", "nearest", "refused"}, quote},
	"draw_up":          {[]string{"ready", "above", "approval", "gone", "already"}, drawUp},
	"record_agreement": {[]string{"recorded"}, recordAgreement},
	"close_talk":       {[]string{"closed"}, closeTalk},
	"count_decline":    {[]string{"once", "again"}, countDecline},
	"refusal_kind":     {[]string{"waiver", "other"}, refusalKind},
	"promise_terms":    {[]string{"noted", "part", "no_date", "no_amount", "past", "too_late", "too_much", "zero"}, promiseTerms},
	"find_payment":     {[]string{"posted", "in_transit", "ask", "not_found"}, findPayment},
	"dispute_topic":    topicOf(map[Intent]string{"dispute_amount": "amount", "dispute_not_mine": "not_mine", "identity_theft": "theft"}, "amount"),
	"complaint_topic":  topicOf(map[Intent]string{"collector_abuse": "collector", "third_party_contacted": "third_party"}, "general"),
	"balance_topic":    topicOf(map[Intent]string{"breakdown": "breakdown", "statement_request": "statement", "payoff_quote": "payoff"}, "plain"),
	"hardship_topic":   {[]string{"illness", "income", "disaster"}, hardshipKind},
	"begin_crisis":     {[]string{"begun"}, beginCrisis},
	"opt_out":          {[]string{"stopped"}, optOut},
	"block_contact":    {[]string{"blocked"}, blockContact},
	"plan_state":       {[]string{"running", "late", "none"}, planState},
	"note_case":        {[]string{"noted"}, noteCase},
	"call_coerced":     callPerson("coerced"),
	"call_minor":       callPerson("minor"),
	"call_estate":      callPerson("bereavement"),
	"call_lawyer":      callPerson("lawyer"),
	"call_bankruptcy":  callPerson("bankruptcy"),
	"call_threat":      callPerson("threat"),
	"call_complaint":   callPerson("complaint"),
}

// predicates decide whether a step is taken.
var predicates = map[string]func(*turn) bool{
	"verified":       func(t *turn) bool { return t.st.Identity == Verified },
	"locked":         func(t *turn) bool { return t.st.Failures >= identityRetries },
	"need_waits":     func(t *turn) bool { return len(t.st.Stack) > 1 },
	"daily_interest": func(t *turn) bool { a := t.account(); return a != nil && a.DailyInterest > 0 },
	"has_excess":     func(t *turn) bool { a := t.account(); return a != nil && a.Excess > 0 },
	"in_transit":     (*turn).transit,
	"on_hold": func(t *turn) bool {
		return t.holdOn(append([]string{"hardship", "illness", "disaster", "complaint"}, sellingStops...))
	},
	"has_channels": func(t *turn) bool { return t.cf.Creditor.Website != "" && t.cf.Creditor.Hotline != "" },
	"has_hotline":  func(t *turn) bool { return t.cf.Creditor.Hotline != "" },
	"pays_extra": func(t *turn) bool { // a payment left out is not one to make
		return t.cf.Creditor.PayURL != "" && t.mem.Change != nil && t.mem.Change.Extra > 0
	},
	"payment_order":    func(t *turn) bool { a := t.account(); return a != nil && a.Stage == "payment_order" },
	"in_court":         (*turn).inCourt,
	"collection_rests": func(t *turn) bool { return t.holdOn(sellingStops) },
	"has_pay_url":      func(t *turn) bool { return t.cf.Creditor.PayURL != "" },
	"tax_creditor": func(t *turn) bool {
		a := t.account()
		return t.cf.Creditor.Profile == "TAX" || a != nil && a.DebtType == "tax"
	},
	"local_law":          func(t *turn) bool { return t.cf.Jurisdiction == "" || t.cf.Jurisdiction == "CN" },
	"wishes_plan":        wishesPlan,
	"not_reported":       func(t *turn) bool { a := t.account(); return a != nil && !a.ReportsCredit },
	"expired_limit":      func(t *turn) bool { a := t.account(); return a != nil && LimitationExpired(*a, t.today()) },
	"can_sell":           canSell,
	"medical":            func(t *turn) bool { a := t.account(); return a != nil && a.DebtType == "medical" },
	"medical_once":       func(t *turn) bool { a := t.account(); return a != nil && a.DebtType == "medical" && t.once("S-MED") },
	"distress_told":      func(t *turn) bool { return !t.once("distress") },
	"tax_law_once":       func(t *turn) bool { return t.once("S-TAX") },
	"has_case":           func(t *turn) bool { return t.mem.CaseNo != "" },
	"told_means":         (*turn).meansTold,
	"ill_now":            func(t *turn) bool { return hardshipKind(t) == "illness" },
	"hardship_means":     func(t *turn) bool { return t.meansTold() && !wishesPlan(t) && canSell(t) },
	"on_time":            (*turn).onTime,
	"plan_running":       func(t *turn) bool { return t.runningPlan() != nil },
	"lets_the_bot_offer": func(t *turn) bool { return t.limits().Authority[arrange.WaiverIfBy] == arrange.ByBot },
}

func informed(t *turn) string {
	if a := t.account(); a != nil && !slices.Contains(t.mem.Informed, a.ID) {
		t.mem.Informed = append(t.mem.Informed, a.ID)
	}
	return "noted"
}

func balanceState(t *turn) string {
	a := t.account()
	switch {
	case a == nil || a.Balance.Total() <= 0:
		return "zero"
	case a.DebtType == "tax":
		return "tax"
	}
	return "due"
}

// wishesPlan: besides the hardship, this turn asks for an arrangement; then that is discussed at once.
func wishesPlan(t *turn) bool {
	if slices.Contains([]string{TopicSkip, TopicExtra, TopicPayOff, TopicCatchUp}, t.about()) {
		return true
	}
	return slices.ContainsFunc(t.said, func(in Intent) bool {
		f := t.e.byIntent[in]
		return f != nil && slices.Contains([]string{"payment_arrangement", "deferral", "waiver_request", "promise_to_pay"}, f.ID)
	})
}

var lawTopic = action{append([]string{"visit", "contact"}, lawTopics.labels...), func(t *turn) string {
	l := lawTopics.run(t)
	switch {
	case t.about() == TopicVisit:
		return "visit"
	case l == "family" && t.about() == TopicContact:
		return "contact"
	case l == "lawsuit" && t.inCourt():
		return "stage" // at this stage there is something to tell
	}
	return l
}}

var lawTopics = topicOf(map[Intent]string{
	"jail_fear": "jail", "family_impact": "family", "limitation_period": "limitation", "credit_report": "credit",
	"lawsuit_status": "lawsuit",
}, "stage")

// sayMatrix says what the bank of statements has for this debt and stage, as an answer.
func sayMatrix(t *turn) string {
	a := t.account()
	if a == nil {
		return "none"
	}
	sts := t.e.cat.Law(prompts.LawQuery{
		DebtType: a.DebtType, Stage: a.Stage, ReportsCredit: a.ReportsCredit, IntendsLitigation: a.IntendsLitigation, Asked: true,
	})
	if len(sts) == 0 {
		return "none"
	}
	t.say("law_intro")
	for _, s := range sts {
		t.sayLaw(s.ID)
	}
	return "said"
}

// talk opens the discussion of one kind of arrangement.
func talk(kind arrange.Kind, known func(*turn) bool) action {
	return action{[]string{"known", "ask"}, func(t *turn) string {
		t.mem.Kind = kind
		if known(t) {
			return "known"
		}
		return "ask"
	}}
}

func deferKnown(t *turn) bool {
	return !firstDate(t.st.Slots, SlotDeferTo, SlotDate, SlotFirstDue).IsZero()
}

// talkWaiver: a sum or a percentage means a settlement, without one the rules say what they waive.
func talkWaiver(t *turn) string {
	t.mem.Kind = arrange.WaiverIfBy
	if t.lump() > 0 {
		t.mem.Kind = arrange.Settlement
		return "go"
	}
	if t.has("settlement_offer") && !t.has("waiver_request") {
		if t.limits().MinSettlement == 0 {
			return "plan" // "can we settle this": with nothing below the balance to settle for, it is about how to pay
		}
		t.mem.Kind = arrange.Settlement
	}
	return "go"
}

func countDecline(t *turn) string {
	t.mem.Declines++
	if t.mem.Declines > 1 {
		return "again"
	}
	return "once"
}

func refusalKind(t *turn) string {
	if strings.HasPrefix(talkFlow[t.mem.Kind], "waiver") {
		return "waiver"
	}
	return "other"
}
