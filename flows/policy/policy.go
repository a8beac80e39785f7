// Package policy is what a creditor allows, as data: limits, authority, debt-type packs.
// It does not make offers (flows/arrange does) and holds no sentence for people.
package policy

import (
	"maps"
	"slices"

	"hejie/flows/arrange"
	"hejie/flows/ledger"
)

// Policy is one creditor's rules, strictly decoded from YAML and immutable after that.
type Policy struct {
	Version    string          `yaml:"version" json:"version"`
	Allocation string          `yaml:"allocation" json:"allocation"` // name of a ledger allocation order
	Base       Rules           `yaml:"base" json:"base"`
	Packs      map[string]Pack `yaml:"packs" json:"packs"`

	overrides Overrides // applied above base and pack, below what law or the pack forbids
	order     ledger.Order
}

// Overrides are the limits a caller may set above a policy; a nil field changes nothing.
// The keys are those of the `policy` object that `chat --json` reads.
type Overrides struct {
	MinCount            *int                    `yaml:"min_count,omitempty" json:"min_count,omitempty"`
	MaxCount            *int                    `yaml:"max_count,omitempty" json:"max_count,omitempty"`
	MinMonthly          *ledger.Amount          `yaml:"min_monthly_fen,omitempty" json:"min_monthly_fen,omitempty"`
	MaxDeferDays        *int                    `yaml:"max_defer_days,omitempty" json:"max_defer_days,omitempty"`
	MaxPenaltyWaiverPct *int                    `yaml:"max_penalty_waiver_pct,omitempty" json:"max_penalty_waiver_pct,omitempty"`
	MaxInterestWaivePct *int                    `yaml:"max_interest_waiver_pct,omitempty" json:"max_interest_waiver_pct,omitempty"`
	WaiverWithinDays    *int                    `yaml:"waiver_within_days,omitempty" json:"waiver_within_days,omitempty"`
	MinSettlement       *ledger.Amount          `yaml:"min_settlement_fen,omitempty" json:"min_settlement_fen,omitempty"`
	MaxPromiseDays      *int                    `yaml:"max_promise_days,omitempty" json:"max_promise_days,omitempty"`
	QuoteHours          *int                    `yaml:"quote_hours,omitempty" json:"quote_hours,omitempty"`
	TokenMin            *ledger.Amount          `yaml:"token_min_fen,omitempty" json:"token_min_fen,omitempty"`
	TokenMonths         *int                    `yaml:"token_months,omitempty" json:"token_months,omitempty"`
	HoldDays            *int                    `yaml:"hold_days,omitempty" json:"hold_days,omitempty"`
	Authority           map[arrange.Kind]string `yaml:"authority,omitempty" json:"authority,omitempty"` // bot | agent | none; kinds not named keep theirs
}

// Rules are one layer of limits in a policy file.
type Rules struct {
	Overrides       `yaml:",inline"`
	MaxFirstDueDays *int `yaml:"max_first_due_days,omitempty" json:"max_first_due_days,omitempty"`
}

// Pack is what differs for one debt type. InformOnly and CeilingCount are not for a creditor to lift: overrides stop there.
type Pack struct {
	Rules        `yaml:",inline"`
	InformOnly   bool `yaml:"inform_only,omitempty" json:"inform_only,omitempty"`
	CeilingCount int  `yaml:"ceiling_count,omitempty" json:"ceiling_count,omitempty"`
}

// LimitsFor are the limits for one account: base, then the pack of its debt type, then overrides.
// A debt type without a pack may only be informed about: what nobody has thought about is not negotiated.
func (p *Policy) LimitsFor(account arrange.Account) arrange.Limits {
	return p.limits(account.DebtType)
}

func (p *Policy) limits(debtType string) arrange.Limits {
	l := arrange.Limits{Policy: p.Version, Order: slices.Clone(p.order), Authority: map[arrange.Kind]string{}}
	for _, k := range arrange.Kinds {
		l.Authority[k] = arrange.ByNobody
	}
	pack, known := p.Packs[debtType]
	p.Base.apply(&l)
	pack.apply(&l)
	p.overrides.apply(&l)
	if pack.CeilingCount > 0 {
		l.MaxCount = min(l.MaxCount, pack.CeilingCount)
	}
	if p.overrides.MinCount != nil || p.overrides.MaxCount != nil {
		// One override meets the other layers' bound of six debt types, most of which are not meant: the tighter wins.
		l.MinCount = min(l.MinCount, l.MaxCount)
	}
	if pack.InformOnly || !known {
		l.InformOnly = true
		for _, k := range arrange.Kinds {
			l.Authority[k] = arrange.ByNobody
		}
	}
	return l
}

func (r Rules) apply(l *arrange.Limits) {
	r.Overrides.apply(l)
	set(&l.MaxFirstDueDays, r.MaxFirstDueDays)
}

func (o Overrides) apply(l *arrange.Limits) {
	set(&l.MinCount, o.MinCount)
	set(&l.MaxCount, o.MaxCount)
	set(&l.MinMonthly, o.MinMonthly)
	set(&l.MaxDeferDays, o.MaxDeferDays)
	set(&l.MaxPenaltyWaiverPct, o.MaxPenaltyWaiverPct)
	set(&l.MaxInterestWaivePct, o.MaxInterestWaivePct)
	set(&l.WaiverWithinDays, o.WaiverWithinDays)
	set(&l.MinSettlement, o.MinSettlement)
	set(&l.MaxPromiseDays, o.MaxPromiseDays)
	set(&l.QuoteHours, o.QuoteHours)
	set(&l.TokenMin, o.TokenMin)
	set(&l.TokenMonths, o.TokenMonths)
	set(&l.HoldDays, o.HoldDays)
	maps.Copy(l.Authority, o.Authority)
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}
