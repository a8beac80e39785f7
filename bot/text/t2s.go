package text

import (
	_ "embed"
	"strings"
)

//go:embed t2s.txt
var t2sFile string

// The block of common ideographs is a flat table, for speed; the few pairs outside it are a map.
const t2sLo, t2sHi = 0x3400, 0x9FFF

var t2sTable, t2sRare = loadT2S(t2sFile)

// house holds pairs that OpenCC decides by phrase; a copy made for matching may decide them by character.
const house = "著着妳你牠它衹只祇只帐账賬账帳账佔占馀余"

func loadT2S(file string) (*[t2sHi - t2sLo + 1]rune, map[rune]rune) {
	table := new([t2sHi - t2sLo + 1]rune)
	rare := map[rune]rune{}
	put := func(pairs string) {
		rs := []rune(pairs)
		for i := 0; i+1 < len(rs); i += 2 {
			if rs[i] >= t2sLo && rs[i] <= t2sHi {
				table[rs[i]-t2sLo] = rs[i+1]
			} else {
				rare[rs[i]] = rs[i+1]
			}
		}
	}
	for line := range strings.Lines(file) {
		if !strings.HasPrefix(line, "#") {
			put(strings.TrimSpace(line))
		}
	}
	put(house)
	return table, rare
}

// simplified is the simplified form of one character, or the character itself.
func simplified(r rune) rune {
	if r >= t2sLo && r <= t2sHi {
		if s := t2sTable[r-t2sLo]; s != 0 {
			return s
		}
		return r
	}
	if r > t2sHi {
		if s, ok := t2sRare[r]; ok {
			return s
		}
	}
	return r
}

// Simplified is the simplified form of one character, or the character itself.
func Simplified(r rune) rune { return simplified(r) }
