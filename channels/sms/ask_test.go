package sms

import (
	"fmt"
	"testing"
	"time"

	"hejie/bot/guard"
	"hejie/channels"
	"hejie/channels/fakes"
)

type books interface {
	vendor
	Settle(id, fate string)
}

// A send whose answer was lost is found again at the vendor: by our key where it keeps one, else only if nothing else could be meant.
func TestAskingAboutADoubt(t *testing.T) {
	const to = "+8613800000001"
	code := guard.Part{Role: "var", Ref: "code", Text: "查看"}
	byKey := fakes.NewTencent("AK1", "secret", time.Now)
	byKey.Sessions = true
	for name, v := range map[string]books{
		"aliyun": fakes.NewAliyun("AK1", "secret", time.Now), "tencent": fakes.NewTencent("AK1", "secret", time.Now), "tencent with keys": byKey,
		"twilio": fakes.NewTwilio("AK1", "secret", time.Now),
	} {
		t.Run(name, func(t *testing.T) {
			provider := name[:6]
			if provider == "tencen" {
				provider = "tencent"
			}
			c, _, _ := start(t, provider, v)
			send := func(key string) channels.Result {
				return c.Send(t.Context(), channels.Outgoing{Key: key, Channel: "sms", Address: to, ReplyID: "portal_link", Cleared: cleared(t, to, code)})
			}
			first := send("before")
			parts := cleared(t, to, code).Parts()
			d := channels.Doubt{Key: "lost", Address: to, Parts: parts, From: time.Now(), Until: time.Now(), Taken: []string{first.ProviderID}}
			if _, found, err := c.Ask(t.Context(), d); found || err != nil {
				t.Fatalf("what was never sent: %v %v", found, err)
			}
			v.Script(fakes.Fault{Match: "/", Drop: "after"})
			if res := send("lost"); res.Class != channels.Ambiguous {
				t.Fatalf("%+v", res)
			}
			id := v.Sent()[1].ID
			r, found, err := c.Ask(t.Context(), d)
			if err != nil || found && (r.State != "sent" || provider == "tencent") {
				t.Errorf("on its way: %+v %v %v", r, found, err)
			}
			v.Settle(first.ProviderID, "failed")
			v.Settle(id, "arrived")
			if r, found, err = c.Ask(t.Context(), d); err != nil || !found || r.State != "delivered" {
				t.Errorf("arrived: %+v %v %v", r, found, err)
			}
			if provider != "aliyun" && r.ProviderID != id {
				t.Errorf("the vendor's number: %q, not %q", r.ProviderID, id)
			}
			send("lost too") // a second one, of which nobody knows either
			v.Settle(v.Sent()[2].ID, "arrived")
			_, found, err = c.Ask(t.Context(), d)
			if keyed := provider == "aliyun" || name == "tencent with keys"; err != nil || found != keyed {
				t.Errorf("two that look the same: %v %v", found, err)
			}
			late := d
			late.From, late.Until = d.From.Add(-3*time.Hour), d.Until.Add(-3*time.Hour)
			if _, found, err := c.Ask(t.Context(), late); provider != "aliyun" && name != "tencent with keys" && (found || err != nil) {
				t.Errorf("of another time: %v %v", found, err)
			}
			c.mustNotSettle(t, v, d, provider != "twilio") // a question by GET is asked again by the client itself
		})
	}
}

// mustNotSettle: a vendor that is broken, away or says no tells nothing.
func (c *Channel) mustNotSettle(t *testing.T, v books, d channels.Doubt, cut bool) {
	t.Helper()
	list := []fakes.Fault{{Match: "/", Status: 500, Body: []byte("oops")}, {Match: "/", Body: []byte(`{"Code":"isp.RAM_PERMISSION_DENY","Response":{"Error":{"Code":"UnauthorizedOperation"}}, "messages": 7}`)}}
	if cut {
		list = append(list, fakes.Fault{Match: "/", Drop: "before"})
	}
	for _, bad := range list {
		v.Script(bad)
		if _, found, err := c.Ask(t.Context(), d); found || err == nil {
			t.Errorf("%+v: %v %v", bad, found, err)
		}
	}
}

// More rows than one page, and a send just before midnight of the vendor's own zone.
func TestAskingThroughPages(t *testing.T) {
	const to = "+8613800000001"
	now := time.Date(2026, 12, 2, 23, 59, 30, 0, chinaTime)
	v := fakes.NewAliyun("AK1", "secret", func() time.Time { return now })
	c, _, _ := start(t, "aliyun", v)
	c.o.Now = func() time.Time { return now }
	code := guard.Part{Role: "var", Ref: "code", Text: "查看"}
	for i := range 120 {
		c.Send(t.Context(), channels.Outgoing{Key: fmt.Sprint("k", i), Channel: "sms", Address: to, ReplyID: "portal_link", Cleared: cleared(t, to, code)})
	}
	d := channels.Doubt{Key: "k117", Address: to, From: now, Until: now.Add(5 * time.Minute)}
	if r, found, err := c.Ask(t.Context(), d); err != nil || !found || r.State != "sent" {
		t.Errorf("%+v %v %v", r, found, err)
	}
	d.Key = "none"
	n := len(v.Log())
	if _, found, err := c.Ask(t.Context(), d); err != nil || found {
		t.Errorf("%v %v", found, err)
	}
	if asked := len(v.Log()) - n; asked != 4 { // three pages of the first day, one of the second
		t.Errorf("%d questions", asked)
	}
}

func TestAGatewayKeepsNoBooks(t *testing.T) {
	c, _, _ := start(t, "gateway", fakes.NewTwilio("AK1", "secret", time.Now))
	if _, found, err := c.Ask(t.Context(), channels.Doubt{Key: "k"}); found || err != nil {
		t.Errorf("%v %v", found, err)
	}
}
