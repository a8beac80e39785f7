package flows

import "strings"

// refLang is the language the compiler reads slots from; the catalogue guarantees that all languages have the same.
const refLang = "zh-Hans"

// Outcomes is the closed list of what a conversation can have come to.
var Outcomes = []string{
	"plan_agreed", "deferral_agreed", "settlement_agreed", "handoff", "hold_dispute", "hold_crisis", "hold_hardship",
	"opt_out", "promise", "refused", "wrong_person", "info_given", "open",
}

// Holds and cases: closed lists, so that the desk and the store know every one.
var (
	holdReasons = []string{
		"dispute", "identity_theft", "hardship", "illness", "disaster", "bereavement", "minor", "lawyer", "complaint", "bankruptcy",
		"crisis", "wrong_person", "usury", "stop_contact",
	}
	holdScopes = []string{"account", "debtor", "channel"}
	caseKinds  = []string{
		"dispute", "already_paid", "hardship", "complaint", "privacy", "waiver", "approval", "identity_theft", "crisis", "wrong_person", "lawyer", "bankruptcy",
	}
	// sellingStops are the holds under which no arrangement is discussed, whoever asks.
	sellingStops = []string{"dispute", "identity_theft", "bereavement", "minor", "lawyer", "bankruptcy", "crisis", "usury", "wrong_person"}
)

// contexts is what understanding may be told about the open question.
var contexts = []string{
	"ask_identity", "ask_monthly_amount", "ask_count", "ask_date", "ask_reason", "ask_income", "offer_plan", "confirm_plan", "none",
}

// Intents of the contracts, in their order.
var Intents = []Intent{
	"greeting", "thanks", "goodbye", "affirm", "deny", "correction", "cancel", "repeat", "help", "chitchat", "out_of_scope",
	"are_you_human", "is_this_real", "human_agent", "balance", "breakdown", "payoff_quote", "statement_request", "legal_consequence",
	"jail_fear", "family_impact", "limitation_period", "credit_report", "lawsuit_status", "instalment_request", "deferral_request",
	"waiver_request", "settlement_offer", "counter_offer", "affordability_info", "payment_method", "pay_now", "promise_to_pay",
	"already_paid", "plan_status", "change_plan", "dispute_not_mine", "dispute_amount", "identity_theft", "usury", "hardship_income",
	"hardship_illness", "disaster", "bereavement", "minor", "wrong_person", "lawyer", "bankruptcy", "vulnerable", "self_harm",
	"threat_to_others", "complaint", "collector_abuse", "third_party_contacted", "stop_contact", "privacy_request", "refuse_to_pay", "abuse",
}

var knownIntents = func() map[Intent]bool {
	m := map[Intent]bool{}
	for _, i := range Intents {
		m[i] = true
	}
	return m
}()

// quickIntents is what pressing a quick reply means. An empty intent is heard by the listener of the open question.
var quickIntents = map[string]Intent{
	"balance": "balance", "breakdown": "breakdown", "instalments": "instalment_request", "defer": "deferral_request",
	"law": "legal_consequence", "hardship": "hardship_income", "dispute": "dispute_amount", "person": "human_agent", "verify": "",
	"confirm": "affirm", "not_now": "deny", "other_offer": "counter_offer", "none_fits": "deny", "show_offers": "", "go_on": "affirm",
	"not_needed": "deny", "pay": "payment_method", "real": "is_this_real", "stop": "stop_contact", "privacy": "privacy_request",
}

// patternReplies are said by the engine itself, in every flow.
var patternReplies = []string{
	"welcome", "welcome_verified", "greet_back", "thanks_back", "goodbye", "chitchat", "out_of_scope", "help", "nothing_open", "ack_close", "ack_short", "ack_person", "ack_person_closed",
	"cancelled", "clarify", "clarify_again", "silence_ask", "silence_close", "repeat_nothing", "trouble", "corrected", "anger_ack",
	"anger_person", "handoff_open", "handoff_closed", "handoff_noted", "handoff_again", "handoff_again_closed", "still_waiting",
	"nothing_to_confirm", "plan_done_already", "crisis_stay", "crisis_stay_again",
}

// families are replies with one member per kind of arrangement: `recap_<kind>`.
var families = map[string][]string{"<kind>": {"instalments", "deferral", "waiver", "settlement", "token"}}

func expand(id string) []string {
	for mark, members := range families {
		if head, ok := strings.CutSuffix(id, mark); ok {
			out := make([]string, len(members))
			for i, m := range members {
				out[i] = head + m
			}
			return out
		}
	}
	return []string{id}
}
