package web

import (
	"strings"
	"testing"
	"time"

	"hejie/bot/guard"
)

// The real filter behind the console: an unlawful reply comes back with its reasons and a lawful rewrite, is not sent,
// and the rewrite is.
func TestReplyStoppedByTheFilter(t *testing.T) {
	filter, err := guard.Default(nil) // only Check is used: nothing is recorded
	if err != nil {
		t.Fatal(err)
	}
	d := newTestDesk(t)
	d.desk.judge = func(lang, text string) guard.Verdict {
		return filter.Check(guard.Draft{ID: "d", Author: guard.Agent, AgentID: "id-agent", Kind: guard.Reply, Lang: lang,
			To:    guard.Recipient{Channel: "web", ConversationID: "c1", DebtorID: "d-1"},
			Parts: []guard.Part{{Role: "body", Text: text}}},
			guard.Facts{Now: d.now(), Zone: time.UTC, Identity: guard.Verified, Control: guard.Agent, Jurisdiction: "CN",
				DebtType: "credit_card", Stage: "d31-90", Creditor: "安和消费金融"})
	}
	c := d.as("agent")
	path := consoleAPI + "/conversations/c1"
	c.post(path+"/take", nil)
	const threat = "今天不还就让你家人都知道。"
	var v guard.Verdict
	c.post(path+"/check", map[string]string{"text": threat}).into(t, &v)
	if v.Decision == guard.Pass || len(v.Hits) == 0 || v.Hits[0].Why == "" {
		t.Fatalf("while typing: %+v", v)
	}
	var out ReplyResult
	if res := c.post(path+"/reply", map[string]string{"text": threat}); res.status != 200 {
		t.Fatalf("a stopped reply is an answer, not an error: %d %s", res.status, res.body)
	} else {
		res.into(t, &out)
	}
	if out.Sent || out.Verdict.Decision == guard.Pass || len(d.desk.msgs["c1"]) != 0 {
		t.Fatalf("the threat left: %+v", out)
	}
	if strings.TrimSpace(out.Verdict.Rewrite) == "" || out.Verdict.Rewrite == threat {
		t.Fatalf("no lawful rewrite: %+v", out.Verdict)
	}
	rewrite := out.Verdict.Rewrite
	out = ReplyResult{}
	c.post(path+"/reply", map[string]string{"text": rewrite}).into(t, &out)
	if !out.Sent || len(d.desk.msgs["c1"]) != 1 {
		t.Fatalf("the rewrite %q did not pass: %+v", rewrite, out.Verdict)
	}
}
