package store

import (
	"context"
	"fmt"

	"hejie/bot"
)

// sendRow is an outbox row under lock.
type sendRow struct {
	State      string    `db:"state"`
	Attempts   int       `db:"attempts"`
	LeaseOwner string    `db:"lease_owner"`
	ConvID     string    `db:"conv_id"`
	Address    string    `db:"address"`
	Channel    string    `db:"channel"`
	Account    string    `db:"account"`
	IdemKey    string    `db:"idem_key"`
	ProviderID string    `db:"provider_id"`
	Class      bot.Class `db:"class"`
}

// FinishSend records an attempt with all that follows from it. A result other than sent counts only while the lease is the
// owner's: a node that was slow must not undo what another did after it. ErrNotFound.
func (s *Store) FinishSend(ctx context.Context, o bot.SendOutcome) error {
	err := s.write(ctx, func(t *tx) error { return t.finishSend(o) })
	if err != nil {
		return fmt.Errorf("outcome of %s: %w", o.DraftID, err)
	}
	return nil
}

func (t *tx) finishSend(o bot.SendOutcome) error {
	var r sendRow
	if err := t.get(&r, "outbox_send_lock", o.DraftID); err != nil {
		return found(err)
	}
	if _, err := t.exec("delivery_event_insert", newID(), o.DraftID, t.now, o.Attempt, o.State, string(o.Result.Class), o.Result.Code, o.Result.Detail, o.Result.ProviderID); err != nil {
		return err
	}
	mine := r.State == "sending" && r.LeaseOwner == o.Owner && r.Attempts == o.Attempt
	arrived := r.State == "sent" || r.State == "delivered" || r.State == "read"
	if arrived || (!mine && o.State != "sent") {
		return nil
	}
	if err := t.moveSent(o); err != nil {
		return err
	}
	if err := t.afterSend(o, r); err != nil {
		return err
	}
	if o.State == "sent" || o.State == "unknown" {
		return t.earlyReceipts(o.DraftID, r, o.Result.ProviderID)
	}
	return nil
}

func (t *tx) moveSent(o bot.SendOutcome) error {
	verdict, next := "", int64(0)
	if o.Verdict != nil {
		v, err := toJSON(o.Verdict)
		if err != nil {
			return err
		}
		verdict = v
	}
	if !o.Next.IsZero() {
		next = o.Next.UnixMilli()
	}
	back, auth, doubt := 0, 0, 0
	if o.NotTried {
		back = 1
	}
	if o.Auth {
		auth = 1
	}
	if o.Doubt {
		doubt = 1
	}
	if _, err := t.exec("outbox_outcome", o.DraftID, o.State, verdict, next, t.now, o.Result.Code, o.Result.ProviderID, back, auth, doubt); err != nil {
		return err
	}
	state := o.State
	if state == "blocked" {
		state = "failed"
	}
	if state == "queued" || state == "deferred" {
		return nil
	}
	_, err := t.exec("message_state", o.DraftID, state)
	return err
}

// afterSend: the window's budget, the contact ledger, refusals and the task for people.
func (t *tx) afterSend(o bot.SendOutcome, r sendRow) error {
	switch o.State {
	case "sent", "unknown":
		if _, err := t.exec("address_spend", r.Address, max(o.Result.Used, 1)); err != nil {
			return err
		}
		if _, err := t.exec("address_offered", r.Address, o.Letters); err != nil {
			return err
		}
	case "parked", "suppressed", "failed", "blocked", "deferred":
		if _, err := t.exec("contact_state", o.DraftID, "failed"); err != nil {
			return err
		}
	}
	if o.State == "sent" || o.State == "queued" {
		if _, err := t.exec("contact_state", o.DraftID, "made"); err != nil {
			return err
		}
	}
	if o.Result.Class == bot.WindowClosed && o.Result.Code != bot.KeptBack {
		if _, err := t.exec("address_shut", r.Address); err != nil {
			return err
		}
	}
	if o.Result.Class == bot.OptedOut {
		if err := t.refusedAtPeer(r); err != nil {
			return err
		}
	}
	if o.Task {
		return t.deliveryTask(o.DraftID, r.ConvID, o.Result.Code)
	}
	return nil
}

func (t *tx) refusedAtPeer(r sendRow) error {
	a, err := t.lockAddress(r.Address)
	if err != nil {
		return err
	}
	conv, err := t.lock(r.ConvID, t.now)
	if err != nil {
		return err
	}
	if err := t.silence(a, conv, "opt_out_at_peer", "opt_out", t.now); err != nil {
		return err
	}
	_, err = t.audit("opt_out", "peer", r.ConvID, nil, map[string]any{"channel": r.Channel, "account": r.Account, "address": r.Address})
	return err
}

// deliveryTask opens a case: somebody must find another way to tell the debtor.
func (t *tx) deliveryTask(draftID, convID, code string) error {
	var c struct {
		CreditorID string `db:"creditor_id"`
		DebtorID   string `db:"debtor_id"`
	}
	if err := t.get(&c, "conversation_owner", convID); err != nil {
		return found(err)
	}
	_, err := t.exec("case_put", "delivery:"+draftID, convID, c.CreditorID, c.DebtorID, "", "delivery", "", code, t.now)
	return err
}
