package flows

import "slices"

// route decides what a turn is about. Order matters: cries for help, then triggers that stop everything, then wishes and
// questions, then the answer to the open question, and last the small patterns.
func (t *turn) route() {
	switch {
	case t.st.Crisis:
		t.crisisGoesOn()
		return
	case t.quiet:
		t.silence()
		return
	case t.has("repeat") && len(t.said) == 1 && len(t.set) == 0:
		t.repeat()
		return
	}
	if t.aftercare() || t.triggers() {
		return
	}
	if t.regrets() {
		return
	}
	if t.has("cancel") && t.open.Flow != "regret" && !t.has("affirm") && len(t.topics()) == 0 && !t.gave(planSlots...) && !t.gave(SlotLump) {
		t.cancel()
		return
	}
	t.anger()
	t.wishes()
	t.knownAlready()
	t.answer()
	t.small()
	if t.done || len(t.replies) > 0 {
		t.st.Misses = 0
		return
	}
	if !t.rated {
		t.miss()
	}
}

// triggers starts the flows that are never missed. It tells whether nothing else of the turn may be answered.
func (t *turn) triggers() (alone bool) {
	var stops []*flowDef
	for _, in := range t.said {
		if f := t.e.byIntent[in]; f != nil && f.Kind == StopFlow && !slices.Contains(stops, f) {
			stops = append(stops, f)
		}
	}
	if f := t.e.byTopic[t.about()]; f != nil && f.Kind == StopFlow && !slices.Contains(stops, f) {
		stops = append(stops, f)
	}
	slices.SortStableFunc(stops, func(a, b *flowDef) int { return a.Preempts - b.Preempts })
	for _, f := range stops {
		if t.stopsAgain(f) {
			continue
		}
		t.mem.Topic = t.firstOf(f)
		t.start(f)
		t.run()
		if f.Alone {
			t.alone = true
			return true
		}
	}
	return false
}

// firstOf is the intent of this turn that a flow starts on.
func (t *turn) firstOf(f *flowDef) Intent {
	for _, in := range t.said {
		if t.e.byIntent[in] == f {
			return in
		}
	}
	return ""
}

// topic is a flow this turn asks for, and the intent that did.
type topic struct {
	flow   *flowDef
	intent Intent
}

// topics are the flows this turn newly asks for, besides triggers and besides what the open question hears.
func (t *turn) topics() []topic {
	var out []topic
	for _, in := range t.said {
		f := t.e.byIntent[in]
		known := func(o topic) bool { return o.flow == f && !f.Each }
		if f == nil || f.Kind == StopFlow || slices.ContainsFunc(out, known) || t.heardByOpen(in, f) {
			continue
		}
		out = append(out, topic{f, in})
	}
	if f := t.e.byTopic[t.about()]; f != nil && f.Kind != StopFlow && !slices.ContainsFunc(out, func(o topic) bool { return o.flow == f }) && f.ID != t.open.Flow {
		out = append(out, topic{f, ""})
	}
	if t.actsOnOffer() {
		out = append(out, topic{t.e.flow("agree_terms"), ""})
	}
	if len(out) == 0 && t.claims() && t.st.Identity != Verified && !t.mem.Third && t.open.Flow != "verify_identity" {
		out = append(out, topic{t.e.flow("verify_identity"), ""})
	}
	return out
}

// heardByOpen: while terms are discussed, "in ten, then" is an answer, not a new wish.
func (t *turn) heardByOpen(in Intent, f *flowDef) bool {
	if t.has("hardship_income", "hardship_illness", "disaster") && !slices.Contains(t.st.Stack, t.open) {
		return false // the hardship took the open question's place: "I lost my job, make it ten" is still a wish
	}
	if f.ID == t.open.Flow {
		return f.Kind == TaskFlow || f.Kind == GateFlow
	}
	if t.open.Flow == "payment_arrangement" && in == "help" {
		return true
	}
	if !slices.Contains([]string{"agree_terms", "limitation"}, t.open.Flow) {
		return false
	}
	switch in {
	case "pay_now", "payment_method":
		return t.open.Flow == "limitation"
	case "counter_offer", "affordability_info":
		return true
	case "promise_to_pay":
		return t.gave(SlotCount, SlotMonthly, SlotDayOfMonth, SlotAmount, SlotPayday, SlotIncome)
	}
	return f.ID == talkFlow[t.mem.Kind]
}

// wishes starts what was asked for: every question first, then at most one task.
func (t *turn) wishes() {
	var task *topic
	wishes := t.topics()
	if t.provesSelf() && slices.ContainsFunc(wishes, func(w topic) bool { return w.flow.Kind == InfoFlow }) {
		t.begins(topic{t.e.flow("verify_identity"), ""}) // what is asked besides is answered for the account, not in general
	}
	for _, w := range wishes {
		if w.flow.Kind != TaskFlow {
			t.begins(w)
		} else if task == nil || w.flow.ID == "payment_arrangement" && t.gave(SlotCount) {
			task = &w // "twelve payments, on payday": a named count makes it instalments, whatever else was said
		}
	}
	if task != nil {
		t.begins(*task)
	}
}

// provesSelf: this turn brings enough to check who writes, and nobody has been checked yet.
func (t *turn) provesSelf() bool {
	n := 0
	for _, f := range factors {
		if t.gave(f) {
			n++
		}
	}
	return n >= 2 && t.claims() && t.st.Identity != Verified && !t.mem.Third && t.open.Flow != "verify_identity"
}

func (t *turn) begins(w topic) {
	if w.intent != "" {
		t.mem.Topic = w.intent
	}
	t.start(w.flow)
	t.runFresh()
}

// runFresh walks a flow just started, unless it waits behind a question that is heard next.
func (t *turn) runFresh() {
	if len(t.st.Stack) > 0 && t.st.Top().Step == "" {
		t.run()
	} else if t.isOpenTop() {
		t.done = true // the wish is kept behind the open question, which answer puts again
	}
}

func (t *turn) isOpenTop() bool {
	n := len(t.st.Stack)
	return n > 0 && !t.asked && t.st.Stack[n-1] == t.open && t.e.waitingAt(t.st) != nil
}

// answer hears the open question, and puts it again when this turn only digressed from it.
func (t *turn) answer() {
	if !t.isOpenTop() {
		return
	}
	f := t.e.flow(t.open.Flow)
	s := f.step(t.open.Step)
	if label := listeners[s.Listen].hear(t); label != "" {
		if t.has("correction") && len(t.set) > 0 {
			t.say("corrected")
		}
		t.done = true
		t.leave(f, s.On[label])
		t.asked = true // from here on the old question is answered; a step that asks says so itself
		t.run()
		return
	}
	if t.gave(SlotPayday, SlotIncome, SlotOutgoings, SlotDayOfMonth, SlotReason) && len(t.replies) == 0 && t.open.Flow == "agree_terms" {
		t.say("means_noted") // what was told changes nothing of what is on the table
		t.done = true
	}
	if t.done && !t.noReturn() {
		t.again()
	}
}

// noReturn: after calling a person we do not press on with our own question.
func (t *turn) noReturn() bool {
	return t.has("abuse") && t.st.Anger >= 2 || slices.ContainsFunc(t.said, func(in Intent) bool {
		f := t.e.byIntent[in]
		return f != nil && f.NoReturn
	})
}
