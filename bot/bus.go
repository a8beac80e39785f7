package bot

import "sync"

// busBuffer is how many events a listener may lag behind before it is told that it lost some.
const busBuffer = 256

// MemoryBus is the Bus of one process.
type MemoryBus struct {
	mu   sync.Mutex
	subs map[*subscriber]struct{}
}

type subscriber struct {
	ch   chan Event
	lost bool
}

var _ Bus = (*MemoryBus)(nil)

// NewBus makes an empty bus.
func NewBus() *MemoryBus { return &MemoryBus{subs: map[*subscriber]struct{}{}} }

// Publish hands e to every listener. A full listener is skipped and gets a "lost" event as soon as it has room:
// it must then reload what it shows, because no event is kept for it.
func (b *MemoryBus) Publish(e Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for s := range b.subs {
		if s.lost {
			select {
			case s.ch <- Event{Kind: "lost"}:
				s.lost = false
			default:
				continue
			}
		}
		select {
		case s.ch <- e:
		default:
			s.lost = true
		}
	}
}

// Subscribe starts a listener; the returned function ends it and closes its channel.
func (b *MemoryBus) Subscribe() (<-chan Event, func()) {
	s := &subscriber{ch: make(chan Event, busBuffer)}
	b.mu.Lock()
	b.subs[s] = struct{}{}
	b.mu.Unlock()
	var once sync.Once
	return s.ch, func() {
		once.Do(func() {
			b.mu.Lock()
			delete(b.subs, s)
			close(s.ch)
			b.mu.Unlock()
		})
	}
}
