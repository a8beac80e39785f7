package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"hejie/bot"
	"hejie/bot/store"
)

// drainSite waits until no node has anything left to do.
func drainSite(t *testing.T, st *store.Store) {
	t.Helper()
	ctx := context.Background()
	for deadline := time.Now().Add(crashWait + time.Duration(kills())*time.Second); ; time.Sleep(200 * time.Millisecond) {
		ids, err := st.PendingConversations(ctx, 100)
		must(t, err)
		health, err := st.ChannelHealth(ctx, time.Time{})
		must(t, err)
		open := len(ids)
		for _, h := range health {
			open += h.Queued + h.Inbox
		}
		if open == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still open: %v, %+v", ids, health)
		}
	}
}

func checkCrash(t *testing.T, s *crashSite, st *store.Store, people []*person) {
	t.Helper()
	ctx := context.Background()
	rows := map[string]bot.DeadLetter{}
	dead, err := st.DeadLetters(ctx, "", 10000)
	must(t, err)
	for _, d := range dead {
		rows[d.DraftID] = d
	}
	acked := 0
	for _, p := range people {
		acked += len(p.acked)
		checkPerson(t, st, p)
	}
	if acked < 10 {
		t.Errorf("only %d messages were acknowledged: the test proves nothing", acked)
	}
	if n, bad, err := st.VerifyAudit(ctx); err != nil || bad != 0 || n == 0 {
		t.Errorf("audit: %d lines, first bad %d, %v", n, bad, err)
	}
	checkPeer(t, s, st, dead)
	arrived := 0
	for _, n := range s.peer.got {
		arrived += n
	}
	t.Logf("%d acknowledged, %d texts at the peer (%d repeats of a key it dropped), %d shown as doubtful", acked, len(s.peer.took), arrived-len(s.peer.took), len(dead))
}

// checkPerson: what was acknowledged stands in the transcript once, in the order it was written, and one turn took it.
func checkPerson(t *testing.T, st *store.Store, p *person) {
	t.Helper()
	ctx := context.Background()
	a, err := st.AddressOf(ctx, p.channel, "main", p.from)
	must(t, err)
	msgs, err := st.Messages(ctx, a.ConvID, 0, 100000)
	must(t, err)
	turns, err := st.TurnRecords(ctx, a.ConvID)
	must(t, err)
	taken := map[string]int{}
	for _, r := range turns {
		for _, id := range r.Consumed {
			taken[id]++
		}
	}
	at := 0
	for i, m := range msgs {
		if m.Seq != int64(i+1) {
			t.Fatalf("%s: seq %d at place %d", p.from, m.Seq, i+1)
		}
		if m.Direction != "in" {
			continue
		}
		if taken[m.ID] != 1 || m.State != "done" {
			t.Errorf("%s: %q was taken by %d turns and is %s", p.from, m.Text, taken[m.ID], m.State)
		}
		if at < len(p.acked) && m.Text == p.acked[at] {
			at++
		} else if at < len(p.acked) {
			t.Fatalf("%s: %q stands where %q was written", p.from, m.Text, p.acked[at])
		}
	}
	if at != len(p.acked) {
		t.Errorf("%s: %d of %d acknowledged messages are there", p.from, at, len(p.acked))
	}
}

// checkPeer compares what the peer got with what we say we sent.
func checkPeer(t *testing.T, s *crashSite, st *store.Store, dead []bot.DeadLetter) {
	t.Helper()
	s.peer.mu.Lock()
	defer s.peer.mu.Unlock()
	last := map[string]int64{}
	for _, x := range s.peer.took {
		if x.Seq <= last[x.Conv] {
			t.Errorf("%s: seq %d came after %d", x.Channel, x.Seq, last[x.Conv])
		}
		last[x.Conv] = x.Seq
		if x.Channel == "sms" && s.peer.got[x.Key] != 1 {
			t.Errorf("an SMS was sent %d times", s.peer.got[x.Key])
		}
		if s.peer.texts[x.Key] == "CHANGED" || strings.TrimSpace(x.Text) == "" {
			t.Errorf("two texts under one key")
		}
	}
	health, err := st.ChannelHealth(context.Background(), time.Time{})
	must(t, err)
	sent, atPeer := map[string]int{}, map[string]int{}
	for _, h := range health {
		sent[h.Channel] = h.Sent
		if h.Parked+h.Suppressed+h.InboxDead != 0 {
			t.Errorf("%+v", h)
		}
	}
	for _, x := range s.peer.took {
		atPeer[x.Channel]++
	}
	unknown := 0
	for _, d := range dead {
		if d.Channel != "sms" || d.State != "unknown" {
			t.Errorf("a text failed: %+v", d)
		}
		unknown++
	}
	if sent["wecom"] != atPeer["wecom"] {
		t.Errorf("wecom: %d sent, the peer has %d", sent["wecom"], atPeer["wecom"])
	}
	if atPeer["sms"] < sent["sms"] || atPeer["sms"] > sent["sms"]+unknown {
		t.Errorf("sms: %d sent, %d shown as doubtful, the peer has %d", sent["sms"], unknown, atPeer["sms"])
	}
}
