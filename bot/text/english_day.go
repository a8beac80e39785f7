package text

import (
	"time"

	"hejie/flows/calendar"
)

// enFeast is a day with an English name. Longer words first. Rule picks the movable ones.
type enFeast struct {
	word       string
	month, day int
	rule       string // lunar, eve (of the lunar year), easter, nth (day is the n-th weekday of the month, see enFeastDay)
	back       int
}

var enFeasts = []enFeast{
	{"christmas eve", 12, 24, "", 0}, {"xmas eve", 12, 24, "", 0}, {"christmas day", 12, 25, "", 0}, {"christmas", 12, 25, "", 0}, {"xmas", 12, 25, "", 0}, {"boxing day", 12, 26, "", 0},
	{"chinese new year's eve", 1, 1, "lunar", 1}, {"chinese new years eve", 1, 1, "lunar", 1}, {"chinese new year", 1, 1, "lunar", 0}, {"lunar new year", 1, 1, "lunar", 0}, {"spring festival", 1, 1, "lunar", 0},
	{"lantern festival", 1, 15, "lunar", 0}, {"dragon boat festival", 5, 5, "lunar", 0}, {"mid-autumn festival", 8, 15, "lunar", 0}, {"mid autumn festival", 8, 15, "lunar", 0}, {"mid-autumn", 8, 15, "lunar", 0}, {"moon festival", 8, 15, "lunar", 0},
	{"new year's eve", 12, 31, "", 0}, {"new years eve", 12, 31, "", 0}, {"new year's day", 1, 1, "", 0}, {"new years day", 1, 1, "", 0}, {"new year's", 1, 1, "", 0}, {"new years", 1, 1, "", 0}, {"new year", 1, 1, "", 0},
	{"valentine's day", 2, 14, "", 0}, {"valentines day", 2, 14, "", 0}, {"good friday", 0, 0, "easter", 2}, {"easter sunday", 0, 0, "easter", 0}, {"easter", 0, 0, "easter", 0}, {"independence day", 7, 4, "", 0},
	{"halloween", 10, 31, "", 0}, {"thanksgiving day", 11, 4, "thursday", 0}, {"thanksgiving", 11, 4, "thursday", 0}, {"black friday", 11, 4, "thursday", -1}, {"labor day", 9, 1, "monday", 0}, {"labour day", 5, 1, "", 0}, {"national day", 10, 1, "", 0},
}

// enFeast reads "by Christmas", "Chinese New Year 2027".
func (r *reader) enFeast(i int) int {
	for _, f := range enFeasts {
		j := r.has(i, f.word)
		if j == 0 || !r.edge(j) {
			continue
		}
		if k := r.any(i, "new year resolution", "new year's resolution", "christmas tree", "christmas present", "christmas gift", "christmas bonus", "easter egg"); k > 0 {
			return 0
		}
		if !r.dated {
			return r.add(i, j, Figure{Kind: FigDate, Relative: true})
		}
		year := 0
		if n, ok := r.num(r.gap(j)); ok && n.plain && len(n.digits) == 4 && n.lo >= 2000*micro && n.lo <= 2100*micro {
			year, j = int(n.lo/micro), n.end
		}
		for y := max(year, r.today.Year); y <= r.today.Year+2 || year > 0; y++ {
			d, ok := f.in(y)
			if ok && (year > 0 || !d.Before(r.today)) {
				return r.dateFigure(i, j, d, true)
			}
			if year > 0 {
				break
			}
		}
		return j
	}
	return 0
}

func (f enFeast) in(year int) (calendar.Date, bool) {
	switch f.rule {
	case "lunar":
		d, ok := lunarDate(year, f.month, f.day, false)
		return d.AddDays(-f.back), ok
	case "easter":
		return easter(year).AddDays(-f.back), true
	case "thursday":
		return nthWeekday(year, time.November, 3, f.day).AddDays(-f.back), true
	case "monday":
		return nthWeekday(year, time.September, 0, f.day), true
	}
	return calendar.Date{Year: year, Month: time.Month(f.month), Day: f.day}, true
}

// easter is the Western Easter Sunday (the anonymous Gregorian computus).
func easter(y int) calendar.Date {
	a, b, c := y%19, y/100, y%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	return calendar.Date{Year: y, Month: time.Month((h + l - 7*m + 114) / 31), Day: (h+l-7*m+114)%31 + 1}
}

// nthWeekday is the n-th such weekday (0 = Monday) of a month; n = -1 is the last.
func nthWeekday(year int, m time.Month, wd, n int) calendar.Date {
	first := calendar.Date{Year: year, Month: m, Day: 1}
	day := 1 + (wd-(int(first.Weekday())+6)%7+7)%7
	if n < 0 {
		for day+7 <= daysIn(year, m) {
			day += 7
		}
	} else {
		day += 7 * (n - 1)
	}
	if day > daysIn(year, m) {
		return calendar.Date{}
	}
	return calendar.Date{Year: year, Month: m, Day: day}
}

// enNthWeekday reads "first Monday of January", "the last Friday of the month": e is the place after the first word.
func (r *reader) enNthWeekday(i, e, n int) int {
	w, j := r.word(r.gap(e))
	wd, ok := enDays[w]
	if !ok || !r.dated || n > 5 {
		return 0
	}
	k := r.any(j, " of ", " in ")
	if k == 0 {
		return 0
	}
	year, m, end := r.enMonthNamed(k)
	if end == 0 {
		return 0
	}
	d := nthWeekday(year, m, wd, n)
	if d.IsZero() {
		return 0
	}
	return r.dateFigure(i, end, d, true)
}

// enMonthNamed reads "the month", "next month", "January", "October 2014" at k.
func (r *reader) enMonthNamed(k int) (int, time.Month, int) {
	for _, w := range [...]dayWord{{"the month", 0}, {"this month", 0}, {"the current month", 0}, {"next month", 1}, {"the following month", 1}, {"coming month", 1}, {"last month", -1}, {"month", 0}} {
		if j := r.has(k, w.word); j > 0 && r.edge(j) {
			first := calendar.Date{Year: r.today.Year, Month: max(1, r.today.Month), Day: 1}.AddMonths(w.days, 1)
			return first.Year, first.Month, j
		}
	}
	step := 0
	if j := r.has(k, "next "); j > 0 {
		step, k = 1, j
	} else if j := r.any(k, "this ", "the "); j > 0 {
		k = j
	}
	w, j := r.word(k)
	m := enMonths[w]
	if m == 0 {
		return 0, 0, 0
	}
	if n, ok := r.num(r.gap(j)); ok && n.plainYear() {
		return int(n.lo / micro), m, n.end
	}
	year := r.today.Year
	if m < r.today.Month || step > 0 && m == r.today.Month {
		year++
	}
	return year, m, j
}

// enPartOf reads "start of next month", "early March", "mid-January", "middle of the month", "late June", "mid month".
func (r *reader) enPartOf(i, j int, w string) int {
	k := r.any(j, " of ", "-", " ")
	if k == 0 || !r.dated {
		return 0
	}
	of := r.has(j, " of ") > 0
	if (w == "beginning" || w == "start" || w == "middle") && !of || (w == "early" || w == "late") && of {
		return 0
	}
	if e := r.any(k, "next week", "the week", "this week", "the following week"); e > 0 && (w == "beginning" || w == "start" || w == "early") {
		monday := r.today.AddDays(-((int(r.today.Weekday()) + 6) % 7))
		if r.any(k, "next week", "the following week") > 0 {
			monday = monday.AddDays(7)
		}
		return r.dateFigure(i, e, monday, true)
	}
	if of && (w == "beginning" || w == "start") {
		if e := r.enYearEdge(i, k, true); e > 0 {
			return e
		}
	}
	if e := r.any(k, "the year", "next year"); e > 0 && (w == "beginning" || w == "start" || w == "early") {
		year := r.today.Year
		if r.has(k, "next") > 0 {
			year++
		}
		return r.dateFigure(i, e, calendar.Date{Year: year, Month: 1, Day: 1}, true)
	}
	year, m, e := r.enMonthNamed(k)
	if e == 0 {
		return 0
	}
	at := func(d int) calendar.Date { return calendar.Date{Year: year, Month: m, Day: d} }
	switch w {
	case "early":
		return r.rangeFigure(i, e, at(1), at(10), true)
	case "late":
		return r.rangeFigure(i, e, at(21), at(daysIn(year, m)), true)
	case "mid", "middle":
		d := at(15)
		if d.Before(r.today) && r.any(k, "month", "the month") > 0 {
			d = d.AddMonths(1, 15)
		}
		return r.dateFigure(i, e, d, true)
	}
	return r.dateFigure(i, e, at(1), true)
}
