package bot_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/flows"
)

// post is a messaging account whose answers are scripted; it keeps what it was given.
type post struct {
	mu     sync.Mutex
	acct   bot.Account
	script []bot.Result
	tried  []bot.Parcel
	took   []bot.Parcel
}

func (p *post) Account() bot.Account { return p.acct }

func (p *post) Send(_ context.Context, o bot.Parcel) bot.Result {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tried = append(p.tried, o)
	r := bot.Result{Class: bot.Sent, ProviderID: fmt.Sprint("p", len(p.tried))}
	if len(p.script) > 0 {
		r, p.script = p.script[0], p.script[1:]
	}
	if r.Class == bot.Sent {
		p.took = append(p.took, o)
	}
	return r
}

func (p *post) take() []bot.Parcel {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.took
	p.took, p.tried = nil, nil
	return out
}

func (p *post) next(rs ...bot.Result) { p.script = rs }

const openid = "oUSER-made-up-1"

var (
	kf  = bot.Traits{MaxBytes: 2048, MaxButtons: 10, Windowed: true, Repeat: bot.RepeatSameKey}
	oa  = bot.Traits{MaxBytes: 2048, MaxButtons: 7, Windowed: true, Repeat: bot.RepeatPlain}
	sms = bot.Traits{MaxRunes: 500, Neutral: true, Receipts: true}
)

// withPost is a house with one messaging account.
func withPost(t testing.TB, channel string, tr bot.Traits) (*house, *post) {
	t.Helper()
	h := build(t, nil)
	p := &post{acct: bot.Account{Channel: channel, Name: "main", CreditorID: h.cred, Traits: tr}}
	if channel == "sms" {
		p.acct.Signature = "安和消费金融"
	}
	h.AttachSender(p)
	return h, p
}

var arrivals int

// write lets a person write and settles all that follows.
func (h *house) write(p *post, from, text string) []bot.Parcel {
	h.t.Helper()
	arrivals++
	in := bot.Arrival{Channel: p.acct.Channel, Account: p.acct.Name, ExtID: fmt.Sprint("x", arrivals), From: from, At: h.now, Kind: "text", Text: text}
	if p.acct.Traits.Windowed {
		in.Grant = &bot.Grant{Messages: 5, Until: h.now.Add(48 * time.Hour)}
	}
	return h.arrive(p, in)
}

func (h *house) arrive(p *post, in bot.Arrival) []bot.Parcel {
	h.t.Helper()
	p.take()
	_, err := h.Accept(context.Background(), in)
	must(h.t, err)
	h.drain(p, in.From)
	return p.take()
}

// drain works on the inbox and settles the conversation of a number.
func (h *house) drain(p *post, from string) {
	h.t.Helper()
	ctx := context.Background()
	must(h.t, h.DrainInbox(ctx))
	a, err := h.store.AddressOf(ctx, p.acct.Channel, p.acct.Name, from)
	if err == nil && a.ConvID != "" {
		h.conv = a.ConvID
		must(h.t, h.Settle(ctx, h.conv))
	}
}

func parcels(ps []bot.Parcel) string {
	var cs []guard.Cleared
	for _, p := range ps {
		cs = append(cs, p.Cleared)
	}
	return words(cs)
}

func TestMainJobByWeChat(t *testing.T) {
	h, p := withPost(t, "wechat", oa)
	got := h.write(p, openid, "我一共欠多少")
	if w := parcels(got); !strings.Contains(w, "AI 客服") || strings.Contains(w, "11,821.40") {
		t.Fatalf("first answer: %s", w)
	}
	for _, g := range got {
		if g.Address != openid || g.Account != "main" || len(g.Key) != 26 || g.Cleared.Made() != nil {
			t.Errorf("%+v", g)
		}
	}
	if w := parcels(h.write(p, openid, "我叫张伟 手机尾号5521 身份证后四位4419")); !strings.Contains(w, "11,821.40") {
		t.Fatalf("after proof: %s", w)
	}
	h.write(p, openid, "想分12期 每月12号")
	h.write(p, openid, "确认")
	if c := h.control(); c.State.Outcome != "plan_agreed" || c.Address == openid || c.Identity != flows.Verified {
		t.Fatalf("outcome %q, address %q", c.State.Outcome, c.Address)
	}
	h.now = h.now.Add(16 * time.Minute) // phones are shared: the proof is over
	if w := parcels(h.write(p, openid, "我一共欠多少")); strings.Contains(w, "11,821.40") {
		t.Errorf("16 minutes later: %s", w)
	}
	if w := parcels(h.write(p, openid, "我叫张伟 手机尾号5521 身份证后四位4419")); !strings.Contains(w, "11,821.40") {
		t.Errorf("after a new proof: %s", w)
	}
}

func TestInboundIsWorkedOnOnce(t *testing.T) {
	h, p := withPost(t, "wechat", oa)
	in := bot.Arrival{Channel: "wechat", Account: "main", ExtID: "m-1", From: openid, Kind: "text", Text: "转人工", Grant: &bot.Grant{Messages: 5, Until: h.now.Add(time.Hour)}}
	for i := range 3 {
		dup, err := h.Accept(context.Background(), in)
		must(t, err)
		if dup != (i > 0) {
			t.Errorf("time %d: dup %v", i, dup)
		}
	}
	h.drain(p, openid)
	rows, err := h.Transcript(context.Background(), h.conv, 0, 50)
	must(t, err)
	n := 0
	for _, m := range rows {
		if m.Direction == "in" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d messages", n)
	}
	dup, err := h.Accept(context.Background(), in)
	if err != nil || !dup {
		t.Errorf("after the work: %v %v", dup, err)
	}
	if len(h.arrive(p, in)) != 0 {
		t.Error("a repeat was answered")
	}
	if _, err := h.Accept(context.Background(), bot.Arrival{Channel: "wechat", Account: "none", ExtID: "1", From: "x"}); err == nil {
		t.Error("an unknown account was accepted")
	}
}

func TestSMSCarriesNoDebtFact(t *testing.T) {
	h, p := withPost(t, "sms", sms)
	const phone = "+8613800005521"
	for _, said := range []string{"我一共欠多少", "我叫张伟 手机尾号5521 身份证后四位4419", "想分12期", "我一共欠多少", "这不是我借的", "转人工"} {
		got := h.write(p, phone, said)
		w := parcels(got)
		if len(got) != 1 || !strings.Contains(w, "【安和消费金融】") || !strings.Contains(w, "https://www.example.com") {
			t.Errorf("%s: %d texts: %s", said, len(got), w)
		}
		for _, bad := range []string{"11,821", "欠", "分期", "还款", "逾期", "贷款"} {
			if strings.Contains(w, bad) {
				t.Errorf("%s: an SMS says %q: %s", said, bad, w)
			}
		}
	}
	c := h.control()
	if c.Identity == flows.Verified || c.Control != bot.InQueue {
		t.Errorf("identity %s, control %s", c.Identity, c.Control)
	}
	if w := parcels(h.write(p, phone, "我不想活了")); !h.control().Crisis || w == "" {
		t.Errorf("a person in need: %q", w)
	}
}

func TestOptOutActsAtOnceOverAllChannels(t *testing.T) {
	ctx := context.Background()
	h, due := agreed(t)
	p := &post{acct: bot.Account{Channel: "sms", Name: "main", CreditorID: h.cred, Signature: "安和消费金融", Traits: sms}}
	h.AttachSender(p)
	debtor := due.DebtorID
	a, err := h.store.PhoneAddress(ctx, p.acct, debtor, 1)
	must(t, err)
	h.now = h.now.Add(13 * time.Hour) // 23:00: the reminder waits for the morning
	if n, _ := h.remind(); n != 1 {
		t.Fatalf("%d reminders", n)
	}
	web := h.conv
	if got := h.write(p, a.Number, "回 t 退订！"); len(got) != 0 {
		t.Errorf("answered: %s", parcels(got))
	}
	h.now = h.now.Add(10 * time.Hour)
	h.conv = web
	must(t, h.Settle(ctx, web))
	if said := h.wire.take(); len(said) != 0 {
		t.Errorf("after the refusal: %s", words(said))
	}
	ev, err := h.DeliveryEvents(ctx, due.DraftID())
	must(t, err)
	if len(ev) == 0 || ev[len(ev)-1].State != "suppressed" {
		t.Errorf("events %+v", ev)
	}
	conv, err := h.Conversation(ctx, web)
	must(t, err)
	if f, err := h.store.DeliveryFacts(ctx, conv, h.now); err != nil || !f.OptedOut {
		t.Errorf("facts %+v %v", f, err)
	}
	h.conv = web
	if got := h.say("我一共欠多少"); !strings.Contains(got, "11,821.40") {
		t.Errorf("who asks gets no answer any more: %q", got)
	}
}

func TestTestMessageAndHealth(t *testing.T) {
	ctx := context.Background()
	h, p := withPost(t, "sms", sms)
	const phone = "+8613900000001"
	id, err := h.TestMessage(ctx, "sms", "main", phone, lin)
	must(t, err)
	h.drain(p, phone)
	got := p.take()
	if len(got) != 1 || got[0].ReplyID != "channel_test" || got[0].Class != bot.Notice || !strings.Contains(parcels(got), "【安和消费金融】") {
		t.Fatalf("%+v", got)
	}
	if ev, err := h.DeliveryEvents(ctx, id); err != nil || len(ev) != 1 || ev[0].State != "sent" || ev[0].ProviderID == "" {
		t.Errorf("%+v %v", ev, err)
	}
	if _, err := h.TestMessage(ctx, "sms", "none", phone, lin); err == nil {
		t.Error("an unknown account was tested")
	}
	p.next(bot.Result{Class: bot.Permanent, Code: "isv.X"})
	h.write(p, phone, "你好")
	health, err := h.ChannelHealth(ctx)
	if err != nil || len(health) != 1 || health[0].Sent != 1 || health[0].Failed != 1 || health[0].LastCode != "isv.X" || health[0].LastInMS == 0 {
		t.Errorf("%+v %v", health, err)
	}
}

// An account whose configuration was taken away keeps its texts, and a text too long for the bot reaches people as a dead row.
func TestWhatCannotBeWorkedOnIsNotLost(t *testing.T) {
	ctx := context.Background()
	h, p := withPost(t, "wechat", oa)
	_, err := h.Accept(ctx, bot.Arrival{Channel: "wechat", Account: "main", ExtID: "long", From: openid, Kind: "text", Text: strings.Repeat("长", 4001)})
	must(t, err)
	h.drain(p, openid)
	health, err := h.ChannelHealth(ctx)
	if err != nil || len(health) != 1 || health[0].InboxDead != 1 {
		t.Errorf("%+v %v", health, err)
	}
	if got := h.write(p, openid, "你好"); len(got) == 0 {
		t.Error("the next message is held up by it")
	}
}
