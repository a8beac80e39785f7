package store

import (
	"context"
	"errors"
	"fmt"

	"hejie/bot"
)

type reviewRow struct {
	bot.Review
	Draft   string `db:"draft"`
	Verdict string `db:"verdict"`
	Facts   string `db:"facts"`
	Zone    string `db:"zone"`
}

func (r reviewRow) review() (bot.Review, error) {
	o, err := outRow{DraftID: r.DraftID, Draft: r.Draft, Verdict: r.Verdict, Facts: r.Facts, Zone: r.Zone}.outgoing()
	out := r.Review
	out.Draft, out.Verdict, out.Facts = o.Draft, o.Verdict, o.Facts
	return out, err
}

// AskReview stores the held draft and the wish that somebody look at it. ErrConflict: it was asked before.
func (s *Store) AskReview(ctx context.Context, r bot.Review, o bot.Outgoing, nowMS int64) error {
	err := s.write(ctx, func(t *tx) error {
		if _, err := t.lockTurn(r.ConvID, nowMS); err != nil {
			return err
		}
		if err := t.enqueue(o, nowMS); err != nil {
			return err
		}
		if _, err := t.exec("review_insert", r.ID, r.ConvID, o.Draft.ID, r.AskedBy, r.AskedReason, nowMS); err != nil {
			return err
		}
		_, err := t.audit("second_look_asked", agentActor(r.AskedBy), r.ConvID, &o.Verdict, map[string]any{"review": r.ID, "draft": o.Draft.ID, "reason": r.AskedReason})
		return err
	})
	if isUnique(err) {
		err = bot.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("second look: %w", err)
	}
	return nil
}

// Review loads one with its draft as it stands. ErrNotFound.
func (s *Store) Review(ctx context.Context, id string) (bot.Review, error) {
	var r reviewRow
	if err := s.get(ctx, &r, "review", id); err != nil {
		return bot.Review{}, fmt.Errorf("second look %s: %w", id, found(err))
	}
	return r.review()
}

// ReviewsBy lists second looks, newest first.
func (s *Store) ReviewsBy(ctx context.Context, f bot.ReviewFilter) ([]bot.Review, error) {
	var rows []reviewRow
	if err := s.sel(ctx, &rows, "reviews", f.State, f.AskedBy, f.ConvID, f.Limit); err != nil {
		return nil, fmt.Errorf("second looks: %w", err)
	}
	out := make([]bot.Review, len(rows))
	for i, r := range rows {
		v, err := r.review()
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// DecideReview ends a second look once. With release the draft is queued; it is judged again when it leaves.
func (s *Store) DecideReview(ctx context.Context, r bot.Review, release *bot.Outgoing, nowMS int64) error {
	err := s.write(ctx, func(t *tx) error {
		n, err := t.exec("review_decide", r.ID, r.State, r.DecidedBy, r.DecidedReason, nowMS)
		if err != nil {
			return err
		}
		if n == 0 {
			return bot.ErrConflict
		}
		if release != nil {
			if err := t.release(*release, nowMS); err != nil {
				return err
			}
		}
		_, err = t.audit("second_look_"+r.State, agentActor(r.DecidedBy), r.ConvID, &r.Verdict, map[string]any{"review": r.ID, "draft": r.DraftID,
			"asked_by": r.AskedBy, "reason": r.DecidedReason})
		return err
	})
	if err != nil {
		return fmt.Errorf("second look %s: %w", r.ID, err)
	}
	return nil
}

// HeldDraft loads one stopped draft of a conversation. ErrNotFound.
func (s *Store) HeldDraft(ctx context.Context, convID, draftID string) (bot.Outgoing, error) {
	var r outRow
	if err := s.get(ctx, &r, "outbox_held", convID, draftID); err != nil {
		return bot.Outgoing{}, fmt.Errorf("held draft: %w", found(err))
	}
	return r.outgoing()
}

// ReleaseHeld queues a stopped draft again, or drops it. ErrNotFound: it is not held (any more).
func (s *Store) ReleaseHeld(ctx context.Context, o bot.Outgoing, by, reason string, drop bool, nowMS int64) error {
	conv := o.Draft.To.ConversationID
	err := s.write(ctx, func(t *tx) error {
		what := "held_released"
		if drop {
			what = "held_dropped"
			n, err := t.exec("outbox_drop", o.Draft.ID, nowMS)
			if err == nil && n == 0 {
				err = bot.ErrNotFound
			}
			if err != nil {
				return err
			}
		} else if err := t.release(o, nowMS); err != nil {
			return err
		}
		_, err := t.audit(what, by, conv, &o.Verdict, map[string]string{"draft": o.Draft.ID, "reason": reason})
		return err
	})
	if err != nil {
		return fmt.Errorf("held draft: %w", err)
	}
	return nil
}

// release puts a stopped row back in the queue with fresh facts; a row that has an end gets a new one.
func (t *tx) release(o bot.Outgoing, nowMS int64) error {
	o.Facts.Zone = nil // kept beside
	verdict, err1 := toJSON(o.Verdict)
	facts, err2 := toJSON(o.Facts)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	n, err := t.exec("outbox_release", o.Draft.ID, verdict, facts, nowMS, nowMS+usualTTL.Milliseconds())
	if err == nil && n == 0 {
		err = bot.ErrNotFound
	}
	t.wake(bot.Wake{What: "work", ConvID: o.Draft.To.ConversationID})
	return err
}
