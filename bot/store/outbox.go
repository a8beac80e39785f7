package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
)

// outRow is an outgoing draft as it is stored.
type outRow struct {
	DraftID  string `db:"draft_id"`
	Draft    string `db:"draft"`
	Verdict  string `db:"verdict"`
	Facts    string `db:"facts"`
	Zone     string `db:"zone"`
	Channel  string `db:"channel"`
	Attempts int64  `db:"attempts"`
}

func (r outRow) outgoing() (o bot.Outgoing, err error) {
	err = errors.Join(json.Unmarshal([]byte(r.Draft), &o.Draft), json.Unmarshal([]byte(r.Verdict), &o.Verdict), json.Unmarshal([]byte(r.Facts), &o.Facts))
	if err != nil {
		return o, fmt.Errorf("outbox %s: %w", r.DraftID, err)
	}
	if o.Facts.Zone, err = loadZone(r.Zone); err != nil {
		return o, fmt.Errorf("outbox %s: %w", r.DraftID, err)
	}
	return o, nil
}

// Enqueue adds one outgoing draft outside a turn. The same draft id adds no second row. ErrNotFound.
func (s *Store) Enqueue(ctx context.Context, o bot.Outgoing, nowMS int64) error {
	return s.write(ctx, func(t *tx) error {
		if _, err := t.lockTurn(o.Draft.To.ConversationID, nowMS); err != nil {
			return err
		}
		return t.enqueue(o, nowMS)
	})
}

// enqueue needs the conversation's lock.
func (t *tx) enqueue(o bot.Outgoing, nowMS int64) error {
	zone := zoneName(o.Facts.Zone, o.Facts.Now)
	o.Facts.Zone = nil // kept beside: a Location has no JSON form
	draft, err1 := toJSON(o.Draft)
	verdict, err2 := toJSON(o.Verdict)
	facts, err3 := toJSON(o.Facts)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	state := "queued"
	if o.Verdict.Decision != guard.Pass {
		state = "held"
	}
	_, err := t.exec("outbox_insert", o.Draft.ID, o.Draft.To.ConversationID, o.Draft.To.Channel, draft, verdict, facts, zone, state, nowMS)
	return err
}

// ClaimOutbox leases the oldest unfinished row of a conversation when it is due. A row whose lease ran out may have left
// already: it is handed out again only where the peer drops doubles by number, elsewhere it becomes unknown, for a person to see.
func (s *Store) ClaimOutbox(ctx context.Context, convID, owner string, now time.Time, lease time.Duration) (o bot.Outgoing, ok bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		o, ok, err = t.claim(convID, owner, now.UnixMilli(), now.Add(lease).UnixMilli())
		return err
	})
	if err != nil {
		return bot.Outgoing{}, false, fmt.Errorf("claim outbox of %s: %w", convID, err)
	}
	return o, ok, nil
}

func (t *tx) claim(convID, owner string, nowMS, untilMS int64) (bot.Outgoing, bool, error) {
	for {
		var r outRow
		err := t.get(&r, "outbox_claim", convID, owner, untilMS, nowMS)
		if errors.Is(err, sql.ErrNoRows) {
			return bot.Outgoing{}, false, nil
		}
		if err != nil {
			return bot.Outgoing{}, false, err
		}
		if gone, err := t.mayHaveLeft(r); err != nil {
			return bot.Outgoing{}, false, err
		} else if gone {
			if err := t.finish(r.DraftID, "unknown", nil, time.Time{}); err != nil {
				return bot.Outgoing{}, false, err
			}
			continue
		}
		o, err := r.outgoing()
		return o, err == nil, err
	}
}

// dropsDoubles are channels whose peer knows a message by its number.
var dropsDoubles = map[string]bool{"web": true, "terminal": true}

func (t *tx) mayHaveLeft(r outRow) (bool, error) {
	if r.Attempts <= 1 || dropsDoubles[r.Channel] {
		return false, nil
	}
	var m struct {
		ID          string `db:"id"`
		Seq         int64  `db:"seq"`
		ClearanceID string `db:"clearance_id"`
	}
	err := t.get(&m, "message_by_draft", r.DraftID)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil // never cleared, so never sent
	}
	return err == nil, err
}

// FinishOutbox sets the row's state and moves its message row along. failed with a time means: try again then.
func (s *Store) FinishOutbox(ctx context.Context, draftID, state string, v *guard.Verdict, until time.Time) error {
	switch state {
	case "sent", "waiting", "failed", "unknown", "blocked", "deferred":
	default:
		return fmt.Errorf("store: outbox state %q is not an end", state)
	}
	return s.write(ctx, func(t *tx) error { return t.finish(draftID, state, v, until) })
}

func (t *tx) finish(draftID, state string, v *guard.Verdict, until time.Time) (err error) {
	verdict, next := "", int64(0)
	if v != nil {
		if verdict, err = toJSON(v); err != nil {
			return err
		}
	}
	if !until.IsZero() {
		next = until.UnixMilli()
	}
	row := state
	if state == "failed" && next > 0 {
		row = "queued"
	}
	n, err := t.exec("outbox_finish", draftID, row, verdict, next, t.now)
	if err != nil {
		return err
	}
	if n == 0 {
		var known int
		if err := t.get(&known, "outbox_exists", draftID); err != nil {
			return err
		}
		if known == 0 {
			return fmt.Errorf("outbox %s: %w", draftID, bot.ErrNotFound)
		}
		return nil // sent before: a late word changes nothing
	}
	if state == "blocked" { // cleared once, cut off, and stopped at the next try
		state = "failed"
	}
	_, err = t.exec("message_state", draftID, state)
	return err
}

// Held lists drafts of a conversation that did not pass, at first or at the last check.
func (s *Store) Held(ctx context.Context, convID string) ([]bot.Outgoing, error) {
	var rows []outRow
	if err := s.sel(ctx, &rows, "outbox_stopped", convID); err != nil {
		return nil, fmt.Errorf("held drafts: %w", err)
	}
	out := make([]bot.Outgoing, len(rows))
	for i, r := range rows {
		o, err := r.outgoing()
		if err != nil {
			return nil, err
		}
		out[i] = o
	}
	return out, nil
}
