package ledger

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hejie/flows/calendar"
)

func TestCapFor(t *testing.T) {
	tests := []struct {
		regime   Regime
		contract string
		want     string
		assumed  bool
	}{
		{PrivateLoan, "2020-08-20", "77/5", false}, // 3.85 x 4 = 15.4
		{PrivateLoan, "2024-07-21", "69/5", false}, // the day before a change: 3.45 x 4
		{PrivateLoan, "2024-07-22", "67/5", false}, // the day of it: 3.35 x 4
		{PrivateLoan, "2026-06-01", "12/1", false}, // after the last line
		{PrivateLoan, "2018-01-01", "12/1", false}, // before the first: the latest
		{PrivateLoan, "", "12/1", true},            // unknown
		{LicensedLender, "2020-08-20", "24/1", false},
	}
	for _, tt := range tests {
		var on calendar.Date
		if tt.contract != "" {
			on = day(tt.contract)
		}
		c, err := CapFor(tt.regime, on, day("2026-12-01"))
		if err != nil || c.Percent.String() != tt.want || c.Assumed != tt.assumed || c.Source == "" || c.Verified == "" {
			t.Errorf("%s %q: %+v %v", tt.regime, tt.contract, c, err)
		}
	}
	if _, err := CapFor("casino", day("2026-01-01"), day("2026-12-01")); err == nil {
		t.Error("an unknown regime has a cap")
	}
}

func TestExcess(t *testing.T) {
	tests := []struct {
		name     string
		regime   Regime
		b        Balance
		rate     float64
		contract string
		want     Amount
	}{
		{"inside the cap", PrivateLoan, Balance{Principal: 1_000_000, Interest: 60_000}, 12, "2026-01-01", 0},
		// 12 % allowed of 36 %: a third
		{"three times the cap", PrivateLoan, Balance{Principal: 5_000_000, Interest: 900_000}, 36, "2025-12-01", 600_000},
		{"a third of a fen goes to the debtor", PrivateLoan, Balance{Principal: 5_000_000, Interest: 100}, 36, "2025-12-01", 67},
		{"penalty and fees count too", PrivateLoan, Balance{Principal: 5_000_000, Interest: 900_000, Penalty: 50_000, Fees: 1_000}, 36, "2025-12-01", 651_000},
		// at 6 % the cap leaves as much again for penalty and fees
		{"room for a penalty", PrivateLoan, Balance{Principal: 5_000_000, Interest: 100_000, Penalty: 90_000, Fees: 20_000}, 6, "2025-12-01", 10_000},
		// no rate known: 5 million x 12 % x 365/365
		{"by time", PrivateLoan, Balance{Principal: 5_000_000, Interest: 700_000}, 0, "2025-12-01", 100_000},
		{"by time, though the rate looks lawful", PrivateLoan, Balance{Principal: 5_000_000, Interest: 700_000}, 10, "2025-12-01", 100_000},
		{"neither rate nor date", PrivateLoan, Balance{Principal: 5_000_000, Interest: 700_000}, 0, "", 0},
		{"rate 15.4 at a cap of 15.4", PrivateLoan, Balance{Principal: 5_000_000, Interest: 100_001}, 15.4, "2020-08-20", 0},
		{"lender below its cap, with late fees", LicensedLender, Balance{Principal: 1_000_000, Interest: 10_000, Penalty: 50_000}, 18.25, "2020-01-01", 0},
		{"lender above its cap", LicensedLender, Balance{Principal: 1_000_000, Interest: 36_000, Penalty: 500}, 36, "2020-01-01", 12_500},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := Loan{Regime: tt.regime, Balance: tt.b, AnnualRate: tt.rate, AsOf: day("2026-12-01")}
			if tt.contract != "" {
				l.ContractDate = day(tt.contract)
			}
			got, _, err := Excess(l)
			if err != nil || got != tt.want {
				t.Fatalf("got %d %v, want %d", got, err, tt.want)
			}
		})
	}
	for _, rate := range []float64{math.NaN(), math.Inf(1), -1} {
		if _, _, err := Excess(Loan{Regime: PrivateLoan, AnnualRate: rate, AsOf: day("2026-12-01")}); err == nil {
			t.Errorf("rate %v is accepted", rate)
		}
	}
}

func TestExcessIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		money := rapid.Map(rapid.Int64Range(0, int64(MaxAmount)/4), func(v int64) Amount { return Amount(v) })
		l := Loan{
			Regime:     rapid.SampledFrom([]Regime{PrivateLoan, LicensedLender}).Draw(t, "regime"),
			Balance:    Balance{Principal: money.Draw(t, "p"), Interest: money.Draw(t, "i"), Penalty: money.Draw(t, "n"), Fees: money.Draw(t, "f")},
			AnnualRate: rapid.Float64Range(0, 1e9).Draw(t, "rate"),
			AsOf:       day("2026-12-01"),
		}
		l.ContractDate = l.AsOf.AddDays(-rapid.IntRange(-100, 20_000).Draw(t, "age"))
		got, c, err := Excess(l)
		if err != nil {
			t.Fatal(err)
		}
		charges := l.Balance.Interest + l.Balance.Penalty + l.Balance.Fees
		if got < 0 || got > charges {
			t.Fatalf("excess %d of %d", got, charges)
		}
		l.AnnualRate *= 2 // a dearer contract never has less excess
		if dearer, _, err := Excess(l); err != nil || dearer < got {
			t.Fatalf("at %v %d, before %d (cap %s) %v", l.AnnualRate, dearer, got, c.Percent, err)
		}
	})
}

func TestCapFilesAreChecked(t *testing.T) {
	good := string(capsYAML)
	for name, bad := range map[string]string{
		"unknown key":  good + "\nextra: 1\n",
		"no number":    strings.Replace(good, `"4.25"`, `"much"`, 1),
		"out of order": strings.Replace(good, "2019-09-20", "2019-08-20", 1),
		"empty table":  "private: {times_lpr: 4}\nlicensed: {percent: \"24\"}\n",
	} {
		if _, err := parseCaps([]byte(bad)); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
