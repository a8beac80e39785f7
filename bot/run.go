package bot

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	workers    = 8
	sweepEvery = 5 * time.Second
	sweepLimit = 500
	retryAfter = 2 * time.Second
)

// queue holds conversations with work to do. A conversation is worked on by one worker at a time;
// work that arrives meanwhile is done right after, never beside.
type queue struct {
	mu      sync.Mutex
	ready   []string
	waiting map[string]bool // in ready, or scheduled
	busy    map[string]bool
	again   map[string]bool // asked for while busy
	wake    chan struct{}
}

func newQueue() *queue {
	return &queue{waiting: map[string]bool{}, busy: map[string]bool{}, again: map[string]bool{}, wake: make(chan struct{}, 1)}
}

// add asks for work on id after a delay. Asking twice is asking once.
func (q *queue) add(id string, delay time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.busy[id] {
		q.again[id] = true
		return
	}
	if q.waiting[id] {
		return
	}
	q.waiting[id] = true
	if delay > 0 {
		time.AfterFunc(delay, func() { q.push(id) })
		return
	}
	q.ready = append(q.ready, id)
	poke(q.wake)
}

func (q *queue) push(id string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ready = append(q.ready, id)
	poke(q.wake)
}

// poke wakes whoever waits on a channel that holds one; who is awake already is not woken twice.
func poke(wake chan<- struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}

func (q *queue) take() (string, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.ready) == 0 {
		return "", false
	}
	id := q.ready[0]
	q.ready = q.ready[1:]
	delete(q.waiting, id)
	q.busy[id] = true
	if len(q.ready) > 0 {
		poke(q.wake) // another worker may start
	}
	return id, true
}

func (q *queue) done(id string) {
	q.mu.Lock()
	again := q.again[id]
	delete(q.again, id)
	delete(q.busy, id)
	q.mu.Unlock()
	if again {
		q.add(id, 0)
	}
}

// Run works until ctx ends, then finishes the conversations it holds. What it could not do stays in the
// database and is found by the next start.
func (b *Bot) Run(ctx context.Context) error {
	var g errgroup.Group
	for range workers {
		g.Go(func() error { b.work(ctx); return nil })
	}
	g.Go(func() error { b.sweep(ctx); return nil })
	g.Go(func() error { b.inbox(ctx); return nil })
	g.Go(func() error { b.peers(ctx); return nil })
	g.Go(func() error { b.hearOthers(ctx); return nil })
	g.Go(func() error { b.remindHourly(ctx); return nil })
	return g.Wait()
}

// later asks for work after a delay even if the conversation is busy now: a retry has its own time.
func (b *Bot) later(id string, delay time.Duration) {
	time.AfterFunc(max(delay, 0), func() { b.queue.add(id, 0) })
}

// othersFirst is how long a node leaves to another what that one has just written: it is most likely at it already.
// Should it have died meanwhile, we do the work.
const othersFirst = 1500 * time.Millisecond

// hearOthers listens to what other nodes write until ctx ends, and again after a fault.
func (b *Bot) hearOthers(ctx context.Context) {
	for {
		err := b.store.Wakes(ctx, b.heard)
		if err == nil || ctx.Err() != nil {
			return
		}
		b.log.Error("other nodes are not heard; the sweep finds their work meanwhile", "err", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(retryAfter):
		}
	}
}

func (b *Bot) heard(w Wake) {
	switch w.What {
	case "inbox":
		poke(b.inboxWake)
	case "work":
		b.later(w.ConvID, othersFirst)
	case "message":
		b.bus.Publish(Event{Kind: "message", ConvID: w.ConvID, Seq: w.Seq})
		b.later(w.ConvID, othersFirst+b.merge)
	case "lost":
		poke(b.inboxWake)
		b.bus.Publish(Event{Kind: "lost"})
	}
}

func (b *Bot) work(ctx context.Context) {
	for {
		id, ok := b.queue.take()
		if !ok {
			select {
			case <-ctx.Done():
				return
			case <-b.queue.wake:
				continue
			}
		}
		// A turn that has begun is finished even when the server stops: half a turn helps nobody.
		err := b.Settle(context.WithoutCancel(ctx), id)
		b.queue.done(id)
		if err != nil {
			b.log.Error("conversation not settled, will be tried again", "conversation", id, "err", err)
			b.queue.add(id, retryAfter)
		}
		if ctx.Err() != nil {
			return
		}
	}
}

// sweep finds work that no event announced: after a restart, a lost lease, a deferred row that came due.
func (b *Bot) sweep(ctx context.Context) {
	t := time.NewTicker(sweepEvery)
	defer t.Stop()
	for {
		ids, err := b.store.PendingConversations(ctx, sweepLimit)
		if err != nil && ctx.Err() == nil {
			b.log.Error("sweep failed", "err", err)
		}
		for _, id := range ids {
			b.queue.add(id, 0)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}
