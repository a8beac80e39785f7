package guard_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"hejie/bot/guard"
)

var sentences = []string{
	"再不还就打断你的腿", "您不会因此坐牢", "我们会联系你的父母", "您本期应还1284.50元，分12期", "您本期应还1284.51元",
	"we never use threats", "you will be arrested", "请勿把验证码告诉任何人", "把验证码发给我", "感谢您的坦诚，还款确实不容易",
	"不会马上坐牢，但继续拖就难说了", "如果有人冒充我们上门，请拨打110", "café owners may ask for instalments",
}

// trad turns some simplified characters into traditional ones; each pair is one character to one.
var trad = strings.NewReplacer("还", "還", "断", "斷", "们", "們", "会", "會", "联", "聯", "应", "應", "证", "證", "码", "碼", "发", "發", "给", "給", "诉", "訴", "谢", "謝", "实", "實", "马", "馬", "继", "繼", "续", "續", "难", "難", "说", "說", "请", "請", "拨", "撥", "为", "為", "个", "個")

// wide turns ASCII into its full-width form.
func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r <= '~' {
			return r + 0xFEE0
		}
		return r
	}, s)
}

func hidden(s string) string {
	rs := []rune(s)
	for i := len(rs) - 1; i > 0; i-- {
		if rand.IntN(3) == 0 {
			rs = slices.Insert(rs, i, []rune{0x200B, 0x2060, 0xFEFF, 0x00AD}[rand.IntN(4)])
		}
	}
	return string(rs)
}

// The verdict does not change with the text's Unicode form.
func TestVerdictIgnoresUnicodeForm(t *testing.T) {
	forms := []func(string) string{norm.NFC.String, norm.NFD.String, norm.NFKC.String, norm.NFKD.String, wide, trad.Replace, hidden}
	f := filter(t)
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(sentences), 1, 4).Draw(t, "sentences"), rapid.SampledFrom([]string{"。", "！", "\n"}).Draw(t, "stop"))
		want := shape(f.Check(draft(s), facts()))
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(forms)-1), 1, 3).Draw(t, "forms") {
			s = forms[i](s)
		}
		if got := shape(f.Check(draft(s), facts())); got != want {
			t.Fatalf("%q: %s, want %s", s, got, want)
		}
	})
}

func shape(v guard.Verdict) string {
	out := []string{string(v.Decision)}
	for _, h := range v.Hits {
		out = append(out, h.Rule)
	}
	slices.Sort(out[1:])
	return strings.Join(out, " ")
}

func FuzzCheck(f *testing.F) {
	for _, s := range sentences {
		f.Add(s, `{"type":"balance","balance_fen":128450}`)
	}
	f.Add("\xff坐\xfe牢 1,2,3 ①②③ ½", "")
	fl := filter(f)
	f.Fuzz(func(t *testing.T, s, data string) {
		d := draft(s)
		d.Parts = append(d.Parts, guard.Part{Role: "card", Data: []byte(data)})
		v := fl.Check(d, facts())
		n := len([]rune(s))
		for _, h := range v.Hits {
			if h.Rule == "G26" {
				t.Fatalf("panicked on %q %q", s, data)
			}
			if h.Part == 0 && (h.Start < 0 || h.End > n || h.Start > h.End) {
				t.Fatalf("span %d-%d of %d runes", h.Start, h.End, n)
			}
		}
		if (v.Decision == guard.Pass) != (len(v.Hits) == 0) {
			t.Fatalf("%s with %d hits", v.Decision, len(v.Hits))
		}
	})
}
