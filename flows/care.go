package flows

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// fallbackHoldDays stands in where no policy says how long a hardship hold lasts.
const fallbackHoldDays = 30

// hold stops collection. It is placed at once, whoever writes; before identity it is kept and bound once we know whose it is.
func (t *turn) hold(d holdDef) {
	h := Hold{Reason: d.Reason, Scope: d.Scope}
	if d.Timed {
		days := t.limits().HoldDays
		if days <= 0 {
			days = fallbackHoldDays
		}
		h.Until = t.today().AddDays(days)
		t.mem.HoldUntil = h.Until
	}
	same := func(o Hold) bool { return o.Reason == h.Reason && o.Scope == h.Scope }
	if i := slices.IndexFunc(t.mem.Holds, same); i >= 0 {
		t.mem.HoldUntil = t.mem.Holds[i].Until
		return
	}
	if i := slices.IndexFunc(t.cf.Holds, same); i >= 0 && t.st.Identity == Verified {
		t.mem.HoldUntil = t.cf.Holds[i].Until
		if !t.mem.HoldUntil.IsZero() || !d.Timed {
			return
		}
		t.mem.HoldUntil = h.Until
	}
	t.mem.Holds = append(t.mem.Holds, h)
	t.bind(Effect{Kind: EffHold, Hold: &h})
}

// openCase gives a person work with a deadline, once per kind and conversation.
func (t *turn) openCase(d caseDef) {
	for _, c := range t.mem.Cases {
		if c.Kind == d.Kind {
			t.mem.CaseNo, t.mem.CaseDue = c.ID, c.Due
			return
		}
	}
	c := Case{ID: t.caseNo(d.Kind), Kind: d.Kind, Due: t.today().AddDays(d.Days), Note: t.st.Slots[SlotText].Text}
	if c.Note == "" && slices.Contains(ownWords, d.Kind) {
		c.Note = t.words()
	}
	delete(t.st.Slots, SlotText)
	t.mem.Cases = append(t.mem.Cases, Case{ID: c.ID, Kind: c.Kind, Due: c.Due})
	t.mem.CaseNo, t.mem.CaseDue, t.mem.CaseTurn = c.ID, c.Due, t.st.Turns
	t.bind(Effect{Kind: EffCase, Case: &c})
}

// stopsAgain: the same reason to stop, told once more. What it records stands already: the new words go to it, and nothing that
// was said about it is said again.
func (t *turn) stopsAgain(f *flowDef) bool {
	again := len(f.Repeat) > 0
	if about := Intent("topic:" + t.about()); t.e.byTopic[t.about()] == f && !slices.Contains(t.mem.Stopped, about) {
		t.mem.Stopped = append(t.mem.Stopped, about)
		again = false
	}
	for _, in := range t.said {
		if t.e.byIntent[in] == f && !slices.Contains(t.mem.Stopped, in) {
			t.mem.Stopped = append(t.mem.Stopped, in)
			again = again && in == "hardship_income" && t.holdOn([]string{"illness", "disaster"}) // no work because of the illness told before
		}
	}
	i := slices.IndexFunc(t.mem.Cases, func(c Case) bool {
		return slices.ContainsFunc(f.Steps, func(s stepDef) bool { return s.Case != nil && s.Case.Kind == c.Kind })
	})
	if !again || i < 0 {
		return false
	}
	t.depth = -1
	t.dropTalk()
	t.st.Stack = nil
	c := t.mem.Cases[i]
	t.mem.CaseNo, t.mem.CaseDue = c.ID, c.Due
	if note := t.st.Slots[SlotText].Text; note != "" && c.Kind != "hardship" { // health is noted with consent only
		t.bind(Effect{Kind: EffCaseNote, Case: &Case{ID: c.ID, Kind: c.Kind, Note: note}})
	}
	delete(t.st.Slots, SlotText) // it is about this matter: the next case must not take it for its own
	for _, id := range f.Repeat {
		t.say(id)
	}
	t.quick([]string{"person"})
	t.done = true
	return true
}

// ownWords are the kinds of case whose details come in the debtor's own words: whom to write to, which court. Health is not among
// them: it is asked for with consent only.
var ownWords = []string{"lawyer", "bankruptcy"}

// noteLimit bounds what is added to a case at once.
const noteLimit = 500

// words are what was written in this turn, cut to what a note holds.
func (t *turn) words() string {
	r := []rune(strings.TrimSpace(t.cf.Said))
	return string(r[:min(len(r), noteLimit)])
}

// noteCase adds what was written now to the case that asked for it.
func noteCase(t *turn) string {
	said := t.words()
	for _, c := range slices.Backward(t.mem.Cases) {
		if said != "" && slices.Contains(ownWords, c.Kind) {
			t.bind(Effect{Kind: EffCaseNote, Case: &Case{ID: c.ID, Kind: c.Kind, Note: said}})
			break
		}
	}
	return "noted"
}

// told are the kinds of case whose story is often told on in the next messages.
var told = []string{"dispute", "already_paid", "complaint", "identity_theft"}

// tellsOn: words that mean nothing by themselves, right after a matter was recorded, belong to it. A question does not.
func (t *turn) tellsOn() bool {
	n := len(t.mem.Cases)
	if n == 0 || len(t.said) > 0 || t.act != nil || t.press != "" || t.isOpenTop() || t.st.Turns-t.mem.CaseTurn > 2 || !slices.Contains(told, t.mem.Cases[n-1].Kind) {
		return false
	}
	said := t.words()
	if len([]rune(said)) < 4 || strings.ContainsAny(said, "?？吗么呢咩") {
		return false
	}
	c := t.mem.Cases[n-1]
	t.bind(Effect{Kind: EffCaseNote, Case: &Case{ID: c.ID, Kind: c.Kind, Note: said}})
	t.mem.CaseNo, t.mem.CaseDue, t.mem.CaseTurn = c.ID, c.Due, t.st.Turns
	t.say("stop_again")
	t.quick([]string{"person"})
	t.st.Misses, t.done = 0, true
	return true
}

// caseNo is a number to quote. The engine has no counter, so it is derived: same conversation and moment, same number.
// Its tail is digits and begins with 8: letters would now and then spell a date (…-0009DEC1), and so would 2026….
func (t *turn) caseNo(kind string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%s|%s|%s|%d|%d", kind, t.st.DebtorID, t.st.AccountID, t.cf.Creditor.ID, t.st.Turns, t.cf.Now.UnixNano()))
	return fmt.Sprintf("%s%s-%d", strings.ToUpper(kind[:1]), t.today().In(t.cf.Now.UTC().Location()).Format("060102"), 80_000_000+binary.BigEndian.Uint32(sum[:4])%10_000_000)
}

func (t *turn) bind(e Effect) {
	if t.st.Identity != Verified {
		t.mem.Unlinked = append(t.mem.Unlinked, e)
	}
	t.add(e)
}

// beginCrisis freezes everything and calls a person, before a word is said.
func beginCrisis(t *turn) string {
	t.st.Crisis = true
	closeTalk(t)
	t.hold(holdDef{Reason: "crisis", Scope: "debtor"})
	t.openCase(caseDef{Kind: "crisis", Days: 1})
	t.handOver("crisis", true)
	t.outcome("hold_crisis")
	// No hours are said here: whoever is in danger is not told to wait for the morning.
	t.replies = slices.DeleteFunc(t.replies, func(r Reply) bool { return r.ID == "handoff_closed" })
	return "begun"
}

// callPerson hands over for a flow that has already told so in its own words.
func callPerson(reason string) action {
	return action{[]string{"called"}, func(t *turn) string { t.handOver(reason, true); return "called" }}
}

// optOut stops contact by us; the debtor can still come.
func optOut(t *turn) string {
	if !t.mem.OptedOut {
		t.add(Effect{Kind: EffOptOut, Text: "all"})
		t.mem.OptedOut = true
	}
	t.outcome("opt_out")
	return "stopped"
}

// blockContact: this address is not the debtor's. Whatever was believed of its owner is forgotten.
func blockContact(t *turn) string {
	t.add(Effect{Kind: EffWrongParty})
	closeTalk(t)
	t.st.Identity, t.st.DebtorID, t.st.AccountID = Anon, "", ""
	for _, f := range factors {
		delete(t.st.Slots, f)
	}
	t.outcome("wrong_person")
	return "blocked"
}

// topicOf lets one flow serve several intents.
func topicOf(labels map[Intent]string, other string) action {
	var all []string
	for _, l := range labels {
		if !slices.Contains(all, l) {
			all = append(all, l)
		}
	}
	if !slices.Contains(all, other) {
		all = append(all, other)
	}
	slices.Sort(all)
	return action{all, func(t *turn) string {
		if l, ok := labels[t.mem.Topic]; ok {
			return l
		}
		return other
	}}
}

// hardshipKind: the reason named, else the intent.
func hardshipKind(t *turn) string {
	switch t.st.Slots[SlotReason].Text {
	case "illness", "disaster", "income":
		if t.gave(SlotReason) {
			return t.st.Slots[SlotReason].Text
		}
	}
	switch {
	case t.has("hardship_illness"):
		return "illness"
	case t.has("disaster"):
		return "disaster"
	}
	return "income"
}
