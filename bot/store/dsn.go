package store

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "github.com/lib/pq"  // driver "postgres"
	_ "modernc.org/sqlite" // driver "sqlite"
)

type dialect string

const (
	sqlite   dialect = "sqlite"
	postgres dialect = "postgres"
)

func (d dialect) driver() string { return string(d) }

// target is where a database is and how to reach it.
type target struct {
	dialect     dialect
	path        string // SQLite file
	write, read string // data source names
	shown       string // for messages: never with a password
}

// Pragmas go into the DSN because an Exec would reach one pooled connection only. busy_timeout comes first: switching to
// WAL must already be able to wait. synchronous(FULL): an answer that said "stored" must survive a power cut.
// recursive_triggers: without it INSERT OR REPLACE would delete append-only rows behind the triggers' back.
const sqlitePragmas = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
	"&_pragma=foreign_keys(1)&_pragma=recursive_triggers(1)&_pragma=cache_size(-16000)&_pragma=temp_store(MEMORY)"

func parseURL(raw string) (target, error) {
	switch {
	case strings.HasPrefix(raw, "postgres://"), strings.HasPrefix(raw, "postgresql://"):
		u, err := url.Parse(raw)
		if err != nil {
			return target{}, errors.New("store: the PostgreSQL address cannot be read: postgres://USER:PASSWORD@HOST:PORT/DATABASE is expected")
		}
		return target{dialect: postgres, write: raw, read: raw, shown: u.Redacted()}, nil
	case strings.HasPrefix(raw, "sqlite:"):
		return sqliteTarget(strings.TrimPrefix(strings.TrimPrefix(raw, "sqlite:"), "//"))
	case strings.HasPrefix(raw, "file:"):
		path, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(raw, "file:"), "//"), "?")
		return sqliteTarget(path)
	case strings.Contains(raw, "://"):
		scheme, _, _ := strings.Cut(raw, "://")
		return target{}, fmt.Errorf("store: %s databases are not supported; use postgres://… or sqlite:PATH", scheme)
	}
	return sqliteTarget(raw)
}

func sqliteTarget(path string) (target, error) {
	if path == "" || strings.HasPrefix(path, ":memory:") {
		return target{}, errors.New("store: SQLite needs a file path (an empty address makes a temporary file)")
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return target{}, fmt.Errorf("store: %w", err)
	}
	name := "file:" + (&url.URL{Path: filepath.ToSlash(abs)}).EscapedPath() + "?" + sqlitePragmas
	return target{
		dialect: sqlite, path: abs, shown: abs,
		write: name + "&_txlock=immediate", read: name + "&_txlock=deferred&_pragma=query_only(1)",
	}, nil
}

// prepareFile makes the file readable by its owner only: it holds people's debts.
func prepareFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) // #nosec G304 -- the operator's own path
	if err != nil {
		return err
	}
	return f.Close()
}
