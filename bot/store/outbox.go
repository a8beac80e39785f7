package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
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

	IdemKey   string    `db:"idem_key"`
	Class     bot.Class `db:"class"`
	AuthTries int       `db:"auth_tries"`
	WasParked bool      `db:"was_parked"`
	ExpiresMS int64     `db:"expires_ms"`
	CutOff    bool      `db:"cut_off"`
	Doubts    int       `db:"doubts"`
	Matters   bool      `db:"matters"`
}

func (r outRow) outgoing() (o bot.Outgoing, err error) {
	err = errors.Join(json.Unmarshal([]byte(r.Draft), &o.Draft), json.Unmarshal([]byte(r.Verdict), &o.Verdict), json.Unmarshal([]byte(r.Facts), &o.Facts))
	if err != nil {
		return o, fmt.Errorf("outbox %s: %w", r.DraftID, err)
	}
	if o.Facts.Zone, err = loadZone(r.Zone); err != nil {
		return o, fmt.Errorf("outbox %s: %w", r.DraftID, err)
	}
	o.Key, o.Class, o.Attempt, o.AuthTries, o.WasParked = r.IdemKey, r.Class, int(r.Attempts), r.AuthTries, r.WasParked
	o.Matters = r.Matters
	if r.ExpiresMS > 0 {
		o.Expires = time.UnixMilli(r.ExpiresMS)
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
	if o.Class == "" {
		o.Class = classOf(o.Draft.Kind)
	}
	to, expires := o.Draft.To, int64(0)
	if o.TTL == 0 && !live[to.Channel] && o.Class != bot.Proactive {
		o.TTL = usualTTL
	}
	if o.TTL > 0 {
		expires = nowMS + o.TTL.Milliseconds()
	}
	matters := o.Matters || o.Draft.Author == guard.Agent || o.Draft.Kind == guard.Notice // what a person says, and who speaks now
	_, err := t.exec("outbox_insert", o.Draft.ID, to.ConversationID, to.Channel, to.Address, idemKey(o.Draft.ID), o.Class, draft, verdict, facts, zone, state, nowMS, expires, matters)
	t.wake(bot.Wake{What: "work", ConvID: to.ConversationID})
	return err
}

// live channels show a text to whoever comes back, whenever; elsewhere an answer of the day before yesterday answers nothing.
var live = map[string]bool{"web": true, "terminal": true}

const usualTTL = 48 * time.Hour

func classOf(k guard.Kind) bot.Class {
	switch k {
	case guard.Proactive:
		return bot.Proactive
	case guard.Notice:
		return bot.Notice
	}
	return bot.Answer
}

// idemKey is the name a peer knows the text by. It follows from the draft alone, so no crash can change it, and it is
// short enough for the strictest peer with room for a piece's number.
func idemKey(draftID string) string {
	sum := sha256.Sum256([]byte("hejie outbox\x00" + draftID))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}

// ClaimOutbox leases the oldest unfinished row of a conversation when it is due. A row whose lease ran out may have left
// already: MayHaveLeft says so, and the caller knows what its peer makes of a double.
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
	var r outRow
	err := t.get(&r, "outbox_claim", convID, owner, untilMS, nowMS)
	if errors.Is(err, sql.ErrNoRows) {
		return bot.Outgoing{}, false, nil
	}
	if err != nil {
		return bot.Outgoing{}, false, err
	}
	o, err := r.outgoing()
	if err != nil {
		return o, false, err
	}
	cleared, err := t.wasCleared(r)
	if cleared {
		o.MayHaveLeft, o.Doubts = r.CutOff, r.Doubts
	}
	return o, err == nil, err
}

// wasCleared: before that nothing can have left.
func (t *tx) wasCleared(r outRow) (bool, error) {
	if r.Doubts == 0 {
		return false, nil
	}
	var m struct {
		ID          string `db:"id"`
		Seq         int64  `db:"seq"`
		ClearanceID string `db:"clearance_id"`
	}
	err := t.get(&m, "message_by_draft", r.DraftID)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
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
	if _, err := t.exec("message_state", draftID, state); err != nil {
		return err
	}
	counts := "made"
	if row == "failed" || row == "blocked" { // it reached nobody
		counts = "failed"
	}
	_, err = t.exec("contact_state", draftID, counts)
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
