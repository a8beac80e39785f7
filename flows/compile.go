package flows

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// compile resolves every name in the flow files against what is registered and what the catalogue holds,
// and checks the shape: each step reachable, each path ends. All faults are reported at once.
func (e *Engine) compile() error {
	c := compiler{e: e}
	for _, id := range slices.Sorted(maps.Keys(e.flows)) {
		c.flow(e.flows[id])
	}
	for i := range intentFlow(e.flows) {
		if !knownIntents[i] {
			c.fault("an unknown intent %q starts a flow", i)
		}
	}
	for topic := range topicFlow(e.flows) {
		if !slices.Contains(Topics, topic) {
			c.fault("an unknown topic %q starts a flow", topic)
		}
	}
	for _, r := range patternReplies {
		c.reply("patterns", r)
	}
	for q, in := range quickIntents {
		c.quick("patterns", q)
		if in != "" && !knownIntents[in] {
			c.fault("quick reply %q means an unknown intent %q", q, in)
		}
	}
	return errors.Join(c.errs...)
}

type compiler struct {
	e    *Engine
	errs []error
}

func (c *compiler) fault(format string, a ...any) {
	c.errs = append(c.errs, fmt.Errorf("flows: "+format, a...))
}

func (c *compiler) flow(f *flowDef) {
	if len(f.Steps) == 0 {
		c.fault("%s has no step", f.ID)
		return
	}
	if f.About == "" {
		c.fault("%s does not say what it is about", f.ID)
	}
	if !slices.Contains([]FlowKind{GateFlow, InfoFlow, TaskFlow, StopFlow}, f.Kind) {
		c.fault("%s has an unknown kind %q", f.ID, f.Kind)
	}
	for i := range f.Steps {
		if id := f.Steps[i].ID; f.index[id] != i {
			c.fault("%s has two steps %q", f.ID, id)
		}
	}
	for _, g := range f.Requires {
		if _, ok := gates[g]; !ok {
			c.fault("%s requires an unknown gate %q", f.ID, g)
		} else if c.e.flows[gates[g].flow] == nil {
			c.fault("%s requires %q, whose flow is missing", f.ID, g)
		}
	}
	for _, id := range f.Repeat {
		c.reply(f.ID, id)
	}
	for i := range f.Steps {
		c.step(f, &f.Steps[i])
	}
	c.shape(f)
}

func (c *compiler) step(f *flowDef, s *stepDef) {
	at := f.ID + "/" + s.ID
	parts := 0
	for _, on := range []bool{s.Do != "", s.Listen != "", s.Handoff != ""} {
		if on {
			parts++
		}
	}
	if parts > 1 || parts == 0 && len(s.Say) == 0 && s.Outcome == "" && s.Hold == nil && s.Case == nil {
		c.fault("%s must do, listen, hand over or say exactly one thing", at)
	}
	for _, p := range []string{s.When, s.Unless} {
		if _, ok := predicates[p]; p != "" && !ok {
			c.fault("%s asks for an unknown predicate %q", at, p)
		}
	}
	if s.Do != "" {
		c.labels(at, s, "action", actions[s.Do].labels, actions[s.Do].run != nil)
		if len(s.Say) > 0 {
			c.fault("%s does and says; make it two steps", at)
		}
	}
	if s.Listen != "" {
		c.labels(at, s, "listener", listeners[s.Listen].labels, listeners[s.Listen].hear != nil)
		if !slices.Contains(contexts, s.Context) {
			c.fault("%s listens in an unknown context %q", at, s.Context)
		}
		if len(s.Say) == 0 {
			c.fault("%s waits without having said anything", at)
		}
		c.repeatable(at, s)
	}
	if s.Outcome != "" && !slices.Contains(Outcomes, s.Outcome) {
		c.fault("%s has an unknown outcome %q", at, s.Outcome)
	}
	if s.Hold != nil && (!slices.Contains(holdReasons, s.Hold.Reason) || !slices.Contains(holdScopes, s.Hold.Scope)) {
		c.fault("%s places an unknown hold %s/%s", at, s.Hold.Reason, s.Hold.Scope)
	}
	if s.Case != nil && (!slices.Contains(caseKinds, s.Case.Kind) || s.Case.Days <= 0) {
		c.fault("%s opens an unknown case %q, or one without a deadline", at, s.Case.Kind)
	}
	if _, ok := cards[s.Card]; s.Card != "" && !ok {
		c.fault("%s shows an unknown card %q", at, s.Card)
	}
	for _, id := range slices.Concat(s.Say, s.Again) {
		c.reply(at, id)
	}
	if len(s.Quick) > 4 {
		c.fault("%s has more than four quick replies", at)
	}
	for _, q := range s.Quick {
		c.quick(at, q)
	}
	for _, t := range f.targets(s) {
		c.target(at, f, t)
	}
}

// repeatable: a question comes once more after a digression, in a turn whose actions filled nothing.
func (c *compiler) repeatable(at string, s *stepDef) {
	says := s.Again
	if len(says) == 0 {
		says = s.Say
	}
	for _, id := range says {
		for _, one := range expand(id) {
			t, _ := c.e.cat.Reply(refLang, one)
			for _, p := range t.Placeholders() {
				if def, ok := slotOf(p); ok && def.get == nil {
					c.fault("%s asks again with %q, whose {%s} only the first time fills; give it other words in again", at, one, p)
				}
			}
		}
	}
}

// labels: every outcome an action or a listener can have must lead somewhere, and nothing else may.
func (c *compiler) labels(at string, s *stepDef, what string, labels []string, known bool) {
	name := s.Do + s.Listen
	if !known {
		c.fault("%s asks for an unknown %s %q", at, what, name)
		return
	}
	for _, l := range labels {
		if _, ok := s.On[l]; !ok && len(labels) > 1 {
			c.fault("%s does not say what follows %q of %s", at, l, name)
		}
	}
	for l := range s.On {
		if !slices.Contains(labels, l) {
			c.fault("%s waits for %q, which %s never answers", at, l, name)
		}
	}
}

func (c *compiler) target(at string, f *flowDef, t string) {
	switch {
	case t == toEnd, t == toStop:
	case strings.HasPrefix(t, toFlow):
		if c.e.flows[strings.TrimPrefix(t, toFlow)] == nil {
			c.fault("%s leads to an unknown flow %q", at, t)
		}
	default:
		if _, ok := f.index[t]; !ok {
			c.fault("%s leads to an unknown step %q", at, t)
		}
	}
}

// reply: the text exists (all members, when it is a family) and every slot in it has somebody who fills it.
func (c *compiler) reply(at, id string) {
	for _, one := range expand(id) {
		t, ok := c.e.cat.Reply(refLang, one)
		if !ok {
			c.fault("%s says %q, which no catalogue has", at, one)
			continue
		}
		for _, p := range t.Placeholders() {
			if _, ok := slotOf(p); !ok {
				if st, law := c.e.cat.Statement(one); law {
					if _, ok := st.Figures[p]; ok {
						continue
					}
				}
				c.fault("%s says %q, whose slot %q nobody fills", at, one, p)
			}
		}
	}
}

func (c *compiler) quick(at, q string) {
	if _, ok := c.e.cat.Quick(refLang, q); !ok {
		c.fault("%s offers %q, which no catalogue has", at, q)
	}
	if _, ok := quickIntents[q]; !ok {
		c.fault("%s offers %q, which means nothing", at, q)
	}
}

// shape: each step can be reached from the first, and from each a way out exists.
func (c *compiler) shape(f *flowDef) {
	reach := map[string]bool{}
	var walk func(string)
	walk = func(id string) {
		s := f.step(id)
		if s == nil || reach[s.ID] {
			return
		}
		reach[s.ID] = true
		for _, t := range f.targets(s) {
			walk(t)
		}
	}
	walk(f.Steps[0].ID)
	ends := map[string]bool{}
	for range f.Steps { // a fixed point is reached after at most one round per step
		for i := range f.Steps {
			s := &f.Steps[i]
			for _, t := range f.targets(s) {
				if t == toEnd || t == toStop || strings.HasPrefix(t, toFlow) || ends[t] {
					ends[s.ID] = true
				}
			}
		}
	}
	for _, s := range f.Steps {
		if !reach[s.ID] {
			c.fault("%s/%s can never be reached", f.ID, s.ID)
		}
		if !ends[s.ID] {
			c.fault("%s/%s never ends", f.ID, s.ID)
		}
	}
}

// intentFlow maps each intent to the flow it starts.
func intentFlow(flows map[string]*flowDef) map[Intent]*flowDef {
	out := map[Intent]*flowDef{}
	for _, id := range slices.Sorted(maps.Keys(flows)) {
		for _, i := range flows[id].StartsOn {
			out[i] = flows[id]
		}
	}
	return out
}

// topicFlow maps each topic to the flow it starts.
func topicFlow(flows map[string]*flowDef) map[string]*flowDef {
	out := map[string]*flowDef{}
	for _, id := range slices.Sorted(maps.Keys(flows)) {
		for _, topic := range flows[id].Topics {
			out[topic] = flows[id]
		}
	}
	return out
}
