package webchat

import (
	"context"
	"errors"
	"runtime/debug"
	"time"

	"hejie/bot"
)

// wire is where a writer puts its bytes. Only the writer's goroutine calls it.
type wire interface {
	frame(raw []byte, seq int64) error
	beat() error
	pong(data []byte) error
	end(c closure)
}

var errPeer = errors.New("webchat: peer gone")

// run is the writer: it alone touches the wire, until the client is closed, the peer is gone or done is closed.
func (cl *client) run(done <-chan struct{}, w wire, every time.Duration) {
	ctx := context.Background() // what is already committed is still written while the server stops
	defer cl.storeMarks(ctx, true)
	nextBeat, retry := time.Now().Add(every), time.Time{}
	timer := time.NewTimer(every)
	defer timer.Stop()
	for {
		todo := cl.take()
		if todo.closing != nil && todo.closing.code == closeSlow {
			w.end(*todo.closing) // the rows stay in the transcript; the rest of the queue is of no use to a slow peer
			return
		}
		if err := cl.flush(w, todo); err != nil {
			return
		}
		now := time.Now()
		if todo.dirty || (!retry.IsZero() && !now.Before(retry)) {
			retry = time.Time{}
			switch err := cl.pump(ctx, func(f outFrame) error { return put(w, cl.ch.encode(f), f.Seq) }); {
			case errors.Is(err, errPeer):
				return
			case err != nil:
				cl.ch.log.Warn("webchat: transcript not read, trying again", "conversation", cl.cid, "err", err)
				retry = now.Add(cl.ch.lim.RetryRecall)
			}
		}
		if todo.recheck {
			cl.checkSession(ctx)
		}
		due := cl.storeMarks(ctx, false)
		if todo.closing != nil {
			cl.finish(w, *todo.closing)
			return
		}
		if now = time.Now(); !now.Before(nextBeat) {
			if w.beat() != nil {
				return
			}
			cl.checkExpiry()
			nextBeat = now.Add(every)
		}
		timer.Reset(soonest(now, nextBeat, retry, due))
		select {
		case <-cl.wake:
		case <-timer.C:
		case <-done:
			return
		}
	}
}

// soonest is the time to sleep: until the next beat, a retry or marks that are due.
func soonest(now, beat, retry time.Time, due time.Duration) time.Duration {
	d := beat.Sub(now)
	if !retry.IsZero() {
		d = min(d, retry.Sub(now))
	}
	if due > 0 {
		d = min(d, due)
	}
	return max(d, 0)
}

func put(w wire, raw []byte, seq int64) error {
	if err := w.frame(raw, seq); err != nil {
		return errors.Join(errPeer, err)
	}
	return nil
}

func (cl *client) flush(w wire, todo work) error {
	for _, p := range todo.pongs {
		if err := w.pong(p); err != nil {
			return err
		}
	}
	for _, f := range todo.frames {
		if err := put(w, cl.ch.encode(f), 0); err != nil {
			return err
		}
	}
	return nil
}

// finish says goodbye where that is meant and ends the wire.
func (cl *client) finish(w wire, c closure) {
	if c.bye != nil {
		f := outFrame{T: "bye", TS: stamp(cl.ch.now()), P: c.bye}
		if put(w, cl.ch.encode(f), 0) != nil {
			return
		}
	}
	w.end(c)
}

// storeMarks stores delivered and read marks that are due; it returns how long until others are.
func (cl *client) storeMarks(ctx context.Context, final bool) time.Duration {
	delivered, read, wait := cl.dueMarks(time.Now(), final)
	if delivered > 0 {
		cl.ch.storeMark(ctx, cl.cid, "delivered", delivered)
	}
	if read > 0 {
		cl.ch.storeMark(ctx, cl.cid, "read", read)
	}
	return wait
}

func (c *Channel) storeMark(ctx context.Context, conv, what string, seq int64) {
	ctx, cancel := context.WithTimeout(ctx, c.lim.CommitWait)
	defer cancel()
	if err := c.desk.Seen(ctx, conv, what, seq); err != nil {
		c.log.Warn("webchat: mark not stored", "conversation", conv, "what", what, "err", err)
	}
}

// checkSession closes a client whose session was revoked.
func (cl *client) checkSession(ctx context.Context) {
	if cl.who == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, cl.ch.lim.CommitWait)
	defer cancel()
	s, err := cl.ch.sessions.SessionByHash(ctx, cl.who.session.TokenHash)
	if errors.Is(err, bot.ErrNotFound) || (err == nil && s.Revoked) {
		cl.refuse(&wireError{Code: codeUnauthorized, Close: closeAuth}, "", "")
	}
}

// checkExpiry closes a client whose session is over; the page gets a new one first and comes back.
func (cl *client) checkExpiry() {
	cl.mu.Lock()
	open := cl.open
	cl.mu.Unlock()
	if open && !cl.ch.now().Before(cl.who.expiry(cl.ch.lim)) {
		cl.refuse(&wireError{Code: codeExpired, Close: closeExpired}, "", "")
	}
}

// refuse tells the client what went wrong and closes it when the error says so.
func (cl *client) refuse(e *wireError, re, cid string) {
	p := e.payload()
	p.Re, p.CID = re, cid
	cl.push(outFrame{T: "error", Re: re, TS: stamp(cl.ch.now()), P: p})
	if e.Close != 0 {
		cl.shut(e.Close, e.Code)
	}
}

// survive keeps a fault in one conversation from ending the server: net/http would do the same for a request.
func (cl *client) survive(where string) {
	if p := recover(); p != nil {
		cl.ch.log.Error("webchat: panic", "where", where, "conversation", cl.cid, "panic", p, "stack", string(debug.Stack()))
		cl.refuse(&wireError{Code: codeInternal, Close: closeInternal}, "", "")
	}
}

// recall reads the next page as this session may see it now.
func (c *Channel) recall(ctx context.Context, who *party, after int64) ([]bot.Recalled, error) {
	conv, assurance := who.session.ConvID, who.session.Assurance
	if !who.settled() {
		// Identity may have been proved a moment ago, inside the chat.
		now, err := c.desk.Conversation(ctx, conv)
		if err != nil {
			return nil, err
		}
		assurance = who.assurance(now)
	}
	return c.desk.Recall(ctx, conv, assurance, after, c.lim.Page)
}
