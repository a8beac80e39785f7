package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"hejie/flows/calendar"
)

// MaxAmount bounds every figure. A thousand billion yuan is no person's debt, and below it no sum of
// a statement can come near the end of int64.
const MaxAmount Amount = 1e14

// ErrOutOfRange says that an amount or a sum passed MaxAmount.
var ErrOutOfRange = errors.New("ledger: amount out of range")

// Line is one entry and what it did to each component. Effects are signed; the effects of all lines sum to the balance.
type Line struct {
	Entry  Entry   `json:"entry"`
	Effect Balance `json:"effect"`
	Over   Amount  `json:"over_fen,omitempty"` // part of a payment beyond what was owed that day
	How    *How    `json:"how,omitempty"`      // of a line that was calculated, not booked
}

// Statement is a balance with the lines that explain it.
type Statement struct {
	Balance Balance `json:"balance"`
	Lines   []Line  `json:"lines"`
}

// Compute is the balance at the end of asOf, by the allocation order (nil = Statutory); a zero asOf takes every entry.
// It recomputes from all entries, so a back-dated payment is allocated as if it had been known on its day.
func Compute(entries []Entry, order Order, asOf calendar.Date) (Balance, error) {
	s, err := Explain(entries, order, asOf)
	return s.Balance, err
}

// Explain is Compute with the lines.
func Explain(entries []Entry, order Order, asOf calendar.Date) (Statement, error) {
	if order == nil {
		order = Statutory
	}
	if err := order.Validate(); err != nil {
		return Statement{}, err
	}
	var s Statement
	s.Balance.AsOf = asOf
	for _, e := range chronological(entries, asOf) {
		line, err := s.Balance.apply(e, order)
		if err != nil {
			return Statement{}, fmt.Errorf("entry %s: %w", e.ID, err)
		}
		s.Lines = append(s.Lines, line)
	}
	return s, nil
}

// chronological sorts a copy by day; within a day what became owed comes before what was paid,
// so that a payment can meet a charge of the same day.
func chronological(entries []Entry, asOf calendar.Date) []Entry {
	out := make([]Entry, 0, len(entries))
	for _, e := range entries {
		if asOf.IsZero() || !e.On.After(asOf) {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b Entry) int {
		if c := compareDates(a.On, b.On); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), cmp.Compare(a.PostedMS, b.PostedMS), cmp.Compare(a.ID, b.ID))
	})
	return out
}

func compareDates(a, b calendar.Date) int {
	return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Month, b.Month), cmp.Compare(a.Day, b.Day))
}

func rank(k EntryKind) int {
	return slices.Index([]EntryKind{Charge, Adjust, Waiver, Payment}, k)
}

// apply posts one entry to b and says what it did.
func (b *Balance) apply(e Entry, order Order) (Line, error) {
	if e.Amount > MaxAmount || e.Amount < -MaxAmount {
		return Line{}, ErrOutOfRange
	}
	if e.Amount < 0 && e.Kind != Adjust {
		return Line{}, fmt.Errorf("ledger: a %s cannot be negative", e.Kind)
	}
	if e.Component != "" && !slices.Contains(Components, e.Component) {
		return Line{}, fmt.Errorf("ledger: unknown component %q", e.Component)
	}
	if e.Component == "" && e.Kind != Payment {
		return Line{}, fmt.Errorf("ledger: a %s needs a component", e.Kind)
	}
	before := *b
	var over Amount
	switch {
	case e.Kind == Charge || e.Kind == Adjust && e.Amount >= 0:
		b.set(e.Component, b.Get(e.Component)+e.Amount)
		b.useOverpaid(order)
	case e.Kind == Adjust:
		// A correction downwards beyond what is still owed means that it was paid: the rest is the debtor's money.
		over = b.reduce(Order{e.Component}, -e.Amount)
	case e.Kind == Waiver:
		b.reduce(Order{e.Component}, e.Amount) // waiving more than is owed waives what is owed
	case e.Kind == Payment && e.Component != "":
		over = b.reduce(order.startingWith(e.Component), e.Amount)
	case e.Kind == Payment:
		over = b.reduce(order, e.Amount)
	default:
		return Line{}, fmt.Errorf("ledger: unknown kind %q", e.Kind)
	}
	b.Overpaid += over
	if b.Total() > MaxAmount || b.Overpaid > MaxAmount {
		return Line{}, ErrOutOfRange
	}
	return Line{Entry: e, Effect: b.minus(before), Over: over}, nil
}

// reduce takes amount off the components in order and returns what found nothing to pay.
func (b *Balance) reduce(order Order, amount Amount) Amount {
	for _, c := range order {
		part := min(amount, b.Get(c))
		b.set(c, b.Get(c)-part)
		amount -= part
	}
	return amount
}

// useOverpaid lets money that arrived early pay a later charge: it was never lost.
func (b *Balance) useOverpaid(order Order) {
	b.Overpaid = b.reduce(order, b.Overpaid)
}

func (b *Balance) set(c Component, a Amount) {
	switch c {
	case Principal:
		b.Principal = a
	case Interest:
		b.Interest = a
	case Penalty:
		b.Penalty = a
	case Fees:
		b.Fees = a
	}
}

// With is b with one component replaced.
func (b Balance) With(c Component, a Amount) Balance {
	b.set(c, a)
	return b
}

func (b Balance) minus(o Balance) Balance {
	return Balance{Principal: b.Principal - o.Principal, Interest: b.Interest - o.Interest,
		Penalty: b.Penalty - o.Penalty, Fees: b.Fees - o.Fees, Overpaid: b.Overpaid - o.Overpaid, AsOf: b.AsOf}
}

// Valid says why a balance cannot be worked with: a negative component, or a sum beyond MaxAmount.
func (b Balance) Valid() error {
	for _, c := range Components {
		switch a := b.Get(c); {
		case a < 0:
			return fmt.Errorf("ledger: %s is negative", c)
		case a > MaxAmount:
			return ErrOutOfRange
		}
	}
	if b.Total() > MaxAmount {
		return ErrOutOfRange
	}
	return nil
}
