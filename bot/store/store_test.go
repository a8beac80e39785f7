package store

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/bot/store/pgtest"
	"hejie/flows"
	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(crashURL); url != "" {
		crashChild(url)
	}
	pgtest.Main(m)
}

var (
	testZone = time.FixedZone("+08:00", 8*3600)
	testNow  = time.Date(2026, 11, 20, 10, 0, 0, 0, testZone)
)

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, f func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, "sqlite:"+filepath.Join(t.TempDir(), "sub dir", "it's #1.db")) })
	t.Run("postgres", func(t *testing.T) { f(t, pgtest.URL(t)) })
}

func open(tb testing.TB, url string) *Store {
	tb.Helper()
	s, err := Open(tb.Context(), url, WithClock(func() time.Time { return testNow }))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Shutdown(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// withStore is onBoth with an open store.
func withStore(t *testing.T, f func(t *testing.T, s *Store)) {
	t.Helper()
	onBoth(t, func(t *testing.T, url string) { f(t, open(t, url)) })
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func must1[T any](v T, err error) func(testing.TB) T {
	return func(tb testing.TB) T {
		tb.Helper()
		must(tb, err)
		return v
	}
}

func openConv(tb testing.TB, s *Store, id string) bot.Conversation {
	tb.Helper()
	c := bot.Conversation{ID: id, Epoch: "e1", CreditorID: "cred", Channel: "web", Address: "sess-" + id, Lang: "zh-Hans",
		Identity: flows.Anon, Control: bot.ByBot, CreatedMS: testNow.UnixMilli()}
	must(tb, s.OpenConversation(tb.Context(), c))
	return must1(s.Conversation(tb.Context(), id))(tb)
}

func inbound(conv, id, cid, text string) bot.Message {
	return bot.Message{ID: id, ConvID: conv, Direction: "in", Author: "debtor", Kind: "text", CID: cid, Text: text, AtMS: testNow.UnixMilli()}
}

func outgoing(conv, id, text string) bot.Outgoing {
	return bot.Outgoing{
		Draft: guard.Draft{ID: id, To: guard.Recipient{Channel: "web", Address: "sess-" + conv, ConversationID: conv}, Author: guard.Bot,
			Kind: guard.Reply, Lang: "zh-Hans", ReplyID: "hello", Parts: []guard.Part{{Role: "body", Text: text}}},
		Verdict: guard.Verdict{Decision: guard.Pass, Ruleset: "r1"},
		Facts:   guard.Facts{Now: testNow, Zone: testZone, Identity: guard.Anon, Control: guard.Bot},
	}
}

// addDebtor writes one creditor with one debtor and one account, through the same door as a portfolio file.
func addDebtor(tb testing.TB, s *Store) (creditorID, debtorID, accountID string) {
	tb.Helper()
	csv := "creditor,account_no,debtor_id,name,phone,id_no,debt_type,currency,principal,interest,penalty,fees,as_of,due_date,annual_rate,stage,reports_credit,payday\n" +
		"Acme Bank,6222000011112222,D-1,王芳,13800004417,11010119900307001x,credit_card,CNY,10000.00,500.50,99.99,20,2026-11-01,2026-09-18,18.25,d31-90,true,10\n"
	path := filepath.Join(tb.TempDir(), "p.csv")
	must(tb, os.WriteFile(path, []byte(csv), 0o600))
	r, err := s.Import(tb.Context(), path, ImportOptions{})
	must(tb, err)
	if r.Errors != 0 {
		tb.Fatalf("import: %+v", r)
	}
	tenant := must1(s.TenantByName(tb.Context(), "Acme Bank"))(tb)
	d := must1(s.DebtorByRef(tb.Context(), tenant.ID, "D-1"))(tb)
	cf := must1(s.CaseFile(tb.Context(), tenant.ID, d.ID))(tb)
	return tenant.ID, d.ID, cf.Accounts[0].ID
}

func testOffer(account string, until time.Time) arrange.Offer {
	o := arrange.Offer{ID: "offer-1", AccountID: account, Kind: arrange.Instalments, Currency: "CNY", Total: 300, ValidUntil: until}
	for n := 1; n <= 3; n++ {
		o.Instalments = append(o.Instalments, arrange.Instalment{N: n, Due: calendar.NewDate(2026, 12, 10).AddMonths(n-1, 10), Amount: 100, Principal: 90, Interest: 10})
	}
	return o
}

func testAgreement(o arrange.Offer) *arrange.Agreement {
	return &arrange.Agreement{ID: "agr-" + o.ID, Offer: o, AccountID: o.AccountID, No4: "2222", Creditor: "Acme Bank", Terms: []string{"parties"},
		DrawnUp: testNow, ExpiresAt: o.ValidUntil, SHA256: "abc", Before: ledger.Balance{Principal: 300}}
}

var bg = context.Background()
