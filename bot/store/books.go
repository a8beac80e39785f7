package store

import (
	"context"
	"fmt"

	"hejie/bot"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// bookedRow is an account with whose it is by the creditor's own names.
type bookedRow struct {
	accountRow
	DebtorID  string `db:"debtor_id"`
	DebtorRef string `db:"debtor_ref"`
}

func (s *Store) booked(ctx context.Context, r bookedRow) (bot.BookedAccount, error) {
	var entries []ledger.Entry
	if err := s.sel(ctx, &entries, "entries_of", r.ID); err != nil {
		return bot.BookedAccount{}, fmt.Errorf("entries of %s: %w", r.ID, err)
	}
	f, err := r.file("", entries, calendar.DateOf(s.now()))
	if err != nil {
		return bot.BookedAccount{}, fmt.Errorf("account %s: %w", r.ID, err)
	}
	return bot.BookedAccount{
		ID: r.ID, DebtorID: r.DebtorID, AccountNo: r.No, DebtorRef: r.DebtorRef, DebtType: r.DebtType, Currency: r.Currency, AsOf: r.AsOf,
		DueOn: r.DueOn, DaysOverdue: f.DaysPastDue, Stage: f.Stage, Balance: f.Balance, Total: f.Balance.Total(), Entries: entries,
	}, nil
}

// AccountsPage lists a creditor's accounts in the order of their ids.
func (s *Store) AccountsPage(ctx context.Context, creditorID, after, no string, limit int) ([]bot.BookedAccount, error) {
	var rows []bookedRow
	if err := s.sel(ctx, &rows, "accounts_page", creditorID, after, no, limit); err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	out := make([]bot.BookedAccount, len(rows))
	for i, r := range rows {
		a, err := s.booked(ctx, r)
		if err != nil {
			return nil, err
		}
		out[i] = a
	}
	return out, nil
}

// BookedAccount loads one of a creditor's accounts. ErrNotFound, also when it is another creditor's.
func (s *Store) BookedAccount(ctx context.Context, creditorID, id string) (bot.BookedAccount, error) {
	var r bookedRow
	if err := s.get(ctx, &r, "account_booked", creditorID, id); err != nil {
		return bot.BookedAccount{}, fmt.Errorf("account %s: %w", id, found(err))
	}
	return s.booked(ctx, r)
}

// ConversationsPage lists a creditor's conversations in the order they were opened. State is not loaded.
func (s *Store) ConversationsPage(ctx context.Context, creditorID string, afterMS int64, afterID string, limit int) ([]bot.Conversation, error) {
	out := []bot.Conversation{}
	if err := s.sel(ctx, &out, "conversations_page", creditorID, afterMS, afterID, limit); err != nil {
		return nil, fmt.Errorf("conversations: %w", err)
	}
	return out, nil
}

// ArrangementsPage lists a creditor's arrangements in the order they were agreed; an account selects its own.
func (s *Store) ArrangementsPage(ctx context.Context, creditorID, accountID string, afterMS int64, afterID string, limit int) ([]bot.BookedArrangement, error) {
	out := []bot.BookedArrangement{}
	if err := s.sel(ctx, &out, "arrangements_page", creditorID, accountID, afterMS, afterID, limit); err != nil {
		return nil, fmt.Errorf("arrangements: %w", err)
	}
	for i := range out {
		if err := s.book(ctx, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// BookedArrangement loads one. ErrNotFound.
func (s *Store) BookedArrangement(ctx context.Context, creditorID, id string) (bot.BookedArrangement, error) {
	var a bot.BookedArrangement
	if err := s.get(ctx, &a, "arrangement_booked", creditorID, id); err != nil {
		return a, fmt.Errorf("arrangement %s: %w", id, found(err))
	}
	return a, s.book(ctx, &a)
}

// book adds the instalments and what was paid towards them.
func (s *Store) book(ctx context.Context, a *bot.BookedArrangement) error {
	a.Instalments = []bot.BookedInstalment{}
	var entries []ledger.Entry
	if err := s.sel(ctx, &a.Instalments, "instalments_booked", a.ID); err != nil {
		return fmt.Errorf("instalments of %s: %w", a.ID, err)
	}
	if err := s.sel(ctx, &entries, "entries_of", a.AccountID); err != nil {
		return fmt.Errorf("entries of %s: %w", a.AccountID, err)
	}
	cover(a, sumOf(moneyUnder(entries, a.AgreedMS)), calendar.DateOf(s.now()))
	return nil
}

// cover sets what was paid against the instalments, the oldest first.
func cover(a *bot.BookedArrangement, paid ledger.Amount, today calendar.Date) {
	a.Paid = min(paid, a.Total)
	for i := range a.Instalments {
		in := &a.Instalments[i]
		in.Paid = min(paid, in.Amount)
		paid -= in.Paid
		switch {
		case in.Paid == in.Amount:
			in.State = "paid"
		case in.Due.Before(today):
			in.State = "late"
		case in.Paid > 0:
			in.State = "part"
		default:
			in.State = "due"
		}
	}
}
