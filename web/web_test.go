package web

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/flows"
)

const testPassword = "a-long-test-password"

// desk is one running server with its fakes and a clock that the test moves.
type testDesk struct {
	t       *testing.T
	srv     *Server
	http    *httptest.Server
	desk    *fakeDesk
	console *fakeConsole
	bus     *fakeBus
	clock   atomic.Int64
	logs    *lockedBuffer
}

func (d *testDesk) now() time.Time { return time.UnixMilli(d.clock.Load()) }

func newTestDesk(t *testing.T, change ...func(*Options)) *testDesk {
	t.Helper()
	d := &testDesk{t: t, console: newFakeConsole(), bus: newFakeBus(), logs: &lockedBuffer{}}
	d.clock.Store(time.Date(2026, 12, 2, 6, 41, 0, 0, time.UTC).UnixMilli())
	d.desk = &fakeDesk{now: d.now, bus: d.bus, convs: map[string]*bot.Conversation{}, msgs: map[string][]bot.Message{},
		held: map[string][]bot.Outgoing{}, files: map[string]flows.CaseFile{}, console: d.console,
		judge: func(string, string) guard.Verdict { return guard.Verdict{Decision: guard.Pass, Ruleset: "test"} }}
	d.console.queue = d.desk.items
	for _, role := range []string{"agent", "supervisor", "compliance", "admin"} {
		d.addAgent(role, role)
	}
	d.addAgent("other", "agent")
	d.addConv("c1", "张建国", "d-1")
	// The address is only known once it listens, so the handler is put in place afterwards.
	var handler atomic.Pointer[Server]
	d.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.Load().ServeHTTP(w, r) }))
	t.Cleanup(d.http.Close)
	opt := Options{Desk: d.desk, Console: d.console, Bus: d.bus, Now: d.now, PublicURL: d.http.URL, Log: testLog(d.logs),
		CheckPassword: func(hash, password string) bool { return hash == "hash:"+password },
		Contact: func(context.Context, bot.Conversation) (Contact, error) {
			return Contact{Phone: "13812345521", SentToday: 0, SentWeek: 1}, nil
		}}
	for _, f := range change {
		f(&opt)
	}
	srv, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	d.srv = srv
	handler.Store(srv)
	return d
}

func (d *testDesk) addAgent(login, role string) {
	a := bot.AgentUser{ID: "id-" + login, Login: login, Name: "Name " + login, Role: role, PasswordHash: "hash:" + testPassword}
	if err := d.console.AddAgent(context.Background(), a); err != nil {
		d.t.Fatal(err)
	}
}

func (d *testDesk) addConv(id, name, debtor string) *bot.Conversation {
	c := &bot.Conversation{ID: id, CreditorID: "anhe", DebtorID: debtor, Channel: "web", Address: "sess-" + id, Lang: "zh-Hans",
		Identity: flows.Verified, Control: bot.InQueue, CreatedMS: d.clock.Load(), UpdatedMS: d.clock.Load(), WaitingMS: d.clock.Load()}
	d.desk.convs[id] = c
	d.desk.order = append(d.desk.order, id)
	d.desk.files[id] = sampleFile(name, "credit_card")
	return c
}

// client is a browser of its own: cookies and nothing else.
type client struct {
	t    *testing.T
	base string
	c    *http.Client
}

func (d *testDesk) client() *client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.t.Fatal(err)
	}
	return &client{t: d.t, base: d.http.URL, c: &http.Client{Jar: jar}}
}

func (d *testDesk) as(login string) *client {
	c := d.client()
	if res := c.post("/api/v1/console/sign-in", map[string]string{"login": login, "password": testPassword}); res.status != 200 {
		d.t.Fatalf("sign in as %s: %d %s", login, res.status, res.body)
	}
	return c
}

type answer struct {
	status int
	body   []byte
	header http.Header
}

func (a answer) code(t *testing.T) string {
	t.Helper()
	var e struct{ Code string }
	if err := json.Unmarshal(a.body, &e); err != nil {
		t.Fatalf("answer is not an error object: %s", a.body)
	}
	return e.Code
}

func (a answer) into(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
}

func (c *client) do(method, path string, body any, header ...string) answer {
	c.t.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	default:
		data, err := json.Marshal(b)
		if err != nil {
			c.t.Fatal(err)
		}
		r = bytes.NewReader(data)
	}
	req, err := http.NewRequest(method, c.base+path, r)
	if err != nil {
		c.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := c.c.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{res.StatusCode, data, res.Header}
}

func (c *client) get(path string, header ...string) answer { return c.do("GET", path, nil, header...) }
func (c *client) post(path string, body any, header ...string) answer {
	return c.do("POST", path, body, header...)
}

func (c *client) cookie(name string) string {
	req, _ := http.NewRequest("GET", c.base, nil)
	for _, k := range c.c.Jar.Cookies(req.URL) {
		if k.Name == name {
			return k.Value
		}
	}
	return ""
}
