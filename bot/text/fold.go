// Package text reads text: folding with an offset map, and figures (money, dates, counts) in Chinese and English.
// It does not know what a text means, whether it may be said, or who wrote it.
package text

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Folded is a copy of a text made for matching: NFKC width and letters, lower case, simplified characters, ASCII digits,
// no combining marks, no invisible characters. It remembers where each rune came from.
type Folded struct {
	Runes  []rune
	lo, hi []int32 // for each folded rune the original runes [lo,hi) it stands for
	n      int32   // runes of the original
}

// Fold never fails: an invalid byte counts as one rune, as in a range loop, and becomes U+FFFD. Linear time.
func Fold(s string) Folded {
	var f Folded
	f.Reset(s)
	return f
}

// Reset folds s into f's own buffers, so that a caller who folds much does not allocate each time.
func (f *Folded) Reset(s string) {
	f.Runes, f.lo, f.hi, f.n = f.Runes[:0], f.lo[:0], f.hi[:0], 0
	f.grow(utf8.RuneCountInString(s))
	var buf [64]byte
	i := int32(0)
	for at, r := range s {
		switch {
		case r < utf8.RuneSelf:
			f.ascii(r, i)
		case r >= t2sLo && r <= t2sHi:
			f.put(simplified(r), i)
		case r >= 0xFF01 && r <= 0xFF5E:
			f.ascii(r-0xFEE0, i)
		case r == utf8.RuneError:
			f.put(r, i) // at may hold one bad byte: do not let norm look at its neighbours
		case r >= 0x20D0 && f.enclosed(r, i):
		default:
			w := utf8.RuneLen(r)
			for _, d := range string(norm.NFKD.AppendString(buf[:0], s[at:at+w])) {
				f.rare(d, i)
			}
		}
		i++
	}
	f.n = i
	f.repair()
}

// enclosed writes what a digit or letter in a frame stands for.
func (f *Folded) enclosed(r rune, from int32) bool {
	if l, ok := otherLetter(r); ok {
		f.put(l, from)
		return true
	}
	d, ok := otherDigit(r)
	if !ok {
		return false
	}
	if d >= 10 {
		f.put(rune('0'+d/10), from)
	}
	f.put(rune('0'+d%10), from)
	return true
}

func (f *Folded) grow(n int) {
	if cap(f.Runes) >= n {
		return
	}
	f.Runes = make([]rune, 0, n+n/8)
	both := make([]int32, 2*cap(f.Runes))
	f.lo, f.hi = both[:0:cap(f.Runes)], both[cap(f.Runes):cap(f.Runes)]
}

func (f *Folded) put(r rune, from int32) {
	f.Runes = append(f.Runes, r)
	f.lo = append(f.lo, from)
	f.hi = append(f.hi, from+1)
}

func (f *Folded) ascii(r rune, from int32) {
	switch {
	case r >= 'A' && r <= 'Z':
		r += 'a' - 'A'
	case r == '\t', r == '\r', r == '\v', r == '\f':
		r = ' '
	case r == '\n', r == ' ':
	case r < ' ', r == 0x7F:
		return
	}
	f.put(r, from)
}

// rare is one rune of a compatibility decomposition. Composition is not needed: every mark is dropped.
func (f *Folded) rare(r rune, from int32) {
	switch {
	case r < utf8.RuneSelf:
		f.ascii(r, from)
		return
	case unicode.In(r, unicode.Mn, unicode.Me) || (unicode.Is(unicode.Mc, r) && norm.NFKD.PropertiesString(string(r)).CCC() != 0):
		if k := len(f.hi) - 1; k >= 0 { // the mark belongs to the letter before it: a span shows both
			f.hi[k] = from + 1
		}
		return
	case unicode.In(r, unicode.Cf, unicode.Cc), r == 0x115F, r == 0x1160, r == 0x3164, r == 0x2065:
		return
	case r == 0x2028, r == 0x2029:
		r = '\n'
	case unicode.Is(unicode.Zs, r), r == 0x2800:
		r = ' '
	case unicode.Is(unicode.Nd, r):
		r = '0' + digit(r)
	default:
		r = simplified(unicode.ToLower(r))
	}
	f.put(r, from)
}

// digit is the value of a decimal digit of any script: each script's digits are ten code points in a row.
func digit(r rune) rune {
	for _, rg := range unicode.Nd.R16 {
		if r >= rune(rg.Lo) && r <= rune(rg.Hi) {
			return (r - rune(rg.Lo)) % 10
		}
	}
	for _, rg := range unicode.Nd.R32 {
		if r >= rune(rg.Lo) && r <= rune(rg.Hi) {
			return (r - rune(rg.Lo)) % 10
		}
	}
	return 0
}

// String is the folded text.
func (f Folded) String() string { return string(f.Runes) }

// Len is the number of folded runes.
func (f Folded) Len() int { return len(f.Runes) }

// Span maps folded positions [i,j) to rune positions of the original text, end exclusive.
// Positions outside the text are clamped; an empty range maps to an empty one at the same place.
func (f Folded) Span(i, j int) (start, end int) {
	i, j = min(max(i, 0), len(f.Runes)), min(max(j, 0), len(f.Runes))
	if i < len(f.Runes) {
		start = int(f.lo[i])
	} else {
		start = int(f.n)
	}
	if j <= i {
		return start, start
	}
	return start, int(f.hi[j-1])
}
