package text

import (
	"time"

	"hejie/flows/calendar"
)

// dateAfter reads a number that 年, 月, 日 or 号 makes a date: 2026年12月15日, 12月12, 15号.
func (r *reader) dateAfter(i, s int, n num) int {
	if c := r.at(s); n.ranged && (c == '号' || c == '日') && n.lo >= micro && n.hi <= 31*micro && r.dated && !n.units {
		from := r.nextDay(int(n.lo / micro))
		to := from.AddDays(int((n.hi - n.lo) / micro))
		if to.Month != from.Month {
			to = from
		}
		return r.rangeFigure(i, s+1, from, to, true)
	}
	if n.ranged || n.frac || n.big {
		return 0
	}
	switch r.at(s) {
	case '季':
		if r.dated {
			return r.yearPiece(i, i, r.today.Year)
		}
	case '年':
		return r.dateYear(i, s, n)
	case '月':
		v, whole := n.whole()
		if j := r.lunarRead(i, i, 0); j > 0 {
			return j
		}
		if m, ok := monthOK(v, whole); ok && !n.units && r.at(s+1) != '息' && r.at(s+1) != '供' && r.at(s+1) != '利' && r.at(s-1) != '俩' && r.at(s-1) != '仨' && r.at(s+1) != '租' {
			return r.yearlessMonth(i, s+1, m)
		}
	case '号', '日':
		return r.dateDay(i, s, n)
	}
	return 0
}

func (r *reader) dateYear(i, s int, n num) int {
	year, ok := n.year()
	if v, whole := n.whole(); whole && v >= 90 && v <= 150 && n.plain && r.dated && (r.behind(i, "民国") || len(n.digits) == 3 && r.money == "TWD") { // the years of Taiwan
		if r.behind(i, "民国") {
			i -= 2
		}
		return r.inYear(i, s+1, int(v)+1911, false)
	}
	if !ok {
		return 0
	}
	if year < 2100 && len(n.digits) == 2 { // 26年12月 is a year; 20年 alone is a duration
		m, ok := r.num(r.gap(s + 1))
		if (!ok || r.at(r.gap(m.end)) != '月') && r.yearTail(s+1) == 0 {
			return 0
		}
	}
	return r.inYear(i, s+1, year, false)
}

// yearTail: what makes 26年 a year and no length: its end, a half, a quarter.
func (r *reader) yearTail(j int) int {
	return r.any(j, "底", "年底", "初", "年初", "上半年", "下半年", "第")
}

// yearlessMonth supplies the year: the next such day or month that is not wholly past.
func (r *reader) yearlessMonth(i, j int, m time.Month) int {
	year := r.today.Year
	k := j
	if r.at(k) == '份' {
		k++
	}
	if _, _, day := r.dayNumber(r.gap(k)); !day && m < r.today.Month {
		year++
	}
	return r.inMonth(i, j, year, m, true, true)
}

func (r *reader) dateDay(i, s int, n num) int {
	v, whole := n.whole()
	if !whole || v < 1 || v > 31 || n.units {
		return 0
	}
	if c := r.at(s + 1); r.at(s-1) == '两' || c == '元' || c == '线' || c == '楼' || c == '码' || c == '院' || r.at(s) == '日' && (c == '内' || c == '后' || (c == '之' || c == '以') && r.at(s+2) != '前') {
		return 0
	}
	if r.opt.Debtor && r.at(s) == '日' && !n.latin && r.behind(i, "迟", "迟多", "等多", "畀多", "给多", "宽限", "宽限多", "缓多", "拖多", "延多", "等", "再等", "给我", "畀我") {
		return r.durationFigure(i, s+1, n, timeUnit{"天", 'D', 1}) // 迟多十日
	}
	e := r.weekdayNote(s + 1)
	if r.salaryAfter(s+1) || r.besideDay(i) || r.movedDay(i, s+1) || r.behind(i, "每月", "每个月", "月月", "每月的", "还款日是", "还款日", "账单日", "扣款日", "发薪日", "发薪日是", "工资日") {
		return r.add(i, s+1, Figure{Kind: FigDay, Count: v})
	}
	if !r.dated {
		return r.add(i, e, Figure{Kind: FigDate, Relative: true, Yearless: true, Count: v})
	}
	end := r.dateFigure(i, e, r.nextDay(int(v)), true)
	f := &r.out[len(r.out)-1]
	f.Yearless, f.Count = true, v
	return end
}

// besideDay: in 每月10号和25号 the second day recurs like the first.
func (r *reader) besideDay(i int) bool {
	if len(r.out) == 0 {
		return false
	}
	last := r.out[len(r.out)-1]
	if last.Kind != FigDay || last.Range || i-last.End > 2 {
		return false
	}
	switch string(r.rs[last.End:i]) {
	case "和", "跟", "与", "及", "、", ",", "或", "或者", "还有", ", ":
		return true
	}
	return false
}

// movedDay: in 把扣款日从1号挪到25号 both are days of every month. With this instalment named, one payment moves to one date.
func (r *reader) movedDay(i, e int) bool {
	switch {
	case r.behind(i, "改到", "挪到", "换到", "调到", "调整到", "移到", "改成", "换成", "调成", "改为", "调整为", "改做", "改去"):
	case r.behind(i, "从", "由", "从每月", "由每月", "的") && r.any(e, "改", "挪", "换", "调", "移") > 0:
	default:
		return false
	}
	return !r.clauseHas(i, 14, "这期", "本期", "下期", "这个月", "本月", "下个月", "下月", "这次", "这笔", "这一期", "呢期", "今个月")
}

// salaryAfter: 15号发工资 names a day of the month, not one date.
func (r *reader) salaryAfter(j int) bool {
	for k := range 3 {
		if r.any(j+k, "发工资", "发薪", "发粮", "出粮", "开工资", "发钱", "发生活费", "发退休金") > 0 {
			return true
		}
	}
	return false
}

// numericDate reads 2026-12-15, 2026/12/15, 15/12/2026, 12/15, 20261215.
func (r *reader) numericDate(i int) int {
	if isDigit(r.at(i-1)) || r.at(i-1) == '.' || r.at(i-1) == '/' || isAlpha(r.at(i-1)) {
		return 0
	}
	var part [3]int
	var width [3]int
	j, k := i, 0
	sep := rune(0)
	for ; k < 3; k++ {
		for isDigit(r.at(j)) && width[k] < 9 {
			part[k] = part[k]*10 + int(r.rs[j]-'0')
			width[k]++
			j++
		}
		if width[k] == 0 || width[k] > 8 {
			return 0
		}
		c := r.at(j)
		if k == 2 || (c != '-' && c != '/' && c != '.') || sep != 0 && c != sep || !isDigit(r.at(j+1)) {
			k++
			break
		}
		sep = c
		j++
	}
	if isDigit(r.at(j)) || isAlpha(r.at(j)) && r.at(j) != 't' {
		return 0
	}
	switch {
	case k == 1 && width[0] == 8:
		return r.eightDigits(i, j, part[0])
	case k == 3 && width[0] == 4 && width[1] <= 2 && width[2] <= 2:
		return r.ymd(i, j, part[0], part[1], part[2])
	case k == 3 && width[0] == 2 && width[1] <= 2 && width[2] <= 2 && sep != '/' && r.opt.Debtor && r.opt.Lang != "en" && part[0] >= 15 && part[0] <= 45 && (part[0] > 31 || width[1] == 2 || width[2] == 2):
		return r.ymd(i, j, 2000+part[0], part[1], part[2])
	case k == 3 && width[0] <= 2 && width[1] <= 2 && (width[2] == 4 || width[2] == 2 && sep == '/'):
		if width[2] == 2 {
			part[2] += 2000
		}
		return r.dayMonthYear(i, j, part)
	case k == 2 && sep == '/' && width[0] <= 2 && width[1] <= 2:
		return r.slashDay(i, j, part[0], part[1])
	case k == 2 && sep == '.' && width[0] <= 2 && width[1] <= 2 && part[0] >= 1 && part[0] <= 12 && part[1] >= 1 && part[1] <= 31:
		return r.dotDay(i, j, part[0], part[1])
	case k == 2 && width[0] == 4 && width[1] == 2 && sep == '-' && part[0] >= 2000 && part[0] <= 2100 && part[1] >= 1 && part[1] <= 12:
		return r.inMonth(i, j, part[0], time.Month(part[1]), false, false)
	}
	return 0
}

func (r *reader) ymd(i, j, y, m, d int) int {
	if m < 1 || m > 12 || d < 1 || d > 31 {
		return 0
	}
	date := calendar.Date{Year: y, Month: time.Month(m), Day: d}
	if d > daysIn(y, date.Month) {
		date = calendar.Date{}
	}
	return r.dateFigure(i, j, date, false)
}

// eightDigits reads 20261215 unless money or more digits follow.
func (r *reader) eightDigits(i, j, v int) int {
	y, m, d := v/10_000, v/100%100, v%100
	if y < 1930 || y > 2100 || m < 1 || m > 12 || d < 1 || d > daysIn(y, time.Month(m)) || r.moneyWordAt(r.gap(j)) > 0 || r.at(j) == '.' || r.at(j) == ',' {
		return 0
	}
	return r.ymd(i, j, y, m, d)
}

func (r *reader) monthFirst() bool { return r.opt.Lang == "en" && r.money == "USD" }

func (r *reader) dayMonthYear(i, j int, p [3]int) int {
	d, m := p[0], p[1]
	if d <= 12 && m > 12 || d <= 12 && r.monthFirst() {
		d, m = m, d
	}
	end := r.ymd(i, j, p[2], m, d)
	if end > 0 {
		r.out[len(r.out)-1].Twofold = r.opt.Lang == "en" && p[0] <= 12 && p[1] <= 12 && p[0] != p[1]
	}
	return end
}

// dotDay reads 12.5号 and 12.5之前: only what follows tells them from a number.
func (r *reader) dotDay(i, j, m, d int) int {
	e := r.any(j, "号", "日")
	if e == 0 && r.any(j, "之前", "以前", "前", "之后", "以后", "那天") > 0 {
		e = j
	}
	if e == 0 || !r.dated || !r.opt.Debtor {
		return 0
	}
	end := r.dateFigure(i, e, r.nextMonthDay(time.Month(m), d), true)
	r.out[len(r.out)-1].Yearless = true
	return end
}

// slashDay reads 12/15; 1/3 can be a part as well, so both halves must be a day and no measure may follow.
func (r *reader) slashDay(i, j, a, b int) int {
	m, d := a, b
	if a > 12 && b <= 12 {
		m, d = b, a
	} else if r.opt.Lang == "en" && !r.monthFirst() && a <= 12 && b <= 12 {
		m, d = b, a
	}
	if m < 1 || m > 12 || d < 1 || d > 31 || taken(r.at(j)) || a == 24 && b == 7 {
		return 0
	}
	if !r.dated {
		return r.add(i, j, Figure{Kind: FigDate, Relative: true, Yearless: true})
	}
	end := r.dateFigure(i, j, r.nextMonthDay(time.Month(m), d), true)
	f := &r.out[len(r.out)-1]
	f.Yearless, f.Twofold = true, r.opt.Lang == "en" && a <= 12 && b <= 12 && a != b
	return end
}
