package webchat

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// reconnectSpread is over how long clients come back after a restart, so that they do not come all at once.
const reconnectSpread = 5 * time.Second

// closure is why and how a connection ends. The first one wins.
type closure struct {
	code   int
	reason string
	bye    *byeOut
}

// client is one connection: a socket, an event stream or a waiting poll. Its own goroutine (the writer) takes what is
// queued and reads the transcript; everybody else only marks and wakes, so nobody ever waits for a slow peer.
// The queue is a slice and not a channel: an idle socket should cost no buffer.
type client struct {
	ch  *Channel
	ip  string
	who *party // set once, before bind
	cid string // conversation id

	wake chan struct{} // capacity 1

	mu      sync.Mutex
	queue   []outFrame // ephemeral: acks, errors, typing
	dirty   bool       // the transcript may have more
	recheck bool       // the session may have been revoked
	pong    [][]byte   // control pings to answer
	head    int64      // newest seq heard of
	cursor  int64      // newest seq written
	rewind  int64      // the client asked to hear again after this seq; -1 = not
	open    bool       // greeted: the transcript may be read
	live    bool       // has caught up once: from then on being far behind means slow
	seen    seenMarks
	closing *closure
}

// seenMarks wait to be stored.
type seenMarks struct {
	delivered, read int64
	next            time.Time // not before
}

func newClient(c *Channel, ip string) *client {
	return &client{ch: c, ip: ip, wake: make(chan struct{}, 1), rewind: -1}
}

func (cl *client) notify() {
	select {
	case cl.wake <- struct{}{}:
	default:
	}
}

// push queues one ephemeral frame; a client that does not take them is closed.
func (cl *client) push(f outFrame) {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	if cl.closing != nil {
		return
	}
	if len(cl.queue) >= cl.ch.lim.SendQueue {
		cl.shutLocked(closure{code: closeSlow, reason: "too slow"})
		return
	}
	cl.queue = append(cl.queue, f)
	cl.notify()
}

// poke says that the transcript grew to seq (0 = unknown). It reports whether the client is alive to hear it.
func (cl *client) poke(seq int64) bool {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	if cl.closing != nil {
		return false
	}
	cl.head = max(cl.head, seq)
	if cl.live && cl.head-cl.cursor > int64(cl.ch.lim.SendQueue) {
		cl.shutLocked(closure{code: closeSlow, reason: "too slow"})
		return false
	}
	cl.dirty = true
	cl.notify()
	return true
}

func (cl *client) recheckSession() {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	cl.recheck = true
	cl.notify()
}

// sync starts again after seq; a client may only ask for what it could also resume.
func (cl *client) sync(after int64) bool {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	if after < 0 || after > cl.cursor || cl.cursor-after > int64(cl.ch.lim.ResumeMax) {
		return false
	}
	cl.rewind, cl.dirty = after, true
	cl.notify()
	return true
}

// mark notes what the debtor has received or read; marks are cumulative, so only the highest counts.
func (cl *client) mark(what string, seq int64) {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	if what == "read" {
		cl.seen.read = max(cl.seen.read, seq)
	} else {
		cl.seen.delivered = max(cl.seen.delivered, seq)
	}
	cl.notify()
}

func (cl *client) shut(code int, reason string) {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	cl.shutLocked(closure{code: code, reason: reason})
}

func (cl *client) shutLocked(c closure) {
	if cl.closing != nil {
		return
	}
	cl.closing = &c
	cl.notify()
}

// goodbye ends the connection for a restart of the server.
func (cl *client) goodbye() {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	cl.shutLocked(closure{code: closeRestart, reason: "restart", bye: &byeOut{
		Reason: "restart", Reconnect: true, AfterMS: rand.Int64N(reconnectSpread.Milliseconds()),
	}})
}

func (cl *client) isClosing() bool {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	return cl.closing != nil
}

// work is what the writer has to do next.
type work struct {
	frames  []outFrame
	pongs   [][]byte
	dirty   bool
	recheck bool
	closing *closure
}

func (cl *client) take() work {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	w := work{frames: cl.queue, pongs: cl.pong, dirty: cl.dirty && cl.open, recheck: cl.recheck, closing: cl.closing}
	cl.queue, cl.pong, cl.dirty, cl.recheck = nil, nil, false, false
	return w
}

// position is where to read on from, a rewind applied.
func (cl *client) position() int64 {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	if cl.rewind >= 0 {
		cl.cursor = min(cl.cursor, cl.rewind)
		cl.rewind = -1
	}
	return cl.cursor
}

// advance records that seq is written. It reports false when the rest of the page must not follow.
func (cl *client) advance(seq int64) bool {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	cl.cursor = max(cl.cursor, seq)
	cl.head = max(cl.head, seq)
	return cl.rewind < 0 && (cl.closing == nil || cl.closing.bye != nil)
}

// greet queues the welcome ahead of everything else and opens the transcript from start on.
func (cl *client) greet(welcome outFrame, start, head int64) {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	if cl.closing != nil {
		return
	}
	cl.queue = append([]outFrame{welcome}, cl.queue...)
	cl.cursor, cl.head, cl.dirty, cl.open = start, max(head, cl.head), true, true
	cl.notify()
}

// pump writes what the transcript has beyond the cursor, page by page, and lets queued frames out between pages.
func (cl *client) pump(ctx context.Context, write func(outFrame) error) error {
	for {
		after := cl.position()
		page, cancel := context.WithTimeout(ctx, cl.ch.lim.CommitWait)
		rows, err := cl.ch.recall(page, cl.who, after)
		cancel()
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.Message.Seq <= after {
				continue
			}
			if err := write(row(r)); err != nil {
				return err
			}
			if !cl.advance(r.Message.Seq) {
				break
			}
		}
		if len(rows) < cl.ch.lim.Page {
			cl.caughtUp()
			return nil
		}
		if w := cl.peekFrames(); len(w) > 0 {
			for _, f := range w {
				if err := write(f); err != nil {
					return err
				}
			}
		}
		if cl.abandoned() {
			return nil
		}
	}
}

func (cl *client) peekFrames() []outFrame {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	q := cl.queue
	cl.queue = nil
	return q
}

// caughtUp notes the end of a replay.
func (cl *client) caughtUp() {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	cl.live = true
}

// abandoned: closing for another reason than a polite goodbye.
func (cl *client) abandoned() bool {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	return cl.closing != nil && cl.closing.bye == nil
}

// dueMarks returns the marks to store now, or how long until they are due (0 = none).
func (cl *client) dueMarks(now time.Time, final bool) (delivered, read int64, wait time.Duration) {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	if cl.seen.delivered == 0 && cl.seen.read == 0 {
		return 0, 0, 0
	}
	if d := cl.seen.next.Sub(now); d > 0 && !final {
		return 0, 0, d
	}
	// Nobody has read what was not written yet. Judged here, by the writer, and not when the mark comes in: a fast
	// reader's mark can arrive before the writer has noted its own write.
	delivered, read = min(cl.seen.delivered, cl.cursor), min(cl.seen.read, cl.cursor)
	cl.seen = seenMarks{next: now.Add(cl.ch.lim.SeenEvery)}
	return delivered, read, 0
}
