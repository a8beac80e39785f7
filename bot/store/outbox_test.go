package store

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
)

func claim(t *testing.T, s *Store, conv string, at time.Time) string {
	t.Helper()
	o, ok, err := s.ClaimOutbox(bg, conv, "node", at, time.Minute)
	must(t, err)
	if !ok {
		return ""
	}
	return o.Draft.ID
}

func wantClaim(t *testing.T, s *Store, at time.Time, want string) {
	t.Helper()
	if got := claim(t, s, "c1", at); got != want {
		t.Fatalf("claimed %q, want %q", got, want)
	}
}

func TestOutboxOrderAndLease(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		openConv(t, s, "c1")
		for _, id := range []string{"a", "b", "a"} { // the same draft twice is one row
			must(t, s.Enqueue(bg, outgoing("c1", id, id), testNow.UnixMilli()))
		}
		o, ok, err := s.ClaimOutbox(bg, "c1", "node", testNow, time.Minute)
		if err != nil || !ok || o.Draft.ID != "a" || o.Draft.Parts[0].Text != "a" || o.Facts.Zone.String() != "+08:00" || !o.Facts.Now.Equal(testNow) {
			t.Fatalf("claimed %+v %v %v", o, ok, err)
		}
		wantClaim(t, s, testNow, "")                   // b must not overtake a
		wantClaim(t, s, testNow.Add(time.Minute), "a") // the lease ran out; the peer drops doubles
		must(t, s.FinishOutbox(bg, "a", "sent", nil, time.Time{}))
		must(t, s.FinishOutbox(bg, "a", "failed", nil, time.Time{})) // too late to be true
		wantClaim(t, s, testNow, "b")
		must(t, s.FinishOutbox(bg, "b", "waiting", nil, time.Time{}))
		wantClaim(t, s, testNow.Add(time.Hour), "")
		if err := s.FinishOutbox(bg, "none", "sent", nil, time.Time{}); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("got %v", err)
		}
		if err := s.FinishOutbox(bg, "b", "queued", nil, time.Time{}); err == nil {
			t.Fatal("queued is no end")
		}
	})
}

func TestOutboxDeferredRetryAndHeld(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		openConv(t, s, "c1")
		must(t, s.Enqueue(bg, outgoing("c1", "reminder", "x"), 1))
		must(t, s.Enqueue(bg, outgoing("c1", "reply", "x"), 1))
		wantClaim(t, s, testNow, "reminder")
		morning := testNow.Add(10 * time.Hour)
		must(t, s.FinishOutbox(bg, "reminder", "deferred", nil, morning))
		wantClaim(t, s, testNow, "reply") // an answer does not wait for the morning
		must(t, s.FinishOutbox(bg, "reply", "failed", nil, testNow.Add(time.Minute)))
		must(t, s.Enqueue(bg, outgoing("c1", "next", "x"), 1))
		wantClaim(t, s, testNow, "") // a retry keeps its place
		wantClaim(t, s, testNow.Add(time.Minute), "reply")
		must(t, s.FinishOutbox(bg, "reply", "sent", nil, time.Time{}))
		wantClaim(t, s, morning, "reminder")
		blocked := guard.Verdict{Decision: guard.Block, Hits: []guard.Hit{{Rule: "G08"}}}
		must(t, s.FinishOutbox(bg, "reminder", "blocked", &blocked, time.Time{}))
		held := outgoing("c1", "held", "x")
		held.Verdict = guard.Verdict{Decision: guard.Hold}
		must(t, s.Enqueue(bg, held, 1))
		wantClaim(t, s, morning, "next")
		wantClaim(t, s, morning, "")
		got := must1(s.Held(bg, "c1"))(t)
		if len(got) != 2 || got[0].Draft.ID != "reminder" || got[0].Verdict.Hits[0].Rule != "G08" || got[1].Draft.ID != "held" {
			t.Fatalf("held %+v", got)
		}
	})
}

// An SMS that may have left is not sent again by itself: a person decides.
func TestExpiredLeaseWherePeersCannotDropDoubles(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		openConv(t, s, "c1")
		for _, id := range []string{"a", "b"} {
			o := outgoing("c1", id, "x")
			o.Draft.To.Channel = "sms"
			must(t, s.Enqueue(bg, o, 1))
		}
		wantClaim(t, s, testNow, "a")
		wantClaim(t, s, testNow.Add(time.Minute), "a") // never cleared, so it cannot have left
		o := outgoing("c1", "a", "x")
		o.Draft.To.Channel = "sms"
		record(t, s, o)
		wantClaim(t, s, testNow.Add(2*time.Minute), "b")
		if m := must1(s.Messages(bg, "c1", 0, 1))(t); m[0].State != "unknown" {
			t.Fatalf("state %s", m[0].State)
		}
		must(t, s.FinishOutbox(bg, "a", "sent", nil, time.Time{})) // a late receipt lifts it
		if m := must1(s.Messages(bg, "c1", 0, 1))(t); m[0].State != "sent" {
			t.Fatalf("state %s", m[0].State)
		}
	})
}

func TestConcurrentClaims(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		openConv(t, s, "c1")
		for i := range 10 {
			must(t, s.Enqueue(bg, outgoing("c1", fmt.Sprint("d", i), "x"), 1))
		}
		var next atomic.Int64
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for next.Load() < 10 {
					o, ok, err := s.ClaimOutbox(bg, "c1", "n", testNow, time.Hour)
					if err != nil {
						t.Error(err)
						return
					}
					if !ok {
						continue
					}
					if want := fmt.Sprint("d", next.Load()); o.Draft.ID != want {
						t.Errorf("claimed %s, want %s", o.Draft.ID, want)
					}
					next.Add(1)
					if err := s.FinishOutbox(bg, o.Draft.ID, "sent", nil, time.Time{}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
	})
}
