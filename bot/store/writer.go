package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"hejie/bot"
)

// tx is one write: everything in it becomes true together, its audit lines last.
type tx struct {
	ctx   context.Context
	store *Store
	tx    *sqlx.Tx
	now   int64
	lines []line
	wakes []bot.Wake
}

func (t *tx) stmt(name string) *sqlx.Stmt {
	return t.tx.StmtxContext(t.ctx, t.store.writes.named(name))
}

func (t *tx) get(dst any, name string, args ...any) error {
	return t.stmt(name).GetContext(t.ctx, dst, args...) //nolint:sqlclosecheck // lives as long as the store
}

func (t *tx) sel(dst any, name string, args ...any) error {
	return t.stmt(name).SelectContext(t.ctx, dst, args...) //nolint:sqlclosecheck // as above
}

// exec runs a statement and says how many rows it touched.
func (t *tx) exec(name string, args ...any) (int64, error) {
	r, err := t.stmt(name).ExecContext(t.ctx, args...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	return r.RowsAffected()
}

// run is fn plus the audit lines it asked for. They come last, so that the chain's end is held as briefly as can be.
func (t *tx) run(fn func(*tx) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("store: write panicked: %v", r) // the others of its group must not fall with it
		}
	}()
	if err := fn(t); err != nil {
		return err
	}
	if err := t.flushAudit(); err != nil {
		return err
	}
	return t.flushWakes()
}

// write runs fn in a durable transaction: when it returns nil, the change survives a crash.
// fn may run more than once and must not keep anything from a failed run.
func (s *Store) write(ctx context.Context, fn func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.group != nil {
		return s.group.do(ctx, fn)
	}
	const tries = 8
	for n := 1; ; n++ {
		err := s.writeOnce(ctx, fn)
		if !isTransient(err) || n == tries {
			return err
		}
		wait := time.Duration(n) * time.Duration(1+rand.IntN(10)) * time.Millisecond // #nosec G404 -- jitter
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

func (s *Store) writeOnce(ctx context.Context, fn func(*tx) error) error {
	t, err := s.writer.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	w := &tx{ctx: ctx, store: s, tx: t, now: s.nowMS()}
	if err := w.run(fn); err != nil {
		return errors.Join(err, ignoreDone(t.Rollback()))
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	return nil
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// groupWriter gives SQLite's one writer to all: whoever waits while a commit is on its way to the disk shares the next one.
// First in, first out; each in a savepoint of its own, so a failure takes nobody along.
type groupWriter struct {
	store *Store
	jobs  chan *job
	stop  chan struct{}
	done  chan struct{}
	once  sync.Once
}

type job struct {
	ctx  context.Context
	fn   func(*tx) error
	err  error
	done chan struct{}
}

// maxGroup bounds how long the first of a group waits for the last.
const maxGroup = 64

var errClosed = errors.New("store: closed")

func newGroupWriter(s *Store) *groupWriter {
	g := &groupWriter{store: s, jobs: make(chan *job, 4*maxGroup), stop: make(chan struct{}), done: make(chan struct{})}
	go g.loop()
	return g
}

func (g *groupWriter) close() {
	g.once.Do(func() { close(g.stop) })
	<-g.done
}

// do waits until the group of fn is on the disk. A caller that gives up earlier still gets its answer:
// the write is on its way and nobody could say otherwise whether it happened.
func (g *groupWriter) do(ctx context.Context, fn func(*tx) error) error {
	j := &job{ctx: context.WithoutCancel(ctx), fn: fn, done: make(chan struct{})}
	select {
	case g.jobs <- j:
	case <-ctx.Done():
		return ctx.Err()
	case <-g.stop:
		return errClosed
	}
	select {
	case <-j.done:
		return j.err
	case <-g.done: // closed between queueing and running
		select {
		case <-j.done:
			return j.err
		default:
			return errClosed
		}
	}
}

func (g *groupWriter) loop() {
	defer close(g.done)
	for {
		select {
		case j := <-g.jobs:
			g.commit(g.gather(j))
		case <-g.stop:
			for { // what was accepted is still written
				select {
				case j := <-g.jobs:
					g.commit(g.gather(j))
				default:
					return
				}
			}
		}
	}
}

func (g *groupWriter) gather(first *job) []*job {
	group := []*job{first}
	for len(group) < maxGroup {
		select {
		case j := <-g.jobs:
			group = append(group, j)
		default:
			return group
		}
	}
	return group
}

func (g *groupWriter) commit(group []*job) {
	err := g.runGroup(group)
	for _, j := range group {
		if j.err == nil {
			j.err = err
		}
		close(j.done)
	}
}

// runGroup fails as a whole only when the transaction itself does.
func (g *groupWriter) runGroup(group []*job) error {
	ctx := context.Background()
	t, err := g.store.writer.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	for _, j := range group {
		if err := g.runJob(t, j, len(group) > 1); err != nil {
			return errors.Join(err, ignoreDone(t.Rollback()))
		}
		if j.err != nil && len(group) == 1 {
			return ignoreDone(t.Rollback())
		}
	}
	if err := t.Commit(); err != nil {
		return errors.Join(fmt.Errorf("store: commit: %w", err), ignoreDone(t.Rollback()))
	}
	return nil
}

// runJob sets the job's own error; the error it returns means that the transaction is lost.
func (g *groupWriter) runJob(t *sqlx.Tx, j *job, shared bool) error {
	w := &tx{ctx: j.ctx, store: g.store, tx: t, now: g.store.nowMS()}
	if !shared {
		j.err = w.run(j.fn)
		return nil
	}
	if _, err := t.ExecContext(w.ctx, "SAVEPOINT job"); err != nil {
		return fmt.Errorf("store: savepoint: %w", err)
	}
	if j.err = w.run(j.fn); j.err != nil {
		if _, err := t.ExecContext(w.ctx, "ROLLBACK TO job"); err != nil {
			return fmt.Errorf("store: roll back to savepoint: %w", err)
		}
	}
	if _, err := t.ExecContext(w.ctx, "RELEASE job"); err != nil {
		return fmt.Errorf("store: release savepoint: %w", err)
	}
	return nil
}
