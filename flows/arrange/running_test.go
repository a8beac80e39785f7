package arrange

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// running is 1,200.00 in six parts of 200.00, from the 10th of January 2026 on.
func running(paid ...Paid) Running {
	r := request(Ask{Count: 6, FirstDue: day("2026-01-10")})
	r.Now = day("2026-01-02").In(china)
	r.Account.Balance = ledger.Balance{Principal: 100_000, Interest: 20_000}
	return Running{Offer: Quote(r).Offers[0], Paid: paid}
}

func changing(on string, run Running, c Change) ChangeRequest {
	r := request(Ask{})
	r.Now = day(on).In(china)
	r.Limits.MaxSkips, r.Limits.GraceDays = 1, 3
	return ChangeRequest{Request: r, Running: run, Change: c}
}

// A plan that was put off once remembers it in the paper that replaces it, whatever the next change is.
func TestSkipsAreCarried(t *testing.T) {
	r := request(Ask{Count: 6})
	run := Running{Offer: Quote(r).Offers[0]}
	r.Limits.MaxSkips = 2
	change := func(c Change) Offer {
		t.Helper()
		a := ChangePlan(ChangeRequest{Request: r, Running: run, Change: c})
		if a.Ask != AskMet {
			t.Fatalf("%+v: %+v", c, a)
		}
		return a.Offers[0]
	}
	for i, want := range []int{1, 2} {
		o := change(Change{Skip: true})
		if o.Skips != want {
			t.Fatalf("skip %d: %d skips", i, o.Skips)
		}
		run = Running{Offer: o, Skips: o.Skips}
	}
	if o := change(Change{Extra: 1000}); o.Skips != 2 {
		t.Fatalf("after an extra payment: %d skips", o.Skips)
	}
	if a := ChangePlan(ChangeRequest{Request: r, Running: run, Change: Change{Skip: true}}); a.Ask == AskMet {
		t.Fatal("a third skip of two")
	}
	if b := run.Owed(calendar.Today(r.Now, r.Zone)); b.Total() != run.Offer.Total {
		t.Fatalf("%+v is not what the plan asks for", b)
	}
}

func TestPlanStatus(t *testing.T) {
	one := Paid{day("2026-01-10"), 20_000}
	two := Paid{day("2026-02-11"), 20_000}
	l := limits()
	l.GraceDays = 3
	for _, tt := range []struct {
		name  string
		paid  []Paid
		on    string
		state PlanState
		want  PlanStatus
	}{
		{"new", nil, "2026-01-05", PlanKept, PlanStatus{NextDue: day("2026-01-10"), NextAmount: 20_000, Left: 120_000}},
		{"kept", []Paid{one, two}, "2026-02-12", PlanKept, PlanStatus{PaidCount: 2, PaidAmount: 40_000, NextDue: day("2026-03-10"), NextAmount: 20_000, Left: 80_000}},
		{"in grace", []Paid{one}, "2026-02-13", PlanGrace, PlanStatus{PaidCount: 1, PaidAmount: 20_000, Late: 20_000, NextDue: day("2026-02-10"), NextAmount: 20_000,
			Left: 100_000, GraceUntil: day("2026-02-13")}},
		{"one missed", []Paid{one}, "2026-02-14", PlanMissed, PlanStatus{PaidCount: 1, PaidAmount: 20_000, Late: 20_000, Missed: 1, NextDue: day("2026-02-10"),
			NextAmount: 20_000, Left: 100_000, GraceUntil: day("2026-02-13")}},
		{"two missed", []Paid{one}, "2026-03-14", PlanBroken, PlanStatus{PaidCount: 1, PaidAmount: 20_000, Late: 40_000, Missed: 2, NextDue: day("2026-02-10"),
			NextAmount: 20_000, Left: 100_000, GraceUntil: day("2026-02-13")}},
		{"half a payment", []Paid{one, {day("2026-02-10"), 5_000}}, "2026-02-10", PlanKept, PlanStatus{PaidCount: 1, PaidAmount: 25_000,
			NextDue: day("2026-02-10"), NextAmount: 15_000, Left: 95_000, Ahead: 5_000, GraceUntil: day("2026-02-13")}},
		{"ahead", []Paid{{day("2026-01-03"), 50_000}}, "2026-01-11", PlanKept, PlanStatus{PaidCount: 2, PaidAmount: 50_000, Ahead: 30_000, NextDue: day("2026-03-10"),
			NextAmount: 10_000, Left: 70_000}},
		{"done", []Paid{{day("2026-01-03"), 120_000}}, "2026-09-11", PlanDone, PlanStatus{PaidCount: 6, PaidAmount: 120_000}},
		{"money of tomorrow does not count", []Paid{{day("2026-01-15"), 120_000}}, "2026-01-11", PlanGrace, PlanStatus{Late: 20_000, NextDue: day("2026-01-10"),
			NextAmount: 20_000, Left: 120_000, GraceUntil: day("2026-01-13")}},
	} {
		tt.want.State = tt.state
		if got := running(tt.paid...).Status(day(tt.on), l); got != tt.want {
			t.Errorf("%s:\n got %+v\nwant %+v", tt.name, got, tt.want)
		}
	}
}

func TestWhatIfMiss(t *testing.T) {
	l := limits()
	l.GraceDays, l.MaxSkips = 3, 1
	m, ok := running(Paid{day("2026-01-10"), 20_000}).WhatIfMiss(day("2026-02-01"), l)
	want := IfMissed{Due: day("2026-02-10"), GraceUntil: day("2026-02-13"), Misses: 2, EndsOn: day("2026-03-14"), LeftThen: 100_000, CanSkip: 1}
	if !ok || m != want {
		t.Errorf("%+v %v", m, ok)
	}
	if _, ok := running(Paid{day("2026-01-10"), 120_000}).WhatIfMiss(day("2026-02-01"), l); ok {
		t.Error("a paid plan can be missed")
	}
}

func TestChangePlan(t *testing.T) {
	paid := Paid{day("2026-01-10"), 20_000}
	a := ChangePlan(changing("2026-02-01", running(paid), Change{Skip: true}))
	if a.Ask != AskMet || len(a.Offers[0].Instalments) != 5 || a.Offers[0].First() != day("2026-03-10") || a.Offers[0].Last() != day("2026-07-10") || a.Offers[0].Total != 100_000 {
		t.Errorf("skip: %s %v", a.Ask, a.Offers)
	}
	used := running(paid)
	used.Skips = 1
	if a := ChangePlan(changing("2026-02-01", used, Change{Skip: true})); a.Ask != AskNearest || a.Refused[0].Why[0] != (Reason{Code: WhySkipsUsed, Count: 1}) || a.Path != PathPerson {
		t.Errorf("a second skip: %s %+v", a.Ask, a.Refused)
	}
	a = ChangePlan(changing("2026-02-01", running(paid), Change{Extra: 50_000}))
	if a.Ask != AskMet || !slices.Equal(amounts(a.Offers[0]), []ledger.Amount{50_000, 20_000, 20_000, 10_000}) || !slices.Contains(a.Offers[0].Why, Reason{Code: WhyExtraPaid, Amount: 50_000, Count: 2}) {
		t.Errorf("extra: %s %v", a.Ask, a.Offers)
	}
	if a := ChangePlan(changing("2026-02-01", running(paid), Change{Extra: 100_000})); len(a.Offers) != 1 || a.Offers[0].Total != 100_000 || len(a.Offers[0].Instalments) != 1 {
		t.Errorf("all of it: %+v", a)
	}
	a = ChangePlan(changing("2026-02-01", running(paid), Change{New: &Ask{Count: 10, DayOfMonth: 20}}))
	if a.Ask != AskMet || len(a.Offers[0].Instalments) != 10 || a.Offers[0].Total != 100_000 || a.Offers[0].First().Day != 20 {
		t.Errorf("restructured: %s %v", a.Ask, a.Offers)
	}
	a = ChangePlan(changing("2026-06-01", running(paid), Change{Skip: true}))
	if a.Ask != AskNearest || a.Refused[0].Why[0].Code != WhyPlanEnded || len(a.Offers) == 0 {
		t.Errorf("a broken plan is not patched: %s %+v", a.Ask, a.Refused)
	}
	if a := ChangePlan(changing("2026-06-01", running(Paid{day("2026-01-10"), 120_000}), Change{Skip: true})); a.Ask != AskRefused {
		t.Errorf("a paid plan: %+v", a)
	}
}

// TestChangesLoseNothing: whatever is paid and changed, what the new plan asks is exactly what was left.
func TestChangesLoseNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		run := running(Paid{day("2026-01-10"), ledger.Amount(rapid.IntRange(0, 130_000).Draw(t, "paid"))})
		run.Skips = rapid.IntRange(0, 2).Draw(t, "skips")
		on := day("2026-01-11").AddDays(rapid.IntRange(0, 240).Draw(t, "on"))
		r := changing(on.String(), run, Change{Skip: rapid.Bool().Draw(t, "skip")})
		if !r.Change.Skip {
			r.Change.Extra = ledger.Amount(rapid.IntRange(1, 130_000).Draw(t, "extra"))
		}
		left := run.Status(on, r.Limits).Left
		a := ChangePlan(r)
		if (a.Ask != AskMet) != (a.Path == PathPerson) || a.Ask != AskMet && len(a.Refused) == 0 {
			t.Fatalf("%s without a reason or a way on: %+v", a.Ask, a)
		}
		for _, o := range a.Offers {
			var sum ledger.Amount
			before := on
			for _, in := range o.Instalments {
				if in.Amount <= 0 || in.Amount != in.Principal+in.Interest+in.Penalty+in.Fees || !in.Due.After(before) {
					t.Fatalf("%+v", o.Instalments)
				}
				before = in.Due
				sum += in.Amount
			}
			if sum != o.Total || o.Kind == Instalments && sum != left { // money that comes extra is part of the plan until it has come
				t.Fatalf("%s asks %d, %d is left", o.Kind, sum, left)
			}
		}
	})
}

func TestOnTimePoints(t *testing.T) {
	l := limits()
	l.GraceDays = 3
	for _, tt := range []struct {
		paid []Paid
		on   string
		want int
	}{
		{nil, "2026-01-05", 0},
		{[]Paid{{day("2026-01-10"), 20_000}, {day("2026-02-13"), 20_000}}, "2026-02-20", 2},
		{[]Paid{{day("2026-01-10"), 20_000}, {day("2026-02-14"), 20_000}}, "2026-02-20", 0},                              // a day after the grace
		{[]Paid{{day("2026-01-20"), 20_000}, {day("2026-02-10"), 20_000}, {day("2026-03-10"), 20_000}}, "2026-03-20", 2}, // one late, two in time since
		{[]Paid{{day("2026-01-03"), 120_000}}, "2026-01-11", 6},                                                          // all of it, ahead of time
	} {
		if got := running(tt.paid...).OnTime(day(tt.on), l); got != tt.want {
			t.Errorf("%v on %s: %d points, want %d", tt.paid, tt.on, got, tt.want)
		}
	}
}
