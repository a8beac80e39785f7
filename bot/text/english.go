package text

import (
	"strings"
	"time"

	"hejie/flows/calendar"
)

var enMonths = map[string]time.Month{
	"january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5, "june": 6, "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8,
	"september": 9, "sept": 9, "sep": 9, "october": 10, "oct": 10, "november": 11, "nov": 11, "december": 12, "dec": 12,
}

var enDays = map[string]int{ // from Monday
	"monday": 0, "mon": 0, "tuesday": 1, "tue": 1, "tues": 1, "wednesday": 2, "wed": 2, "weds": 2, "thursday": 3, "thu": 3, "thur": 3, "thurs": 3, "friday": 4, "fri": 4,
	"saturday": 5, "sat": 5, "sunday": 6,
}

var enUnits = map[string]timeUnit{
	"day": {"day", 'D', 1}, "days": {"day", 'D', 1}, "night": {"day", 'D', 1}, "nights": {"day", 'D', 1}, "week": {"week", 'W', 1}, "weeks": {"week", 'W', 1}, "wk": {"week", 'W', 1},
	"wks": {"week", 'W', 1}, "fortnight": {"week", 'W', 2}, "fortnights": {"week", 'W', 2}, "month": {"month", 'M', 1}, "months": {"month", 'M', 1}, "mth": {"month", 'M', 1},
	"mths": {"month", 'M', 1}, "mo": {"month", 'M', 1}, "mos": {"month", 'M', 1}, "quarter": {"quarter", 'M', 3}, "quarters": {"quarter", 'M', 3}, "year": {"year", 'Y', 1}, "years": {"year", 'Y', 1}, "yr": {"year", 'Y', 1},
	"yrs": {"year", 'Y', 1}, "hour": {"hour", 'H', 1}, "hours": {"hour", 'H', 1}, "hr": {"hour", 'H', 1}, "hrs": {"hour", 'H', 1}, "minute": {"minute", 'm', 1}, "minutes": {"minute", 'm', 1},
	"min": {"minute", 'm', 1}, "mins": {"minute", 'm', 1},
}

// latinWord reads what can begin with a Latin letter; it moves past the whole word when there is nothing.
func (r *reader) latinWord(i int) int {
	end := r.wordEnd(i)
	if i > 0 && isAlpha(r.at(i-1)) {
		return end
	}
	if k := r.letterCard(i); k > 0 {
		return k
	}
	w, j := r.word(i)
	if w == "" {
		return end
	}
	if k := r.latinCurrency(i, w, j); k > 0 {
		return k
	}
	if r.opt.Debtor {
		if k := r.enFeast(i); k > 0 {
			return k
		}
		if k := r.webAddress(i, w); k > 0 {
			return k
		}
	}
	if k := r.enDate(i, j, w); k > 0 {
		return k
	}
	if v, ok := enPlace[w]; ok {
		if k := r.enOrdinal(i, j, v); k > 0 {
			return k
		}
		return end
	}
	if k := r.enPart(i); k > 0 {
		return k
	}
	if _, digit := enSmall[w]; digit || w == "double" || w == "triple" || w == "oh" || w == "nought" {
		if k := r.enDictated(i); k > 0 {
			return k
		}
	}
	if w == "half" {
		return r.enHalf(i, j)
	}
	if k := r.any(i, "fifty fifty", "fifty-fifty"); k > 0 && r.opt.Debtor {
		return k
	}
	if k := r.enLoose(i, w, j); k > 0 {
		return k
	}
	return r.enNumberWord(i, j, end, w)
}

// enNumberWord reads a number in words, or the article before a length of time.
func (r *reader) enNumberWord(i, j, end int, w string) int {
	if _, ok := enSmall[w]; ok || w == "a" || w == "couple" {
		if v, e, ok := r.tensPlace(w, j); ok { // twenty-first
			if k := r.enOrdinal(i, e, v); k > 0 {
				return k
			}
		}
		if n, ok := r.enNum(i, nil); ok {
			return max(r.enSuffix(i, n), end)
		}
		if w == "a" {
			if u, k := r.enUnit(r.gap(j)); k > 0 {
				return max(r.enArticleSpan(i, k, u), end)
			}
		}
	}
	return end
}

func (r *reader) tensPlace(w string, j int) (int64, int, bool) {
	v := enSmall[w]
	if v < 20 {
		return 0, 0, false
	}
	k := r.join1(j)
	o, e := r.word(k)
	d := enPlace[o]
	return v + d, e, k > j && d > 0 && d < 10
}

func (r *reader) latinCurrency(i int, w string, j int) int {
	cur := ""
	switch w {
	case "rmb", "cny":
		cur = "CNY"
	case "usd", "us":
		cur = "USD"
	case "hkd", "hk":
		cur = "HKD"
	case "nt", "ntd", "twd":
		cur = "TWD"
	case "gbp":
		cur = "GBP"
	case "eur":
		cur = "EUR"
	default:
		return 0
	}
	k := j
	if r.at(k) == '$' || r.at(k) == '¥' {
		k++
	} else if len(w) == 2 {
		return 0
	}
	return r.signMoney(i, k, cur)
}

// enTheDay reads the day after tomorrow and the week after next.
func (r *reader) enTheDay(i int) int {
	if k := r.any(i, "the day after tomorrow", "day after tomorrow"); k > 0 {
		return r.dateFigure(i, k, r.today.AddDays(2), true)
	}
	if k := r.afterNext(i); k > 0 {
		return k
	}
	if k := r.any(i, "the day before yesterday", "day before yesterday"); k > 0 {
		return r.dateFigure(i, k, r.today.AddDays(-2), true)
	}
	return 0
}

// enDate reads tomorrow, next Friday, in three weeks, Dec 15 2026, end of the month.
func (r *reader) enDate(i, j int, w string) int {
	switch w {
	case "today", "tonight":
		return r.dateFigure(i, j, r.today, true)
	case "tomorrow", "tmr", "tmrw", "tomorow", "tommorow", "tommorrow", "tomoz":
		if e := r.has(j, " week"); e > 0 && r.edge(e) {
			return r.dateFigure(i, e, r.today.AddDays(8), true)
		}
		return r.dateFigure(i, j, r.today.AddDays(1), true)
	case "yesterday":
		return r.dateFigure(i, j, r.today.AddDays(-1), true)
	case "the", "day":
		return r.enTheDay(i)
	case "next", "this", "last", "coming", "previous", "past", "current", "upcoming":
		if w == "last" {
			from := i
			if r.behind(i, "the ") {
				from = i - 4
			}
			if k := max(r.enNthWeekday(from, j, -1), r.enWeekOfMonth(from, j, -1), r.enLastDay(i, j)); k > 0 {
				return k
			}
		}
		return r.enRelative(i, j, w)
	case "end", "month", "year", "eom":
		if k := r.afterNext(i); k > 0 {
			return k
		}
		return r.enEnd(i)
	case "beginning", "start", "early", "mid", "middle", "late":
		return r.enPartOf(i, j, w)
	case "week", "fortnight":
		if k := r.afterNext(i); k > 0 {
			return k
		}
		days := 7
		if w == "fortnight" {
			days = 14
		}
		return r.enWeekOffset(i, j, days)
	case "every", "each", "monthly":
		return r.enEvery(i)
	}
	if m, ok := enMonths[w]; ok {
		return r.enMonthFirst(i, j, w, m)
	}
	if d, ok := enDays[w]; ok {
		return r.enWeekday(i, j, d, w)
	}
	return 0
}

// enDateAt reads "18 December" or "December 18" at k and adds it; 0 = no such date.
func (r *reader) enDateAt(k int) int {
	before := len(r.out)
	if isDigit(r.at(k)) {
		n, ok := r.num(k)
		if !ok || !n.plain || n.lo > 31*micro {
			return 0
		}
		e := n.end
		if x := r.any(e, "st", "nd", "rd", "th"); x > 0 {
			if j := r.enOrdinal(k, x, n.lo/micro); j > 0 && r.out[len(r.out)-1].Kind == FigDate {
				return j
			}
			r.out = r.out[:before]
			return 0
		}
		if m, x := r.enMonth(r.gap(e)); x > 0 {
			return r.enMonthDay(k, x, m, int(n.lo/micro))
		}
		return 0
	}
	w, j := r.word(k)
	if m, ok := enMonths[w]; ok {
		if e := r.enMonthFirst(k, j, w, m); e > 0 && r.out[len(r.out)-1].Kind == FigDate {
			return e
		}
		r.out = r.out[:before]
	}
	return 0
}

func (r *reader) enMonth(s int) (time.Month, int) {
	if j := r.has(s, "of "); j > 0 {
		s = j
	}
	w, j := r.word(s)
	m := enMonths[w]
	if m == 0 {
		return 0, 0
	}
	if r.at(j) == '.' {
		j++
	}
	return m, j
}

// enMonthFirst reads "Dec 15 2026", "December 2026", "in December". May and March are verbs unless a day or "in" says otherwise.
func (r *reader) enMonthFirst(i, j int, w string, m time.Month) int {
	k := j
	if r.at(k) == '.' {
		k++
	}
	k = r.gap(k)
	if c := r.at(k); (c == '-' || c == '/') && isDigit(r.at(k+1)) {
		k++ // Dec-20-2026
	}
	if e := r.has(k, "the "); e > 0 {
		k = e
	}
	day, e := 0, 0
	if n, ok := r.num(k); ok && k > j-1 && n.plain && n.lo >= micro && n.lo <= 31*micro && len(n.digits) <= 2 && k > j {
		day, e = int(n.lo/micro), n.end
		if x := r.any(e, "st", "nd", "rd", "th"); x > 0 {
			e = x
		}
		if !r.edge(e) {
			day = 0
		}
	} else if o, x := r.word(k); enPlace[o] > 0 && k > j {
		day, e = int(enPlace[o]), x
	} else if v := enSmall[o]; v >= 20 && v <= 30 && k > j {
		if d, x, ok := r.tensPlace(o, x); ok {
			day, e = int(d), x
		}
	}
	if day > 0 && day <= 31 {
		return r.enMonthDay(i, e, m, day)
	}
	if n, ok := r.num(k); ok && n.plain && len(n.digits) == 4 && n.lo >= 1900*micro && n.lo <= 2100*micro {
		return r.inMonth(i, n.end, int(n.lo/micro), m, false, false)
	}
	if (w == "may" || w == "march" || w == "apr" || w == "mar" || w == "dec" || w == "sep" || w == "jan") && !r.behind(i, "in ", "by ", "until ", "till ", "of ", "next ", "last ", "this ", "during ", "since ", "from ", "between ") {
		return 0
	}
	year := r.today.Year
	if m < r.today.Month {
		year++
	}
	last := daysIn(year, m)
	end := r.rangeFigure(i, j, calendar.Date{Year: year, Month: m, Day: 1}, calendar.Date{Year: year, Month: m, Day: last}, true)
	r.out[len(r.out)-1].Yearless = true
	return end
}

// enMonthDay adds a day of a month, with the year if one follows.
func (r *reader) enMonthDay(i, j int, m time.Month, day int) int {
	k := r.any(j, ", ", " of ", " ", ",", "-", "/")
	if k > 0 {
		if n, ok := r.num(k); ok && n.plain && len(n.digits) == 4 && n.lo >= 1900*micro && n.lo <= 2100*micro && r.edge(n.end) {
			year := int(n.lo / micro)
			d := calendar.Date{Year: year, Month: m, Day: day}
			if day > daysIn(year, m) {
				d = calendar.Date{}
			}
			return r.dateFigure(i, n.end, d, false)
		}
	}
	if k := r.any(j, " to the ", " to ", " - ", "-", " through ", " until "); k > 0 { // July 13 to 15
		if n, ok := r.num(k); ok && n.plain && len(n.digits) <= 2 && n.lo > int64(day)*micro && n.lo <= int64(daysIn(2024, m))*micro {
			e := n.end
			if x := r.any(e, "st", "nd", "rd", "th"); x > 0 {
				e = x
			}
			if r.edge(e) && r.dated {
				return r.dayRange(i, e, m, day, int(n.lo/micro))
			}
		}
	}
	end := r.dateFigure(i, j, r.nextMonthDay(m, day), true)
	r.out[len(r.out)-1].Yearless = true
	return end
}

// dayRange adds two days of one month; the year is the one whose last day is not past.
func (r *reader) dayRange(i, j int, m time.Month, from, to int) int {
	last := r.nextMonthDay(m, to)
	first := calendar.Date{Year: last.Year, Month: m, Day: from}
	if last.IsZero() || from > daysIn(last.Year, m) {
		return r.add(i, j, Figure{Kind: FigDate, Relative: true})
	}
	return r.rangeFigure(i, j, first, last, true)
}

// enDaysOf reads "13th to 15th July", "1-8 September": two days before one month.
func (r *reader) enDaysOf(i int, n num) int {
	suffix := func(e int) int {
		if x := r.any(e, "st", "nd", "rd", "th"); x > 0 && r.edge(x) {
			return x
		}
		return e
	}
	k := r.any(suffix(n.end), " to the ", " to ", " - ", "-", " and ", " through ")
	if k == 0 || !n.plain || len(n.digits) > 2 || !isDigit(r.at(k)) || !r.dated {
		return 0
	}
	m, ok := r.num(k)
	if !ok || !m.plain || len(m.digits) > 2 || m.lo <= n.lo || m.lo > 31*micro || n.lo < micro {
		return 0
	}
	month, e := r.enMonth(r.gap(suffix(m.end)))
	if e == 0 || int(m.lo/micro) > daysIn(2024, month) {
		return 0
	}
	return r.dayRange(i, e, month, int(n.lo/micro), int(m.lo/micro))
}

// enParts are fractions people say; each is a part of what is owed.
var enParts = []struct {
	word string
	ppm  int64
}{
	{"two thirds", 666_667}, {"two-thirds", 666_667}, {"three quarters of", 750_000}, {"three-quarters", 750_000}, {"a third", 333_333}, {"one third", 333_333}, {"one-third", 333_333},
	{"a quarter", 250_000}, {"one quarter", 250_000}, {"a fifth", 200_000}, {"one fifth", 200_000}, {"a tenth", 100_000},
}

func (r *reader) enPart(i int) int {
	for _, p := range enParts {
		if j := r.has(i, p.word); j > 0 && r.edge(j) && !enNoun(r.wordAfter(j)) {
			if strings.HasSuffix(p.word, " of") {
				j -= 3
			}
			return r.add(i, j, Figure{Kind: FigPercent, PPM: p.ppm, Unit: "分之"})
		}
	}
	return 0
}

// percentWord is the place after "percent" at s, or 0.
func (r *reader) percentWord(s int) int {
	if j := r.any(s, "percentage points", "percentage point", "percent", "per cent", "pct"); j > 0 && r.edge(j) {
		return j
	}
	return 0
}

// webAddress skips an address: the digits in it count nothing.
func (r *reader) webAddress(i int, w string) int {
	if w != "http" && w != "https" && w != "www" {
		return 0
	}
	j := i
	for c := r.at(j); c != 0 && c != ' ' && c != '\n' && !isHan(c) && c != ','; c = r.at(j) {
		j++
	}
	return j
}

func (r *reader) wordAfter(j int) string {
	w, _ := r.word(r.gap(j))
	return w
}

// enHalf: "half a month" is a length, "pay half" a part.
func (r *reader) enHalf(i, j int) int {
	k := r.any(j, " a ", " an ", "-a-", "-")
	if k == 0 {
		k = r.gap(j)
	}
	if u, e := r.enUnit(k); e > 0 {
		return r.enDuration(i, e, num{lo: micro / 2, hi: micro / 2}, u)
	}
	if e := r.percentWord(k); e > 0 {
		return r.percentFigure(i, e, num{lo: micro / 2, hi: micro / 2, end: j}, 10_000, "")
	}
	if m, e := r.word(k); k > j {
		if mul, ok := enMultiplier(m); ok && mul >= 1000 {
			return r.enSuffix(i, num{lo: mul * micro / 2, hi: mul * micro / 2, end: e, units: true, spoken: m == "grand" || m == "k", top: mul})
		}
	}
	if r.any(j, " past", " hour") > 0 || r.behind(i, "and a ", "on ") {
		return j
	}
	return r.add(i, j, Figure{Kind: FigPercent, PPM: 500_000, Unit: "分之"})
}
