package understand

import (
	"hejie/bot/text"
)

// language tells zh-Hans, zh-Hant and en apart; a text without letters keeps the language of the conversation.
func language(s string, f text.Folded, known string) string {
	han, latin, trad := 0, 0, 0
	orig := []rune(s)
	for i, c := range f.Runes {
		switch {
		case isHan(c):
			han++
			if a, _ := f.Span(i, i+1); a < len(orig) && orig[a] != c && isHan(orig[a]) {
				trad++ // folding changed it: a traditional character
			}
		case c >= 'a' && c <= 'z':
			latin++
		}
	}
	switch {
	case han == 0 && latin < 2:
		if known != "" {
			return known
		}
		if latin > 0 {
			return "en"
		}
		return "zh-Hans"
	case han*4 < latin && latin > 6 || han == 0:
		return "en"
	case trad > 0 && trad*10 >= han:
		return "zh-Hant"
	case trad == 0 && known == "zh-Hant" && han < 6: // 好, 可以: the same in both scripts
		return known
	}
	return "zh-Hans"
}
