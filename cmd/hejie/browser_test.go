package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// chromium finds a browser on the machine, or skips with the reason (fails when HEJIE_REQUIRE names browser).
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	const why = "no Chromium on this machine (looked for chromium, chromium-browser, google-chrome)"
	if strings.Contains(os.Getenv("HEJIE_REQUIRE"), "browser") {
		t.Fatal(why)
	}
	t.Skip(why)
	return ""
}

// startDemo runs the real demo behind a line that can be cut, and stops it at the end.
func startDemo(t *testing.T) (*App, *line) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	log := slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	addr := freeAddr("127.0.0.1:0")
	l := newLine(t, addr)
	a, err := newDemo(ctx, demoPlace{dir: t.TempDir(), addr: addr, seenAs: l.addr()}, time.Now, log)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("stop: %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Error("the server did not stop")
		}
	})
	return a, l
}

// line is a TCP path to the server that a test can cut.
type line struct {
	ln    net.Listener
	to    string
	mu    sync.Mutex
	dead  bool
	conns map[net.Conn]bool
}

func newLine(t *testing.T, to string) *line {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{ln: ln, to: to, conns: map[net.Conn]bool{}}
	t.Cleanup(func() { _ = ln.Close(); l.cut(true) })
	go l.serve()
	return l
}

func (l *line) addr() string { return l.ln.Addr().String() }

func (l *line) serve() {
	for {
		c, err := l.ln.Accept()
		if err != nil {
			return
		}
		s, err := net.Dial("tcp", l.to)
		if err != nil || !l.keep(c, s) {
			_ = c.Close()
			continue
		}
		pipe := func(a, b net.Conn) { _, _ = io.Copy(a, b); _ = a.Close(); _ = b.Close() }
		go pipe(c, s)
		go pipe(s, c)
	}
}

func (l *line) keep(conns ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range conns {
		l.conns[c] = true
		if l.dead {
			_ = c.Close()
		}
	}
	return !l.dead
}

// cut drops every connection; while dead, new ones are dropped too.
func (l *line) cut(dead bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dead = dead
	for c := range l.conns {
		_ = c.Close()
	}
	l.conns = map[net.Conn]bool{}
}

func (l *line) mend() { l.mu.Lock(); l.dead = false; l.mu.Unlock() }

// testLog shows the server's warnings with the test that caused them.
type testLog struct{ t *testing.T }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

var _ io.Writer = testLog{}

// browser opens a tab of a fresh profile.
func browser(t *testing.T, width, height int) context.Context {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(width, height),
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true), chromedp.Flag("lang", "zh-CN"), chromedp.Flag("accept-lang", "zh-CN"), chromedp.Flag("disable-component-update", true))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, cancel := chromedp.NewContext(alloc)
	limited, expire := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(func() { expire(); cancel(); stop() })
	return limited
}
