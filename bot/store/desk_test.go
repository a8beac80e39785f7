package store

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/flows"
)

func TestHandoffs(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		openConv(t, s, "c1")
		c := must1(s.TakeOver(bg, "c1", "ann", 5))(t)
		if c.Control != bot.ByAgent || c.AgentID != "ann" || c.Version != 1 {
			t.Fatalf("got %+v", c)
		}
		if c := must1(s.TakeOver(bg, "c1", "ann", 6))(t); c.Version != 1 {
			t.Fatal("taking over what one holds is a change")
		}
		for name, f := range map[string]func() (bot.Conversation, error){
			"take over": func() (bot.Conversation, error) { return s.TakeOver(bg, "c1", "bob", 7) },
			"hand back": func() (bot.Conversation, error) { return s.HandBack(bg, "c1", "bob", 7) },
			"close":     func() (bot.Conversation, error) { return s.Close(bg, "c1", "bob", 7) },
		} {
			if _, err := f(); !errors.Is(err, bot.ErrNotHolder) {
				t.Errorf("%s by another: %v", name, err)
			}
		}
		if c := must1(s.HandBack(bg, "c1", "ann", 8))(t); c.Control != bot.ByBot || c.AgentID != "" || c.Version != 2 {
			t.Fatalf("got %+v", c)
		}
		if _, err := s.HandBack(bg, "c1", "ann", 8); !errors.Is(err, bot.ErrNotHolder) {
			t.Fatalf("handed back twice: %v", err)
		}
		must1(s.Close(bg, "c1", "bob", 9))(t)
		if _, err := s.TakeOver(bg, "c1", "ann", 10); !errors.Is(err, bot.ErrClosed) {
			t.Fatalf("closed: %v", err)
		}
		if _, err := s.TakeOver(bg, "none", "ann", 10); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("none: %v", err)
		}
		lines := must1(s.Audit(bg, "c1", 0, 10))(t)
		if len(lines) != 3 || lines[0].Kind != "control" || lines[0].Actor != "agent:ann" || lines[2].Actor != "agent:bob" {
			t.Fatalf("audit %+v", lines)
		}
	})
}

// Two people reach for the same conversation: one has it.
func TestTakeOverRace(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		openConv(t, s, "c1")
		results := make(chan error, 8)
		for i := range 8 {
			go func() {
				_, err := s.TakeOver(bg, "c1", string(rune('a'+i)), 1)
				results <- err
			}()
		}
		won := 0
		for range 8 {
			if err := <-results; err == nil {
				won++
			} else if !errors.Is(err, bot.ErrNotHolder) {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Fatalf("%d hold it", won)
		}
	})
}

func TestSessions(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		v := bot.Session{TokenHash: "h1", ConvID: "c1", CreditorID: "k", Subject: "sub", Assurance: flows.Verified, CreatedMS: 1, SeenMS: 1, ExpiresMS: 99}
		must(t, s.CreateSession(bg, v))
		if err := s.CreateSession(bg, v); !errors.Is(err, bot.ErrConflict) {
			t.Fatalf("twice: %v", err)
		}
		must(t, s.TouchSession(bg, "h1", 50))
		must(t, s.TouchSession(bg, "h1", 40))
		if got := must1(s.SessionByHash(bg, "h1"))(t); got.SeenMS != 50 || got.Assurance != flows.Verified || got.Revoked {
			t.Fatalf("got %+v", got)
		}
		if _, err := s.SessionByHash(bg, "none"); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("got %v", err)
		}
		visitor := v
		visitor.TokenHash, visitor.Subject = "h2", ""
		must(t, s.CreateSession(bg, visitor))
		if ids := must1(s.RevokeSessions(bg, "k", ""))(t); len(ids) != 0 {
			t.Fatalf("visitors were signed out: %v", ids)
		}
		if ids := must1(s.RevokeSessions(bg, "k", "sub"))(t); !slices.Equal(ids, []string{"c1"}) {
			t.Fatalf("got %v", ids)
		}
		if ids := must1(s.RevokeSessions(bg, "k", "sub"))(t); len(ids) != 0 {
			t.Fatalf("again: %v", ids)
		}
		if got := must1(s.SessionByHash(bg, "h1"))(t); !got.Revoked {
			t.Fatal("not revoked")
		}
		must(t, s.UseTokenID(bg, "k", "j1", testNow.Add(time.Hour).UnixMilli()))
		if err := s.UseTokenID(bg, "k", "j1", 1); !errors.Is(err, bot.ErrConflict) {
			t.Fatalf("a token was used twice: %v", err)
		}
		must(t, s.UseTokenID(bg, "other", "j1", 1))
	})
}

func TestConversationOf(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		for i, id := range []string{"old", "new", "closed", "wechat"} {
			c := bot.Conversation{ID: id, CreditorID: "k", DebtorID: "d", Channel: "web", CreatedMS: int64(i)}
			if id == "wechat" {
				c.Channel = "wechat"
			}
			must(t, s.OpenConversation(bg, c))
		}
		must1(s.Close(bg, "closed", "", 9))(t)
		if c := must1(s.ConversationOf(bg, "k", "d", "web"))(t); c.ID != "new" {
			t.Fatalf("got %s", c.ID)
		}
		for _, debtor := range []string{"", "nobody"} {
			if _, err := s.ConversationOf(bg, "k", debtor, "web"); !errors.Is(err, bot.ErrNotFound) {
				t.Fatalf("%q: %v", debtor, err)
			}
		}
	})
}

func TestAgents(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		a := bot.AgentUser{ID: "a1", Login: " Ann@Example.com ", Name: "Ann", Role: "supervisor", PasswordHash: "x"}
		must(t, s.AddAgent(bg, a))
		got := must1(s.AgentByLogin(bg, "ANN@example.com"))(t)
		if got.ID != "a1" || got.Login != "ann@example.com" || got.CreatedMS == 0 || must1(s.Agent(bg, "a1"))(t) != got {
			t.Fatalf("got %+v", got)
		}
		a.ID = "a2"
		if err := s.AddAgent(bg, a); !errors.Is(err, bot.ErrConflict) {
			t.Fatalf("login twice: %v", err)
		}
		a.Login, a.Role = "bob", "king"
		if err := s.AddAgent(bg, a); err == nil {
			t.Fatal("an unknown role was stored")
		}
		if _, err := s.Agent(bg, "none"); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestAgentSessions(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		now := testNow.UnixMilli()
		must(t, s.SessionCommit(bg, "t1", []byte{0, 1, 255}, now+1000))
		must(t, s.SessionCommit(bg, "t1", []byte{2}, now+2000))
		must(t, s.SessionCommit(bg, "gone", []byte{3}, now-1))
		data, ok, err := s.SessionFind(bg, "t1")
		if !ok || err != nil || !bytes.Equal(data, []byte{2}) {
			t.Fatal(data, ok, err)
		}
		if _, ok, err := s.SessionFind(bg, "gone"); ok || err != nil {
			t.Fatal("an expired session was found", err)
		}
		must(t, s.SessionDelete(bg, "t1"))
		if _, ok, err := s.SessionFind(bg, "t1"); ok || err != nil {
			t.Fatal("a deleted session was found", err)
		}
	})
}

func TestQueueAndNotes(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, debtor, _ := addDebtor(t, s)
		must(t, s.AddAgent(bg, bot.AgentUser{ID: "ann", Login: "ann", Name: "Ann", Role: "agent"}))
		for i, c := range []bot.Conversation{
			{ID: "plain"}, {ID: "waits2", Control: bot.InQueue, WaitingMS: 200, Reason: "asked"}, {ID: "waits1", Control: bot.InQueue, WaitingMS: 100},
			{ID: "crisis", Crisis: true, Control: bot.InQueue, WaitingMS: 300}, {ID: "mine", Control: bot.ByAgent, AgentID: "ann", DebtorID: debtor}, {ID: "gone", Control: bot.Closed},
		} {
			c.CreditorID, c.Channel, c.CreatedMS = cred, "web", int64(i)
			must(t, s.OpenConversation(bg, c))
		}
		must1(s.AppendInbound(bg, inbound("mine", "m1", "", "还不上")))(t)
		held := outgoing("mine", "d1", "x")
		held.Verdict.Decision = guard.Hold
		must(t, s.Enqueue(bg, held, 1))
		ids := func(filter, search string) (out []string) {
			t.Helper()
			for _, q := range must1(s.Queue(bg, cred, "ann", filter, search, 10))(t) {
				out = append(out, q.ID)
			}
			return out
		}
		for _, tc := range []struct {
			filter, search string
			want           []string
		}{
			{"all", "", []string{"crisis", "waits1", "waits2", "mine", "plain"}}, {"waiting", "", []string{"crisis", "waits1", "waits2"}},
			{"mine", "", []string{"mine"}}, {"held", "", []string{"mine"}}, {"crisis", "", []string{"crisis"}},
			{"all", "王", []string{"mine"}}, {"all", "00001111", []string{"mine"}}, {"all", "ASKED", []string{"waits2"}}, {"all", "%", nil}, {"all", "_", nil},
		} {
			if got := ids(tc.filter, tc.search); !slices.Equal(got, tc.want) {
				t.Errorf("%s %q: %v, want %v", tc.filter, tc.search, got, tc.want)
			}
		}
		item := must1(s.Queue(bg, "", "ann", "mine", "", 10))(t)[0]
		if item.DebtorName != "王芳" || item.DebtType != "credit_card" || item.AgentName != "Ann" || item.LastText != "还不上" || item.HeldDrafts != 1 || item.LastAuthor != "debtor" {
			t.Fatalf("got %+v", item)
		}
		counts := must1(s.QueueCounts(bg, cred, "ann"))(t)
		if counts["all"] != 5 || counts["waiting"] != 3 || counts["mine"] != 1 || counts["held"] != 1 || counts["crisis"] != 1 {
			t.Fatalf("counts %v", counts)
		}
		if got := must1(s.Queue(bg, "other creditor", "ann", "all", "", 10))(t); len(got) != 0 {
			t.Fatalf("another creditor sees %v", got)
		}
		if _, err := s.Queue(bg, cred, "ann", "everything", "", 10); err == nil {
			t.Fatal("an unknown filter was taken")
		}
		must(t, s.AddNote(bg, bot.Note{ConvID: "mine", AgentID: "ann", Text: "call back"}))
		notes := must1(s.Notes(bg, "mine"))(t)
		if len(notes) != 1 || notes[0].AgentName != "Ann" || notes[0].Text != "call back" || notes[0].AtMS == 0 {
			t.Fatalf("notes %+v", notes)
		}
		if err := s.AddNote(bg, bot.Note{ConvID: "none", AgentID: "ann", Text: "x"}); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestTenants(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		v := bot.Tenant{Creditor: flows.Creditor{ID: "k1", Name: "Acme", Hotline: "400-1", Profile: "FI"}, FrameAncestors: []string{"https://a.example"}}
		must(t, s.SaveTenant(bg, v))
		got := must1(s.Tenant(bg, "k1"))(t)
		if len(got.HostSecret) != 32 || got.Collector != "Acme" || got.Hotline != "400-1" || !slices.Equal(got.FrameAncestors, v.FrameAncestors) {
			t.Fatalf("got %+v", got)
		}
		v.Hotline = "400-2"
		must(t, s.SaveTenant(bg, v))
		again := must1(s.Tenant(bg, "k1"))(t)
		if again.Hotline != "400-2" || !bytes.Equal(again.HostSecret, got.HostSecret) {
			t.Fatal("a change of the hotline changed the secret")
		}
		v.ID = "k2"
		if err := s.SaveTenant(bg, v); !errors.Is(err, bot.ErrConflict) {
			t.Fatalf("name twice: %v", err)
		}
		v.Name, v.HostSecret = "Other", []byte("short")
		if err := s.SaveTenant(bg, v); err == nil {
			t.Fatal("a short secret was taken")
		}
		if all := must1(s.Tenants(bg))(t); len(all) != 1 {
			t.Fatalf("%d tenants", len(all))
		}
		if _, err := s.Tenant(bg, "none"); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("got %v", err)
		}
	})
}
