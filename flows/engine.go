// Package flows is what may happen in a conversation: flow files, the engine that walks them, and the checker that proves
// properties of every reachable state. It is pure: no I/O, no clock, no model, no sentence. It does not understand text
// (bot/understand does), decide terms (arrange within policy does) or write words (prompts does).
package flows

import (
	"fmt"
	"io/fs"
	"slices"

	"hejie/flows/arrange"
	"hejie/prompts"
)

// Options of an Engine.
type Options struct {
	OfferKey []byte // signs offers; empty = unsigned (tests)
	Files    fs.FS  // flow files; nil = the embedded ones
}

// Engine walks the flows. It is immutable and safe for concurrent use.
type Engine struct {
	cat      *prompts.Catalog
	key      []byte
	flows    map[string]*flowDef
	byIntent map[Intent]*flowDef
	byTopic  map[string]*flowDef
	probes   []probe
}

// NewEngine reads and compiles the flow files. A flow that names something unknown, or a step nobody can reach, stops the start.
func NewEngine(cat *prompts.Catalog, opt Options) (*Engine, error) {
	read := ownFlows
	if opt.Files != nil {
		read = func() (map[string]*flowDef, error) { return readFlows(opt.Files) }
	}
	fl, err := read()
	if err != nil {
		return nil, err
	}
	e := &Engine{cat: cat, key: opt.OfferKey, flows: fl, byIntent: intentFlow(fl), byTopic: topicFlow(fl)}
	if err := e.compile(); err != nil {
		return nil, err
	}
	e.probes = probes(e)
	return e, nil
}

// Step is one turn. Same state, commands and case file: same answer.
func (e *Engine) Step(s State, cmds []Command, cf CaseFile) (State, []Reply, []Effect) {
	st, replies, effects, _ := e.step(s, cmds, cf)
	return st, replies, effects
}

// step also tells which of our own rules had to catch a fault of a flow; the checker fails on any.
func (e *Engine) step(s State, cmds []Command, cf CaseFile) (State, []Reply, []Effect, []string) {
	t := newTurn(e, e.regate(s, cf), cmds, cf)
	t.begin()
	t.route()
	t.finish()
	return t.st, t.replies, t.effects, t.faults
}

// Context is what the open question is, for understanding the answer.
func (e *Engine) Context(s State) string {
	if s.Crisis {
		return "none"
	}
	if st := e.waitingAt(s); st != nil {
		return st.Context
	}
	invited := func(r Reply) bool { return slices.Contains(r.Quick, "verify") }
	if s.Identity != Verified && slices.ContainsFunc(s.LastReply, invited) {
		return "ask_identity" // nothing is asked, but who they are was invited: a name and four digits are the answer
	}
	return "none"
}

func (e *Engine) waitingAt(s State) *stepDef {
	top := s.Top()
	f := e.flows[top.Flow]
	if f == nil || top.Step == "" {
		return nil
	}
	if st := f.step(top.Step); st != nil && st.Listen != "" {
		return st
	}
	return nil
}

// Welcome is the first message of a conversation: who we are, for whom, that this is AI, and the commonest needs.
func (e *Engine) Welcome(cf CaseFile) []Reply {
	t := newTurn(e, State{}, nil, cf)
	id, quick := "welcome", []string{"balance", "instalments", "hardship", "person"}
	if cf.Identity == Verified {
		id = "welcome_verified"
	}
	t.say(id)
	t.quick(quick)
	return t.replies
}

// HandedBack is the state after a person returns the conversation to the bot: nobody is awaited any more.
// A crisis stays one unless that person says it is over.
func HandedBack(s State, crisisOver bool) State {
	s.Handoff, s.Misses, s.Anger, s.Silences = "", 0, 0, 0
	if crisisOver {
		s.Crisis = false
	}
	return s
}

// Unsaid is the state after a turn whose words could not be sent: a recap nobody has read must not be there to be agreed to.
func Unsaid(s State) State {
	s.Pending, s.Offers, s.Stack = nil, nil, nil
	return s
}

// sign marks an offer as ours; ours tells whether one is, as it stands.
func (e *Engine) sign(o arrange.Offer) arrange.Offer {
	if len(e.key) == 0 {
		return o
	}
	return arrange.Sign(o, e.key)
}

func (e *Engine) ours(o arrange.Offer) bool { return len(e.key) == 0 || arrange.Verify(o, e.key) }

func (e *Engine) flow(id string) *flowDef {
	f := e.flows[id]
	if f == nil {
		panic(fmt.Sprintf("flows: no flow %q", id)) // compile has resolved every name
	}
	return f
}
