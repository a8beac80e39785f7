package webchat

import (
	"sync"
	"time"
)

// hub knows who is connected. It holds no messages.
type hub struct {
	lim      Limits
	mu       sync.Mutex
	all      map[*client]struct{}
	convs    map[string]map[*client]struct{}
	sessions map[string][]*client // oldest first
	ips      map[string]int
	draining bool
	empty    chan struct{} // closed when draining and nobody is left
}

func newHub(l Limits) *hub {
	return &hub{
		lim: l, all: map[*client]struct{}{}, convs: map[string]map[*client]struct{}{},
		sessions: map[string][]*client{}, ips: map[string]int{}, empty: make(chan struct{}),
	}
}

// enter counts a new connection. It refuses when the address has too many or the server is stopping.
func (h *hub) enter(cl *client) *wireError {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.draining {
		return &wireError{Code: codeUnavailable, Retry: 2 * time.Second}
	}
	if h.ips[cl.ip] >= h.lim.PerIP {
		return &wireError{Code: codeRateLimited, Retry: 30 * time.Second}
	}
	h.ips[cl.ip]++
	h.all[cl] = struct{}{}
	return nil
}

// bind makes an authenticated client reachable; the oldest of too many tabs of one session is closed.
func (h *hub) bind(cl *client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.all[cl]; !ok {
		return // left meanwhile
	}
	conv, sess := cl.who.session.ConvID, cl.who.session.TokenHash
	if h.convs[conv] == nil {
		h.convs[conv] = map[*client]struct{}{}
	}
	h.convs[conv][cl] = struct{}{}
	h.sessions[sess] = append(h.sessions[sess], cl)
	live := 0
	for _, o := range h.sessions[sess] {
		if !o.isClosing() {
			live++
		}
	}
	for _, o := range h.sessions[sess] {
		if live <= h.lim.PerSession {
			break
		}
		if !o.isClosing() {
			o.shut(closeTooMany, "too many tabs")
			live--
		}
	}
}

// leave forgets a client; calling it twice is harmless.
func (h *hub) leave(cl *client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.all[cl]; !ok {
		return
	}
	delete(h.all, cl)
	if h.ips[cl.ip]--; h.ips[cl.ip] <= 0 {
		delete(h.ips, cl.ip)
	}
	if cl.who != nil {
		h.unbind(cl)
	}
	if h.draining && len(h.all) == 0 {
		close(h.empty)
	}
}

func (h *hub) unbind(cl *client) {
	conv, sess := cl.who.session.ConvID, cl.who.session.TokenHash
	if set := h.convs[conv]; set != nil {
		delete(set, cl)
		if len(set) == 0 {
			delete(h.convs, conv)
		}
	}
	list := h.sessions[sess]
	for i, o := range list {
		if o == cl {
			list = append(list[:i:i], list[i+1:]...)
			break
		}
	}
	if len(list) == 0 {
		delete(h.sessions, sess)
	} else {
		h.sessions[sess] = list
	}
}

// poke tells the clients of a conversation that something durable is new; it returns how many live ones were told.
func (h *hub) poke(conv string, seq int64) int {
	n := 0
	h.each(conv, func(cl *client) {
		if cl.poke(seq) {
			n++
		}
	})
	return n
}

func (h *hub) pokeAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for cl := range h.all {
		cl.poke(0)
	}
}

func (h *hub) each(conv string, do func(*client)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for cl := range h.convs[conv] {
		do(cl) // never blocks: it only marks and wakes
	}
}

// count of connections, for metrics and tests.
func (h *hub) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.all)
}

// drain lets nobody in any more, says goodbye to all and waits. It returns how many did not go.
func (h *hub) drain(wait time.Duration) int {
	h.mu.Lock()
	if !h.draining {
		h.draining = true
		if len(h.all) == 0 {
			close(h.empty)
		}
	}
	for cl := range h.all {
		cl.goodbye()
	}
	h.mu.Unlock()
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-h.empty:
		return 0
	case <-t.C:
		return h.count()
	}
}
