package understand

import (
	"math"
	"slices"

	"hejie/flows"
)

// How the grammar and the classifier are weighed against each other, in steps of log odds. Chosen on the corpus with the
// classifier's held-out answers (`hejie understand train` prints what they give).
const (
	firstSays = 5.0  // what the grammar's first intent counts, times its own sureness
	otherSays = 3.0  // what its other intents count
	takenBack = -6.0 // an intent a negation took back
	atLength  = -1.2 // nothing is meant: seldom by a longer text without a figure
	butHeard  = -4.0 // nor when phrases are sure of something
	unseen    = 1e-3 // no label is ever quite impossible
	sharpness = 0.8  // temperature of the joint answer
)

// bareLength is what a name, a choice or a "one moment" take.
const bareLength = 9

// From which probability on the classifier alone is heard.
const (
	heardAlone   = 0.5  // a second intent
	heardTrigger = 0.5  // what must never be missed: a false alarm is the cheaper fault
	heardCrisis  = 0.55 // self-harm and threats stop everything, and the phrases are rich: a faint likeness is not enough
	heardAgainst = 0.8  // a trigger or a crisis when the phrases are sure of something else,
	ledTrigger   = 0.5  // the same when it is the likeliest label of all
	ledCrisis    = 0.65 // (a crisis likewise)
	ledAgainst   = 0.9  // (and when the phrases are sure of something else),
	echoed       = 0.2  // if it does not look quite alien by itself: words never seen lead somewhere too
	sureOfIt     = 0.7  // which is from here on
	faint        = 0.06 // below it a second intent of the grammar is not believed
	faintMain    = 0.2  // below it nothing is said to be meant
)

// fewWords is how many letters beside its figures a bare answer has: 三千五吧, 大概18号.
const (
	fewHan   = 2
	fewLatin = 7
)

// bareAnswer: a short text that is little but figures answers the question asked; 三千五吧, number 1.
func (r *reading) bareAnswer() bool {
	if len(r.figs) == 0 || len(r.n.rs) > bareLength {
		return false
	}
	han, latin := 0, 0
	for i, c := range r.n.rs {
		if slices.ContainsFunc(r.figs, func(f figure) bool { return f.from <= i && i < f.to }) {
			continue
		}
		switch {
		case isHan(c):
			han++
		case isLatin(c):
			latin++
		}
	}
	return han <= fewHan && latin <= fewLatin
}

// triggers are the intents that are always kept once phrases heard them, and heard by the classifier alone from heardTrigger on.
var triggers = map[flows.Intent]bool{
	"self_harm": true, "threat_to_others": true, "minor": true, "wrong_person": true, "dispute_not_mine": true, "identity_theft": true, "lawyer": true,
	"bereavement": true, "complaint": true, "stop_contact": true, "human_agent": true, "bankruptcy": true, "disaster": true, "vulnerable": true,
	"hardship_illness": true, "collector_abuse": true, "usury": true, "privacy_request": true, "third_party_contacted": true,
}

// heardByAlone says whether the classifier alone is sure enough of a trigger that no phrase heard. A look-alike vetoes it, and
// against phrases that are sure of something else it must be surer.
func (r *reading) heardByAlone(k int, i flows.Intent, g *guess) bool {
	if slices.Contains(r.alike, i) {
		return false
	}
	against := len(r.intents) > 0 && r.intents[0].sure >= sureOfIt
	if i != "self_harm" && i != "threat_to_others" {
		need, led := float32(heardTrigger), float32(ledTrigger)
		if against {
			need, led = heardAgainst, ledAgainst
		}
		return (g.any[k] >= need || g.main[k] >= led && g.any[k] >= echoed) && !r.saysLittle()
	}
	if against || len(r.figs) > 0 && r.in.Context != "" && r.in.Context != "none" { // figures that answer the question: can't do 300
		return g.any[k]*g.main[k] >= heardAgainst*heardAgainst
	}
	return g.any[k]*g.main[k] >= heardCrisis*heardCrisis || g.main[k] >= ledCrisis && g.any[k] >= echoed
}

// fewToTell is how many Chinese characters and Latin words a text needs to be likened to anything: 周敏 is a name, and no more.
const fewToTell = 4

func (r *reading) saysLittle() bool {
	n := 0
	for i, c := range r.n.rs {
		if isHan(c) || isLatin(c) && (i == 0 || !isLatin(r.n.rs[i-1])) {
			n++
		}
	}
	return n < fewToTell
}

// acts are the moves of the talk itself. They decide what becomes of an open question, so the phrases have the word: what they
// heard stands, and what they did not hear is only guessed, and asked about.
var acts = map[flows.Intent]bool{"affirm": true, "deny": true, "cancel": true, "correction": true}

// onlyGuessed is the most a guessed act counts while terms lie on the table: too little to act on.
const onlyGuessed = 0.25

// smallTalk is the most small talk counts that only a likeness suggests.
const smallTalk = 0.45

// merge joins what the phrases heard with what the classifier takes the text for. Phrases that must never be missed always
// stand; elsewhere the likelier of the two leads, agreement makes sure and disagreement unsure.
func (r *reading) merge(c *classifier) {
	if !slices.ContainsFunc(r.n.rs, func(x rune) bool { return isHan(x) || x >= 'a' && x <= 'z' }) {
		return // figures and marks: there is nothing to classify
	}
	if len(r.intents) == 0 && r.bareAnswer() {
		return
	}
	g := c.guess(r.n.rs, r.in.Context)
	p := r.joint(&g)
	top := r.leader(&g, p)
	out := make([]scored, 0, len(r.intents)+2)
	for k, i := range flows.Intents {
		if s, keep := r.believed(k, i, &g, &p, k == top); keep {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b scored) int {
		if (a.tier == 2) != (b.tier == 2) {
			return b.tier - a.tier
		}
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	out = premise(r.faintLead(out))
	r.inOrder(out)
	r.intents = trimmed(out)
	if len(out) > 0 && out[0].intent == "deferral_request" { // asking for a later day promises nothing
		r.intents = slices.DeleteFunc(r.intents, func(s scored) bool { return s.intent == "promise_to_pay" })
	}
}

// faintLead drops a leading intent that only a likeness suggests, and faintly, beside one that phrases are sure of.
func (r *reading) faintLead(in []scored) []scored {
	if len(in) < 2 || in[0].sure >= doubt || in[0].tier > 0 || triggers[in[0].intent] || r.said(in[0].intent) {
		return in
	}
	if slices.ContainsFunc(in[1:], func(s scored) bool { return s.sure >= ledAgainst && !acts[s.intent] }) {
		return in[1:]
	}
	return in
}

// premise: "with no money to pay, will I go to jail" asks about jail; that there is no money is hardly told by itself.
func premise(in []scored) []scored {
	asks := slices.ContainsFunc(in, func(s scored) bool {
		return (s.intent == "jail_fear" || s.intent == "legal_consequence") && s.sure >= sureOfIt
	})
	if !asks {
		return in
	}
	return slices.DeleteFunc(in, func(s scored) bool { return s.intent == "hardship_income" && s.sure < doubt })
}

// leader is the likeliest label that may be said: a trigger that nobody heard surely enough is passed over.
func (r *reading) leader(g *guess, p [64]float32) int {
	for {
		k := likeliest(p[:len(mainLabels)])
		if k == labelAt[nothing] || !triggers[flows.Intents[k]] || r.said(flows.Intents[k]) || r.heardByAlone(k, flows.Intents[k], g) {
			return k
		}
		p[k] = -1
	}
}

// said: phrases heard it.
func (r *reading) said(i flows.Intent) bool {
	return slices.ContainsFunc(r.intents, func(s scored) bool { return s.intent == i })
}

// joint is the probability of each label being the main one, by both.
func (r *reading) joint(g *guess) (p [64]float32) {
	n := len(mainLabels)
	for k := range n {
		p[k] = float32(math.Log(float64(g.main[k]) + unseen))
	}
	for j, s := range r.intents {
		says := otherSays
		if j == 0 {
			says = firstSays
		}
		p[labelAt[s.intent]] += float32(says * s.sure)
	}
	for _, i := range r.denied {
		p[labelAt[i]] += takenBack
	}
	if len(r.figs) == 0 && len(r.n.rs) > bareLength {
		p[labelAt[nothing]] += atLength
	}
	if len(r.intents) > 0 && r.intents[0].sure >= sureOfIt {
		p[labelAt[nothing]] += butHeard
	}
	var sum float64
	for k := range n {
		sum += math.Exp(sharpness * float64(p[k]))
	}
	for k := range n {
		p[k] = float32(math.Exp(sharpness*float64(p[k])) / sum)
	}
	return p
}

// believed says whether intent k is meant, and how surely.
func (r *reading) believed(k int, i flows.Intent, g *guess, p *[64]float32, top bool) (scored, bool) {
	s := scored{intent: i, tier: tierOf(r.rules, i)}
	at := slices.IndexFunc(r.intents, func(x scored) bool { return x.intent == i })
	trigger := triggers[i]
	if at >= 0 {
		s = r.intents[at]
	}
	if i == "already_paid" && r.onlyAhead() {
		return s, false
	}
	s.score = float64(max(p[k], 0.5*g.any[k]*boolFloat(at >= 0 || !trigger)))
	if top {
		s.score = 1
	}
	switch {
	case at >= 0 && (s.tier > 0 || trigger):
		s.sure = max(s.sure, float64(p[k]))
		return s, true
	case slices.Contains(r.denied, i):
		return s, false
	case trigger:
		s.sure = float64(max(p[k], g.any[k]))
		return s, r.heardByAlone(k, i, g)
	case top:
		s.sure = float64(p[k])
		if at >= 0 {
			s.sure = max(s.sure, min(r.intents[at].sure, doubt))
		} else if i == "chitchat" { // what anything unknown looks like
			s.sure = min(s.sure, smallTalk)
		} else if acts[i] && (r.in.Context == "confirm_plan" || r.in.Context == "offer_plan") {
			s.sure = min(s.sure, onlyGuessed)
		}
		return s, p[k] >= faintMain
	case at >= 0 && acts[i]:
		return s, g.any[k] >= faint || r.said("affirm") // 算了 确认 is no plain yes
	case acts[i]:
		return s, false
	case at >= 0:
		s.sure = min(s.sure, float64(max(g.any[k], p[k], 0.45)))
		return s, g.any[k] >= faint || p[k] >= faint || i == "instalment_request" && r.hasTerms() // 想分6期, whatever else is said
	}
	s.sure = float64(g.any[k])
	if i == "chitchat" {
		s.sure = min(s.sure, smallTalk)
	}
	return s, g.any[k] >= heardAlone
}

func boolFloat(b bool) float32 {
	if b {
		return 1
	}
	return 0
}

func tierOf(rules []rule, i flows.Intent) int {
	for k := range rules {
		if rules[k].intent == i {
			return rules[k].tier
		}
	}
	return 0
}

// most intents a message is said to have, beside what must never be missed.
const most = 5

func trimmed(in []scored) []scored {
	out := in[:0]
	for n, s := range in {
		if n < most || triggers[s.intent] {
			out = append(out, s)
		}
	}
	return out
}
