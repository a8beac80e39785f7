package bot

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// refusalWords stop proactive contact wherever they come from. They are the words of the carriers, not ours: whoever
// types one knows it from the foot of an SMS.
var refusalWords = map[string]bool{
	"退订": true, "退訂": true, "拒收": true, "取消订阅": true, "取消訂閱": true, "TD": true, "回T退订": true, "回TD退订": true,
	"STOP": true, "STOPALL": true, "UNSUBSCRIBE": true, "CANCEL": true, "END": true, "QUIT": true, "REVOKE": true, "OPTOUT": true,
}

// refusalLetters stop it only where our last SMS to that number offered just that letter: alone they mean anything.
const refusalLetters = "TNRD"

// optOutWord is the word by which a whole message refuses further contact, or empty. offered are the letters of our last SMS.
func optOutWord(text, offered string) string {
	var b strings.Builder
	for _, r := range norm.NFKC.String(text) {
		if !unicode.IsPunct(r) && !unicode.IsSpace(r) && !unicode.IsSymbol(r) {
			b.WriteRune(unicode.ToUpper(r))
		}
	}
	w := b.String()
	if refusalWords[w] || (len(w) == 1 && strings.Contains(refusalLetters, w) && strings.Contains(offered, w)) {
		return w
	}
	return ""
}

// offeredLetters finds the single letters a text offers for refusing: 回复T退订, 拒收请回复R, reply N to stop.
func offeredLetters(text string) string {
	up := strings.ToUpper(norm.NFKC.String(text))
	out := ""
	for _, lead := range []string{"回复", "回覆", "回", "REPLY "} {
		for rest := up; ; {
			_, after, ok := strings.Cut(rest, lead)
			if !ok {
				break
			}
			rest = after
			after = strings.TrimLeft(after, " “\"'「")
			if after == "" || !strings.ContainsRune(refusalLetters, rune(after[0])) || (len(after) > 1 && isLetter(after[1])) {
				continue
			}
			if !strings.Contains(out, after[:1]) {
				out += after[:1]
			}
		}
	}
	return out
}

func isLetter(c byte) bool { return c >= 'A' && c <= 'Z' }
