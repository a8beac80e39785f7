package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func TestMigrationsWithoutGap(t *testing.T) {
	file := func(names ...string) fstest.MapFS {
		m := fstest.MapFS{}
		for _, n := range names {
			m["migrations/"+n] = &fstest.MapFile{Data: []byte("-- +goose Up\nSELECT 1;")}
		}
		return m
	}
	for name, tc := range map[string]struct {
		fs  fstest.MapFS
		bad string
	}{
		"good":        {file("0001_a.sql", "0002_b.sqlite.sql", "0002_b.postgres.sql"), ""},
		"gap":         {file("0001_a.sql", "0003_b.sql"), "0003_b.sql stands where 0002"},
		"double":      {file("0001_a.sql", "0001_b.sql"), "stands where 0002"},
		"one only":    {file("0001_a.sql", "0002_b.postgres.sql", "0003_c.sql"), "0003_c.sql stands where 0002"},
		"no number":   {file("first.sql"), "0001_what.sql"},
		"from second": {file("0002_a.sql"), "stands where 0001"},
	} {
		_, _, err := ownMigrations(tc.fs, sqlite)
		if tc.bad == "" && err != nil || tc.bad != "" && (err == nil || !strings.Contains(err.Error(), tc.bad)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, d := range []dialect{sqlite, postgres} {
		if mine, others, err := ownMigrations(migrationFS, d); err != nil || len(mine) < 2 || len(others) == 0 {
			t.Errorf("%s: %d files, %d others, %v", d, len(mine), len(others), err)
		}
	}
}

func TestForeignSchemaStopsTheStart(t *testing.T) {
	for name, tc := range map[string]struct{ sql, want string }{
		"newer":   {`INSERT INTO migration_sum (version, name, sha256) VALUES (99, '0099_future.sql', 'x')`, "newer version"},
		"changed": {`UPDATE migration_sum SET sha256 = 'other' WHERE version = 1`, "was changed after it ran"},
		"gap":     {`DELETE FROM migration_sum WHERE version = 1`, "never ran"},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, url string) {
				s := must1(Open(bg, url))(t)
				_, err := s.writer.Exec(tc.sql)
				must(t, err)
				must(t, s.Shutdown())
				if _, err := Open(bg, url); err == nil || !strings.Contains(err.Error(), tc.want) {
					t.Fatalf("got %v", err)
				}
				if _, err := Schema(bg, url); err == nil || !strings.Contains(err.Error(), tc.want) {
					t.Fatalf("schema: %v", err)
				}
			})
		})
	}
}

func TestMigrateAndSchema(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		before := must1(Schema(bg, url))(t)
		first := must1(Migrate(bg, url))(t)
		again := must1(Migrate(bg, url))(t)
		after := must1(Schema(bg, url))(t)
		if before.Current != 0 || before.Target < 2 || len(first.Applied) != int(before.Target) || len(again.Applied) != 0 || after.Current != before.Target {
			t.Fatalf("before %+v, first %+v, again %+v, after %+v", before, first, again, after)
		}
	})
}

// A crash after goose's own commit and before ours: the next start completes the list instead of failing.
func TestInterruptedMigrationIsCompleted(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := must1(Open(bg, url))(t)
		_, err := s.writer.Exec(`DELETE FROM migration_sum WHERE version = (SELECT max(version) FROM migration_sum)`)
		must(t, err)
		must(t, s.Shutdown())
		if st := must1(Migrate(bg, url))(t); len(st.Applied) != 1 {
			t.Fatalf("got %+v", st)
		}
	})
}

func TestURLs(t *testing.T) {
	for raw, want := range map[string]dialect{
		"sqlite:a.db": sqlite, "sqlite:///tmp/a.db": sqlite, "file:a.db?x=1": sqlite, "data/a.db": sqlite,
		"postgres://u:secret@h/db": postgres, "postgresql://h/db": postgres,
	} {
		got, err := parseURL(raw)
		if err != nil || got.dialect != want || strings.Contains(got.shown, "secret") {
			t.Errorf("%s: %+v %v", raw, got, err)
		}
	}
	for _, raw := range []string{"mysql://h/db", "sqlite:", "sqlite::memory:", "postgres://%zz:secret@h"} {
		if got, err := parseURL(raw); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %+v %v", raw, got, err)
		}
	}
}

func TestDatabaseFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "x.db")
	s := open(t, path)
	openConv(t, s, "c1")
	for _, p := range []string{path, path + "-wal", filepath.Dir(path)} {
		st := must1(os.Stat(p))(t)
		if st.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s can be read by others: %v", p, st.Mode())
		}
	}
}
