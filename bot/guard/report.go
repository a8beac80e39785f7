package guard

import (
	"io/fs"
	"strings"
)

// RuleCoverage is what one rule brings: how many phrases, how many examples of each sort, how many fail.
type RuleCoverage struct {
	ID, Name              string
	Phrases               int
	Blocked, Passed, Hard int
	Failed                int
}

// Report of a rule pack: unlike New it does not stop at failing examples, for an author needs to see them all.
type Report struct {
	Version  string
	Rules    []RuleCoverage
	Outcomes []Outcome
}

// Inspect loads a pack and runs its examples. A pack that does not load is an error.
func Inspect(rules fs.FS) (Report, error) {
	rs, err := load(rules)
	if err != nil {
		return Report{}, err
	}
	f := &Filter{rs: rs}
	rep := Report{Version: rs.Version, Outcomes: f.Examples()}
	failed := map[string]int{}
	for _, o := range rep.Outcomes {
		if !o.OK {
			failed[o.Rule]++
		}
	}
	for _, r := range rs.rules {
		n := 0
		for _, p := range r.Patterns {
			n += len(p.Any)
			for _, l := range p.All {
				n += len(l)
			}
		}
		rep.Rules = append(rep.Rules, RuleCoverage{
			ID: r.ID, Name: r.Name.Zh + " / " + r.Name.En, Phrases: n, Failed: failed[r.ID],
			Blocked: len(r.Examples.Blocked), Passed: len(r.Examples.Passed), Hard: len(r.Examples.Hard),
		})
	}
	return rep, nil
}

// InspectDefault is Inspect of the built-in pack.
func InspectDefault() (Report, error) {
	sub, err := fs.Sub(embedded, "rules")
	if err != nil {
		return Report{}, err
	}
	return Inspect(sub)
}

// Named are the rules and places of a verdict in one line.
func (o Outcome) Named() string { return strings.TrimSpace(o.Verdict.rules()) }
