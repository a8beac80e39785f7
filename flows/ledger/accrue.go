package ledger

import (
	"fmt"

	"hejie/flows/calendar"
)

// Accrual is the interest entry for the days from b.AsOf to to, at daily a day: simple, not compounded. Appended to the
// entries it makes Compute and its lines include what ran up since the last statement. Nothing accrues without principal,
// backwards, or from an unknown day.
func Accrual(accountID string, b Balance, daily Amount, to calendar.Date) (Entry, bool, error) {
	if daily < 0 {
		return Entry{}, false, fmt.Errorf("ledger: daily interest %s is negative", daily)
	}
	if daily == 0 || b.Principal == 0 || b.AsOf.IsZero() || !to.After(b.AsOf) {
		return Entry{}, false, nil
	}
	days := Amount(to.DaysSince(b.AsOf))
	if daily > MaxAmount/days {
		return Entry{}, false, ErrOutOfRange
	}
	return Entry{
		ID:        fmt.Sprintf("accrual-%s-%s", b.AsOf, to),
		AccountID: accountID,
		Kind:      Charge,
		Component: Interest,
		Amount:    daily * days,
		On:        to,
		Basis:     "accrual",
	}, true, nil
}

// Accrue is b on a later day with daily interest added.
func Accrue(b Balance, daily Amount, to calendar.Date) (Balance, error) {
	e, some, err := Accrual("", b, daily, to)
	if err != nil {
		return Balance{}, err
	}
	if some {
		b.Interest += e.Amount
	}
	if to.After(b.AsOf) {
		b.AsOf = to
	}
	return b, b.Valid()
}

// Signed is the amount with its direction: what the entry adds to the balance, if all of it takes effect.
func (e Entry) Signed() Amount {
	if e.Kind == Payment || e.Kind == Waiver {
		return -e.Amount
	}
	return e.Amount
}

// Entries are the statement's lines as entries, one for each component an entry moved, with the amount that took effect.
// The Signed amounts sum to the balance's total, and those of one component to that component.
func (s Statement) Entries() []Entry {
	var out []Entry
	for _, l := range s.Lines {
		for _, c := range Components {
			effect := l.Effect.Get(c)
			if effect == 0 {
				continue
			}
			e := l.Entry
			e.Component, e.Amount = c, effect
			switch {
			case e.Kind == Payment || e.Kind == Waiver:
				e.Amount = -effect
			case effect < 0 && e.Kind == Charge:
				e.Kind, e.Amount = Payment, -effect // earlier overpayment that a new charge used up
			}
			out = append(out, e)
		}
	}
	return out
}
