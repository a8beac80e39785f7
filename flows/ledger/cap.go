package ledger

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"sync"

	"github.com/goccy/go-yaml"

	"hejie/flows/calendar"
)

// Regime is which cap of law an account falls under.
type Regime string

const (
	PrivateLoan    Regime = "private"  // 4 x the one-year LPR at the contract's date
	LicensedLender Regime = "licensed" // all-in cap of banks, consumer finance, online lenders
)

type lprLine struct {
	From    calendar.Date `yaml:"from"`
	Percent string        `yaml:"percent"`
}

type capRules struct {
	Private struct {
		TimesLPR    int64     `yaml:"times_lpr"`
		Source      string    `yaml:"source"`
		Verified    string    `yaml:"verified"`
		LPRSource   string    `yaml:"lpr_source"`
		LPRVerified string    `yaml:"lpr_verified"`
		LPR         []lprLine `yaml:"lpr"`
	} `yaml:"private"`
	Licensed struct {
		Percent  string `yaml:"percent"`
		Source   string `yaml:"source"`
		Verified string `yaml:"verified"`
	} `yaml:"licensed"`
}

//go:embed data/caps.yaml
var capsYAML []byte

var loadedCaps = sync.OnceValues(func() (*capRules, error) { return parseCaps(capsYAML) })

func parseCaps(raw []byte) (*capRules, error) {
	var c capRules
	if err := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict()).Decode(&c); err != nil {
		return nil, fmt.Errorf("ledger: caps: %w", err)
	}
	if c.Private.TimesLPR <= 0 || len(c.Private.LPR) == 0 {
		return nil, errors.New("ledger: caps: no LPR table")
	}
	for i, l := range c.Private.LPR {
		if _, err := decimal(l.Percent); err != nil {
			return nil, fmt.Errorf("ledger: caps: %w", err)
		}
		if i > 0 && !c.Private.LPR[i-1].From.Before(l.From) {
			return nil, fmt.Errorf("ledger: caps: LPR table is out of order at %s", l.From)
		}
	}
	if _, err := decimal(c.Licensed.Percent); err != nil {
		return nil, fmt.Errorf("ledger: caps: %w", err)
	}
	return &c, nil
}

func decimal(s string) (*big.Rat, error) {
	r, ok := new(big.Rat).SetString(s)
	if !ok || r.Sign() < 0 {
		return nil, fmt.Errorf("%q is not a percentage", s)
	}
	return r, nil
}

// Cap is the yearly ceiling for one account, with where it comes from.
type Cap struct {
	Percent  *big.Rat
	Source   string
	Verified string
	// Assumed: the contract's date is unknown, so a date was assumed that gives the lower cap.
	Assumed bool
}

// CapFor is the ceiling of a regime for a contract; asOf is today. An unknown contract date is taken as asOf: the rate has
// only fallen since the table begins, so this never lets more be asked for than the true date would.
func CapFor(regime Regime, contract, asOf calendar.Date) (Cap, error) {
	c, err := loadedCaps()
	if err != nil {
		return Cap{}, err
	}
	switch regime {
	case LicensedLender:
		p, err := decimal(c.Licensed.Percent)
		return Cap{Percent: p, Source: c.Licensed.Source, Verified: c.Licensed.Verified}, err
	case PrivateLoan:
		on := contract
		if contract.IsZero() || contract.Before(c.Private.LPR[0].From) {
			on = asOf
		}
		p, err := decimal(c.lprOn(on))
		if err != nil {
			return Cap{}, err
		}
		p.Mul(p, new(big.Rat).SetInt64(c.Private.TimesLPR))
		return Cap{Percent: p, Source: c.Private.Source, Verified: c.Private.LPRVerified, Assumed: contract.IsZero()}, nil
	}
	return Cap{}, fmt.Errorf("ledger: no cap named %q", regime)
}

func (c *capRules) lprOn(d calendar.Date) string {
	p := c.Private.LPR[0].Percent
	for _, l := range c.Private.LPR {
		if l.From.After(d) {
			break
		}
		p = l.Percent
	}
	return p
}

// Loan is what Excess looks at.
type Loan struct {
	Regime       Regime
	Balance      Balance
	AnnualRate   float64 // percent per year by the contract, 0 unknown
	ContractDate calendar.Date
	AsOf         calendar.Date
}

// Excess is the part of interest, penalty and fees above the cap: shown, never demanded. It is the larger of two tests,
// because each of them alone is a ceiling in law:
//
//   - by rate: interest I that accrued at r percent would have been I*cap/r at the cap; what all charges together pass it by.
//     Licensed lenders are tested only this way, and only when r itself is above the cap, since their late fees are
//     regulated apart.
//   - by time (private loans): all charges together against principal * cap * days since the contract / 365.
//
// The lawful part is rounded down to the fen, the excess therefore up: a doubt about a fen goes to the debtor.
func Excess(l Loan) (Amount, Cap, error) {
	if err := l.Balance.Valid(); err != nil {
		return 0, Cap{}, err
	}
	if math.IsNaN(l.AnnualRate) || math.IsInf(l.AnnualRate, 0) || l.AnnualRate < 0 {
		return 0, Cap{}, fmt.Errorf("ledger: annual rate %v", l.AnnualRate)
	}
	c, err := CapFor(l.Regime, l.ContractDate, l.AsOf)
	if err != nil {
		return 0, Cap{}, err
	}
	charges := l.Balance.Interest + l.Balance.Penalty + l.Balance.Fees
	lawful := charges
	rate := asWritten(l.AnnualRate)
	if rate.Sign() > 0 && l.Balance.Interest > 0 && (l.Regime == PrivateLoan || rate.Cmp(c.Percent) > 0) {
		byRate := new(big.Rat).Mul(fen(l.Balance.Interest), c.Percent)
		lawful = min(lawful, floor(byRate.Quo(byRate, rate)))
	}
	days := l.AsOf.DaysSince(l.ContractDate)
	if l.Regime == PrivateLoan && !l.ContractDate.IsZero() && !l.AsOf.IsZero() && days >= 0 {
		byTime := new(big.Rat).Mul(fen(l.Balance.Principal), c.Percent)
		byTime.Mul(byTime, big.NewRat(int64(days), 365*100))
		lawful = min(lawful, floor(byTime))
	}
	return charges - lawful, c, nil
}

// asWritten is the decimal a person wrote, not the binary fraction nearest to it: 15.4 is 154/10.
func asWritten(f float64) *big.Rat {
	r, _ := new(big.Rat).SetString(strconv.FormatFloat(f, 'f', -1, 64))
	return r
}

func fen(a Amount) *big.Rat { return new(big.Rat).SetInt64(int64(a)) }

// floor cuts a non-negative fraction to whole fen; what does not fit an Amount is more than any balance.
func floor(r *big.Rat) Amount {
	q := new(big.Int).Quo(r.Num(), r.Denom())
	if !q.IsInt64() || q.Int64() > int64(MaxAmount) {
		return MaxAmount
	}
	return Amount(q.Int64())
}
