package guard

import (
	"cmp"
	"io/fs"
	"slices"
	"sync"
)

// Filter judges drafts by one rule pack and clears them through one ledger.
type Filter struct {
	rs     *Ruleset
	ledger Ledger
	shadow *Shadow // nil = none
}

// New loads a rule pack. A missing, doubled or unknown rule, an unknown key, a rule without examples or a failing example
// is an error: without rules nothing can be cleared. A nil ledger is allowed for judging only; Clear then always fails.
func New(rules fs.FS, l Ledger) (*Filter, error) {
	rs, err := load(rules)
	if err != nil {
		return nil, err
	}
	rs.lex.close()
	f := &Filter{rs: rs, ledger: l}
	if err := f.selfTest(); err != nil {
		return nil, err
	}
	return f, nil
}

// Default is the rule pack that is part of the program.
func Default(l Ledger) (*Filter, error) {
	f, err := ownRules()
	if err != nil {
		return nil, err
	}
	return &Filter{rs: f.rs, ledger: l}, nil
}

// ownRules reads and tests the embedded pack once in a process: it cannot change, and a judge is needed in many places.
var ownRules = sync.OnceValues(func() (*Filter, error) {
	sub, err := fs.Sub(embedded, "rules")
	if err != nil {
		return nil, err
	}
	return New(sub, nil)
})

// Ruleset is the version and hash of the rules that judge.
func (f *Filter) Ruleset() string { return f.rs.Version }

// Rules are the ids in force.
func (f *Filter) Rules() []string {
	ids := make([]string, 0, len(f.rs.rules))
	for _, r := range f.rs.rules {
		ids = append(ids, r.ID)
	}
	return ids
}

// Overridable tells whether a supervisor may have a second look at a stop by this rule.
func (f *Filter) Overridable(rule string) bool {
	r := f.rs.byID[rule]
	return r != nil && r.Overridable
}

// Check judges a draft against fresh facts. It is pure: no clock, no I/O, no model. A panic inside is a block, not a pass.
func (f *Filter) Check(d Draft, facts Facts) (v Verdict) {
	defer func() {
		if p := recover(); p != nil {
			v = Verdict{Decision: Block, Ruleset: f.rs.Version, Hits: []Hit{{Rule: "G26", Decision: Block, Why: f.rs.tables.Broken.in(d.tells())}}}
		}
	}()
	return f.rs.judge(&d, &facts)
}

func (rs *Ruleset) judge(d *Draft, facts *Facts) Verdict {
	run := &draftRun{rs: rs, d: d, f: facts}
	run.known.gather(rs, d, facts)
	for _, c := range rs.checks {
		if slices.Contains(c.rule.Authors, d.Author) && inPlace(c.rule.Jurisdictions, facts.Jurisdiction) {
			c.run(run, c.rule)
		}
	}
	if len(d.Parts) == 0 {
		run.object("G10", "", rs.tables.Empty)
	}
	for i := range d.Parts {
		run.part(i)
	}
	run.seams()
	return run.verdict()
}

// draftRun is one draft under judgement.
type draftRun struct {
	rs    *Ruleset
	d     *Draft
	f     *Facts
	known known
	hits  []Hit
	found []Figure
	letGo []LetGo

	missing int // figures without a source so far
}

// part judges one string, its machine id and its card.
func (r *draftRun) part(i int) {
	p := &r.d.Parts[i]
	r.text(i, p.Text, p.Role == "button")
	if p.Ref != "" && !machine("ident", p.Ref) {
		r.object("G10", p.Ref, r.rs.tables.Machine)
	}
	if len(p.Data) > 0 {
		r.card(i, p.Data)
	}
}

// text judges one string a debtor can see.
func (r *draftRun) text(part int, s string, button bool) {
	if s == "" {
		return
	}
	v := r.rs.view(s)
	defer r.rs.release(v)
	v.button = button
	j := &judging{rs: r.rs, v: v, d: r.d, f: r.f, part: part, found: r.hits, letGo: r.letGo}
	j.phrases()
	j.suspicions()
	r.figures(j)
	if r.d.ReplyID == "" { // an approved text was read by people; its help line must not depend on how a statistic hears it
		r.rs.ear.listen(j, v.excused)
	}
	r.hits, r.letGo = j.found, j.letGo
}

// object adds a hit about the draft as a whole, or about a value that has no place in a text.
func (r *draftRun) object(rule, text string, why Both) {
	ru := r.rs.byID[rule]
	h := Hit{Rule: rule, Decision: ru.Decision, Text: text, Why: why.in(r.d.tells()), Basis: ru.basis}
	if why.Zh == "" {
		h.Why = ru.Tell.in(r.d.tells())
	}
	r.hits = append(r.hits, h)
}

var severity = map[Decision]int{Pass: 0, Rewrite: 1, Hold: 2, Block: 3}

// verdict puts the rule that names the act best first: what is sure before a suspicion, an act before the general duty it breaks
// as well (pack.yaml: order), then what weighs more, then what comes first in the text. What is decided is the gravest of all.
func (r *draftRun) verdict() Verdict {
	v := Verdict{Decision: Pass, Hits: r.hits, Sources: r.found, LetGo: r.letGo, Ruleset: r.rs.Version}
	slices.SortStableFunc(v.Hits, func(a, b Hit) int {
		return cmp.Or(
			cmp.Compare(r.rs.rank(&a), r.rs.rank(&b)),
			cmp.Compare(severity[b.Decision], severity[a.Decision]),
			cmp.Compare(a.Part, b.Part),
			cmp.Compare(a.Start, b.Start),
			cmp.Compare(a.Rule, b.Rule),
		)
	})
	for i := range v.Hits {
		if d := v.Hits[i].Decision; severity[d] > severity[v.Decision] && !r.opened(&v.Hits[i]) {
			v.Decision = d
		}
	}
	if len(v.Hits) > 0 {
		v.Rewrite = r.rs.byID[v.Hits[0].Rule].Rewrite.in(r.d.Lang)
	}
	return v
}

// rank is a hit's place in the order of acts.
func (rs *Ruleset) rank(h *Hit) int {
	n, ok := rs.order[h.Rule]
	if !ok {
		n = len(rs.order)
	}
	switch {
	case h.general:
		n += len(rs.order)
	case h.sure:
		n -= len(rs.order)
	}
	return n
}
