package loan

import (
	"errors"
	"math/big"
)

// Annuity is the equation every bank's table rests on, with money that leaves the holder negative:
//
//	PV (1+r)^n + PMT (1+r·due) ((1+r)^n - 1)/r + FV = 0
//
// The fields that a function is asked for are ignored. Due is 1 when payments fall at the start of each period.
type Annuity struct {
	Rate, N, Pmt, PV, FV *big.Float
	Due                  int
}

// growth is (1+r)^n and the sum of an annuity of one: n itself without interest.
func (a Annuity) growth() (g, s *big.Float, err error) {
	if a.Rate.Sign() == 0 {
		return num(1), a.N, nil
	}
	base := add(num(1), a.Rate)
	if a.N.IsInt() {
		n, _ := a.N.Int64()
		if n > 1<<16 || n < -(1<<16) {
			return nil, nil, errors.New("loan: too many periods")
		}
		g = powInt(base, int(n))
	} else if g, err = pow(base, a.N); err != nil {
		return nil, nil, err
	}
	return g, mul(a.dueFactor(), quo(sub(g, num(1)), a.Rate)), nil
}

func (a Annuity) dueFactor() *big.Float {
	if a.Due == 0 {
		return num(1)
	}
	return add(num(1), a.Rate)
}

// Payment is PMT.
func (a Annuity) Payment() (*big.Float, error) {
	g, s, err := a.growth()
	if err != nil || s.Sign() == 0 {
		return nil, errors.Join(errors.New("loan: no payment for no periods"), err)
	}
	return neg(quo(add(mul(a.PV, g), a.FV), s)), nil
}

// Present is PV.
func (a Annuity) Present() (*big.Float, error) {
	g, s, err := a.growth()
	if err != nil {
		return nil, err
	}
	return neg(quo(add(mul(a.Pmt, s), a.FV), g)), nil
}

// Future is FV.
func (a Annuity) Future() (*big.Float, error) {
	g, s, err := a.growth()
	if err != nil {
		return nil, err
	}
	return neg(add(mul(a.PV, g), mul(a.Pmt, s))), nil
}

// InterestPart is the interest in payment per (IPMT), PrincipalPart the rest of it (PPMT).
func (a Annuity) InterestPart(per int) (*big.Float, error) {
	pmt, err := a.Payment()
	if err != nil {
		return nil, err
	}
	if a.Due == 1 && per == 1 {
		return num(0), nil
	}
	before := a
	before.N, before.Pmt, before.FV = num(int64(per-1)), pmt, num(0)
	balance, err := before.Future()
	if err != nil {
		return nil, err
	}
	interest := mul(balance, a.Rate)
	if a.Due == 1 {
		interest = quo(interest, add(num(1), a.Rate)) // the period's own payment is already in it
	}
	return interest, nil
}

// PrincipalPart is the part of payment per that reduces the debt.
func (a Annuity) PrincipalPart(per int) (*big.Float, error) {
	pmt, err := a.Payment()
	if err != nil {
		return nil, err
	}
	in, err := a.InterestPart(per)
	if err != nil {
		return nil, err
	}
	return sub(pmt, in), nil
}

// Periods is NPER.
func (a Annuity) Periods() (*big.Float, error) {
	if a.Rate.Sign() == 0 {
		if a.Pmt.Sign() == 0 {
			return nil, errors.New("loan: without payments it never ends")
		}
		return neg(quo(add(a.PV, a.FV), a.Pmt)), nil
	}
	p := mul(a.Pmt, a.dueFactor())
	below := add(p, mul(a.PV, a.Rate))
	if below.Sign() == 0 {
		return nil, errors.New("loan: the payment is the interest: it never ends")
	}
	top, err := ln(quo(sub(p, mul(a.FV, a.Rate)), below))
	if err != nil {
		return nil, err
	}
	step, err := ln(add(num(1), a.Rate))
	if err != nil {
		return nil, err
	}
	return quo(top, step), nil
}

// Yield is RATE: the rate per period.
func (a Annuity) Yield() (*big.Float, error) {
	return root(func(r *big.Float) (*big.Float, error) {
		x := a
		x.Rate = r
		g, s, err := x.growth()
		if err != nil {
			return nil, err
		}
		return add(add(mul(a.PV, g), mul(a.Pmt, s)), a.FV), nil
	})
}

// Effective is the yearly rate that nominal comes to when it is added m times a year; Nominal goes back.
func Effective(nominal *big.Float, m int) *big.Float {
	return sub(powInt(add(num(1), quo(nominal, num(int64(m)))), m), num(1))
}

// Nominal is the rate that, added m times a year, comes to effective.
func Nominal(effective *big.Float, m int) (*big.Float, error) {
	p, err := pow(add(num(1), effective), quo(num(1), num(int64(m))))
	if err != nil {
		return nil, err
	}
	return mul(num(int64(m)), sub(p, num(1))), nil
}
