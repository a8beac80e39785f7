package store

import (
	"testing"

	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// A refresh that only lowers what is owed counts for a running plan; what it moves between components, or adds, does not.
func TestTakenOffSince(t *testing.T) {
	day := calendar.Date{Year: 2026, Month: 12, Day: 20}
	entry := func(kind ledger.EntryKind, c ledger.Component, amount ledger.Amount, basis string, at int64) ledger.Entry {
		return ledger.Entry{Kind: kind, Component: c, Amount: amount, On: day, Basis: basis, PostedMS: at}
	}
	adjust := func(c ledger.Component, amount ledger.Amount, basis string, at int64) ledger.Entry {
		return entry(ledger.Adjust, c, amount, basis, at)
	}
	for name, tt := range map[string]struct {
		in   []ledger.Entry
		want []ledger.Amount
	}{
		"one component less":       {[]ledger.Entry{adjust(ledger.Principal, -50_000, "import:a#1", 20)}, []ledger.Amount{50_000}},
		"several of one refresh":   {[]ledger.Entry{adjust(ledger.Principal, -50_000, "import:a#1", 20), adjust(ledger.Interest, -7_000, "import:a#1", 20)}, []ledger.Amount{57_000}},
		"interest grew meanwhile":  {[]ledger.Entry{adjust(ledger.Principal, -50_000, "import:a#1", 20), adjust(ledger.Interest, 2_000, "import:a#1", 20)}, []ledger.Amount{48_000}},
		"only moved":               {[]ledger.Entry{adjust(ledger.Principal, -5_000, "import:a#1", 20), adjust(ledger.Penalty, 5_000, "import:a#1", 20)}, nil},
		"more owed":                {[]ledger.Entry{adjust(ledger.Interest, 3_000, "import:a#1", 20)}, nil},
		"before the agreement":     {[]ledger.Entry{adjust(ledger.Principal, -50_000, "import:a#1", 9)}, nil},
		"two refreshes":            {[]ledger.Entry{adjust(ledger.Principal, -1_000, "import:a#1", 20), adjust(ledger.Principal, -2_000, "import:b#1", 30)}, []ledger.Amount{1_000, 2_000}},
		"a payment is not counted": {[]ledger.Entry{entry(ledger.Payment, ledger.Principal, 50_000, "import:a#1", 20)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := takenOffSince(tt.in, 10)
			if len(got) != len(tt.want) {
				t.Fatalf("got %+v, want %v", got, tt.want)
			}
			for i, p := range got {
				if p.Amount != tt.want[i] || p.On != day {
					t.Errorf("got %+v, want %v", p, tt.want[i])
				}
			}
		})
	}
}
