package ledger

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hejie/flows/calendar"
)

func day(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func charge(id string, c Component, a Amount, on string) Entry {
	return Entry{ID: id, Kind: Charge, Component: c, Amount: a, On: day(on)}
}

func pay(id string, a Amount, on string) Entry {
	return Entry{ID: id, Kind: Payment, Amount: a, On: day(on)}
}

func debt() []Entry {
	return []Entry{
		charge("1", Principal, 10_000, "2026-01-01"), charge("2", Interest, 500, "2026-02-01"),
		charge("3", Penalty, 200, "2026-02-01"), charge("4", Fees, 100, "2026-02-01"),
	}
}

func TestAllocation(t *testing.T) {
	contract := Order{Principal, Interest, Penalty, Fees}
	tests := []struct {
		name  string
		add   []Entry
		order Order
		asOf  string
		want  Balance
	}{
		{"nothing paid", nil, nil, "2026-12-01", Balance{Principal: 10_000, Interest: 500, Penalty: 200, Fees: 100}},
		{"before the charges", nil, nil, "2026-01-15", Balance{Principal: 10_000}},
		{"fees, interest, penalty, then principal", []Entry{pay("5", 1_000, "2026-03-01")}, nil, "2026-12-01", Balance{Principal: 9_800}},
		{"part of the interest", []Entry{pay("5", 300, "2026-03-01")}, nil, "2026-12-01", Balance{Principal: 10_000, Interest: 300, Penalty: 200}},
		{"by contract", []Entry{pay("5", 1_000, "2026-03-01")}, contract, "2026-12-01", Balance{Principal: 9_000, Interest: 500, Penalty: 200, Fees: 100}},
		{"designated", []Entry{{ID: "5", Kind: Payment, Component: Principal, Amount: 1_000, On: day("2026-03-01")}}, nil, "2026-12-01",
			Balance{Principal: 9_000, Interest: 500, Penalty: 200, Fees: 100}},
		{"back-dated before the interest", []Entry{pay("5", 10_000, "2026-01-31")}, nil, "2026-12-01", Balance{Interest: 500, Penalty: 200, Fees: 100}},
		{"same day as the charge", []Entry{pay("0", 800, "2026-02-01")}, nil, "2026-12-01", Balance{Principal: 10_000}},
		{"too much", []Entry{pay("5", 11_000, "2026-03-01")}, nil, "2026-12-01", Balance{Overpaid: 200}},
		{"too much, and a later charge", []Entry{pay("5", 11_000, "2026-03-01"), charge("6", Fees, 150, "2026-04-01")}, nil, "2026-12-01", Balance{Overpaid: 50}},
		{"not yet paid on that day", []Entry{pay("5", 1_000, "2026-03-01")}, nil, "2026-02-28", Balance{Principal: 10_000, Interest: 500, Penalty: 200, Fees: 100}},
		{"waived", []Entry{{ID: "5", Kind: Waiver, Component: Penalty, Amount: 999, On: day("2026-03-01")}}, nil, "2026-12-01",
			Balance{Principal: 10_000, Interest: 500, Fees: 100}},
		{"corrected", []Entry{{ID: "5", Kind: Adjust, Component: Interest, Amount: -120, On: day("2026-03-01")}}, nil, "2026-12-01",
			Balance{Principal: 10_000, Interest: 380, Penalty: 200, Fees: 100}},
		{"corrected after it was paid", []Entry{pay("5", 600, "2026-03-01"), {ID: "6", Kind: Adjust, Component: Interest, Amount: -120, On: day("2026-04-01")}},
			nil, "2026-12-01", Balance{Principal: 10_000, Penalty: 200, Overpaid: 120}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.want.AsOf = day(tt.asOf)
			entries := append(tt.add, debt()...) // order of arrival must not matter
			got, err := Compute(entries, tt.order, day(tt.asOf))
			if err != nil || got != tt.want {
				t.Fatalf("got %+v %v, want %+v", got, err, tt.want)
			}
		})
	}
}

func TestRefusedEntries(t *testing.T) {
	for name, e := range map[string]Entry{
		"unknown kind":      {Kind: "gift", Component: Fees, Amount: 1},
		"unknown component": {Kind: Charge, Component: "tips", Amount: 1},
		"no component":      {Kind: Charge, Amount: 1},
		"negative charge":   {Kind: Charge, Component: Fees, Amount: -1},
		"negative payment":  {Kind: Payment, Amount: -1},
		"too large":         {Kind: Charge, Component: Fees, Amount: MaxAmount + 1},
		"smallest":          {Kind: Adjust, Component: Fees, Amount: -1 << 63},
	} {
		e.On = day("2026-01-01")
		if b, err := Compute([]Entry{e}, nil, calendar.Date{}); err == nil {
			t.Errorf("%s gives %+v", name, b)
		}
	}
	full := charge("1", Principal, MaxAmount, "2026-01-01")
	if _, err := Compute([]Entry{full, full}, nil, calendar.Date{}); !errors.Is(err, ErrOutOfRange) {
		t.Errorf("a sum out of range: %v", err)
	}
	if _, err := Compute(debt(), Order{Fees}, calendar.Date{}); err == nil {
		t.Error("an order that leaves components out")
	}
}

func someEntries() *rapid.Generator[[]Entry] {
	one := rapid.Custom(func(t *rapid.T) Entry {
		e := Entry{
			Kind:      rapid.SampledFrom([]EntryKind{Charge, Charge, Payment, Waiver, Adjust}).Draw(t, "kind"),
			Component: rapid.SampledFrom(Components).Draw(t, "component"),
			Amount:    Amount(rapid.Int64Range(0, 100_000).Draw(t, "amount")),
			On:        day("2026-01-01").AddDays(rapid.IntRange(0, 60).Draw(t, "on")),
			ID:        rapid.StringMatching(`[a-z]{6}`).Draw(t, "id"),
		}
		switch {
		case e.Kind == Payment && rapid.Bool().Draw(t, "undesignated"):
			e.Component = ""
		case e.Kind == Adjust && rapid.Bool().Draw(t, "down"):
			e.Amount = -e.Amount
		}
		return e
	})
	return rapid.SliceOfNDistinct(one, 0, 25, func(e Entry) string { return e.ID })
}

// TestLinesSum: the lines shown for "how was this worked out" sum to the balance, whatever happened on the account.
func TestLinesSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := someEntries().Draw(t, "entries")
		asOf := day("2026-01-01").AddDays(rapid.IntRange(0, 70).Draw(t, "as of"))
		s, err := Explain(entries, nil, asOf)
		if err != nil {
			t.Fatal(err)
		}
		var byLine, byEntry Balance
		for _, l := range s.Lines {
			for _, c := range Components {
				byLine = byLine.With(c, byLine.Get(c)+l.Effect.Get(c))
			}
		}
		for _, e := range s.Entries() {
			if e.Kind != Adjust && e.Amount < 0 {
				t.Fatalf("line %+v", e)
			}
			byEntry = byEntry.With(e.Component, byEntry.Get(e.Component)+e.Signed())
		}
		for _, c := range Components {
			b := s.Balance.Get(c)
			if b < 0 || byLine.Get(c) != b || byEntry.Get(c) != b {
				t.Fatalf("%s is %d, lines say %d, entries %d", c, b, byLine.Get(c), byEntry.Get(c))
			}
		}
		if s.Balance.Overpaid < 0 || s.Balance.Overpaid > 0 && s.Balance.Total() > 0 && noWaste(entries) {
			t.Fatalf("overpaid %d while %d is owed", s.Balance.Overpaid, s.Balance.Total())
		}
		shuffled := rapid.Permutation(entries).Draw(t, "shuffled")
		if again, err := Explain(shuffled, nil, asOf); err != nil || !reflect.DeepEqual(again, s) {
			t.Fatalf("order of arrival matters: %+v %+v %v", s, again, err)
		}
	})
}

// noWaste: without corrections downwards, money never lies unused beside a debt.
func noWaste(entries []Entry) bool {
	return !slices.ContainsFunc(entries, func(e Entry) bool { return e.Kind == Adjust && e.Amount < 0 })
}

func TestAccrual(t *testing.T) {
	b, err := Compute(debt(), nil, day("2026-02-01"))
	if err != nil {
		t.Fatal(err)
	}
	e, some, err := Accrual("a1", b, 13, day("2026-03-01"))
	if err != nil || !some || e.Amount != 28*13 || e.Component != Interest {
		t.Fatalf("%+v %v %v", e, some, err)
	}
	with, err := Compute(append(debt(), e), nil, day("2026-03-01"))
	if err != nil {
		t.Fatal(err)
	}
	short, err := Accrue(b, 13, day("2026-03-01"))
	if err != nil || short != with {
		t.Errorf("Accrue gives %+v, the entry %+v %v", short, with, err)
	}
	for name, x := range map[string]struct {
		b     Balance
		daily Amount
		to    string
	}{
		"same day":     {b, 13, "2026-02-01"},
		"backwards":    {b, 13, "2026-01-01"},
		"no principal": {Balance{Interest: 5, AsOf: b.AsOf}, 13, "2026-03-01"},
		"no interest":  {b, 0, "2026-03-01"},
		"unknown day":  {Balance{Principal: 5}, 13, "2026-03-01"},
	} {
		if _, some, err := Accrual("a1", x.b, x.daily, day(x.to)); some || err != nil {
			t.Errorf("%s accrues (%v)", name, err)
		}
	}
	if _, _, err := Accrual("a1", b, MaxAmount, day("2026-03-01")); !errors.Is(err, ErrOutOfRange) {
		t.Errorf("overflow: %v", err)
	}
	if _, _, err := Accrual("a1", b, -1, day("2026-03-01")); err == nil {
		t.Error("negative interest accrues")
	}
}

func TestOrders(t *testing.T) {
	r, err := OrderNamed("statutory")
	if err != nil || !slices.Equal(r.Order, Statutory) || r.Source == "" {
		t.Errorf("%+v %v", r, err)
	}
	if _, err := OrderNamed("mine"); err == nil {
		t.Error("an unknown order is found")
	}
}
