package bot

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	"hejie/bot/guard"
	"hejie/flows"
	"hejie/flows/calendar"
)

// proactiveFrom is when a proactive text may leave at the earliest: now, after the quiet hours, or after a moratorium, each
// debtor on a day of their own so that its end is no flood. Care messages are what a moratorium is for: they ask for nothing.
func (b *Bot) proactiveFrom(ctx context.Context, d guard.Draft) (time.Time, error) {
	now := b.now()
	if d.Kind != guard.Proactive {
		return now, nil
	}
	at := now
	if d.ReplyID != replyCare {
		conv, err := b.store.Conversation(ctx, d.To.ConversationID)
		if err != nil {
			return now, err
		}
		today := calendar.Today(now, b.zone)
		if day := b.policy(conv.CreditorID).ProactiveFrom(today, d.To.DebtorID); day.After(today) {
			at = day.In(b.zone)
		}
	}
	q, err := calendar.QuietFor("CN") // the jurisdiction of all case files so far; the filter judges by the debtor's own
	if err != nil {
		return now, err
	}
	return q.Next(at, b.zone), nil
}

// Care writes one care message, which asks for nothing, to each debtor in conversation with us while a moratorium holds, and
// tells how many. They leave spread over its first days. Doing it again adds nothing.
func (b *Bot) Care(ctx context.Context, now time.Time) (int, error) {
	today, n, after := calendar.Today(now, b.zone), 0, ""
	name := fmt.Sprintf("care:%dQ%d", today.Year, (today.Month+2)/3) // two moratoria of a year may each bring one
	for {
		due, err := b.store.CareDue(ctx, name, after, sweepLimit)
		if err != nil {
			return n, fmt.Errorf("care messages: %w", err)
		}
		for _, d := range due {
			after = d.DebtorID
			season, stopped := b.policy(d.CreditorID).Moratorium(today)
			if !stopped || !careDay(season, today, d.DebtorID) {
				continue
			}
			ok, err := b.care(ctx, d, name)
			if err != nil {
				return n, err
			}
			if ok {
				n++
			}
		}
		if len(due) < sweepLimit {
			return n, nil
		}
	}
}

// careDay: the debtor's own day has come, one of the first of the moratorium.
func careDay(s calendar.Season, today calendar.Date, debtorID string) bool {
	from, _, _ := s.Around(today)
	h := fnv.New32a()
	_, _ = h.Write([]byte(debtorID))
	return today.DaysSince(from) >= int(h.Sum32()%uint32(max(s.SpreadDays, 1)))
}

func (b *Bot) care(ctx context.Context, d DueSoon, name string) (bool, error) {
	conv, err := b.store.ConversationFor(ctx, d.CreditorID, d.DebtorID)
	if err != nil || conv.Control == ByAgent || conv.Identity != flows.Verified {
		return false, nil // closed meanwhile, or a person cares already
	}
	o, err := b.system(ctx, conv, replyCare, nil, name+":"+d.DebtorID)
	if err != nil {
		return false, err
	}
	return true, b.pushProactive(ctx, o)
}
