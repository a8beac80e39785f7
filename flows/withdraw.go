package flows

import (
	"slices"

	"hejie/flows/arrange"
	"hejie/flows/calendar"
)

// withdrawable is the agreement a wish to take back is about, and the day it was made; a zero day is not known.
func (t *turn) withdrawable() (id string, on calendar.Date, ok bool) {
	if p := t.runningPlan(); p != nil {
		return p.ID, p.AgreedOn, true
	}
	if n := len(t.mem.Agreed); n > 0 { // agreed to a moment ago
		return t.mem.Agreed[n-1], t.mem.AgreedDay, true
	}
	return "", calendar.Date{}, false
}

// withdraw takes an agreement back within its days: that needs no reason and nobody's leave. After them, or where the day is
// not on record, it is for a person.
func withdraw(t *turn) string {
	id, on, ok := t.withdrawable()
	switch {
	case !ok:
		return "none"
	case on.IsZero():
		return "unknown"
	}
	until := on.AddDays(arrange.WithdrawDays)
	t.vars["date"] = Value{Kind: KindDate, Date: until, Origin: "arrangement:" + id}
	if t.today().After(until) {
		return "late"
	}
	t.takeBack(id)
	return "noted"
}

// takeBackAndCall is withdraw on request: a person looks at it once more.
func takeBackAndCall(t *turn) string {
	label := withdraw(t)
	if label == "noted" {
		t.setOutcome("handoff")
	}
	return label
}

// takeBack undoes an agreement: the debt may be talked about again, and the conversation has come to nothing yet.
func (t *turn) takeBack(id string) {
	t.add(Effect{Kind: EffWithdrawn, Text: id})
	t.mem.Withdrawn = append(t.mem.Withdrawn, id)
	t.mem.Agreed = slices.DeleteFunc(t.mem.Agreed, func(a string) bool { return a == id })
	t.mem.AgreedTo = nil
	t.mem.AgreedOn = slices.DeleteFunc(t.mem.AgreedOn, func(a string) bool { return a == t.st.AccountID })
}

// regretTurns is how long after a yes "no, leave it" is about that yes.
const regretTurns = 2

// regrets: right after agreeing, "no, not yet after all" cannot mean that nothing was agreed. It is asked once whether the agreement is to
// be taken back; said again, it is. It tells whether the turn was dealt with.
func (t *turn) regrets() bool {
	no := t.has("cancel", "refuse_to_pay") || t.has("deny") && len(t.said) == 1
	if !no || t.st.Identity != Verified || t.mem.Third || len(t.st.Stack) > 0 || len(t.topics()) > 0 || t.act != nil {
		return false
	}
	fresh := len(t.mem.Agreed) > 0 && t.mem.AgreedTurn > 0 && t.st.Turns-t.mem.AgreedTurn <= regretTurns
	if !fresh {
		if t.has("cancel") && (t.runningPlan() != nil || len(t.mem.Agreed) > 0) {
			t.say("plan_unchanged") // nothing was under way: what stands, stands
			t.done = true
			return true
		}
		return false
	}
	t.mem.AgreedTurn = 0
	t.start(t.e.flow("regret"))
	t.run()
	return true
}

// hearRegret: only a plain yes takes back, only a plain no keeps. "Leave it" may mean either, so it is asked once more, and after that
// a person clears it up.
func hearRegret(t *turn) string {
	switch {
	case t.about() == TopicWithdraw, t.has("affirm"):
		return "yes"
	case t.has("deny"):
		return "no"
	case t.has("cancel", "refuse_to_pay"):
		return "unsure"
	}
	return ""
}

// unmake takes back what was agreed a moment ago. Nobody has to be called for that: the conversation ends where it was before the yes.
func unmake(t *turn) string {
	label := withdraw(t)
	if label == "noted" {
		t.setOutcome("refused")
	}
	return label
}
