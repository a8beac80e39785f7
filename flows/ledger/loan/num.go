// Package loan is the arithmetic of interest-bearing arrangements: schedules, annuities, yields. Money is ledger.Amount at
// the door and exact fractions or 256-bit floats inside; a binary float64 never holds money.
// It does not know policies, offers or people, and reads no clock.
package loan

import (
	"errors"
	"fmt"
	"math/big"
	"sync"
)

// prec is far beyond any figure here; it only has to be enough for the last printed digit of a rounded result.
const prec = 256

var errNoRoot = errors.New("loan: no rate makes these payments worth the sum")

func num(v int64) *big.Float { return new(big.Float).SetPrec(prec).SetInt64(v) }

func float(r *big.Rat) *big.Float { return new(big.Float).SetPrec(prec).SetRat(r) }

func add(a, b *big.Float) *big.Float { return new(big.Float).SetPrec(prec).Add(a, b) }
func sub(a, b *big.Float) *big.Float { return new(big.Float).SetPrec(prec).Sub(a, b) }
func mul(a, b *big.Float) *big.Float { return new(big.Float).SetPrec(prec).Mul(a, b) }
func neg(a *big.Float) *big.Float    { return new(big.Float).SetPrec(prec).Neg(a) }

// quo is a/b; the callers have excluded 0/0.
func quo(a, b *big.Float) *big.Float { return new(big.Float).SetPrec(prec).Quo(a, b) }

// powInt is a to the n, n of either sign.
func powInt(a *big.Float, n int) *big.Float {
	if n < 0 {
		return quo(num(1), powInt(a, -n))
	}
	out, base := num(1), a
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			out = mul(out, base)
		}
		base = mul(base, base)
	}
	return out
}

var ln2 = sync.OnceValue(func() *big.Float { return lnNear(num(2)) })

// lnNear is the logarithm of a number near one: 2 artanh((x-1)/(x+1)).
func lnNear(x *big.Float) *big.Float {
	z := quo(sub(x, num(1)), add(x, num(1)))
	zz, sum, term := mul(z, z), num(0), z
	for k := int64(1); term.Sign() != 0 && term.MantExp(nil) > -prec; k += 2 {
		sum = add(sum, quo(term, num(k)))
		term = mul(term, zz)
	}
	return mul(num(2), sum)
}

// ln is the natural logarithm of x.
func ln(x *big.Float) (*big.Float, error) {
	if x.Sign() <= 0 || x.IsInf() {
		return nil, fmt.Errorf("loan: no logarithm of %s", x.Text('g', 6))
	}
	m := new(big.Float).SetPrec(prec)
	e := x.MantExp(m) // x = m * 2^e, m in [0.5, 1)
	return add(lnNear(m), mul(num(int64(e)), ln2())), nil
}

// exp is e to the x.
func exp(x *big.Float) (*big.Float, error) {
	k64, _ := quo(x, ln2()).Int64()
	if k64 > 1<<20 || k64 < -1<<20 {
		return nil, errors.New("loan: out of range")
	}
	r := sub(x, mul(num(k64), ln2()))
	sum, term := num(1), num(1)
	for k := int64(1); term.Sign() != 0 && term.MantExp(nil) > -prec; k++ {
		term = quo(mul(term, r), num(k))
		sum = add(sum, term)
	}
	return new(big.Float).SetPrec(prec).SetMantExp(sum, int(k64)), nil
}

// pow is a to the y, for a above 0.
func pow(a, y *big.Float) (*big.Float, error) {
	l, err := ln(a)
	if err != nil {
		return nil, err
	}
	return exp(mul(y, l))
}

// grid is where a root is looked for, nearest to zero first on each side.
var grid = []string{"-0.9999", "-0.99", "-0.9", "-0.75", "-0.5", "-0.25", "-0.1", "-0.01", "0.0000001", "0.01", "0.05", "0.1", "0.25",
	"0.5", "1", "2", "5", "10", "100", "1000", "1000000"}

// root finds where f changes its sign, in the bracket nearest to zero.
func root(f func(*big.Float) (*big.Float, error)) (*big.Float, error) {
	type point struct{ x, y *big.Float }
	var best [2]point
	var last *point
	for _, s := range grid {
		r, _ := new(big.Rat).SetString(s)
		x := float(r)
		y, err := f(x)
		if err != nil {
			last = nil
			continue
		}
		p := point{x, y}
		if y.Sign() == 0 {
			return x, nil
		}
		if last != nil && last.y.Sign() != y.Sign() &&
			(best[0].x == nil || nearZero(last.x, x).Cmp(nearZero(best[0].x, best[1].x)) < 0) {
			best = [2]point{*last, p}
		}
		last = &p
	}
	if best[0].x == nil {
		return nil, errNoRoot
	}
	return between(f, best[0].x, best[0].y, best[1].x, best[1].y)
}

func nearZero(a, b *big.Float) *big.Float {
	if a.Sign() != b.Sign() {
		return num(0)
	}
	x, y := new(big.Float).Abs(a), new(big.Float).Abs(b)
	if x.Cmp(y) < 0 {
		return x
	}
	return y
}

// close is how near a root is found: beyond every tolerance a figure is printed with.
const closeBits = 100

// between narrows a bracket by the Illinois variant of false position, which keeps the bracket and converges quickly.
func between(f func(*big.Float) (*big.Float, error), a, fa, b, fb *big.Float) (*big.Float, error) {
	side := 0
	for range 400 {
		x := quo(sub(mul(a, fb), mul(b, fa)), sub(fb, fa))
		fx, err := f(x)
		if err != nil {
			return nil, err
		}
		width := sub(b, a)
		if fx.Sign() == 0 || width.Sign() == 0 || width.MantExp(nil) < -closeBits {
			return x, nil
		}
		if fx.Sign() == fb.Sign() {
			if prev := sub(b, x); prev.Sign() == 0 || prev.MantExp(nil) < -closeBits {
				return x, nil
			}
			b, fb = x, fx
			if side == 1 {
				fa = quo(fa, num(2))
			}
			side = 1
			continue
		}
		if prev := sub(x, a); prev.Sign() == 0 || prev.MantExp(nil) < -closeBits {
			return x, nil
		}
		a, fa = x, fx
		if side == -1 {
			fb = quo(fb, num(2))
		}
		side = -1
	}
	return nil, errNoRoot
}
