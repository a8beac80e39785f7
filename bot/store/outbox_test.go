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

// What may have left says so when its lease runs out; an attempt that ended properly leaves no doubt behind.
func TestExpiredLeaseTellsWhatMayHaveLeft(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		openConv(t, s, "c1")
		o := outgoing("c1", "a", "x")
		must(t, s.Enqueue(bg, o, 1))
		at := testNow
		next := func(left bool, doubts int) bot.Outgoing {
			t.Helper()
			got, ok, err := s.ClaimOutbox(bg, "c1", "node", at, time.Minute)
			if err != nil || !ok || got.MayHaveLeft != left || got.Doubts != doubts {
				t.Fatalf("claimed %v %v, may have left %v after %d doubts; want %v, %d", ok, err, got.MayHaveLeft, got.Doubts, left, doubts)
			}
			at = at.Add(time.Minute)
			return got
		}
		next(false, 0)
		next(false, 0) // never cleared, so it cannot have left
		record(t, s, o)
		got := next(true, 2)
		must(t, s.FinishSend(bg, bot.SendOutcome{DraftID: "a", Owner: "node", Attempt: got.Attempt, State: "queued", Result: bot.Result{Class: bot.Retryable}}))
		if got := next(false, 2); got.Key != idemKey("a") || len(got.Key) != 26 {
			t.Fatalf("key %q", got.Key)
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
