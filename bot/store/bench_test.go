package store

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jmoiron/sqlx"

	"hejie/bot"
	"hejie/bot/store/pgtest"
	"hejie/flows"
)

const benchClients = 8

// each spreads b.N operations over eight clients.
func each(b *testing.B, do func(client, i int) error) {
	b.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for c := range benchClients {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= b.N {
					return
				}
				if err := do(c, i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "turns/s")
}

func benchBoth(b *testing.B, f func(b *testing.B, s *Store)) {
	b.Run("sqlite", func(b *testing.B) { f(b, open(b, "sqlite:"+filepath.Join(b.TempDir(), "x.db"))) })
	b.Run("postgres", func(b *testing.B) { f(b, open(b, pgtest.URL(b))) })
}

// BenchmarkTurn is one debtor message and its turn: state, a consumed message, two texts to send, one effect with its
// audit line, the turn's record; each turn durable. Eight clients, each with its own conversations.
func BenchmarkTurn(b *testing.B) {
	benchBoth(b, func(b *testing.B, s *Store) {
		convs := make([]bot.Conversation, benchClients)
		for i := range convs {
			convs[i] = openConv(b, s, fmt.Sprint("c", i))
		}
		each(b, func(client, i int) error {
			c := &convs[client]
			err := s.CommitTurn(b.Context(), bot.TurnResult{
				Conv: *c, Consumed: []string{"m"}, NowMS: 1, Commands: []flows.Command{{Do: flows.DoIntent, Intent: "balance"}},
				Effects: []flows.Effect{{Kind: flows.EffOutcome, Text: "info_given"}},
				Outbox:  []bot.Outgoing{outgoing(c.ID, fmt.Sprint("a", i), "x"), outgoing(c.ID, fmt.Sprint("b", i), "y")},
			})
			c.Version++
			return err
		})
	})
}

// The floors do what a turn must do at the least (the same number of rows and bytes in one durable transaction), with
// none of its logic: first one transaction for each, then shared by the group writer.

func floorTables(b *testing.B, s *Store) (update, insert string, payload string) {
	b.Helper()
	for _, q := range []string{`CREATE TABLE floor_conv (id TEXT PRIMARY KEY, n BIGINT NOT NULL, body TEXT NOT NULL)`,
		`CREATE TABLE floor_row (id TEXT PRIMARY KEY, conv TEXT NOT NULL, body TEXT NOT NULL)`} {
		_, err := s.writer.Exec(q)
		must(b, err)
	}
	for c := range benchClients {
		_, err := s.writer.Exec(`INSERT INTO floor_conv (id, n, body) VALUES ($1, 0, '')`, fmt.Sprint(c))
		must(b, err)
	}
	return `UPDATE floor_conv SET n = n + 1, body = $2 WHERE id = $1`, `INSERT INTO floor_row (id, conv, body) VALUES ($1, $2, $3)`, strings.Repeat("x", 600)
}

type floorStatements struct{ update, insert *sqlx.Stmt }

func (f floorStatements) run(t *sqlx.Tx, client, i int, payload string) error {
	if _, err := t.Stmtx(f.update).Exec(fmt.Sprint(client), payload); err != nil {
		return err
	}
	for r := range 4 { // two texts, an audit line, the turn's record
		if _, err := t.Stmtx(f.insert).Exec(fmt.Sprintf("%d-%d", i, r), fmt.Sprint(client), payload); err != nil {
			return err
		}
	}
	return nil
}

func prepareFloor(b *testing.B, s *Store) (floorStatements, string) {
	b.Helper()
	update, insert, payload := floorTables(b, s)
	return floorStatements{must1(s.writer.Preparex(update))(b), must1(s.writer.Preparex(insert))(b)}, payload
}

func BenchmarkFloorBare(b *testing.B) {
	benchBoth(b, func(b *testing.B, s *Store) {
		f, payload := prepareFloor(b, s)
		each(b, func(client, i int) error {
			t, err := s.writer.Beginx()
			if err != nil {
				return err
			}
			if err := f.run(t, client, i, payload); err != nil {
				return err
			}
			return t.Commit()
		})
	})
}

func BenchmarkFloorGrouped(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		s := open(b, "sqlite:"+filepath.Join(b.TempDir(), "x.db"))
		f, payload := prepareFloor(b, s)
		each(b, func(client, i int) error {
			return s.write(b.Context(), func(t *tx) error { return f.run(t.tx, client, i, payload) })
		})
	})
}

// BenchmarkInbound is one debtor message acknowledged after its commit.
func BenchmarkInbound(b *testing.B) {
	benchBoth(b, func(b *testing.B, s *Store) {
		for i := range benchClients {
			openConv(b, s, fmt.Sprint("c", i))
		}
		each(b, func(client, i int) error {
			_, err := s.AppendInbound(b.Context(), inbound(fmt.Sprint("c", client), "", fmt.Sprint(i), "我想分期还款"))
			return err
		})
	})
}
