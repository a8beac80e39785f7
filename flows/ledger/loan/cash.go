package loan

import (
	"errors"
	"math/big"

	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// Flow is money at a time, the time in periods from the first flow; whole periods and a part of one are kept apart
// because the actuarial rules treat the part as simple interest.
type Flow struct {
	Amount *big.Float
	Whole  int
	Part   *big.Float // nil = none
	Simple bool       // the part grows simply (Appendix J) instead of by a fractional power
}

// Present is the worth of flows today at rate per period.
func Present(flows []Flow, rate *big.Float) (*big.Float, error) {
	sum := num(0)
	base := add(num(1), rate)
	if base.Sign() <= 0 {
		return nil, errNoRoot
	}
	for _, f := range flows {
		d := powInt(base, f.Whole)
		switch {
		case f.Part == nil || f.Part.Sign() == 0:
		case f.Simple:
			d = mul(d, add(num(1), mul(f.Part, rate)))
		default:
			p, err := pow(base, f.Part)
			if err != nil {
				return nil, err
			}
			d = mul(d, p)
		}
		if d.Sign() <= 0 {
			return nil, errNoRoot
		}
		sum = add(sum, quo(f.Amount, d))
	}
	return sum, nil
}

// Return is the rate per period that makes flows worth nothing today: IRR, XIRR, and the actuarial rate.
func Return(flows []Flow) (*big.Float, error) {
	return root(func(r *big.Float) (*big.Float, error) { return Present(flows, r) })
}

// Paid is one payment on a day.
type Paid struct {
	On     calendar.Date
	Amount ledger.Amount
}

// aprPrec suffices for a rate shown with two decimals; an offer must be answered in milliseconds.
const aprPrec = 80

// APR is the yearly percentage, to a hundredth, of paying sum by payments instead of on from: the nominal rate with
// monthly rests, days counted by 365. It is zero when the payments do not come to more than sum, or lie on the day itself.
func APR(sum ledger.Amount, from calendar.Date, payments []Paid) (ledger.Rate, error) {
	var total ledger.Amount
	for _, p := range payments {
		total += p.Amount
	}
	if sum <= 0 || total <= sum || !payments[len(payments)-1].On.After(from) {
		return 0, nil
	}
	y, err := dailyFactor(sum, from, payments)
	if err != nil {
		return 0, err
	}
	month, err := pow(new(big.Float).SetPrec(prec).Set(y), quo(num(-365), num(12)))
	if err != nil {
		return 0, err
	}
	r, _ := mul(mul(sub(month, num(1)), num(12)), num(10_000)).Rat(nil)
	hundredths, err := ledger.HalfUp.Round(r)
	return ledger.Rate(hundredths) * 10_000, err
}

// dailyFactor is v, the worth today of one paid tomorrow: by Newton's rule from 1 downwards, where the worth of payments is
// convex and rising in v, so that every step lands on the same side of the root.
func dailyFactor(sum ledger.Amount, from calendar.Date, payments []Paid) (*big.Float, error) {
	low := func() *big.Float { return new(big.Float).SetPrec(aprPrec) }
	days := make([]int, len(payments))
	for i, p := range payments {
		days[i] = max(0, p.On.DaysSince(from))
	}
	v, target := low().SetInt64(1), low().SetInt64(int64(sum))
	for range 100 {
		worth, slope := low(), low()
		disc, day := low().SetInt64(1), 0
		gaps := map[int]*big.Float{} // most gaps are a week or one of four months' lengths
		for i, p := range payments {
			n := days[i]
			if gaps[n-day] == nil {
				gaps[n-day] = powLow(v, n-day)
			}
			disc.Mul(disc, gaps[n-day])
			day = n
			part := low().Mul(disc, low().SetInt64(int64(p.Amount)))
			worth.Add(worth, part)
			slope.Add(slope, low().Mul(part, low().SetInt64(int64(n))))
		}
		slope.Quo(slope, v)
		step := low().Quo(worth.Sub(worth, target), slope)
		if v = low().Sub(v, step); v.Sign() <= 0 {
			return nil, errNoRoot
		}
		if step.Sign() == 0 || step.MantExp(nil) < -50 {
			return v, nil
		}
	}
	return nil, errors.New("loan: the yield does not settle")
}

func powLow(a *big.Float, n int) *big.Float {
	out, base := new(big.Float).SetPrec(aprPrec).SetInt64(1), new(big.Float).SetPrec(aprPrec).Set(a)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			out.Mul(out, base)
		}
		base.Mul(base, base)
	}
	return out
}
