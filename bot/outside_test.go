package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"hejie/bot"
)

// speak lets one of the peer's own people write to the person.
func (h *house) speak(p *post, text string) {
	h.t.Helper()
	arrivals++
	if got := h.arrive(p, bot.Arrival{Channel: p.acct.Channel, Account: p.acct.Name, ExtID: fmt.Sprint("k", arrivals), From: openid, At: h.now, Kind: "text", Text: text, By: "zhao"}); len(got) != 0 {
		h.t.Errorf("something was sent after %q: %s", text, parcels(got))
	}
}

func (h *house) cases(kind string) []bot.CaseRow {
	h.t.Helper()
	list, err := h.store.Cases(context.Background(), bot.CaseFilter{CreditorID: h.cred, State: "open", Kind: kind, Limit: 100})
	must(h.t, err)
	return list
}

// What people at the peer's own desk write stands in the transcript and the audit as an agent's, is judged though nothing can be stopped, and
// what broke a rule waits for an officer. The bot is silent until their session ends.
func TestWordsSaidOutside(t *testing.T) {
	ctx := context.Background()
	h, p := withAble(t, "wecom", kf)
	h.write(p.post, openid, "转人工")
	p.at = "human"
	h.event(p.post, "desk", func(in *bot.Arrival) { in.Desk = "human" })
	h.speak(p.post, "您好，我来帮您看看。")
	if got := h.write(p.post, openid, "我这个月还不上"); len(got) != 0 {
		t.Errorf("the bot spoke between: %s", parcels(got))
	}
	if n := len(h.cases("said_outside")); n != 0 {
		t.Fatalf("%d findings in lawful words", n)
	}
	h.speak(p.post, "再不还钱就上门找你家人，让你坐牢。")
	found := h.cases("said_outside")
	if len(found) != 1 || found[0].Note == "" || found[0].ConvID != h.conv {
		t.Fatalf("%+v", found)
	}
	if kind, err := h.store.CaseKind(ctx, h.conv, found[0].ID); err != nil || kind != "said_outside" {
		t.Errorf("the finding is a case of %q, %v", kind, err)
	}
	if _, err := h.store.CaseKind(ctx, "another", found[0].ID); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("a finding of another conversation: %v", err)
	}
	h.speak(p.post, "") // a picture
	rows, err := h.store.Messages(ctx, h.conv, 0, 100)
	must(t, err)
	lines, err := h.store.Audit(ctx, h.conv, 0, 1000)
	must(t, err)
	audited := map[string]bot.AuditLine{}
	for _, l := range lines {
		audited[l.ID] = l
	}
	var said []string
	for _, m := range rows {
		if m.Author != "agent" {
			continue
		}
		said = append(said, m.Text)
		l := audited[m.ClearanceID]
		if m.Direction != "in" || m.AgentID != "desk:wecom" || m.State != "done" || l.Kind != "said_outside" || l.Actor != "agent:desk:wecom" ||
			!strings.Contains(l.Detail, m.Text) || !strings.Contains(l.Detail, "zhao") || (l.Verdict.Decision == "pass") == strings.Contains(m.Text, "坐牢") {
			t.Errorf("%+v %+v", m, l)
		}
	}
	if len(said) != 3 || said[2] != "" {
		t.Errorf("%q", said)
	}
	again, err := h.Recall(ctx, h.conv, "verified", 0, 100)
	must(t, err)
	for _, r := range again {
		if r.Message.Author == "agent" && (r.Shown || r.Message.Text != "") {
			t.Errorf("shown elsewhere past the filter: %+v", r)
		}
	}
	p.at = "ended"
	h.event(p.post, "desk", func(in *bot.Arrival) { in.Desk = "ended" })
	if got := h.write(p.post, openid, "你好"); len(got) == 0 {
		t.Error("after the end nobody answers")
	}
}

// A servicer may write first, and before anybody tells us that they serve: the thread is theirs at once, and nobody is greeted into it.
func TestTheDesksPeopleWriteFirst(t *testing.T) {
	h, p := withAble(t, "wecom", kf)
	h.speak(p.post, "您好，这里是客服。")
	if c := h.control(); c.Control != bot.ByAgent || c.AgentID != "desk:wecom" {
		t.Fatalf("%+v", c)
	}
	p.at = "ended"
	h.event(p.post, "desk", func(in *bot.Arrival) { in.Desk = "ended" })
	if got := h.write(p.post, openid, "你好"); len(got) == 0 {
		t.Fatal("nobody answers")
	}
	h.speak(p.post, "还有一件事。")
	if c := h.control(); c.Control != bot.ByAgent || c.AgentID != "desk:wecom" {
		t.Errorf("the bot would speak between: %+v", c)
	}
}
