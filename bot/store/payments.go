package store

import (
	"context"
	"errors"
	"fmt"

	"hejie/bot"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// PostPayment books money as a ledger line, once for each key, and says what it paid. The allocation is computed from all
// entries as a case file's balance is, so a back-dated payment counts from its own day. ErrConflict: the key was used for
// another payment. ErrNotFound: no such account of the creditor. ErrEmpty: not an amount, currency or day that can be booked.
func (s *Store) PostPayment(ctx context.Context, creditorID string, p bot.PaymentPost) (out bot.PaymentPosted, err error) {
	err = s.write(ctx, func(t *tx) error {
		out, err = t.postPayment(creditorID, p)
		return err
	})
	if err != nil {
		return bot.PaymentPosted{}, fmt.Errorf("payment: %w", err)
	}
	return out, nil
}

func (t *tx) postPayment(creditorID string, p bot.PaymentPost) (bot.PaymentPosted, error) {
	today := calendar.DateOf(t.store.now())
	if p.Key == "" || p.Amount <= 0 || p.Amount > ledger.MaxAmount || p.On.IsZero() || p.On.After(today) {
		return bot.PaymentPosted{}, bot.ErrEmpty
	}
	var id string
	if err := t.get(&id, "account_booked_lock", creditorID, p.AccountID); err != nil {
		return bot.PaymentPosted{}, found(err)
	}
	var r bookedRow
	if err := t.get(&r, "account_booked", creditorID, p.AccountID); err != nil {
		return bot.PaymentPosted{}, found(err)
	}
	if p.Currency != r.Currency {
		return bot.PaymentPosted{}, fmt.Errorf("currency %s: %w", p.Currency, bot.ErrEmpty)
	}
	entry := newID()
	n, err := t.exec("payment_post_insert", creditorID, p.Key, p.AccountID, entry, p.Amount, p.Currency, p.On, p.Reference, t.now)
	if err != nil {
		return bot.PaymentPosted{}, err
	}
	if n == 0 {
		return t.paymentAgain(creditorID, p)
	}
	if _, err := t.exec("payment_entry", entry, p.AccountID, p.Amount, p.On, "payment:"+p.Reference, t.now); err != nil {
		return bot.PaymentPosted{}, err
	}
	if _, err := t.audit("payment", p.By, "", nil, map[string]any{"account": p.AccountID, "entry": entry, "amount_fen": p.Amount, "on": p.On}); err != nil {
		return bot.PaymentPosted{}, err
	}
	if err := t.paymentFollows(p); err != nil {
		return bot.PaymentPosted{}, err
	}
	return t.posted(p, entry)
}

// paymentAgain answers a repeated key with the first booking.
func (t *tx) paymentAgain(creditorID string, p bot.PaymentPost) (bot.PaymentPosted, error) {
	var was struct {
		AccountID string        `db:"account_id"`
		EntryID   string        `db:"entry_id"`
		Amount    ledger.Amount `db:"amount"`
		Currency  string        `db:"currency"`
		On        calendar.Date `db:"value_on"`
		Reference string        `db:"reference"`
	}
	if err := t.get(&was, "payment_post", creditorID, p.Key); err != nil {
		return bot.PaymentPosted{}, err
	}
	if was.AccountID != p.AccountID || was.Amount != p.Amount || was.Currency != p.Currency || was.On != p.On || was.Reference != p.Reference {
		return bot.PaymentPosted{}, bot.ErrConflict
	}
	out, err := t.posted(p, was.EntryID)
	out.Repeated = true
	return out, err
}

// posted explains the account's ledger and picks the payment's own line.
func (t *tx) posted(p bot.PaymentPost, entry string) (bot.PaymentPosted, error) {
	var entries []ledger.Entry
	if err := t.sel(&entries, "entries_of", p.AccountID); err != nil {
		return bot.PaymentPosted{}, err
	}
	st, err := ledger.Explain(entries, nil, calendar.Date{})
	if err != nil {
		return bot.PaymentPosted{}, err
	}
	out := bot.PaymentPosted{EntryID: entry, AccountID: p.AccountID, Amount: p.Amount, Currency: p.Currency, On: p.On, Balance: st.Balance, Total: st.Balance.Total()}
	for _, e := range entries {
		if e.On.After(out.Balance.AsOf) {
			out.Balance.AsOf = e.On
		}
	}
	for _, l := range st.Lines {
		if e := l.Effect; l.Entry.ID == entry {
			out.Paid = ledger.Balance{Principal: -e.Principal, Interest: -e.Interest, Penalty: -e.Penalty, Fees: -e.Fees, Overpaid: l.Over, AsOf: p.On}
			return out, nil
		}
	}
	return out, errors.New("store: the payment is not in its ledger")
}

// paymentFollows: a promise that was covered in time is kept; a plan that is paid in full is done.
func (t *tx) paymentFollows(p bot.PaymentPost) error {
	if _, err := t.exec("promises_kept", p.AccountID, p.On, p.Amount); err != nil {
		return err
	}
	var plans []bot.BookedArrangement
	if err := t.sel(&plans, "arrangement_active_of", p.AccountID); err != nil || len(plans) == 0 {
		return err
	}
	var entries []ledger.Entry
	if err := t.sel(&entries, "entries_of", p.AccountID); err != nil {
		return err
	}
	for _, a := range plans {
		if sumOf(moneyUnder(entries, a.AgreedMS)) < a.Total {
			continue
		}
		if _, err := t.exec("arrangement_done", a.ID); err != nil {
			return err
		}
		if _, err := t.audit("arrangement_done", p.By, a.ConvID, nil, map[string]string{"arrangement": a.ID}); err != nil {
			return err
		}
	}
	return nil
}
