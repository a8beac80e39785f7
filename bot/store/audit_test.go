package store

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"hejie/bot"
)

func TestAuditChain(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		if n, bad, err := s.VerifyAudit(bg); n != 0 || bad != 0 || err != nil {
			t.Fatal(n, bad, err)
		}
		var wg sync.WaitGroup
		for w := range 8 {
			wg.Go(func() {
				for i := range 20 {
					if err := s.LogAudit(bg, "sign_in", fmt.Sprint("agent:", w), "", map[string]int{"i": i}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if n, bad, err := s.VerifyAudit(bg); n != 160 || bad != 0 || err != nil {
			t.Fatal(n, bad, err)
		}
		lines := must1(s.Audit(bg, "", 158, 10))(t)
		if len(lines) != 2 || lines[1].PrevHash != lines[0].Hash || lines[0].N != 159 {
			t.Fatalf("got %+v", lines)
		}
	})
}

// Whoever can write to the database file can switch the triggers off; the chain must show it.
func TestAuditTamperingIsSeen(t *testing.T) {
	for name, tamper := range map[string]struct {
		sql string
		bad int64
	}{
		"changed":       {`UPDATE audit SET detail = '{"i":7}' WHERE n = 3`, 3},
		"another actor": {`UPDATE audit SET actor = 'agent:2', detail = detail WHERE n = 5`, 5},
		"removed":       {`DELETE FROM audit WHERE n = 4`, 4},
		"cut off":       {`DELETE FROM audit WHERE n >= 9`, 9},
		"moved fields":  {`UPDATE audit SET kind = kind || actor, actor = '' WHERE n = 2`, 2},
	} {
		t.Run(name, func(t *testing.T) {
			withStore(t, func(t *testing.T, s *Store) {
				for i := range 10 {
					must(t, s.LogAudit(bg, "sign_in", "agent:1", "", map[string]int{"i": i}))
				}
				off := []string{"DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"}
				if s.dialect == postgres {
					off = []string{"ALTER TABLE audit DISABLE TRIGGER ALL"}
				}
				for _, q := range append(off, tamper.sql) {
					_, err := s.writer.Exec(q)
					must(t, err)
				}
				if n, bad, err := s.VerifyAudit(bg); bad != tamper.bad || n != tamper.bad-1 || err != nil {
					t.Fatalf("%d good, first bad %d, %v", n, bad, err)
				}
			})
		})
	}
}

func TestAppendOnly(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		conv := openConv(t, s, "c1")
		must1(s.AppendInbound(bg, inbound("c1", "m1", "x", "hi")))(t)
		cred, debtor, account := addDebtor(t, s)
		conv.CreditorID = cred
		must(t, s.CommitTurn(bg, agreedTurn(conv, debtor, testOffer(account, testNow.AddDate(0, 0, 1)))))
		for _, q := range []string{
			`UPDATE entry SET amount = 1`, `DELETE FROM entry`, `UPDATE message SET body = 'other'`, `UPDATE message SET seq = 7`,
			`UPDATE message SET clearance_id = 'x'`, `DELETE FROM message`, `UPDATE audit SET detail = ''`, `DELETE FROM audit`,
			`UPDATE arrangement SET total = 1`, `DELETE FROM arrangement`, `UPDATE instalment SET due_on = '2099-01-01'`, `DELETE FROM instalment`,
			`UPDATE document SET sha256 = ''`, `DELETE FROM document`, `UPDATE turn SET commands = ''`, `DELETE FROM turn`,
		} {
			if _, err := s.writer.Exec(q); err == nil {
				t.Errorf("%s was allowed", q)
			}
		}
		replace := `INSERT OR REPLACE INTO audit SELECT n, id, at_ms, 'other', actor, conv_id, verdict, detail, prev_hash, hash FROM audit`
		if s.dialect == postgres {
			replace = `TRUNCATE audit`
		}
		if _, err := s.writer.Exec(replace); err == nil {
			t.Errorf("%s was allowed", replace)
		}
		if _, err := s.writer.Exec(`UPDATE message SET state = 'done'`); err != nil {
			t.Errorf("the state of a message must move: %v", err)
		}
		// An outbound row without a clearance cannot exist.
		_, err := s.writer.Exec(`INSERT INTO message (id, conv_id, seq, direction, author, kind, state, at_ms) VALUES ('o', 'c1', 9, 'out', 'bot', 'text', 'sending', 1)`)
		if err == nil {
			t.Error("an uncleared outbound row was stored")
		}
	})
}

func TestQueriesLoad(t *testing.T) {
	if len(queryTexts) < 60 {
		t.Fatalf("%d queries", len(queryTexts))
	}
	for name, q := range queryTexts {
		if strings.Contains(q, "?") {
			t.Errorf("%s: only $n runs on both databases", name)
		}
	}
}

var _ = bot.ErrConflict
