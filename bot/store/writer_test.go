package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"hejie/bot"
)

var errOwn = errors.New("own failure")

// In a group each write stands alone: failures and panics of some leave the others' work whole.
func TestGroupedWritesAreIndependent(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		var wg sync.WaitGroup
		for i := range 60 {
			wg.Go(func() {
				err := s.write(bg, func(w *tx) error {
					if _, err := w.audit("test", fmt.Sprint(i%3), "", nil, nil); err != nil {
						return err
					}
					if _, err := w.exec("token_use", "k", fmt.Sprint("jti-", i), 1<<50); err != nil {
						return err
					}
					switch i % 3 {
					case 1:
						return errOwn
					case 2:
						panic("own panic")
					}
					return nil
				})
				switch i % 3 {
				case 0:
					if err != nil {
						t.Error(err)
					}
				case 1:
					if !errors.Is(err, errOwn) {
						t.Errorf("got %v", err)
					}
				case 2:
					if err == nil || !strings.Contains(err.Error(), "panicked") {
						t.Errorf("got %v", err)
					}
				}
			})
		}
		wg.Wait()
		var n int
		must(t, s.readers.Get(&n, `SELECT count(*) FROM used_token`))
		if n != 20 {
			t.Fatalf("%d rows", n)
		}
		if n, bad, err := s.VerifyAudit(bg); n != 20 || bad != 0 || err != nil {
			t.Fatal(n, bad, err)
		}
	})
}

func TestWriteAfterShutdownAndCancel(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := must1(Open(bg, url))(t)
		ctx, cancel := context.WithCancel(bg)
		cancel()
		if err := s.LogAudit(ctx, "x", "y", "", nil); !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
		must(t, s.Shutdown())
		if err := s.LogAudit(bg, "x", "y", "", nil); err == nil {
			t.Fatal("a closed store took a write")
		}
	})
}

func TestShutdownKeepsWhatWasAccepted(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := must1(Open(bg, url))(t)
		openConv(t, s, "c1")
		var wg sync.WaitGroup
		var mu sync.Mutex
		accepted := 0
		for i := range 40 {
			wg.Go(func() {
				if _, err := s.AppendInbound(bg, inbound("c1", "", fmt.Sprint(i), "x")); err == nil {
					mu.Lock()
					accepted++
					mu.Unlock()
				}
			})
		}
		must(t, s.Shutdown())
		wg.Wait()
		s = open(t, url)
		if n := len(must1(s.Messages(bg, "c1", 0, 100))(t)); n != accepted {
			t.Fatalf("%d accepted, %d kept", accepted, n)
		}
	})
}

const crashURL = "HEJIE_TEST_CRASH_URL"

// crashChild is the victim of TestCrashLosesNothing: it reports each message once the store said it is kept, and never ends.
func crashChild(url string) {
	s, err := Open(bg, url)
	if err == nil {
		err = s.OpenConversation(bg, bot.Conversation{ID: "c1", Channel: "web"})
	}
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	for w := range 4 {
		go func() {
			for i := 0; ; i++ {
				acc, err := s.AppendInbound(bg, inbound("c1", "", fmt.Sprintf("%d-%d", w, i), "x"))
				if err != nil {
					fmt.Println("error", err)
					os.Exit(1)
				}
				fmt.Println("kept", acc.MessageID)
			}
		}()
	}
	select {}
}

// A process killed in the middle of its work loses nothing it acknowledged.
func TestCrashLosesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		if strings.HasPrefix(url, "sqlite:") {
			url = "sqlite:" + filepath.Join(t.TempDir(), "crash.db")
		}
		child := exec.Command(os.Args[0]) // #nosec G204
		child.Env = append(os.Environ(), crashURL+"="+url)
		out := must1(child.StdoutPipe())(t)
		must(t, child.Start())
		kept := map[string]bool{}
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if id, ok := strings.CutPrefix(lines.Text(), "kept "); ok {
				kept[id] = true
			} else if strings.HasPrefix(lines.Text(), "error") {
				t.Fatal(lines.Text())
			}
			if len(kept) == 200 {
				must(t, child.Process.Kill())
			}
		}
		_ = child.Wait() // killed
		if len(kept) < 200 {
			t.Fatalf("the child kept %d messages only", len(kept))
		}
		s := open(t, url)
		found := map[string]bool{}
		for i, m := range must1(s.Messages(bg, "c1", 0, 100000))(t) {
			found[m.ID] = true
			if m.Seq != int64(i+1) {
				t.Fatalf("gap at %d", i)
			}
		}
		for id := range kept {
			if !found[id] {
				t.Fatalf("message %s was acknowledged and is lost", id)
			}
		}
		if _, err := s.AppendInbound(bg, bot.Message{ConvID: "c1", Kind: "text", Text: "again"}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTemporaryDatabaseIsRemoved(t *testing.T) {
	s := must1(Open(bg, ""))(t)
	dir := s.tempDir
	openConv(t, s, "c1")
	must(t, s.Shutdown())
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("left behind: %v", err)
	}
}
