package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
)

// chatFrame is one frame as it came over the wire.
type chatFrame struct {
	T   string          `json:"t"`
	Re  string          `json:"re"`
	Seq int64           `json:"seq"`
	P   json.RawMessage `json:"p"`
	raw string
}

// chatMsg is what a test reads of a durable frame.
type chatMsg struct {
	MID  string `json:"mid"`
	CID  string `json:"cid"`
	From struct {
		Role string `json:"role"`
		Name string `json:"name"`
	} `json:"from"`
	Kind  string   `json:"kind"`
	Event string   `json:"event"`
	Text  string   `json:"text"`
	Alt   []string `json:"alt"`
	Card  chatCard `json:"card"`
	Cards []chatCard
}

// chatCard is the part of a card that a client acts on.
type chatCard struct {
	Type   string `json:"type"`
	Offers struct {
		Offers []chatOffer `json:"offers"`
	} `json:"offers"`
	Agreement struct {
		Agreement struct {
			ID    string    `json:"id"`
			Offer chatOffer `json:"offer"`
		} `json:"agreement"`
	} `json:"agreement"`
	ConfirmText string `json:"confirm_text"`
	DocURL      string `json:"doc_url"`
	DocSHA256   string `json:"doc_sha256"`
}

type chatOffer struct {
	ID          string `json:"id"`
	Total       int64  `json:"total_fen"`
	Instalments []struct {
		Amount int64 `json:"amount_fen"`
	} `json:"instalments"`
}

func (f chatFrame) msg(t testing.TB) chatMsg {
	t.Helper()
	var m chatMsg
	if err := json.Unmarshal(f.P, &m); err != nil {
		t.Fatalf("frame %s: %v", f.raw, err)
	}
	return m
}

func (m chatMsg) card(kind string) (chatCard, bool) {
	all := append([]chatCard{m.Card}, m.Cards...)
	i := slices.IndexFunc(all, func(c chatCard) bool { return c.Type == kind })
	if i < 0 {
		return chatCard{}, false
	}
	return all[i], true
}

// chatTab is one browser tab: a websocket that checks what every client relies on, first of all that no seq is missing.
type chatTab struct {
	t       testing.TB
	s       *site
	ses     chatSession
	ws      *websocket.Conn
	in      chan chatFrame
	welcome struct {
		Resume  string `json:"resume"`
		HeadSeq int64  `json:"head_seq"`
		State   string `json:"state"`
		Assured string `json:"assurance"`
	}
	log []chatFrame // durable, log[i].Seq == i+1
	eph []chatFrame // the rest
}

// openTab connects and says hello.
func (s *site) openTab(ses chatSession) *chatTab {
	s.t.Helper()
	tab := &chatTab{t: s.t, s: s, ses: ses}
	tab.connect()
	s.t.Cleanup(func() { _ = tab.ws.Close() })
	return tab
}

// connect opens a socket that reads on from where this tab stands.
func (c *chatTab) connect() {
	c.t.Helper()
	d := websocket.Dialer{Subprotocols: []string{"debtchat.v1"}, HandshakeTimeout: patience}
	var err error
	await(c.t, "a socket", func() bool { // sockets of an address are counted until the server has seen them go
		var res *http.Response
		c.ws, res, err = d.Dial("ws"+strings.TrimPrefix(c.s.cfg.PublicURL, "http")+"/ws/v1/chat", http.Header{"Origin": {c.s.cfg.PublicURL}})
		return err == nil || res == nil || res.StatusCode != http.StatusTooManyRequests
	})
	if err != nil {
		c.t.Fatal(err)
	}
	in := make(chan chatFrame, 4096)
	c.in = in
	go read(c.ws, in)
	c.send("hello", map[string]any{"token": c.ses.Token, "conv": c.ses.Conv, "last_seq": len(c.log), "epoch": c.ses.Epoch, "lang": "zh-Hans"})
	w := c.until("the welcome", func(f chatFrame) bool { return f.T == "welcome" })
	if err := json.Unmarshal(w.P, &c.welcome); err != nil {
		c.t.Fatal(err)
	}
	if c.welcome.Resume == "gap" {
		c.fetch()
	}
}

// fetch reads history: what a tab does that was away too long for a replay.
func (c *chatTab) fetch() {
	c.t.Helper()
	for int64(len(c.log)) < c.welcome.HeadSeq {
		var page struct {
			Frames []json.RawMessage `json:"frames"`
		}
		c.s.call(http.MethodGet, "/api/v1/chat/"+c.ses.Conv+"/messages?after="+strconv.Itoa(len(c.log)), c.ses.Token, nil, &page)
		if len(page.Frames) == 0 {
			c.t.Fatalf("history ends at %d of %d", len(c.log), c.welcome.HeadSeq)
		}
		for _, raw := range page.Frames {
			f := chatFrame{raw: string(raw)}
			if err := json.Unmarshal(raw, &f); err != nil {
				c.t.Fatal(err)
			}
			c.keep(f)
		}
	}
}

// keep files a frame and sees that nothing is missing, and nothing changes when it comes again.
func (c *chatTab) keep(f chatFrame) {
	c.t.Helper()
	switch {
	case f.Seq == 0:
		c.eph = append(c.eph, f)
	case f.Seq == int64(len(c.log))+1:
		c.log = append(c.log, f)
	case f.Seq <= int64(len(c.log)):
		if old := c.log[f.Seq-1]; old.raw != f.raw {
			c.t.Fatalf("seq %d changed:\n%s\n%s", f.Seq, old.raw, f.raw)
		}
	default:
		c.t.Fatalf("seq %d after %d: a gap", f.Seq, len(c.log))
	}
}

func read(ws *websocket.Conn, in chan<- chatFrame) {
	defer close(in)
	for {
		_, raw, err := ws.ReadMessage()
		if err != nil {
			return
		}
		f := chatFrame{raw: string(raw)}
		if json.Unmarshal(raw, &f) == nil {
			in <- f
		}
	}
}

// trySend writes one frame and returns its id; a cut line is the caller's to notice.
func (c *chatTab) trySend(kind string, p any) (string, error) {
	id := uuid.NewString()
	return id, c.ws.WriteJSON(map[string]any{"t": kind, "id": id, "p": p})
}

func (c *chatTab) send(kind string, p any) string {
	c.t.Helper()
	id, err := c.trySend(kind, p)
	if err != nil {
		c.t.Fatal(err)
	}
	return id
}

// next takes one frame and keeps it; false when the line is cut.
func (c *chatTab) next() (chatFrame, bool) {
	c.t.Helper()
	select {
	case f, ok := <-c.in:
		if !ok {
			return f, false
		}
		c.keep(f)
		return f, true
	case <-time.After(patience):
		c.t.Fatal("no frame came")
		return chatFrame{}, false
	}
}

func (c *chatTab) until(what string, ok func(chatFrame) bool) chatFrame {
	c.t.Helper()
	for {
		f, alive := c.next()
		if !alive {
			c.t.Fatalf("the line was cut before %s", what)
		}
		if ok(f) {
			return f
		}
	}
}

// say sends words and returns the answers, all of them.
func (c *chatTab) say(text string) []chatMsg {
	c.t.Helper()
	return c.turn(map[string]any{"kind": "text", "text": text})
}

func (c *chatTab) press(action map[string]any) []chatMsg {
	c.t.Helper()
	return c.turn(map[string]any{"kind": "action", "action": action})
}

func (c *chatTab) turn(p map[string]any) []chatMsg {
	c.t.Helper()
	c.s.clock.push(4 * time.Second) // 20 messages a minute
	p["cid"] = uuid.NewString()
	id := c.send("msg", p)
	ack := c.until("the ack", func(f chatFrame) bool { return f.Re == id })
	var a struct {
		Seq int64 `json:"seq"`
		Dup bool  `json:"dup"`
	}
	if err := json.Unmarshal(ack.P, &a); err != nil || ack.T != "ack" || a.Seq == 0 || a.Dup {
		c.t.Fatalf("answer to a message: %s", ack.raw)
	}
	c.catchUp()
	var out []chatMsg
	for _, f := range c.log[a.Seq:] {
		if m := f.msg(c.t); m.From.Role != "user" {
			out = append(out, m)
		}
	}
	return out
}

// catchUp reads until the tab has all that the conversation holds.
func (c *chatTab) catchUp() {
	c.t.Helper()
	head := c.s.head(c.ses.Conv)
	for int64(len(c.log)) < head {
		if _, ok := c.next(); !ok {
			c.t.Fatalf("the line was cut at seq %d of %d", len(c.log), head)
		}
	}
}

// textOf is all that a person reads of some messages.
func textOf(ms []chatMsg) string {
	var b strings.Builder
	for _, m := range ms {
		b.WriteString(m.Text + "\n" + strings.Join(m.Alt, "\n") + "\n")
	}
	return b.String()
}
