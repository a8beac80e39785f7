package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
)

// DeadLetters lists what did not arrive or may not have, newest first.
func (s *Store) DeadLetters(ctx context.Context, creditorID string, limit int) ([]bot.DeadLetter, error) {
	var out []bot.DeadLetter
	if err := s.sel(ctx, &out, "dead_letters", creditorID, limit); err != nil {
		return nil, fmt.Errorf("dead letters: %w", err)
	}
	for i := range out {
		var d guard.Draft
		if err := json.Unmarshal([]byte(out[i].Draft), &d); err != nil {
			return nil, fmt.Errorf("dead letter %s: %w", out[i].DraftID, err)
		}
		out[i].ReplyID, out[i].Draft = d.ReplyID, ""
	}
	return out, nil
}

// revived is how long a dead letter that was put back may try.
const revived = 24 * time.Hour

// RetryDead puts a dead letter back in the queue by a person's decision; it is judged again when it leaves.
// ErrNotFound: it is no dead letter (any more).
func (s *Store) RetryDead(ctx context.Context, draftID, actor string, nowMS int64) (convID string, err error) {
	err = s.write(ctx, func(t *tx) error {
		if err := t.get(&convID, "outbox_revive", draftID, nowMS, nowMS+revived.Milliseconds()); err != nil {
			return found(err)
		}
		if _, err := t.exec("message_revive", draftID); err != nil {
			return err
		}
		if _, err := t.exec("delivery_event_insert", newID(), draftID, nowMS, 0, "queued", "retry", "", actor, ""); err != nil {
			return err
		}
		t.wake(bot.Wake{What: "work", ConvID: convID})
		_, err := t.audit("dead_letter_retry", actor, convID, nil, map[string]string{"draft": draftID})
		return err
	})
	if err != nil {
		return "", fmt.Errorf("dead letter %s: %w", draftID, err)
	}
	return convID, nil
}

// DeliveryEvents is a text's history, oldest first.
func (s *Store) DeliveryEvents(ctx context.Context, draftID string) ([]bot.DeliveryEvent, error) {
	var out []bot.DeliveryEvent
	if err := s.sel(ctx, &out, "delivery_events", draftID); err != nil {
		return nil, fmt.Errorf("delivery events: %w", err)
	}
	return out, nil
}

// ChannelHealth is how each messaging account does; Sent counts since a time.
func (s *Store) ChannelHealth(ctx context.Context, since time.Time) ([]bot.ChannelHealth, error) {
	var out, in []bot.ChannelHealth
	if err := s.sel(ctx, &out, "health_out", since.UnixMilli()); err != nil {
		return nil, fmt.Errorf("channel health: %w", err)
	}
	if err := s.sel(ctx, &in, "health_in"); err != nil {
		return nil, fmt.Errorf("channel health: %w", err)
	}
next:
	for _, i := range in {
		for n := range out {
			if o := &out[n]; o.Channel == i.Channel && o.Account == i.Account {
				o.Inbox, o.InboxDead, o.LastInMS = i.Inbox, i.InboxDead, i.LastInMS
				continue next
			}
		}
		out = append(out, i)
	}
	return out, nil
}
