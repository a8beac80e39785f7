package text

// idNumber reads phones, id cards and bank cards at i: long digit runs, also in groups.
func (r *reader) idNumber(i int) int {
	if isDigit(r.at(i-1)) || isAlpha(r.at(i-1)) {
		return 0
	}
	if j := r.nanp(i); j > 0 {
		return j
	}
	g := r.groups(i)
	if len(g.digits) < 7 {
		return 0
	}
	if j := max(r.idCard(i), r.oldIDCard(i)); j > 0 {
		return j
	}
	if j := r.phone(i, g); j > 0 {
		return j
	}
	return r.bankCard(i, g)
}

// nanp reads the ways of writing North American numbers that groups of digits alone do not tell: +1 (415) 555-0132,
// 415.555.0132.
func (r *reader) nanp(i int) int {
	if !r.opt.Debtor {
		return 0
	}
	j, code := i, ""
	if k := r.any(i, "+1 (", "1 (", "+1("); k > 0 {
		j, code = k, "1"
	}
	var d []rune
	for part, width := range [...]int{3, 3, 4} {
		for range width {
			if !isDigit(r.at(j)) {
				return 0
			}
			d = append(d, r.at(j))
			j++
		}
		switch sep := r.at(j); {
		case part == 2:
		case code == "" && sep == '.', code != "" && (sep == '-' || sep == ' ' || sep == '.') && part == 1:
			j++
		case code != "" && part == 0 && sep == ')':
			j = r.gap(j + 1)
		default:
			return 0
		}
	}
	if !r.edge(j) || r.at(j) == '.' && isDigit(r.at(j+1)) {
		return 0
	}
	return r.add(i, j, Figure{Kind: FigPhone, Digits: code + string(d)})
}

// grouped digits: the widths of up to eight groups joined by single spaces or dashes.
type grouped struct {
	digits string
	widths []int
	ends   []int // place after each group
	plus   bool
	paren  bool
	dash   bool
}

func (r *reader) groups(i int) grouped {
	var g grouped
	j := i
	switch r.at(i) {
	case '+':
		g.plus = true
		j++
	case '(':
		g.paren = true
		j++
	}
	var buf [32]byte
	n := 0
	for len(g.widths) < 8 && n < 24 {
		w := 0
		for isDigit(r.at(j)) && n < 24 {
			buf[n] = byte(r.rs[j])
			n++
			w++
			j++
		}
		if w == 0 {
			break
		}
		g.widths, g.ends = append(g.widths, w), append(g.ends, j)
		if g.paren && len(g.widths) == 1 {
			if r.at(j) != ')' {
				break
			}
			j++
		}
		c := r.at(j)
		if (c == ' ' || c == '-') && isDigit(r.at(j+1)) {
			g.dash = g.dash || c == '-'
			j++
		} else if !g.paren || len(g.widths) != 1 || !isDigit(c) {
			break
		}
	}
	g.digits = string(buf[:n])
	return g
}

// idCard reads 18 places whose last is a good ISO 7064 check digit.
func (r *reader) idCard(i int) int {
	var buf [18]byte
	for k := range 18 {
		c := r.at(i + k)
		if !isDigit(c) && !(k == 17 && c == 'x') {
			return 0
		}
		buf[k] = byte(c)
	}
	if !r.edge(i + 18) {
		return 0
	}
	if buf[17] == 'x' {
		buf[17] = 'X'
	}
	bad := !ValidIDCard(string(buf[:]))
	if bad && !(r.opt.Debtor && (r.idSaid(i) || bornLikely(string(buf[:])))) {
		return 0
	}
	return r.add(i, i+18, Figure{Kind: FigIDCard, Digits: string(buf[:]), Invalid: bad})
}

// bornLikely: a region and a day of birth where an identity number has them; a slip in it is still that number.
func bornLikely(s string) bool {
	two := func(k int) int { return int(s[k]-'0')*10 + int(s[k+1]-'0') }
	y := two(6)*100 + two(8)
	return two(0) >= 11 && two(0) <= 65 && y >= 1925 && y <= 2015 && two(10) >= 1 && two(10) <= 12 && two(12) >= 1 && two(12) <= 31
}

// oldIDCard reads the fifteen places of cards from before 2000, which carry no check digit, where the words name an identity card.
func (r *reader) oldIDCard(i int) int {
	for k := range 15 {
		if !isDigit(r.at(i + k)) {
			return 0
		}
	}
	if !r.opt.Debtor || !r.edge(i+15) || !r.near(i, 10, "身份证", "身分证", "证号", "证件") {
		return 0
	}
	two := func(k int) int { return int(r.rs[i+k]-'0')*10 + int(r.rs[i+k+1]-'0') }
	if p := two(0); p < 11 || p > 82 || two(2) == 0 {
		return 0
	}
	if m, d := two(8), two(10); m < 1 || m > 12 || d < 1 || d > 31 || r.rs[i] == '0' {
		return 0
	}
	return r.add(i, i+15, Figure{Kind: FigIDCard, Digits: string(r.rs[i : i+15])})
}

// ValidIDCard tells whether s is an 18-place resident identity number: a date of birth that exists and a good checksum.
func ValidIDCard(s string) bool {
	if len(s) != 18 {
		return false
	}
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		sum += int(s[i]-'0') * w
	}
	num := func(a, b int) (v int) {
		for _, c := range s[a:b] {
			v = v*10 + int(c-'0')
		}
		return v
	}
	y, m, d := num(6, 10), num(10, 12), num(12, 14)
	if s[0] == '0' || y < 1850 || y > 2150 || m < 1 || m > 12 || d < 1 || d > 31 {
		return false
	}
	last := s[17]
	if last == 'x' {
		last = 'X'
	}
	return last == "10X98765432"[sum%11]
}

// Luhn tells whether a digit string passes the card checksum.
func Luhn(s string) bool {
	sum, double := 0, false
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		d := int(s[i] - '0')
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		double = !double
	}
	return len(s) > 1 && sum%10 == 0
}

// bankCard reads 13 to 19 digits, whole or in groups of four, that pass Luhn.
func (r *reader) bankCard(i int, g grouped) int {
	if g.plus || g.paren {
		return 0
	}
	if g.widths[0] >= 13 { // one run; what follows it is not part of it
		n := g.widths[0]
		bad := !Luhn(g.digits[:n])
		if n > 19 || g.digits[0] == '0' || !r.edge(g.ends[0]) || bad && !r.cardSaid(i, n) {
			return 0
		}
		return r.add(i, g.ends[0], Figure{Kind: FigBankCard, Digits: g.digits[:n], Invalid: bad})
	}
	n := len(g.widths)
	total := len(g.digits)
	bad := !Luhn(g.digits)
	if n < 3 || total < 13 || total > 19 || bad && !r.cardSaid(i, total) {
		return 0
	}
	for k, w := range g.widths {
		if w != 4 && !(k == n-1 && w <= 4) && !(k == 1 && w == 6) && !(k == 2 && w == 5) {
			return 0
		}
	}
	return r.add(i, g.ends[n-1], Figure{Kind: FigBankCard, Digits: g.digits, Invalid: bad})
}

// cardSaid: the words before call it a card, so a wrong check digit is a slip to be told, not another number.
func (r *reader) cardSaid(i, digits int) bool {
	return r.opt.Debtor && digits >= 15 && (r.near(i, 10, "卡", "card") || digits >= 16 && r.at(i) == '6' && r.at(i+1) == '2')
}

func (r *reader) addPhone(i int, g grouped, last int) int {
	total := 0
	for k := 0; k <= last; k++ {
		total += g.widths[k]
	}
	end := g.ends[last]
	if !r.edge(end) {
		return 0
	}
	return r.add(i, end, Figure{Kind: FigPhone, Digits: g.digits[:total]})
}

// phone reads mainland mobiles and landlines, service lines, and numbers with a country code.
func (r *reader) phone(i int, g grouped) int {
	d, w := g.digits, g.widths
	n := len(w)
	mobile := func(s string) bool { return len(s) >= 2 && s[0] == '1' && s[1] >= '3' && s[1] <= '9' }
	last := -1
	switch {
	case g.plus:
		last = withCode(d, w)
	case g.paren:
		if n >= 2 && w[0] >= 3 && w[0] <= 4 && len(d) >= 9 && len(d) <= 12 {
			last = n - 1
		}
	case w[0] == 11 && mobile(d):
		last = 0
	case n >= 4 && w[0] == 4 && d[:4] == "0086" && w[1] == 3 && w[2] == 4 && w[3] == 4, n >= 4 && w[0] == 2 && d[:2] == "86" && w[1] == 3 && w[2] == 4 && w[3] == 4 && mobile(d[2:]):
		last = 3
	case n >= 3 && (w[0] == 3 || w[0] == 4) && d[0] == '0' && (w[1] == 7 || w[1] == 8) && w[2] >= 3 && w[2] <= 5 && g.dash:
		last = 2 // an extension
	case w[0] == 13 && d[:2] == "86" && mobile(d[2:]):
		last = 0
	case n >= 2 && w[0] == 2 && d[:2] == "86" && w[1] == 11 && mobile(d[2:]):
		last = 1
	case n >= 3 && w[0] == 3 && w[1] == 4 && w[2] == 4 && mobile(d):
		last = 2
	case n >= 3 && w[0] == 3 && w[1] == 3 && w[2] == 4 && (d[:3] == "400" || d[:3] == "800" || g.dash):
		last = 2
	case n >= 3 && w[0] == 3 && w[1] == 4 && w[2] == 3 && (d[:3] == "400" || d[:3] == "800"):
		last = 2
	case w[0] == 10 && (d[:3] == "400" || d[:3] == "800"):
		last = 0
	case n >= 3 && w[0] == 2 && d[0] == '0' && (w[1] == 3 || w[1] == 4) && w[2] == 4:
		last = 2 // 02-2345-6789
	case n >= 2 && w[0] >= 2 && w[0] <= 4 && d[0] == '0' && (w[1] == 7 || w[1] == 8):
		last = 1
	case n >= 2 && w[0] == 5 && d[:2] == "07" && w[1] == 6:
		last = 1 // 07700 900123
	case n >= 3 && w[0] == 4 && d[:2] == "09" && w[1] == 3 && w[2] == 3:
		last = 2
	case n >= 3 && d[0] == '0' && w[0] >= 3 && w[0] <= 5 && w[1] >= 3 && w[1] <= 4 && w[2] >= 3 && w[2] <= 4 && w[0]+w[1]+w[2] <= 11:
		last = 2 // 0800 123 4567, 020 7946 0018
	case d[:2] == "00" && len(d) >= 10 && len(d) <= 17:
		last = n - 1
	case w[0] >= 10 && w[0] <= 12 && d[0] == '0':
		last = 0
	case n >= 2 && w[0] == 4 && w[1] == 4 && (r.dialled(i) || r.hongKong(d) || r.dialledAfter(g.ends[1])):
		last = 1
	case w[0] == 8 && (r.hongKong(d) || r.dialledAfter(g.ends[0])) && r.moneyWordAt(r.gap(g.ends[0])) == 0:
		last = 0
	case w[0] >= 7 && w[0] <= 12 && r.dialled(i):
		last = 0
	}
	if last < 0 {
		return 0
	}
	return r.addPhone(i, g, last)
}

// withCode is the last group of a number after +: as many as an international number may have, eleven digits after +86.
func withCode(d string, w []int) int {
	limit := 15
	if len(d) > 2 && d[:2] == "86" {
		limit = 13
	}
	total, last := 0, -1
	for k, x := range w {
		if total += x; total > limit {
			break
		}
		if total >= 8 {
			last = k
		}
	}
	return last
}

// dialled: words that announce a telephone number.
func (r *reader) dialled(i int) bool {
	return r.near(i, 8, "拨打", "拨", "致电", "热线", "电话", "call ", "dial ", "phone", "tel", "手机")
}

// dialledAfter: the words behind the digits call them a telephone number: 系我电话, is my number.
func (r *reader) dialledAfter(end int) bool {
	return r.opt.Debtor && r.clauseHas(min(end+9, len(r.rs)), 9, "电话", "手机", "号码", "my number", "my phone", "mobile")
}

// hongKong: eight digits as Hong Kong numbers begin, in a conversation about Hong Kong dollars.
func (r *reader) hongKong(d string) bool {
	return r.opt.Debtor && r.money == "HKD" && (d[0] == '5' || d[0] == '6' || d[0] == '9') && d[1:4] != "000"
}

// serviceLine reads short lines such as 12378 and 95588, where a word announces them.
func (r *reader) serviceLine(i int, n num) bool {
	if !n.plain || len(n.digits) < 3 || len(n.digits) > 6 || n.digits[0] == '0' || !r.edge(n.end) {
		return false
	}
	switch n.digits {
	case "12378", "12363", "12348", "12356", "12321", "12366", "12315", "12333", "12386":
		return r.moneyWordAt(r.gap(n.end)) == 0
	}
	five := len(n.digits) == 5 && (n.digits[:2] == "95" || n.digits[:2] == "96" || n.digits[:2] == "12" || n.digits[:2] == "10")
	three := len(n.digits) == 3 && (n.digits == "110" || n.digits == "120" || n.digits == "119" || n.digits == "999" || n.digits == "911" || n.digits == "988" || n.digits == "111" || n.digits == "101")
	return (five || three || len(n.digits) == 6 && n.digits == "116123") && r.moneyWordAt(r.gap(n.end)) == 0 &&
		(r.dialled(i) || r.near(i, 4, "打", "or ", "/", "text ") && three)
}
