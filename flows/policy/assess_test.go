package policy

import (
	"reflect"
	"slices"
	"testing"

	"hejie/flows/arrange"
	"hejie/flows/ledger"
)

// TestNobodyIsAPerson: nothing that a quote or a limit looks at is an attribute of a person. Whoever adds a field
// must look here, and say why it is none.
func TestNobodyIsAPerson(t *testing.T) {
	allowed := []string{"ID", "DebtType", "Creditor", "Currency", "Balance", "AnnualRate", "DaysPastDue", "Stage", "ContractDate", "Excess", // Account
		"MonthlyIncome", "MonthlyOutgoings", "Payday", "Reason", "Budget", // Means
		"Today", "Risk", "Points", "Round", "MeansTold", "Willing", "Able", // Facts
		"OnTime", "Kept", "Broken", "Recent", "CameSelf"} // History
	for _, v := range []any{arrange.Account{}, arrange.Means{}, Facts{}, History{}} {
		for i := range reflect.TypeOf(v).NumField() {
			if name := reflect.TypeOf(v).Field(i).Name; !slices.Contains(allowed, name) {
				t.Errorf("%T.%s: is it an attribute of a person?", v, name)
			}
		}
	}
}

func TestAssess(t *testing.T) {
	l := standard(t).LimitsFor(arrange.Account{DebtType: "online_loan"})
	acc := arrange.Account{DebtType: "online_loan", DaysPastDue: 120, Balance: ledger.Balance{Principal: 1_200_000}}
	means := func(left ledger.Amount) arrange.Means {
		in, out := left+300_000, ledger.Amount(300_000)
		return arrange.Means{MonthlyIncome: &in, MonthlyOutgoings: &out}
	}
	for _, tt := range []struct {
		name    string
		m       arrange.Means
		h       History
		willing Level
		able    Level
		risk    string
	}{
		{"nothing known", arrange.Means{}, History{}, "", "", "medium"},
		{"pays at once", means(600_000), History{Kept: 2, CameSelf: true}, High, High, "medium"},
		{"in parts", means(50_000), History{CameSelf: true}, Medium, Medium, "medium"},
		{"nothing left", means(0), History{Broken: 3}, Low, Low, "high"},
		{"came after breaking promises", means(5_000), History{Broken: 1, CameSelf: true}, Medium, Low, "high"},
		{"pays again", means(50_000), History{Recent: 2, OnTime: 2, Kept: 1}, High, Medium, "low"},
	} {
		a := Assess(acc, tt.m, tt.h, l)
		if a.Willing != tt.willing || a.Able != tt.able || a.Risk != tt.risk || len(a.Why) == 0 {
			t.Errorf("%s: %+v", tt.name, a)
		}
		sum := 0
		for _, g := range a.Why {
			sum += g.Weight
		}
		if sum != a.Score {
			t.Errorf("%s: the reasons sum to %d, the score is %d", tt.name, sum, a.Score)
		}
	}
	p := standard(t)
	if got := p.LimitsAt(acc, Facts{Willing: Low, Able: Low}).Prefer; !slices.Equal(got, []arrange.Kind{arrange.Token, arrange.Deferral}) {
		t.Errorf("%v", got)
	}
	if got := p.LimitsAt(acc, Facts{}).Prefer; got != nil {
		t.Errorf("nothing known gives an order: %v", got)
	}
}
