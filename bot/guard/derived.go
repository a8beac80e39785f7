package guard

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"hejie/bot/text"
)

// Figures that follow from known ones as they stand in the text, and figures that are none. What follows must follow exactly:
// a product, a part, a place in the row, a tail.

// product: three instalments of 500 are 1,500.
func (k *known) product(v int64) (Figure, bool) {
	for _, n := range k.own {
		if n.Kind != Count || n.Value < 2 || v%n.Value != 0 {
			continue
		}
		if each, ok := k.value(Money, v/n.Value); ok {
			return Figure{Kind: Money, Value: v, Origin: n.Origin + " times " + each.Origin}, true
		}
	}
	return Figure{}, false
}

// halved: 6 of 12, where the text says half.
func (r *draftRun) halved(j *judging, v int64) (Figure, bool) {
	all, ok := r.known.value(Count, 2*v)
	return Figure{Kind: Count, Value: v, Origin: "half of " + all.Origin}, ok && len(j.v.byTerm[r.rs.words.halves]) > 0
}

// half: the fraction is a way to speak, as half of the row or a quarter of an hour.
func (r *draftRun) half(j *judging, g *text.Figure, pos int32) bool {
	end := j.keyPos(g.End)
	h, ok := j.v.find1(r.rs.words.halves, pos, end+wordReach)
	return ok && h.start <= end
}

// ratio: a fraction that two known amounts stand in: a third off 690 is 230.
func (k *known) ratio(ppm int64) (Figure, bool) {
	for _, all := range k.own {
		if all.Kind != Money || all.Value <= 0 || all.Value > maxRatio {
			continue
		}
		for _, part := range k.own {
			if part.Kind == Money && part.Value < all.Value && max(part.Value*1_000_000/all.Value-ppm, ppm-part.Value*1_000_000/all.Value) <= 1 {
				return Figure{Kind: Percent, Origin: part.Origin + " of " + all.Origin}, true
			}
		}
	}
	return Figure{}, false
}

// maxRatio keeps the product within its type.
const maxRatio = 1 << 40

// progress: 5/12 is how far a plan is, when both are known counts.
func (r *draftRun) progress(g *text.Figure) (Figure, bool) {
	if !strings.ContainsAny(g.Text, "/／") {
		return Figure{}, false
	}
	a, b, ok := strings.Cut(text.Fold(g.Text).String(), "/")
	n, err := strconv.ParseInt(a, 10, 64)
	m, err2 := strconv.ParseInt(b, 10, 64)
	if !ok || err != nil || err2 != nil || n > m {
		return Figure{}, false
	}
	if _, known := r.known.value(Count, n); !known {
		return Figure{}, false
	}
	return r.known.value(Count, m)
}

// countsDebt: a bare number that counts bills, or says so many out of so many. Where no count is known it is talk.
func (r *draftRun) countsDebt(j *judging, g *text.Figure) bool {
	if g.Big || g.Count < 2 || g.Micro != g.Count*1_000_000 || !r.known.counts() {
		return false
	}
	t := r.rs.words.counted
	from, to := j.keyPos(g.Start), j.keyPos(g.End)
	next, ok := j.v.find1(t, to, to+wordReach)
	last, after := j.v.find1(t, from-wordReach, from)
	return ok && next.start <= to+1 || after && last.end >= from-1
}

// wordReach is how far a word beside a number may reach, in characters.
const wordReach = 14

func (k *known) counts() bool { return k.most() > 0 }

// most is the highest known count: no instalment comes after the last.
func (k *known) most() (most int64) {
	for _, g := range k.own {
		if g.Kind == Count {
			most = max(most, g.Value)
		}
	}
	return most
}

// pastLast: an instalment is named that the plan does not have.
func (r *draftRun) pastLast(g *text.Figure) bool {
	return g.Ordinal && (g.Unit == "期" || g.Unit == "instalment" || g.Unit == "installment") && r.known.counts() && g.Count > r.known.most()
}

// dotted: 11.29 where a due date stands. It must be a known day.
func (r *draftRun) dotted(j *judging, g *text.Figure, pos int32) (known, dated bool) {
	if !strings.ContainsAny(g.Text, ".．") {
		return false, false
	}
	a, b, ok := strings.Cut(text.Fold(g.Text).String(), ".")
	month, err := strconv.Atoi(a)
	day, err2 := strconv.Atoi(b)
	if !ok || err != nil || err2 != nil || month < 1 || month > 12 || day < 1 || day > 31 || !j.v.within(r.rs.words.dueDay, pos-wordReach, pos) {
		return false, false
	}
	for _, d := range r.known.dates {
		if int(d.Month) == month && d.Day == day {
			return true, true
		}
	}
	return false, true
}

// tail: the last digits of a known telephone or account number, said to be just that.
func (r *draftRun) tail(j *judging, digits string, pos int32) (Figure, bool) {
	if len(digits) < 3 || !j.v.within(r.rs.words.tails, pos-2*wordReach, pos) {
		return Figure{}, false
	}
	for _, g := range r.known.own {
		if whole := plain(g.Text); (g.Kind == Phone || g.Kind == Ref) && len(whole) > len(digits) && strings.HasSuffix(whole, digits) {
			return g, true
		}
	}
	return Figure{}, false
}

// wrongWeekday: the first of the figures is a date said to be another day of the week than it is, in itself or by a weekday after it.
func wrongWeekday(figs []text.Figure) bool {
	g := &figs[0]
	if g.Kind != text.FigDate || g.Date.IsZero() {
		return false
	}
	day, ok := text.Weekday(g.Text)
	if !ok && len(figs) > 1 {
		if next := &figs[1]; next.Kind == text.FigDate && next.Start-g.End <= besides && bareWeekday(next.Text) {
			day, ok = text.Weekday(next.Text)
		}
	}
	return ok && g.Date.Weekday() != day
}

// bareWeekday: the text of a date is just a weekday; 下周三 and next Wednesday are days of their own.
func bareWeekday(s string) bool {
	r := []rune(s)
	return len(r) > 0 && (strings.ContainsRune("周週星礼禮", r[0]) && len(r) <= 3 || r[0] < 0x80 && !strings.ContainsAny(s, " 0123456789"))
}

// besides is how far after a date its weekday may stand: 12月9日，是个周四.
const besides = 8

// fromTo: a span of months with two ends, not a year or a quarter.
func fromTo(g *text.Figure) bool {
	return g.DateEnd.After(g.Date.AddDays(31)) && (strings.ContainsAny(g.Text, "到至~–-") || strings.Contains(g.Text, " to "))
}

// noClaim: a year of a law's edition, a year's LPR, somebody's age, a counter in a hall, once a week, 一天两天; today or Friday,
// as the debtor likes.
func (r *draftRun) noClaim(j *judging, g *text.Figure) bool {
	d := &r.rs.words
	end := j.keyPos(g.End)
	next := func(t int32, reach int32) bool {
		h, ok := j.v.find1(t, end, end+reach)
		return ok && h.start <= end+2
	}
	if g.Kind != text.FigDuration && !strings.ContainsFunc(g.Text, isDigit) && r.inClause(j, d.choice, j.keyPos(g.Start)) {
		return true
	}
	switch g.Kind {
	case text.FigRange:
		return strings.HasSuffix(g.Text, "年") && next(d.edition, wordReach)
	case text.FigDay, text.FigDate:
		if g.Text == "一日" && j.before(g.Start) == "前" { // 前一日
			return true
		}
		return strings.HasSuffix(g.Text, "号") && next(d.places, wordReach)
	case text.FigDuration:
		return next(d.base, wordReach) || next(d.aged, wordReach) || next(d.places, wordReach) || g.Unit == "week" && g.Count == 1 && g.Rel == "" || j.v.cutText(g.Start-2, g.Start) == "一天"
	}
	return false
}

// workday is a time of day in a text.
type workday struct {
	start, end int
	known      bool
}

// hours objects to a time that closes a span which begins with one of our hours (九点上班，到20点下班): both are ours or neither.
func (r *draftRun) hours(j *judging, all []workday) {
	for i := 1; i < len(all); i++ {
		from, to := all[i-1], all[i]
		if between := j.v.cutText(from.end, to.start); from.known && !to.known && utf8.RuneCountInString(between) <= 6 && strings.ContainsAny(between, "到至-–~") {
			r.noSource(j, to.start, to.end, j.v.cutText(to.start, to.end))
		}
	}
}

// timeOfDay is the minute of the day of 9:30 and of a bare hour, 九点. One o'clock is also a little, 一点.
func timeOfDay(g *text.Figure) (int, bool) {
	if g.Kind == text.FigNumber && g.Unit == "点" && g.Count > 1 && g.Count <= 24 {
		return int(g.Count) * 60, true
	}
	if g.Kind != text.FigTime {
		return 0, false
	}
	return clockOf(g.Text)
}

// bareAmounts are the bare numbers of a text that may be amounts: where two of them are known, that is how it writes amounts, and the
// others must be known too.
type bareAmounts struct {
	known   int
	unknown []*text.Figure
}

func (b *bareAmounts) note(r *draftRun, g *text.Figure) {
	if g.Kind != text.FigNumber || g.Ordinal || g.Unit != "" || g.Big || g.Micro < 100*1_000_000 || g.Micro%10_000 != 0 {
		return
	}
	if _, ok := r.known.value(Money, g.Micro/10_000); ok {
		b.known++
	} else if _, ok := r.known.product(g.Micro / 10_000); !ok && g.Micro < bigNumber*1_000_000 {
		b.unknown = append(b.unknown, g)
	}
}

func (r *draftRun) bare(j *judging, b *bareAmounts) {
	for _, g := range b.unknown {
		if b.known >= 2 {
			r.noSource(j, g.Start, g.End, g.Text)
		}
	}
}

// placeholders objects to what a template or a program left where a figure should stand: {{due_date}}, NaN.
func (r *draftRun) placeholders(j *judging) {
	for _, w := range r.rs.tables.Placeholders {
		if at := strings.Index(j.v.src, w); at >= 0 {
			from := utf8.RuneCountInString(j.v.src[:at])
			r.noSource(j, from, from+utf8.RuneCountInString(w), w)
		}
	}
}
