package flows

import (
	"testing"

	"hejie/flows/ledger"
)

// Every part of a balance is explained to the fen by what was booked, a payment under each part it went to; what does not add up is not
// half explained.
func TestStatement(t *testing.T) {
	a := cardCase(t).Accounts[0]
	entry := func(id string, k ledger.EntryKind, c ledger.Component, amount ledger.Amount, on string) ledger.Entry {
		return ledger.Entry{ID: id, Kind: k, Component: c, Amount: amount, On: date(on)}
	}
	a.Entries = []ledger.Entry{
		entry("1", ledger.Charge, ledger.Principal, 100_000, "2026-09-01"), entry("2", ledger.Charge, ledger.Interest, 3_000, "2026-10-01"),
		entry("3", ledger.Payment, "", 5_000, "2026-10-05"), entry("4", ledger.Waiver, ledger.Principal, 1_000, "2026-10-06"),
		entry("5", ledger.Adjust, ledger.Principal, 200, "2026-10-07"),
	}
	balance, err := ledger.Compute(a.Entries, nil, date("2026-12-02"))
	if err != nil {
		t.Fatal(err)
	}
	a.Balance = balance
	for _, p := range statement(a) {
		sum := ledger.Amount(0)
		for _, h := range p.How {
			sum += h.Amount
		}
		if p.Amount != balance.Get(p.Component) || sum != p.Amount {
			t.Errorf("%s: %d, explained %d: %+v", p.Component, p.Amount, sum, p.How)
		}
	}
	parts := statement(a)
	if n := len(parts[0].How); n != 4 || parts[0].How[1].Kind != ledger.Payment || parts[0].How[1].Amount != -2_000 {
		t.Errorf("principal: %+v", parts[0].How) // the payment met the interest first
	}
	a.Balance.Principal++
	if how := statement(a)[0].How; how != nil {
		t.Errorf("a sum that does not come about like this is explained: %+v", how)
	}
}

// Kept and broken promises, and payments on time, are what the grid sees of a record.
func TestHistoryFromTheRecord(t *testing.T) {
	cf := caseNamed(t, "card, signed in, plan running")
	cf.Promises = []PromiseSeen{{State: "kept"}, {State: "kept"}, {State: "broken"}, {State: "open"}}
	tr := newTurn(engine(t), State{Identity: Verified}, nil, cf)
	if h := tr.history(); h.Kept != 2 || h.Broken != 1 || h.OnTime != 3 {
		t.Fatalf("%+v", h)
	}
	if h := newTurn(engine(t), State{}, nil, cf).history(); h.Kept+h.Broken+h.OnTime != 0 {
		t.Fatalf("before identity: %+v", h)
	}
}
