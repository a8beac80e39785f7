// Package pgtest gives tests a throwaway PostgreSQL, started from the machine's own binaries, also as root.
// It is for tests only; it installs nothing, needs no network and leaves nothing behind.
package pgtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/lib/pq" // driver "postgres"
)

// EnvRequire lists, separated by commas, what must not be skipped: "postgres" makes a missing PostgreSQL a failure.
const EnvRequire = "HEJIE_REQUIRE"

var shared struct {
	once sync.Once
	srv  *server
	err  error
}

var databases atomic.Int64

// Main runs a package's tests and ends the server afterwards: func TestMain(m *testing.M) { pgtest.Main(m) }.
func Main(m *testing.M) {
	code := m.Run()
	if shared.srv != nil {
		shared.srv.stop()
	}
	os.Exit(code)
}

// URL makes a fresh, empty database and returns its address. Without PostgreSQL on the machine the test is skipped with
// the reason, or fails when HEJIE_REQUIRE names postgres. The package's TestMain must be Main.
func URL(tb testing.TB) string {
	tb.Helper()
	shared.once.Do(func() { shared.srv, shared.err = start() })
	if shared.err != nil {
		if slices.Contains(strings.Split(os.Getenv(EnvRequire), ","), "postgres") {
			tb.Fatalf("PostgreSQL is required: %v", shared.err)
		}
		tb.Skipf("no PostgreSQL: %v", shared.err)
	}
	name := fmt.Sprintf("t%d", databases.Add(1))
	if err := shared.srv.exec("CREATE DATABASE " + name); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := shared.srv.exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			tb.Error(err)
		}
	})
	return shared.srv.url(name)
}

type server struct {
	dir  string
	port int
	cmd  *exec.Cmd
	done chan error
	log  *os.File
}

// start finds the binaries, makes a cluster in a temporary folder and waits until it answers.
func start() (*server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "hejie-pg-")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir, done: make(chan error, 1)}
	if err := s.launch(bin); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

func (s *server) launch(bin string) error {
	who, err := unprivileged()
	if err != nil {
		return err
	}
	if who != nil { // PostgreSQL refuses to run as root
		if err := os.Chown(s.dir, int(who.uid), int(who.gid)); err != nil {
			return err
		}
	}
	data := filepath.Join(s.dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "hejie", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync") // #nosec G204
	asUser(initdb, who, s.dir)
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, lastLine(out))
	}
	if s.port, err = freePort(); err != nil {
		return err
	}
	if s.log, err = os.Create(filepath.Join(s.dir, "log")); err != nil {
		return err
	}
	// synchronous_commit and fsync stay on: the benchmarks measure durable commits.
	s.cmd = exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-p", strconv.Itoa(s.port), // #nosec G204
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200", "-c", "shared_buffers=64MB")
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	asUser(s.cmd, who, s.dir)
	started := make(chan error)
	go func() {
		// The death signal is tied to the thread that started the child: this one stays until the child is gone.
		runtime.LockOSThread()
		err := s.cmd.Start()
		started <- err
		if err == nil {
			s.done <- s.cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		s.cmd = nil
		return err
	}
	return s.wait()
}

func (s *server) wait() error {
	deadline := time.Now().Add(30 * time.Second)
	for {
		err := s.exec("SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case died := <-s.done:
			s.done <- died
			out, _ := os.ReadFile(s.log.Name())
			return fmt.Errorf("postgres ended at start: %w: %s", died, lastLine(out))
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("postgres does not answer: %w", err)
		}
	}
}

func (s *server) stop() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Signal(os.Interrupt) // fast shutdown
		select {
		case <-s.done: //nolint:errcheck // how it ended is of no interest
		case <-time.After(10 * time.Second):
			_ = s.cmd.Process.Kill()
			<-s.done //nolint:errcheck // as above
		}
	}
	if s.log != nil {
		_ = s.log.Close()
	}
	_ = os.RemoveAll(s.dir)
}

func (s *server) url(db string) string {
	u := url.URL{Scheme: "postgres", User: url.User("hejie"), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), Path: "/" + db, RawQuery: "sslmode=disable"}
	return u.String()
}

func (s *server) exec(sqlText string) error {
	db, err := sql.Open("postgres", s.url("postgres"))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	_, err = db.ExecContext(ctx, sqlText)
	return errors.Join(err, db.Close())
}

// binaries finds the folder that holds initdb and postgres: beside what PATH names, or where Debian keeps versions.
func binaries() (string, error) {
	var dirs []string
	for _, name := range []string{"initdb", "postgres"} {
		if p, err := exec.LookPath(name); err == nil {
			if real, err := filepath.EvalSymlinks(p); err == nil {
				dirs = append(dirs, filepath.Dir(real))
			}
		}
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin"} {
		found, _ := filepath.Glob(pattern)
		slices.Reverse(found) // the newest first
		dirs = append(dirs, found...)
	}
	for _, d := range dirs {
		if isFile(filepath.Join(d, "initdb")) && isFile(filepath.Join(d, "postgres")) {
			return d, nil
		}
	}
	return "", errors.New("initdb and postgres are neither on PATH nor under /usr/lib/postgresql")
}

func isFile(p string) bool {
	st, err := os.Stat(p)
	return err == nil && st.Mode().IsRegular()
}

type owner struct{ uid, gid uint32 }

// unprivileged is whom to run as when we are root; nil = as ourselves.
func unprivileged() (*owner, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &owner{uint32(uid), uint32(gid)}, nil
		}
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody")
}

// freePort asks the kernel for a port nobody uses.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func lastLine(b []byte) string {
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return lines[len(lines)-1]
}
