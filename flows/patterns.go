package flows

import "slices"

// The patterns every flow shares live here, once.

const missesBeforePerson = 2

// small answers what is left over: thanks, greetings, a yes to nothing. None of it agrees to anything.
func (t *turn) small() {
	if t.done {
		return
	}
	switch {
	case t.has("greeting"): // who we are was said in the welcome
		t.say("greet_back")
		t.quick(t.menu())
	case t.has("goodbye"):
		t.say("goodbye")
	case t.has("thanks"):
		t.say("thanks_back")
	case t.nods():
		t.close()
	case t.has("help"):
		t.say("help")
		t.quick(t.menu())
	case t.has("chitchat"):
		t.say("chitchat")
	case t.has("out_of_scope"):
		t.say("out_of_scope")
	case t.has("affirm", "deny", "correction") && !t.isOpenTop():
		t.nothingOpen()
	default:
		return
	}
	t.done = true
}

// nods: a yes or a no in words, once what the talk was for is settled, recorded or with a person. It asks for nothing.
func (t *turn) nods() bool {
	settled := t.waited || !slices.Contains([]string{"", "open", "info_given"}, t.st.Outcome)
	return settled && t.has("affirm", "deny") && len(t.set) == 0 && !t.isOpenTop() && t.act == nil && t.press == ""
}

// close answers a nod warmly, once; after that as briefly as people nod.
func (t *turn) close() {
	if t.waited {
		t.mem.WaitSaid = t.st.Turns
	}
	switch {
	case !t.once("ack_close"):
		t.say("ack_short")
	case t.waited && !t.deskOpen() && t.cf.Desk.Hours != "":
		t.say("ack_person_closed")
	case t.waited:
		t.say("ack_person")
	default:
		t.say("ack_close")
	}
}

func (t *turn) nothingOpen() {
	switch {
	case t.act != nil && t.act.Name == "confirm" && slices.Contains(t.mem.Agreed, t.act.Ref):
		t.say("plan_done_already")
	case t.act != nil && t.act.Name == "confirm":
		t.say("nothing_to_confirm")
	default:
		t.say("nothing_open")
	}
	t.quick(t.menu())
}

// menu is what most people need, less what was just done.
func (t *turn) menu() []string {
	if t.st.Identity == Verified {
		return []string{"balance", "instalments", "hardship", "person"}
	}
	return []string{"balance", "law", "hardship", "person"}
}

// miss: once we ask again, twice we call a person. A debtor is never left in a loop.
func (t *turn) miss() {
	if t.act != nil && !t.isOpenTop() {
		t.nothingOpen()
		return
	}
	if t.tellsOn() {
		return
	}
	t.st.Misses++
	if t.open.Flow == "verify_identity" && t.isOpenTop() && t.has("affirm") && t.st.Misses < missesBeforePerson { // willing, and has not said it yet
		t.again()
		return
	}
	if t.st.Misses >= missesBeforePerson {
		t.st.Misses = 0
		t.say("clarify_again")
		t.handOver("not_understood", true)
		return
	}
	t.say("clarify")
	if t.isOpenTop() {
		t.again()
		return
	}
	t.quick(t.menu())
}

// anger is met before anything else is said, and the second time with a person.
func (t *turn) anger() {
	if !t.has("abuse") {
		return
	}
	t.st.Anger++
	t.done = true
	if t.st.Anger >= 2 {
		t.say("anger_person")
		t.handOver("anger", true)
		return
	}
	t.say("anger_ack")
	t.quick([]string{"person"})
}

// silence is no consent: it changes nothing but the count.
func (t *turn) silence() {
	t.st.Silences++
	switch t.st.Silences {
	case 1:
		t.say("silence_ask")
	case 2:
		t.say("silence_close")
	}
}

// repeat says the last thing again, as long as it still holds.
func (t *turn) repeat() {
	t.done = true
	if len(t.st.LastReply) == 0 {
		t.say("repeat_nothing")
		t.quick(t.menu())
		return
	}
	if t.isOpenTop() && t.expired() {
		t.again()
		return
	}
	t.replies = slices.Clone(t.st.LastReply)
}

func (t *turn) cancel() {
	if t.mem.Declines > 0 && t.open.Flow == "agree_terms" {
		t.outcome("refused") // offers were on the table and none was wanted
	}
	t.dropTalk()
	t.st.Stack = nil
	for _, s := range talkSlots {
		delete(t.st.Slots, s)
	}
	t.mem.Kind = ""
	t.say("cancelled")
	t.quick(t.menu())
	t.done = true
}

// handOver calls a person. silent: the text just said already tells so; only the hours are added when nobody is there now.
func (t *turn) handOver(reason string, silent bool) {
	again := t.called && reason != "crisis"
	silent = silent || again // said once in a turn
	t.called = true
	t.outcome("handoff")
	if t.waited && t.st.Handoff != "" && reason != "crisis" {
		if !silent {
			t.say(t.deskReply("handoff_again", "handoff_again_closed", "handoff_again"))
		}
		return
	}
	if t.st.Handoff == "" || reason == "crisis" {
		t.st.Handoff = reason
		t.add(Effect{Kind: EffHandoff, Reason: reason})
	}
	if !silent {
		t.say(t.deskReply("handoff_open", "handoff_closed", "handoff_noted"))
	} else if !t.deskOpen() && t.cf.Desk.Hours != "" && !again {
		t.say("handoff_closed")
	}
	t.mem.WaitSaid = t.st.Turns
}

// waitDue: it is some turns since it was last said that a person is awaited.
func (t *turn) waitDue() bool {
	return t.mem.WaitSaid == 0 || t.st.Turns-t.mem.WaitSaid >= waitEvery
}

func (t *turn) deskOpen() bool { return t.cf.Desk.Open && t.cf.Desk.Agents > 0 }

func (t *turn) deskReply(open, closed, unknown string) string {
	switch {
	case t.deskOpen():
		return open
	case t.cf.Desk.Hours != "":
		return closed
	}
	return unknown
}

// crisisGoesOn: until a person takes over, every turn is support and nothing else.
func (t *turn) crisisGoesOn() {
	t.done = true
	if t.quiet {
		t.st.Silences++
		if t.st.Silences > 2 {
			return
		}
	}
	t.mem.CrisisTurn++
	id := "crisis_stay"
	if t.mem.CrisisTurn%2 == 0 {
		id = "crisis_stay_again"
	}
	t.say(id)
	t.card("crisis")
}

func (t *turn) add(e Effect) {
	if t.st.Identity == Verified {
		if e.DebtorID == "" {
			e.DebtorID = t.st.DebtorID
		}
		if e.AccountID == "" && e.Kind != EffVerified {
			e.AccountID = t.st.AccountID
		}
	}
	t.effects = append(t.effects, e)
}
