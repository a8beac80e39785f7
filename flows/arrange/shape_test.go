package arrange

import (
	"slices"
	"testing"

	"hejie/flows/calendar"
	"hejie/flows/ledger"
	"hejie/flows/ledger/loan"
)

func metOnce(t *testing.T, r Request) Offer {
	t.Helper()
	a := Quote(r)
	if a.Ask != AskMet || len(a.Offers) == 0 || a.Path != "" {
		t.Fatalf("%+v: %s %+v", r.Ask, a.Ask, a.Refused)
	}
	return a.Offers[0]
}

// TestRhythms: weekly and fortnightly plans keep the policy's longest term and least a month.
func TestRhythms(t *testing.T) {
	o := metOnce(t, request(Ask{Count: 20, Every: Weekly}))
	if o.Every != Weekly || len(o.Instalments) != 20 || o.Instalments[1].Due != o.First().AddDays(7) || o.First() != day("2026-12-09") {
		t.Errorf("%s %v", o.Every, dues(o))
	}
	o = metOnce(t, request(Ask{Every: Fortnightly, Count: 10, FirstDue: day("2026-12-04")}))
	if o.Instalments[9].Due != day("2026-12-04").AddDays(9*14) {
		t.Errorf("%v", dues(o))
	}
	if a := Quote(request(Ask{Count: 157, Every: Weekly})); a.Refused[0].Why[0] != (Reason{Code: WhyCountAboveMax, Count: 156}) || a.Path != PathPerson {
		t.Errorf("36 months are 156 weeks: %+v", a.Refused)
	}
	if a := Quote(request(Ask{Monthly: 2_000, Every: Weekly})); a.Refused[0].Why[0] != (Reason{Code: WhyBelowMinPayment, Amount: 2_308}) {
		t.Errorf("100.00 a month are 23.08 a week: %+v", a.Refused)
	}
	r := request(Ask{Count: 10, Every: Weekly})
	r.Limits.MonthlyOnly = true
	if a := Quote(r); a.Ask != AskNearest || a.Refused[0].Why[0].Code != WhyEveryNotOffered || a.Offers[0].Every != "" {
		t.Errorf("%+v", a)
	}
	r = reqMeans(request(Ask{Every: Weekly, Count: 52}), 600_000, 490_000, 0) // 1,100.00 a month, 253.84 a week
	if o := metOnce(t, r); o.AboveMeans || o.Every != Weekly || !slices.Contains(o.Why, Reason{Code: WhyWithinSurplus, Amount: 25_384}) {
		t.Errorf("%+v", o.Why)
	}
}

func TestShapes(t *testing.T) {
	o := metOnce(t, request(Ask{Down: 200_000, Count: 6}))
	if len(o.Instalments) != 7 || o.Instalments[0].Amount != 200_000 || o.First() != day("2026-12-09") || o.Instalments[1].Due != day("2027-01-02") || o.Total != 1_234_567 {
		t.Errorf("down payment and the rest: %v %v", amounts(o), dues(o))
	}
	if !slices.Contains(o.Why, Reason{Code: WhyDownFirst, Amount: 200_000, Date: day("2026-12-09")}) {
		t.Errorf("%+v", o.Why)
	}
	o = metOnce(t, request(Ask{Stepped: true, Count: 12}))
	if got := amounts(o); len(got) != 12 || got[0] != 51_440 || got[3] != 51_440 || got[4] != 128_600 || o.Total != 1_234_567 {
		t.Errorf("small first: %v", got)
	}
	if !slices.Contains(o.Why, Reason{Code: WhySmallFirst, Count: 4, Amount: 128_600}) {
		t.Errorf("%+v", o.Why)
	}
	o = metOnce(t, request(Ask{Steps: []Step{{3, 30_000}, {0, 100_000}}}))
	if got := amounts(o); len(got) != 15 || got[2] != 30_000 || got[3] != 100_000 || got[14] != 44_567 {
		t.Errorf("steps: %v", got)
	}
	o = metOnce(t, request(Ask{Steps: []Step{{2, 30_000}, {2, 100_000}}})) // a counted last step ends the plan
	if got := amounts(o); len(got) != 4 || got[3] != 1_074_567 {
		t.Errorf("steps: %v", got)
	}
	for name, ask := range map[string]Ask{
		"too many steps": {Steps: []Step{{0, 10_000}}}, "a step too small": {Steps: []Step{{3, 100}, {0, 100_000}}}, "too many": {Stepped: true, Count: 99},
		"too small a first payment": {Down: 100, Count: 3},
	} {
		a := Quote(request(ask))
		if a.Ask != AskNearest || len(a.Offers) == 0 || a.Path != PathPerson || a.Offers[0].Why[0] != a.Refused[0].Why[0] {
			t.Errorf("%s: %s %+v", name, a.Ask, a.Refused)
		}
	}
	if o := metOnce(t, request(Ask{Down: 9_000_000})); len(o.Instalments) != 1 || o.Kind != WaiverIfBy {
		t.Errorf("whoever pays all first pays once: %+v", o)
	}
	for _, bad := range []Ask{{Every: "daily"}, {Down: -1}, {Steps: []Step{{1, -5}}}, {Steps: []Step{{0, 5_000}, {1, 5_000}}}} {
		if a := Quote(request(bad)); a.Refused[0].Why[0].Code != WhyWishUnclear {
			t.Errorf("%+v: %+v", bad, a)
		}
	}
}

func bearing(ask Ask) Request {
	r := request(ask)
	r.Account.Balance = ledger.Balance{Principal: 1_200_000}
	r.Limits.PlanRate, r.Limits.DayCount = 12_000_000, ledger.Thirty360
	return r
}

// TestPlanInterest: the engine's equal payments are those of the banks' tables, and nothing is added in silence.
func TestPlanInterest(t *testing.T) {
	o := metOnce(t, bearing(Ask{Count: 12, FirstDue: day("2027-01-02")}))
	rows, err := loan.Schedule(loan.Spec{Method: loan.EqualPayment, Principal: 1_200_000, Rate: 12_000_000, Start: day("2026-12-02"), Periods: 12,
		Unit: loan.Months, DayCount: ledger.Thirty360, Rounding: ledger.Down})
	if err != nil {
		t.Fatal(err)
	}
	var cost ledger.Amount
	for i, in := range o.Instalments {
		if d := in.Amount - rows[i].Payment; i < 11 && (d > 1 || d < -1) || in.Due != rows[i].Due {
			t.Errorf("payment %d is %d on %s, the table has %d on %s", i+1, in.Amount, in.Due, rows[i].Payment, rows[i].Due)
		}
		cost += in.Accrued
	}
	if o.Cost != cost || o.Total != 1_200_000+cost || !slices.Contains(o.Why, Reason{Code: WhyPlanInterest, Amount: cost}) || o.APR < 11_800_000 || o.APR > 12_200_000 {
		t.Errorf("cost %d apr %s total %d", o.Cost, o.APR, o.Total)
	}
	if terms := Draw(o, bearing(Ask{}).Account, Parties{}, bearing(Ask{}).Now).Terms; !slices.Contains(terms, TermPlanInterest) || slices.Contains(terms, TermNoNewCharges) {
		t.Errorf("%v", terms)
	}
	o = metOnce(t, bearing(Ask{Count: 12, EqualPrincipal: true, FirstDue: day("2027-01-02")}))
	if got := amounts(o); got[0] != 112_000 || got[1] != 111_000 || got[11] != 101_000 {
		t.Errorf("equal principal: %v", got)
	}
	if o := metOnce(t, bearing(Ask{Monthly: 110_000})); len(o.Instalments) != 12 || largest(o.Instalments) > 110_000 {
		t.Errorf("an amount a month is not passed: %v", amounts(o))
	}
	r := bearing(Ask{Count: 12})
	r.Account.DebtType, r.Account.ContractDate, r.Limits.PlanRate = "private_loan", day("2025-12-01"), 24_000_000
	if q, _ := newQuoter(r); q.rate != 12_000_000 {
		t.Errorf("a plan's rate is cut at the cap: %s", q.rate)
	}
	r.Limits.PlanRate = 0
	if o := metOnce(t, r); o.Cost != 0 || o.APR != 0 {
		t.Errorf("%d %s", o.Cost, o.APR)
	}
	if o := metOnce(t, request(Ask{Kind: WaiverIfBy})); o.Cost != -15_000 || o.APR != 0 {
		t.Errorf("a waiver saves: %d", o.Cost)
	}
}

func TestDueOnHolidays(t *testing.T) {
	r := request(Ask{Count: 4, FirstDue: day("2026-12-05")}) // a Saturday
	r.Limits.DueOnHoliday = calendar.RollFollowing
	o := metOnce(t, r)
	if o.First() != day("2026-12-07") || o.Instalments[0].MovedFrom != day("2026-12-05") || !o.Has(WhyDueMoved) {
		t.Errorf("%v %+v", dues(o), o.Why)
	}
	if !slices.Contains(o.Why, Reason{Code: WhyHolidaysOpen, Date: o.Instalments[1].Due}) {
		t.Errorf("2027 is not published, and nobody says so: %+v", o.Why)
	}
	r.Limits.DueOnHoliday = calendar.RollPreceding
	if o := metOnce(t, r); o.First() != day("2026-12-04") {
		t.Errorf("%v", dues(o))
	}
	// weekly over the spring festival: two payments must not fall on one day
	r = request(Ask{Count: 6, Every: Weekly, FirstDue: day("2026-02-14")})
	r.Now, r.Limits.DueOnHoliday = day("2026-02-10").In(china), calendar.RollFollowing
	o = metOnce(t, r)
	for i := 1; i < len(o.Instalments); i++ {
		if !o.Instalments[i].Due.After(o.Instalments[i-1].Due) {
			t.Errorf("%v", dues(o))
		}
	}
}

func TestAfford(t *testing.T) {
	amount := func(v ledger.Amount) *ledger.Amount { return &v }
	l := limits()
	l.KeepPct, l.Necessities = 25, 300_000
	for _, tt := range []struct {
		name string
		m    Means
		want Affordability
	}{
		{"nothing told", Means{}, Affordability{}},
		{"income only", Means{MonthlyIncome: amount(500_000)}, Affordability{}},
		{"both", Means{MonthlyIncome: amount(500_000), MonthlyOutgoings: amount(400_000)},
			Affordability{Known: true, Income: 500_000, Outgoings: 400_000, Surplus: 100_000, Kept: 25_000, Amount: 75_000}},
		{"necessities are never counted below the least", Means{MonthlyIncome: amount(500_000), MonthlyOutgoings: amount(10_000)},
			Affordability{Known: true, Income: 500_000, Outgoings: 300_000, Surplus: 200_000, Kept: 50_000, Amount: 150_000}},
		{"a budget", Means{MonthlyIncome: amount(500_000), Budget: &Budget{Housing: 200_000, Food: 150_000, Family: 30_000}},
			Affordability{Known: true, Income: 500_000, Outgoings: 380_000, Surplus: 120_000, Kept: 30_000, Amount: 90_000}},
		{"less than nothing", Means{MonthlyIncome: amount(200_000), MonthlyOutgoings: amount(400_000)},
			Affordability{Known: true, Income: 200_000, Outgoings: 400_000}},
		{"absurd", Means{MonthlyIncome: amount(500_000), MonthlyOutgoings: amount(-1)}, Affordability{}},
	} {
		if got := Afford(tt.m, l); got != tt.want {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}

func TestOrderOfOffers(t *testing.T) {
	r := request(Ask{})
	r.Limits.Prefer = []Kind{WaiverIfBy, Instalments}
	if a := Quote(r); a.Offers[0].Kind != WaiverIfBy {
		t.Errorf("%+v", a.Offers)
	}
	r.Limits.Authority[WaiverIfBy] = BySupervisor
	if a := Quote(r); !a.Offers[0].NeedsApproval || a.Offers[0].Approver != BySupervisor {
		t.Errorf("%+v", a.Offers[0])
	}
	r.Limits.InformOnly = true
	if a := Quote(r); a.Path != PathAuthority {
		t.Errorf("%q", a.Path)
	}
}

func TestMandatoryContents(t *testing.T) {
	r := request(Ask{Count: 12})
	a := Draw(metOnce(t, r), r.Account, Parties{No4: "4417"}, r.Now)
	if got := a.Missing(); len(got) != 0 {
		t.Errorf("%v", got)
	}
	a.Terms = []string{TermLimitation}
	a.Offer.Total++
	a.Before.Principal = -1
	if got := a.Missing(); !slices.Equal(got, []string{ItemBalance, ItemSchedule, ItemCharges, ItemNoCard, ItemDuties, ItemOther}) {
		t.Errorf("%v", got)
	}
}
