package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func creds(login, password string) map[string]string {
	return map[string]string{"login": login, "password": password}
}

func TestSignInAndOut(t *testing.T) {
	d := newTestDesk(t)
	c := d.client()
	if res := c.get(consoleAPI + "/me"); res.status != 401 || res.code(t) != "unauthorized" {
		t.Fatalf("me before sign-in: %d %s", res.status, res.body)
	}
	res := c.post(consoleAPI+"/sign-in", creds(" Agent ", testPassword))
	if res.status != 200 {
		t.Fatalf("sign in: %d %s", res.status, res.body)
	}
	var me Me
	c.get(consoleAPI+"/me").into(t, &me)
	if me.ID != "id-agent" || !slices.Contains(me.Actions, Reply) || slices.Contains(me.Actions, ReadAudit) {
		t.Fatalf("me: %+v", me)
	}
	set := res.header.Get("Set-Cookie")
	for _, want := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(set, want) {
			t.Errorf("cookie %q lacks %s", set, want)
		}
	}
	old := c.cookie("hejie_console")
	if res := c.post(consoleAPI+"/sign-out", nil); res.status != 204 {
		t.Fatalf("sign out: %d %s", res.status, res.body)
	}
	if res := d.client().get(consoleAPI+"/me", "Cookie", "hejie_console="+old); res.status != 401 {
		t.Fatalf("a signed-out token still works: %d", res.status)
	}
	if got := d.console.kinds(); !slices.Equal(got, []string{"sign_in", "sign_out"}) {
		t.Fatalf("audit: %v", got)
	}
}

func TestSecureCookieName(t *testing.T) {
	d := newTestDesk(t, func(o *Options) { o.PublicURL = "https://chat.example.com" })
	res := d.client().post(consoleAPI+"/sign-in", creds("agent", testPassword))
	if set := res.header.Get("Set-Cookie"); !strings.HasPrefix(set, "__Host-hejie_console=") || !strings.Contains(set, "Secure") {
		t.Fatalf("cookie over https: %q", set)
	}
	if res.header.Get("Strict-Transport-Security") == "" {
		t.Fatal("no HSTS over https")
	}
}

func TestRefusedSignInsAnswerAlike(t *testing.T) {
	d := newTestDesk(t)
	gone := d.console.agents["id-other"]
	gone.Disabled = true
	d.console.agents["id-other"] = gone
	var first []byte
	for _, k := range []map[string]string{creds("agent", "wrong-password"), creds("nobody", testPassword), creds("other", testPassword)} {
		res := d.client().post(consoleAPI+"/sign-in", k)
		if res.status != 401 || res.code(t) != "wrong_credentials" {
			t.Fatalf("%v: %d %s", k, res.status, res.body)
		}
		if first == nil {
			first = res.body
		} else if string(first) != string(res.body) {
			t.Fatalf("answers differ: %s and %s", first, res.body)
		}
	}
	for _, l := range d.console.audit {
		if strings.Contains(l.Detail+l.Actor, "nobody") {
			t.Fatalf("an unknown login was recorded: %+v", l)
		}
	}
}

// Every attempt must cost one hash, whether the login exists or not.
func TestUnknownLoginCostsAHash(t *testing.T) {
	var seen []string
	d := newTestDesk(t, func(o *Options) {
		o.CheckPassword = func(hash, _ string) bool { seen = append(seen, hash); return true }
	})
	if res := d.client().post(consoleAPI+"/sign-in", creds("nobody", "whatever-it-is")); res.status != 401 {
		t.Fatalf("an unknown login got in: %d", res.status)
	}
	if len(seen) != 1 || seen[0] != "" {
		t.Fatalf("hashes computed: %v", seen)
	}
}

func TestSignInLimits(t *testing.T) {
	d := newTestDesk(t)
	c := d.client()
	for i := range 5 {
		if res := c.post(consoleAPI+"/sign-in", creds("agent", "wrong-password")); res.status != 401 {
			t.Fatalf("attempt %d: %d", i, res.status)
		}
	}
	if res := c.post(consoleAPI+"/sign-in", creds("AGENT", testPassword)); res.status != 429 || res.code(t) != "rate_limited" {
		t.Fatalf("sixth attempt at one login: %d %s", res.status, res.body)
	}
	for i := range 4 { // other logins, same address: 10 in all
		c.post(consoleAPI+"/sign-in", creds("nobody"+string(rune('a'+i)), "wrong-password"))
	}
	if res := c.post(consoleAPI+"/sign-in", creds("admin", testPassword)); res.status != 429 {
		t.Fatalf("eleventh attempt from one address: %d", res.status)
	}
	// A forged X-Forwarded-For is nobody's new address.
	if res := c.post(consoleAPI+"/sign-in", creds("admin", testPassword), "X-Forwarded-For", "203.0.113.9"); res.status != 429 {
		t.Fatalf("forged address: %d", res.status)
	}
	d.clock.Add(time.Minute.Milliseconds())
	if res := c.post(consoleAPI+"/sign-in", creds("agent", testPassword)); res.status != 200 {
		t.Fatalf("after a minute: %d %s", res.status, res.body)
	}
}

func TestSessionFixation(t *testing.T) {
	d := newTestDesk(t)
	c := d.client()
	planted := "hejie_console=" + strings.Repeat("A", 43)
	res := c.post(consoleAPI+"/sign-in", creds("agent", testPassword), "Cookie", planted)
	if res.status != 200 {
		t.Fatalf("sign in: %d", res.status)
	}
	if res := d.client().get(consoleAPI+"/me", "Cookie", planted); res.status != 401 {
		t.Fatalf("the planted token is signed in: %d", res.status)
	}
	first := c.cookie("hejie_console")
	c.post(consoleAPI+"/sign-in", creds("agent", testPassword))
	if second := c.cookie("hejie_console"); second == first || second == "" {
		t.Fatal("the token was not renewed at the second sign-in")
	}
	if res := d.client().get(consoleAPI+"/me", "Cookie", "hejie_console="+first); res.status != 401 {
		t.Fatalf("the token from before still works: %d", res.status)
	}
	for key := range d.console.sessions {
		if key == c.cookie("hejie_console") {
			t.Fatal("the store holds the token itself, not its hash")
		}
	}
}

func TestIdleAndDisabledSessionsEnd(t *testing.T) {
	d := newTestDesk(t)
	c := d.as("agent")
	for range 3 { // active each half hour: stays in
		d.clock.Add((30 * time.Minute).Milliseconds())
		if res := c.get(consoleAPI + "/me"); res.status != 200 {
			t.Fatalf("active session: %d", res.status)
		}
	}
	d.clock.Add((sessionIdle + time.Minute).Milliseconds())
	if res := c.get(consoleAPI + "/me"); res.status != 401 {
		t.Fatalf("idle session: %d", res.status)
	}
	c = d.as("other")
	a := d.console.agents["id-other"]
	a.Disabled = true
	d.console.mu.Lock()
	d.console.agents["id-other"] = a
	d.console.mu.Unlock()
	if res := c.get(consoleAPI + "/me"); res.status != 401 {
		t.Fatalf("disabled agent: %d", res.status)
	}
}

func TestSignInNeedsTheAudit(t *testing.T) {
	d := newTestDesk(t)
	d.console.auditErr = errors.New("disk full: SECRET DETAIL")
	c := d.client()
	res := c.post(consoleAPI+"/sign-in", creds("agent", testPassword))
	if res.status != http.StatusInternalServerError || strings.Contains(string(res.body), "SECRET") {
		t.Fatalf("audit down: %d %s", res.status, res.body)
	}
	if !strings.Contains(d.logs.String(), "SECRET DETAIL") {
		t.Fatal("the cause is not in the log")
	}
	if res := c.get(consoleAPI + "/me"); res.status != 401 {
		t.Fatalf("signed in without a record: %d", res.status)
	}
}

func TestCrossSiteRequests(t *testing.T) {
	d := newTestDesk(t)
	c := d.as("agent")
	take := consoleAPI + "/conversations/c1/take"
	if res := c.post(take, nil, "Sec-Fetch-Site", "cross-site"); res.status != 403 || res.code(t) != "cross_site" {
		t.Fatalf("cross-site: %d %s", res.status, res.body)
	}
	if res := c.post(take, nil, "Origin", "https://evil.example"); res.status != 403 {
		t.Fatalf("other origin: %d", res.status)
	}
	for _, ct := range []string{"application/x-www-form-urlencoded", "text/plain", "", "application/jsonx"} {
		if res := c.post(take, "a=1", "Content-Type", ct); res.status != 415 || res.code(t) != "unsupported_media" {
			t.Fatalf("content type %q: %d %s", ct, res.status, res.body)
		}
	}
	if res := d.client().post(consoleAPI+"/sign-in", creds("agent", testPassword), "Sec-Fetch-Site", "same-site"); res.status != 403 {
		t.Fatalf("sign-in from a sibling site: %d", res.status)
	}
	if d.desk.convs["c1"].Control != "queue" {
		t.Fatal("a forged request moved the conversation")
	}
	if res := c.post(take, nil, "Sec-Fetch-Site", "same-origin", "Origin", d.http.URL); res.status != 200 {
		t.Fatalf("same origin: %d %s", res.status, res.body)
	}
}
