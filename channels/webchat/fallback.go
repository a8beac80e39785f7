package webchat

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ssePadding fills the buffer that some proxies wait for before they pass anything on.
var ssePadding = []byte(": " + strings.Repeat(" ", 2<<10) + "\n\n")

// stream is an event stream as the writer sees it.
type stream struct {
	w   http.ResponseWriter
	rc  *http.ResponseController
	lim *Limits
}

func (s *stream) write(b []byte) error {
	// Each write has its own deadline; the stream as a whole has none.
	if err := s.rc.SetWriteDeadline(time.Now().Add(s.lim.WriteWait)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := s.w.Write(b); err != nil {
		return err
	}
	return s.rc.Flush()
}

func (s *stream) frame(raw []byte, seq int64) error {
	b := make([]byte, 0, len(raw)+40)
	if seq > 0 {
		b = append(b, "id: "...)
		b = strconv.AppendInt(b, seq, 10)
		b = append(b, '\n')
	}
	b = append(b, "data: "...)
	b = append(b, raw...) // JSON has no raw line breaks
	return s.write(append(b, "\n\n"...))
}

func (s *stream) beat() error       { return s.write([]byte(": hb\n\n")) }
func (s *stream) pong([]byte) error { return nil }

// end tells the close code a websocket would have had.
func (s *stream) end(c closure) {
	_ = s.write([]byte("event: close\ndata: " + `{"code":` + strconv.Itoa(c.code) + "}\n\n"))
}

// streamEvents is the first fallback: the same frames as server-sent events.
func (c *Channel) streamEvents(w http.ResponseWriter, r request) {
	last, ok := seqParam(r, r.Header.Get("Last-Event-ID"))
	if !ok {
		respondError(w, fail(codeBadFrame))
		return
	}
	cl, werr := c.join(r)
	if werr != nil {
		respondError(w, werr)
		return
	}
	defer c.hub.leave(cl)
	conv, err := c.desk.Conversation(r.Context(), cl.cid) // again: the head may have moved before we were bound
	if err != nil {
		c.logUnknown("conversation", err)
		respondError(w, fromBot(err))
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusOK)
	s := &stream{w: w, rc: http.NewResponseController(w), lim: &c.lim}
	if s.write(ssePadding) != nil {
		return
	}
	resume, start := plan(conv, last, r.URL.Query().Get("epoch"), c.lim.ResumeMax)
	welcome := outFrame{T: "welcome", TS: stamp(c.now()), P: c.welcome(r.who, conv, resume, start)}
	cl.greet(welcome, start, conv.HeadSeq)
	cl.run(r.Context().Done(), s, c.lim.Heartbeat)
	cl.shut(closeNormal, "")
}

// join makes a request a client of its conversation.
func (c *Channel) join(r request) (*client, *wireError) {
	cl := newClient(c, ipKey(c.clientIP(r.Request)))
	cl.who, cl.cid = r.who, r.who.session.ConvID
	if werr := c.hub.enter(cl); werr != nil {
		return nil, werr
	}
	c.hub.bind(cl)
	return cl, nil
}

// seqParam reads where the client stands: `after`, or what a stream repeats by itself.
func seqParam(r request, override string) (int64, bool) {
	s := r.URL.Query().Get("after")
	if override != "" {
		s = override
	}
	if s == "" {
		return 0, true
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0
}

type pollOut struct {
	Frames  []outFrame `json:"frames"`
	HeadSeq int64      `json:"head_seq"`
	Epoch   string     `json:"epoch"`
	State   string     `json:"state"`
	Close   int        `json:"close,omitempty"` // the close code a websocket would have had
}

// longPoll is the second fallback: it answers as soon as there is something, or empty when the wait is over.
func (c *Channel) longPoll(w http.ResponseWriter, r request) {
	after, ok := seqParam(r, "")
	wait, err := strconv.Atoi(cmpOr(r.URL.Query().Get("wait"), "0"))
	if !ok || err != nil || wait < 0 {
		respondError(w, fail(codeBadFrame))
		return
	}
	cl, werr := c.join(r)
	if werr != nil {
		respondError(w, werr)
		return
	}
	defer c.hub.leave(cl)
	limit := min(time.Duration(wait)*time.Second, c.lim.PollWait)
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(limit + c.lim.WriteWait)) // a wait is not a stall
	ctx, cancel := context.WithTimeout(r.Context(), limit)
	defer cancel()
	out, werr := c.pollOnce(ctx, r, cl, after)
	if werr != nil {
		respondError(w, werr)
		return
	}
	respond(w, http.StatusOK, out)
}

// pollOnce waits for the first rows, ephemeral frames or the end.
func (c *Channel) pollOnce(ctx context.Context, r request, cl *client, after int64) (pollOut, *wireError) {
	out := pollOut{Frames: []outFrame{}}
	for {
		todo := cl.take()
		out.Frames = append(out.Frames, todo.frames...)
		if todo.recheck {
			cl.checkSession(r.Context())
		}
		rows, err := c.recall(r.Context(), r.who, after)
		if err != nil {
			c.logUnknown("recall", err)
			return out, fromBot(err)
		}
		for _, m := range rows {
			out.Frames = append(out.Frames, row(m))
		}
		if todo.closing != nil {
			out.Close = todo.closing.code
			if todo.closing.bye != nil {
				out.Frames = append(out.Frames, outFrame{T: "bye", TS: stamp(c.now()), P: todo.closing.bye})
			}
		}
		if len(out.Frames) > 0 || out.Close != 0 || ctx.Err() != nil {
			break
		}
		select {
		case <-cl.wake:
		case <-ctx.Done():
		}
	}
	conv, err := c.desk.Conversation(r.Context(), cl.cid)
	if err != nil {
		c.logUnknown("conversation", err)
		return out, fromBot(err)
	}
	out.HeadSeq, out.Epoch, out.State = conv.HeadSeq, conv.Epoch, string(conv.Control)
	return out, nil
}

func cmpOr(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

// postFrame takes one frame of a client that cannot hold a socket; the answer is the frame a socket would have got.
func (c *Channel) postFrame(w http.ResponseWriter, r request) {
	if wait, ok := c.frames.take(r.who.session.TokenHash, c.now()); !ok {
		respondError(w, &wireError{Code: codeRateLimited, Retry: wait})
		return
	}
	raw, werr := c.body(w, r.Request)
	if werr != nil {
		respondError(w, werr)
		return
	}
	f, err := decodeFrame(raw)
	if err != nil {
		respondError(w, fail(codeBadFrame))
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), c.lim.CommitWait)
	defer cancel()
	t, p, werr := c.oneShot(ctx, r, f)
	if werr != nil {
		respondError(w, werr)
		return
	}
	respond(w, http.StatusOK, outFrame{T: t, Re: f.ID, TS: stamp(c.now()), P: p})
}

// oneShot handles a frame without a socket.
func (c *Channel) oneShot(ctx context.Context, r request, f inFrame) (string, any, *wireError) {
	switch f.T {
	case "msg":
		ack, _, werr := c.accept(ctx, r.who, f)
		if werr == nil {
			c.hub.poke(r.conv.ID, ack.Seq)
		}
		return "ack", ack, werr
	case "hello":
		var h helloIn
		if decodePayload(f, &h) != nil {
			return "", nil, fail(codeBadFrame)
		}
		resume, start := plan(r.conv, h.LastSeq, h.Epoch, c.lim.ResumeMax)
		return "welcome", c.welcome(r.who, r.conv, resume, start), nil
	case "ping":
		return "pong", struct{}{}, nil
	case "typing":
		var p onIn
		if decodePayload(f, &p) != nil {
			return "", nil, fail(codeBadFrame)
		}
		c.desk.Typing(r.conv.ID, p.On)
		return "ack", struct{}{}, nil
	case "recv", "read":
		var p seqIn
		if decodePayload(f, &p) != nil || p.Seq < 0 {
			return "", nil, fail(codeBadFrame)
		}
		what := map[string]string{"recv": "delivered", "read": "read"}[f.T]
		c.storeMark(ctx, r.conv.ID, what, min(p.Seq, r.conv.HeadSeq))
		return "ack", struct{}{}, nil
	}
	return "", nil, fail(codeUnknownType)
}
