package text

import (
	"time"

	"hejie/flows/calendar"
)

// monthEnd: 底, 月末 and the southern 月尾 after a month; 尾号 and 尾款 are other words.
func (r *reader) monthEnd(k int) int {
	if j := r.any(k, "月底", "月末", "底", "末"); j > 0 {
		return j
	}
	if j := r.any(k, "月尾", "尾"); j > 0 && r.any(j, "号", "数", "款", "期") == 0 {
		return j
	}
	return 0
}

// dayNumber reads 15号, 十五日, or a bare day that nothing else claims (下个月15).
func (r *reader) dayNumber(k int) (day, end int, ok bool) {
	n, ok := r.num(k)
	if !ok || n.ranged || n.frac || n.units {
		return 0, 0, false
	}
	v, whole := n.whole()
	if !whole || v < 1 || v > 31 {
		return 0, 0, false
	}
	s := r.gap(n.end)
	if c := r.at(s); (c == '号' || c == '日') && r.at(s+1) != '元' {
		return int(v), s + 1, true
	}
	if r.things(n.end) || taken(r.at(s)) || r.moneyWordAt(s) > 0 || r.at(s) == '千' || r.at(s) == '万' || r.at(s) == ':' || isAlpha(r.at(s)) {
		return 0, 0, false
	}
	return int(v), n.end, true
}

// dayTo reads the second day of 5-10号 or 5号到10号 after the first.
func (r *reader) dayTo(e, from, last int) (to, end int, ok bool) {
	k := r.any(e, "到", "至", "-", "~", "—", "–")
	if k == 0 || !isDigit(r.at(k)) && !numeralStart(r.at(k)) {
		return 0, 0, false
	}
	n, ok := r.num(k)
	v, whole := n.whole()
	if !ok || !whole || n.units || int(v) <= from || int(v) > last || r.at(n.end) != '号' && r.at(n.end) != '日' {
		return 0, 0, false
	}
	return int(v), n.end + 1, true
}

// yearPiece reads 上半年, 下半年, 第三季度 of a year.
func (r *reader) yearPiece(i, k, year int) int {
	span := func(j int, from, to time.Month) int {
		return r.rangeFigure(i, j, calendar.Date{Year: year, Month: from, Day: 1}, calendar.Date{Year: year, Month: to, Day: daysIn(year, to)}, true)
	}
	if j := r.any(k, "上半年"); j > 0 || i != k && r.has(k, "前半年") > 0 {
		return span(k+3, 1, 6)
	}
	if j := r.any(k, "下半年"); j > 0 || i != k && r.has(k, "后半年") > 0 {
		return span(k+3, 7, 12)
	}
	if r.at(k) == '第' {
		k++
	}
	n, ok := r.num(k)
	v, whole := n.whole()
	if j := r.has(n.end, "季度"); ok && whole && j > 0 && v >= 1 && v <= 4 {
		return span(j, time.Month(v*3-2), time.Month(v*3))
	}
	return 0
}

// nextMonthDay is the next such day of the year that is not past.
func (r *reader) nextMonthDay(m time.Month, day int) calendar.Date {
	for y := r.today.Year; y < r.today.Year+9; y++ {
		d := calendar.Date{Year: y, Month: m, Day: day}
		if day <= daysIn(y, m) && !d.Before(r.today) {
			return d
		}
	}
	return calendar.Date{}
}

// nextDay is the next such day of a month that is not past.
func (r *reader) nextDay(day int) calendar.Date {
	first := calendar.Date{Year: r.today.Year, Month: r.today.Month, Day: 1}
	for k := range 4 {
		m := first.AddMonths(k, 1)
		if d := (calendar.Date{Year: m.Year, Month: m.Month, Day: day}); day <= daysIn(m.Year, m.Month) && !d.Before(r.today) {
			return d
		}
	}
	return calendar.Date{}
}

// everyMonth reads 每月12号, 每个月底.
func (r *reader) everyMonth(i int) int {
	j := r.any(i, "每个月的", "每个月", "每月的", "每月", "逢")
	if j == 0 {
		if k := r.any(i, "每周", "每个星期", "每星期", "每个礼拜", "每礼拜"); k > 0 {
			if _, ok := weekdayOf(r.at(k)); ok {
				return k + 1 // a weekly day names no date
			}
		}
		return 0
	}
	return r.dayOf(r.gap(j))
}

// dayOf reads the day of a month that recurs. The figure is the day alone: that it recurs is in the kind.
func (r *reader) dayOf(k int) int {
	from := k
	if r.at(k-1) == '月' && (r.at(k) == '底' || r.at(k) == '末' || r.at(k) == '初') {
		from = k - 1 // the 月底 of 每个月底
	}
	if e := r.any(k, "月底", "月末", "底", "末", "最后一天"); e > 0 {
		return r.add(from, e, Figure{Kind: FigDay, Count: 31})
	}
	if e := r.any(k, "月初", "月头", "初"); e > 0 && !numeralStart(r.at(e)) {
		return r.add(from, e, Figure{Kind: FigDay, Count: 1})
	}
	n, ok := r.num(k)
	if !ok || n.frac || n.units {
		return 0
	}
	n = r.spread(n)
	v, _ := num{lo: n.lo}.whole()
	s := r.gap(n.end)
	if v < 1 || v > 31 || r.at(s) != '号' && r.at(s) != '日' {
		return 0
	}
	f := Figure{Kind: FigDay, Count: v}
	if n.ranged {
		f.Range, f.Min, f.Max = true, v, n.hi/micro
	}
	return r.add(k, s+1, f)
}

// passing reads 过三天, 再过两个月 as the day that then is.
func (r *reader) passing(i int) int {
	j := r.any(i, "再过", "过")
	if j == 0 || !numeralStart(r.at(j)) && !isDigit(r.at(j)) && r.at(j) != '半' {
		return 0
	}
	n, e, unit, ok := r.span(j)
	if !ok || n.ranged || !r.dated {
		return 0
	}
	if k := r.any(e, "之后", "以后", "后"); k > 0 {
		e = k
	}
	d, ok := r.shift(n, unit, 1)
	if !ok {
		return 0
	}
	out := r.dateFigure(i, e, d, true)
	r.out[len(r.out)-1].Duration = iso(n.lo, unit)
	return out
}
