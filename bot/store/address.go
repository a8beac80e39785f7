package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"hejie/bot"
	"hejie/flows/calendar"
)

type addressRow struct {
	bot.Address
	Sealed []byte `db:"sealed"`
}

func (s *Store) openAddress(r addressRow) (bot.Address, error) {
	if r.GoneMS > 0 {
		return r.Address, nil // erased: there is nothing to open
	}
	plain, err := s.vault.open("address:"+r.ID, r.Sealed)
	if err != nil {
		return bot.Address{}, fmt.Errorf("address %s: %w", r.ID, err)
	}
	r.Number = string(plain)
	return r.Address, nil
}

// numberHash is the same for the same number on every account of a channel, so that who refused on one is known on the others.
func (s *Store) numberHash(channel, number string) string {
	return s.vault.hash("number", channel, number)
}

// Address loads one with its number. ErrNotFound.
func (s *Store) Address(ctx context.Context, id string) (bot.Address, error) {
	var r addressRow
	if err := s.get(ctx, &r, "address", id); err != nil {
		return bot.Address{}, fmt.Errorf("address %s: %w", id, found(err))
	}
	return s.openAddress(r)
}

// AddressOf finds one by its number. ErrNotFound.
func (s *Store) AddressOf(ctx context.Context, channel, account, number string) (bot.Address, error) {
	var r addressRow
	if err := s.get(ctx, &r, "address_of", channel, account, s.numberHash(channel, number)); err != nil {
		return bot.Address{}, fmt.Errorf("address: %w", found(err))
	}
	return s.openAddress(r)
}

// AddressesOf lists a debtor's addresses, the best proved first.
func (s *Store) AddressesOf(ctx context.Context, creditorID, debtorID string) ([]bot.Address, error) {
	if debtorID == "" {
		return nil, nil
	}
	var rows []addressRow
	if err := s.sel(ctx, &rows, "addresses_of", creditorID, debtorID); err != nil {
		return nil, fmt.Errorf("addresses: %w", err)
	}
	out := make([]bot.Address, len(rows))
	for i, r := range rows {
		a, err := s.openAddress(r)
		if err != nil {
			return nil, err
		}
		out[i] = a
	}
	return out, nil
}

// PhoneAddress makes sure the phone on a debtor's file has an address on an account. ErrNotFound: the file has no phone.
func (s *Store) PhoneAddress(ctx context.Context, a bot.Account, debtorID string, nowMS int64) (bot.Address, error) {
	var phone string
	if err := s.get(ctx, &phone, "phone_of", a.CreditorID, debtorID); err != nil {
		return bot.Address{}, fmt.Errorf("phone of debtor: %w", found(err))
	}
	number := E164(phone)
	if number == "" {
		return bot.Address{}, fmt.Errorf("phone of debtor: %w", bot.ErrNotFound)
	}
	got, err := s.AddressOf(ctx, a.Channel, a.Name, number)
	if err == nil && got.DebtorID == debtorID {
		return got, nil
	}
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return bot.Address{}, err
	}
	err = s.write(ctx, func(t *tx) error {
		if got.ID != "" {
			_, err := t.exec("address_adopt", got.ID, debtorID)
			return err
		}
		return t.putAddress(bot.Address{ID: newID(), CreditorID: a.CreditorID, Channel: a.Channel, Account: a.Name, Number: number,
			DebtorID: debtorID, Method: bot.ByFile}, nowMS)
	})
	if err != nil {
		return bot.Address{}, fmt.Errorf("phone of debtor: %w", err)
	}
	return s.AddressOf(ctx, a.Channel, a.Name, number)
}

// DebtorByPhone finds whose number it is by the file. ErrNotFound: nobody's, or more than one person's: then nobody knows who wrote.
func (s *Store) DebtorByPhone(ctx context.Context, creditorID, number string) (bot.KnownDebtor, error) {
	if len(number) < 4 {
		return bot.KnownDebtor{}, bot.ErrNotFound
	}
	var rows []struct {
		debtorRow
		Phone string `db:"phone"`
	}
	if err := s.sel(ctx, &rows, "debtors_by_phone4", creditorID, number[len(number)-4:]); err != nil {
		return bot.KnownDebtor{}, fmt.Errorf("debtor by phone: %w", err)
	}
	var found []bot.KnownDebtor
	for _, r := range rows {
		if E164(r.Phone) == number {
			found = append(found, r.known())
		}
	}
	if len(found) != 1 {
		return bot.KnownDebtor{}, bot.ErrNotFound
	}
	return found[0], nil
}

// PutAddress makes sure a number has an address on an account.
func (s *Store) PutAddress(ctx context.Context, a bot.Account, number string, nowMS int64) (bot.Address, error) {
	err := s.write(ctx, func(t *tx) error {
		return t.putAddress(bot.Address{ID: newID(), CreditorID: a.CreditorID, Channel: a.Channel, Account: a.Name, Number: number}, nowMS)
	})
	if err != nil {
		return bot.Address{}, fmt.Errorf("address: %w", err)
	}
	return s.AddressOf(ctx, a.Channel, a.Name, number)
}

func (t *tx) putAddress(a bot.Address, nowMS int64) error {
	v := t.store.vault
	_, err := t.exec("address_insert", a.ID, a.CreditorID, a.Channel, a.Account, t.store.numberHash(a.Channel, a.Number),
		v.seal("address:"+a.ID, []byte(a.Number)), a.DebtorID, a.Method, nowMS)
	return err
}

// E164 writes a phone number as it stands on the wire, +8613800004417; a mainland mobile number may come without its country.
// Empty when it is no number.
func E164(phone string) string {
	plus := strings.HasPrefix(strings.TrimSpace(phone), "+") || strings.HasPrefix(strings.TrimSpace(phone), "00")
	var d strings.Builder
	for _, r := range phone {
		if r >= '0' && r <= '9' {
			d.WriteRune(r)
		}
	}
	n := d.String()
	switch {
	case strings.HasPrefix(strings.TrimSpace(phone), "00"):
		n = strings.TrimPrefix(n, "00")
	case !plus && len(n) == 11 && n[0] == '1':
		n = "86" + n
	case !plus && len(n) == 13 && strings.HasPrefix(n, "861"):
	case !plus:
		return ""
	}
	if len(n) < 7 || len(n) > 15 {
		return ""
	}
	return "+" + n
}

// ConversationFor finds the debtor's newest open conversation on any channel that may carry debt facts. ErrNotFound.
func (s *Store) ConversationFor(ctx context.Context, creditorID, debtorID string) (bot.Conversation, error) {
	if debtorID == "" {
		return bot.Conversation{}, bot.ErrNotFound
	}
	var r convRow
	if err := s.get(ctx, &r, "conversation_anywhere", creditorID, debtorID); err != nil {
		return bot.Conversation{}, found(err)
	}
	return r.conversation()
}

// ConversationAt makes conv the conversation of an address unless it has an open one; it returns the one that stands.
func (s *Store) ConversationAt(ctx context.Context, addressID string, conv bot.Conversation) (out bot.Conversation, err error) {
	err = s.write(ctx, func(t *tx) error {
		a, err := t.lockAddress(addressID)
		if err != nil {
			return err
		}
		if a.ConvID != "" {
			var r convRow
			if err := t.get(&r, "conversation", a.ConvID); err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			} else if err == nil && r.Control != bot.Closed && (conv.DebtorID == "" || r.DebtorID == conv.DebtorID) { // a number may be on file for two
				out, err = r.conversation()
				return err
			}
		}
		if err := t.insertConversation(conv); err != nil {
			return err
		}
		out = conv
		_, err = t.exec("address_conv", addressID, conv.ID)
		return err
	})
	return out, err
}

type lockedAddress struct {
	ConvID     string `db:"conv_id"`
	Hash       string `db:"hash"`
	CreditorID string `db:"creditor_id"`
	DebtorID   string `db:"debtor_id"`
	Channel    string `db:"channel"`
	Account    string `db:"account"`
}

func (t *tx) lockAddress(id string) (a lockedAddress, err error) {
	if err := t.get(&a, "address_lock", id); err != nil {
		return a, fmt.Errorf("address %s: %w", id, found(err))
	}
	return a, nil
}

// ContactCounts are the proactive contacts of today and of the seven days up to it over all channels, but for one draft.
// "Today" is the day in now's own location.
func (s *Store) ContactCounts(ctx context.Context, conv bot.Conversation, now time.Time, except string) (today, week int, err error) {
	var n contactCount
	if err := s.get(ctx, &n, "proactive_since", contactArgs(conv, now, except)...); err != nil {
		return 0, 0, fmt.Errorf("contact ledger: %w", err)
	}
	return n.Today, n.Week, nil
}

type contactCount struct {
	Today int `db:"today"`
	Week  int `db:"week"`
}

func contactArgs(conv bot.Conversation, now time.Time, except string) []any {
	today := calendar.DateOf(now)
	return []any{conv.CreditorID, conv.DebtorID, conv.ID, today.In(now.Location()).UnixMilli(), today.AddDays(-6).In(now.Location()).UnixMilli(), except}
}

// AddContact notes a contact that was not a message of ours: a call, a visit, a letter. It counts against the same caps.
func (s *Store) AddContact(ctx context.Context, creditorID, debtorID, channel, author string, at time.Time) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec("contact_add", newID(), creditorID, debtorID, channel, author, "proactive", at.UnixMilli())
		return err
	})
}
