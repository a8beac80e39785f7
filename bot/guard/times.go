package guard

import (
	"slices"
	"strings"

	"hejie/bot/text"
)

// clock judges a time of day. Service hours bind nobody; a time by which somebody must pay is a claim and needs a source.
func (r *draftRun) clock(j *judging, g *text.Figure, pos int32) (FigureKind, Figure, bool) {
	if at, ok := clockOf(g.Text); ok {
		if k, ok := r.known.hour(at); ok {
			return Time, k, true
		}
	}
	if at, ok := clockOf(g.Text); ok && at == 24*60 {
		return "", Figure{}, false // the end of a day that stands beside it
	}
	if r.known.counts() && r.inClause(j, r.rs.words.opening, pos) {
		return Time, Figure{}, false
	}
	lo, hi := j.v.clauseSpan(j.v.clauseAt(pos))
	if j.v.within(r.rs.words.deadline, max(lo, pos-4), min(hi, pos+12)) && j.v.within(r.rs.words.pays, lo, hi) {
		return Time, Figure{}, false
	}
	return "", Figure{}, false
}

// hour is a known time of day; a count stands for one too: 5 is five o'clock.
func (k *known) hour(at int) (Figure, bool) {
	for _, g := range k.own {
		if g.Kind == Time && slices.Contains(clocksOf(g.Text), at) || g.Kind == Count && int(g.Value)*60 == at {
			return g, true
		}
	}
	return Figure{}, false
}

// clocksOf reads 09:00 or a range such as 09:00-18:00.
func clocksOf(s string) []int {
	var out []int
	for _, p := range strings.FieldsFunc(s, func(r rune) bool { return r == '-' || r == '~' || r == '至' || r == '到' || r == '–' }) {
		if at, ok := clockOf(p); ok {
			out = append(out, at)
		}
	}
	return out
}

// clockOf is the minute of the day of 9:30, 下午5点, 17点半, 5 pm.
func clockOf(s string) (int, bool) {
	var nums []int
	n, in := 0, false
	folded := text.Fold(s).String()
	for _, c := range folded + " " {
		if c >= '0' && c <= '9' && n < 10_000 {
			n, in = n*10+int(c-'0'), true
		} else if in {
			nums, n, in = append(nums, n), 0, false
		}
	}
	if len(nums) == 0 || len(nums) > 3 || nums[0] > 24 {
		return 0, false
	}
	hour, minute := nums[0], 0
	switch {
	case len(nums) > 1 && nums[1] < 60:
		minute = nums[1]
	case strings.Contains(folded, "半"):
		minute = 30
	}
	if hour < 12 && (strings.Contains(folded, "下午") || strings.Contains(folded, "晚") || strings.Contains(folded, "pm") || strings.Contains(folded, "p.m")) {
		hour += 12
	}
	return hour*60 + minute, true
}
