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
)

func TestConversationRoundTrip(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		c := bot.Conversation{ID: "c1", Epoch: "e", CreditorID: "k", Channel: "web", Address: "a", Lang: "en", Identity: flows.Identified, Control: bot.ByBot,
			State: flows.State{Slots: map[string]flows.Value{"count": {Kind: flows.KindCount, Count: 12, Origin: "debtor"}}, Turns: 3}, CreatedMS: 5}
		must(t, s.OpenConversation(bg, c))
		got := must1(s.Conversation(bg, "c1"))(t)
		if got.State.Slots["count"].Count != 12 || got.State.Turns != 3 || got.Identity != flows.Identified || got.UpdatedMS != 5 {
			t.Fatalf("got %+v", got)
		}
		if err := s.OpenConversation(bg, c); !errors.Is(err, bot.ErrConflict) {
			t.Fatalf("opened twice: %v", err)
		}
		if _, err := s.Conversation(bg, "none"); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestAppendInbound(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		openConv(t, s, "c1")
		first := must1(s.AppendInbound(bg, inbound("c1", "m1", "x", "想分期")))(t)
		again := must1(s.AppendInbound(bg, inbound("c1", "m2", "x", "想分期")))(t)
		if first != (bot.Accepted{MessageID: "m1", Seq: 1}) || again != (bot.Accepted{MessageID: "m1", Seq: 1, Dup: true}) {
			t.Fatalf("first %+v, again %+v", first, again)
		}
		if _, err := s.AppendInbound(bg, inbound("c1", "m3", "x", "别的话")); !errors.Is(err, bot.ErrCIDConflict) {
			t.Fatalf("other content: %v", err)
		}
		act := inbound("c1", "m4", "y", "")
		act.Kind, act.Action = "action", &flows.Action{Name: "accept", Ref: "offer-1"}
		if acc := must1(s.AppendInbound(bg, act))(t); acc.Seq != 2 {
			t.Fatalf("a refused message took a number: %+v", acc)
		}
		act.Action = &flows.Action{Name: "decline", Ref: "offer-1"}
		if _, err := s.AppendInbound(bg, act); !errors.Is(err, bot.ErrCIDConflict) {
			t.Fatalf("other action: %v", err)
		}
		for range 2 { // no cid: never a double
			must1(s.AppendInbound(bg, inbound("c1", "", "", "同一句")))(t)
		}
		if _, err := s.AppendInbound(bg, inbound("none", "m9", "", "x")); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("no conversation: %v", err)
		}
		must1(s.Close(bg, "c1", "", 1))(t)
		if _, err := s.AppendInbound(bg, inbound("c1", "m10", "z", "x")); !errors.Is(err, bot.ErrClosed) {
			t.Fatalf("closed: %v", err)
		}
		if acc := must1(s.AppendInbound(bg, inbound("c1", "m11", "x", "想分期")))(t); !acc.Dup {
			t.Fatal("a late retry of an accepted message is a double even when closed")
		}
		msgs := must1(s.Messages(bg, "c1", 0, 10))(t)
		if len(msgs) != 4 || msgs[1].Action.Name != "accept" || msgs[0].State != "pending" || msgs[0].CID != "x" {
			t.Fatalf("got %+v", msgs)
		}
		if page := must1(s.Messages(bg, "c1", 2, 1))(t); len(page) != 1 || page[0].Seq != 3 {
			t.Fatalf("page %+v", page)
		}
	})
}

// Eight writers, one conversation, half of the messages sent twice: numbers without gap or double.
func TestConcurrentInboundIsGapless(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		openConv(t, s, "c1")
		const writers, each = 8, 25
		var wg sync.WaitGroup
		errs := make(chan error, 2*writers*each)
		for w := range writers {
			for range 2 {
				wg.Go(func() {
					for i := range each {
						cid := fmt.Sprintf("%d-%d", w/2, i) // two writers share each cid
						if _, err := s.AppendInbound(bg, inbound("c1", "", cid, cid)); err != nil {
							errs <- err
						}
					}
				})
			}
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			t.Error(err)
		}
		msgs := must1(s.Messages(bg, "c1", 0, 1000))(t)
		if len(msgs) != writers/2*each {
			t.Fatalf("%d messages", len(msgs))
		}
		for i, m := range msgs {
			if m.Seq != int64(i+1) {
				t.Fatalf("row %d has number %d", i, m.Seq)
			}
		}
		if c := must1(s.Conversation(bg, "c1"))(t); c.HeadSeq != int64(len(msgs)) {
			t.Fatalf("head %d", c.HeadSeq)
		}
	})
}

func record(t *testing.T, s *Store, o bot.Outgoing) guard.Recorded {
	t.Helper()
	return must1(s.Record(bg, guard.Entry{Draft: o.Draft, Verdict: o.Verdict, Facts: o.Facts}))(t)
}

func TestRecord(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		openConv(t, s, "c1")
		must1(s.AppendInbound(bg, inbound("c1", "m1", "x", "hi")))(t)
		o := outgoing("c1", "d1", "您好")
		r := record(t, s, o)
		if r.Seq != 2 || r.ClearanceID == "" || r.MessageID == "" {
			t.Fatalf("got %+v", r)
		}
		if again := record(t, s, o); again != r {
			t.Fatalf("again %+v, first %+v", again, r)
		}
		stopped := outgoing("c1", "d2", "威胁")
		stopped.Verdict = guard.Verdict{Decision: guard.Block, Hits: []guard.Hit{{Rule: "T01", Decision: guard.Block}}}
		if got := record(t, s, stopped); got != (guard.Recorded{}) {
			t.Fatalf("a stopped draft got %+v", got)
		}
		shown := outgoing("c1", "d3", "您好")
		shown.Draft.Kind = guard.Recalled
		if got := record(t, s, shown); got.Seq != 0 || got.ClearanceID == "" {
			t.Fatalf("recalled: %+v", got)
		}
		msgs := must1(s.Messages(bg, "c1", 1, 10))(t)
		if len(msgs) != 1 || msgs[0].ClearanceID != r.ClearanceID || msgs[0].Parts[0].Text != "您好" || msgs[0].State != "sending" || msgs[0].Author != "bot" {
			t.Fatalf("got %+v", msgs)
		}
		lines := must1(s.Audit(bg, "c1", 0, 10))(t)
		kinds := []string{}
		for _, l := range lines {
			kinds = append(kinds, l.Kind)
		}
		if !slices.Equal(kinds, []string{"clearance", "clearance", "stopped", "clearance"}) || lines[0].ID != r.ClearanceID || lines[2].Verdict.Hits[0].Rule != "T01" {
			t.Fatalf("audit %v %+v", kinds, lines)
		}
		if _, err := s.Record(bg, guard.Entry{Draft: outgoing("none", "d9", "x").Draft, Verdict: guard.Verdict{Decision: guard.Pass}}); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("no conversation: %v", err)
		}
		if n := len(must1(s.Audit(bg, "", 0, 10))(t)); n != 4 {
			t.Fatalf("a failed record left a line: %d", n)
		}
	})
}

func TestMarkSeenOnlyForward(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		openConv(t, s, "c1")
		for i := range 3 {
			id := fmt.Sprint("d", i)
			must(t, s.Enqueue(bg, outgoing("c1", id, "x"), 1))
			record(t, s, outgoing("c1", id, "x"))
		}
		must(t, s.FinishOutbox(bg, "d0", "waiting", nil, time.Time{}))
		must(t, s.MarkSeen(bg, "c1", "delivered", 2))
		must(t, s.FinishOutbox(bg, "d1", "sent", nil, time.Time{})) // the receipt came after the debtor's own word
		must(t, s.MarkSeen(bg, "c1", "read", 1))
		must(t, s.MarkSeen(bg, "c1", "delivered", 99))
		must(t, s.MarkSeen(bg, "c1", "delivered", 1))
		states := []string{}
		for _, m := range must1(s.Messages(bg, "c1", 0, 10))(t) {
			states = append(states, m.State)
		}
		c := must1(s.Conversation(bg, "c1"))(t)
		if !slices.Equal(states, []string{"read", "delivered", "delivered"}) || c.ReadSeq != 1 || c.RecvSeq != 3 {
			t.Fatalf("states %v, read %d, received %d", states, c.ReadSeq, c.RecvSeq)
		}
		if err := s.MarkSeen(bg, "c1", "liked", 1); err == nil {
			t.Fatal("an unknown mark was taken")
		}
		if err := s.MarkSeen(bg, "none", "read", 1); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestPendingConversations(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		for _, id := range []string{"a", "b", "c", "d"} {
			openConv(t, s, id)
		}
		m := inbound("b", "m1", "", "x")
		m.AtMS = 50
		must1(s.AppendInbound(bg, m))(t)
		must(t, s.Enqueue(bg, outgoing("a", "d1", "x"), 20))
		must(t, s.Enqueue(bg, outgoing("c", "d2", "x"), 10))
		_, ok, err := s.ClaimOutbox(bg, "c", "n1", testNow, time.Minute) // under way
		if !ok || err != nil {
			t.Fatal(ok, err)
		}
		held := outgoing("d", "d3", "x")
		held.Verdict.Decision = guard.Hold
		must(t, s.Enqueue(bg, held, 5))
		if ids := must1(s.PendingConversations(bg, 10))(t); !slices.Equal(ids, []string{"a", "b"}) {
			t.Fatalf("got %v", ids)
		}
		if ids := must1(s.PendingConversations(bg, 1))(t); !slices.Equal(ids, []string{"a"}) {
			t.Fatalf("got %v", ids)
		}
		if p := must1(s.PendingInbound(bg, "b"))(t); len(p) != 1 || p[0].ID != "m1" {
			t.Fatalf("got %+v", p)
		}
	})
}
