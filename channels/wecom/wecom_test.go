package wecom

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hejie/bot/guard"
	"hejie/channels"
	"hejie/channels/channeltest"
	"hejie/channels/fakes"
)

const aesKey = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"

type world struct {
	*testing.T
	ch     *Channel
	vendor *fakes.WeCom
	api    *httptest.Server
	hook   *httptest.Server
	sink   *channeltest.Sink
	shift  atomic.Int64
}

func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.shift.Load())) }

func start(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, sink: &channeltest.Sink{}}
	var err error
	if w.vendor, err = fakes.NewWeCom("wx5823bf96d3bd56c7", "corp-secret", "wkAAAA", "QDG6eK", aesKey, w.now); err != nil {
		t.Fatal(err)
	}
	w.api = httptest.NewServer(w.vendor)
	w.ch, err = New(Options{
		Account: channels.Account{Name: "desk", CreditorID: "cr1"}, CorpID: "wx5823bf96d3bd56c7", Secret: "corp-secret", Token: "QDG6eK", AESKey: aesKey, OpenKfID: "wkAAAA",
		BaseURL: w.api.URL, Sink: w.sink, Shared: &channeltest.Shared{Now: w.now}, Now: w.now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.hook = httptest.NewServer(w.ch)
	t.Cleanup(func() { w.hook.Close(); w.api.Close() })
	return w
}

func text(s string) map[string]any {
	return map[string]any{"msgtype": "text", "text": map[string]string{"content": s}}
}

func (w *world) send(key, to string, parts ...guard.Part) channels.Result {
	return w.ch.Send(w.Context(), channels.Outgoing{Key: key, Channel: "wecom", Address: to, Cleared: channeltest.Cleared(w, "wecom", to, parts...)})
}

func TestAddressCheckIsEncrypted(t *testing.T) {
	w := start(t)
	good, err := w.vendor.Check(w.hook.URL, "1616140317555161061")
	if err != nil {
		t.Fatal(err)
	}
	for u, want := range map[string]int{good: 200, strings.Replace(good, "msg_signature=", "msg_signature=0", 1): 403, w.hook.URL: 403} {
		resp, err := http.Get(u) //nolint:gosec,noctx // loopback
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != want || want == 200 && string(b) != "1616140317555161061" {
			t.Errorf("%d %q", resp.StatusCode, b)
		}
	}
}

// Many pages, empty ones among them, a lost callback and a broken store: each message comes once and in order.
func TestFetching(t *testing.T) {
	w := start(t)
	w.vendor.EmptyFirst = true
	for i := range 11 {
		w.vendor.Say("u1", fmt.Sprintf("m%02d", i), text(fmt.Sprint(i)))
	}
	if err := w.ch.round(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	w.vendor.Say("u1", "m11", text("11"))
	w.sink.Fail = errors.New("disk full")
	if err := w.ch.round(t.Context(), ""); err == nil {
		t.Error("a store that failed was not noticed")
	}
	w.sink.Fail = nil
	if err := w.ch.round(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	all := w.sink.All()
	if len(all) != 12 {
		t.Fatalf("%d messages", len(all))
	}
	for i, in := range all {
		if in.Text != fmt.Sprint(i) || in.From != "u1" || in.Grant == nil || in.Grant.Messages != 5 {
			t.Errorf("%d: %+v", i, in)
		}
	}
}

func TestACallbackWakesTheWorker(t *testing.T) {
	w := start(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.ch.Run(ctx) }()
	w.vendor.Say("u1", "m1", text("hi"))
	r, err := w.vendor.Request(w.hook.URL)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Fatal(resp.Status)
	}
	for end := time.Now().Add(5 * time.Second); len(w.sink.All()) == 0 && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	stop()
	if err := <-done; err != nil || len(w.sink.All()) != 1 {
		t.Errorf("%v, %d messages", err, len(w.sink.All()))
	}
}

func TestItems(t *testing.T) {
	w := start(t)
	ev := func(kind string, more map[string]any) map[string]any {
		e := map[string]any{"event_type": kind, "external_userid": "u1", "open_kfid": "wkAAAA"}
		for k, v := range more {
			e[k] = v
		}
		return map[string]any{"msgtype": "event", "origin": 4, "event": e}
	}
	w.vendor.Say("u1", "a", map[string]any{"msgtype": "text", "text": map[string]string{"content": "分期", "menu_id": "plan"}})
	w.vendor.Say("u1", "b", map[string]any{"msgtype": "image", "image": map[string]string{"media_id": "img"}})
	w.vendor.Say("u1", "c", ev("enter_session", map[string]any{"scene": "s", "scene_param": "ticket9", "welcome_code": "w"}))
	w.vendor.Say("u1", "d", ev("msg_send_fail", map[string]any{"fail_msgid": "key1", "fail_type": 10}))
	w.vendor.Say("u1", "e", ev("session_status_change", map[string]any{"change_type": 3}))
	w.vendor.Say("u1", "f", map[string]any{"msgtype": "hologram"})
	w.vendor.Say("u1", "g", map[string]any{"msgtype": "link", "link": map[string]string{"title": "怎样投诉"}})
	w.vendor.Say("u1", "h", map[string]any{"msgtype": "text", "text": map[string]any{"content": 7}}) // not as documented
	w.vendor.Say("u1", "i", ev("msg_send_fail", map[string]any{"fail_type": 4}))                     // names no message
	w.vendor.Say("u1", "j", map[string]any{"msgtype": "business_card"})
	if err := w.ch.round(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	all := w.sink.All()
	want := []channels.Inbound{{Kind: "menu", MenuID: "plan"}, {Kind: "image"}, {Kind: "event", Event: "enter", Scene: "ticket9"}, {Kind: "event", Event: "desk"}, {Kind: "file"},
		{Kind: "link"}, {Kind: "file"}, {Kind: "file"}}
	if len(all) != len(want) {
		t.Fatalf("%+v", all)
	}
	for i, in := range all {
		if in.Kind != want[i].Kind || in.MenuID != want[i].MenuID || in.Event != want[i].Event || in.Scene != want[i].Scene || in.From != "u1" {
			t.Errorf("%d: %+v", i, in)
		}
	}
	if r := w.sink.Receipts; len(r) != 1 || r[0].Key != "key1" || r[0].State != "failed" || r[0].Class != channels.OptedOut || r[0].Code != "fail_type:10" {
		t.Errorf("%+v", r)
	}
}

func TestSending(t *testing.T) {
	w := start(t)
	if res := w.send("k0", "u1", channeltest.Words("您好")); res.Class != channels.WindowClosed {
		t.Errorf("nobody wrote: %+v", res)
	}
	w.vendor.Say("u1", "m1", text("hi"))
	for range 3 {
		if res := w.send("k1", "u1", channeltest.Words("您好"), guard.Part{Role: "button", Text: "转人工", Ref: "person"}); res.Class != channels.Sent || res.ProviderID != "k1" {
			t.Fatalf("a repeat under the same key: %+v", res)
		}
	}
	taken := 0
	for _, c := range w.vendor.Log() {
		if strings.Contains(c.Path, "send_msg") && strings.Contains(c.Answer, `"errcode":0`) {
			taken++
		}
	}
	if taken != 1 {
		t.Errorf("%d messages arrived for one key", taken)
	}
	w.vendor.Script(fakes.Fault{Match: "send_msg", Drop: "after"})
	if res := w.send("k2", "u1", channeltest.Words("好")); res.Class != channels.Ambiguous {
		t.Errorf("a cut: %+v", res)
	}
	if res := w.send("k2", "u1", channeltest.Words("好")); res.Class != channels.Sent {
		t.Errorf("after the cut: %+v", res)
	}
	long := strings.Repeat("我们可以一起看看怎样安排更合适。", 60)
	if res := w.send("k3", "u1", channeltest.Words(long)); res.Class != channels.Sent || res.Used != 2 {
		t.Errorf("%+v", res)
	}
	w.send("k4", "u1", channeltest.Words("好"))
	if res := w.send("k5", "u1", channeltest.Words("好")); res.Class != channels.WindowClosed || res.Code != "95001" {
		t.Errorf("beyond the budget: %+v", res)
	}
	w.vendor.SetState("u1", 3)
	if res := w.send("k6", "u1", channeltest.Words("好")); res.Class != channels.Permanent || res.Code != "95018" {
		t.Errorf("a person of the desk holds it: %+v", res)
	}
}

func TestStates(t *testing.T) {
	w := start(t)
	if _, err := w.ch.Trans(t.Context(), "u1", StatePool); err != nil {
		t.Fatal(err)
	}
	if s, err := w.ch.ServiceState(t.Context(), "u1"); err != nil || s != StatePool {
		t.Errorf("%d %v", s, err)
	}
	if _, err := w.ch.Trans(t.Context(), "u1", StateBot); !errors.Is(err, ErrMove) {
		t.Errorf("%v", err)
	}
}

// The token of a callback lives ten minutes, and a cursor may be lost at either side: reading goes on, and nothing comes twice.
func TestTokensAndCursorsRunOut(t *testing.T) {
	w := start(t)
	w.vendor.Say("u1", "m0", text("0"))
	if err := w.ch.round(t.Context(), "a token of yesterday"); err != nil {
		t.Fatal(err)
	}
	for i, cursor := range []string{"", "a cursor of another desk"} {
		w.vendor.Say("u1", fmt.Sprintf("m%d", i+1), text(fmt.Sprint(i+1)))
		lost := channels.Cursor{Channel: "wecom", Account: "desk", Name: "wkAAAA", Value: cursor}
		if _, err := w.sink.AcceptAll(t.Context(), nil, lost); err != nil {
			t.Fatal(err)
		}
		if err := w.ch.round(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		if all := w.sink.All(); len(all) != i+2 || all[i+1].Text != fmt.Sprint(i+1) {
			t.Errorf("cursor %q: %d messages", cursor, len(all))
		}
	}
}

// What only the operator can mend about the token is not in doubt: the message waits, and a person is told why.
func TestTokensTheOperatorMustMend(t *testing.T) {
	w := start(t)
	w.vendor.Say("u1", "m1", text("hi"))
	for _, code := range []int{60020, 40001} {
		w.vendor.Script(fakes.Fault{Match: "gettoken", Body: fmt.Appendf(nil, `{"errcode":%d}`, code)})
		if res := w.send("k", "u1", channeltest.Words("您好")); res.Class != channels.AuthFailed || res.Code != fmt.Sprint(code) {
			t.Errorf("%d: %+v", code, res)
		}
	}
	if res := w.send("k", "u1", channeltest.Words("您好")); res.Class != channels.Sent {
		t.Errorf("once it is mended: %+v", res)
	}
}

// An address check whose plus signs were not escaped is the same check.
func TestAPlusInTheEcho(t *testing.T) {
	w := start(t)
	for range 50 { // a sealed echo holds a plus or not by chance
		u, err := w.vendor.Check(w.hook.URL, "77")
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.Get(strings.ReplaceAll(u, "%2B", "+")) //nolint:gosec,noctx // loopback
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if string(b) != "77" {
			t.Fatalf("%d %q", resp.StatusCode, b)
		}
	}
}

func FuzzItems(f *testing.F) {
	f.Add([]byte(`{"msgid":"m","open_kfid":"k","external_userid":"u","send_time":1,"origin":3,"msgtype":"text","text":{"content":"hi","menu_id":"a"}}`))
	f.Add([]byte(`{"msgid":"m","msgtype":"event","event":{"event_type":"msg_send_fail","fail_msgid":"k","fail_type":4}}`))
	f.Add([]byte(`{"msgid":"m","external_userid":"u","origin":3,"text":7}`))
	c := &Channel{}
	f.Fuzz(func(t *testing.T, b []byte) {
		it, err := readItem(b)
		if err != nil {
			return
		}
		if a, ok := c.arrival(it, b); ok && (a.From == "" || a.ExtID == "" || a.Kind == "") {
			t.Fatalf("%+v", a)
		}
		_ = c.failed(it)
	})
}
