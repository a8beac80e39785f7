package wechat

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

var errNo = errors.New("no")

// desk is a binder with one ticket, one person and one code.
type desk struct {
	claims, tries int
	made          int
	bound         string
	broken        error
}

const (
	ticket = "tIcKeT-0123456789abcdefghijklmnopqrstuvwxyz"
	holder = "oHOLDER"
)

func (d *desk) BindTicket(_ context.Context, channel, account, openid string) (string, error) {
	if channel != "wechat" || account != "main" || openid != holder {
		return "", errors.New("a ticket for somebody else")
	}
	d.made++
	return ticket, nil
}

func (d *desk) BindClaim(_ context.Context, token, openid, name, id4 string) (string, error) {
	if d.broken != nil {
		return "", d.broken
	}
	if token != ticket || openid != holder {
		return "", errNo
	}
	if d.claims++; name != "王小明" || id4 != "123X" {
		return "", errNo
	}
	return "5521", nil
}

func (d *desk) BindConfirm(_ context.Context, token, openid, code string) error {
	if d.tries++; token != ticket || openid != holder || code != "424242" || d.bound != "" {
		return errNo
	}
	d.bound = openid
	return nil
}

// binding is a phone in front of the pages; it follows links to the vendor and back as a phone does.
type binding struct {
	*world
	desk  *desk
	pages *httptest.Server
	phone *http.Client
}

func startBinding(t *testing.T) *binding {
	t.Helper()
	b := &binding{desk: &desk{}}
	b.world = start(t, func(o *Options) { o.OAuthURL = o.BaseURL })
	b.pages = httptest.NewUnstartedServer(nil)
	b.pages.Start()
	t.Cleanup(b.pages.Close)
	h, err := b.ch.Bind(BindOptions{
		Binder: b.desk, Public: b.pages.URL + "/bind/main", Key: []byte(strings.Repeat("k", 32)),
		Text: func(_, key string) string { return "[" + key + " {phone}]" }, Lang: func(string) string { return "en" }, Refused: func(err error) bool { return errors.Is(err, errNo) },
	})
	if err != nil {
		t.Fatal(err)
	}
	b.pages.Config.Handler = h
	b.phone = newPhone(t)
	b.vendor.Hold(holder, false)
	return b
}

func newPhone(t *testing.T) *http.Client {
	t.Helper()
	j, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: j}
}

func (b *binding) do(method, path string, form url.Values) (int, string) {
	b.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(b.Context(), method, b.pages.URL+"/bind/main"+path, body)
	if err != nil {
		b.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := b.phone.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	out, _ := io.ReadAll(resp.Body)
	if h := resp.Header; !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" {
		b.Errorf("%s: %v", path, h)
	}
	for _, secret := range []string{ticket, holder, "424242"} {
		if strings.Contains(string(out), secret) {
			b.Errorf("%s shows %s", path, secret)
		}
	}
	return resp.StatusCode, string(out)
}

func (b *binding) want(status int, key string, gotStatus int, got string) {
	b.Helper()
	if gotStatus != status || !strings.Contains(got, "["+key+" ") {
		b.Fatalf("want %d %s, got %d %s", status, key, gotStatus, got)
	}
}

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

func csrfOf(body string) string {
	if m := csrfField.FindStringSubmatch(body); m != nil {
		return m[1]
	}
	return ""
}

// open follows the link of a chat to the form and gives the form's token.
func (b *binding) open() string {
	b.Helper()
	code, body := b.do(http.MethodGet, "?t="+ticket, nil)
	b.want(200, "intro", code, body)
	return csrfOf(body)
}

func factors(token, name, id4 string) url.Values {
	return url.Values{"csrf": {token}, "name": {name}, "id4": {id4}}
}

func TestBinding(t *testing.T) {
	b := startBinding(t)
	token := b.open()
	code, body := b.do(http.MethodPost, "/claim", factors(token, "王小明", "0000"))
	b.want(403, "wrong", code, body)
	code, body = b.do(http.MethodPost, "/claim", factors(token, " 王小明 ", "123x"))
	b.want(200, "code_sent", code, body)
	if !strings.Contains(body, "5521") {
		t.Errorf("the phone is not named: %s", body)
	}
	code, body = b.do(http.MethodPost, "/confirm", url.Values{"csrf": {token}, "code": {"000000"}})
	b.want(403, "wrong_code", code, body)
	code, body = b.do(http.MethodPost, "/confirm", url.Values{"csrf": {token}, "code": {" 424242 "}})
	b.want(200, "done", code, body)
	if b.desk.bound != holder {
		t.Errorf("bound: %q", b.desk.bound)
	}
	code, body = b.do(http.MethodGet, "/form", nil) // the cookie is gone
	b.want(410, "expired", code, body)
}

// The account's menu leads to the pages without a ticket: one is made for the openid the vendor vouches for, and for none before that.
func TestBindingFromTheMenu(t *testing.T) {
	b := startBinding(t)
	code, body := b.do(http.MethodGet, "", nil)
	b.want(200, "intro", code, body)
	token := csrfOf(body)
	code, body = b.do(http.MethodPost, "/claim", factors(token, "王小明", "123X"))
	b.want(200, "code_sent", code, body)
	code, body = b.do(http.MethodPost, "/confirm", url.Values{"csrf": {token}, "code": {"424242"}})
	b.want(200, "done", code, body)
	if b.desk.made != 1 || b.desk.bound != holder {
		t.Errorf("%+v", b.desk)
	}
	b.vendor.Hold(holder, true)
	b.phone = newPhone(t)
	code, body = b.do(http.MethodGet, "", nil)
	b.want(403, "snapshot", code, body)
	if b.desk.made != 1 {
		t.Error("a snapshot got a ticket")
	}
}

// Whoever steals the link has another openid: the factors help nothing, and the holder's tries are not used up.
func TestAStolenTicket(t *testing.T) {
	b := startBinding(t)
	b.vendor.Hold("oTHIEF", false)
	token := b.open()
	code, body := b.do(http.MethodPost, "/claim", factors(token, "王小明", "123X"))
	b.want(403, "wrong", code, body)
	code, body = b.do(http.MethodPost, "/confirm", url.Values{"csrf": {token}, "code": {"424242"}})
	b.want(403, "wrong_code", code, body)
	if b.desk.bound != "" || b.desk.claims != 0 {
		t.Errorf("%+v", b.desk)
	}
}

func TestASnapshotProvesNothing(t *testing.T) {
	b := startBinding(t)
	b.vendor.Hold(holder, true)
	code, body := b.do(http.MethodGet, "?t="+ticket, nil)
	b.want(403, "snapshot", code, body)
	code, body = b.do(http.MethodGet, "/form", nil)
	b.want(410, "expired", code, body)
}

// The way back belongs to the browser that went: not without its cookie, not with another state, not twice.
func TestTheWayBack(t *testing.T) {
	b := startBinding(t)
	b.vendor.Grant("c1", holder, false)
	code, body := b.do(http.MethodGet, "/back?code=c1&state=abc", nil)
	b.want(410, "expired", code, body)
	stop := *b.phone
	stop.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := stop.Get(b.pages.URL + "/bind/main?t=" + ticket) //nolint:noctx // loopback
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if to := resp.Header.Get("Location"); resp.StatusCode != 302 || !strings.Contains(to, "scope=snsapi_base&state=") || strings.Contains(to, ticket) {
		t.Fatalf("%d %s", resp.StatusCode, to)
	}
	if k := resp.Cookies()[0]; !k.HttpOnly || k.SameSite != http.SameSiteLaxMode || k.Path != "/bind/main" {
		t.Errorf("%+v", k)
	}
	code, body = b.do(http.MethodGet, "/back?code=c1&state=abc", nil)
	b.want(410, "expired", code, body)
	state := regexp.MustCompile(`state=([0-9a-f]+)`).FindStringSubmatch(resp.Header.Get("Location"))[1]
	code, body = b.do(http.MethodGet, "/back?code=none&state="+state, nil)
	b.want(410, "expired", code, body)
	code, body = b.do(http.MethodGet, "/back?state="+state, nil) // the person said no
	b.want(410, "expired", code, body)
	code, body = b.do(http.MethodGet, "/back?code=c1&state="+state, nil)
	b.want(200, "intro", code, body)
	code, body = b.do(http.MethodGet, "/back?code=c1&state="+state, nil)
	b.want(410, "expired", code, body)
	for _, bad := range []string{"?t=short", "?t=" + strings.Repeat("x", 129)} {
		code, body = b.do(http.MethodGet, bad, nil)
		b.want(410, "expired", code, body)
	}
}

// A form counts only from our own page of this visit, and the cookie cannot be written by the browser.
func TestFormsAreOurs(t *testing.T) {
	b := startBinding(t)
	token := b.open()
	mine := b.phone
	b.phone = newPhone(t)
	other := b.open()
	if token == "" || other == token {
		t.Fatal("two visits share a token")
	}
	b.phone = mine
	for _, bad := range []string{"", "x", other} {
		code, body := b.do(http.MethodPost, "/claim", factors(bad, "王小明", "123X"))
		b.want(403, "expired", code, body)
	}
	u, _ := url.Parse(b.pages.URL + "/bind/main")
	k := b.phone.Jar.Cookies(u)[0]
	head, sig, _ := strings.Cut(k.Value, ".")
	raw, _ := base64.RawURLEncoding.DecodeString(head)
	forged := base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(raw), holder, "oFORGED", 1))) + "." + sig
	if forged == k.Value {
		t.Fatal("nothing was forged")
	}
	b.phone.Jar.SetCookies(u, []*http.Cookie{{Name: k.Name, Value: forged, Path: "/bind/main"}})
	code, body := b.do(http.MethodPost, "/claim", factors(token, "王小明", "123X"))
	b.want(403, "expired", code, body)
	if b.desk.claims != 0 {
		t.Errorf("%d claims came through", b.desk.claims)
	}
	b.phone.Jar.SetCookies(u, []*http.Cookie{{Name: k.Name, Value: k.Value, Path: "/bind/main"}})
	b.shift.Store(int64(11 * time.Minute))
	code, body = b.do(http.MethodGet, "/form", nil)
	b.want(410, "expired", code, body)
}

// Five tries of a step for a ticket, on all nodes and whatever cookies the browser brings.
func TestTriesEnd(t *testing.T) {
	b := startBinding(t)
	for i := range 6 {
		b.phone = newPhone(t)
		code, body := b.do(http.MethodPost, "/claim", factors(b.open(), "王小明", "0000"))
		if i < 5 {
			b.want(403, "wrong", code, body)
			continue
		}
		b.want(429, "too_often", code, body)
	}
	if b.desk.claims != 5 {
		t.Errorf("%d claims", b.desk.claims)
	}
}

func TestBindingThatBreaks(t *testing.T) {
	b := startBinding(t)
	b.desk.broken = errors.New("disk full")
	code, body := b.do(http.MethodPost, "/claim", factors(b.open(), "王小明", "123X"))
	b.want(503, "broken", code, body)
	for _, o := range []BindOptions{{}, {Public: "https://x/bind"}, {Public: "ftp://x", Binder: b.desk}} {
		if _, err := b.ch.Bind(o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}
