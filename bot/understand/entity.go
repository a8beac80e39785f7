package understand

import (
	"encoding/json"
	"strconv"
	"strings"

	"hejie/bot/text"
)

// Entity is a figure or a name as the understand command prints it. Start and End count runes, End exclusive.
type Entity struct {
	Kind     string `json:"kind"`
	Text     string `json:"text"`
	Start    int    `json:"start"`
	End      int    `json:"end"`
	Value    any    `json:"value"`
	Currency string `json:"currency,omitempty"`
	Approx   bool   `json:"approx,omitempty"`
	Ordinal  bool   `json:"ordinal,omitempty"`
	Per      string `json:"per,omitempty"`
	Rel      string `json:"rel,omitempty"` // of a date: before, after
	// Twofold: 03/04 could be either day; the value is the likelier one and is asked about.
	Twofold bool `json:"twofold,omitempty"`
	// Invalid: written as an identity card or a bank card, but the check digit is wrong.
	Invalid bool `json:"invalid,omitempty"`
}

// Span is a value between two ends, both meant.
type Span struct {
	Min any `json:"min"`
	Max any `json:"max"`
}

// Days is a stretch of days, both ends included.
type Days struct {
	Start string `json:"start"`
	End   string `json:"end"`
}

// decimal writes an exact decimal of v over unit without going through a float.
func decimal(v, unit int64) json.Number {
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	s := sign + strconv.FormatInt(v/unit, 10)
	if rest := v % unit; rest != 0 {
		frac := strconv.FormatInt(unit+rest, 10)[1:]
		s += "." + strings.TrimRight(frac, "0")
	}
	return json.Number(s)
}

func (r *reading) entities() []Entity {
	out := make([]Entity, 0, len(r.figs)+len(r.names))
	out = append(out, r.names...)
	for i := range r.figs {
		f := &r.figs[i]
		if e, ok := entity(&f.Figure); ok {
			out = append(out, e)
		}
	}
	return out
}

func entity(f *text.Figure) (Entity, bool) {
	e := Entity{Kind: string(f.Kind), Text: f.Text, Start: f.Start, End: f.End, Approx: f.Approx}
	if f.Kind == text.FigTime || f.Big && f.Kind != text.FigNumber || f.Vague && f.Kind != text.FigMoney {
		return e, false // a clock time is no entity of the contract, and 几天 is no value
	}
	switch f.Kind {
	case text.FigMoney:
		e.Currency = f.Currency
		e.Value = ranged(f.Range, f.Minor, f.Min, f.Max)
	case text.FigPercent:
		e.Per = f.Per
		e.Value = decimal(f.PPM, 10_000)
		if f.Range {
			e.Value = Span{decimal(f.Min, 10_000), decimal(f.Max, 10_000)}
		}
	case text.FigDate:
		if f.Date.IsZero() {
			return e, false
		}
		e.Value, e.Twofold = f.Date.String(), f.Twofold
		if f.Rel == text.RelBefore || f.Rel == text.RelAfter {
			e.Rel = f.Rel
		}
	case text.FigRange:
		if f.Date.IsZero() || f.DateEnd.IsZero() {
			return e, false
		}
		e.Value = Days{f.Date.String(), f.DateEnd.String()}
	case text.FigPhone:
		if len(f.Digits) < 7 {
			return e, false // 12378 is whom to call, not where to call the writer
		}
		e.Value = f.Digits
	case text.FigDuration:
		if f.Per != "" {
			return e, false
		}
		e.Value = f.Duration
		if f.Range {
			e.Value = Span{f.Duration, f.DurationMax}
		}
		if f.Rel == text.RelWithin && !f.DateEnd.IsZero() {
			e.Kind, e.Value = string(text.FigRange), Days{f.Date.String(), f.DateEnd.String()}
		}
	case text.FigDay, text.FigCount:
		if f.Per != "" {
			return e, false
		}
		e.Value = ranged(f.Range, f.Count, f.Min, f.Max)
	case text.FigNumber:
		e.Ordinal = f.Ordinal
		e.Value = number(f)
	default:
		e.Value, e.Invalid = f.Digits, f.Invalid
	}
	return e, true
}

func ranged(is bool, v, lo, hi int64) any {
	if is {
		return Span{lo, hi}
	}
	return v
}

func number(f *text.Figure) any {
	switch {
	case f.Big:
		return f.Digits
	case f.Range:
		return Span{decimal(f.Min, 1_000_000), decimal(f.Max, 1_000_000)}
	}
	return decimal(f.Micro, 1_000_000)
}
