package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"hejie/bot/store"
	"hejie/flows/calendar"
)

// policyDir is a folder with one policy made from the default one.
func policyDir(t *testing.T, version string, changes ...string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.FromSlash("../../flows/policy/data/default.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer(append([]string{"default-1", version}, changes...)...).Replace(string(raw))
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "policy.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestPolicyCommandLine: the words and flags are those of the help.
func TestPolicyCommandLine(t *testing.T) {
	old, changed := policyDir(t, "now-1"), policyDir(t, "next-1")
	for _, args := range [][]string{{"policy", "check", "--json"}, {"policy", "check", "--dir", old},
		{"policy", "simulate", "--old", old, "--new", changed, "--accounts", "wishes.jsonl"}, {"policy", "simulate", "--old", old, "--new", changed, "--db", "sqlite:x.db", "--json"}} {
		var cli struct {
			Policy PolicyCmd `cmd:""`
		}
		parser, err := kong.New(&cli)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(args); err != nil {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func TestPolicyCheck(t *testing.T) {
	check := func(c PolicyCheckCmd) (string, error) {
		var out bytes.Buffer
		err := c.Run(&IO{In: strings.NewReader(""), Out: &out, Err: &out})
		return out.String(), err
	}
	if out, err := check(PolicyCheckCmd{}); err != nil || !strings.Contains(out, "default.yaml") || !strings.Contains(out, "sample-bank.yaml") {
		t.Errorf("the built-in policies: %v\n%s", err, out)
	}
	if out, err := check(PolicyCheckCmd{Dir: policyDir(t, "bad", "max_count: 36", "max_counts: 36")}); !errors.Is(err, errFails) || !strings.Contains(out, "max_counts") {
		t.Errorf("an unknown key: %v\n%s", err, out)
	}
	out, err := check(PolicyCheckCmd{Dir: policyDir(t, "x", "total_fen: 1200000", "total_fen: 1"), JSON: true})
	var r struct {
		Failing  int
		Examples []struct{ Fault string }
	}
	if jerr := json.Unmarshal([]byte(out), &r); jerr != nil || !errors.Is(err, errFails) || r.Failing != 1 || !strings.Contains(r.Examples[0].Fault, "total_fen") {
		t.Errorf("a failing example: %v %v\n%s", err, jerr, out)
	}
	for _, dir := range []string{t.TempDir(), filepath.Join(t.TempDir(), "absent")} {
		if _, err := check(PolicyCheckCmd{Dir: dir}); !errors.Is(err, errUsage) {
			t.Errorf("nothing to read: %v", err)
		}
	}
}

func simulate(t *testing.T, c PolicySimulateCmd) (string, error) {
	t.Helper()
	var out, errs bytes.Buffer
	err := c.Run(&IO{In: strings.NewReader(""), Out: &out, Err: &errs})
	return out.String(), err
}

func TestPolicySimulate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "wishes.jsonl")
	lines := cardCase + `,"ask":{"count":12}}` + "\n" + cardCase + `,"ask":{"kind":"waiver"}}` + "\n" + cardCase + `,"ask":{"count":50}}` + "\n{oops\n"
	if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	old, changed := policyDir(t, "now-1"), policyDir(t, "next-1", "max_penalty_waiver_pct: 50", "max_penalty_waiver_pct: 55", "    max_count: 60\n    ceiling_count", "    max_count: 48\n    ceiling_count")
	out, err := simulate(t, PolicySimulateCmd{Old: old, New: changed, Accounts: file, JSON: true})
	if !errors.Is(err, errFails) {
		t.Errorf("a bad line: %v", err)
	}
	var got []map[string]any
	for line := range strings.Lines(out) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		got = append(got, v)
	}
	if len(got) != 4 || got[0]["change"] != "same" || got[1]["change"] != "better" || got[1]["cost_fen"] != 542.0 || got[2]["change"] != "worse" {
		t.Fatalf("%s", out)
	}
	if total := got[3]; total["wishes"] != 3.0 || total["no_longer_met"] != 1.0 || total["cost_fen"] != 542.0 || total["unread"] != 1.0 {
		t.Errorf("%v", total)
	}
	if out, _ := simulate(t, PolicySimulateCmd{Old: old, New: changed, Accounts: file}); !strings.Contains(out, "3 wishes: 1 the same, 1 better, 1 worse") {
		t.Errorf("%s", out)
	}
	for name, c := range map[string]PolicySimulateCmd{
		"nothing to replay": {Old: old, New: changed}, "no policy": {Old: t.TempDir(), New: changed, Accounts: file},
		"no file": {Old: old, New: changed, Accounts: file + "x"}, "no clock": {Old: old, New: changed, Accounts: file, Now: "noon"},
		"no database": {Old: old, New: changed, DB: "sqlite:" + filepath.Join(t.TempDir(), "none.db")},
	} {
		if out, err := simulate(t, c); !errors.Is(err, errUsage) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// TestPolicySimulateOverADatabase replays accounts as they are stored.
func TestPolicySimulateOverADatabase(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "sim.db")
	s, err := store.Open(context.Background(), url, store.WithSecret(randomHex()))
	if err != nil {
		t.Fatal(err)
	}
	d := sampleDebtor()
	row, err := d.portfolioRow(calendar.Date{Year: 2026, Month: 1, Day: 10})
	if err != nil {
		t.Fatal(err)
	}
	if err := importBytes(context.Background(), s, row); err != nil {
		t.Fatal(err)
	}
	if err := s.Shutdown(); err != nil {
		t.Fatal(err)
	}
	out, err := simulate(t, PolicySimulateCmd{Old: policyDir(t, "now-1"), New: policyDir(t, "next-1", "instalments: bot", "instalments: agent"), DB: url, JSON: true,
		Now: "2026-12-02T10:00:00+08:00"})
	if err != nil || !strings.Contains(out, `"wishes":1`) || !strings.Contains(out, `"change":"worse"`) {
		t.Errorf("%v\n%s", err, out)
	}
}
