package webchat

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"hejie/bot"
)

func TestOriginMatrix(t *testing.T) {
	w := start(t, patient())
	port := w.srv.URL[strings.LastIndex(w.srv.URL, ":"):]
	for _, c := range []struct {
		origin string
		status int // of the handshake
		close  int
	}{
		{w.srv.URL, 101, 0},
		{strings.ToUpper(w.srv.URL[:4]) + w.srv.URL[4:], 101, 0},
		{"", 403, 0},
		{"null", 101, closeOrigin},
		{"https" + w.srv.URL[4:], 101, closeOrigin},
		{"http://127.0.0.1", 101, closeOrigin},
		{"http://127.0.0.1:1", 101, closeOrigin},
		{"http://localhost" + port, 101, closeOrigin},
		{w.srv.URL + ".evil.example", 101, closeOrigin},
		{w.srv.URL + "/", 101, closeOrigin},
		{"http://evil.example", 101, closeOrigin},
	} {
		t.Run(c.origin, func(t *testing.T) {
			h := http.Header{}
			if c.origin != "" {
				h.Set("Origin", c.origin)
			}
			conn, resp, err := w.dialWith(h, Protocol)
			if resp == nil || resp.StatusCode != c.status {
				t.Fatalf("%v %v", resp, err)
			}
			if err != nil {
				return
			}
			b := &tab{t: t, conn: conn}
			if c.close != 0 {
				if code, _ := b.closed(); code != c.close {
					t.Fatalf("close code %d", code)
				}
				return
			}
			b.send("hello", helloIn{Token: "wrong"})
			b.wantError(codeUnauthorized) // it was listened to
		})
	}
}

func TestSubprotocol(t *testing.T) {
	w := start(t, patient())
	for _, c := range []struct {
		offer  []string
		status int
		close  int
	}{
		{nil, 400, 0}, {[]string{"chat"}, 400, 0}, {[]string{"debtchat.v1x"}, 400, 0},
		{[]string{"debtchat.v2"}, 101, closeVersion}, {[]string{"debtchat.v2", Protocol}, 101, 0},
	} {
		conn, resp, err := w.dialWith(origin(w), c.offer...)
		if resp == nil || resp.StatusCode != c.status {
			t.Fatalf("%v: %v %v", c.offer, resp, err)
		}
		if err == nil && c.close != 0 {
			if code, _ := (&tab{t: t, conn: conn}).closed(); code != c.close {
				t.Fatalf("%v: close code %d", c.offer, code)
			}
		}
		if err == nil && c.close == 0 && conn.Subprotocol() != Protocol {
			t.Fatalf("%v: chose %q", c.offer, conn.Subprotocol())
		}
	}
}

func TestHelloRefused(t *testing.T) {
	l := patient()
	l.Hello = 80 * time.Millisecond
	w := start(t, l)
	o := w.visitor()
	for _, c := range []struct {
		name  string
		frame string
		code  int
		told  string
	}{
		{"none", "", closeSlow, ""},
		{"not a hello", `{"t":"msg","p":{"cid":"1","kind":"text","text":"x"}}`, closeProtocol, codeBadFrame},
		{"wrong token", `{"t":"hello","p":{"token":"nope"}}`, closeAuth, codeUnauthorized},
		{"no token", `{"t":"hello","p":{}}`, closeAuth, codeUnauthorized},
		{"other conversation", `{"t":"hello","p":{"token":"` + o.Token + `","conv":"conv99"}}`, closeNone, codeNotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := w.dial()
			b.t = t
			if c.frame != "" {
				_ = b.conn.WriteMessage(websocket.TextMessage, []byte(c.frame))
			}
			code, told := b.closed()
			if code != c.code || strings.Join(told, " ") != c.told {
				t.Fatalf("closed %d after %v", code, told)
			}
		})
	}
	b, _ := w.enter(o, 0, "")
	b.send("hello", helloIn{Token: o.Token})
	if code, _ := b.closed(); code != closeProtocol {
		t.Fatalf("second hello: %d", code)
	}
}

func TestBadFrames(t *testing.T) {
	w := start(t, patient())
	o := w.visitor()
	send := func(kind int, raw string) func(*tab) {
		return func(b *tab) { _ = b.conn.WriteMessage(kind, []byte(raw)) }
	}
	for _, c := range []struct {
		name string
		do   func(*tab)
		code int
	}{
		{"binary", send(websocket.BinaryMessage, "{}"), closeUnsupport},
		{"not UTF-8", send(websocket.TextMessage, "{\"t\":\"\xff\"}"), closeNotText},
		{"too large", send(websocket.TextMessage, `{"t":"msg","p":"`+strings.Repeat("x", 17<<10)+`"}`), websocket.CloseMessageTooBig},
		{"three that are no frames", func(b *tab) {
			for range 3 {
				_ = b.conn.WriteMessage(websocket.TextMessage, []byte("hi"))
			}
		}, closeProtocol},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, _ := w.enter(o, 0, "")
			b.t = t
			c.do(b)
			if code, _ := b.closed(); code != c.code {
				t.Fatalf("close code %d, want %d", code, c.code)
			}
		})
	}
}

func TestMessagesRefusedButTheSocketStays(t *testing.T) {
	l := patient()
	l.Strikes = 100
	w := start(t, l)
	o := w.visitor()
	b, _ := w.enter(o, 0, "")
	for _, c := range []struct {
		p    map[string]any
		code string
	}{
		{map[string]any{"cid": "1", "kind": "text", "text": "  \n"}, codeBadFrame},
		{map[string]any{"cid": "2", "kind": "text", "text": strings.Repeat("还", 4001)}, codeTooLarge},
		{map[string]any{"cid": "no spaces", "kind": "text", "text": "x"}, codeBadFrame},
		{map[string]any{"kind": "text", "text": "x"}, codeBadFrame},
		{map[string]any{"cid": "3", "kind": "file"}, codeUnknownType},
		{map[string]any{"cid": "4", "kind": "action"}, codeBadFrame},
	} {
		b.send("msg", c.p)
		b.wantError(c.code)
	}
	b.send("dance", nil)
	b.wantError(codeUnknownType)
	b.text("5", strings.Repeat("还", 4000))
	if g := b.until("ack"); g.Re == "" {
		t.Fatal("4,000 characters are allowed")
	}
	b.text("6", "a\x00b\x1bc")
	if m := b.until("msg").msg(t); m.CID == "5" {
		m = b.until("msg").msg(t)
		if m.Text != "abc" {
			t.Fatalf("control characters stayed: %q", m.Text)
		}
	}
}

func TestClosedConversation(t *testing.T) {
	w := start(t, patient())
	o := w.visitor()
	w.desk.reply(o.Conv)
	w.desk.change(o.Conv, func(c *bot.Conversation) { c.Control = bot.Closed })
	b, wl := w.enter(o, 0, "")
	if wl.State != "closed" {
		t.Fatalf("%+v", wl)
	}
	b.until("msg") // it may still be read
	b.text("c1", "还在吗")
	if code, told := b.closed(); code != closeConvClosed || told[0] != codeConvClosed {
		t.Fatalf("%d %v", code, told)
	}
}

func TestMessageRate(t *testing.T) {
	w := start(t, Limits{SessionsPerIP: 1 << 20})
	o := w.visitor()
	b, _ := w.enter(o, 0, "")
	for i := range 5 {
		b.text(fmt.Sprint("c", i), "你好")
		b.until("ack")
	}
	b.text("c5", "你好")
	if e := b.wantError(codeRateLimited); e.CID != "c5" || !e.Temporary || e.RetryAfter <= 0 || e.RetryAfter > 3000 {
		t.Fatalf("%+v", e)
	}
	// The limit is the session's, not the tab's.
	c, _ := w.enter(o, 5, "e1")
	c.text("d0", "你好")
	c.wantError(codeRateLimited)
	b.text("c6", "你好")
	b.text("c7", "你好")
	if code, told := b.closed(); code != closeRate || len(told) != 2 {
		t.Fatalf("third violation: closed %d after %v", code, told)
	}
}

func TestFrameRate(t *testing.T) {
	w := start(t, Limits{SessionsPerIP: 1 << 20})
	o := w.visitor()
	b, _ := w.enter(o, 0, "")
	for range 70 {
		_ = b.conn.WriteMessage(websocket.TextMessage, []byte(`{"t":"ping"}`))
	}
	code, told := b.closed()
	if code != closeRate || len(told) != 3 {
		t.Fatalf("closed %d after %v", code, told)
	}
}

func TestTooManyTabsCloseTheOldest(t *testing.T) {
	w := start(t, Limits{SessionsPerIP: 1 << 20})
	o := w.visitor()
	first, _ := w.enter(o, 0, "")
	var last *tab
	for range 5 {
		last, _ = w.enter(o, 0, "")
	}
	if code, _ := first.closed(); code != closeTooMany {
		t.Fatalf("oldest closed with %d", code)
	}
	last.send("ping", nil)
	last.until("pong")
}

func TestTooManySocketsOfOneAddress(t *testing.T) {
	l := patient()
	l.PerIP = 3
	w := start(t, l)
	var bs []*tab
	for range 3 {
		bs = append(bs, w.dial())
	}
	_, resp, err := w.dialWith(origin(w), Protocol)
	if err == nil || resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "30" {
		t.Fatalf("%v %v", resp, err)
	}
	bs[0].conn.Close()
	wait(t, "room again", func() bool {
		_, _, err := w.dialWith(origin(w), Protocol)
		return err == nil
	})
}

func TestHeartbeatAndSilence(t *testing.T) {
	l := patient()
	l.Ping, l.ReadWait = 30*time.Millisecond, 150*time.Millisecond
	w := start(t, l)
	o := w.visitor()
	alive, _ := w.enter(o, 0, "")
	pings := make(chan struct{}, 100)
	alive.conn.SetPingHandler(func(d string) error {
		pings <- struct{}{}
		return alive.conn.WriteControl(websocket.PongMessage, []byte(d), time.Now().Add(time.Second))
	})
	frames := make(chan got, 10)
	go func() {
		defer close(frames)
		for {
			g, err := alive.read()
			if err != nil {
				return
			}
			frames <- g
		}
	}()
	dead, _ := w.enter(o, 0, "")
	dead.conn.SetPingHandler(func(string) error { return nil }) // hears, does not answer
	if code, _ := dead.closed(); code != closeSlow {
		t.Fatalf("a silent socket was closed with %d", code)
	}
	if len(pings) < 3 {
		t.Fatalf("%d pings in 150 ms", len(pings))
	}
	w.desk.reply(o.Conv)
	if g := <-frames; g.Seq != 1 {
		t.Fatalf("the living socket got %+v", g)
	}
	if err := alive.conn.WriteControl(websocket.PingMessage, []byte("x"), time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	alive.conn.Close()
	for range frames {
	}
}

func TestSessionEndsWhileConnected(t *testing.T) {
	l := patient()
	l.Ping = 20 * time.Millisecond
	w := start(t, l)
	o := w.visitor()
	b, _ := w.enter(o, 0, "")
	w.shift.Store(int64(13 * time.Hour))
	if code, told := b.closed(); code != closeExpired || told[0] != codeExpired {
		t.Fatalf("%d %v", code, told)
	}
	b = w.dial()
	b.send("hello", helloIn{Token: o.Token})
	if code, told := b.closed(); code != closeExpired || told[0] != codeExpired {
		t.Fatalf("%d %v", code, told)
	}
}

func TestUseSlidesTheSessionToItsEnd(t *testing.T) {
	w := start(t, patient())
	o := w.visitor()
	for h := 8; h < 24; h += 8 {
		w.shift.Store(int64(time.Duration(h) * time.Hour))
		b, _ := w.enter(o, 0, "")
		b.conn.Close()
	}
	w.shift.Store(int64(24*time.Hour + time.Minute))
	b := w.dial()
	b.send("hello", helloIn{Token: o.Token})
	if code, _ := b.closed(); code != closeExpired {
		t.Fatalf("alive after 24 hours: %d", code)
	}
}

// A client that does not read is let go, the others do not notice, and what it missed is in the transcript.
func TestSlowConsumer(t *testing.T) {
	l := patient()
	l.SendQueue, l.WriteWait, l.Page = 8, 10*time.Second, 100
	w := start(t, l)
	o := w.visitor()
	slow, _ := w.enter(o, 0, "")
	fast, _ := w.enter(o, 0, "")
	slow.send("ping", nil)
	slow.until("pong")
	big := strings.Repeat(hello, 900) // ~ 38 kB on the wire: a few fill the socket's buffers
	sent := int64(0)
	for sent < 2000 {
		w.desk.put(o.Conv, part(big))
		sent++
		if g := fast.next(); g.Seq != sent {
			t.Fatalf("the fast tab got %d, want %d", g.Seq, sent)
		}
		if w.live(o) == 1 {
			break
		}
	}
	if w.live(o) != 1 {
		t.Fatalf("the slow tab is still served after %d messages", sent)
	}
	// Once it reads again it finds whole frames in order, then the reason.
	last := int64(0)
	for {
		g, err := slow.read()
		if err != nil {
			if !websocket.IsCloseError(err, closeSlow) {
				t.Fatalf("ended with %v", err)
			}
			break
		}
		if g.Seq != last+1 {
			t.Fatalf("seq %d after %d", g.Seq, last)
		}
		last = g.Seq
	}
	again, wl := w.enter(o, last, "e1")
	if wl.Resume != "ok" {
		t.Fatalf("%+v", wl)
	}
	for i := last + 1; i <= sent; i++ {
		if g := again.next(); g.Seq != i {
			t.Fatalf("seq %d, want %d", g.Seq, i)
		}
	}
}

func TestAPanicEndsOneSocketOnly(t *testing.T) {
	w := start(t, patient())
	o, p := w.visitor(), w.visitor()
	other, _ := w.enter(p, 0, "")
	b, _ := w.enter(o, 0, "")
	w.desk.mu.Lock()
	w.desk.broken = true
	w.desk.mu.Unlock()
	b.text("c1", "x")
	if code, told := b.closed(); code != closeInternal || told[0] != codeInternal {
		t.Fatalf("%d %v", code, told)
	}
	other.send("ping", nil)
	other.until("pong")
}

func TestAFullQueueClosesTheClient(t *testing.T) {
	w := start(t, patient())
	cl := newClient(w.ch, "")
	for range w.ch.lim.SendQueue {
		cl.push(outFrame{T: "typing"})
	}
	if cl.isClosing() {
		t.Fatal("closed before it was full")
	}
	cl.push(outFrame{T: "typing"})
	if got := cl.take(); got.closing == nil || got.closing.code != closeSlow || len(got.frames) != w.ch.lim.SendQueue {
		t.Fatalf("%+v", got.closing)
	}
	if cl.poke(1) {
		t.Fatal("a closing client counts as reached")
	}
}

// live counts clients of a conversation that a poke would still reach.
func (w *world) live(o openOut) int {
	n := 0
	w.ch.hub.each(o.Conv, func(cl *client) {
		if !cl.isClosing() {
			n++
		}
	})
	return n
}

func TestFrameLargerThanTheWireKeepsItsWords(t *testing.T) {
	l := patient()
	l.OutBytes = 4 << 10
	w := start(t, l)
	o := w.debtor(nil)
	b, _ := w.enter(o, 0, "")
	w.desk.put(o.Conv, part(hello), card(help, `{"type":"balance","pad":"`+strings.Repeat("x", 5<<10)+`"}`))
	if m := b.next().msg(t); len(m.Card) != 0 || m.Text != hello+"\n"+help {
		t.Fatalf("%+v", m)
	}
}
