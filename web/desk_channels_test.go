package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"hejie/bot"
)

// lineDesk has one account.
type lineDesk struct{ Operator }

func (lineDesk) ChannelHealth(context.Context) ([]bot.ChannelHealth, error) {
	return []bot.ChannelHealth{{Channel: "wechat", Account: "main"}}, nil
}

func withLine(o *Options) {
	o.Operator = lineDesk{}
	o.Integrators = &Integrators{
		HookURL: func(channel, account string) string {
			return "https://chat.example/webhooks/" + channel + "/" + account
		},
		Pastes: func(channel, account string) []Paste {
			if channel != "wechat" || account != "main" {
				return nil
			}
			return []Paste{{"url", "https://chat.example/webhooks/wechat/main"}, {"token", "TOKEN-FOR-A-TEST"}, {"aes_key", "KEY-FOR-A-TEST"}}
		},
	}
}

// What a vendor needs is named to all who watch delivery, shown to those who set accounts up, and never without a line in the audit.
func TestChannelSetupIsShownOnRequest(t *testing.T) {
	d := newTestDesk(t, withLine)
	body := map[string]string{"channel": "wechat", "account": "main"}
	for role := range roleActions {
		c := d.as(role)
		var list struct{ Items []ChannelLine }
		res := c.get(consoleAPI + "/channels")
		res.into(t, &list)
		if len(list.Items) != 1 || !slices.Equal(list.Items[0].Setup, []string{"token", "aes_key"}) || strings.Contains(string(res.body), "FOR-A-TEST") {
			t.Errorf("%s: %s", role, res.body)
		}
		if res := c.post(consoleAPI+"/channels/setup", body); (res.status == http.StatusOK) != can(role, Integrate) || (res.status != http.StatusForbidden) != can(role, Integrate) {
			t.Errorf("%s: %d %s", role, res.status, res.body)
		}
	}
	var told []string
	for _, l := range d.console.audit {
		if l.Kind == "channel_setup" {
			told = append(told, l.Actor+" "+l.Detail)
		}
	}
	if len(told) != 1 || !strings.HasPrefix(told[0], "agent:id-admin ") || strings.Contains(told[0], "FOR-A-TEST") {
		t.Errorf("audit: %v", told)
	}
	admin := d.as("admin")
	var shown struct{ Items []Paste }
	admin.post(consoleAPI+"/channels/setup", body).into(t, &shown)
	if len(shown.Items) != 3 || shown.Items[1].Value != "TOKEN-FOR-A-TEST" {
		t.Errorf("%+v", shown)
	}
	if res := admin.post(consoleAPI+"/channels/setup", map[string]string{"channel": "sms", "account": "main"}); res.status != http.StatusNotFound {
		t.Errorf("an account that is not there: %d", res.status)
	}
	d.console.auditErr = errors.New("the audit is down")
	if res := admin.post(consoleAPI+"/channels/setup", body); res.status < 500 || strings.Contains(string(res.body), "FOR-A-TEST") {
		t.Errorf("without an audit: %d %s", res.status, res.body)
	}
}

// caseBook knows two cases.
type caseBook struct {
	bot.Integrations
	closed *[]string
}

func (caseBook) CaseKind(_ context.Context, _, id string) (string, error) {
	switch id {
	case "words":
		return "said_outside", nil
	case "other":
		return "dispute", nil
	}
	return "", bot.ErrNotFound
}

func (b caseBook) CloseCase(_ context.Context, _, _, id, by, _ string) error {
	*b.closed = append(*b.closed, id+" "+by)
	return nil
}

// Those who answer for words settle what was said at another desk, and nothing else; agents and supervisors settle every case.
func TestComplianceClosesWordsSaidOutside(t *testing.T) {
	var closed []string
	d := newTestDesk(t, func(o *Options) {
		o.Operator, o.Integrators = lineDesk{}, &Integrators{Integrations: caseBook{closed: &closed}}
	})
	want := map[string]int{"compliance words": 204, "compliance other": 403, "compliance none": 404, "agent other": 204, "supervisor words": 204}
	for try, status := range want {
		role, id, _ := strings.Cut(try, " ")
		if res := d.as(role).post(consoleAPI+"/conversations/c1/cases/"+id+"/close", map[string]string{"outcome": "spoken with them"}); res.status != status {
			t.Errorf("%s: %d %s", try, res.status, res.body)
		}
	}
	slices.Sort(closed)
	if !slices.Equal(closed, []string{"other agent:id-agent", "words agent:id-compliance", "words agent:id-supervisor"}) {
		t.Errorf("closed: %v", closed)
	}
}
