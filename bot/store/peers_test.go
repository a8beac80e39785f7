package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hejie/bot"
	"hejie/flows"
)

const knownPhone = "+8613800004417" // on file for the debtor of addDebtor

// smsIn commits one inbound SMS of a number with what the caller adds, and returns its address as it stands then.
func smsIn(t *testing.T, s *Store, creditor, number string, n int, add func(*bot.InboxCommit)) bot.Address {
	t.Helper()
	in := bot.Arrival{Channel: "sms", Account: "main", ExtID: number + string(rune('a'+n)), From: number, Kind: "text", Text: "x", At: testNow}
	must1(s.AcceptInbound(bg, []bot.Arrival{in}, nil, testNow.UnixMilli()))(t)
	rows := must1(s.ClaimInbox(bg, "n", testNow, time.Minute, 10))(t)
	if len(rows) != 1 {
		t.Fatalf("%d rows", len(rows))
	}
	a, err := s.AddressOf(bg, "sms", "main", number)
	if errors.Is(err, bot.ErrNotFound) {
		a, err = bot.Address{ID: "addr-" + number, CreditorID: creditor, Channel: "sms", Account: "main", Number: number}, nil
	}
	must(t, err)
	c := bot.InboxCommit{ID: rows[0].ID, Owner: "n", Address: a, WasConv: a.ConvID, ConvID: a.ConvID, NoTurn: true, NowMS: testNow.UnixMilli()}
	if a.ConvID == "" {
		c.ConvID = "conv-" + number
		c.Open = &bot.Conversation{ID: c.ConvID, Epoch: "e", CreditorID: creditor, Channel: "sms", Address: a.ID, Lang: "zh-Hans", CreatedMS: 1}
	}
	m := inbound(c.ConvID, newID(), rows[0].ID, "x")
	c.Message = &m
	add(&c)
	must1(s.CommitInbox(bg, c))(t)
	return must1(s.AddressOf(bg, "sms", "main", number))(t)
}

func TestRefusalsAndTheirReturn(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, debtor, _ := addDebtor(t, s)
		if d := must1(s.DebtorByPhone(bg, cred, knownPhone))(t); d.ID != debtor {
			t.Fatalf("%+v", d)
		}
		for _, nobody := range []string{"+8613800004418", "+18613800004417", "4417", ""} {
			if _, err := s.DebtorByPhone(bg, cred, nobody); !errors.Is(err, bot.ErrNotFound) {
				t.Errorf("%q: %v", nobody, err)
			}
		}
		a := smsIn(t, s, cred, knownPhone, 0, func(*bot.InboxCommit) {})
		if may := must1(s.MayResume(bg, a))(t); may {
			t.Error("nothing was refused")
		}
		smsIn(t, s, cred, knownPhone, 1, func(c *bot.InboxCommit) { c.OptOut = "STOP" }) // while nobody knows who it is
		a = smsIn(t, s, cred, knownPhone, 2, func(c *bot.InboxCommit) { c.Known = debtor })
		conv := must1(s.Conversation(bg, a.ConvID))(t)
		if a.DebtorID != debtor || conv.DebtorID != debtor || conv.State.DebtorID != debtor || conv.Identity != flows.Identified {
			t.Fatalf("%+v %+v", a, conv)
		}
		smsIn(t, s, cred, knownPhone, 3, func(c *bot.InboxCommit) { c.OptOut, c.Known = "STOP", debtor })
		web := bot.Conversation{ID: "w", CreditorID: cred, DebtorID: debtor, Channel: "web"}
		if f := must1(s.DeliveryFacts(bg, web, testNow))(t); !f.OptedOut || !must1(s.MayResume(bg, a))(t) {
			t.Errorf("%+v", f)
		}
		smsIn(t, s, cred, knownPhone, 4, func(c *bot.InboxCommit) { c.Resume, c.Known = "START", debtor })
		if f := must1(s.DeliveryFacts(bg, web, testNow))(t); f.OptedOut || must1(s.MayResume(bg, a))(t) {
			t.Errorf("taken back: %+v", f)
		}
		smsIn(t, s, cred, knownPhone, 5, func(c *bot.InboxCommit) { c.OptOut, c.Known = "STOP", debtor })
		must(t, s.write(bg, func(x *tx) error { // the same refusal from somewhere else too
			_, err := x.exec("suppression_put", cred, debtor, "all", "opt_out", 1, "")
			return err
		}))
		if must1(s.MayResume(bg, a))(t) {
			t.Error("what was refused from two places was taken back from one")
		}
		a = smsIn(t, s, cred, knownPhone, 6, func(c *bot.InboxCommit) { c.Unknown = true })
		if a.DebtorID != "" || a.Method != bot.ByNobody {
			t.Errorf("%+v", a)
		}
	})
}

// A ticket names whose an address is, once; the proof that follows binds it.
func TestTicketsOfAProvedConversation(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, debtor, _ := addDebtor(t, s)
		must(t, s.PutTicket(bg, "tok", bot.Ticket{DebtorID: debtor, ExpiresMS: testNow.Add(time.Hour).UnixMilli()}, 1))
		use := func(number string, n int) (bot.Address, error) {
			var err error
			a := bot.Address{}
			func() {
				in := bot.Arrival{Channel: "sms", Account: "main", ExtID: number + string(rune('a'+n)), From: number, At: testNow}
				must1(s.AcceptInbound(bg, []bot.Arrival{in}, nil, testNow.UnixMilli()))(t)
				rows := must1(s.ClaimInbox(bg, "n", testNow, time.Minute, 10))(t)
				a = bot.Address{ID: "addr-" + number, CreditorID: cred, Channel: "sms", Account: "main", Number: number}
				_, err = s.CommitInbox(bg, bot.InboxCommit{ID: rows[0].ID, Owner: "n", Address: a, Known: debtor, Ticket: "tok", NowMS: testNow.UnixMilli()})
			}()
			if err == nil {
				a = must1(s.Address(bg, a.ID))(t)
			}
			return a, err
		}
		a, err := use("+8613900000001", 0)
		if err != nil || a.DebtorID != debtor || a.TicketMS == 0 || a.Bound(testNow) {
			t.Fatalf("%+v %v", a, err)
		}
		if _, err := use("+8613900000002", 1); !errors.Is(err, bot.ErrConflict) {
			t.Errorf("used twice: %v", err)
		}
		step := func(who string) bot.Address {
			t.Helper()
			must(t, s.write(bg, func(x *tx) error {
				_, err := x.exec("address_stepped", a.ID, who, testNow.UnixMilli(), testNow.Add(time.Hour).UnixMilli())
				return err
			}))
			return must1(s.Address(bg, a.ID))(t)
		}
		if b := step(debtor); !b.Bound(testNow) || b.VerifiedMS != testNow.UnixMilli() || b.ExpiresMS == 0 {
			t.Errorf("%+v", b)
		}
		if b := step("somebody-else"); b.DebtorID != debtor {
			t.Errorf("a bound address changed hands: %+v", b)
		}
	})
}

// Two nodes share the files to fetch; each is kept once, sealed.
func TestFilesAreFetchedOnce(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, _, _ := addDebtor(t, s)
		a := smsIn(t, s, cred, knownPhone, 0, func(c *bot.InboxCommit) {
			c.Media = []bot.Media{{Kind: "image", ID: "one"}, {Kind: "image", ID: "two"}, {Kind: "file", ID: "three"}}
		})
		first := must1(s.ClaimFiles(bg, testNow, time.Minute, 2))(t)
		rest := must1(s.ClaimFiles(bg, testNow, time.Minute, 5))(t)
		if len(first) != 2 || len(rest) != 1 || len(must1(s.ClaimFiles(bg, testNow, time.Minute, 5))(t)) != 0 {
			t.Fatalf("%d and %d files", len(first), len(rest))
		}
		must(t, s.FinishFile(bg, bot.File{ID: first[0].ID, State: "kept", Mime: "image/png", Size: 7}, []byte("made-up"), testNow))
		must(t, s.FinishFile(bg, bot.File{ID: first[1].ID, State: "new"}, nil, testNow.Add(time.Hour)))
		must(t, s.FinishFile(bg, bot.File{ID: first[0].ID, State: "gone"}, nil, testNow)) // a slow node changes nothing
		if f, body, err := s.File(bg, first[0].ID); err != nil || string(body) != "made-up" || f.State != "kept" || f.ConvID != a.ConvID {
			t.Errorf("%+v %q %v", f, body, err)
		}
		var raw []byte
		must(t, s.readers.Get(&raw, s.readers.Rebind(`SELECT content FROM attachment WHERE id = ?`), first[0].ID))
		if strings.Contains(string(raw), "made-up") {
			t.Error("a file stands in clear")
		}
		if again := must1(s.ClaimFiles(bg, testNow.Add(2*time.Minute), time.Minute, 5))(t); len(again) != 1 || again[0].ID != rest[0].ID || again[0].Attempts != 2 {
			t.Errorf("%+v", again)
		}
	})
}

// A send nobody knows the end of is asked about by one node at a time, and what comes back settles it.
func TestDoubtsAreSettledOnce(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, _, _ := addDebtor(t, s)
		a := smsIn(t, s, cred, knownPhone, 0, func(*bot.InboxCommit) {})
		o := outgoing(a.ConvID, "d1", "您好")
		o.Draft.To.ConversationID, o.Draft.To.Channel, o.Draft.To.Address = a.ConvID, "sms", a.ID
		must(t, s.Enqueue(bg, o, testNow.UnixMilli()))
		if _, ok, err := s.ClaimOutbox(bg, a.ConvID, "n", testNow, time.Minute); !ok || err != nil {
			t.Fatal(ok, err)
		}
		must(t, s.FinishSend(bg, bot.SendOutcome{DraftID: "d1", Owner: "n", Attempt: 1, State: "unknown", Next: testNow.Add(time.Minute), Result: bot.Result{Class: bot.Ambiguous}}))
		if l := must1(s.Doubts(bg, testNow, 5))(t); len(l) != 0 {
			t.Errorf("too early: %+v", l)
		}
		l := must1(s.Doubts(bg, testNow.Add(time.Minute), 5))(t)
		if len(l) != 1 || l[0].Address != knownPhone || l[0].Parts[0].Text != "您好" || len(l[0].Key) != 26 {
			t.Fatalf("%+v", l)
		}
		if !must1(s.AskDoubt(bg, "d1", testNow.Add(time.Hour), testNow.Add(time.Minute)))(t) || must1(s.AskDoubt(bg, "d1", testNow.Add(time.Hour), testNow.Add(time.Minute)))(t) {
			t.Error("two nodes ask at once")
		}
		must1(s.Report(bg, bot.Report{Channel: "sms", Account: "main", Key: l[0].Key, ProviderID: "v1", Address: knownPhone, State: "sent", At: testNow}, 1))(t)
		must1(s.Report(bg, bot.Report{Channel: "sms", Account: "main", ProviderID: "v1", Address: knownPhone, State: "delivered", At: testNow}, 1))(t)
		ev := must1(s.DeliveryEvents(bg, "d1"))(t)
		if ev[len(ev)-1].State != "delivered" {
			t.Errorf("%+v", ev)
		}
	})
}

func TestDesksThatAreBehind(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, _, _ := addDebtor(t, s)
		a := smsIn(t, s, cred, knownPhone, 0, func(*bot.InboxCommit) {})
		desk := func(control bot.Control, agent, at string) int {
			t.Helper()
			must(t, s.write(bg, func(x *tx) error {
				_, err := x.exec("conversation_control", a.ConvID, control, agent, 0, 1)
				return err
			}))
			must(t, s.PutDesk(bg, a.ID, at))
			return len(must1(s.DesksBehind(bg, "sms", "main", 5))(t))
		}
		for _, c := range []struct {
			control   bot.Control
			agent, at string
			behind    int
		}{{bot.InQueue, "", "", 1}, {bot.InQueue, "", "pool", 0}, {bot.InQueue, "", "human", 0}, {bot.ByBot, "", "pool", 1}, {bot.ByBot, "", "ended", 0}, {bot.ByAgent, "lin", "pool", 1},
			{bot.ByAgent, "desk:sms", "human", 0}, {bot.ByAgent, "lin", "", 0}} {
			if got := desk(c.control, c.agent, c.at); got != c.behind {
				t.Errorf("%+v: %d", c, got)
			}
		}
	})
}
