package linear

// endings of English words that hardly change what a word is about, the longer first.
var endings = []string{"ings", "ing", "edly", "ies", "ied", "ers", "ed", "er", "es", "ly", "s", "e"}

// stem is the hash of a Latin word without its ending: visit, visits, visited and visiting are one. It is crude on purpose: what
// matters is that the same word gives the same stem, not that the stem is a word.
func stem(word []rune) uint64 {
	var buf [24]rune
	w := buf[:0]
	for _, r := range word {
		if !isQuote(r) && len(w) < len(buf) {
			w = append(w, r)
		}
	}
	if n := len(w); n < 2 || w[n-1] != 's' || w[n-2] != 's' {
		for _, e := range endings {
			if k := len(w) - len(e); k >= 3 && hasEnding(w, e) {
				w = w[:k]
				break
			}
		}
	}
	if n := len(w); n > 0 && w[n-1] == 'i' || n > 3 && w[n-1] == 'y' { // worries, worry
		w = w[:n-1]
	}
	if n := len(w); n > 3 && w[n-1] == w[n-2] { // stopped, stop
		w = w[:n-1]
	}
	h := fnvStart
	for _, r := range w {
		h = mix(h, uint64(r))
	}
	return h
}

func hasEnding(w []rune, e string) bool {
	for i := range len(e) {
		if w[len(w)-len(e)+i] != rune(e[i]) {
			return false
		}
	}
	return true
}
