package guard

import "slices"

// automaton finds all phrases of all rules in one pass (Aho-Corasick over runes). States are numbered level by level, so that the
// children of a state stand side by side in the order of their runes: a state costs few bytes, and neighbours share a cache line.
type automaton struct {
	class []uint16 // by rune: its number among the runes of the phrases, 0 = in none
	root  []int32  // by class: child of the empty state, 0 = none
	label []uint16 // by state: class of the rune that leads to it
	first []int32  // by state: its first child; the next state's first child ends the list
	fail  []int32
	out   []int32 // phrase that ends in this state, -1 none
	dict  []int32 // next state on the fail chain with an out, 0 none
}

// newAutomaton compiles phrases; of equal ones the first is found.
func newAutomaton(phrases [][]rune) *automaton {
	a := &automaton{}
	a.classify(phrases)
	order := make([]int32, 0, len(phrases))
	for id, p := range phrases {
		if len(p) > 0 {
			order = append(order, int32(id))
		}
	}
	slices.SortStableFunc(order, func(x, y int32) int { return slices.Compare(phrases[x], phrases[y]) })

	type span struct{ lo, hi int32 } // phrases of one state: all that begin alike
	level := []span{{0, int32(len(order))}}
	a.label, a.out = []uint16{0}, []int32{-1}
	for depth := 0; len(level) > 0; depth++ {
		var below []span
		for _, at := range level {
			state := len(a.first)
			lo := at.lo
			for ; lo < at.hi && len(phrases[order[lo]]) == depth; lo++ {
				if a.out[state] < 0 {
					a.out[state] = order[lo]
				}
			}
			a.first = append(a.first, int32(len(a.label)))
			for lo < at.hi {
				r := phrases[order[lo]][depth]
				hi := lo + 1
				for hi < at.hi && phrases[order[hi]][depth] == r {
					hi++
				}
				a.label, a.out = append(a.label, a.class[r]), append(a.out, -1)
				below = append(below, span{lo, hi})
				lo = hi
			}
		}
		level = below
	}
	a.first = append(a.first, int32(len(a.label)))
	a.link()
	return a
}

// classify numbers the runes that occur, in their order.
func (a *automaton) classify(phrases [][]rune) {
	top := rune(0)
	for _, p := range phrases {
		for _, r := range p {
			top = max(top, r)
		}
	}
	a.class = make([]uint16, top+1)
	for _, p := range phrases {
		for _, r := range p {
			a.class[r] = 1
		}
	}
	n := uint16(0)
	for r := range a.class {
		if a.class[r] != 0 {
			n++
			a.class[r] = n
		}
	}
	a.root = make([]int32, int(n)+1)
}

// link finds for every state the longest other beginning of a phrase that it ends with. Shorter states come first.
func (a *automaton) link() {
	for t := a.first[0]; t < a.first[1]; t++ {
		a.root[a.label[t]] = t
	}
	a.fail, a.dict = make([]int32, len(a.label)), make([]int32, len(a.label))
	for s := range int32(len(a.label)) {
		for t := a.first[s]; t < a.first[s+1]; t++ {
			f := int32(0)
			if s != 0 {
				f = a.next(a.fail[s], a.label[t])
			}
			a.fail[t] = f
			if a.out[f] >= 0 {
				a.dict[t] = f
			} else {
				a.dict[t] = a.dict[f]
			}
		}
	}
}

// child is the state after s by class c, or 0.
func (a *automaton) child(s int32, c uint16) int32 {
	if s == 0 {
		return a.root[c]
	}
	lo, hi := a.first[s], a.first[s+1]
	for hi-lo > 8 {
		if mid := (lo + hi) / 2; a.label[mid] <= c {
			lo = mid
		} else {
			hi = mid
		}
	}
	for ; lo < hi; lo++ {
		if a.label[lo] == c {
			return lo
		}
	}
	return 0
}

// next is the state after s when class c is read.
func (a *automaton) next(s int32, c uint16) int32 {
	for {
		if t := a.child(s, c); t != 0 || s == 0 {
			return t
		}
		s = a.fail[s]
	}
}

// scan calls found(phrase, end) for every occurrence; end is exclusive.
func (a *automaton) scan(text []rune, found func(phrase int32, end int)) {
	s := int32(0)
	for i, r := range text {
		if int(r) >= len(a.class) || a.class[r] == 0 {
			s = 0
			continue
		}
		s = a.next(s, a.class[r])
		if a.out[s] >= 0 {
			found(a.out[s], i+1)
		}
		for d := a.dict[s]; d != 0; d = a.dict[d] {
			found(a.out[d], i+1)
		}
	}
}
