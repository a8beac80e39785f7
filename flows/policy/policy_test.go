package policy

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"hejie/flows/arrange"
	"hejie/flows/ledger"
)

func standard(t testing.TB) *Policy {
	t.Helper()
	p, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var defaultYAML = func() []byte {
	raw, err := data.ReadFile("data/default.yaml")
	if err != nil {
		panic(err)
	}
	return raw
}()

func limitsOf(p *Policy, debtType string) arrange.Limits {
	return p.LimitsFor(arrange.Account{DebtType: debtType})
}

func TestDefaultPacks(t *testing.T) {
	p := standard(t)
	for debtType, max := range map[string]int{"credit_card": 60, "online_loan": 36, "medical": 60, "utility": 12, "private_loan": 36} {
		l := limitsOf(p, debtType)
		if l.MaxCount != max || l.MinCount != 2 || l.InformOnly || l.Authority[arrange.Instalments] != arrange.ByBot || l.Policy != p.Version {
			t.Errorf("%s: %+v", debtType, l)
		}
	}
	if l := limitsOf(p, "medical"); l.MinMonthly >= limitsOf(p, "online_loan").MinMonthly || l.MaxDeferDays <= 60 {
		t.Errorf("medical is not more flexible: %+v", l)
	}
	for _, debtType := range []string{"tax", "parking_fine", ""} {
		l := limitsOf(p, debtType)
		for _, k := range arrange.Kinds {
			if !l.InformOnly || l.Authority[k] != arrange.ByNobody {
				t.Errorf("%q: %s by %s", debtType, k, l.Authority[k])
			}
		}
	}
}

func num(n int) *int { return &n }

func TestOverride(t *testing.T) {
	p := standard(t)
	low := ledger.Amount(2_000)
	q, err := p.Override(Overrides{MaxCount: num(24), MinMonthly: &low, Authority: map[arrange.Kind]string{arrange.Deferral: arrange.ByAgent}})
	if err != nil {
		t.Fatal(err)
	}
	l := limitsOf(q, "medical")
	if l.MaxCount != 24 || l.MinMonthly != 2_000 || l.Authority[arrange.Deferral] != arrange.ByAgent || l.Authority[arrange.Instalments] != arrange.ByBot {
		t.Errorf("%+v", l)
	}
	if q.Version == p.Version || l.Policy != q.Version {
		t.Errorf("version %s", q.Version)
	}
	if again, _ := p.Override(Overrides{MaxCount: num(24), MinMonthly: &low, Authority: map[arrange.Kind]string{arrange.Deferral: arrange.ByAgent}}); again.Version != q.Version {
		t.Error("the same overrides give another version")
	}
	if limitsOf(p, "medical").MaxCount != 60 {
		t.Error("the policy itself has changed")
	}
	if same, _ := p.Override(Overrides{}); same != p {
		t.Error("no overrides give another policy")
	}
	wide, err := p.Override(Overrides{MaxCount: num(120), Authority: map[arrange.Kind]string{arrange.Instalments: arrange.ByBot}})
	if err != nil {
		t.Fatal(err)
	}
	if got := limitsOf(wide, "credit_card").MaxCount; got != 60 {
		t.Errorf("the law's five years cannot be lifted: %d", got)
	}
	if l := limitsOf(wide, "tax"); !l.InformOnly || l.Authority[arrange.Instalments] != arrange.ByNobody {
		t.Errorf("tax can be negotiated: %+v", l)
	}
	tight, err := p.Override(Overrides{MinCount: num(24)})
	if err != nil {
		t.Fatal(err)
	}
	if l := limitsOf(tight, "utility"); l.MinCount > l.MaxCount {
		t.Errorf("utility: %d to %d", l.MinCount, l.MaxCount)
	}
	for name, o := range map[string]Overrides{
		"min above max":   {MinCount: num(12), MaxCount: num(6)},
		"percent":         {MaxPenaltyWaiverPct: num(101)},
		"negative":        {MaxDeferDays: num(-1)},
		"zero count":      {MinCount: num(0)},
		"huge count":      {MaxCount: num(1 << 40)},
		"no quote":        {QuoteHours: num(0)},
		"unknown kind":    {Authority: map[arrange.Kind]string{"loan": arrange.ByBot}},
		"unknown person":  {Authority: map[arrange.Kind]string{arrange.Token: "anyone"}},
		"negative amount": {MinMonthly: ptr(ledger.Amount(-1))},
	} {
		if _, err := p.Override(o); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func ptr[T any](v T) *T { return &v }

func TestFilesAreDecodedStrictly(t *testing.T) {
	good := string(defaultYAML)
	if _, err := Parse([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"unknown key":          strings.Replace(good, "  max_count: 36", "  max_counts: 36", 1),
		"unknown key in pack":  strings.Replace(good, "inform_only: true", "informs: true", 1),
		"text for a number":    strings.Replace(good, "max_count: 36", "max_count: many", 1),
		"fraction of a fen":    strings.Replace(good, "min_monthly_fen: 10000", "min_monthly_fen: 0.5", 1),
		"unknown pack":         good + "  parking: {}\n",
		"unknown order":        strings.Replace(good, "allocation: statutory", "allocation: mine", 1),
		"missing limit":        strings.Replace(good, "  quote_hours: 168\n", "", 1),
		"missing pack":         strings.Replace(good, "  private_loan: {}\n", "", 1),
		"negotiable tax":       strings.Replace(good, "inform_only: true", "max_count: 12", 1),
		"six years for a card": strings.Replace(good, "ceiling_count: 60", "ceiling_count: 72", 1),
		"no ceiling":           strings.Replace(good, "    ceiling_count: 60 ", "    # ", 1),
		"empty":                "",
		"a list":               "- 1\n",
	} {
		if bad == good {
			t.Fatalf("%s: the test no longer changes the file", name)
		}
		if _, err := Parse([]byte(bad)); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestEveryFaultAtOnce(t *testing.T) {
	bad := strings.NewReplacer("version: default-1", "version: ''", "allocation: statutory", "allocation: mine",
		"max_penalty_waiver_pct: 50", "max_penalty_waiver_pct: 500", "settlement: agent", "settlement: everybody",
		"  hold_days: 30\n", "").Replace(string(defaultYAML))
	_, err := Parse([]byte(bad))
	if err == nil {
		t.Fatal("accepted")
	}
	for _, part := range []string{"version", "allocation", "max_penalty_waiver_pct", "everybody", "base.hold_days"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not name %s:\n%v", part, err)
		}
	}
}

func TestLoad(t *testing.T) {
	dir := fstest.MapFS{"bank.yaml": {Data: []byte(strings.Replace(string(defaultYAML), "default-1", "bank-7", 1))}, "bad.yaml": {Data: []byte("version: x\n")}}
	if p, err := Load(dir, "bank.yaml"); err != nil || p.Version != "bank-7" || limitsOf(p, "medical").Policy != "bank-7" {
		t.Errorf("%v", err)
	}
	for _, name := range []string{"bad.yaml", "none.yaml"} {
		if _, err := Load(dir, name); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAcceptedMeansUsable: whatever overrides are accepted, every debt type gets limits that hold together.
func TestAcceptedMeansUsable(t *testing.T) {
	p := standard(t)
	rapid.Check(t, func(t *rapid.T) {
		maybe := func(name string) *int {
			if !rapid.Bool().Draw(t, name+" given") {
				return nil
			}
			return num(rapid.IntRange(-2, 130).Draw(t, name))
		}
		q, err := p.Override(Overrides{MinCount: maybe("min"), MaxCount: maybe("max"), MaxDeferDays: maybe("defer"),
			MaxPenaltyWaiverPct: maybe("pct"), QuoteHours: maybe("hours"), TokenMonths: maybe("months")})
		if err != nil {
			return
		}
		for _, debtType := range DebtTypes {
			l := limitsOf(q, debtType)
			if l.MinCount < 1 || l.MinCount > l.MaxCount || debtType == "credit_card" && l.MaxCount > cardCeiling || l.QuoteHours < 1 {
				t.Fatalf("%s: %+v", debtType, l)
			}
			a := arrange.Quote(arrange.Request{Now: time.Date(2026, 12, 2, 2, 0, 0, 0, time.UTC), Limits: l,
				Account: arrange.Account{ID: "a", DebtType: debtType, Balance: ledger.Balance{Principal: 1_000_000, Penalty: 5_000}}})
			if len(a.Offers) == 0 && len(a.Refused) == 0 {
				t.Fatalf("%s: no answer", debtType)
			}
		}
	})
}
