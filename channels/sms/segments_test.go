package sms

import (
	"strings"
	"testing"
)

func TestSegments(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
		enc  Encoding
	}{
		{"", 0, GSM7}, {strings.Repeat("a", 160), 1, GSM7}, {strings.Repeat("a", 161), 2, GSM7}, {strings.Repeat("a", 306), 2, GSM7}, {strings.Repeat("a", 307), 3, GSM7},
		{strings.Repeat("€", 80), 1, GSM7}, {strings.Repeat("€", 81), 2, GSM7}, {"a" + strings.Repeat("€", 152), 2, GSM7}, {strings.Repeat("还", 70), 1, UCS2},
		{strings.Repeat("还", 71), 2, UCS2}, {strings.Repeat("还", 134), 2, UCS2}, {strings.Repeat("还", 135), 3, UCS2}, {strings.Repeat("😀", 35), 1, UCS2},
		{strings.Repeat("😀", 36), 2, UCS2}, {"`" + strings.Repeat("a", 69), 1, UCS2}, {"`" + strings.Repeat("a", 70), 2, UCS2}, {"还" + strings.Repeat("😀", 66), 2, UCS2}, {strings.Repeat("😀", 67), 3, UCS2},
	} {
		if n, enc := Segments(c.text); n != c.n || enc != c.enc {
			t.Errorf("%.12q × %d: %d %s, not %d %s", c.text, len([]rune(c.text)), n, enc, c.n, c.enc)
		}
	}
	for n, want := range map[int]int{0: 0, 70: 1, 71: 2, 134: 2, 135: 3, 500: 8} {
		if got := Billed(strings.Repeat("还", n)); got != want {
			t.Errorf("%d characters are billed as %d, not %d", n, got, want)
		}
	}
}

func FuzzSegments(f *testing.F) {
	f.Add("hello 😀 还")
	f.Fuzz(func(t *testing.T, s string) {
		n, _ := Segments(s)
		if n < 0 || (s != "" && n == 0) {
			t.Fatalf("%q: %d", s, n)
		}
	})
}
