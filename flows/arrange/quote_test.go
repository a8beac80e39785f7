package arrange

import (
	"slices"
	"testing"
	"time"

	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

var china = time.FixedZone("CST", 8*3600)

func day(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func limits() Limits {
	return Limits{Policy: "test-1", MinCount: 2, MaxCount: 36, MinMonthly: 10_000, MaxFirstDueDays: 45, MaxDeferDays: 60,
		MaxPenaltyWaiverPct: 50, WaiverWithinDays: 7, QuoteHours: 168, TokenMin: 5_000, TokenMonths: 6,
		Authority: map[Kind]string{Instalments: ByBot, Deferral: ByBot, WaiverIfBy: ByBot, Settlement: ByAgent, Token: ByAgent}}
}

// request is a card debt of 12,345.67 on 2 December 2026.
func request(ask Ask) Request {
	return Request{
		Now: time.Date(2026, 12, 2, 10, 0, 0, 0, china), Zone: china, Limits: limits(), Ask: ask,
		Account: Account{ID: "a1", DebtType: "credit_card", Currency: "CNY",
			Balance: ledger.Balance{Principal: 1_000_000, Interest: 200_000, Penalty: 30_001, Fees: 4_566, AsOf: day("2026-12-02")}},
	}
}

func amounts(o Offer) []ledger.Amount {
	var out []ledger.Amount
	for _, i := range o.Instalments {
		out = append(out, i.Amount)
	}
	return out
}

func dues(o Offer) []string {
	var out []string
	for _, i := range o.Instalments {
		out = append(out, i.Due.String())
	}
	return out
}

func reqMeans(r Request, income, outgoings ledger.Amount, payday int) Request {
	r.Means = Means{MonthlyIncome: &income, MonthlyOutgoings: &outgoings, Payday: payday}
	return r
}

func TestTwelveOnThe12th(t *testing.T) {
	a := Quote(request(Ask{Count: 12, DayOfMonth: 12}))
	if a.Ask != AskMet || len(a.Offers) != 1 {
		t.Fatalf("%s with %d offers", a.Ask, len(a.Offers))
	}
	o := a.Offers[0]
	if o.Total != 1_234_567 || len(o.Instalments) != 12 {
		t.Fatalf("total %d in %d", o.Total, len(o.Instalments))
	}
	for i, in := range o.Instalments[:11] {
		if in.Amount != 102_880 {
			t.Fatalf("instalment %d is %d", i+1, in.Amount)
		}
	}
	if last := o.Instalments[11].Amount; last != 102_887 || !o.Has(WhyLastDiffers) {
		t.Fatalf("last is %d", last)
	}
	if o.First() != day("2026-12-12") || o.Last() != day("2027-11-12") {
		t.Fatalf("from %s to %s", o.First(), o.Last())
	}
	// fees, interest and penalty are used up before the principal
	want := Instalment{N: 1, Due: day("2026-12-12"), Amount: 102_880, Fees: 4_566, Interest: 98_314}
	if o.Instalments[0] != want {
		t.Fatalf("first is %+v", o.Instalments[0])
	}
}

func TestSchedules(t *testing.T) {
	tests := []struct {
		name string
		now  string // day; empty = 2 December 2026
		ask  Ask
		want []string
	}{
		{"31st is clamped and comes back", "2027-01-05", Ask{Count: 4, DayOfMonth: 31}, []string{"2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"}},
		{"leap year", "2028-01-05", Ask{Count: 2, DayOfMonth: 30}, []string{"2028-01-30", "2028-02-29"}},
		{"named date", "", Ask{Count: 2, FirstDue: day("2026-12-31")}, []string{"2026-12-31", "2027-01-31"}},
		{"the 4th is too near: next month", "", Ask{Count: 2, DayOfMonth: 4}, []string{"2027-01-04", "2027-02-04"}},
		{"the 5th leaves three days", "", Ask{Count: 2, DayOfMonth: 5}, []string{"2026-12-05", "2027-01-05"}},
		{"nothing said: in a month", "", Ask{Count: 2}, []string{"2027-01-02", "2027-02-02"}},
		{"first day, then another day of the month", "", Ask{Count: 3, FirstDue: day("2026-12-28"), DayOfMonth: 5}, []string{"2026-12-28", "2027-02-05", "2027-03-05"}},
		{"not before a date, then in parts", "", Ask{Count: 2, DeferTo: day("2027-01-10")}, []string{"2027-01-10", "2027-02-10"}},
		{"tomorrow", "", Ask{Count: 2, FirstDue: day("2026-12-03")}, []string{"2026-12-03", "2027-01-03"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := request(tt.ask)
			if tt.now != "" {
				r.Now = day(tt.now).In(china).Add(10 * time.Hour)
			}
			a := Quote(r)
			if a.Ask != AskMet || !slices.Equal(dues(a.Offers[0]), tt.want) {
				t.Fatalf("%s %v, want %v", a.Ask, dues(a.Offers[0]), tt.want)
			}
		})
	}
}

func TestTodayIsTheDebtors(t *testing.T) {
	r := request(Ask{Count: 2, FirstDue: day("2026-12-03")})
	r.Now = time.Date(2026, 12, 2, 17, 0, 0, 0, time.UTC) // already the 3rd in China
	if a := Quote(r); a.Ask != AskNearest || a.Refused[0].Why[0] != (Reason{Code: WhyFirstDueTooEarly, Date: day("2026-12-04")}) {
		t.Fatalf("%+v", a)
	}
}

func TestMonthly(t *testing.T) {
	r := request(Ask{Monthly: 50_000})
	r.Account.Balance = ledger.Balance{Principal: 305_000}
	if got := amounts(Quote(r).Offers[0]); !slices.Equal(got, []ledger.Amount{50_000, 50_000, 50_000, 50_000, 50_000, 55_000}) {
		t.Fatalf("a rest below the least a month joins the payment before: %v", got)
	}
	o := Quote(reqMeans(r, 552_000, 500_000, 0)).Offers[0]
	if got := amounts(o); len(got) != 7 || got[0] != 43_571 || got[6] != 43_574 || o.Has(WhyAboveSurplus) {
		t.Fatalf("joined it would pass the surplus, so it is shared: %v", got)
	}
	r.Account.Balance.Principal = 320_000
	if got := amounts(Quote(r).Offers[0]); !slices.Equal(got, []ledger.Amount{50_000, 50_000, 50_000, 50_000, 50_000, 50_000, 20_000}) {
		t.Fatalf("the rest comes last: %v", got)
	}
}

func TestStops(t *testing.T) {
	none := func(r *Request) {}
	tests := []struct {
		name  string
		ask   Ask
		with  func(*Request)
		met   Met
		kind  Kind // of the refusal
		stop  Reason
		first Kind // of the first offer
		count int  // its instalments
	}{
		{"one payment", Ask{Count: 1}, none, AskNearest, Instalments, Reason{Code: WhyCountBelowMin, Count: 2}, Deferral, 1},
		{"ten thousand", Ask{Count: 10_000}, none, AskNearest, Instalments, Reason{Code: WhyCountAboveMax, Count: 36}, Instalments, 36},
		{"too many for the least a month", Ask{Count: 30}, func(r *Request) { r.Limits.MinMonthly = 100_000 }, AskNearest, Instalments,
			Reason{Code: WhyBelowMinMonthly, Amount: 100_000}, Instalments, 12},
		{"too little a month", Ask{Monthly: 9_999}, none, AskNearest, Instalments, Reason{Code: WhyBelowMinMonthly, Amount: 10_000}, Instalments, 36},
		{"too long at that amount", Ask{Monthly: 30_000}, none, AskNearest, Instalments, Reason{Code: WhyCountAboveMax, Count: 36}, Instalments, 36},
		{"12 at 500 does not reach", Ask{Count: 12, Monthly: 50_000}, none, AskNearest, Instalments,
			Reason{Code: WhyCountMonthly, Count: 12, Amount: 102_887}, Instalments, 12},
		{"first payment in March", Ask{Count: 12, FirstDue: day("2027-03-01")}, none, AskNearest, Instalments,
			Reason{Code: WhyFirstDueTooLate, Date: day("2027-01-16")}, Instalments, 12},
		{"first payment yesterday", Ask{FirstDue: day("2026-12-01")}, none, AskNearest, Instalments,
			Reason{Code: WhyFirstDueTooEarly, Date: day("2026-12-03")}, Instalments, 6},
		{"deferral until June", Ask{DeferTo: day("2027-06-01")}, none, AskNearest, Deferral, Reason{Code: WhyDeferTooLate, Date: day("2027-01-31")}, Deferral, 1},
		{"deferral a day too long", Ask{DeferTo: day("2027-02-01")}, none, AskNearest, Deferral, Reason{Code: WhyDeferTooLate, Date: day("2027-01-31")}, Deferral, 1},
		{"deferral until today", Ask{DeferTo: day("2026-12-02")}, none, AskNearest, Deferral, Reason{Code: WhyDeferTooEarly, Date: day("2026-12-03")}, Deferral, 1},
		{"no deferrals here", Ask{Kind: Deferral}, func(r *Request) { r.Limits.MaxDeferDays = 0 }, AskNearest, Deferral, Reason{Code: WhyKindNotOffered}, Instalments, 6},
		{"nobody may", Ask{Count: 12}, func(r *Request) { r.Limits.Authority[Instalments] = ByNobody }, AskNearest, Instalments,
			Reason{Code: WhyKindNotOffered}, Deferral, 1},
		{"a kind nobody wrote down", Ask{Count: 12}, func(r *Request) { r.Limits.Authority = nil }, AskRefused, Instalments, Reason{Code: WhyKindNotOffered}, "", 0},
		{"too small to split", Ask{Count: 2}, func(r *Request) { r.Account.Balance = ledger.Balance{Principal: 1} }, AskNearest, Instalments,
			Reason{Code: WhyBalanceTooSmall, Amount: 10_000}, Deferral, 1},
		{"a tenth", Ask{Lump: 123_456}, none, AskNearest, WaiverIfBy, Reason{Code: WhyWaiverAboveMax, Amount: 1_219_567, Pct: 50}, WaiverIfBy, 1},
		{"nothing to waive", Ask{Kind: WaiverIfBy}, func(r *Request) { r.Account.Balance = ledger.Balance{Principal: 500_000} }, AskNearest, WaiverIfBy,
			Reason{Code: WhyNothingToWaive}, Instalments, 3},
		{"waiver next month", Ask{Kind: WaiverIfBy, FirstDue: day("2026-12-31")}, none, AskNearest, WaiverIfBy,
			Reason{Code: WhyWaiverTooLate, Date: day("2026-12-09")}, WaiverIfBy, 1},
		{"no settlements here", Ask{Kind: Settlement, Lump: 600_000}, func(r *Request) { r.Limits.MaxPenaltyWaiverPct = 0 }, AskNearest, Settlement,
			Reason{Code: WhyKindNotOffered}, Instalments, 6},
		{"settlement too low", Ask{Lump: 400_000}, func(r *Request) { r.Limits.MinSettlement = 600_000 }, AskNearest, WaiverIfBy,
			Reason{Code: WhySettlementMin, Amount: 600_000}, Settlement, 1},
		{"token too low", Ask{Kind: Token, Monthly: 100}, none, AskNearest, Token, Reason{Code: WhyTokenBelowMin, Amount: 5_000}, Token, 6},
		{"negative", Ask{Count: -3}, none, AskRefused, Instalments, Reason{Code: WhyWishUnclear}, "", 0},
		{"negative balance", Ask{Count: 3}, func(r *Request) { r.Account.Balance.Fees = -1 }, AskRefused, Instalments, Reason{Code: WhyBalanceUnclear}, "", 0},
		{"nothing owed", Ask{Count: 3}, func(r *Request) { r.Account.Balance = ledger.Balance{} }, AskRefused, Instalments, Reason{Code: WhyNothingOwed}, "", 0},
		{"tax", Ask{Count: 3}, func(r *Request) { r.Limits.InformOnly = true }, AskRefused, Instalments, Reason{Code: WhyAuthorityDecides}, "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := request(tt.ask)
			tt.with(&r)
			a := Quote(r)
			if a.Ask != tt.met || a.Refused[0].Kind != tt.kind || a.Refused[0].Why[0] != tt.stop {
				t.Fatalf("got %s %+v, want %s %s %+v", a.Ask, a.Refused, tt.met, tt.kind, tt.stop)
			}
			if tt.first == "" {
				return
			}
			o := a.Offers[0]
			reasoned := o.Why[0] == tt.stop || o.Kind != tt.kind && o.Why[0].Code == WhyAnotherWay // what stopped the wish is no property of another kind
			if o.Kind != tt.first || len(o.Instalments) != tt.count || !reasoned {
				t.Fatalf("first offer %s x%d because %+v", o.Kind, len(o.Instalments), o.Why)
			}
		})
	}
}

func TestBothHalvesOfAWish(t *testing.T) {
	a := Quote(request(Ask{Count: 12, Monthly: 50_000}))
	if len(a.Offers) < 2 || len(a.Offers[1].Instalments) != 25 || a.Offers[1].Instalments[0].Amount != 50_000 {
		t.Fatalf("the monthly amount's own plan is missing: %+v", a.Offers)
	}
	if a := Quote(request(Ask{Count: 12, Monthly: 102_880})); a.Ask != AskMet || len(a.Offers[0].Instalments) != 12 {
		t.Fatalf("count and amount fit: %+v", a)
	}
}

func TestPaidOnce(t *testing.T) {
	pay := func(ask Ask, with func(*Request)) Offer {
		t.Helper()
		r := request(ask)
		if with != nil {
			with(&r)
		}
		a := Quote(r)
		if a.Ask != AskMet || len(a.Offers) != 1 {
			t.Fatalf("%+v: %s %+v", ask, a.Ask, a.Refused)
		}
		return a.Offers[0]
	}
	if o := pay(Ask{Kind: Deferral}, nil); o.First() != day("2027-01-01") || o.Total != 1_234_567 {
		t.Errorf("a deferral without a date is one of 30 days: %s %d", o.First(), o.Total)
	}
	if o := pay(Ask{DeferTo: day("2027-01-31")}, nil); o.First() != day("2027-01-31") {
		t.Errorf("deferral to %s", o.First())
	}
	// half of 300.01 is 150.005: the waiver is rounded down
	if o := pay(Ask{Kind: WaiverIfBy}, nil); o.Waived != 15_000 || o.Total != 1_219_567 || o.First() != day("2026-12-09") {
		t.Errorf("waiver %d of total %d by %s", o.Waived, o.Total, o.First())
	}
	if o := pay(Ask{Lump: 1_225_000}, nil); o.Total != 1_225_000 || o.Waived != 9_567 || o.Instalments[0].Penalty != 30_001-9_567 {
		t.Errorf("inside the waiver the wish is met as it stands: %+v", o)
	}
	if o := pay(Ask{Lump: 9_000_000}, nil); o.Total != 1_219_567 {
		t.Errorf("whoever pays all gets the waiver too: %d", o.Total)
	}
	if o := pay(Ask{Lump: 1_234_567, DeferTo: day("2027-01-10")}, nil); o.Kind != Deferral || o.Total != 1_234_567 {
		t.Errorf("all of it, later: %s %d", o.Kind, o.Total)
	}
	settle := func(r *Request) { r.Limits.MinSettlement = 600_000 }
	o := pay(Ask{Kind: Settlement, Lump: 700_000}, settle)
	if o.Total != 700_000 || o.Waived != 534_567 || !o.NeedsApproval || o.Instalments[0].Principal != 700_000 {
		t.Errorf("settlement: %+v", o)
	}
	if o := pay(Ask{Kind: Token}, nil); o.Total != 30_000 || !o.NeedsApproval || !slices.Contains(o.Why, Reason{Code: WhyRestRemains, Amount: 1_204_567}) {
		t.Errorf("token: %+v", o)
	}
}

func TestMeans(t *testing.T) {
	a := Quote(reqMeans(request(Ask{}), 600_000, 540_000, 15))
	for _, o := range a.Offers {
		if !o.Has(WhyWithinSurplus) || !o.Has(WhyPayday) || o.First() != day("2026-12-15") {
			t.Errorf("unasked offers fit the means and the payday: %s %+v", o.First(), o.Why)
		}
	}
	if len(a.Offers) < 2 {
		t.Errorf("%d offers", len(a.Offers))
	}
	a = Quote(reqMeans(request(Ask{Count: 6}), 600_000, 540_000, 0))
	if a.Ask != AskMet || !a.Offers[0].Has(WhyAboveSurplus) || !a.Offers[1].Has(WhyWithinSurplus) {
		t.Errorf("a wish above the means is met with a warning, and a lighter plan beside it: %+v", a)
	}
	a = Quote(reqMeans(request(Ask{}), 300_000, 400_000, 0))
	if !slices.ContainsFunc(a.Offers, func(o Offer) bool { return o.Kind == Token }) || !a.Offers[0].Has(WhyAboveSurplus) {
		t.Errorf("without any surplus a token plan stands beside the longest: %+v", a.Offers)
	}
}

// TestRoundingAndMeans: three payments of 333.33 would end with 333.35, a fen above what is left each month.
func TestRoundingAndMeans(t *testing.T) {
	r := reqMeans(request(Ask{Count: 2}), 533_334, 500_000, 0)
	r.Account.Balance = ledger.Balance{Principal: 100_001}
	a := Quote(r)
	if len(a.Offers) != 2 || len(a.Offers[1].Instalments) != 4 || a.Offers[1].Has(WhyAboveSurplus) {
		t.Errorf("%+v", a.Offers)
	}
}

func TestAnOfferEndsWithItsFirstDay(t *testing.T) {
	o := Quote(request(Ask{Count: 2, FirstDue: day("2026-12-03")})).Offers[0]
	if want := day("2026-12-04").In(china); !o.ValidUntil.Equal(want) {
		t.Errorf("valid until %s, want %s", o.ValidUntil, want)
	}
	o = Quote(request(Ask{Count: 2})).Offers[0]
	if want := request(Ask{}).Now.Add(168 * time.Hour); !o.ValidUntil.Equal(want) {
		t.Errorf("valid until %s, want %s", o.ValidUntil, want)
	}
}

func TestUnasked(t *testing.T) {
	r := request(Ask{})
	r.Account.Balance = ledger.Balance{Principal: 1_200_000}
	if a := Quote(r); a.Ask != AskMet || len(a.Offers) != 3 || len(a.Offers[0].Instalments) != 6 || len(a.Offers[2].Instalments) != 24 {
		t.Errorf("%+v", a)
	}
	r.Account.Balance = ledger.Balance{Principal: 300_000}
	if a := Quote(r); len(a.Offers[0].Instalments) != 3 {
		t.Errorf("a small debt starts with 3: %+v", a.Offers)
	}
}

func TestExcessIsNotAsked(t *testing.T) {
	r := request(Ask{Count: 12})
	r.Account = Account{ID: "p", DebtType: "private_loan", Currency: "CNY", AnnualRate: 36, ContractDate: day("2025-01-01"),
		Balance: ledger.Balance{Principal: 5_000_000, Interest: 1_800_000, Penalty: 300_000, AsOf: day("2026-12-02")}}
	acc, err := r.Account.WithExcess(day("2026-12-02"))
	if err != nil {
		t.Fatal(err)
	}
	// 4 x 3.10 % = 12.4 %: of 18,000.00 at 36 % 6,200.00 are lawful, and no penalty beside them
	if acc.Excess != 1_480_000 {
		t.Fatalf("excess %d", acc.Excess)
	}
	r.Account = acc
	o := Quote(r).Offers[0]
	if o.Total != 5_620_000 || !slices.Contains(o.Why, Reason{Code: WhyExcessNotAsked, Amount: 1_480_000}) {
		t.Fatalf("total %d %+v", o.Total, o.Why)
	}
	for _, in := range o.Instalments {
		if in.Penalty != 0 {
			t.Fatal("the penalty is all excess")
		}
	}
	acc.Stage = "judgment"
	if acc, _ = acc.WithExcess(day("2026-12-02")); acc.Excess != 0 {
		t.Error("a court has fixed the sum")
	}
	acc.DebtType, acc.Stage = "medical", ""
	if acc, _ = acc.WithExcess(day("2026-12-02")); acc.Excess != 0 {
		t.Error("medical debts have no rate cap")
	}
}

func TestBounds(t *testing.T) {
	want := Range{MinCount: 2, MaxCount: 36, FirstFrom: day("2026-12-03"), FirstTo: day("2027-01-16")}
	if got := Bounds(request(Ask{Count: 99})); got != want {
		t.Errorf("got %+v", got)
	}
	r := request(Ask{})
	r.Account.Balance = ledger.Balance{Principal: 55_000}
	if got := Bounds(r).MaxCount; got != 5 {
		t.Errorf("550.00 in parts of at least 100.00: %d", got)
	}
	r.Limits.InformOnly = true
	if got := Bounds(r); got != (Range{}) {
		t.Errorf("got %+v", got)
	}
}

func BenchmarkQuote(b *testing.B) {
	for name, ask := range map[string]Ask{"unasked": {}, "met": {Count: 36}, "nearest": {Count: 600}} {
		r := request(ask)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if a := Quote(r); len(a.Offers) == 0 {
					b.Fatal("no offer")
				}
			}
		})
	}
}
