package store

import (
	"context"
	"crypto/subtle"
	"fmt"
	"time"

	"hejie/bot"
)

// maxCodeTries: a code of six digits must not be found by trying.
const maxCodeTries = 3

func (s *Store) ticketHash(token string) string { return s.vault.hash("ticket", token) }

func (s *Store) codeHash(token, code string) string { return s.vault.hash("code", token, code) }

// PutTicket stores a ticket by the hash of its token.
func (s *Store) PutTicket(ctx context.Context, token string, k bot.Ticket, nowMS int64) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec("ticket_insert", s.ticketHash(token), k.Address, k.DebtorID, k.ExpiresMS, nowMS)
		return err
	})
}

// Ticket reads one. ErrNotFound.
func (s *Store) Ticket(ctx context.Context, token string) (k bot.Ticket, err error) {
	if err := s.get(ctx, &k, "ticket", s.ticketHash(token)); err != nil {
		return k, fmt.Errorf("ticket: %w", found(err))
	}
	return k, nil
}

// ClaimTicket notes who the holder says to be, and the hash of the code sent to the phone on file.
func (s *Store) ClaimTicket(ctx context.Context, token, debtorID, code string, codeEndMS int64) error {
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec("ticket_claim", s.ticketHash(token), debtorID, s.codeHash(token, code), codeEndMS)
		if err == nil && n == 0 {
			err = bot.ErrNotFound
		}
		return err
	})
}

// UseTicket checks the code and binds the address, once. It returns the debtor's other bound addresses: they are told.
// ErrVerify: wrong or late code; a try is counted even then. ErrNotFound, ErrConflict (used).
func (s *Store) UseTicket(ctx context.Context, token, code string, expires time.Time, nowMS int64) (others []bot.Address, err error) {
	var k bot.Ticket
	var refused error
	err = s.write(ctx, func(t *tx) error {
		k, refused = bot.Ticket{}, nil
		if err := t.get(&k, "ticket_try", s.ticketHash(token)); err != nil {
			return found(err)
		}
		switch {
		case k.UsedMS > 0:
			refused = bot.ErrConflict
		case k.ExpiresMS <= nowMS || k.DebtorID == "" || k.CodeEndMS <= nowMS || k.CodeTries > maxCodeTries,
			subtle.ConstantTimeCompare([]byte(k.CodeHash), []byte(s.codeHash(token, code))) != 1:
			refused = bot.ErrVerify
		}
		if refused != nil {
			return nil // the try stays counted
		}
		return t.bind(k, s.ticketHash(token), expires, nowMS)
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return nil, fmt.Errorf("ticket: %w", err)
	}
	return s.otherBound(ctx, k, nowMS)
}

func (t *tx) bind(k bot.Ticket, hash string, expires time.Time, nowMS int64) error {
	a, err := t.lockAddress(k.Address)
	if err != nil {
		return err
	}
	if n, err := t.exec("ticket_used", hash, nowMS); err != nil || n == 0 {
		return fmt.Errorf("used: %w", bot.ErrConflict)
	}
	if _, err := t.exec("address_bind", k.Address, k.DebtorID, nowMS, expires.UnixMilli()); err != nil {
		return err
	}
	if a.DebtorID != k.DebtorID { // what was said here before belongs to whoever it was said with
		if _, err := t.exec("address_conv", k.Address, ""); err != nil {
			return err
		}
	}
	_, err = t.audit("bound", "debtor", a.ConvID, nil, map[string]string{"channel": a.Channel, "account": a.Account, "address": k.Address, "debtor": k.DebtorID})
	return err
}

// useTicket: somebody came by a code or link that a proved conversation gave. It works once and names whose the address is; it proves
// nothing by itself, for a code on a screen can be seen by others.
func (t *tx) useTicket(c bot.InboxCommit, a lockedAddress) error {
	var owned string
	if err := t.get(&owned, "debtor_owned", a.CreditorID, c.Known); err != nil {
		return found(err)
	}
	if n, err := t.exec("ticket_used", t.store.ticketHash(c.Ticket), c.NowMS); err != nil || n == 0 {
		return fmt.Errorf("ticket: %w", bot.ErrConflict) // used meanwhile: the next look goes on without it
	}
	if _, err := t.exec("address_ticket", c.Address.ID, c.Known, c.NowMS); err != nil {
		return err
	}
	return t.nameThread(c, "ticket")
}

func (s *Store) otherBound(ctx context.Context, k bot.Ticket, nowMS int64) ([]bot.Address, error) {
	a, err := s.Address(ctx, k.Address)
	if err != nil {
		return nil, err
	}
	all, err := s.AddressesOf(ctx, a.CreditorID, k.DebtorID)
	if err != nil {
		return nil, err
	}
	var others []bot.Address
	for _, o := range all {
		if o.ID != a.ID && o.Bound(time.UnixMilli(nowMS)) {
			others = append(others, o)
		}
	}
	return others, nil
}
