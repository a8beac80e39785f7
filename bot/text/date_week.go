package text

import (
	"strings"
	"time"
	"unicode/utf8"

	"hejie/flows/calendar"
)

// weekOf is the n-th week of a month: the one its n-th Monday begins; n = -1 is the last.
func weekOf(year int, m time.Month, n int) (from, to calendar.Date, ok bool) {
	from = nthWeekday(year, m, 0, n)
	if from.IsZero() {
		return from, to, false
	}
	return from, from.AddDays(6), true
}

// weekOfMonth reads 第一周, 第二个星期, 第一个星期一, 最后一周 after a month.
func (r *reader) weekOfMonth(i, k, year int, m time.Month) int {
	n := 0
	if j := r.any(k, "最后一个", "最后一"); j > 0 {
		n, k = -1, j
	} else if r.at(k) == '第' {
		v, ok := r.num(k + 1)
		w, whole := v.whole()
		if !ok || !whole || w < 1 || w > 5 {
			return 0
		}
		n, k = int(w), v.end
		if r.at(k) == '个' {
			k++
		}
	}
	j := r.any(k, "星期", "礼拜", "周")
	if n == 0 || j == 0 || !r.dated {
		return 0
	}
	if wd, ok := weekdayOf(r.at(j)); ok {
		if d := nthWeekday(year, m, wd, n); !d.IsZero() {
			return r.dateFigure(i, j+1, d, true)
		}
		return 0
	}
	if r.at(j) == '末' {
		return 0
	}
	from, to, ok := weekOf(year, m, n)
	if !ok {
		return 0
	}
	return r.rangeFigure(i, j, from, to, true)
}

// enWeekOfMonth reads "first week of December", "last week of the month": e is the place after the first word.
func (r *reader) enWeekOfMonth(i, e, n int) int {
	k := r.any(e, " week of ", " week in ")
	if k == 0 || !r.dated || n > 5 {
		return 0
	}
	year, m, end := r.enMonthNamed(k)
	if end == 0 {
		return 0
	}
	from, to, ok := weekOf(year, m, n)
	if !ok {
		return 0
	}
	return r.rangeFigure(i, end, from, to, true)
}

// relativeQuarter reads 下个季度, 上季度末, 本季度.
func (r *reader) relativeQuarter(i int) int {
	step := 0
	switch r.rs[i] {
	case '下':
		step = 1
	case '上':
		step = -1
	case '本', '这':
	default:
		return 0
	}
	j := i + 1
	if r.at(j) == '一' {
		j++
	}
	if r.at(j) == '个' {
		j++
	}
	if j = r.has(j, "季度"); j == 0 || !r.dated {
		return 0
	}
	month := (int(r.today.Month)-1)/3*3 + 1
	from := calendar.Date{Year: r.today.Year, Month: time.Month(month), Day: 1}.AddMonths(3*step, 1)
	last := from.AddMonths(2, 1)
	last.Day = daysIn(last.Year, last.Month)
	switch r.at(j) {
	case '末', '底':
		return r.dateFigure(i, j+1, last, true)
	case '初':
		return r.dateFigure(i, j+1, from, true)
	}
	return r.rangeFigure(i, j, from, last, true)
}

// Weekday is the day of the week that the text of a date names beside its day (12月15日（周三）, Thursday 8 December); false if none.
func Weekday(s string) (time.Weekday, bool) {
	if !strings.ContainsAny(s, "周週星礼禮") && !strings.ContainsFunc(s, func(c rune) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }) {
		return 0, false
	}
	rs := Fold(s).Runes
	for i := range rs {
		rest := string(rs[i:])
		for _, w := range []string{"周", "星期", "礼拜"} {
			if after, ok := strings.CutPrefix(rest, w); ok {
				c, _ := utf8.DecodeRuneInString(after)
				if d, ok := weekdayOf(c); ok && c > '9' {
					return time.Weekday((d + 1) % 7), true
				}
			}
		}
	}
	for _, w := range strings.FieldsFunc(strings.ToLower(string(rs)), func(c rune) bool { return c < 'a' || c > 'z' }) {
		if d, ok := enDays[w]; ok {
			return time.Weekday((d + 1) % 7), true
		}
	}
	return 0, false
}
