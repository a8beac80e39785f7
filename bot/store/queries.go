package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jmoiron/sqlx"
)

//go:embed queries/*.sql
var queryFS embed.FS

// queryTexts holds each `-- name: x` block of queries/*.sql under its name.
var queryTexts = mustLoad(queryFS)

type statements map[string]*sqlx.Stmt

const onlyPostgres = ".postgres"

func mustLoad(fsys fs.FS) map[string]string {
	q, err := loadQueries(fsys)
	if err != nil {
		panic(err) // the files are part of the program: a broken one is a broken build
	}
	return q
}

func loadQueries(fsys fs.FS) (map[string]string, error) {
	files, err := fs.Glob(fsys, "queries/*.sql")
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, f := range files {
		b, err := fs.ReadFile(fsys, f)
		if err != nil {
			return nil, err
		}
		for i, block := range strings.Split("\n"+string(b), "\n-- name: ") {
			if i == 0 {
				continue // the file's heading
			}
			name, text, _ := strings.Cut(block, "\n")
			if name = strings.TrimSpace(name); out[name] != "" || strings.TrimSpace(text) == "" {
				return nil, fmt.Errorf("store: %s: query %q is empty or defined twice", f, name)
			}
			out[name] = text
		}
	}
	return out, nil
}

// prepare prepares every query, so that a bad one stops the start instead of a debtor's turn.
// A query NAME.postgres takes the place of NAME on PostgreSQL: locks that SQLite neither has nor needs.
func prepare(ctx context.Context, db *sqlx.DB, d dialect) (statements, error) {
	out := make(statements, len(queryTexts))
	for name, text := range queryTexts {
		if strings.HasSuffix(name, onlyPostgres) {
			continue
		}
		if own, ok := queryTexts[name+onlyPostgres]; ok && d == postgres {
			text = own
		}
		st, err := db.PreparexContext(ctx, text) //nolint:sqlclosecheck // lives as long as the store
		if err != nil {
			return nil, fmt.Errorf("store: query %s: %w", name, err)
		}
		out[name] = st
	}
	return out, nil
}

func (m statements) named(name string) *sqlx.Stmt {
	st, ok := m[name]
	if !ok {
		panic("store: no query named " + name) // a typo: every name is used by a test
	}
	return st
}

// get reads one row outside a write; sel reads many.
func (s *Store) get(ctx context.Context, dst any, name string, args ...any) error {
	return s.reads.named(name).GetContext(ctx, dst, args...) //nolint:sqlclosecheck // as above
}

func (s *Store) sel(ctx context.Context, dst any, name string, args ...any) error {
	return s.reads.named(name).SelectContext(ctx, dst, args...) //nolint:sqlclosecheck // as above
}
