package guard

import (
	"slices"
	"strings"

	"hejie/bot/text"
)

// A name that is nearly the creditor's or the collector's is a slip or a trick wherever it stands: 江陵银行 for 江岭银行, Oakbridge
// Services for Oakridge Services. Names that are nothing like them are left to the places where a speaker names himself (orgs.go).

// nearNames objects to them.
func (r *draftRun) nearNames(j *judging) {
	rule := r.rs.orgs.rules.stranger
	if !slices.Contains(rule.Authors, r.d.Author) {
		return
	}
	for _, own := range []string{r.f.Creditor, r.f.Collector} {
		name := []rune(strings.TrimSpace(text.Fold(own).String()))
		if len(name) < 4 || len(name) > maxOrgName {
			continue
		}
		from, to := nearHan(j.v.fold.Runes, name)
		if latinRune(name[0]) {
			from, to = nearLatin(j.v.fold.Runes, strings.Fields(string(name)))
		}
		if from < 0 {
			continue
		}
		s, e := j.v.fold.Span(from, to)
		if shown := j.v.cutText(s, e); !r.ours(string(j.v.fold.Runes[from:to])) && (!latinRune(name[0]) || capitalised(shown)) && r.rs.orgs.core(strings.ToLower(shown)) != "" {
			j.raise(rule, s, e, shown, strings.ReplaceAll(r.rs.tables.Orgs.Tell.in(r.d.tells()), "{figure}", shown))
		}
	}
}

// ours: the name is the creditor's or the collector's.
func (r *draftRun) ours(name string) bool {
	for _, k := range []string{r.f.Creditor, r.f.Collector} {
		if k != "" && sameOrg(r.rs.orgs.core(name), r.rs.orgs.core(text.Fold(k).String())) {
			return true
		}
	}
	return false
}

// nearHan is the first place that differs from the name in one character of its own part, not of its ending (…银行).
func nearHan(rs, name []rune) (from, to int) {
	n := len(name)
	own := n - 2
	for i := 0; i+n <= len(rs); i++ {
		if rs[i+n-1] != name[n-1] || rs[i+n-2] != name[n-2] {
			continue
		}
		off := 0
		for k := range own {
			if rs[i+k] != name[k] {
				off++
			}
		}
		if off == 1 && isCJK(rs[i]) && isCJK(rs[i+own-1]) {
			return i, i + n
		}
	}
	return -1, 0
}

// nearLatin is the first run of words that are the name's but for one, which is misspelt.
func nearLatin(rs []rune, name []string) (from, to int) {
	var starts, ends []int
	for i := 0; i < len(rs); i++ {
		if letter := latinRune(rs[i]) || rs[i] == '\''; letter && (i == 0 || !latinRune(rs[i-1]) && rs[i-1] != '\'') {
			starts = append(starts, i)
		} else if !letter && len(starts) > len(ends) {
			ends = append(ends, i)
		}
	}
	if len(starts) > len(ends) {
		ends = append(ends, len(rs))
	}
	for w := 0; w+len(name) <= len(starts); w++ {
		off, gap := 0, false
		for k, want := range name {
			got := string(rs[starts[w+k]:ends[w+k]])
			gap = gap || k > 0 && starts[w+k] != ends[w+k-1]+1
			switch {
			case got == want:
			case len(want) >= 4 && misspelt(got, want):
				off++
			default:
				off = 2
			}
			if off > 1 || gap {
				break
			}
		}
		if off == 1 && !gap && len(name) > 1 {
			return starts[w], ends[w+len(name)-1]
		}
	}
	return -1, 0
}

// misspelt: one letter is changed, added or left out, or two stand in the wrong order.
func misspelt(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 || a == b {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch {
	case len(a) < len(b):
		return a[i:] == b[i+1:]
	case a[i+1:] == b[i+1:]:
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
