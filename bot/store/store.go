// Package store keeps everything in SQLite or PostgreSQL: portfolio, conversations, outbox, agreements, agents, audit.
// One set of queries and migrations serves both. It decides nothing: what may be said, offered or sent is settled
// by its callers; it only refuses what would break the record (a lost update, a gap, a rewritten line, an unknown offer).
package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"hejie/bot"
	"hejie/bot/guard"
)

var (
	_ bot.Store    = (*Store)(nil)
	_ bot.Sessions = (*Store)(nil)
	_ bot.Console  = (*Store)(nil)
	_ guard.Ledger = (*Store)(nil)
)

// Store is one open database. It is safe for concurrent use.
type Store struct {
	dialect dialect
	readers *sqlx.DB // SQLite: many read-only connections
	writer  *sqlx.DB // SQLite: the one connection that writes; PostgreSQL: the same pool as readers
	reads   statements
	writes  statements
	group   *groupWriter // SQLite only
	now     func() time.Time
	url     string // PostgreSQL: for the listener
	node    string // tells our own notifications from others'
	secret  string
	vault   *vault
	tempDir string // removed at Shutdown
}

// Option changes how a store behaves.
type Option func(*Store)

// WithClock replaces the clock (tests, --now); nil keeps it. It is used where no caller's time is given, and its zone
// decides what "today" is for days overdue and holds: give it the debtors' zone.
func WithClock(now func() time.Time) Option {
	return func(s *Store) {
		if now != nil {
			s.now = now
		}
	}
}

// Open opens the database at url and brings its schema up to date:
//
//	""                        a temporary SQLite file, gone at Shutdown
//	sqlite:PATH, file:PATH    a SQLite file, made when missing (a plain PATH works too)
//	postgres://…              PostgreSQL
//
// It fails when the schema is newer than this program, or a migration that already ran was changed.
func Open(ctx context.Context, url string, opts ...Option) (*Store, error) {
	s, err := connect(ctx, url)
	if err != nil {
		return nil, err
	}
	for _, o := range opts {
		o(s)
	}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Shutdown())
	}
	return s, nil
}

// connect opens the pools without touching the schema.
func connect(ctx context.Context, url string) (*Store, error) {
	s := &Store{now: time.Now}
	if url == "" {
		dir, err := os.MkdirTemp("", "hejie-")
		if err != nil {
			return nil, fmt.Errorf("store: temporary database: %w", err)
		}
		s.tempDir, url = dir, "sqlite:"+filepath.Join(dir, "hejie.db")
	}
	t, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	s.dialect, s.url, s.node = t.dialect, t.write, newID()
	if err := s.openPools(ctx, t); err != nil {
		return nil, errors.Join(fmt.Errorf("store: open %s: %w", t.shown, err), s.Shutdown())
	}
	return s, nil
}

func (s *Store) openPools(ctx context.Context, t target) (err error) {
	if t.path != "" {
		if err := prepareFile(t.path); err != nil {
			return err
		}
	}
	if s.writer, err = sqlx.ConnectContext(ctx, t.dialect.driver(), t.write); err != nil {
		return err
	}
	if t.dialect == postgres {
		s.writer.SetMaxOpenConns(maxConns)
		s.writer.SetMaxIdleConns(maxConns)
		s.readers = s.writer
		return nil
	}
	s.writer.SetMaxOpenConns(1)
	s.writer.SetConnMaxIdleTime(0)
	if s.readers, err = sqlx.ConnectContext(ctx, t.dialect.driver(), t.read); err != nil {
		return err
	}
	s.readers.SetMaxOpenConns(maxConns)
	s.readers.SetMaxIdleConns(maxConns)
	return nil
}

// maxConns bounds open connections; more would only queue inside the database.
const maxConns = 16

func (s *Store) start(ctx context.Context) error {
	if _, err := s.migrate(ctx); err != nil {
		return err
	}
	var err error
	if s.vault, err = newVault(s.secret); err != nil {
		return err
	}
	if s.writes, err = prepare(ctx, s.writer, s.dialect); err != nil {
		return err
	}
	s.reads = s.writes
	if s.dialect == sqlite {
		if s.reads, err = prepare(ctx, s.readers, s.dialect); err != nil {
			return err
		}
		s.group = newGroupWriter(s)
	}
	return s.dropStaleImports(ctx)
}

// Shutdown waits for writes under way and closes the database. (Close ends a conversation.)
func (s *Store) Shutdown() error {
	var errs []error
	if s.group != nil {
		s.group.close()
	}
	if s.readers != nil && s.readers != s.writer {
		errs = append(errs, s.readers.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.Close())
	}
	if s.tempDir != "" {
		errs = append(errs, os.RemoveAll(s.tempDir))
	}
	return errors.Join(errs...)
}

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.readers.PingContext(ctx); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// Dialect names the database: sqlite or postgres.
func (s *Store) Dialect() string { return string(s.dialect) }

// newID is a time-ordered id, so that rows made together lie together.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

func (s *Store) nowMS() int64 { return s.now().UnixMilli() }
