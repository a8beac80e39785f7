package guard

import (
	"fmt"
	"slices"

	"hejie/bot/guard/tone"
)

// earFile is rules/tone.yaml: what is done about a text that no rule objects to but that sounds like one that must not be sent,
// and how bad a sentence must sound for a suspicion (evidence.go) to stand. The thresholds are data because they are a choice
// (how many good texts may be held in error), made on a cross-validation.
type earFile struct {
	Threshold perLang     `yaml:"threshold"` // how sure the model must be that the text must not be sent
	Suspicion float32     `yaml:"suspicion"` // how bad a sentence must sound for a suspicion to stand; 0 = every phrase is certain
	Names     float32     `yaml:"names"`     // how sure it must be what the act is for its name to come before a suspicion's
	Shouts    shoutFile   `yaml:"shouts"`
	Labels    []earLabel  `yaml:"labels"` // what each label of the model means here; a label left out is never raised
	Tell      Both        `yaml:"tell_author"`
	Examples  earExamples `yaml:"examples"`
}

// perLang is a threshold for texts in Chinese and one for those in English: the model has heard fewer of these and errs more.
type perLang struct {
	Zh float32 `yaml:"zh"`
	En float32 `yaml:"en"`
}

func (p perLang) in(lang string) float32 {
	if lang == "en" {
		return p.En
	}
	return p.Zh
}

type earLabel struct {
	Label    string   `yaml:"label"`
	Rule     string   `yaml:"rule"`
	Decision Decision `yaml:"decision"` // hold or rewrite: a model never blocks
	Authors  []Author `yaml:"authors"`  // narrows the rule's own
	Firm     bool     `yaml:"firm"`     // no phrase of the rule is a suspicion (evidence.go)
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
	threshold perLang
	suspicion float32
	names     float32
	labels    []*earSense // by label of the model, nil = never raised
	tell      Both
	shouts    *shouting
}

type earSense struct {
	rule     *Rule
	decision Decision
	firm     bool
	authors  []Author
	when     []condition
	tell     Both
}

// compile makes the ear; a pack without tone.yaml has none.
func (f *earFile) compile(rs *Ruleset) (*ear, error) {
	if f.Threshold == (perLang{}) && len(f.Labels) == 0 {
		return nil, nil
	}
	m, err := tone.Own()
	if err != nil {
		return nil, fmt.Errorf("tone.yaml: %w", err)
	}
	if t := f.Threshold; min(t.Zh, t.En) <= 0.5 || max(t.Zh, t.En) >= 1 || f.Tell.Zh == "" || f.Tell.En == "" {
		return nil, fmt.Errorf("tone.yaml: threshold %v must lie between 0.5 and 1, and the author must be told why", f.Threshold)
	}
	if f.Names <= 0 || f.Names > 1 {
		return nil, fmt.Errorf("tone.yaml: names %v must lie between 0 and 1", f.Names)
	}
	if f.Suspicion < 0 || f.Suspicion > 0.5 {
		return nil, fmt.Errorf("tone.yaml: suspicion %v must lie between 0 and 0.5: what sounds bad rather than not is not let go", f.Suspicion)
	}
	if len(tone.Labels) > maxLabels {
		return nil, fmt.Errorf("tone.yaml: %d labels, more than %d", len(tone.Labels), maxLabels)
	}
	e := &ear{model: m, threshold: f.Threshold, suspicion: f.Suspicion, names: f.Names, labels: make([]*earSense, len(tone.Labels)), tell: f.Tell}
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
	e.shouts, err = f.Shouts.compile(e.labels[slices.Index(tone.Labels, "shouting")])
	return e, err
}

func (l *earLabel) compile(rs *Ruleset) (*earSense, error) {
	s := &earSense{rule: rs.byID[l.Rule], decision: l.Decision, firm: l.Firm, authors: l.Authors, tell: l.Tell}
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
// too. It never raises a rule that has looked at that sentence and knows better (pardoned).
func (e *ear) listen(j *judging, pardons []excused) {
	if e == nil || j.v.button || len(j.v.key.Runes) == 0 {
		return
	}
	e.shouts.hear(j)
	if len(j.v.key.Runes) > namedUpTo && slices.ContainsFunc(j.found, func(h Hit) bool { return h.Part == j.part }) {
		return // it is stopped anyway; a nearer name is not worth the time
	}
	threshold := e.threshold.in(j.d.Lang)
	heard, ok := j.v.worst(e, threshold)
	if !ok || heard.Scores[tone.Any] < threshold {
		return
	}
	sense, p := e.name(j, &heard, pardons)
	if sense == nil {
		return
	}
	if i := slices.IndexFunc(j.found, func(h Hit) bool { return h.Part == j.part && h.Rule == sense.rule.ID }); i >= 0 {
		j.found[i].sure = j.found[i].sure || p >= e.names
		return
	}
	start, end := j.v.key.Span(heard.Start, heard.End)
	why := sense.tell.in(j.d.tells())
	if sense.tell.Zh == "" {
		why = e.tell.in(j.d.tells()) + sense.rule.Tell.in(j.d.tells())
	}
	sense.raise(j, start, end, why, p >= e.names)
}

// raise records what the original runes [start,end) sound like. One that is not sure what the act is leaves the name to a rule beside it.
func (s *earSense) raise(j *judging, start, end int, why string, sure bool) {
	j.found = append(j.found, Hit{
		Rule: s.rule.ID, Decision: s.decision, Part: j.part, Start: start, End: end,
		Text: j.v.cutText(start, end), Why: why, Basis: s.rule.basis, sure: sure, general: !sure,
	})
}

// name is the most likely meaning and how sure it is. When the likeliest of all was excused by its rule, or surely is one that
// cannot be meant here (a person may say "I am a person"), there is nothing to raise; a mere guess gives way to the next.
func (e *ear) name(j *judging, h *tone.Heard, pardons []excused) (*earSense, float32) {
	var tried [maxLabels]bool
	for {
		best := -1
		for k := range e.labels {
			if k != tone.Any && !tried[k] && (best < 0 || h.Scores[k] > h.Scores[best]) {
				best = k
			}
		}
		if best < 0 {
			return nil, 0
		}
		tried[best] = true
		switch s, p := e.labels[best], h.Scores[best]; {
		case s != nil && pardoned(pardons, s.rule.ID, h.Start, h.End, h.Scores[tone.Any]):
			return nil, 0
		case s != nil && s.concerns(j):
			return s, p
		case p >= surely:
			return nil, 0
		}
	}
}

// maxLabels bounds the labels of a model.
const maxLabels = 64

// surely is from when the ear is taken at its word about what is meant.
const surely = 0.5

// concerns: the rule behind s speaks to this author, here and now.
func (s *earSense) concerns(j *judging) bool {
	if !slices.Contains(s.rule.Authors, j.d.Author) || !inPlace(s.rule.Jurisdictions, j.f.Jurisdiction) ||
		len(s.authors) > 0 && !slices.Contains(s.authors, j.d.Author) {
		return false
	}
	for _, c := range s.when {
		if !c(j.rs, j.d, j.f) {
			return false
		}
	}
	return true
}

// excused is a place where a phrase of a rule stood and was found harmless.
type excused struct {
	rule string
	at   int32
	why  excuse
}

// pardoned: what stands in [lo,hi) and sounds so bad was weighed already: rule knows it for a fact, or some rule found it denied,
// warned of or told of others, and then whatever the ear would call it, it heard the same words. Innocent words beside a phrase only
// say that this phrase is not meant: they are no pardon for the sentence.
func pardoned(list []excused, rule string, lo, hi int, sounds float32) bool {
	return slices.ContainsFunc(list, func(x excused) bool {
		return int(x.at) >= lo && int(x.at) < hi && (x.why == byFacts && x.rule == rule || x.why == bySense && sounds < beyond)
	})
}

// beyond is from when a sentence sounds too bad for a denial in it to be believed without a person looking.
const beyond = 0.9
