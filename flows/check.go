package flows

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"hejie/flows/policy"
)

// Property is something that must hold on every reachable state. Detail is empty when it holds.
type Property struct {
	ID, Text string
	perState bool // looks only at where a move leads: checked once for each state
	broken   func(*edge) string
}

// Proof is the result for one property.
type Proof struct {
	ID, Text   string
	Checked    int // moves or states it was checked on
	Violations []Violation
}

// Violation is one way to break a property: the commands that lead there from the start.
type Violation struct {
	Case   string
	Path   []string
	Detail string
}

// Report of Check.
type Report struct {
	Cases  []CaseReport
	Proofs []Proof
	Took   time.Duration // filled by the caller: this package reads no clock
}

// CaseReport counts what was explored for one sample case.
type CaseReport struct {
	Name          string
	States, Edges int
}

// OK tells whether every property holds.
func (r Report) OK() bool {
	for _, p := range r.Proofs {
		if len(p.Violations) > 0 {
			return false
		}
	}
	return true
}

// Totals of states and edges.
func (r Report) Totals() (states, edges int) {
	for _, c := range r.Cases {
		states, edges = states+c.States, edges+c.Edges
	}
	return states, edges
}

// maxViolations kept per property: one shows the fault, a thousand hide it.
const maxViolations = 5

// edge is one move: a state, the commands of a turn, and what the engine made of them.
type edge struct {
	e        *Engine
	cf       CaseFile
	cmd      probe
	from, to State
	replies  []Reply
	effects  []Effect
	faults   []string
}

// Check explores, breadth first, every state that the real engine can reach by a closed set of commands, for each sample
// case, and checks every property on every move. States that differ only in values (which sum, which date) count as one;
// the first found stands for them. So it proves the flows' shape, not arithmetic; property tests of arrange do that.
func Check(e *Engine) (Report, error) { return check(e, "") }

// check looks at one sample case only, when it is named.
func check(e *Engine, only string) (Report, error) {
	pol, err := policy.Default()
	if err != nil {
		return Report{}, fmt.Errorf("flows: check: %w", err)
	}
	r := Report{}
	for _, p := range properties {
		r.Proofs = append(r.Proofs, Proof{ID: p.ID, Text: p.Text})
	}
	cases := slices.DeleteFunc(checkCases(pol), func(c checkCase) bool { return only != "" && c.name != only })
	parts := make([]Report, len(cases))
	var wg sync.WaitGroup
	for i, c := range cases {
		parts[i].Proofs = slices.Clone(r.Proofs)
		wg.Go(func() { parts[i].Cases = []CaseReport{e.explore(c, &parts[i])} })
	}
	wg.Wait()
	for _, p := range parts { // in the order of the cases: the same flows always give the same report
		r.Cases = append(r.Cases, p.Cases...)
		for i := range p.Proofs {
			r.Proofs[i].Checked += p.Proofs[i].Checked
			r.Proofs[i].Violations = append(r.Proofs[i].Violations, p.Proofs[i].Violations...)
		}
	}
	return r, nil
}

type node struct {
	state  State
	parent int
	by     string
	later  time.Duration
}

func (e *Engine) explore(c checkCase, r *Report) CaseReport {
	nodes := []node{{state: c.start, parent: -1}}
	seen := map[string]bool{fingerprint(c.start, c.file): true}
	out := CaseReport{Name: c.name}
	for i := 0; i < len(nodes); i++ {
		for _, p := range probes(e) {
			cf := c.file
			cf.Now = cf.Now.Add(nodes[i].later + p.wait)
			cmds := p.commands(nodes[i].state)
			if cmds == nil {
				continue
			}
			if nodes[i].state.Identity != Verified {
				cf.Match = sampleMatch(Claims(nodes[i].state, cmds))
			}
			if nodes[i].state.Identity == Verified {
				cf.Identity = Verified
			}
			ed := &edge{e: e, cf: cf, cmd: p, from: nodes[i].state}
			ed.to, ed.replies, ed.effects, ed.faults = e.step(nodes[i].state, cmds, cf)
			out.Edges++
			fp := fingerprint(ed.to, cf)
			r.judge(ed, c.name, nodes, i, !seen[fp])
			if !seen[fp] {
				seen[fp] = true
				nodes = append(nodes, node{state: ed.to, parent: i, by: p.name, later: nodes[i].later + p.wait})
			}
		}
	}
	out.States = len(nodes)
	return out
}

func (r *Report) judge(ed *edge, name string, nodes []node, at int, fresh bool) {
	for i, p := range properties {
		if p.perState && !fresh {
			continue
		}
		r.Proofs[i].Checked++
		detail := p.broken(ed)
		if detail == "" || len(r.Proofs[i].Violations) >= maxViolations {
			continue
		}
		path := []string{ed.cmd.name}
		for n := at; n >= 0 && nodes[n].parent >= 0; n = nodes[n].parent {
			path = append([]string{nodes[n].by}, path...)
		}
		r.Proofs[i].Violations = append(r.Proofs[i].Violations, Violation{Case: name, Path: path, Detail: detail})
	}
}

// fingerprint is what makes two states the same for the checker.
func fingerprint(s State, cf CaseFile) string {
	m := readMemory(s.Extra)
	t := turn{st: s, mem: m, cf: cf}
	b := make([]byte, 0, 160)
	talk := false
	for _, f := range s.Stack {
		if f.Step == "" && s.Identity != Verified { // wishes waiting behind the identity question: how many, not which
			b = append(b, '+')
			continue
		}
		b = append(append(append(append(b, f.Flow...), '/'), f.Step...), '>')
		talk = talk || f.Flow == "agree_terms" || f.Flow == "limitation"
	}
	flags := []bool{
		s.AccountID != "", len(s.Offers) > 0, s.Pending != nil, s.Crisis, len(m.Informed) > 0,
		len(m.Agreed) > 0, m.Asked, t.holdOn(sellingStops), s.Misses > 0, m.Declines > 0,
	}
	if talk {
		b = append(b, m.Kind...)
	}
	if s.Pending != nil {
		b = append(append(b, ' '), s.Pending.Offer.Kind...)
	}
	if s.Identity != Verified {
		b = append(b, s.Identity...)
		b = append(b, ' ', byte('0'+s.Failures), ' ', byte('0'+t.given()))
	}
	has := func(slots ...string) bool {
		return slices.ContainsFunc(slots, func(k string) bool { _, ok := s.Slots[k]; return ok })
	}
	if len(s.Stack) > 0 && s.Identity == Verified {
		flags = append(flags, has(SlotCount, SlotMonthly, SlotAmount, SlotLump, SlotPercent), has(SlotDate, SlotFirstDue, SlotDeferTo, SlotPaidOn))
	}
	for _, f := range flags {
		if f {
			b = append(b, '1')
		} else {
			b = append(b, '0')
		}
	}
	return string(b)
}
