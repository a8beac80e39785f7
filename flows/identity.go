package flows

// factors that prove identity, by the slot that holds each. Two must agree.
var factors = []string{SlotName, SlotPhoneLast4, SlotIDLast4}

const (
	factorsNeeded   = 2
	identityRetries = 3
)

// Claims are the factors the debtor claims, this turn included, so that the bot can look the person up before Step.
func Claims(s State, cmds []Command) (name, phone4, id4 string) {
	t := newTurn(&Engine{}, s, cmds, CaseFile{})
	t.dropStaleFactors()
	get := func(slot string) string {
		if v, ok := t.set[slot]; ok {
			return v.Text
		}
		return t.st.Slots[slot].Text
	}
	return get(SlotName), get(SlotPhoneLast4), get(SlotIDLast4)
}

// claims tells whether this turn gives a factor.
func (t *turn) claims() bool { return t.gave(factors...) }

func (t *turn) gave(slots ...string) bool {
	for _, s := range slots {
		if _, ok := t.set[s]; ok {
			return true
		}
	}
	return false
}

// dropStaleFactors: after a failed try the number given anew replaces those of before; a name stays until another is given.
// So "then my phone ends in 4417" works, and guessing the id again and again counts each time.
func (t *turn) dropStaleFactors() {
	if !t.mem.Stale || !t.gave(SlotPhoneLast4, SlotIDLast4) {
		return
	}
	for _, f := range []string{SlotPhoneLast4, SlotIDLast4} {
		if _, ok := t.set[f]; !ok {
			delete(t.st.Slots, f)
		}
	}
}

func (t *turn) triesLeft() int { return max(0, identityRetries-t.st.Failures) }

func (t *turn) given() int {
	n := 0
	for _, f := range factors {
		if t.st.Slots[f].Text != "" {
			n++
		}
	}
	return n
}

// checkFactors decides from the bot's comparison. It never says which factor is wrong: that would help whoever guesses.
func checkFactors(t *turn) string {
	switch {
	case t.st.Identity == Verified:
		return "verified"
	case t.st.Failures >= identityRetries:
		return "locked"
	}
	fresh := t.claims()
	if fresh && t.given() >= factorsNeeded {
		switch {
		case t.cf.Match.DebtorID != "" && len(t.cf.Match.Wrong) == 0:
			t.verified()
			return "verified"
		case t.cf.Match.Several:
			return "several"
		}
		t.st.Failures++
		t.mem.Stale = true
		t.add(Effect{Kind: EffVerifyFail})
		if t.st.Failures >= identityRetries {
			return "locked"
		}
		return "failed"
	}
	if t.given() == 1 || fresh {
		return "one_more"
	}
	return "none"
}

func (t *turn) verified() {
	t.st.Identity, t.st.DebtorID = Verified, t.cf.Match.DebtorID
	t.mem.Stale = false
	for _, f := range factors { // what proved identity is not kept longer than needed
		delete(t.st.Slots, f)
	}
	t.add(Effect{Kind: EffVerified, DebtorID: t.st.DebtorID})
	for _, e := range t.mem.Unlinked { // recorded before we knew whose it is
		t.add(e)
	}
	t.mem.Unlinked = nil
}

// hearIdentity is the answer to "who are you".
func hearIdentity(t *turn) string {
	switch {
	case t.claims():
		return "given"
	case t.has("deny", "cancel") && len(t.said) == 1:
		return "no"
	}
	return ""
}

// gate is a condition a flow may require, and the flow that brings it about.
type gate struct {
	flow string
	open func(*turn) bool
}

var gates = map[string]gate{
	"identity":   {"verify_identity", func(t *turn) bool { return t.st.Identity == Verified }},
	"account":    {"choose_account", func(t *turn) bool { return t.account() != nil }},
	"sellable":   {"not_sellable", func(t *turn) bool { return notSellable(t) == "ok" }},
	"limitation": {"limitation", func(t *turn) bool { return !t.limitationToSay() }},
}

// gateFor is the flow that has to run first, or none.
func (t *turn) gateFor(f *flowDef) string {
	for _, g := range f.Requires {
		if g == "identity" && t.mem.Third {
			return "third_person"
		}
		if !gates[g].open(t) {
			return gates[g].flow
		}
	}
	return ""
}
