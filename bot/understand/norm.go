package understand

import (
	"hejie/bot/text"
)

// norm is the text as phrases are matched against it: folded, apostrophes gone, nothing between Chinese characters but the
// marks that end a clause. Those are all written ',' so that a clause is easy to find; a question mark stays '?'.
type norm struct {
	rs []rune
	at []int // folded place of each rune
}

func normalise(f text.Folded) norm {
	n := norm{rs: make([]rune, 0, len(f.Runes)+1), at: make([]int, 0, len(f.Runes)+1)}
	for i, c := range f.Runes {
		switch {
		case isWord(c):
			n.put(c, i)
		case c == '\'' || c == '’' || c == '‘' || c == '`':
		case c == '?' || c == '？':
			n.mark('?', i)
		case endsClause(c) && !(c == '.' && n.between(f.Runes, i)):
			n.mark(',', i)
		default:
			n.space(i)
		}
	}
	// a space beside a Chinese character says nothing
	out := n.rs[:0]
	at := n.at[:0]
	for k, c := range n.rs {
		if c == ' ' && (k+1 >= len(n.rs) || k == 0 || isHan(n.rs[k+1]) || len(out) > 0 && isHan(out[len(out)-1]) || isMark(n.rs[k+1])) {
			if !(k > 0 && k+1 < len(n.rs) && spaced(f.Runes, n.at[k])) {
				continue
			}
			// two Chinese words set apart by a space are two clauses: 一次还不上 想分12期
			c = '|'
		}
		out, at = append(out, c), append(at, n.at[k])
	}
	n.rs, n.at = out, at
	return n
}

// spaced: a real space between longer Chinese stretches, not letters set apart one by one (不 想 活).
func spaced(rs []rune, i int) bool {
	run := func(j, step int) int {
		k := 0
		for ; j >= 0 && j < len(rs) && isWord(rs[j]) && k < 3; j += step {
			k++
		}
		return k
	}
	if rs[i] != ' ' {
		return false
	}
	return run(i-1, -1) >= 2 && run(i+1, 1) >= 2
}

func (n *norm) put(c rune, i int) { n.rs, n.at = append(n.rs, mandarin(c)), append(n.at, i) }

// mandarin writes a Cantonese function word as its Mandarin sister, in messages and in phrases alike,
// so that one phrase serves both. 係 is not among them: it folds to the 系 of 联系.
func mandarin(c rune) rune {
	switch c {
	case '唔':
		return '不'
	case '冇':
		return '没'
	case '嘅':
		return '的'
	case '咗':
		return '了'
	case '俾', '畀':
		return '给'
	case '佢':
		return '他'
	case '哋':
		return '们'
	case '喺':
		return '在'
	case '嚟':
		return '来'
	case '搵':
		return '找'
	case '啲':
		return '点'
	case '呃':
		return '骗'
	}
	return c
}

func (n *norm) mark(c rune, i int) {
	if k := len(n.rs) - 1; k >= 0 && n.rs[k] == ' ' {
		n.rs, n.at = n.rs[:k], n.at[:k]
	}
	if k := len(n.rs) - 1; k >= 0 && isMark(n.rs[k]) {
		if c == '?' {
			n.rs[k] = c
		}
		return
	}
	n.put(c, i)
}

func (n *norm) space(i int) {
	if k := len(n.rs) - 1; k < 0 || n.rs[k] == ' ' || isMark(n.rs[k]) {
		return
	}
	n.put(' ', i)
}

// between: a dot in a number, or between two characters that somebody set apart (不.想.活), ends no clause.
func (n *norm) between(rs []rune, i int) bool {
	if i == 0 || i+1 >= len(rs) {
		return false
	}
	a, b := rs[i-1], rs[i+1]
	return a >= '0' && a <= '9' && b >= '0' && b <= '9' || isHan(a) && isHan(b) && (i+2 < len(rs) && rs[i+2] == '.' || i >= 2 && rs[i-2] == '.')
}

func endsClause(c rune) bool {
	switch c {
	case '。', '！', '；', '，', '!', ';', ',', '.', '\n', '…', '、', ':', '：':
		return true
	}
	return false
}

func isMark(c rune) bool { return c == ',' || c == '?' || c == '|' }

func isHan(c rune) bool {
	return c >= 0x3400 && c <= 0x9FFF || c == '〇' || c >= 0x20000 && c <= 0x3FFFF
}

func isWord(c rune) bool {
	return isHan(c) || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '%' || c == '$' || c == '¥' || c >= 0xC0 && c < 0x250
}

func isLatin(c rune) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }

// clauseStart and clauseEnd: nothing but a mark stands before or after.
func (n norm) clauseStart(i int) bool { return i <= 0 || isMark(n.rs[i-1]) }
func (n norm) clauseEnd(i int) bool   { return i >= len(n.rs) || isMark(n.rs[i]) }

// clause is the stretch [a,b) between marks that holds i.
func (n norm) clause(i int) (a, b int) {
	for a = min(i, len(n.rs)); a > 0 && !isMark(n.rs[a-1]); a-- {
	}
	for b = i; b < len(n.rs) && !isMark(n.rs[b]); b++ {
	}
	return a, b
}
