package text

import "hejie/flows/calendar"

// enWeekday is the next such day; "Friday 18 December" is read as the date.
func (r *reader) enWeekday(i, j, wd int, w string) int {
	if len(w) == 3 && r.at(j) == '.' {
		j++
	}
	if e := r.enOfWeek(i, j, wd); e > 0 && r.dated {
		return e
	}
	if e := r.any(j, " after next"); e > 0 && r.dated && r.edge(e) { // next Friday is of next week, this one a week later
		return r.dateFigure(i, e, r.today.AddDays(wd-(int(r.today.Weekday())+6)%7+14), true)
	}
	k := r.any(j, ", the ", " the ", ", ", " ")
	if k > 0 {
		if e := r.enDateAt(k); e > 0 {
			r.out[len(r.out)-1].Start = i
			return e
		}
	}
	if e := r.enWeekdayDay(i, j, wd); e > 0 {
		return e
	}
	if (w == "sat" || w == "mon" || w == "wed") && !r.behind(i, "on ", "by ", "this ", "next ", "until ", "till ") && !r.isolated(i, j) {
		return 0
	}
	return r.dateFigure(i, j, r.weekdayAfter(wd), true)
}

// enWeekdayDay reads "Thu 14th", "Monday 21": the next such day of a month that is such a weekday.
func (r *reader) enWeekdayDay(i, j, wd int) int {
	k := r.any(j, " the ", " ")
	if k == 0 || !isDigit(r.at(k)) || !r.dated {
		return 0
	}
	n, ok := r.num(k)
	if !ok || !n.plain || len(n.digits) > 2 || n.lo < micro || n.lo > 31*micro {
		return 0
	}
	e := r.any(n.end, "st", "nd", "rd", "th")
	if e == 0 {
		if e = n.end; r.at(e) != 0 && !endsPhrase(r.at(e)) || len(n.digits) < 2 {
			return 0
		}
	}
	if !r.edge(e) {
		return 0
	}
	first := calendar.Date{Year: r.today.Year, Month: r.today.Month, Day: 1}
	for m := range 15 {
		d := first.AddMonths(m, 1)
		if d.Day = int(n.lo / micro); d.Day <= daysIn(d.Year, d.Month) && (int(d.Weekday())+6)%7 == wd && !d.Before(r.today) {
			return r.dateFigure(i, e, d, true)
		}
	}
	return 0
}

func (r *reader) weekdayAfter(wd int) calendar.Date {
	back := (int(r.today.Weekday()) + 6) % 7
	d := r.today.AddDays(wd - back)
	if !d.After(r.today) {
		d = d.AddDays(7)
	}
	return d
}

func (r *reader) weekdayBefore(wd int) calendar.Date {
	d := r.weekdayAfter(wd).AddDays(-7)
	if d == r.today {
		d = d.AddDays(-7)
	}
	return d
}

// endsPhrase: a mark after which nothing belongs to the figure.
func endsPhrase(c rune) bool {
	return c == '.' || c == ',' || c == '!' || c == '?' || c == '\n' || c == ';'
}

// enWeekOffset reads "a week on Friday", "two weeks from Monday", "a week from tomorrow": a day counted from another day.
// e is the place after the length; days is how long it is.
func (r *reader) enWeekOffset(i, e, days int) int {
	k := r.any(e, " on ", " from this ", " from next ", " from ", " after ")
	if k == 0 || !r.dated || days > 400 {
		return 0
	}
	if r.has(e, " on ") > 0 && days%7 != 0 {
		return 0
	}
	w, j := r.word(k)
	base := r.today
	wd, day := enDays[w]
	switch {
	case w == "today" || w == "now":
	case w == "tomorrow":
		base = base.AddDays(1)
	case day:
		base = r.weekdayAfter(wd)
		if r.has(e, " from next ") > 0 {
			base = r.today.AddDays(7 - (int(r.today.Weekday())+6)%7 + wd)
		}
	default:
		return 0
	}
	return r.dateFigure(i, j, base.AddDays(days), true)
}

// enOfWeek reads what week a weekday is of: "Friday of next week", "Friday next week", "Friday week". E is after the day.
func (r *reader) enOfWeek(i, e, wd int) int {
	monday := r.today.AddDays(-((int(r.today.Weekday()) + 6) % 7))
	for _, w := range [...]dayWord{
		{" of next week", 1}, {" next week", 1}, {" of the following week", 1}, {" of this week", 0}, {" this week", 0}, {" of last week", -1}, {" last week", -1}, {" of the week after next", 2}, {" the week after next", 2},
	} {
		if j := r.has(e, w.word); j > 0 && r.edge(j) {
			return r.dateFigure(i, j, monday.AddDays(7*w.days+wd), true)
		}
	}
	if j := r.has(e, " week"); j > 0 && r.edge(j) {
		return r.dateFigure(i, j, r.weekdayAfter(wd).AddDays(7), true)
	}
	return 0
}

// afterNext reads "the week after next", "the month after next".
func (r *reader) afterNext(i int) int {
	if j := r.any(i, "the week after next", "week after next"); j > 0 {
		monday := r.today.AddDays(14 - (int(r.today.Weekday())+6)%7)
		return r.rangeFigure(i, j, monday, monday.AddDays(6), true)
	}
	if j := r.any(i, "the month after next", "month after next"); j > 0 {
		first := calendar.Date{Year: r.today.Year, Month: max(1, r.today.Month), Day: 1}.AddMonths(2, 1)
		return r.rangeFigure(i, j, first, calendar.Date{Year: first.Year, Month: first.Month, Day: daysIn(first.Year, first.Month)}, true)
	}
	return 0
}
