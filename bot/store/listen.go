package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"hejie/bot"
)

const notifyChannel = "hejie"

// note is a Wake on the way to the other nodes.
type note struct {
	bot.Wake
	Node string `json:"n"`
}

// wake tells the other nodes, when this write commits and only then.
func (t *tx) wake(w bot.Wake) {
	if t.store.dialect == postgres && !slices.Contains(t.wakes, w) {
		t.wakes = append(t.wakes, w)
	}
}

func (t *tx) flushWakes() error {
	for _, w := range t.wakes {
		b, err := json.Marshal(note{Wake: w, Node: t.store.node})
		if err != nil {
			return err
		}
		if _, err := t.exec("notify", string(b)); err != nil {
			return err
		}
	}
	return nil
}

// Wakes calls f for each thing another node wrote until ctx ends. With SQLite there is one node only and it returns at once.
// What was missed while the connection was away is announced as lost; whoever listens looks for itself then.
func (s *Store) Wakes(ctx context.Context, f func(bot.Wake)) error {
	if s.dialect != postgres {
		return nil
	}
	l := pq.NewListener(s.url, 100*time.Millisecond, 10*time.Second, nil)
	defer func() { _ = l.Close() }()
	if err := l.Listen(notifyChannel); err != nil {
		return fmt.Errorf("store: listen: %w", err)
	}
	alive := time.NewTicker(30 * time.Second)
	defer alive.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case n := <-l.Notify:
			if n == nil { // connected again
				f(bot.Wake{What: "lost"})
				continue
			}
			var got note
			if json.Unmarshal([]byte(n.Extra), &got) == nil && got.Node != s.node {
				f(got.Wake)
			}
		case <-alive.C:
			go func() { _ = l.Ping() }() // a dead connection is noticed by its next use; Ping blocks on a hung one
		}
	}
}
