package web

import (
	"sync"
)

// frame is one object on the console socket. It carries ids, not contents: the page fetches what it may see over REST,
// so that there is one place that masks and one that checks roles.
type frame struct {
	T       string   `json:"t"` // hello | event | presence | typing | lost | pong
	Kind    string   `json:"kind,omitempty"`
	ConvID  string   `json:"conversation_id,omitempty"`
	Seq     int64    `json:"seq,omitempty"`
	Viewers []viewer `json:"viewers,omitempty"`
	Name    string   `json:"name,omitempty"`
	Agent   bool     `json:"agent,omitempty"`
	On      bool     `json:"on,omitempty"`
	NowMS   int64    `json:"now_ms,omitempty"`
}

type viewer struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// seat is one open console page.
type seat struct {
	agentID, name, session string
	out                    chan frame
	end                    chan int // close code; buffered one, first wins
	looking                string   // conversation shown; guarded by hub.mu
}

// send never blocks: a page that does not read is closed and comes back, and REST still has everything.
func (s *seat) send(f frame) {
	select {
	case s.out <- f:
	default:
		s.finish(closeSlow)
	}
}

func (s *seat) finish(code int) {
	select {
	case s.end <- code:
	default:
	}
}

// hub knows who looks at what.
type hub struct {
	mu      sync.Mutex
	seats   map[*seat]struct{}
	metrics *metrics
}

func newHub(m *metrics) *hub { return &hub{seats: map[*seat]struct{}{}, metrics: m} }

// join refuses beyond a few pages an agent: each costs goroutines.
func (h *hub) join(s *seat) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for o := range h.seats {
		if o.agentID == s.agentID {
			n++
		}
	}
	if n >= maxSeats {
		return false
	}
	h.seats[s] = struct{}{}
	h.metrics.sockets.Inc()
	return true
}

func (h *hub) leave(s *seat) {
	h.look(s, "")
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.seats[s]; ok {
		delete(h.seats, s)
		h.metrics.sockets.Dec()
	}
}

// look records which conversation a page shows and tells everybody who looks at the old or the new one.
func (h *hub) look(s *seat, conv string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	old := s.looking
	if old == conv {
		return
	}
	s.looking = conv
	h.announce(old)
	h.announce(conv)
}

// announce needs h.mu.
func (h *hub) announce(conv string) {
	if conv == "" {
		return
	}
	viewers, seen := []viewer{}, map[string]bool{}
	for o := range h.seats {
		if o.looking == conv && !seen[o.agentID] {
			seen[o.agentID] = true
			viewers = append(viewers, viewer{o.agentID, o.name})
		}
	}
	for o := range h.seats {
		if o.looking == conv {
			o.send(frame{T: "presence", ConvID: conv, Viewers: viewers})
		}
	}
}

// tellLookers sends f to the other pages that show conv.
func (h *hub) tellLookers(conv string, but *seat, f frame) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for o := range h.seats {
		if o != but && o.looking == conv {
			o.send(f)
		}
	}
}

func (h *hub) lookingAt(s *seat) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return s.looking
}

// endSession closes every page of a session that signed out.
func (h *hub) endSession(token string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for o := range h.seats {
		if o.session == token {
			o.finish(closeSession)
		}
	}
}

func (h *hub) closeAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for o := range h.seats {
		o.finish(closeRestart)
	}
}
