package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"hejie/bot"
)

func (d *testDesk) dial(c *client, header ...string) (*websocket.Conn, *http.Response, error) {
	h := http.Header{"Origin": {d.http.URL}}
	if c != nil {
		h.Set("Cookie", "hejie_console="+c.cookie("hejie_console"))
	}
	for i := 0; i+1 < len(header); i += 2 {
		h.Del(header[i])
		if header[i+1] != "" {
			h.Set(header[i], header[i+1])
		}
	}
	return websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(d.http.URL, "http")+"/ws/v1/console", h)
}

func (d *testDesk) socket(c *client) *websocket.Conn {
	d.t.Helper()
	conn, _, err := d.dial(c)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { conn.Close() })
	d.next(conn, func(f frame) bool { return f.T == "hello" })
	return conn
}

// next reads until a frame fits; a wrong server times out here.
func (d *testDesk) next(conn *websocket.Conn, fits func(frame) bool) frame {
	d.t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	for {
		_, data, err := conn.ReadMessage()
		if err != nil {
			d.t.Fatalf("waiting for a frame: %v", err)
		}
		var f frame
		if err := json.Unmarshal(data, &f); err != nil {
			d.t.Fatal(err)
		}
		if fits(f) {
			return f
		}
	}
}

func (d *testDesk) closedWith(conn *websocket.Conn) int {
	d.t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			var ce *websocket.CloseError
			if errors.As(err, &ce) {
				return ce.Code
			}
			d.t.Fatalf("closed without a code: %v", err)
		}
	}
}

func TestConsoleSocketOrigin(t *testing.T) {
	d := newTestDesk(t)
	c := d.as("agent")
	port := d.http.URL[strings.LastIndex(d.http.URL, ":"):]
	for _, origin := range []string{"", "null", "https://evil.example", "https://127.0.0.1" + port, "http://127.0.0.1:1", "http://localhost" + port,
		d.http.URL + ".evil.example", d.http.URL + "/"} {
		conn, res, err := d.dial(c, "Origin", origin)
		if err == nil {
			conn.Close()
			t.Errorf("origin %q was let in", origin)
			continue
		}
		if res == nil || res.StatusCode != 403 {
			t.Errorf("origin %q: %v", origin, res)
		}
	}
	if _, res, err := d.dial(nil); err == nil || res.StatusCode != 401 {
		t.Errorf("without a session: %v %v", res, err)
	}
	if _, res, err := d.dial(nil, "Cookie", "hejie_console=AAAA"); err == nil || res.StatusCode != 401 {
		t.Errorf("with a made-up session: %v %v", res, err)
	}
	d.socket(c)
}

func TestDemoSocketTakesEveryLoopbackName(t *testing.T) {
	origins, _, err := ownOrigins("http://127.0.0.1:8080", true)
	if err != nil || strings.Join(origins, " ") != "http://127.0.0.1:8080 http://localhost:8080 http://[::1]:8080" {
		t.Fatalf("%v %v", origins, err)
	}
	if origins, _, _ = ownOrigins("https://chat.example.com", true); len(origins) != 1 {
		t.Fatalf("a public demo: %v", origins)
	}
}

func TestConsoleSocketEvents(t *testing.T) {
	d := newTestDesk(t)
	conn := d.socket(d.as("agent"))
	d.bus.Publish(bot.Event{Kind: "session_revoked", ConvID: "c1"})  // not the console's business
	d.bus.Publish(bot.Event{Kind: "typing", ConvID: "c1", On: true}) // nobody looks: not shown
	d.bus.Publish(bot.Event{Kind: "message", ConvID: "c1", Seq: 7})
	f := d.next(conn, func(frame) bool { return true })
	if f.T != "event" || f.Kind != "message" || f.ConvID != "c1" || f.Seq != 7 {
		t.Fatalf("first frame: %+v", f)
	}
	d.bus.Publish(bot.Event{Kind: "lost"})
	d.next(conn, func(f frame) bool { return f.T == "lost" })
}

func TestPresenceAndTyping(t *testing.T) {
	d := newTestDesk(t)
	a, b := d.as("agent"), d.as("other")
	ca, cb := d.socket(a), d.socket(b)
	look := func(c *websocket.Conn, id string) {
		if err := c.WriteJSON(inFrame{T: "look", ConvID: id}); err != nil {
			t.Fatal(err)
		}
	}
	look(ca, "c1")
	d.next(ca, func(f frame) bool { return f.T == "presence" && len(f.Viewers) == 1 })
	look(cb, "c1")
	f := d.next(ca, func(f frame) bool { return f.T == "presence" && len(f.Viewers) == 2 })
	if f.ConvID != "c1" {
		t.Fatalf("presence of %s", f.ConvID)
	}
	// A colleague's typing shows to colleagues; to the debtor only once they hold the conversation.
	_ = cb.WriteJSON(inFrame{T: "typing", On: true})
	f = d.next(ca, func(f frame) bool { return f.T == "typing" })
	if !f.On || !f.Agent || f.Name != "Name other" {
		t.Fatalf("typing: %+v", f)
	}
	_ = cb.WriteJSON(inFrame{T: "typing"})
	d.next(ca, func(f frame) bool { return f.T == "typing" && !f.On })
	if len(d.desk.typing) != 0 {
		t.Fatalf("the debtor was shown typing by somebody who does not hold: %v", d.desk.typing)
	}
	b.post(consoleAPI+"/conversations/c1/take", nil)
	_ = cb.WriteJSON(inFrame{T: "typing", On: true})
	d.next(ca, func(f frame) bool { return f.T == "typing" && f.On })
	d.bus.Publish(bot.Event{Kind: "typing", ConvID: "c1", On: true}) // the debtor's
	if f = d.next(ca, func(f frame) bool { return f.T == "typing" }); f.Agent {
		t.Fatalf("the debtor's typing came as an agent's: %+v", f)
	}
	cb.Close() // leaving stops the typing and the presence
	d.next(ca, func(f frame) bool { return f.T == "presence" && len(f.Viewers) == 1 })
	d.desk.mu.Lock()
	defer d.desk.mu.Unlock()
	if len(d.desk.typing) != 2 || d.desk.typing[1] != "c1 Name other false" {
		t.Fatalf("typing told the debtor: %v", d.desk.typing)
	}
}

func TestLookingAtALockedCrisisIsNotSeen(t *testing.T) {
	d := newTestDesk(t)
	c := d.desk.convs["c1"]
	c.Crisis, c.Control, c.AgentID = true, bot.ByAgent, "id-other"
	ca, cb := d.socket(d.as("agent")), d.socket(d.as("other"))
	_ = ca.WriteJSON(inFrame{T: "look", ConvID: "c1"})
	_ = ca.WriteJSON(inFrame{T: "ping"})
	d.next(ca, func(f frame) bool { return f.T == "pong" })
	_ = cb.WriteJSON(inFrame{T: "look", ConvID: "c1"})
	if f := d.next(cb, func(f frame) bool { return f.T == "presence" }); len(f.Viewers) != 1 || f.Viewers[0].ID != "id-other" {
		t.Fatalf("viewers: %+v", f.Viewers)
	}
}

func TestSocketEndsWithTheSession(t *testing.T) {
	d := newTestDesk(t)
	c := d.as("agent")
	conn := d.socket(c)
	c.post(consoleAPI+"/sign-out", nil)
	if code := d.closedWith(conn); code != closeSession {
		t.Fatalf("closed with %d", code)
	}
}

func TestSocketFloodAndRestart(t *testing.T) {
	d := newTestDesk(t)
	c := d.as("agent")
	conn := d.socket(c)
	for range 60 {
		if conn.WriteJSON(inFrame{T: "ping"}) != nil {
			break
		}
	}
	if code := d.closedWith(conn); code != closeFlood {
		t.Fatalf("flood closed with %d", code)
	}
	conn = d.socket(c)
	_ = conn.WriteMessage(websocket.BinaryMessage, []byte("{}"))
	if code := d.closedWith(conn); code != closeFlood {
		t.Fatalf("binary frame closed with %d", code)
	}
	conn = d.socket(c)
	d.srv.hub.closeAll()
	if code := d.closedWith(conn); code != closeRestart {
		t.Fatalf("restart closed with %d", code)
	}
}

func TestSeatsAreLimited(t *testing.T) {
	d := newTestDesk(t)
	c := d.as("agent")
	for range maxSeats {
		d.socket(c)
	}
	conn, _, err := d.dial(c)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if code := d.closedWith(conn); code != closeFlood {
		t.Fatalf("one page too many closed with %d", code)
	}
	d.socket(d.as("other"))
}
