package loan

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// Case is one piece of loan arithmetic as a program asks for it: money in major units, rates as decimals. Numbers are read as
// the decimals that were written. With Expected and Tolerance the answer says whether it agrees.
type Case struct {
	ID        string          `json:"id"`
	Kind      string          `json:"kind"` // schedule | function | apr_actuarial
	Inputs    json.RawMessage `json:"inputs"`
	Expected  *Expected       `json:"expected,omitempty"`
	Tolerance struct {
		Abs json.Number `json:"abs"`
	} `json:"tolerance,omitzero"`
}

// Expected is a known answer.
type Expected struct {
	Value         *json.Number `json:"value"`
	APR           *json.Number `json:"apr_pct"`
	Schedule      []CaseRow    `json:"schedule"`
	TotalInterest *json.Number `json:"total_interest"`
}

// CaseRow is a Row in major units.
type CaseRow struct {
	N         int           `json:"n"`
	Due       calendar.Date `json:"due,omitzero"`
	Payment   json.Number   `json:"payment"`
	Interest  json.Number   `json:"interest"`
	Principal json.Number   `json:"principal"`
	Balance   json.Number   `json:"balance"`
}

// Solution of a case.
type Solution struct {
	ID            string       `json:"id"`
	Value         *json.Number `json:"value,omitempty"`
	APR           *json.Number `json:"apr_pct,omitempty"`
	Schedule      []CaseRow    `json:"schedule,omitempty"`
	TotalInterest *json.Number `json:"total_interest,omitempty"`
	OK            *bool        `json:"ok,omitempty"`
}

// Solve answers a case.
func Solve(c Case) (Solution, error) {
	s := Solution{ID: c.ID}
	var err error
	switch c.Kind {
	case "schedule":
		s.Schedule, s.TotalInterest, err = solveSchedule(c.Inputs)
	case "function":
		s.Value, err = solveFunction(c.Inputs)
	case "apr_actuarial":
		s.APR, err = solveAPR(c.Inputs)
	default:
		err = fmt.Errorf("loan: unknown kind of case %q", c.Kind)
	}
	if err == nil && c.Expected != nil {
		var ok bool
		ok, err = s.agrees(*c.Expected, c.Tolerance.Abs)
		s.OK = &ok
	}
	return s, err
}

// agrees compares every figure that both have. Dates are not compared: a case may tell less about them than it prints.
func (s Solution) agrees(e Expected, tolerance json.Number) (bool, error) {
	pairs := [][2]*json.Number{{s.Value, e.Value}, {s.APR, e.APR}, {s.TotalInterest, e.TotalInterest}}
	if len(s.Schedule) != len(e.Schedule) {
		return false, nil
	}
	for i, r := range s.Schedule {
		w := e.Schedule[i]
		pairs = append(pairs, [2]*json.Number{&r.Payment, &w.Payment}, [2]*json.Number{&r.Interest, &w.Interest},
			[2]*json.Number{&r.Principal, &w.Principal}, [2]*json.Number{&r.Balance, &w.Balance})
	}
	abs := new(big.Rat)
	if tolerance != "" {
		if err := decimal(abs, tolerance); err != nil {
			return false, err
		}
	}
	for _, p := range pairs {
		if p[1] == nil {
			continue
		}
		if p[0] == nil {
			return false, nil
		}
		a, b := new(big.Rat), new(big.Rat)
		if err := decimal(a, *p[0]); err != nil {
			return false, err
		}
		if err := decimal(b, *p[1]); err != nil {
			return false, err
		}
		if a.Sub(a, b).Abs(a).Cmp(abs) > 0 {
			return false, nil
		}
	}
	return true, nil
}

func decimal(r *big.Rat, n json.Number) error {
	if _, ok := r.SetString(string(n)); !ok {
		return fmt.Errorf("loan: %q is not a number", n)
	}
	return nil
}

// minor is an amount in major units as minor ones; a fraction of a minor unit is refused.
func minor(n json.Number) (ledger.Amount, error) {
	r := new(big.Rat)
	if err := decimal(r, n); err != nil {
		return 0, err
	}
	if r.Mul(r, big.NewRat(100, 1)); !r.IsInt() || !r.Num().IsInt64() {
		return 0, fmt.Errorf("loan: %s is not whole minor units", n)
	}
	return ledger.Amount(r.Num().Int64()), nil
}

func major(a ledger.Amount) json.Number {
	return json.Number(strings.ReplaceAll(a.String(), ",", ""))
}

type scheduleInputs struct {
	Method       string          `json:"method"` // names equal payment, equal principal, flat, zero interest, and a down payment in percent
	Principal    json.Number     `json:"principal"`
	Rate         json.Number     `json:"annual_rate_pct"`
	Start        calendar.Date   `json:"start"`
	Periods      int             `json:"periods"`
	Every        int             `json:"every"`
	Frequency    string          `json:"frequency"`     // MONTHS | WEEKS | DAYS
	DaysInYear   string          `json:"days_in_year"`  // 360 | 364 | 365 | actual; absent = a month is a twelfth
	DaysInMonth  string          `json:"days_in_month"` // 30 | actual
	Product      string          `json:"product"`       // LP1… rounds payments to whole currency units
	RoundTo      json.Number     `json:"round_to"`      // …or say the multiple here
	DownPayment  json.Number     `json:"down_payment"`
	DueDates     []calendar.Date `json:"due_dates"`
	Unpaid       int             `json:"unpaid"`
	AsOf         calendar.Date   `json:"as_of"`
	RoundingMode string          `json:"rounding"`
}

// conventions by the words a contract uses: days in the month / days in the year.
var conventions = map[string]ledger.DayCount{
	"30/360": ledger.Thirty360, "actual/365": ledger.Act365, "actual/360": ledger.Act360, "actual/364": ledger.Act364, "actual/actual": ledger.ActAct,
}

func (in scheduleInputs) spec() (Spec, error) {
	s := Spec{Method: EqualPayment, Start: in.Start, Periods: in.Periods, Every: in.Every, Unit: Unit(strings.ToLower(in.Frequency)),
		Dues: in.DueDates, Rounding: ledger.HalfEven, Unpaid: in.Unpaid, AsOf: in.AsOf}
	var err error
	if s.Principal, err = minor(in.Principal); err != nil {
		return s, err
	}
	if in.Rate != "" {
		if s.Rate, err = ledger.ParseRate(string(in.Rate)); err != nil {
			return s, err
		}
	}
	method := strings.ToLower(in.Method)
	switch {
	case strings.Contains(method, "flat"):
		s.Method = Flat
	case strings.Contains(method, "equal_principal"), strings.Contains(method, "equal principal"), strings.Contains(method, "等额本金"):
		s.Method = EqualPrincipal
	}
	if in.DaysInYear != "" {
		var known bool
		if s.DayCount, known = conventions[in.DaysInMonth+"/"+in.DaysInYear]; !known {
			return s, fmt.Errorf("loan: days in month %q, in year %q: no such convention", in.DaysInMonth, in.DaysInYear)
		}
	}
	switch {
	case in.RoundTo != "":
		s.Step, err = minor(in.RoundTo)
	case strings.HasPrefix(in.Product, "LP1"):
		s.Step = 100
	}
	if err != nil {
		return s, err
	}
	if strings.Contains(strings.ToLower(in.RoundingMode), "half_up") {
		s.Rounding = ledger.HalfUp
	}
	s.Down, err = in.down(s.Principal)
	return s, err
}

// down is the down payment: an amount, or the percentage the method names.
func (in scheduleInputs) down(principal ledger.Amount) (ledger.Amount, error) {
	if in.DownPayment != "" {
		return minor(in.DownPayment)
	}
	before, _, ok := strings.Cut(in.Method, "% down")
	if !ok {
		return 0, nil
	}
	pct, err := ledger.ParseRate(before[strings.LastIndexByte(before, ' ')+1:])
	if err != nil {
		return 0, err
	}
	f := pct.Fraction()
	return ledger.HalfEven.Round(f.Mul(f, big.NewRat(int64(principal), 1)))
}

func solveSchedule(raw json.RawMessage) ([]CaseRow, *json.Number, error) {
	var in scheduleInputs
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, nil, err
	}
	spec, err := in.spec()
	if err != nil {
		return nil, nil, err
	}
	rows, err := Schedule(spec)
	if err != nil {
		return nil, nil, err
	}
	var out []CaseRow
	var total ledger.Amount
	for _, r := range rows {
		out = append(out, CaseRow{r.N, r.Due, major(r.Payment), major(r.Interest), major(r.Principal), major(r.Balance)})
		total += r.Interest
	}
	interest := major(total)
	return out, &interest, nil
}
