package guard

import "slices"

// maxCase is how many runes a case number may have after its year: （2026）沪0101民初1234号.
const maxCase = 24

// caseNumbers finds court case numbers in the plain fold; each must be a known reference, as a whole.
func (r *draftRun) caseNumbers(j *judging) (spans [][2]int) {
	rs := j.v.fold.Runes
	for i := 0; i+8 < len(rs); i++ {
		if rs[i] != '(' && rs[i] != '〔' && rs[i] != '[' {
			continue
		}
		if !(year4(rs[i+1:]) && (rs[i+5] == ')' || rs[i+5] == '〕' || rs[i+5] == ']')) {
			continue
		}
		tail := rs[i+6 : min(len(rs), i+6+maxCase)]
		n := slices.Index(tail, '号')
		if n < 2 || !slices.ContainsFunc(tail[:n], digitRune) || slices.ContainsFunc(tail[:n], func(c rune) bool { return !isCJK(c) && !digitRune(c) && c != ' ' && c != '-' }) {
			continue
		}
		if rs[i] == '〔' { // the number of a statute or a document: its words are judged with the statutes
			continue
		}
		from, to := j.v.fold.Span(i, i+6+n+1)
		spans = append(spans, [2]int{from, to})
		shown := j.v.cutText(from, to)
		if src, ok := r.caseKnown(string(rs[i : i+6+n+1])); ok {
			src.Text = shown
			r.found = append(r.found, src)
		} else {
			r.noSource(j, from, to, shown)
		}
	}
	return spans
}

func (r *draftRun) caseKnown(name string) (Figure, bool) {
	want := foldedKey(name)
	for _, g := range r.known.own {
		if g.Kind == Ref && foldedKey(g.Text) == want {
			return g, true
		}
	}
	return Figure{}, false
}

func year4(rs []rune) bool {
	return len(rs) > 4 && (rs[0] == '1' || rs[0] == '2') && digitRune(rs[1]) && digitRune(rs[2]) && digitRune(rs[3])
}

func digitRune(r rune) bool { return r >= '0' && r <= '9' }
