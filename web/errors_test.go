package web

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hejie/bot"
)

// Every error the bot exports has a code, and every code a status and both sentences.
func TestErrorTableIsWhole(t *testing.T) {
	inTable := map[string]bool{}
	for _, d := range domainCodes {
		inTable[d.err.Error()] = true
		if got := codeOf(fmt.Errorf("wrapped: %w", d.err)); got != d.code {
			t.Errorf("%v is %s, want %s", d.err, got, d.code)
		}
		if _, ok := errorTable[d.code]; !ok {
			t.Errorf("code %s has no line", d.code)
		}
	}
	for _, text := range exportedErrors(t, "../bot") {
		if !inTable[text] {
			t.Errorf("bot error %q has no code", text)
		}
	}
	for status, code := range statusCodes {
		if errorTable[code].Status != status {
			t.Errorf("%s is %d in the table, %d here", code, errorTable[code].Status, status)
		}
	}
	for code, line := range errorTable {
		if http.StatusText(line.Status) == "" || line.Status < 400 || line.ZH == "" || line.EN == "" || line.ZH == line.EN {
			t.Errorf("line %s: %+v", code, line)
		}
	}
}

// exportedErrors finds `ErrX = errors.New("text")` in a package's source, so that a new one cannot be forgotten here.
func exportedErrors(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no source in %s: %v", dir, err)
	}
	var out []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || len(v.Names) != 1 || len(v.Values) != 1 || !strings.HasPrefix(v.Names[0].Name, "Err") {
				return true
			}
			if call, ok := v.Values[0].(*ast.CallExpr); ok && len(call.Args) == 1 {
				if lit, ok := call.Args[0].(*ast.BasicLit); ok {
					out = append(out, strings.Trim(lit.Value, `"`))
				}
			}
			return true
		})
	}
	if len(out) < 5 {
		t.Fatalf("found only %v", out)
	}
	return out
}

func TestUnknownErrorsStayInside(t *testing.T) {
	if got := codeOf(errors.New("pq: password authentication failed")); got != "internal" {
		t.Fatalf("code: %s", got)
	}
	d := newTestDesk(t)
	c := d.as("agent")
	c.post(consoleAPI+"/conversations/c1/take", nil)
	d.desk.submitErr = errors.New("dial tcp 10.0.0.7: SECRET")
	res := c.post(consoleAPI+"/conversations/c1/reply", map[string]string{"text": "您好"})
	if res.status != 500 || res.code(t) != "internal" || strings.Contains(string(res.body), "SECRET") {
		t.Fatalf("internal error: %d %s", res.status, res.body)
	}
	if !strings.Contains(d.logs.String(), "SECRET") || !strings.Contains(d.logs.String(), res.header.Get("X-Request-Id")) {
		t.Fatal("the log lacks the cause or the request's id")
	}
	d.desk.submitErr = fmt.Errorf("bot: %w", bot.ErrNotHolder)
	if res := c.post(consoleAPI+"/conversations/c1/reply", map[string]string{"text": "您好"}); res.status != 409 || res.code(t) != "not_holder" {
		t.Fatalf("lost the conversation meanwhile: %d %s", res.status, res.body)
	}
}

func TestErrorLanguage(t *testing.T) {
	d := newTestDesk(t)
	for header, want := range map[string]string{
		"": "请先登录。", "en-GB,en;q=0.9": "Please sign in.", "zh-CN": "请先登录。", "fr, zh;q=0.5": "请先登录。", "fr,en": "Please sign in.",
	} {
		if res := d.client().get(consoleAPI+"/me", "Accept-Language", header); !strings.Contains(string(res.body), want) {
			t.Errorf("%q: %s", header, res.body)
		}
	}
}

func TestInvalidInput(t *testing.T) {
	d := newTestDesk(t)
	c := d.as("agent")
	for _, k := range []struct {
		method, path, body string
		status             int
		code               string
	}{
		{"GET", "/queue?filter=everything", "", 422, "invalid"},
		{"GET", "/queue?limit=0", "", 422, "invalid"},
		{"GET", "/conversations/c1?after=-1", "", 422, "invalid"},
		{"GET", "/conversations/nobody", "", 404, "not_found"},
		{"GET", "/nothing", "", 404, "not_found"},
		{"PUT", "/me", "", 405, "method_not_allowed"},
		{"POST", "/conversations/c1/check", "{", 400, "bad_request"},
		{"POST", "/conversations/c1/check", `{"text":5}`, 422, "invalid"},
		{"POST", "/conversations/c1/check", `{"text":"  "}`, 422, "empty"},
		{"POST", "/conversations/c1/notes", `{"text":" \n"}`, 422, "empty"},
		{"POST", "/conversations/c1/check", `{"text":"` + strings.Repeat("长", 4001) + `"}`, 413, "too_large"},
		{"POST", "/conversations/c1/check", `{"text":"` + strings.Repeat("x", 40<<10) + `"}`, 413, "too_large"},
		{"POST", "/conversations/c1/check", `{"text":"` + strings.Repeat("x", 1<<20) + `"}`, 413, "too_large"},
		{"POST", "/sign-in", `{"login":"agent","password":"` + strings.Repeat("x", 8<<10) + `"}`, 413, "too_large"},
		{"POST", "/sign-in", `{"login":"agent","password":"PASSWORD-` + strings.Repeat("x", 300) + `"}`, 422, "invalid"},
	} {
		res := c.do(k.method, consoleAPI+k.path, k.body, "Content-Type", "application/json")
		if res.status != k.status || res.code(t) != k.code {
			t.Errorf("%s %s %.30s: %d %.200s", k.method, k.path, k.body, res.status, res.body)
		}
		if strings.Contains(string(res.body), "PASSWORD") {
			t.Errorf("the answer repeats the password: %s", res.body)
		}
	}
}
