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
		{"再不还就🔪你", "再不还就🔪你", "再不还就刀你"},
		{"call the 👮‍♂️now", "call the 👮♂now", "call the police now"},
		{"坐，牢，等，着你", "坐,牢,等,着你", "坐牢等着你"},
		{"坐\n牢\n等\n着", "坐\n牢\n等\n着", "坐牢等着"},
		{"好，您说得对，是的", "好,您说得对,是的", "好,您说得对,是的"},
		{"請回覆，身分證，紀錄，帳單，覆蓋", "请回复,身份证,记录,账单,覆盖", "请回复,身份证,记录,账单,覆盖"},
		{"①2️⃣❸➃🔟", "123410", "123410"},
		{"🅹🅰🅸🅻 🇯🇦🇮🇱 ᴊᴀɪʟ", "jail jail ᴊᴀɪʟ", "jail jail jail"},
		{"j . a . i . l  now", "j . a . i . l  now", "jail now"},
		{"j a i l  f o r u s", "j a i l  f o r u s", "jail forus"},
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

// An edited copy still points into the original: what was not edited to its own place, the rest to the place it replaced.
func TestEditInto(t *testing.T) {
	k := Fold("再不还就 zuolao 吧，坐劳").Key()
	var out Folded
	at := strings.Index(string(k.Runes), "zuolao")
	at = len([]rune(string(k.Runes)[:at]))
	n := k.Len()
	k.EditInto(&out, []Edit{{Start: at, End: at + 6, Runes: []rune("坐牢")}, {Start: n - 2, End: n, Runes: []rune("坐牢")}})
	if out.String() != "再不还就坐牢吧,坐牢" {
		t.Fatalf("%q", out)
	}
	for _, c := range []struct{ i, j, start, end int }{{4, 6, 5, 11}, {6, 7, 12, 13}, {8, 10, 14, 16}, {9, 10, 15, 16}} {
		if s, e := out.Span(c.i, c.j); s != c.start || e != c.end {
			t.Errorf("[%d,%d) is %d-%d, want %d-%d", c.i, c.j, s, e, c.start, c.end)
		}
	}
}

func TestSoundOf(t *testing.T) {
	for r, want := range map[rune]string{'坐': "zuo4", '牢': "lao2", '门': "men2", '女': "nv3", '吗': "ma0"} {
		s := SoundOf(r)
		if got := s.Pinyin() + string(rune('0'+s.Tone)); got != want {
			t.Errorf("%c: %s, want %s", r, got, want)
		}
	}
	if SoundOf('a').Syllable != 0 || SoundOf('\U00020000').Syllable != 0 {
		t.Error("a sound for what has none")
	}
}
