package guard

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// sequence is terms in order with the widest gap allowed after each.
type sequence struct {
	terms []int32
	gaps  []int
}

// element is one part of a phrase and what may stand between it and the next.
type element struct {
	term int32
	skip bool // it may be left out
	gap  int  // after it
}

// maxSequences bounds how many ways a phrase with parts that may be left out is written.
const maxSequences = 16

// isSequence: the phrase has parts that are found one by one.
func isSequence(s string) bool {
	if strings.ContainsRune(s, '~') {
		return true
	}
	return len(chunks(s)) > 1
}

// sequences compiles a phrase; one with parts that may be left out gives several.
func (l *lexicon) sequences(s string) ([]sequence, error) {
	var parts []element
	for rest := s; ; {
		part, after, gapped := strings.Cut(rest, "~")
		gap := gapLatin
		if after2, far := strings.CutPrefix(after, "~"); far {
			after, gap = after2, gapFar
		}
		for _, c := range chunks(part) {
			e, err := l.element(c)
			if err != nil {
				return nil, fmt.Errorf("phrase %q: %w", s, err)
			}
			parts = append(parts, e)
		}
		if !gapped {
			break
		}
		if last := &parts[len(parts)-1]; gap == gapLatin && l.hanTerm[last.term] {
			last.gap = gapHan
		} else {
			last.gap = gap
		}
		rest = after
	}
	out := variants(parts)
	if len(out) == 0 || len(out) > maxSequences {
		return nil, fmt.Errorf("phrase %q: too many parts that may be left out", s)
	}
	return out, nil
}

// wideProduct is the number of spellings from which a phrase of brackets is looked for bracket by bracket: its size is then
// the sum of its alternatives, not their product.
const wideProduct = 256

// chunks cuts a part without gaps where groups and literals meet: 给 @family 打电话; and one of many spellings at its brackets.
func chunks(s string) []string {
	if !strings.ContainsRune(s, '@') {
		if all, err := expand(s); err == nil && len(all) <= wideProduct {
			return []string{s}
		}
		return brackets(s)
	}
	if _, whole := bracketed(s); whole || len(topLevelAlternatives(s)) > 1 {
		return []string{s}
	}
	var out []string
	add := func(c string) {
		if strings.TrimSpace(c) != "" {
			out = append(out, c)
		}
	}
	depth, from := 0, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '(':
			if depth++; depth == 1 && groupInside(s[i:]) {
				add(s[from:i])
				from = i
			}
		case c == ')':
			if depth--; depth == 0 && strings.ContainsRune(s[from:i], '@') {
				add(s[from : i+1])
				from = i + 1
			}
		case c == '@' && depth == 0:
			add(s[from:i])
			end := i + 1
			for end < len(s) && (s[end] == '_' || s[end] >= 'a' && s[end] <= 'z') {
				end++
			}
			add(s[i:end])
			from, i = end, end-1
		}
	}
	add(s[from:])
	return out
}

// brackets cuts (你|您)家里(有|还有)(老人|小孩) at its brackets. Only between Chinese characters: arrest(ed|ing) is one word.
func brackets(s string) []string {
	var out []string
	depth, from := 0, 0
	cut := func(i int) {
		if i > from {
			out, from = append(out, s[from:i]), i
		}
	}
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(':
			if depth++; depth == 1 && (i == 0 || s[i-1] >= utf8.RuneSelf || s[i-1] == ')') && hanBegins(s[i:]) {
				cut(i)
			}
		case ')':
			if depth--; depth == 0 && hanBegins(s[i+1:]) {
				cut(i + 1)
			}
		case '|':
			if depth == 0 {
				return []string{s} // alternatives of the whole: nothing to gain
			}
		}
	}
	cut(len(s))
	return out
}

// hanBegins: the next letter, brackets aside, is no Latin one.
func hanBegins(s string) bool {
	s = strings.TrimLeft(s, "()|")
	return s != "" && s[0] >= utf8.RuneSelf
}

// groupInside: the bracket that s begins with holds a group.
func groupInside(s string) bool {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return strings.ContainsRune(s[:i], '@')
			}
		}
	}
	return false
}

func (l *lexicon) element(part string) (element, error) {
	lits, err := l.literals(part, 0)
	if err != nil {
		return element{}, err
	}
	e := element{gap: gapNone}
	n := len(lits)
	lits = slices.DeleteFunc(lits, func(s string) bool { return strings.TrimSpace(s) == "" })
	e.skip = len(lits) < n
	e.term, err = l.termOf(lits)
	return e, err
}

// variants are the sequences with and without each part that may be left out.
func variants(parts []element) []sequence {
	out := []sequence{{}}
	for i, e := range parts {
		n := len(out)
		for k := range n {
			q := out[k]
			if e.skip && len(parts) > 1 {
				without := sequence{terms: slices.Clone(q.terms), gaps: slices.Clone(q.gaps)}
				if e.gap != gapNone && len(without.gaps) > 0 { // the gap after the part that is left out stays
					without.gaps[len(without.gaps)-1] = max(without.gaps[len(without.gaps)-1], e.gap)
				}
				out = append(out, without)
			}
			q.terms = append(slices.Clone(q.terms), e.term)
			if i < len(parts)-1 {
				q.gaps = append(slices.Clone(q.gaps), e.gap)
			}
			out[k] = q
		}
		if len(out) > maxSequences {
			return out
		}
	}
	out = slices.DeleteFunc(out, func(q sequence) bool { return len(q.terms) == 0 })
	for i := range out { // nothing follows the last part
		out[i].gaps = out[i].gaps[:len(out[i].terms)-1]
	}
	return out
}
