package text

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"time"

	"hejie/flows/calendar"
)

//go:embed lunar.txt
var lunarFile string

// lunarYear is one year of the Chinese calendar. Long holds its months in order, the leap month in its place.
type lunarYear struct {
	first calendar.Date
	leap  int
	long  string
}

var lunarYears = sync.OnceValue(func() map[int]lunarYear { return loadLunar(lunarFile) })

// loadLunar panics on a bad line: the table is part of the program.
func loadLunar(file string) map[int]lunarYear {
	years := map[int]lunarYear{}
	for line := range strings.Lines(file) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var y, md int
		var l lunarYear
		if _, err := fmt.Sscanf(line, "%d %d %d %s", &y, &md, &l.leap, &l.long); err != nil || len(l.long) != 12+min(l.leap, 1) {
			panic("text: lunar.txt: " + line)
		}
		l.first = calendar.Date{Year: y, Month: time.Month(md / 100), Day: md % 100}
		years[y] = l
	}
	return years
}

// lunarMonth is the first day of a month and its length. Outside the table there is none: no date is better than a wrong one.
func lunarMonth(year, month int, leap bool) (calendar.Date, int, bool) {
	y, ok := lunarYears()[year]
	if !ok || month < 1 || month > 12 || leap && y.leap != month {
		return calendar.Date{}, 0, false
	}
	k := month - 1
	if y.leap > 0 && (month > y.leap || leap) {
		k++
	}
	days := 0
	for _, c := range y.long[:k] {
		days += 29 + int(c-'0')
	}
	return y.first.AddDays(days), 29 + int(y.long[k]-'0'), true
}

// lunarDate is a day of the Chinese calendar. The thirtieth of a short month is its last day: that is what people mean by 大年三十.
func lunarDate(year, month, day int, leap bool) (calendar.Date, bool) {
	first, long, ok := lunarMonth(year, month, leap)
	if !ok || day < 1 || day > 30 {
		return calendar.Date{}, false
	}
	return first.AddDays(min(day, long) - 1), true
}

// nextLunar is the next such day that is not past.
func (r *reader) nextLunar(month, day int, leap bool) (calendar.Date, bool) {
	for y := r.today.Year - 1; y <= r.today.Year+3; y++ {
		if d, ok := lunarDate(y, month, day, leap); ok && !d.Before(r.today) {
			return d, true
		}
	}
	return calendar.Date{}, false
}

// lunarWhen is a month named by the Chinese calendar; year 0 = the next one.
type lunarWhen struct {
	year, month int
	leap        bool
}

// lunarRead reads 腊月二十, 正月初五, 农历八月十五, 闰六月初一 at i. From is where the figure begins.
func (r *reader) lunarRead(from, i, year int) int {
	j := r.any(i, "农历", "阴历", "旧历", "古历", "老历")
	said := j > 0
	if !said {
		j = i
	}
	if y, k := r.lunarYearAt(j); k > 0 && said {
		year, j = y, k
	}
	w := lunarWhen{year: year}
	if k := r.has(j, "闰"); k > 0 {
		w.leap, j, said = true, k, true
	}
	switch r.at(j) {
	case '正':
		w.month = 1
	case '冬':
		w.month = 11
	case '腊':
		w.month = 12
	}
	if w.month > 0 {
		said, j = true, j+1
	} else {
		n, ok := r.num(j)
		v, whole := n.whole()
		if !ok || !whole || v < 1 || v > 12 || n.units {
			return 0
		}
		w.month, j = int(v), n.end
	}
	if r.at(j) != '月' {
		return 0
	}
	return r.lunarDay(from, j+1, w, said)
}

// lunarYearAt: 农历二〇二六年, 农历明年.
func (r *reader) lunarYearAt(j int) (int, int) {
	if k := r.any(j, "今年", "明年", "去年"); k > 0 && r.dated {
		step := map[rune]int{'今': 0, '明': 1, '去': -1}[r.at(j)]
		return r.today.Year + step, k
	}
	if n, ok := r.num(j); ok && r.at(n.end) == '年' {
		if y, ok := n.year(); ok {
			return y, n.end + 1
		}
	}
	return 0, 0
}

// lunarDay reads the day after the month. Unless the month is plainly lunar, only the ways of writing a day that the
// Chinese calendar alone has make it so: 初五, 廿三, and 八月十五.
func (r *reader) lunarDay(from, k int, w lunarWhen, said bool) int {
	start := k
	day, lunar := 0, said
	switch {
	case r.at(k) == '初':
		n, ok := r.num(k + 1)
		v, whole := n.whole()
		if !ok || !whole || v < 1 || v > 10 || n.latin && !said || r.at(n.end) == '号' {
			return 0
		}
		day, k, lunar = int(v), n.end, true
	case said && r.any(k, "上旬", "中旬", "下旬", "底", "末", "里") > 0:
		return r.lunarPart(from, k, w)
	default:
		n, ok := r.num(k)
		v, whole := n.whole()
		if !ok || !whole || v < 1 || v > 30 || n.units || n.spoken {
			break
		}
		if c := r.at(n.end); (taken(c) || r.moneyWordAt(n.end) > 0) && c != '号' && c != '日' {
			break
		}
		solar := r.at(n.end) == '号' || r.at(n.end) == '日'
		lunar = lunar || !solar && (r.at(k) == '廿' || w.month == 8 && v == 15 && !n.latin)
		day, k = int(v), n.end
		if solar {
			k++
		}
	}
	if !lunar {
		return 0
	}
	if day == 0 {
		return r.lunarPart(from, start, w)
	}
	d, ok := lunarDate(w.year, w.month, day, w.leap)
	if w.year == 0 {
		d, ok = r.nextLunar(w.month, day, w.leap)
	}
	if !ok {
		return r.add(from, k, Figure{Kind: FigDate, Relative: true})
	}
	return r.dateFigure(from, k, d, true)
}

// lunarPart is the whole month, a third of it or its end.
func (r *reader) lunarPart(from, k int, w lunarWhen) int {
	year := w.year
	if year == 0 {
		last, ok := r.nextLunar(w.month, 30, w.leap)
		if !ok {
			return 0
		}
		if year = last.Year; w.month > 10 && last.Month < 4 {
			year--
		}
	}
	first, long, ok := lunarMonth(year, w.month, w.leap)
	if !ok {
		return 0
	}
	a, b := 0, long-1
	switch r.at(k) {
	case '上':
		b, k = 9, k+2
	case '中':
		a, b, k = 10, 19, k+2
	case '下':
		a, k = 20, k+2
	case '底', '末':
		return r.dateFigure(from, k+1, first.AddDays(long-1), true)
	}
	return r.rangeFigure(from, k, first.AddDays(a), first.AddDays(b), true)
}
