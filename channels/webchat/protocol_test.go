package webchat

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/flows"
)

func TestFirstHelloReplaysEverythingInOrder(t *testing.T) {
	w := start(t, patient())
	o := w.visitor()
	for range 3 {
		if r := w.desk.reply(o.Conv); r.State != "waiting" {
			t.Fatalf("nobody is connected, yet the receipt says %q", r.State)
		}
	}
	b, wl := w.enter(o, 0, "")
	if wl.Resume != "new" || wl.HeadSeq != 3 || wl.Conv != o.Conv || wl.Epoch != "e1" || wl.State != "bot" || wl.Assurance != flows.Anon {
		t.Fatalf("%+v", wl)
	}
	for i := int64(1); i <= 3; i++ {
		g := b.next()
		if m := g.msg(t); g.T != "msg" || g.Seq != i || m.From.Role != "bot" || m.Text != hello {
			t.Fatalf("frame %d: %+v %s", i, g, g.P)
		}
		if _, err := time.Parse("2006-01-02T15:04:05.000Z", g.TS); err != nil {
			t.Fatalf("ts: %v", err)
		}
	}
	if r := w.desk.reply(o.Conv); r.State != "sent" {
		t.Fatalf("receipt %q", r.State)
	}
	if g := b.next(); g.Seq != 4 {
		t.Fatalf("live frame has seq %d", g.Seq)
	}
}

func TestResume(t *testing.T) {
	l := patient()
	l.ResumeMax, l.Page = 20, 7
	w := start(t, l)
	o := w.visitor()
	for range 30 {
		w.desk.reply(o.Conv)
	}
	for _, c := range []struct {
		name     string
		last     int64
		epoch    string
		resume   string
		from, to int64 // frames replayed
	}{
		{"new, too long", 0, "", "gap", 31, 30},
		{"ok", 27, "e1", "ok", 28, 30},
		{"ok at the edge", 10, "e1", "ok", 11, 30},
		{"gap", 9, "e1", "gap", 31, 30},
		{"up to date", 30, "e1", "ok", 31, 30},
		{"ahead of us", 31, "e1", "reset", 31, 30},
		{"other epoch", 27, "e0", "reset", 31, 30},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, wl := w.enter(o, c.last, c.epoch)
			if wl.Resume != c.resume || wl.ReplayFrom != c.from || wl.HeadSeq != 30 {
				t.Fatalf("%+v", wl)
			}
			for i := c.from; i <= c.to; i++ {
				if g := b.next(); g.Seq != i {
					t.Fatalf("seq %d, want %d", g.Seq, i)
				}
			}
			b.send("ping", nil) // nothing more comes before the answer
			if g := b.next(); g.T != "pong" {
				t.Fatalf("after the replay: %s %d", g.T, g.Seq)
			}
		})
	}
	var page messagesOut
	w.do("GET", "/api/v1/chat/"+o.Conv+"/messages?after=0", o.Token, nil, &page)
	if len(page.Frames) != 7 || !page.More || page.HeadSeq != 30 || page.Frames[6].Seq != 7 {
		t.Fatalf("history: %d frames, more %v, head %d", len(page.Frames), page.More, page.HeadSeq)
	}
	w.do("GET", "/api/v1/chat/"+o.Conv+"/messages?after=28", o.Token, nil, &page)
	if len(page.Frames) != 2 || page.More {
		t.Fatalf("end of history: %d frames, more %v", len(page.Frames), page.More)
	}
}

func TestResetOfAShortConversationReplaysIt(t *testing.T) {
	w := start(t, patient())
	o := w.visitor()
	w.desk.reply(o.Conv)
	b, wl := w.enter(o, 5, "e0")
	if wl.Resume != "reset" || wl.ReplayFrom != 1 {
		t.Fatalf("%+v", wl)
	}
	if g := b.next(); g.Seq != 1 {
		t.Fatalf("seq %d", g.Seq)
	}
}

func TestAckAfterCommitAndEchoToAllTabs(t *testing.T) {
	w := start(t, patient())
	w.desk.commit = 30 * time.Millisecond
	o := w.visitor()
	a, _ := w.enter(o, 0, "")
	b, _ := w.enter(o, 0, "")
	id := a.text("01J0000000000000000000000A", "想分期")
	g := a.until("ack")
	var ack ackOut
	if err := json.Unmarshal(g.P, &ack); err != nil || g.Re != id || ack.Seq != 1 || ack.Dup || ack.CID != "01J0000000000000000000000A" {
		t.Fatalf("%+v %s", g, g.P)
	}
	w.desk.mu.Lock()
	rows := len(w.desk.rows[o.Conv])
	w.desk.mu.Unlock()
	if rows != 1 {
		t.Fatal("acknowledged before it was durable")
	}
	if m := b.until("msg").msg(t); m.CID != ack.CID || m.MID != ack.MID || m.From.Role != "user" || m.Text != "想分期" {
		t.Fatalf("echo: %+v", m)
	}
}

// deafBus loses every event.
type deafBus struct{ bot.Bus }

func (deafBus) Publish(bot.Event) {}

func TestTheEchoDoesNotNeedTheBus(t *testing.T) {
	w := start(t, patient())
	w.desk.bus = deafBus{w.desk.bus}
	o := w.visitor()
	a, _ := w.enter(o, 0, "")
	b, _ := w.enter(o, 0, "")
	a.text("c1", "你好")
	// Both come, in either order: a sender knows its own words by their cid.
	if first, second := a.next().T, a.next().T; first+second != "ackmsg" && first+second != "msgack" {
		t.Fatalf("%s, %s", first, second)
	}
	b.until("msg")
	w.desk.reply(o.Conv)
	if g := b.next(); g.Seq != 2 {
		t.Fatalf("%+v", g)
	}
}

func TestSameCID(t *testing.T) {
	w := start(t, patient())
	o := w.visitor()
	b, _ := w.enter(o, 0, "")
	b.text("c1", "你好")
	b.until("ack")
	b.text("c1", "你好")
	var ack ackOut
	if _ = json.Unmarshal(b.until("ack").P, &ack); !ack.Dup || ack.Seq != 1 {
		t.Fatalf("%+v", ack)
	}
	b.text("c1", "别的话")
	if e := b.wantError(codeCIDConflict); e.CID != "c1" || e.Temporary {
		t.Fatalf("%+v", e)
	}
}

func TestActionsTravelWithoutTheirForms(t *testing.T) {
	w := start(t, patient())
	o := w.debtor(nil)
	b, _ := w.enter(o, 0, "")
	b.send("msg", map[string]any{"cid": "a1", "kind": "action", "action": map[string]any{
		"name": "verify", "ref": "card1", "version": 3, "fields": map[string]string{"name": "张伟", "id_last4": "0032"}}})
	g := b.until("msg")
	var m msgOut
	if err := json.Unmarshal(g.P, &m); err != nil || m.Kind != "action" || m.Action == nil || m.Action.Name != "verify" || m.Action.Version != "3" {
		t.Fatalf("%s", g.P)
	}
	if s := string(g.P); contains(s, "张伟") || contains(s, "0032") {
		t.Fatalf("identity factors went back to the browser: %s", s)
	}
	w.desk.mu.Lock()
	defer w.desk.mu.Unlock()
	if a := w.desk.rows[o.Conv][0].Action; a.Fields["id_last4"] != "0032" || a.Version != "3" {
		t.Fatalf("the bot did not get the form: %+v", a)
	}
}

func TestAgentEventsAreDurableFrames(t *testing.T) {
	w := start(t, patient())
	o := w.visitor()
	b, _ := w.enter(o, 0, "")
	for _, c := range []struct{ reply, event, name string }{
		{"agent_queued", "queued", ""}, {"agent_joined", "joined", "小林"}, {"agent_left", "left", "小林"},
	} {
		parts := []guard.Part{{Role: "body", Text: help}}
		if c.name != "" {
			parts = append(parts, guard.Part{Role: "name", Text: c.name})
		}
		w.desk.say(o.Conv, guard.System, guard.Notice, c.reply, parts...)
		g := b.next()
		var a agentOut
		if err := json.Unmarshal(g.P, &a); err != nil || g.T != "agent" || g.Seq == 0 || a.Event != c.event || a.Name != c.name || a.Text != help {
			t.Fatalf("%+v %s", g, g.P)
		}
	}
	w.desk.say(o.Conv, guard.Agent, guard.Reply, "", guard.Part{Role: "body", Text: hello}, guard.Part{Role: "name", Text: "小林"})
	if m := b.next().msg(t); m.From.Role != "agent" || m.From.Name != "小林" {
		t.Fatalf("%+v", m)
	}
}

func TestTypingBothWays(t *testing.T) {
	w := start(t, patient())
	o := w.visitor()
	b, _ := w.enter(o, 0, "")
	w.desk.bus.Publish(bot.Event{Kind: "typing", ConvID: o.Conv, Agent: true, Name: "小林", On: true})
	if g := b.next(); g.T != "typing" || g.Seq != 0 || string(g.P) != `{"on":true}` {
		t.Fatalf("%+v %s", g, g.P)
	}
	w.desk.bus.Publish(bot.Event{Kind: "typing", ConvID: o.Conv, On: true}) // the debtor's own does not come back
	for range 3 {
		b.send("typing", onIn{On: true}) // at most one in two seconds passes
	}
	b.send("typing", onIn{On: false})
	b.send("typing", onIn{On: true})
	b.send("ping", nil)
	if g := b.next(); g.T != "pong" {
		t.Fatalf("%+v", g)
	}
	w.desk.mu.Lock()
	if got := fmt.Sprint(w.desk.typed); got != "[true false]" {
		t.Errorf("typing passed on: %v", got)
	}
	w.desk.mu.Unlock()
}

func TestTypingEndsWithTheSocket(t *testing.T) {
	w := start(t, patient())
	o := w.visitor()
	b, _ := w.enter(o, 0, "")
	b.send("typing", onIn{On: true})
	b.send("ping", nil)
	b.until("pong")
	b.conn.Close()
	wait(t, "typing off", func() bool {
		w.desk.mu.Lock()
		defer w.desk.mu.Unlock()
		return fmt.Sprint(w.desk.typed) == "[true false]"
	})
}

func TestMarksAreCumulativeAndRare(t *testing.T) {
	l := patient()
	l.SeenEvery = 50 * time.Millisecond
	w := start(t, l)
	o := w.visitor()
	for range 10 {
		w.desk.reply(o.Conv)
	}
	b, _ := w.enter(o, 0, "")
	for i := range 10 {
		b.next()
		b.send("recv", seqIn{Seq: int64(i + 1)})
	}
	b.send("read", seqIn{Seq: 9})
	b.send("read", seqIn{Seq: 3})    // never back
	b.send("recv", seqIn{Seq: 9999}) // nobody received what was not written
	seen := func(what string) int64 {
		w.desk.mu.Lock()
		defer w.desk.mu.Unlock()
		return w.desk.seen[what]
	}
	wait(t, "marks", func() bool { return seen(o.Conv+"/read") == 9 && seen(o.Conv+"/delivered") == 10 })
	if n := seen("calls"); n > 8 {
		t.Errorf("%d writes for 13 marks", n)
	}
}

func TestMarksAreStoredWhenTheSocketEnds(t *testing.T) {
	l := patient()
	l.SeenEvery = time.Hour
	w := start(t, l)
	o := w.visitor()
	w.desk.reply(o.Conv)
	w.desk.reply(o.Conv)
	b, _ := w.enter(o, 0, "")
	b.next()
	read := func(n int64) func() bool {
		return func() bool {
			w.desk.mu.Lock()
			defer w.desk.mu.Unlock()
			return w.desk.seen[o.Conv+"/read"] == n
		}
	}
	b.send("read", seqIn{Seq: 1})
	wait(t, "first mark", read(1))
	b.next()
	b.send("read", seqIn{Seq: 9999}) // nobody has read what was not written
	b.send("ping", nil)
	b.until("pong")
	if !read(1)() {
		t.Fatal("stored again within the hour")
	}
	b.conn.Close()
	wait(t, "last mark", read(2))
}

func TestSyncRepeatsWhatWasLost(t *testing.T) {
	w := start(t, patient())
	o := w.visitor()
	for range 5 {
		w.desk.reply(o.Conv)
	}
	b, _ := w.enter(o, 0, "")
	for range 5 {
		b.next()
	}
	b.send("sync", seqIn{From: 3})
	for i := int64(3); i <= 5; i++ {
		if g := b.next(); g.Seq != i {
			t.Fatalf("seq %d, want %d", g.Seq, i)
		}
	}
	b.send("sync", seqIn{From: 99})
	b.wantError(codeBadFrame)
}

func TestIdentityProvedInTheChatCounts(t *testing.T) {
	w := start(t, patient())
	o := w.visitor()
	card := guard.Part{Role: "card", Text: help, Data: json.RawMessage(`{"type":"balance","total_fen":1234500}`)}
	w.desk.change(o.Conv, func(c *bot.Conversation) { c.Identity = flows.Verified })
	b, wl := w.enter(o, 0, "")
	if wl.Assurance != flows.Verified {
		t.Fatalf("assurance %s", wl.Assurance)
	}
	w.desk.put(o.Conv, card)
	if m := b.next().msg(t); m.Kind == "withheld" || len(m.Card) == 0 {
		t.Fatalf("%+v", m)
	}
}

func TestAWeakSessionDoesNotInheritAnothersProof(t *testing.T) {
	w := start(t, patient())
	strong := w.debtor(nil)
	w.desk.put(strong.Conv, guard.Part{Role: "card", Text: help, Data: json.RawMessage(`{"type":"balance","total_fen":1234500}`)})
	w.shift.Add(int64(time.Minute))
	weak := w.debtor(identified)
	if weak.Conv != strong.Conv || weak.Assurance != flows.Identified {
		t.Fatalf("%+v", weak)
	}
	b, wl := w.enter(weak, 0, "")
	if wl.Assurance != flows.Identified {
		t.Fatalf("assurance %s", wl.Assurance)
	}
	g := b.next()
	if m := g.msg(t); g.Seq != 1 || m.Kind != "withheld" || contains(string(g.P), "1234500") {
		t.Fatalf("%s", g.P)
	}
	b.send("msg", map[string]any{"cid": "x1", "kind": "action", "action": map[string]any{"name": "accept", "ref": "o1"}})
	b.wantError(codeVerify)
}

func TestTranscriptAwayIsTriedAgain(t *testing.T) {
	l := patient()
	l.RetryRecall = 20 * time.Millisecond
	w := start(t, l)
	o := w.visitor()
	b, _ := w.enter(o, 0, "")
	w.desk.mu.Lock()
	w.desk.failing = true
	w.desk.mu.Unlock()
	w.desk.reply(o.Conv)
	time.Sleep(50 * time.Millisecond)
	w.desk.mu.Lock()
	w.desk.failing = false
	w.desk.mu.Unlock()
	if g := b.next(); g.Seq != 1 {
		t.Fatalf("%+v", g)
	}
}

func TestShutdownSaysGoodbye(t *testing.T) {
	w := start(t, patient())
	o := w.visitor()
	b, _ := w.enter(o, 0, "")
	w.stop()
	g := b.next()
	var bye byeOut
	if err := json.Unmarshal(g.P, &bye); err != nil || g.T != "bye" || !bye.Reconnect || bye.AfterMS < 0 || bye.AfterMS > 5000 {
		t.Fatalf("%+v %s", g, g.P)
	}
	if code, _ := b.closed(); code != 1012 {
		t.Fatalf("close code %d", code)
	}
	_, resp, err := w.dialWith(origin(w), Protocol)
	if err == nil || resp == nil || resp.StatusCode != 503 {
		t.Fatalf("a stopping server let somebody in: %v", err)
	}
}
