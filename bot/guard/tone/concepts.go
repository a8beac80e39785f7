package tone

import (
	_ "embed" // the ideas
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed concepts.txt
var conceptText string

// ideas finds which concepts a key touches. It is a plain trie, walked from each character and each start of a word.
type ideas struct {
	names []string
	pairs []string // names[a]+names[b] at a*len+b
	nodes []ideaNode
	first [1 << 10]uint64 // a bit for each character a word may begin with: most begin none
}

type ideaNode struct {
	next map[rune]int32
	ends []ideaEnd
}

type ideaEnd struct {
	concept int32
	open    bool // the word may go on
}

// ownIdeas are the ones that are part of the program.
var ownIdeas = sync.OnceValues(func() (*ideas, error) { return readIdeas(conceptText) })

func readIdeas(src string) (*ideas, error) {
	x := &ideas{nodes: make([]ideaNode, 1)}
	for n, l := range strings.Split(src, "\n") {
		if l = strings.TrimSpace(l); l == "" || l[0] == '#' {
			continue
		}
		name, words, ok := strings.Cut(l, ":")
		if !ok || slices.Contains(x.names, name) {
			return nil, fmt.Errorf("tone: concepts: line %d: want \"name: words\", each name once", n+1)
		}
		x.names = append(x.names, name)
		for _, w := range strings.Fields(words) {
			x.add(strings.ReplaceAll(w, "_", " "), int32(len(x.names)-1))
		}
	}
	if len(x.names) == 0 || len(x.names) > maxIdeas {
		return nil, fmt.Errorf("tone: concepts: between 1 and %d", maxIdeas)
	}
	for _, a := range x.names {
		for _, b := range x.names {
			x.pairs = append(x.pairs, a+"+"+b)
		}
	}
	return x, nil
}

func (x *ideas) add(word string, concept int32) {
	word, open := strings.CutSuffix(word, "*")
	at := int32(0)
	for i, r := range Key(word) {
		if i == 0 {
			x.first[r>>6&0x3FF] |= 1 << (r & 63)
		}
		n := &x.nodes[at]
		if n.next == nil {
			n.next = map[rune]int32{}
		}
		to, ok := n.next[r]
		if !ok {
			to = int32(len(x.nodes))
			n.next[r] = to
			x.nodes = append(x.nodes, ideaNode{})
		}
		at = to
	}
	x.nodes[at].ends = append(x.nodes[at].ends, ideaEnd{concept, open})
}

// ideaSet says which concepts a text touches.
type ideaSet [maxIdeas]bool

const maxIdeas = 96

// touched is the set of concepts in key.
func (x *ideas) touched(key []rune) (set ideaSet) {
	for i, r := range key {
		if x.first[r>>6&0x3FF]&(1<<(r&63)) == 0 || letter(r) && i > 0 && letter(key[i-1]) {
			continue
		}
		at := int32(0)
		for j := i; j < len(key); j++ {
			to, ok := x.nodes[at].next[key[j]]
			if !ok {
				break
			}
			at = to
			for _, e := range x.nodes[at].ends {
				if e.open || !letter(key[j]) || j+1 == len(key) || !letter(key[j+1]) {
					set[e.concept] = true
				}
			}
		}
	}
	return set
}

func letter(r rune) bool { return r >= 'a' && r <= 'z' }

// features appends a name for each concept of the set and for each two of them.
func (x *ideas) features(dst []string, set *ideaSet) []string {
	for a := range x.names {
		if !set[a] {
			continue
		}
		for b := a; b < len(x.names); b++ {
			if set[b] {
				dst = append(dst, x.pairs[a*len(x.names)+b])
			}
		}
	}
	return dst
}
