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
	delete(t.st.Slots, SlotText)
	t.mem.Cases = append(t.mem.Cases, Case{ID: c.ID, Kind: c.Kind, Due: c.Due})
	t.mem.CaseNo, t.mem.CaseDue = c.ID, c.Due
	t.bind(Effect{Kind: EffCase, Case: &c})
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
