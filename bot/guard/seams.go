package guard

import (
	"unicode"
	"unicode/utf8"
)

// A sentence may be cut between two parts of a draft: 再不还就坐 | 牢. Each part is judged by itself, so the verdict would
// depend on where somebody cut. Body parts that follow each other without a mark between them are therefore judged once more
// as one text, and what lies across a cut counts. (Nothing is ever sent in smaller pieces than a part: what a model streams
// is gathered before it becomes a draft.)
func (r *draftRun) seams() {
	for i := 0; i+1 < len(r.d.Parts); {
		k := i
		for k+1 < len(r.d.Parts) && r.openSeam(k) {
			k++
		}
		if k > i {
			r.joined(i, k)
		}
		i = k + 1
	}
}

// openSeam: part i is words of the body that end without a mark, and more of the body follows.
func (r *draftRun) openSeam(i int) bool {
	a, b := &r.d.Parts[i], &r.d.Parts[i+1]
	if a.Role != "body" || b.Role != "body" || a.Text == "" || b.Text == "" {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(a.Text)
	first, _ := utf8.DecodeRuneInString(b.Text)
	word := func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) || c == '.' || c == ',' }
	return word(last) && word(first)
}

func (r *draftRun) joined(from, to int) {
	var all []byte
	ends := make([]int, 0, to-from+1) // in runes of the joined text
	n := 0
	for i := from; i <= to; i++ {
		all = append(all, r.d.Parts[i].Text...)
		n += utf8.RuneCountInString(r.d.Parts[i].Text)
		ends = append(ends, n)
	}
	hits, found, missing, letGo := r.hits, r.found, r.missing, r.letGo
	r.hits, r.found = nil, nil
	r.text(from, string(all), false)
	across := r.hits
	r.hits, r.found, r.missing, r.letGo = hits, found, missing, letGo
	for _, h := range across {
		part, start := from, 0
		for ends[part-from] <= h.Start {
			start = ends[part-from]
			part++
		}
		if h.End <= ends[part-from] {
			continue // it lies in one part, where it was judged already
		}
		h.Part, h.Start, h.End = part, h.Start-start, ends[part-from]-start
		r.hits = append(r.hits, h)
	}
}
