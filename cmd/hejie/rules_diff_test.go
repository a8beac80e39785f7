package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hejie/bot/guard"
	"hejie/bot/store"
)

// changedPack is the built-in pack with one more phrase in T05.
func changedPack(t *testing.T) string {
	t.Helper()
	src, dir := filepath.Join("..", "..", "bot", "guard", "rules"), t.TempDir()
	files, err := os.ReadDir(src)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(src, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if f.Name() == "T05.yaml" {
			b = []byte(strings.Replace(string(b), "patterns:\n", "patterns:\n  - certain: true\n    any: [附上了目录]\n", 1))
		}
		if err := os.WriteFile(filepath.Join(dir, f.Name()), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func runDiff(t *testing.T, args ...string) (int, string, string) {
	t.Helper()
	var out, errs strings.Builder
	code := run(append([]string{"rules", "diff"}, args...), &IO{In: strings.NewReader(""), Out: &out, Err: &errs})
	return code, out.String(), errs.String()
}

func TestRulesDiffOverMessages(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sent.jsonl")
	lines := `{"id":"a","text":"您好，感谢您的回复","sender":"agent","verified":true}
{"id":"b","text":"材料里附上了目录","sender":"agent","verified":true}
`
	if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := runDiff(t, "--pack", changedPack(t), "--messages", file)
	if code != exitFails || strings.Count(out, "\n") != 1 || !strings.Contains(out, `"id":"b"`) || !strings.Contains(out, `"T05"`) || !strings.Contains(errs, "1 newly stopped") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if code, out, _ := runDiff(t, "--pack", filepath.Join("..", "..", "bot", "guard", "rules"), "--messages", file); code != exitGood || out != "" {
		t.Errorf("the same pack: exit %d\n%s", code, out)
	}
	if code, _, _ := runDiff(t, "--pack", changedPack(t)); code != exitUsage {
		t.Errorf("no messages: exit %d", code)
	}
}

func TestRulesDiffOverAudit(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "a.db")
	st, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	filter, err := guard.Default(nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range []string{"明天上门找你，欠款999元", "再不还就上门，材料里附上了目录"} {
		d := guard.Draft{
			ID: string(rune('a' + i)), Author: guard.Agent, AgentID: "x", Kind: guard.Reply, Lang: "zh-Hans",
			To: guard.Recipient{Channel: "web", DebtorID: "d"}, Parts: []guard.Part{{Role: "body", Text: text}},
		}
		f := guard.Facts{Now: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC), Identity: guard.Verified, Control: guard.Agent}
		v := filter.Check(d, f)
		if v.Decision == guard.Pass {
			t.Fatalf("%q passed", text)
		}
		if _, err := st.Record(t.Context(), guard.Entry{Draft: d, Verdict: v, Facts: f}); err != nil {
			t.Fatal(err)
		}
	}
	if err := st.Shutdown(); err != nil {
		t.Fatal(err)
	}
	code, out, errs := runDiff(t, "--pack", changedPack(t), "--db", url)
	if code != exitGood || !strings.HasPrefix(errs, "2 messages, 0 differ") {
		t.Errorf("stopped either way by the same rules: exit %d\n%s%s", code, out, errs)
	}
}
