package guard_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"hejie/bot/guard"
)

// ownPack is the built-in pack with one file changed.
func ownPack(t testing.TB, file, from, to string) fstest.MapFS {
	t.Helper()
	pack := fstest.MapFS{}
	for name, b := range ruleFiles(t) {
		pack[name] = &fstest.MapFile{Data: b}
	}
	s := string(pack[file].Data)
	if !strings.Contains(s, from) {
		t.Fatalf("%q is not in %s", from, file)
	}
	pack[file] = &fstest.MapFile{Data: []byte(strings.Replace(s, from, to, 1))}
	return pack
}

// The act that says most comes first, whatever comes first in the text; each rule once.
func TestTheTellingRuleComesFirst(t *testing.T) {
	for _, c := range []struct{ first, text string }{
		{"T02", "今天必须还清，否则让警察来抓你"},
		{"T01", "最后一次机会，不还就打断你的腿，再起诉你"},
		{"T12", "再不还就起诉，把验证码发给我"},
		{"T05", "欠款999元，今天不还明天上门找你"},
	} {
		got := stopped(c.text)
		if len(got) == 0 || got[0] != c.first {
			t.Errorf("%q: %v, want %s first", c.text, got, c.first)
		}
		seen := map[string]bool{}
		for _, r := range got {
			if seen[r] {
				t.Errorf("%q: %s twice", c.text, r)
			}
			seen[r] = true
		}
	}
}

// A stranger's draft that threatens is named by the threat, not by the talk of debt that any line to a stranger would be.
func TestActBeforeGeneralDuty(t *testing.T) {
	f := facts()
	f.Identity = guard.Anon
	d := draft("您的贷款逾期了，再不还就打断你的腿")
	if got := filter(t).Check(d, f).Rules(); len(got) == 0 || got[0] != "T01" {
		t.Fatalf("%v", got)
	}
}

func TestReasonsInTheAuthorsLanguage(t *testing.T) {
	d := draft("明天上门找你")
	d.AuthorLang = "en"
	v := filter(t).Check(d, facts())
	if len(v.Hits) == 0 || strings.ContainsFunc(v.Hits[0].Why, func(r rune) bool { return r >= 0x2E80 }) {
		t.Fatalf("%+v", v.Hits)
	}
	if !strings.ContainsFunc(v.Rewrite, func(r rune) bool { return r >= 0x2E80 }) {
		t.Errorf("the rewrite is for the debtor: %q", v.Rewrite)
	}
}

// A pattern of one place speaks there only; an unknown place does not load.
func TestJurisdictions(t *testing.T) {
	f, err := guard.New(ownPack(t, "T05.yaml", "patterns:\n", "patterns:\n  - any: [a friendly stroll]\n    jurisdictions: [US, UK]\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for place, want := range map[string]bool{"": false, "CN": false, "HK": false, "US": true, "UK": true} {
		x := facts()
		x.Jurisdiction = place
		if got := f.Check(draft("we take a friendly stroll"), x).Decision == guard.Block; got != want {
			t.Errorf("%s: %v", place, got)
		}
	}
	if _, err := guard.New(ownPack(t, "T05.yaml", "jurisdictions: [all]", "jurisdictions: [Mars]"), nil); err == nil {
		t.Error("a rule for Mars loaded")
	}
}

func TestShadowReportsAndNeverActs(t *testing.T) {
	other, err := guard.New(ownPack(t, "T05.yaml", "patterns:\n", "patterns:\n  - certain: true\n    any: [愉快地散个步]\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []guard.Difference
	s := guard.NewShadow(other, func(d guard.Difference) { got = append(got, d) })
	f, err := guard.Default(&ledger{})
	if err != nil {
		t.Fatal(err)
	}
	f = f.WithShadow(s)
	for _, text := range []string{"祝您周末愉快地散个步", "您好"} {
		if _, v, err := f.Clear(t.Context(), draft(text), facts()); err != nil || v.Decision != guard.Pass {
			t.Fatalf("%s: the shadow acted: %v %v", text, v.Decision, err)
		}
	}
	for range 2000 { // nobody runs it: a full queue leaves drafts out and holds up nobody
		if _, _, err := f.Clear(t.Context(), draft("您好"), facts()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Run(ctx); err != nil {
		t.Fatal(err)
	}
	seen, skipped := s.Counts()
	if len(got) != 1 || got[0].Active != guard.Pass || got[0].Other != guard.Block || seen+skipped != 2002 || skipped == 0 {
		t.Fatalf("%+v, %d compared, %d left out", got, seen, skipped)
	}
}

// What an audit keeps of a passed message is enough to judge it again.
func TestSourcedFactsJudgeAgain(t *testing.T) {
	s := "您本期应还1,284.50元，年利率15.4%，分12期，首期12月12日，客服400-800-1234。"
	first := filter(t).Check(draft(s), known())
	if first.Decision != guard.Pass {
		t.Fatalf("%+v", first.Hits)
	}
	again := known()
	again.Figures = guard.Sourced(first, again.Now, again.Zone)
	if v := filter(t).Check(draft(s), again); v.Decision != guard.Pass {
		t.Fatalf("%+v", v.Hits)
	}
	if v := filter(t).Check(draft(strings.Replace(s, "50元", "51元", 1)), again); v.Decision != guard.Block {
		t.Fatal("a wrong digit passed on sourced facts")
	}
}

func TestReportShowsGaps(t *testing.T) {
	rep, err := guard.Inspect(ownPack(t, "T05.yaml", "patterns:\n", "patterns:\n  - any: [never said anywhere at all]\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rep.Rules {
		if r.ID == "T05" {
			for _, idle := range r.Idle {
				if strings.Contains(idle, "never said") {
					return
				}
			}
			t.Fatalf("idle patterns: %v", r.Idle)
		}
	}
	t.Fatal("no T05")
}
