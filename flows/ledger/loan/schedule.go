package loan

import (
	"errors"
	"fmt"
	"math/big"

	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// Method is how a schedule shares the debt over its payments.
type Method string

const (
	EqualPayment   Method = "equal_payment"   // 等额本息: the same amount each time
	EqualPrincipal Method = "equal_principal" // 等额本金: the same principal, so that payments fall
	Flat           Method = "flat"            // interest on the sum lent throughout, shared equally
)

// MaxPeriods bounds a schedule.
const MaxPeriods = 1200

// Unit of a period.
type Unit string

const (
	Months Unit = "months"
	Weeks  Unit = "weeks"
	Days   Unit = "days"
)

// Spec says what schedule is wanted.
type Spec struct {
	Method    Method
	Principal ledger.Amount
	Rate      ledger.Rate
	Start     calendar.Date
	Periods   int
	Every     int // units a period has; 0 = 1
	Unit      Unit
	Dues      []calendar.Date // given dates instead of regular ones; as many as Periods
	// DayCount of the interest; empty = a month is a twelfth of a year, a week a 52nd, a day a 365th.
	DayCount ledger.DayCount
	Rounding ledger.Rounding
	Step     ledger.Amount // payments are rounded to multiples of this; 0 or 1 = minor units
	Down     ledger.Amount // paid on Start, before the first period
	// Unpaid is how many payments from the first on were not made; until AsOf interest runs on what was really owed.
	Unpaid int
	AsOf   calendar.Date
}

// Row is one payment: Payment = Interest + Principal, and Balance is what remains after it.
type Row struct {
	N         int
	Due       calendar.Date
	Payment   ledger.Amount
	Interest  ledger.Amount
	Principal ledger.Amount
	Balance   ledger.Amount
}

func (s *Spec) check() error {
	s.Every, s.Step = max(1, s.Every), max(1, s.Step)
	switch {
	case s.Periods < 1 || s.Periods > MaxPeriods || s.Every > MaxPeriods:
		return fmt.Errorf("loan: %d periods of %d", s.Periods, s.Every)
	case s.Principal <= 0 || s.Principal > ledger.MaxAmount || s.Down < 0 || s.Down >= s.Principal:
		return fmt.Errorf("loan: principal %s, down payment %s", s.Principal, s.Down)
	case s.Rate < 0 || s.Rate > ledger.MaxRate:
		return fmt.Errorf("loan: rate %s", s.Rate)
	case s.Start.IsZero() && s.DayCount != "":
		return errors.New("loan: a day count needs a start")
	case len(s.Dues) > 0 && len(s.Dues) != s.Periods:
		return fmt.Errorf("loan: %d dates for %d periods", len(s.Dues), s.Periods)
	case s.DayCount != "" && s.DayCount.Valid() != nil:
		return s.DayCount.Valid()
	}
	return nil
}

// due is the end of period i, 0 being the start.
func (s Spec) due(i int) calendar.Date {
	switch {
	case i == 0 || s.Start.IsZero() && len(s.Dues) == 0:
		return s.Start
	case len(s.Dues) > 0:
		return s.Dues[i-1]
	case s.Unit == Weeks:
		return s.Start.AddDays(7 * i * s.Every)
	case s.Unit == Days:
		return s.Start.AddDays(i * s.Every)
	}
	return s.Start.AddMonths(i*s.Every, s.Start.Day)
}

// factor is the interest one unit of money costs in period i (from 1).
func (s Spec) factor(i int) *big.Rat {
	f := s.Rate.Fraction()
	if s.DayCount != "" {
		return f.Mul(f, s.DayCount.Fraction(s.due(i-1), s.due(i)))
	}
	perYear := map[Unit]int64{Weeks: 52, Days: 365}[s.Unit]
	if perYear == 0 {
		perYear = 12
	}
	return f.Mul(f, big.NewRat(int64(s.Every), perYear))
}

// Schedule is the rows of a spec. The principal of all rows sums to the sum lent, to the minor unit; what rounding leaves
// falls to the last row.
func Schedule(s Spec) ([]Row, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	factors := make([]*big.Rat, s.Periods)
	for i := range factors {
		factors[i] = s.factor(i + 1)
	}
	var rows []Row
	lent := s.Principal - s.Down
	if s.Down > 0 {
		rows = append(rows, Row{N: 1, Due: s.Start, Payment: s.Down, Principal: s.Down, Balance: lent})
	}
	if s.Method == Flat {
		return s.flat(rows, factors)
	}
	level, err := s.level(lent, factors)
	if err != nil {
		return nil, err
	}
	out, err := s.rows(rows, lent, level, factors)
	if err != nil || s.Method != EqualPayment || s.Rate == 0 || s.Unpaid > 0 { // an agreed payment does not change because one was missed
		return out, err
	}
	return s.evened(rows, out, lent, level, factors)
}

// evened takes the payment that leaves the last one nearest to the others: rounding each payment the same way adds up.
func (s Spec) evened(before, out []Row, lent, level ledger.Amount, factors []*big.Rat) ([]Row, error) {
	off := func(rows []Row, level ledger.Amount) ledger.Amount {
		d := rows[len(rows)-1].Payment - level
		return max(d, -d)
	}
	diff := out[len(out)-1].Payment - level
	share, err := s.step(big.NewRat(int64(max(diff, -diff)), int64(s.Periods)))
	if err != nil || share == 0 {
		return out, err
	}
	if diff < 0 {
		share = -share
	}
	other, err := s.rows(before, lent, level+share, factors)
	if err == nil && off(other, level+share) < off(out, level) {
		return other, nil
	}
	return out, nil
}

// rows runs the schedule with the given constant after those before it.
func (s Spec) rows(before []Row, lent, level ledger.Amount, factors []*big.Rat) ([]Row, error) {
	rows := append(make([]Row, 0, len(before)+s.Periods), before...)
	balance := lent
	for i, f := range factors {
		interest, err := s.interest(rows, balance, i, f)
		if err != nil {
			return nil, err
		}
		principal := level
		if s.Method == EqualPayment {
			principal = level - interest
		}
		if principal < 0 && i < s.Periods-1 {
			return nil, errors.New("loan: the interest is more than the payment")
		}
		if i == s.Periods-1 || principal > balance {
			principal = balance
		}
		balance -= principal
		rows = append(rows, Row{N: len(rows) + 1, Due: s.due(i + 1), Payment: principal + interest, Interest: interest, Principal: principal, Balance: balance})
	}
	return rows, nil
}

// level is the constant of the method: the payment, or its principal.
func (s Spec) level(lent ledger.Amount, factors []*big.Rat) (ledger.Amount, error) {
	if s.Method == EqualPrincipal || s.Rate == 0 {
		return s.step(big.NewRat(int64(lent), int64(s.Periods)))
	}
	worth, disc := num(0), num(1)
	for _, f := range factors {
		disc = quo(disc, add(num(1), float(f)))
		worth = add(worth, disc)
	}
	r, _ := quo(num(int64(lent)), worth).Rat(nil)
	return s.step(r)
}

// step rounds to multiples of Step.
func (s Spec) step(r *big.Rat) (ledger.Amount, error) {
	n, err := s.Rounding.Round(new(big.Rat).Quo(r, big.NewRat(int64(s.Step), 1)))
	return n * s.Step, err
}

// interest of period i on balance. While payments are missing it runs on what is really owed, until AsOf.
func (s Spec) interest(rows []Row, balance ledger.Amount, i int, f *big.Rat) (ledger.Amount, error) {
	from, to := s.due(i), s.due(i+1)
	owed := new(big.Rat).Mul(f, big.NewRat(int64(balance), 1))
	if s.Unpaid > 0 && s.AsOf.After(from) {
		unpaid := ledger.Amount(0)
		for _, r := range rows[max(0, len(rows)-i):] {
			if r.N <= s.Unpaid && !r.Due.After(from) {
				unpaid += r.Principal
			}
		}
		days, all := min(s.AsOf.DaysSince(from), to.DaysSince(from)), to.DaysSince(from)
		more := new(big.Rat).Mul(f, big.NewRat(int64(unpaid), 1))
		owed.Add(owed, more.Mul(more, big.NewRat(int64(days), int64(all))))
	}
	return s.Rounding.Round(owed)
}

// flat shares interest on the whole sum, down payment included, equally over the periods.
func (s Spec) flat(rows []Row, factors []*big.Rat) ([]Row, error) {
	sum := new(big.Rat)
	for _, f := range factors {
		sum.Add(sum, f)
	}
	total, err := s.Rounding.Round(sum.Mul(sum, big.NewRat(int64(s.Principal), 1)))
	if err != nil {
		return nil, err
	}
	balance := s.Principal - s.Down
	payment, err := s.step(big.NewRat(int64(balance+total), int64(s.Periods)))
	if err != nil {
		return nil, err
	}
	for i, f := range factors {
		interest, err := s.Rounding.Round(new(big.Rat).Mul(f, big.NewRat(int64(s.Principal), 1)))
		if err != nil {
			return nil, err
		}
		interest = min(interest, total)
		principal := max(0, min(payment-interest, balance))
		if i == s.Periods-1 {
			interest, principal = total, balance
		}
		total, balance = total-interest, balance-principal
		rows = append(rows, Row{N: len(rows) + 1, Due: s.due(i + 1), Payment: principal + interest, Interest: interest, Principal: principal, Balance: balance})
	}
	return rows, nil
}
