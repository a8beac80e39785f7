package store

import (
	"hejie/bot"
	"hejie/bot/guard"
	"hejie/flows"
)

// countContact enters a text that is about to leave into the contact ledger. The caps were judged on counts read a moment ago;
// under the debtor's lock they are counted again, so that two nodes cannot both send the one message of the day. ErrConflict
// means: judge again.
func (t *tx) countContact(e guard.Entry) error {
	d := e.Draft
	if d.Kind == guard.Proactive && d.To.DebtorID != "" && !e.Facts.Now.IsZero() {
		if err := t.capsStand(e); err != nil {
			return err
		}
	}
	_, err := t.exec("contact_insert", newID(), d.To.ConversationID, d.To.Address, d.To.Channel, d.Author, d.Kind, d.ID, t.now)
	return err
}

func (t *tx) capsStand(e guard.Entry) error {
	d := e.Draft
	if _, err := t.exec("debtor_lock", d.To.DebtorID); err != nil {
		return err
	}
	var c struct {
		CreditorID string `db:"creditor_id"`
		DebtorID   string `db:"debtor_id"`
	}
	if err := t.get(&c, "conversation_owner", d.To.ConversationID); err != nil {
		return found(err)
	}
	now := e.Facts.Now
	if e.Facts.Zone != nil {
		now = now.In(e.Facts.Zone)
	}
	var n contactCount
	conv := bot.Conversation{ID: d.To.ConversationID, CreditorID: c.CreditorID, DebtorID: c.DebtorID}
	if err := t.get(&n, "proactive_since", contactArgs(conv, now, d.ID)...); err != nil {
		return err
	}
	if n.Today > e.Facts.SentToday || n.Week > e.Facts.SentWeek {
		return bot.ErrConflict
	}
	return nil
}

// silence stops all proactive contact with an address and whoever is behind it, on every channel, and takes back what waits.
func (t *tx) silence(a lockedAddress, conv bot.Conversation, reason, code string, nowMS int64) error {
	put := func(subject string) error {
		_, err := t.exec("suppression_put", a.CreditorID, subject, "all", reason, nowMS, a.Hash)
		return err
	}
	debtor := conv.DebtorID
	if debtor == "" {
		debtor = a.DebtorID
	}
	subjects := []string{hashSubject(a.Hash)}
	if conv.ID != "" {
		subjects = append(subjects, convSubject(conv.ID))
	}
	if debtor != "" && reason != "wrong_person" { // a stranger's word silences the number, not the debtor elsewhere
		subjects = append(subjects, debtor)
	}
	for _, s := range subjects {
		if err := put(s); err != nil {
			return err
		}
	}
	return t.cancelProactive(a.CreditorID, debtor, conv.ID, code, nowMS)
}

func hashSubject(hash string) string { return "hash:" + hash }

func (t *tx) cancelProactive(creditorID, debtorID, convID, code string, nowMS int64) error {
	var ids []string
	if err := t.sel(&ids, "outbox_cancel", creditorID, debtorID, convID, code, nowMS); err != nil {
		return err
	}
	return t.suppressed(ids, code, nowMS)
}

// suppressed writes the history of rows that were taken back.
func (t *tx) suppressed(ids []string, code string, nowMS int64) error {
	for _, id := range ids {
		if _, err := t.exec("message_state", id, "suppressed"); err != nil {
			return err
		}
		if _, err := t.exec("contact_state", id, "failed"); err != nil {
			return err
		}
		if _, err := t.exec("delivery_event_insert", newID(), id, nowMS, 0, "suppressed", "", code, "", ""); err != nil {
			return err
		}
	}
	return nil
}

// stepped: the holder of the conversation's address proved who they are.
func (e *effects) stepped(f flows.Effect) error {
	_, err := e.exec("address_stepped", e.conv.Address, f.DebtorID, e.nowMS, e.nowMS+bot.BindingLife.Milliseconds())
	return err
}
