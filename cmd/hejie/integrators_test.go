package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"hejie/bot"
	"hejie/channels/outhook"
)

// keyFor makes a key as an operator does, by the command.
func keyFor(t *testing.T, s *site, creditor string, scopes ...string) string {
	t.Helper()
	code, out, errs := runCLI("apikey", "add", creditor, "--name", "test", "--scope", strings.Join(scopes, ","), "--db", "sqlite:"+filepath.Join(s.cfg.DataDir, "hejie.db"))
	if code != exitGood {
		t.Fatalf("apikey add: %d %s", code, errs)
	}
	return strings.TrimSpace(out)
}

// rest calls the API; the answer is decoded loosely, as an integrator's script would.
func rest(t *testing.T, s *site, key, method, path string, body any, header ...string) (int, map[string]any, http.Header) {
	t.Helper()
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		in = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, s.cfg.PublicURL+"/api/v1"+path, in)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, _ := io.ReadAll(res.Body)
	out := map[string]any{}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &out); err != nil {
			t.Fatalf("%s %s: %d %q", method, path, res.StatusCode, raw)
		}
	}
	return res.StatusCode, out, res.Header
}

func items(m map[string]any) []map[string]any {
	list, _ := m["items"].([]any)
	out := make([]map[string]any, len(list))
	for i, v := range list {
		out[i], _ = v.(map[string]any)
	}
	return out
}

// receiver is an integrator's endpoint that checks every signature.
type receiver struct {
	mu    sync.Mutex
	key   string
	types []string
	bad   []string
}

func (r *receiver) handler(s *site) http.HandlerFunc {
	return func(_ http.ResponseWriter, q *http.Request) {
		b, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		var e struct{ Type string }
		if err := outhook.Verify(r.key, q.Header, b, s.clock.now()); err != nil || json.Unmarshal(b, &e) != nil || strings.Contains(string(b), "张") {
			r.bad = append(r.bad, string(b))
		}
		r.types = append(r.types, e.Type)
	}
}

func (r *receiver) has(typ string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.types {
		if t == typ {
			return true
		}
	}
	return false
}

// A creditor's system: a key from the command line, its books, a payment posted twice, and webhooks for what happens in a real talk.
func TestIntegratorOverTheWire(t *testing.T) {
	s := startSite(t, "", func(c *Config) { c.WebhookPrivate = "127.0.0.0/8" })
	key := keyFor(t, s, s.tenant.Name, bot.Scopes...)
	r := &receiver{}
	srv := httptest.NewServer(r.handler(s))
	t.Cleanup(srv.Close)
	if code, m, _ := rest(t, s, key, "POST", "/webhooks", map[string]any{"url": "https://10.0.0.1/x", "events": []string{"message"}}); code != 422 || m["code"] != "webhook_url" {
		t.Errorf("a private address: %d %v", code, m)
	}
	code, made, _ := rest(t, s, key, "POST", "/webhooks", map[string]any{"url": srv.URL, "events": []string{"message", "arrangement"}})
	if code != 201 {
		t.Fatalf("webhook: %d %v", code, made)
	}
	r.mu.Lock()
	r.key, _ = made["secret"].(string)
	r.mu.Unlock()
	tab := s.openTab(s.signIn("d-zhangwei"))
	settle(t, s, tab)
	await(t, "the arrangement's event", func() bool { return r.has("arrangement.active") && r.has("message.in") })
	if len(r.bad) > 0 {
		t.Errorf("badly signed or with words: %v", r.bad)
	}
	_, list, _ := rest(t, s, key, "GET", "/arrangements", nil)
	plan := items(list)[0]
	account, _ := plan["account_id"].(string)
	pay := map[string]any{"amount_fen": 12_345, "currency": "CNY", "on": s.clock.now().In(s.core.zone).Format("2006-01-02"), "reference": "bank-1"}
	path := "/accounts/" + account + "/payments"
	_, before, _ := rest(t, s, key, "GET", "/accounts/"+account, nil)
	for i := range 2 {
		code, p, _ := rest(t, s, key, "POST", path, pay, "Idempotency-Key", "k-1")
		if code != 200 || p["repeated"] != (i == 1) || p["total_fen"].(float64) != before["total_fen"].(float64)-12_345 {
			t.Fatalf("payment %d: %d %v", i, code, p)
		}
	}
	pay["amount_fen"] = 1
	if code, m, h := rest(t, s, key, "POST", path, pay, "Idempotency-Key", "k-1", "Accept-Language", "en"); code != 409 || m["code"] != "key_reused" ||
		h.Get("Content-Type") != "application/problem+json" || m["status"] != 409.0 || m["detail"] == "" {
		t.Errorf("key for another payment: %d %v %v", code, m, h)
	}
	code, talk, _ := rest(t, s, key, "GET", "/conversations/"+tab.ses.Conv+"/messages", nil)
	if code != 200 || len(items(talk)) < 5 {
		t.Errorf("transcript: %d %v", code, talk)
	}
	if code, m, _ := rest(t, s, key, "GET", "/accounts/"+account+"?as_of=2020-01-01", nil); code != 200 || m["total_fen"] != 0.0 {
		t.Errorf("before the debt: %d %v", code, m)
	}
	code, replayed, _ := rest(t, s, key, "POST", fmt.Sprint("/webhooks/", made["subscription"].(map[string]any)["id"], "/replay"), map[string]any{"from_n": 1, "to_n": 1 << 40})
	if code != 200 || replayed["replayed"].(float64) < 2 {
		t.Errorf("replay: %d %v", code, replayed)
	}
}

// A key never reaches what it has no scope for, and never another creditor's row: every operation of the description is tried.
func TestScopesAndCreditorsHold(t *testing.T) {
	s := startSite(t, "", nil)
	other := bot.Tenant{}
	other.ID, other.Name = "other", "别家小贷"
	if err := s.core.store.SaveTenant(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	tab := s.openTab(s.signIn("d-zhangwei"))
	settle(t, s, tab)
	own := keyFor(t, s, s.tenant.Name, bot.Scopes...)
	foreign := keyFor(t, s, other.Name, bot.Scopes...)
	_, plans, _ := rest(t, s, own, "GET", "/arrangements", nil)
	plan := items(plans)[0]
	if code, m, _ := rest(t, s, own, "POST", "/holds", map[string]any{"debtor_id": plan["debtor_id"], "scope": "debtor", "reason": "dispute"}); code != 204 {
		t.Fatalf("hold: %d %v", code, m)
	}
	_, holds, _ := rest(t, s, own, "GET", "/holds", nil)
	_, hook, _ := rest(t, s, own, "POST", "/webhooks", map[string]any{"url": "https://hooks.example.com/x", "events": []string{"case"}})
	id := map[string]any{"accounts": plan["account_id"], "arrangements": plan["id"], "conversations": tab.ses.Conv, "holds": items(holds)[0]["id"],
		"webhooks": hook["subscription"].(map[string]any)["id"], "cases": "x"}
	bodies := map[string]any{
		"v1-payment": map[string]any{"amount_fen": 1, "currency": "CNY", "on": "2026-12-01"}, "v1-lift": map[string]any{"reason": "because"},
		"v1-hold": map[string]any{"debtor_id": plan["debtor_id"], "scope": "debtor", "reason": "dispute"}, "v1-close-case": map[string]any{"outcome": "done"},
		"v1-webhook-add": map[string]any{"url": "https://hooks.example.com/x", "events": []string{"case"}}, "v1-webhook-replay": map[string]any{"from_n": 1, "to_n": 2},
		"v1-webhook-set": map[string]any{"url": "https://hooks.example.com/x", "events": []string{"case"}, "state": "active"},
	}
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Description string
			Tags        []string
		}
	}
	if code, raw := s.call("GET", "/api/v1/openapi.json", "", nil, &doc); code != 200 {
		t.Fatalf("openapi: %d %s", code, raw)
	}
	tried := 0
	for path, ops := range doc.Paths {
		for method, op := range ops {
			if len(op.Tags) == 0 || op.Tags[0] != "integrators" {
				continue
			}
			tried++
			scope := strings.Split(op.Description, "`")[1]
			p := strings.TrimPrefix(path, "/api/v1")
			p = strings.ReplaceAll(strings.ReplaceAll(p, "{conversation}", tab.ses.Conv), "{id}", fmt.Sprint(id[strings.Split(p, "/")[1]]))
			call := func(key string) (int, map[string]any) {
				code, m, _ := rest(t, s, key, strings.ToUpper(method), p, bodies[op.OperationID], "Idempotency-Key", "k")
				return code, m
			}
			var rest []string
			for _, sc := range bot.Scopes {
				if sc != scope {
					rest = append(rest, sc)
				}
			}
			if code, m := call(keyFor(t, s, s.tenant.Name, rest...)); code != 403 || m["code"] != "scope_missing" {
				t.Errorf("%s without %s: %d %v", op.OperationID, scope, code, m)
			}
			for _, bad := range []string{"", "hj_0000"} {
				if code, m := call(bad); (code != 401 || m["code"] != "key_unknown") && code != 429 && (bad != "" || code != 415) {
					t.Errorf("%s with key %q: %d %v", op.OperationID, bad, code, m)
				}
			}
			code, m := call(foreign)
			switch {
			case strings.Contains(path, "{") && code != 404, op.OperationID == "v1-hold" && code != 404:
				t.Errorf("%s reaches another creditor: %d %v", op.OperationID, code, m)
			case !strings.Contains(path, "{") && method == "get" && (code != 200 || len(items(m)) > 0 && op.OperationID != "v1-webhooks"):
				t.Errorf("%s lists another creditor's rows: %d %v", op.OperationID, code, m)
			}
		}
	}
	if tried < 20 {
		t.Errorf("only %d operations", tried)
	}
	if code, m, _ := rest(t, s, own, "GET", "/holds", nil); code != 200 || len(items(m)) != 1 {
		t.Errorf("another creditor's key changed something: %d %v", code, m)
	}
}
