package prompts

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func catalog(t testing.TB) *Catalog {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// changed is the embedded texts with one text replaced in one file.
func changed(t *testing.T, name, old, replacement string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(embedded, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(embedded, p)
		s := string(b)
		if p == name {
			if !strings.Contains(s, old) {
				t.Fatalf("%s does not hold %q", p, old)
			}
			s = strings.Replace(s, old, replacement, 1)
		}
		out[p] = &fstest.MapFile{Data: []byte(s)}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestLanguagesAreComplete(t *testing.T) {
	c := catalog(t)
	if got := c.Langs(); !slices.Equal(got, []string{"zh-Hans", "zh-Hant", "en"}) {
		t.Fatal(got)
	}
	if len(c.IDs()) < 200 {
		t.Fatalf("only %d texts", len(c.IDs()))
	}
	for _, id := range c.IDs() {
		want, _ := c.Reply("zh-Hans", id)
		for _, lang := range c.Langs() {
			got, ok := c.Reply(lang, id)
			if !ok || got.Text == "" || !slices.Equal(got.Placeholders(), want.Placeholders()) || got.Rephrase != want.Rephrase || got.Private != want.Private {
				t.Errorf("%s in %s: %+v", id, lang, got)
			}
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	for _, c := range []struct{ file, old, replacement, want string }{
		{"replies/en.yaml", "  identity_done: Identity checked, thank you.\n", "", `"identity_done" is missing in en`},
		{"replies/en.yaml", "{tries} tries", "some tries", `"identity_failed" has slots`},
		{"replies/en.yaml", "lang: en", "lang: fr", `says it is "fr"`},
		{"replies/en.yaml", "quick:\n", "quiick:\n", "unknown field"},
		{"replies/en.yaml", "  identity_done: Identity checked, thank you.", "  identity_done: \"\"", "is empty in en"},
		{"replies/index.yaml", "balance_zero", "balance_nil", `names "balance_nil"`},
		{"law/matrix.yaml", "S-LATE", "S-LOST", `names "S-LOST"`},
		{"law/matrix.yaml", "    settled: []\n", "", "has no credit_card/settled"},
		{"law/statements.yaml", "source: civil_code", "source: hearsay", `no name for source "hearsay"`},
		{"law/statements.yaml", "in_force: 2021-01-01", "in_force: \"\"", "no basis or date"},
		{"law/statements.yaml", "{object_days} 日内", "十五日内", "does not say its figure"},
	} {
		if _, err := load(changed(t, c.file, c.old, c.replacement)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %q: got %v, want %q", c.file, c.replacement, err, c.want)
		}
	}
}

func TestFill(t *testing.T) {
	c := catalog(t)
	got, err := c.Fill("zh-Hans", "promise_recorded", map[string]string{"promise_on": "2026年12月15日（周二）", "promise_amount": "500.00 元"})
	if err != nil || got != "记下了：2026年12月15日（周二）付 500.00 元。到前一天提醒您一次。" {
		t.Error(got, err)
	}
	for _, slots := range []map[string]string{
		{}, {"promise_on": "x"}, {"promise_on": "x", "promise_amount": ""}, {"promise_on": "x", "promise_amount": "y", "more": "z"},
	} {
		if s, err := c.Fill("zh-Hans", "promise_recorded", slots); err == nil {
			t.Errorf("%v gave %q", slots, s)
		}
	}
	if _, err := c.Fill("en", "no_such", nil); err == nil {
		t.Error("an unknown text was filled")
	}
	if got, ok := c.Reply("de", "thanks_back"); !ok || got.Text != "不客气，还有需要随时说。" {
		t.Errorf("a language we do not speak: %+v", got)
	}
}

// The voice: no exclamation marks, no emoji, no word of pressure or flattery; nothing about money in a crisis.
func TestVoice(t *testing.T) {
	c := catalog(t)
	shout := regexp.MustCompile(`[!！\x{1F300}-\x{1FAFF}\x{2600}-\x{27BF}]|亲爱的|亲，|赶紧|抓紧|最后机会|马上结束|老赖|你`)
	money := regexp.MustCompile(`款|欠|债|账|还清|余额|元|金额|分期|debt|owe|pay|balance|amount|loan|money`)
	for _, lang := range c.Langs() {
		for _, id := range c.IDs() {
			x, _ := c.Reply(lang, id)
			if s := shout.FindString(x.Text); s != "" {
				t.Errorf("%s in %s says %q", id, lang, s)
			}
			if strings.HasPrefix(id, "crisis") || strings.HasPrefix(id, "threat") {
				if s := money.FindString(strings.ToLower(x.Text)); s != "" {
					t.Errorf("%s in %s says %q", id, lang, s)
				}
				if x.Rephrase {
					t.Errorf("%s may be reworded", id)
				}
			}
			if x.Rephrase && len(x.Placeholders()) > 0 {
				t.Errorf("%s holds figures or names and may be reworded", id)
			}
		}
	}
	for _, id := range []string{"welcome", "A-HUMAN"} {
		for _, lang := range c.Langs() {
			if x, _ := c.Reply(lang, id); !strings.Contains(x.Text, "AI") {
				t.Errorf("%s in %s does not say that this is AI", id, lang)
			}
		}
	}
}

func TestLaw(t *testing.T) {
	c := catalog(t)
	ids := func(q LawQuery) string {
		var out []string
		for _, s := range c.Law(q) {
			out = append(out, s.ID)
		}
		return strings.Join(out, " ")
	}
	for _, x := range []struct {
		q    LawQuery
		want string
	}{
		{LawQuery{DebtType: "credit_card", Stage: "d31-90", ReportsCredit: true}, "S-LATE S-PLAN S-CRED S-LD"},
		{LawQuery{DebtType: "credit_card", Stage: "d31-90"}, "S-LATE S-PLAN S-LD"},
		{LawQuery{DebtType: "credit_card", Stage: "d90+", IntendsLitigation: true}, "S-LATE S-PLAN S-LD S-SUE"},
		{LawQuery{DebtType: "credit_card", Stage: "d90+"}, "S-LATE S-PLAN S-LD"},
		{LawQuery{DebtType: "medical", Stage: "d1-30", ReportsCredit: true}, "S-MED S-PLAN-LOAN"},
		{LawQuery{DebtType: "tax", Stage: "enforcement", Asked: true}, "S-TAX"},
		{LawQuery{DebtType: "utility", Stage: "d31-90"}, "S-PLAN-LOAN S-LATE S-UTIL"},
		{LawQuery{DebtType: "private_loan", Stage: "sued", Asked: true}, "S-SUE S-PORD S-CAP"},
		{LawQuery{DebtType: "online_loan", Stage: "enforcement"}, ""}, // later stages only in answers
		{LawQuery{DebtType: "online_loan", Stage: "enforcement", Asked: true}, "S-ENF S-LIM S-DIS"},
		{LawQuery{DebtType: "bitcoin", Stage: "d1-30", Asked: true}, ""},
	} {
		if got := ids(x.q); got != x.want {
			t.Errorf("%+v: got %q, want %q", x.q, got, x.want)
		}
	}
	for _, id := range c.Statements() {
		for lang, begin := range map[string]string{"zh-Hans": "\n依据：", "zh-Hant": "\n依據：", "en": "\nBasis: "} {
			if x, _ := c.Reply(lang, id); !strings.Contains(x.Text, begin) {
				t.Errorf("%s in %s has no source line", id, lang)
			}
		}
	}
	if x, _ := c.Reply("zh-Hans", "S-DIS"); !strings.Contains(x.Text, "有履行能力而拒不履行") {
		t.Error("the list of dishonest debtors without its condition")
	}
}

func TestFormat(t *testing.T) {
	for _, x := range []struct{ got, want string }{
		{Money("zh-Hans", "CNY", 1182140), "11,821.40 元"}, {Money("en", "CNY", 1182140), "CNY 11,821.40"}, {Money("en", "USD", 5), "$0.05"},
		{Money("zh-Hant", "TWD", 100000000), "1,000,000.00 新臺幣"}, {Money("zh-Hans", "", -1), "-0.01 元"}, {Money("en", "JPY", 100), "JPY 1.00"},
		{Date("zh-Hans", 2026, time.December, 15), "2026年12月15日（周二）"}, {Date("zh-Hant", 2026, time.December, 15), "2026年12月15日（週二）"},
		{Date("en", 2026, time.December, 15), "Tuesday 15 December 2026"}, {Percent(0.0175), "0.0175%"}, {Percent(50), "50%"},
	} {
		if x.got != x.want {
			t.Errorf("got %q, want %q", x.got, x.want)
		}
	}
}

func TestAgreement(t *testing.T) {
	c := catalog(t)
	type row struct {
		N                                               int
		Due, Amount, Principal, Interest, Penalty, Fees string
	}
	data := struct {
		ID, No4, Creditor, Collector, DrawnUp, ExpiresAt, First, Last, Total, Waived, BeforeTotal, BeforePrincipal, BeforeInterest, BeforePenalty, BeforeFees, AsOf, TermsSHA256, Policy, Currency string
		Count                                                                                                                                                                                      int
		Terms                                                                                                                                                                                      []string
		Rows                                                                                                                                                                                       []row
	}{ID: "agr_1", Creditor: "<b>C</b>", Total: "T1", TermsSHA256: "abc", Terms: []string{"clause"}, Count: 1, Rows: []row{{N: 1, Due: "D1", Amount: "A1"}}}
	for _, lang := range c.Langs() {
		b, err := c.Agreement(lang, data)
		if err != nil {
			t.Fatal(err)
		}
		s := string(b)
		for _, want := range []string{`<html lang="` + lang + `">`, "agr_1", "&lt;b&gt;C", "T1", "abc", "clause", "D1", "A1"} {
			if !strings.Contains(s, want) {
				t.Errorf("%s lacks %q", lang, want)
			}
		}
		if n := strings.Count(s, "<h2>"); n != 7 {
			t.Errorf("%s has %d parts, want the parties and six contents", lang, n)
		}
	}
	if _, err := c.Agreement("en", struct{ ID string }{"x"}); err == nil {
		t.Error("an agreement with a hole was written")
	}
}
