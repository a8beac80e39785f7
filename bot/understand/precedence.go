package understand

import (
	"slices"

	"hejie/bot/text"
	"hejie/flows"
)

// rank orders what was said in one breath by what has to be answered first: who owes comes before what is asked for, a
// complaint before what it is about, a request before the trouble that explains it. Intents of different rows that stand in
// the same message are put in this order; a row decides nothing within itself.
var rank = rows(
	[]flows.Intent{"minor", "bereavement"},
	[]flows.Intent{"identity_theft"},
	[]flows.Intent{"dispute_not_mine", "wrong_person", "lawyer"},
	[]flows.Intent{"complaint"},
	[]flows.Intent{"stop_contact"},
	[]flows.Intent{"collector_abuse", "third_party_contacted", "vulnerable", "refuse_to_pay"},
)

// because: a request leads the trouble that is told as its reason.
var because = rows(
	[]flows.Intent{"instalment_request", "deferral_request", "waiver_request", "settlement_offer", "change_plan", "promise_to_pay"},
	[]flows.Intent{"hardship_income"},
)

// inTurn are questions of one kind: the one asked first is answered first.
var inTurn = []flows.Intent{
	"balance", "instalment_request", "payoff_quote", "breakdown", "credit_report", "legal_consequence", "jail_fear", "family_impact", "limitation_period", "lawsuit_status", "payment_method", "plan_status", "statement_request",
}

// notFaint is how likely the phrases and the classifier together must hold an intent before it is moved.
const notFaint = 0.15

func rows(lists ...[]flows.Intent) map[flows.Intent]int {
	m := map[flows.Intent]int{}
	for k, list := range lists {
		for _, i := range list {
			m[i] = k + 1
		}
	}
	return m
}

// inOrder moves to the front what has to be answered first. Only what phrases said plainly is moved.
func (r *reading) inOrder(in []scored) {
	if len(in) < 2 || in[0].tier == 2 {
		return
	}
	for k := range in {
		switch i := in[k].intent; {
		case rank[i] > 0 && rank[in[0].intent] > rank[i] && in[k].sure >= doubt,
			because[i] > 0 && because[in[0].intent] > because[i] && r.plainly(i) && in[k].score >= notFaint:
			toFront(in, k)
		}
	}
	if k := slices.IndexFunc(in, func(s scored) bool { return s.intent == "counter_offer" }); k > 0 && in[0].intent == "instalment_request" &&
		slices.Contains(onTable, r.in.Context) && r.hasTerms() {
		toFront(in, k) // with terms in view other terms are a counter, not a first wish
	}
	if !slices.Contains(inTurn, in[0].intent) || !r.plainly(in[0].intent) {
		return
	}
	for k := range in {
		if slices.Contains(inTurn, in[k].intent) && r.saidBefore(in[k].from, in[0].from) && r.plainly(in[k].intent) {
			toFront(in, k)
		}
	}
}

// hasTerms: figures of an arrangement were named.
func (r *reading) hasTerms() bool {
	return slices.ContainsFunc(r.figs, func(f figure) bool {
		return f.Kind == text.FigMoney || f.Kind == text.FigCount || f.Kind == text.FigNumber
	})
}

// plainly: phrases said it, and surely.
func (r *reading) plainly(i flows.Intent) bool {
	return slices.ContainsFunc(r.intents, func(s scored) bool { return s.intent == i && s.sure >= sureOfIt })
}

// saidBefore: place a lies in an earlier clause than place b.
func (r *reading) saidBefore(a, b int) bool {
	_, end := r.n.clause(a)
	return end < b
}

func toFront(in []scored, k int) {
	s := in[k]
	copy(in[1:k+1], in[:k])
	in[0] = s
}
