package main

import (
	"bytes"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
)

// runCLI runs a command as the program does.
func runCLI(args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = run(args, &IO{In: strings.NewReader(""), Out: &o, Err: &e})
	return code, o.String(), e.String()
}

// A real conversation, from the greeting to the agreement, gives the same states, replies and effects again. A record that was
// changed is found; one from before records existed is said to be one.
func TestReplayOfARealConversation(t *testing.T) {
	s := startSite(t, "", nil)
	tab := s.openTab(s.signIn("d-zhangwei"))
	settle(t, s, tab)
	conv, db := tab.ses.Conv, "sqlite:"+filepath.Join(s.cfg.DataDir, "hejie.db")
	if code, _, errs := runCLI("replay", conv, "--db", db); code != exitUsage || !strings.Contains(errs, "HEJIE_SECRET") {
		t.Errorf("without the secret: exit %d %s", code, errs)
	}
	t.Setenv("HEJIE_SECRET", s.cfg.Secret)
	code, out, errs := runCLI("replay", conv, "--db", db)
	if code != exitGood || !strings.Contains(out, " 0 differ") || strings.Count(out, " ok") < 3 {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(s.cfg.DataDir, "hejie.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	change := func(q string) {
		t.Helper()
		if _, err := raw.Exec(q, conv); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := raw.Exec(`DROP TRIGGER turn_no_update`); err != nil {
		t.Fatal(err)
	}
	last := `(SELECT max(version) FROM turn WHERE record IS NOT NULL AND conv_id = turn.conv_id)`
	change(`UPDATE turn SET state = json_set(state, '$.turns', 999) WHERE conv_id = $1 AND version = ` + last)
	code, out, _ = runCLI("replay", conv, "--db", db)
	if code != exitFails || !strings.Contains(out, "DIFFERS") || !strings.Contains(out, "state.turns: was 999") {
		t.Errorf("a changed state: exit %d\n%s", code, out)
	}
	change(`UPDATE turn SET record = NULL, model_calls = 2, prompt_tokens = 300, completion_tokens = 40 WHERE conv_id = $1 AND version = ` + last)
	code, out, _ = runCLI("replay", conv, "--db", db)
	if code != exitGood || !strings.Contains(out, "not replayable") || !strings.Contains(out, "2 calls, 300 + 40 tokens") {
		t.Errorf("a turn without record: exit %d\n%s", code, out)
	}
	if code, _, errs := runCLI("replay", "no-such", "--db", db); code != exitUsage || !strings.Contains(errs, "no conversation") {
		t.Errorf("unknown: exit %d %s", code, errs)
	}
}
