package guard

import (
	"fmt"
	"io/fs"
	"strings"
)

// RuleCoverage is what one rule brings and what its examples touch.
type RuleCoverage struct {
	ID, Name              string
	Phrases               int
	Certain, Suspicions   int // patterns whose words alone are enough; whose sentence must also sound bad
	Blocked, Passed, Hard int
	Failed                int
	Languages             []string // languages none of its stopped examples is written in: zh, zh-Hant, en
	Idle                  []string // patterns that no example of the pack makes object
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
	hits := &coverage{patterns: map[*Pattern]bool{}}
	rs.covers = hits
	f := &Filter{rs: rs}
	rep := Report{Version: rs.Version, Outcomes: f.Examples()}
	failed := map[string]int{}
	for _, o := range rep.Outcomes {
		if !o.OK {
			failed[o.Rule]++
		}
	}
	for _, r := range rs.rules {
		c := RuleCoverage{
			ID: r.ID, Name: r.Name.Zh + " / " + r.Name.En, Failed: failed[r.ID],
			Blocked: len(r.Examples.Blocked), Passed: len(r.Examples.Passed), Hard: len(r.Examples.Hard),
			Languages: r.missingLanguages(),
		}
		for i := range r.Patterns {
			p := &r.Patterns[i]
			c.Phrases += p.phrases()
			if rs.ear.suspects(r, p) {
				c.Suspicions++
			} else {
				c.Certain++
			}
			if !hits.patterns[p] {
				c.Idle = append(c.Idle, p.shows(i))
			}
		}
		rep.Rules = append(rep.Rules, c)
	}
	return rep, nil
}

// coverage notes which patterns object while a pack's examples run.
type coverage struct{ patterns map[*Pattern]bool }

func (c *coverage) hit(p *Pattern) {
	if c != nil {
		c.patterns[p] = true
	}
}

func (p *Pattern) phrases() int {
	n := len(p.Any)
	for _, l := range p.All {
		n += len(l)
	}
	return n
}

// shows names a pattern by its place and its first phrase.
func (p *Pattern) shows(i int) string {
	first := ""
	if len(p.Any) > 0 {
		first = p.Any[0]
	} else if len(p.All) > 0 && len(p.All[0]) > 0 {
		first = p.All[0][0]
	}
	if rs := []rune(first); len(rs) > 24 {
		first = string(rs[:24]) + "…"
	}
	return fmt.Sprintf("#%d %s", i+1, first)
}

// missingLanguages are those in which no stopped example of a rule about words is written. Rules about facts have no words.
func (r *Rule) missingLanguages() []string {
	if len(r.Patterns) == 0 {
		return nil
	}
	have := map[string]bool{}
	for _, ex := range append(append([]Example(nil), r.Examples.Blocked...), r.Examples.Hard...) {
		have[exampleLang(ex)] = true
	}
	var out []string
	for _, l := range []string{"zh-Hans", "zh-Hant", "en"} {
		if !have[l] {
			out = append(out, l)
		}
	}
	return out
}

func exampleLang(ex Example) string {
	if ex.Lang != "" {
		return ex.Lang
	}
	if traditional(ex.Text) {
		return "zh-Hant"
	}
	return guessLang(ex.Text)
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
