package store

import (
	"context"
	"fmt"
	"time"

	"hejie/bot"
	"hejie/flows/arrange"
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

type arrangementRow struct {
	ID        string        `db:"id"`
	AccountID string        `db:"account_id"`
	DebtorID  string        `db:"debtor_id"`
	ConvID    string        `db:"conv_id"`
	Kind      arrange.Kind  `db:"kind"`
	Currency  string        `db:"currency"`
	Total     ledger.Amount `db:"total"`
	Waived    ledger.Amount `db:"waived"`
	State     string        `db:"state"`
	AgreedMS  int64         `db:"agreed_ms"`
	SHA256    string        `db:"sha256"`
}

type bookedInstalmentRow struct {
	N         int           `db:"n"`
	Due       calendar.Date `db:"due_on"`
	Amount    ledger.Amount `db:"amount"`
	Principal ledger.Amount `db:"principal"`
	Interest  ledger.Amount `db:"interest"`
	Penalty   ledger.Amount `db:"penalty"`
	Fees      ledger.Amount `db:"fees"`
}

// ArrangementsPage lists a creditor's arrangements in the order they were agreed; an account selects its own.
func (s *Store) ArrangementsPage(ctx context.Context, creditorID, accountID string, afterMS int64, afterID string, limit int) ([]bot.BookedArrangement, error) {
	var rows []arrangementRow
	if err := s.sel(ctx, &rows, "arrangements_page", creditorID, accountID, afterMS, afterID, limit); err != nil {
		return nil, fmt.Errorf("arrangements: %w", err)
	}
	out := make([]bot.BookedArrangement, len(rows))
	for i, r := range rows {
		a, err := s.bookedArrangement(ctx, r)
		if err != nil {
			return nil, err
		}
		out[i] = a
	}
	return out, nil
}

// BookedArrangement loads one. ErrNotFound.
func (s *Store) BookedArrangement(ctx context.Context, creditorID, id string) (bot.BookedArrangement, error) {
	var r arrangementRow
	if err := s.get(ctx, &r, "arrangement_booked", creditorID, id); err != nil {
		return bot.BookedArrangement{}, fmt.Errorf("arrangement %s: %w", id, found(err))
	}
	return s.bookedArrangement(ctx, r)
}

func (s *Store) bookedArrangement(ctx context.Context, r arrangementRow) (bot.BookedArrangement, error) {
	var rows []bookedInstalmentRow
	var entries []ledger.Entry
	if err := s.sel(ctx, &rows, "instalments_booked", r.ID); err != nil {
		return bot.BookedArrangement{}, fmt.Errorf("instalments of %s: %w", r.ID, err)
	}
	if err := s.sel(ctx, &entries, "entries_of", r.AccountID); err != nil {
		return bot.BookedArrangement{}, fmt.Errorf("entries of %s: %w", r.AccountID, err)
	}
	agreed := calendar.DateOf(time.UnixMilli(r.AgreedMS).In(s.now().Location()))
	return r.booked(rows, paidSince(entries, agreed), calendar.DateOf(s.now())), nil
}

// paidSince is the money that came in from a day on.
func paidSince(entries []ledger.Entry, from calendar.Date) (sum ledger.Amount) {
	for _, e := range entries {
		if e.Kind == ledger.Payment && !e.On.Before(from) {
			sum += e.Amount
		}
	}
	return sum
}

// booked sets what was paid against the instalments, the oldest first.
func (r arrangementRow) booked(rows []bookedInstalmentRow, paid ledger.Amount, today calendar.Date) bot.BookedArrangement {
	out := bot.BookedArrangement{
		ID: r.ID, AccountID: r.AccountID, DebtorID: r.DebtorID, ConvID: r.ConvID, Kind: r.Kind, Currency: r.Currency, Total: r.Total,
		Waived: r.Waived, State: r.State, AgreedMS: r.AgreedMS, SHA256: r.SHA256, Paid: min(paid, r.Total), Instalments: []bot.BookedInstalment{},
	}
	for _, in := range rows {
		b := bot.BookedInstalment{N: in.N, Due: in.Due, Amount: in.Amount, Principal: in.Principal, Interest: in.Interest, Penalty: in.Penalty, Fees: in.Fees,
			Paid: min(paid, in.Amount)}
		paid -= b.Paid
		switch {
		case b.Paid == in.Amount:
			b.State = "paid"
		case in.Due.Before(today):
			b.State = "late"
		case b.Paid > 0:
			b.State = "part"
		default:
			b.State = "due"
		}
		out.Instalments = append(out.Instalments, b)
	}
	return out
}
