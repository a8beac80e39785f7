package guard

import (
	"slices"
	"sort"
	"strings"

	"hejie/bot/text"
	"hejie/flows/calendar"
)

// Numbers without a unit among the figures: references, telephone numbers, amounts without a currency.

// number is one without a unit. Small ones are free unless they name an account; big ones must be something we know.
func (r *draftRun) number(j *judging, g *text.Figure, pos int32) (FigureKind, Figure, bool) {
	if g.Ordinal || g.Unit != "" && g.Micro < bigNumber*1_000_000 && !g.Big {
		return "", Figure{}, false
	}
	if name, ok := j.token(g.Start, g.End); ok { // part of a longer name: D261202-9F3A12BC
		src, ok := r.reference(j, name, pos)
		if !ok && (strings.Contains(name, "xxx") || g.Micro < bigNumber*1_000_000 && !g.Big && len(name) < 8) {
			return "", src, false // masked, or a short label such as A001
		}
		return Ref, src, ok
	}
	if known, dated := r.dotted(j, g, pos); dated {
		return Date, Figure{Kind: Date, Origin: "day of a known date"}, known
	}
	d := plain(g.Digits)
	if src, ok := r.tail(j, d, pos); ok {
		return Ref, src, true
	}
	if d == "" && !g.Big && g.Micro < bigNumber*1_000_000 {
		return "", Figure{}, false
	}
	if src, ok := r.phone(j, d, pos); ok && d != "" {
		return Phone, src, true
	}
	if src, ok := r.known.text(Ref, d); ok && d != "" {
		return Ref, src, true
	}
	c := j.v.clauseAt(pos)
	lo, _ := j.v.clauseSpan(c)
	named := len(d) > 1 && j.v.within(r.rs.words.accounts, max(lo, pos-8), pos)
	whole := g.Micro%1_000_000 == 0
	if !named && !g.Big && whole && g.Micro < bigNumber*1_000_000 {
		return "", Figure{}, false
	}
	if g.Big || named {
		return Ref, Figure{}, false
	}
	if src, ok := r.known.value(Money, g.Micro/10_000); ok && g.Micro%10_000 == 0 {
		return Money, src, true
	}
	if src, ok := r.known.product(g.Micro / 10_000); ok && whole {
		return Money, src, true
	}
	if whole && r.year(g.Micro/1_000_000) {
		return "", Figure{}, false
	}
	return Money, Figure{}, false
}

// cited: the year and number of a document, as in 法释〔2014〕8号, are its name.
func (j *judging) cited(g *text.Figure) bool {
	f := &j.v.fold
	i := sort.Search(f.Len(), func(k int) bool { s, _ := f.Span(k, k+1); return s >= g.Start })
	return i > 0 && (f.Runes[i-1] == '〔' || f.Runes[i-1] == '〕')
}

// reference finds a case, agreement or account number, or a standard's.
func (r *draftRun) reference(j *judging, name string, pos int32) (Figure, bool) {
	want := strings.ToLower(plain(name))
	for _, g := range r.known.own {
		if (g.Kind == Ref || g.Kind == Phone) && strings.ToLower(plain(g.Text)) == want {
			return g, true
		}
	}
	return r.known.lawful(j, pos, func(s *statute) bool { return s.Kind == Ref && strings.ToLower(plain(s.Text)) == want })
}

// token is the run of letters, digits and hyphens round original runes [i,j) when it is more than a number: it has a hyphen
// inside or a letter.
func (j *judging) token(start, end int) (string, bool) {
	f := &j.v.fold
	at := func(orig int) int {
		return sort.Search(f.Len(), func(k int) bool { s, _ := f.Span(k, k+1); return s >= orig })
	}
	lo, hi := at(start), at(end)
	from, to := lo, hi
	part := func(r rune) bool { return latinRune(r) || r == '-' || r == '_' }
	for lo > 0 && part(f.Runes[lo-1]) && from-lo < longestPhrase {
		lo--
	}
	for hi < f.Len() && part(f.Runes[hi]) && hi-to < longestPhrase {
		hi++
	}
	if lo == from && hi == to {
		return "", false
	}
	return strings.Trim(string(f.Runes[lo:hi]), "-_"), true
}

func (r *draftRun) year(n int64) bool {
	if n == int64(r.f.Now.Year()) {
		return true
	}
	return slices.ContainsFunc(r.known.dates, func(d calendar.Date) bool { return int64(d.Year) == n })
}
