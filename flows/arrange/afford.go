package arrange

import "hejie/flows/ledger"

// Budget is a month's outgoings by kind: the short form of a financial statement. Nothing in it must be told.
type Budget struct {
	Housing    ledger.Amount `json:"housing_fen,omitempty"`
	Food       ledger.Amount `json:"food_fen,omitempty"`
	Utilities  ledger.Amount `json:"utilities_fen,omitempty"`
	Transport  ledger.Amount `json:"transport_fen,omitempty"`
	Family     ledger.Amount `json:"family_fen,omitempty"`
	OtherDebts ledger.Amount `json:"other_debts_fen,omitempty"`
	Other      ledger.Amount `json:"other_fen,omitempty"`
}

// parts of the budget, for sums and checks.
func (b Budget) parts() []ledger.Amount {
	return []ledger.Amount{b.Housing, b.Food, b.Utilities, b.Transport, b.Family, b.OtherDebts, b.Other}
}

// Affordability is what a debtor can pay a month by what was told: Amount = surplus after necessities, less the share kept.
type Affordability struct {
	Known     bool          `json:"known"`
	Income    ledger.Amount `json:"income_fen"`
	Outgoings ledger.Amount `json:"outgoings_fen"` // told, or the policy's least for necessities where that is more
	Surplus   ledger.Amount `json:"surplus_fen"`
	Kept      ledger.Amount `json:"kept_fen"`
	Amount    ledger.Amount `json:"amount_fen"`
}

// Afford computes it. Without both income and outgoings nothing is known, and nothing is assumed.
func Afford(m Means, l Limits) Affordability {
	out, told := m.outgoings()
	in := m.MonthlyIncome
	if in == nil || !told || *in < 0 || *in > ledger.MaxAmount {
		return Affordability{}
	}
	a := Affordability{Known: true, Income: *in, Outgoings: max(out, l.Necessities)}
	a.Surplus = max(0, a.Income-a.Outgoings)
	a.Kept = a.Surplus - a.Surplus/100*ledger.Amount(100-l.KeepPct) - a.Surplus%100*ledger.Amount(100-l.KeepPct)/100
	a.Amount = a.Surplus - a.Kept
	return a
}

func (m Means) outgoings() (ledger.Amount, bool) {
	if m.MonthlyOutgoings != nil {
		v := *m.MonthlyOutgoings
		return v, v >= 0 && v <= ledger.MaxAmount
	}
	if m.Budget == nil {
		return 0, false
	}
	var sum ledger.Amount
	for _, p := range m.Budget.parts() {
		if p < 0 || p > ledger.MaxAmount {
			return 0, false
		}
		sum += p
	}
	return sum, sum <= ledger.MaxAmount
}

// Valid refuses figures no household has.
func (m Means) Valid() bool {
	ok := func(p *ledger.Amount) bool { return p == nil || *p >= 0 && *p <= ledger.MaxAmount }
	if !ok(m.MonthlyIncome) || !ok(m.MonthlyOutgoings) || m.Payday < 0 || m.Payday > 31 {
		return false
	}
	if m.Budget != nil && m.MonthlyOutgoings == nil {
		_, told := m.outgoings()
		return told
	}
	return true
}
