package outhook

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hejie/bot"
	"hejie/bot/store"
	"hejie/bot/store/pgtest"
	"hejie/flows"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var bg = context.Background()

// place is a store with one creditor, a receiver, and a clock that the test moves.
type place struct {
	t     *testing.T
	store *store.Store
	cred  string
	clock atomic.Int64
	sub   bot.Subscription
	key   string
	convs int

	mu     sync.Mutex
	got    []received
	answer func(http.ResponseWriter, *http.Request)
	url    string
}

type received struct {
	id, body string
	header   http.Header
}

func (p *place) now() time.Time { return time.UnixMilli(p.clock.Load()) }

func onBoth(t *testing.T, f func(*testing.T, *place)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, newPlace(t, "sqlite:"+filepath.Join(t.TempDir(), "t.db"))) })
	t.Run("postgres", func(t *testing.T) { f(t, newPlace(t, pgtest.URL(t))) })
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newPlace(t *testing.T, url string) *place {
	t.Helper()
	p := &place{t: t}
	p.clock.Store(time.Date(2026, 12, 2, 10, 0, 0, 0, time.UTC).UnixMilli())
	st, err := store.Open(bg, url, store.WithClock(p.now), store.WithSecret("a secret of this test, long enough"))
	must(t, err)
	t.Cleanup(func() { must(t, st.Shutdown()) })
	p.store = st
	file := filepath.Join(t.TempDir(), "p.csv")
	must(t, os.WriteFile(file, []byte("creditor,account_no,debtor_id,name,phone,id_no,debt_type,currency,principal,interest,penalty,fees,as_of,due_date\n"+
		"Acme,A-1,D-1,王芳,13800004417,110101199003070011,credit_card,CNY,100.00,0,0,0,2026-12-01,2026-10-01\n"), 0o600))
	_, err = st.Import(bg, file, store.ImportOptions{})
	must(t, err)
	tn, err := st.TenantByName(bg, "Acme")
	must(t, err)
	p.cred = tn.ID
	srv := httptest.NewServer(http.HandlerFunc(p.receive))
	t.Cleanup(srv.Close)
	p.url = srv.URL + "/hooks"
	p.sub, p.key, err = st.AddHook(bg, bot.Subscription{CreditorID: p.cred, URL: p.url, Events: []string{"message"}}, "test")
	must(t, err)
	return p
}

func (p *place) receive(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	p.mu.Lock()
	p.got = append(p.got, received{r.Header.Get(HeaderID), string(b), r.Header.Clone()})
	f := p.answer
	p.mu.Unlock()
	if f != nil {
		f(w, r)
	}
}

func (p *place) answers(f func(http.ResponseWriter, *http.Request)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = f
}

func status(code int) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// ids of what came since the last look.
func (p *place) take() (ids []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.got {
		ids = append(ids, r.id)
	}
	p.got = nil
	return ids
}

func (p *place) worker(node string, change ...func(*Options)) *Worker {
	p.t.Helper()
	reach, err := ParseReach("127.0.0.0/8 ::1/128")
	must(p.t, err)
	o := Options{Queue: p.store, Now: p.now, Node: node, Reach: reach, Timeout: 500 * time.Millisecond, Log: slog.New(slog.DiscardHandler)}
	for _, f := range change {
		f(&o)
	}
	w, err := New(o)
	must(p.t, err)
	return w
}

// happens makes n events: messages of one new conversation.
func (p *place) happens(n int) {
	p.t.Helper()
	p.convs++
	id := fmt.Sprint("conv-", p.convs)
	must(p.t, p.store.OpenConversation(bg, bot.Conversation{ID: id, Epoch: "e", CreditorID: p.cred, Channel: "web", Address: "a", Lang: "zh-Hans",
		Identity: flows.Anon, Control: bot.ByBot, CreatedMS: p.clock.Load()}))
	for i := range n {
		_, err := p.store.AppendInbound(bg, bot.Message{ConvID: id, Direction: "in", Kind: "text", CID: fmt.Sprint(i), Text: "我的电话是13900001111", AtMS: p.clock.Load()})
		must(p.t, err)
	}
}

func (p *place) drain(w *Worker) { p.t.Helper(); must(p.t, w.Drain(bg)) }

func (p *place) pass(d time.Duration) { p.clock.Add(d.Milliseconds()) }

func (p *place) hook() bot.Subscription {
	p.t.Helper()
	s, err := p.store.Hook(bg, p.cred, p.sub.ID)
	must(p.t, err)
	return s
}

func TestSendsInOrderSignedAndWithoutWords(t *testing.T) {
	onBoth(t, func(t *testing.T, p *place) {
		p.happens(5)
		p.drain(p.worker("n1"))
		p.mu.Lock()
		got := slices.Clone(p.got)
		p.mu.Unlock()
		if len(got) != 5 {
			t.Fatalf("%d arrived", len(got))
		}
		for i, r := range got {
			if err := Verify(p.key, r.header, []byte(r.body), p.now()); err != nil {
				t.Errorf("event %d: %v", i, err)
			}
			if i > 0 && got[i-1].id >= r.id {
				t.Errorf("order: %s before %s", got[i-1].id, r.id)
			}
			if !strings.Contains(r.body, `"type":"message.in"`) || strings.Contains(r.body, "13900001111") {
				t.Errorf("body %s", r.body)
			}
		}
		p.take()
		p.drain(p.worker("n1"))
		if again := p.take(); len(again) != 0 {
			t.Errorf("sent again: %v", again)
		}
	})
}

func TestFailureKeepsOrderAndIDs(t *testing.T) {
	onBoth(t, func(t *testing.T, p *place) {
		w := p.worker("n1")
		p.happens(3)
		p.answers(status(500))
		p.drain(w)
		first := p.take()
		if len(first) != 1 {
			t.Fatalf("behind a failure: %v", first)
		}
		p.drain(w) // not due yet
		if early := p.take(); len(early) != 0 {
			t.Fatalf("came back at once: %v", early)
		}
		p.pass(time.Minute)
		p.answers(nil)
		p.drain(w)
		if got := p.take(); len(got) != 3 || got[0] != first[0] {
			t.Fatalf("after repair: %v, first was %v", got, first)
		}
		if s := p.hook(); s.FailingSinceMS != 0 || s.Fault != "" || s.Pending != 0 {
			t.Errorf("%+v", s)
		}
		n, err := p.store.ReplayHook(bg, p.cred, p.sub.ID, 1, 1<<40, "test")
		if err != nil || n != 3 {
			t.Fatalf("replay %d, %v", n, err)
		}
		p.drain(w)
		if got := p.take(); len(got) != 3 || got[0] != first[0] {
			t.Errorf("replayed under other ids: %v", got)
		}
	})
}

// A receiver that is hostile, slow, gone or elsewhere costs one attempt, and says so in the log.
func TestHostileReceivers(t *testing.T) {
	p := newPlace(t, "sqlite:"+filepath.Join(t.TempDir(), "t.db"))
	var inner atomic.Int64
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { inner.Add(1) }))
	t.Cleanup(trap.Close)
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request)
		fault  string
	}{
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, trap.URL, http.StatusTemporaryRedirect)
		}, "redirects"},
		"slow": {func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
			case <-release:
			}
		}, "no answer in time"},
		"endless": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			for range 64 {
				if _, err := w.Write([]byte(strings.Repeat("\x00x", 4096))); err != nil {
					return
				}
			}
		}, "answered 500"},
		"cuts off": {func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p.answers(c.answer)
			p.happens(1)
			p.pass(2 * time.Hour)
			p.drain(p.worker("n1"))
			log, err := p.store.HookLog(bg, p.cred, p.sub.ID, 0, 1)
			must(t, err)
			head := p.hook()
			if head.Fault == "" || !strings.Contains(head.Fault, c.fault) || len(log[0].LastBody) > bodyHead || strings.ContainsRune(log[0].LastBody, 0) {
				t.Errorf("fault %q, body %q", head.Fault, log[0].LastBody)
			}
			p.answers(nil)
			p.pass(2 * time.Hour)
			p.drain(p.worker("n1"))
			if s := p.hook(); s.Pending != 0 || s.State != "active" {
				t.Errorf("not repaired: %+v", s)
			}
		})
	}
	if inner.Load() != 0 {
		t.Error("a redirect was followed")
	}
}

func TestNoPrivateNetworkUnlessAllowed(t *testing.T) {
	p := newPlace(t, "sqlite:"+filepath.Join(t.TempDir(), "t.db"))
	p.happens(1)
	var outcome string
	p.drain(p.worker("n1", func(o *Options) {
		o.Reach, o.Observe = Reach{}, func(s string, _ time.Duration) { outcome = s }
	}))
	if got := p.take(); len(got) != 0 || outcome != "refused" {
		t.Fatalf("reached %v, %s", got, outcome)
	}
	// A name that passes the look at the address is stopped when it is dialled.
	c := Reach{}.client(time.Second)
	req, err := http.NewRequestWithContext(bg, http.MethodGet, p.url, nil)
	must(t, err)
	if res, err := c.Do(req); err == nil {
		_ = res.Body.Close()
		t.Error("the dialler reached a private address")
	}
}

func TestGivesUpByTheClock(t *testing.T) {
	onBoth(t, func(t *testing.T, p *place) {
		w := p.worker("n1")
		p.answers(status(503))
		p.happens(2)
		p.drain(w)
		for range 4 { // the first event fails for good after a day; the receiver is switched off after three
			p.pass(25 * time.Hour)
			p.happens(1)
			p.drain(w)
			p.pass(2 * time.Hour)
			p.drain(w)
		}
		s := p.hook()
		if s.State != "disabled" || s.DisabledMS == 0 || !strings.Contains(s.Fault, "failed for") {
			t.Fatalf("%+v", s)
		}
		log, err := p.store.HookLog(bg, p.cred, p.sub.ID, 0, 10)
		must(t, err)
		if last := log[len(log)-1]; last.State != "failed" || last.LastStatus != 503 {
			t.Errorf("the first event: %+v", last)
		}
		p.happens(1) // what happens meanwhile is kept aside, not lost
		log, err = p.store.HookLog(bg, p.cred, p.sub.ID, 0, 1)
		must(t, err)
		if log[0].State != "skipped" {
			t.Errorf("%+v", log[0])
		}
		p.answers(nil)
		p.take()
		if _, err := p.store.SetHook(bg, p.cred, bot.Subscription{ID: p.sub.ID, URL: p.url, Events: []string{"message"}, State: "active"}, "test"); err != nil {
			t.Fatal(err)
		}
		n, err := p.store.ReplayHook(bg, p.cred, p.sub.ID, 1, 1<<40, "test")
		must(t, err)
		p.drain(w)
		if got := p.take(); len(got) < n || p.hook().State != "active" {
			t.Errorf("%d replayed, %v came", n, got)
		}
	})
}

func TestGoneAndRotation(t *testing.T) {
	onBoth(t, func(t *testing.T, p *place) {
		w := p.worker("n1")
		fresh, err := p.store.RotateHook(bg, p.cred, p.sub.ID, "test", p.now().Add(time.Hour))
		must(t, err)
		p.happens(1)
		p.drain(w)
		p.mu.Lock()
		r := p.got[0]
		p.mu.Unlock()
		for _, key := range []string{p.key, fresh} {
			if err := Verify(key, r.header, []byte(r.body), p.now()); err != nil {
				t.Errorf("during the change: %v", err)
			}
		}
		p.take()
		p.pass(2 * time.Hour)
		p.answers(status(http.StatusGone))
		p.happens(1)
		p.drain(w)
		p.mu.Lock()
		r = p.got[0]
		p.mu.Unlock()
		if Verify(p.key, r.header, []byte(r.body), p.now()) == nil || Verify(fresh, r.header, []byte(r.body), p.now()) != nil {
			t.Error("the old secret still signs, or the new one does not")
		}
		if s := p.hook(); s.State != "disabled" || s.Fault != "gone" {
			t.Errorf("%+v", s)
		}
	})
}

// Two nodes share the work: each event arrives once, in order, and a node that dies in the middle is followed by the other.
func TestTwoNodes(t *testing.T) {
	onBoth(t, func(t *testing.T, p *place) {
		for range 4 {
			p.happens(10)
		}
		var wg sync.WaitGroup
		for _, n := range []string{"n1", "n2"} {
			w := p.worker(n)
			wg.Go(func() { _ = w.Drain(bg) })
		}
		wg.Wait()
		p.drain(p.worker("n3"))
		got := p.take()
		if len(got) != 40 {
			t.Fatalf("%d arrived", len(got))
		}
		if u := slices.Compact(slices.Sorted(slices.Values(got))); len(u) != 40 {
			t.Errorf("%d doubled", 40-len(u))
		}
		p.happens(1)
		if _, ok, err := p.store.ClaimHook(bg, "dead", p.now(), leaseFor); err != nil || !ok {
			t.Fatal(ok, err)
		}
		p.drain(p.worker("n1"))
		if early := p.take(); len(early) != 0 {
			t.Fatal("sent beside a lease")
		}
		p.pass(leaseFor + time.Second)
		p.drain(p.worker("n1"))
		if late := p.take(); len(late) != 1 {
			t.Fatalf("after the lease: %v", late)
		}
	})
}
