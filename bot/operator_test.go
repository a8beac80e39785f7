package bot_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/flows"
	"hejie/flows/arrange"
)

var boss = bot.AgentUser{ID: "s1", Login: "zhoulin", Name: "周琳", Role: "supervisor"}

// heldText is stopped by a rule that a supervisor may open; hardText by one that nobody may.
const (
	heldText = "房租先缓一缓，把我们的还上"
	hardText = "再不还就让警察来抓您"
)

func (h *house) held() *house {
	h.open(flows.Verified, "d1")
	_, err := h.TakeOver(context.Background(), h.conv, lin)
	must(h.t, err)
	must(h.t, h.Settle(context.Background(), h.conv))
	h.wire.take()
	return h
}

func TestSecondLook(t *testing.T) {
	ctx := context.Background()
	h := build(t, nil).held()
	if _, err := h.AskSecondLook(ctx, h.conv, lin, hardText, "please"); !errors.Is(err, bot.ErrHardRule) {
		t.Fatalf("a hard rule: %v", err)
	}
	if _, err := h.AskSecondLook(ctx, h.conv, lin, "您好，我在。", "please"); !errors.Is(err, bot.ErrNotHeld) {
		t.Fatalf("nothing to look at: %v", err)
	}
	if _, err := h.AskSecondLook(ctx, h.conv, boss, heldText, "please"); !errors.Is(err, bot.ErrNotHolder) {
		t.Fatalf("somebody else asks: %v", err)
	}
	r, err := h.AskSecondLook(ctx, h.conv, lin, heldText, "debtor asked for exactly this")
	if err != nil || r.Verdict.Decision != guard.Hold {
		t.Fatalf("%+v %v", r.Verdict, err)
	}
	must(t, h.Settle(ctx, h.conv))
	if got := words(h.wire.take()); got != "" {
		t.Fatalf("said before anybody looked: %s", got)
	}
	if _, err := h.DecideSecondLook(ctx, r.ID, lin, true, "it is mine"); !errors.Is(err, bot.ErrOwnWish) {
		t.Fatalf("their own wish: %v", err)
	}
	done, err := h.DecideSecondLook(ctx, r.ID, boss, true, "agreed with the debtor by phone")
	if err != nil || done.State != "approved" {
		t.Fatalf("%+v %v", done, err)
	}
	must(t, h.Settle(ctx, h.conv))
	if got := words(h.wire.take()); !strings.Contains(got, "房租") {
		t.Fatalf("approved and not said: %q", got)
	}
	if _, err := h.DecideSecondLook(ctx, r.ID, boss, false, "changed my mind"); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("decided twice: %v", err)
	}
	lines, err := h.store.Audit(ctx, h.conv, 0, 500)
	must(t, err)
	said := false
	for _, l := range lines {
		if l.Kind == "second_look_approved" && l.Actor == "agent:s1" && strings.Contains(l.Detail, "by phone") {
			said = true
		}
	}
	if !said {
		t.Error("the audit does not name who let it pass and why")
	}
}

// An approval is for one text and its held rules. Between the approval and the sending a hard rule still wins, and on another text
// it is worth nothing.
func TestApprovalOpensNothingElse(t *testing.T) {
	f, err := guard.Default(nil)
	must(t, err)
	facts := guard.Facts{Now: time.Date(2026, 12, 2, 10, 0, 0, 0, time.UTC), Zone: time.UTC, Identity: guard.Verified, Control: guard.Agent, Creditor: "安和消费金融"}
	draft := func(text string) guard.Draft {
		return guard.Draft{ID: "d", To: guard.Recipient{Channel: "web", ConversationID: "c"}, Author: guard.Agent, AgentID: "a", Kind: guard.Reply, Lang: "zh-Hans",
			Parts: []guard.Part{{Role: "body", Text: text}}}
	}
	v := f.Check(draft(heldText), facts)
	look, ok := f.Approve(draft(heldText), v, "s1", "周琳", "looked")
	if !ok {
		t.Fatalf("not openable: %+v", v)
	}
	facts.Second = &look
	if v := f.Check(draft(heldText), facts); v.Decision != guard.Pass || len(v.Hits) == 0 {
		t.Errorf("approved: %+v", v)
	}
	for _, other := range []string{heldText + "。", heldText + "，" + hardText, hardText, "药先停几天，省下来的钱还款"} {
		if v := f.Check(draft(other), facts); v.Decision == guard.Pass {
			t.Errorf("the approval let %q pass", other)
		}
	}
	hard := f.Check(draft(hardText), guard.Facts{Now: facts.Now, Zone: time.UTC, Control: guard.Agent})
	if _, ok := f.Approve(draft(hardText), hard, "s1", "周琳", "looked"); ok || hard.Decision != guard.Block {
		t.Errorf("a block was approved: %+v", hard)
	}
	forged := look
	forged.Rules, forged.Text = []string{"T01", "T02", "T03", "T04"}, ""
	facts.Second = &forged
	if v := f.Check(draft(heldText), facts); v.Decision != guard.Hold {
		t.Errorf("an approval without the text's hash: %+v", v)
	}
}

func TestResolveHeldDropsOrJudgesAgain(t *testing.T) {
	ctx := context.Background()
	h := build(t, nil).held()
	r, err := h.AskSecondLook(ctx, h.conv, lin, heldText, "please look")
	must(t, err)
	if v, err := h.ResolveHeld(ctx, h.conv, r.DraftID, lin, false, "try again"); err != nil || v.Decision != guard.Hold {
		t.Fatalf("%+v %v", v, err)
	}
	if _, err := h.ResolveHeld(ctx, h.conv, r.DraftID, lin, true, "said otherwise"); err != nil {
		t.Fatal(err)
	}
	if held, err := h.Held(ctx, h.conv); err != nil || len(held) != 0 {
		t.Errorf("still held: %v %v", held, err)
	}
	if _, err := h.ResolveHeld(ctx, h.conv, r.DraftID, lin, true, "again"); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("dropped twice: %v", err)
	}
	if _, err := h.DecideSecondLook(ctx, r.ID, boss, true, "too late"); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("approved what was dropped: %v", err)
	}
}

func TestTransferAndLift(t *testing.T) {
	ctx := context.Background()
	h := build(t, nil).held()
	other := bot.AgentUser{ID: "a2", Name: "陈静", Role: "agent"}
	if _, err := h.Transfer(ctx, h.conv, other, lin, false); !errors.Is(err, bot.ErrNotHolder) {
		t.Errorf("given away by somebody else: %v", err)
	}
	if c, err := h.Transfer(ctx, h.conv, lin, other, false); err != nil || c.AgentID != "a2" {
		t.Fatalf("%+v %v", c, err)
	}
	if c, err := h.Transfer(ctx, h.conv, boss, lin, true); err != nil || c.AgentID != "a1" {
		t.Fatalf("%+v %v", c, err)
	}
	crisis := bot.HoldRow{CreditorID: h.cred, Reason: "crisis", PlacedMS: h.now.UnixMilli()}
	from, err := h.MayLift(ctx, crisis)
	if err != nil || from.IsZero() {
		t.Errorf("a crisis may end at once: %v %v", from, err)
	}
	crisis.Reason = "dispute"
	if from, err = h.MayLift(ctx, crisis); err != nil || !from.IsZero() {
		t.Errorf("a dispute has a least time: %v %v", from, err)
	}
}

// What-if is the engine that serves the debtor: the same terms come back, and nothing is stored.
func TestWhatIfIsTheSameEngine(t *testing.T) {
	ctx := context.Background()
	h := build(t, nil).held()
	w, err := h.WhatIf(ctx, h.conv, "", arrange.Ask{Kind: arrange.Instalments, Count: 12}, nil)
	must(t, err)
	if w.Answer.Ask != arrange.AskMet || len(w.Answer.Offers) == 0 || len(w.Answer.Offers[0].Instalments) != 12 {
		t.Fatalf("%+v", w.Answer)
	}
	far, err := h.WhatIf(ctx, h.conv, w.AccountID, arrange.Ask{Kind: arrange.Instalments, Count: 600}, nil)
	must(t, err)
	if far.Answer.Ask == arrange.AskMet || len(far.Answer.Refused) == 0 || far.Answer.Path == "" {
		t.Errorf("%+v", far.Answer)
	}
	if c := h.control(); len(c.State.Offers) != 0 {
		t.Error("what-if put offers on the table")
	}
	if _, err := h.WhatIf(ctx, h.conv, "no-such", arrange.Ask{}, nil); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("unknown account: %v", err)
	}
}
