package store

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/flows"
	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// types lists what was written for a subscription, oldest first, as type.status.
func hookTypes(t *testing.T, s *Store, id string) (out []string) {
	t.Helper()
	log := must1(s.HookLog(bg, "", id, 0, 100))(t)
	slices.Reverse(log)
	for _, e := range log {
		out = append(out, e.Type+"."+e.Status)
	}
	return out
}

// Each thing that happens leaves its event in the same transaction; what does not happen leaves none.
func TestEventsComeWithWhatHappened(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, debtor, account := addDebtor(t, s)
		sub, _, err := s.AddHook(bg, bot.Subscription{CreditorID: cred, URL: "https://example.com", Events: bot.HookTypes}, "test")
		must(t, err)
		few, _, err := s.AddHook(bg, bot.Subscription{CreditorID: cred, URL: "https://example.com", Events: []string{"hold"}}, "test")
		must(t, err)
		c := openConv(t, s, "c1")
		_, err = s.writer.Exec(`UPDATE conversation SET creditor_id = $1`, cred)
		must(t, err)
		c.CreditorID = cred
		must(t, func() error { _, err := s.AppendInbound(bg, inbound("c1", "m1", "x", "确认")); return err }())
		r := agreedTurn(c, debtor, testOffer(account, testNow.Add(time.Hour)))
		r.Consumed, r.Outbox = []string{"m1"}, []bot.Outgoing{outgoing("c1", "d1", "好的")}
		r.Effects = append(r.Effects, flows.Effect{Kind: flows.EffHold, Hold: &flows.Hold{Reason: "dispute", Scope: "debtor"}},
			flows.Effect{Kind: flows.EffCase, Case: &flows.Case{Kind: "dispute"}},
			flows.Effect{Kind: flows.EffPromise, AccountID: account, Promise: &flows.Promise{On: calendar.NewDate(2026, 12, 1), Amount: 500}},
			flows.Effect{Kind: flows.EffHandoff, Reason: "asked"})
		r.Conv.Control = bot.InQueue
		lost := r
		lost.Conv.Version = 99
		if err := s.CommitTurn(bg, lost); !errors.Is(err, bot.ErrConflict) {
			t.Fatal(err)
		}
		must(t, s.CommitTurn(bg, r))
		o, ok, err := s.ClaimOutbox(bg, "c1", "n", testNow, time.Minute)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		must1(s.Record(bg, guard.Entry{Draft: o.Draft, Verdict: o.Verdict, Facts: o.Facts}))(t)
		must(t, s.FinishOutbox(bg, "d1", "sent", nil, time.Time{}))
		got := hookTypes(t, s, sub.ID)
		for _, want := range []string{"message.in", "arrangement.active", "hold.placed", "case.open", "promise.open", "handoff.queue", "message.out", "delivery.sent"} {
			if n := len(slices.DeleteFunc(slices.Clone(got), func(g string) bool { return g != want })); n != 1 {
				t.Errorf("%s happened %d times in %v", want, n, got)
			}
		}
		if len(got) != 8 {
			t.Errorf("more than happened: %v", got)
		}
		if some := hookTypes(t, s, few.ID); !slices.Equal(some, []string{"hold.placed"}) {
			t.Errorf("a narrow subscription got %v", some)
		}
		h := must1(s.HoldsStanding(bg, cred, debtor, 10))(t)
		must(t, s.LiftHold(bg, h[0].ID, "agent:a", "settled"))
		if err := s.LiftHold(bg, h[0].ID, "agent:a", "again"); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("lifted twice: %v", err)
		}
		k := must1(s.Cases(bg, bot.CaseFilter{CreditorID: cred, Limit: 5, ByDue: true}))(t)
		must(t, s.CloseCase(bg, cred, "c1", k[0].ID, "agent:a", "done"))
		if err := s.CloseCase(bg, cred, "c1", k[0].ID, "agent:a", "again"); !errors.Is(err, bot.ErrConflict) {
			t.Errorf("closed twice: %v", err)
		}
		if got := hookTypes(t, s, sub.ID); !slices.Equal(got[8:], []string{"hold.lifted", "case.closed"}) {
			t.Errorf("then %v", got[8:])
		}
	})
}

func payment(account string, key string, fen int64) bot.PaymentPost {
	return bot.PaymentPost{Key: key, AccountID: account, Amount: ledger.Amount(fen), Currency: "CNY", On: calendar.DateOf(testNow), Reference: "r-1", By: "api:k"}
}

func TestPostPayment(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, _, account := addDebtor(t, s)
		before := must1(s.BookedAccount(bg, cred, account))(t)
		p := must1(s.PostPayment(bg, cred, payment(account, "k1", 15_000)))(t)
		// 20.00 fees and 130.00 of the 500.50 interest, by the statutory order.
		if p.Paid.Fees != 2_000 || p.Paid.Interest != 13_000 || p.Paid.Principal != 0 || p.Total != before.Total-15_000 || p.Repeated {
			t.Fatalf("%+v", p)
		}
		again := must1(s.PostPayment(bg, cred, payment(account, "k1", 15_000)))(t)
		if !again.Repeated || again.EntryID != p.EntryID || again.Total != p.Total {
			t.Errorf("again: %+v", again)
		}
		if _, err := s.PostPayment(bg, cred, payment(account, "k1", 15_001)); !errors.Is(err, bot.ErrConflict) {
			t.Errorf("the same key for another payment: %v", err)
		}
		for name, change := range map[string]func(*bot.PaymentPost){
			"nothing": func(p *bot.PaymentPost) { p.Amount = 0 }, "negative": func(p *bot.PaymentPost) { p.Amount = -1 },
			"too much": func(p *bot.PaymentPost) { p.Amount = 1e15 }, "currency": func(p *bot.PaymentPost) { p.Currency = "USD" },
			"tomorrow": func(p *bot.PaymentPost) { p.On = p.On.AddDays(1) }, "no key": func(p *bot.PaymentPost) { p.Key = "" },
		} {
			bad := payment(account, "k-"+name, 100)
			change(&bad)
			if _, err := s.PostPayment(bg, cred, bad); !errors.Is(err, bot.ErrEmpty) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := s.PostPayment(bg, "other", payment(account, "k2", 100)); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("another creditor: %v", err)
		}
		if after := must1(s.BookedAccount(bg, cred, account))(t); after.Total != p.Total || len(after.Entries) != len(before.Entries)+1 {
			t.Errorf("%+v", after)
		}
	})
}

// The same key from many hands at once books once.
func TestPostPaymentOnceUnderRace(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, _, account := addDebtor(t, s)
		before := must1(s.BookedAccount(bg, cred, account))(t)
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() { _, errs[i] = s.PostPayment(bg, cred, payment(account, "same", 700)) })
		}
		wg.Wait()
		must(t, errors.Join(errs...))
		if after := must1(s.BookedAccount(bg, cred, account))(t); after.Total != before.Total-700 {
			t.Errorf("from %d to %d", before.Total, after.Total)
		}
	})
}

func TestPaymentKeepsPromisesAndEndsPlans(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, debtor, account := addDebtor(t, s)
		c := openConv(t, s, "c1")
		_, err := s.writer.Exec(`UPDATE conversation SET creditor_id = $1`, cred)
		must(t, err)
		c.CreditorID = cred
		r := agreedTurn(c, debtor, testOffer(account, testNow.Add(time.Hour)))
		r.Effects = append(r.Effects, flows.Effect{Kind: flows.EffPromise, AccountID: account, Promise: &flows.Promise{On: calendar.DateOf(testNow), Amount: 100}})
		must(t, s.CommitTurn(bg, r))
		must1(s.PostPayment(bg, cred, payment(account, "p1", 100)))(t)
		a := must1(s.BookedArrangement(bg, cred, "agr-offer-1"))(t)
		if a.State != "active" || a.Paid != 100 || a.Instalments[0].State != "paid" || a.Instalments[1].State != "due" {
			t.Fatalf("%+v", a)
		}
		must1(s.PostPayment(bg, cred, payment(account, "p2", 200)))(t)
		if a = must1(s.BookedArrangement(bg, cred, "agr-offer-1"))(t); a.State != "done" || a.Kind != arrange.Instalments {
			t.Errorf("%+v", a)
		}
		var kept int
		must(t, s.readers.Get(&kept, `SELECT count(*) FROM promise WHERE state = 'kept'`))
		if kept != 1 {
			t.Errorf("%d promises kept", kept)
		}
	})
}

func TestAPIKeys(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, _, _ := addDebtor(t, s)
		k, secret, err := s.AddAPIKey(bg, bot.APIKey{CreditorID: cred, Name: "core", Scopes: []string{"accounts:read", "accounts:read"}, ExpiresMS: testNow.Add(time.Hour).UnixMilli()}, "test")
		must(t, err)
		var stored []string
		must(t, s.readers.Select(&stored, `SELECT hash || prefix || name FROM api_key`))
		if len(k.Scopes) != 1 || len(stored) != 1 || len(secret) < 64 || slices.Contains(stored, secret) {
			t.Fatalf("%+v %v", k, stored)
		}
		if got := must1(s.APIKeyBySecret(bg, secret, testNow.UnixMilli()))(t); got.ID != k.ID || got.CreditorID != cred {
			t.Errorf("%+v", got)
		}
		for name, c := range map[string]struct {
			secret string
			now    time.Time
		}{"wrong": {secret[:len(secret)-1] + "x", testNow}, "empty": {"", testNow}, "prefix only": {k.Prefix, testNow}, "expired": {secret, testNow.Add(time.Hour)}} {
			if _, err := s.APIKeyBySecret(bg, c.secret, c.now.UnixMilli()); !errors.Is(err, bot.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		must(t, s.RevokeAPIKey(bg, k.ID, "test"))
		if _, err := s.APIKeyBySecret(bg, secret, testNow.UnixMilli()); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("revoked: %v", err)
		}
		for _, bad := range []bot.APIKey{{CreditorID: cred, Name: "x"}, {CreditorID: cred, Scopes: []string{"accounts:read"}}, {CreditorID: cred, Name: "x", Scopes: []string{"all"}}} {
			if _, _, err := s.AddAPIKey(bg, bad, "test"); !errors.Is(err, bot.ErrEmpty) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if n, bad, err := s.VerifyAudit(bg); err != nil || bad != 0 || n == 0 {
			t.Errorf("audit %d %d %v", n, bad, err)
		}
	})
}

// Lists page through everything once, in order, and never into another creditor.
func TestPagesAreWholeAndOwn(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		for i := range 7 {
			c := bot.Conversation{ID: fmt.Sprint("a", i), Epoch: "e", CreditorID: []string{"x", "y"}[i%2], Channel: "web", Address: "s", Lang: "en", CreatedMS: int64(100 + i/3)}
			must(t, s.OpenConversation(bg, c))
		}
		var got []string
		for ms, id := int64(0), ""; ; {
			page := must1(s.ConversationsPage(bg, "x", ms, id, 2))(t)
			for _, c := range page {
				got = append(got, c.ID)
				ms, id = c.CreatedMS, c.ID
			}
			if len(page) < 2 {
				break
			}
		}
		if !slices.Equal(got, []string{"a0", "a2", "a4", "a6"}) {
			t.Errorf("%v", got)
		}
	})
}
