package main

import (
	"net/http"
	"strings"
	"testing"

	"hejie/bot/guard"
)

// agentView is what the console's answers hold of a conversation.
type agentView struct {
	Control string `json:"control"`
	AgentID string `json:"agent_id"`
}

type replyAnswer struct {
	Sent    bool          `json:"sent"`
	Verdict guard.Verdict `json:"verdict"`
}

// console signs the demo's agent in; the cookie stays in the site's client.
func (s *site) console() {
	s.t.Helper()
	body := map[string]string{"login": demoLogin, "password": demoPassword}
	if status, raw := s.call(http.MethodPost, "/api/v1/console/sign-in", "", body, nil); status != http.StatusOK {
		s.t.Fatalf("console sign-in: %d %s", status, raw)
	}
}

// ask calls one console operation on a conversation.
func (s *site) ask(conv, what string, body, out any) (int, []byte) {
	s.t.Helper()
	return s.call(http.MethodPost, "/api/v1/console/conversations/"+conv+"/"+what, "", body, out)
}

func TestAgentTakesOverThroughTheConsole(t *testing.T) {
	s := startSite(t, "", nil)
	tab := s.openTab(s.signIn("d-zhangwei"))
	conv := tab.ses.Conv
	wantText(t, tab.say("我一共欠多少"), "11,821.40")
	if status, _ := s.ask(conv, "take", nil, nil); status != http.StatusUnauthorized {
		t.Fatalf("a stranger takes over: %d", status)
	}
	s.console()
	if status, raw := s.ask(conv, "reply", map[string]string{"text": "您好"}, nil); status == http.StatusOK {
		t.Fatalf("an agent who does not hold it speaks: %s", raw)
	}
	var view agentView
	if status, raw := s.ask(conv, "take", nil, &view); status != http.StatusOK || view.Control != "agent" {
		t.Fatalf("take: %d %s", status, raw)
	}
	tab.until("the agent to join", func(f chatFrame) bool { return f.T == "agent" && f.msg(t).Event == "joined" })
	if got := tab.say("我一共欠多少"); len(got) != 0 {
		t.Errorf("the bot speaks while a person holds the conversation: %s", textOf(got))
	}
	quote := map[string]any{"count": 12}
	if status, raw := s.call(http.MethodPost, "/api/v1/chat/"+conv+"/quote", tab.ses.Token, quote, nil); status == http.StatusOK || status >= 500 {
		t.Errorf("the stepper while a person holds the conversation: %d %s", status, raw)
	}
	agentIsFiltered(t, s, tab)

	if status, raw := s.ask(conv, "hand-back", nil, &view); status != http.StatusOK || view.Control != "bot" {
		t.Fatalf("hand-back: %d %s", status, raw)
	}
	tab.until("the agent to leave", func(f chatFrame) bool { return f.T == "agent" && f.msg(t).Event == "left" })
	wantText(t, tab.say("我一共欠多少"), "11,821.40")

	if status, _ := s.ask(conv, "close", nil, &view); status != http.StatusOK || view.Control != "closed" {
		t.Fatalf("close: %d %+v", status, view)
	}
	head := s.head(conv)
	if status, _ := s.ask(conv, "close", nil, nil); status == http.StatusOK {
		t.Error("closed twice")
	}
	if now := s.head(conv); now != head {
		t.Errorf("the second close said %d more", now-head)
	}
	for _, f := range tab.log {
		if strings.Contains(f.raw, "坐牢") {
			t.Errorf("stopped words arrived: %s", f.raw)
		}
	}
	s.auditHolds()
}

// agentIsFiltered: what is judged while typing is judged the same when sent; lawful words arrive under the agent's role.
func agentIsFiltered(t *testing.T, s *site, tab *chatTab) {
	t.Helper()
	conv := tab.ses.Conv
	for _, bad := range []string{"再不还款你就要坐牢", "您一共欠 11,821.41 元"} {
		var typed guard.Verdict
		var answer replyAnswer
		s.ask(conv, "check", map[string]string{"text": bad}, &typed)
		if status, raw := s.ask(conv, "reply", map[string]string{"text": bad}, &answer); status != http.StatusOK || answer.Sent {
			t.Errorf("%q: %d %s", bad, status, raw)
		}
		if typed.Decision == guard.Pass || typed.Decision != answer.Verdict.Decision || len(answer.Verdict.Hits) == 0 {
			t.Errorf("%q: typed %+v, sent %+v", bad, typed, answer.Verdict)
		}
	}
	head := s.head(conv)
	draft := "0d4f6c9e-6a3f-4a50-9a55-6b8b7f3a9d10"
	const words = "您好，我是人工客服林倩。您一共欠 11,821.40 元，您慢慢说。"
	for range 2 { // a client that sends it again sends it once
		var answer replyAnswer
		if status, raw := s.ask(conv, "reply", map[string]string{"text": words, "draft_id": draft}, &answer); status != http.StatusOK || !answer.Sent {
			t.Fatalf("lawful words: %d %s", status, raw)
		}
	}
	got := tab.until("the agent's words", func(f chatFrame) bool { return f.Seq > 0 && f.msg(t).Text == words }).msg(t)
	if got.From.Role != "agent" {
		t.Errorf("spoken by %+v", got.From)
	}
	if now := s.head(conv); now != head+1 {
		t.Errorf("%d rows for one reply", now-head)
	}
}
