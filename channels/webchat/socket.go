package webchat

import (
	"context"
	"errors"
	"net"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"
)

// writeBuffers are shared: a socket holds one only while it writes.
var writeBuffers = &sync.Pool{}

// readBuffer is small: a debtor's frames are, and a thousand idle sockets each keep one.
const readBuffer = 1 << 10

var otherVersion = regexp.MustCompile(`^debtchat\.v[0-9]{1,4}$`)

// socket is a websocket as the writer sees it.
type socket struct {
	conn *websocket.Conn
	lim  *Limits
}

func (s *socket) frame(raw []byte, _ int64) error {
	if err := s.conn.SetWriteDeadline(time.Now().Add(s.lim.WriteWait)); err != nil {
		return err
	}
	return s.conn.WriteMessage(websocket.TextMessage, raw)
}

func (s *socket) control(kind int, data []byte) error {
	return s.conn.WriteControl(kind, data, time.Now().Add(s.lim.WriteWait))
}

func (s *socket) beat() error            { return s.control(websocket.PingMessage, nil) }
func (s *socket) pong(data []byte) error { return s.control(websocket.PongMessage, data) }

func (s *socket) end(c closure) {
	_ = s.control(websocket.CloseMessage, websocket.FormatCloseMessage(c.code, c.reason))
}

// serveSocket checks who may connect at all, upgrades, and leaves the rest to two goroutines of its own, so that
// net/http can free what it holds for the request.
func (c *Channel) serveSocket(w http.ResponseWriter, r *http.Request) {
	offered := websocket.Subprotocols(r)
	proto := Protocol
	if !slices.Contains(offered, Protocol) {
		i := slices.IndexFunc(offered, otherVersion.MatchString)
		if i < 0 {
			respondError(w, fail(codeBadFrame))
			return
		}
		proto = offered[i] // a browser can only read why if the handshake succeeds
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		respondError(w, fail(codeForbidden))
		return
	}
	cl := newClient(c, ipKey(c.clientIP(r)))
	if werr := c.hub.enter(cl); werr != nil {
		respondError(w, werr)
		return
	}
	up := websocket.Upgrader{
		HandshakeTimeout: c.lim.WriteWait, ReadBufferSize: readBuffer, WriteBufferPool: writeBuffers,
		Subprotocols: []string{proto}, CheckOrigin: func(*http.Request) bool { return true }, // judged below, with a code
	}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		c.hub.leave(cl) // Upgrade has answered
		return
	}
	switch {
	case proto != Protocol:
		cl.shut(closeVersion, "version")
	case !c.allowedOrigin(origin):
		cl.shut(closeOrigin, "origin")
	}
	go c.attend(cl, conn)
}

// attend is the reader: it lives as long as the socket and cleans up after it.
func (c *Channel) attend(cl *client, conn *websocket.Conn) {
	written := make(chan struct{})
	go func() {
		defer close(written)
		defer func() {
			// Nothing more will be said: give the peer a moment to close its half.
			cl.shut(closeNormal, "")
			_ = conn.SetReadDeadline(time.Now().Add(c.lim.CloseGrace))
		}()
		defer cl.survive("writer")
		cl.run(nil, &socket{conn: conn, lim: &c.lim}, c.lim.Ping)
	}()
	r := &reader{cl: cl, conn: conn, lim: &c.lim, frames: rate.NewLimiter(rate.Limit(float64(c.lim.FramesPerMin)/60), c.lim.FramesPerMin)}
	r.loop()
	<-written
	_ = conn.Close()
	if r.typing {
		c.desk.Typing(cl.cid, false)
	}
	c.hub.leave(cl)
}

// reader takes frames off one socket.
type reader struct {
	cl      *client
	conn    *websocket.Conn
	lim     *Limits
	frames  *rate.Limiter
	strikes strikes
	typing  bool
	typedAt time.Time
	greeted bool
}

func (r *reader) loop() {
	r.conn.SetReadLimit(int64(r.lim.FrameBytes))
	_ = r.conn.SetReadDeadline(time.Now().Add(r.lim.Hello))
	r.conn.SetCloseHandler(func(int, string) error { return nil }) // the writer answers
	r.conn.SetPongHandler(func(string) error { return r.extend() })
	r.conn.SetPingHandler(func(data string) error {
		r.cl.mu.Lock()
		if len(r.cl.pong) < 4 { // a flood of pings is answered in part
			r.cl.pong = append(r.cl.pong, []byte(data))
			r.cl.notify()
		}
		r.cl.mu.Unlock()
		return r.extend()
	})
	for {
		kind, raw, err := r.conn.ReadMessage()
		if err != nil {
			r.ended(err)
			return
		}
		if r.cl.isClosing() {
			continue // only the peer's close frame is of interest now
		}
		_ = r.extend()
		if kind != websocket.TextMessage {
			r.cl.shut(closeUnsupport, "text frames only")
			continue
		}
		r.aside(raw)
	}
}

// aside handles a frame on a stack of its own and waits for it. Decoding and storing need a deep stack for a moment; a
// reader that grew one would keep it while it idles, for hours and a thousand times over.
func (r *reader) aside(raw []byte) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer r.cl.survive("frame")
		r.one(raw)
	}()
	<-done
}

// extend keeps a living, greeted socket open. A closing one keeps its short deadline.
func (r *reader) extend() error {
	r.cl.mu.Lock() // not between a closing and its deadline
	defer r.cl.mu.Unlock()
	if !r.greeted || r.cl.closing != nil {
		return nil
	}
	return r.conn.SetReadDeadline(time.Now().Add(r.lim.ReadWait))
}

// ended turns the end of reading into the reason for closing.
func (r *reader) ended(err error) {
	var ne net.Error
	switch {
	case errors.Is(err, websocket.ErrReadLimit):
		r.cl.shut(websocket.CloseMessageTooBig, codeTooLarge)
	case errors.As(err, &ne) && ne.Timeout() && !r.greeted:
		r.cl.shut(closeSlow, "no hello")
	case errors.As(err, &ne) && ne.Timeout():
		r.cl.shut(closeSlow, "silent")
	default:
		r.cl.shut(closeNormal, "")
	}
}

// strike counts a violation and closes the socket at the last one.
func (r *reader) strike(e *wireError, code int, re, cid string) {
	if r.strikes.add(time.Now(), r.lim.StrikeWindow, r.lim.Strikes) {
		e.Close = code
	}
	r.cl.refuse(e, re, cid)
}

// one handles one frame.
func (r *reader) one(raw []byte) {
	if wait, ok := take(r.frames, time.Now()); !ok {
		f, _ := decodeFrame(raw)
		r.strike(&wireError{Code: codeRateLimited, Retry: wait}, closeRate, f.ID, cidOf(f))
		return
	}
	f, err := decodeFrame(raw)
	if err != nil {
		if !validText(raw) {
			r.cl.shut(closeNotText, "not UTF-8")
			return
		}
		r.strike(fail(codeBadFrame), closeProtocol, "", "")
		return
	}
	if !r.greeted {
		r.hello(f)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), r.lim.CommitWait)
	defer cancel()
	r.cl.ch.touch(ctx, r.cl.who)
	switch f.T {
	case "hello":
		r.cl.refuse(&wireError{Code: codeBadFrame, Close: closeProtocol}, f.ID, "")
	case "msg":
		r.message(ctx, f)
	case "ping":
		r.cl.push(outFrame{T: "pong", Re: f.ID, TS: stamp(r.cl.ch.now()), P: struct{}{}})
	case "typing":
		r.passTyping(f)
	case "recv", "read", "sync":
		r.position(f)
	default:
		r.cl.refuse(fail(codeUnknownType), f.ID, "")
	}
}

func (r *reader) message(ctx context.Context, f inFrame) {
	ack, m, werr := r.cl.ch.accept(ctx, r.cl.who, f)
	if werr != nil {
		if werr.Code == codeRateLimited {
			r.strike(werr, closeRate, f.ID, m.CID)
			return
		}
		r.cl.refuse(werr, f.ID, m.CID)
		return
	}
	r.cl.push(outFrame{T: "ack", Re: f.ID, TS: stamp(r.cl.ch.now()), P: ack})
	// Do not rely on the bus for the sender's own echo, and let the other tabs know as soon.
	r.cl.ch.hub.poke(r.cl.cid, ack.Seq)
}

// passTyping passes typing on, at most once per TypingEvery; a stop always passes, so nobody seems to type for ever.
func (r *reader) passTyping(f inFrame) {
	var p onIn
	if decodePayload(f, &p) != nil {
		r.strike(fail(codeBadFrame), closeProtocol, f.ID, "")
		return
	}
	now := time.Now()
	if (p.On && now.Sub(r.typedAt) < r.lim.TypingEvery) || (!p.On && !r.typing) {
		return
	}
	if p.On {
		r.typedAt = now
	}
	r.typing = p.On
	r.cl.ch.desk.Typing(r.cl.cid, p.On)
}

func (r *reader) position(f inFrame) {
	var p seqIn
	if decodePayload(f, &p) != nil || p.Seq < 0 {
		r.strike(fail(codeBadFrame), closeProtocol, f.ID, "")
		return
	}
	switch f.T {
	case "recv":
		r.cl.mark("delivered", p.Seq)
	case "read":
		r.cl.mark("read", p.Seq)
	default:
		if p.From < 1 || !r.cl.sync(p.From-1) {
			r.strike(fail(codeBadFrame), closeProtocol, f.ID, "")
		}
	}
}
