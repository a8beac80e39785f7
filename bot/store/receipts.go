package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"hejie/bot"
)

// Report moves a sent text's state forward by a peer's word. Only a text we sent through that account to that number is touched.
// Where none fits (yet) the word is kept for a while: it may come before the send returns.
func (s *Store) Report(ctx context.Context, r bot.Report, nowMS int64) (convID string, err error) {
	hash := ""
	if r.Address != "" {
		hash = s.numberHash(r.Channel, r.Address)
	}
	err = s.write(ctx, func(t *tx) error {
		convID = ""
		var draft string
		err := t.get(&draft, "outbox_by_receipt", r.Channel, r.Account, r.ProviderID, r.Key)
		if errors.Is(err, sql.ErrNoRows) {
			_, err = t.exec("early_receipt_insert", newID(), r.Channel, r.Account, r.ProviderID, r.Key, hash, receiptState(r), r.Code, r.At.UnixMilli(), nowMS)
			return err
		}
		if err != nil {
			return err
		}
		if convID, err = t.receipt(draft, receiptState(r), r.Code, hash, r.ProviderID); err != nil || convID == "" || r.ProviderID == "" {
			return err
		}
		return t.learnNumber(draft, r.ProviderID)
	})
	if err != nil {
		return "", fmt.Errorf("receipt: %w", err)
	}
	return convID, nil
}

// learnNumber: a text whose send ended without an answer has a number at the peer after all; what came under that number counts for it.
func (t *tx) learnNumber(draftID, providerID string) error {
	n, err := t.exec("outbox_provider", draftID, providerID)
	if err != nil || n == 0 {
		return err
	}
	var r sendRow
	if err := t.get(&r, "outbox_send_lock", draftID); err != nil {
		return found(err)
	}
	return t.earlyReceipts(draftID, r, providerID)
}

// receiptState folds a failure's class into the state a row goes to.
func receiptState(r bot.Report) string {
	if r.State != "failed" {
		return r.State
	}
	switch r.Class {
	case bot.WindowClosed:
		return "parked"
	case bot.OptedOut:
		return "suppressed"
	}
	return "failed"
}

// liftable: from which states a receipt may move a row. Forward only, but it may lift unknown and failed.
var liftable = map[string]string{
	"sent":       " sending unknown failed parked ",
	"delivered":  " sending sent unknown failed parked waiting ",
	"read":       " sending sent delivered unknown failed parked waiting ",
	"failed":     " sending sent unknown ",
	"parked":     " sending sent unknown ",
	"suppressed": " sending sent unknown ",
}

func (t *tx) receipt(draftID, state, code, hash, providerID string) (convID string, err error) {
	var r sendRow
	if err := t.get(&r, "outbox_send_lock", draftID); err != nil {
		return "", found(err)
	}
	if hash != "" {
		a, err := t.lockAddress(r.Address)
		if err != nil || a.Hash != hash {
			return "", err // not the number we wrote to: whoever sent this guesses
		}
	}
	if _, err := t.exec("delivery_event_insert", newID(), draftID, t.now, r.Attempts, state, "receipt", code, "", providerID); err != nil {
		return "", err
	}
	if !strings.Contains(liftable[state], " "+r.State+" ") {
		return r.ConvID, nil
	}
	if _, err := t.exec("outbox_receipt_state", draftID, state, code, t.now); err != nil {
		return "", err
	}
	if _, err := t.exec("message_receipt", draftID, state); err != nil {
		return "", err
	}
	counts := "made"
	switch state {
	case "failed", "parked", "suppressed":
		counts = "failed"
	}
	if _, err := t.exec("contact_state", draftID, counts); err != nil {
		return "", err
	}
	switch state {
	case "suppressed":
		err = t.refusedAtPeer(r)
	case "failed":
		err = t.deliveryTask(draftID, r.ConvID, code)
	}
	return r.ConvID, err
}

// earlyReceipts applies what the peer said before we knew its number for the text.
func (t *tx) earlyReceipts(draftID string, r sendRow, providerID string) error {
	var early []struct {
		State      string `db:"state"`
		Code       string `db:"code"`
		AtMS       int64  `db:"at_ms"`
		Hash       string `db:"address_hash"`
		ProviderID string `db:"provider_id"`
	}
	if err := t.sel(&early, "early_receipts_take", r.Channel, r.Account, providerID, r.IdemKey); err != nil {
		return err
	}
	for _, e := range early {
		if _, err := t.receipt(draftID, e.State, e.Code, e.Hash, e.ProviderID); err != nil {
			return err
		}
	}
	return nil
}
