package web

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
)

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func testLog(b *lockedBuffer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func TestAccessLogHoldsNoQueryAndNoIDs(t *testing.T) {
	d := newTestDesk(t)
	c := d.as("agent")
	c.get("/api/v1/console/conversations/c1?after=0&token=SECRET-IN-QUERY")
	c.get("/api/v1/console/queue?search=SECRET-NAME")
	log := d.logs.String()
	for _, no := range []string{"SECRET", testPassword, c.cookie("hejie_console"), "conversations/c1"} {
		if strings.Contains(log, no) {
			t.Errorf("the log holds %q:\n%s", no, log)
		}
	}
	if !strings.Contains(log, "/api/v1/console/conversations/:id") {
		t.Errorf("the log does not name the route:\n%s", log)
	}
}
