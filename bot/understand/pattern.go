package understand

import (
	"errors"
	"fmt"
	"strings"

	"hejie/bot/text"
)

// A pattern is a phrase with a little more: (a|b) either, (a|) maybe, … up to a few words of the same clause in between,
// …… the same across a comma,
// <name> a list of words.yaml, ^ and $ the ends of a clause. It is matched on normalised text.
type element struct {
	alts [][]rune
	gap  int  // runes that may stand before it
	far  bool // …… : the gap may cross a comma
}

type pattern struct {
	rest       []element // all but the first element, whose words are in the trie
	start, end bool
	rule       int // index of the intent rule
	weight     float64
	kind       hitKind
}

type hitKind uint8

const (
	said   hitKind = iota
	except         // a look-alike: hides this intent's phrases inside it
)

// Gaps a … may bridge: Chinese says in eight characters what English says in thirty letters.
const (
	gapHan   = 8
	gapLatin = 32
)

// compile parses a pattern and expands its first element into head words.
func compile(src string, words map[string][]string) (heads [][]rune, p pattern, err error) {
	s := src
	if rest, ok := strings.CutPrefix(s, "^"); ok {
		s, p.start = rest, true
	}
	if rest, ok := strings.CutSuffix(s, "$"); ok {
		s, p.end = rest, true
	}
	els, err := elements(s, words)
	if err != nil {
		return nil, p, fmt.Errorf("pattern %q: %w", src, err)
	}
	// an element that may be empty cannot be looked up: widen the head until it cannot
	heads = els[0].alts
	els = els[1:]
	for hasEmpty(heads) {
		if len(els) == 0 {
			return nil, p, fmt.Errorf("pattern %q matches nothing at all", src)
		}
		heads = product(heads, els[0].alts)
		els = els[1:]
	}
	p.rest = els
	return heads, p, nil
}

func hasEmpty(alts [][]rune) bool {
	for _, a := range alts {
		if len(a) == 0 {
			return true
		}
	}
	return false
}

func product(a, b [][]rune) [][]rune {
	out := make([][]rune, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			out = append(out, append(append([]rune{}, x...), y...))
		}
	}
	return out
}

// elements splits a pattern into literals, groups and gaps.
func elements(s string, words map[string][]string) ([]element, error) {
	var els []element
	gap, far := 0, false
	for s != "" {
		if rest, ok := strings.CutPrefix(s, "……"); ok {
			s, gap, far = rest, 2*gapHan, true
			continue
		}
		if rest, ok := strings.CutPrefix(s, "…"); ok {
			s, gap = rest, gapHan
			continue
		}
		part, rest, err := cutPart(s)
		if err != nil {
			return nil, err
		}
		alts, err := spell(part, words)
		if err != nil {
			return nil, err
		}
		e := element{gap: gap, far: far}
		for _, a := range alts {
			e.alts = append(e.alts, literal(a))
		}
		if e.gap > 0 && latinOnly(e.alts) {
			e.gap = gapLatin
		}
		els, gap, far, s = append(els, e), 0, false, rest
	}
	if len(els) == 0 || gap > 0 || els[0].gap > 0 {
		return nil, errors.New("must begin and end with words")
	}
	return els, nil
}

// cutPart takes the first literal, group or list off s.
func cutPart(s string) (part, rest string, err error) {
	switch s[0] {
	case '(':
		depth := 0
		for i, c := range s {
			switch c {
			case '(':
				depth++
			case ')':
				if depth--; depth == 0 {
					return s[:i+1], s[i+1:], nil
				}
			}
		}
		return "", "", errors.New("a ( is not closed")
	case '<':
		if i := strings.IndexByte(s, '>'); i > 0 {
			return s[:i+1], s[i+1:], nil
		}
		return "", "", errors.New("a < is not closed")
	}
	if i := strings.IndexAny(s, "(<…"); i > 0 {
		return s[:i], s[i:], nil
	}
	return s, "", nil
}

// spell lists what a part may stand for; groups may nest, and [0-9] is any digit.
func spell(part string, words map[string][]string) ([]string, error) {
	if i := strings.Index(part, "[0-9]"); i >= 0 {
		part = strings.ReplaceAll(part, "[0-9]", "(0|1|2|3|4|5|6|7|8|9)")
	}
	switch {
	case part == "":
		return []string{""}, nil
	case part[0] == '<':
		list, ok := words[part[1:len(part)-1]]
		if !ok {
			return nil, fmt.Errorf("no word list %s", part)
		}
		return list, nil
	case part[0] == '(' && matching(part) == len(part)-1:
		var out []string
		for _, alt := range splitTop(part[1 : len(part)-1]) {
			more, err := spell(alt, words)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
		return out, nil
	case strings.ContainsRune(part, '…'):
		return nil, errors.New("a group cannot hold a gap")
	case !strings.ContainsAny(part, "(<"):
		return []string{part}, nil
	}
	out := []string{""}
	for part != "" {
		head, rest, err := cutPart(part)
		if err != nil {
			return nil, err
		}
		more, err := spell(head, words)
		if err != nil {
			return nil, err
		}
		var next []string
		for _, a := range out {
			for _, b := range more {
				next = append(next, a+b)
			}
		}
		out, part = next, rest
	}
	return out, nil
}

// matching is the place of the ) that closes the ( at the start of s.
func matching(s string) int {
	depth := 0
	for i, c := range s {
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// splitTop splits at the | outside inner groups.
func splitTop(s string) []string {
	var out []string
	depth, from := 0, 0
	for i, c := range s {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == '|' && depth == 0:
			out, from = append(out, s[from:i]), i+1
		}
	}
	return append(out, s[from:])
}

func latinOnly(alts [][]rune) bool {
	for _, a := range alts {
		for _, c := range a {
			if isHan(c) {
				return false
			}
		}
	}
	return true
}

// literal folds a phrase as a message is folded; inner and outer spaces of English stay.
func literal(s string) []rune {
	f := text.Fold(s)
	out := make([]rune, 0, len(f.Runes))
	for _, c := range f.Runes {
		switch c {
		case '\'':
			continue
		case '$':
			c = clauseEnds
		case ',', '，':
			c = anyMark
		}
		out = append(out, mandarin(c))
	}
	return out
}

// trie is the head words of all patterns: one map, no pointers to chase.
type trie struct {
	next  map[uint64]int32
	ends  map[int32][]int32 // node -> patterns whose head ends there
	nodes int32
}

func newTrie() *trie { return &trie{next: map[uint64]int32{}, ends: map[int32][]int32{}} }

func (t *trie) add(word []rune, pat int32) {
	n := int32(0)
	for _, c := range word {
		key := uint64(n)<<32 | uint64(c)
		m, ok := t.next[key]
		if !ok {
			t.nodes++
			m = t.nodes
			t.next[key] = m
		}
		n = m
	}
	t.ends[n] = append(t.ends[n], pat)
}

// hit is one pattern found at [from,to) of the normalised text.
type hit struct {
	rule     int
	from, to int
	weight   float64
	kind     hitKind
	negated  bool
}

// find returns every hit in n.
func (b *book) find(n norm) []hit {
	var hits []hit
	for i := range n.rs {
		node := int32(0)
		for j := i; j < len(n.rs); j++ {
			m, ok := b.heads.next[uint64(node)<<32|uint64(n.rs[j])]
			if !ok {
				break
			}
			node = m
			for _, id := range b.heads.ends[node] {
				p := &b.patterns[id]
				if p.start && !n.clauseStart(i) || isLatin(n.rs[i]) && i > 0 && isLatin(n.rs[i-1]) {
					continue
				}
				if to := p.follow(n, j+1, 0); to > 0 {
					hits = append(hits, hit{rule: p.rule, from: i, to: to, weight: p.weight, kind: p.kind})
				}
			}
		}
	}
	return hits
}

// follow matches the elements after the head from place i; 0 = no match.
func (p *pattern) follow(n norm, i, k int) int {
	if k == len(p.rest) {
		if p.end && !n.clauseEnd(i) || i < len(n.rs) && isLatin(n.rs[i]) && isLatin(n.rs[i-1]) {
			return 0
		}
		return i
	}
	e := &p.rest[k]
	for skip := 0; skip <= e.gap; skip++ {
		j := i + skip
		if j > len(n.rs) || skip > 0 && isMark(n.rs[j-1]) && !(e.far && n.rs[j-1] != '?') {
			break
		}
		for _, a := range e.alts {
			next := n.after(j, a)
			if next < 0 || len(a) > 0 && skip > 0 && isLatin(a[0]) && isLatin(n.rs[j-1]) {
				continue
			}
			if to := p.follow(n, next, k+1); to > 0 {
				return to
			}
		}
	}
	return 0
}

// Two signs stand for more than a character: $ for the end of a clause, and a comma for any mark.
const (
	clauseEnds rune = 0
	anyMark    rune = 1
)

// after is the place behind word if it stands at i, else -1.
func (n norm) after(i int, word []rune) int {
	for _, c := range word {
		switch {
		case c == clauseEnds:
			if !n.clauseEnd(i) {
				return -1
			}
			continue
		case i >= len(n.rs) || n.rs[i] != c && !(c == anyMark && isMark(n.rs[i])):
			return -1
		}
		i++
	}
	return i
}

func (n norm) stands(i int, word []rune) bool { return n.after(i, word) >= 0 }
