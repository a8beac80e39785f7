package web

import (
	"context"
	"fmt"
	"testing"
	"time"

	"hejie/bot"
)

// inviteDesk is an operator that makes invitations and nothing else.
type inviteDesk struct {
	Operator
	err error
	by  string
}

func (*inviteDesk) Inviting(context.Context, string) ([]bot.InviteTo, bool, error) {
	return []bot.InviteTo{{Channel: "wechat", Account: "main"}}, true, nil
}

func (d *inviteDesk) Invite(_ context.Context, conv, channel, account, by string) (bot.Invitation, error) {
	d.by = by
	return bot.Invitation{Link: "https://peer.example/" + conv + "/" + channel + "/" + account, Drawn: true, Until: time.UnixMilli(77)}, d.err
}

// An agent brings a person to another channel; others may not, and what the peer or the conversation refuses has its own code.
func TestInvitations(t *testing.T) {
	op := &inviteDesk{}
	d := newTestDesk(t, func(o *Options) { o.Operator = op })
	at := consoleAPI + "/conversations/c1/invitations"
	body := map[string]string{"channel": "wechat", "account": "main"}
	for _, login := range []string{"supervisor", "compliance"} {
		if res := d.as(login).post(at, body); res.status != 403 {
			t.Errorf("%s: %d", login, res.status)
		}
	}
	c := d.as("agent")
	var where struct {
		Items    []bot.InviteTo
		Verified bool
	}
	if c.get(at).into(t, &where); len(where.Items) != 1 || !where.Verified {
		t.Errorf("%+v", where)
	}
	var got struct {
		Link    string
		QR      bool
		UntilMS int64 `json:"until_ms"`
	}
	if c.post(at, body).into(t, &got); got.Link != "https://peer.example/c1/wechat/main" || !got.QR || got.UntilMS != 77 || op.by == "" {
		t.Errorf("%+v by %q", got, op.by)
	}
	for err, want := range map[error]string{bot.ErrVerify: "verify_required", bot.ErrNotFound: "not_found", bot.ErrPeer: "peer_failed"} {
		op.err = fmt.Errorf("made up: %w", err)
		if res := c.post(at, body); res.code(t) != want {
			t.Errorf("%s: %d %s", want, res.status, res.body)
		}
	}
	if res := c.post(at, map[string]string{"channel": "sms", "account": "x"}); res.status != 422 {
		t.Errorf("a channel that has no links: %d", res.status)
	}
}

// People at a channel's own desk are no agents of ours: nobody looks up a name for them, and what they said is marked.
func TestWordsAndHoldersOfAnotherDesk(t *testing.T) {
	d := newTestDesk(t)
	conv := d.desk.convs["c1"]
	conv.Control, conv.AgentID = bot.ByAgent, "desk:wecom"
	d.desk.msgs["c1"] = []bot.Message{{ID: "m", Seq: 1, Direction: "in", Author: "agent", AgentID: "desk:wecom", Kind: "text", Text: "您好"}}
	var page ConvPage
	d.as("agent").get(consoleAPI+"/conversations/c1").into(t, &page)
	m := page.Messages[0]
	if page.Conversation.Desk != "wecom" || page.Conversation.AgentName != "" || m.Desk != "wecom" || m.AgentName != "" || m.Text != "您好" {
		t.Errorf("%+v %+v", page.Conversation, m)
	}
}
