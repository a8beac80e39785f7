package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/flows"
)

func arrival(from string, n int) bot.Arrival {
	return bot.Arrival{Channel: "wechat", Account: "main", ExtID: fmt.Sprint(from, "-", n), From: from, Kind: "text", Text: fmt.Sprint("text ", n), At: testNow}
}

func accept(t *testing.T, s *Store, in ...bot.Arrival) int {
	t.Helper()
	return must1(s.AcceptInbound(bg, in, nil, testNow.UnixMilli()))(t)
}

func TestInboxAcceptsOnceAndKeepsEachSendersOrder(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		if n := accept(t, s, arrival("a", 1), arrival("a", 2), arrival("b", 1), arrival("a", 1)); n != 3 {
			t.Fatalf("%d new", n)
		}
		if n := accept(t, s, arrival("a", 2)); n != 0 {
			t.Fatal("a duplicate is new")
		}
		heads := must1(s.ClaimInbox(bg, "n1", testNow, time.Minute, 10))(t)
		if len(heads) != 2 || heads[0].Arrival.Text != "text 1" || heads[1].Arrival.From != "b" {
			t.Fatalf("claimed %+v", heads)
		}
		if again := must1(s.ClaimInbox(bg, "n2", testNow, time.Minute, 10))(t); len(again) != 0 {
			t.Fatalf("another node got %+v", again)
		}
		must(t, s.FailInbox(bg, heads[0].ID, "n1", "later", testNow.Add(time.Minute), false))
		if early := must1(s.ClaimInbox(bg, "n2", testNow, time.Minute, 10))(t); len(early) != 0 {
			t.Fatalf("what waits was overtaken: %+v", early)
		}
		must(t, s.FailInbox(bg, heads[1].ID, "other", "not mine", testNow, true)) // a node that lost its lease changes nothing
		late := must1(s.ClaimInbox(bg, "n2", testNow.Add(time.Hour), time.Minute, 10))(t)
		if len(late) != 2 || late[0].Attempts != 2 {
			t.Fatalf("after the leases: %+v", late)
		}
	})
}

func TestCursorMovesWithItsRows(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		c := &bot.Cursor{Channel: "wecom", Account: "main", Name: "kf1", Value: "c1"}
		must1(s.AcceptInbound(bg, nil, c, 1))(t) // an empty page moves it too
		c.Value = "c2"
		must1(s.AcceptInbound(bg, []bot.Arrival{arrival("a", 1)}, c, 1))(t)
		if got := must1(s.Cursor(bg, "wecom", "main", "kf1"))(t); got != "c2" {
			t.Fatalf("cursor %q", got)
		}
		if got := must1(s.Cursor(bg, "wecom", "main", "other"))(t); got != "" {
			t.Fatalf("cursor %q", got)
		}
	})
}

// No number, no id of a peer and no text of an unworked message stands in the database in clear.
func TestNumbersAreSealed(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		const number = "+8613900001234"
		a := must1(s.PutAddress(bg, bot.Account{Channel: "sms", Name: "main", CreditorID: "cred"}, number, 1))(t)
		accept(t, s, bot.Arrival{Channel: "sms", Account: "main", ExtID: number + "|1", From: number, Text: "made-up words", Raw: []byte("made-up raw")})
		must1(s.Swap(bg, "token", 0, "made-up token", testNow.Add(time.Hour)))(t)
		for _, q := range []string{`SELECT hash FROM address`, `SELECT sealed FROM address`, `SELECT ext_id FROM inbox`, `SELECT lane FROM inbox`, `SELECT raw FROM inbox`, `SELECT value FROM shared_state`} {
			var got []byte
			must(t, s.readers.Get(&got, q))
			for _, clear := range []string{number, number[1:], "made-up"} {
				if strings.Contains(string(got), clear) {
					t.Errorf("%s shows %q", q, clear)
				}
			}
		}
		if got := must1(s.Address(bg, a.ID))(t); got.Number != number {
			t.Errorf("number %q", got.Number)
		}
		other := *s
		other.vault = must1(newVault("another secret"))(t)
		if _, err := other.Address(bg, a.ID); !errors.Is(err, errSealed) {
			t.Errorf("opened with another secret: %v", err)
		}
	})
}

func TestSharedState(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		soon := testNow.Add(time.Hour)
		if _, _, ok, err := s.Load(bg, "k"); ok || err != nil {
			t.Fatal(ok, err)
		}
		for i, want := range []bool{true, false} {
			if ok := must1(s.Swap(bg, "k", 0, "v", soon))(t); ok != want {
				t.Fatalf("put %d: %v", i, ok)
			}
		}
		v, ver, ok, err := s.Load(bg, "k")
		if v != "v" || !ok || err != nil {
			t.Fatal(v, ok, err)
		}
		if !must1(s.Swap(bg, "k", ver, "w", soon))(t) || must1(s.Swap(bg, "k", ver, "x", soon))(t) {
			t.Fatal("two swaps of one version")
		}
		if !must1(s.Once(bg, "n", soon))(t) || must1(s.Once(bg, "n", soon))(t) {
			t.Fatal("once is once")
		}
		first, again := must1(s.Lock(bg, "l", "a", soon))(t), must1(s.Lock(bg, "l", "a", soon))(t)
		if !first || !again || must1(s.Lock(bg, "l", "b", soon))(t) {
			t.Fatal("a lock has one owner, who may renew it")
		}
		must(t, s.Unlock(bg, "l", "b"))
		if must1(s.Lock(bg, "l", "b", soon))(t) {
			t.Fatal("unlocked by another")
		}
		must(t, s.Unlock(bg, "l", "a"))
		if !must1(s.Lock(bg, "l", "b", soon))(t) {
			t.Fatal("not free")
		}
		s.now = func() time.Time { return soon.Add(time.Hour) }
		if _, _, ok, _ := s.Load(bg, "k"); ok {
			t.Fatal("expired and there")
		}
		if !must1(s.Once(bg, "n", soon.Add(2*time.Hour)))(t) || !must1(s.Lock(bg, "l", "a", soon.Add(2*time.Hour)))(t) {
			t.Fatal("expired and in the way")
		}
		must(t, s.Forget(bg))
	})
}

// Two nodes that send to one debtor at the same moment send one text: the count is taken again under the debtor's lock.
func TestCapsHoldBetweenNodes(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, debtor, _ := addDebtor(t, s)
		var wg sync.WaitGroup
		var mu sync.Mutex
		passed, conflicts := 0, 0
		for i := range 6 {
			id := fmt.Sprint("c", i)
			must(t, s.OpenConversation(bg, bot.Conversation{ID: id, Epoch: "e", CreditorID: cred, DebtorID: debtor, Channel: "web", Identity: flows.Verified, CreatedMS: 1}))
			o := outgoing(id, "d"+id, "x")
			o.Draft.Kind, o.Draft.To.DebtorID = guard.Proactive, debtor
			must(t, s.Enqueue(bg, o, 1))
			wg.Go(func() {
				_, err := s.Record(bg, guard.Entry{Draft: o.Draft, Verdict: o.Verdict, Facts: o.Facts})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					passed++
				case errors.Is(err, bot.ErrConflict):
					conflicts++
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if passed != 1 || conflicts != 5 {
			t.Errorf("%d left, %d were judged again", passed, conflicts)
		}
	})
}

func TestOtherNodesAreWoken(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := open(t, url)
		ctx, stop := context.WithCancel(bg)
		defer stop()
		if s.dialect == sqlite {
			must(t, s.Wakes(ctx, func(bot.Wake) { t.Error("a lone node was woken") }))
			return
		}
		other := open(t, url)
		heard := make(chan bot.Wake, 100)
		done := make(chan error, 1)
		go func() { done <- other.Wakes(ctx, func(w bot.Wake) { heard <- w }) }()
		openConv(t, s, "c1")
		want := map[string]bool{"inbox": true, "message": true, "work": true}
		for tries := 0; len(want) > 0; tries++ { // the listener may still be connecting
			accept(t, s, arrival("a", tries))
			must1(s.AppendInbound(bg, inbound("c1", "", fmt.Sprint("m", tries), "x")))(t)
			must(t, s.Enqueue(bg, outgoing("c1", fmt.Sprint("d", tries), "x"), 1))
			select {
			case w := <-heard:
				delete(want, w.What)
			case <-time.After(200 * time.Millisecond):
			}
			if tries > 100 {
				t.Fatalf("never heard of %v", want)
			}
		}
		accept(t, other, arrival("b", 1)) // its own writes are no news
		stop()
		must(t, <-done)
	})
}

func TestTicketsAreForOneHolderOnce(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		_, debtor, _ := addDebtor(t, s)
		a := must1(s.PutAddress(bg, bot.Account{Channel: "wechat", Name: "main", CreditorID: "cred"}, "oUSER", 1))(t)
		now := testNow.UnixMilli()
		must(t, s.PutTicket(bg, "tok", bot.Ticket{Address: a.ID, ExpiresMS: now + 600_000}, now))
		must(t, s.ClaimTicket(bg, "tok", debtor, "123456", now+300_000))
		use := func(token, code string, at int64) error {
			_, err := s.UseTicket(bg, token, code, testNow.Add(time.Hour), at)
			return err
		}
		for code, at := range map[string]int64{"000000": now, "123456": now + 300_000} { // wrong, and late
			if err := use("tok", code, at); !errors.Is(err, bot.ErrVerify) {
				t.Fatalf("%s: %v", code, err)
			}
		}
		must(t, use("tok", "123456", now))
		if err := use("tok", "123456", now); !errors.Is(err, bot.ErrConflict) {
			t.Fatalf("twice: %v", err)
		}
		if got := must1(s.Address(bg, a.ID))(t); !got.Bound(testNow) || got.DebtorID != debtor || got.Bound(testNow.Add(2*time.Hour)) {
			t.Fatalf("%+v", got)
		}
		must(t, s.PutTicket(bg, "tok2", bot.Ticket{Address: a.ID, ExpiresMS: now + 600_000}, now))
		must(t, s.ClaimTicket(bg, "tok2", debtor, "123456", now+300_000))
		for range maxCodeTries {
			_ = use("tok2", "999999", now)
		}
		if err := use("tok2", "123456", now); !errors.Is(err, bot.ErrVerify) {
			t.Fatalf("after %d tries: %v", maxCodeTries, err)
		}
		if err := use("none", "1", now); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestE164(t *testing.T) {
	for in, want := range map[string]string{
		"13800004417": "+8613800004417", "138-0000-4417": "+8613800004417", "+86 138 0000 4417": "+8613800004417", "008613800004417": "+8613800004417",
		"8613800004417": "+8613800004417", "+14155550100": "+14155550100", "4417": "", "": "", "+1": "", "01012345678": "",
	} {
		if got := E164(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// What was in the outbox and sent before the messaging channels came is there after the change of the schema.
func TestUpgradeKeepsOutboxAndContacts(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s, err := connect(bg, url)
		must(t, err)
		files := must1(fs.Sub(migrationFS, "migrations"))(t)
		_, others, err := ownMigrations(migrationFS, s.dialect)
		must(t, err)
		d := goose.DialectSQLite3
		if s.dialect == postgres {
			d = goose.DialectPostgres
		}
		p := must1(goose.NewProvider(d, s.writer.DB, files, goose.WithExcludeNames(others), goose.WithDisableGlobalRegistry(true)))(t)
		must1(p.UpTo(bg, 2))(t)
		for _, q := range []string{
			`INSERT INTO conversation (id, epoch, creditor_id, debtor_id, channel, identity, control, state, created_ms, updated_ms) VALUES ('c1', 'e', 'cred', 'd1', 'web', 'verified', 'bot', '{}', 1, 1)`,
			`INSERT INTO outbox (draft_id, conv_id, pos, channel, draft, verdict, facts, zone, state, next_ms, created_ms, updated_ms) VALUES ('old', 'c1', 1, 'web', '{"id":"old"}', '{}', '{}', '', 'queued', 1, 1, 1)`,
			fmt.Sprintf(`INSERT INTO message (id, conv_id, seq, direction, author, kind, purpose, draft_id, clearance_id, state, at_ms) VALUES ('m1', 'c1', 1, 'out', 'reminder', 'text', 'proactive', 'x', 'cl', 'sent', %d)`, testNow.UnixMilli()),
		} {
			_, err := s.writer.Exec(q)
			must(t, err)
		}
		must(t, s.Shutdown())
		s = open(t, url)
		if got := claim(t, s, "c1", testNow); got != "old" {
			t.Errorf("claimed %q", got)
		}
		conv := must1(s.Conversation(bg, "c1"))(t)
		if today, week, err := s.ContactCounts(bg, conv, testNow, ""); err != nil || today != 1 || week != 1 {
			t.Errorf("contacts %d, %d, %v", today, week, err)
		}
	})
}
