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
	"prompts":              {}, // words know nobody
	"flows/calendar":       {},
	"flows/ledger":         {"flows/calendar"},                 // an entry has a value date; calendar.Date is the one civil date type
	"flows/ledger/loan":    {"flows/ledger", "flows/calendar"}, // interest and yields; knows no policy and no offer
	"flows/arrange":        {"flows/ledger", "flows/ledger/loan", "flows/calendar"},
	"flows/policy":         {"flows/ledger", "flows/calendar", "flows/arrange"},        // calendar: seasons and promotions have dates
	"flows":                {"flows/*", "prompts"},                                     // pure: no store, no clock, no model
	"bot/text":             {"flows/calendar"},                                         // reads dates; knows nothing of debts
	"bot/text/linear":      {},                                                         // numbers about runes; knows no words of ours
	"bot/guard":            {"bot/guard/tone", "bot/text", "flows/calendar"},           // the filter must not know who asks it
	"bot/guard/tone":       {"bot/text", "bot/text/linear"},                            // hears a text; knows no rule and no fact
	"bot/understand":       {"bot", "bot/text", "bot/text/linear", "flows", "flows/*"}, // bot: the port it fills
	"bot":                  {"bot/guard", "flows", "flows/*", "prompts"},               // not its own stores, models and readers: they fill its ports
	"bot/store":            {"bot", "bot/guard", "flows", "flows/*"},                   // no words: it stores what others wrote
	"bot/store/pgtest":     {},                                                         // a throwaway PostgreSQL for tests of any package
	"bot/llm":              {"bot", "bot/text", "flows", "flows/*", "prompts"},         // text: redaction needs the one reader of figures
	"bot/paper":            {},                                                         // sets what others wrote
	"prompts/pages":        {},                                                         // words of pages; no layout
	"channels":             {"bot", "bot/guard"},                                       // the seam: ports, and what all adapters share
	"channels/wxapi":       {"channels"},                                               // what two vendors' interfaces share; no messages
	"channels/wxcrypt":     {},                                                         // the vendors' envelopes; no messages
	"channels/wechat":      {"channels", "channels/wxapi", "channels/wxcrypt"},
	"channels/wecom":       {"channels", "channels/wxapi", "channels/wxcrypt"},
	"channels/sms":         {"channels"},
	"channels/fakes":       {"channels/wxcrypt"}, // the vendors' side; must not know ours
	"channels/channeltest": {"bot/guard", "channels"},
	"channels/outhook":     {"bot"},                                                      // events and their queue; no text passes here
	"channels/webchat":     {"bot", "bot/guard", "bot/paper", "flows", "flows/calendar"}, // flows: the action and assurance types of the wire; no words
	"web":                  {"bot", "bot/guard", "flows", "flows/*"},                     // channels reach it as http.Handlers, through cmd
	"cmd/hejie":            {"*"},                                                        // and nobody imports it
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
	"github.com/danielgtaylor/huma/v2":  {[]string{"web"}, "domain code knows no HTTP"},
	"github.com/alexedwards/scs/v2":     {[]string{"web"}, "agents' sessions end at the face"},
	"github.com/pressly/goose/v3":       {[]string{"bot/store"}, "the schema belongs to the store"},
	"github.com/xuri/excelize/v2":       {[]string{"bot/store"}, "files of a portfolio are read in one place"},
	"github.com/golang-jwt/jwt/v5":      {[]string{"channels/webchat", "cmd/hejie"}, "one place judges host tokens; the demo plays the portal that signs them"},
	"github.com/signintech/gopdf":       {[]string{"bot/paper"}, "pages are set in one place"},
	"github.com/alecthomas/kong":        {[]string{"cmd/hejie"}, "only the program has a command line"},
}

// notIn: what a package must never import.
var notIn = map[string][]string{
	"bot/guard":         {"unsafe", "reflect", "net/http", "database/sql"}, // Cleared must not be forgeable from inside, and judging does no I/O
	"flows":             {"net/http", "database/sql", "os", "math/rand", "math/rand/v2"},
	"flows/arrange":     {"net/http", "database/sql", "os", "math/rand", "math/rand/v2"},
	"flows/ledger":      {"net/http", "database/sql", "os", "math/rand", "math/rand/v2"},
	"flows/ledger/loan": {"net/http", "database/sql", "os", "math/rand", "math/rand/v2"},
	"flows/calendar":    {"net/http", "os"},
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
		t.Fatalf("go list: %v", err)
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
	seen := map[string]bool{}
	for _, p := range list {
		name := strings.TrimPrefix(p.ImportPath, "hejie/")
		seen[name] = true
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
	for name := range mayImport {
		if !seen[name] {
			t.Errorf("%s has a row and no package", name)
		}
	}
}
