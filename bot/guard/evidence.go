package guard

import (
	"slices"

	"hejie/bot/guard/tone"
)

// A phrase is either certain or a suspicion. A certain one speaks for itself and nothing lets it go. A suspicion is words that
// people also use for good: the rule then asks one thing more, as it asks about a denial: does the sentence sound like something
// that must not be sent? Figures, links, names, identity and stage are never a matter of sound.

// suspects: pattern p of rule r is a suspicion. A firm rule, one the ear knows nothing of, and a pack without an ear have none; nor is what
// depends on the stage a matter of sound: the same quiet sentence is an answer at one and a threat at another.
func (e *ear) suspects(r *Rule, p *Pattern) bool {
	return e != nil && e.suspicion > 0 && !p.Certain && p.Statement == "" &&
		slices.ContainsFunc(e.labels, func(s *earSense) bool { return s != nil && s.rule == r && !s.firm })
}

// LetGo is a suspicion that the sentence around it did not bear out. It is kept for the officer who reads the verdict.
type LetGo struct {
	Rule   string `json:"rule"`
	Part   int    `json:"part"`
	Start  int    `json:"start"`
	End    int    `json:"end"`
	Text   string `json:"text"`
	Sounds int    `json:"sounds"` // how likely the sentence is one that must not be sent, in percent
}

// maxLetGo bounds what a verdict carries: an officer needs to see why, not a list of everything.
const maxLetGo = 8

// suspected is a suspicion still to be borne out: what else the sentence denies is known only when all phrases were looked at.
type suspected struct {
	pat *cpattern
	m   hit
}

// suspicions adds those that are borne out.
func (j *judging) suspicions() {
	for _, s := range j.v.suspected {
		if j.bornOut(s.pat, s.m) {
			from, to := j.v.key.Span(int(s.m.start), int(s.m.end))
			j.add(s.pat, from, to)
		}
	}
}

// twisted: the sentence plays with a denial (irony, a denial taken back or only for now, one thing denied and another not). The rule
// has weighed that word by word; how the whole sounds, with its kind half, is no answer.
func (j *judging) twisted(p *cpattern, m hit) bool {
	v, l := j.v, &j.rs.lang
	slo, shi := v.sentenceSpan(m.clause)
	next := v.nextEnd(shi)
	for _, t := range []int32{l.irony, l.rhetorical, l.tail, l.takesBack} {
		if v.within(t, slo, next) {
			return true
		}
	}
	lo, hi := v.clauseSpan(m.clause)
	if p.src.Negation != "ignored" && (j.negated(m, lo) || j.deniedAfter(m, hi)) { // denied, and the denial did not hold
		return true
	}
	if v.within(l.partial, lo, hi) || v.within(l.we, lo, hi) && v.within(l.negNot, lo, hi) { // for now; we would rather not
		return true
	}
	ours := !v.within(l.neg, lo, hi) && (v.within(l.we, lo, hi) || v.within(l.split, lo, hi)) // we will not X; but we will Y
	return ours && slices.ContainsFunc(v.excused, func(x excused) bool { return x.at >= slo && x.at < lo })
}

// bornOut: the sentence around m sounds bad enough for the suspicion p, or says too little to tell. Approved texts and buttons are
// not heard (a reply must not depend on how a statistic hears it), so for them every phrase is certain.
func (j *judging) bornOut(p *cpattern, m hit) bool {
	e := j.rs.ear
	if e == nil || j.v.button || j.d.ReplyID != "" || j.twisted(p, m) {
		return true
	}
	lo, hi := j.v.clauseSpan(m.clause)
	sounds, ok := j.v.sounds(e, int(min(lo, m.start)), int(max(hi, m.end)))
	if !ok || sounds >= e.suspicion {
		return true
	}
	if s, t := j.v.key.Span(int(m.start), int(m.end)); len(j.letGo) < maxLetGo {
		g := LetGo{Rule: p.rule.ID, Part: j.part, Start: s, End: t, Text: j.v.cutText(s, t), Sounds: int(100*sounds + 0.5)}
		if !slices.Contains(j.letGo, g) {
			j.letGo = append(j.letGo, g)
		}
	}
	return false
}

// hearing is what the ear made of the text in view: piece by piece, each heard once and only when asked for.
type hearing struct {
	cut     bool
	pieces  []tone.Piece
	any     []float32 // by piece; negative = not heard yet
	scratch tone.Scratch
	at      int       // the piece that sounded worst so far; -1 = none heard
	best    []float32 // how it sounded
	framed  bool      // best says how it sounds in its text
}

func (h *hearing) reset() { h.cut, h.framed, h.pieces, h.any = false, false, h.pieces[:0], h.any[:0] }

func (v *view) pieces() []tone.Piece {
	h := &v.hearing
	if !h.cut {
		h.cut, h.at, h.pieces = true, -1, tone.Pieces(h.pieces[:0], v.key.Runes)
		for range h.pieces {
			h.any = append(h.any, -1)
		}
	}
	return h.pieces
}

// hear is how bad piece i sounds.
func (v *view) hear(e *ear, i int) float32 {
	h := &v.hearing
	if h.any[i] < 0 {
		p := h.pieces[i]
		scores := e.model.Hear(&h.scratch, v.key.Runes[p.Start:p.End])
		h.any[i] = scores[tone.Any]
		if h.at < 0 || h.any[i] > h.any[h.at] || h.any[i] == h.any[h.at] && i < h.at {
			h.at, h.best = i, append(h.best[:0], scores...)
		}
	}
	return h.any[i]
}

// sounds is how bad the worst piece sounds that reaches into [lo,hi); false when none does.
func (v *view) sounds(e *ear, lo, hi int) (worst float32, heard bool) {
	for i, p := range v.pieces() {
		if p.End > lo && p.Start < hi {
			worst, heard = max(worst, v.hear(e, i)), true
		}
	}
	return worst, heard
}

// worst is the piece that sounds worst, and how it sounds in its text; false when there is none. Its scores are valid until the
// view is released. A suspicion asks for the piece alone (sounds): kind words around it are no excuse, and a few words none either.
func (v *view) worst(e *ear, threshold float32) (tone.Heard, bool) {
	for i := range v.pieces() {
		v.hear(e, i)
	}
	h := &v.hearing
	if h.at < 0 {
		scores, ok := e.model.HearFew(&h.scratch, h.pieces, v.key.Runes)
		return tone.Heard{End: len(v.key.Runes), Scores: scores}, ok
	}
	if !h.framed && !tone.Settled(h.best[tone.Any], threshold) {
		h.framed = true
		h.best[tone.Any] = tone.InContext(h.best[tone.Any], e.model.Whole(&h.scratch, h.pieces, v.key.Runes))
	}
	p := h.pieces[h.at]
	return tone.Heard{Start: p.Start, End: p.End, Scores: h.best}, true
}
