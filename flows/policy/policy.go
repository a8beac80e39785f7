// Package policy is what a creditor allows, as data: limits in layers (base, debt-type pack, segment, season, points, promotion, ladder,
// overrides), authority, the willingness x ability grid, and the examples that prove a file means what its author meant.
// LimitsAt computes the limits of one account; Counter answers a wish in a negotiation; Assess places a debtor in the grid.
// It does not make offers (flows/arrange does), holds no sentence for people, reads no clock, and looks at no attribute of a person.
package policy

import (
	"maps"

	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// Policy is one creditor's rules, strictly decoded from YAML and immutable after that.
type Policy struct {
	Version    string          `yaml:"version" json:"version"`
	Allocation string          `yaml:"allocation" json:"allocation"` // name of a ledger allocation order
	Base       Rules           `yaml:"base" json:"base"`
	Packs      map[string]Pack `yaml:"packs" json:"packs"`

	Jurisdiction string           `yaml:"jurisdiction,omitempty" json:"jurisdiction,omitempty"` // whose holidays; empty = CN
	DueOnHoliday calendar.Roll    `yaml:"due_on_holiday,omitempty" json:"due_on_holiday,omitempty"`
	DayCount     ledger.DayCount  `yaml:"day_count,omitempty" json:"day_count,omitempty"` // of plan_rate
	Segments     []Segment        `yaml:"segments,omitempty" json:"segments,omitempty"`
	Ladder       []Rung           `yaml:"ladder,omitempty" json:"ladder,omitempty"`
	Points       []Milestone      `yaml:"points,omitempty" json:"points,omitempty"`
	Promotions   []Promotion      `yaml:"promotions,omitempty" json:"promotions,omitempty"`
	Seasons      []Season         `yaml:"seasons,omitempty" json:"seasons,omitempty"`
	Grid         Grid             `yaml:"grid,omitempty" json:"grid,omitempty"`
	Examples     []map[string]any `yaml:"examples,omitempty" json:"examples,omitempty"` // run by Check

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
	Authority           map[arrange.Kind]string `yaml:"authority,omitempty" json:"authority,omitempty"` // bot | agent | supervisor | none; kinds not named keep theirs
}

// Rules are one layer of limits in a policy file.
type Rules struct {
	Overrides       `yaml:",inline"`
	MaxFirstDueDays *int `yaml:"max_first_due_days,omitempty" json:"max_first_due_days,omitempty"`

	PlanRate    *ledger.Rate   `yaml:"plan_rate,omitempty" json:"plan_rate,omitempty"` // percent a year, quoted; cut at the legal cap
	GraceDays   *int           `yaml:"grace_days,omitempty" json:"grace_days,omitempty"`
	Misses      *int           `yaml:"misses,omitempty" json:"misses,omitempty"`
	MaxSkips    *int           `yaml:"max_skips,omitempty" json:"max_skips,omitempty"`
	MonthlyOnly *bool          `yaml:"monthly_only,omitempty" json:"monthly_only,omitempty"`
	KeepPct     *int           `yaml:"keep_pct,omitempty" json:"keep_pct,omitempty"`
	Necessities *ledger.Amount `yaml:"necessities_fen,omitempty" json:"necessities_fen,omitempty"`
}

// Pack is what differs for one debt type. InformOnly and CeilingCount are not for a creditor to lift: overrides stop there.
type Pack struct {
	Rules        `yaml:",inline"`
	InformOnly   bool `yaml:"inform_only,omitempty" json:"inform_only,omitempty"`
	CeilingCount int  `yaml:"ceiling_count,omitempty" json:"ceiling_count,omitempty"`
	// What else this kind of debt asks of whoever speaks: ids of statements and notes, resolved by the flows.
	Notes []string `yaml:"notes,omitempty" json:"notes,omitempty"`
}

func (r Rules) apply(l *arrange.Limits) {
	r.Overrides.apply(l)
	set(&l.MaxFirstDueDays, r.MaxFirstDueDays)
	set(&l.PlanRate, r.PlanRate)
	set(&l.GraceDays, r.GraceDays)
	set(&l.Misses, r.Misses)
	set(&l.MaxSkips, r.MaxSkips)
	set(&l.MonthlyOnly, r.MonthlyOnly)
	set(&l.KeepPct, r.KeepPct)
	set(&l.Necessities, r.Necessities)
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
