package guard

import (
	"fmt"
	"slices"
	"strings"

	"hejie/bot/text"
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
	counted  int32 // bills, out of: the number before or after it counts something of the debt
	dueDay   int32 // due date: 11.29 after it is a day
	tails    int32 // ending in: the digits after it are the last of a known number
	halves   int32 // half: beside it half of a known count is known
	edition  int32 // amended, in force: the year before it is a law's
	base     int32 // LPR: a year's rate
	aged     int32 // old: the years before it are somebody's age
	places   int32 // window, floor: the number before it names a place
	choice   int32 // or: a day without a figure beside it is asked for
	opening  int32 // open, close: the time of day beside it is one of our hours
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
		"rates": &rs.words.rates, "cap_fine": &rs.words.capFine, "echo": &rs.words.echo, "share": &rs.words.share, "left": &rs.words.left, "chores": &rs.words.chores,
		"counted": &rs.words.counted, "due_day": &rs.words.dueDay, "tails": &rs.words.tails, "halves": &rs.words.halves,
		"edition": &rs.words.edition, "base": &rs.words.base, "aged": &rs.words.aged, "places": &rs.words.places, "opening": &rs.words.opening, "choice": &rs.words.choice} {
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
	r.placeholders(j)
	r.orgs(j)
	r.nearNames(j)
	figs := text.Figures(j.v.src, text.Opt{Now: r.f.Now, Zone: r.f.Zone, Lang: r.d.Lang})
	var clocks []workday
	var bare bareAmounts
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
		if ok && kind == Date && wrongWeekday(figs[i:]) {
			ok = false
		}
		if at, clock := timeOfDay(g); clock {
			_, ours := r.known.hour(at)
			clocks = append(clocks, workday{g.Start, g.End, ours})
		}
		if kind == "" {
			bare.note(r, g)
			continue
		}
		if ok {
			bare.note(r, g)
			src.Text = g.Text
			r.found = append(r.found, src)
			r.aboutDebt(j, src, g)
			continue
		}
		r.noSource(j, g.Start, g.End, g.Text)
		r.aboutDebt(j, Figure{Kind: kind}, g)
	}
	r.hours(j, clocks)
	r.bare(j, &bare)
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
		if g.Bare && j.counted(g) || g.Minor == 1 && !g.Range { // 一分钱都不收: nothing at all
			return "", src, false
		}
		if src, ok = r.exact(j, Money, g, g.Minor, pos); !ok && !g.Range {
			src, ok = r.known.product(g.Minor)
		}
		return Money, src, ok
	case text.FigPercent:
		if g.PPM == 1_000_000 && !g.Range && !r.beside(j, r.rs.words.offers, pos) {
			return "", src, false // 100 % said of anything but money is a word for fully
		}
		if g.Unit == "分之" && (r.beside(j, r.rs.words.share, pos) || r.half(j, g, pos) && !r.beside(j, r.rs.words.offers, pos)) {
			return "", src, false // 结余的一半: advice on the debtor's own money; half the way: the figures beside it say how much
		}
		if src, ok = r.percent(j, g, pos); !ok && g.Unit == "分之" {
			src, ok = r.known.ratio(g.PPM)
		}
		return Percent, src, ok
	case text.FigDate, text.FigRange:
		if r.noClaim(j, g) {
			return "", src, false
		}
		if g.Duration != "" && j.before(g.Start) == "超" { // 超过30天 is how long, not a day 30 days from now
			return r.duration(j, g, pos)
		}
		return r.date(j, g, pos)
	case text.FigDay:
		if r.noClaim(j, g) {
			return "", src, false
		}
		if r.beside(j, r.rs.words.sample, pos) {
			return "", src, false
		}
		return Date, Figure{Kind: Date, Origin: "day of a known date"}, r.day(g.Count)
	case text.FigDuration:
		return r.duration(j, g, pos)
	case text.FigCount:
		if r.pastLast(g) {
			return Count, src, false
		}
		if g.Ordinal || g.Count == 1 && !g.Range || strings.ContainsAny(g.Text, "几幾") { // 第3期, 最后一期 name one; 几期 asks
			return "", src, false
		}
		src, ok = r.exact(j, Count, g, g.Count, pos)
		if !ok && r.beside(j, r.rs.words.left, pos) {
			src, ok = r.known.remainder(g.Count)
		}
		if !ok {
			src, ok = r.halved(j, g.Count)
		}
		return Count, src, ok
	case text.FigNumber:
		if r.pastLast(g) {
			return Count, src, false
		}
		if r.countsDebt(j, g) {
			src, ok = r.exact(j, Count, g, g.Count, pos)
			return Count, src, ok
		}
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
	if !slices.ContainsFunc(r.known.own, func(k Figure) bool { return k.Kind == Phone }) {
		return Figure{}, false
	}
	lo, hi := j.group(g)
	whole := plain(j.v.cutText(lo, hi))
	if len(whole) < 7 {
		return Figure{}, false
	}
	for _, k := range r.known.own {
		if k.Kind == Phone && plain(k.Text) == whole {
			return k, true
		}
	}
	return Figure{}, false
}

// group is the run of digits round g, with single spaces and hyphens between them.
func (j *judging) group(g *text.Figure) (lo, hi int) {
	lo, hi = g.Start, g.End
	joins := func(at int) bool { return strings.Contains(" -0123456789()", j.v.cutText(at, at+1)) }
	for lo > 0 && hi-lo < maxPhone && joins(lo-1) {
		lo--
	}
	for n := hi; n-lo < maxPhone && j.v.cutText(hi, hi+1) != "" && joins(hi); n++ {
		hi++
	}
	return lo, hi
}

// maxPhone is how many characters a telephone number may have.
const maxPhone = 24

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

func (r *draftRun) phone(j *judging, digits string, pos int32) (Figure, bool) {
	d := plain(digits)
	if src, ok := r.known.text(Phone, d); ok {
		return src, true
	}
	return r.known.lawful(j, pos, func(s *statute) bool { return s.Kind == Phone && plain(s.Text) == d })
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
