package text

import (
	_ "embed"
	"strings"
)

//go:embed pinyin.txt
var pinyinFile string

// pinyinTable holds common ideographs; syllables is by Sound.Syllable, 0 being none.
var pinyinTable, syllables = loadPinyin(pinyinFile)

// Sound is how a character is read: its first reading only, for that is the one people type by.
type Sound struct {
	Syllable uint16 // 0 = unknown
	Tone     uint8  // 1 to 4, 0 = neutral
}

// Pinyin is the syllable without its tone.
func (s Sound) Pinyin() string { return syllables[s.Syllable] }

// SoundOf is the reading of a simplified character.
func SoundOf(r rune) Sound {
	if r < 0x4E00 || r > 0x9FFF {
		return Sound{}
	}
	return pinyinTable[r-0x4E00]
}

func loadPinyin(file string) (*[0x9FFF - 0x4E00 + 1]Sound, []string) {
	table, names := new([0x9FFF - 0x4E00 + 1]Sound), []string{""}
	ids := map[string]uint16{}
	for line := range strings.Lines(file) {
		key, chars, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || key == "#" {
			continue
		}
		var tone uint8
		if c := key[len(key)-1]; c <= '9' {
			tone, key = c-'0', key[:len(key)-1]
		}
		id, ok := ids[key]
		if !ok {
			id = uint16(len(names))
			ids[key], names = id, append(names, key)
		}
		for _, r := range chars {
			if r >= 0x4E00 && r <= 0x9FFF {
				table[r-0x4E00] = Sound{Syllable: id, Tone: tone}
			}
		}
	}
	return table, names
}

// Edit replaces folded runes [Start,End) by Runes.
type Edit struct {
	Start, End int
	Runes      []rune
}

// EditInto is f with edits made, in into's buffers; edits are in order and do not overlap. Offsets stay those of the original:
// one rune for one keeps its own place, otherwise each new rune stands for the whole of what it replaced.
func (f *Folded) EditInto(into *Folded, edits []Edit) {
	into.Runes, into.lo, into.hi, into.n = into.Runes[:0], into.lo[:0], into.hi[:0], f.n
	into.grow(len(f.Runes))
	at := 0
	copyTo := func(end int) {
		into.Runes = append(into.Runes, f.Runes[at:end]...)
		into.lo = append(into.lo, f.lo[at:end]...)
		into.hi = append(into.hi, f.hi[at:end]...)
	}
	for _, e := range edits {
		copyTo(e.Start)
		for k, r := range e.Runes {
			lo, hi := f.lo[e.Start], f.hi[e.End-1]
			if len(e.Runes) == e.End-e.Start {
				lo, hi = f.lo[e.Start+k], f.hi[e.Start+k]
			}
			into.Runes, into.lo, into.hi = append(into.Runes, r), append(into.lo, lo), append(into.hi, hi)
		}
		at = e.End
	}
	copyTo(len(f.Runes))
}
