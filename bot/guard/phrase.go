package guard

import (
	"fmt"
	"slices"
	"strings"

	"hejie/bot/text"
)

// The small language of phrases in rule files:
//
//	坐牢            a literal; matched on the harsh key of the text, so width, script, spacing and leet do not matter
//	(坐|蹲)(牢|监)   alternatives; an empty one is allowed: (马上|)起诉
//	arrest*         open end: arrested, arresting (Latin words otherwise match whole)
//	@family         a group of vocab.yaml
//	给@family打电话  groups and literals that touch (Latin words with a space between); (的|) between them may be left out
//	(@family|房东)   one of several groups or literals; groups are not multiplied out
//	联系~@family     a gap: the parts in this order, close together, in one clause
//	联系~~@family    the same, anywhere later in the clause
//
// Nothing else: no regular expressions, so cost stays linear.
const (
	gapHan   = 8
	gapLatin = 30
	gapFar   = 4000
	gapNone  = -1 // the next part touches, or one space stands between
)

// maxAlternatives bounds one literal's expansion: a typing slip must not fill the memory.
const maxAlternatives = 4096

type use struct {
	term int32
	open bool // a Latin phrase may go on: arrest*
}

// lexicon turns phrase strings into terms (sets of literals) and keeps the literals for the automaton.
type lexicon struct {
	groups   map[string][]string
	phrases  [][]rune
	uses     [][]use // by phrase
	length   []int   // by phrase, in runes
	byText   map[string]int32
	terms    int32
	termKeys map[string]int32
	hanTerm  map[int32]bool
	fold     text.Folded // working space of add
	key      text.Folded
}

func newLexicon(groups map[string][]string) *lexicon {
	return &lexicon{groups: groups, byText: map[string]int32{}, termKeys: map[string]int32{}, hanTerm: map[int32]bool{}}
}

// close forgets what only more phrases would need.
func (l *lexicon) close() {
	l.byText, l.termKeys, l.phrases, l.fold, l.key = nil, nil, nil, text.Folded{}, text.Folded{}
}

// term is the id of "any of these parts"; equal sets share one.
func (l *lexicon) term(parts []string) (int32, error) {
	var lits []string
	for _, p := range parts {
		more, err := l.literals(p, 0)
		if err != nil {
			return 0, err
		}
		lits = append(lits, more...)
	}
	return l.termOf(lits)
}

// termOf is the id of "any of these literals".
func (l *lexicon) termOf(lits []string) (int32, error) {
	slices.Sort(lits)
	lits = slices.Compact(lits)
	if len(lits) == 0 {
		return 0, fmt.Errorf("empty phrase list")
	}
	key := strings.Join(lits, "\x00")
	if t, ok := l.termKeys[key]; ok {
		return t, nil
	}
	t := l.terms
	l.terms++
	l.termKeys[key] = t
	for _, lit := range lits {
		if err := l.add(lit, t); err != nil {
			return 0, err
		}
	}
	return t, nil
}

func (l *lexicon) add(lit string, t int32) error {
	body, open := strings.CutSuffix(lit, "*")
	l.fold.Reset(body)
	l.fold.KeyInto(&l.key)
	s := strings.TrimSpace(l.key.String())
	if s == "" {
		return fmt.Errorf("phrase %q is empty after folding", lit)
	}
	id, ok := l.byText[s]
	if !ok {
		id = int32(len(l.phrases))
		l.byText[s] = id
		l.phrases = append(l.phrases, []rune(s))
		l.uses = append(l.uses, nil)
		l.length = append(l.length, len(l.phrases[id]))
	}
	l.uses[id] = append(l.uses[id], use{term: t, open: open})
	if rs := l.phrases[id]; !latinRune(rs[len(rs)-1]) {
		l.hanTerm[t] = true
	}
	return nil
}

func (l *lexicon) literals(part string, depth int) ([]string, error) {
	if strings.ContainsRune(part, '~') {
		return nil, fmt.Errorf("%q: a gap is not allowed here", part)
	}
	if !strings.ContainsRune(part, '@') {
		return expand(part)
	}
	if depth > 4 {
		return nil, fmt.Errorf("groups nest too deep at %q", part)
	}
	if inner, ok := bracketed(part); ok {
		part = inner
	}
	var all []string
	for _, alt := range topLevelAlternatives(part) {
		name, isGroup := strings.CutPrefix(alt, "@")
		members, known := l.groups[name]
		switch {
		case !isGroup && strings.ContainsRune(alt, '@'), isGroup && strings.ContainsAny(name, "@()"):
			return nil, fmt.Errorf("%q: a group must be a part of its own here", alt)
		case !isGroup:
			members = []string{alt}
		case !known:
			return nil, fmt.Errorf("unknown group %q", alt)
		}
		for _, m := range members {
			more, err := l.literals(m, depth+1)
			if err != nil {
				return nil, err
			}
			all = append(all, more...)
		}
	}
	return all, nil
}

// bracketed is what stands between the brackets of a part that is nothing but one bracket.
func bracketed(s string) (string, bool) {
	if !strings.HasPrefix(s, "(") {
		return "", false
	}
	depth := 0
	for i, r := range s {
		switch r {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return s[1:i], i == len(s)-1
			}
		}
	}
	return "", false
}

// topLevelAlternatives parts a|(b|c)d|@e at the bars outside brackets.
func topLevelAlternatives(s string) []string {
	var out []string
	depth, from := 0, 0
	for i, r := range s {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		case '|':
			if depth == 0 {
				out, from = append(out, s[from:i]), i+1
			}
		}
	}
	return append(out, s[from:])
}

// expand writes out the alternatives of a literal; groups of alternatives may nest.
func expand(s string) ([]string, error) {
	out, rest, err := alternatives(s)
	if err == nil && rest != "" {
		err = fmt.Errorf("%q: stray )", s)
	}
	return out, err
}

// alternatives reads a|b|c up to the end or a closing bracket, which it leaves.
func alternatives(s string) (out []string, rest string, err error) {
	cur := []string{""}
	for s != "" && s[0] != ')' {
		switch s[0] {
		case '|':
			out, cur, s = append(out, cur...), []string{""}, s[1:]
		case '(':
			in, rest, err := alternatives(s[1:])
			if err != nil {
				return nil, "", err
			}
			if rest == "" {
				return nil, "", fmt.Errorf("( without )")
			}
			cur, s = appendAll(cur, in), rest[1:]
		default:
			n := strings.IndexAny(s, "()|")
			if n < 0 {
				n = len(s)
			}
			cur, s = appendAll(cur, []string{s[:n]}), s[n:]
		}
		if len(cur) > maxAlternatives {
			return nil, "", fmt.Errorf("too many alternatives")
		}
	}
	return append(out, cur...), s, nil
}

func appendAll(heads, tails []string) []string {
	if len(tails) == 1 && tails[0] == "" {
		return heads
	}
	out := make([]string, 0, len(heads)*len(tails))
	for _, h := range heads {
		for _, t := range tails {
			out = append(out, h+t)
		}
	}
	return out
}

func latinRune(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' }
