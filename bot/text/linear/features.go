package linear

import "slices"

// maxGram bounds the n-grams, so that a window fits a small array.
const maxGram = 5

// A symbol is what n-grams are made of: a Chinese character, a Latin word, a number, a mark.
type symbol struct {
	id  uint64
	han bool
}

// Marks that begin and end a text, and the one for any number: 1500 and 800 say the same about what is wanted.
const (
	idStart  = uint64(0x02)
	idEnd    = uint64(0x03)
	idNumber = uint64('#')
	idWhole  = uint64(0x1D) // a word itself, where its stem stands in the n-grams
	idSkip   = uint64(0x1C) // two words with one between them
)

const (
	fnvStart = uint64(14695981039346656037)
	fnvPrime = uint64(1099511628211)
)

func mix(h, v uint64) uint64 { return (h ^ v) * fnvPrime }

// bucket spreads the bits: the low bits of a product alone are poor.
func (c Config) bucket(h uint64) uint32 {
	h ^= h >> 32
	h *= 0x9E3779B97F4A7C15
	return uint32(h >> (64 - c.Bits))
}

// features appends the buckets of a text, sorted and each once.
func (c Config) features(dst []uint32, text []rune, extra []string) []uint32 {
	var win [maxGram]symbol
	n := 0 // symbols seen, the last maxGram of them in win
	push := func(s symbol) {
		copy(win[:], win[1:])
		win[maxGram-1] = s
		n++
		h, han := fnvStart, false
		for k := 1; k <= min(n, maxGram); k++ {
			at := win[maxGram-k]
			h, han = mix(mix(h, at.id), 7), han || at.han
			if k <= c.Words || han && k <= c.Grams {
				dst = append(dst, c.bucket(h))
			}
		}
	}
	latin := func(word uint64, stem uint64) {
		if !c.Stems {
			push(symbol{id: word})
		} else {
			push(symbol{id: stem})
			dst = append(dst, c.bucket(mix(word, idWhole)))
		}
		if c.Skips && n >= 3 && !win[maxGram-3].han && !win[maxGram-2].han {
			dst = append(dst, c.bucket(mix(mix(mix(fnvStart, idSkip), win[maxGram-3].id), win[maxGram-1].id)))
		}
	}
	push(symbol{id: idStart})
	for i := 0; i < len(text); {
		switch r := text[i]; {
		case isHan(r):
			push(symbol{id: uint64(r), han: true})
			i++
		case r >= '0' && r <= '9':
			for i < len(text) && (text[i] >= '0' && text[i] <= '9' || (text[i] == '.' || text[i] == ',') && i+1 < len(text) && text[i+1] >= '0' && text[i+1] <= '9') {
				i++
			}
			push(symbol{id: idNumber})
		case isLetter(r):
			j, h := i, fnvStart
			for ; j < len(text) && (isLetter(text[j]) || isQuote(text[j]) && j+1 < len(text) && isLetter(text[j+1])); j++ {
				if !isQuote(text[j]) {
					h = mix(h, uint64(text[j]))
				}
			}
			latin(h, stem(text[i:j]))
			dst = c.letters(dst, text[i:j])
			i = j
		case isMark(r):
			push(symbol{id: uint64(mark(r))})
			for i < len(text) && (isMark(text[i]) || text[i] == ' ') {
				i++
			}
		default:
			i++
		}
	}
	push(symbol{id: idEnd})
	for _, e := range extra {
		h := mix(fnvStart, 0x1F)
		for i := range len(e) {
			h = mix(h, uint64(e[i]))
		}
		dst = append(dst, c.bucket(h))
	}
	slices.Sort(dst)
	return slices.Compact(dst)
}

// letters appends the letter n-grams of one Latin word with its ends, so that a misspelt word still shares most of them.
func (c Config) letters(dst []uint32, word []rune) []uint32 {
	if len(word) > 24 {
		word = word[:24]
	}
	var buf [26]rune
	w := append(buf[:0], '<')
	for _, r := range word {
		if !isQuote(r) {
			w = append(w, r)
		}
	}
	w = append(w, '>')
	for i := range w {
		h := mix(fnvStart, 0x1E)
		for k := 1; k <= c.CharMax && i+k <= len(w); k++ {
			h = mix(h, uint64(w[i+k-1]))
			if k >= c.CharMin {
				dst = append(dst, c.bucket(h))
			}
		}
	}
	return dst
}

func isHan(r rune) bool {
	return r >= 0x3400 && r <= 0x9FFF || r == '〇' || r >= 0x20000 && r <= 0x3FFFF
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 0xC0 && r < 0x530 }

func isQuote(r rune) bool { return r == '\'' || r == '’' || r == '`' }

func isMark(r rune) bool {
	switch r {
	case ',', '.', '?', '!', ';', ':', '，', '。', '？', '！', '；', '：', '、', '\n', '…', '~', '|':
		return true
	}
	return false
}

// mark keeps what a mark says: a question, a cry, or just an end.
func mark(r rune) rune {
	switch r {
	case '?', '？':
		return '?'
	case '!', '！':
		return '!'
	}
	return ','
}
