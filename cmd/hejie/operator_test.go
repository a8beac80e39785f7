package main

import (
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"hejie/bot"
	"hejie/bot/store"
)

// person signs somebody in to the console of the running server.
func person(t *testing.T, s *site, login, role string) func(method, path string, body, out any) (int, string) {
	t.Helper()
	hash, err := store.HashPassword("a password for this test")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.core.store.AddAgent(t.Context(), bot.AgentUser{Login: login, Name: login, Role: role, PasswordHash: hash}); err != nil {
		t.Fatal(err)
	}
	jar, _ := cookiejar.New(nil)
	c := &http.Client{Jar: jar, Timeout: patience}
	t.Cleanup(c.CloseIdleConnections)
	call := func(method, path string, body, out any) (int, string) {
		if body == nil && method != http.MethodGet {
			body = map[string]string{}
		}
		code, raw := callJSON(t, c, s.cfg.PublicURL, method, "/api/v1/console"+path, "", body, out)
		return code, string(raw)
	}
	if code, raw := call("POST", "/sign-in", map[string]string{"login": login, "password": "a password for this test"}, nil); code != 200 {
		t.Fatalf("sign in: %d %s", code, raw)
	}
	return call
}

// The desk's further tools on the real server: lists answer, a hold is placed and lifted by the right people, an agreement opens.
func TestOperatorsDesk(t *testing.T) {
	s := startSite(t, "", nil)
	tab := s.openTab(s.signIn("d-zhangwei"))
	settle(t, s, tab)
	agent, boss := person(t, s, "ann", "agent"), person(t, s, "bo", "supervisor")
	for _, path := range []string{"/holds", "/cases", "/approvals", "/channels", "/dead-letters", "/agents"} {
		var list struct{ Items []map[string]any }
		if code, raw := agent("GET", path, nil, &list); code != 200 || list.Items == nil {
			t.Errorf("%s: %d %s", path, code, raw)
		}
	}
	for _, path := range []string{"/second-looks", "/webhooks", "/api-keys", "/delivery-events?draft_id=none"} {
		if code, raw := boss("GET", path, nil, nil); code != 200 || !strings.Contains(raw, `"items":[]`) {
			t.Errorf("%s: %d %s", path, code, raw)
		}
	}
	if code, raw := agent("GET", "/policy", nil, nil); code != 200 || !strings.Contains(raw, `"packs"`) {
		t.Errorf("policy: %d %.200s", code, raw)
	}
	conv := "/conversations/" + tab.ses.Conv
	if code, raw := agent("POST", conv+"/what-if", map[string]any{"ask": map[string]any{"kind": "instalments", "count": 6}}, nil); code != 200 || !strings.Contains(raw, `"offers"`) {
		t.Errorf("what-if: %d %.300s", code, raw)
	}
	if code, raw := agent("POST", conv+"/holds", map[string]any{"reason": "dispute", "scope": "debtor", "note": "by phone"}, nil); code != 204 {
		t.Fatalf("hold: %d %s", code, raw)
	}
	var holds struct {
		Items []struct {
			ID   string
			Lift struct {
				May bool
				Why string
			}
		}
	}
	if code, raw := agent("GET", "/holds?conversation="+tab.ses.Conv, nil, &holds); code != 200 || len(holds.Items) != 1 || holds.Items[0].Lift.Why != "role" {
		t.Fatalf("holds: %d %s", code, raw)
	}
	lift := "/holds/" + holds.Items[0].ID + "/lift"
	if code, raw := agent("POST", lift, map[string]string{"reason": "it is settled"}, nil); code != 403 {
		t.Errorf("an agent lifts: %d %s", code, raw)
	}
	if code, raw := boss("POST", lift, map[string]string{"reason": "it is settled"}, nil); code != 204 {
		t.Errorf("a supervisor lifts: %d %s", code, raw)
	}
	if code, raw := agent("POST", conv+"/holds", map[string]any{"reason": "crisis", "scope": "debtor"}, nil); code != 204 {
		t.Fatalf("crisis: %d %s", code, raw)
	}
	if code, raw := boss("GET", "/holds?conversation="+tab.ses.Conv, nil, &holds); code != 200 || len(holds.Items) != 1 || holds.Items[0].Lift.Why != "too_early" {
		t.Fatalf("a crisis: %d %s", code, raw)
	}
	if code, raw := boss("POST", "/holds/"+holds.Items[0].ID+"/lift", map[string]string{"reason": "she is well"}, nil); code != 409 || !strings.Contains(raw, "too_early") {
		t.Errorf("a crisis ends at once: %d %s", code, raw)
	}
	cf, err := s.core.bot.CaseFile(t.Context(), tab.ses.Conv)
	if err != nil || len(cf.Arrangements) != 1 {
		t.Fatal(err)
	}
	if code, raw := agent("GET", "/agreements/"+cf.Arrangements[0].ID+"?format=pdf", nil, nil); code != 200 || !strings.HasPrefix(raw, "%PDF-") {
		t.Errorf("agreement: %d %.40q", code, raw)
	}
	if code, raw := s.call("GET", "/developers", "", nil, nil); code != 200 || !strings.Contains(string(raw), "v1-payment") || strings.Contains(string(raw), "<script") {
		t.Errorf("the manual: %d", code)
	}
	if code, raw := s.call("GET", "/metrics", "", nil, nil); code != 200 || !strings.Contains(string(raw), `hejie_queue_rows{queue="webhook",state="pending"} 0`) ||
		!strings.Contains(string(raw), "hejie_model_calls_total 0") {
		t.Errorf("metrics: %d", code)
	}
}
