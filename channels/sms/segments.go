package sms

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Encoding of a text on the wire.
type Encoding string

const (
	GSM7 Encoding = "GSM-7"
	UCS2 Encoding = "UCS-2"
)

const (
	gsmBasic    = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "^{}\\[~]|€\f"
)

// Segments counts the parts a text goes out in, as networks abroad count them: 160 or 153 septets, 70 or 67 units of UTF-16.
// What a person sees as one character, an accent or a flag with it, is never cut in two.
func Segments(text string) (int, Encoding) {
	widths := make([]int, 0, len(text))
	gsm := true
	for _, r := range text {
		switch {
		case strings.ContainsRune(gsmBasic, r):
			widths = append(widths, 1)
		case strings.ContainsRune(gsmExtended, r):
			widths = append(widths, 2)
		default:
			gsm = false
		}
	}
	if gsm {
		return parts(widths, 160, 153), GSM7
	}
	widths = widths[:0]
	for g := uniseg.NewGraphemes(text); g.Next(); {
		n := 0
		for _, r := range g.Runes() {
			if n += max(utf16.RuneLen(r), 1); r == '\r' {
				widths, n = append(widths, n), 0 // a line end may be cut within
			}
		}
		widths = append(widths, n)
	}
	return parts(widths, 70, 67), UCS2
}

func parts(widths []int, single, multi int) int {
	total := 0
	for _, w := range widths {
		total += w
	}
	switch {
	case total == 0:
		return 0
	case total <= single:
		return 1
	}
	n, left := 1, multi
	for _, w := range widths {
		if w > left {
			n, left = n+1, multi
		}
		left -= w
	}
	return n
}

// Billed counts the parts as carriers at home bill them: every character is one, the 【signature】 among them; 70, then 67 each.
func Billed(text string) int {
	n := utf8.RuneCountInString(text)
	switch {
	case n == 0:
		return 0
	case n <= 70:
		return 1
	}
	return (n + 66) / 67
}
