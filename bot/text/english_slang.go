package text

import "hejie/flows/calendar"

// enNotes are sums named by their note.
var enNotes = map[string]int64{"fiver": 5, "fivers": 5, "tenner": 10, "tenners": 10}

// enNote reads "a tenner", "two fivers": n is how many, i where the figure begins, s the place of the word. 0 = no note.
func (r *reader) enNote(i, s int, n num) int {
	w, j := r.word(s)
	v := enNotes[w]
	if v == 0 || !r.edge(j) || n.lo <= 0 || n.lo > 1000*micro || n.ranged || n.frac {
		return 0
	}
	n.lo, n.hi = n.lo*v, n.lo*v
	f := r.amount(n, 100, r.money)
	f.Approx = f.Approx || r.about(i, j)
	return r.add(i, j, f)
}

// enLoose reads sums that begin with no number: "hundred bucks", "a few hundred", "several thousand pounds", "a tenner".
func (r *reader) enLoose(i int, w string, j int) int {
	var k int
	switch w {
	case "a":
		if e := r.enNote(i, r.gap(j), num{lo: micro, hi: micro}); e > 0 {
			return e
		}
		if m, x := r.findMoney(r.gap(j), latinMoney); x > 0 && m.cents == 100 && r.edge(x) && r.aloneAfter(x) {
			return r.enMoney(i, x, num{lo: micro, hi: micro}, m)
		}
		if k = r.any(j, " few ", " good few "); k == 0 {
			return 0
		}
	case "few", "several":
		k = r.gap(j)
	case "hundred", "thousand":
		e := r.gap(j)
		m, x := r.findMoney(e, latinMoney)
		if x == 0 || e == j || !r.edge(x) {
			return 0
		}
		mul, _ := enMultiplier(w)
		return r.enMoney(i, x, num{lo: mul * micro, hi: mul * micro, units: true}, m)
	default:
		return 0
	}
	u, e := r.word(k)
	mul, ok := enMultiplier(u)
	if !ok || mul < 100 || mul > 1_000_000 || k == j {
		return 0
	}
	n := num{lo: mul * micro, hi: 10 * mul * micro, end: e, ranged: true, units: true, spoken: true, approx: true, top: mul}
	if x := r.enTail(i, n); x > 0 {
		return x
	}
	return r.enBare(i, n)
}

// enPerTime: what is said per week or month without a noun is money: forty a week, 80/mo.
func (r *reader) enPerTime(e int) bool {
	j := r.any(e, " a ", " per ", " each ", " every ", " /", "/", " p/", " ")
	if j == 0 || r.clauseHas(e, 40, "hour", "hrs", "shift", "miles", "smoke", "drink") {
		return false
	}
	w, k := r.word(j)
	switch w {
	case "week", "wk", "month", "mo", "mth", "fortnight", "payday", "paycheck", "paycheque":
		return j > e+1 || r.at(e) == '/' // "80 week" is no rate
	case "monthly", "weekly", "fortnightly", "biweekly", "pcm", "pw":
		return r.edge(k)
	}
	return false
}

// aloneAfter: nothing stands after "a pound" that would make it part of another word ("a dollar amount").
func (r *reader) aloneAfter(e int) bool {
	switch r.wordAfter(e) {
	case "", "a", "per", "each", "every", "and", "is", "more", "less", "or", "for", "now", "today", "if", "to":
		return true
	}
	return false
}

// enLastDay reads "the last day of the month", "last day of January", "last day of every month" (the 31st of each).
func (r *reader) enLastDay(i, j int) int {
	k := r.any(j, " day of ", " day in ", " working day of ", " day")
	if k == 0 || r.has(j, " working ") > 0 {
		return 0
	}
	from := i
	if r.behind(i, "the ") {
		from = i - 4
	}
	if e := r.any(k, "every month", "each month", "evry month"); e > 0 || r.near(from, 18, "every month on", "each month on", "monthly on") {
		r.add(i, r.wordEnd(j+1), Figure{Kind: FigDay, Count: 31})
		return max(e, r.wordEnd(j+1))
	}
	year, m, e := r.enMonthNamed(k)
	if e == 0 || !r.dated {
		return 0
	}
	return r.dateFigure(from, e, calendar.Date{Year: year, Month: m, Day: daysIn(year, m)}, true)
}

// sumsOf stand before a sum: a wage of 2100 is no year.
var sumsOf = []string{
	"instead of ", "balance of ", "total of ", "payment of ", "payments of ", "amount of ", "most of ", "wage of ", "wages of ", "salary of ", "income of ", "pay of ", "earnings of ", "pension of ",
	"benefits of ", "rent of ", "bill of ", "bills of ", "debt of ", "loan of ", "sum of ", "fee of ", "fees of ", "outgoings of ", "expenses of ", "spending of ", "budget of ", "limit of ", "maximum of ",
	"minimum of ", "deposit of ", "instalment of ", "instalments of ", "installment of ", "installments of ", "offer of ", "principal of ", "interest of ", "cost of ", "costs of ", "mortgage of ",
}

// enYear: four digits that stand for a year by the word before them: in 2027, since 2019.
func (r *reader) enYear(i int, n num) bool {
	return n.plainYear() && r.edge(n.end) && r.moneyWordAt(r.gap(n.end)) == 0 &&
		(r.behind(i, " in ") || i == 3 && r.behind(i, "in ") || r.behind(i, "since ", "before ", "of ", "until ", "during ")) && !r.behind(i, sumsOf...)
}

// enYearEdge reads "end of 2027", "beginning of 2027": k is the place of the year.
func (r *reader) enYearEdge(i, k int, first bool) int {
	n, ok := r.num(k)
	if !ok || !n.plainYear() || !r.edge(n.end) {
		return 0
	}
	d := calendar.Date{Year: int(n.lo / micro), Month: 12, Day: 31}
	if first {
		d.Month, d.Day = 1, 1
	}
	return r.dateFigure(i, n.end, d, false)
}

// enFromDay reads "5 days before Christmas", "two weeks after the 15th", "a month from tomorrow": a length and the day it is
// counted from. E is the place after the length.
func (r *reader) enFromDay(i, e int, n num, u timeUnit) int {
	sign := 1
	k := r.any(e, " after ", " from ", " past ")
	if k == 0 {
		if k = r.has(e, " before "); k == 0 {
			return 0
		}
		sign = -1
	}
	if !r.dated || n.ranged || n.vague || n.lo > 500*micro || u.letter == 'H' || u.letter == 'm' {
		return 0
	}
	before := len(r.out)
	j := r.enDayAt(k)
	if j == 0 {
		return 0
	}
	base := r.out[before].Date
	r.out = r.out[:before]
	d, ok := shiftFrom(base, n, u, sign)
	if !ok || base.IsZero() {
		return 0
	}
	return r.dateFigure(i, j, d, true)
}

// enDayAt reads the one day named at k and adds it: a feast, tomorrow, the 15th, 18 December, Friday. 0 = none.
func (r *reader) enDayAt(k int) int {
	before := len(r.out)
	single := func(j int) int {
		if j > 0 && len(r.out) == before+1 && r.out[before].Kind == FigDate {
			return j
		}
		r.out = r.out[:before]
		return 0
	}
	if r.opt.Debtor {
		if j := single(r.enFeast(k)); j > 0 {
			return j
		}
	}
	if e := r.has(k, "the "); e > 0 {
		if n, ok := r.num(e); ok && isDigit(r.at(e)) && n.plain && n.lo >= micro && n.lo <= 31*micro {
			if x := r.any(n.end, "st", "nd", "rd", "th"); x > 0 && r.edge(x) {
				return single(r.enOrdinal(e, x, n.lo/micro))
			}
		}
		return 0
	}
	if isDigit(r.at(k)) {
		return single(r.enDateAt(k))
	}
	w, j := r.word(k)
	if w == "" || w == "today" {
		return 0
	}
	return single(r.enDate(k, j, w))
}
