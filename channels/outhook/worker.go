package outhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"hejie/bot"
)

// Times of a delivery. An event is tried for a day; a receiver that failed for three is switched off until a person looks.
const (
	sendTimeout  = 15 * time.Second
	leaseFor     = 60 * time.Second // outlives an attempt
	pollEvery    = time.Second
	firstWait    = 5 * time.Second
	longestWait  = time.Hour
	tryFor       = 24 * time.Hour
	disableAfter = 72 * time.Hour
	keepFor      = 30 * 24 * time.Hour
	inOneGo      = 50 // events of one receiver before another has its turn
	parallel     = 8  // receivers at once
	bodyHead     = 512
)

// Options wire a Worker.
type Options struct {
	Queue   bot.Hooks
	Now     func() time.Time
	Node    string // lease owner: one name for one process
	Reach   Reach
	Timeout time.Duration                            // of one attempt; 0 = 15 s
	Observe func(outcome string, took time.Duration) // ok | error | refused | gone; nil: nobody counts
	Log     *slog.Logger
}

// Worker sends what waits. Several on several nodes share the work by leases.
type Worker struct {
	opt    Options
	client *http.Client
	free   chan struct{}
}

// New makes a worker.
func New(o Options) (*Worker, error) {
	if o.Queue == nil || o.Now == nil || o.Node == "" || o.Log == nil {
		return nil, errors.New("outhook: an option is missing")
	}
	if o.Timeout <= 0 || o.Timeout > sendTimeout {
		o.Timeout = sendTimeout
	}
	if o.Observe == nil {
		o.Observe = func(string, time.Duration) {}
	}
	return &Worker{opt: o, client: o.Reach.client(o.Timeout), free: make(chan struct{}, parallel)}, nil
}

// Run sends until ctx ends; attempts under way are finished first.
func (w *Worker) Run(ctx context.Context) error {
	var busy sync.WaitGroup
	defer busy.Wait()
	poll, sweep := time.NewTicker(pollEvery), time.NewTicker(time.Hour)
	defer poll.Stop()
	defer sweep.Stop()
	for {
		if err := w.dispatch(ctx, &busy); err != nil && ctx.Err() == nil {
			w.opt.Log.Error("webhooks wait", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-poll.C:
		case <-sweep.C:
			if err := w.opt.Queue.ForgetHooks(ctx, w.opt.Now().Add(-keepFor)); err != nil {
				w.opt.Log.Error("old webhook events are still there", "err", err)
			}
		}
	}
}

// dispatch gives each receiver that waits to a free hand.
func (w *Worker) dispatch(ctx context.Context, busy *sync.WaitGroup) error {
	for {
		select {
		case w.free <- struct{}{}:
		default:
			return nil // all hands are busy; the next look finds what is left
		}
		s, ok, err := w.opt.Queue.ClaimHook(ctx, w.opt.Node, w.opt.Now(), leaseFor)
		if err != nil || !ok {
			<-w.free
			return err
		}
		busy.Go(func() {
			defer func() { <-w.free }()
			w.serve(context.WithoutCancel(ctx), ctx.Done(), s)
		})
	}
}

// Drain sends what waits now, for tests and for a stop: one receiver after another.
func (w *Worker) Drain(ctx context.Context) error {
	for {
		s, ok, err := w.opt.Queue.ClaimHook(ctx, w.opt.Node, w.opt.Now(), leaseFor)
		if err != nil || !ok {
			return err
		}
		w.serve(ctx, ctx.Done(), s)
	}
}

// serve sends one receiver's events, oldest first, until one fails, none is left or others have waited long enough.
func (w *Worker) serve(ctx context.Context, stop <-chan struct{}, s bot.Subscription) {
	recorded := true
	defer func() {
		if !recorded { // the lease runs out by itself: who could not write now should not come back at once
			return
		}
		if err := w.opt.Queue.ReleaseHook(ctx, s.ID, w.opt.Node); err != nil {
			w.opt.Log.Error("a webhook's lease runs on", "webhook", s.ID, "err", err)
		}
	}()
	for range inOneGo {
		select {
		case <-stop:
			return
		default:
		}
		e, ok, err := w.opt.Queue.HeadHook(ctx, s.ID)
		if err != nil {
			w.opt.Log.Error("webhook queue", "webhook", s.ID, "err", err)
			return
		}
		if !ok {
			return
		}
		o := w.try(ctx, s, e)
		still, err := w.opt.Queue.FinishHook(ctx, s.ID, o, leaseFor)
		if err != nil || !still {
			recorded = false
			w.opt.Log.Error("a webhook's attempt was not recorded; it will be repeated under the same id", "webhook", s.ID, "event", e.N, "err", err)
			return
		}
		if o.Disable != "" {
			w.opt.Log.Error("a webhook was disabled", "webhook", s.ID, "creditor", s.CreditorID, "why", o.Disable)
		}
		if o.State != "done" {
			return
		}
	}
}

// try is one attempt and what follows from it.
func (w *Worker) try(ctx context.Context, s bot.Subscription, e bot.HookEvent) bot.HookOutcome {
	now := w.opt.Now()
	o := bot.HookOutcome{N: e.N, Owner: w.opt.Node, State: "done", Now: now}
	began := time.Now() // a duration: the real clock
	wait, err := w.post(ctx, s, e, &o)
	o.Took, o.Now = time.Since(began), w.opt.Now()
	switch {
	case err == nil:
		w.opt.Observe("ok", o.Took)
		return o
	case errors.Is(err, ErrReach):
		w.opt.Observe("refused", o.Took)
	case o.Status == http.StatusGone:
		w.opt.Observe("gone", o.Took)
	default:
		w.opt.Observe("error", o.Took)
	}
	o.State, o.Error = "pending", head([]byte(err.Error()))
	first, failing := e.FirstMS, s.FailingSinceMS
	if first == 0 {
		first = now.UnixMilli()
	}
	if failing == 0 {
		failing = now.UnixMilli()
	}
	if now.Sub(time.UnixMilli(first)) >= tryFor {
		o.State = "failed" // the next one must not wait behind it for ever
	}
	switch {
	case o.Status == http.StatusGone:
		o.Disable, o.State = "gone", "failed"
	case now.Sub(time.UnixMilli(failing)) >= disableAfter:
		o.Disable = "failed for " + disableAfter.String()
	}
	o.Next = o.Now.Add(max(backoff(e.Attempts), wait))
	return o
}

// backoff doubles from five seconds to an hour, spread by a fifth so that receivers that came back are not met by all at once.
func backoff(attempts int) time.Duration {
	d := min(firstWait<<min(attempts, 20), longestWait)
	return d - time.Duration(rand.Int64N(int64(d)/5+1)) // #nosec G404 -- spreads load, keeps no secret
}

// post sends the event. wait is what the receiver asked for.
func (w *Worker) post(ctx context.Context, s bot.Subscription, e bot.HookEvent, o *bot.HookOutcome) (wait time.Duration, err error) {
	body, err := bodyOf(s.CreditorID, e)
	if err != nil {
		return 0, err
	}
	at := w.opt.Now()
	sig, err := Sign(s.Secrets, messageID(e), at, body)
	if err != nil {
		return 0, err
	}
	if err := w.opt.Reach.CheckURL(s.URL); err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, bytes.NewReader(body))
	if err != nil {
		return 0, ErrReach
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Hejie-Webhooks/1")
	req.Header.Set(HeaderID, messageID(e))
	req.Header.Set(HeaderTimestamp, strconv.FormatInt(at.Unix(), 10))
	req.Header.Set(HeaderSignature, sig)
	res, err := w.client.Do(req)
	if err != nil {
		if errors.Is(err, ErrReach) {
			return 0, ErrReach
		}
		return 0, fault(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(res.Body, bodyHead)) // its words are for the log only
	o.Status, o.Body = res.StatusCode, head(text)
	if res.StatusCode >= 200 && res.StatusCode < 300 {
		return 0, nil
	}
	if res.StatusCode >= 300 && res.StatusCode < 400 {
		return 0, errors.New("the receiver redirects; give its final address")
	}
	return retryAfter(res), fmt.Errorf("the receiver answered %d", res.StatusCode)
}

// fault is what a person may read of an error: not the whole address, it may hold a token.
func fault(err error) error {
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return errors.New("no answer in time")
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		err = e
	}
	return err
}

// retryAfter is the wait a busy receiver asks for, in seconds, an hour at most.
func retryAfter(res *http.Response) time.Duration {
	if res.StatusCode != http.StatusTooManyRequests && res.StatusCode != http.StatusServiceUnavailable {
		return 0
	}
	n, err := strconv.Atoi(res.Header.Get("Retry-After"))
	if err != nil || n < 0 {
		return 0
	}
	return min(time.Duration(min(n, 1<<20))*time.Second, longestWait)
}

// head is the beginning of a text that can be stored and shown anywhere.
func head(b []byte) string {
	s := strings.ToValidUTF8(string(b[:min(len(b), bodyHead)]), "?")
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}
