package guard

import "slices"

// language is how sentences work, as data (language.yaml): what denies, what takes the denial back, what parts clauses.
type language struct {
	split, splitNot      int32 // but, otherwise …; longer words that only look like them
	adjacent             int32 // a bare not: denies only what it touches
	neg, negNot          int32 // will not, never …; wishes, partial and double negations that do not deny
	breaks               int32 // between a negation and a phrase: the negation ended (then, will, we)
	after                int32 // "… is out of the question": denial after the phrase
	rhetorical, irony    int32
	tail, condition      int32 // who knows; unless, if you pay: they take a denial back
	lawful               int32 // unless you agree, unless the law says so: they do not
	warning, we, demands int32
	asks                 int32
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
}

func (j *judging) phrases() {
	for x := 0; x < len(j.v.touched); x++ {
		t := j.v.touched[x]
		for _, ref := range j.rs.seqs[t] {
			if !j.concerns(ref.pat) {
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
			if c := &j.rs.cos[t][i]; j.concerns(c.pat) {
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
				h.start, h.end = min(h.start, o.start), max(h.end, o.end)
			}
		}
		if all && j.object(c.pat, h) {
			if n++; n >= maxHitsPerPattern {
				return
			}
		}
	}
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
	lo, hi := j.v.clauseSpan(m.clause)
	if j.v.within(p.unless, lo, hi) {
		return false
	}
	if p.unlessText >= 0 && len(j.v.byTerm[p.unlessText]) > 0 {
		return false
	}
	if p.unlessNear >= 0 {
		if slo, shi := j.v.sentenceSpan(m.clause); j.v.within(p.unlessNear, slo, shi) {
			return false
		}
	}
	if j.v.button && p.src.Button != "judged" && j.question(m.clause) {
		return false
	}
	if p.src.Negation != "ignored" && j.denied(m) {
		return false
	}
	if p.src.Warning != "ignored" && j.warned(m) {
		return false
	}
	if p.stmt != nil && p.stmt.allows(j, m) {
		return false
	}
	j.add(p.rule, p.decision, m.start, m.end)
	return true
}

func (j *judging) add(r *Rule, d Decision, start, end int32) {
	s, e := j.v.key.Span(int(start), int(end))
	j.addSpan(r, d, s, e)
}

func (j *judging) addSpan(r *Rule, d Decision, s, e int) {
	for i := range j.found {
		h := &j.found[i]
		if h.Rule == r.ID && h.Part == j.part && h.Start < e && s < h.End { // one rule, one place: the wider span
			h.Start, h.End = min(h.Start, s), max(h.End, e)
			h.Text = cutRunes(j.v.src, h.Start, h.End)
			return
		}
	}
	j.found = append(j.found, Hit{
		Rule: r.ID, Decision: d, Part: j.part, Start: s, End: e,
		Text: cutRunes(j.v.src, s, e), Why: r.Tell.in(j.d.Lang), Basis: r.basis,
	})
}

// question: the clause asks. On a quick-reply button that is the debtor's own question, not our claim.
func (j *judging) question(c int32) bool {
	lo, hi := j.v.clauseSpan(c)
	if k := int(hi) - 1; k >= 0 && k < len(j.v.key.Runes) && j.v.key.Runes[k] == '?' {
		return true
	}
	return j.v.within(j.rs.lang.asks, lo, hi)
}

// denied: the clause denies m, and nothing takes the denial back (4.1 points 2 and 3 of the rule catalogue).
func (j *judging) denied(m hit) bool {
	v, l := j.v, &j.rs.lang
	lo, hi := v.clauseSpan(m.clause)
	slo, shi := v.sentenceSpan(m.clause)
	if v.within(l.rhetorical, slo, shi) || v.within(l.irony, slo, shi) {
		return false
	}
	if !j.negated(m, lo) && !j.deniedAfter(m, hi) {
		return false
	}
	// What follows in the next sentence may still take it back: 不会坐牢。不过就难说了。
	_, next := v.sentenceSpan(min(v.clauseAt(shi), int32(len(v.sents)-1)))
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
	if h, ok := v.find1(l.adjacent, m.start-1, m.start); ok && !v.covered(h, l.negNot) {
		return true
	}
	ids := v.byTerm[l.neg]
	for i := v.first(l.neg, lo); i < len(ids); i++ {
		n := v.hits[ids[i]]
		if n.start >= m.end {
			break
		}
		if n.start >= m.start { // within a part it belongs to it (投诉没用, case no); between the parts it denies (we will not visit)
			if n.start >= m.gapLo && n.end <= m.gapHi && !v.covered(n, l.negNot) && !v.within(l.breaks, n.end, m.gapHi) {
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
		case n.end > m.start && n.end < m.end: // it runs into the phrase
		case v.covered(n, l.negNot):
		case n.end <= m.start && v.within(l.breaks, n.end, m.start):
		default:
			return true
		}
	}
	return false
}

func (j *judging) deniedAfter(m hit, hi int32) bool {
	h, ok := j.v.find1(j.rs.lang.after, m.end, hi)
	return ok && h.start-m.end <= reachHan
}

// warned: the sentence warns of others who do such things, and it is not we who do them here.
func (j *judging) warned(m hit) bool {
	v, l := j.v, &j.rs.lang
	slo, _ := v.sentenceSpan(m.clause)
	w, ok := v.find1(l.warning, slo, m.end)
	if !ok || m.clause-w.clause > 2 {
		return false
	}
	from := max(w.end, v.clauses[m.clause])
	actor, ok := v.find1(l.we, from, m.start)
	return (!ok || v.covered(actor, l.warning)) && !v.within(l.demands, w.end, m.end)
}

func cutRunes(s string, i, j int) string {
	n := 0
	from, to := len(s), len(s)
	for at := range s {
		if n == i {
			from = at
		}
		if n == j {
			to = at
			break
		}
		n++
	}
	if from > to {
		return ""
	}
	return s[from:to]
}
