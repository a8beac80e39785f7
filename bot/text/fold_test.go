package text

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for _, c := range []struct{ in, fold, key string }{
		{"坐 牢，坐.牢", "坐 牢,坐.牢", "坐牢,坐牢"},
		{"ｊａｉｌ j.a.i.l a r r e s t e d", "jail j.a.i.l a r r e s t e d", "jail jail arrested"},
		{"k1ll po1ice ja1l ki11", "k1ll po1ice ja1l ki11", "kill police jail kill"},
		{"再不還就聯繫妳父母", "再不还就联系你父母", "再不还就联系你父母"},
		{"We’ll call.  Ok yes--no", "we’ll call.  ok yes--no", "we'll call.ok yes—no"},
		{"坐\u200b牢\u00ad💩坐💩牢", "坐牢💩坐💩牢", "坐牢坐牢"},
		{"①１٣ é が", "113 e か", "113 e か"},
		{"jаil", "jаil", "jail"}, // a Cyrillic а
		{"jaaaail", "jaaaail", "jail"},
		{"$\x86\x8d不还", "$\ufffd\ufffd不还", "不还"},
		{"12,345.67元 3rd", "12,345.67元 3rd", "12,345 67元3rd"},
		{"", "", ""},
	} {
		f := Fold(c.in)
		if f.String() != c.fold {
			t.Errorf("fold %q: %q, want %q", c.in, f, c.fold)
		}
		if k := f.Key(); k.String() != c.key {
			t.Errorf("key %q: %q, want %q", c.in, k, c.key)
		}
	}
}

func TestSpan(t *testing.T) {
	s := "再不\u200b還\u0301就坐 牢"
	k := Fold(s).Key()
	i := strings.Index(k.String(), "坐牢")
	from := utf8.RuneCountInString(k.String()[:i])
	a, b := k.Span(from, from+2)
	if got := string([]rune(s)[a:b]); got != "坐 牢" {
		t.Fatalf("%d-%d %q", a, b, got)
	}
	if a, b := k.Span(2, 3); string([]rune(s)[a:b]) != "還\u0301" {
		t.Fatalf("a mark belongs to its letter: %d-%d", a, b)
	}
	for _, r := range [][2]int{{-3, 2}, {99, 100}, {3, 1}} {
		if a, b := k.Span(r[0], r[1]); a < 0 || b > utf8.RuneCountInString(s) || a > b {
			t.Errorf("Span(%v) = %d,%d", r, a, b)
		}
	}
}

// Folding does not see the difference between the forms of a text, and folding twice changes nothing.
func TestFoldIgnoresForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.RuneFrom([]rune("还還会坐牢éāＡa①１.,。 \u200b\u0301がだ한½ﬁ"), nil...), 0, 40, -1).Draw(t, "s")
		want := Fold(s).String()
		for _, form := range []norm.Form{norm.NFC, norm.NFD, norm.NFKC, norm.NFKD} {
			if got := Fold(form.String(s)).String(); got != want {
				t.Fatalf("%q: %q, want %q", s, got, want)
			}
		}
		if got := Fold(want).String(); got != want {
			t.Fatalf("not stable: %q then %q", want, got)
		}
	})
}

func FuzzFold(f *testing.F) {
	f.Add("坐 牢 k1ll $\x86\x8d不还 a.b.c.d.e")
	f.Add("@@@ ||| jaaaaail ﷺ \u0301\u0301")
	f.Fuzz(func(t *testing.T, s string) {
		fold := Fold(s)
		key := fold.Key()
		n := utf8.RuneCountInString(s)
		for _, x := range []Folded{fold, key} {
			if len(x.lo) != len(x.Runes) || len(x.hi) != len(x.Runes) {
				t.Fatal("offsets and runes differ in length")
			}
			for i := range x.Runes {
				if a, b := x.Span(i, i+1); a < 0 || b > n || a >= b {
					t.Fatalf("span %d-%d of %d", a, b, n)
				}
			}
			if !slices.IsSorted(x.lo) {
				t.Fatal("offsets go back")
			}
		}
	})
}

func BenchmarkFold(b *testing.B) {
	s := strings.Repeat("您好，截至今日您本期應還1,284.50元。If you cannot pay ｊａｉｌ k1ll ", 50)
	var f, k Folded
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		f.Reset(s)
		f.KeyInto(&k)
	}
}
