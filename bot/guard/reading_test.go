package guard_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hejie/bot/guard"
)

// stopped lists the rules of a text's verdict by an agent to a verified debtor.
func stopped(s string) []string {
	judge, err := shared()
	if err != nil {
		panic(err)
	}
	d := draft(s)
	d.Author = guard.Agent
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x2E80 }) {
		d.Lang = "en"
	}
	f := facts()
	f.Control, f.DebtType, f.Stage = guard.Agent, "credit_card", "d31-90"
	return judge.Check(d, f).Rules()
}

// A trick that hides a word from the eye of a program hides it from no reader, so it must not hide it from the filter.
func TestHiddenWords(t *testing.T) {
	for _, c := range []struct{ rule, text string }{
		{"T02", "再不还就坐劳"}, {"T02", "再不还就zuolao"}, {"T02", "再不还就zuo牢"}, {"T02", "等着 zuo lao 吧"}, {"T02", "等着作牢吧"},
		{"T02", "再不还就坐.牢"}, {"T02", "再不还就坐🙂牢"}, {"T02", "再不还就坐　牢"}, {"T02", "再不还就坐，牢，等，着"}, {"T02", "坐\n牢\n等\n着\n你"},
		{"T02", "你會坐牢的"}, {"T02", "明天叫👮‍♂️来抓你"}, {"T02", "你等着被dai bu吧"}, {"T02", "我们已经报井抓你"},
		{"T02", "you will go to j a i l"}, {"T02", "you will go to j-a-i-l"}, {"T02", "you will go to ja.il"}, {"T02", "you will go to j@il"},
		{"T02", "you will go to ｊａｉｌ"}, {"T02", "you will go to jаіl"}, {"T02", "you will go to 🅹🅰🅸🅻"}, {"T02", "you will be arr ested"}, {"T02", "you will end up in pr*son"},
		{"T05", "明天派人上們找你"}, {"T05", "明天派人shangmen找你"}, {"T06", "我们会打给你通训录里的每个人"}, {"T07", "把你的照片发到朋友quan曝光"},
		{"T08", "你这个pian子"}, {"T12", "把yan zheng ma发给我"}, {"T12", "把演证码发给我"}, {"T13", "直接转到我的私人zhanghu"},
	} {
		if got := stopped(c.text); !contains(got, c.rule) {
			t.Errorf("%q: %v, want %s", c.text, got, c.rule)
		}
	}
}

// What only sounds or looks a little alike is left alone.
func TestOrdinaryWordsStay(t *testing.T) {
	for _, s := range []string{
		"没有合同是不会扣款的", "请一位信任的人陪您", "您的居留证件不影响办理", "他们在业内很有威信", "好，是，的", "请您坐下来慢慢说", "这是老来得子的喜事",
		"请在App里自助办理，无需任何费用。", "您寄来的材料我们收到了，会认真核对。", "如果您最近身体不好，请告诉我们。",
		"your pri mary contact is the web chat", "please check your e-mail and log-in page", "our self-service is open 24 hours", "a lot of people find this hard",
	} {
		if got := stopped(s); len(got) > 0 {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// Whatever is strewn between, put on or swapped in, each span shows the very text it names, in the original.
func TestSpansAlwaysPointIntoTheOriginal(t *testing.T) {
	tricks := []func(string) string{wide, trad.Replace, hidden, strew("🙂"), strew("."), strew(" "), strings.ToUpper,
		strings.NewReplacer("牢", "劳", "门", "men", "法院", "⚖️", "警察", "👮‍♀️", "a", "а", "l", "1").Replace}
	bits := append([]string{"明天上门找你", "法院见", "叫警察抓你", "请于2026年12月13日前还1,284.51元", "¼", "ﷺ", "é", "𝐣𝐚𝐢𝐥", "👨‍👩‍👧", "\xff", "１２期"}, sentences...)
	f := filter(t)
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(bits), 1, 5).Draw(t, "bits"), rapid.SampledFrom([]string{"", "，", "。", "\n", " "}).Draw(t, "stop"))
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(tricks)-1), 0, 3).Draw(t, "tricks") {
			s = tricks[i](s)
		}
		runes := []rune(s)
		for _, h := range f.Check(draft(s), facts()).Hits {
			if h.Start < 0 || h.End > len(runes) || h.Start > h.End {
				t.Fatalf("%q: %s spans %d-%d of %d", s, h.Rule, h.Start, h.End, len(runes))
			}
			if got := string(runes[h.Start:h.End]); strings.ToValidUTF8(got, "\uFFFD") != strings.ToValidUTF8(h.Text, "\uFFFD") {
				t.Fatalf("%q: %s spans %q but says %q", s, h.Rule, got, h.Text)
			}
		}
	})
}

// The 100 of 6,100.00 is not a hundred percent: a phrase never begins or ends inside a number.
func TestNumbersAreWhole(t *testing.T) {
	f := filter(t)
	for text, want := range map[string]guard.Decision{
		"Plan 1: 3 payments, CNY 6,100.00 in all, CNY 0.00 waived.": guard.Pass,
		"The first of CNY 100.00, all approved by you beforehand.":  guard.Pass,
		"Your approval is 100% certain":                             guard.Block,
	} {
		d := draft(text)
		d.Author, d.ReplyID = guard.Bot, "offers_intro" // an approved text: its phrases are all certain
		d.Figures = []guard.Figure{{Kind: guard.Money, Value: 610000, Origin: "offer:1"}, {Kind: guard.Money, Value: 10000, Origin: "offer:1"}, {Kind: guard.Money, Value: 0, Origin: "offer:1"}, {Kind: guard.Count, Value: 3, Origin: "offer:1"}}
		if v := f.Check(d, facts()); v.Decision != want {
			t.Errorf("%s: %s %v, want %s", text, v.Decision, v.Hits, want)
		}
	}
}

func strew(mark string) func(string) string {
	return func(s string) string {
		var b strings.Builder
		for _, r := range s {
			b.WriteRune(r)
			if r >= 0x4E00 && rand.IntN(3) == 0 {
				b.WriteString(mark)
			}
		}
		return b.String()
	}
}

// How a text is cut into parts changes nothing: what was stopped whole is stopped in pieces.
func TestVerdictDoesNotDependOnChunks(t *testing.T) {
	f := filter(t)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom([]string{"再不还就打断你的腿", "我们会联系你的父母", "明天上门找你", "您本期应还1284.51元", "you will be arrested tomorrow", "把验证码发给我", "您好，感谢您的坦诚", "您不会因此坐牢"}).Draw(t, "text")
		want := f.Check(draft(s), facts())
		rs := []rune(s)
		d := draft("")
		d.Parts = nil
		for i := 0; i < len(rs); {
			n := rapid.IntRange(1, len(rs)-i).Draw(t, "n")
			d.Parts = append(d.Parts, guard.Part{Role: "body", Text: string(rs[i : i+n])})
			i += n
		}
		got := f.Check(d, facts())
		if want.Decision != guard.Pass && got.Decision == guard.Pass {
			t.Fatalf("%q in %d parts passed: %v", s, len(d.Parts), d.Parts)
		}
		for _, h := range got.Hits {
			if h.Part >= len(d.Parts) || h.End > len([]rune(d.Parts[h.Part].Text)) {
				t.Fatalf("%q: span %d-%d of part %d", s, h.Start, h.End, h.Part)
			}
		}
	})
}
