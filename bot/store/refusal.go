package store

import (
	"context"
	"fmt"
	"strings"

	"hejie/bot"
	"hejie/flows"
)

// refused is one thing that stands against writing to somebody.
type refused struct {
	Subject string `db:"subject"`
	Reason  string `db:"reason"`
	Origin  string `db:"origin"`
}

// mine: its holder refused from this number and from nowhere else, so its holder may take it back.
func (r refused) mine(hash string) bool {
	return r.Origin == hash && strings.HasPrefix(r.Reason, "opt_out")
}

// MayResume tells whether something stands against writing to an address, and all of it is what its holder refused from it. A wrong
// number, a refusal made elsewhere or one of a time before origins were kept is not taken back by a word.
func (s *Store) MayResume(ctx context.Context, a bot.Address) (bool, error) {
	hash := s.numberHash(a.Channel, a.Number)
	var list []refused
	if err := s.sel(ctx, &list, "refusals", a.CreditorID, a.DebtorID, convSubject(a.ConvID), addrSubject(a.ID), hash); err != nil {
		return false, fmt.Errorf("refusals: %w", err)
	}
	for _, r := range list {
		if !r.mine(hash) {
			return false, nil
		}
	}
	return len(list) > 0, nil
}

// StuckRefusal is a refusal that its holder cannot take back by a word.
type StuckRefusal struct {
	Channel string `db:"channel"`
	Account string `db:"account"`
	ConvID  string `db:"conv_id"`
}

// StuckRefusals lists them, for an operator to know: nothing tells that the number alone refused, so a person must ask its holder.
func (s *Store) StuckRefusals(ctx context.Context, limit int) ([]StuckRefusal, error) {
	var out []StuckRefusal
	if err := s.sel(ctx, &out, "refusals_without_origin", limit); err != nil {
		return nil, fmt.Errorf("refusals: %w", err)
	}
	return out, nil
}

// resume: the holder of a number takes a refusal back, wherever it silenced them; what others refused stays.
func (t *tx) resume(c bot.InboxCommit, a lockedAddress) error {
	n, err := t.exec("suppression_lift", a.CreditorID, a.Hash)
	if err != nil || n == 0 {
		return err
	}
	if _, err := t.exec("hold_lift_wish", c.ConvID, c.NowMS); err != nil {
		return err
	}
	_, err = t.audit("opt_in", "debtor", c.ConvID, nil, map[string]any{"channel": a.Channel, "account": a.Account, "address": c.Address.ID, "word": c.Resume})
	return err
}

// refusals: an opt-out word and a leaving act at once, in this same transaction, over all channels.
func (t *tx) refusals(c bot.InboxCommit, a lockedAddress) error {
	if c.OptOut == "" && !c.Leave {
		return nil
	}
	reason, kind := "opt_out", "opt_out"
	if c.OptOut == "" {
		reason, kind = "left", "channel_left"
	}
	conv := bot.Conversation{ID: c.ConvID}
	if c.ConvID != "" {
		full, err := t.lock(c.ConvID, c.NowMS)
		if err != nil {
			return err
		}
		conv = full
	}
	if c.Leave {
		if err := t.erase(c, a); err != nil {
			return err
		}
	} else if err := t.silence(a, conv, reason, "opt_out", c.NowMS); err != nil {
		return err
	}
	_, err := t.audit(kind, "debtor", c.ConvID, nil, map[string]any{"channel": a.Channel, "account": a.Account, "address": c.Address.ID, "word": c.OptOut})
	return err
}

// erase ends a binding and forgets the number; the id stays, so that the contact log stays whole.
func (t *tx) erase(c bot.InboxCommit, a lockedAddress) error {
	if _, err := t.exec("suppression_put", a.CreditorID, addrSubject(c.Address.ID), "all", "left", c.NowMS, ""); err != nil {
		return err
	}
	var ids []string
	if err := t.sel(&ids, "outbox_cancel_address", c.Address.ID, "left", c.NowMS); err != nil {
		return err
	}
	if err := t.suppressed(ids, "left", c.NowMS); err != nil {
		return err
	}
	_, err := t.exec("address_erase", c.Address.ID, c.NowMS, empty)
	return err
}

// identify: whose number it is became known, or is no longer known, by the file. A thread of nobody becomes that person's, at the level
// a file can vouch for; what was asked in it belongs to them.
func (t *tx) identify(c bot.InboxCommit, a lockedAddress) error {
	if c.Unknown {
		_, err := t.exec("address_forget", c.Address.ID)
		return err
	}
	switch {
	case c.Known == "":
		return nil
	case c.Ticket != "":
		return t.useTicket(c, a)
	}
	if _, err := t.exec("address_adopt", c.Address.ID, c.Known); err != nil {
		return err
	}
	return t.nameThread(c, "number_on_file")
}

// nameThread makes the thread of nobody a known person's.
func (t *tx) nameThread(c bot.InboxCommit, how string) error {
	if c.ConvID == "" || c.Open != nil {
		return nil
	}
	conv, err := t.lock(c.ConvID, c.NowMS)
	if err != nil || conv.DebtorID != "" {
		return err
	}
	conv.State.DebtorID, conv.State.Identity = c.Known, flows.Identified
	state, err := toJSON(conv.State)
	if err != nil {
		return err
	}
	if _, err := t.exec("conversation_identify", conv.ID, c.Known, state); err != nil {
		return err
	}
	if err := t.adopt(conv.ID, c.Known); err != nil {
		return err
	}
	_, err = t.audit("identity", "system", conv.ID, nil, map[string]any{"debtor": c.Known, "level": flows.Identified, "by": how})
	return err
}

// adopt gives a debtor what was asked in a conversation before anybody knew whose it was.
func (t *tx) adopt(convID, debtorID string) error {
	if _, err := t.exec("hold_adopt", debtorID, convSubject(convID)); err != nil {
		return err
	}
	if _, err := t.exec("case_adopt", debtorID, convID); err != nil {
		return err
	}
	_, err := t.exec("promise_adopt", debtorID, convID)
	return err
}
