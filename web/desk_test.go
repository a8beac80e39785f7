package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/flows"
)

func TestTakeReplyHandBack(t *testing.T) {
	d := newTestDesk(t)
	c := d.as("agent")
	path := consoleAPI + "/conversations/c1"
	if res := c.post(path+"/reply", map[string]string{"text": "您好"}); res.status != 409 || res.code(t) != "not_holder" {
		t.Fatalf("reply without holding: %d %s", res.status, res.body)
	}
	var conv ConvView
	c.post(path+"/take", nil).into(t, &conv)
	if conv.Control != bot.ByAgent || conv.AgentID != "id-agent" || conv.AgentName != "Name agent" {
		t.Fatalf("taken: %+v", conv)
	}
	if res := d.as("other").post(path+"/take", nil); res.status != 409 || res.code(t) != "not_holder" {
		t.Fatalf("a second taker: %d %s", res.status, res.body)
	}
	if res := d.as("other").post(path+"/reply", map[string]string{"text": "您好"}); res.status != 409 {
		t.Fatalf("another's reply: %d", res.status)
	}
	var out ReplyResult
	c.post(path+"/reply", map[string]string{"text": "  您好，我是人工客服。 "}).into(t, &out)
	if !out.Sent || len(d.desk.submitted) != 1 {
		t.Fatalf("reply: %+v, submitted %d", out, len(d.desk.submitted))
	}
	dr := d.desk.submitted[0]
	if dr.Author != guard.Agent || dr.AgentID != "id-agent" || dr.Kind != guard.Reply || dr.To.Address != "sess-c1" || dr.To.DebtorID != "d-1" ||
		dr.To.ConversationID != "c1" || len(dr.Parts) != 1 || dr.Parts[0].Text != "您好，我是人工客服。" || dr.Parts[0].Role != "body" {
		t.Fatalf("draft: %+v", dr)
	}
	conv = ConvView{}
	c.post(path+"/hand-back", nil).into(t, &conv)
	if conv.Control != bot.ByBot || conv.AgentID != "" {
		t.Fatalf("handed back: %+v", conv)
	}
	c.post(path+"/close", nil).into(t, &conv)
	if conv.Control != bot.Closed {
		t.Fatalf("closed: %+v", conv)
	}
	if res := c.post(path+"/reply", map[string]string{"text": "您好"}); res.code(t) != "closed" {
		t.Fatalf("reply after close: %d", res.status)
	}
}

// The same reply sent again after a lost answer must reach the desk under the same draft id.
func TestReplyIsIdempotentByDraftID(t *testing.T) {
	d := newTestDesk(t)
	c := d.as("agent")
	c.post(consoleAPI+"/conversations/c1/take", nil)
	body := map[string]string{"text": "您好", "draft_id": "6b0c4c0e-6c1c-4b58-9f0a-3a2f6d1f4c11"}
	for range 2 {
		if res := c.post(consoleAPI+"/conversations/c1/reply", body); res.status != 200 {
			t.Fatalf("reply: %d %s", res.status, res.body)
		}
	}
	if a, b := d.desk.submitted[0].ID, d.desk.submitted[1].ID; a != b || !strings.Contains(a, "c1") || !strings.Contains(a, "id-agent") {
		t.Fatalf("draft ids %q and %q", a, b)
	}
	if res := c.post(consoleAPI+"/conversations/c1/reply", map[string]string{"text": "您好", "draft_id": "../x"}); res.status != 422 {
		t.Fatalf("a draft id that is no uuid: %d", res.status)
	}
}

func TestConversationPage(t *testing.T) {
	d := newTestDesk(t)
	v := guard.Verdict{Decision: guard.Pass, Ruleset: "r1", Sources: []guard.Figure{{Kind: guard.Money, Value: 81300, Origin: "entry:e2"}}}
	d.desk.say("c1", bot.Message{Direction: "in", Author: "debtor", Kind: "text", Text: "利息怎么这么多"}, guard.Verdict{})
	d.desk.say("c1", bot.Message{Direction: "in", Author: "debtor", Kind: "action", Action: &flows.Action{Name: "verify",
		Fields: map[string]string{"name": "张建国", "id_last4": "0032"}}}, guard.Verdict{})
	for range 600 { // the verdict must be found however long the audit is
		if err := d.console.LogAudit(context.Background(), "control", "x", "c1", nil); err != nil {
			t.Fatal(err)
		}
	}
	d.desk.say("c1", bot.Message{Direction: "out", Author: "bot", Kind: "text", Parts: []guard.Part{{Role: "body", Text: "利息 813.00 元"}}}, v)
	d.desk.held["c1"] = []bot.Outgoing{{Draft: guard.Draft{ID: "h1", Author: guard.Bot, Parts: []guard.Part{{Role: "body", Text: "每期 970 元"}}},
		Verdict: guard.Verdict{Decision: guard.Hold, Rewrite: "每期 976.08 元"}, Facts: guard.Facts{DebtorName: "张建国"}}}
	c := d.as("agent")
	c.post(consoleAPI+"/conversations/c1/notes", map[string]string{"text": "工资 12 日到账"})
	res := c.get(consoleAPI + "/conversations/c1")
	var page ConvPage
	res.into(t, &page)
	if len(page.Messages) != 3 || page.Messages[0].Text != "利息怎么这么多" {
		t.Fatalf("messages: %+v", page.Messages)
	}
	if got := page.Messages[2].Verdict; got == nil || got.Decision != guard.Pass || len(got.Sources) != 1 || got.Sources[0].Origin != "entry:e2" {
		t.Fatalf("verdict: %+v", got)
	}
	if got := page.Messages[1].Action; got == nil || got.Fields["id_last4"] != "****" {
		t.Fatalf("identity form: %+v", got)
	}
	if len(page.Held) != 1 || page.Held[0].Verdict.Rewrite != "每期 976.08 元" || len(page.Notes) != 1 || page.Notes[0].AgentName != "Name agent" {
		t.Fatalf("held %+v notes %+v", page.Held, page.Notes)
	}
	if strings.Contains(string(res.body), "张建国") || strings.Contains(string(res.body), "0032") || strings.Contains(string(res.body), "sess-c1") {
		t.Fatalf("the page shows what it should hide: %s", res.body)
	}
	c.get(consoleAPI+"/conversations/c1?limit=2").into(t, &page)
	if !page.More || len(page.Messages) != 2 {
		t.Fatalf("first window: more %v, %d messages", page.More, len(page.Messages))
	}
	c.get(consoleAPI+"/conversations/c1?after=2&limit=2").into(t, &page)
	if page.More || len(page.Messages) != 1 || page.Messages[0].Seq != 3 {
		t.Fatalf("second window: %+v", page)
	}
}

func TestPanelIsMaskedAndUnmaskingIsRecorded(t *testing.T) {
	d := newTestDesk(t)
	c := d.as("agent")
	res := c.get(consoleAPI + "/conversations/c1/panel")
	var p Panel
	res.into(t, &p)
	if p.Name != "张**" || p.Phone != "138****5521" || p.Accounts[0].No4 != "7710" || p.Accounts[0].Total != 1_182_140 || p.Contacts.Week != 1 {
		t.Fatalf("panel: %+v", p)
	}
	for _, secret := range []string{"张建国", "13812345521", "6225880012347710"} {
		if strings.Contains(string(res.body), secret) {
			t.Errorf("the masked panel holds %s", secret)
		}
	}
	if q := c.get(consoleAPI + "/queue"); strings.Contains(string(q.body), "张建国") {
		t.Errorf("the queue holds the name: %s", q.body)
	}
	before := len(d.console.kinds())
	var u Unmasked
	c.post(consoleAPI+"/conversations/c1/unmask", nil).into(t, &u)
	if u.Name != "张建国" || u.Phone != "13812345521" {
		t.Fatalf("unmasked: %+v", u)
	}
	lines := d.console.audit[before:]
	if len(lines) != 1 || lines[0].Kind != "unmask" || lines[0].Actor != "id-agent" || lines[0].ConvID != "c1" {
		t.Fatalf("audit: %+v", lines)
	}
	d.console.auditErr = errors.New("down")
	if res := c.post(consoleAPI+"/conversations/c1/unmask", nil); res.status != 500 || strings.Contains(string(res.body), "张建国") {
		t.Fatalf("shown without a record: %d %s", res.status, res.body)
	}
}

func TestVisitorPanelIsEmpty(t *testing.T) {
	d := newTestDesk(t)
	d.addConv("v1", "李四", "") // the file knows a candidate, the conversation does not
	c := d.as("agent")
	res := c.get(consoleAPI + "/conversations/v1/panel")
	var p Panel
	res.into(t, &p)
	if p.Known || p.Name != "" || len(p.Accounts) != 0 || strings.Contains(string(res.body), "李") {
		t.Fatalf("a visitor's panel: %s", res.body)
	}
	if res := c.post(consoleAPI+"/conversations/v1/unmask", nil); res.status != 404 {
		t.Fatalf("unmask a visitor: %d", res.status)
	}
}

func TestMasks(t *testing.T) {
	for in, want := range map[string]string{"张伟": "张*", "欧阳建国": "欧***", "John Smith": "J*** S****", "": "", "李": "李"} {
		if got := maskName(in); got != want {
			t.Errorf("maskName(%q) = %q", in, got)
		}
	}
	for in, want := range map[string]string{"13812345521": "138****5521", "5521": "5521", "": "", "138-1234-5521": "138****5521",
		"+8613812345521": "+86*******5521", "1234567": "***4567"} {
		if got := maskPhone(in); got != want {
			t.Errorf("maskPhone(%q) = %q", in, got)
		}
	}
}

func TestCheckWhileTypingIsLimited(t *testing.T) {
	d := newTestDesk(t)
	c := d.as("agent")
	limited := 0
	for range 30 {
		if res := c.post(consoleAPI+"/conversations/c1/check", map[string]string{"text": "您好"}); res.status == 429 {
			limited++
		}
	}
	if limited != 10 || len(d.desk.submitted) != 0 {
		t.Fatalf("limited %d of 30, stored %d", limited, len(d.desk.submitted))
	}
}

func TestOpenAPI(t *testing.T) {
	d := newTestDesk(t)
	res := d.client().get("/api/v1/openapi.json")
	var doc struct {
		OpenAPI    string
		Paths      map[string]map[string]json.RawMessage
		Components struct{ Schemas map[string]json.RawMessage }
	}
	res.into(t, &doc)
	if !strings.HasPrefix(doc.OpenAPI, "3.1") || len(doc.Paths) < 12 {
		t.Fatalf("openapi %s with %d paths", doc.OpenAPI, len(doc.Paths))
	}
	for _, r := range d.srv.engine.Routes() {
		if !strings.HasPrefix(r.Path, consoleAPI+"/") {
			continue
		}
		path := strings.ReplaceAll(r.Path, ":id", "{id}")
		if doc.Paths[path][strings.ToLower(r.Method)] == nil {
			t.Errorf("%s %s is not described", r.Method, path)
		}
	}
	if s := string(doc.Components.Schemas["ErrorBody"]); !strings.Contains(s, `"code"`) || !strings.Contains(s, `"message"`) {
		t.Errorf("error schema: %s", s)
	}
	if slices.ContainsFunc(d.srv.engine.Routes(), func(r ginRoute) bool { return strings.Contains(r.Path, "docs") }) {
		t.Error("a docs page is served: it loads scripts from a third party")
	}
}

func TestDemoRoutes(t *testing.T) {
	d := newTestDesk(t, func(o *Options) {
		o.Demo = &DemoOptions{Login: "demo", Password: "demo-password", CreditorID: "anhe", Creditor: "安和消费金融",
			People: func(context.Context) []DemoPerson {
				return []DemoPerson{{ID: "p1", Name: "张伟", Label: "信用卡"}}
			},
			SignIn: func(_ context.Context, id string) (string, string, error) {
				if id != "p1" {
					return "", "", bot.ErrNotFound
				}
				return "host-token", "张伟", nil
			}}
	})
	c := d.client()
	if res := c.get("/demo/people"); !strings.Contains(string(res.body), `"people":[{"id":"p1","name":"张伟","label":"信用卡"}]`) {
		t.Fatalf("people: %s", res.body)
	}
	if res := c.post("/demo/sign-in", map[string]string{"id": "p1"}); !strings.Contains(string(res.body), "host-token") {
		t.Fatalf("sign in: %d %s", res.status, res.body)
	}
	if res := c.post("/demo/sign-in", map[string]string{"id": "p9"}); res.code(t) != "not_found" {
		t.Fatalf("nobody: %d", res.status)
	}
	if res := c.post("/demo/sign-in", "{", "Sec-Fetch-Site", "cross-site"); res.code(t) != "cross_site" {
		t.Fatalf("cross-site: %d", res.status)
	}
	if res := c.get("/demo/info"); !strings.Contains(string(res.body), "demo-password") {
		t.Fatalf("info: %s", res.body)
	}
	if res := c.get("/"); res.status != 200 {
		t.Fatalf("portal: %d", res.status)
	}
	plain := newTestDesk(t).client()
	for _, path := range []string{"/", "/demo/people", "/demo/info"} {
		if res := plain.get(path); res.status != 404 {
			t.Errorf("%s without demo: %d", path, res.status)
		}
	}
}

func TestNewRefusesWrongOptions(t *testing.T) {
	d := newTestDesk(t)
	for name, change := range map[string]func(*Options){
		"no desk": func(o *Options) { o.Desk = nil }, "no console": func(o *Options) { o.Console = nil }, "no bus": func(o *Options) { o.Bus = nil },
		"no password check": func(o *Options) { o.CheckPassword = nil },
		"no url":            func(o *Options) { o.PublicURL = "" }, "ftp": func(o *Options) { o.PublicURL = "ftp://x" }, "path": func(o *Options) { o.PublicURL = "https://x/y" },
		"proxies": func(o *Options) { o.TrustedProxies = []string{"everybody"} },
	} {
		opt := Options{Desk: d.desk, Console: d.console, Bus: d.bus, PublicURL: "http://127.0.0.1:1",
			CheckPassword: func(string, string) bool { return false }}
		change(&opt)
		if _, err := New(opt); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestPanicIsInternal(t *testing.T) {
	d := newTestDesk(t)
	c := d.as("agent")
	d.console.queue = func() []bot.QueueItem { panic("SECRET PANIC") }
	res := c.get(consoleAPI + "/queue")
	if res.status != 500 || res.code(t) != "internal" || strings.Contains(string(res.body), "SECRET") || !strings.Contains(d.logs.String(), "SECRET PANIC") {
		t.Fatalf("panic: %d %s", res.status, res.body)
	}
}

func TestHealthAndMetrics(t *testing.T) {
	notReady := errors.New("migrating")
	d := newTestDesk(t, func(o *Options) { o.Ready = func(context.Context) error { return notReady } })
	c := d.client()
	if res := c.get("/healthz"); res.status != 200 {
		t.Fatalf("healthz: %d", res.status)
	}
	if res := c.get("/readyz"); res.status != 503 || strings.Contains(string(res.body), "migrating") {
		t.Fatalf("readyz: %d %s", res.status, res.body)
	}
	if res := c.get("/metrics"); res.status != 200 || !strings.Contains(string(res.body), `hejie_http_requests_total{method="GET",route="/healthz",status="200"} 1`) {
		t.Fatalf("metrics: %d %s", res.status, res.body)
	}
	req := httptest.NewRequest("GET", "/metrics", nil)
	req.RemoteAddr = "203.0.113.7:4711"
	rec := httptest.NewRecorder()
	d.srv.ServeHTTP(rec, req)
	if rec.Code != 404 {
		t.Fatalf("metrics to the internet: %d", rec.Code)
	}
}

// Where a verdict stands in the audit is shown to those who may read it; the verdict itself to everybody at the desk.
func TestProofIsForThoseWhoReadTheAudit(t *testing.T) {
	d := newTestDesk(t)
	d.desk.msgs["c1"] = []bot.Message{{ID: "m1", Seq: 1, Direction: "out", Author: "bot", Kind: "text", ClearanceID: "clr-1", State: "sent"}}
	d.console.audit = append(d.console.audit, bot.AuditLine{N: 1, ID: "clr-1", ConvID: "c1", Kind: "clearance", Verdict: guard.Verdict{Decision: guard.Pass}, Hash: "abc"})
	for role := range roleActions {
		var page ConvPage
		d.as(role).get(consoleAPI+"/conversations/c1").into(t, &page)
		if len(page.Messages) != 1 || page.Messages[0].Verdict == nil {
			t.Fatalf("%s: %+v", role, page.Messages)
		}
		if ref := page.Messages[0].Audit; (ref != nil) != can(role, ReadAudit) || ref != nil && (ref.Hash != "abc" || ref.N != 1) {
			t.Errorf("%s: %+v", role, ref)
		}
	}
}
