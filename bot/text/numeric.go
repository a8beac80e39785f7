package text

import (
	"strings"
	"time"

	"hejie/flows/calendar"
)

// numeric reads a numeral and what makes it a date, a rate, a duration, a count or money. It always moves on.
func (r *reader) numeric(i int) int {
	n, ok := r.num(i)
	if !ok {
		return max(i+1, n.end)
	}
	if r.serviceLine(i, n) {
		return r.add(i, n.end, Figure{Kind: FigPhone, Digits: n.digits})
	}
	if r.enYear(i, n) {
		return r.inYear(i, n.end, int(n.lo/micro), false)
	}
	if j := r.yearsTo(i, n); j > 0 {
		return j
	}
	if r.latinTail(n) { // "12 instalments", "15th", "3 weeks"
		if j := r.englishNumeric(i, n); j > 0 {
			return j
		}
	}
	n = r.spread(n)
	if r.commonWord(i, n) {
		return n.end
	}
	s := r.gap(n.end)
	if n.lo == micro && !n.latin && r.at(n.end) == '半' && r.at(n.end+1) != '会' {
		return r.add(i, n.end+1, Figure{Kind: FigPercent, PPM: 500_000, Unit: "分之"})
	}
	for _, try := range [...]func(int, int, num) int{r.dateAfter, r.percentAfter, r.fraction, r.timeAfter, r.countAfter, r.durationAfter, r.moneyAfter} {
		if j := try(i, s, n); j > 0 {
			return j
		}
	}
	return r.bare(i, n)
}

// yearsTo reads from 2019 to 2021, 从2019到2021 as a stretch of years; without the word before they may be sums.
func (r *reader) yearsTo(i int, n num) int {
	year := func(m num) bool { return m.plain && len(m.digits) == 4 && m.lo >= 1990*micro && m.lo <= 2045*micro }
	if !year(n) || !r.behind(i, "from ", "between ", "从", "自") {
		return 0
	}
	k := r.any(n.end, " to ", " and ", "-", " - ", " till ", " until ", " through ", "到", "至")
	if k == 0 || !isDigit(r.at(k)) {
		return 0
	}
	m, ok := r.num(k)
	if !ok || !year(m) || m.lo <= n.lo || r.moneyWordAt(r.gap(m.end)) > 0 || !r.edge(m.end) {
		return 0
	}
	return r.rangeFigure(i, m.end, calendar.Date{Year: int(n.lo / micro), Month: 1, Day: 1}, calendar.Date{Year: int(m.lo / micro), Month: 12, Day: 31}, false)
}

// latinTail: a Latin letter follows the number directly or after a space.
func (r *reader) latinTail(n num) bool {
	c := r.at(r.gap(n.end))
	return isAlpha(c) || isDigit(r.at(n.end+1)) && r.at(n.end) == '-' && n.latin || c == '-' && isAlpha(r.at(n.end+1))
}

// spread reads the second half of 3-5, 三到五千, 两万至三万.
func (r *reader) spread(n num) num {
	if n.ranged || n.big || n.frac && n.latin && n.decimal > 2 {
		return n
	}
	j := r.any(n.end, "到", "至", "~", "-", "—", "–", " - ", " to ", "或者", "或", "、")
	if j == 0 {
		return n
	}
	soft := r.at(n.end) == '或' || r.at(n.end) == '、'
	if !isDigit(r.at(j)) && !numeralStart(r.at(j)) {
		return n
	}
	m, ok := r.num(j)
	if !ok || m.ranged || m.big || m.digits != "" && len(m.digits) > 7 {
		return n
	}
	lo := n.lo
	if m.top >= 10_000 && n.top < 10_000 && lo <= 100_000*micro && lo*m.top < m.lo { // 一百二到一百五十万
		lo *= m.top
	} else if m.top == 100 && n.top == 1 && !n.units && !n.tens && !n.frac && n.lo < 10*micro && m.hi < 1000*micro { // 三到五百
		lo = n.lo * 100
	} else if m.top >= 1000 && n.top == 1 && !n.units && n.lo*m.top > n.lo && n.lo*m.top < m.lo && n.lo < 1000*micro {
		lo = n.lo * m.top
	}
	if lo >= m.lo || soft && m.lo-lo > micro*max(1, m.top) || m.place && n.plain {
		return n
	}
	if soft && !r.measured(m.end) {
		return n
	}
	m.lo, m.hi, m.ranged = lo, m.lo, true
	m.plain, m.digits = false, ""
	m.units, m.tens = m.units || n.units, m.tens || n.tens
	return m
}

func (r *reader) measured(i int) bool { return taken(r.at(i)) || r.moneyWordAt(i) > 0 }

// commonWord keeps numerals apart that are parts of words: 一下, 万一, 十分, 千万别.
func (r *reader) commonWord(i int, n num) bool {
	if n.latin {
		return false
	}
	if r.at(n.end) == '位' && (r.behind(i, "后", "末", "尾", "最后", "前") || r.at(n.end+1) == '数') {
		return true // 身份证后四位
	}
	w := string(r.rs[i:n.end])
	next, prev := r.at(n.end), r.at(i-1)
	switch w {
	case "拾":
		return true
	case "十":
		return next == '分' && !r.priced(n.end+1) || prev == '合' || next == '足'
	case "一":
		if prev == '万' || prev == '统' || prev == '唯' || prev == '之' && next != '%' || next == '块' && r.at(n.end+1) != '钱' && strings.ContainsRune("哪那这另", prev) {
			return true
		}
		if next != '个' && next != '期' && r.opt.Debtor && r.things(n.end) && !r.behind(i, "分", "分成") {
			return true // 一套, 一步: an article
		}
		switch next {
		case '个', '次', '种', '位', '张', '笔', '条', '项', '份', '名', '家', '件', '句': // an article, unless 月, 期 or 星期 make it a length
			third := r.at(n.end + 1)
			return !(next == '个' && (third == '月' || third == '半' || third == '星' || third == '礼' || third == '季' || third == '小' || third == '钟' || third == '工' || third == '百' || third == '点' || third == '期')) && !r.behind(i, "分", "分成")
		case '下', '直', '定', '样', '起', '旦', '切', '般', '共', '些', '点', '会', '向', '贯', '律', '致', '边', '并', '再', '味', '心', '时', '声', '块':
			return next != '块' || !r.pieceMoney(n.end) && next == '块'
		}
	case "二", "三", "四", "五", "六", "七", "八", "九", "两":
		return next == '块' && strings.ContainsRune("地田肉糖布表石砖板屏电养:", r.at(n.end+1)) && r.at(n.end+1) != 0
	}
	return false
}

// pieceMoney: 一块 is a piece (一块地, 一块儿) unless 钱, a digit or the clause's end follows.
func (r *reader) pieceMoney(i int) bool {
	c := r.at(i + 1)
	_, digit := hanDigit(c)
	return c == '钱' || digit || isDigit(c) || !isHan(c) || c == '也' || c == '都' || c == '一' || c == '吧'
}

// priced: money talk follows 十分 as in 十分钱.
func (r *reader) priced(i int) bool { return r.at(i) == '钱' || r.at(i) == '利' || r.at(i) == '之' }

// bare is a number with no unit we know.
func (r *reader) bare(i int, n num) int {
	end := n.end
	if n.big {
		return r.add(i, end, Figure{Kind: FigNumber, Digits: n.digits, Big: true})
	}
	if r.opt.Debtor && n.lo <= 100*micro && !n.ranged && !r.things(end) && r.behind(i, "年化", "年利率", "年化利率", "年息", "apr ", "apr of ", "apr is ") && r.at(end) != '分' && r.at(end) != '厘' {
		return r.percentFigure(i, end, n, 10_000, "year") // 年化36
	}
	alone := r.isolated(i, end)
	approx := n.approx
	if c := r.at(end); (c == '多' || c == '余') && (n.units || n.tens) {
		approx = true
		if n.units && !r.things(end+1) {
			end++
		}
	}
	if c := r.at(end); c == '多' && r.opt.Debtor && n.latin && !n.units && n.lo >= 100*micro && !r.things(end+1) && !taken(r.at(end+1)) {
		approx = true // 800多
		end++
	}
	if r.littleMore(n) {
		approx = true
		end++
	}
	if v, ok := n.whole(); ok && n.plain && v > 1 && v <= 120 && r.opt.Debtor && r.timesAhead(end) {
		return r.add(i, end, Figure{Kind: FigCount, Count: v, Unit: "期"})
	}
	formal := !n.spoken && !n.latin
	said := (n.units || n.spoken) && n.lo >= 100*micro && (!alone || !formal || n.ranged || n.approx && n.lo >= 10_000*micro || r.loneSum(n))
	if (said || r.perTime(i, end, n)) && !r.things(end) {
		f := r.amount(n, 1, r.money)
		f.Bare, f.Approx = true, approx || r.about(i, end)
		return r.add(i, end, f)
	}
	if !n.latin && !n.units && !n.tens && !alone && !n.place && !r.things(end) && !n.frac {
		return end // a single Chinese digit between words is grammar more often than a figure
	}
	if n.place && !alone && len(n.digits) == 2 && n.digits[0] == n.digits[1] {
		return end // 一一说明
	}
	if r.at(i) == '负' {
		n.lo, n.ranged = -n.lo, false
	}
	f := Figure{Kind: FigNumber, Digits: n.digits, Micro: n.lo, Approx: approx || r.about(i, end), Unit: r.thing(end)}
	if v, ok := n.whole(); ok {
		f.Count = v
	}
	if r.opt.Debtor && n.latin && n.frac && n.decimal <= 2 && f.Digits == "" && n.end-i <= 5 {
		f.Digits = string(r.rs[i:n.end]) // 12.15: a day, once one was asked for
	}
	if n.ranged {
		f.Range, f.Min, f.Max, f.Count = true, n.lo, n.hi, n.lo/micro
	}
	return r.add(i, end, f)
}

// perTime: a number said per week or day, or times a count of payments, is the sum of each.
func (r *reader) perTime(i, end int, n num) bool {
	return r.opt.Debtor && n.lo >= 10*micro && (r.enPerTime(end) || r.timesCount(i) ||
		r.behind(i, "每周", "每周还", "每周付", "每星期", "每星期还", "每个星期", "每礼拜", "每个礼拜", "每个礼拜还", "每天", "每天还", "一天", "一周", "一星期", "一个星期", "一个礼拜") && !r.behind(i, "这一天", "前一天", "第一天", "同一天"))
}

// loneSum: where the account's currency is known, a lone spoken numeral is a sum of it; up to 120 it may still count months.
func (r *reader) loneSum(n num) bool {
	return r.opt.Debtor && r.opt.Currency != "" && n.lo > 120*micro
}

// timesCount: in 12期x500 and "12 payments x 500" the second number is the sum of each.
func (r *reader) timesCount(i int) bool {
	k := len(r.out) - 1
	if k < 0 || r.out[k].Kind != FigCount && r.out[k].Kind != FigDuration || i-r.out[k].End > 3 {
		return false
	}
	switch string(r.rs[r.out[k].End:i]) {
	case "x", "*", "×", " x ", " * ", " × ", "x ", "乘", "乘以", "@", " @ ":
		return true
	}
	return false
}

// timesAhead: "18 x 150" and 12*500 are eighteen and twelve payments.
func (r *reader) timesAhead(e int) bool {
	j := r.any(e, " x ", " * ", " × ", "x", "*", "×", "乘以", "乘")
	if j == 0 {
		return false
	}
	if c := r.at(j); c == '$' || c == '¥' || c == '£' || c == '€' {
		j++
	}
	return isDigit(r.at(j)) && isDigit(r.at(j+1))
}

// littleMore: the southern 十二万几 is a little more than 120,000.
func (r *reader) littleMore(n num) bool {
	next := r.at(n.end + 1)
	return r.at(n.end) == '几' && (n.units || n.spoken) && !n.ranged && !taken(next) && hanUnit(next) == 0 && next != '块' && next != '百' && next != '千'
}

// things tells whether a measure word follows that counts things other than money.
func (r *reader) things(i int) bool { return r.thing(i) != "" }

func (r *reader) thing(i int) string {
	i = r.gap(i)
	c := r.at(i)
	if c == '个' || c == '人' || strings.ContainsRune("名位次字条张件平亩公米里吨斤克岁度倍股步只辆家户本篇部种项笔台棵瓶包套点厘毫", c) && c != 0 {
		if c == '平' && r.at(i+1) != '方' && r.at(i+1) != '米' || c == '公' && r.at(i+1) != '里' && r.at(i+1) != '斤' && r.at(i+1) != '顷' && r.at(i+1) != '分' {
			return ""
		}
		if c == '里' && r.at(i+1) != '路' && r.at(i+1) != '地' || c == '部' && r.at(i+1) == '分' || c == '只' && !r.countable(i) || c == '家' && r.at(i+1) == '里' ||
			c == '本' && (r.at(i+1) == '金' || r.at(i+1) == '息' || r.at(i+1) == '月' || r.at(i+1) == '来') || c == '度' || c == '包' && r.at(i+1) == '括' {
			return ""
		}
		return string(c)
	}
	return ""
}

// countable: 三只鸡 counts, 三千只能 does not.
func (r *reader) countable(i int) bool {
	c := r.at(i + 1)
	return c != '能' && c != '有' && c != '是' && c != '还' && c != '够' && c != '要'
}

// about: 大概, 左右 and their like beside the figure.
func (r *reader) about(i, j int) bool {
	if r.any(r.gap(j), "左右", "上下", "多", "出头", "不到", "的样子", "or so", "ish") > 0 {
		return true
	}
	return r.behind(i, "大概", "大约", "差不多", "约", "将近", "接近", "左右", "about ", "around ", "roughly ", "approximately ", "almost ", "nearly ", "上", "大致", "最多", "至少") && !r.behind(i, "预约", "合约", "以上", "晚上", "网上", "马上", "加上")
}

// clock reads 9:00 and 14:30:15 and ranges of them are two figures.
func (r *reader) clock(i int) int {
	v, j := 0, i
	for ; isDigit(r.at(j)) && j-i < 3; j++ {
		v = v*10 + int(r.rs[j]-'0')
	}
	if j == i || j-i > 2 || v > 24 || r.at(j) != ':' || !isDigit(r.at(j+1)) || !isDigit(r.at(j+2)) || isDigit(r.at(j+3)) {
		return 0
	}
	j += 3
	if r.at(j) == ':' && isDigit(r.at(j+1)) && isDigit(r.at(j+2)) && !isDigit(r.at(j+3)) {
		j += 3
	}
	return r.add(i, j, Figure{Kind: FigTime})
}

// timeAfter reads 下午三点半, 8点, 20点30分.
func (r *reader) timeAfter(i, s int, n num) int {
	v, ok := n.whole()
	if !ok || v > 24 || n.frac || r.at(s) != '点' && r.at(s) != '时' {
		return 0
	}
	daypart := r.behind(i, "上午", "下午", "晚上", "早上", "中午", "凌晨", "傍晚", "今晚", "明晚", "早", "晚")
	if r.at(s) == '时' {
		if !daypart && !n.latin || r.at(s+1) == '候' || r.at(s+1) == '间' {
			return 0
		}
		return r.add(i, s+1, Figure{Kind: FigTime})
	}
	j := s + 1
	if k := r.any(j, "半", "整", "钟", "一刻", "三刻"); k > 0 {
		return r.add(i, k, Figure{Kind: FigTime})
	}
	if m, ok := r.num(j); ok && !m.big && m.lo < 60*micro {
		j = m.end
		if r.at(j) == '分' {
			j++
		}
		return r.add(i, j, Figure{Kind: FigTime})
	}
	if r.any(j, "前", "之前", "以前", "后", "之后", "左右", "到", "至", "-", "~") > 0 || daypart || n.plain && !isHan(r.at(j)) {
		return r.add(i, j, Figure{Kind: FigTime})
	}
	return 0
}

// countAfter reads 12期, 分三次, 六笔还清.
func (r *reader) countAfter(i, s int, n num) int {
	c := r.at(s)
	end := s + 1
	switch {
	case c == '期' && r.at(s+1) != '间' && r.at(s+1) != '待' && r.at(s+1) != '望' && r.at(s+1) != '限':
	case c == '个' && r.at(s+1) == '期':
		end++
	case (c == '次' || c == '笔') && r.opt.Debtor && n.lo > micro && r.isolated(i, end): // the answer to "in how many?"
	case c == '次' && r.opt.Debtor && n.lo > micro && r.behind(i, "还", "付", "交", "缴", "供"): // 我就还八次
	case (c == '次' || c == '笔') && !(n.lo == micro && !r.behind(i, "分")) && (r.behind(i, "分", "分成", "分作", "分为", "分做", "拆成", "拆", "拆做", "切成", "split in ") || r.any(s+1, "还", "付", "性还", "结清", "交") > 0) && r.at(s+1) != '性':
	default:
		return 0
	}
	v, ok := n.whole()
	if n.big || !ok && !n.ranged || n.frac || n.lo > 10_000*micro {
		return 0
	}
	f := Figure{Kind: FigCount, Count: v, Unit: string(c), Approx: n.approx || r.about(i, end)}
	if n.ranged {
		f.Range, f.Min, f.Max, f.Count = true, n.lo/micro, n.hi/micro, n.lo/micro
	}
	return r.add(i, end, f)
}

// ordinal reads 第三期, 第二个.
func (r *reader) ordinal(i int) int {
	n, ok := r.num(i + 1)
	if !ok {
		return 0
	}
	v, whole := n.whole()
	if !whole {
		return 0
	}
	f := Figure{Kind: FigNumber, Count: v, Micro: n.lo, Ordinal: true, Unit: string(r.at(n.end))}
	if !isHan(r.at(n.end)) {
		f.Unit = ""
	}
	return r.add(i, n.end, f)
}

// year tells whether n is a calendar year as written before 年.
func (n num) year() (int, bool) {
	v, ok := n.whole()
	if !ok || n.frac {
		return 0, false
	}
	switch {
	case v >= 1900 && v <= 2100 && (n.plain && len(n.digits) == 4 || n.place):
		return int(v), true
	case n.plain && len(n.digits) == 2 || n.place && len(n.digits) == 2:
		return 2000 + int(v), true
	}
	return 0, false
}

// plainYear: four digits that stand for a year without the word.
func (n num) plainYear() bool {
	return n.plain && len(n.digits) == 4 && n.lo >= 1990*micro && n.lo <= 2100*micro
}

func monthOK(v int64, ok bool) (time.Month, bool) { return time.Month(v), ok && v >= 1 && v <= 12 }
