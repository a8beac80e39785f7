package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"hejie/bot"
)

type hookRow struct {
	ID              string `db:"id"`
	CreditorID      string `db:"creditor_id"`
	URL             string `db:"url"`
	Events          string `db:"events"`
	State           string `db:"state"`
	Fault           string `db:"fault"`
	Secret          []byte `db:"secret"`
	Previous        []byte `db:"previous"`
	PreviousUntilMS int64  `db:"previous_until_ms"`
	FailingSinceMS  int64  `db:"failing_since_ms"`
	CreatedMS       int64  `db:"created_ms"`
	DisabledMS      int64  `db:"disabled_ms"`
	Pending         int    `db:"pending"`
}

func (s *Store) subscription(r hookRow) (bot.Subscription, error) {
	out := bot.Subscription{ID: r.ID, CreditorID: r.CreditorID, URL: r.URL, Events: strings.Fields(r.Events), State: r.State, Fault: r.Fault,
		PreviousUntilMS: r.PreviousUntilMS, FailingSinceMS: r.FailingSinceMS, CreatedMS: r.CreatedMS, DisabledMS: r.DisabledMS, Pending: r.Pending}
	sealed := [][]byte{r.Secret}
	if len(r.Previous) > 0 && r.PreviousUntilMS > s.nowMS() {
		sealed = append(sealed, r.Previous)
	}
	for _, v := range sealed {
		plain, err := s.vault.open("webhook:"+r.ID, v)
		if err != nil {
			return out, fmt.Errorf("webhook %s: %w", r.ID, err)
		}
		out.Secrets = append(out.Secrets, string(plain))
	}
	return out, nil
}

// newHookSecret is 32 random bytes in the form the receiving libraries take.
func newHookSecret() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails
	return "whsec_" + base64.StdEncoding.EncodeToString(raw)
}

// spaced has a blank on both sides of each word: the triggers look for ' word '.
func spaced(events []string) string { return " " + strings.Join(events, " ") + " " }

// AddHook makes a subscription; the secret is shown to its maker once and kept sealed.
func (s *Store) AddHook(ctx context.Context, sub bot.Subscription, by string) (bot.Subscription, string, error) {
	if _, err := s.Tenant(ctx, sub.CreditorID); err != nil {
		return sub, "", err
	}
	sub.ID, sub.State, sub.CreatedMS = newID(), "active", s.nowMS()
	secret := newHookSecret()
	err := s.write(ctx, func(t *tx) error {
		sealed := s.vault.seal("webhook:"+sub.ID, []byte(secret))
		if _, err := t.exec("webhook_insert", sub.ID, sub.CreditorID, sub.URL, spaced(sub.Events), sealed, sub.CreatedMS); err != nil {
			return err
		}
		_, err := t.audit("webhook", by, "", nil, sub)
		return err
	})
	return sub, secret, err
}

// Hook loads one. ErrNotFound, also when it is another creditor's.
func (s *Store) Hook(ctx context.Context, creditorID, id string) (bot.Subscription, error) {
	var r hookRow
	if err := s.get(ctx, &r, "webhook", id, creditorID); err != nil {
		return bot.Subscription{}, fmt.Errorf("webhook %s: %w", id, found(err))
	}
	return s.subscription(r)
}

// HooksOf lists a creditor's subscriptions; empty lists all.
func (s *Store) HooksOf(ctx context.Context, creditorID string) ([]bot.Subscription, error) {
	var rows []hookRow
	if err := s.sel(ctx, &rows, "webhooks", creditorID); err != nil {
		return nil, fmt.Errorf("webhooks: %w", err)
	}
	out := make([]bot.Subscription, len(rows))
	for i, r := range rows {
		v, err := s.subscription(r)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// changeHook runs change on a subscription of the creditor and leaves an audit line.
func (s *Store) changeHook(ctx context.Context, creditorID, id, by, what string, change func(*tx) error) error {
	return s.write(ctx, func(t *tx) error {
		var r hookRow
		if err := t.get(&r, "webhook", id, creditorID); err != nil {
			return fmt.Errorf("webhook %s: %w", id, found(err))
		}
		if err := change(t); err != nil {
			return err
		}
		_, err := t.audit(what, by, "", nil, map[string]string{"webhook": id, "creditor": r.CreditorID})
		return err
	})
}

// SetHook changes address, events and state. To set it active clears the fault and tries at once.
func (s *Store) SetHook(ctx context.Context, creditorID string, sub bot.Subscription, by string) (bot.Subscription, error) {
	err := s.changeHook(ctx, creditorID, sub.ID, by, "webhook_set", func(t *tx) error {
		disabled := int64(0)
		if sub.State != "active" {
			disabled = t.now
		}
		_, err := t.exec("webhook_set", sub.ID, sub.URL, spaced(sub.Events), sub.State, disabled)
		return err
	})
	if err != nil {
		return bot.Subscription{}, err
	}
	return s.Hook(ctx, creditorID, sub.ID)
}

// DropHook ends a subscription for good; its secret is erased, its log stays until it is forgotten.
func (s *Store) DropHook(ctx context.Context, creditorID, id, by string) error {
	return s.changeHook(ctx, creditorID, id, by, "webhook_dropped", func(t *tx) error {
		if _, err := t.exec("webhook_drop", id, t.now, []byte{}); err != nil {
			return err
		}
		_, err := t.exec("hooks_skip", id)
		return err
	})
}

// RotateHook makes a new secret; until the given time the old one signs beside it, so that a receiver can change over.
func (s *Store) RotateHook(ctx context.Context, creditorID, id, by string, until time.Time) (string, error) {
	secret := newHookSecret()
	err := s.changeHook(ctx, creditorID, id, by, "webhook_rotated", func(t *tx) error {
		_, err := t.exec("webhook_rotate", id, s.vault.seal("webhook:"+id, []byte(secret)), until.UnixMilli())
		return err
	})
	return secret, err
}

// HookLog lists events of a subscription with what became of them, newest first.
func (s *Store) HookLog(ctx context.Context, creditorID, id string, before int64, limit int) ([]bot.HookEvent, error) {
	if _, err := s.Hook(ctx, creditorID, id); err != nil {
		return nil, err
	}
	out := []bot.HookEvent{}
	if err := s.sel(ctx, &out, "hook_log", id, before, limit); err != nil {
		return nil, fmt.Errorf("webhook log: %w", err)
	}
	return out, nil
}

// ReplayHook puts ended events from..to back in the queue; they keep their ids, by which a receiver knows them again.
func (s *Store) ReplayHook(ctx context.Context, creditorID, id string, from, to int64, by string) (n int, err error) {
	err = s.changeHook(ctx, creditorID, id, by, "webhook_replay", func(t *tx) error {
		rows, err := t.exec("hook_replay", id, from, to)
		n = int(rows)
		return err
	})
	return n, err
}

// ClaimHook leases one subscription that has something to send.
func (s *Store) ClaimHook(ctx context.Context, owner string, now time.Time, lease time.Duration) (sub bot.Subscription, ok bool, err error) {
	var id string
	var due int
	if err := s.get(ctx, &due, "webhook_due", now.UnixMilli()); err != nil || due == 0 { // an idle look must not take the writer's lock
		return sub, false, err
	}
	err = s.write(ctx, func(t *tx) error {
		id = ""
		err := t.get(&id, "webhook_claim", owner, now.Add(lease).UnixMilli(), now.UnixMilli())
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil || id == "" {
		return sub, false, err
	}
	sub, err = s.Hook(ctx, "", id)
	if errors.Is(err, bot.ErrNotFound) { // dropped meanwhile
		return sub, false, nil
	}
	return sub, err == nil, err
}

// HeadHook is the oldest unsent event of a subscription.
func (s *Store) HeadHook(ctx context.Context, subID string) (e bot.HookEvent, ok bool, err error) {
	err = s.get(ctx, &e, "hook_head", subID)
	if errors.Is(err, sql.ErrNoRows) {
		return e, false, nil
	}
	return e, err == nil, err
}

// FinishHook records an attempt and renews the lease. A node that lost its lease records nothing: the other one's word counts.
func (s *Store) FinishHook(ctx context.Context, subID string, o bot.HookOutcome, lease time.Duration) (still bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		state, fault, failing, next, done := "active", "", int64(0), int64(0), int64(0)
		if o.State == "pending" || o.State == "failed" {
			fault, failing = o.Error, o.Now.UnixMilli()
		}
		if !o.Next.IsZero() {
			next = o.Next.UnixMilli()
		}
		if o.State != "pending" {
			done = o.Now.UnixMilli()
		}
		if o.Disable != "" {
			state, fault = "disabled", o.Disable
		}
		n, err := t.exec("webhook_after", subID, o.Owner, o.Now.Add(lease).UnixMilli(), next, fault, failing, state, o.Now.UnixMilli())
		if err != nil {
			return err
		}
		if still = n > 0; !still {
			return nil
		}
		if _, err := t.exec("hook_tried", o.N, o.State, o.Status, o.Error, o.Body, o.Took.Milliseconds(), o.Now.UnixMilli(), done); err != nil {
			return err
		}
		if o.Disable == "" {
			return nil
		}
		_, err = t.audit("webhook_disabled", "system", "", nil, map[string]string{"webhook": subID, "why": o.Disable})
		return err
	})
	return still, err
}

// ReleaseHook gives a lease back before its end.
func (s *Store) ReleaseHook(ctx context.Context, subID, owner string) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec("webhook_release", subID, owner)
		return err
	})
}

// ForgetHooks drops ended events older than before.
func (s *Store) ForgetHooks(ctx context.Context, before time.Time) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec("hooks_forget", before.UnixMilli())
		return err
	})
}
