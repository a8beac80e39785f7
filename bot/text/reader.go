package text

import (
	"cmp"
	"slices"
	"unicode"

	"hejie/flows/calendar"
)

// reader walks the folded text once. Each method that tries to read something at i returns the place after it, or 0.
type reader struct {
	f     Folded
	rs    []rune // folded
	orig  []rune
	opt   Opt
	today calendar.Date
	dated bool // Now was given: relative dates can be resolved
	money string
	out   []Figure
}

func newReader(s string, opt Opt) *reader {
	r := &reader{f: Fold(s), orig: []rune(s), opt: opt, money: cmp.Or(opt.Currency, "CNY")}
	r.rs = r.f.Runes
	if !opt.Now.IsZero() {
		zone := opt.Zone
		if zone == nil {
			zone = opt.Now.Location()
		}
		r.today, r.dated = calendar.Today(opt.Now, zone), true
	}
	return r
}

func (r *reader) at(i int) rune {
	if i < 0 || i >= len(r.rs) {
		return 0
	}
	return r.rs[i]
}

// has is the place after word if it stands at i, else 0.
func (r *reader) has(i int, word string) int {
	for _, w := range word {
		if r.at(i) != w {
			return 0
		}
		i++
	}
	return i
}

// any is the place after the first of words that stands at i, else 0. Longer words must come first.
func (r *reader) any(i int, words ...string) int {
	for _, w := range words {
		if j := r.has(i, w); j > 0 {
			return j
		}
	}
	return 0
}

// behind tells whether word ends just before i.
func (r *reader) behind(i int, words ...string) bool {
	for _, w := range words {
		n := len([]rune(w))
		if i >= n && r.has(i-n, w) > 0 {
			return true
		}
	}
	return false
}

// near tells whether one of words begins within the k runes before i.
func (r *reader) near(i, k int, words ...string) bool {
	for j := max(0, i-k); j < i; j++ {
		if r.any(j, words...) > 0 {
			return true
		}
	}
	return false
}

// clauseHas tells whether one of words begins within the k runes before i, in the same clause.
func (r *reader) clauseHas(i, k int, words ...string) bool {
	a := i
	for a > 0 && i-a < k && !clauseMark(r.rs[a-1]) {
		a--
	}
	return r.near(i, i-a, words...)
}

func clauseMark(c rune) bool { return endsPhrase(c) || c == '。' || c == '、' }

// clauseStart: nothing but spaces and a mark stand before i.
func (r *reader) clauseStart(i int) bool {
	for i--; i >= 0 && r.rs[i] == ' '; i-- {
	}
	return i < 0 || clauseMark(r.rs[i])
}

// gap skips at most two spaces.
func (r *reader) gap(i int) int {
	for k := 0; k < 2 && r.at(i) == ' '; k++ {
		i++
	}
	return i
}

func isDigit(c rune) bool { return c >= '0' && c <= '9' }
func isAlpha(c rune) bool { return c >= 'a' && c <= 'z' }

// edge tells whether i is no continuation of a Latin word or number.
func (r *reader) edge(i int) bool {
	return !isAlpha(r.at(i)) && !isDigit(r.at(i))
}

func (r *reader) add(from, to int, f Figure) int {
	f.Start, f.End = from, to // folded places; finish maps them
	r.out = append(r.out, f)
	return to
}

func (r *reader) step(i int) int {
	switch c := r.rs[i]; {
	case isDigit(c), c == '+', c == '(':
		if j := r.idNumber(i); j > 0 {
			return j
		}
		if !isDigit(c) {
			return i + 1
		}
		if j := r.numericDate(i); j > 0 {
			return j
		}
		if j := r.clock(i); j > 0 {
			return j
		}
		if r.opt.Debtor {
			if j := r.noFigure(i); j > 0 {
				return j
			}
		}
		return r.numeric(i)
	case c == '¥', c == '$', c == '€', c == '£':
		if j := r.signMoney(i, i+1, signCurrency(c, r.money)); j > 0 {
			return j
		}
	case isAlpha(c):
		return r.latinWord(i)
	case isHan(c):
		return r.hanFigure(i)
	}
	return i + 1
}

// hanFigure tries what can begin with a Chinese character; the likeliest and longest first.
func (r *reader) hanFigure(i int) int {
	switch r.rs[i] {
	case '第':
		if r.dated {
			if j := r.yearPiece(i, i, r.today.Year); j > 0 {
				return j
			}
		}
		if j := r.ordinal(i); j > 0 {
			return j
		}
		return i + 1
	case '每', '逢':
		if j := r.everyMonth(i); j > 0 {
			return j
		}
		return i + 1
	case '百', '千', '万', '亿':
		if j := r.partsOf(i); j > 0 {
			return j
		}
		if j := max(r.roundly(i), r.silentOne(i)); j > 0 {
			return j
		}
	case '个':
		if j := r.loneMonth(i); j > 0 {
			return j
		}
	case '人', '港', '美', '台', '欧', '英', '新':
		if j := r.namedMoney(i); j > 0 {
			return j
		}
	case '日', '月', '年', '息', '利':
		if j := r.folkRate(i); j > 0 {
			return j
		}
	case '对':
		if j := r.has(i, "对折"); j > 0 {
			return r.add(i, j, Figure{Kind: FigPercent, PPM: 500_000})
		}
	case '半':
		if j := r.half(i); j > 0 {
			return j
		}
		return i + 1
	}
	if _, said := spokenDigit(r.rs[i]); said {
		if j := r.dictated(i); j > 0 {
			return j
		}
	}
	if j := r.hanDate(i); j > 0 {
		return j
	}
	if !numeralStart(r.rs[i]) {
		return i + 1
	}
	return r.hanNumeral(i)
}

// hanNumeral reads a Chinese numeral, and the 小 of 小几千 before it.
func (r *reader) hanNumeral(i int) int {
	if r.opt.Debtor {
		if j := r.idiom(i); j > 0 {
			return j
		}
	}
	before := len(r.out)
	j := r.numeric(i)
	if c := r.at(i - 1); len(r.out) > before && r.rs[i] == '几' && (c == '小' || c == '大') && r.out[before].Kind == FigMoney { // 小几千
		r.out[before].Start, r.out[before].Approx = i-1, true
	}
	return j
}

// finish joins 500元到800元 into one range and maps places to the original text.
func (r *reader) finish() {
	r.out = r.joinRanges(r.out)
	slices.SortStableFunc(r.out, func(a, b Figure) int { return a.Start - b.Start })
	r.lendUnits()
	r.lendBack()
	r.markRates()
	kept, last := r.out[:0], 0
	for _, f := range r.out {
		f.Start, f.End = r.f.Span(f.Start, f.End)
		f.Start, f.End = max(f.Start, last), min(f.End, len(r.orig))
		if f.Start >= f.End {
			continue // ¼ folds to three runes: the second figure lies in a rune the first one holds already
		}
		f.Text = string(r.orig[f.Start:f.End])
		kept, last = append(kept, f), f.End
	}
	r.out = kept
}

// joinRanges makes one figure of two of a kind with only "to" between them.
func (r *reader) joinRanges(in []Figure) []Figure {
	out := in[:0]
	for _, f := range in {
		if len(out) > 0 {
			last := &out[len(out)-1]
			if r.joinable(last, &f) {
				r.join(last, f)
				continue
			}
		}
		out = append(out, f)
	}
	return out
}

func (r *reader) joinable(a, b *Figure) bool {
	if a.Kind != b.Kind || a.Range || b.Range || b.Start-a.End > 5 {
		return false
	}
	mid := string(r.rs[a.End:b.Start])
	switch mid {
	case "到", "至", "-", "~", "—", "–", " - ", " to ", " 到 ", "起至", "——":
	case " and ":
		if !r.near(a.Start, 9, "between") {
			return false
		}
	default:
		return false
	}
	switch a.Kind {
	case FigMoney:
		return a.Minor < b.Minor && (a.Currency == b.Currency || a.Bare)
	case FigDate:
		_, _, ok := rangeEnds(a, b)
		return ok
	case FigRange:
		return !a.Date.IsZero() && !b.Date.IsZero() && a.Date.Day == 1 && b.Date.Day == 1 && (!b.DateEnd.Before(a.Date) || a.Yearless && !b.DateEnd.Before(a.Date.AddMonths(-12, 1)))
	case FigDuration:
		return a.Unit == b.Unit && a.Count < b.Count && a.Rel == "" && b.Rel == ""
	case FigCount:
		return a.Count < b.Count
	case FigPercent:
		return a.PPM < b.PPM
	}
	return false
}

func (r *reader) join(a *Figure, b Figure) {
	a.End = b.End
	switch a.Kind {
	case FigMoney:
		a.Range, a.Min, a.Max, a.Currency, a.Bare = true, a.Minor, b.Minor, b.Currency, a.Bare && b.Bare
	case FigRange: // 三月到五月
		a.DateEnd, a.Relative = b.DateEnd, a.Relative || b.Relative
		if a.DateEnd.Before(a.Date) {
			a.Date = a.Date.AddMonths(-12, 1)
		}
	case FigDuration:
		a.Range, a.Min, a.Max, a.DurationMax = true, a.Count, b.Count, b.Duration
	case FigCount:
		a.Range, a.Min, a.Max = true, a.Count, b.Count
	case FigPercent:
		a.Range, a.Min, a.Max, a.Per = true, a.PPM, b.PPM, cmp.Or(a.Per, b.Per)
	case FigDate:
		a.Date, a.DateEnd, _ = rangeEnds(a, &b)
		a.Kind, a.Relative = FigRange, a.Relative || b.Relative
	}
}

// rangeEnds orders two dates with "to" between them: what was not said of one (its month, its year, which week) follows from
// the other. ok is false when they cannot be the ends of one stretch.
func rangeEnds(a, b *Figure) (from, to calendar.Date, ok bool) {
	from, to = a.Date, b.Date
	if from.IsZero() || to.IsZero() {
		return from, to, false
	}
	switch {
	case b.Yearless && b.Count > 0: // 一月十日到十二日: the second day is of the month of the first
		first := calendar.Date{Year: from.Year, Month: from.Month, Day: 1}
		if b.Count <= int64(from.Day) {
			first = first.AddMonths(1, 1)
		}
		to = calendar.Date{Year: first.Year, Month: first.Month, Day: min(int(b.Count), daysIn(first.Year, first.Month))}
	case !to.Before(from):
	case b.Yearless:
		to = to.AddMonths(12, to.Day)
	case a.Yearless: // 11/1-2/2/2027
		for k := 0; k < 12 && to.Before(from); k++ {
			from = from.AddMonths(-12, from.Day)
		}
	case b.Relative && from.DaysSince(to) < 7: // 周五到周一
		to = to.AddDays(7)
	}
	return from, to, !to.Before(from)
}

// isolated tells whether nothing but spaces and marks stands beside [i,j): the figure is the whole message.
func (r *reader) isolated(i, j int) bool {
	for k := i - 1; k >= 0; k-- {
		if unicode.IsLetter(r.rs[k]) || isDigit(r.rs[k]) {
			return false
		}
	}
	for ; j < len(r.rs); j++ {
		if c := r.rs[j]; unicode.IsLetter(c) && !softEnd(c) || isDigit(c) {
			return false
		}
	}
	return true
}

// softEnd are the particles that may close a bare answer: 十二吧.
func softEnd(c rune) bool {
	switch c {
	case '吧', '呢', '啊', '呀', '嘛', '了', '咯', '哦', '啦', '哈', '的':
		return true
	}
	return false
}
