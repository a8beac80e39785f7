package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hejie/bot/guard"
	"hejie/flows"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// remindEvery is how often the plans are looked through. A reminder is due for a whole day; an hour is soon enough.
const remindEvery = time.Hour

// DueSoon is an instalment or a promise that falls due on a day and of which nobody was reminded yet.
type DueSoon struct {
	Key        string        `db:"item"` // the same for the same instalment or promise, for ever
	CreditorID string        `db:"creditor_id"`
	DebtorID   string        `db:"debtor_id"`
	AccountID  string        `db:"account_id"`
	PlanID     string        `db:"plan_id"` // empty for a promise
	Amount     ledger.Amount `db:"amount"`
}

// DraftID makes one reminder of one instalment, however often the sweep meets it.
func (d DueSoon) DraftID() string { return "remind:" + d.Key }

// Reminders finds what falls due.
type Reminders interface {
	// DueOn lists, by Key, what falls due on a day and has no reminder in the outbox; after is the last Key seen.
	DueOn(ctx context.Context, day calendar.Date, after string, limit int) ([]DueSoon, error)
	// CareDue lists, by debtor, who has a verified conversation and no care message of this name in the outbox.
	CareDue(ctx context.Context, name, after string, limit int) ([]DueSoon, error)
}

// RemindDue puts one reminder in the outbox for each instalment and each promise due tomorrow, and tells how many.
// Hour, frequency, holds and opt-outs are judged when it is delivered, as for every text. Doing it again adds nothing.
func (b *Bot) RemindDue(ctx context.Context, now time.Time) (int, error) {
	day := calendar.Today(now, b.zone).AddDays(1)
	n, after := 0, ""
	var faults []error
	for {
		due, err := b.store.DueOn(ctx, day, after, sweepLimit)
		if err != nil {
			return n, errors.Join(append(faults, fmt.Errorf("reminders: %w", err))...)
		}
		for _, d := range due {
			after = d.Key
			ok, err := b.remind(ctx, d, day)
			if err != nil { // one broken case must not cost the others their reminder
				faults = append(faults, fmt.Errorf("reminder %s: %w", d.Key, err))
			}
			if ok {
				n++
			}
		}
		if len(due) < sweepLimit {
			return n, errors.Join(faults...)
		}
	}
}

// remind writes one reminder: by SMS, as a neutral word to sign in, where the creditor has a line for that; else into the debtor's
// open conversation. It is false where there is nobody to remind: no phone and no verified conversation, a person speaking in it,
// or nothing owed any more.
func (b *Bot) remind(ctx context.Context, d DueSoon, day calendar.Date) (bool, error) {
	if a, ok := b.smsAccount(d.CreditorID); ok {
		addr, err := b.store.PhoneAddress(ctx, a, d.DebtorID, b.now().UnixMilli())
		if err == nil {
			return b.remindBySMS(ctx, d, day, addr)
		}
		if !errors.Is(err, ErrNotFound) {
			return false, err
		}
	}
	conv, err := b.store.ConversationOf(ctx, d.CreditorID, d.DebtorID, "web")
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil || conv.Identity != flows.Verified || conv.Control == ByAgent {
		return false, err
	}
	cf, err := b.caseFile(ctx, conv, flows.Match{}, conv.DebtorID)
	if err != nil {
		return false, err
	}
	amount, origin := stillDue(cf, d, day)
	if amount <= 0 {
		return false, nil
	}
	state := conv.State
	state.AccountID = d.AccountID // the debt this is about, whatever was talked of last
	o, err := b.outgoing(ctx, said{conv, cf, state, nil}, flows.Reply{ID: "reminder_due", Slots: map[string]flows.Value{
		"date":   {Kind: flows.KindDate, Date: day, Origin: origin},
		"amount": {Kind: flows.KindMoney, Money: amount, Origin: origin},
	}}, d.DraftID())
	if err != nil {
		return false, err
	}
	return true, b.pushProactive(ctx, o)
}

// remindBySMS says that there is something to read, and not what.
func (b *Bot) remindBySMS(ctx context.Context, d DueSoon, day calendar.Date, addr Address) (bool, error) {
	conv, err := b.addressConversation(ctx, addr)
	if err != nil {
		return false, err
	}
	cf, err := b.caseFile(ctx, conv, flows.Match{}, d.DebtorID)
	if err != nil {
		return false, err
	}
	amount, origin := stillDue(cf, d, day)
	if amount <= 0 || cf.Creditor.Website == "" {
		return false, nil
	}
	id, slots := neutralReply(cf, "channel_notice")
	slots["date"] = flows.Value{Kind: flows.KindDate, Date: day, Origin: origin} // not said; after that day it is not sent either
	o, err := b.outgoing(ctx, said{conv, cf, conv.State, nil}, flows.Reply{ID: id, Slots: slots}, d.DraftID())
	if err != nil {
		return false, err
	}
	return true, b.pushProactive(ctx, o)
}

// pushProactive queues a text nobody asked for. Words are judged now, the hour at delivery: what is written at night must wait,
// not be stopped for good.
func (b *Bot) pushProactive(ctx context.Context, o Outgoing) error {
	o.Draft.Author, o.Draft.Kind = guard.Reminder, guard.Proactive
	atNoon := o.Facts
	atNoon.Now = calendar.Today(b.now(), b.zone).In(b.zone).Add(12 * time.Hour)
	o.Verdict = b.filter.Check(o.Draft, atNoon)
	if err := b.store.Enqueue(ctx, o, b.now().UnixMilli()); err != nil {
		return err
	}
	b.queue.add(o.Draft.To.ConversationID, 0)
	return nil
}

// stillDue is what is left to pay of it, from the books as they stand; 0 = nothing.
func stillDue(cf flows.CaseFile, d DueSoon, day calendar.Date) (ledger.Amount, string) {
	for _, a := range cf.Accounts {
		if a.ID == d.AccountID && a.Balance.Total() <= 0 {
			return 0, ""
		}
	}
	if d.PlanID == "" {
		return d.Amount, "promise"
	}
	for _, p := range cf.Arrangements {
		if p.ID == d.PlanID && p.NextDue == day {
			return p.Amount, "arrangement:" + p.ID
		}
	}
	return 0, ""
}

// tooLate: a reminder that waited (for the morning, for its turn) past the day it speaks of reminds of nothing.
func tooLate(d guard.Draft, today calendar.Date) bool {
	if d.Author != guard.Reminder {
		return false
	}
	for _, f := range d.Figures {
		if f.Kind == guard.Date {
			if day, err := calendar.ParseDate(f.Text); err == nil && day.Before(today) {
				return true
			}
		}
	}
	return false
}

// remindHourly runs until ctx ends.
func (b *Bot) remindHourly(ctx context.Context) {
	t := time.NewTicker(remindEvery)
	defer t.Stop()
	for {
		if n, err := b.RemindDue(ctx, b.now()); err != nil && ctx.Err() == nil {
			b.log.Error("reminders not complete", "written", n, "err", err)
		}
		if n, err := b.Care(ctx, b.now()); err != nil && ctx.Err() == nil {
			b.log.Error("care messages not complete", "written", n, "err", err)
		}
		if err := b.store.Forget(ctx); err != nil && ctx.Err() == nil {
			b.log.Error("expired state not dropped", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}
