package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport is the house's plan: which of our packages a package may import, beside the standard library. Every import runs down.
var mayImport = map[string][]string{
	"prompts":          {}, // words know nobody
	"flows/calendar":   {},
	"flows/ledger":     {"flows/calendar"}, // an entry has a value date; calendar.Date is the one civil date type
	"flows/arrange":    {"flows/ledger", "flows/calendar"},
	"flows/policy":     {"flows/ledger", "flows/calendar", "flows/arrange"},
	"flows":            {"flows/*", "prompts"}, // pure: no store, no clock, no model
	"bot/text":         {"flows/ledger", "flows/calendar"},
	"bot/guard":        {"bot/text", "flows/calendar", "flows/ledger"}, // the filter must not know who asks it
	"bot/understand":   {"bot", "bot/text", "flows", "flows/*"},
	"bot":              {"bot/guard", "flows", "flows/*", "prompts"},
	"bot/store":        {"bot", "bot/guard", "flows", "flows/*", "prompts"},
	"bot/store/pgtest": {},
	"bot/llm":          {"bot", "bot/guard", "bot/text", "flows", "flows/*", "prompts"}, // text: redaction needs the one reader of figures
	"channels":         {"bot", "bot/guard"},
	"channels/webchat": {"bot", "bot/guard", "channels", "flows", "flows/calendar"}, // flows: the action and assurance types of the wire
	"web":              {"bot", "bot/guard", "flows", "flows/*"},
	"cmd/hejie":        {"*"},
}

// onlyIn says which packages may import a library, and why the others may not.
var onlyIn = map[string]struct {
	in  []string
	why string
}{
	"github.com/gorilla/websocket":      {[]string{"channels/webchat", "web"}, "sockets belong to the faces"},
	"github.com/jmoiron/sqlx":           {[]string{"bot/store", "cmd/hejie"}, "SQL lives in one place"},
	"github.com/lib/pq":                 {[]string{"bot/store", "cmd/hejie", "bot/store/pgtest"}, "SQL lives in one place"},
	"modernc.org/sqlite":                {[]string{"bot/store", "cmd/hejie"}, "SQL lives in one place"},
	"github.com/sashabaranov/go-openai": {[]string{"bot/llm"}, "what a model sees is decided in one place"},
	"github.com/gin-gonic/gin":          {[]string{"web"}, "a channel gives an http.Handler"},
}

// notIn: what a package must never import.
var notIn = map[string][]string{
	"bot/guard":      {"unsafe", "reflect", "net/http", "database/sql"}, // Cleared must not be forgeable from inside, and judging does no I/O
	"flows":          {"net/http", "database/sql", "os", "math/rand", "math/rand/v2"},
	"flows/arrange":  {"net/http", "database/sql", "os", "math/rand", "math/rand/v2"},
	"flows/ledger":   {"net/http", "database/sql", "os", "math/rand", "math/rand/v2"},
	"flows/calendar": {"net/http", "os"},
}

type pkg struct {
	ImportPath string
	Imports    []string
}

func ourPackages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "hejie/...")
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("go list: %v", err)
	}
	var list []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func allowed(list []string, p string) bool {
	return slices.ContainsFunc(list, func(a string) bool {
		prefix, wild := strings.CutSuffix(a, "*")
		return a == p || (wild && strings.HasPrefix(p, prefix))
	})
}

func TestImportsRunDown(t *testing.T) {
	list := ourPackages(t)
	if len(list) < 12 {
		t.Fatalf("only %d packages seen", len(list))
	}
	for _, p := range list {
		name := strings.TrimPrefix(p.ImportPath, "hejie/")
		may, known := mayImport[name]
		if !known {
			t.Errorf("%s is not in the plan: give it a row", name)
			continue
		}
		for _, i := range p.Imports {
			if ours, ok := strings.CutPrefix(i, "hejie/"); ok && !allowed(may, ours) {
				t.Errorf("%s must not import %s", name, ours)
			}
			if slices.Contains(notIn[name], i) {
				t.Errorf("%s must not import %s", name, i)
			}
			for lib, o := range onlyIn {
				if (i == lib || strings.HasPrefix(i, lib+"/")) && !slices.Contains(o.in, name) {
					t.Errorf("%s must not import %s: %s", name, lib, o.why)
				}
			}
		}
	}
}
