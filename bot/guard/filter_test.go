package guard_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"hejie/bot/guard"
)

var shared = sync.OnceValues(func() (*guard.Filter, error) { return guard.Default(nil) })

func filter(t testing.TB) *guard.Filter {
	t.Helper()
	f, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func facts() guard.Facts {
	return guard.Facts{
		Now: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC), Zone: time.UTC, Identity: guard.Verified, Control: guard.Bot,
		Figures: []guard.Figure{
			{Kind: guard.Money, Value: 128450, Origin: "ledger:e1"}, {Kind: guard.Count, Value: 12, Origin: "offer:o1"},
			{Kind: guard.Date, Text: "2026-12-12", Origin: "offer:o1"}, {Kind: guard.Ref, Text: "8812", Origin: "account:a1"},
		},
	}
}

func draft(text string) guard.Draft {
	return guard.Draft{
		ID: "d1", Author: guard.Bot, Kind: guard.Reply, Lang: "zh-Hans", To: guard.Recipient{Channel: "web", ConversationID: "c1", DebtorID: "p1"},
		Parts: []guard.Part{{Role: "body", Text: text}},
	}
}

// ledger records what it is told, or fails, or panics.
type ledger struct {
	entries []guard.Entry
	err     error
	panics  bool
	empty   bool
}

func (l *ledger) Record(_ context.Context, e guard.Entry) (guard.Recorded, error) {
	if l.panics {
		panic("database gone")
	}
	if l.err != nil {
		return guard.Recorded{}, l.err
	}
	l.entries = append(l.entries, e)
	if l.empty || e.Verdict.Decision != guard.Pass {
		return guard.Recorded{}, nil
	}
	return guard.Recorded{ClearanceID: "k1", MessageID: "m1", Seq: 7}, nil
}

func TestClearRecordsBeforeItClears(t *testing.T) {
	good, bad := "您本期应还1284.50元。", "再不还就打断你的腿"
	for _, c := range []struct {
		name    string
		l       *ledger
		text    string
		cleared bool
		entries int
	}{
		{"passed", &ledger{}, good, true, 1},
		{"stopped is recorded too", &ledger{}, bad, false, 1},
		{"database down", &ledger{err: errors.New("down")}, good, false, 0},
		{"ledger panics", &ledger{panics: true}, good, false, 0},
		{"no clearance id", &ledger{empty: true}, good, false, 1},
	} {
		f, err := guard.Default(c.l)
		if err != nil {
			t.Fatal(err)
		}
		out, v, err := f.Clear(t.Context(), draft(c.text), facts())
		if got := out.ClearanceID() != "" && len(out.Parts()) > 0; got != c.cleared || (err == nil) != c.cleared {
			t.Errorf("%s: cleared %v, err %v, verdict %s", c.name, got, err, v.Decision)
		}
		if len(c.l.entries) != c.entries {
			t.Errorf("%s: %d records", c.name, len(c.l.entries))
		}
		if !c.cleared && len(out.Parts()) > 0 {
			t.Errorf("%s: text leaked", c.name)
		}
	}
}

func TestNoLedgerClearsNothing(t *testing.T) {
	out, _, err := filter(t).Clear(t.Context(), draft("您好"), facts())
	if err == nil || out.ClearanceID() != "" {
		t.Fatalf("cleared without a ledger: %v", err)
	}
}

// A caller that changes its draft after clearing changes nothing of what was cleared.
func TestClearedIsACopy(t *testing.T) {
	f, err := guard.Default(&ledger{})
	if err != nil {
		t.Fatal(err)
	}
	d := draft("您好")
	d.Parts[0].Data = []byte(`{"type":"verify"}`)
	out, _, err := f.Clear(t.Context(), d, facts())
	if err != nil {
		t.Fatal(err)
	}
	d.Parts[0].Text = "坐牢"
	d.Parts[0].Data[2] = 'X'
	out.Parts()[0].Text = "坐牢"
	if p := out.Parts()[0]; p.Text != "您好" || string(p.Data) != `{"type":"verify"}` {
		t.Fatalf("changed after clearing: %q %s", p.Text, p.Data)
	}
}

func TestRecall(t *testing.T) {
	f := filter(t)
	rec := guard.Recorded{ClearanceID: "k1", MessageID: "m1", Seq: 3}
	debt, plain := draft("您本期应还1284.50元。"), draft("您好，我是AI客服。")
	card := draft("")
	card.Parts[0].Data = []byte(`{"type":"balance","balance_fen":128450}`)
	anon := facts()
	anon.Identity = guard.Anon
	old := facts()
	old.Figures = nil
	for _, c := range []struct {
		name string
		d    guard.Draft
		rec  guard.Recorded
		f    guard.Facts
		want bool
	}{
		{"verified sees the debt", debt, rec, facts(), true},
		{"wording is not judged again", debt, rec, old, true},
		{"a stranger does not", debt, rec, anon, false},
		{"nor a card", card, rec, anon, false},
		{"a stranger sees what is no debt fact", plain, rec, anon, true},
		{"no clearance, no recall", plain, guard.Recorded{}, facts(), false},
	} {
		got, ok := f.Recall(c.d, c.rec, c.f)
		if ok != c.want || ok && (got.Seq() != 3 || got.Kind() != guard.Recalled) {
			t.Errorf("%s: %v", c.name, ok)
		}
	}
}

func TestSystemMayNotSayDebtToStrangers(t *testing.T) {
	f := facts()
	f.Identity = guard.Identified
	for _, s := range []string{"您本期应还1284.50元", "您的信用卡已逾期", "金额为￥１，２８４．５０"} {
		if v := filter(t).Check(draft(s), f); v.Decision != guard.Block {
			t.Errorf("%q: %s", s, v.Decision)
		}
	}
}

func TestSourcesNameEachFigure(t *testing.T) {
	v := filter(t).Check(draft("您本期应还1,284.50元，分12期，首期12月12日，投诉请拨打12378。"), facts())
	if v.Decision != guard.Pass {
		t.Fatalf("%+v", v.Hits)
	}
	var got []string
	for _, s := range v.Sources {
		got = append(got, s.Text+"="+s.Origin)
	}
	want := "1,284.50元=ledger:e1 12期=offer:o1 12月12日=offer:o1 12378=statute:国家金融监督管理总局 consumer complaints"
	if strings.Join(got, " ") != want {
		t.Fatalf("sources %v", got)
	}
}

// Any digit of a known amount changed by one is a block that names the figure.
func TestOneWrongDigit(t *testing.T) {
	known := "1284.50"
	for i, c := range known {
		if c == '.' {
			continue
		}
		b := []byte(known)
		b[i] = '0' + (b[i]-'0'+1)%10
		v := filter(t).Check(draft("您本期应还"+string(b)+"元"), facts())
		if v.Decision != guard.Block || !strings.Contains(v.Hits[0].Why, string(b)) {
			t.Errorf("%s: %s %+v", b, v.Decision, v.Hits)
		}
	}
}

func TestSpansPointIntoTheOriginal(t *testing.T) {
	s := "您好。再不還\u200b就打 斷 你的腿！"
	v := filter(t).Check(draft(s), facts())
	for _, h := range v.Hits {
		if got := string([]rune(s)[h.Start:h.End]); got != h.Text || got == "" {
			t.Errorf("%s: span %d-%d is %q, text %q", h.Rule, h.Start, h.End, got, h.Text)
		}
	}
	if len(v.Hits) == 0 {
		t.Fatal("not stopped")
	}
}

func TestCards(t *testing.T) {
	for _, c := range []struct {
		name, data string
		pass       bool
	}{
		{"known figures", `{"type":"balance","balance_fen":128450,"fees_fen":0,"currency":"CNY","no4":"8812","on":"2026-12-12","labels":{"title":"欠款明细"}}`, true},
		{"unknown amount", `{"type":"balance","balance_fen":128451}`, false},
		{"negative zero is no trick", `{"type":"balance","balance_fen":-128450}`, false},
		{"amount as text", `{"type":"balance","balance_fen":"128450"}`, false},
		{"unknown date", `{"due":"2026-12-13"}`, false},
		{"known count", `{"count":12}`, true},
		{"unknown count", `{"count":13}`, false},
		{"a threat in a label", `{"labels":{"go":"再不还就坐牢"}}`, false},
		{"a threat in a machine field", `{"kind":"再不还就坐牢"}`, false},
		{"a sentence as a key", `{"再不还就坐牢":1}`, false},
		{"a number nobody knows", `{"score":7}`, false},
		{"a link elsewhere", `{"pay_url":"https://evil.example.top/x"}`, false},
		{"a path of our own", `{"pay_url":"/pay/1"}`, true},
		{"two slashes lead away", `{"pay_url":"//evil.top/1"}`, false},
		{"someone else's account", `{"no4":"8813"}`, false},
		{"not JSON", `{"type":`, false},
		{"two values", `{} {"x":"坐牢"}`, false},
	} {
		d := draft("明细如下")
		d.Parts[0].Data = []byte(c.data)
		if v := filter(t).Check(d, facts()); (v.Decision == guard.Pass) != c.pass {
			t.Errorf("%s: %s %+v", c.name, v.Decision, v.Hits)
		}
	}
}

// A pack that lost a rule, gained an unknown key, or whose example fails must not load: fail closed.
func TestBrokenPacksDoNotLoad(t *testing.T) {
	for _, c := range []struct {
		name, file, from, to string
	}{
		{"rule missing", "T05.yaml", "", ""},
		{"unknown key", "T05.yaml", "decision: block", "decision: block\nseverity: 3"},
		{"unknown rule file", "X.yaml", "", "id: T05"},
		{"failing example", "T05.yaml", "{text: 我们不会上门催收}", "{text: 明天上门催收}"},
		{"no passed examples", "G04.yaml", "  passed:", "  hard:"},
		{"overridable hard rule", "T01.yaml", "decision: block", "decision: block\noverridable: true"},
		{"unknown group", "T06.yaml", "@others", "@nobody"},
		{"unknown statement", "T10.yaml", "S-ENF", "S-XXX"},
		{"no language", "language.yaml", "", ""},
		{"no source", "statutes.yaml", "source: 国家税务总局,", ""},
	} {
		pack := fstest.MapFS{}
		for name, b := range ruleFiles(t) {
			pack[name] = &fstest.MapFile{Data: b}
		}
		switch {
		case c.from == "" && c.to == "":
			delete(pack, c.file)
		case c.from == "":
			pack[c.file] = &fstest.MapFile{Data: []byte(c.to)}
		default:
			s := string(pack[c.file].Data)
			if !strings.Contains(s, c.from) {
				t.Fatalf("%s: %q is not in %s", c.name, c.from, c.file)
			}
			pack[c.file] = &fstest.MapFile{Data: []byte(strings.Replace(s, c.from, c.to, 1))}
		}
		if _, err := guard.New(pack, nil); err == nil {
			t.Errorf("%s: the pack loaded", c.name)
		}
	}
	if _, err := guard.New(fstest.MapFS{}, nil); err == nil {
		t.Error("an empty pack loaded")
	}
}

// ruleFiles are the files of the built-in pack.
func ruleFiles(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := os.ReadDir("rules")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range files {
		if out[f.Name()], err = os.ReadFile("rules/" + f.Name()); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestRulesetNamesItsContent(t *testing.T) {
	if v := filter(t).Check(draft("您好"), facts()); v.Ruleset != filter(t).Ruleset() || !strings.Contains(v.Ruleset, "+") {
		t.Fatalf("ruleset %q", v.Ruleset)
	}
}

func TestQuickReplyQuestionsAreTheDebtorsOwn(t *testing.T) {
	d := draft("您想了解什么？")
	d.Parts = append(d.Parts, guard.Part{Role: "button", Text: "会坐牢吗？", Ref: "ask_jail"})
	if v := filter(t).Check(d, facts()); v.Decision != guard.Pass {
		t.Errorf("%+v", v.Hits)
	}
	d.Parts[1].Text = "您要坐牢了"
	if v := filter(t).Check(d, facts()); v.Decision != guard.Block {
		t.Error("a threat on a button passed")
	}
}
