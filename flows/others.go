package flows

import "slices"

// readWriter notes whether the debtor writes, or somebody else: with a relative nothing of an account is discussed, whatever
// the portal has signed in, until the debtor says to be there.
func (t *turn) readWriter() {
	switch t.about() {
	case TopicRelative:
		t.mem.Third = true
	case TopicSelf:
		t.mem.Third = false
	}
}

// thirdPerson ends what was under way: it was not the debtor who asked.
func thirdPerson(t *turn) string {
	again := t.about() != TopicRelative || !t.once("third_person")
	ill := t.gave(SlotReason)
	closeTalk(t)
	for _, f := range factors { // a relative may well know them
		delete(t.st.Slots, f)
	}
	switch {
	case ill:
		return "ill"
	case again:
		return "again"
	}
	return "first"
}

// after are the flows that answer, once a stop is in place, whatever is not a reason of its own to stop.
var after = []struct {
	hold, flow string
	all        bool // every further question, not only what the stop had asked for
}{
	{"bereavement", "after_bereavement", true}, {"minor", "after_minor", true}, {"lawyer", "after_lawyer", false}, {"bankruptcy", "after_bankruptcy", false},
}

// aftercare: a stop placed in this conversation goes on to rule it. It tells whether the turn was dealt with.
func (t *turn) aftercare() bool {
	for _, a := range after {
		held := func(h Hold) bool { return h.Reason == a.hold }
		if !slices.ContainsFunc(t.mem.Holds, held) {
			continue
		}
		if !t.afterApplies(Intent(a.hold), a.all) {
			if !a.all && t.has("stop_contact") {
				noteCase(t) // "the number is 77, and stop asking": the wish has its own answer, the number still belongs to the case
			}
			continue
		}
		t.start(t.e.flow(a.flow))
		t.run()
		return true
	}
	return false
}

func (t *turn) afterApplies(hold Intent, all bool) bool {
	small := []Intent{"greeting", "thanks", "goodbye", "affirm", "deny", "chitchat", "repeat"}
	details := append([]Intent{"lawyer", "bankruptcy", "correction", "human_agent", "statement_request", "lawsuit_status", "out_of_scope"}, small...)
	switch {
	case t.act != nil || t.press != "":
		return false
	case !all: // a name, a number: what the stop asked for
		given := t.blank || len(t.said) == 0 || t.gave(SlotName, SlotPhoneLast4, SlotText) || t.has("lawyer", "bankruptcy")
		return given && t.about() == "" && !slices.ContainsFunc(t.said, func(i Intent) bool { return !slices.Contains(details, i) })
	case t.has("human_agent"):
		return false
	}
	stops := func(i Intent) bool {
		f := t.e.byIntent[i]
		return f != nil && f.Kind == StopFlow && i != hold && i != "refuse_to_pay"
	}
	if slices.ContainsFunc(t.said, stops) {
		return false
	}
	return t.blank || t.about() != "" || slices.ContainsFunc(t.said, func(i Intent) bool { return !slices.Contains(small, i) })
}

// knownAlready: one more proof after the check needs no check; it is thanked for and not kept.
func (t *turn) knownAlready() {
	if !t.claims() || t.st.Identity != Verified || t.done || len(t.replies) > 0 {
		return
	}
	others := false
	for s := range t.set {
		others = others || !slices.Contains(factors, s)
	}
	for _, f := range factors {
		delete(t.st.Slots, f)
	}
	if others || slices.ContainsFunc(t.said, func(i Intent) bool { return !slices.Contains(besideYes, i) && i != "correction" }) {
		return
	}
	t.say("identity_already")
	t.done = true
}
