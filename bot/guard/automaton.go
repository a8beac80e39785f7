package guard

// automaton finds all phrases of all rules in one pass (Aho-Corasick over runes). Transitions are one flat hash table:
// a lookup per rune, no allocation, and its cost does not grow with the number of phrases.
type automaton struct {
	keys  []uint64 // state<<21 | rune, plus one; 0 = free
	next  []int32
	mask  uint64
	fail  []int32
	out   []int32 // phrase that ends in this state, -1 none
	dict  []int32 // next state on the fail chain with an out, 0 none
	depth []int32
}

func newAutomaton(phrases [][]rune) *automaton {
	total := 1
	for _, p := range phrases {
		total += len(p)
	}
	size := uint64(16)
	for size < uint64(total)*2 {
		size *= 2
	}
	a := &automaton{keys: make([]uint64, size), next: make([]int32, size), mask: size - 1}
	a.addState(0)
	type edge struct {
		from int32
		r    rune
		to   int32
	}
	var edges []edge // in order of creation; parents always before children
	for id, p := range phrases {
		s := int32(0)
		for _, r := range p {
			t := a.step(s, r)
			if t < 0 {
				t = a.addState(a.depth[s] + 1)
				a.set(s, r, t)
				edges = append(edges, edge{s, r, t})
			}
			s = t
		}
		if a.out[s] < 0 {
			a.out[s] = int32(id)
		}
	}
	byDepth := map[int32][]edge{}
	deepest := int32(0)
	for _, e := range edges {
		d := a.depth[e.to]
		byDepth[d] = append(byDepth[d], e)
		deepest = max(deepest, d)
	}
	for d := int32(1); d <= deepest; d++ { // breadth first: fail links of shorter states exist already
		for _, e := range byDepth[d] {
			a.link(e.from, e.r, e.to)
		}
	}
	return a
}

func (a *automaton) addState(depth int32) int32 {
	a.fail, a.out, a.dict, a.depth = append(a.fail, 0), append(a.out, -1), append(a.dict, 0), append(a.depth, depth)
	return int32(len(a.fail) - 1)
}

func (a *automaton) link(from int32, r rune, to int32) {
	f := int32(0)
	if from != 0 {
		for s := a.fail[from]; ; s = a.fail[s] {
			if t := a.step(s, r); t >= 0 {
				f = t
				break
			}
			if s == 0 {
				break
			}
		}
	}
	a.fail[to] = f
	if a.out[f] >= 0 {
		a.dict[to] = f
	} else {
		a.dict[to] = a.dict[f]
	}
}

func slot(key uint64) uint64 { return (key * 0x9E3779B97F4A7C15) >> 20 }

func (a *automaton) set(s int32, r rune, t int32) {
	key := uint64(s)<<21 | uint64(r) + 1
	i := slot(key) & a.mask
	for a.keys[i] != 0 {
		i = (i + 1) & a.mask
	}
	a.keys[i], a.next[i] = key, t
}

// step is the child of s by r, or -1.
func (a *automaton) step(s int32, r rune) int32 {
	key := uint64(s)<<21 | uint64(r) + 1
	for i := slot(key) & a.mask; ; i = (i + 1) & a.mask {
		switch a.keys[i] {
		case key:
			return a.next[i]
		case 0:
			return -1
		}
	}
}

// scan calls found(phrase, end) for every occurrence; end is exclusive.
func (a *automaton) scan(text []rune, found func(phrase int32, end int)) {
	s := int32(0)
	for i, r := range text {
		for {
			if t := a.step(s, r); t >= 0 {
				s = t
				break
			}
			if s == 0 {
				break
			}
			s = a.fail[s]
		}
		if a.out[s] >= 0 {
			found(a.out[s], i+1)
		}
		for d := a.dict[s]; d != 0; d = a.dict[d] {
			found(a.out[d], i+1)
		}
	}
}
