package text

// Some traditional words differ from the simplified ones in a character that is right elsewhere: 回覆 is 回复, 覆盖 stays.
// The pair decides; each keeps its length, so offsets do not move.
var pairs = map[[2]rune][2]rune{
	{'回', '覆'}: {'回', '复'}, {'答', '覆'}: {'答', '复'}, {'批', '覆'}: {'批', '复'}, {'函', '覆'}: {'函', '复'}, {'电', '覆'}: {'电', '复'},
	{'身', '分'}: {'身', '份'}, {'部', '份'}: {'部', '分'}, {'纪', '录'}: {'记', '录'}, {'计', '画'}: {'计', '划'}, {'连', '络'}: {'联', '络'},
	{'甚', '么'}: {'什', '么'},
	{'份', '期'}: {'分', '期'},
}

// pairing tells which runes may be the second of a pair, so that the rest costs one comparison.
func pairing(r rune) bool {
	switch r {
	case '覆', '分', '份', '录', '画', '络', '么', '期':
		return true
	}
	return false
}

// repair sets the pairs right in the folded copy.
func (f *Folded) repair() {
	for i := 1; i < len(f.Runes); i++ {
		if !pairing(f.Runes[i]) {
			continue
		}
		if p, ok := pairs[[2]rune{f.Runes[i-1], f.Runes[i]}]; ok {
			f.Runes[i-1], f.Runes[i] = p[0], p[1]
		}
	}
}

// otherDigit reads numbers Unicode neither decomposes nor calls decimal digits: dingbats, Suzhou numerals, keycap ten.
func otherDigit(r rune) (int, bool) {
	switch {
	case r >= 0x2776 && r <= 0x277F: // ❶
		return int(r-0x2776) + 1, true
	case r >= 0x2780 && r <= 0x2789: // ➀
		return int(r-0x2780) + 1, true
	case r >= 0x278A && r <= 0x2793: // ➊
		return int(r-0x278A) + 1, true
	case r >= 0x24F5 && r <= 0x24FE: // ⓵
		return int(r-0x24F5) + 1, true
	case r >= 0x24EB && r <= 0x24F4: // ⓫
		return int(r-0x24EB) + 11, true
	case r == 0x24FF || r == 0x1F10B || r == 0x1F10C:
		return 0, true
	case r >= 0x3021 && r <= 0x3029: // 〡
		return int(r-0x3021) + 1, true
	case r == 0x1F51F: // 🔟
		return 10, true
	}
	return 0, false
}

// otherLetter reads enclosed letters and flags' letters, which do not decompose: 🅹🅰🅸🅻, 🇯🇦🇮🇱.
func otherLetter(r rune) (rune, bool) {
	switch {
	case r >= 0x1F150 && r <= 0x1F169:
		return 'a' + r - 0x1F150, true
	case r >= 0x1F170 && r <= 0x1F189:
		return 'a' + r - 0x1F170, true
	case r >= 0x1F1E6 && r <= 0x1F1FF:
		return 'a' + r - 0x1F1E6, true
	}
	return 0, false
}
