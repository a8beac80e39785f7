package ledger

import (
	"math/big"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hejie/flows/calendar"
)

func rated(rate, penalty string, d DayCount) Terms {
	r, err := ParseRate(rate)
	if err != nil {
		panic(err)
	}
	p, err := ParseRate(penalty)
	if err != nil {
		panic(err)
	}
	return Terms{Rate: r, Penalty: p, DayCount: d}
}

func TestDayCounts(t *testing.T) {
	for _, tt := range []struct {
		d              DayCount
		from, to, want string
	}{
		{Thirty360, "2026-01-31", "2026-02-28", "28/360"},
		{Thirty360, "2026-02-28", "2026-03-31", "30/360"},
		{Thirty360, "2026-01-15", "2027-01-15", "1"},
		{Act365, "2026-01-01", "2026-07-01", "181/365"},
		{Act360, "2026-01-01", "2026-07-01", "181/360"},
		{Act364, "2026-01-01", "2026-01-08", "7/364"},
		{ActAct, "2023-12-12", "2024-01-12", "42097/497860"},
		{ActAct, "2024-01-01", "2025-01-01", "1"},
		{Act365, "2026-07-01", "2026-07-01", "0"},
		{Act365, "2026-07-02", "2026-07-01", "0"},
	} {
		want, _ := new(big.Rat).SetString(tt.want)
		if tt.d == ActAct && tt.from == "2023-12-12" { // 20 days of 2023 and 11 of 2024
			want = new(big.Rat).Add(big.NewRat(20, 365), big.NewRat(11, 366))
		}
		if got := tt.d.Fraction(day(tt.from), day(tt.to)); got.Cmp(want) != 0 {
			t.Errorf("%s %s-%s: %s, want %s", tt.d, tt.from, tt.to, got, want)
		}
	}
	if DayCount("act/366").Valid() == nil {
		t.Error("an unknown convention is valid")
	}
}

func TestRates(t *testing.T) {
	for in, want := range map[string]string{"18.25": "18.25", "0": "0", "0.0175": "0.0175", "24": "24", "12.000001": "12.000001"} {
		if r, err := ParseRate(in); err != nil || r.String() != want {
			t.Errorf("%s: %s %v", in, r, err)
		}
	}
	for _, in := range []string{"", "x", "-1", "1e2", "1/3", "0.0000001", "1000001"} {
		if r, err := ParseRate(in); err == nil {
			t.Errorf("%q is read as %s", in, r)
		}
	}
}

func TestAccrued(t *testing.T) {
	lent := []Entry{charge("1", Principal, 3_650_000, "2026-01-01")}
	tests := []struct {
		name  string
		add   []Entry
		terms Terms
		asOf  string
		want  Balance
	}{
		{"ten fen a day at a tenth of a percent a year per 365", nil, rated("10", "0", Act365), "2026-01-11", Balance{Principal: 3_650_000, Interest: 10_000}},
		{"a payment pays interest first, then principal", []Entry{pay("2", 1_010_000, "2026-01-11")}, rated("10", "0", Act365), "2026-01-21",
			Balance{Principal: 2_650_000, Interest: 7_260}},
		{"back-dated to the first day", []Entry{pay("2", 3_650_000, "2026-01-01")}, rated("10", "0", Act365), "2026-12-31", Balance{}},
		{"360 days", nil, rated("10", "0", Act360), "2026-01-11", Balance{Principal: 3_650_000, Interest: 10_138}},
		{"compounded monthly", nil, Terms{Rate: 10e6, DayCount: Thirty360, Compound: Monthly}, "2026-03-01", Balance{Principal: 3_650_000, Interest: 30_416 + 30_670}},
		{"penalty from the due date", nil, Terms{Rate: 10e6, Penalty: 5e6, DayCount: Act365, DueOn: day("2026-01-06")}, "2026-01-11",
			Balance{Principal: 3_650_000, Interest: 10_000, Penalty: 2_500}},
		{"none agreed", nil, Terms{DayCount: Act365}, "2027-01-01", Balance{Principal: 3_650_000}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Accrued(append(tt.add, lent...), nil, tt.terms, day("2026-01-01"), day(tt.asOf))
			tt.want.AsOf = day(tt.asOf)
			if err != nil || s.Balance != tt.want {
				t.Fatalf("got %+v %v, want %+v", s.Balance, err, tt.want)
			}
		})
	}
	q, err := IfPaidOn(lent, nil, rated("10", "0", Act365), day("2026-01-01"), day("2026-01-11"))
	if err != nil || q.Amount != 3_660_000 || q.PerDay != 1_000 {
		t.Errorf("%+v %v", q, err)
	}
	if how := q.Statement.Lines[1].How; how == nil || how.Base != 3_650_000 || how.Days != 10 {
		t.Errorf("the figure is not explained: %+v", q.Statement.Lines[1])
	}
	for name, bad := range map[string]Terms{"no day count": {Rate: 1}, "negative": {Rate: -1, DayCount: Act365}, "compounding": {DayCount: Act365, Compound: "daily"}} {
		if _, err := Accrued(lent, nil, bad, day("2026-01-01"), day("2026-02-01")); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	if _, err := Accrued(lent, nil, rated("1", "0", Act365), day("0100-01-01"), day("2026-02-01")); err == nil {
		t.Error("two thousand years of interest")
	}
}

// TestAccruedLinesSum: whatever was booked in whatever order, the lines sum to the balance, and paying earlier never costs more.
func TestAccruedLinesSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := day("2026-01-01")
		entries := []Entry{charge("0", Principal, Amount(rapid.Int64Range(1, 1e9).Draw(t, "lent")), "2026-01-01")}
		for i := range rapid.IntRange(0, 6).Draw(t, "payments") {
			e := pay(string(rune('a'+i)), Amount(rapid.Int64Range(1, 1e8).Draw(t, "paid")), "2026-01-01")
			e.On = start.AddDays(rapid.IntRange(0, 700).Draw(t, "on"))
			entries = append(entries, e)
		}
		terms := Terms{Rate: Rate(rapid.Int64Range(0, 40e6).Draw(t, "rate")), Penalty: Rate(rapid.Int64Range(0, 20e6).Draw(t, "penalty")),
			DayCount: rapid.SampledFrom(DayCounts).Draw(t, "day count"), Compound: rapid.SampledFrom([]Compounding{"", Monthly, Yearly}).Draw(t, "compound"),
			DueOn: start.AddDays(rapid.IntRange(0, 700).Draw(t, "due"))}
		asOf := start.AddDays(rapid.IntRange(0, 800).Draw(t, "as of"))
		s, err := Accrued(entries, nil, terms, start, asOf)
		if err != nil {
			t.Fatal(err)
		}
		var sum Balance
		for _, l := range s.Lines {
			for _, c := range Components {
				sum = sum.With(c, sum.Get(c)+l.Effect.Get(c))
			}
			sum.Overpaid += l.Effect.Overpaid
		}
		if sum.AsOf = asOf; sum != s.Balance {
			t.Fatalf("lines sum to %+v, balance is %+v", sum, s.Balance)
		}
		if again, err := Accrued(entries, nil, terms, start, asOf); err != nil || !reflect.DeepEqual(again, s) {
			t.Fatal("the same entries give another statement")
		}
		if i := len(entries) - 1; i > 0 && terms.Compound == "" {
			entries[i].On = start.AddDays(entries[i].On.DaysSince(start) / 2)
			if earlier, err := Accrued(entries, nil, terms, start, asOf); err != nil || earlier.Balance.Total()-earlier.Balance.Overpaid > s.Balance.Total()-s.Balance.Overpaid+2 {
				t.Fatalf("paid earlier, %d is owed instead of %d %v", earlier.Balance.Total(), s.Balance.Total(), err)
			}
		}
	})
}

func TestSplit(t *testing.T) {
	l, err := Split(Loan{Regime: PrivateLoan, Balance: Balance{Principal: 5_000_000, Interest: 900_000, Penalty: 50_000, Fees: 1_000},
		AnnualRate: 36, ContractDate: day("2025-12-01"), AsOf: day("2026-12-01")})
	if err != nil || l.Above.Total() != 651_000 || l.Above.Penalty != 50_000 || l.Asked.Total() != 5_300_000 || l.Asked.Principal != 5_000_000 {
		t.Errorf("%+v %v", l, err)
	}
}

func TestPayHabit(t *testing.T) {
	dates := func(s string) (out []calendar.Date) {
		for _, d := range strings.Fields(s) {
			out = append(out, day(d))
		}
		return out
	}
	h, ok := PayHabit(dates("2026-03-11 2026-01-10 2026-02-10 2026-04-10 2026-02-24"))
	if !ok || h.Day != 10 || h.Of != 5 || len(h.Evidence) != 4 || h.Evidence[0] != day("2026-01-10") {
		t.Errorf("%+v %v", h, ok)
	}
	if next := h.Next(day("2026-04-10"), 2); !reflect.DeepEqual(next, dates("2026-05-10 2026-06-10")) {
		t.Errorf("%v", next)
	}
	if h, ok := PayHabit(dates("2026-01-31 2026-02-28 2026-04-30 2026-05-31")); !ok || h.Day != 31 {
		t.Errorf("the month's end: %+v %v", h, ok)
	}
	for name, s := range map[string]string{"none": "", "two": "2026-01-10 2026-02-10", "one month": "2026-01-09 2026-01-10 2026-01-11",
		"scattered": "2026-01-02 2026-02-11 2026-03-20 2026-04-27 2026-05-06"} {
		if h, ok := PayHabit(dates(s)); ok {
			t.Errorf("%s: %+v", name, h)
		}
	}
}
