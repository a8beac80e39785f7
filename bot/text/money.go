package text

import "cmp"

// moneyWord is a unit of money written after the number.
type moneyWord struct {
	word, currency string
	cents          int64 // 1 for 分, 10 for 角, 100 for 元
}

// Longer words first. The empty currency is the account's own.
var moneyWords = []moneyWord{
	{"块钱", "", 100}, {"块", "", 100}, {"元钱", "", 100}, {"元人民币", "CNY", 100}, {"元港币", "HKD", 100}, {"元", "", 100}, {"圆", "", 100},
	{"人民币", "CNY", 100}, {"港币", "HKD", 100}, {"港元", "HKD", 100}, {"港纸", "HKD", 100}, {"新台币", "TWD", 100}, {"台币", "TWD", 100}, {"美元", "USD", 100}, {"美圆", "USD", 100}, {"美金", "USD", 100},
	{"美刀", "USD", 100}, {"刀", "USD", 100}, {"欧元", "EUR", 100}, {"英镑", "GBP", 100}, {"蚊", "HKD", 100}, {"日元", "JPY", 100}, {"毛钱", "", 10}, {"毛", "", 10}, {"角", "", 10},
	{"分钱", "", 1}, {"大洋", "", 100}, {"大元", "", 100},
}

var latinMoney = []moneyWord{
	{"us dollars", "USD", 100}, {"dollars", "", 100}, {"dollar", "", 100}, {"bucks", "", 100}, {"buck", "", 100}, {"usd", "USD", 100}, {"rmb", "CNY", 100}, {"cny", "CNY", 100},
	{"yuan", "CNY", 100}, {"kuai", "CNY", 100}, {"hkd", "HKD", 100}, {"hk dollars", "HKD", 100}, {"ntd", "TWD", 100}, {"twd", "TWD", 100}, {"pounds", "GBP", 100}, {"pound", "GBP", 100},
	{"quid", "GBP", 100}, {"gbp", "GBP", 100}, {"euros", "EUR", 100}, {"euro", "EUR", 100}, {"eur", "EUR", 100}, {"cents", "", 1}, {"cent", "", 1}, {"pence", "GBP", 1}, {"fen", "CNY", 1},
}

func signCurrency(c rune, account string) string {
	switch c {
	case '¥':
		return "CNY"
	case '€':
		return "EUR"
	case '£':
		return "GBP"
	}
	if account == "HKD" || account == "TWD" { // a plain $ is the account's own dollar
		return account
	}
	return "USD"
}

// signOf tells a sign of money that may follow its number: 40€, 300$, 10¢.
func signOf(c rune) string {
	switch c {
	case '¥', '$', '€', '£':
		return string(c)
	case '¢':
		return "c"
	}
	return ""
}

// amount makes a money figure of n units of a hundred cents each.
func (r *reader) amount(n num, unitCents int64, currency string) Figure {
	if unitCents == 1 && currency == r.money {
		unitCents = 100
	}
	f := Figure{Kind: FigMoney, Currency: currency}
	f.Minor = toMinor(n.lo, unitCents)
	f.Big = n.big
	if n.ranged {
		f.Range, f.Min, f.Max = true, f.Minor, toMinor(n.hi, unitCents)
	}
	f.Approx = n.approx || n.decimal > 6
	return f
}

// toMinor turns millionths of a unit into cents, half up: the part below a cent is not money.
func toMinor(v, unitCents int64) int64 {
	d := int64(micro) / unitCents
	return (v + d/2) / d
}

func (r *reader) moneyWordAt(i int) int {
	for _, w := range moneyWords {
		if j := r.has(i, w.word); j > 0 {
			return j
		}
	}
	return 0
}

// moneyAfter reads what follows a number that is money: 1500元, 三块五, 一千二百三十四元五角六分, 五毛.
func (r *reader) moneyAfter(i, s int, n num) int {
	if n.big {
		return 0
	}
	approx := false
	if c := r.at(s); c == '多' || c == '余' || c == '来' || c == '几' && n.units {
		if r.moneyWordAt(s+1) > 0 {
			approx, s = true, s+1
		}
	}
	w, j := r.findMoney(s, moneyWords)
	if c := signOf(r.at(s)); j == 0 && c != "" && n.latin && !isDigit(r.at(r.gap(s+1))) {
		w, j = moneyWord{"", signCurrency(r.at(s), r.money), 100}, s+1
		if c == "c" {
			w = moneyWord{"¢", r.money, 1}
		}
	}
	if j == 0 {
		w, j = r.findMoney(s, latinMoney)
		if j == 0 || !r.edge(j) {
			return 0
		}
	}
	if r.notMoney(j, w) {
		return 0
	}
	f := r.amount(n, w.cents, r.currencyOr(w.currency))
	if w.cents < 100 {
		f.Minor = toMinor(n.lo, w.cents)
		f.Min, f.Max = toMinor(n.lo, w.cents), toMinor(n.hi, w.cents)
		if !f.Range {
			f.Min, f.Max = 0, 0
		}
	}
	if f.Range {
		f.Minor = f.Min
	} else {
		j = r.change(&f, j, w)
	}
	for _, c := range [...]moneyWord{{"人民币", "CNY", 0}, {"港币", "HKD", 0}, {"港纸", "HKD", 0}, {"新台币", "TWD", 0}, {"台币", "TWD", 0}, {"美金", "USD", 0}} {
		if k := r.has(j, c.word); k > 0 {
			j, f.Currency = k, cmp.Or(c.currency, f.Currency)
			break
		}
	}
	if r.has(j, "钱") > 0 {
		j++
	}
	f.Approx = f.Approx || approx || r.about(i, j)
	return r.add(i, j, f)
}

func (r *reader) findMoney(s int, words []moneyWord) (moneyWord, int) {
	for _, w := range words {
		if j := r.has(s, w.word); j > 0 {
			return w, j
		}
	}
	return moneyWord{}, 0
}

func (r *reader) currencyOr(c string) string {
	if c == "" {
		return r.money
	}
	return c
}

// notMoney: words that merely begin like a unit of money.
func (r *reader) notMoney(j int, w moneyWord) bool {
	c := r.at(j)
	switch w.word {
	case "元":
		return c == '旦' || c == '素' || c == '宵'
	case "角":
		return c == '度' || c == '色' || c == '落'
	case "毛":
		return c == '病' || c == '巾' || c == '利'
	case "刀":
		return isHan(c) && (c == '子' || c == '具')
	}
	return false
}

// change reads the small money behind a 元 or 块: 五角六分, 块五, 元5.
func (r *reader) change(f *Figure, j int, w moneyWord) int {
	for unit := w.cents; unit > 1; {
		n, ok := r.num(j)
		if !ok || n.big || n.ranged || n.frac || n.lo > 99*micro || n.units {
			return j
		}
		v := n.lo / micro
		next := r.at(n.end)
		switch {
		case (next == '角' || next == '毛') && unit > 10 && v < 10:
			f.Minor += v * 10
			unit, j = 10, n.end+1
		case next == '分' && unit > 1 && v < 100 && (unit == 10 || w.cents == 100) && r.at(n.end+1) != '期' && r.at(n.end+1) != '次':
			f.Minor += v
			return n.end + 1
		case v < 10 && unit > 1 && j == n.end-1 && !taken(next) && next != '分' && !numeralStart(next) && !isDigit(next) && r.moneyWordAt(n.end) == 0 && w.word != "元钱" && w.word != "块钱" && (w.word == "块" || isEnd(next)):
			f.Minor += v * unit / 10 // 三块五, 五毛五
			return n.end
		default:
			return j
		}
	}
	return j
}

func isEnd(c rune) bool { return c == 0 || !isHan(c) && !isAlpha(c) }

// signMoney reads a number after a sign of money: ¥1,234.56, $1.2k, HK$500, US$ 3.14.
func (r *reader) signMoney(from, i int, currency string) int {
	s := r.gap(i)
	if !isDigit(r.at(s)) && !numeralStart(r.at(s)) {
		return 0
	}
	n, ok := r.num(s)
	if !ok {
		return 0
	}
	n = r.spread(n)
	if n.big {
		return r.add(from, n.end, Figure{Kind: FigMoney, Big: true, Currency: currency})
	}
	mul, j := r.magnitude(n.end)
	f := r.amount(n, 100, currency)
	if mul > 1 {
		n.lo, n.hi = n.lo*mul, n.hi*mul
		f = r.amount(n, 100, currency)
	} else {
		j = n.end
	}
	if k := r.any(j, "元", "块"); k > 0 {
		j = k
	}
	f.Approx = f.Approx || r.about(from, j)
	return r.add(from, j, f)
}

// magnitude reads thousand, k, grand, million after a number.
func (r *reader) magnitude(i int) (int64, int) {
	s := r.gap(i)
	for _, m := range [...]struct {
		word string
		mul  int64
	}{{"thousand", 1000}, {"hundred", 100}, {"million", 1_000_000}, {"grand", 1000}, {"mil", 1_000_000}, {"billion", 1_000_000_000}, {"bn", 1_000_000_000}, {"k", 1000}, {"m", 1_000_000}} {
		if j := r.has(s, m.word); j > 0 && r.edge(j) {
			if len(m.word) == 1 && s != i {
				continue
			}
			return m.mul, j
		}
	}
	return 1, i
}

// namedMoney reads 人民币1500元, 港币3000.
func (r *reader) namedMoney(i int) int {
	for _, w := range [...]moneyWord{{"人民币", "CNY", 0}, {"港币", "HKD", 0}, {"港元", "HKD", 0}, {"美元", "USD", 0}, {"美金", "USD", 0}, {"台币", "TWD", 0}, {"新台币", "TWD", 0}, {"欧元", "EUR", 0}, {"英镑", "GBP", 0}} {
		j := r.has(i, w.word)
		if j == 0 {
			continue
		}
		s := r.any(j, "大写", ":", "：")
		if s == 0 {
			s = j
		}
		if r.at(s) == '¥' {
			s++
		}
		s = r.gap(s)
		n, ok := r.num(s)
		if !ok || n.big {
			return j
		}
		k := r.moneyAfter(i, r.gap(n.end), n)
		if k > 0 {
			f := &r.out[len(r.out)-1]
			f.Currency = w.currency
			return k
		}
		f := r.amount(n, 100, w.currency)
		f.Approx = r.about(i, n.end)
		return r.add(i, n.end, f)
	}
	return 0
}
