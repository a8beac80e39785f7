package text

import "strings"

var enSmall = map[string]int64{
	"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13,
	"fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
	"seventy": 70, "eighty": 80, "ninety": 90,
}

var enPlace = map[string]int64{
	"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13,
	"fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}

// word is the Latin word at i and the place after it; no word is longer than 12 letters for us.
func (r *reader) word(i int) (string, int) {
	j := i
	for isAlpha(r.at(j)) && j-i < 13 {
		j++
	}
	if j-i > 12 {
		return "", i
	}
	return string(r.rs[i:j]), j
}

// wordEnd is the end of the Latin word at i, however long.
func (r *reader) wordEnd(i int) int {
	for isAlpha(r.at(i)) {
		i++
	}
	return i
}

// join skips one space or hyphen between the parts of a spoken number.
func (r *reader) join1(i int) int {
	if c := r.at(i); c == ' ' || c == '-' || c == '—' || c == '–' {
		return i + 1
	}
	return i
}

// enNum reads spoken English numbers: twelve hundred, twelve-fifty, a couple hundred, two and a half thousand.
// A number in digits may lead: 5 hundred, 1.2 million.
func (r *reader) enNum(i int, lead *num) (num, bool) {
	p := enParser{r: r, n: num{top: 1}, j: i}
	if lead != nil {
		p.cur, p.seen, p.led = lead.lo, true, true
		p.n.latin, p.n.frac, p.n.decimal, p.j = true, lead.frac, lead.decimal, lead.end
	}
	for range 12 {
		if !p.next() {
			break
		}
	}
	p.n.lo, p.n.hi, p.n.end = p.total+p.cur, p.total+p.cur, p.j
	return p.n, p.seen
}

type enParser struct {
	r          *reader
	n          num
	total, cur int64
	j          int
	seen, led  bool // something was read; the number began in digits
	tens       bool // the last word was twenty … ninety
}

// next takes one word of the number; false = it ends before j.
func (p *enParser) next() bool {
	r, k := p.r, p.j
	if p.seen {
		k = r.join1(p.j)
		if e := r.has(k, "and "); e > 0 && p.n.units {
			k = e
		}
	}
	if p.n.units && k > p.j && isDigit(r.at(k)) { // 2 thousand 500
		n, ok := r.num(k)
		if !ok || !n.plain || n.lo >= p.n.top*micro || r.latinTail(n) && !r.edge(n.end) || len(n.digits) > 3 {
			return false
		}
		p.cur, p.j, p.n.top = p.cur+n.lo, n.end, 1
		return true
	}
	w, e := r.word(k)
	if w == "" || p.seen && k == p.j && !p.led {
		return false
	}
	if v, ok := enSmall[w]; ok {
		return p.small(v, e)
	}
	switch {
	case w == "and":
		if half := r.has(e, " a half"); half > 0 {
			p.cur, p.seen, p.j = p.cur+micro/2, true, half
			return true
		}
	case w == "point" && p.seen:
		if v, end, ok := r.enDecimals(e); ok {
			p.cur, p.n.frac, p.j = p.cur+v, true, end
			return true
		}
	case (w == "a" || w == "couple") && !p.seen:
		if end, v := r.enArticle(k); end > 0 {
			p.cur, p.seen, p.j, p.n.approx = v, true, end, v == 2*micro
			return true
		}
	}
	return p.multiply(w, e)
}

// small is a word below a hundred: twenty one, two hundred and five, twelve-fifty.
func (p *enParser) small(v int64, e int) bool {
	switch {
	case p.seen && p.led && !p.n.units:
		return false
	case p.tens && v > 0 && v < 10:
		p.cur, p.tens = p.cur+v*micro, false
	case p.seen && !p.n.units && p.cur > 0 && p.cur < 100*micro && v >= 10: // twelve-fifty
		p.cur, p.n.spoken, p.tens = p.cur*100+v*micro, true, v >= 20
	case p.seen && !p.n.units:
		return false
	default:
		p.cur, p.tens = p.cur+v*micro, v >= 20
	}
	p.seen, p.j = true, e
	return true
}

func (p *enParser) multiply(w string, e int) bool {
	mul, ok := enMultiplier(w)
	if !ok || !p.seen || p.cur == 0 || p.cur > 9_000_000_000_000/mul*micro/1000 {
		return false
	}
	p.cur, p.tens, p.n.top = p.cur*mul, false, mul
	p.n.units = p.n.units || mul >= 100
	p.n.spoken = p.n.spoken || w == "grand"
	if mul >= 1000 {
		p.total, p.cur = p.total+p.cur, 0
	}
	p.j = e
	return true
}

func enMultiplier(w string) (int64, bool) {
	switch w {
	case "hundred", "hundreds":
		return 100, true
	case "thousand", "grand", "k", "thousands":
		return 1000, true
	case "million", "mil":
		return 1_000_000, true
	case "billion", "bn":
		return 1_000_000_000, true
	case "dozen", "dozens":
		return 12, true
	}
	return 0, false
}

// enArticle: a hundred, a couple (of) hundred, a dozen, a couple of weeks.
func (r *reader) enArticle(k int) (int, int64) {
	if e := r.any(k, "a couple of ", "a couple ", "couple of ", "couple "); e > 0 {
		return e - 1, 2 * micro
	}
	if e := r.has(k, "a "); e > 0 {
		w, _ := r.word(e)
		if _, ok := enMultiplier(w); ok && w != "k" {
			return e - 1, micro
		}
	}
	return 0, 0
}

func (r *reader) enDecimals(i int) (v int64, end int, ok bool) {
	scale := int64(micro)
	for range 6 {
		k := r.join1(i)
		w, e := r.word(k)
		d, digit := enSmall[w]
		if k == i || !digit || d > 9 {
			break
		}
		scale /= 10
		v, i, ok = v+d*scale, e, true
	}
	return v, i, ok
}

// pointDigits reads the 5 of "1 point 5".
func (r *reader) pointDigits(k int) (v int64, end int, ok bool) {
	scale := int64(micro)
	for end = k; isDigit(r.at(end)) && scale > 1; end++ {
		scale /= 10
		v += int64(r.rs[end]-'0') * scale
	}
	return v, end, end > k && r.edge(end)
}

// englishNumeric reads what an English reader expects after a number. 0 = nothing English about it.
func (r *reader) englishNumeric(i int, n num) int {
	if j := r.enDaysOf(i, n); j > 0 {
		return j
	}
	if n.plain && n.lo >= micro && n.lo <= 31*micro && r.any(n.end, " of next month", " of this month") > 0 {
		return r.enOrdinal(i, n.end, n.lo/micro)
	}
	if n.plain {
		if k := r.has(n.end, " point "); k > 0 && isDigit(r.at(k)) {
			if v, e, ok := r.pointDigits(k); ok {
				n.lo, n.hi, n.end, n.frac, n.plain, n.digits = n.lo+v, n.lo+v, e, true, false, ""
				return r.enSuffix(i, n)
			}
		}
		if e := r.any(n.end, "st", "nd", "rd", "th"); e > 0 && r.edge(e) && n.lo <= 99*micro {
			return r.enOrdinal(i, e, n.lo/micro)
		}
		w, _ := r.word(r.gap(n.end))
		if _, ok := enMultiplier(w); ok && w != "k" || w == "and" {
			if m, ok := r.enNum(i, &n); ok && m.end > n.end {
				return r.enSuffix(i, m)
			}
		}
	} else if n.frac || !n.units {
		w, _ := r.word(r.gap(n.end))
		if _, ok := enMultiplier(w); ok && (w != "k" || n.decimal <= 3) {
			if m, ok := r.enNum(i, &n); ok && m.end > n.end {
				return r.enSuffix(i, m)
			}
		}
	}
	m := r.enSpread(n)
	if j := r.enTail(i, m); j > 0 {
		return j
	}
	if m.ranged && m.units && m.end > n.end && isAlpha(r.at(m.end-1)) { // 5 to 6 hundred
		return r.enBare(i, m)
	}
	return 0
}

// enSpread reads the second half of "3 to 5", "three or four".
func (r *reader) enSpread(n num) num {
	j := r.any(n.end, " to ", " or ", "-", " - ", "–", " – ")
	if k := r.has(n.end, " and "); k > 0 && r.near(n.end-1, 24, "between ") {
		j = k
	}
	if j == 0 || n.ranged || n.big {
		return n
	}
	var m num
	ok := false
	if isDigit(r.at(j)) {
		if m, ok = r.num(j); ok && !m.big && !m.units {
			w, _ := r.word(r.gap(m.end))
			if _, many := enMultiplier(w); many && w != "k" {
				m, ok = r.enNum(j, &m)
			}
		}
	} else if w, _ := r.word(j); enSmall[w] > 0 {
		m, ok = r.enNum(j, nil)
	}
	if !ok || m.big || m.ranged || m.lo <= n.lo || len(m.digits) > 6 {
		return n
	}
	lo := n.lo
	if m.top >= 100 && n.top <= 1 && !n.units && lo < 1000*micro && lo*m.top < m.lo { // 5 to 6 hundred
		lo *= m.top
	}
	m.lo, m.hi, m.ranged, m.plain, m.digits = lo, m.lo, true, false, ""
	return m
}

func (r *reader) enSuffix(i int, n num) int {
	n = r.enSpread(n)
	if j := r.enTail(i, n); j > 0 {
		return j
	}
	return r.enBare(i, n)
}

// enTail reads a unit after a number: percent, money, instalments, a length of time, a month. 0 = none.
func (r *reader) enTail(i int, n num) int {
	s := r.gap(n.end)
	if r.at(s) == '-' {
		s++
	}
	if r.at(s) == '%' {
		return r.percentFigure(i, s+1, n, 10_000, "")
	}
	if j := r.percentWord(s); j > 0 {
		return r.percentFigure(i, j, n, 10_000, "")
	}
	if w, j := r.findMoney(s, latinMoney); j > 0 && r.edge(j) {
		return r.enMoney(i, j, n, w)
	}
	if j := r.enNote(i, s, n); j > 0 {
		return j
	}
	if j := r.any(s, "am", "pm", "a.m.", "p.m.", "o'clock", "oclock"); j > 0 && r.edge(j) && n.lo <= 24*micro && !n.frac {
		return r.add(i, j, Figure{Kind: FigTime})
	}
	if j := r.enCountWord(s); j > 0 && !n.frac && !n.big {
		f := Figure{Kind: FigCount, Count: n.lo / micro, Unit: "instalment", Approx: n.approx || r.about(i, j)}
		if n.ranged {
			f.Range, f.Min, f.Max = true, n.lo/micro, n.hi/micro
		}
		return r.add(i, j, f)
	}
	if u, j := r.enUnit(s); j > 0 {
		if r.behind(i, "every ") {
			return j // every two weeks: how often, not how long
		}
		return r.enDuration(i, j, n, u)
	}
	if m, j := r.enMonth(s); j > 0 && !n.frac && !n.ranged && n.lo >= micro && n.lo <= 31*micro && (n.latin || !r.dayAhead(j)) {
		return r.enMonthDay(i, j, m, int(n.lo/micro))
	}
	return 0
}

// dayAhead: in "first one jan 15" the day follows the month, so the word before it counts something else.
func (r *reader) dayAhead(j int) bool {
	n, ok := r.num(r.gap(j))
	return ok && isDigit(r.at(r.gap(j))) && n.plain && len(n.digits) <= 2
}

func (r *reader) enMoney(i, j int, n num, w moneyWord) int {
	f := r.amount(n, 100, r.currencyOr(w.currency))
	if w.cents == 1 {
		f.Minor = toMinor(n.lo, 1)
		if f.Range {
			f.Min, f.Max = f.Minor, toMinor(n.hi, 1)
		}
	} else if k := r.any(j, " and ", " "); k > 0 && !n.ranged {
		m, ok := r.num(k)
		if !ok {
			m, ok = r.enNum(k, nil)
		}
		if ok && m.lo < 100*micro && !m.frac && !m.ranged {
			if e := r.any(r.gap(m.end), "cents", "cent", "pence"); e > 0 {
				f.Minor += m.lo / micro
				j = e
			} else if c := r.at(m.end); k == j+1 && m.lo >= 10*micro && r.opt.Debtor && (c == 0 || endsPhrase(c)) { // eighty pounds fifty
				f.Minor += m.lo / micro
				j = m.end
			}
		}
	}
	f.Approx = f.Approx || r.about(i, j)
	return r.add(i, j, f)
}

// enCountWord: instalments, with the adjectives that may stand before.
func (r *reader) enCountWord(s int) int {
	for range 3 {
		j := r.any(s, "monthly ", "equal ", "more ", "smaller ", "small ", "separate ", "regular ", "even ")
		if j == 0 {
			break
		}
		s = j
	}
	j := r.any(s, "instalments", "installments", "instalment", "installment", "instaments", "payments", "payment", "parts", "portions", "repayments", "times")
	if j == 0 || !r.edge(j) {
		return 0
	}
	return j
}

// enBare is a spoken number with no unit. "one" alone is a pronoun more often than a figure.
func (r *reader) enBare(i int, n num) int {
	alone := r.isolated(i, n.end)
	if n.lo == micro && !n.latin && !alone {
		return n.end
	}
	if n.lo >= 100*micro && (n.units || n.spoken) && (!alone || n.spoken || r.loneSum(n)) && !strings.HasPrefix(string(r.peek(n.end, 8)), " people") {
		f := r.amount(n, 100, r.money)
		f.Bare, f.Approx = true, n.approx || r.about(i, n.end)
		return r.add(i, n.end, f)
	}
	if r.opt.Debtor && n.lo >= 10*micro && r.enPerTime(n.end) {
		f := r.amount(n, 100, r.money)
		f.Bare, f.Approx = true, f.Approx || r.about(i, n.end)
		return r.add(i, n.end, f)
	}
	f := Figure{Kind: FigNumber, Micro: n.lo, Digits: n.digits, Approx: n.approx || r.about(i, n.end)}
	if v, ok := n.whole(); ok {
		f.Count = v
	}
	if n.ranged {
		f.Range, f.Min, f.Max, f.Count = true, n.lo, n.hi, n.lo/micro
	}
	return r.add(i, n.end, f)
}

func (r *reader) peek(i, n int) []rune { return r.rs[min(i, len(r.rs)):min(i+n, len(r.rs))] }
