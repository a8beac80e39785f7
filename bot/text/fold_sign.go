package text

// sign is what a picture says when it stands in for a word. Pictures that people use without meaning (smiles, ticks, money
// bags) have none: between characters they vanish like any mark.
type sign struct{ zh, en string }

var signs = map[rune]sign{
	'🔪': {"刀", "knife"}, '🗡': {"刀", "knife"}, '⚔': {"刀", "knife"}, '🪓': {"砍", "axe"}, '🔫': {"枪", "gun"}, '💣': {"炸", "bomb"}, '🧨': {"炸", "bomb"},
	'🩸': {"血", "blood"}, '💀': {"死", "dead"}, '☠': {"死", "dead"}, '⚰': {"棺材", "coffin"}, '🪦': {"坟墓", "grave"}, '👊': {"打", "punch"}, '🤜': {"打", "punch"},
	'👮': {"警察", "police"}, '🚓': {"警察", "police"}, '🚔': {"警察", "police"}, '⛓': {"坐牢", "jail"}, '⚖': {"法院", "court"},
	'🐶': {"狗", "dog"}, '🐕': {"狗", "dog"}, '🐷': {"猪", "pig"}, '🐖': {"猪", "pig"}, '🐀': {"老鼠", "rat"}, '🐢': {"王八", "turtle"},
	'🤡': {"小丑", "clown"}, '🖕': {"操你", "fuck you"}, '🐴': {"马", "horse"}, '🐔': {"鸡", "chicken"},
	'👪': {"家人", "your family"}, '👶': {"孩子", "your child"}, '👦': {"孩子", "your child"}, '👧': {"孩子", "your child"}, '🧒': {"孩子", "your child"}, '👵': {"奶奶", "your mother"}, '👴': {"爷爷", "your father"},
	'🏫': {"学校", "school"}, '🏢': {"公司", "office"}, '📞': {"打电话", "call"}, '☎': {"打电话", "call"}, '📢': {"公布", "announce"}, '📣': {"公布", "announce"},
}

// sign writes what the picture at i says, in the language around it, and returns the place after it; i when it says nothing.
func (f *Folded) sign(k *Folded, i int) int {
	m, ok := signs[f.Runes[i]]
	if !ok {
		return i
	}
	before, after := lastRune(k.Runes), rune(0)
	for j := i + 1; j < len(f.Runes) && j < i+8; j++ {
		if isWord(f.Runes[j]) {
			after = f.Runes[j]
			break
		}
	}
	latin := func(r rune) bool { return r != 0 && isWord(r) && !isHan(r) }
	says := m.zh
	if latin(before) && !isHan(after) || before == ' ' && latin(after) || latin(after) && !isHan(before) {
		says = m.en
		if latin(before) {
			k.take(f, i, ' ')
		}
	}
	for _, r := range says {
		k.take(f, i, r)
	}
	if latin(lastRune(k.Runes)) && i+1 < len(f.Runes) && latin(f.Runes[i+1]) {
		k.take(f, i, ' ')
	}
	return i + 1
}

func mayBeSign(r rune) bool { return r >= 0x2600 && (r < 0x2800 || r >= 0x1F300 && r <= 0x1FAFF) }

// column: the mark at i stands in a row of single Chinese characters that the same mark parts (坐，牢，等，着, or one character
// a line): nobody writes clauses like that, so the mark only hides a word.
func (f *Folded) column(i int) (int, bool) {
	rs, mark := f.Runes, f.Runes[i]
	if mark != ',' && mark != '\n' && mark != ';' && mark != '。' && mark != '!' {
		return i, false
	}
	at := func(k int) bool { return k >= 0 && k < len(rs) && isHan(rs[k]) }
	is := func(k int) bool { return k >= 0 && k < len(rs) && rs[k] == mark }
	if !at(i-1) || !at(i+1) {
		return i, false
	}
	row := func(k, step int) int { // single characters in a row from k on, three at most
		n := 0
		for ; n < 3 && at(k) && (is(k+step) || k+step < 0 || k+step >= len(rs)); n, k = n+1, k+2*step {
			if !is(k - step) {
				return n
			}
		}
		return n
	}
	if row(i-1, -1) >= 2 || row(i+1, 1) >= 2 {
		return i + 1, true
	}
	return i, false
}
