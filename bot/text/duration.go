package text

import (
	"strconv"

	"hejie/flows/calendar"
)

// timeUnit of a span: its ISO letter and how many of it one makes (a quarter is three months).
type timeUnit struct {
	word   string
	letter byte // D W M Y H m(inutes) S
	mul    int64
}

// Longer words first.
var timeUnits = []timeUnit{
	{"个工作日", 'D', 1}, {"工作日", 'D', 1}, {"个自然日", 'D', 1}, {"自然日", 'D', 1}, {"个星期", 'W', 1}, {"个礼拜", 'W', 1}, {"个季度", 'M', 3}, {"季度", 'M', 3}, {"个月", 'M', 1}, {"个多月", 'M', 1}, {"个来月", 'M', 1}, {"个几月", 'M', 1}, {"个多星期", 'W', 1}, {"个多礼拜", 'W', 1}, {"来个月", 'M', 1}, {"多个月", 'M', 1},
	{"个钟头", 'H', 1}, {"个小时", 'H', 1}, {"个钟", 'H', 1}, {"小时", 'H', 1}, {"钟头", 'H', 1}, {"分钟", 'm', 1}, {"秒", 'S', 1}, {"星期", 'W', 1}, {"礼拜", 'W', 1}, {"周年", 'Y', 1}, {"周", 'W', 1},
	{"个年头", 'Y', 1}, {"年", 'Y', 1}, {"天", 'D', 1}, {"月", 'M', 1}, {"日", 'D', 1},
}

// unitAt is the unit of time at s. A bare 月 is one only after 俩 and 仨, a bare 日 before 内 and 后.
func (r *reader) unitAt(s int) (timeUnit, int) {
	for _, u := range timeUnits {
		j := r.has(s, u.word)
		if j == 0 {
			continue
		}
		switch u.word {
		case "月":
			if c := r.at(s - 1); c != '俩' && c != '仨' && c != '几' {
				return u, 0
			}
		case "日":
			if r.at(s-1) != '两' && r.any(j, "内", "之内", "以内", "后", "之后", "以后") == 0 {
				return u, 0
			}
		case "年":
			if c := r.at(j); c == '级' || c == '息' || c == '化' || c == '利' {
				return u, 0
			}
		case "天":
			if c := r.at(j); c == '天' || c == '气' || c == '地' {
				return u, 0
			}
		}
		return u, j
	}
	return timeUnit{}, 0
}

// span reads a length of time: 三天, 两个半月, 一年半, 半年, 十几天.
func (r *reader) span(i int) (num, int, timeUnit, bool) {
	if r.at(i) == '半' {
		u, j := r.unitAt(i + 1)
		if j == 0 || u.letter == 'm' {
			return num{}, 0, u, false
		}
		n := num{lo: micro / 2, hi: micro / 2}
		if r.at(j) == '多' {
			n.approx, j = true, j+1
		}
		return n, j, u, true
	}
	n, ok := r.num(i)
	if !ok || n.big || n.lo > 100_000*micro {
		return n, 0, timeUnit{}, false
	}
	n = r.spread(n)
	s := r.gap(n.end)
	half := false
	if k := r.has(s, "个半"); k > 0 {
		if u, j := r.unitAt(k); j > 0 && u.letter != 'm' {
			n.lo, n.hi = n.lo+micro/2, n.hi+micro/2
			return n, j, u, true
		}
		if r.at(k) == '月' {
			n.lo, n.hi = n.lo+micro/2, n.hi+micro/2
			return n, k + 1, timeUnit{"月", 'M', 1}, true
		}
	}
	if c := r.at(s); c == '多' || c == '来' || c == '余' {
		n.approx = true
		s++
	}
	u, j := r.unitAt(s)
	if j == 0 {
		return n, 0, u, false
	}
	if c := r.at(s + 1); r.at(s) == '个' && (c == '多' || c == '来' || c == '几') {
		n.approx = true
	}
	if u.letter == 'Y' || u.letter == 'D' || u.letter == 'W' || u.letter == 'H' {
		if r.at(j) == '半' && r.at(j+1) != '价' && r.at(j+1) != '个' {
			half = true
		} else if r.at(j) == '多' {
			n.approx = true
			j++
		}
	}
	if half {
		n.lo, n.hi, j = n.lo+micro/2, n.hi+micro/2, j+1
	}
	return n, j, u, true
}

// durationAfter reads a length of time, and the day it leads to: 三天后, 15天内, 两个月前.
func (r *reader) durationAfter(i, s int, n num) int {
	if n.big {
		return 0
	}
	if c := r.at(s); c == '年' || c == '月' || c == '日' || c == '周' || c == '天' || c == '个' || c == '星' || c == '礼' || c == '小' || c == '钟' || c == '分' || c == '季' || c == '秒' || c == '工' || c == '自' || c == '多' || c == '来' || c == '余' {
		sp, j, u, ok := r.span(i)
		if !ok {
			return 0
		}
		return r.durationFigure(i, j, sp, u)
	}
	return 0
}

func (r *reader) half(i int) int {
	n, j, u, ok := r.span(i)
	if !ok {
		return 0
	}
	return r.durationFigure(i, j, n, u)
}

func (r *reader) durationFigure(i, j int, n num, u timeUnit) int {
	if e := r.tenOrFifteen(i, j, n, u); e > 0 {
		return e
	}
	if e := r.compound(i, j, n, u); e > 0 {
		return e
	}
	f := Figure{Kind: FigDuration, Duration: iso(n.lo, u), Count: n.lo * u.mul / micro, Unit: unitName(u.letter), Approx: n.approx || r.about(i, j), Vague: n.vague}
	if n.ranged {
		f.Range, f.Min, f.Max, f.DurationMax = true, n.lo*u.mul/micro, n.hi*u.mul/micro, iso(n.hi, u)
	}
	end, rel := j, ""
	if k := r.any(j, "之内", "以内", "内"); k > 0 {
		end, rel = k, RelWithin
	} else if k := r.any(j, "之后", "以后", "过后", "后"); k > 0 && r.at(k) != '天' && r.at(k-1) == '后' {
		end, rel = k, RelAfter
	} else if k := r.any(j, "之前", "以前", "前"); k > 0 {
		end, rel = k, RelBefore
	}
	f.Rel = rel
	if rel == RelAfter && (u.letter == 'M' || u.letter == 'Y') && r.putOff(end) {
		f.Rel = "" // 半年以后再说 names no day to pay: it says how long to wait
		return r.add(i, j, f)
	}
	if rel == "" || !r.dated || n.ranged {
		return r.add(i, j, f)
	}
	sign := 1
	if rel == RelBefore {
		sign = -1
	}
	d, ok := r.shift(n, u, sign)
	if !ok {
		return r.add(i, j, f)
	}
	f.Relative = true
	if rel == RelWithin {
		f.Date, f.DateEnd = r.today, d
		return r.add(i, end, f)
	}
	f.Kind, f.Date, f.Rel = FigDate, d, ""
	return r.add(i, end, f)
}

// putOff: 再说 and its like behind a length of time.
func (r *reader) putOff(end int) bool {
	return r.any(end, "再说", "再谈", "再讲", "再聊", "再看", "再议", "再联系", "再商量", "再考虑", "再倾", "再算", "才说", "才知道") > 0
}

// tenOrFifteen reads 十天半个月: ten to fifteen days.
func (r *reader) tenOrFifteen(i, j int, n num, u timeUnit) int {
	k := r.any(j, "半个月", "半月", "半拉月", "半个来月")
	if k == 0 || u.word != "天" || n.lo != 10*micro {
		return 0
	}
	return r.add(i, k, Figure{Kind: FigDuration, Duration: "P10D", DurationMax: "P15D", Unit: "day", Count: 10, Range: true, Min: 10, Max: 15, Approx: true})
}

// compound reads 一年零三个月, 一个月零十天: two lengths said as one.
func (r *reader) compound(i, j int, n num, u timeUnit) int {
	if n.ranged || n.lo%micro != 0 || u.letter != 'Y' && u.letter != 'M' {
		return 0
	}
	k := r.any(j, "零", "又", "加", "外加")
	said := k > 0
	if !said {
		k = j
	}
	if !numeralStart(r.at(k)) && !isDigit(r.at(k)) || r.at(k) == '零' {
		return 0
	}
	m, e, v, ok := r.span(k)
	if !ok || m.ranged || m.lo%micro != 0 || v.letter == u.letter || v.letter != 'M' && v.letter != 'D' || v.letter == 'D' && !said || v.mul != 1 || m.lo >= 12*micro && v.letter == 'M' {
		return 0
	}
	f := Figure{Kind: FigDuration, Unit: "month", Approx: n.approx || m.approx, Count: n.lo * u.mul / micro}
	if u.letter == 'Y' {
		f.Count *= 12
	}
	f.Duration = iso(n.lo, u) + iso(m.lo, v)[1:]
	if v.letter == 'M' {
		f.Count += m.lo / micro
	}
	return r.add(i, e, f)
}

func unitName(letter byte) string {
	switch letter {
	case 'Y':
		return "year"
	case 'M':
		return "month"
	case 'W':
		return "week"
	case 'D':
		return "day"
	case 'H':
		return "hour"
	case 'm':
		return "minute"
	}
	return "second"
}

// shift is today plus (or minus) a length of time in whole days or months; hours give no other day.
func (r *reader) shift(n num, u timeUnit, sign int) (calendar.Date, bool) {
	return shiftFrom(r.today, n, u, sign)
}

func shiftFrom(day calendar.Date, n num, u timeUnit, sign int) (calendar.Date, bool) {
	k := int(n.lo * u.mul / micro)
	half := n.lo*u.mul%micro != 0
	if k > 100_000 {
		return calendar.Date{}, false
	}
	switch u.letter {
	case 'D':
		if u.word == "个工作日" || u.word == "工作日" {
			return workdays(day, k*sign), true
		}
		return day.AddDays(k * sign), true
	case 'W':
		d := k * 7
		if half {
			d += 3
		}
		return day.AddDays(d * sign), true
	case 'M':
		d := day.AddMonths(k*sign, day.Day)
		if half {
			d = d.AddDays(15 * sign)
		}
		return d, true
	case 'Y':
		k *= 12
		if half {
			k += 6
		}
		return day.AddMonths(k*sign, day.Day), true
	}
	return calendar.Date{}, false
}

// workdays steps over Saturdays and Sundays; public holidays are the calendar's business, not the reader's.
func workdays(d calendar.Date, n int) calendar.Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n = min(n, 400); n > 0; {
		d = d.AddDays(step)
		if w := d.Weekday(); w != 0 && w != 6 {
			n--
		}
	}
	return d
}

// iso writes a length as ISO 8601. Halves become whole smaller units: 半年 P6M, 一年半 P18M, 半个月 P15D, 一个半月 P45D.
func iso(v int64, u timeUnit) string {
	k, half := v*u.mul/micro, v*u.mul%micro != 0
	letter := u.letter
	if half {
		switch letter {
		case 'Y':
			k, letter = v*12/micro, 'M'
		case 'M':
			k, letter = v*30/micro, 'D'
		case 'W':
			k, letter = v*7/micro, 'D'
		case 'D':
			k, letter = v*24/micro, 'H'
		case 'H':
			k, letter = v*60/micro, 'm'
		}
	}
	switch letter {
	case 'H':
		return "PT" + strconv.FormatInt(k, 10) + "H"
	case 'm':
		return "PT" + strconv.FormatInt(k, 10) + "M"
	case 'S':
		return "PT" + strconv.FormatInt(k, 10) + "S"
	}
	return "P" + strconv.FormatInt(k, 10) + string(letter)
}
