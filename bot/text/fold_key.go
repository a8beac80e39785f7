package text

import "unicode"

// Key is a harsher copy for finding phrases somebody tried to hide: nothing stands between Chinese characters but the marks
// that end a clause, spelled-out words (a-r-r-e-s-t) are closed up, digits inside a word are read as letters, look-alike letters
// become Latin. Amounts and dates are unreadable in it; read those from the plain fold. Offsets stay those of the original text.
func (f Folded) Key() Folded {
	var k Folded
	f.KeyInto(&k)
	return k
}

// KeyInto is Key with the caller's buffers.
func (f Folded) KeyInto(k *Folded) {
	k.Runes, k.lo, k.hi, k.n = k.Runes[:0], k.lo[:0], k.hi[:0], f.n
	k.grow(len(f.Runes))
	n := len(f.Runes)
	for i := 0; i < n; {
		switch r := f.Runes[i]; {
		case isWord(r):
			i = f.word(k, i)
		case r == '\n' || endsClause(r):
			if j, ok := f.column(i); ok {
				i = j
				continue
			}
			k.take(&f, i, r)
			i++
		default:
			if mayBeSign(r) {
				if j := f.sign(k, i); j > i {
					i = j
					continue
				}
			}
			i = f.gap(k, i)
		}
	}
}

func (f *Folded) take(from *Folded, i int, r rune) {
	f.Runes = append(f.Runes, r)
	f.lo = append(f.lo, from.lo[i])
	f.hi = append(f.hi, from.hi[i])
}

// gap is a run of spaces and symbols. Beside a Chinese character it vanishes; between Latin words it is one space,
// or a full stop where a sentence ends, so that no phrase is found across it.
func (f *Folded) gap(k *Folded, i int) int {
	j, stop, dash := i, -1, 0
	for ; j < len(f.Runes); j++ {
		r := f.Runes[j]
		if r == '\n' || isWord(r) || endsClause(r) || mayBeSign(r) && j > i && signs[r].zh != "" {
			break
		}
		if r == '.' && stop < 0 && (j+1 == len(f.Runes) || !isWord(f.Runes[j+1])) {
			stop = j
		}
		if isDash(r) {
			dash++
			if r == '—' && isLatin(lastRune(k.Runes)) {
				dash++
			}
		}
	}
	before, after := lastRune(k.Runes), rune(0)
	if j < len(f.Runes) {
		after = f.Runes[j]
	}
	switch {
	case dash >= 2 || dash == 1 && j-i >= 3 && f.Runes[i] == ' ' && f.Runes[j-1] == ' ':
		k.take(f, i, '—') // a double dash, or one set off by spaces, ends a clause as a comma does
	case before == 0, after == 0, before == '\n', after == '\n', endsClause(before), endsClause(after), isHan(before), isHan(after):
	case j-i == 1 && isApostrophe(f.Runes[i]):
		k.take(f, i, '\'')
	case stop >= 0:
		k.take(f, stop, '.')
	default:
		k.take(f, i, ' ')
	}
	return j
}

// word is a Chinese character, or a Latin word with its leet digits, or single letters spelled out.
func (f *Folded) word(k *Folded, i int) int {
	if isHan(f.Runes[i]) {
		k.take(f, i, f.Runes[i])
		return i + 1
	}
	if j, ok := f.spelled(k, i); ok {
		return j
	}
	j, letters, others := i, 0, 0
	for ; j < len(f.Runes) && isLatinish(f.Runes, j); j++ {
		if _, ok := latin(f.Runes[j]); ok {
			letters++
		} else {
			others++
		}
	}
	if j == i {
		return i + 1 // a lone @ or $ says nothing
	}
	leet := others > 0 && letters >= others && (letters > 2 || f.Runes[i] > '9') // not 3rd, 24h, 5pm
	for x := i; x < j; x++ {
		r, ok := latin(f.Runes[x])
		if !ok {
			r = f.Runes[x]
			if leet {
				r = unleet(f.Runes, x, i, j)
			}
		}
		k.take(f, x, r)
		if r < 'a' || r > 'z' {
			continue
		}
		end := x
		for end+1 < j && f.Runes[end+1] == f.Runes[x] {
			end++
		}
		if end-x >= 2 { // jaaaail: three or more of a letter are one
			k.hi[len(k.hi)-1] = f.hi[end]
			x = end
		}
	}
	return j
}

// spelled closes up four or more single letters with marks between them, or the same number of spaces: a.r.r.e.s.t, j a i l.
func (f *Folded) spelled(k *Folded, i int) (int, bool) {
	rs := f.Runes
	if i+6 >= len(rs) || isHan(rs[i]) || !single(rs, i) {
		return i, false
	}
	var at [maxSpelled]int
	n, blank := 1, -1 // blank: spaces in each gap, 0 for marks
	for at[0] = i; n < maxSpelled; n++ {
		next, b := f.nextLetter(at[n-1])
		if next == 0 || blank >= 0 && b != blank {
			break
		}
		at[n], blank = next, b
	}
	if n < 4 {
		return i, false
	}
	for _, x := range at[:n] {
		r, ok := latin(rs[x])
		if !ok {
			r = unleetOne(rs[x])
		}
		k.take(f, x, r)
	}
	return at[n-1] + 1, true
}

const maxSpelled = 64

// nextLetter is the single letter after the one at i, at most three marks further, or 0; and how many spaces part them when
// nothing else does.
func (f *Folded) nextLetter(i int) (next, blank int) {
	for j := i + 1; j < len(f.Runes) && j <= i+4; j++ {
		switch r := f.Runes[j]; {
		case isWord(r):
			if j > i+1 && !isHan(r) && single(f.Runes, j) {
				if blank != j-i-1 {
					blank = 0
				}
				return j, blank
			}
			return 0, 0
		case r == '\n' && j > i+1, endsClause(r) && r != ',', mayBeSign(r) && signs[r].zh != "":
			return 0, 0
		case r == ' ':
			blank++
		}
	}
	return 0, 0
}

// single is a letter (or a digit read as one) with no letter or digit beside it.
func single(rs []rune, i int) bool {
	if _, ok := latin(rs[i]); !ok && unleetOne(rs[i]) == rs[i] {
		return false
	}
	return (i == 0 || !isWord(rs[i-1]) || isHan(rs[i-1])) && (i+1 >= len(rs) || !isWord(rs[i+1]) || isHan(rs[i+1]))
}

func unleet(rs []rune, x, lo, hi int) rune {
	if rs[x] != '1' {
		return unleetOne(rs[x])
	}
	vowel := func(i int) bool {
		if i < lo || i >= hi {
			return false
		}
		switch rs[i] {
		case 'a', 'e', 'i', 'o', 'u', '0', '3', '4', '@':
			return true
		}
		return false
	}
	if vowel(x-1) && (vowel(x+1) || x+1 == hi) || x > lo && rs[x-1] == '1' || x+1 < hi && rs[x+1] == '1' {
		return 'l' // po1ice, jai1, ki11; else it stands for an i: k1ll
	}
	return 'i'
}

func unleetOne(r rune) rune {
	switch r {
	case '0':
		return 'o'
	case '1', '!':
		return 'i'
	case '3':
		return 'e'
	case '4', '@':
		return 'a'
	case '5', '$':
		return 's'
	case '7':
		return 't'
	}
	return r
}

// latin reads a letter as a Latin one where it looks like one.
func latin(r rune) (rune, bool) {
	if r >= 'a' && r <= 'z' {
		return r, true
	}
	if r < 0x80 || r > 0x58F && (r < 0x1D00 || r > 0x1D22) && r != 'ꜰ' && r != 'ꜱ' {
		return r, false
	}
	if l, ok := lookAlike[r]; ok {
		return l, true
	}
	return r, false
}

var lookAlike = map[rune]rune{
	'а': 'a', 'е': 'e', 'о': 'o', 'р': 'p', 'с': 'c', 'х': 'x', 'у': 'y', 'і': 'i', 'ј': 'j', 'ѕ': 's', 'ԁ': 'd', 'һ': 'h', 'к': 'k', 'м': 'm',
	'т': 't', 'в': 'b', 'н': 'h', 'ӏ': 'l', 'ԛ': 'q', 'ԝ': 'w', 'г': 'r', 'ո': 'n', 'п': 'n', 'и': 'n', 'я': 'r', 'з': 'e', 'ѵ': 'v', 'ш': 'w', 'ь': 'b', 'є': 'e',
	'α': 'a', 'ο': 'o', 'ε': 'e', 'ι': 'i', 'κ': 'k', 'ν': 'v', 'ρ': 'p', 'τ': 't', 'υ': 'u', 'χ': 'x', 'ɡ': 'g', 'ɑ': 'a', 'ı': 'i', 'ɩ': 'i',
	'β': 'b', 'η': 'n', 'ω': 'w', 'γ': 'y', 'σ': 'o', 'δ': 'd', 'θ': 'o', 'μ': 'u', 'ϲ': 'c', 'ϳ': 'j',
	'ա': 'w', 'հ': 'h', 'օ': 'o', 'ս': 'u', 'ց': 'g', 'զ': 'q', 'ʀ': 'r', 'ʙ': 'b', 'ɢ': 'g', 'ʜ': 'h', 'ɪ': 'i', 'ʟ': 'l', 'ɴ': 'n', 'ʏ': 'y',
	'ᴀ': 'a', 'ᴄ': 'c', 'ᴅ': 'd', 'ᴇ': 'e', 'ᴊ': 'j', 'ᴋ': 'k', 'ᴍ': 'm', 'ᴏ': 'o', 'ᴘ': 'p', 'ᴛ': 't', 'ᴜ': 'u', 'ᴠ': 'v', 'ᴡ': 'w', 'ᴢ': 'z', 'ꜰ': 'f', 'ꜱ': 's',
	'ł': 'l', 'ø': 'o', 'đ': 'd', 'ħ': 'h', 'æ': 'a', 'ß': 's',
}

// isLatinish: a letter, or a sign that may stand for one with a letter on its right or left.
func isLatinish(rs []rune, i int) bool {
	r := rs[i]
	switch r {
	case '@', '$':
		return i+1 < len(rs) && isWord(rs[i+1]) && !isHan(rs[i+1])
	}
	return isWord(r) && !isHan(r)
}

func isWord(r rune) bool {
	if r < 0x80 {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '@' || r == '$'
	}
	return isHan(r) || unicode.IsLetter(r)
}

func isHan(r rune) bool {
	return r >= t2sLo && r <= t2sHi || r >= 0x20000 && r <= 0x3FFFF || r == '〇'
}

// endsClause are the marks that part clauses (4.1 of the rule catalogue); they are never dropped.
func endsClause(r rune) bool {
	switch r {
	case '。', '!', '?', ';', ',', '【', '】', '[', ']':
		return true
	}
	return false
}

func isLatin(r rune) bool { return r >= 'a' && r <= 'z' }

func isDash(r rune) bool {
	return r == '—' || r == '–' || r == '―' || r == '─' || r == '-' || r == '‐'
}

func isApostrophe(r rune) bool { return r == '\'' || r == '’' || r == '‘' || r == 'ʼ' || r == '`' }

func lastRune(rs []rune) rune {
	if len(rs) == 0 {
		return 0
	}
	return rs[len(rs)-1]
}
