package web

import (
	"strings"
	"unicode"
)

// maskName keeps the first letter of each word (张*, J*** S****): enough to tell two chats apart, not to look somebody up.
func maskName(name string) string {
	words := strings.Fields(name)
	for i, w := range words {
		r := []rune(w)
		words[i] = string(r[:1]) + strings.Repeat("*", len(r)-1)
	}
	return strings.Join(words, " ")
}

// maskPhone keeps what an agent needs to confirm a number, never the whole: 138****5521. A tail is left as it is.
func maskPhone(phone string) string {
	r := []rune(strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) || r == '+' {
			return r
		}
		return -1
	}, phone))
	switch n := len(r); {
	case n <= 4:
		return string(r)
	case n < 11:
		return strings.Repeat("*", n-4) + string(r[n-4:])
	default:
		return string(r[:3]) + strings.Repeat("*", n-7) + string(r[n-4:])
	}
}

// last4 is all of an account number that is ever shown.
func last4(no string) string {
	r := []rune(no)
	if len(r) <= 4 {
		return string(r)
	}
	return string(r[len(r)-4:])
}
