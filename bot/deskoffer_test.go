package bot_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/flows"
	"hejie/flows/arrange"
	"hejie/flows/policy"
)

// press is a button on a card.
func (h *house) press(a flows.Action) []guard.Cleared {
	h.t.Helper()
	_, err := h.Receive(context.Background(), bot.Inbound{Channel: "web", ExternalID: uuid.NewString(), ConversationID: h.conv, Kind: "action", Action: &a, At: h.now})
	must(h.t, err)
	must(h.t, h.Settle(context.Background(), h.conv))
	return h.wire.take()
}

func (h *house) wish(ask arrange.Ask) bot.OfferWish {
	h.t.Helper()
	w, err := h.WhatIf(context.Background(), h.conv, "", ask, nil)
	must(h.t, err)
	if len(w.Answer.Offers) == 0 {
		h.t.Fatalf("the rules offer nothing for %+v: %+v", ask, w.Answer)
	}
	return bot.OfferWish{DraftID: uuid.NewString(), Ask: ask, OfferIDs: []string{w.Answer.Offers[0].ID}, Text: "按您说的情况算了一个方案，您看看。", Reason: "收入不稳，只能先付一点"}
}

func (h *house) plans() int {
	h.t.Helper()
	cf, err := h.CaseFile(context.Background(), h.conv)
	must(h.t, err)
	return len(cf.Arrangements)
}

// agree presses through the ordinary way: pick, read the recap, say yes to it.
func (h *house) agree() []guard.Cleared {
	h.t.Helper()
	recap := h.press(flows.Action{Name: "accept", Ref: h.control().State.Offers[0].ID})
	p := h.control().State.Pending
	if p == nil || h.plans() != 0 {
		h.t.Fatalf("no recap, or a plan without a yes: %s", words(recap))
	}
	return append(recap, h.press(flows.Action{Name: "confirm", Ref: p.ID})...)
}

func TestAgentSendsAnOffer(t *testing.T) {
	ctx := context.Background()
	h := build(t, nil).held()
	w := h.wish(arrange.Ask{Kind: arrange.Instalments, Count: 12})
	for range 2 { // a lost answer: the page asks again
		out, err := h.SendOffers(ctx, h.conv, lin, w)
		if err != nil || out.State != "sent" {
			t.Fatalf("%+v %v", out, err)
		}
		must(t, h.Settle(ctx, h.conv))
	}
	sent := h.wire.take()
	if len(sent) != 1 || sent[0].Author() != guard.Agent || !strings.Contains(words(sent), "算了一个方案") {
		t.Fatalf("sent %d: %s", len(sent), words(sent))
	}
	if got := h.say("好的，我考虑一下"); got != "" {
		t.Errorf("the bot talks while a person does: %s", got)
	}
	said := h.agree()
	for _, c := range said {
		if c.Author() != guard.System {
			t.Errorf("%s speaks in the agent's conversation", c.Author())
		}
	}
	if h.plans() != 1 || h.control().Control != bot.ByAgent || h.control().State.Outcome != "plan_agreed" {
		t.Errorf("plans %d, %+v: %s", h.plans(), h.control().State.Outcome, words(said))
	}
	lines, err := h.store.Audit(ctx, h.conv, 0, 500)
	must(t, err)
	n := 0
	for _, l := range lines {
		if l.Kind == "offer_sent" && l.Actor == "agent:"+lin.ID && strings.Contains(l.Detail, w.OfferIDs[0]) {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d audit lines", n)
	}
}

func TestAgentOffersOnlyWhatTheRulesGive(t *testing.T) {
	ctx := context.Background()
	h := build(t, nil).held()
	w := h.wish(arrange.Ask{Kind: arrange.Instalments, Count: 12})
	send := func(change func(*bot.OfferWish)) (bot.OfferSent, error) {
		x := w
		x.DraftID = uuid.NewString()
		change(&x)
		return h.SendOffers(ctx, h.conv, lin, x)
	}
	if _, err := send(func(x *bot.OfferWish) { x.Ask.Count = 600 }); !errors.Is(err, bot.ErrOfferExpired) {
		t.Errorf("other terms than those asked for: %v", err)
	}
	if _, err := send(func(x *bot.OfferWish) { x.OfferIDs = nil }); !errors.Is(err, bot.ErrEmpty) {
		t.Errorf("nothing chosen: %v", err)
	}
	if _, err := h.SendOffers(ctx, h.conv, boss, w); !errors.Is(err, bot.ErrNotHolder) {
		t.Errorf("not the holder: %v", err)
	}
	out, err := send(func(x *bot.OfferWish) { x.Text = hardText })
	if err != nil || out.State != "stopped" || len(out.Verdict.Hits) == 0 || len(h.control().State.Offers) != 0 {
		t.Errorf("a threat beside a card: %+v %v", out, err)
	}
	if out, err = send(func(x *bot.OfferWish) { x.Text = "每月只要 123.45 元。" }); err != nil || out.State != "stopped" {
		t.Errorf("a figure of nowhere beside a card: %+v %v", out, err)
	}
	must(t, h.store.PlaceHold(ctx, bot.HoldPut{CreditorID: h.cred, DebtorID: h.control().DebtorID, ConvID: h.conv, Reason: "dispute", Scope: "debtor", By: "agent:" + lin.ID}))
	if _, err := send(func(*bot.OfferWish) {}); !errors.Is(err, bot.ErrNoArrangement) || !strings.Contains(err.Error(), "hold") {
		t.Errorf("under a dispute: %v", err)
	}
	must(t, h.Settle(ctx, h.conv))
	if got := words(h.wire.take()); got != "" {
		t.Errorf("said all the same: %s", got)
	}
}

// A hold that comes after the card stands before the agreement: the gates are passed again when the card is pressed.
func TestHoldAfterTheCard(t *testing.T) {
	ctx := context.Background()
	h := build(t, nil).held()
	_, err := h.SendOffers(ctx, h.conv, lin, h.wish(arrange.Ask{Kind: arrange.Instalments, Count: 12}))
	must(t, err)
	must(t, h.Settle(ctx, h.conv))
	must(t, h.store.PlaceHold(ctx, bot.HoldPut{CreditorID: h.cred, DebtorID: h.control().DebtorID, ConvID: h.conv, Reason: "dispute", Scope: "debtor", By: "agent:" + lin.ID}))
	h.press(flows.Action{Name: "accept", Ref: h.control().State.Offers[0].ID})
	if p := h.control().State.Pending; p != nil {
		t.Errorf("a recap under a dispute: %+v", p.ID)
	}
}

// Handed back, the card is agreed to with the bot, the same way.
func TestOfferOutlivesTheAgent(t *testing.T) {
	ctx := context.Background()
	h := build(t, nil).held()
	_, err := h.SendOffers(ctx, h.conv, lin, h.wish(arrange.Ask{Kind: arrange.Token}))
	must(t, err)
	_, err = h.HandBack(ctx, h.conv, lin)
	must(t, err)
	must(t, h.Settle(ctx, h.conv))
	if o := h.control().State.Offers; len(o) != 1 || o[0].NeedsApproval || o[0].Kind != arrange.Token {
		t.Fatalf("what an agent may grant was not granted: %+v", o)
	}
	if h.agree(); h.plans() != 1 {
		t.Error("not agreed")
	}
}

func supervised(t *testing.T) *house {
	pol, err := policy.Default()
	must(t, err)
	pol, err = pol.Override(policy.Overrides{Authority: map[arrange.Kind]string{arrange.Token: arrange.BySupervisor}})
	must(t, err)
	return buildWith(t, nil, func(o *bot.Options) { o.Policy = func(string) *policy.Policy { return pol } }).held()
}

func (h *house) asked() bot.PendingApproval {
	h.t.Helper()
	ctx := context.Background()
	w := h.wish(arrange.Ask{Kind: arrange.Token})
	for range 2 { // the same terms asked twice are one request
		w.DraftID = uuid.NewString()
		out, err := h.SendOffers(ctx, h.conv, lin, w)
		if err != nil || out.State != "asked" {
			h.t.Fatalf("%+v %v", out, err)
		}
	}
	must(h.t, h.Settle(ctx, h.conv))
	if got := words(h.wire.take()); got != "" || len(h.control().State.Offers) != 0 {
		h.t.Fatalf("said before anybody approved: %s", got)
	}
	list, err := h.PendingApprovals(ctx, h.cred, 10)
	if err != nil || len(list) != 1 || !strings.Contains(list[0].Note, "收入不稳") {
		h.t.Fatalf("%+v %v", list, err)
	}
	return list[0]
}

func TestSupervisorApproves(t *testing.T) {
	ctx := context.Background()
	h := supervised(t)
	p := h.asked()
	if _, err := h.DecideOffer(ctx, h.conv, p.CaseID, p.Offer.ID, lin, true, "mine"); !errors.Is(err, bot.ErrNotHolder) {
		t.Fatalf("an agent decides: %v", err)
	}
	told, err := h.DecideOffer(ctx, h.conv, p.CaseID, p.Offer.ID, boss, true, "听过录音，情况属实")
	if err != nil || !told {
		t.Fatalf("%v %v", told, err)
	}
	must(t, h.Settle(ctx, h.conv))
	if sent := h.wire.take(); len(sent) != 1 || !strings.Contains(words(sent), "同事已审批") || sent[0].Author() != guard.System {
		t.Fatalf("%s", words(sent))
	}
	if _, err := h.DecideOffer(ctx, h.conv, p.CaseID, p.Offer.ID, boss, false, "after all"); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("decided twice: %v", err)
	}
	list, err := h.Approvals(ctx, h.conv)
	if err != nil || len(list) != 1 || list[0].State != "approved" || list[0].Reason != "听过录音，情况属实" || list[0].DecidedBy != boss.ID {
		t.Errorf("%+v %v", list, err)
	}
	if h.plans() != 0 {
		t.Fatal("approved is not agreed")
	}
	if h.agree(); h.plans() != 1 {
		t.Error("not agreed")
	}
}

func TestSupervisorRefuses(t *testing.T) {
	ctx := context.Background()
	h := supervised(t)
	p := h.asked()
	_, err := h.HandBack(ctx, h.conv, lin)
	must(t, err)
	must(t, h.Settle(ctx, h.conv))
	h.wire.take()
	told, err := h.DecideOffer(ctx, h.conv, p.CaseID, p.Offer.ID, boss, false, "材料不全")
	if err != nil || !told {
		t.Fatalf("%v %v", told, err)
	}
	must(t, h.Settle(ctx, h.conv))
	sent := h.wire.take()
	if len(sent) != 1 || sent[0].Author() != guard.Bot || !strings.Contains(words(sent), "这次不能给您") || strings.Contains(words(sent), "材料不全") {
		t.Fatalf("%s", words(sent))
	}
	list, err := h.Approvals(ctx, h.conv)
	if err != nil || len(list) != 1 || list[0].State != "refused" || list[0].Reason != "材料不全" {
		t.Errorf("%+v %v", list, err)
	}
	_, err = h.TakeOver(ctx, h.conv, lin)
	must(t, err)
	w := h.wish(arrange.Ask{Kind: arrange.Token})
	if _, err := h.SendOffers(ctx, h.conv, lin, w); !errors.Is(err, bot.ErrDecided) {
		t.Errorf("the same terms asked again: %v", err)
	}
}

// A cry for help is met with the help lines though a person holds the conversation: once, in nobody's name, and not a word of money.
func TestCryForHelpBesideAPerson(t *testing.T) {
	ctx := context.Background()
	h := build(t, nil).held()
	h.put("我不想活了")
	must(t, h.Settle(ctx, h.conv))
	got := h.wire.take()
	if len(got) != 1 || got[0].Author() != guard.System || !strings.Contains(words(got), "12356") || strings.Contains(words(got), "元") {
		t.Fatalf("%+v", got)
	}
	if c := h.control(); !c.Crisis || c.Control != bot.ByAgent {
		t.Errorf("%+v", c)
	}
	if got := h.say("真的撑不下去了"); got != "" {
		t.Errorf("talked over the person: %s", got)
	}
}

// In a crisis nothing of money is said, whatever somebody decides.
func TestDecisionInACrisis(t *testing.T) {
	ctx := context.Background()
	h := supervised(t)
	p := h.asked()
	h.say("我不想活了")
	h.wire.take()
	if _, err := h.DecideOffer(ctx, h.conv, p.CaseID, p.Offer.ID, boss, true, "fine"); !errors.Is(err, bot.ErrNoArrangement) {
		t.Errorf("approved in a crisis: %v", err)
	}
	told, err := h.DecideOffer(ctx, h.conv, p.CaseID, p.Offer.ID, boss, false, "not now")
	must(t, err)
	must(t, h.Settle(ctx, h.conv))
	if got := words(h.wire.take()); told || got != "" {
		t.Errorf("said in a crisis: %s", got)
	}
}
