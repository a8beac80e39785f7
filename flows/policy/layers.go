package policy

import (
	"slices"

	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// Span is a half-open range; To 0 means no upper end.
type Span struct {
	From int64 `yaml:"from,omitempty" json:"from,omitempty"`
	To   int64 `yaml:"to,omitempty" json:"to,omitempty"`
}

func (s Span) has(v int64) bool { return v >= s.From && (s.To == 0 || v < s.To) }

// Risks in order; the empty one is "nobody has assessed it".
var Risks = []string{"", "low", "medium", "high"}

// Segment sets limits for part of the portfolio. Whoever writes segments covers everything: Check proves that each account
// falls into exactly one of them.
type Segment struct {
	Name  string `yaml:"name" json:"name"`
	When  When   `yaml:"when,omitempty" json:"when,omitempty"`
	Rules `yaml:",inline"`
}

// When is which accounts a segment holds; what is left out holds for all.
type When struct {
	DebtTypes []string `yaml:"debt_types,omitempty" json:"debt_types,omitempty"`
	Overdue   Span     `yaml:"overdue,omitempty" json:"overdue,omitempty"`         // days
	Balance   Span     `yaml:"balance_fen,omitempty" json:"balance_fen,omitempty"` // total
	Risk      []string `yaml:"risk,omitempty" json:"risk,omitempty"`               // unknown | low | medium | high
}

// cell is one point of what segments look at.
type cell struct {
	debtType string
	overdue  int64
	balance  int64
	risk     string
}

func (w When) has(c cell) bool {
	risk := c.risk
	if risk == "" {
		risk = "unknown"
	}
	return (len(w.DebtTypes) == 0 || slices.Contains(w.DebtTypes, c.debtType)) && w.Overdue.has(c.overdue) && w.Balance.has(c.balance) &&
		(len(w.Risk) == 0 || slices.Contains(w.Risk, risk))
}

// Rung is one step of the concession ladder: what is conceded from the Round-th counter-offer on, if the debtor has
// shown what Needs names.
type Rung struct {
	Name  string `yaml:"name" json:"name"`
	Round int    `yaml:"round" json:"round"`
	Needs Needs  `yaml:"needs,omitempty" json:"needs,omitempty"`
	Rules `yaml:",inline"`
}

// Needs are conditions of a rung, all facts the debtor can bring about.
type Needs struct {
	Means  bool `yaml:"means,omitempty" json:"means,omitempty"`   // income and outgoings were told
	Points int  `yaml:"points,omitempty" json:"points,omitempty"` // payments made on time
}

// Milestone unlocks better terms for payments made on time.
type Milestone struct {
	Name  string `yaml:"name" json:"name"`
	At    int    `yaml:"at" json:"at"` // points
	Rules `yaml:",inline"`
}

// Promotion is better terms between two days, both included.
type Promotion struct {
	Name      string        `yaml:"name" json:"name"`
	From      calendar.Date `yaml:"from" json:"from"`
	To        calendar.Date `yaml:"to" json:"to"`
	DebtTypes []string      `yaml:"debt_types,omitempty" json:"debt_types,omitempty"`
	Rules     `yaml:",inline"`
}

// Season is a stretch of the year with its own limits; a moratorium stops proactive messages, never self-service.
type Season struct {
	calendar.Season `yaml:",inline"`
	Rules           `yaml:",inline"`
}

// Facts are what limits depend on beside the account. None of them is a personal attribute.
type Facts struct {
	Today     calendar.Date `json:"today,omitzero"`
	Risk      string        `json:"risk,omitempty"`
	Points    int           `json:"points,omitempty"` // payments made on time
	Round     int           `json:"round,omitempty"`  // counter-offers made so far
	MeansTold bool          `json:"means_told,omitempty"`
	Willing   Level         `json:"willing,omitempty"`
	Able      Level         `json:"able,omitempty"`
}

// LimitsFor are the limits for one account before anything was said: LimitsAt without facts.
func (p *Policy) LimitsFor(account arrange.Account) arrange.Limits {
	return p.LimitsAt(account, Facts{})
}

// LimitsAt are the limits for one account: base, the pack of its debt type, its segment, the season, what payments on time have
// unlocked, promotions, the rungs climbed, then overrides; and above all of it what law and pack forbid.
// A debt type without a pack may only be informed about: what nobody has thought about is not negotiated.
func (p *Policy) LimitsAt(account arrange.Account, f Facts) arrange.Limits {
	l := p.layered(account, f)
	p.overrides.apply(&l)
	pack, known := p.Packs[account.DebtType]
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

func (p *Policy) layered(account arrange.Account, f Facts) arrange.Limits {
	l := arrange.Limits{Policy: p.Version, Order: slices.Clone(p.order), Authority: map[arrange.Kind]string{}, Jurisdiction: p.Jurisdiction,
		DueOnHoliday: p.DueOnHoliday, DayCount: p.DayCount, Prefer: p.Grid.order(f.Willing, f.Able)}
	for _, k := range arrange.Kinds {
		l.Authority[k] = arrange.ByNobody
	}
	p.Base.apply(&l)
	p.Packs[account.DebtType].apply(&l)
	if s, ok := p.SegmentOf(account, f.Risk); ok {
		s.apply(&l)
	}
	if !f.Today.IsZero() {
		for _, s := range p.Seasons {
			if _, _, in := s.Around(f.Today); in {
				s.apply(&l)
			}
		}
	}
	for _, m := range p.Points {
		if f.Points >= m.At {
			m.apply(&l)
		}
	}
	if !f.Today.IsZero() {
		for _, x := range p.Promotions {
			if x.on(f.Today, account.DebtType) {
				x.apply(&l)
			}
		}
	}
	for _, r := range p.Ladder {
		if r.reached(f) {
			r.apply(&l)
			l.Rung = r.Name
		}
	}
	return l
}

// SegmentOf is the segment an account falls into; ok is false where the policy has none.
func (p *Policy) SegmentOf(account arrange.Account, risk string) (Segment, bool) {
	c := cell{account.DebtType, int64(max(0, account.DaysPastDue)), int64(max(0, account.Balance.Total())), risk}
	for _, s := range p.Segments {
		if s.When.has(c) {
			return s, true
		}
	}
	return Segment{}, false
}

func (x Promotion) on(d calendar.Date, debtType string) bool {
	return !d.Before(x.From) && !d.After(x.To) && (len(x.DebtTypes) == 0 || slices.Contains(x.DebtTypes, debtType))
}

func (r Rung) reached(f Facts) bool {
	return f.Round >= r.Round && (!r.Needs.Means || f.MeansTold) && f.Points >= r.Needs.Points
}

// ProactiveFrom is the first day on or after d on which this creditor writes to a debtor on its own initiative.
func (p *Policy) ProactiveFrom(d calendar.Date, debtorID string) calendar.Date {
	all := make([]calendar.Season, len(p.Seasons))
	for i, s := range p.Seasons {
		all[i] = s.Season
	}
	return calendar.Proactive(all, d, debtorID)
}

// Moratorium is the stop d lies in, for care messages that say so.
func (p *Policy) Moratorium(d calendar.Date) (calendar.Season, bool) {
	for _, s := range p.Seasons {
		if _, _, in := s.Around(d); in && s.Kind == calendar.Moratorium {
			return s.Season, true
		}
	}
	return calendar.Season{}, false
}

// Allocation order of the policy, with where it comes from.
func (p *Policy) Order() (ledger.OrderRule, error) { return ledger.OrderNamed(p.Allocation) }
