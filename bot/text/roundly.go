package text

// roundly reads round sums said without a number: 百来块, 千把块钱, 万把. The unit stands for one of itself.
func (r *reader) roundly(i int) int {
	u := hanUnit(r.rs[i])
	if u < 100 || u > 10_000 || r.at(i-1) == '成' || r.at(i-1) == '上' || isDigit(r.at(i-1)) {
		return 0
	}
	c := r.at(i + 1)
	if c != '把' && c != '来' && c != '十' {
		return 0
	}
	j := i + 2
	if c == '十' { // 百十块: about a hundred
		if u != 100 || r.moneyWordAt(j) == 0 {
			return 0
		}
	}
	if c == '把' && r.at(j) == '来' {
		j++ // 千把来块
	}
	if c == '来' && hanUnit(r.at(j)) == 10_000 && u < 10_000 {
		u, j = u*10_000, j+1
	}
	if k := r.moneyWordAt(j); k > 0 {
		j = k
	} else if c != '把' && u < 10_000 || r.things(j) || r.at(j) == '握' || r.at(j) == '关' || r.at(j) == '控' {
		return 0
	}
	n := num{lo: u * micro, hi: u * micro, approx: true}
	return r.add(i, j, r.amount(n, 100, r.money))
}

// silentOne reads the southern 万二蚊 and 千五块: the one before the unit is not said. 万一 and 百二十 are other words.
func (r *reader) silentOne(i int) int {
	d, ok := hanDigit(r.at(i + 1))
	u := hanUnit(r.rs[i])
	if !r.opt.Debtor || !ok || d == 0 || u < 100 || u > 10_000 || hanUnit(r.at(i-1)) > 0 {
		return 0
	}
	j := i + 2
	k := r.moneyWordAt(j)
	if k == 0 {
		if d == 1 || !isEnd(r.at(j)) && r.at(j) != '吧' || r.behind(i, "息", "利", "率", "成", "按", "日", "上") {
			return 0
		}
		k = j
	}
	v := (u + d*u/10) * micro
	return r.add(i, k, r.amount(num{lo: v, hi: v}, 100, r.money))
}

// loneMonth reads lengths whose one is silent: 个把月, 个多月, 個半月 of the south.
func (r *reader) loneMonth(i int) int {
	switch r.at(i - 1) {
	case '这', '那', '上', '下', '每', '整', '哪', '今', '呢', '嗰', '首', '头':
		return 0
	}
	for _, w := range [...]struct {
		word string
		half bool
		unit timeUnit
	}{
		{"个把月", false, timeUnit{"月", 'M', 1}}, {"个来月", false, timeUnit{"月", 'M', 1}}, {"个多月", false, timeUnit{"月", 'M', 1}}, {"个半月", true, timeUnit{"月", 'M', 1}}, {"个几月", false, timeUnit{"月", 'M', 1}},
		{"个把星期", false, timeUnit{"星期", 'W', 1}}, {"个把礼拜", false, timeUnit{"礼拜", 'W', 1}}, {"个多星期", false, timeUnit{"星期", 'W', 1}}, {"个多礼拜", false, timeUnit{"礼拜", 'W', 1}},
	} {
		j := r.has(i, w.word)
		if j == 0 {
			continue
		}
		n := num{lo: micro, hi: micro, approx: !w.half}
		if w.half {
			n.lo, n.hi = n.lo+micro/2, n.hi+micro/2
		}
		return r.durationFigure(i, j, n, w.unit)
	}
	return 0
}
