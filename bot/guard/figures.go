package guard

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"hejie/bot/text"
	"hejie/flows/calendar"
)

// Figures rule (G10): each amount, date, count, share, phone and link in a text must be one we know. What no reader takes for
// a figure of the debt stays free: ordinals, hours of a service, small bare numbers ("step 1", "2 plans").

// figureWords are terms that decide how a number is meant.
type figureWords struct {
	pays     int32 // pay, repay, due: beside it even "tomorrow" is a claim
	accounts int32 // account, ending in, case number: the digits after it name something
	deadline int32 // by, before: a time of day beside it is a deadline
	process  int32 // answer, review: how long our own work takes
	sample   int32 // for example
	offers   int32 // waive, rate: beside it 100 % is an offer, elsewhere a way to say fully
	rates    int32 // interest, a year: the percentage beside it is what a loan costs
	capFine  int32 // cap, not protected: beside it a high rate is explained, not demanded
	echo     int32 // you said: a past day beside it is the debtor's own word
	chores   int32 // papers, answers, "no need": a day beside it is not when money is due
	left     int32 // still to come: a count beside it may be what two known counts leave
	share    int32 // of what is left: a fraction of the debtor's own money is advice
}

func (rs *Ruleset) compileFigures() error {
	var err error
	if rs.words.pays, err = rs.lex.term([]string{"@figure_pays"}); err != nil {
		return err
	}
	if rs.words.accounts, err = rs.lex.term([]string{"@figure_accounts"}); err != nil {
		return err
	}
	for name, into := range map[string]*int32{"deadline": &rs.words.deadline, "process": &rs.words.process, "sample": &rs.words.sample, "offers": &rs.words.offers,
		"rates": &rs.words.rates, "cap_fine": &rs.words.capFine, "echo": &rs.words.echo, "share": &rs.words.share, "left": &rs.words.left, "chores": &rs.words.chores} {
		if *into, err = rs.lex.term(rs.tables.Words[name]); err != nil {
			return fmt.Errorf("pack: figure_words: %s: %w", name, err)
		}
	}
	return nil
}

// maxMissing bounds how many figures without a source one verdict names.
const maxMissing = 16

// bigNumber: from here on a bare number is taken for an amount or a reference.
const bigNumber = 1000

func (r *draftRun) figures(j *judging) {
	named := append(r.links(j), r.caseNumbers(j)...)
	slices.SortFunc(named, func(a, b [2]int) int { return a[0] - b[0] })
	r.orgs(j)
	figs := text.Figures(j.v.src, text.Opt{Now: r.f.Now, Zone: r.f.Zone, Lang: r.d.Lang})
	for i := range figs {
		g := &figs[i]
		for len(named) > 0 && named[0][1] <= g.Start {
			named = named[1:]
		}
		if j.cited(g) || len(named) > 0 && g.Start >= named[0][0] && g.End <= named[0][1] { // the digits of an address were judged with it
			continue
		}
		pos := j.keyPos(g.Start)
		if j.echoed(g, pos) {
			continue
		}
		r.overCap(j, g, pos)
		kind, src, ok := r.trace(j, g, pos)
		if kind == "" {
			continue
		}
		if ok {
			src.Text = g.Text
			r.found = append(r.found, src)
			r.aboutDebt(j, src, g)
			continue
		}
		r.noSource(j, g.Start, g.End, g.Text)
		r.aboutDebt(j, Figure{Kind: kind}, g)
	}
}

// noSource objects to a figure of original runes [start,end) that no fact gives.
func (r *draftRun) noSource(j *judging, start, end int, shown string) {
	ru := r.rs.byID["G10"]
	if !slices.Contains(ru.Authors, r.d.Author) || r.missing >= maxMissing {
		return
	}
	r.missing++
	why := strings.ReplaceAll(r.rs.tables.Figure.in(r.d.tells()), "{figure}", shown)
	j.raise(ru, start, end, shown, why)
}

// trace finds where a figure comes from. kind is empty when it needs no source.
func (r *draftRun) trace(j *judging, g *text.Figure, pos int32) (kind FigureKind, src Figure, ok bool) {
	if src, ok := r.inPhone(j, g); ok {
		return Phone, src, true
	}
	switch g.Kind {
	case text.FigMoney:
		if g.Bare && j.counted(g) {
			return "", src, false
		}
		src, ok = r.exact(j, Money, g, g.Minor, pos)
		return Money, src, ok
	case text.FigPercent:
		if g.PPM == 1_000_000 && !g.Range && !r.beside(j, r.rs.words.offers, pos) {
			return "", src, false // 100 % said of anything but money is a word for fully
		}
		if g.Unit == "分之" && r.beside(j, r.rs.words.share, pos) {
			return "", src, false // 结余的一半: advice on the debtor's own money
		}
		src, ok = r.percent(j, g, pos)
		return Percent, src, ok
	case text.FigDate, text.FigRange:
		if g.Duration != "" && j.before(g.Start) == "超" { // 超过30天 is how long, not a day 30 days from now
			return r.duration(j, g, pos)
		}
		return r.date(j, g, pos)
	case text.FigDay:
		if r.beside(j, r.rs.words.sample, pos) {
			return "", src, false
		}
		return Date, Figure{Kind: Date, Origin: "day of a known date"}, r.day(g.Count)
	case text.FigDuration:
		return r.duration(j, g, pos)
	case text.FigCount:
		if g.Ordinal || g.Count == 1 && !g.Range || strings.ContainsAny(g.Text, "几幾") { // 第3期, 最后一期 name one; 几期 asks
			return "", src, false
		}
		src, ok = r.exact(j, Count, g, g.Count, pos)
		if !ok && r.beside(j, r.rs.words.left, pos) {
			src, ok = r.known.remainder(g.Count)
		}
		return Count, src, ok
	case text.FigNumber:
		return r.number(j, g, pos)
	case text.FigTime:
		return r.clock(j, g, pos)
	case text.FigPhone:
		src, ok = r.phone(j, g.Digits, pos)
		return Phone, src, ok
	case text.FigIDCard, text.FigBankCard:
		src, ok = r.known.text(Ref, plain(g.Digits))
		return Ref, src, ok
	}
	return "", src, false
}

// inPhone: the figure is a part of a known number that is written in groups: 2881 4400.
func (r *draftRun) inPhone(j *judging, g *text.Figure) (Figure, bool) {
	for _, k := range r.known.own {
		if k.Kind != Phone || !strings.ContainsAny(k.Text, " -") {
			continue
		}
		for from := 0; ; {
			at := strings.Index(j.v.src[from:], k.Text)
			if at < 0 {
				break
			}
			at += from
			lo := utf8.RuneCountInString(j.v.src[:at])
			if g.Start >= lo && g.End <= lo+utf8.RuneCountInString(k.Text) {
				return k, true
			}
			from = at + len(k.Text)
		}
	}
	return Figure{}, false
}

// exact finds an amount or a count; of a range both ends.
func (r *draftRun) exact(j *judging, kind FigureKind, g *text.Figure, value int64, pos int32) (Figure, bool) {
	if g.Big {
		return Figure{}, false
	}
	if g.Range {
		_, low := r.known.value(kind, g.Min)
		src, high := r.known.value(kind, g.Max)
		return src, low && high
	}
	if src, ok := r.known.value(kind, value); ok {
		return src, true
	}
	return r.known.lawful(j, pos, func(s *statute) bool { return s.Kind == kind && s.Value == value })
}

func (r *draftRun) percent(j *judging, g *text.Figure, pos int32) (Figure, bool) {
	if g.Big || g.Range {
		return Figure{}, false
	}
	if src, ok := r.known.percent(g.PPM); ok {
		return src, true
	}
	return r.known.lawful(j, pos, func(s *statute) bool { return s.Kind == Percent && s.ppm == g.PPM })
}

func (r *draftRun) date(j *judging, g *text.Figure, pos int32) (FigureKind, Figure, bool) {
	src, ok := r.known.date(g.Date, g.Yearless)
	if ok && g.Kind == text.FigRange && g.DateEnd != g.Date {
		src, ok = r.known.date(g.DateEnd, g.Yearless)
	}
	if ok {
		return Date, src, true
	}
	if (g.Yearless || g.Relative) && r.beside(j, r.rs.words.sample, pos) {
		return "", src, false // an example of how one might choose
	}
	if src, ok := r.period(g); ok {
		return Date, src, true
	}
	if g.Yearless && g.Count > 0 { // 30日 may be a span of days as well as a day
		if r.day(g.Count) {
			return Date, Figure{Kind: Date, Origin: "day of a known date"}, true
		}
		if src, ok := r.known.lawful(j, pos, func(s *statute) bool { return s.Kind == Duration && s.unit == "day" && s.Value == g.Count }); ok {
			return Duration, src, true
		}
	}
	today := calendar.Today(r.f.Now, r.f.Zone)
	if !g.Relative && !g.Yearless && g.Date == today {
		return Date, Figure{Kind: Date, Origin: "today"}, true
	}
	if g.Relative && g.Kind == text.FigRange && !g.Date.After(today) && !g.DateEnd.Before(today) {
		return "", src, false // this month, 今年: the time we live in
	}
	if g.Relative && r.inClause(j, r.rs.words.chores, pos) {
		return "", src, false
	}
	if (g.Relative || g.Yearless) && r.beside(j, r.rs.words.echo, pos) && !ahead(g, today) {
		return "", src, false
	}
	if g.Relative && !g.Yearless && (g.Date == today || !r.inClause(j, r.rs.words.pays, pos)) { // "tomorrow" is a claim only where it is when something is due
		return "", src, false
	}
	return Date, src, false
}

// period: a whole month or year that holds today or a known date.
func (r *draftRun) period(g *text.Figure) (Figure, bool) {
	if g.Kind != text.FigRange || g.Relative && !g.Yearless || g.Date.Day != 1 || g.DateEnd.IsZero() || g.DateEnd.AddDays(1).Day != 1 {
		return Figure{}, false
	}
	holds := func(d calendar.Date) bool { return !d.Before(g.Date) && !d.After(g.DateEnd) }
	if holds(calendar.Today(r.f.Now, r.f.Zone)) {
		return Figure{Kind: Date, Origin: "today"}, true
	}
	if slices.ContainsFunc(r.known.dates, func(d calendar.Date) bool {
		return holds(d) || g.Yearless && d.Month == g.Date.Month && g.DateEnd.Month == d.Month
	}) {
		return Figure{Kind: Date, Origin: "period of a known date"}, true
	}
	return Figure{}, false
}

// inClause: does a word of t stand in the clause of pos?
func (r *draftRun) inClause(j *judging, t, pos int32) bool {
	lo, hi := j.v.clauseSpan(j.v.clauseAt(pos))
	return j.v.within(t, lo, hi)
}

// beside: does a word of t stand in the clause of pos or the one before?
func (r *draftRun) beside(j *judging, t, pos int32) bool {
	c := j.v.clauseAt(pos)
	_, hi := j.v.clauseSpan(c)
	lo, _ := j.v.clauseSpan(max(c-1, 0))
	return j.v.within(t, lo, hi)
}

func (r *draftRun) day(n int64) bool {
	for _, d := range r.known.dates {
		if int64(d.Day) == n {
			return true
		}
	}
	_, ok := r.known.value(Count, n)
	return ok
}

// duration: days, months and years are claims; hours and minutes are how long a service takes.
func (r *draftRun) duration(j *judging, g *text.Figure, pos int32) (FigureKind, Figure, bool) {
	n, unit := isoDuration(g.Duration)
	if unit == "" || unit == "hour" || n <= 1 && unit != "year" || strings.ContainsAny(g.Text, "几幾半") {
		return "", Figure{}, false
	}
	if j.before(g.Start) == "这" && !r.inClause(j, r.rs.words.pays, pos) {
		return "", Figure{}, false // 这两个月: lately
	}
	if g.Rel == text.RelWithin || g.Rel == "" {
		if src, ok := r.known.date(g.DateEnd, false); ok && !g.DateEnd.IsZero() {
			return Duration, src, true
		}
	}
	if src, ok := r.known.value(Count, n); ok {
		if _, high := r.known.value(Count, g.Max); !g.Range || high {
			return Duration, src, true
		}
	}
	if unit == "day" && max(n, g.Max) <= maxOwnDays && r.beside(j, r.rs.words.process, pos) && !r.beside(j, r.rs.words.pays, pos) {
		return "", Figure{}, false // how long our own work takes
	}
	lawful := func(n int64) (Figure, bool) {
		return r.known.lawful(j, pos, func(s *statute) bool { return s.Kind == Duration && s.Value == n && s.unit == unit })
	}
	src, ok := lawful(n)
	if ok && g.Range {
		src, ok = lawful(g.Max)
	}
	return Duration, src, ok
}

// maxOwnDays bounds what passes as the time our own work takes.
const maxOwnDays = 15

// isoDuration reads the first component of P15D, P3Y, PT24H.
func isoDuration(s string) (n int64, unit string) {
	s, ok := strings.CutPrefix(s, "P")
	s, clock := strings.CutPrefix(s, "T")
	if !ok {
		return 0, ""
	}
	for i, c := range s {
		switch {
		case c >= '0' && c <= '9' && i < 9:
			n = n*10 + int64(c-'0')
		case clock:
			return n, "hour"
		case c == 'D':
			return n, "day"
		case c == 'W':
			return n * 7, "day"
		case c == 'M':
			return n, "month"
		case c == 'Y':
			return n, "year"
		default:
			return 0, ""
		}
	}
	return 0, ""
}

func (r *draftRun) phone(j *judging, digits string, pos int32) (Figure, bool) {
	d := plain(digits)
	if src, ok := r.known.text(Phone, d); ok {
		return src, true
	}
	return r.known.lawful(j, pos, func(s *statute) bool { return s.Kind == Phone && plain(s.Text) == d })
}

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
	d := plain(g.Digits)
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
	named := j.v.within(r.rs.words.accounts, max(lo, pos-8), pos)
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

// keyPos is the first position of the key that stands for original rune i or a later one.
func (j *judging) keyPos(i int) int32 {
	lo, hi := 0, len(j.v.key.Runes)
	for lo < hi {
		mid := (lo + hi) / 2
		if s, _ := j.v.key.Span(mid, mid+1); s < i {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return int32(lo)
}
