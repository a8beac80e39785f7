// Package channeltest is what the tests of messaging channels share: a sink and shared state in memory, and texts that a real filter
// cleared. It is no part of the program.
package channeltest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hejie/bot/guard"
	"hejie/channels"
)

// Sink keeps what came in, as the store would: an id once.
type Sink struct {
	mu       sync.Mutex
	Got      []channels.Inbound
	Receipts []channels.Receipt
	cursors  map[string]string
	seen     map[string]bool
	Fail     error // the answer to everything while it is set
	OnAccept func(channels.Inbound)
}

func (s *Sink) add(in channels.Inbound) bool {
	if s.seen == nil {
		s.seen = map[string]bool{}
	}
	key := in.Channel + "|" + in.Account + "|" + in.ExtID
	if s.seen[key] {
		return false
	}
	s.seen[key] = true
	s.Got = append(s.Got, in)
	return true
}

// Accept implements channels.Sink.
func (s *Sink) Accept(_ context.Context, in channels.Inbound) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Fail != nil {
		return false, s.Fail
	}
	fresh := s.add(in)
	if fresh && s.OnAccept != nil {
		go s.OnAccept(in)
	}
	return !fresh, nil
}

// AcceptAll implements channels.Sink.
func (s *Sink) AcceptAll(_ context.Context, in []channels.Inbound, c channels.Cursor) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Fail != nil {
		return 0, s.Fail
	}
	n := 0
	for _, i := range in {
		if s.add(i) {
			n++
		}
	}
	if s.cursors == nil {
		s.cursors = map[string]string{}
	}
	s.cursors[c.Channel+"|"+c.Account+"|"+c.Name] = c.Value
	return n, nil
}

// Cursor implements channels.Sink.
func (s *Sink) Cursor(_ context.Context, channel, account, name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cursors[channel+"|"+account+"|"+name], s.Fail
}

// Receipt implements channels.Sink.
func (s *Sink) Receipt(_ context.Context, r channels.Receipt) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Fail == nil {
		s.Receipts = append(s.Receipts, r)
	}
	return s.Fail
}

// All is a copy of what came.
func (s *Sink) All() []channels.Inbound {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]channels.Inbound{}, s.Got...)
}

// Shared is channels.Shared in memory.
type Shared struct {
	Now func() time.Time
	mu  sync.Mutex
	all map[string]row
}

type row struct {
	value   string
	version int64
	until   time.Time
}

func (s *Shared) get(key string) row {
	r := s.all[key]
	if !r.until.IsZero() && s.Now().After(r.until) {
		return row{version: r.version}
	}
	return r
}

func (s *Shared) put(key string, r row) {
	if s.all == nil {
		s.all = map[string]row{}
	}
	s.all[key] = r
}

// Load implements channels.Shared.
func (s *Shared) Load(_ context.Context, key string) (string, int64, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.get(key)
	return r.value, r.version, r.value != "", nil
}

// Swap implements channels.Shared.
func (s *Shared) Swap(_ context.Context, key string, version int64, value string, expires time.Time) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.get(key)
	if r.version != version {
		return false, nil
	}
	s.put(key, row{value, version + 1, expires})
	return true, nil
}

// Once implements channels.Shared.
func (s *Shared) Once(_ context.Context, key string, expires time.Time) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.get("once:"+key).value != "" {
		return false, nil
	}
	s.put("once:"+key, row{"x", 1, expires})
	return true, nil
}

// Lock implements channels.Shared.
func (s *Shared) Lock(_ context.Context, key, owner string, until time.Time) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.get("lock:" + key); r.value != "" && r.value != owner {
		return false, nil
	}
	s.put("lock:"+key, row{owner, 1, until})
	return true, nil
}

// Unlock implements channels.Shared.
func (s *Shared) Unlock(_ context.Context, key, owner string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.get("lock:"+key).value == owner {
		delete(s.all, "lock:"+key)
	}
	return nil
}

type ledger struct{ n atomic.Int64 }

func (l *ledger) Record(context.Context, guard.Entry) (guard.Recorded, error) {
	n := l.n.Add(1)
	return guard.Recorded{ClearanceID: fmt.Sprintf("clr-%d", n), MessageID: fmt.Sprintf("m-%d", n), Seq: n}, nil
}

// filter loads the rules once for all tests of a package.
var filter = sync.OnceValues(func() (*guard.Filter, error) { return guard.Default(&ledger{}) })

// Cleared has a real filter clear these words for a channel.
func Cleared(t testing.TB, channel, address string, parts ...guard.Part) guard.Cleared {
	t.Helper()
	f, err := filter()
	if err != nil {
		t.Fatal(err)
	}
	d := guard.Draft{ID: "d1", To: guard.Recipient{Channel: channel, Address: address, ConversationID: "c1"}, Author: guard.Bot, Kind: guard.Reply, Lang: "zh-Hans", Parts: parts}
	c, v, err := f.Clear(t.Context(), d, guard.Facts{})
	if err != nil {
		t.Fatalf("%v: %+v", err, v)
	}
	return c
}

// Words is a plain text part.
func Words(s string) guard.Part { return guard.Part{Role: "body", Text: s} }
