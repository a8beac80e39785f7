package guard

// How a text stands to what it names: asked and answered, disclaimed, warned of, or the denial taken back. The words are data (language.yaml).

// asked: the sentence asks something that its own author then answers, and not to taunt.
func (j *judging) asked(lo, hi int32) bool {
	v, l := j.v, &j.rs.lang
	return (v.within(l.inquires, lo, hi) || v.marked(hi)) && !v.within(l.rhetorical, lo, hi)
}

// answered: m is what somebody asks or fears, and a clause soon after it says no to that (您问会不会派人去单位，不会；要考公务员？没影响).
func (j *judging) answered(m hit) bool {
	v, l := j.v, &j.rs.lang
	slo, shi := v.sentenceSpan(m.clause)
	if !j.asked(slo, shi) {
		return false
	}
	next := v.nextEnd(shi)
	for c := m.clause + 1; c < int32(len(v.sents)) && c <= m.clause+3; c++ {
		lo, hi := v.clauseSpan(c)
		if lo >= next {
			return false
		}
		if h, ok := v.find1(l.saysNo, lo, hi); ok && h.start-lo <= answerLead && !v.spoiled(h, l.negNot) && !j.broken(h.end, hi) {
			return true
		}
	}
	return false
}

// disclaimed: the sentence goes on to say that we do no such thing, or that it is not allowed (贴照片这种手段，我们明令禁止). A demand in
// the sentence takes that back. What is said before m denies nothing here: we won't do this, we'll do that.
func (j *judging) disclaimed(m hit, lo, hi int32) bool {
	v, l := j.v, &j.rs.lang
	to := v.clauses[min(int(m.clause)+disclaimReach+1, len(v.clauses)-1)]
	h, ok := v.find1(l.disclaims, m.end, min(hi, to))
	return ok && !v.spoiled(h, l.negNot) && !v.within(l.demands, lo, hi)
}

// disclaimReach is how many clauses after m it may stand.
const disclaimReach = 3

// answerLead is what may stand before the no of an answer: 我们肯定, 当然.
const answerLead = 5

// takenBack: the sentence of m, or what follows it, makes an exception of us or of this debtor, so nothing in it excuses.
func (j *judging) takenBack(m hit) bool {
	slo, shi := j.v.sentenceSpan(m.clause)
	next := j.v.nextEnd(shi)
	return j.v.within(j.rs.lang.takesBack, slo, next) && !j.v.within(j.rs.lang.mentions, slo, next)
}

// warned: the sentence warns of others who do such things, and it is not we who do them here.
func (j *judging) warned(m hit) bool {
	v, l := j.v, &j.rs.lang
	slo, _ := v.sentenceSpan(m.clause)
	ids := v.byTerm[l.warning]
	for i, tries := v.first(l.warning, slo), 0; i < len(ids) && tries < maxWarnings; i++ {
		w := v.hits[ids[i]]
		if w.end > m.end {
			return false
		}
		if w.start < slo || m.clause-w.clause > 2 || m.clause > w.clause && v.covered(w, l.closed) {
			continue
		}
		tries++
		actor, ok := v.find1(l.we, max(w.end, v.clauses[m.clause]), m.end)
		if (!ok || v.covered(actor, l.warning)) && !v.within(l.demands, w.end, m.end) {
			return true
		}
	}
	return false
}

// maxWarnings bounds how many warnings of a sentence are tried.
const maxWarnings = 4

// near: a word of t stands in [lo,hi), and not only in a warning that is complete in another clause than c.
func (j *judging) near(t, c, lo, hi int32) bool {
	v := j.v
	ids := v.byTerm[t]
	for i := v.first(t, lo); i < len(ids); i++ {
		h := v.hits[ids[i]]
		if h.end > hi {
			return false
		}
		if h.start >= lo && (h.clause == c || !v.covered(h, j.rs.lang.closed)) {
			return true
		}
	}
	return false
}
