package store

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/flows"
	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// agreedTurn verifies a debtor, makes an offer and agrees on it, with its document.
func agreedTurn(c bot.Conversation, debtor string, o arrange.Offer) bot.TurnResult {
	a := testAgreement(o)
	return bot.TurnResult{Conv: c, NowMS: testNow.UnixMilli(), Source: "grammar",
		Commands: []flows.Command{{Do: flows.DoIntent, Intent: "affirm"}},
		Effects: []flows.Effect{
			{Kind: flows.EffVerified, DebtorID: debtor},
			{Kind: flows.EffOffers, AccountID: o.AccountID, Offers: []arrange.Offer{o}},
			{Kind: flows.EffAgreed, AccountID: o.AccountID, Agreement: a},
			{Kind: flows.EffOutcome, Text: "plan_agreed"},
		},
		Documents: []bot.Document{{ID: a.ID, ConvID: c.ID, Lang: "zh-Hans", HTML: []byte("<p>…</p>"), SHA256: "h", TermsSHA256: a.SHA256}}}
}

func TestCommitTurn(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, debtor, account := addDebtor(t, s)
		c := openConv(t, s, "c1")
		c.CreditorID = cred
		must(t, func() error { _, err := s.AppendInbound(bg, inbound("c1", "m1", "x", "确认")); return err }())
		r := agreedTurn(c, debtor, testOffer(account, testNow.Add(time.Hour)))
		r.Consumed, r.Outbox = []string{"m1"}, []bot.Outgoing{outgoing("c1", "d1", "好的")}
		r.Conv.State.Turns, r.Conv.Lang = 7, "en"
		_, err := s.writer.Exec(`UPDATE conversation SET creditor_id = $1`, cred)
		must(t, err)
		must(t, s.CommitTurn(bg, r))

		got := must1(s.Conversation(bg, "c1"))(t)
		if got.Version != 1 || got.State.Turns != 7 || got.Identity != flows.Verified || got.DebtorID != debtor || got.Lang != "en" {
			t.Fatalf("got %+v", got)
		}
		if p := must1(s.PendingInbound(bg, "c1"))(t); len(p) != 0 {
			t.Fatalf("still pending: %+v", p)
		}
		cf := must1(s.CaseFile(bg, cred, debtor))(t)
		if len(cf.Arrangements) != 1 || cf.Arrangements[0].Count != 3 || cf.Arrangements[0].NextDue.String() != "2026-12-10" || cf.Arrangements[0].Amount != 100 {
			t.Fatalf("plans %+v", cf.Arrangements)
		}
		if doc := must1(s.Document(bg, "agr-offer-1"))(t); doc.TermsSHA256 != "abc" || string(doc.HTML) != "<p>…</p>" {
			t.Fatalf("document %+v", doc)
		}
		turns := must1(s.TurnRecords(bg, "c1"))(t)
		if len(turns) != 1 || turns[0].Version != 1 || turns[0].Commands[0].Intent != "affirm" || turns[0].Effects[2].Agreement.ID != "agr-offer-1" ||
			turns[0].Consumed[0] != "m1" || turns[0].Drafts[0] != "d1" || turns[0].State.Turns != 7 {
			t.Fatalf("turns %+v", turns)
		}
		if n := len(must1(s.Audit(bg, "c1", 0, 100))(t)); n != 4 {
			t.Fatalf("%d audit lines for 4 effects", n)
		}
		// The version moved, so the same turn cannot happen again.
		if err := s.CommitTurn(bg, r); !errors.Is(err, bot.ErrConflict) {
			t.Fatalf("again: %v", err)
		}
		// Accepting twice in another turn is the same agreement.
		r.Conv, r.Outbox, r.Documents = got, nil, nil
		r.Effects = r.Effects[2:3]
		must(t, s.CommitTurn(bg, r))
		if cf := must1(s.CaseFile(bg, cred, debtor))(t); len(cf.Arrangements) != 1 {
			t.Fatalf("plans %+v", cf.Arrangements)
		}
		if err := s.CommitTurn(bg, bot.TurnResult{Conv: bot.Conversation{ID: "none"}}); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestCommitTurnConflictsLeaveOneWinner(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		c := openConv(t, s, "c1")
		var won, lost atomic.Int64
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				switch err := s.CommitTurn(bg, bot.TurnResult{Conv: c, NowMS: 1, Effects: []flows.Effect{{Kind: flows.EffVerifyFail}}}); {
				case err == nil:
					won.Add(1)
				case errors.Is(err, bot.ErrConflict):
					lost.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 || lost.Load() != 7 {
			t.Fatalf("%d won, %d lost", won.Load(), lost.Load())
		}
		if n := len(must1(s.Audit(bg, "c1", 0, 10))(t)); n != 1 {
			t.Fatalf("%d audit lines: a lost turn left a trace", n)
		}
		c = must1(s.Conversation(bg, "c1"))(t)
		must1(s.TakeOver(bg, "c1", "agent1", 2))(t)
		if err := s.CommitTurn(bg, bot.TurnResult{Conv: c, NowMS: 3}); !errors.Is(err, bot.ErrConflict) {
			t.Fatalf("a turn after a person took over: %v", err)
		}
	})
}

// Whatever fails inside a turn, nothing of it is true.
func TestCommitTurnIsAllOrNothing(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, debtor, account := addDebtor(t, s)
		c := openConv(t, s, "c1")
		c.CreditorID = cred
		good := testOffer(account, testNow.Add(time.Hour))
		cases := map[string]struct {
			change func(*bot.TurnResult)
			want   error
		}{
			"expired offer":   {func(r *bot.TurnResult) { r.NowMS = testNow.Add(2 * time.Hour).UnixMilli() }, bot.ErrOfferExpired},
			"offer not made":  {func(r *bot.TurnResult) { r.Effects = append(r.Effects[:1:1], r.Effects[2:]...) }, bot.ErrOfferExpired},
			"not verified":    {func(r *bot.TurnResult) { r.Effects = r.Effects[1:] }, bot.ErrVerify},
			"other sums":      {func(r *bot.TurnResult) { a := testAgreement(good); a.Offer.Total = 200; r.Effects[2].Agreement = a }, bot.ErrOfferExpired},
			"another account": {func(r *bot.TurnResult) { a := testAgreement(good); a.AccountID = "other"; r.Effects[2].Agreement = a }, bot.ErrOfferExpired},
			"unknown effect":  {func(r *bot.TurnResult) { r.Effects = append(r.Effects, flows.Effect{Kind: "made_up"}) }, nil},
		}
		for name, tc := range cases {
			r := agreedTurn(c, debtor, good)
			r.Outbox = []bot.Outgoing{outgoing("c1", "d-"+name, "x")}
			tc.change(&r)
			err := s.CommitTurn(bg, r)
			if err == nil || tc.want != nil && !errors.Is(err, tc.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, table := range []string{"arrangement", "instalment", "offer", "outbox", "document", "turn"} {
			var n int
			must(t, s.readers.Get(&n, "SELECT count(*) FROM "+table))
			if n != 0 {
				t.Errorf("%d rows in %s", n, table)
			}
		}
		if got := must1(s.Conversation(bg, "c1"))(t); got.Version != 0 || got.DebtorID != "" {
			t.Errorf("got %+v", got)
		}
	})
}

func TestEffects(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, debtor, account := addDebtor(t, s)
		c := openConv(t, s, "c1")
		_, err := s.writer.Exec(`UPDATE conversation SET creditor_id = $1`, cred)
		must(t, err)
		c.CreditorID = cred
		due := calendar.NewDate(2026, 12, 1)
		income, outgoings := ledger.Amount(800000), ledger.Amount(500000)
		turn := func(effects ...flows.Effect) {
			t.Helper()
			must(t, s.CommitTurn(bg, bot.TurnResult{Conv: c, NowMS: testNow.UnixMilli(), Effects: effects}))
			c = must1(s.Conversation(bg, "c1"))(t)
		}
		// Before anybody is known: a hold and a case belong to the conversation …
		dispute := flows.Effect{Kind: flows.EffHold, Hold: &flows.Hold{Reason: "dispute", Scope: "debtor", Until: due}}
		turn(dispute, flows.Effect{Kind: flows.EffCase, Case: &flows.Case{Kind: "dispute", Due: due, Note: "不是我借的"}}, flows.Effect{Kind: flows.EffVerifyFail})
		if f := must1(s.DeliveryFacts(bg, c, testNow))(t); len(f.Holds) != 1 || f.OptedOut {
			t.Fatalf("facts %+v", f)
		}
		// … and follow the debtor once known.
		turn(flows.Effect{Kind: flows.EffVerified, DebtorID: debtor}, dispute,
			flows.Effect{Kind: flows.EffPromise, AccountID: account, Promise: &flows.Promise{On: due, Amount: 100}},
			flows.Effect{Kind: flows.EffPromise, AccountID: account, Promise: &flows.Promise{On: due, Amount: 100}},
			flows.Effect{Kind: flows.EffMeans, Means: &arrange.Means{MonthlyIncome: &income, Payday: 15}})
		turn(flows.Effect{Kind: flows.EffMeans, Means: &arrange.Means{MonthlyOutgoings: &outgoings}},
			flows.Effect{Kind: flows.EffOptOut, Text: "all"}, flows.Effect{Kind: flows.EffOptOut, Text: "all"},
			flows.Effect{Kind: flows.EffHandoff, Reason: "asked"}, flows.Effect{Kind: flows.EffOutcome, Text: "handoff"},
			flows.Effect{Kind: flows.EffHold, Hold: &flows.Hold{Reason: "dispute", Scope: "debtor"}})
		cf := must1(s.CaseFile(bg, cred, debtor))(t)
		if len(cf.Holds) != 1 || !cf.Holds[0].Until.IsZero() || len(cf.Cases) != 1 || cf.Cases[0].Note != "不是我借的" || cf.Cases[0].Due != due {
			t.Fatalf("holds %+v, cases %+v", cf.Holds, cf.Cases)
		}
		m := cf.Debtor.Means
		if m.MonthlyIncome == nil || *m.MonthlyIncome != income || m.MonthlyOutgoings == nil || *m.MonthlyOutgoings != outgoings || m.Payday != 15 {
			t.Fatalf("means %+v", m)
		}
		if c.Control != bot.InQueue || c.Reason != "asked" || c.WaitingMS != testNow.UnixMilli() {
			t.Fatalf("got %+v", c)
		}
		if f := must1(s.DeliveryFacts(bg, c, testNow))(t); !f.OptedOut || len(f.Holds) != 1 {
			t.Fatalf("facts %+v", f)
		}
		var promises int
		must(t, s.readers.Get(&promises, `SELECT count(*) FROM promise WHERE debtor_id = $1`, debtor))
		if promises != 1 {
			t.Fatalf("%d promises", promises)
		}
	})
}

func TestContactBlockedStaysWithTheAddress(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		c := openConv(t, s, "c1")
		must(t, s.CommitTurn(bg, bot.TurnResult{Conv: c, NowMS: 1, Effects: []flows.Effect{{Kind: flows.EffWrongParty}}}))
		other := c
		other.ID = "c2"
		if f := must1(s.DeliveryFacts(bg, other, testNow))(t); !f.OptedOut {
			t.Fatal("the same address is written to again")
		}
		other.Address, other.ID = "someone else", "c3"
		if f := must1(s.DeliveryFacts(bg, other, testNow))(t); f.OptedOut {
			t.Fatal("another address is silent too")
		}
	})
}

func TestReplacedPlan(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, debtor, account := addDebtor(t, s)
		c := openConv(t, s, "c1")
		c.CreditorID = cred
		must(t, s.CommitTurn(bg, agreedTurn(c, debtor, testOffer(account, testNow.Add(time.Hour)))))
		second := testOffer(account, testNow.Add(time.Hour))
		second.ID = "offer-2"
		c = must1(s.Conversation(bg, "c1"))(t)
		c.CreditorID = cred
		must(t, s.CommitTurn(bg, agreedTurn(c, debtor, second)))
		cf := must1(s.CaseFile(bg, cred, debtor))(t)
		if len(cf.Arrangements) != 1 || cf.Arrangements[0].ID != "agr-offer-2" {
			t.Fatalf("plans %+v", cf.Arrangements)
		}
	})
}

// What a case file says of a plan is what was agreed and the money since; what was paid before it does not pay it.
func TestPlanInTheCaseFile(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, debtor, account := addDebtor(t, s)
		clock := testNow
		s.now = func() time.Time { return clock }
		c := openConv(t, s, "c1")
		c.CreditorID = cred
		must1(s.PostPayment(bg, cred, payment(account, "before", 100)))(t)
		clock = clock.Add(time.Hour)
		o := testOffer(account, clock.Add(time.Hour))
		o.Skips = 1
		r := agreedTurn(c, debtor, o)
		r.NowMS = clock.UnixMilli()
		must(t, s.CommitTurn(bg, r))
		clock = clock.Add(time.Hour)
		must1(s.PostPayment(bg, cred, payment(account, "after", 150)))(t)
		p := must1(s.CaseFile(bg, cred, debtor))(t).Arrangements[0]
		if p.Left != o.Total-150 || p.Skips != 1 || p.Paid != 1 || p.AgreedOn != calendar.DateOf(testNow) || p.Offer == nil || p.Offer.ID != o.ID ||
			len(p.Received) != 1 || p.Received[0].Amount != 150 {
			t.Fatalf("%+v", p)
		}
		if a := must1(s.BookedArrangement(bg, cred, p.ID))(t); a.Paid != 150 {
			t.Fatalf("the books say %d", a.Paid)
		}
	})
}

// Taking an agreement back ends it, and only it: what it had replaced stands again, once.
func TestWithdrawnPlan(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, debtor, account := addDebtor(t, s)
		commit := func(r bot.TurnResult) {
			t.Helper()
			r.Conv = must1(s.Conversation(bg, "c1"))(t)
			r.Conv.CreditorID = cred
			must(t, s.CommitTurn(bg, r))
		}
		c := openConv(t, s, "c1")
		for i, id := range []string{"offer-1", "offer-2"} {
			o := testOffer(account, testNow.Add(time.Hour))
			o.ID = id
			r := agreedTurn(c, debtor, o)
			r.NowMS = testNow.UnixMilli() + int64(i)
			commit(r)
		}
		plans := func() string {
			out := ""
			for _, p := range must1(s.CaseFile(bg, cred, debtor))(t).Arrangements {
				out += p.ID + " "
			}
			return out
		}
		take := func(id string) bot.TurnResult {
			return bot.TurnResult{NowMS: testNow.UnixMilli(), Effects: []flows.Effect{{Kind: flows.EffWithdrawn, DebtorID: debtor, Text: id}}}
		}
		for _, step := range []struct{ take, want string }{
			{"agr-offer-1", "agr-offer-2 "}, {"agr-offer-2", "agr-offer-1 "}, {"agr-offer-2", "agr-offer-1 "}, {"agr-offer-1", ""}, {"made-up", ""},
		} {
			if commit(take(step.take)); plans() != step.want {
				t.Fatalf("after taking back %s: %q, want %q", step.take, plans(), step.want)
			}
		}
		if a := must1(s.BookedArrangement(bg, cred, "agr-offer-2"))(t); a.State != "cancelled" {
			t.Fatalf("%+v", a)
		}
	})
}

// A promise is kept by money that came in time, and no money keeps two.
func TestPromisesInTheCaseFile(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, debtor, account := addDebtor(t, s)
		clock := testNow
		s.now = func() time.Time { return clock }
		c := openConv(t, s, "c1")
		c.CreditorID = cred
		day := calendar.DateOf(testNow)
		r := bot.TurnResult{Conv: c, NowMS: testNow.UnixMilli(), Effects: []flows.Effect{{Kind: flows.EffVerified, DebtorID: debtor}}}
		for i, amount := range []ledger.Amount{100, 101, 102} { // due tomorrow, the day after, and later
			r.Effects = append(r.Effects, flows.Effect{Kind: flows.EffPromise, AccountID: account, Promise: &flows.Promise{On: day.AddDays(1 + i), Amount: amount}})
		}
		must(t, s.CommitTurn(bg, r))
		must1(s.PostPayment(bg, cred, payment(account, "p1", 60)))(t)
		must1(s.PostPayment(bg, cred, payment(account, "p2", 90)))(t)
		clock = clock.Add(48 * time.Hour)
		states := func() (out string) {
			for _, p := range must1(s.CaseFile(bg, cred, debtor))(t).Promises {
				out += p.State + " "
			}
			return out
		}
		if got := states(); got != "kept open open " {
			t.Fatalf("on the day of the second: %s", got)
		}
		clock = clock.Add(48 * time.Hour)
		if got := states(); got != "kept broken broken " {
			t.Fatalf("after all of them: %s", got)
		}
	})
}

func TestCaseNote(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, debtor, _ := addDebtor(t, s)
		c := openConv(t, s, "c1")
		c.CreditorID = cred
		note := func(text string) flows.Effect {
			return flows.Effect{Kind: flows.EffCaseNote, Case: &flows.Case{ID: "L1", Kind: "lawyer", Note: text}}
		}
		must(t, s.CommitTurn(bg, bot.TurnResult{Conv: c, NowMS: 1, Effects: []flows.Effect{
			{Kind: flows.EffVerified, DebtorID: debtor}, {Kind: flows.EffCase, Case: &flows.Case{ID: "L1", Kind: "lawyer"}}, note("name A"), note("name A"), note("number B"),
		}}))
		if cases := must1(s.CaseFile(bg, cred, debtor))(t).Cases; len(cases) != 1 || cases[0].Note != "name A; number B" {
			t.Fatalf("%+v", cases)
		}
	})
}

func TestProactiveCounts(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		clock := testNow
		s.now = func() time.Time { return clock }
		c := openConv(t, s, "c1")
		for i, days := range []int{0, 0, -1, -6, -7} {
			clock = testNow.AddDate(0, 0, days)
			o := outgoing("c1", []string{"a", "b", "c", "d", "e"}[i], "x")
			o.Draft.Kind = guard.Proactive
			must(t, s.Enqueue(bg, o, 1))
			record(t, s, o)
		}
		record(t, s, outgoing("c1", "reply", "x"))
		must(t, s.FinishOutbox(bg, "b", "failed", nil, time.Time{}))
		if f := must1(s.DeliveryFacts(bg, c, testNow))(t); f.SentToday != 1 || f.SentWeek != 3 {
			t.Fatalf("facts %+v", f)
		}
	})
}
