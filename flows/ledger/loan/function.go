package loan

import (
	"encoding/json"
	"fmt"
	"math/big"

	"hejie/flows/calendar"
)

// value is a decimal as it was written; absent is zero.
type value struct{ *big.Float }

func (v *value) UnmarshalJSON(b []byte) error {
	r, ok := new(big.Rat).SetString(string(b))
	if !ok {
		return fmt.Errorf("loan: %s is not a number", b)
	}
	v.Float = float(r)
	return nil
}

func (v value) or0() *big.Float {
	if v.Float == nil {
		return num(0)
	}
	return v.Float
}

type functionArgs struct {
	Rate, Nper, Pmt, Pv, Fv              value
	Type, Per, Start, End, Npery, Months int
	Nominal, Effective, Principal, Guess value
	AnnualRate                           value `json:"annual_rate"`
	Cashflows                            []value
	Dates                                []calendar.Date
}

func (a functionArgs) annuity() Annuity {
	return Annuity{Rate: a.Rate.or0(), N: a.Nper.or0(), Pmt: a.Pmt.or0(), PV: a.Pv.or0(), FV: a.Fv.or0(), Due: a.Type}
}

// monthly is a loan paid back by equal monthly payments, seen from the lender.
func (a functionArgs) monthly() Annuity {
	return Annuity{Rate: quo(a.AnnualRate.or0(), num(12)), N: num(int64(a.Months)), PV: neg(a.Principal.or0()), FV: num(0)}
}

// flows from the given first period, or by the days since the first date as parts of 365.
func (a functionArgs) flows(first int) ([]Flow, error) {
	var out []Flow
	for i, c := range a.Cashflows {
		f := Flow{Amount: c.or0(), Whole: i + first}
		if len(a.Dates) > 0 {
			if len(a.Dates) != len(a.Cashflows) {
				return nil, fmt.Errorf("loan: %d dates for %d payments", len(a.Dates), len(a.Cashflows))
			}
			f.Whole, f.Part = 0, float(big.NewRat(int64(a.Dates[i].DaysSince(a.Dates[0])), 365))
		}
		out = append(out, f)
	}
	return out, nil
}

// functions by the names spreadsheets and banks give them.
var functions = map[string]func(functionArgs) (*big.Float, error){
	"PMT":  func(a functionArgs) (*big.Float, error) { return a.annuity().Payment() },
	"PV":   func(a functionArgs) (*big.Float, error) { return a.annuity().Present() },
	"FV":   func(a functionArgs) (*big.Float, error) { return a.annuity().Future() },
	"NPER": func(a functionArgs) (*big.Float, error) { return a.annuity().Periods() },
	"RATE": func(a functionArgs) (*big.Float, error) { return a.annuity().Yield() },
	"RATE_ANNUAL_NOMINAL": func(a functionArgs) (*big.Float, error) {
		r, err := a.annuity().Yield()
		if err != nil {
			return nil, err
		}
		return mul(r, num(12)), nil
	},
	"IPMT":     func(a functionArgs) (*big.Float, error) { return a.annuity().InterestPart(a.Per) },
	"PPMT":     func(a functionArgs) (*big.Float, error) { return a.annuity().PrincipalPart(a.Per) },
	"CUMIPMT":  func(a functionArgs) (*big.Float, error) { return cumulate(a, Annuity.InterestPart) },
	"CUMPRINC": func(a functionArgs) (*big.Float, error) { return cumulate(a, Annuity.PrincipalPart) },
	"EFFECT": func(a functionArgs) (*big.Float, error) {
		return Effective(a.Nominal.or0(), max(1, a.Npery)), nil
	},
	"NOMINAL": func(a functionArgs) (*big.Float, error) { return Nominal(a.Effective.or0(), max(1, a.Npery)) },
	"NPV":     func(a functionArgs) (*big.Float, error) { return present(a, 1) },
	"NPV0":    func(a functionArgs) (*big.Float, error) { return present(a, 0) },
	"XNPV":    func(a functionArgs) (*big.Float, error) { return present(a, 0) },
	"IRR":     yield,
	"XIRR":    yield,
	"等额本息_月供": func(a functionArgs) (*big.Float, error) { return a.monthly().Payment() },
	"等额本息_总利息": func(a functionArgs) (*big.Float, error) {
		p, err := a.monthly().Payment()
		if err != nil {
			return nil, err
		}
		return sub(mul(p, num(int64(a.Months))), a.Principal.or0()), nil
	},
	"等额本息_首期利息": func(a functionArgs) (*big.Float, error) { return a.monthly().InterestPart(1) },
	"等额本金_首月": func(a functionArgs) (*big.Float, error) {
		p := a.Principal.or0()
		return add(quo(p, num(int64(max(1, a.Months)))), mul(p, quo(a.AnnualRate.or0(), num(12)))), nil
	},
	"等额本金_总利息": func(a functionArgs) (*big.Float, error) { // the balance falls evenly: (n+1)/2 months on average
		return quo(mul(mul(a.Principal.or0(), a.AnnualRate.or0()), num(int64(a.Months+1))), num(24)), nil
	},
}

func present(a functionArgs, first int) (*big.Float, error) {
	flows, err := a.flows(first)
	if err != nil {
		return nil, err
	}
	return Present(flows, a.Rate.or0())
}

func yield(a functionArgs) (*big.Float, error) {
	flows, err := a.flows(0)
	if err != nil {
		return nil, err
	}
	return Return(flows)
}

func cumulate(a functionArgs, part func(Annuity, int) (*big.Float, error)) (*big.Float, error) {
	if a.Start < 1 || a.End < a.Start || a.End-a.Start > MaxPeriods {
		return nil, fmt.Errorf("loan: periods %d to %d", a.Start, a.End)
	}
	sum := num(0)
	for per := a.Start; per <= a.End; per++ {
		p, err := part(a.annuity(), per)
		if err != nil {
			return nil, err
		}
		sum = add(sum, p)
	}
	return sum, nil
}

func solveFunction(raw json.RawMessage) (*json.Number, error) {
	var in struct {
		Function string       `json:"function"`
		Args     functionArgs `json:"args"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, err
	}
	f, ok := functions[in.Function]
	if !ok {
		return nil, fmt.Errorf("loan: unknown function %q", in.Function)
	}
	v, err := f(in.Args)
	if err != nil {
		return nil, err
	}
	return decimals(v, 12), nil
}

func decimals(v *big.Float, n int) *json.Number {
	out := json.Number(v.Text('f', n))
	return &out
}

// aprInputs are a sum lent and payments by unit periods: t whole ones and the part f until the first payment.
type aprInputs struct {
	Lent    value  `json:"amount_financed"`
	PerYear value  `json:"unit_periods_per_year"`
	Payment value  `json:"payment"`
	N       int    `json:"n"`
	First   *value `json:"first_payment_amount"`
	Last    *value `json:"final_payment_amount"`
	T       *int   `json:"t"`
	RawF    any    `json:"f"`
}

func (in aprInputs) flows() ([]Flow, error) {
	if in.N < 1 || in.N > MaxPeriods {
		return nil, fmt.Errorf("loan: %d payments", in.N)
	}
	whole := 1
	if in.T != nil {
		whole = *in.T
	}
	part := new(big.Rat)
	if in.RawF != nil {
		if _, ok := part.SetString(fmt.Sprint(in.RawF)); !ok {
			return nil, fmt.Errorf("loan: %v is not a part of a period", in.RawF)
		}
	}
	out := []Flow{{Amount: neg(in.Lent.or0())}}
	for i := range in.N {
		amount := in.Payment.or0()
		switch {
		case i == 0 && in.First != nil:
			amount = in.First.or0()
		case i == in.N-1 && in.Last != nil:
			amount = in.Last.or0()
		}
		out = append(out, Flow{Amount: amount, Whole: whole + i, Part: float(part), Simple: true})
	}
	return out, nil
}

func solveAPR(raw json.RawMessage) (*json.Number, error) {
	var in aprInputs
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, err
	}
	flows, err := in.flows()
	if err != nil {
		return nil, err
	}
	r, err := Return(flows)
	if err != nil {
		return nil, err
	}
	return decimals(mul(mul(r, in.PerYear.or0()), num(100)), 6), nil
}
