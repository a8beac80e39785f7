package guard_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

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

// anyFacts makes facts out of a string: whatever is known, no input may bring the filter down.
func anyFacts(seed string) guard.Facts {
	f := facts()
	b := func(i int) int {
		if len(seed) == 0 {
			return 0
		}
		return int(seed[i%len(seed)])
	}
	pick := func(i int, list ...string) string { return list[b(i)%len(list)] }
	f.Identity = guard.Identity(pick(0, "verified", "anon", "identified", "x"))
	f.Stage = pick(1, "", "d1-30", "d31-90", "d90+", "sued", "judgment", "enforcement", seed)
	f.DebtType = pick(2, "", "credit_card", "tax", "utility", "medical", seed)
	f.Jurisdiction = pick(3, "", "CN", "US", "UK", "EU", "HK", "TW", seed)
	f.Asked = pick(4, "", "jail_fear", "legal_consequence", "credit_report", seed)
	f.Creditor, f.Collector = pick(5, "", "安心银行", seed), pick(6, "", "Northgate Recovery", seed)
	f.QuoteValidUntil = pick(7, "", "2026-12-31", seed)
	f.IntendsLitigation, f.ReportsCredit, f.LimitationExpired = b(8)&1 > 0, b(8)&2 > 0, b(8)&4 > 0
	f.FirstContact, f.PlanActive, f.OptedOut = b(9)&1 > 0, b(9)&2 > 0, b(9)&4 > 0
	f.Holds, f.AllowedHosts = []string{pick(10, "dispute", "minor", seed)}, []string{seed}
	for _, k := range []guard.FigureKind{guard.Money, guard.Date, guard.Count, guard.Percent, guard.Phone, guard.URL, guard.Ref, guard.Time} {
		f.Figures = append(f.Figures, guard.Figure{Kind: k, Value: int64(b(11))<<(b(12)%56) - 7, Text: seed, Origin: pick(13, "ledger:1", "statute:x", "")})
	}
	if b(14)&1 > 0 {
		f.Now, f.Zone = time.Time{}, nil
	}
	return f
}

func FuzzCheck(f *testing.F) {
	for i, s := range sentences {
		f.Add(s, `{"type":"balance","balance_fen":128450}`, string(rune('a'+i)))
	}
	f.Add("\xff坐\xfe牢 1,2,3 ①②③ ½", "", "")
	f.Add("我是建设银行，（2026）沪0101民初1号，下午5点前还1.2万，👮‍♂️ zuo lao", "{}", "xyz")
	f.Add("J A I L  a.r.r.e.s.t 坐，牢，等，着 𝐣𝐚𝐢𝐥 🇯🇦🇮🇱 【【【【", `{"quick":["会坐牢吗"]}`, "\x00\xff")
	fl := filter(f)
	f.Fuzz(func(t *testing.T, s, data, seed string) {
		d := draft(s)
		d.Parts = append(d.Parts, guard.Part{Role: "body", Text: seed}, guard.Part{Role: "card", Data: []byte(data)})
		d.Author = []guard.Author{guard.Bot, guard.Agent, guard.Reminder, guard.System}[len(seed)%4]
		known := anyFacts(seed)
		v := fl.Check(d, known)
		for _, h := range v.Hits {
			if h.Rule == "G26" && h.Start == 0 && h.End == 0 && strings.Contains(h.Why, "过滤器无法完成") {
				t.Fatalf("panicked on %q %q %q", s, data, seed)
			}
			if h.Part > 1 || h.Text == "" || h.Start == h.End {
				continue // a card, or the draft as a whole
			}
			if n := len([]rune(d.Parts[h.Part].Text)); h.Start < 0 || h.End > n || h.Start > h.End {
				t.Fatalf("%s: span %d-%d of %d runes", h.Rule, h.Start, h.End, n)
			}
		}
		if (v.Decision == guard.Pass) != (len(v.Hits) == 0) {
			t.Fatalf("%s with %d hits", v.Decision, len(v.Hits))
		}
		guard.Sourced(v, known.Now, known.Zone)
	})
}
