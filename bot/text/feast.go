package text

import (
	"slices"
	"time"

	"hejie/flows/calendar"
)

// feast is a day that has a name. Lunar: month and day are of the Chinese calendar; before counts back from there.
type feast struct {
	word       string
	month, day int
	lunar      bool
	before     int
	clear      bool // the word is nothing but the day; the others need 前, 后, 节 and their like beside them
}

var feasts = []feast{
	{"元旦", 1, 1, false, 0, true}, {"情人节", 2, 14, false, 0, true}, {"妇女节", 3, 8, false, 0, true}, {"清明", 4, 0, false, 0, true}, {"劳动节", 5, 1, false, 0, true},
	{"五一", 5, 1, false, 0, false}, {"儿童节", 6, 1, false, 0, true}, {"六一", 6, 1, false, 0, false}, {"国庆", 10, 1, false, 0, true}, {"十一", 10, 1, false, 0, false},
	{"双十一", 11, 11, false, 0, true}, {"双11", 11, 11, false, 0, true}, {"双十二", 12, 12, false, 0, true}, {"双12", 12, 12, false, 0, true}, {"平安夜", 12, 24, false, 0, true}, {"圣诞", 12, 25, false, 0, true},
	{"除夕", 1, 1, true, 1, true}, {"大年三十", 1, 1, true, 1, true}, {"年三十", 1, 1, true, 1, true}, {"大年夜", 1, 1, true, 1, true}, {"年卅", 1, 1, true, 1, true}, {"春节", 1, 1, true, 0, true},
	{"农历新年", 1, 1, true, 0, true}, {"农历年", 1, 1, true, 0, true}, {"旧历年", 1, 1, true, 0, true}, {"大年初一", 1, 1, true, 0, true}, {"元宵", 1, 15, true, 0, true}, {"端午", 5, 5, true, 0, true}, {"七夕", 7, 7, true, 0, true},
	{"中元节", 7, 15, true, 0, true}, {"中秋", 8, 15, true, 0, true}, {"重阳", 9, 9, true, 0, true}, {"腊八", 12, 8, true, 0, true}, {"小年", 12, 23, true, 0, false},
	{"过完年", 1, 1, true, 0, true}, {"过了年", 1, 1, true, 0, true}, {"过年", 1, 1, true, 0, false}, {"年前", 1, 1, true, 0, false}, {"年后", 1, 1, true, 0, false},
}

// feastHeads are the feasts by their first character, the longest word first.
var feastHeads = func() map[rune][]feast {
	heads := map[rune][]feast{}
	for _, f := range feasts {
		c := []rune(f.word)[0]
		heads[c] = append(heads[c], f)
	}
	for _, l := range heads {
		slices.SortFunc(l, func(a, b feast) int { return len(b.word) - len(a.word) })
	}
	return heads
}()

// feast reads 春节, 年后, 中秋节, 大年初五, 年廿八 at i. Year 0 = the next one.
func (r *reader) feast(from, i, year int) int {
	for _, f := range feastHeads[r.at(i)] {
		j := r.has(i, f.word)
		if j == 0 || !f.clear && !r.feastLikely(i, j, f) {
			continue
		}
		if f.word != "年前" && f.word != "年后" && r.at(j) == '节' {
			j++
		}
		d, ok := r.feastDay(f, year)
		if !ok {
			return r.add(from, j, Figure{Kind: FigDate, Relative: true})
		}
		if e, to, ok := r.beyond(j, d); ok {
			return r.dateFigure(from, e, to, true)
		}
		end := r.dateFigure(from, j, d, true)
		r.out[len(r.out)-1].Yearless = r.opt.Debtor && year == 0 && !f.lunar && f.day > 0
		switch g := &r.out[len(r.out)-1]; f.word {
		case "年前":
			g.Rel = RelBefore
		case "年后", "过完年", "过了年":
			g.Rel = RelAfter
		}
		return end
	}
	return r.newYearDay(from, i, year)
}

// beyond reads the 后三天 of 春节后三天, the 前一周 of 国庆前一周.
func (r *reader) beyond(j int, d calendar.Date) (int, calendar.Date, bool) {
	k, sign := r.any(j, "之后", "以后", "后"), 1
	if k == 0 {
		k, sign = r.any(j, "之前", "以前", "前"), -1
	}
	if k == 0 || !r.dated || !isDigit(r.at(k)) && !numeralStart(r.at(k)) {
		return 0, d, false
	}
	n, e, u, ok := r.span(k)
	if !ok || n.ranged || n.vague || n.lo%micro != 0 || n.lo > 60*micro || u.mul != 1 || r.any(e, "内", "后", "之", "以", "就", "都") > 0 {
		return 0, d, false
	}
	switch v := int(n.lo/micro) * sign; u.letter {
	case 'D':
		return e, d.AddDays(v), true
	case 'W':
		return e, d.AddDays(7 * v), true
	}
	return 0, d, false
}

// newYearDay reads 大年初五, 年初三 (days of the first month) and 年廿八 (of the last).
func (r *reader) newYearDay(from, i, year int) int {
	j := r.any(i, "大年", "年")
	if j == 0 || r.at(i) == '年' && (isHan(r.at(i-1)) && r.loneYear(i)) {
		return 0
	}
	month := 12
	if r.at(j) == '初' {
		month, j = 1, j+1
	} else if r.at(j) != '廿' {
		return 0
	}
	n, ok := r.num(j)
	v, whole := n.whole()
	if !ok || !whole || v < 1 || v > 30 || n.units || taken(r.at(n.end)) {
		return 0
	}
	f := feast{month: month, day: int(v), lunar: true}
	d, ok := r.feastDay(f, year)
	if !ok {
		return 0
	}
	return r.dateFigure(from, n.end, d, true)
}

// loneYear: 今年初, 三年前, 每年后: the 年 belongs to the word before it.
func (r *reader) loneYear(i int) bool {
	switch c := r.at(i - 1); c {
	case '今', '明', '去', '前', '后', '每', '当', '全', '整', '往', '近', '个', '几', '多', '半', '数', '同', '次', '来', '本', '这', '两', '万', '周', '新', '成', '未', '少', '青', '中', '老', '童', '晚', '学', '度', '好', '哪', '那', '头', '逐', '历', '某', '隔', '翌':
		return true
	default:
		return isDigit(c) || numeralStart(c) || hanUnit(c) > 0
	}
}

func (r *reader) feastLikely(i, j int, f feast) bool {
	bound := r.any(j, "前", "后", "之前", "之后", "以前", "以后", "节", "假", "放假", "长假", "黄金周", "期间", "那", "的时候", "左右", "当天", "过后") > 0
	switch f.word {
	case "年前", "年后":
		return !r.loneYear(i) && r.at(j) != '生' && r.at(j) != '来' && r.at(j) != '沿'
	case "过年":
		return r.at(i-1) != '不' && (bound || r.behind(i, "到", "等"))
	case "小年":
		return bound && r.at(i-1) != '大' && r.at(i-1) != '半'
	case "十一":
		return bound && !numeralStart(r.at(i-1)) && hanUnit(r.at(i-1)) == 0 && r.at(j) != '那'
	}
	_, digit := hanDigit(r.at(i - 1))
	return !digit && hanUnit(r.at(i-1)) == 0 && (bound || r.isolated(i, j) || r.behind(i, "到", "等", "过了", "等到"))
}

func (r *reader) feastDay(f feast, year int) (calendar.Date, bool) {
	if !r.dated {
		return calendar.Date{}, false
	}
	if !f.lunar {
		for y := max(year, r.today.Year); ; y++ {
			if year > 0 {
				y = year
			}
			d := calendar.Date{Year: y, Month: time.Month(f.month), Day: f.day}
			if f.day == 0 {
				d.Day = qingming(y)
			}
			if year > 0 || !d.Before(r.today) {
				return d, true
			}
		}
	}
	d, ok := lunarDate(year, f.month, f.day, false)
	if year > 0 && f.before > 0 { // the eve of a year belongs to the year it ends
		d, ok = lunarDate(year+1, f.month, f.day, false)
	}
	if year == 0 {
		if d, ok = r.nextLunar(f.month, f.day, false); ok && f.before > 0 && d == r.today {
			d, ok = lunarDate(d.Year+1, f.month, f.day, false)
		}
	}
	return d.AddDays(-f.before), ok
}

// qingming is the day in April of the solar term, good for this century.
func qingming(year int) int {
	y := year % 100
	return (y*2422+48100)/10_000 - y/4
}
