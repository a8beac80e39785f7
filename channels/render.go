package channels

import (
	"strings"
	"unicode/utf8"

	"hejie/bot/guard"
)

// Button is one quick reply.
type Button struct {
	ID    string // comes back as Inbound.MenuID
	Label string
}

// Text is what a person reads in a channel without cards: signature, body and the spoken form of each card, in order.
// Every byte of it is a part of the cleared text; only line ends are added between parts.
func Text(c guard.Cleared) string { return TextOf(c.Parts()) }

// TextOf is the same of parts that were cleared, to recognise a text at the peer.
func TextOf(parts []guard.Part) string {
	var sign string
	var lines []string
	for _, p := range parts {
		t := strings.TrimSpace(p.Text)
		if t == "" {
			continue
		}
		switch p.Role {
		case "signature":
			sign += t
		case "body", "card", "title", "link":
			lines = append(lines, t)
		}
	}
	return sign + strings.Join(lines, "\n")
}

// Buttons are the quick replies of a cleared text.
func Buttons(c guard.Cleared) []Button {
	var out []Button
	for _, p := range c.Parts() {
		if p.Role == "button" && p.Ref != "" {
			out = append(out, Button{ID: p.Ref, Label: p.Text})
		}
	}
	return out
}

// Vars fill a carrier's template: parts with the role var, by their Ref.
func Vars(c guard.Cleared) map[string]string {
	out := map[string]string{}
	for _, p := range c.Parts() {
		if p.Role == "var" {
			out[p.Ref] = p.Text
		}
	}
	return out
}

// Split cuts a text into pieces of at most maxBytes and maxRunes each (0 = no limit), at a line end or a full stop where
// there is one in the second half, never inside a character. ok is false when pieces do not suffice: nothing may be cut off.
func Split(text string, t Traits) (pieces []string, ok bool) {
	most := max(t.MaxPieces, 1)
	for len(pieces) < most {
		n := fits(text, t.MaxBytes, t.MaxRunes)
		if n == len(text) {
			return append(pieces, text), true
		}
		n = breakAt(text[:n])
		pieces = append(pieces, strings.TrimRight(text[:n], "\n "))
		text = strings.TrimLeft(text[n:], "\n ")
	}
	return pieces, text == ""
}

// fits is how many bytes of the text stay within both limits.
func fits(text string, maxBytes, maxRunes int) int {
	n, runes := 0, 0
	for n < len(text) {
		_, size := utf8.DecodeRuneInString(text[n:])
		if (maxBytes > 0 && n+size > maxBytes) || (maxRunes > 0 && runes == maxRunes) {
			return n
		}
		n, runes = n+size, runes+1
	}
	return n
}

// breakAt leaves numbers whole: a dot or comma of ASCII may stand inside one.
func breakAt(head string) int {
	half := len(head) / 2
	for _, stops := range []string{"\n", "。！？；", "，、 "} {
		if i := strings.LastIndexAny(head, stops); i >= half {
			_, size := utf8.DecodeRuneInString(head[i:])
			return i + size
		}
	}
	return len(head)
}
