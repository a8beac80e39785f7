package policy

import (
	"hejie/flows/arrange"
	"hejie/flows/ledger"
)

// Level of willingness or ability; empty is not known, and is never read as low.
type Level string

const (
	High   Level = "high"
	Medium Level = "medium"
	Low    Level = "low"
)

// Grid gives, for a willingness and an ability, the order in which kinds are offered to somebody who asked for nothing.
// A cell that is left out has no order of its own.
type Grid map[Level]map[Level][]arrange.Kind

func (g Grid) order(willing, able Level) []arrange.Kind { return g[willing][able] }

// History is what the record shows of somebody's payments. It holds no personal attribute, and nothing the debtor has said.
type History struct {
	OnTime   int  `json:"on_time"`   // payments made on time in a row: the points
	Kept     int  `json:"kept"`      // promises kept
	Broken   int  `json:"broken"`    // promises broken
	Recent   int  `json:"recent"`    // payments in the last ninety days
	CameSelf bool `json:"came_self"` // opened this conversation
}

// Ground is a fact an assessment rests on; Code names it, Count or Amount is its figure.
type Ground struct {
	Code   string        `json:"code"`
	Count  int           `json:"count,omitempty"`
	Amount ledger.Amount `json:"amount_fen,omitempty"`
	Weight int           `json:"weight,omitempty"`
}

// Assessment is a place in the grid, and a risk, with every reason for it.
type Assessment struct {
	Willing Level    `json:"willing,omitempty"`
	Able    Level    `json:"able,omitempty"`
	Risk    string   `json:"risk"`
	Score   int      `json:"score"` // of the risk: the sum of the weights
	Why     []Ground `json:"why"`
}

// Grounds an assessment can name.
const (
	GroundKept      = "promises_kept"
	GroundBroken    = "promises_broken"
	GroundRecent    = "recent_payments"
	GroundOnTime    = "on_time"
	GroundCameSelf  = "came_self"
	GroundSurplus   = "surplus"
	GroundNoSurplus = "no_surplus"
	GroundOverdue   = "days_overdue"
	GroundLarge     = "large_balance"
)

const (
	soonPaid     = 3       // a debt the surplus pays in so many months is one the debtor is able to pay
	largeBalance = 5000000 // fen
)

// Assess places a debtor in the grid from facts of the ledger and what was told about means: a pure function, to be shown
// with its reasons.
func Assess(acc arrange.Account, m arrange.Means, h History, l arrange.Limits) Assessment {
	var a Assessment
	because := func(yes bool, g Ground) {
		if yes {
			a.Why = append(a.Why, g)
			a.Score += g.Weight
		}
	}
	because(h.Kept > 0, Ground{Code: GroundKept, Count: h.Kept, Weight: -1})
	because(h.Broken > 0, Ground{Code: GroundBroken, Count: h.Broken, Weight: min(h.Broken, 3)})
	because(h.Recent > 0, Ground{Code: GroundRecent, Count: h.Recent, Weight: -1})
	because(h.OnTime > 0, Ground{Code: GroundOnTime, Count: h.OnTime, Weight: -1})
	because(h.CameSelf, Ground{Code: GroundCameSelf})
	because(acc.DaysPastDue > 30, Ground{Code: GroundOverdue, Count: acc.DaysPastDue, Weight: 1})
	because(acc.DaysPastDue > 90, Ground{Code: GroundOverdue, Count: acc.DaysPastDue, Weight: 2})
	total := acc.Balance.Total()
	because(total >= largeBalance, Ground{Code: GroundLarge, Amount: total, Weight: 1})
	a.Willing = h.willing()
	afford := arrange.Afford(m, l)
	switch {
	case !afford.Known:
	case afford.Amount == 0:
		a.Able = Low
		because(true, Ground{Code: GroundNoSurplus, Amount: afford.Surplus, Weight: 1})
	default:
		a.Able = able(total, afford.Amount, l)
		because(true, Ground{Code: GroundSurplus, Amount: afford.Amount})
	}
	switch {
	case a.Score >= 4:
		a.Risk = "high"
	case a.Score >= 2:
		a.Risk = "medium"
	default:
		a.Risk = "low"
	}
	return a
}

func (h History) willing() Level {
	switch {
	case h.Broken > h.Kept && !h.CameSelf:
		return Low
	case h.Broken > h.Kept:
		return Medium
	case h.Kept > 0 || h.Recent > 0 || h.OnTime > 0:
		return High
	case h.CameSelf:
		return Medium
	}
	return ""
}

func able(total, amount ledger.Amount, l arrange.Limits) Level {
	months := (total + amount - 1) / amount
	switch {
	case months <= soonPaid:
		return High
	case amount >= l.MinMonthly && months <= ledger.Amount(max(1, l.MaxCount)):
		return Medium
	}
	return Low
}

// Facts are the assessment as limits read it.
func (a Assessment) Facts(h History) Facts {
	return Facts{Risk: a.Risk, Points: h.OnTime, Willing: a.Willing, Able: a.Able}
}
