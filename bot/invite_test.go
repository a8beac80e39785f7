package bot_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"hejie/bot"
	"hejie/flows"
)

// Only who has proved who they are is invited, only to an account of the creditor that can, and a peer that does not answer is no fault of ours.
func TestWhoMayBeInvited(t *testing.T) {
	ctx := context.Background()
	h, p := withAble(t, "wechat", oa)
	visitor := h.visitor()
	if _, err := h.Invite(ctx, visitor, "wechat", "main", "agent:lin"); !errors.Is(err, bot.ErrVerify) {
		t.Fatalf("a visitor invites: %v", err)
	}
	if to, proved, err := h.Inviting(ctx, visitor); err != nil || proved || len(to) != 1 || to[0] != (bot.InviteTo{Channel: "wechat", Account: "main"}) {
		t.Errorf("%+v %v %v", to, proved, err)
	}
	web, err := h.Open(ctx, bot.Opening{CreditorID: h.cred, Channel: "web", DebtorRef: "d1", Identity: flows.Verified, Address: "b1"})
	must(t, err)
	if _, err := h.Invite(ctx, web.ID, "wecom", "none", "agent:lin"); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("an account nobody has: %v", err)
	}
	p.fail = errors.New("busy")
	if _, err := h.Invite(ctx, web.ID, "wechat", "main", "agent:lin"); !errors.Is(err, bot.ErrPeer) {
		t.Errorf("a peer that does not answer: %v", err)
	}
	if _, proved, err := h.Inviting(ctx, web.ID); err != nil || !proved {
		t.Error(proved, err)
	}
}

// A person who has proved who they are carries a ticket to another channel: known there, and bound once they prove it there too.
func TestAnInvitationBinds(t *testing.T) {
	ctx := context.Background()
	h, p := withAble(t, "wechat", oa)
	web, err := h.Open(ctx, bot.Opening{CreditorID: h.cred, Channel: "web", DebtorRef: "d1", Identity: flows.Verified, Address: "b1"})
	must(t, err)
	inv, err := h.Invite(ctx, web.ID, "wechat", "main", "agent:lin")
	if err != nil || !inv.Drawn || inv.Until.Sub(h.now) != 10*time.Minute {
		t.Fatal(inv, err)
	}
	_, token, _ := strings.Cut(inv.Link, "?")
	scan := func(from string) {
		h.event(p.post, "enter", func(in *bot.Arrival) {
			in.From, in.Scene, in.Grant = from, token, &bot.Grant{Messages: 3, Until: h.now.Add(time.Minute), Kept: 1}
		})
	}
	scan(openid)
	a, err := h.store.AddressOf(ctx, "wechat", "main", openid)
	if err != nil || a.DebtorID != h.debtor("d1") || a.Bound(h.now) || a.TicketMS == 0 {
		t.Fatalf("%+v %v", a, err)
	}
	if c := h.control(); c.Identity != flows.Identified || c.ID == web.ID {
		t.Errorf("%+v", c)
	}
	if w := parcels(h.write(p.post, openid, "我一共欠多少")); strings.Contains(w, "11,821.40") {
		t.Errorf("a scanned code alone shows %s", w)
	}
	scan("oSOMEBODY-else") // the same code a second time
	if b, err := h.store.AddressOf(ctx, "wechat", "main", "oSOMEBODY-else"); err != nil || b.DebtorID != "" {
		t.Errorf("%+v %v", b, err)
	}
	if w := parcels(h.write(p.post, openid, "我叫李秀兰 手机尾号3308 身份证后四位0322")); strings.Contains(w, "6,480.50") {
		t.Errorf("somebody else's account: %s", w)
	}
	h.write(p.post, openid, "我叫张伟 手机尾号5521 身份证后四位4419")
	if a, err = h.store.Address(ctx, a.ID); err != nil || !a.Bound(h.now) || a.ExpiresMS == 0 {
		t.Fatalf("proved and not bound: %+v %v", a, err)
	}
	h.write(p.post, openid, "你好")
	back, err := h.Open(ctx, bot.Opening{CreditorID: h.cred, Channel: "web", DebtorRef: "d1", Identity: flows.Verified, Address: "b2"})
	if err != nil || back.ID != h.conv {
		t.Errorf("the portal opens another thread: %s, not %s (%v)", back.ID, h.conv, err)
	}
}

func (h *house) visitor() string {
	h.t.Helper()
	c, err := h.Open(context.Background(), bot.Opening{CreditorID: h.cred, Channel: "web", Address: "b0"})
	must(h.t, err)
	return c.ID
}
