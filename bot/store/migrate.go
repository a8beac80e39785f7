package store

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrationFS embed.FS

// migration is one step of the schema. Where the databases differ a step has a file for each: NNNN_name.sqlite.sql, NNNN_name.postgres.sql.
type migration struct {
	Version int64  `db:"version"`
	Name    string `db:"name"`
	SHA256  string `db:"sha256"`
}

// SchemaState tells how the schema stands without changing it.
type SchemaState struct {
	Current, Target int64
	Applied         []string // names of the migrations this call ran
}

// Migrate brings the database at url up to date and says what it did.
func Migrate(ctx context.Context, url string) (SchemaState, error) {
	return withSchema(ctx, url, (*Store).migrate)
}

// Schema reads how the schema at url stands.
func Schema(ctx context.Context, url string) (SchemaState, error) {
	return withSchema(ctx, url, (*Store).schemaState)
}

func withSchema(ctx context.Context, url string, f func(*Store, context.Context) (SchemaState, error)) (SchemaState, error) {
	s, err := connect(ctx, url)
	if err != nil {
		return SchemaState{}, err
	}
	st, err := f(s, ctx)
	return st, errors.Join(err, s.Shutdown())
}

func (s *Store) schemaState(ctx context.Context) (SchemaState, error) {
	mine, _, err := ownMigrations(migrationFS, s.dialect)
	if err != nil {
		return SchemaState{}, err
	}
	applied, err := s.appliedMigrations(ctx)
	if err != nil {
		return SchemaState{}, err
	}
	return SchemaState{Current: int64(len(applied)), Target: int64(len(mine))}, compareMigrations(mine, applied)
}

func (s *Store) migrate(ctx context.Context) (SchemaState, error) {
	mine, others, err := ownMigrations(migrationFS, s.dialect)
	if err != nil {
		return SchemaState{}, err
	}
	if _, err := s.writer.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS migration_sum (version BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL)`); err != nil {
		return SchemaState{}, fmt.Errorf("store: migrations: %w", err)
	}
	applied, err := s.appliedMigrations(ctx)
	if err != nil {
		return SchemaState{}, err
	}
	if err := compareMigrations(mine, applied); err != nil {
		return SchemaState{}, err
	}
	state := SchemaState{Current: int64(len(mine)), Target: int64(len(mine))}
	if len(applied) == len(mine) {
		return state, nil
	}
	if err := s.runMigrations(ctx, others, int64(len(mine))); err != nil {
		return SchemaState{}, err
	}
	for _, m := range mine[len(applied):] {
		if _, err := s.writer.ExecContext(ctx, `INSERT INTO migration_sum (version, name, sha256) VALUES ($1, $2, $3) ON CONFLICT (version) DO NOTHING`,
			m.Version, m.Name, m.SHA256); err != nil {
			return SchemaState{}, fmt.Errorf("store: migrations: %w", err)
		}
		state.Applied = append(state.Applied, m.Name)
	}
	return state, nil
}

// runMigrations lets goose run what is missing; on PostgreSQL under a lock, so that two starting nodes do not race.
func (s *Store) runMigrations(ctx context.Context, others []string, target int64) error {
	files, err := fs.Sub(migrationFS, "migrations")
	if err != nil {
		return err
	}
	opts := []goose.ProviderOption{goose.WithExcludeNames(others), goose.WithDisableGlobalRegistry(true)}
	d := goose.DialectSQLite3
	if s.dialect == postgres {
		d = goose.DialectPostgres
		l, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
		if err != nil {
			return fmt.Errorf("store: migration lock: %w", err)
		}
		opts = append(opts, goose.WithSessionLocker(l))
	}
	p, err := goose.NewProvider(d, s.writer.DB, files, opts...)
	if err != nil {
		return fmt.Errorf("store: migrations: %w", err)
	}
	if at, err := p.GetDBVersion(ctx); err != nil {
		return fmt.Errorf("store: schema version: %w", err)
	} else if at > target {
		return newerSchema(at, target)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("store: migrations: %w", err)
	}
	return nil
}

func newerSchema(at, target int64) error {
	return fmt.Errorf("store: the database was written by a newer version of this program (schema %d, this program knows %d): use that version, or restore a backup", at, target)
}

// appliedMigrations is what ran on this database, oldest first; none on a fresh one.
func (s *Store) appliedMigrations(ctx context.Context) ([]migration, error) {
	table := `SELECT count(*) FROM sqlite_master WHERE name = 'migration_sum'`
	if s.dialect == postgres {
		table = `SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'migration_sum'`
	}
	var n int
	if err := s.readers.GetContext(ctx, &n, table); err != nil || n == 0 {
		return nil, err
	}
	var out []migration
	if err := s.readers.SelectContext(ctx, &out, `SELECT version, name, sha256 FROM migration_sum ORDER BY version`); err != nil {
		return nil, fmt.Errorf("store: migrations: %w", err)
	}
	return out, nil
}

// compareMigrations refuses a database whose past is not a prefix of this program's: going on would corrupt it at run time.
func compareMigrations(mine, applied []migration) error {
	if len(applied) > len(mine) {
		return newerSchema(applied[len(applied)-1].Version, int64(len(mine)))
	}
	for i, a := range applied {
		switch m := mine[i]; {
		case a.Version != m.Version:
			return fmt.Errorf("store: migration %d never ran on this database though later ones did", m.Version)
		case a.SHA256 != m.SHA256:
			return fmt.Errorf("store: migration %s was changed after it ran on this database (as %s): restore the file and add a new migration instead", m.Name, a.Name)
		}
	}
	return nil
}

// ownMigrations lists the files of one database in order, and the names that belong to the other. A gap or a double is an error.
func ownMigrations(fsys fs.FS, d dialect) (mine []migration, others []string, err error) {
	files, err := fs.Glob(fsys, "migrations/*.sql")
	if err != nil {
		return nil, nil, err
	}
	for _, f := range files {
		name := path.Base(f)
		if !belongs(name, d) {
			others = append(others, name)
			continue
		}
		no, _, _ := strings.Cut(name, "_")
		v, err := strconv.ParseInt(no, 10, 64)
		if err != nil || len(no) != 4 {
			return nil, nil, fmt.Errorf("store: migration %s: a name like 0001_what.sql is expected", name)
		}
		b, err := fs.ReadFile(fsys, f)
		if err != nil {
			return nil, nil, err
		}
		sum := sha256.Sum256(b)
		mine = append(mine, migration{Version: v, Name: name, SHA256: hex.EncodeToString(sum[:])})
	}
	slices.SortFunc(mine, func(a, b migration) int { return int(a.Version - b.Version) })
	for i, m := range mine {
		if m.Version != int64(i+1) {
			return nil, nil, fmt.Errorf("store: migrations must be numbered without gaps: %s stands where %04d is expected", m.Name, i+1)
		}
	}
	return mine, others, nil
}

func belongs(name string, d dialect) bool {
	switch {
	case strings.HasSuffix(name, ".sqlite.sql"):
		return d == sqlite
	case strings.HasSuffix(name, ".postgres.sql"):
		return d == postgres
	}
	return true
}
