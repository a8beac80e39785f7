package web

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"

	"hejie/bot"
)

// Close codes and limits of the console socket.
const (
	closeRestart = websocket.CloseServiceRestart
	closeSession = 4401 // signed out, expired or disabled: sign in again
	closeSlow    = 4408
	closeFlood   = 4429

	maxSeats     = 8
	maxFrameIn   = 1 << 10
	seatQueue    = 256
	pingEvery    = 25 * time.Second
	readWait     = 60 * time.Second
	writeWait    = 10 * time.Second
	sessionCheck = 30 * time.Second
)

// upgrader's own origin check allows a missing Origin and compares the host only; ours (originOK) has run before.
var upgrader = websocket.Upgrader{
	HandshakeTimeout: 10 * time.Second,
	CheckOrigin:      func(*http.Request) bool { return true },
}

// originOK: the browser names exactly one of our origins. A missing Origin is refused: every browser sends one.
func (s *Server) originOK(r *http.Request) bool {
	o := r.Header.Values("Origin")
	return len(o) == 1 && slices.Contains(s.origins, strings.ToLower(o[0]))
}

func (s *Server) consoleSocket(c *gin.Context) {
	if !s.originOK(c.Request) {
		abort(c, fail("cross_site"))
		return
	}
	token := ""
	if cookie, err := c.Request.Cookie(s.sessions.Cookie.Name); err == nil {
		token = cookie.Value
	}
	agent, err := s.agentOf(c.Request.Context(), token)
	if err == nil && !can(agent.Role, SeeQueue) {
		err = fail("forbidden")
	}
	if err != nil {
		abort(c, err)
		return
	}
	conn, err := upgrader.Upgrade(c.Writer, c.Request, nil)
	if err != nil {
		s.log.Debug("console socket not upgraded", "err", err) // the upgrader has answered
		return
	}
	st := &seat{agentID: agent.ID, name: agent.Name, session: token, out: make(chan frame, seatQueue), end: make(chan int, 1)}
	if !s.hub.join(st) {
		closeConn(conn, closeFlood)
		return
	}
	s.runSeat(context.WithoutCancel(c.Request.Context()), conn, st, agent)
}

// agentOf checks a session outside a console REST request.
func (s *Server) agentOf(ctx context.Context, token string) (bot.AgentUser, error) {
	ctx, err := s.sessions.Load(ctx, token)
	if err != nil {
		return bot.AgentUser{}, err
	}
	return s.signedIn(ctx)
}

// runSeat is the life of one socket: this goroutine writes, another reads, and only this one touches the connection's
// writing half.
func (s *Server) runSeat(ctx context.Context, conn *websocket.Conn, st *seat, agent bot.AgentUser) {
	events, cancel := s.opt.Bus.Subscribe()
	defer cancel()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		s.readSeat(ctx, conn, st, agent)
	}()
	code := s.writeSeat(ctx, conn, st, events, gone)
	closeConn(conn, code)
	<-gone
	s.hub.leave(st)
}

func (s *Server) writeSeat(ctx context.Context, conn *websocket.Conn, st *seat, events <-chan bot.Event, gone <-chan struct{}) int {
	ping, check := time.NewTicker(pingEvery), time.NewTicker(sessionCheck)
	defer ping.Stop()
	defer check.Stop()
	st.send(frame{T: "hello", NowMS: s.now().UnixMilli()})
	for {
		var f frame
		select {
		case <-gone:
			select {
			case code := <-st.end: // the reader left because of something the page should know
				return code
			default:
				return websocket.CloseNormalClosure
			}
		case code := <-st.end:
			return code
		case e, ok := <-events:
			if !ok {
				return closeRestart
			}
			if f, ok = s.eventFrame(st, e); !ok {
				continue
			}
		case f = <-st.out:
		case <-check.C:
			if _, err := s.agentOf(ctx, st.session); err != nil && codeOf(err) == "unauthorized" {
				return closeSession
			}
			continue
		case <-ping.C:
			if conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWait)) != nil {
				return websocket.CloseAbnormalClosure
			}
			continue
		}
		_ = conn.SetWriteDeadline(time.Now().Add(writeWait)) // its error comes back from the write
		if conn.WriteJSON(f) != nil {
			return websocket.CloseAbnormalClosure
		}
	}
}

// eventFrame turns what happened into what a page needs to know. Typing goes only to those who look.
func (s *Server) eventFrame(st *seat, e bot.Event) (frame, bool) {
	switch e.Kind {
	case "lost":
		return frame{T: "lost"}, true
	case "typing":
		if e.Agent || s.hub.lookingAt(st) != e.ConvID {
			return frame{}, false // agents' typing comes from their own socket, with the seat it came from
		}
		return frame{T: "typing", ConvID: e.ConvID, On: e.On}, true
	case "message", "control", "read", "verdict", "note":
		return frame{T: "event", Kind: e.Kind, ConvID: e.ConvID, Seq: e.Seq, Name: e.Name}, true
	}
	return frame{}, false
}

// inFrame is what a page sends: which conversation it shows, whether its agent types, and a heartbeat.
type inFrame struct {
	T      string `json:"t"`
	ConvID string `json:"conversation_id"`
	On     bool   `json:"on"`
}

func (s *Server) readSeat(ctx context.Context, conn *websocket.Conn, st *seat, agent bot.AgentUser) {
	conn.SetReadLimit(maxFrameIn)
	alive := func(string) error { return conn.SetReadDeadline(time.Now().Add(readWait)) }
	conn.SetPongHandler(alive)
	frames, typing := rate.NewLimiter(5, 30), typist{desk: s.opt.Desk, hub: s.hub, seat: st, agent: agent}
	defer typing.stop()
	for {
		_ = alive("")
		kind, data, err := conn.ReadMessage()
		if err != nil {
			return
		}
		var f inFrame
		if kind != websocket.TextMessage || json.Unmarshal(data, &f) != nil || !frames.Allow() {
			st.finish(closeFlood)
			return
		}
		switch f.T {
		case "look":
			typing.stop()
			if f.ConvID != "" {
				if _, err := s.open(ctx, agent, f.ConvID); err != nil {
					f.ConvID = "" // not theirs to see, so not theirs to be seen at
				}
			}
			s.hub.look(st, f.ConvID)
		case "typing":
			typing.set(ctx, f.On)
		case "ping":
			st.send(frame{T: "pong", NowMS: s.now().UnixMilli()})
		}
	}
}

// typist passes an agent's typing on: to colleagues always, to the debtor only while the agent holds the conversation.
type typist struct {
	desk  Desk
	hub   *hub
	seat  *seat
	agent bot.AgentUser
	conv  string // where typing is shown now, empty = nowhere
	shown bool   // to the debtor
}

func (t *typist) set(ctx context.Context, on bool) {
	if !on {
		t.stop()
		return
	}
	conv := t.hub.lookingAt(t.seat)
	if conv == "" {
		return
	}
	t.conv = conv
	t.hub.tellLookers(conv, t.seat, frame{T: "typing", ConvID: conv, Agent: true, Name: t.agent.Name, On: true})
	if c, err := t.desk.Conversation(ctx, conv); err == nil && c.Control == bot.ByAgent && c.AgentID == t.agent.ID {
		t.shown = true
		t.desk.AgentTyping(conv, t.agent.Name, true)
	}
}

func (t *typist) stop() {
	if t.conv == "" {
		return
	}
	t.hub.tellLookers(t.conv, t.seat, frame{T: "typing", ConvID: t.conv, Agent: true, Name: t.agent.Name})
	if t.shown {
		t.desk.AgentTyping(t.conv, t.agent.Name, false)
	}
	t.conv, t.shown = "", false
}

func closeConn(conn *websocket.Conn, code int) {
	if code != websocket.CloseAbnormalClosure {
		_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
	}
	_ = conn.Close()
}
