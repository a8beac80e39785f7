package webchat

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"hejie/bot"
	"hejie/flows"
)

func TestHostTokenOpensTheDebtorsConversation(t *testing.T) {
	w := start(t, patient())
	a, b := w.debtor(nil), w.debtor(nil)
	if a.Assurance != flows.Verified || a.Conv != b.Conv || a.Token == b.Token || a.Creditor != "安和消费金融" {
		t.Fatalf("%+v %+v", a, b)
	}
	if raw, err := base64.RawURLEncoding.DecodeString(a.Token); err != nil || len(raw) != 32 {
		t.Fatalf("token of %d bytes, %v", len(raw), err)
	}
	w.sessions.mu.Lock()
	for h, s := range w.sessions.m {
		if h == a.Token || s.Subject != "D-1" || s.CreditorID != "anhe" {
			t.Errorf("stored: %+v", s)
		}
	}
	w.sessions.mu.Unlock()
	if o := w.desk.opened[0]; o.DebtorRef != "D-1" || o.Identity != flows.Verified || o.Channel != "web" {
		t.Fatalf("%+v", o)
	}
	other := w.debtor(func(c jwt.MapClaims) { c["sub"] = "D-2" })
	if other.Conv == a.Conv {
		t.Fatal("two debtors share a conversation")
	}
	if _, wl := w.enter(a, 0, ""); wl.Assurance != flows.Verified {
		t.Fatalf("%+v", wl)
	}
}

func TestVisitorsAreStrangersToEachOther(t *testing.T) {
	w := start(t, patient())
	a, b := w.visitor(), w.visitor()
	if a.Conv == b.Conv || a.Assurance != flows.Anon {
		t.Fatalf("%+v %+v", a, b)
	}
	var p problem
	if r := w.do("GET", "/api/v1/chat/"+a.Conv+"/messages", b.Token, nil, &p); r.StatusCode != 404 || p.Code != codeNotFound {
		t.Fatalf("%d %+v", r.StatusCode, p)
	}
	for _, in := range []openIn{{Creditor: "nobody"}, {}, {Creditor: "anhe", Lang: "xx"}} {
		if r := w.do("POST", "/api/v1/chat/session", "", in, &p); r.StatusCode < 400 || r.StatusCode >= 500 {
			t.Fatalf("%+v: %d", in, r.StatusCode)
		}
	}
}

func TestHostTokensRefused(t *testing.T) {
	w := start(t, patient())
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	good := func() jwt.MapClaims {
		now := w.now().Unix()
		return jwt.MapClaims{"iss": "anhe", "aud": "debtchat", "sub": "D-1", "iat": now, "exp": now + 300, "jti": rand.Text()}
	}
	with := func(change func(jwt.MapClaims)) string { return w.mint(change) }
	sign := func(m jwt.SigningMethod, k any) string {
		s, err := jwt.NewWithClaims(m, good()).SignedString(k)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	pub := pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&key.PublicKey)})
	reused := w.mint(nil)
	w.do("POST", "/api/v1/chat/session", "", openIn{Token: reused}, nil)
	tampered := w.mint(nil)
	parts := strings.Split(tampered, ".")
	body, _ := base64.RawURLEncoding.DecodeString(parts[1])
	parts[1] = base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(body), "D-1", "D-9", 1)))
	now := w.now().Unix()
	for name, token := range map[string]string{
		"alg none":                   sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType),
		"RS256":                      sign(jwt.SigningMethodRS256, key),
		"RS key as HS":               sign(jwt.SigningMethodHS256, pub),
		"HS384":                      sign(jwt.SigningMethodHS384, []byte(hostSecret)),
		"other secret":               sign(jwt.SigningMethodHS256, []byte(strings.Repeat("x", 40))),
		"empty secret":               sign(jwt.SigningMethodHS256, []byte{}),
		"tampered":                   strings.Join(parts, "."),
		"used twice":                 reused,
		"garbage":                    "a.b.c",
		"not a token":                "hello",
		"very long":                  strings.Repeat("a", 9<<10),
		"expired":                    with(func(c jwt.MapClaims) { c["iat"], c["exp"] = now-400, now-100 }),
		"just out of grace":          with(func(c jwt.MapClaims) { c["iat"], c["exp"] = now-200, now-62 }),
		"from the future":            with(func(c jwt.MapClaims) { c["iat"], c["exp"] = now+120, now+200 }),
		"lives too long":             with(func(c jwt.MapClaims) { c["exp"] = now + 301 }),
		"ends before start":          with(func(c jwt.MapClaims) { c["exp"] = now - 1 }),
		"no exp":                     with(func(c jwt.MapClaims) { delete(c, "exp") }),
		"no iat":                     with(func(c jwt.MapClaims) { delete(c, "iat") }),
		"no jti":                     with(func(c jwt.MapClaims) { delete(c, "jti") }),
		"no sub":                     with(func(c jwt.MapClaims) { delete(c, "sub") }),
		"no aud":                     with(func(c jwt.MapClaims) { delete(c, "aud") }),
		"wrong aud":                  with(func(c jwt.MapClaims) { c["aud"] = "console" }),
		"unknown issuer":             with(func(c jwt.MapClaims) { c["iss"] = "stranger" }),
		"tenant with a short secret": with(func(c jwt.MapClaims) { c["iss"] = "weak" }),
		"for a logout":               with(func(c jwt.MapClaims) { c["event"] = "logout" }),
	} {
		var p problem
		if r := w.do("POST", "/api/v1/chat/session", "", openIn{Token: token}, &p); r.StatusCode != 401 && r.StatusCode != 413 {
			t.Errorf("%s: %d %+v", name, r.StatusCode, p)
		}
	}
	// A clock that is a little off is forgiven.
	for name, token := range map[string]string{
		"a minute late":  with(func(c jwt.MapClaims) { c["iat"], c["exp"] = now-340, now-45 }),
		"a minute early": with(func(c jwt.MapClaims) { c["iat"], c["exp"] = now+45, now+300 }),
	} {
		if r := w.do("POST", "/api/v1/chat/session", "", openIn{Token: token}, nil); r.StatusCode != 201 {
			t.Errorf("%s: %d", name, r.StatusCode)
		}
	}
	var p problem
	nobody := with(func(c jwt.MapClaims) { c["sub"] = "nobody" })
	if r := w.do("POST", "/api/v1/chat/session", "", openIn{Token: nobody}, &p); r.StatusCode != 404 {
		t.Errorf("unknown debtor: %d %+v", r.StatusCode, p)
	}
	if r := w.do("POST", "/api/v1/chat/session", "", openIn{Token: with(nil), Creditor: "other"}, &p); r.StatusCode != 403 {
		t.Errorf("token of another creditor: %d %+v", r.StatusCode, p)
	}
}

func TestLogoutRevokes(t *testing.T) {
	w := start(t, patient())
	o := w.debtor(nil)
	other := w.debtor(func(c jwt.MapClaims) { c["sub"] = "D-2" })
	b, _ := w.enter(o, 0, "")
	c, _ := w.enter(other, 0, "")
	if r := w.do("POST", "/api/v1/chat/session/revoke", "", openIn{Token: w.mint(nil)}, nil); r.StatusCode != 401 {
		t.Fatalf("a sign-in token signed out: %d", r.StatusCode)
	}
	logout := w.mint(func(c jwt.MapClaims) { c["event"] = "logout" })
	var out map[string]int
	if r := w.do("POST", "/api/v1/chat/session/revoke", "", openIn{Token: logout}, &out); r.StatusCode != 200 || out["conversations"] != 1 {
		t.Fatalf("%d %v", r.StatusCode, out)
	}
	if code, told := b.closed(); code != closeAuth || told[0] != codeUnauthorized {
		t.Fatalf("%d %v", code, told)
	}
	if r := w.do("GET", "/api/v1/chat/"+o.Conv+"/messages", o.Token, nil, nil); r.StatusCode != 401 {
		t.Fatalf("a revoked token reads: %d", r.StatusCode)
	}
	c.send("ping", nil)
	c.until("pong")
}

// Another node revoked: this one hears of it by the bus.
func TestRevokedElsewhere(t *testing.T) {
	w := start(t, patient())
	o := w.debtor(nil)
	b, _ := w.enter(o, 0, "")
	if _, err := w.sessions.RevokeSessions(context.Background(), "anhe", "D-1"); err != nil {
		t.Fatal(err)
	}
	w.desk.bus.Publish(bot.Event{Kind: "session_revoked", ConvID: o.Conv})
	if code, _ := b.closed(); code != closeAuth {
		t.Fatalf("close code %d", code)
	}
}

func TestSessionRateAndShape(t *testing.T) {
	w := start(t, Limits{SessionsPerIP: 3})
	for range 3 {
		w.visitor()
	}
	var p problem
	if r := w.do("POST", "/api/v1/chat/session", "", openIn{Creditor: "anhe"}, &p); r.StatusCode != 429 || p.Code != codeRateLimited || r.Header.Get("Retry-After") == "" {
		t.Fatalf("%d %+v", r.StatusCode, p)
	}
	w.shift.Store(int64(time.Minute))
	for name, c := range map[string]struct {
		typ, origin, body string
		status            int
	}{
		"a form of another site": {"text/plain", "", `{"creditor":"anhe"}`, 400},
		"another origin":         {"application/json", "https://evil.example", `{"creditor":"anhe"}`, 403},
		"too large":              {"application/json", "", `{"creditor":"` + strings.Repeat("x", 20<<10) + `"}`, 413},
	} {
		req, _ := http.NewRequest("POST", w.srv.URL+"/api/v1/chat/session", strings.NewReader(c.body))
		req.Header.Set("Content-Type", c.typ)
		if c.origin != "" {
			req.Header.Set("Origin", c.origin)
		}
		r, err := w.srv.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != c.status {
			t.Errorf("%s: %d", name, r.StatusCode)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	w := start(t, patient())
	ok := Options{Desk: w.desk, Sessions: w.sessions, Tenants: tenants, Bus: w.desk.bus, AllowedOrigins: []string{"https://Chat.example:443"}}
	c, err := New(ok)
	if err != nil || !c.allowedOrigin("https://chat.example") {
		t.Fatalf("%v", err)
	}
	c.unlisten()
	for _, bad := range [][]string{nil, {"chat.example"}, {"https://chat.example/path"}, {"*"}, {"ftp://x"}} {
		o := ok
		o.AllowedOrigins = bad
		if _, err := New(o); err == nil {
			t.Errorf("origins %v were accepted", bad)
		}
	}
}

func TestAddressesAreGrouped(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "192.0.2.7:443": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "[2001:db8:1:2::9]:80": "2001:db8:1:2::/64", "odd": "odd",
	} {
		if got := ipKey(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestKeyedForgetsIdleKeys(t *testing.T) {
	k := newKeyed(20, 5)
	now := time.Now()
	for i := range 5000 {
		k.take(string(rune('a'+i%26))+strings.Repeat("x", i%400)+time.Duration(i).String(), now.Add(time.Duration(i)*time.Second))
	}
	if len(k.m) > 2*sweepAt {
		t.Fatalf("%d keys kept", len(k.m))
	}
}
