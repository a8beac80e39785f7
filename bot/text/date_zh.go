package text

import (
	"strings"
	"time"

	"hejie/flows/calendar"
)

// dayWord is a day named by its distance from today.
type dayWord struct {
	word string
	days int
}

// Longer words first.
var dayWords = []dayWord{
	{"大大后天", 4}, {"大后天", 3}, {"大后日", 3}, {"大前天", -3}, {"后天", 2}, {"后日", 2}, {"后晚", 2}, {"明天", 1}, {"明日", 1}, {"明晚", 1}, {"明早", 1}, {"明儿", 1}, {"听日", 1}, {"听晚", 1}, {"听朝", 1}, {"今天", 0}, {"今日", 0}, {"今晚", 0},
	{"今早", 0}, {"今儿", 0}, {"当天", 0}, {"前天", -2}, {"前日", -2}, {"昨天", -1}, {"昨日", -1}, {"昨晚", -1}, {"昨儿", -1}, {"寻晚", -1}, {"琴晚", -1}, {"寻日", -1}, {"琴日", -1},
}

// hanDate reads days that begin with a word: 明天, 下周五, 下个月15号, 月底, 年底.
func (r *reader) hanDate(i int) int {
	if c := r.rs[i]; r.opt.Debtor || c == '元' || c == '国' {
		if j := r.feast(i, i, 0); j > 0 {
			return j
		}
	}
	switch r.rs[i] {
	case '今', '明', '后', '大', '昨', '前', '听', '当', '寻', '琴', '去', '来', '翌':
		if j := r.relativeDay(i); j > 0 {
			return j
		}
		if j := r.relativeYear(i); j > 0 {
			return j
		}
		if j := r.relativeMonth(i); j > 0 || r.rs[i] != '今' {
			return j
		}
		return r.weekday(i)
	case '下', '上', '本', '这', '呢', '次', '周', '星', '礼':
		if j := r.relativeMonth(i); j > 0 {
			return j
		}
		if r.rs[i] == '次' {
			return r.relativeYear(i)
		}
		if r.dated {
			if j := max(r.yearPiece(i, i, r.today.Year), r.relativeQuarter(i)); j > 0 {
				return j
			}
		}
		return r.weekday(i)
	case '月':
		return r.monthPart(i)
	case '年':
		return r.yearPart(i)
	case '元':
		if j := r.has(i, "元月"); j > 0 {
			return r.yearlessMonth(i, j, time.January)
		}
	case '过', '再':
		return r.passing(i)
	case '农', '阴', '旧', '古', '老', '闰', '正', '冬', '腊':
		return r.lunarRead(i, i, 0)
	}
	return 0
}

func (r *reader) relativeDay(i int) int {
	if r.rs[i] == '后' && (r.at(i-1) == '以' || r.at(i-1) == '之' || r.at(i-1) == '天') {
		return 0
	}
	for _, w := range dayWords {
		if j := r.has(i, w.word); j > 0 {
			if w.word == "当天" && !r.behind(i, "到账") {
				return 0
			}
			return r.dateFigure(i, j, r.today.AddDays(w.days), true)
		}
	}
	return 0
}

// dateFigure adds a date and the words that bound it: 之前, 之后.
func (r *reader) dateFigure(i, j int, d calendar.Date, relative bool) int {
	if relative && !r.dated {
		d = calendar.Date{}
	}
	f := Figure{Kind: FigDate, Date: d, Relative: relative, Rel: r.relation(j), Approx: r.about(i, j)}
	return r.add(i, r.weekdayNote(j), f)
}

// relation: what the words after a date make of it.
func (r *reader) relation(j int) string {
	j = r.gap(j)
	if r.any(j, "之前", "以前", "前") > 0 {
		return RelBefore
	}
	if r.any(j, "之后", "以后", "后") > 0 && r.at(j+1) != '天' {
		return RelAfter
	}
	return ""
}

// weekdayNote takes （周二） into the date before it.
func (r *reader) weekdayNote(j int) int {
	k := j
	if r.at(k) == ' ' {
		k++
	}
	open := r.at(k) == '('
	if open {
		k++
	}
	e := r.any(k, "周", "星期", "礼拜")
	if _, day := weekdayOf(r.at(j - 1)); e == 0 || day && (r.behind(j-1, "周", "星期", "礼拜")) { // 周三周五 are two days
		return j
	}
	if _, ok := weekdayOf(r.at(e)); !ok {
		return j
	}
	if open {
		if r.at(e+1) != ')' {
			return j
		}
		return e + 2
	}
	return e + 1
}

// relativeYear reads 今年, 明年3月, 去年底.
func (r *reader) relativeYear(i int) int {
	step := 0
	j := 0
	for _, w := range [...]dayWord{{"今年", 0}, {"本年", 0}, {"明年", 1}, {"后年", 2}, {"次年", 1}, {"来年", 1}, {"翌年", 1}, {"去年", -1}, {"前年", -2}} {
		if j = r.has(i, w.word); j > 0 {
			step = w.days
			break
		}
	}
	if j == 0 {
		return 0
	}
	return r.inYear(i, j, r.today.Year+step, true)
}

// inYear reads what may follow a year: a month, its end, or nothing (the whole year).
func (r *reader) inYear(i, j, year int, relative bool) int {
	k := j
	if r.at(k) == '的' {
		k++
	}
	switch {
	case r.any(k, "年底", "年末", "年尾", "底", "末") > 0:
		return r.dateFigure(i, r.any(k, "年底", "年末", "年尾", "底", "末"), calendar.Date{Year: year, Month: time.December, Day: 31}, relative)
	case r.any(k, "年初", "初", "年头") > 0:
		return r.dateFigure(i, r.any(k, "年初", "初", "年头"), calendar.Date{Year: year, Month: time.January, Day: 1}, relative)
	case r.any(k, "年中") > 0 || r.at(k) == '中' && r.at(k+1) != '秋' && r.at(k+1) != '旬':
		return r.dateFigure(i, max(r.has(k, "年中"), r.has(k, "中")), calendar.Date{Year: year, Month: time.June, Day: 30}, relative)
	}
	k = r.gap(k)
	if j := r.yearPiece(i, k, year); j > 0 {
		return j
	}
	if r.opt.Debtor {
		if j := r.feast(i, k, year); j > 0 {
			return j
		}
	}
	if j := r.lunarRead(i, k, year); j > 0 {
		return j
	}
	if n, ok := r.num(k); ok && !n.ranged {
		v, whole := n.whole()
		if m, ok := monthOK(v, whole); ok && r.at(r.gap(n.end)) == '月' {
			return r.inMonth(i, r.gap(n.end)+1, year, m, relative, false)
		}
	}
	first := calendar.Date{Year: year, Month: time.January, Day: 1}
	return r.rangeFigure(i, j, first, calendar.Date{Year: year, Month: time.December, Day: 31}, relative)
}

func (r *reader) rangeFigure(i, j int, from, to calendar.Date, relative bool) int {
	if relative && !r.dated {
		from, to = calendar.Date{}, calendar.Date{}
	}
	return r.add(i, j, Figure{Kind: FigRange, Date: from, DateEnd: to, Relative: relative, Rel: r.relation(j)})
}

func daysIn(year int, m time.Month) int {
	return time.Date(year, m+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// inMonth reads the day, the part of the month, or the whole of it.
func (r *reader) inMonth(i, j, year int, m time.Month, relative, yearless bool) int {
	last := daysIn(year, m)
	at := func(d int) calendar.Date { return calendar.Date{Year: year, Month: m, Day: d} }
	if r.at(j) == '份' {
		j++
	}
	k := j
	if r.at(k) == '的' {
		k++
	}
	k = r.gap(k)
	switch {
	case r.monthEnd(k) > 0:
		return r.dateFigure(i, r.monthEnd(k), at(last), relative)
	case r.any(k, "上旬") > 0:
		return r.rangeFigure(i, k+2, at(1), at(10), relative)
	case r.any(k, "中旬") > 0:
		return r.rangeFigure(i, k+2, at(11), at(20), relative)
	case r.any(k, "下旬") > 0:
		return r.rangeFigure(i, k+2, at(21), at(last), relative)
	case r.any(k, "月初", "月头", "初", "头") > 0 && !numeralStart(r.at(k+1)):
		return r.dateFigure(i, r.any(k, "月初", "月头", "初", "头"), at(1), relative)
	case r.any(k, "月中") > 0 || r.at(k) == '中' && r.at(k+1) != '秋':
		return r.dateFigure(i, k+1, at(15), relative)
	}
	if j := r.weekOfMonth(i, k, year, m); j > 0 {
		return j
	}
	if r.at(k) == '初' && (r.at(k+2) == '号' || r.at(k+2) == '日') {
		k++ // 下月初五号
	}
	if d, e, ok := r.dayNumber(k); ok {
		if to, e2, ok := r.dayTo(e, d, last); ok && r.dated { // 12月5-10号
			from := at(d)
			if yearless && at(to).Before(r.today) {
				from = r.nextMonthDay(m, d)
			}
			return r.rangeFigure(i, e2, from, from.AddDays(to-d), relative)
		}
		if d > last {
			return r.add(i, e, Figure{Kind: FigDate, Relative: relative})
		}
		day := at(d)
		if yearless && r.dated && day.Before(r.today) {
			day = r.nextMonthDay(m, d)
		}
		out := r.dateFigure(i, e, day, relative)
		r.out[len(r.out)-1].Yearless = yearless
		return out
	}
	end := r.rangeFigure(i, j, at(1), at(last), relative)
	r.out[len(r.out)-1].Yearless = yearless
	return end
}

// relativeMonth reads 下个月15号, 这个月底, 本月, 下下月初.
func (r *reader) relativeMonth(i int) int {
	j, step := i, 0
	switch r.rs[i] {
	case '下', '上':
		sign := 1
		if r.rs[i] == '上' {
			sign = -1
		}
		for k := 0; k < 3 && r.at(j) == r.rs[i]; k++ {
			step += sign
			j++
		}
	case '本', '这', '当', '今', '呢':
		j++
	case '次':
		step, j = 1, j+1
	default:
		return 0
	}
	if r.at(j) == '一' && r.at(j+1) == '个' {
		j++
	}
	if r.at(j) == '个' {
		j++
	}
	if r.at(j) != '月' {
		return 0
	}
	first := calendar.Date{Year: r.today.Year, Month: max(r.today.Month, 1), Day: 1}.AddMonths(step, 1)
	return r.inMonth(i, j+1, first.Year, first.Month, true, false)
}

// monthPart reads 月底, 月初, 月中 of this month, or of the next once they are past.
func (r *reader) monthPart(i int) int {
	if r.at(i-1) == '个' || numeralStart(r.at(i-1)) || isDigit(r.at(i-1)) {
		return 0
	}
	j := r.any(i, "月底", "月末", "月尾", "月初", "月头", "月中")
	if j == 0 || r.rs[j-1] == '中' && isHan(r.at(j)) && r.at(j) == '旬' {
		return 0
	}
	day := 1
	switch r.rs[j-1] {
	case '底', '末', '尾':
		day = 31
	case '中':
		day = 15
	}
	switch {
	case r.movedDay(i, j): // 还款日改到月底
		return r.add(i, j, Figure{Kind: FigDay, Count: int64(day)})
	case day == 31:
		return r.dateFigure(i, j, calendar.Date{Year: r.today.Year, Month: r.today.Month, Day: daysIn(r.today.Year, r.today.Month)}, true)
	}
	return r.dateFigure(i, j, r.nextDay(day), true)
}

func (r *reader) yearPart(i int) int {
	if isDigit(r.at(i-1)) || numeralStart(r.at(i-1)) {
		return 0
	}
	if j := r.any(i, "年底", "年末", "年终", "年尾"); j > 0 && r.at(j) != '奖' && !(r.rs[j-1] == '终' && (strings.ContainsRune("有没领拿多少红", r.at(j)) || r.any(j, "还没", "都没", "发") > 0 || r.behind(i, "有", "发", "领", "拿", "的"))) {
		return r.dateFigure(i, j, calendar.Date{Year: r.today.Year, Month: time.December, Day: 31}, true)
	}
	return 0
}

func weekdayOf(c rune) (int, bool) {
	switch c {
	case '一', '1':
		return 0, true
	case '二', '2':
		return 1, true
	case '三', '3':
		return 2, true
	case '四', '4':
		return 3, true
	case '五', '5':
		return 4, true
	case '六', '6':
		return 5, true
	case '日', '天', '七', '7':
		return 6, true
	}
	return 0, false
}

// besideWeekday is the day of 下周三 when only 、 or 和 part it from the weekday at i.
func (r *reader) besideWeekday(i int) (calendar.Date, bool) {
	k := len(r.out) - 1
	if k < 0 || r.out[k].Kind != FigDate || r.out[k].Date.IsZero() || i-r.out[k].End > 3 || r.at(r.out[k].Start) != '下' && r.at(r.out[k].Start) != '上' && r.at(r.out[k].Start) != '这' {
		return calendar.Date{}, false
	}
	if _, ok := weekdayOf(r.at(r.out[k].End - 1)); !ok || !r.behind(r.out[k].End-1, "周", "星期", "礼拜") {
		return calendar.Date{}, false
	}
	switch string(r.rs[r.out[k].End:i]) {
	case "", "、", "和", "跟", "或", "或者", "还有", "与", ",", "/":
		return r.out[k].Date, true
	}
	return calendar.Date{}, false
}

// weekday reads 周五, 下下周五, 这个星期天, 下周, 周末. Weeks begin on Monday.
func (r *reader) weekday(i int) int {
	j, step, named := i, 0, false
	switch c := r.rs[i]; c {
	case '下', '上':
		for k := 0; k < 3 && r.at(j) == c; k++ {
			step++
			j++
		}
		if c == '上' {
			step = -step
		}
		named = true
	case '本', '这', '今', '呢':
		j, named = j+1, true
	}
	if named && r.at(j) == '一' && r.at(j+1) != '周' {
		j++
	}
	if named && r.at(j) == '一' {
		j++
	}
	if named && r.at(j) == '个' {
		j++
	}
	k := r.any(j, "周", "星期", "礼拜")
	after := len(r.out) > 0 && r.out[len(r.out)-1].End == i && r.out[len(r.out)-1].Kind == FigDate // 周三周五
	if k == 0 || !named && !after && (numeralStart(r.at(i-1)) || isDigit(r.at(i-1)) || r.at(i-1) == '个') {
		return 0
	}
	monday := r.today.AddDays(7*step - (int(r.today.Weekday())+6)%7)
	if r.at(k) == '末' {
		if !named && monday.AddDays(6).Before(r.today) {
			monday = monday.AddDays(7)
		}
		return r.rangeFigure(i, k+1, monday.AddDays(5), monday.AddDays(6), true)
	}
	wd, ok := weekdayOf(r.at(k))
	if ok && (isDigit(r.at(k)) && isDigit(r.at(k+1)) || r.at(k) == '天' && r.at(k+1) == '天') {
		ok = false
	}
	if !ok {
		if !named || r.at(k) == '年' || r.at(k) == '转' {
			return 0
		}
		return r.rangeFigure(i, k, monday, monday.AddDays(6), true)
	}
	day := monday.AddDays(wd)
	if first, ok := r.besideWeekday(i); ok && !named { // 下周三、周四: of the same week
		if day = first.AddDays(wd - (int(first.Weekday())+6)%7); day.Before(first) {
			day = day.AddDays(7)
		}
	} else if !named && !day.After(r.today) {
		day = day.AddDays(7)
	}
	if w2, ok := weekdayOf(r.at(k + 1)); ok && w2 > wd && !isDigit(r.at(k+1)) && !taken(r.at(k+2)) && hanUnit(r.at(k+2)) == 0 {
		return r.rangeFigure(i, k+2, day, day.AddDays(w2-wd), true) // 周三四, 周六日
	}
	return r.dateFigure(i, k+1, day, true)
}
