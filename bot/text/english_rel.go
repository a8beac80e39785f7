package text

import "hejie/flows/calendar"

// enUnit is the unit of time at s: days, months, working days.
func (r *reader) enUnit(s int) (timeUnit, int) {
	if j := r.any(s, "working days", "working day", "business days", "business day", "workdays"); j > 0 {
		return timeUnit{"工作日", 'D', 1}, j
	}
	if j := r.any(s, "calendar ", "more ", "extra ", "further ", "additional ", "full ", "whole ", "solid ", "short "); j > 0 {
		s = j
	}
	w, j := r.word(s)
	u, ok := enUnits[w]
	if !ok {
		return u, 0
	}
	return u, j
}

// enDuration reads "3 weeks", "3 weeks from now", "2 months ago", "in 10 days", "within 14 days", "12-month".
func (r *reader) enDuration(i, j int, n num, u timeUnit) int {
	if k := r.has(j, " and a half"); k > 0 {
		n.lo, n.hi, j = n.lo+micro/2, n.hi+micro/2, k
	}
	if n.lo > 100_000*micro {
		return 0
	}
	f := Figure{Kind: FigDuration, Duration: iso(n.lo, u), Count: n.lo * u.mul / micro, Unit: unitName(u.letter), Approx: n.approx || r.about(i, j)}
	if n.ranged {
		f.Range, f.Min, f.Max, f.DurationMax = true, n.lo*u.mul/micro, n.hi*u.mul/micro, iso(n.hi, u)
		return r.add(i, j, f)
	}
	from, sign, rel := i, 0, ""
	end := j
	if e := r.enFromDay(i, j, n, u); e > 0 {
		return e
	}
	if u.letter == 'W' || u.letter == 'D' {
		if e := r.enWeekOffset(i, j, int(n.lo*u.mul/micro)*map[byte]int{'W': 7, 'D': 1}[u.letter]); e > 0 {
			return e
		}
	}
	switch {
	case r.any(j, " ago", " earlier", " back") > 0:
		sign, end = -1, r.any(j, " ago", " earlier", " back")
	case r.any(j, " from now", " from today", " later", "' time", "s' time", " time", " hence") > 0:
		sign, end = 1, r.any(j, " from now", " from today", " later", "' time", "s' time", " time", " hence")
		if r.behind(i, "in ") {
			from = i - 3
		}
	case r.behind(i, "within ", "within the next ", "in the next ", "over the next ", "next "):
		sign, rel = 1, RelWithin
		for _, w := range [...]string{"within the next ", "within ", "in the next ", "over the next ", "the next ", "next "} {
			if r.behind(i, w) {
				from = i - len(w)
				break
			}
		}
	case r.behind(i, "in ", "in about ", "in another ", "after "):
		sign = 1
		if r.behind(i, "in ") {
			from = i - 3
		}
	}
	d, ok := r.shift(n, u, sign)
	if sign == 0 || !ok || !r.dated {
		return r.add(i, j, f)
	}
	f.Relative, f.Rel = true, rel
	if rel == RelWithin {
		f.Date, f.DateEnd = r.today, d
		return r.add(from, end, f)
	}
	f.Kind, f.Date = FigDate, d
	return r.add(from, end, f)
}

// enArticleSpan reads "a month", "a week ago", "in a week". "a day" alone is a rate, not a length worth keeping.
func (r *reader) enArticleSpan(i, end int, u timeUnit) int {
	if r.any(end, " from ", " after ") > 0 && r.any(end, " from now", " from today") == 0 && r.afterSum(i) {
		return end // 500 a month, from January 15
	}
	if e := r.enFromDay(i, end, num{lo: micro, hi: micro}, u); e > 0 {
		return e
	}
	if days := map[string]int{"week": 7, "fortnight": 14, "day": 1}[u.word]; days > 0 && u.letter != 'M' {
		if e := r.enWeekOffset(i, end, days*int(max(u.mul, 1))); e > 0 {
			return e
		}
	}
	if r.any(end, " ago", " from now", " later", " and a half") > 0 || r.behind(i, "in ", "within ", "for ", "give me ", "another ", "take ", "like ", "about ", "around ", "need ", "wait ", "want ", "maybe ", "over ", "than ", "gimme ", "allow me ", "at least ", "roughly ") || r.clauseStart(i) && r.enLengthGoes(end) {
		return r.enDuration(i, end, num{lo: micro, hi: micro}, u)
	}
	return end
}

// afterSum: a number stands just before i, so that "a month" is how often it is paid.
func (r *reader) afterSum(i int) bool {
	for i > 0 && r.rs[i-1] == ' ' {
		i--
	}
	return i > 0 && (isDigit(r.rs[i-1]) || i > 1 && r.rs[i-1] == 'k' && isDigit(r.rs[i-2]) || r.behind(i, "hundred", "thousand", "quid", "bucks", "dollars", "pounds", "yuan", "rmb"))
}

// enLengthGoes: what may follow "a year" at the head of a clause when it is a length asked for.
func (r *reader) enLengthGoes(end int) bool {
	w := r.wordAfter(end)
	return w == "" && !isDigit(r.at(r.gap(end))) || w == "to" || w == "please" || w == "or" || w == "would" || w == "is" || w == "should" || w == "max" || w == "tops" || w == "at"
}

// enRelative reads next Friday (of next week), this month, last year, next month on the 15th.
func (r *reader) enRelative(i, j int, w string) int {
	step := 0
	switch w {
	case "next":
		step = 1
	case "last", "previous", "past":
		step = -1
	}
	if k := r.any(j, " night", " morning", " afternoon", " evening"); k > 0 && r.edge(k) && (w == "this" || w == "last") {
		return r.dateFigure(i, k, r.today.AddDays(step), true)
	}
	k := r.gap(j)
	o, e := r.word(k)
	if d, ok := enDays[o]; ok {
		monday := r.today.AddDays(-((int(r.today.Weekday()) + 6) % 7))
		switch w {
		case "coming":
			return r.dateFigure(i, e, r.weekdayAfter(d), true)
		case "past":
			return r.dateFigure(i, e, r.weekdayBefore(d), true)
		}
		return r.dateFigure(i, e, monday.AddDays(7*step+d), true)
	}
	if m, ok := enMonths[o]; ok && k > j {
		year := r.today.Year + step
		if step > 0 && m > r.today.Month || step < 0 && m < r.today.Month { // the nearest one ahead or behind
			year = r.today.Year
		}
		return r.inMonth(i, e, year, m, true, false)
	}
	switch o {
	case "week":
		if x := r.any(e, " on ", ", ", " "); x > 0 && r.dated {
			d, y := r.word(x)
			if wd, ok := enDays[d]; ok {
				return r.dateFigure(i, y, r.today.AddDays(7*step-(int(r.today.Weekday())+6)%7+wd), true)
			}
		}
		monday := r.today.AddDays(7*step - (int(r.today.Weekday())+6)%7)
		return r.rangeFigure(i, e, monday, monday.AddDays(6), true)
	case "month":
		first := calendar.Date{Year: r.today.Year, Month: max(1, r.today.Month), Day: 1}.AddMonths(step, 1)
		if x := r.any(e, " on the ", " the ", ", the "); x > 0 && isDigit(r.at(x)) {
			if n, ok := r.num(x); ok && n.plain && n.lo <= 31*micro && n.lo >= micro {
				if y := r.any(n.end, "st", "nd", "rd", "th"); y > 0 {
					return r.dateFigure(i, y, calendar.Date{Year: first.Year, Month: first.Month, Day: min(int(n.lo/micro), daysIn(first.Year, first.Month))}, true)
				}
			}
		}
		return r.rangeFigure(i, e, first, calendar.Date{Year: first.Year, Month: first.Month, Day: daysIn(first.Year, first.Month)}, true)
	case "year", "yr":
		y := r.today.Year + step
		return r.rangeFigure(i, e, calendar.Date{Year: y, Month: 1, Day: 1}, calendar.Date{Year: y, Month: 12, Day: 31}, true)
	case "weekend":
		monday := r.today.AddDays(7*step - (int(r.today.Weekday())+6)%7)
		return r.rangeFigure(i, e, monday.AddDays(5), monday.AddDays(6), true)
	}
	return 0
}

// enEnd reads end of the month, month end, end of next month, end of year.
func (r *reader) enEnd(i int) int {
	j := 0
	for _, w := range [...]struct {
		word        string
		month, year int
	}{
		{"end of the following month", 1, -1}, {"end of the month", 0, -1}, {"end of this month", 0, -1}, {"end of next month", 1, -1}, {"end of month", 0, -1}, {"month end", 0, -1}, {"month-end", 0, -1}, {"eom", 0, -1},
		{"end of this year", 0, 0}, {"end of the year", 0, 0}, {"end of this year", 0, 0}, {"end of year", 0, 0}, {"year end", 0, 0}, {"year-end", 0, 0}, {"end of next year", 0, 1},
	} {
		if j = r.has(i, w.word); j == 0 || !r.edge(j) {
			continue
		}
		if w.year >= 0 {
			return r.dateFigure(i, j, calendar.Date{Year: r.today.Year + w.year, Month: 12, Day: 31}, true)
		}
		first := calendar.Date{Year: r.today.Year, Month: max(1, r.today.Month), Day: 1}.AddMonths(w.month, 1)
		return r.dateFigure(i, j, calendar.Date{Year: first.Year, Month: first.Month, Day: daysIn(first.Year, first.Month)}, true)
	}
	if j = r.any(i, "end of the week", "end of this week", "end of next week", "end of week"); j > 0 {
		monday := r.today.AddDays(-((int(r.today.Weekday()) + 6) % 7))
		if r.has(i, "end of next") > 0 {
			monday = monday.AddDays(7)
		}
		return r.dateFigure(i, j, monday.AddDays(6), true)
	}
	if j = r.has(i, "end of last week"); j > 0 {
		return r.dateFigure(i, j, r.today.AddDays(-1-(int(r.today.Weekday())+6)%7), true)
	}
	if j = r.has(i, "end of "); j > 0 {
		if e := r.enYearEdge(i, j, false); e > 0 {
			return e
		}
		w, e := r.word(j)
		if m, ok := enMonths[w]; ok {
			y := r.today.Year
			if m < r.today.Month {
				y++
			}
			return r.dateFigure(i, e, calendar.Date{Year: y, Month: m, Day: daysIn(y, m)}, true)
		}
	}
	return 0
}

// enEvery reads "every month on the 12th", "each 12th".
func (r *reader) enEvery(i int) int {
	j := r.any(i, "every month on the ", "each month on the ", "monthly on the ", "every month the ", "every ", "each ")
	if j == 0 || !isDigit(r.at(j)) {
		return 0
	}
	n, ok := r.num(j)
	if !ok || !n.plain || n.lo < micro || n.lo > 31*micro {
		return 0
	}
	e := r.any(n.end, "st", "nd", "rd", "th")
	if e == 0 {
		return 0
	}
	w, k := r.word(r.gap(e))
	if _, weekday := enDays[w]; weekday {
		return k // every 4th Friday names no day of the month
	}
	return r.add(j, e, Figure{Kind: FigDay, Count: n.lo / micro})
}
