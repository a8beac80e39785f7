package guard

import (
	"slices"

	"hejie/bot/text"
)

// language is how sentences work, as data (language.yaml): what denies, what takes the denial back, what parts clauses.
type language struct {
	split, splitNot      int32 // but, otherwise …; longer words that only look like them
	adjacent             int32 // a bare not: denies only what it touches
	neg, negNot          int32 // will not, never …; wishes, partial and double negations that do not deny
	breaks               int32 // between a negation and a phrase: the negation ended (then, will, we)
	partial              int32 // maybe: before a negation, it takes the denial back
	disowns              int32 // "that is not how we work": denies what was said before it
	breaksNot, because   int32 // 就 as about, and causes before it
	noOne                int32 // no one, none of us: the whole clause is denied, verbs and all
	after                int32 // "… is out of the question": denial after the phrase
	rhetorical, irony    int32
	tail, condition      int32 // who knows; unless, if you pay: they take a denial back
	lawful               int32 // unless you agree, unless the law says so: they do not
	warning, we, demands int32
	asks                 int32
	said, remedy         int32 // somebody did or said it; and here is what to do about that, or our regret
	inquires, saysNo     int32 // somebody asks or fears; and the no that answers
	closed               int32 // a warning that is complete in its own clause: beware of fraud
	takesBack            int32 // "that is what you think": nothing beside it excuses
	disclaims            int32 // "we do no such thing": denies what stands beside it in the sentence
	mentions             int32 // what stands in quotation marks is spoken of, not said
}

// cpattern is a Pattern ready to use.
type cpattern struct {
	rule               *Rule
	src                *Pattern
	unless, unlessNear int32 // terms, -1 none
	unlessText         int32
	stmt               *statement
	when               []condition
	decision           Decision
	authors            []Author
	places             []string
	suspicion          bool // the words alone are not enough (evidence.go)
	general            bool // it judges any talk of debt to a stranger, so the act beside it names the fault better
}

type seqRef struct {
	seq *sequence
	pat *cpattern
}

// together is a set of terms that must occur in one clause, sentence or text, in any order.
type together struct {
	terms  []int32
	within string
	pat    *cpattern
}

// judging is one text under judgement.
type judging struct {
	rs    *Ruleset
	v     *view
	d     *Draft
	f     *Facts
	part  int
	found []Hit
	letGo []LetGo
}

func (j *judging) phrases() {
	for x := 0; x < len(j.v.touched); x++ {
		t := j.v.touched[x]
		for _, ref := range j.rs.seqs[t] {
			if !j.v.holds(ref.seq.terms) || !j.concerns(ref.pat) {
				continue
			}
			n := 0
			for _, id := range j.v.byTerm[t] {
				if m, ok := j.v.match(ref.seq, j.v.hits[id]); ok && j.object(ref.pat, m) {
					if n++; n >= maxHitsPerPattern {
						break
					}
				}
			}
		}
		for i := range j.rs.cos[t] {
			if c := &j.rs.cos[t][i]; j.v.holds(c.terms) && j.concerns(c.pat) {
				j.together(c)
			}
		}
	}
}

// A verdict names the first few places, not a thousand: the author needs a reason, not a list.
const maxHitsPerPattern = 3

func (j *judging) together(c *together) {
	n := 0
	for _, id := range j.v.byTerm[c.terms[0]] {
		h := j.v.hits[id]
		lo, hi := j.v.clauseSpan(h.clause)
		switch c.within {
		case "sentence":
			lo, hi = j.v.sentenceSpan(h.clause)
		case "text":
			lo, hi = 0, int32(len(j.v.key.Runes))
		}
		all := true
		for _, t := range c.terms[1:] {
			if o, ok := j.v.find1(t, lo, hi); !ok {
				all = false
				break
			} else if c.within != "text" && o.clause == h.clause {
				h = h.join(o)
			}
		}
		if all && j.object(c.pat, h) {
			if n++; n >= maxHitsPerPattern {
				return
			}
		}
	}
}

// join is the place of both, with the gap between them open: a denial there denies the whole.
func (h hit) join(o hit) hit {
	first, last := h, o
	if o.start < h.start {
		first, last = o, h
	}
	both := hit{start: first.start, end: max(h.end, o.end), clause: h.clause, gapLo: h.gapLo, gapHi: h.gapHi}
	if first.end < last.start && both.gapHi == 0 {
		both.gapLo, both.gapHi = first.end, last.start
	} else if first.end < last.start {
		both.gapLo, both.gapHi = min(both.gapLo, first.end), max(both.gapHi, last.start)
	}
	return both
}

func (j *judging) concerns(p *cpattern) bool {
	if !slices.Contains(p.authors, j.d.Author) || !inPlace(p.places, j.f.Jurisdiction) {
		return false
	}
	for _, c := range p.when {
		if !c(j.rs, j.d, j.f) {
			return false
		}
	}
	return true
}

func inPlace(places []string, here string) bool {
	if here == "" {
		here = "CN"
	}
	return slices.Contains(places, "all") || slices.Contains(places, here)
}

// object records that p speaks against m, if nothing in the sentence makes m harmless.
func (j *judging) object(p *cpattern, m hit) bool {
	if j.v.button && p.src.Button != "judged" && j.question(m.clause) {
		return false
	}
	if why := j.excuses(p, m); why != noExcuse {
		j.v.excused = append(j.v.excused, excused{p.rule.ID, m.start, why})
		return false
	}
	if p.suspicion {
		j.v.suspected = append(j.v.suspected, suspected{p, m})
		return true
	}
	s, e := j.v.key.Span(int(m.start), int(m.end))
	j.add(p, s, e)
	return true
}

// owedTo: who is owed is no third person. A private lender is "Mr Zhou" to his own debtor.
func (j *judging) owedTo(p *cpattern, m hit) bool {
	if p.rule.ID != "T15" || j.f.Creditor == "" || j.f.Identity != Verified {
		return false
	}
	name := text.Fold(j.f.Creditor).Key().Runes
	return len(name) > 0 && int(m.start) >= len(name) && slices.Equal(j.v.key.Runes[int(m.start)-len(name):m.start], name)
}

// excuse is why a phrase was found harmless.
type excuse int8

const (
	noExcuse excuse = iota
	byWords         // words beside it say that something else is meant
	bySense         // the sentence denies it, warns of it or tells of others
	byFacts         // it states the law where that may be said, or names the one who is owed
)

// excuses: the words around make m harmless.
func (j *judging) excuses(p *cpattern, m hit) excuse {
	switch {
	case j.takenBack(m):
		return noExcuse
	case j.owedTo(p, m), p.stmt != nil && p.stmt.allows(j, m):
		return byFacts
	case p.src.Negation != "ignored" && j.denied(m), p.src.Warning != "ignored" && (j.warned(m) || j.reported(m)):
		return bySense
	case j.innocent(p, m):
		return byWords
	}
	return noExcuse
}

// innocent: words stand beside m with which p does not mean it.
func (j *judging) innocent(p *cpattern, m hit) bool {
	lo, hi := j.v.clauseSpan(m.clause)
	if j.v.within(p.unless, lo, hi) {
		return true
	}
	if p.unlessText >= 0 && len(j.v.byTerm[p.unlessText]) > 0 {
		return true
	}
	if p.unlessNear < 0 {
		return false
	}
	slo, shi := j.v.sentenceSpan(m.clause)
	if j.asked(slo, shi) { // a question is read with its answer
		shi = j.v.nextEnd(shi)
	}
	near, far := j.v.around(m.clause)
	return j.near(p.unlessNear, m.clause, max(slo, near), min(shi, far))
}

func (j *judging) add(p *cpattern, s, e int) {
	r := p.rule
	j.rs.covers.hit(p.src)
	for i := range j.found {
		h := &j.found[i]
		if h.Rule == r.ID && h.Part == j.part && h.Start < e && s < h.End { // one rule, one place: the wider span
			h.general, h.sure = h.general && p.general, h.sure || p.src.Certain
			h.Start, h.End = min(h.Start, s), max(h.End, e)
			h.Text = j.v.cutText(h.Start, h.End)
			return
		}
	}
	j.found = append(j.found, Hit{
		Rule: r.ID, Decision: p.decision, Part: j.part, Start: s, End: e,
		Text: j.v.cutText(s, e), Why: r.Tell.in(j.d.tells()), Basis: r.basis, general: p.general, sure: p.src.Certain,
	})
}

// raise records that r speaks against original runes [s,e), whatever stands beside them.
func (j *judging) raise(r *Rule, s, e int, shown, why string) {
	j.found = append(j.found, Hit{Rule: r.ID, Decision: r.Decision, Part: j.part, Start: s, End: e, Text: shown, Why: why, Basis: r.basis})
}

// question: the clause asks. On a quick-reply button that is the debtor's own question, not our claim.
func (j *judging) question(c int32) bool {
	lo, hi := j.v.clauseSpan(c)
	return j.v.marked(hi) || j.v.within(j.rs.lang.asks, lo, hi)
}

// denied: the clause denies m, and nothing takes the denial back (4.1 points 2 and 3 of the rule catalogue).
func (j *judging) denied(m hit) bool {
	v, l := j.v, &j.rs.lang
	lo, hi := v.clauseSpan(m.clause)
	slo, shi := v.sentenceSpan(m.clause)
	// What follows in the next sentence may still take it back: 不会坐牢。不过就难说了。 不会坐牢？才怪。
	next := v.nextEnd(shi)
	if v.within(l.rhetorical, slo, shi) || v.within(l.irony, slo, next) {
		return false
	}
	if v.within(l.disowns, m.end, next) { // 您说有人要上门，这不是我们的做法
		return true
	}
	if !j.negated(m, lo) && !j.deniedAfter(m, hi) && !j.answered(m) && !j.disclaimed(m, slo, shi) {
		return false
	}
	if v.within(l.condition, slo, next) && !v.within(l.lawful, slo, next) {
		return false
	}
	return !v.within(l.tail, m.end, next)
}

// reach is how far before a phrase its negation may stand.
const (
	reachHan   = 16
	reachLatin = 48
)

func (j *judging) negated(m hit, lo int32) bool {
	v, l := j.v, &j.rs.lang
	if h, ok := v.find1(l.adjacent, m.start-1, m.start); ok && !v.spoiled(h, l.negNot) {
		return true
	}
	ids := v.byTerm[l.neg]
	for i := v.first(l.neg, lo); i < len(ids); i++ {
		n := v.hits[ids[i]]
		if n.start >= m.end {
			break
		}
		if n.start >= m.start { // within a part it belongs to it (投诉没用, case no); between the parts it denies (we will not visit, 警察不会来)
			if n.start >= m.gapLo && n.start < m.gapHi && n.end <= m.end && !v.spoiled(n, l.negNot) && !j.broken(n.end, m.gapHi) {
				return true
			}
			continue
		}
		reach := int32(reachHan)
		if latinRune(v.key.Runes[n.end-1]) {
			reach = reachLatin
		}
		switch {
		case n.start < lo, m.start-n.end > reach:
		case v.spoiled(n, l.negNot), v.within(l.partial, lo, n.start): // 暂时不会, maybe we won't
		case n.end <= m.start && j.broken(n.end, m.start) && !v.within(l.noOne, n.start, m.start): // no one from our team will …
		default:
			return true
		}
	}
	return false
}

// broken: between a negation and what it might deny, a word begins something new. Not 就 after a cause (不会因为欠款就坐牢), and
// not where it means about (不会就这笔债务起诉您).
func (j *judging) broken(from, to int32) bool {
	v, l := j.v, &j.rs.lang
	ids := v.byTerm[l.breaks]
	for i := v.first(l.breaks, from); i < len(ids); i++ {
		b := v.hits[ids[i]]
		if b.end > to {
			return false
		}
		if b.start >= from && !v.covered(b, l.breaksNot) && !v.within(l.because, from, b.start) {
			return true
		}
	}
	return false
}

func (j *judging) deniedAfter(m hit, hi int32) bool {
	v, t := j.v, j.rs.lang.after
	ids := v.byTerm[t]
	for i := v.first(t, m.end-1); i < len(ids); i++ {
		h := v.hits[ids[i]]
		if h.end > hi {
			return false
		}
		if h.start > m.start { // it may begin within: 学校、高考都不受影响
			return h.start-m.end <= reachHan
		}
	}
	return false
}

// cutText is original runes [i,j). The table of places is made once, for the first that asks: a walk each time would make a
// text of figures quadratic.
func (v *view) cutText(i, j int) string {
	if len(v.places) == 0 {
		for at := range v.src {
			v.places = append(v.places, int32(at))
		}
		v.places = append(v.places, int32(len(v.src)))
	}
	last := len(v.places) - 1
	i, j = min(max(i, 0), last), min(max(j, 0), last)
	if i >= j {
		return ""
	}
	return v.src[v.places[i]:v.places[j]]
}
