package main

import (
	"database/sql"
	"path/filepath"
	"testing"

	"hejie/bot/store"
)

// checkSurvivors reads the database the killed processes left.
func checkSurvivors(t *testing.T, dir string, ws []*writer) {
	t.Helper()
	st, err := store.Open(t.Context(), "sqlite:"+filepath.Join(dir, "hejie.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := st.Shutdown(); err != nil {
			t.Error(err)
		}
	}()
	total := 0
	for _, w := range ws {
		checkWriter(t, st, w)
		total += len(w.acked)
	}
	if total < killsMin {
		t.Errorf("only %d messages were acknowledged: the test proves nothing", total)
	}
	if n, bad, err := st.VerifyAudit(t.Context()); err != nil || bad != 0 || n == 0 {
		t.Errorf("audit: %d lines, first bad %d, %v", n, bad, err)
	}
	checkOutbox(t, dir)
	t.Logf("%d messages acknowledged", total)
}

// checkWriter: every acknowledged message is there once, at its seq, and one turn took it.
func checkWriter(t *testing.T, st *store.Store, w *writer) {
	t.Helper()
	taken, drafts := map[string]int{}, map[string]int{}
	turns, err := st.TurnRecords(t.Context(), w.ses.Conv)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range turns {
		for _, id := range r.Consumed {
			taken[id]++
		}
		for _, id := range r.Drafts {
			drafts[id]++
		}
	}
	for id, n := range drafts {
		if n != 1 {
			t.Errorf("draft %s was written by %d turns", id, n)
		}
	}
	seen, last := map[string]int64{}, int64(0)
	for {
		rows, err := st.Messages(t.Context(), w.ses.Conv, last, 100)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 {
			break
		}
		for _, m := range rows {
			if m.Seq != last+1 {
				t.Fatalf("seq %d after %d", m.Seq, last)
			}
			last = m.Seq
			if m.Direction != "in" {
				continue
			}
			if seen[m.CID] != 0 || m.State != "done" || taken[m.ID] != 1 || w.texts[m.CID] != m.Text {
				t.Errorf("seq %d: state %s, taken %d times, text %q", m.Seq, m.State, taken[m.ID], m.Text)
			}
			seen[m.CID] = m.Seq
		}
	}
	for cid, seq := range w.acked {
		if seen[cid] != seq {
			t.Errorf("%q was acknowledged as %d and stands at %d", w.texts[cid], seq, seen[cid])
		}
	}
}

// checkOutbox: every text that passed has exactly one row in the transcript, and none is stuck.
func checkOutbox(t *testing.T, dir string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "hejie.db")+"?_pragma=query_only(1)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var sent, rows, unsent int
	err = db.QueryRow(`SELECT (SELECT count(*) FROM outbox WHERE state IN ('sent', 'waiting')),
		(SELECT count(*) FROM message AS m JOIN outbox AS o ON o.draft_id = m.draft_id WHERE m.direction = 'out'),
		(SELECT count(*) FROM outbox WHERE state NOT IN ('sent', 'waiting'))`).Scan(&sent, &rows, &unsent)
	if err != nil {
		t.Fatal(err)
	}
	if sent == 0 || sent != rows || unsent != 0 {
		t.Errorf("%d texts sent, %d rows, %d not sent", sent, rows, unsent)
	}
}
