package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"hejie/bot"
	"hejie/flows/calendar"
)

type debtorRow struct {
	ID         string        `db:"id"`
	Ref        string        `db:"ref"`
	Name       string        `db:"name"`
	PhoneLast4 string        `db:"phone_last4"`
	IDLast4    string        `db:"id_last4"`
	Lang       string        `db:"lang"`
	Payday     int           `db:"payday"`
	Income     sql.NullInt64 `db:"monthly_income"`
	Outgoings  sql.NullInt64 `db:"monthly_outgoings"`
	Reason     string        `db:"means_reason"`
}

func (r debtorRow) known() bot.KnownDebtor {
	return bot.KnownDebtor{ID: r.ID, Ref: r.Ref, Name: r.Name, PhoneLast4: r.PhoneLast4, IDLast4: r.IDLast4, Lang: r.Lang}
}

// FindDebtors returns a creditor's debtors that fit all given factors; no factor fits nobody.
func (s *Store) FindDebtors(ctx context.Context, creditorID, name, phone4, id4 string) ([]bot.KnownDebtor, error) {
	name, phone4, id4 = strings.TrimSpace(name), strings.TrimSpace(phone4), strings.ToUpper(strings.TrimSpace(id4))
	if name == "" && phone4 == "" && id4 == "" {
		return nil, nil
	}
	var rows []debtorRow
	if err := s.sel(ctx, &rows, "debtors_by_factors", creditorID, name, phone4, id4); err != nil {
		return nil, fmt.Errorf("find debtors: %w", err)
	}
	out := make([]bot.KnownDebtor, len(rows))
	for i, r := range rows {
		out[i] = r.known()
	}
	return out, nil
}

// DebtorByRef finds a debtor by the creditor's own debtor_id. ErrNotFound.
func (s *Store) DebtorByRef(ctx context.Context, creditorID, ref string) (bot.KnownDebtor, error) {
	var r debtorRow
	if err := s.get(ctx, &r, "debtor_by_ref", creditorID, ref); err != nil {
		return bot.KnownDebtor{}, fmt.Errorf("debtor by reference: %w", found(err))
	}
	return r.known(), nil
}

// Debtor is what tells a person by, for the console's panel. ErrNotFound.
func (s *Store) Debtor(ctx context.Context, creditorID, id string) (bot.KnownDebtor, error) {
	var r debtorRow
	if err := s.get(ctx, &r, "debtor", creditorID, id); err != nil {
		return bot.KnownDebtor{}, fmt.Errorf("debtor: %w", found(err))
	}
	return r.known(), nil
}

// DeliveryFacts are fresh at each attempt to send. "Today" is the day in now's own location, the week the seven days up to it.
func (s *Store) DeliveryFacts(ctx context.Context, conv bot.Conversation, now time.Time) (f bot.DeliveryFacts, err error) {
	var n int
	if err := s.get(ctx, &n, "suppressed", conv.CreditorID, conv.DebtorID, convSubject(conv.ID), addrSubject(conv.Address), conv.Channel, conv.Address); err != nil {
		return f, fmt.Errorf("delivery facts: %w", err)
	}
	f.OptedOut = n > 0
	subject := conv.DebtorID
	if subject == "" {
		subject = convSubject(conv.ID)
	}
	var holds []holdRow
	if err := s.sel(ctx, &holds, "holds_of", subject, calendar.DateOf(now)); err != nil {
		return f, fmt.Errorf("delivery facts: %w", err)
	}
	for _, h := range holds {
		f.Holds = append(f.Holds, h.Reason)
	}
	f.SentToday, f.SentWeek, err = s.ContactCounts(ctx, conv, now, "")
	return f, err
}

type holdRow struct {
	Reason string        `db:"reason"`
	Scope  string        `db:"scope"`
	Until  calendar.Date `db:"until_on"`
}
