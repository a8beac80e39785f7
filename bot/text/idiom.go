package text

// idioms hold numerals that count nothing. By their first character, so that a message costs little.
var idioms = func() map[rune][]string {
	heads := map[rune][]string{}
	for _, w := range [...]string{
		"三番五次", "三番两次", "三番四次", "七七八八", "七上八下", "七零八落", "乱七八糟", "三三两两", "一五一十", "四面八方", "四分五裂", "四处", "五花八门", "五湖四海", "三心二意", "一心一意", "一清二楚",
		"一干二净", "三长两短", "一来二去", "一而再", "再三", "三更半夜", "三言两语", "一言两语", "二话", "一时半会", "一时半刻", "一年到头", "一天到晚", "一日三餐", "一刀切", "两口子", "两头", "两难", "两手空空", "二手", "一手",
		"十全十美", "十有八九", "十之八九", "一百个", "一万个", "八竿子", "八卦", "五险一金", "三角债", "三无", "二维码", "一卡通", "三甲", "二本", "一本正经", "一刻", "三思", "四季", "六亲", "九死一生", "一了百了",
		"三天两头", "三天两夜", "两肋", "隔三差五", "一哭二闹", "五脏", "三餐", "一带一路", "双十", "一帆", "三五成群", "三教九流", "两面三刀", "一穷二白", "七嘴八舌", "丢三落四", "数不清", "数一数二", "三七二十一", "三七开", "四六开", "二八开", "五五开", "五五分", "九出十三归", "一个头两个大", "两码事", "两回事", "一码归一码", "二五八", "三脚猫", "半斤八两", "一天两天", "一天半天", "三天五天",
	} {
		c := []rune(w)[0]
		heads[c] = append(heads[c], w)
	}
	return heads
}()

// serviceLines are public numbers people cite; nobody owes 12,378 to the yuan as often as somebody threatens to call it.
var serviceLines = map[string]bool{"12378": true, "12363": true, "12348": true, "12356": true, "12321": true, "12366": true, "12315": true, "12333": true, "12386": true, "12345": true, "12306": true}

// idiom is the place after a saying that begins at i, or 0.
func (r *reader) idiom(i int) int {
	if j := r.has(i, "二百五"); j > 0 && r.behind(i, "是", "当", "当我", "当他", "个", "像", "真", "成", "做") && r.moneyWordAt(j) == 0 && hanUnit(r.at(j)) == 0 {
		return j // a fool; elsewhere it is 250
	}
	return r.any(i, idioms[r.at(i)]...)
}

// noFigure skips what only looks like numbers: 3.2.1 of a version, 4S, 5G and the like.
func (r *reader) noFigure(i int) int {
	if j := r.has(i, "50/50"); j > 0 && r.edge(j) {
		return j
	}
	j, dots := i, 0
	for isDigit(r.at(j)) || r.at(j) == '.' && isDigit(r.at(j+1)) {
		if r.at(j) == '.' {
			dots++
		}
		j++
	}
	if dots >= 2 || dots > 0 && (r.at(i-1) == 'v' || r.behind(i, "版本", "版本号", "version ", "ios", "ios ", "android ", "安卓")) {
		return j
	}
	if r.at(i) != 0 && j-i == 5 && dots == 0 && serviceLines[string(r.rs[i:j])] && r.moneyWordAt(r.gap(j)) == 0 {
		return j
	}
	if k := i; isAlpha(r.at(i - 1)) { // iphone13: the name of a thing
		for k > 0 && i-k < 13 && isAlpha(r.rs[k-1]) {
			k--
		}
		if w := string(r.rs[k:i]); i-k >= 4 || w == "mp" || w == "ios" || w == "win" {
			return j
		}
	}
	if dots == 0 && j-i == 1 && isAlpha(r.at(j)) && !isAlpha(r.at(j+1)) && !isDigit(r.at(j+1)) {
		switch c := r.at(j); {
		case r.rs[i] == '4' && c == 's', c == 'g', c == 'd' && r.rs[i] < '4', c == 'b':
			return j + 1
		}
	}
	return 0
}
