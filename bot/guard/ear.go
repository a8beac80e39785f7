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
	Release   float32     `yaml:"release"`   // a sentence that sounds no worse than this is let go by phrases that are not `last_word`
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
	release   float32
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
	if f.Release < 0 || f.Release >= f.Threshold {
		return nil, fmt.Errorf("tone.yaml: release %v must lie between 0 and threshold %v", f.Release, f.Threshold)
	}
	e := &ear{model: m, threshold: f.Threshold, release: f.Release, labels: make([]*earSense, len(tone.Labels)), tell: f.Tell}
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
	if heard.Scores[tone.Any] < e.threshold {
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

// calm: the place of m sounds like an ordinary sentence, so a phrase that is only a topic, or is ambiguous, is no reason to stop it.
// The clause is heard by itself too: a threat must not drown in a long polite sentence. Phrases that are the last word, those that
// judge by facts, and those put together across sentences are never let go, nor is a denial that its own sentence takes back.
func (e *ear) calm(j *judging, p *cpattern, m hit) bool {
	if e == nil || !p.heard {
		return false
	}
	v := j.v
	lo, hi := v.sentenceSpan(m.clause)
	if j.wavers(lo, hi, m) {
		return false
	}
	if !tone.Enough(v.key.Runes[lo:min(int(hi), len(v.key.Runes))]) {
		return false // a label says too little to tell
	}
	if len(v.sounds) == 0 {
		v.sounds = slices.Grow(v.sounds, len(v.clauses))[:len(v.clauses)]
		for i := range v.sounds {
			v.sounds[i] = -1
		}
	}
	if v.sounds[m.clause] < 0 {
		v.sounds[m.clause] = e.worst(v, m.clause, lo, hi)
	}
	return v.sounds[m.clause] < e.release
}

// worst is how bad a clause sounds, by itself and in its sentence.
func (e *ear) worst(v *view, clause, lo, hi int32) float32 {
	s, _ := e.scratch.Get().(*tone.Scratch)
	if s == nil {
		s = &tone.Scratch{}
	}
	defer e.scratch.Put(s)
	key := v.key.Runes
	sure := e.model.Hear(s, key[lo:min(int(hi), len(key))])
	lo, hi = v.clauseSpan(clause)
	if part := key[lo:min(int(hi), len(key))]; tone.Enough(part) {
		sure = max(sure, e.model.Hear(s, part))
	}
	return sure
}

// wavers: a denial in the sentence is half a one, conditional or taken back, or the sentence demands.
func (j *judging) wavers(lo, hi int32, m hit) bool {
	v, l := j.v, &j.rs.lang
	_, next := v.sentenceSpan(min(v.clauseAt(hi), int32(len(v.sents)-1)))
	for _, t := range []int32{l.partial, l.rhetorical, l.demands} {
		if v.within(t, lo, hi) {
			return true
		}
	}
	ids := v.byTerm[l.negNot]
	for i := v.first(l.negNot, lo); i < len(ids) && v.hits[ids[i]].end <= hi; i++ {
		if !v.covered(v.hits[ids[i]], l.asks) { // whether or not (有没有) is no half denial
			return true
		}
	}
	return v.within(l.irony, lo, next) || v.within(l.tail, m.end, next) || v.within(l.condition, lo, next)
}
