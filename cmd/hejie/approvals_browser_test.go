package main

import (
	"strings"
	"testing"
)

// consoleAs signs somebody in to the console in a browser of their own.
func consoleAs(t *testing.T, s *site, login, hash string) *page {
	t.Helper()
	return openConsole(t, s.cfg.PublicURL+"/console"+hash, login, "a password for this test")
}

// A supervisor decides in the page; the debtor's tab gets the card, and the agent's panel tells who decided and why.
func TestConsoleApprovalInABrowser(t *testing.T) {
	dir := supervised(t)
	s := startSite(t, "", func(c *Config) { c.PolicyDir = dir })
	agent := person(t, s, "ann", "agent")
	person(t, s, "bo", "supervisor")
	tab := s.openTab(s.signIn("d-zhangwei"))
	conv := tab.ses.Conv
	agent("POST", "/conversations/"+conv+"/take", nil, nil)
	body, _ := built(t, agent, conv, map[string]any{"kind": "token"})
	body["reason"] = "收入不稳，只能先付一点"
	if code, raw := agent("POST", "/conversations/"+conv+"/offers", body, nil); code != 200 || !strings.Contains(raw, "asked") {
		t.Fatalf("ask: %d %s", code, raw)
	}
	desk := consoleAs(t, s, "ann", "#c="+conv)
	desk.wait("/console", "the request in the agent's panel", has("等主管批"))
	boss := consoleAs(t, s, "bo", "#p=work/approvals")
	boss.wait("/console", "the request with its reason", has("收入不稳，只能先付一点"))
	boss.do("/console", "approving", button("批准"))
	boss.wait("/console", "writing why", `(() => { const e = document.querySelector('.el-dialog textarea'); if (!e) return false;
		Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(e, '看过工资流水'); e.dispatchEvent(new Event('input', {bubbles: true})); return true })()`)
	boss.do("/console", "saying yes", `document.querySelector('.el-dialog__footer .el-button--primary:not([disabled])')`)
	boss.wait("/console", "the list to be empty", has("没有等批准的安排"))
	desk.wait("/console", "the decision with its reason at the agent's", has("看过工资流水")+" && "+has("已批准"))
	tab.agree()
	if n := s.agreed(conv); n != 1 {
		t.Fatalf("%d arrangements", n)
	}
	desk.wait("/console", "the paper in the agent's panel", `document.querySelector('.panel .docs a')`)
}
