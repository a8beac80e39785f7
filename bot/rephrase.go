package bot

import (
	"context"
	"strings"
	"time"
	"unicode"
)

// rewordWait: a nicer wording is worth a moment and no more; a turn may have several replies, each waits this long.
const rewordWait = 2 * time.Second

// reword lets the model vary an approved reply that allows it. The model sees the text with its placeholders, never
// what fills them, and must give each placeholder back exactly once; otherwise the approved text stands.
// The result passes the same filter as the approved text; a reworded text that fails there falls back too.
func (b *Bot) reword(ctx context.Context, lang, id, approved, filled string, slots map[string]string) string {
	ctx, cancel := context.WithTimeout(ctx, rewordWait)
	defer cancel()
	out, err := b.rephrase.Rephrase(ctx, lang, approved)
	if err != nil {
		b.log.Info("approved text used as it is", "reply", id, "why", err.Error())
		return filled
	}
	pairs := make([]string, 0, 2*len(slots))
	for name, v := range slots {
		ph := "{" + name + "}"
		if strings.Count(out, ph) != strings.Count(approved, ph) {
			return filled
		}
		pairs = append(pairs, ph, v)
	}
	if !keepsTo(approved, out) {
		return filled
	}
	out = strings.NewReplacer(pairs...).Replace(out)
	if strings.ContainsAny(out, "{}⟦⟧") || strings.TrimSpace(out) == "" {
		return filled
	}
	return out
}

// keepsTo: a rewording says the same in other words, so most of its words are the approved ones, it brings no figure,
// no link and no markup of its own. The filter knows what must not be said; only this knows what was meant.
func keepsTo(approved, out string) bool {
	if strings.ContainsFunc(out, func(r rune) bool {
		return (unicode.IsNumber(r) || strings.ContainsRune("<>[]@#`|\\/", r)) && !strings.ContainsRune(approved, r)
	}) {
		return false
	}
	have := map[string]int{}
	for _, w := range wordsOf(approved) {
		have[w]++
	}
	all := wordsOf(out)
	kept := 0
	for _, w := range all {
		if have[w] > 0 {
			have[w]--
			kept++
		}
	}
	return 4*kept >= 3*len(all)
}

// wordsOf splits a text into Han characters and lower-case words of other scripts.
func wordsOf(s string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) }) {
		word := ""
		for _, r := range w {
			if unicode.Is(unicode.Han, r) {
				out = append(out, string(r))
			} else {
				word += string(r)
			}
		}
		if word != "" {
			out = append(out, word)
		}
	}
	return out
}
