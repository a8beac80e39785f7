package flows

import (
	"slices"
	"strings"
)

// properties are what Check proves. Each looks at a move from outside: it trusts none of the engine's own guards.
var properties = []Property{
	{"identity", "no account fact before identity is verified", false, factBeforeIdentity},
	{"person", "a person can be reached from every state", true, personReachable},
	{"no_dead_end", "every state answers, and waits at a question or for a new wish", false, deadEnd},
	{"explicit_yes", "no arrangement without an explicit yes to the recap on the table", false, agreedWithoutYes},
	{"slots", "every slot is set before it is said", false, slotUnset},
	{"crisis", "a cry for help is met in every state, and nothing about money follows", false, crisisMissed},
	{"triggers", "a trigger of the never-missed list stops collection and every negotiation, in every state", false, triggerMissed},
	{"clean", "no flow relies on the engine's own safety nets", false, func(ed *edge) string { return strings.Join(ed.faults, "; ") }},
}

func factBeforeIdentity(ed *edge) string {
	if ed.to.Identity == Verified || ed.from.Identity == Verified {
		return ""
	}
	for _, r := range ed.replies {
		if t, ok := ed.e.cat.Reply(refLang, r.ID); ok && t.Private {
			return "said " + r.ID
		}
		for name, v := range r.Slots {
			if v.Kind == KindMoney || hasAnyPrefix(v.Origin, "balance:", "offer:", "arrangement:", "entry:") {
				return "said {" + name + "} in " + r.ID
			}
		}
		if c := r.Card; c != nil && (c.Balance != nil || c.Offers != nil || c.Agreement != nil) {
			return "showed the card " + c.Type
		}
	}
	for _, e := range ed.effects {
		if e.Kind == EffAgreed || e.Kind == EffOffers || e.Kind == EffPromise {
			return "effect " + string(e.Kind)
		}
	}
	return ""
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

// personReachable looks one turn ahead of where the move led.
func personReachable(ed *edge) string {
	next, replies, _, _ := ed.e.step(ed.to, []Command{intend("human_agent")}, ed.cf)
	if next.Handoff == "" || len(replies) == 0 {
		return "asking for a person leads nowhere"
	}
	return ""
}

func deadEnd(ed *edge) string {
	if top := ed.to.Top(); top.Flow != "" && ed.e.waitingAt(ed.to) == nil {
		return "stuck at " + top.Flow + "/" + top.Step
	}
	mayBeSilent := ed.cmd.name == "silence" || ed.cmd.name == "act csat"
	if len(ed.replies) == 0 && !mayBeSilent {
		return "no answer"
	}
	return ""
}

func agreedWithoutYes(ed *edge) string {
	for _, e := range ed.effects {
		if e.Kind != EffAgreed {
			continue
		}
		p := ed.from.Pending
		switch {
		case p == nil || e.Agreement == nil || p.ID != e.Agreement.ID || p.SHA256 != e.Agreement.SHA256:
			return "agreed to something that was not on the table"
		case ed.e.Context(ed.from) != "confirm_plan":
			return "agreed while something else was asked"
		case !slices.Contains([]string{"affirm", "act confirm"}, ed.cmd.name):
			return "agreed by " + ed.cmd.name
		case !ed.cf.Now.Before(p.ExpiresAt):
			return "agreed to an expired offer"
		}
	}
	if slices.Contains([]string{"plan_agreed", "deferral_agreed", "settlement_agreed"}, ed.to.Outcome) && ed.to.Outcome != ed.from.Outcome &&
		!slices.ContainsFunc(ed.effects, func(e Effect) bool { return e.Kind == EffAgreed }) {
		return "outcome without an agreement"
	}
	return ""
}

func slotUnset(ed *edge) string {
	for _, r := range ed.replies {
		t, ok := ed.e.cat.Reply(refLang, r.ID)
		if !ok {
			return "no text " + r.ID
		}
		for _, p := range t.Placeholders() {
			if v, ok := r.Slots[p]; !ok || v.Kind == "" || v.Origin == "" {
				return "slot " + p + " of " + r.ID
			}
		}
		if len(r.Slots) != len(t.Placeholders()) {
			return "slots too many in " + r.ID
		}
	}
	return ""
}

// crisisReplies are all that may be said once somebody cried for help.
var crisisReplies = []string{"crisis", "crisis_stay", "crisis_stay_again"}

func crisisMissed(ed *edge) string {
	cried := strings.HasPrefix(ed.cmd.name, "self_harm")
	switch {
	case cried && (!ed.to.Crisis || ed.to.Handoff != "crisis"):
		return "a cry for help was missed"
	case ed.from.Crisis && !ed.to.Crisis:
		return "a crisis ended by itself"
	case !ed.to.Crisis:
		return ""
	}
	for _, r := range ed.replies {
		if !slices.Contains(crisisReplies, r.ID) || len(r.Quick) > 0 || r.Card != nil && r.Card.Type != "crisis" {
			return "said " + r.ID + " in a crisis"
		}
	}
	if ed.to.Pending != nil || len(ed.to.Offers) > 0 {
		return "offers stay on the table in a crisis"
	}
	return ""
}

// mustHold is what each trigger must leave behind, whatever the flow files say.
var mustHold = map[Intent]string{
	"self_harm": "crisis", "threat_to_others": "crisis", "wrong_person": "wrong_person", "minor": "minor", "bereavement": "bereavement",
	"lawyer": "lawyer", "bankruptcy": "bankruptcy", "dispute_amount": "dispute", "dispute_not_mine": "dispute",
	"identity_theft": "identity_theft", "usury": "usury", "hardship_illness": "illness", "hardship_income": "hardship",
	"disaster": "disaster", "stop_contact": "stop_contact", "complaint": "complaint", "collector_abuse": "complaint",
	"third_party_contacted": "complaint",
}

func triggerMissed(ed *edge) string {
	in := Intent(ed.cmd.name)
	reason, ok := mustHold[in]
	if !ok || ed.from.Crisis {
		return ""
	}
	if ed.to.Pending != nil || len(ed.to.Offers) > 0 || ed.e.Context(ed.to) == "offer_plan" {
		return "offers stay on the table after " + ed.cmd.name
	}
	same := func(h Hold) bool { return h.Reason == reason }
	if !slices.ContainsFunc(readMemory(ed.to.Extra).Holds, same) && !slices.ContainsFunc(ed.cf.Holds, same) {
		return ed.cmd.name + " placed no hold"
	}
	return ""
}
