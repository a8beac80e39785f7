package text

// Numbers said digit by digit: 幺三八零零…, "zero six two seven", "oh seven, double five". People dictate telephone numbers,
// cards and the last four digits this way.

// spokenDigit is the digit c stands for when digits are dictated. 幺, 洞, 拐 and 勾 are heard for 一, 零, 七 and 九 on the telephone.
func spokenDigit(c rune) (byte, bool) {
	switch c {
	case '幺':
		return '1', true
	case '洞':
		return '0', true
	case '拐':
		return '7', true
	case '勾':
		return '9', true
	case '两', '俩', '仨', '参', '弌', '弍':
		return 0, false
	}
	d, ok := hanDigit(c)
	return '0' + byte(d), ok
}

// dictated reads a run of digits said one by one that begins at i: a telephone, a card, or, from three digits on with 幺 and its
// like among them, a number. The pauses may be written as spaces or hyphens.
func (r *reader) dictated(i int) int {
	if _, ok := spokenDigit(r.at(i - 1)); ok {
		return 0
	}
	var buf [20]byte
	n, j, end, words, phone := 0, i, i, 0, false
	for n < len(buf) {
		c := r.at(j)
		if (c == ' ' || c == '-') && n > 0 {
			c, j = r.at(j+1), j+1
		}
		d, ok := spokenDigit(c)
		if !ok && isDigit(c) && n > 0 {
			d, ok = byte(c), true
		} else if ok {
			words++
			phone = phone || c == '幺' || c == '洞' || c == '拐' || c == '勾'
		}
		if !ok {
			break
		}
		buf[n] = d
		n, j = n+1, j+1
		end = j
	}
	if n < 3 || words*2 < n || hanUnit(r.at(end)) > 0 || r.at(end) == '点' {
		return 0
	}
	return r.digitsSaid(i, end, string(buf[:n]), phone)
}

// digitsSaid adds what a string of dictated digits is. Sure tells that nothing but digits can have been meant.
func (r *reader) digitsSaid(i, end int, d string, sure bool) int {
	mobile := len(d) == 11 && d[0] == '1' && d[1] >= '3' || len(d) == 10 && d[:2] == "09" || len(d) >= 10 && len(d) <= 11 && d[0] == '0'
	switch {
	case mobile, len(d) >= 7 && len(d) <= 11 && r.dialled(i):
		return r.add(i, end, Figure{Kind: FigPhone, Digits: d})
	case len(d) == 18 && ValidIDCard(d):
		return r.add(i, end, Figure{Kind: FigIDCard, Digits: d})
	case len(d) >= 16 && len(d) <= 19 && Luhn(d):
		return r.add(i, end, Figure{Kind: FigBankCard, Digits: d})
	case !sure:
		return 0
	}
	v := int64(0)
	for k := range min(len(d), 12) {
		v = v*10 + int64(d[k]-'0')
	}
	return r.add(i, end, Figure{Kind: FigNumber, Digits: d, Micro: v * micro, Count: v, Big: len(d) > 12})
}

// enDictated reads "oh seven double five": three or more digit words in a row, of which one can only be a digit among digits.
func (r *reader) enDictated(i int) int {
	var buf [20]byte
	n, j, end, sure := 0, i, i, false
	for n < len(buf)-3 {
		w, e := r.word(j)
		times := 1
		switch w {
		case "double":
			times = 2
		case "triple":
			times = 3
		}
		if times > 1 {
			w, e = r.word(r.gap(e))
		}
		d, ok := enSmall[w]
		if w == "oh" || w == "o" || w == "nought" {
			d, ok = 0, true
		}
		if !ok || d > 9 {
			break
		}
		sure = sure || d == 0 || times > 1
		for range times {
			buf[n] = '0' + byte(d)
			n++
		}
		end = e
		for j = e; r.at(j) == ' ' || r.at(j) == ',' || r.at(j) == '-'; j++ {
		}
	}
	if n < 3 || n < 4 && !sure || !r.edge(end) {
		return 0
	}
	if _, ok := enMultiplier(r.wordAfter(end)); ok {
		return 0 // two three five hundred
	}
	return r.digitsSaid(i, end, string(buf[:n]), true)
}
