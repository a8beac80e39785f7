package text

// arabic reads digits with grouping commas and a decimal point.
func (p *numParser) arabic() bool {
	r := p.r
	if p.has {
		return false
	}
	v, end, frac, plain, big := r.digitRun(p.i)
	if p.last != 0 { // 3万5, 1万2000: what follows a unit must fit under it
		width := end - p.i
		u := hanUnit(r.at(end))
		switch {
		case u > 0 && u < p.last:
		case frac > 0 || !plain || p.last < 100:
			return false
		case width == 1 && !p.zero:
			if taken(r.at(end)) {
				return false
			}
			v = v * p.last / 10
			p.n.spoken = true
		case width == zeros(p.last):
		default:
			return false
		}
	} else {
		p.n.plain, p.n.decimal = plain, frac
		if plain {
			p.n.digits = string(r.rs[p.i:end])
		}
	}
	p.n.big = p.n.big || big
	p.n.frac = p.n.frac || frac > 0
	p.cur, p.has, p.i = pair{v, v}, true, end
	return true
}

func zeros(u int64) int {
	n := 0
	for ; u >= 10; u /= 10 {
		n++
	}
	return n
}

// digitRun reads 1234, 1,234,567 and 12.34 at i.
func (r *reader) digitRun(i int) (v int64, end, frac int, plain, big bool) {
	const limit = 9_000_000_000_000
	whole, j := int64(0), i
	eat := func() {
		d := int64(r.rs[j] - '0')
		if whole = whole*10 + d; whole > limit {
			whole, big = limit, true
		}
		j++
	}
	for isDigit(r.at(j)) {
		eat()
	}
	plain = true
	if lead := j - i; lead <= 3 && r.rs[i] != '0' {
		for r.group(j) {
			plain = false
			j++
			for k := 0; k < 3; k++ {
				eat()
			}
		}
	}
	v = whole * micro
	if r.at(j) == '.' && isDigit(r.at(j+1)) && !r.version(i, j) {
		plain = false
		scale := int64(micro)
		for j++; isDigit(r.at(j)); j++ {
			if scale > 1 {
				scale /= 10
				v += int64(r.rs[j]-'0') * scale
			} else if r.rs[j] != '0' {
				frac = max(frac, 7) // finer than we can hold: never equal to a known figure
			}
			frac++
		}
	}
	return v, j, frac, plain, big
}

// group tells whether ",ddd" stands at j. A wide Chinese comma between narrow digits parts a list, it does not group.
func (r *reader) group(j int) bool {
	if r.at(j) != ',' || !isDigit(r.at(j+1)) || !isDigit(r.at(j+2)) || !isDigit(r.at(j+3)) || isDigit(r.at(j+4)) {
		return false
	}
	wide := func(k int) bool { lo, _ := r.f.Span(k, k+1); return lo < len(r.orig) && r.orig[lo] > 0x7F }
	return !wide(j) || wide(j-1) && wide(j+1) || r.at(j+4) == '.' && isDigit(r.at(j+5)) && isDigit(r.at(j+6)) && !isDigit(r.at(j+7))
}

// version is 1.2.3: dots that are no decimal points.
func (r *reader) version(i, dot int) bool {
	j := dot + 1
	for k := 0; isDigit(r.at(j)) && k < 8; k++ {
		j++
	}
	return r.at(j) == '.' && isDigit(r.at(j+1)) || r.at(i-1) == '.' && isDigit(r.at(i-2))
}

// taken are the measure words that claim the digit before them: in 还两万三天内 the 三 belongs to 天.
func taken(c rune) bool {
	switch c {
	case '天', '个', '期', '月', '年', '号', '日', '次', '周', '星', '位', '人', '张', '种', '条', '项', '笔', '倍', '成', '折', '岁', '%', '小', '点':
		return true
	}
	return false
}

// han reads a run of Chinese digits.
func (p *numParser) han() bool {
	r := p.r
	if p.has {
		return false
	}
	if c := r.at(p.i); (c == '零' || c == '〇') && p.last != 0 {
		next := r.at(p.i + 1)
		if _, ok := hanDigit(next); !ok && next != '十' && !isDigit(next) {
			return false
		}
		p.zero = true
		p.i++
		return true
	}
	j := p.i
	for j-p.i < 20 {
		if _, ok := hanDigit(r.at(j)); !ok {
			break
		}
		j++
	}
	run := r.rs[p.i:j]
	switch {
	case len(run) == 1:
		return p.oneDigit(run[0], j)
	case p.last == 0:
		return p.digitString(run, j)
	case len(run) == 2 && p.twoDigits(run, j):
		return true
	}
	if a, _ := hanDigit(run[0]); p.last >= 100 && !p.zero && a > 0 && run[0] != '两' && !(len(run) == 2 && hanUnit(r.at(j)) > 0) { // 一百八一个月: 180, then one month
		b, _ := hanDigit(run[1])
		if b != a+1 && taken(r.at(j)) {
			p.cur, p.n.spoken, p.has, p.i = pair{a * micro * p.last / 10, a * micro * p.last / 10}, true, true, p.i+1
			return false
		}
	}
	return false
}

func (p *numParser) oneDigit(c rune, j int) bool {
	d, _ := hanDigit(c)
	next := p.r.at(j)
	if next == ' ' && hanUnit(p.r.at(j+1)) > 0 {
		next = p.r.at(j + 1)
	}
	if c == '参' && hanUnit(next) == 0 || (c == '俩' || c == '仨') && next != '月' && next != '星' && next != '礼' {
		return false
	}
	if u := hanUnit(next); u > 0 && u < 10_000 && p.secUnit > 0 && u >= p.secUnit {
		return false // 五百六百: two sums
	}
	v := d * micro
	if p.last >= 100 && !p.zero && hanUnit(next) == 0 && next != '多' && next != '点' {
		if taken(next) || c == '两' {
			return false
		}
		v = v * p.last / 10
		p.n.spoken = true
	}
	p.cur, p.has, p.i = pair{v, v}, true, j
	return true
}

// twoDigits after a unit: 一千二三 is 1200 to 1300; 一万二三千 12000 to 13000.
func (p *numParser) twoDigits(run []rune, j int) bool {
	a, _ := hanDigit(run[0])
	b, _ := hanDigit(run[1])
	if a == 0 || b != a+1 || p.zero {
		return false
	}
	u := int64(1)
	if hanUnit(p.r.at(j)) == 0 {
		if taken(p.r.at(j)) && p.last > 10 {
			return false
		}
		u = max(p.last/10, 1)
	}
	p.cur = pair{a * micro * u, b * micro * u}
	p.has, p.n.ranged, p.i = true, true, j
	return true
}

// spanWord: in 三五天 two digits name a stretch; 七五折 is one number.
func spanWord(c rune) bool {
	switch c {
	case '天', '个', '年', '期', '周', '块', '次', '日', '月':
		return true
	}
	return false
}

// digitString: 二零二六 digit by digit; 三四(千), 两三(天), 三五(百) a range.
func (p *numParser) digitString(run []rune, j int) bool {
	a, _ := hanDigit(run[0])
	b, _ := hanDigit(run[1])
	unit := hanUnit(p.r.at(j)) > 0
	if c := p.r.at(j); len(run) == 2 && b == 1 && a > 0 && (c == '天' || c == '个' || c == '期' || c == '周' || c == '次') { // 千分之五一天
		p.cur, p.has, p.i = pair{a * micro, a * micro}, true, j-1
		return false
	}
	if len(run) == 2 && a > 0 && (b == a+1 || b > a && unit || b == a+2 && spanWord(p.r.at(j))) {
		p.cur = pair{a * micro, b * micro}
		p.has, p.n.ranged, p.i = true, true, j
		return true
	}
	if unit && len(run) > 1 && hanUnit(p.r.at(j)) < 10_000 { // 一五百: no numeral we know; take the digits before
		run, j = run[:len(run)-1], j-1
		if len(run) == 1 {
			p.cur, p.has, p.i = pair{a * micro, a * micro}, true, j
			return false
		}
	}
	v := int64(0)
	for _, c := range run {
		d, _ := hanDigit(c)
		if v > 900_000_000_000 {
			p.n.big = true
			break
		}
		v = v*10 + d
	}
	digits := make([]rune, 0, len(run))
	for _, c := range run {
		d, _ := hanDigit(c)
		digits = append(digits, '0'+rune(d))
	}
	p.n.digits = string(digits)
	p.cur, p.has, p.n.place, p.i = pair{v * micro, v * micro}, true, true, j
	if r := p.r.at(j); r == '点' {
		return true
	}
	return hanUnit(p.r.at(j)) >= 10_000
}
