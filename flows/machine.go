package flows

import (
	"slices"
	"strings"

	"hejie/flows/calendar"
)

// maxMoves bounds one turn; more means that flows lead to each other in a circle.
const maxMoves = 200

// run walks on until a question waits for the debtor, or nothing is left, or a question from before is on top again.
func (t *turn) run() {
	for range maxMoves {
		if len(t.st.Stack) == 0 {
			return
		}
		top := &t.st.Stack[len(t.st.Stack)-1]
		f := t.e.flow(top.Flow)
		if top.Step == "" {
			if g := t.gateFor(f); g != "" {
				t.st.Stack = append(t.st.Stack, Frame{Flow: g})
				continue
			}
			top.Step = f.Steps[0].ID
		}
		s := f.step(top.Step)
		if s == nil { // a flow file changed under a stored conversation: start that flow anew
			top.Step = ""
			continue
		}
		if t.enter(f, s) {
			return
		}
		if n := len(t.st.Stack); n > 0 && t.isOpen(t.st.Stack[n-1], n) {
			return
		}
	}
	t.fault("flows lead in a circle")
	t.st.Stack = nil
	t.say("trouble")
	t.handOver("trouble", true)
}

// isOpen: this is the question that was waiting when the turn began and has not been put again.
func (t *turn) isOpen(fr Frame, depth int) bool {
	return !t.asked && depth <= t.depth && fr == t.open && t.e.waitingAt(t.st) != nil
}

// enter does one step and tells whether to wait.
func (t *turn) enter(f *flowDef, s *stepDef) (wait bool) {
	if s.When != "" && !predicates[s.When](t) || s.Unless != "" && predicates[s.Unless](t) {
		t.leave(f, f.after(s.ID))
		return false
	}
	if s.Listen != "" {
		if ready := listeners[s.Listen].ready; ready != nil {
			if l := ready(t); l != "" {
				t.leave(f, s.On[l])
				return false
			}
		}
		t.ask(s, s.Say)
		return true
	}
	t.record(s)
	t.done = true
	switch {
	case s.Do != "":
		label := actions[s.Do].run(t)
		to := s.On[label]
		if to == "" {
			to = f.next(s)
		}
		t.leave(f, to)
		return false
	case s.Handoff != "":
		t.sayStep(s, s.Say)
		t.handOver(s.Handoff, false)
	default:
		t.sayStep(s, s.Say)
	}
	t.leave(f, f.next(s))
	return false
}

// record makes the step's hold, case and outcome true before a word about them is said.
func (t *turn) record(s *stepDef) {
	if s.Hold != nil {
		t.hold(*s.Hold)
	}
	if s.Case != nil {
		t.openCase(*s.Case)
	}
	if s.Outcome != "" {
		t.outcome(s.Outcome)
	}
}

func (t *turn) ask(s *stepDef, ids []string) {
	t.record(s)
	t.sayStep(s, ids)
	t.asked, t.done = true, true
}

func (t *turn) leave(f *flowDef, to string) {
	n := len(t.st.Stack) - 1
	switch {
	case to == toEnd:
		t.st.Stack = t.st.Stack[:n]
	case to == toStop:
		t.st.Stack = nil
	case strings.HasPrefix(to, toFlow):
		t.st.Stack[n] = Frame{Flow: strings.TrimPrefix(to, toFlow)}
	default:
		t.st.Stack[n].Step = to
	}
}

// start puts a flow on the stack as its kind demands.
func (t *turn) start(f *flowDef) {
	n := len(t.st.Stack)
	gate := n > 0 && t.e.flow(t.st.Stack[n-1].Flow).Kind == GateFlow && t.st.Stack[n-1].Step != ""
	switch f.Kind {
	case StopFlow:
		t.depth = -1 // the question that was open is gone, whatever comes to stand in its place
		t.dropTalk()
		t.st.Stack = []Frame{{Flow: f.ID}}
	case TaskFlow:
		t.depth = -1
		t.dropTalk()
		if gate && len(f.Requires) > 0 { // still proving who writes: only the wish behind it changes
			stack := []Frame{{Flow: f.ID}}
			for _, fr := range t.st.Stack[:n-1] {
				if fr.Step == "" && t.e.flow(fr.Flow).Kind == InfoFlow {
					stack = append(stack, fr)
				}
			}
			t.st.Stack = append(stack, t.st.Stack[n-1])
			return
		}
		t.st.Stack = []Frame{{Flow: f.ID}}
	default:
		if gate && len(f.Requires) > 0 {
			waits := func(fr Frame) bool { return fr.Flow == f.ID }
			if !slices.ContainsFunc(t.st.Stack, waits) {
				t.st.Stack = append(t.st.Stack[:n-1:n-1], Frame{Flow: f.ID}, t.st.Stack[n-1])
			}
			return
		}
		if n > 0 && !gate && t.e.flow(t.st.Stack[n-1].Flow).Kind == InfoFlow {
			t.st.Stack = t.st.Stack[:n-1]
		}
		t.st.Stack = append(t.st.Stack, Frame{Flow: f.ID})
	}
}

// dropTalk forgets offers and an unsigned recap: they belong to what was interrupted. Nothing was agreed by them.
func (t *turn) dropTalk() {
	t.st.Offers, t.st.Pending = nil, nil
	t.mem.Chosen, t.mem.Declines, t.mem.Met, t.mem.Change, t.mem.Low = "", 0, "", nil, false
	t.mem.Latest = calendar.Date{}
	t.mem.Warned, t.mem.Most, t.mem.MostSaid = "", false, false
}

// again puts the open question once more after a digression.
func (t *turn) again() {
	f := t.e.flow(t.st.Top().Flow)
	s := f.step(t.st.Top().Step)
	if ready := listeners[s.Listen].ready; ready != nil {
		if l := ready(t); l != "" {
			t.leave(f, s.On[l])
			t.run()
			return
		}
	}
	if len(s.Again) == 0 {
		t.ask(s, s.Say)
		return
	}
	short := *s // the card is still in view: only the question comes again
	short.Card = ""
	t.ask(&short, s.Again)
}
