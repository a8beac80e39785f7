package policy

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"hejie/flows/arrange"
	"hejie/flows/ledger"
)

// DebtTypes are the packs a policy must have; a missing one would silently refuse everything.
var DebtTypes = []string{"credit_card", "online_loan", "medical", "tax", "utility", "private_loan"}

// cardCeiling is the number of monthly instalments the card rules allow at most (art. 70: five years).
const cardCeiling = 60

// faults collects every fault, so that a policy's author mends the file in one go.
type faults []error

func (f *faults) check(ok bool, format string, args ...any) {
	if !ok {
		*f = append(*f, fmt.Errorf(format, args...))
	}
}

// Validate lists every fault in one error.
func (p *Policy) Validate() error {
	var f faults
	f.check(p.Version != "", "version is missing")
	if _, err := ledger.OrderNamed(p.Allocation); err != nil {
		f.check(false, "allocation: %w", err)
	}
	for _, key := range p.Base.missing() {
		f.check(false, "base.%s is missing", key)
	}
	f.authority("base", p.Base.Authority)
	f.authority("overrides", p.overrides.Authority)
	for _, t := range DebtTypes {
		_, ok := p.Packs[t]
		f.check(ok, "packs.%s is missing", t)
	}
	for _, t := range slices.Sorted(maps.Keys(p.Packs)) {
		f.check(slices.Contains(DebtTypes, t), "packs.%s is no debt type", t)
		f.authority("packs."+t, p.Packs[t].Authority)
		f.check(p.Packs[t].CeilingCount >= 0, "packs.%s.ceiling_count is negative", t)
		for _, v := range p.variants(t) {
			f.limits(v.name, v.limits)
		}
	}
	if o := p.overrides; o.MinCount != nil && o.MaxCount != nil {
		f.check(*o.MinCount <= *o.MaxCount, "overrides: min_count %d is above max_count %d", *o.MinCount, *o.MaxCount)
	}
	if o := p.overrides; o.MinCount != nil {
		f.check(*o.MinCount >= 1 && *o.MinCount <= arrange.MaxInstalments, "overrides: min_count is %d", *o.MinCount)
	}
	if card, ok := p.Packs["credit_card"]; ok {
		f.check(card.CeilingCount > 0 && card.CeilingCount <= cardCeiling,
			"packs.credit_card.ceiling_count must be 1 to %d", cardCeiling)
	}
	f.check(p.Packs["tax"].InformOnly || len(p.Packs) == 0, "packs.tax must be inform_only: the authority decides")
	p.validateLayers(&f)
	if len(f) == 0 {
		return nil
	}
	return fmt.Errorf("policy %q: %w", p.Version, errors.Join(f...))
}

func (f *faults) authority(where string, a map[arrange.Kind]string) {
	for _, k := range slices.Sorted(maps.Keys(a)) {
		f.check(slices.Contains(arrange.Kinds, k), "%s.authority: unknown kind %q", where, k)
		f.check(slices.Contains([]string{arrange.ByBot, arrange.ByAgent, arrange.BySupervisor, arrange.ByNobody}, a[k]),
			"%s.authority.%s must be bot, agent, supervisor or none, not %q", where, k, a[k])
	}
}

// limits checks what an account of one debt type would get, whichever layer a figure came from.
func (f *faults) limits(t string, l arrange.Limits) {
	between := func(name string, v, lo, hi int) {
		f.check(v >= lo && v <= hi, "%s: %s is %d, must be %d to %d", t, name, v, lo, hi)
	}
	money := func(name string, v ledger.Amount) {
		f.check(v >= 0 && v <= ledger.MaxAmount, "%s: %s is out of range", t, name)
	}
	between("min_count", l.MinCount, 1, arrange.MaxInstalments)
	between("max_count", l.MaxCount, 1, arrange.MaxInstalments)
	f.check(l.MinCount <= l.MaxCount, "%s: min_count %d is above max_count %d", t, l.MinCount, l.MaxCount)
	between("max_first_due_days", l.MaxFirstDueDays, 1, 366)
	between("max_defer_days", l.MaxDeferDays, 0, 3660)
	between("max_penalty_waiver_pct", l.MaxPenaltyWaiverPct, 0, 100)
	between("max_interest_waiver_pct", l.MaxInterestWaivePct, 0, 100)
	between("waiver_within_days", l.WaiverWithinDays, 0, 366)
	between("max_promise_days", l.MaxPromiseDays, 0, 366)
	between("quote_hours", l.QuoteHours, 1, 24*366)
	between("token_months", l.TokenMonths, 0, arrange.MaxInstalments)
	between("hold_days", l.HoldDays, 0, 3660)
	money("min_monthly_fen", l.MinMonthly)
	money("min_settlement_fen", l.MinSettlement)
	money("token_min_fen", l.TokenMin)
	money("necessities_fen", l.Necessities)
	between("keep_pct", l.KeepPct, 0, 100)
	between("grace_days", l.GraceDays, 0, 31)
	between("misses", l.Misses, 0, 12)
	between("max_skips", l.MaxSkips, 0, arrange.MaxInstalments)
	f.check(l.PlanRate >= 0 && l.PlanRate <= maxPlanRate, "%s: plan_rate is %s, at most %s", t, l.PlanRate, maxPlanRate)
}

// missing names the keys base must have and has not: a limit nobody set must not become zero in silence.
func (r Rules) missing() []string {
	var out []string
	need := func(key string, set bool) {
		if !set {
			out = append(out, key)
		}
	}
	need("min_count", r.MinCount != nil)
	need("max_count", r.MaxCount != nil)
	need("min_monthly_fen", r.MinMonthly != nil)
	need("max_first_due_days", r.MaxFirstDueDays != nil)
	need("max_defer_days", r.MaxDeferDays != nil)
	need("max_penalty_waiver_pct", r.MaxPenaltyWaiverPct != nil)
	need("max_interest_waiver_pct", r.MaxInterestWaivePct != nil)
	need("waiver_within_days", r.WaiverWithinDays != nil)
	need("min_settlement_fen", r.MinSettlement != nil)
	need("max_promise_days", r.MaxPromiseDays != nil)
	need("quote_hours", r.QuoteHours != nil)
	need("token_min_fen", r.TokenMin != nil)
	need("token_months", r.TokenMonths != nil)
	need("hold_days", r.HoldDays != nil)
	need("authority", r.Authority != nil)
	return out
}
