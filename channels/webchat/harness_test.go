package webchat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/gorilla/websocket"

	"hejie/bot"
	"hejie/flows"
)

const hostSecret = "an-example-host-secret-of-40-bytes-......"

// world is a server with a chat on a real loopback socket.
type world struct {
	t        testing.TB
	desk     *memDesk
	sessions *memSessions
	ch       *Channel
	srv      *httptest.Server
	stop     context.CancelFunc
	stopped  chan error
	shift    atomic.Int64 // clock, in ns ahead of the real one
	tick     atomic.Int64
}

func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.shift.Load())) }

// patient are limits that a busy test does not hit by accident.
func patient() Limits {
	return Limits{MsgBurst: 1 << 20, MsgPerMin: 1 << 20, FramesPerMin: 1 << 20, SessionsPerIP: 1 << 20, PerIP: 1 << 20, PerSession: 100, CloseGrace: 200 * time.Millisecond}
}

func start(t testing.TB, l Limits) *world {
	t.Helper()
	w := &world{t: t, sessions: newSessions(), stopped: make(chan error, 1)}
	w.desk = newDesk(t, w.now)
	mux := http.NewServeMux()
	w.srv = httptest.NewServer(mux)
	var err error
	w.ch, err = New(Options{
		Desk: w.desk, Sessions: w.sessions, Bus: w.desk.bus, Now: w.now, AllowedOrigins: []string{w.srv.URL}, Limits: l,
		Tenants: tenants, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.desk.channel = w.ch
	mux.Handle("/", w.ch.Handler())
	ctx, cancel := context.WithCancel(context.Background())
	w.stop = cancel
	go func() { w.stopped <- w.ch.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-w.stopped; err != nil {
			t.Error(err)
		}
		w.srv.CloseClientConnections()
		w.srv.Close()
	})
	return w
}

func tenants(_ context.Context, id string) (bot.Tenant, error) {
	switch id {
	case "anhe":
		return bot.Tenant{Creditor: flows.Creditor{ID: "anhe", Name: "安和消费金融", Hotline: "400-000-0000"}, HostSecret: []byte(hostSecret)}, nil
	case "weak":
		return bot.Tenant{Creditor: flows.Creditor{ID: "weak"}, HostSecret: []byte("short")}, nil
	}
	return bot.Tenant{}, bot.ErrNotFound
}

// mint signs a host token; change may spoil it.
func (w *world) mint(change func(jwt.MapClaims)) string {
	now := w.now()
	c := jwt.MapClaims{
		"iss": "anhe", "aud": "debtchat", "sub": "D-1", "iat": now.Unix(), "exp": now.Unix() + 300,
		"jti": fmt.Sprintf("j%d", w.tick.Add(1)), "acr": "pwd",
	}
	if change != nil {
		change(c)
	}
	s, err := jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString([]byte(hostSecret))
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// do sends one HTTP request and decodes a JSON answer.
func (w *world) do(method, path, token string, body any, out any) *http.Response {
	w.t.Helper()
	var rd io.Reader
	if body != nil {
		raw, _ := json.Marshal(body)
		rd = bytes.NewReader(raw)
	}
	req, err := http.NewRequest(method, w.srv.URL+path, rd)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := w.srv.Client().Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if out != nil {
		if err := json.Unmarshal(raw, out); err != nil {
			w.t.Fatalf("%s %s: %v in %q", method, path, err, raw)
		}
	}
	return resp
}

type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// visitor opens an anonymous session.
func (w *world) visitor() openOut {
	w.t.Helper()
	var o openOut
	if r := w.do("POST", "/api/v1/chat/session", "", openIn{Creditor: "anhe"}, &o); r.StatusCode != 201 {
		w.t.Fatalf("session: %d", r.StatusCode)
	}
	return o
}

// debtor opens a verified session of D-1 or whoever change names.
func (w *world) debtor(change func(jwt.MapClaims)) openOut {
	w.t.Helper()
	var o openOut
	if r := w.do("POST", "/api/v1/chat/session", "", openIn{Token: w.mint(change)}, &o); r.StatusCode != 201 {
		w.t.Fatalf("session: %d", r.StatusCode)
	}
	return o
}

// tab is a real websocket client.
type tab struct {
	t    testing.TB
	conn *websocket.Conn
	n    int
}

// got is a frame as a client reads it.
type got struct {
	T   string          `json:"t"`
	Re  string          `json:"re"`
	Seq int64           `json:"seq"`
	TS  string          `json:"ts"`
	P   json.RawMessage `json:"p"`
}

type gotMsg struct {
	MID  string          `json:"mid"`
	CID  string          `json:"cid"`
	From from            `json:"from"`
	Kind string          `json:"kind"`
	Text string          `json:"text"`
	Card json.RawMessage `json:"card"`
}

func (g got) msg(t testing.TB) gotMsg {
	t.Helper()
	var m gotMsg
	if err := json.Unmarshal(g.P, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func (w *world) dial() *tab {
	w.t.Helper()
	c, resp, err := w.dialWith(http.Header{"Origin": {w.srv.URL}}, Protocol)
	if err != nil {
		w.t.Fatalf("dial: %v (%v)", err, resp)
	}
	return &tab{t: w.t, conn: c}
}

func (w *world) dialWith(h http.Header, protos ...string) (*websocket.Conn, *http.Response, error) {
	d := websocket.Dialer{Subprotocols: protos, HandshakeTimeout: 5 * time.Second}
	c, resp, err := d.Dial("ws"+strings.TrimPrefix(w.srv.URL, "http")+"/ws/v1/chat", h)
	if err == nil {
		w.t.Cleanup(func() { c.Close() })
	}
	return c, resp, err
}

// enter dials and says hello; it returns the welcome.
func (w *world) enter(o openOut, last int64, epoch string) (*tab, welcomeOut) {
	w.t.Helper()
	tb := w.dial()
	tb.send("hello", helloIn{Token: o.Token, Conv: o.Conv, LastSeq: last, Epoch: epoch, Lang: "zh-Hans"})
	g := tb.next()
	var wl welcomeOut
	if g.T != "welcome" || json.Unmarshal(g.P, &wl) != nil {
		w.t.Fatalf("no welcome: %s %s", g.T, g.P)
	}
	return tb, wl
}

func (b *tab) send(t string, p any) string {
	b.t.Helper()
	b.n++
	id := fmt.Sprint(b.n)
	raw, _ := json.Marshal(map[string]any{"t": t, "id": id, "p": p})
	if err := b.conn.WriteMessage(websocket.TextMessage, raw); err != nil {
		b.t.Fatalf("send %s: %v", t, err)
	}
	return id
}

func (b *tab) text(cid, text string) string {
	return b.send("msg", map[string]any{"cid": cid, "kind": "text", "text": text})
}

// read gives the next frame or the error that ended the socket.
func (b *tab) read() (got, error) {
	_ = b.conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	var g got
	_, raw, err := b.conn.ReadMessage()
	if err != nil {
		return g, err
	}
	return g, json.Unmarshal(raw, &g)
}

func (b *tab) next() got {
	b.t.Helper()
	g, err := b.read()
	if err != nil {
		b.t.Fatalf("read: %v", err)
	}
	return g
}

// until reads on to the first frame of a type.
func (b *tab) until(t string) got {
	b.t.Helper()
	for {
		if g := b.next(); g.T == t {
			return g
		}
	}
}

// closed reads to the end and returns the close code and the error codes told before it.
func (b *tab) closed() (int, []string) {
	b.t.Helper()
	var told []string
	for {
		g, err := b.read()
		if err != nil {
			var ce *websocket.CloseError
			if !errors.As(err, &ce) {
				b.t.Fatalf("not closed politely: %v", err)
			}
			return ce.Code, told
		}
		if g.T == "error" {
			told = append(told, g.code())
		}
	}
}

func (g got) code() string {
	var e errorOut
	_ = json.Unmarshal(g.P, &e)
	return e.Code
}

func (b *tab) wantError(code string) errorOut {
	b.t.Helper()
	g := b.until("error")
	var e errorOut
	if err := json.Unmarshal(g.P, &e); err != nil || e.Code != code {
		b.t.Fatalf("error %s, want %s", g.P, code)
	}
	return e
}

func wait(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

// TestMain counts goroutines: no test may leave one behind.
func TestMain(m *testing.M) {
	before := runtime.NumGoroutine()
	code := m.Run()
	if fuzzing := flag.Lookup("test.fuzz").Value.String() != ""; code == 0 && !fuzzing { // the fuzzer keeps one of its own
		code = leaks(before)
	}
	os.Exit(code)
}

func leaks(before int) int {
	http.DefaultClient.CloseIdleConnections()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if runtime.NumGoroutine() <= before {
			return 0
		}
	}
	buf := make([]byte, 1<<20)
	fmt.Fprintf(os.Stderr, "%d goroutines before, %d after:\n%s\n", before, runtime.NumGoroutine(), buf[:runtime.Stack(buf, true)])
	return 1
}
