package text

// ppmOf turns millionths of a unit into parts per million, perUnit for one: 1 % is 10 000.
// Above a million units there is no rate a person means; the figure is then marked too big.
func ppmOf(v, perUnit int64) int64 { return min(v, 1_000_000*micro) * perUnit / micro }

func (r *reader) percentFigure(i, end int, n num, perUnit int64, per string) int {
	f := Figure{Kind: FigPercent, PPM: ppmOf(n.lo, perUnit), Per: per, Big: n.big || n.hi > 1_000_000*micro}
	if n.ranged {
		f.Range, f.Min, f.Max = true, f.PPM, ppmOf(n.hi, perUnit)
	}
	f.Approx = n.approx || r.about(i, end)
	if f.Per == "" {
		f.Per, end = r.perWord(i, end)
	}
	return r.add(i, end, f)
}

// percentAfter reads 12%, 0.5‰, 三个百分点, 三成, 八折, 三分利.
func (r *reader) percentAfter(i, s int, n num) int {
	switch c := r.at(s); c {
	case '%', '٪':
		return r.percentFigure(i, s+1, n, 10_000, "")
	case '‰':
		return r.percentFigure(i, s+1, n, 1000, "")
	case '‱':
		return r.percentFigure(i, s+1, n, 100, "")
	case '个':
		if j := r.any(s, "个百分点", "个百分比"); j > 0 {
			return r.percentFigure(i, j, n, 10_000, "")
		}
		if j := r.has(s, "个点"); j > 0 {
			return r.percentFigure(i, j, n, 10_000, "")
		}
	case '百':
		if j := r.has(s, "百分点"); j > 0 && n.latin {
			return r.percentFigure(i, j, n, 10_000, "")
		}
	case '成':
		next := r.at(s + 1)
		if n.lo > 10*micro || n.units || next == '年' || next == '为' || next == '功' || next == '立' || next == '都' || next == '本' || next == '了' || next == '交' {
			return 0
		}
		if next == '是' || next == '会' || next == '要' || next == '得' || next == '不' || next == '没' || next == '还' && r.at(s+2) == '不' { // 八成还不上: likely, no share
			return 0
		}
		end := s + 1
		if v, whole := n.whole(); next == '半' && whole { // 两成半
			n.lo, n.hi, end = v*micro+micro/2, v*micro+micro/2, s+2
		} else if d, ok := hanDigit(next); ok && whole && hanUnit(r.at(s+2)) == 0 && !taken(r.at(s+2)) {
			n.lo, n.hi, end = v*micro+d*micro/10, v*micro+d*micro/10, s+2 // 七成六
		}
		return r.percentFigure(i, end, n, 100_000, "")
	case '折':
		return r.discount(i, s, n)
	case '分', '厘':
		return r.folkAfter(i, s, n)
	}
	return 0
}

// discount reads 八折, 85折, 八五折: the part that is still paid.
func (r *reader) discount(i, s int, n num) int {
	v, ok := n.whole()
	if !ok && !n.frac && !n.ranged {
		return 0
	}
	switch {
	case n.ranged && n.hi-n.lo == micro && n.hi < 10*micro: // 七八折 = 78 %
		return r.percentFigure(i, s+1, num{lo: n.lo*10 + n.hi, end: n.end}, 10_000, "")
	case v >= 1 && v <= 10 || n.frac && n.lo < 10*micro:
		return r.percentFigure(i, s+1, n, 100_000, "")
	case v > 10 && v < 100:
		return r.percentFigure(i, s+1, n, 10_000, "")
	}
	return 0
}

// folkAfter reads 三分利, 两分息, 八厘; 月息 or 年息 before it says per what. Alone, 分 is a monthly percent.
func (r *reader) folkAfter(i, s int, n num) int {
	per, rated := r.rateBehind(i)
	after := r.any(s+1, "利息", "利", "息")
	if after > 0 && r.at(s+1) == '息' && r.at(s+2) == '费' {
		after = 0
	}
	half := after == 0 && !rated && r.at(s) == '分' && r.any(s+2, "的利", "利") > 0
	if !rated && after == 0 && !half || n.units || n.lo > 100*micro {
		return 0
	}
	end := s + 1
	if after > 0 {
		end = after
	}
	if v, whole := n.whole(); whole && r.at(s) == '分' { // 一分五, 分半
		d, ok := hanDigit(r.at(s + 1))
		if isDigit(r.at(s+1)) && !isDigit(r.at(s+2)) {
			d, ok = int64(r.at(s+1)-'0'), true
		}
		if r.at(s+1) == '半' {
			d, ok = 5, true
		}
		if k := r.any(s+2, "厘", "的利息", "的利", "利息", "利", "息"); ok && (rated || k > 0) && !taken(r.at(s+2)) {
			n.lo, n.hi, end = v*micro+d*micro/10, v*micro+d*micro/10, s+2
			if k > 0 {
				end = k
			}
		}
	}
	if k := r.rateStart(i); rated && k < i {
		i = k
	}
	unit := int64(10_000) // 月息一分 = 1 %
	if per == "year" {
		unit = 100_000 // 年息一分 = 10 %
	}
	if r.at(s) == '厘' {
		unit /= 10
	}
	if per == "" {
		per = "month"
	}
	return r.percentFigure(i, end, n, unit, per)
}

// rateStart is where the words begin that make 两分 a rate: 月息两分 is said as one.
func (r *reader) rateStart(i int) int {
	for _, w := range [...]string{"月利息", "年利息", "月利率", "年利率", "日利率", "月息", "年息", "日息", "月利", "年利", "日利"} {
		if r.behind(i, w) {
			return i - len([]rune(w))
		}
	}
	return i
}

func (r *reader) rateBehind(i int) (string, bool) {
	switch {
	case r.behind(i, "月息", "月利", "月利率", "月利息", "每月利息", "月息是"):
		return "month", true
	case r.behind(i, "年息", "年利", "年利率", "年化", "年利息"):
		return "year", true
	case r.behind(i, "日息", "日利率", "日利"):
		return "day", true
	case r.behind(i, "利息", "利率", "利息是"):
		return "", true
	}
	return "", false
}

// perWord: what a rate is counted per, from the words around it.
func (r *reader) perWord(i, end int) (string, int) {
	s := r.gap(end)
	for _, w := range [...]struct{ word, per string }{
		{"/年", "year"}, {"/月", "month"}, {"/日", "day"}, {"/天", "day"}, {"每年", "year"}, {"每日", "day"}, {"一年", "year"},
		{"per year", "year"}, {"per annum", "year"}, {"a year", "year"}, {"apr", "year"}, {"p.a.", "year"}, {"annually", "year"}, {"per month", "month"}, {"a month", "month"},
		{"monthly", "month"}, {"per day", "day"}, {"a day", "day"}, {"daily", "day"},
	} {
		if j := r.has(s, w.word); j > 0 {
			return w.per, end
		}
	}
	switch {
	case r.near(i, 6, "年化", "年利率", "年息", "年利", "apr", "annual"):
		return "year", end
	case r.near(i, 5, "月息", "月利"):
		return "month", end
	case r.behind(i, "日", "每日", "每天", "日息", "日利率", "按日", "daily "):
		return "day", end
	}
	return "", end
}

// partsOf reads 百分之十二, 千分之五, 万分之1.75.
func (r *reader) partsOf(i int) int {
	for _, w := range [...]struct {
		word string
		unit int64
	}{{"百分之", 10_000}, {"百分", 0}, {"千分之", 1000}, {"万分之", 100}, {"亿分之", 0}} {
		j := r.has(i, w.word)
		if j == 0 || w.unit == 0 {
			continue
		}
		if r.at(j) == '百' && !numeralStart(r.at(j+1)) { // 百分之百
			return r.add(i, j+1, Figure{Kind: FigPercent, PPM: 1_000_000})
		}
		n, ok := r.num(r.gap(j))
		if !ok {
			return 0
		}
		n = r.spread(n)
		return r.percentFigure(i, n.end, n, w.unit, "")
	}
	return 0
}

// fraction reads 三分之一 as a part of the whole, and 五万分之三.
func (r *reader) fraction(i, s int, n num) int {
	j := r.has(s, "分之")
	if j == 0 || n.big || n.ranged || n.lo <= 0 {
		return 0
	}
	m, ok := r.num(j)
	if !ok || m.big || m.ranged || m.lo > 1_000_000*micro {
		return 0
	}
	if n.lo > 1_000_000*micro {
		return 0
	}
	return r.add(i, m.end, Figure{Kind: FigPercent, PPM: (m.lo + n.lo/micro/2) / (n.lo / micro), Approx: r.about(i, m.end), Unit: "分之"})
}

// folkRate reads 日息万五, 日万分之五, 利息千三: tens of thousandths without 分之.
func (r *reader) folkRate(i int) int {
	j := r.any(i, "日利率", "日息", "利息", "息", "日")
	if j == 0 {
		return 0
	}
	unit := int64(0)
	switch r.at(j) {
	case '万':
		unit = 100
	case '千':
		unit = 1000
	}
	if unit == 0 || r.at(j+1) == '分' {
		return 0
	}
	n, ok := r.num(j + 1)
	if !ok || n.units || n.lo > 100*micro || r.moneyWordAt(n.end) > 0 {
		return 0
	}
	per := "day"
	if r.at(i) == '息' || r.at(i) == '利' {
		per = ""
	}
	from := i
	if per == "" {
		from = j // 利息千三: of what time nobody said
	}
	return r.percentFigure(from, n.end, n, unit, per)
}
