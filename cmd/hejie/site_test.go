package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hejie/bot"
)

// patience is how long a test waits for what must happen: generous, because it only costs time when the test fails.
const patience = 40 * time.Second

// testClock runs on from a working afternoon and can be pushed forward, so that rate limits cost no waiting.
type testClock struct {
	from, began time.Time
	ahead       atomic.Int64
}

func newTestClock() *testClock {
	return &testClock{from: time.Date(2026, 12, 2, 6, 30, 0, 0, time.UTC), began: time.Now()}
}

func (c *testClock) now() time.Time {
	return c.from.Add(time.Since(c.began) + time.Duration(c.ahead.Load()))
}
func (c *testClock) push(d time.Duration) { c.ahead.Add(int64(d)) }

// site is the production server of one test, with the sample portfolio: everything real, nothing replaced.
type site struct {
	*App
	t      testing.TB
	clock  *testClock
	tenant bot.Tenant
	db     *sql.DB // looked at, never written
	client *http.Client
}

// startSite serves on the database at url ("" = a SQLite file of the test) until the test ends.
func startSite(t testing.TB, url string, change func(*Config)) *site {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cfg := defaultConfig()
	cfg.Addr, cfg.DataDir, cfg.DatabaseURL, cfg.Secret = freeAddr("127.0.0.1:0"), t.TempDir(), url, randomHex()
	cfg.PublicURL = "http://" + cfg.Addr
	if change != nil {
		change(&cfg)
	}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, clock: newTestClock()}
	log := slog.New(slog.NewTextHandler(siteLog{t}, &slog.HandlerOptions{Level: slog.LevelError}))
	var err error
	if s.App, err = newApp(ctx, cfg, appOptions{Now: s.clock.now, Log: log}); err != nil {
		t.Fatal(err)
	}
	if s.tenant, err = seedDemo(ctx, s.core.store, cfg.PublicURL, s.clock.now()); err != nil {
		t.Fatal(err)
	}
	driver, dsn := "sqlite", "file:"+strings.TrimPrefix(cfg.database(), "sqlite:")+"?_pragma=busy_timeout(10000)&_pragma=query_only(1)"
	if url != "" {
		driver, dsn = "postgres", url
	}
	if s.db, err = sql.Open(driver, dsn); err != nil {
		t.Fatal(err)
	}
	jar, _ := cookiejar.New(nil)
	s.client = &http.Client{Jar: jar, Timeout: patience}
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		if err := s.db.Close(); err != nil {
			t.Error(err)
		}
		s.client.CloseIdleConnections()
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("stop: %v", err)
			}
		case <-time.After(patience):
			t.Error("the server did not stop")
		}
	})
	return s
}

// siteLog shows the server's errors with the test that caused them.
type siteLog struct{ t testing.TB }

func (l siteLog) Write(b []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// call makes one HTTP request of JSON and decodes the answer into out, when given. It returns the status and raw body.
func (s *site) call(method, path, bearer string, body, out any) (int, []byte) {
	s.t.Helper()
	return callJSON(s.t, s.client, s.cfg.PublicURL, method, path, bearer, body, out)
}

func callJSON(t testing.TB, client *http.Client, base, method, path, bearer string, body, out any) (int, []byte) {
	t.Helper()
	status, raw, err := tryJSON(client, base, method, path, bearer, body)
	if err != nil {
		t.Fatal(err)
	}
	if out != nil {
		if err := json.Unmarshal(raw, out); err != nil {
			t.Fatalf("%s %s answered %d %.300s: %v", method, path, status, raw, err)
		}
	}
	return status, raw
}

func tryJSON(client *http.Client, base, method, path, bearer string, body any) (int, []byte, error) {
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		in = bytes.NewReader(b)
	}
	r, err := http.NewRequest(method, base+path, in)
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", base)
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	res, err := client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	return res.StatusCode, raw, err
}

// chatSession is what opening a chat answers.
type chatSession struct {
	Token     string `json:"token"`
	Conv      string `json:"conversation_id"`
	Epoch     string `json:"epoch"`
	Assurance string `json:"assurance"`
}

// signIn comes in as the portal's debtor, by a signed host token; an empty ref comes in as a visitor.
func (s *site) signIn(ref string) chatSession {
	s.t.Helper()
	s.clock.push(4 * time.Second) // 20 new sessions a minute and address
	body := map[string]string{"creditor": s.tenant.ID}
	if ref != "" {
		token, _, err := demoToken(s.tenant, ref, s.clock.now())
		if err != nil {
			s.t.Fatal(err)
		}
		body["token"] = token
	}
	var c chatSession
	if status, raw := s.call(http.MethodPost, "/api/v1/chat/session", "", body, &c); status != http.StatusCreated || c.Token == "" {
		s.t.Fatalf("sign-in of %q: %d %s", ref, status, raw)
	}
	return c
}

// await polls until ok; it is how a test waits for another process's or goroutine's work.
func await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(4 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s did not happen within %s", what, patience)
		}
	}
}

// head waits until nothing is left to do in a conversation and returns its newest seq.
func (s *site) head(conv string) int64 {
	s.t.Helper()
	var open, head int64
	await(s.t, "the end of the turn", func() bool {
		err := s.db.QueryRow(`SELECT (SELECT count(*) FROM message WHERE conv_id = $1 AND direction = 'in' AND state = 'pending')
			+ (SELECT count(*) FROM outbox WHERE conv_id = $1 AND state IN ('queued', 'sending')), head_seq FROM conversation WHERE id = $1`, conv).Scan(&open, &head)
		if err != nil {
			s.t.Fatal(err)
		}
		return open == 0
	})
	return head
}

// rows is the whole transcript as it is stored.
func (s *site) rows(conv string) []bot.Message {
	s.t.Helper()
	return allRows(s.t, s.core, conv)
}

func allRows(t testing.TB, c *core, conv string) []bot.Message {
	t.Helper()
	var out []bot.Message
	for {
		page, err := c.bot.Transcript(context.Background(), conv, int64(len(out)), 100)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			return out
		}
		out = append(out, page...)
	}
}

func (s *site) auditHolds() {
	s.t.Helper()
	if n, bad, err := s.core.store.VerifyAudit(context.Background()); err != nil || bad != 0 || n == 0 {
		s.t.Errorf("audit: %d lines, first bad %d, %v", n, bad, err)
	}
}
