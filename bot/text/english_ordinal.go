package text

import "hejie/flows/calendar"

// enOrdinal reads the 15th, the 15th of next month, 12th of every month, the second one.
func (r *reader) enOrdinal(i, e int, v int64) int {
	from := i
	if r.behind(i, "the ") {
		from = i - 4
	}
	s := r.gap(e)
	if j := max(r.enNthWeekday(from, e, int(min(v, 9))), r.enWeekOfMonth(from, e, int(min(v, 9)))); j > 0 {
		return j
	}
	if k := r.any(s, "day of "); k > 0 {
		s = k
	}
	if m, j := r.enMonth(s); j > 0 && v >= 1 && v <= 31 {
		return r.enMonthDay(from, j, m, int(v))
	}
	if j := r.enRecurring(i, from, e, s); j > 0 && v >= 1 && v <= 31 {
		r.add(i, e, Figure{Kind: FigDay, Count: v})
		return j
	}
	for _, w := range [...]dayWord{{"of next month", 1}, {"next month", 1}, {"of this month", 0}, {"this month", 0}, {"of last month", -1}, {"last month", -1}} {
		if j := r.has(s, w.word); j > 0 && v <= 31 {
			first := calendar.Date{Year: r.today.Year, Month: max(1, r.today.Month), Day: 1}.AddMonths(w.days, 1)
			return r.dateFigure(from, j, calendar.Date{Year: first.Year, Month: first.Month, Day: min(int(v), daysIn(first.Year, first.Month))}, true)
		}
	}
	w, _ := r.word(s)
	digits := isDigit(r.at(i))
	datey := r.behind(i, "on the ", "by the ", "until the ", "till the ", "before the ", "after the ", "from the ", "to the ", " or the ")
	if v >= 1 && v <= 31 && (digits && r.behind(i, "the ") || datey || !digits && v > 3 && enDayFollows(w) && (r.behind(i, "the ") || r.isolated(i, e)) ||
		digits && r.opt.Debtor && v > 3 && enDayFollows(w) && !isDigit(r.at(s)) && !r.isolated(i, e)) && !enNoun(w) {
		end := r.dateFigure(from, e, r.nextDay(int(v)), true)
		f := &r.out[len(r.out)-1]
		f.Yearless, f.Count = true, v
		return end
	}
	if !digits && (v > 3 && !enNoun(w) || enSmall[w] > 1 || isDigit(r.at(s)) || r.behind(i, "every ")) {
		return 0 // first three months, every second week
	}
	return r.add(i, e, Figure{Kind: FigNumber, Count: v, Micro: v * micro, Ordinal: true, Unit: w})
}

// enRecurring tells whether the day [i,e) is one of every month, and where the words end that say so: of each month, a payday,
// a due date that is moved. From is i or the "the" before it, s the place of the next word.
func (r *reader) enRecurring(i, from, e, s int) int {
	if j := r.any(s, "of every month", "of each month", "of the month", "of evry month", "of my pay month", "every month", "each month", "monthly"); j > 0 && r.edge(j) {
		return j
	}
	if r.near(from, 16, "every month on", "each month on", "monthly on") {
		return e
	}
	if n := len(r.out); n > 0 && r.out[n-1].Kind == FigDay && !r.out[n-1].Range {
		switch string(r.rs[r.out[n-1].End:from]) { // paid on the 1st and the 15th
		case " and ", " & ", " or ", ", ", " and on ":
			return e
		}
	}
	if !r.behind(i, "on the ", "is the ", "to the ", "from the ", "around the ", "is on the ", "on ", "be the ", "was the ", "comes the ", "lands the ", "arrives the ", "to ") {
		return 0
	}
	moved := r.clauseHas(from, 44, "change ", "switch ", "move ", "shift ")
	if r.clauseHas(from, 30, "payday", "pay day", "get paid", "gets paid", "getting paid", "salary", "wages", "paycheck", "paycheque", "pension", "my check", "check comes", "my cheque", "my pay ", "benefits", "ssi ") && !r.clauseHas(from, 12, "i can", "ill ", "i'll ", "i will") ||
		r.clauseHas(from, 44, "due date", "payment date", "payment day", "direct debit", "billing date", "instalment date", "due day") && (moved || r.behind(i, "is the ", "be the ", "is on the ")) || moved && r.clauseHas(from, 44, "change it", "switch it", "change my", "switch my") {
		return e
	}
	return 0
}

// enDayFollows: what may stand after "the fifth" when it is a day and no fifth thing.
func enDayFollows(w string) bool {
	switch w {
	case "", "works", "work", "is", "at", "if", "please", "pls", "ok", "okay", "would", "will", "or", "and", "then", "when", "instead", "maybe", "for", "unless", "but", "because", "latest", "hopefully", "should", "suits", "i", "ill", "sounds":
		return true
	}
	return false
}

func enNoun(w string) bool {
	switch w {
	case "one", "option", "offer", "plan", "instalment", "installment", "payment", "time", "choice", "loan", "card", "bill", "account", "letter", "call", "message", "text", "email", "person", "agent", "floor", "grade", "child", "kid", "job", "debt", "lender", "reminder":
		return true
	}
	return false
}
