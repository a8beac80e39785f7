package guard

import (
	"fmt"
	"slices"
	"sync"

	"hejie/bot/guard/tone"
)

// earFile is rules/tone.yaml: what is done about a text that no rule objects to but that sounds like one that must not be sent.
// The thresholds are data because they are a choice (how many good texts may be held in error), made on a cross-validation.
type earFile struct {
	Threshold float32     `yaml:"threshold"` // how sure the model must be that the text must not be sent
	Labels    []earLabel  `yaml:"labels"`    // what each label of the model means here; a label left out is never raised
	Tell      Both        `yaml:"tell_author"`
	Examples  earExamples `yaml:"examples"`
}

type earLabel struct {
	Label    string   `yaml:"label"`
	Rule     string   `yaml:"rule"`
	Decision Decision `yaml:"decision"` // hold or rewrite: a model never blocks
	Authors  []Author `yaml:"authors"`  // narrows the rule's own
	When     []string `yaml:"when"`     // facts without which this label means nothing (unverified, limitation_expired …)
	Tell     Both     `yaml:"tell_author"`
}

// earExamples show what the ear alone raises and what it leaves; a test holds the own pack to them.
type earExamples struct {
	Raised []string `yaml:"raised"`
	Passed []string `yaml:"passed"`
}

// ear listens to texts no rule has objected to.
type ear struct {
	model     *tone.Ear
	threshold float32
	labels    []*earSense // by label of the model, nil = never raised
	tell      Both
	scratch   sync.Pool
}

type earSense struct {
	rule     *Rule
	decision Decision
	authors  []Author
	when     []condition
	tell     Both
}

// compile makes the ear; a pack without tone.yaml has none.
func (f *earFile) compile(rs *Ruleset) (*ear, error) {
	if f.Threshold == 0 && len(f.Labels) == 0 {
		return nil, nil
	}
	m, err := tone.Own()
	if err != nil {
		return nil, fmt.Errorf("tone.yaml: %w", err)
	}
	if f.Threshold <= 0.5 || f.Threshold >= 1 || f.Tell.Zh == "" || f.Tell.En == "" {
		return nil, fmt.Errorf("tone.yaml: threshold %v must lie between 0.5 and 1, and the author must be told why", f.Threshold)
	}
	e := &ear{model: m, threshold: f.Threshold, labels: make([]*earSense, len(tone.Labels)), tell: f.Tell}
	for _, l := range f.Labels {
		s, err := l.compile(rs)
		if err != nil {
			return nil, fmt.Errorf("tone.yaml: %s: %w", l.Label, err)
		}
		k := slices.Index(tone.Labels, l.Label)
		if k < 0 || k == tone.Any || e.labels[k] != nil {
			return nil, fmt.Errorf("tone.yaml: label %q is unknown or given twice", l.Label)
		}
		e.labels[k] = s
	}
	return e, nil
}

func (l *earLabel) compile(rs *Ruleset) (*earSense, error) {
	s := &earSense{rule: rs.byID[l.Rule], decision: l.Decision, authors: l.Authors, tell: l.Tell}
	if s.rule == nil {
		return nil, fmt.Errorf("unknown rule %q", l.Rule)
	}
	if s.decision != Hold && s.decision != Rewrite {
		return nil, fmt.Errorf("decision %q: a model may hold or rewrite, nothing else", l.Decision)
	}
	if s.decision == Rewrite && s.rule.Rewrite.Zh == "" {
		return nil, fmt.Errorf("rule %s has no lawful wording to offer", l.Rule)
	}
	for _, name := range l.When {
		c, ok := conditions[name]
		if !ok {
			return nil, fmt.Errorf("unknown condition %q", name)
		}
		s.when = append(s.when, c)
	}
	return s, nil
}

// namedUpTo is the longest text that is heard although a rule objects already.
const namedUpTo = 400

// listen names what a text sounds like: where no rule objects it raises the verdict, where another does it names the nearer rule
// too. It never raises a rule that has looked at that sentence and found an excuse: what a rule denies, warns of or states
// lawfully is the rule's to say.
func (e *ear) listen(j *judging, pardons []excused) {
	if e == nil || j.v.button || len(j.v.key.Runes) == 0 {
		return
	}
	if len(j.v.key.Runes) > namedUpTo && slices.ContainsFunc(j.found, func(h Hit) bool { return h.Part == j.part }) {
		return // it is stopped anyway; a nearer name is not worth the time
	}
	s, _ := e.scratch.Get().(*tone.Scratch)
	if s == nil {
		s = &tone.Scratch{}
	}
	defer e.scratch.Put(s)
	heard := e.model.Listen(s, j.v.key.Runes)
	if heard.Scores[tone.Any] < e.threshold || j.eased(int32(heard.Start), int32(heard.End)) {
		return
	}
	sense := e.name(j, &heard, pardons)
	if sense == nil || slices.ContainsFunc(j.found, func(h Hit) bool { return h.Part == j.part && h.Rule == sense.rule.ID }) {
		return
	}
	start, end := j.v.key.Span(heard.Start, heard.End)
	lang := j.d.tells()
	why := sense.tell.in(lang)
	if sense.tell.Zh == "" {
		why = e.tell.in(lang) + sense.rule.Tell.in(lang)
	}
	j.found = append(j.found, Hit{
		Rule: sense.rule.ID, Decision: sense.decision, Part: j.part, Start: start, End: end,
		Text: j.v.cutText(start, end), Why: why, Basis: sense.rule.basis, general: true,
	})
}

// eased: what is heard takes weight off the debtor and asks for nothing.
func (j *judging) eased(lo, hi int32) bool {
	v, l := j.v, &j.rs.lang
	for _, t := range []int32{l.demands, l.condition, l.rhetorical, l.tail, l.takesBack} {
		if v.within(t, lo, hi) {
			return false
		}
	}
	return v.within(l.eases, lo, hi)
}

// name is the most likely meaning. When the likeliest of all cannot be meant here (a person may say "I am a person") or was
// excused, there is nothing to raise: the second best guess is no reason to hold a text.
func (e *ear) name(j *judging, h *tone.Heard, pardons []excused) *earSense {
	best := -1
	for k := range e.labels {
		if k != tone.Any && (best < 0 || h.Scores[k] > h.Scores[best]) {
			best = k
		}
	}
	s := e.labels[best]
	if s == nil || !slices.Contains(s.rule.Authors, j.d.Author) || !inPlace(s.rule.Jurisdictions, j.f.Jurisdiction) ||
		len(s.authors) > 0 && !slices.Contains(s.authors, j.d.Author) || pardoned(pardons, s.rule.ID, h.Start, h.End) {
		return nil
	}
	for _, c := range s.when {
		if !c(j.rs, j.d, j.f) {
			return nil
		}
	}
	return s
}

// excused is a place where a phrase of a rule stood and the sentence made it harmless.
type excused struct {
	rule string
	at   int32
}

func pardoned(list []excused, rule string, lo, hi int) bool {
	return slices.ContainsFunc(list, func(x excused) bool { return x.rule == rule && int(x.at) >= lo && int(x.at) < hi })
}
