package guard

import (
	"regexp"
	"strings"
)

// reported: m tells what somebody else did or said, with a remedy or our regret beside it ("someone put your picture in a group?
// Report it"), or it stands in quotation marks as a word spoken of ("“deadbeat” is a word we do not use"). A demand, a taunt or a
// doubt in the same breath takes that back.
func (j *judging) reported(m hit) bool {
	v, l := j.v, &j.rs.lang
	slo, shi := v.sentenceSpan(m.clause)
	next := v.nextEnd(shi)
	if v.within(l.tail, m.end, next) || v.within(l.rhetorical, slo, shi) || v.within(l.irony, slo, next) {
		return false
	}
	if j.spokenOf(m, slo, next) { // a demand inside the marks is spoken of as well
		return true
	}
	if slo > 0 { // what was said may stand in the sentence before: 您刚说不想活了。请告诉身边的人
		slo, _ = v.sentenceSpan(v.clauseAt(slo - 1))
	}
	lo, hi := v.around(m.clause)
	slo, next = max(slo, lo), min(next, hi)
	return v.within(l.said, slo, next) && v.within(l.remedy, slo, next) && !v.within(l.demands, slo, next)
}

// spokenOf: m stands in quotation marks and is spoken of, not said.
func (j *judging) spokenOf(m hit, lo, hi int32) bool {
	return j.v.within(j.rs.lang.mentions, lo, hi) && j.quoted(m)
}

// quotes that open, and what closes each.
var quotes = map[rune]string{'“': "”", '「': "」", '『': "』", '‘': "’", '"': "\"", '《': "》"}

// quoted: the characters of m stand between quotation marks.
func (j *judging) quoted(m hit) bool {
	s, e := j.v.key.Span(int(m.start), int(m.end))
	src := []rune(j.v.src)
	if s > len(src) || e > len(src) {
		return false
	}
	before, after := string(src[max(0, s-quoteReach):s]), string(src[max(s, e-1):min(len(src), e+quoteReach)])
	if opens.MatchString(before) && closes.MatchString(after) {
		return true
	}
	for open, end := range quotes {
		b := before
		if string(open) == end {
			if strings.Count(string(src[:s]), end)%2 == 1 && strings.Contains(after, end) {
				return true
			}
			continue
		}
		at := strings.LastIndex(b, string(open))
		if at >= 0 && !strings.Contains(b[at:], end) && strings.Contains(after, end) {
			return true
		}
	}
	return false
}

// 'So' is quoted in English too, where the same mark stands inside words (didn't) and at their end (days').
var (
	opens  = regexp.MustCompile(`(^|[\s(,:])'[^']*([a-z]'[a-z][^']*)*$`)
	closes = regexp.MustCompile(`^[^']*([a-z]'[a-z][^']*)*'([\s,.;:!?)]|$)`)
)

// quoteReach is how long a quotation may be on either side of what is found in it: more is a way to wrap a threat in marks.
const quoteReach = 24
