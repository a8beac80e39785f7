package ledger

import (
	"fmt"
	"math/big"
	"strings"
)

// Rate is a yearly rate in millionths of a percent: 18.25 % is 18,250,000. It is exact, so that a rate somebody wrote down
// is the rate that is calculated with.
type Rate int64

const (
	rateScale      = 1_000_000
	MaxRate   Rate = 1_000_000 * rateScale
)

// ParseRate reads a decimal percentage such as "18.25"; more than six decimals are refused rather than cut.
func ParseRate(s string) (Rate, error) {
	r, ok := new(big.Rat).SetString(s)
	if !ok || strings.ContainsAny(s, "/eExX_pP") {
		return 0, fmt.Errorf("ledger: %q is not a percentage", s)
	}
	r.Mul(r, big.NewRat(rateScale, 1))
	if !r.IsInt() || r.Sign() < 0 || r.Num().Cmp(big.NewInt(int64(MaxRate))) > 0 {
		return 0, fmt.Errorf("ledger: %q is not a percentage between 0 and a million with at most six decimals", s)
	}
	return Rate(r.Num().Int64()), nil
}

// Fraction is the rate as a part of one: 18.25 % is 73/400.
func (r Rate) Fraction() *big.Rat { return big.NewRat(int64(r), 100*rateScale) }

// String is the decimal without needless zeros: 18.25.
func (r Rate) String() string {
	sign, v := "", int64(r)
	if v < 0 {
		sign, v = "-", -v
	}
	s := fmt.Sprintf("%s%d.%06d", sign, v/rateScale, v%rateScale)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// MarshalJSON writes a number in percent.
func (r Rate) MarshalJSON() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalJSON reads a number, or a text, in percent.
func (r *Rate) UnmarshalJSON(b []byte) error {
	return r.UnmarshalText([]byte(strings.Trim(string(b), `"`)))
}

// UnmarshalText reads a decimal; a policy file quotes it, because YAML would make a binary fraction of it.
func (r *Rate) UnmarshalText(b []byte) (err error) {
	*r, err = ParseRate(string(b))
	return err
}

// Rounding of a fraction of a minor unit.
type Rounding string

const (
	HalfUp   Rounding = "half_up" // what people learn at school; the default
	HalfEven Rounding = "half_even"
	Down     Rounding = "down" // in the debtor's favour for what is asked
)

// Round makes whole minor units of a non-negative fraction; ErrOutOfRange beyond MaxAmount.
func (m Rounding) Round(r *big.Rat) (Amount, error) {
	q, rest := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	half := new(big.Int).Lsh(rest, 1).Cmp(r.Denom())
	if m != Down && (half > 0 || half == 0 && (m != HalfEven || q.Bit(0) == 1)) {
		q.Add(q, big.NewInt(1))
	}
	if r.Sign() < 0 || !q.IsInt64() || q.Int64() > int64(MaxAmount) {
		return 0, ErrOutOfRange
	}
	return Amount(q.Int64()), nil
}
