package policy

import (
	"fmt"
	"reflect"
	"slices"

	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// maxPlanRate: no plan of anybody may cost more; the legal cap of an account cuts it further.
const maxPlanRate ledger.Rate = 24_000_000

// variant is the limits some accounts would get, named for a fault's message.
type variant struct {
	name   string
	limits arrange.Limits
}

// variants are the limits of one debt type under each layer that could apply.
func (p *Policy) variants(debtType string) []variant {
	at := func(name string, days int, balance ledger.Amount, f Facts) variant {
		acc := arrange.Account{DebtType: debtType, DaysPastDue: days, Balance: ledger.Balance{Principal: balance}}
		return variant{debtType + name, p.LimitsAt(acc, f)}
	}
	out := []variant{at("", 0, 0, Facts{})}
	for _, s := range p.Segments {
		if len(s.When.DebtTypes) > 0 && !slices.Contains(s.When.DebtTypes, debtType) {
			continue
		}
		risk := ""
		if len(s.When.Risk) > 0 && s.When.Risk[0] != "unknown" {
			risk = s.When.Risk[0]
		}
		out = append(out, at(" in segment "+s.Name, int(s.When.Overdue.From), ledger.Amount(s.When.Balance.From), Facts{Risk: risk}))
	}
	for _, r := range p.Ladder {
		out = append(out, at(" on rung "+r.Name, 0, 0, Facts{Round: r.Round, MeansTold: true, Points: r.Needs.Points}))
	}
	for _, m := range p.Points {
		out = append(out, at(" with points of "+m.Name, 0, 0, Facts{Points: m.At}))
	}
	for _, x := range p.Promotions {
		out = append(out, at(" in promotion "+x.Name, 0, 0, Facts{Today: x.From}))
	}
	for _, s := range p.Seasons {
		if s.From.Day > 0 {
			out = append(out, at(" in season "+s.Name, 0, 0, Facts{Today: calendar.NewDate(2026, s.From.Month, s.From.Day)}))
		}
	}
	return out
}

// validateLayers checks what stands above the packs.
func (p *Policy) validateLayers(f *faults) {
	f.check(p.DueOnHoliday.Valid() == nil, "due_on_holiday: %q is not none, following or preceding", p.DueOnHoliday)
	f.check(p.DayCount == "" || p.DayCount.Valid() == nil, "day_count: %q is unknown", p.DayCount)
	p.validateSegments(f)
	p.validateLadder(f)
	for i, m := range p.Points {
		where := fmt.Sprintf("points[%d] %s", i, m.Name)
		f.check(m.Name != "" && m.At > 0, "%s needs a name and at above 0", where)
		f.check(i == 0 || p.Points[i-1].At < m.At, "%s: at must rise", where)
		f.authority(where, m.Authority)
	}
	for i, x := range p.Promotions {
		where := fmt.Sprintf("promotions[%d] %s", i, x.Name)
		f.check(x.Name != "" && !x.From.IsZero() && !x.To.Before(x.From), "%s needs a name, from and to in order", where)
		f.types(where, x.DebtTypes)
		f.authority(where, x.Authority)
	}
	free := 0
	for _, s := range p.Seasons {
		err := s.Valid()
		f.check(err == nil, "seasons: %v", err)
		f.authority("seasons "+s.Name, s.Authority)
	}
	for d := (calendar.Date{Year: 2026, Month: 1, Day: 1}); d.Year == 2026; d = d.AddDays(1) {
		if _, stopped := p.Moratorium(d); !stopped {
			free++
		}
	}
	f.check(free >= 31, "seasons: the moratoria leave %d days of the year", free)
	for w, row := range p.Grid {
		for a, kinds := range row {
			f.check(slices.Contains([]Level{High, Medium, Low}, w) && slices.Contains([]Level{High, Medium, Low}, a), "grid.%s.%s: levels are high, medium, low", w, a)
			for _, k := range kinds {
				f.check(slices.Contains(arrange.Kinds, k), "grid.%s.%s: unknown kind %q", w, a, k)
			}
		}
	}
}

func (f *faults) types(where string, types []string) {
	for _, t := range types {
		f.check(slices.Contains(DebtTypes, t), "%s: %q is no debt type", where, t)
	}
}

// validateSegments proves that each account falls into exactly one segment: between two neighbouring bounds nothing changes,
// so one point in each such box stands for all of it.
func (p *Policy) validateSegments(f *faults) {
	if len(p.Segments) == 0 {
		return
	}
	overdue, balance := []int64{0}, []int64{0}
	for i, s := range p.Segments {
		where := fmt.Sprintf("segments[%d] %s", i, s.Name)
		f.check(s.Name != "", "%s needs a name", where)
		f.types(where, s.When.DebtTypes)
		f.authority(where, s.Authority)
		for _, r := range s.When.Risk {
			f.check(r == "unknown" || r != "" && slices.Contains(Risks, r), "%s: risk %q is not unknown, low, medium or high", where, r)
		}
		for _, sp := range []Span{s.When.Overdue, s.When.Balance} {
			f.check(sp.From >= 0 && (sp.To == 0 || sp.To > sp.From), "%s: %d to %d is empty", where, sp.From, sp.To)
		}
		overdue = append(overdue, s.When.Overdue.From, s.When.Overdue.To)
		balance = append(balance, s.When.Balance.From, s.When.Balance.To)
	}
	said := 0
	for _, t := range DebtTypes {
		for _, days := range uniq(overdue) {
			for _, fen := range uniq(balance) {
				for _, risk := range Risks {
					names := p.segmentsAt(cell{t, days, fen, risk})
					if len(names) == 1 || said == 5 { // five faults show the pattern
						continue
					}
					said++
					at := fmt.Sprintf("%s, %d days overdue, %s, risk %q", t, days, ledger.Amount(fen), risk)
					f.check(len(names) != 0, "segments: a gap at %s", at)
					f.check(len(names) < 2, "segments: %v overlap at %s", names, at)
				}
			}
		}
	}
}

func uniq(v []int64) []int64 {
	slices.Sort(v)
	return slices.Compact(v)
}

func (p *Policy) segmentsAt(c cell) []string {
	var out []string
	for _, s := range p.Segments {
		if s.When.has(c) {
			out = append(out, s.Name)
		}
	}
	return out
}

// validateLadder wants rungs in order, each reachable, each conceding something and taking nothing back: a debtor who
// climbs must never find less.
func (p *Policy) validateLadder(f *faults) {
	for i, r := range p.Ladder {
		where := fmt.Sprintf("ladder[%d] %s", i, r.Name)
		f.check(r.Name != "" && r.Round >= 1 && r.Round <= maxRounds, "%s: needs a name and a round of 1 to %d", where, maxRounds)
		f.check(i == 0 || p.Ladder[i-1].Round <= r.Round, "%s is unreachable in its order: an earlier rung waits for a later round", where)
		f.check(r.Needs.Points >= 0 && r.Needs.Points <= arrange.MaxInstalments, "%s is unreachable: %d points", where, r.Needs.Points)
		f.authority(where, r.Authority)
		gives := false
		for _, t := range DebtTypes {
			before, after := p.upTo(i, t), p.upTo(i+1, t)
			gives = gives || !reflect.DeepEqual(before, after)
			for _, name := range narrower(before, after) {
				f.check(false, "%s takes %s back for %s", where, name, t)
			}
		}
		f.check(gives, "%s changes nothing for anybody", where)
	}
}

// maxRounds bounds a ladder: who has countered so often wants a person.
const maxRounds = 6

// upTo are the limits of a debt type with the first n rungs climbed.
func (p *Policy) upTo(n int, debtType string) arrange.Limits {
	short := *p
	short.Ladder, short.overrides = nil, Overrides{} // overrides stand above the ladder: they are no concession
	l := short.LimitsAt(arrange.Account{DebtType: debtType}, Facts{})
	if l.InformOnly {
		return l
	}
	for _, r := range p.Ladder[:n] {
		r.apply(&l)
	}
	if c := p.Packs[debtType].CeilingCount; c > 0 {
		l.MaxCount = min(l.MaxCount, c)
	}
	return l
}

// narrower names the limits that leave less room in b than in a.
func narrower(a, b arrange.Limits) []string {
	var out []string
	less := func(name string, yes bool) {
		if yes {
			out = append(out, name)
		}
	}
	less("min_count", b.MinCount > a.MinCount)
	less("max_count", b.MaxCount < a.MaxCount)
	less("min_monthly_fen", b.MinMonthly > a.MinMonthly)
	less("max_first_due_days", b.MaxFirstDueDays < a.MaxFirstDueDays)
	less("max_defer_days", b.MaxDeferDays < a.MaxDeferDays)
	less("max_penalty_waiver_pct", b.MaxPenaltyWaiverPct < a.MaxPenaltyWaiverPct)
	less("max_interest_waiver_pct", b.MaxInterestWaivePct < a.MaxInterestWaivePct)
	less("waiver_within_days", b.WaiverWithinDays < a.WaiverWithinDays)
	less("min_settlement_fen", a.MinSettlement > 0 && (b.MinSettlement == 0 || b.MinSettlement > a.MinSettlement))
	less("token_months", b.TokenMonths < a.TokenMonths)
	less("plan_rate", b.PlanRate > a.PlanRate)
	for _, k := range arrange.Kinds {
		less("authority."+string(k), a.Authority[k] != arrange.ByNobody && b.Authority[k] == arrange.ByNobody)
	}
	return out
}
