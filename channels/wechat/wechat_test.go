package wechat

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hejie/bot/guard"
	"hejie/channels"
	"hejie/channels/channeltest"
	"hejie/channels/fakes"
)

const (
	appID  = "wxba5fad812f8e6fb9"
	ghID   = "gh_97417a04a28d"
	aesKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)

type world struct {
	*testing.T
	ch     *Channel
	vendor *fakes.WeChat
	api    *httptest.Server
	hook   *httptest.Server
	sink   *channeltest.Sink
	shift  atomic.Int64
}

func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.shift.Load())) }

func start(t *testing.T, change func(*Options)) *world {
	t.Helper()
	w := &world{T: t, sink: &channeltest.Sink{}}
	var err error
	if w.vendor, err = fakes.NewWeChat(appID, "s3cret", ghID, "AAAAA", aesKey, w.now); err != nil {
		t.Fatal(err)
	}
	w.api = httptest.NewServer(w.vendor)
	o := Options{
		Account: channels.Account{Name: "main", CreditorID: "cr1"}, GhID: ghID, AppID: appID, Secret: "s3cret", Token: "AAAAA", AESKey: aesKey,
		BaseURL: w.api.URL, Sink: w.sink, Shared: &channeltest.Shared{Now: w.now}, Now: w.now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	if change != nil {
		change(&o)
	}
	if w.ch, err = New(o); err != nil {
		t.Fatal(err)
	}
	w.hook = httptest.NewServer(w.ch)
	t.Cleanup(func() { w.hook.Close(); w.api.Close() })
	return w
}

// push makes the vendor deliver an act, and gives the status and the body of our answer.
func (w *world) push(mode string, a fakes.Act, change func(*http.Request)) (int, string) {
	w.Helper()
	r, err := w.vendor.Request(w.hook.URL, mode, a)
	if err != nil {
		w.Fatal(err)
	}
	if change != nil {
		change(r)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b)
}

func said(from, id, text string) fakes.Act {
	return fakes.Act{From: from, Type: "text", ID: id, Elements: map[string]string{"Content": text}}
}

func (w *world) send(to string, parts ...guard.Part) channels.Result {
	return w.ch.Send(w.Context(), channels.Outgoing{Key: "k", Channel: "wechat", Account: "main", Address: to, Cleared: channeltest.Cleared(w, "wechat", to, parts...)})
}

func TestAddressCheck(t *testing.T) {
	w := start(t, nil)
	for url, want := range map[string]int{w.vendor.Check(w.hook.URL, "4375120948345356249"): 200, w.hook.URL: 403, w.hook.URL + "?echostr=x&signature=y&timestamp=1&nonce=2": 403} {
		resp, err := http.Get(url) //nolint:gosec,noctx // loopback
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != want || want == 200 && string(b) != "4375120948345356249" {
			t.Errorf("%s: %d %q", url, resp.StatusCode, b)
		}
	}
}

func TestEveryKindOfMessage(t *testing.T) {
	w := start(t, nil)
	ev := func(e, key string) fakes.Act {
		return fakes.Act{From: "oUSER", Type: "event", Elements: map[string]string{"Event": e, "EventKey": key}}
	}
	typed := func(kind string, more ...string) fakes.Act {
		a := fakes.Act{From: "oUSER", Type: kind, ID: fmt.Sprint("9", kind, more), Elements: map[string]string{}}
		for i := 0; i < len(more); i += 2 {
			a.Elements[more[i]] = more[i+1]
		}
		return a
	}
	for _, c := range []struct {
		act  fakes.Act
		want channels.Inbound
		msgs int
	}{
		{said("oUSER", "7000000000000000001", "还不上 <怎么办> ]]> 😀"), channels.Inbound{Kind: "text", Text: "还不上 <怎么办> ]]> 😀"}, 5},
		{typed("text", "Content", "分期", "bizmsgmenuid", "plan"), channels.Inbound{Kind: "menu", Text: "分期", MenuID: "plan"}, 3},
		{typed("voice", "MediaId", "m1", "Format", "amr", "Recognition", "我想分期"), channels.Inbound{Kind: "voice", Text: "我想分期"}, 5},
		{typed("image", "MediaId", "m2", "PicUrl", "https://x"), channels.Inbound{Kind: "image"}, 5},
		{typed("shortvideo", "MediaId", "m3"), channels.Inbound{Kind: "video"}, 5},
		{typed("location", "Label", "某路"), channels.Inbound{Kind: "location"}, 5},
		{typed("link", "Title", "怎样投诉"), channels.Inbound{Kind: "link"}, 5},
		{typed("miniprogrampage", "Title", "t"), channels.Inbound{Kind: "file"}, 5},
		{typed("hologram"), channels.Inbound{Kind: "file"}, 5},
		{typed("video", "MediaId", "m4"), channels.Inbound{Kind: "video"}, 5},
		{typed("voice", "MediaId", "m5", "Format", "amr"), channels.Inbound{Kind: "voice"}, 5},
		{ev("subscribe", ""), channels.Inbound{Kind: "event", Event: "enter"}, 3},
		{ev("scancode_push", "k"), channels.Inbound{Kind: "event", Event: "other"}, 3},
		{ev("scancode_waitmsg", "k"), channels.Inbound{Kind: "event", Event: "other"}, 3},
		{ev("LOCATION", ""), channels.Inbound{Kind: "event", Event: "other"}, 0},
		{ev("view_miniprogram", "p"), channels.Inbound{Kind: "event", Event: "other"}, 0},
		{ev("kf_close_session", ""), channels.Inbound{Kind: "event", Event: "other"}, 0},
		{ev("kf_switch_session", ""), channels.Inbound{Kind: "event", Event: "other"}, 0},
		{ev("subscribe_msg_popup_event", ""), channels.Inbound{Kind: "event", Event: "other"}, 0},
		{ev("subscribe_msg_change_event", ""), channels.Inbound{Kind: "event", Event: "other"}, 0},
		{ev("subscribe_msg_sent_event", ""), channels.Inbound{Kind: "event", Event: "other"}, 0},
		{fakes.Act{From: "oUSER", Type: "event", Elements: map[string]string{"Event": "user_enter_tempsession", "SessionFrom": "tick"}}, channels.Inbound{Kind: "event", Event: "enter", Scene: "tick"}, 2},
		{ev("subscribe", "qrscene_tick"), channels.Inbound{Kind: "event", Event: "enter", Scene: "tick"}, 3},
		{ev("SCAN", "tick"), channels.Inbound{Kind: "event", Event: "enter", Scene: "tick"}, 3},
		{ev("unsubscribe", ""), channels.Inbound{Kind: "event", Event: "unfollow"}, 0},
		{ev("CLICK", "balance"), channels.Inbound{Kind: "event", Event: "menu", MenuID: "balance"}, 3},
		{ev("VIEW", "https://x"), channels.Inbound{Kind: "event", Event: "other"}, 0},
		{ev("kf_create_session", ""), channels.Inbound{Kind: "event", Event: "other"}, 0},
	} {
		before := len(w.sink.All())
		if code, body := w.push("safe", c.act, nil); code != 200 || body != "success" {
			t.Fatalf("%+v: %d %q", c.act, code, body)
		}
		all := w.sink.All()
		if len(all) != before+1 {
			t.Fatalf("%+v was not stored", c.act)
		}
		got := all[before]
		if got.Kind != c.want.Kind || got.Text != c.want.Text || got.MenuID != c.want.MenuID || got.Event != c.want.Event || got.Scene != c.want.Scene ||
			got.From != "oUSER" || got.Channel != "wechat" || got.Account != "main" || len(got.Raw) == 0 {
			t.Errorf("%+v became %+v", c.act, got)
		}
		if n := 0; got.Grant != nil {
			if n = got.Grant.Messages; n != c.msgs {
				t.Errorf("%+v opens %d messages, not %d", c.act, n, c.msgs)
			}
		} else if c.msgs != 0 {
			t.Errorf("%+v opens nothing", c.act)
		}
	}
}

func TestModes(t *testing.T) {
	for mode, takes := range map[Mode][]string{Safe: {"safe", "compatible"}, Compatible: {"safe", "compatible", "plain"}, Plain: {"plain"}} {
		w := start(t, func(o *Options) { o.Mode = mode })
		for i, sent := range []string{"safe", "compatible", "plain"} {
			want := 403
			for _, ok := range takes {
				if ok == sent {
					want = 200
				}
			}
			if code, _ := w.push(sent, said("o", strconv.Itoa(100+i), "hi"), nil); code != want {
				t.Errorf("%s account, %s message: %d", mode, sent, code)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	w := start(t, nil)
	set := func(k, v string) func(*http.Request) {
		return func(r *http.Request) { q := r.URL.Query(); q.Set(k, v); r.URL.RawQuery = q.Encode() }
	}
	for name, change := range map[string]func(*http.Request){
		"no query": func(r *http.Request) { r.URL.RawQuery = "" }, "other signature": set("msg_signature", strings.Repeat("0", 40)), "other nonce": set("nonce", "1"),
		"old": set("timestamp", strconv.FormatInt(time.Now().Add(-time.Hour).Unix(), 10)), "no time": set("timestamp", "soon"),
		"doctype": func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader(`<!DOCTYPE a [<!ENTITY b "c">]><xml/>`))
			r.ContentLength = -1
		},
	} {
		if code, body := w.push("safe", said("o", "5", "hi"), change); code != 403 || body != "" {
			t.Errorf("%s: %d %q", name, code, body)
		}
	}
	if code, _ := w.push("safe", said("o", "5", "hi"), func(r *http.Request) {
		r.Body = io.NopCloser(strings.NewReader(strings.Repeat("x", 300<<10)))
		r.ContentLength = -1
	}); code != 413 {
		t.Errorf("huge: %d", code)
	}
	if n := len(w.sink.All()); n != 0 {
		t.Errorf("%d refused messages were stored", n)
	}
}

// A verified message that we cannot read is kept; one for a stranger too, for the vendor would send it again and again.
func TestUnreadableIsKept(t *testing.T) {
	w := start(t, func(o *Options) { o.GhID = "gh_other" })
	if code, body := w.push("safe", said("o", "5", "hi"), nil); code != 200 || body != "success" {
		t.Fatalf("%d %q", code, body)
	}
	w.ch.o.GhID = ghID
	if code, body := w.push("safe", said("", "6", "from nobody"), nil); code != 200 || body != "success" {
		t.Fatalf("from nobody: %d %q", code, body)
	}
	for _, in := range w.sink.All() {
		if in.Kind != "event" || in.Event != "other" || in.From == "" || in.ExtID == "" || in.Grant != nil || len(in.Raw) == 0 {
			t.Errorf("%+v", in)
		}
	}
	if n := len(w.sink.All()); n != 2 {
		t.Errorf("%d are kept", n)
	}
}

func TestARepeatIsOneMessage(t *testing.T) {
	w := start(t, nil)
	for range 4 {
		if code, body := w.push("safe", said("o", "12345678901234567890", "hi"), nil); code != 200 || body != "success" {
			t.Fatalf("%d %q", code, body)
		}
	}
	if n := len(w.sink.All()); n != 1 {
		t.Errorf("%d messages", n)
	}
	w.sink.Fail = errors.New("disk full")
	if code, body := w.push("safe", said("o", "6", "hi"), nil); code == 200 || body == "success" {
		t.Errorf("what was not stored was acknowledged: %d %q", code, body)
	}
}

// In plain mode a signature that was seen belongs to the body it came with.
func TestAPlainSignatureIsNotForAnotherBody(t *testing.T) {
	w := start(t, func(o *Options) { o.Mode = Plain })
	r, err := w.vendor.Request(w.hook.URL, "plain", said("o", "1", "hello"))
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := io.ReadAll(r.Body)
	for body, want := range map[string]int{string(raw): 200} {
		for _, b := range []struct {
			body string
			want int
		}{{body, want}, {body, 200}, {strings.Replace(body, "hello", "forged", 1), 403}} {
			resp, err := http.Post(r.URL.String(), "text/xml", strings.NewReader(b.body)) //nolint:noctx // loopback
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != b.want {
				t.Errorf("%.60q: %d", b.body, resp.StatusCode)
			}
		}
	}
}

func TestSending(t *testing.T) {
	w := start(t, func(o *Options) { o.Menus = true })
	if res := w.send("oUSER", channeltest.Words("您好")); res.Class != channels.OptedOut {
		t.Errorf("to a stranger: %+v", res)
	}
	w.push("safe", said("oUSER", "1", "hi"), nil)
	long := strings.Repeat("我们可以一起看看怎样安排更合适。", 50)
	for _, text := range []string{"<您好> & 再见\u2028", long} {
		if res := w.send("oUSER", channeltest.Words(text), guard.Part{Role: "button", Text: "转人工", Ref: "person"}); res.Class != channels.Sent {
			t.Fatalf("%+v", res)
		}
	}
	if got := strings.Join(w.vendor.Said("oUSER"), ""); got != "<您好> & 再见"+long {
		t.Errorf("%d bytes arrived: %.80q", len(got), got)
	}
	calls := w.vendor.Log()
	if last := calls[len(calls)-1]; !strings.Contains(last.Body, `"id":"person"`) {
		t.Errorf("no quick reply: %s", last.Body)
	}
	w.send("oUSER", channeltest.Words("三"))
	w.send("oUSER", channeltest.Words("四"))
	if res := w.send("oUSER", channeltest.Words("五")); res.Class != channels.WindowClosed || res.Code != "45047" {
		t.Errorf("beyond the budget: %+v", res)
	}
	w.push("safe", said("oUSER", "2", "hi"), nil)
	w.shift.Store(int64(49 * time.Hour))
	if res := w.send("oUSER", channeltest.Words("晚了")); res.Class != channels.WindowClosed || res.Code != "45015" {
		t.Errorf("after the window: %+v", res)
	}
	if res := w.ch.Send(t.Context(), channels.Outgoing{Address: "oUSER"}); res.Class != channels.Permanent || res.Code != "not_cleared" {
		t.Errorf("uncleared: %+v", res)
	}
}

func TestEveryCode(t *testing.T) {
	w := start(t, nil)
	w.push("safe", said("o", "1", "hi"), nil)
	for code, want := range map[int]channels.ResultClass{
		-1: channels.Retryable, 45015: channels.WindowClosed, 45047: channels.WindowClosed, 45009: channels.RateLimited, 45011: channels.RateLimited,
		40001: channels.AuthFailed, 40014: channels.AuthFailed, 42001: channels.AuthFailed, 40003: channels.Permanent, 43004: channels.OptedOut, 50005: channels.OptedOut,
		48002: channels.OptedOut, 48001: channels.AuthFailed, 48008: channels.AuthFailed, 48004: channels.AuthFailed, 50002: channels.AuthFailed,
		40013: channels.AuthFailed, 40125: channels.AuthFailed, 40164: channels.AuthFailed, 61004: channels.AuthFailed, 89503: channels.AuthFailed, 40243: channels.AuthFailed,
		43101: channels.Permanent, 47003: channels.Permanent, 40037: channels.Permanent, 99999: channels.Permanent,
	} {
		times := 1
		if tokenRefused(code) {
			times = 2 // once more with a fresh token
		}
		w.vendor.Script(fakes.Fault{Match: "custom/send", Times: times, Body: fmt.Appendf(nil, `{"errcode":%d,"errmsg":"x"}`, code)})
		if res := w.send("o", channeltest.Words("您好")); res.Class != want {
			t.Errorf("%d: %+v", code, res)
		}
	}
	for name, c := range map[string]struct {
		f    fakes.Fault
		want channels.ResultClass
	}{
		"html":        {fakes.Fault{Match: "custom/send", Status: 502, Body: []byte("<html>")}, channels.Ambiguous},
		"dies before": {fakes.Fault{Match: "custom/send", Drop: "before"}, channels.Ambiguous},
		"dies after":  {fakes.Fault{Match: "custom/send", Drop: "after"}, channels.Ambiguous},
	} {
		w.vendor.Script(c.f)
		if res := w.send("o", channeltest.Words("您好")); res.Class != c.want {
			t.Errorf("%s: %+v", name, res)
		}
	}
	w.api.Close()
	w.ch.o.Client.CloseIdleConnections()
	if res := w.send("o", channeltest.Words("您好")); res.Class != channels.Retryable {
		t.Errorf("nobody listens: %+v", res)
	}
}

// All senders share one token; a refused one is fetched anew once, however many notice.
func TestOneTokenForAll(t *testing.T) {
	w := start(t, nil)
	for i := range 20 {
		w.push("safe", said("o"+strconv.Itoa(i), strconv.Itoa(i), "hi"), nil)
	}
	all := func() {
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				if res := w.send("o"+strconv.Itoa(i), channeltest.Words("您好")); res.Class != channels.Sent {
					t.Errorf("%+v", res)
				}
			})
		}
		wg.Wait()
	}
	fetched := func() (n int) {
		for _, c := range w.vendor.Log() {
			if c.Path == "/cgi-bin/stable_token" {
				n++
			}
		}
		return n
	}
	all()
	if n := fetched(); n != 1 {
		t.Errorf("the token was fetched %d times", n)
	}
	w.vendor.RevokeTokens()
	all()
	if n := fetched(); n != 2 {
		t.Errorf("after a revocation it was fetched %d times", n)
	}
	w.shift.Store(int64(117 * time.Minute)) // within the last five minutes
	w.push("safe", said("o1", "900", "hi"), nil)
	if res := w.send("o1", channeltest.Words("您好")); res.Class != channels.Sent || fetched() != 3 {
		t.Errorf("near its end: %+v, fetched %d times", res, fetched())
	}
	for _, c := range w.vendor.Log() {
		if strings.Contains(c.Query, "s3cret") {
			t.Error("the secret is in an address")
		}
	}
}

// An account without customer-service messages answers the callback itself, sealed in the key the message came with.
func TestPassive(t *testing.T) {
	w := start(t, func(o *Options) { o.Passive = true })
	w.sink.OnAccept = func(in channels.Inbound) {
		if in.Text == "hi" {
			if res := w.send("oUSER", channeltest.Words("您好，<请说>。")); res.Class != channels.Sent {
				t.Errorf("%+v", res)
			}
		}
	}
	code, body := w.push("safe", said("oUSER", "1", "hi"), nil)
	if got, err := w.vendor.Answer([]byte(body)); code != 200 || err != nil || got != "您好，<请说>。" {
		t.Errorf("%d %q %v", code, got, err)
	}
	if res := w.send("oUSER", channeltest.Words("还有一句")); res.Class != channels.WindowClosed {
		t.Errorf("nobody waits: %+v", res)
	}
}

func TestOAuth(t *testing.T) {
	w := start(t, nil)
	w.vendor.Grant("good", "oUSER", false)
	w.vendor.Grant("snap", "oSNAP", true)
	if id, err := w.ch.OpenID(t.Context(), "good"); err != nil || id != "oUSER" {
		t.Errorf("%s %v", id, err)
	}
	var e *apiError
	if _, err := w.ch.OpenID(t.Context(), "good"); !errors.As(err, &e) || e.Code != 40163 {
		t.Errorf("a used code: %v", err)
	}
	if _, err := w.ch.OpenID(t.Context(), "bad"); !errors.As(err, &e) || e.Code != 40029 {
		t.Errorf("a bad code: %v", err)
	}
	if _, err := w.ch.OpenID(t.Context(), "snap"); !errors.Is(err, ErrSnapshot) {
		t.Errorf("a snapshot user: %v", err)
	}
	u, err := w.ch.AuthorizeURL("https://chat.example.com/bind?t=1", "abc123")
	if err != nil || !strings.HasPrefix(u, "https://open.weixin.qq.com/connect/oauth2/authorize?appid="+appID+"&redirect_uri="+url.QueryEscape("https://chat.example.com/bind?t=1")+"&response_type=code&scope=snsapi_base&state=abc123") || !strings.HasSuffix(u, "#wechat_redirect") {
		t.Errorf("%s %v", u, err)
	}
	if _, err := w.ch.AuthorizeURL("https://x", "a b"); !errors.Is(err, ErrState) {
		t.Errorf("%v", err)
	}
}

func TestMenuAndReceipt(t *testing.T) {
	w := start(t, nil)
	if err := w.ch.SetMenu(t.Context(), []MenuButton{{Name: "查账单", Type: "click", Key: "balance"}, {Name: "更多", Sub: []MenuButton{{Name: "网页", Type: "view", URL: "https://x"}}}}); err != nil || !strings.Contains(w.vendor.Menu(), "查账单") {
		t.Errorf("%v %s", err, w.vendor.Menu())
	}
	for _, bad := range [][]MenuButton{nil, {{Name: "一个太长太长的名字", Type: "click", Key: "k"}}, {{Name: "a"}}, {{Name: "a", Sub: []MenuButton{{Name: "b", Sub: []MenuButton{{Name: "c"}}}}}}} {
		if err := w.ch.SetMenu(t.Context(), bad); err == nil {
			t.Errorf("%+v was accepted", bad)
		}
	}
	for status, want := range map[string]channels.Receipt{"success": {State: "delivered"}, "failed:user block": {State: "failed", Class: channels.OptedOut}} {
		w.push("safe", fakes.Act{From: "o", Type: "event", Elements: map[string]string{"Event": "TEMPLATESENDJOBFINISH", "MsgID": "200163840", "Status": status}}, nil)
		got := w.sink.Receipts[len(w.sink.Receipts)-1]
		if got.State != want.State || got.Class != want.Class || got.ProviderID != "200163840" {
			t.Errorf("%s: %+v", status, got)
		}
	}
}
