package main

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
)

const (
	kills     = 30
	killsMin  = 8                // on a machine too slow for all of them
	killsTime = 10 * time.Second // and after this long
)

// child is the program in a process of its own, on a data folder that outlives it.
type child struct {
	t    testing.TB
	cmd  *exec.Cmd
	base string
	done chan error
}

// startChild runs `hejie demo --data dir`. The clock is set forward so that what a killed process had leased is free again.
func startChild(t testing.TB, dir string, now time.Time) *child {
	t.Helper()
	addr := freeAddr("127.0.0.1:0")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{t: t, base: "http://" + addr, done: make(chan error, 1)}
	c.cmd = exec.Command(self, "demo", "--addr", addr, "--data", dir, "--now", now.Format(time.RFC3339))
	c.cmd.Env = append(os.Environ(), asProgram+"=1")
	c.cmd.Stderr = siteLog{t}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready := make(chan bool, 1)
	go func() {
		line, err := bufio.NewReader(out).ReadString('\n')
		ready <- err == nil && line != ""
		_, _ = io.Copy(io.Discard, out)
		c.done <- c.cmd.Wait()
	}()
	t.Cleanup(func() { _ = c.cmd.Process.Kill() })
	select {
	case ok := <-ready:
		if !ok {
			t.Fatalf("the program did not start: %v", <-c.done)
		}
	case <-time.After(patience):
		t.Fatal("the program did not start")
	}
	return c
}

// stop sends a signal and waits for the end.
func (c *child) stop(sig os.Signal) error {
	c.t.Helper()
	if err := c.cmd.Process.Signal(sig); err != nil {
		c.t.Fatal(err)
	}
	select {
	case err := <-c.done:
		return err
	case <-time.After(patience):
		c.t.Fatalf("the program goes on after %s", sig)
		return nil
	}
}

// writer is one debtor's client: it sends, and sends again under the same cid what was not acknowledged.
type writer struct {
	ses   chatSession
	acked map[string]int64
	texts map[string]string
	open  string // cid sent and not acked
	n     int
}

// signInTo opens a session through the portal's own pages.
func (c *child) signInTo(client *http.Client, id string) chatSession {
	c.t.Helper()
	var host struct {
		Token string `json:"token"`
	}
	callJSON(c.t, client, c.base, http.MethodPost, "/demo/sign-in", "", map[string]string{"id": id}, &host)
	var ses chatSession
	status, raw := callJSON(c.t, client, c.base, http.MethodPost, "/api/v1/chat/session", "", map[string]string{"token": host.Token}, &ses)
	if status != http.StatusCreated {
		c.t.Fatalf("sign-in of %s: %d %s", id, status, raw)
	}
	return ses
}

// write sends up to n messages and stops at the first that does not arrive.
func (w *writer) write(client *http.Client, base string, n int) {
	for range n {
		if w.open == "" {
			w.n++
			w.open = uuid.NewString()
			w.texts[w.open] = fmt.Sprintf([]string{"我一共欠多少 第%d次", "想分%d期", "会坐牢吗 %d", "谢谢 %d"}[w.n%4], 2+w.n%10)
		}
		body := map[string]any{"t": "msg", "id": w.open, "p": map[string]any{"cid": w.open, "kind": "text", "text": w.texts[w.open]}}
		status, raw, err := tryJSON(client, base, http.MethodPost, "/api/v1/chat/"+w.ses.Conv+"/frames", w.ses.Token, body)
		var f struct {
			P struct {
				Seq int64 `json:"seq"`
			} `json:"p"`
		}
		if err != nil || status != http.StatusOK || json.Unmarshal(raw, &f) != nil || f.P.Seq == 0 {
			return
		}
		w.acked[w.open], w.open = f.P.Seq, ""
	}
}

// load runs all writers until they are through or the server is gone.
func load(ws []*writer, client *http.Client, base string, n int) *sync.WaitGroup {
	var wg sync.WaitGroup
	for _, w := range ws {
		wg.Go(func() { w.write(client, base, n) })
	}
	return &wg
}

// TestKilledAtAnyMoment: whatever was acknowledged is there after a SIGKILL, and is answered exactly once.
func TestKilledAtAnyMoment(t *testing.T) {
	dir, rnd := t.TempDir(), rand.New(rand.NewPCG(20261202, 2))
	now := time.Date(2026, 12, 2, 2, 0, 0, 0, time.UTC)
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	var ws []*writer
	for i, began := 0, time.Now(); i < kills && (i < killsMin || time.Since(began) < killsTime); i++ {
		c := startChild(t, dir, now)
		if ws == nil {
			for _, id := range []string{"d-zhangwei", "d-lixiulan", "d-zhaomin"} {
				ws = append(ws, &writer{ses: c.signInTo(client, id), acked: map[string]int64{}, texts: map[string]string{}})
			}
		}
		wg := load(ws, client, c.base, 4)
		time.Sleep(time.Duration(rnd.IntN(250)) * time.Millisecond) // the moment of death, not a wait for anything
		_ = c.stop(syscall.SIGKILL)
		wg.Wait()
		now = now.Add(2 * time.Minute)
	}
	c := startChild(t, dir, now)
	wg := load(ws, client, c.base, 5)
	time.Sleep(time.Duration(50+rnd.IntN(100)) * time.Millisecond)
	if err := c.stop(syscall.SIGTERM); err != nil {
		t.Errorf("SIGTERM under load: %v", err)
	}
	wg.Wait()
	last := startChild(t, dir, now.Add(2*time.Minute))
	load(ws, client, last.base, 2).Wait()
	drained(t, dir)
	if err := last.stop(syscall.SIGTERM); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
	checkSurvivors(t, dir, ws)
}

// drained waits until the process on dir has nothing left to do.
func drained(t *testing.T, dir string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "hejie.db")+"?_pragma=busy_timeout(10000)&_pragma=query_only(1)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	await(t, "the end of all turns", func() bool {
		var n int
		if err := db.QueryRow(`SELECT (SELECT count(*) FROM message WHERE direction = 'in' AND state = 'pending') + (SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending'))`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n == 0
	})
}
