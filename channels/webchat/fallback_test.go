package webchat

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
)

// events is a client of the event stream.
type events struct {
	t    testing.TB
	resp *http.Response
	sc   *bufio.Scanner
	stop context.CancelFunc
}

type event struct {
	id, name, comment string
	frame             got
}

func (w *world) stream(o openOut, query, lastID string) *events {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, _ := http.NewRequestWithContext(ctx, "GET", w.srv.URL+"/api/v1/chat/"+o.Conv+"/events"+query, nil)
	req.Header.Set("Authorization", "Bearer "+o.Token)
	if lastID != "" {
		req.Header.Set("Last-Event-ID", lastID)
	}
	resp, err := w.srv.Client().Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { cancel(); resp.Body.Close() })
	sc := bufio.NewScanner(resp.Body)
	sc.Buffer(nil, 1<<20)
	return &events{t: w.t, resp: resp, sc: sc, stop: cancel}
}

// next reads one block of the stream.
func (e *events) next() (event, bool) {
	e.t.Helper()
	var ev event
	seen := false
	for e.sc.Scan() {
		line := e.sc.Text()
		field, value, _ := strings.Cut(line, ": ")
		switch {
		case line == "" && seen:
			return ev, true
		case strings.HasPrefix(line, ":"):
			ev.comment = line
		case field == "id":
			ev.id = value
		case field == "event":
			ev.name = value
		case field == "data":
			if err := json.Unmarshal([]byte(value), &ev.frame); err != nil {
				e.t.Fatalf("%v in %q", err, value)
			}
		}
		seen = true
	}
	return ev, false
}

func (e *events) frame() event {
	e.t.Helper()
	for {
		ev, ok := e.next()
		if !ok {
			e.t.Fatal("the stream ended")
		}
		if ev.frame.T != "" {
			return ev
		}
	}
}

func TestEventStream(t *testing.T) {
	l := patient()
	l.Heartbeat = 30 * time.Millisecond
	w := start(t, l)
	o := w.visitor()
	w.desk.reply(o.Conv)
	w.desk.reply(o.Conv)
	e := w.stream(o, "?after=1", "")
	h := e.resp.Header
	if h.Get("Content-Type") != "text/event-stream" || h.Get("Cache-Control") != "no-store, no-transform" || h.Get("X-Accel-Buffering") != "no" {
		t.Fatalf("%v", h)
	}
	if ev, _ := e.next(); len(ev.comment) < 2<<10 {
		t.Fatalf("padding of %d bytes", len(ev.comment))
	}
	if ev := e.frame(); ev.frame.T != "welcome" || ev.id != "" {
		t.Fatalf("%+v", ev)
	}
	if ev := e.frame(); ev.id != "2" || ev.frame.Seq != 2 {
		t.Fatalf("%+v", ev)
	}
	if r := w.desk.reply(o.Conv); r.State != "sent" {
		t.Fatalf("receipt %q with a stream open", r.State)
	}
	if ev := e.frame(); ev.id != "3" {
		t.Fatalf("%+v", ev)
	}
	w.desk.bus.Publish(bot.Event{Kind: "typing", ConvID: o.Conv, Agent: true, On: true})
	if ev := e.frame(); ev.frame.T != "typing" || ev.id != "" {
		t.Fatalf("%+v", ev)
	}
	for {
		if ev, ok := e.next(); !ok || ev.comment == ": hb" {
			if !ok {
				t.Fatal("no heartbeat")
			}
			break
		}
	}
	e.stop()
	wait(t, "stream gone", func() bool { return w.ch.hub.count() == 0 })
	if r := w.desk.reply(o.Conv); r.State != "waiting" {
		t.Fatalf("receipt %q with nobody there", r.State)
	}
	again := w.stream(o, "?after=1", "3") // what the browser repeats by itself wins
	if ev := again.frame(); ev.frame.T != "welcome" {
		t.Fatalf("%+v", ev)
	}
	if ev := again.frame(); ev.id != "4" {
		t.Fatalf("%+v", ev)
	}
}

func TestEventStreamTellsTheEnd(t *testing.T) {
	w := start(t, patient())
	o := w.debtor(nil)
	e := w.stream(o, "", "")
	e.frame()
	if _, err := w.sessions.RevokeSessions(context.Background(), "anhe", "D-1"); err != nil {
		t.Fatal(err)
	}
	w.desk.bus.Publish(bot.Event{Kind: "session_revoked", ConvID: o.Conv})
	if ev := e.frame(); ev.frame.T != "error" || ev.frame.code() != codeUnauthorized {
		t.Fatalf("%+v", ev)
	}
	if ev, ok := e.next(); !ok || ev.name != "close" {
		t.Fatalf("%+v", ev)
	}
	if _, ok := e.next(); ok {
		t.Fatal("the stream goes on")
	}
}

func TestShutdownEndsStreamsAndPolls(t *testing.T) {
	w := start(t, patient())
	o := w.visitor()
	e := w.stream(o, "", "")
	e.frame()
	polled := make(chan pollOut, 1)
	go func() {
		var p pollOut
		w.do("GET", "/api/v1/chat/"+o.Conv+"/poll?after=0&wait=25", o.Token, nil, &p)
		polled <- p
	}()
	wait(t, "poll joined", func() bool { return w.ch.hub.count() == 2 })
	w.stop()
	if ev := e.frame(); ev.frame.T != "bye" {
		t.Fatalf("%+v", ev)
	}
	if p := <-polled; p.Close != closeRestart || p.Frames[0].T != "bye" {
		t.Fatalf("%+v", p)
	}
}

func TestLongPoll(t *testing.T) {
	w := start(t, patient())
	o := w.visitor()
	path := "/api/v1/chat/" + o.Conv + "/poll?after="
	var p pollOut
	begin := time.Now()
	w.do("GET", path+"0&wait=0", o.Token, nil, &p)
	if len(p.Frames) != 0 || p.HeadSeq != 0 || p.State != "bot" || time.Since(begin) > time.Second {
		t.Fatalf("%+v", p)
	}
	done := make(chan pollOut, 1)
	go func() {
		var p pollOut
		w.do("GET", path+"0&wait=25", o.Token, nil, &p)
		done <- p
	}()
	wait(t, "poll joined", func() bool { return w.ch.hub.count() == 1 })
	if r := w.desk.reply(o.Conv); r.State != "sent" {
		t.Fatalf("receipt %q with a poll waiting", r.State)
	}
	if p := <-done; len(p.Frames) != 1 || p.Frames[0].Seq != 1 || p.HeadSeq != 1 || p.Epoch != "e1" {
		t.Fatalf("%+v", p)
	}
	w.do("GET", path+"0&wait=25", o.Token, nil, &p) // something is there: at once
	if len(p.Frames) != 1 {
		t.Fatalf("%+v", p)
	}
	for _, bad := range []string{"x&wait=1", "-1&wait=1", "0&wait=x", "0&wait=-1"} {
		if r := w.do("GET", path+bad, o.Token, nil, nil); r.StatusCode != 400 {
			t.Errorf("%s: %d", bad, r.StatusCode)
		}
	}
}

func TestPostedFrames(t *testing.T) {
	w := start(t, patient())
	o := w.visitor()
	path := "/api/v1/chat/" + o.Conv + "/frames"
	tabOpen, _ := w.enter(o, 0, "")
	frame := func(t string, p any) map[string]any { return map[string]any{"t": t, "id": "7", "p": p} }
	text := map[string]any{"cid": "c1", "kind": "text", "text": "你好"}
	for i := range 2 {
		var g got
		if r := w.do("POST", path, o.Token, frame("msg", text), &g); r.StatusCode != 200 || g.T != "ack" || g.Re != "7" {
			t.Fatalf("%d %+v", r.StatusCode, g)
		}
		var a ackOut
		if _ = json.Unmarshal(g.P, &a); a.Seq != 1 || a.Dup != (i == 1) {
			t.Fatalf("%+v", a)
		}
	}
	if g := tabOpen.next(); g.Seq != 1 {
		t.Fatalf("the open tab got %+v", g)
	}
	var g got
	w.do("POST", path, o.Token, frame("hello", helloIn{LastSeq: 1, Epoch: "e1"}), &g)
	if g.T != "welcome" || !contains(string(g.P), `"resume":"ok"`) {
		t.Fatalf("%+v %s", g, g.P)
	}
	w.do("POST", path, o.Token, frame("read", seqIn{Seq: 50}), &g)
	w.do("POST", path, o.Token, frame("recv", seqIn{Seq: 1}), &g)
	w.do("POST", path, o.Token, frame("typing", onIn{On: true}), &g)
	if w.do("POST", path, o.Token, frame("ping", nil), &g); g.T != "pong" {
		t.Fatalf("%+v", g)
	}
	w.desk.mu.Lock()
	if w.desk.seen[o.Conv+"/read"] != 1 || w.desk.seen[o.Conv+"/delivered"] != 1 || len(w.desk.typed) != 1 {
		t.Errorf("%v %v", w.desk.seen, w.desk.typed)
	}
	w.desk.mu.Unlock()
	other := map[string]any{"cid": "c1", "kind": "text", "text": "别的"}
	for name, c := range map[string]struct {
		body   any
		status int
		code   string
	}{
		"conflict": {frame("msg", other), 409, codeCIDConflict},
		"unknown":  {frame("dance", nil), 400, codeUnknownType},
		"bad seq":  {frame("read", seqIn{Seq: -1}), 400, codeBadFrame},
		"no type":  {map[string]any{"x": 1}, 400, codeBadFrame},
		"too long": {frame("msg", map[string]any{"cid": "c2", "kind": "text", "text": strings.Repeat("x", 4001)}), 413, codeTooLarge},
		"too big":  {frame("msg", map[string]any{"cid": "c2", "kind": "text", "text": strings.Repeat("x", 17<<10)}), 413, codeTooLarge},
	} {
		var p problem
		if r := w.do("POST", path, o.Token, c.body, &p); r.StatusCode != c.status || p.Code != c.code || p.Message == "" {
			t.Errorf("%s: %d %+v", name, r.StatusCode, p)
		}
	}
	w.desk.change(o.Conv, func(c *bot.Conversation) { c.Control = bot.Closed })
	var p problem
	if r := w.do("POST", path, o.Token, frame("msg", map[string]any{"cid": "c9", "kind": "text", "text": "x"}), &p); r.StatusCode != 410 || p.Code != codeConvClosed {
		t.Errorf("%d %+v", r.StatusCode, p)
	}
}

func TestPostedFramesAreLimited(t *testing.T) {
	w := start(t, Limits{SessionsPerIP: 1 << 20})
	o := w.visitor()
	path := "/api/v1/chat/" + o.Conv + "/frames"
	var last *http.Response
	for i := range 6 {
		last = w.do("POST", path, o.Token, map[string]any{"t": "msg", "p": map[string]any{"cid": strconv.Itoa(i), "kind": "text", "text": "x"}}, nil)
	}
	if last.StatusCode != 429 || last.Header.Get("Retry-After") == "" {
		t.Fatalf("sixth message at once: %d", last.StatusCode)
	}
	for range 60 {
		last = w.do("POST", path, o.Token, map[string]any{"t": "ping"}, nil)
	}
	if last.StatusCode != 429 {
		t.Fatalf("sixty-sixth frame: %d", last.StatusCode)
	}
}

func TestReadsNeedTheirOwnSession(t *testing.T) {
	w := start(t, patient())
	o, x := w.visitor(), w.visitor()
	paths := []struct{ method, path string }{
		{"GET", "/events"}, {"GET", "/poll"}, {"GET", "/messages"}, {"GET", "/export"}, {"GET", "/agreements/a1"}, {"POST", "/quote"}, {"POST", "/frames"},
	}
	for _, c := range paths {
		for name, k := range map[string]struct {
			token string
			code  int
		}{"none": {"", 401}, "wrong": {"abc", 401}, "of another": {x.Token, 404}} {
			if r := w.do(c.method, "/api/v1/chat/"+o.Conv+c.path, k.token, nil, nil); r.StatusCode != k.code {
				t.Errorf("%s %s with token %s: %d", c.method, c.path, name, r.StatusCode)
			}
		}
	}
	req, _ := http.NewRequest("GET", w.srv.URL+"/api/v1/chat/"+o.Conv+"/messages", nil)
	req.Header.Set("Authorization", "Bearer "+o.Token)
	req.Header.Set("Origin", "https://evil.example")
	r, err := w.srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != 403 {
		t.Errorf("another origin reads: %d", r.StatusCode)
	}
	w.shift.Store(int64(13 * time.Hour))
	var p problem
	if r := w.do("GET", "/api/v1/chat/"+o.Conv+"/messages", o.Token, nil, &p); r.StatusCode != 401 || p.Code != codeExpired {
		t.Errorf("%d %+v", r.StatusCode, p)
	}
}

func TestQuote(t *testing.T) {
	w := start(t, patient())
	v := w.visitor()
	var p problem
	if r := w.do("POST", "/api/v1/chat/"+v.Conv+"/quote", v.Token, map[string]any{"name": "counter", "count": 9}, &p); r.StatusCode != 403 || p.Code != codeVerify {
		t.Fatalf("%d %+v", r.StatusCode, p)
	}
	o := w.debtor(nil)
	path := "/api/v1/chat/" + o.Conv + "/quote"
	var m gotMsg
	if r := w.do("POST", path, o.Token, map[string]any{"name": "counter", "count": 9, "version": 2}, &m); r.StatusCode != 200 || m.Text != hello || !contains(string(m.Card), `"plan_offer"`) {
		t.Fatalf("%d %+v", r.StatusCode, m)
	}
	if c, _ := w.desk.Conversation(context.Background(), o.Conv); c.HeadSeq != 0 {
		t.Fatal("a quote left a message")
	}
	for name, c := range map[string]struct {
		body any
		code int
	}{"expired": {map[string]any{"ref": "expired"}, 409}, "not a quote": {map[string]any{"name": "accept"}, 400}, "negative": {map[string]any{"count": -1}, 400}, "no JSON": {"x", 400}} {
		if r := w.do("POST", path, o.Token, c.body, nil); r.StatusCode != c.code {
			t.Errorf("%s: %d", name, r.StatusCode)
		}
	}
}

func TestAgreementDocument(t *testing.T) {
	w := start(t, patient())
	o := w.debtor(nil)
	html := []byte("<!doctype html><title>协议</title>")
	w.desk.mu.Lock()
	w.desk.docs["a1"] = bot.Document{ID: "a1", ConvID: o.Conv, HTML: html, SHA256: "abc"}
	w.desk.docs["a2"] = bot.Document{ID: "a2", ConvID: "conv99", HTML: html}
	w.desk.mu.Unlock()
	r := w.do("GET", "/api/v1/chat/"+o.Conv+"/agreements/a1", o.Token, nil, nil)
	if r.StatusCode != 200 || r.Header.Get("X-Content-Type-Options") != "nosniff" || r.ContentLength != int64(len(html)) ||
		!contains(r.Header.Get("Content-Security-Policy"), "default-src 'none'") || !contains(r.Header.Get("Content-Security-Policy"), "sandbox") ||
		r.Header.Get("Cache-Control") != "no-store" || r.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("%d %v", r.StatusCode, r.Header)
	}
	for doc, kind := range map[string]string{"<main><h1>协议</h1></main>": "application/pdf", "<main>loose words</main>": "text/html; charset=utf-8"} {
		w.desk.mu.Lock()
		w.desk.docs["a1"] = bot.Document{ID: "a1", ConvID: o.Conv, HTML: []byte(doc), SHA256: "abc"}
		w.desk.mu.Unlock()
		if r := w.do("GET", "/api/v1/chat/"+o.Conv+"/agreements/a1?format=pdf", o.Token, nil, nil); r.StatusCode != 200 || r.Header.Get("Content-Type") != kind {
			t.Errorf("%s as PDF: %d %v", doc, r.StatusCode, r.Header)
		}
	}
	for _, id := range []string{"a2", "a3"} {
		if r := w.do("GET", "/api/v1/chat/"+o.Conv+"/agreements/"+id, o.Token, nil, nil); r.StatusCode != 404 {
			t.Errorf("%s: %d", id, r.StatusCode)
		}
	}
	v := w.visitor()
	if r := w.do("GET", "/api/v1/chat/"+v.Conv+"/agreements/a1", v.Token, nil, nil); r.StatusCode != 403 {
		t.Errorf("a visitor reads an agreement: %d", r.StatusCode)
	}
}

func TestExportKeepsTheLabel(t *testing.T) {
	l := patient()
	l.Page = 2
	w := start(t, l)
	o := w.debtor(nil)
	w.desk.reply(o.Conv)
	b, _ := w.enter(o, 0, "")
	b.text("c1", "想分期")
	b.until("ack")
	w.desk.say(o.Conv, guard.System, guard.Notice, "agent_joined", part(help), guard.Part{Role: "name", Text: "小林"})
	w.desk.say(o.Conv, guard.Agent, guard.Reply, "", part(hello), guard.Part{Role: "name", Text: "小林"})
	var out struct {
		Conv     string `json:"conversation_id"`
		Messages []struct {
			Seq     int64  `json:"seq"`
			AI      bool   `json:"ai_generated"`
			Type    string `json:"type"`
			Content gotMsg `json:"content"`
		} `json:"messages"`
	}
	r := w.do("GET", "/api/v1/chat/"+o.Conv+"/export", o.Token, nil, &out)
	if out.Conv != o.Conv || len(out.Messages) != 4 || !contains(r.Header.Get("Content-Disposition"), "attachment") {
		t.Fatalf("%+v", out)
	}
	for i, m := range out.Messages {
		if m.Seq != int64(i+1) || m.AI != (i == 0) {
			t.Errorf("line %d: %+v", i, m)
		}
	}
	if m := out.Messages; m[1].Content.Text != "想分期" || m[2].Type != "agent" || m[3].Content.From.Name != "小林" {
		t.Errorf("%+v", m)
	}
}
