package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/flows"
	"hejie/flows/calendar"
	"hejie/flows/policy"
	"hejie/prompts"
)

// agreed is a house whose debtor d1 has agreed to 12 instalments, at ten in the morning of the day before the first; and that first one.
func agreed(t *testing.T) (*house, bot.DueSoon) {
	t.Helper()
	h := build(t, nil).open(flows.Verified, "d1")
	h.say("想分12期 每月12号")
	h.say("确认")
	cf, err := h.CaseFile(context.Background(), h.conv)
	must(t, err)
	if len(cf.Arrangements) != 1 {
		t.Fatalf("plans %+v", cf.Arrangements)
	}
	h.wire.take()
	first := cf.Arrangements[0].NextDue
	h.now = first.AddDays(-1).In(h.now.Location()).Add(10 * time.Hour)
	due, err := h.store.DueOn(context.Background(), first, "", 10)
	must(t, err)
	if len(due) != 1 {
		t.Fatalf("due on %s: %+v", first, due)
	}
	return h, due[0]
}

// remind runs the sweep and what it puts in the outbox.
func (h *house) remind() (n int, said []guard.Cleared) {
	h.t.Helper()
	n, err := h.RemindDue(context.Background(), h.now)
	must(h.t, err)
	must(h.t, h.Settle(context.Background(), h.conv))
	return n, h.wire.take()
}

func TestReminderTheDayBefore(t *testing.T) {
	h, due := agreed(t)
	h.now = h.now.AddDate(0, 0, -1)
	if n, said := h.remind(); n != 0 || len(said) != 0 {
		t.Fatalf("two days before: %d, %s", n, words(said))
	}
	h.now = h.now.AddDate(0, 0, 1)
	n, said := h.remind()
	if n != 1 || len(said) != 1 {
		t.Fatalf("%d reminders, said %q", n, words(said))
	}
	day, sum := h.now.AddDate(0, 0, 1), prompts.Money("zh-Hans", "CNY", int64(due.Amount))
	if c := said[0]; c.Author() != guard.Reminder || c.Kind() != guard.Proactive || c.ClearanceID() == "" {
		t.Errorf("sent as %s %s", c.Author(), c.Kind())
	}
	if got := words(said); !strings.Contains(got, day.Format("1月2日")) || !strings.Contains(got, sum) {
		t.Errorf("%q does not say %s on %s", got, sum, day.Format("1月2日"))
	}
	for range 3 { // every hour of the day
		h.now = h.now.Add(time.Hour)
		if n, said := h.remind(); n != 0 || len(said) != 0 {
			t.Errorf("again: %d, %s", n, words(said))
		}
	}
}

func TestReminderWaitsForTheMorning(t *testing.T) {
	h, _ := agreed(t)
	h.now = h.now.Add(13 * time.Hour) // 23:00
	if n, said := h.remind(); n != 1 || len(said) != 0 {
		t.Fatalf("at night: %d written, said %q", n, words(said))
	}
	h.now = h.now.Add(10 * time.Hour) // 09:00, the day itself
	if _, said := h.remind(); len(said) != 1 {
		t.Errorf("in the morning: %q", words(said))
	}
}

func TestReminderThatComesTooLateIsDropped(t *testing.T) {
	h, _ := agreed(t)
	h.now = h.now.Add(13 * time.Hour)
	h.remind()
	h.now = h.now.Add(34 * time.Hour) // 09:00, a day after it was due
	if _, said := h.remind(); len(said) != 0 {
		t.Errorf("said %q", words(said))
	}
}

func TestReminderIsStopped(t *testing.T) {
	ctx := context.Background()
	for name, stop := range map[string]func(*house){
		"opt-out":        func(h *house) { h.say("以后别再给我发消息了，停止联系") },
		"hold":           func(h *house) { h.say("我对这笔账有异议，这不是我借的") },
		"crisis":         func(h *house) { h.say("我不想活了") },
		"a person holds": func(h *house) { _, err := h.TakeOver(ctx, h.conv, lin); must(h.t, err) },
		"closed":         func(h *house) { _, err := h.CloseConversation(ctx, h.conv, lin); must(h.t, err) },
	} {
		t.Run(name, func(t *testing.T) {
			h, _ := agreed(t)
			stop(h)
			must(t, h.Settle(ctx, h.conv))
			h.wire.take()
			if _, said := h.remind(); len(said) != 0 {
				t.Errorf("said %q", words(said))
			}
		})
	}
}

func TestReminderOfAPromise(t *testing.T) {
	h := build(t, nil).open(flows.Verified, "d1")
	h.say("我12月10号先还500")
	h.wire.take()
	h.now = time.Date(2026, 12, 9, 10, 0, 0, 0, h.now.Location())
	n, said := h.remind()
	if got := words(said); n != 1 || len(said) != 1 || !strings.Contains(got, "500.00") || !strings.Contains(got, "12月10日") {
		t.Errorf("%d: %q", n, got)
	}
}

// lined is agreed with an SMS line of the creditor.
func lined(t *testing.T) (*house, bot.DueSoon, *post) {
	t.Helper()
	h, due := agreed(t)
	p := &post{acct: bot.Account{Channel: "sms", Name: "main", CreditorID: h.cred, Signature: "安和消费金融", Traits: sms}}
	h.AttachSender(p)
	return h, due, p
}

// sweep writes the reminders and settles the SMS conversation of d1.
func (h *house) sweep(p *post) (int, []bot.Parcel) {
	h.t.Helper()
	n, err := h.RemindDue(context.Background(), h.now)
	must(h.t, err)
	h.drain(p, "+8613800005521")
	return n, p.take()
}

func TestReminderBySMSSaysNothingOfADebt(t *testing.T) {
	h, due, p := lined(t)
	n, got := h.sweep(p)
	if n != 1 || len(got) != 1 || got[0].Class != bot.Proactive || got[0].Address != "+8613800005521" {
		t.Fatalf("%d: %+v", n, got)
	}
	w := parcels(got)
	for _, bad := range []string{prompts.Money("zh-Hans", "CNY", int64(due.Amount)), "还", "欠", "款", "月"} {
		if strings.Contains(strings.ReplaceAll(w, "安和消费金融", ""), bad) {
			t.Errorf("it says %q: %s", bad, w)
		}
	}
	if n, got := h.sweep(p); n != 0 || len(got) != 0 {
		t.Errorf("again: %d, %s", n, parcels(got))
	}
}

func TestCapsCountAllChannels(t *testing.T) {
	h, due, p := lined(t)
	must(t, h.store.AddContact(context.Background(), h.cred, due.DebtorID, "call", "agent", h.now.Add(-time.Hour)))
	if n, got := h.sweep(p); n != 1 || len(got) != 0 {
		t.Errorf("after a call today: %d, %s", n, parcels(got))
	}
	h.now = h.now.Add(23 * time.Hour) // the next day, 09:00
	if _, got := h.sweep(p); len(got) != 1 {
		t.Errorf("the next day: %s", parcels(got))
	}
}

func TestMoratoriumAndItsEnd(t *testing.T) {
	ctx := context.Background()
	pol, err := policy.Default()
	must(t, err)
	stopped := *pol
	stopped.Seasons = append(stopped.Seasons, policy.Season{Season: calendar.Season{Name: "year's end", Kind: calendar.Moratorium,
		From: calendar.MonthDay{Month: 12, Day: 1}, To: calendar.MonthDay{Month: 12, Day: 20}, SpreadDays: 3}})
	h := buildWith(t, nil, func(o *bot.Options) { o.Policy = func(string) *policy.Policy { return &stopped } }).open(flows.Verified, "d1")
	h.say("我12月11号先还500")
	h.say("我12月27号再还500")
	h.wire.take()
	if n, err := h.Care(ctx, time.Date(2026, 6, 30, 10, 0, 0, 0, h.now.Location())); err != nil || n != 0 {
		t.Errorf("out of the moratorium: %d %v", n, err)
	}
	at := func(day, hour int) { h.now = time.Date(2026, 12, day, hour, 0, 0, 0, h.now.Location()) }
	at(8, 10)
	n, err := h.Care(ctx, h.now)
	must(t, err)
	must(t, h.Settle(ctx, h.conv))
	if got := words(h.wire.take()); n != 1 || got == "" || strings.ContainsAny(got, "0123456789") {
		t.Errorf("care: %d, %q", n, got)
	}
	if n, err := h.Care(ctx, h.now); err != nil || n != 0 {
		t.Errorf("twice: %d %v", n, err)
	}
	at(10, 10)
	if n, said := h.remind(); n != 1 || len(said) != 0 {
		t.Errorf("in the moratorium: %d, %s", n, words(said))
	}
	for day := 11; day < 26; day++ { // the promise's day passes: no backlog afterwards
		at(day, 10)
		if _, said := h.remind(); len(said) != 0 {
			t.Errorf("on the %d: %s", day, words(said))
		}
	}
	at(26, 10)
	if _, said := h.remind(); len(said) != 1 {
		t.Errorf("after it: %s", words(said))
	}
}
