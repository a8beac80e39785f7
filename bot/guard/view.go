package guard

import (
	"slices"
	"sort"
	"strings"
	"sync"

	"hejie/bot/text"
)

// view is one text made ready for judging: folded, searched once, cut into clauses and sentences.
// It is scratch space, reused through a pool: a Check allocates only what it reports.
type view struct {
	src       string
	fold      text.Folded
	key       text.Folded
	hits      []hit // ordered by end
	byTerm    [][]int32
	touched   []int32
	clauses   []int32 // start of each clause in key; a sentinel at the end
	sents     []int32 // sentence number of each clause
	button    bool
	heard     []rune      // key by sound
	spare     text.Folded // the other buffer of key
	edits     []text.Edit
	excused   []excused
	suspected []suspected
	hearing   hearing
	places    []int32 // byte offsets of the original's runes, when asked for
}

type hit struct {
	start, end, clause int32
	gapLo, gapHi       int32 // of a phrase in parts: from the end of the first part to the start of the last
}

func (r *Ruleset) view(s string) *view {
	v, _ := r.pool.Get().(*view)
	if v == nil {
		v = &view{byTerm: make([][]int32, r.lex.terms)}
	}
	v.src = s
	v.fold.Reset(s)
	v.fold.KeyInto(&v.key)
	r.sounds.restore(v)
	v.find(r)
	v.cut(r)
	return v
}

func (r *Ruleset) release(v *view) {
	for _, t := range v.touched {
		v.byTerm[t] = v.byTerm[t][:0]
	}
	v.touched, v.hits, v.clauses, v.sents, v.places, v.src, v.button = v.touched[:0], v.hits[:0], v.clauses[:0], v.sents[:0], v.places[:0], "", false
	v.excused = v.excused[:0]
	v.suspected = v.suspected[:0]
	v.hearing.reset()
	r.pool.Put(v)
}

type viewPool = sync.Pool

func (v *view) find(r *Ruleset) {
	key := v.key.Runes
	r.auto.scan(key, func(phrase int32, end int) {
		start := end - r.lex.length[phrase]
		if latinRune(key[start]) && start > 0 && latinRune(key[start-1]) || v.inNumber(start, end) {
			return
		}
		within := end < len(key) && latinRune(key[end-1]) && latinRune(key[end]) // the word goes on
		id := int32(-1)
		for _, u := range r.lex.uses[phrase] {
			if within && !u.open {
				continue
			}
			if id < 0 {
				id = int32(len(v.hits))
				v.hits = append(v.hits, hit{start: int32(start), end: int32(end)})
			}
			if len(v.byTerm[u.term]) == 0 {
				v.touched = append(v.touched, u.term)
			}
			v.byTerm[u.term] = append(v.byTerm[u.term], id)
		}
	})
}

// inNumber: the key's runes [start,end) begin or end inside a number, just before or after one of its marks: neither the 100 of
// 6,100.00 nor that of 100.00 is a hundred. The key has lost the marks, so the text itself is asked.
func (v *view) inNumber(start, end int) bool {
	key := v.key.Runes
	if !isDigit(key[start]) && !isDigit(key[end-1]) {
		return false
	}
	s, e := v.key.Span(start, end)
	return isDigit(key[start]) && numberGoesOn(v.cutText(s-1, s), v.cutText(s-2, s-1)) ||
		isDigit(key[end-1]) && numberGoesOn(v.cutText(e, e+1), v.cutText(e+1, e+2))
}

// numberGoesOn: a mark and then a digit.
func numberGoesOn(mark, digit string) bool {
	return mark != "" && strings.Contains(",.，．", mark) && strings.ContainsFunc(text.Fold(digit).String(), isDigit)
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// listGoesOn: the comma at i stands in an English list that a denial before it covers: "won't ring your husband, your boss or anyone".
func (v *view) listGoesOn(r *Ruleset, i int) bool {
	from := v.clauses[len(v.clauses)-1]
	if !slices.ContainsFunc(v.byTerm[r.lang.neg], func(h int32) bool { return v.hits[h].start >= from && int(v.hits[h].end) <= i }) {
		return false
	}
	rest := strings.ToLower(string(v.key.Runes[i+1 : min(len(v.key.Runes), i+1+listItem)]))
	words := strings.Fields(strings.ReplaceAll(rest, ",", " , "))
	if len(words) < 3 || !slices.Contains([]string{"your", "the", "any", "a", "an", "his", "her", "their"}, words[0]) {
		return false
	}
	end := slices.IndexFunc(words, func(w string) bool { return w == "," || w == "or" || w == "nor" })
	return end >= 2 && end <= 3
}

// listItem is how far an item of such a list may reach, in characters.
const listItem = 32

// cut finds clause and sentence starts: at the marks that end them, and before but, otherwise and the like.
func (v *view) cut(r *Ruleset) {
	key := v.key.Runes
	v.clauses = append(v.clauses, 0)
	for i, c := range key {
		if c == ',' && v.listGoesOn(r, i) {
			continue
		}
		switch c {
		case '。', '!', '?', ';', ',', '【', '】', '[', ']', '—', '\n', '.':
			v.clauses = append(v.clauses, int32(i+1))
		}
	}
	for _, h := range v.byTerm[r.lang.split] {
		if !v.covered(v.hits[h], r.lang.splitNot) {
			v.clauses = append(v.clauses, v.hits[h].start)
		}
	}
	slices.Sort(v.clauses)
	v.clauses = append(slices.Compact(v.clauses), int32(len(key)+1))
	sent := int32(0)
	for _, start := range v.clauses[:len(v.clauses)-1] {
		if start > 0 && endsSentence(key[start-1]) {
			sent++
		}
		v.sents = append(v.sents, sent)
	}
	for i := range v.hits {
		v.hits[i].clause = v.clauseAt(v.hits[i].start)
	}
}

func endsSentence(r rune) bool {
	return r == '。' || r == '!' || r == '?' || r == '\n' || r == '.' || r == '】'
}

func (v *view) clauseAt(pos int32) int32 {
	return int32(sort.Search(len(v.clauses)-1, func(i int) bool { return v.clauses[i+1] > pos }))
}

func (v *view) clauseSpan(c int32) (lo, hi int32) { return v.clauses[c], v.clauses[c+1] }

// sentenceSpan is the sentence of clause c, in key positions.
func (v *view) sentenceSpan(c int32) (lo, hi int32) {
	first := sort.Search(len(v.sents), func(i int) bool { return v.sents[i] >= v.sents[c] })
	last := sort.Search(len(v.sents), func(i int) bool { return v.sents[i] > v.sents[c] })
	return v.clauses[first], v.clauses[last]
}

// marked: a question mark stands before hi.
func (v *view) marked(hi int32) bool {
	k := int(hi) - 1
	return k >= 0 && k < len(v.key.Runes) && v.key.Runes[k] == '?'
}

// nextEnd is where the sentence ends that begins at hi, the end of another.
func (v *view) nextEnd(hi int32) int32 {
	_, end := v.sentenceSpan(min(v.clauseAt(hi), int32(len(v.sents)-1)))
	return end
}

// nearClauses is how many clauses off an excuse may stand: in a long letter kind words at one end excuse nothing at the other.
const nearClauses = 5

// around are the clauses near c.
func (v *view) around(c int32) (lo, hi int32) {
	return v.clauses[max(c-nearClauses, 0)], v.clauses[min(int(c)+nearClauses+1, len(v.clauses)-1)]
}

// first is the index in byTerm[t] of the first hit that ends after pos.
func (v *view) first(t int32, pos int32) int {
	ids := v.byTerm[t]
	return sort.Search(len(ids), func(i int) bool { return v.hits[ids[i]].end > pos })
}

// within: is there a hit of t wholly inside [lo,hi)?
func (v *view) within(t int32, lo, hi int32) bool {
	_, ok := v.find1(t, lo, hi)
	return ok
}

func (v *view) find1(t int32, lo, hi int32) (hit, bool) {
	if t < 0 {
		return hit{}, false
	}
	ids := v.byTerm[t]
	for i := v.first(t, lo); i < len(ids); i++ {
		h := v.hits[ids[i]]
		if h.end > hi {
			break
		}
		if h.start >= lo {
			return h, true
		}
	}
	return hit{}, false
}

// covered: does a hit of t lie over h and reach beyond it?
func (v *view) covered(h hit, t int32) bool {
	if t < 0 {
		return false
	}
	ids := v.byTerm[t]
	for i := v.first(t, h.start); i < len(ids); i++ {
		c := v.hits[ids[i]]
		if c.start > h.end+longestPhrase {
			break
		}
		if c.start <= h.start && c.end >= h.end && c.end-c.start > h.end-h.start {
			return true
		}
		if c.end > h.end+longestPhrase {
			break
		}
	}
	return false
}

// spoiled: a longer hit of t lies over h, or one runs into its beginning (暂时不 before 不会).
func (v *view) spoiled(h hit, t int32) bool {
	if v.covered(h, t) {
		return true
	}
	ids := v.byTerm[t]
	for i := v.first(t, h.start); i < len(ids); i++ {
		c := v.hits[ids[i]]
		if c.start < h.start {
			return true // it ends after h begins
		}
		if c.end > h.start+longestPhrase {
			break
		}
	}
	return false
}

const longestPhrase = 64

// holds: the text has each of these terms somewhere.
func (v *view) holds(terms []int32) bool {
	for _, t := range terms {
		if len(v.byTerm[t]) == 0 {
			return false
		}
	}
	return true
}

// match finds the sequence beginning with hit h of its first term; greedy to the nearest next part.
func (v *view) match(q *sequence, h hit) (hit, bool) {
	_, hi := v.clauseSpan(h.clause)
	return v.matchFrom(q, 0, h, h, hi)
}

// close: may a part that starts at start follow one that ends at end?
func (v *view) close(end, start int32, gap int) bool {
	if gap == gapNone {
		return start == end || start == end+1 && v.key.Runes[end] == ' '
	}
	return int(start-end) <= gap
}

func (v *view) matchFrom(q *sequence, i int, whole, last hit, hi int32) (hit, bool) {
	if i == len(q.terms)-1 {
		return whole, true
	}
	t := q.terms[i+1]
	ids := v.byTerm[t]
	tries := 0
	for x := v.first(t, last.end); x < len(ids) && tries < 4; x++ {
		n := v.hits[ids[x]]
		if n.end > hi || !v.close(last.end, n.start, q.gaps[i]) {
			if n.end > hi || n.end-last.end > int32(max(q.gaps[i], 1))+longestPhrase {
				break
			}
			continue
		}
		if n.start < last.end {
			continue
		}
		tries++
		w := whole
		w.end, w.gapHi = n.end, n.start
		if i == 0 {
			w.gapLo = last.end
		}
		if m, ok := v.matchFrom(q, i+1, w, n, hi); ok {
			return m, true
		}
	}
	return hit{}, false
}
