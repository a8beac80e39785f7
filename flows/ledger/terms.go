package ledger

import (
	"errors"
	"fmt"
	"math/big"

	"hejie/flows/calendar"
)

// Compounding says when unpaid interest starts to bear interest itself. It never does unless the contract says so.
type Compounding string

const (
	NoCompounding Compounding = ""
	Monthly       Compounding = "monthly" // on the first of each month
	Yearly        Compounding = "yearly"  // on the first of January
)

// Terms are what a contract lets run up: interest on principal, and a penalty rate on it once the debt is due.
type Terms struct {
	Rate     Rate          `json:"annual_rate" yaml:"annual_rate"`
	Penalty  Rate          `json:"penalty_rate" yaml:"penalty_rate"`
	DayCount DayCount      `json:"day_count" yaml:"day_count"`
	Compound Compounding   `json:"compound,omitempty" yaml:"compound,omitempty"`
	DueOn    calendar.Date `json:"due_on,omitzero" yaml:"due_on,omitempty"` // the penalty runs from the day after; zero = no penalty
}

func (t Terms) check() error {
	switch {
	case t.Rate < 0 || t.Rate > MaxRate || t.Penalty < 0 || t.Penalty > MaxRate:
		return fmt.Errorf("ledger: rate %s, penalty rate %s", t.Rate, t.Penalty)
	case t.Compound != NoCompounding && t.Compound != Monthly && t.Compound != Yearly:
		return fmt.Errorf("ledger: unknown compounding %q", t.Compound)
	}
	return t.DayCount.Valid()
}

// How is the sum behind an accrued line: Base at Rate for Days, by the day count.
type How struct {
	Base     Amount        `json:"base_fen"`
	Rate     Rate          `json:"annual_rate"`
	From     calendar.Date `json:"from"`
	To       calendar.Date `json:"to"` // not counted
	Days     int           `json:"days"`
	DayCount DayCount      `json:"day_count"`
}

// errSpan: nobody's debt is accrued over a longer time, and a mistyped year must not cost a minute.
var errSpan = errors.New("ledger: more than a hundred years of interest")

// Accrued is the statement at the end of asOf with everything the terms let run up from the day since: each stretch between
// two events is a line with its How, and all lines sum to the balance. It is computed anew from the entries, so that
// a back-dated payment lowers the interest from its own day on. order nil = Statutory.
//
// A stretch's exact interest is a fraction of a minor unit; what is posted is the rounded-down running sum less what was
// posted before, so that the error never reaches one unit, and stands in the debtor's favour.
func Accrued(entries []Entry, order Order, t Terms, since, asOf calendar.Date) (Statement, error) {
	if order == nil {
		order = Statutory
	}
	if err := errors.Join(t.check(), order.Validate()); err != nil {
		return Statement{}, err
	}
	if since.IsZero() || asOf.IsZero() || asOf.DaysSince(since) > 36525 {
		return Statement{}, errSpan
	}
	a := accruing{terms: t, order: order, at: since}
	a.out.Balance.AsOf = asOf
	for _, e := range chronological(entries, asOf) {
		if err := a.until(e.On); err != nil {
			return Statement{}, err
		}
		if err := a.post(e, nil); err != nil {
			return Statement{}, err
		}
	}
	return a.out, a.until(asOf)
}

// accruing walks through time from event to event.
type accruing struct {
	terms   Terms
	order   Order
	at      calendar.Date
	capital Amount // interest that bears interest
	out     Statement
	exact   [2]big.Rat // interest and penalty not yet posted: always less than a minor unit after a post
	n       int
}

func (a *accruing) post(e Entry, how *How) error {
	line, err := a.out.Balance.apply(e, a.order)
	if err != nil {
		return fmt.Errorf("entry %s: %w", e.ID, err)
	}
	line.How = how
	a.out.Lines = append(a.out.Lines, line)
	a.capital = min(a.capital, a.out.Balance.Interest)
	return nil
}

// until accrues up to a day, stopping where the terms change something on the way.
func (a *accruing) until(day calendar.Date) error {
	for a.at.Before(day) {
		end, capitalise := day, false
		if next := a.nextRest(); a.terms.Compound != NoCompounding && !next.After(end) {
			end, capitalise = next, true
		}
		if starts := a.terms.DueOn; !starts.IsZero() && a.at.Before(starts) && starts.Before(end) {
			end, capitalise = starts, false
		}
		if err := a.stretch(end); err != nil {
			return err
		}
		if a.at = end; capitalise {
			a.capital = a.out.Balance.Interest
		}
	}
	return nil
}

func (a *accruing) nextRest() calendar.Date {
	if a.terms.Compound == Yearly {
		return calendar.Date{Year: a.at.Year + 1, Month: 1, Day: 1}
	}
	return a.at.AddMonths(1, 1)
}

func (a *accruing) stretch(end calendar.Date) error {
	b := a.out.Balance
	late := !a.terms.DueOn.IsZero() && !a.at.Before(a.terms.DueOn)
	if err := a.charge(0, Interest, b.Principal+a.capital, a.terms.Rate, end); err != nil {
		return err
	}
	if !late {
		return nil
	}
	return a.charge(1, Penalty, b.Principal, a.terms.Penalty, end)
}

func (a *accruing) charge(i int, c Component, base Amount, rate Rate, end calendar.Date) error {
	if base == 0 || rate == 0 {
		return nil
	}
	part := a.terms.DayCount.Fraction(a.at, end)
	part.Mul(part, rate.Fraction())
	a.exact[i].Add(&a.exact[i], part.Mul(part, big.NewRat(int64(base), 1)))
	whole, err := Down.Round(&a.exact[i])
	if err != nil || whole == 0 {
		return err
	}
	a.exact[i].Sub(&a.exact[i], big.NewRat(int64(whole), 1))
	a.n++
	e := Entry{ID: fmt.Sprintf("accrual-%s-%s-%d", a.at, end, a.n), Kind: Charge, Component: c, Amount: whole, On: end, Basis: "accrual"}
	return a.post(e, &How{Base: base, Rate: rate, From: a.at, To: end, Days: end.DaysSince(a.at), DayCount: a.terms.DayCount})
}

// Payoff is what pays everything on a day.
type Payoff struct {
	On        calendar.Date `json:"on"`
	Statement Statement     `json:"statement"`
	Amount    Amount        `json:"amount_fen"`
	PerDay    Amount        `json:"per_day_fen"` // what one day later would add
}

// IfPaidOn quotes a day from the entries known today: "if I pay on day X".
func IfPaidOn(entries []Entry, order Order, t Terms, since, on calendar.Date) (Payoff, error) {
	s, err := Accrued(entries, order, t, since, on)
	if err != nil {
		return Payoff{}, err
	}
	next, err := Accrued(entries, order, t, since, on.AddDays(1))
	if err != nil {
		return Payoff{}, err
	}
	total := s.Balance.Total()
	return Payoff{On: on, Statement: s, Amount: total, PerDay: next.Balance.Total() - total}, nil
}

// Lawful is a balance split at the legal cap: Asked is what may be demanded, Above is shown and never demanded.
type Lawful struct {
	Asked Balance `json:"asked"`
	Above Balance `json:"above"`
	Cap   Cap     `json:"-"`
}

// Split puts what Excess finds above the cap aside: penalty first, then fees, then interest; principal is never excess.
func Split(l Loan) (Lawful, error) {
	excess, c, err := Excess(l)
	if err != nil {
		return Lawful{}, err
	}
	asked := l.Balance
	above := Balance{AsOf: asked.AsOf}
	for _, k := range []Component{Penalty, Fees, Interest} {
		part := min(excess, asked.Get(k))
		asked, above = asked.With(k, asked.Get(k)-part), above.With(k, part)
		excess -= part
	}
	return Lawful{Asked: asked, Above: above, Cap: c}, nil
}
