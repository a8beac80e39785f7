package channels

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSplitKeepsEveryByteWithinLimits(t *testing.T) {
	for _, text := range []string{
		"", "hello", strings.Repeat("还款安排。", 300), strings.Repeat("a", 2048), strings.Repeat("😀", 512),
		strings.Repeat("本期应付 1,200.00 元，请核对。\n", 60), "\xff\xfe" + strings.Repeat("x", 5000),
	} {
		tr := Traits{MaxBytes: 2048, MaxPieces: 5}
		got, ok := Split(text, tr)
		if !ok {
			t.Fatalf("%d bytes do not fit into %d pieces", len(text), tr.MaxPieces)
		}
		whole := ""
		for _, p := range got {
			if len(p) > tr.MaxBytes || (utf8.ValidString(text) && !utf8.ValidString(p)) {
				t.Errorf("a piece of %d bytes, valid %v", len(p), utf8.ValidString(p))
			}
			whole += p
		}
		strip := func(s string) string { return strings.NewReplacer("\n", "", " ", "").Replace(s) }
		if strip(whole) != strip(text) {
			t.Errorf("words were lost: %d of %d bytes", len(whole), len(text))
		}
	}
}

func TestSplitNeverCutsOff(t *testing.T) {
	if p, ok := Split(strings.Repeat("还", 1000), Traits{MaxBytes: 2048, MaxPieces: 1}); ok {
		t.Errorf("3000 bytes went into %d piece", len(p))
	}
	if p, ok := Split(strings.Repeat("a", 501), Traits{MaxRunes: 500}); ok {
		t.Errorf("501 characters went into %d piece", len(p))
	}
	if p, ok := Split(strings.Repeat("还", 500), Traits{MaxRunes: 500}); !ok || len(p) != 1 {
		t.Errorf("500 characters: %d pieces, %v", len(p), ok)
	}
}

func TestSplitLeavesNumbersWhole(t *testing.T) {
	text := strings.Repeat("共计 1,234,567.89 元", 40)
	got, _ := Split(text, Traits{MaxBytes: 200, MaxPieces: 20})
	n := 0
	for _, p := range got {
		n += strings.Count(p, "1,234,567.89")
	}
	if n != 40 {
		t.Errorf("%d of 40 numbers are whole", n)
	}
}
