package text

import "math"

// micro is how numbers are kept while reading: millionths, so that 0.0175 and 1.2万 are exact.
const micro = 1_000_000

// num is a number as read, in millionths.
type num struct {
	lo, hi  int64
	end     int
	ranged  bool  // 三四千, 几百
	approx  bool  // 三十多万
	vague   bool  // 几天
	latin   bool  // begins with an ASCII digit
	plain   bool  // one run of ASCII digits, nothing else
	units   bool  // has 百 or more
	tens    bool  // has 十
	spoken  bool  // 三千五, 1w5, 3k: forms only money takes
	place   bool  // digits said one by one: 二零二六
	frac    bool  // has a decimal point
	big     bool  // too large: lo and hi are useless
	top     int64 // the last multiplier, so that 一到两万 can lend it
	digits  string
	decimal int // digits after the point
}

func (n num) whole() (int64, bool) {
	return n.lo / micro, !n.big && !n.ranged && n.lo%micro == 0
}

func hanDigit(c rune) (int64, bool) {
	switch c {
	case '零', '〇':
		return 0, true
	case '一', '壹', '弌':
		return 1, true
	case '二', '贰', '弍', '两', '俩':
		return 2, true
	case '三', '叁', '参', '仨':
		return 3, true
	case '四', '肆':
		return 4, true
	case '五', '伍':
		return 5, true
	case '六', '陆':
		return 6, true
	case '七', '柒':
		return 7, true
	case '八', '捌':
		return 8, true
	case '九', '玖':
		return 9, true
	}
	return 0, false
}

func hanUnit(c rune) int64 {
	switch c {
	case '十', '拾':
		return 10
	case '百', '佰':
		return 100
	case '千', '仟':
		return 1000
	case '万':
		return 10_000
	case '亿':
		return 100_000_000
	}
	return 0
}

func numeralStart(c rune) bool {
	if _, ok := hanDigit(c); ok {
		return true
	}
	return c == '十' || c == '拾' || c == '廿' || c == '卅' || c == '几' || c == '数' || c == '负'
}

// pair is a value and, for ranges, its upper end.
type pair struct{ lo, hi int64 }

func (p pair) times(u int64) (pair, bool) {
	if p.hi > math.MaxInt64/u {
		return p, false
	}
	return pair{p.lo * u, p.hi * u}, true
}

func (p pair) plus(q pair) (pair, bool) {
	if p.hi > math.MaxInt64-q.hi {
		return p, false
	}
	return pair{p.lo + q.lo, p.hi + q.hi}, true
}

// numParser reads one Chinese, Arabic or mixed numeral: 三千五百, 1.2万, 3万5, 十几万, 一千二三.
type numParser struct {
	r                   *reader
	i                   int
	n                   num
	total, section, cur pair
	has                 bool  // cur holds a digit not yet multiplied
	secUnit             int64 // last unit of the section: units must fall
	bigUnit             int64
	last                int64 // last unit of any size
	zero                bool  // a 零 since the last unit
	terms               int
}

// num reads the numeral that begins at i.
func (r *reader) num(i int) (num, bool) {
	p := numParser{r: r, i: i}
	if r.at(i) == '负' {
		p.i++
	}
	p.n.latin = isDigit(r.at(p.i))
	for p.next() {
	}
	return p.done()
}

// next consumes one token; false = the numeral ends here.
func (p *numParser) next() bool {
	r, c := p.r, p.r.at(p.i)
	if c == ' ' && p.pause() {
		p.i++
		c = r.at(p.i)
	}
	if isDigit(c) {
		return p.arabic()
	}
	if u := hanUnit(c); u > 0 {
		return p.unit(u, 1)
	}
	switch c {
	case '廿', '卅':
		if p.has || p.secUnit != 0 && p.secUnit <= 10 {
			return false
		}
		p.cur, p.has = pair{2 * micro, 2 * micro}, true
		if c == '卅' {
			p.cur = pair{3 * micro, 3 * micro}
		}
		return p.unit(10, 1)
	case 'k', 'w':
		if !p.has || !p.n.latin || p.last != 0 || isAlpha(r.at(p.i+1)) {
			return false
		}
		p.n.spoken = true
		if c == 'k' {
			return p.unit(1001, 1) // marks the Latin k; see unit
		}
		return p.unit(10_000, 1)
	case '几', '数':
		return p.some(c)
	case '多', '来', '余':
		if (p.has || p.section.hi > 0) && hanUnit(r.at(p.i+1)) >= 10 {
			p.n.approx = true
			p.i++
			return true
		}
		return false
	case '点':
		return p.point()
	case '个':
		return p.piece()
	}
	if _, ok := hanDigit(c); ok {
		return p.han()
	}
	return false
}

// pause: dictation leaves a space inside 三 百五, 3 万 and 五百 六十. Two sums apart (五百 六百) are not joined: units must fall.
func (p *numParser) pause() bool {
	r, u := p.r, hanUnit(p.r.at(p.i+1))
	if p.has {
		return u >= 1000 || u >= 100 && !p.n.latin && (p.secUnit == 0 || u < p.secUnit) || u == 10 && p.secUnit > 10
	}
	_, digit := hanDigit(r.at(p.i + 1))
	next := hanUnit(r.at(p.i + 2))
	if r.at(p.i+2) == ' ' {
		next = hanUnit(r.at(p.i + 3))
	}
	return digit && !p.n.latin && p.secUnit > 0 && next > 0 && next < p.secUnit
}

// piece reads the 个 of 3个亿, 1.5个w.
func (p *numParser) piece() bool {
	if !p.has || p.last != 0 || p.n.ranged {
		return false
	}
	switch next := p.r.at(p.i + 1); {
	case next == 'w' && !isAlpha(p.r.at(p.i+2)):
		p.n.spoken = true
		p.i++
		return p.unit(10_000, 1)
	case next == '亿' || next == '万' && hanUnit(p.r.at(p.i+2)) == 0 && p.n.latin:
		p.i++
		return p.unit(hanUnit(next), 1)
	}
	return false
}

// some is 几 or 数 in the place of a digit: 几千, 十几万.
func (p *numParser) some(c rune) bool {
	next := p.r.at(p.i + 1)
	if p.has || p.n.latin || p.zero {
		return false
	}
	switch {
	case p.last == 0 && (hanUnit(next) >= 10): // 几千: 1000 to 10000
		p.cur = pair{micro, 10 * micro}
	case p.last == 0 && c == '几' && (next == '块' || next == '期' || next == '天' || next == '个' && p.r.at(p.i+2) == '月'):
		p.cur, p.n.vague = pair{micro, 10 * micro}, true
	case p.last == 10 && c == '几': // 十几: 11 to 19
		p.cur = pair{micro, 9 * micro}
	default:
		return false
	}
	p.has, p.n.ranged = true, true
	p.i++
	return true
}

// unit multiplies what stands before it.
func (p *numParser) unit(u int64, width int) bool {
	k := u == 1001
	if k {
		u = 1000
	}
	if !p.has && u < 10_000 {
		// 十五 has a silent one; 百 and 千 have not, and 一百十 needs the hundred before it
		if u != 10 || p.secUnit != 0 && p.secUnit <= 10 {
			return false
		}
		p.cur = pair{micro, micro}
	}
	var ok bool
	if u < 10_000 && !k {
		if p.secUnit != 0 && u >= p.secUnit {
			return false
		}
		var add pair
		if add, ok = p.cur.times(u); ok {
			p.section, ok = p.section.plus(add)
		}
		p.secUnit = u
	} else {
		base, _ := p.section.plus(p.cur)
		if base.hi == 0 && (p.bigUnit == 0 || u <= p.bigUnit) {
			return false
		}
		switch {
		case p.bigUnit != 0 && u > p.bigUnit: // 一万亿
			if base, ok = p.total.plus(base); ok {
				p.total, ok = base.times(u)
			}
		default:
			if base, ok = base.times(u); ok {
				p.total, ok = p.total.plus(base)
			}
		}
		p.section, p.secUnit, p.bigUnit = pair{}, 0, u
	}
	if u == 10 {
		p.n.tens = true
	} else {
		p.n.units = true
	}
	p.n.big = p.n.big || !ok
	p.cur, p.has, p.zero, p.last, p.n.top = pair{}, false, false, u, u
	p.terms++
	p.i += width
	return true
}

// point reads 三点五; 三点五十 and 三点五分 are clock times.
func (p *numParser) point() bool {
	r := p.r
	if p.n.latin || p.n.frac || !p.has && p.section.hi == 0 || p.n.ranged {
		return false
	}
	j, v, scale := p.i+1, int64(0), int64(micro)
	for k := 0; ; k++ {
		d, ok := hanDigit(r.at(j))
		if !ok || r.at(j) == '两' {
			break
		}
		if scale > 1 {
			scale /= 10
			v += d * scale
		}
		p.n.decimal++
		j++
	}
	c := r.at(j)
	month := c == '个' && (r.at(j+1) == '月' || r.at(j+1) == '百' || r.at(j+1) == '点' || r.at(j+1) == '星')
	if j == p.i+1 || c == '十' || c == '分' || c == '刻' || c == '个' && !month || c == '天' {
		p.n.decimal = 0
		return false
	}
	p.cur, _ = p.cur.plus(pair{v, v})
	p.has, p.n.frac, p.i = true, true, j
	return true
}

func (p *numParser) done() (num, bool) {
	n := p.n
	if p.terms == 0 && !p.has && !n.big {
		return n, false
	}
	v, ok := p.total.plus(p.section)
	if ok {
		v, ok = v.plus(p.cur)
	}
	n.lo, n.hi, n.end, n.big = v.lo, v.hi, p.i, n.big || !ok
	n.ranged = n.ranged && n.lo < n.hi
	n.plain = n.plain && p.terms == 0
	if n.top == 0 {
		n.top = 1
	}
	return n, true
}
