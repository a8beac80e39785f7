package flows

import "testing"

// BenchmarkStep is a whole turn that quotes and draws up a plan. Its floor is copying the state it works on.
func BenchmarkStep(b *testing.B) {
	e, cf := engine(b), caseNamed(b, "card, signed in")
	cmds := []Command{intend("instalment_request"), number(SlotCount, 12)}
	st, _, _ := e.Step(State{}, []Command{intend("balance")}, cf)
	b.Run("quote", func(b *testing.B) {
		for b.Loop() {
			e.Step(st, cmds, cf)
		}
	})
	b.Run("answer", func(b *testing.B) {
		for b.Loop() {
			e.Step(st, []Command{intend("jail_fear")}, cf)
		}
	})
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
			t := newTurn(e, st, nil, cf)
			t.st.Extra = t.mem.raw()
		}
	})
}
