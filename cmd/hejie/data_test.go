package main

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hejie/bot/store"
)

// hejie runs a command in this process and returns its exit status and what it wrote.
func hejie(t *testing.T, stdin string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(args, &IO{In: strings.NewReader(stdin), Out: &o, Err: &e})
	return code, o.String(), e.String()
}

func wantRun(t *testing.T, code int, out string, stdin string, args ...string) {
	t.Helper()
	gotCode, gotOut, gotErr := hejie(t, stdin, args...)
	if gotCode != code || !strings.Contains(gotOut+gotErr, out) {
		t.Errorf("hejie %s: status %d, want %d\nout: %s\nerr: %s\nwant %q in it", strings.Join(args, " "), gotCode, code, gotOut, gotErr, out)
	}
}

const portfolioHead = "creditor,account_no,debtor_id,name,debt_type,currency,principal,as_of\n"

func TestImportCommand(t *testing.T) {
	dir := t.TempDir()
	db := "--db=sqlite:" + filepath.Join(dir, "x.db")
	good, bad := filepath.Join(dir, "good.csv"), filepath.Join(dir, "bad.csv")
	for path, text := range map[string]string{
		good: portfolioHead + "Acme,A-1,D-1,王芳,medical,CNY,12.50,2026-01-02\n",
		bad:  portfolioHead + "Acme,A-1,D-1,王芳,medical,CNY,12.505,2026-01-02\nAcme,A-2,D-2,李四,loan,CNY,1,2026-01-02\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	wantRun(t, 1, `row 2, column principal: "12.505" is not an amount`, "", "import", db, bad)
	wantRun(t, 1, "… and 1 more", "", "import", db, "--errors=1", bad)
	wantRun(t, 0, "1 new accounts", "", "import", db, "--dry-run", good)
	wantRun(t, 0, "1 rows loaded: 1 new accounts, 0 known ones, 1 new debtors, 1 new creditors, 1 ledger entries", "", "import", db, good)
	wantRun(t, 0, "0 new accounts, 1 known ones", "", "import", db, good)
	wantRun(t, 2, "", "", "import", db, filepath.Join(dir, "none.csv"))
	wantRun(t, 2, "not supported", "", "import", "--db=mysql://x", good)
	wantRun(t, 0, "hejie import --dry-run", "", "import", "--help")
}

func TestUserMigrateAuditCommands(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	db := "--db=sqlite:" + path
	wantRun(t, 1, "run hejie migrate", "", "migrate", "--check", db)
	wantRun(t, 0, "applied 0001_schema.sql", "", "migrate", db)
	wantRun(t, 0, "up to date", "", "migrate", "--check", db)
	wantRun(t, 0, "added linqian", "long enough\n", "user", "add", "linqian", "--name=林倩", "--role=supervisor", "--password-stdin", db)
	wantRun(t, 1, "is taken", "long enough\n", "user", "add", "LINQIAN", "--name=x", "--password-stdin", db)
	wantRun(t, 2, "characters", "short\n", "user", "add", "bob", "--name=x", "--password-stdin", db)
	wantRun(t, 2, "--password-stdin", "long enough\n", "user", "add", "bob", "--name=x", db)
	wantRun(t, 2, "", "long enough\n", "user", "add", "bob", "--name=x", "--role=king", "--password-stdin", db)
	wantRun(t, 0, "sound: 1 lines", "", "audit", "verify", db)

	st, err := store.Open(context.Background(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	a, err := st.AgentByLogin(context.Background(), "linqian")
	if err != nil || a.Role != "supervisor" || !store.CheckPassword(a.PasswordHash, "long enough") {
		t.Errorf("got %+v, %v", a, err)
	}
	if err := st.Shutdown(); err != nil {
		t.Fatal(err)
	}
	tamper(t, path)
	wantRun(t, 1, "broken: line 1", "", "audit", "verify", db)
}

func TestDoctorCommand(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("HEJIE_SECRET", "short")
	t.Setenv("HEJIE_ADDR", "nowhere")
	t.Setenv("HEJIE_DATA_DIR", dir)
	wantRun(t, 1, "HEJIE_SECRET: needs at least 32 bytes", "", "doctor")
	wantRun(t, 1, "ok    filter rules", "", "doctor")
	wantRun(t, 1, "does not exist yet", "", "doctor")
	if _, err := os.Stat(filepath.Join(dir, "hejie.db")); err == nil {
		t.Error("looking made a database")
	}
	t.Setenv("HEJIE_SECRET", "0123456789abcdef0123456789abcdef")
	t.Setenv("HEJIE_ADDR", "127.0.0.1:0")
	t.Setenv("HEJIE_PUBLIC_URL", "https://chat.example.com")
	wantRun(t, 0, "schema", "", "migrate")
	wantRun(t, 0, "is current", "", "doctor")
	wantRun(t, 1, "cannot be used", "", "doctor", "--db=postgres://nobody@127.0.0.1:1/none?sslmode=disable")
}

// tamper changes the audit as somebody with the file and a SQL shell would.
func tamper(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range []string{"DROP TRIGGER audit_no_update", "UPDATE audit SET actor = 'nobody' WHERE n = 1"} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
}
