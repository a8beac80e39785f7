package guard

import (
	"fmt"
	"slices"

	"hejie/bot/text"
)

// Words spelled by ear: 坐劳, zuolao, zuo牢, "ja il", "j*il", "prision". A list of strong words (language.yaml: sounds) is
// looked for by sound; what sounds like one is read as that word before any rule looks, so no rule lists homophones.
//
// Two characters must agree in tone as well (of sounds_loose one may be off when the other is written right), three or more
// in the syllables; a word all in pinyin needs five letters and edges. sounds_not are ordinary words that only sound alike (居留 for 拘留): they stay what they are.
type sounds struct {
	auto  *automaton
	forms []soundForm
	not   *automaton
	plain [][]rune // the words of not
}

// soundForm is one way to write a strong word: each rune of pattern is a letter, a space, or a syllable of a character.
type soundForm struct {
	word  []rune
	runes []rune
	at    []int // for a syllable the place of its character in word, else -1
	loose bool
}

// pinyinLetters is how many letters a word written all in pinyin needs: shorter ones are too often something else.
const pinyinLetters = 5

// syllableBase lifts syllables out of the range of characters.
const syllableBase = 0x110000

type soundWords struct {
	forms []soundForm
	seen  map[string]bool
	loose bool // of the word at work
}

func (w *soundWords) add(word, form []rune, at ...int) {
	key := string(form)
	for i, r := range form {
		if r >= syllableBase { // no rune: string would lose it
			key += fmt.Sprint(i, "/", r, " ")
		}
	}
	if w.seen[key] {
		return
	}
	w.seen[key] = true
	if at == nil {
		at = slices.Repeat([]int{-1}, len(form))
	}
	w.forms = append(w.forms, soundForm{word: word, runes: form, at: at, loose: w.loose})
}

func compileSounds(talk map[string][]string) (*sounds, error) {
	w := &soundWords{seen: map[string]bool{}}
	loose := talk["sounds_loose"]
	words := slices.Concat(loose, talk["sounds"])
	for _, s := range words { // a strong word is no misspelling of another
		w.seen[text.Fold(s).Key().String()] = true
	}
	for i, s := range words {
		rs := text.Fold(s).Key().Runes
		w.loose = i < len(loose)
		if len(rs) < 2 {
			return nil, fmt.Errorf("sounds: %q is too short", s)
		}
		if latinRune(rs[0]) {
			w.spellings(rs)
			continue
		}
		for _, r := range rs {
			if text.SoundOf(r).Syllable == 0 {
				return nil, fmt.Errorf("sounds: %q: no reading of %q is known", s, r)
			}
		}
		w.readings(rs)
	}
	s := &sounds{forms: w.forms}
	pats := make([][]rune, len(w.forms))
	for i := range w.forms {
		pats[i] = w.forms[i].runes
	}
	s.auto = newAutomaton(pats)
	for _, n := range talk["sounds_not"] {
		s.plain = append(s.plain, text.Fold(n).Key().Runes)
	}
	s.not = newAutomaton(s.plain)
	return s, nil
}

// readings are all ways to write some characters of a word in pinyin and the others by sound.
func (w *soundWords) readings(word []rune) {
	n := len(word)
	for mask := range 1 << n {
		if n > 4 && mask != 0 && mask != 1<<n-1 && mask&(mask-1) != 0 {
			continue // of long words one syllable in letters, or all
		}
		w.reading(word, mask, nil, nil)
	}
}

// reading continues one such way: from holds, for each rune so far, the place of its character or -1.
func (w *soundWords) reading(word []rune, mask int, form []rune, from []int, done ...int) {
	i := len(done)
	if i == len(word) {
		letters := 0
		for _, r := range form {
			if latinRune(r) {
				letters++
			}
		}
		if mask != 1<<i-1 || letters >= pinyinLetters {
			w.add(word, slices.Clone(form), slices.Clone(from)...)
		}
		return
	}
	done = append(done, i)
	s := text.SoundOf(word[i])
	if mask&(1<<i) == 0 {
		w.reading(word, mask, append(slices.Clone(form), syllableBase+rune(s.Syllable)), append(slices.Clone(from), i), done...)
		return
	}
	py := []rune(s.Pinyin())
	none := slices.Repeat([]int{-1}, len(py))
	w.reading(word, mask, append(slices.Clone(form), py...), append(slices.Clone(from), none...), done...)
	if i > 0 && mask&(1<<(i-1)) != 0 { // two syllables in letters may have a space between them
		spaced := append([]rune{' '}, py...)
		w.reading(word, mask, append(slices.Clone(form), spaced...), append(slices.Clone(from), slices.Repeat([]int{-1}, len(spaced))...), done...)
	}
}

// spellings of a Latin word: cut by a mark at one or two places, one letter masked, and in longer words one letter lost,
// doubled or two swapped.
func (w *soundWords) spellings(word []rune) {
	n := len(word)
	cut := func(at ...int) []rune {
		var out []rune
		for i, r := range word {
			for _, a := range at {
				if a == i {
					out = append(out, ' ')
				}
			}
			out = append(out, r)
		}
		return out
	}
	for i := 1; i < n; i++ {
		w.add(word, cut(i))
		for k := i + 1; k < n; k++ {
			w.add(word, cut(i, k))
		}
	}
	for i := 1; i+1 < n; i++ {
		masked := append([]rune(nil), word...)
		masked[i] = ' '
		w.add(word, masked)
		if n < 6 {
			continue
		}
		w.add(word, append(append([]rune(nil), word[:i]...), word[i+1:]...))
		w.add(word, append(append(append([]rune(nil), word[:i]...), word[i]), word[i:]...))
		if i+2 < n {
			swapped := append([]rune(nil), word...)
			swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
			if string(swapped) != string(word) {
				w.add(word, swapped)
			}
		}
	}
}

// restore rewrites v.key where it sounds like a strong word.
func (s *sounds) restore(v *view) {
	key := v.key.Runes
	v.heard = v.heard[:0]
	for _, r := range key {
		if x := text.SoundOf(r); x.Syllable != 0 {
			r = syllableBase + rune(x.Syllable)
		}
		v.heard = append(v.heard, r)
	}
	v.edits = v.edits[:0]
	s.auto.scan(v.heard, func(form int32, end int) {
		f := &s.forms[form]
		start := end - len(f.runes)
		if !f.fits(key, start, end) {
			return
		}
		e := text.Edit{Start: start, End: end, Runes: f.word}
		for n := len(v.edits); n > 0 && v.edits[n-1].End > start; n-- { // overlapping: the longer word, else the first
			if last := v.edits[n-1]; last.End-last.Start >= end-start {
				return
			}
			v.edits = v.edits[:n-1]
		}
		v.edits = append(v.edits, e)
	})
	if len(v.edits) == 0 {
		return
	}
	s.keepWords(v)
	v.key.EditInto(&v.spare, v.edits)
	v.key, v.spare = v.spare, v.key
}

// keepWords drops edits inside ordinary words.
func (s *sounds) keepWords(v *view) {
	s.not.scan(v.key.Runes, func(word int32, end int) {
		start := end - len(s.plain[word])
		kept := v.edits[:0]
		for _, e := range v.edits {
			if e.Start < start || e.End > end {
				kept = append(kept, e)
			}
		}
		v.edits = kept
	})
}

// fits: the place is written otherwise than the word, with the right tones and edges.
func (f *soundForm) fits(key []rune, start, end int) bool {
	if latinRune(f.runes[0]) && start > 0 && latinRune(key[start-1]) || latinRune(f.runes[len(f.runes)-1]) && end < len(key) && latinRune(key[end]) {
		return false
	}
	other := false
	for i, r := range f.runes {
		if f.at[i] < 0 {
			other = other || latinRune(r)
			continue
		}
		have, want := key[start+i], f.word[f.at[i]]
		if have == want {
			continue
		}
		other = true
		if f.loose && (key[start] == f.word[0] || key[end-1] == f.word[len(f.word)-1]) {
			continue
		}
		if len(f.word) == 2 && text.SoundOf(have).Tone != text.SoundOf(want).Tone {
			return false
		}
	}
	return other
}
