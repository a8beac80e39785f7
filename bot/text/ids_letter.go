package text

import "strings"

// Identity cards that begin with a letter: Taiwan's A123456789 and Hong Kong's A123456(3). Only a debtor's text is read for
// them, and only a good check digit or the words before make one: flat, order and case numbers look alike.

const taiwanLetters = "abcdefghjklmnpqrstuvxywzio" // in the order of their values from 10

// letterCard reads such a card at the letter i.
func (r *reader) letterCard(i int) int {
	if !r.opt.Debtor || !isAlpha(r.at(i)) || !isDigit(r.at(i+1)) || i > 0 && (isAlpha(r.at(i-1)) || isDigit(r.at(i-1))) {
		return 0
	}
	var d []byte
	j := i + 1
	for ; isDigit(r.at(j)) && len(d) < 10; j++ {
		d = append(d, byte(r.at(j)))
	}
	letter := byte(r.rs[i])
	switch {
	case len(d) == 9 && r.edge(j) && (d[0] == '1' || d[0] == '2' || d[0] == '8' || d[0] == '9'):
		bad := !taiwanID(letter, d)
		if bad && !r.idSaid(i) {
			return 0
		}
		return r.add(i, j, Figure{Kind: FigIDCard, Digits: strings.ToUpper(string(r.rs[i:j])), Invalid: bad})
	case len(d) == 6 && r.at(j) == '(' && (isDigit(r.at(j+1)) || r.at(j+1) == 'a') && r.at(j+2) == ')':
		bad := !hongKongID(letter, d, byte(r.at(j+1)))
		if bad && !r.idSaid(i) {
			return 0
		}
		digits := strings.ToUpper(string(r.rs[i:j]) + string(r.at(j+1)))
		return r.add(i, j+3, Figure{Kind: FigIDCard, Digits: digits, Invalid: bad})
	}
	return 0
}

func (r *reader) idSaid(i int) bool {
	return r.near(i, 10, "身份证", "身分证", "证号", "证件", "id ", "identity", "hkid")
}

func taiwanID(letter byte, d []byte) bool {
	v := strings.IndexByte(taiwanLetters, letter) + 10
	sum := v/10 + v%10*9
	for k, c := range d[:8] {
		sum += int(c-'0') * (8 - k)
	}
	return (sum+int(d[8]-'0'))%10 == 0
}

// hongKongID: the empty place before a single letter counts 36, a = 10 to z = 35; the check digit a stands for ten.
func hongKongID(letter byte, d []byte, check byte) bool {
	sum := 36*9 + (int(letter-'a')+10)*8
	for k, c := range d {
		sum += int(c-'0') * (7 - k)
	}
	v := int(check - '0')
	if check == 'a' {
		v = 10
	}
	return (sum+v)%11 == 0
}
