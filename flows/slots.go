package flows

import (
	"slices"
	"strings"

	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
	"hejie/prompts"
)

// slotDef fills one placeholder. Private ones tell something about an account.
type slotDef struct {
	private bool
	get     func(*turn) (Value, bool)
}

// slot finds the value of a placeholder: what an action just worked out, else what the case file says.
func (t *turn) slot(name string) (Value, bool, bool) {
	d, known := slotOf(name)
	if v, ok := t.vars[name]; ok {
		return v, known && d.private, true
	}
	if !known || d.get == nil {
		return Value{}, false, false
	}
	v, ok := d.get(t)
	return v, d.private, ok
}

func slotOf(name string) (slotDef, bool) { d, ok := slotDefs[name]; return d, ok }

var slotDefs = map[string]slotDef{
	"creditor":       {get: textSlot(func(t *turn) string { return t.cf.Creditor.Name }, KindText)},
	"collector":      {get: textSlot(func(t *turn) string { return t.collector() }, KindText)},
	"hotline":        {get: textSlot(func(t *turn) string { return t.cf.Creditor.Hotline }, KindPhone)},
	"website":        {get: textSlot(func(t *turn) string { return t.cf.Creditor.Website }, KindURL)},
	"pay_url":        {get: textSlot(func(t *turn) string { return t.cf.Creditor.PayURL }, KindURL)},
	"desk_hours":     {get: textSlot(func(t *turn) string { return t.cf.Desk.Hours }, KindTime)},
	"help_line":      helpSlot(func(h prompts.Helplines) string { return h.Help }),
	"emergency_line": helpSlot(func(h prompts.Helplines) string { return h.Emergency }),
	"police_line":    helpSlot(func(h prompts.Helplines) string { return h.Police }),
	"tries": {get: func(t *turn) (Value, bool) {
		return Value{Kind: KindCount, Count: t.triesLeft(), Origin: "policy:identity"}, true
	}},
	"case_no":  {get: func(t *turn) (Value, bool) { return caseValue(t, Value{Kind: KindText, Text: t.mem.CaseNo}) }},
	"case_due": {get: func(t *turn) (Value, bool) { return caseValue(t, Value{Kind: KindDate, Date: t.mem.CaseDue}) }},
	"hold_until": {get: func(t *turn) (Value, bool) {
		return Value{Kind: KindDate, Date: t.mem.HoldUntil, Origin: "policy:hold_days"}, !t.mem.HoldUntil.IsZero()
	}},

	"as_of":     balanceSlot(func(a *AccountFile) Value { return Value{Kind: KindDate, Date: a.Balance.AsOf} }),
	"total":     balanceSlot(func(a *AccountFile) Value { return moneyValue(a.Balance.Total()) }),
	"principal": balanceSlot(func(a *AccountFile) Value { return moneyValue(a.Balance.Get(ledger.Principal)) }),
	"interest":  balanceSlot(func(a *AccountFile) Value { return moneyValue(a.Balance.Get(ledger.Interest)) }),
	"penalty":   balanceSlot(func(a *AccountFile) Value { return moneyValue(a.Balance.Get(ledger.Penalty)) }),
	"fees":      balanceSlot(func(a *AccountFile) Value { return moneyValue(a.Balance.Get(ledger.Fees)) }),
	"daily":     balanceSlot(func(a *AccountFile) Value { return moneyValue(a.DailyInterest) }),
	"excess":    balanceSlot(func(a *AccountFile) Value { return moneyValue(a.Excess) }),

	"count":      offerSlot(func(o arrange.Offer) Value { return Value{Kind: KindCount, Count: len(o.Instalments)} }),
	"first":      offerSlot(func(o arrange.Offer) Value { return Value{Kind: KindDate, Date: o.First()} }),
	"last":       offerSlot(func(o arrange.Offer) Value { return Value{Kind: KindDate, Date: o.Last()} }),
	"plan_total": offerSlot(func(o arrange.Offer) Value { return moneyValue(o.Total) }),
	"waived":     offerSlot(func(o arrange.Offer) Value { return moneyValue(o.Waived) }),
	"each": offerSlot(func(o arrange.Offer) Value {
		if len(o.Instalments) == 0 {
			return Value{}
		}
		return moneyValue(o.Instalments[0].Amount)
	}),

	"plan_count": planSlot(func(p RunningPlan) Value { return Value{Kind: KindCount, Count: p.Count} }),
	"plan_paid":  planSlot(func(p RunningPlan) Value { return Value{Kind: KindCount, Count: p.Paid} }),
	"plan_next":  planSlot(func(p RunningPlan) Value { return Value{Kind: KindDate, Date: p.NextDue} }),
	"plan_left": planSlot(func(p RunningPlan) Value {
		if p.Left > 0 {
			return moneyValue(p.Left)
		}
		return moneyValue(p.Amount * ledger.Amount(p.Count-p.Paid))
	}),
	"plan_amount": planSlot(func(p RunningPlan) Value { return moneyValue(p.Amount) }),

	// set by the action before the reply
	"n": {private: true}, "debt_type": {private: true}, "no4": {private: true},
	"paid_on": {private: true}, "paid_amount": {private: true},
	"promise_on": {private: true}, "promise_amount": {private: true}, "promise_latest": {private: true},
	"income": {private: true}, "outgoings": {private: true}, "left": {private: true},
	"amount": {private: true}, "date": {private: true}, "pct": {private: true},
}

func textSlot(f func(*turn) string, kind ValueKind) func(*turn) (Value, bool) {
	return func(t *turn) (Value, bool) {
		s := f(t)
		return Value{Kind: kind, Text: s, Origin: "creditor"}, s != ""
	}
}

// helpSlot is a number to call in need in the place whose rules apply.
func helpSlot(f func(prompts.Helplines) string) slotDef {
	return slotDef{get: func(t *turn) (Value, bool) {
		return Value{Kind: KindPhone, Text: f(t.e.cat.Helplines(t.cf.Jurisdiction)), Origin: "helpline"}, true
	}}
}

func caseValue(t *turn, v Value) (Value, bool) {
	v.Origin = "case:" + t.mem.CaseNo
	return v, t.mem.CaseNo != ""
}

func moneyValue(a ledger.Amount) Value { return Value{Kind: KindMoney, Money: a} }

func balanceSlot(f func(*AccountFile) Value) slotDef {
	return slotDef{private: true, get: func(t *turn) (Value, bool) {
		a := t.account()
		if a == nil {
			return Value{}, false
		}
		v := f(a)
		v.Origin = "balance:" + a.ID
		return v, v.Kind != KindDate || !v.Date.IsZero()
	}}
}

func offerSlot(f func(arrange.Offer) Value) slotDef {
	return slotDef{private: true, get: func(t *turn) (Value, bool) {
		if t.st.Pending == nil {
			return Value{}, false
		}
		v := f(t.st.Pending.Offer)
		v.Origin = "offer:" + t.st.Pending.Offer.ID
		return v, v.Kind != "" && (v.Kind != KindDate || !v.Date.IsZero())
	}}
}

func planSlot(f func(RunningPlan) Value) slotDef {
	return slotDef{private: true, get: func(t *turn) (Value, bool) {
		p := t.runningPlan()
		if p == nil {
			return Value{}, false
		}
		v := f(*p)
		v.Origin = "arrangement:" + p.ID
		return v, v.Kind != KindDate || !v.Date.IsZero()
	}}
}

func (t *turn) collector() string {
	if t.cf.Creditor.Collector != "" {
		return t.cf.Creditor.Collector
	}
	return t.cf.Creditor.Name
}

// Tail4 is all of an account number that is ever said.
func Tail4(no string) string {
	r := []rune(strings.TrimSpace(no))
	if len(r) <= 4 {
		return string(r)
	}
	return string(r[len(r)-4:])
}

// limitationMonths: civil limitation is three years from the last demand, payment or acknowledgment (Civil Code art. 188).
const limitationMonths = 36

// LimitationTold: in this conversation the debtor was told what paying does to this debt, and went on.
func LimitationTold(s State, accountID string) bool {
	return slices.Contains(readMemory(s.Extra).Informed, accountID)
}

// LimitationExpired tells whether the creditor may be met with the limitation defence. Once a court is involved it no longer counts.
func LimitationExpired(a AccountFile, today calendar.Date) bool {
	switch a.Stage {
	case "sued", "payment_order", "judgment", "enforcement", "settled":
		return false
	}
	return !a.LastEventOn.IsZero() && a.LastEventOn.AddMonths(limitationMonths, a.LastEventOn.Day).Before(today)
}
