package policy

import (
	"strings"
	"testing"
	"testing/fstest"

	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

func TestBuiltinPoliciesHold(t *testing.T) {
	reports, err := Inspect(Builtin())
	if err != nil || len(reports) != 2 {
		t.Fatalf("%d files, %v", len(reports), err)
	}
	for _, r := range reports {
		if !r.OK() || len(r.Examples) < 5 {
			t.Errorf("%s: %s %+v", r.File, r.Error, r.Examples)
		}
	}
}

func sample(t testing.TB) string {
	t.Helper()
	raw, err := data.ReadFile("data/sample-bank.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestFaultsInLayers: each fault of a policy's upper layers is found, and named.
func TestFaultsInLayers(t *testing.T) {
	good := sample(t)
	for name, x := range map[string][3]string{
		"gap":              {"{overdue: {from: 31, to: 91}, balance", "{overdue: {from: 31, to: 90}, balance", "a gap at"},
		"overlap":          {"{overdue: {to: 31}, balance", "{overdue: {to: 32}, balance", "overlap at"},
		"empty span":       {"{overdue: {from: 31, to: 91}, balance", "{overdue: {from: 91, to: 31}, balance", "is empty"},
		"risk":             {"risk: [high]", "risk: [awful]", "risk \"awful\""},
		"rung order":       {"round: 1,", "round: 5,", "unreachable"},
		"rung takes back":  {"max_defer_days: 120}", "max_defer_days: 20}", "takes max_defer_days back"},
		"idle rung":        {"needs: {means: true}, max_first_due_days: 75, max_defer_days: 120}", "needs: {means: true}}", "changes nothing"},
		"points order":     {"at: 6", "at: 2", "at must rise"},
		"promotion":        {"to: 2026-03-31", "to: 2026-02-01", "from and to in order"},
		"season kind":      {"kind: moratorium", "kind: stop", "neither moratorium nor soft"},
		"stop of a year":   {"from: 11-01, to: 11-30", "from: 01-01, to: 12-31", "the moratoria leave"},
		"grid kind":        {"low: [token, deferral]}", "low: [token, gift]}", "unknown kind \"gift\""},
		"authority":        {"settlement: supervisor}\nladder", "settlement: boss}\nladder", "\"boss\""},
		"roll":             {"due_on_holiday: following", "due_on_holiday: modified", "due_on_holiday"},
		"plan rate":        {"grace_days: 3", "plan_rate: \"36\"\n  grace_days: 3", "plan_rate is 36"},
		"unknown key":      {"needs: {means: true}, max_first", "needs: {sex: male}, max_first", "sex"},
		"segment's limits": {"max_penalty_waiver_pct: 80", "max_penalty_waiver_pct: 800", "in segment late"},
	} {
		bad := strings.Replace(good, x[0], x[1], 1)
		if bad == good {
			t.Fatalf("%s: the test no longer changes the file", name)
		}
		if _, err := Parse([]byte(bad)); err == nil || !strings.Contains(err.Error(), x[2]) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, x := range map[string][2]string{
		"wrong expectation": {"waived_fen: 9000", "waived_fen: 9001"}, "mistyped expectation": {"waived_fen: 9000", "waved_fen: 9000"},
		"mistyped wish": {"ask: {kind: waiver}", "ask: {kinds: waiver}"},
	} {
		fs := fstest.MapFS{"x.yaml": {Data: []byte(strings.Replace(good, x[0], x[1], 1))}}
		if r, err := Inspect(fs); err != nil || r[0].Failing != 1 || r[0].OK() {
			t.Errorf("%s: %+v %v", name, r, err)
		}
	}
	if _, err := Inspect(fstest.MapFS{}); err == nil {
		t.Error("an empty folder is fine")
	}
}

func TestLayers(t *testing.T) {
	p, err := Parse([]byte(sample(t)))
	if err != nil {
		t.Fatal(err)
	}
	acc := arrange.Account{DebtType: "online_loan", DaysPastDue: 120, Balance: ledger.Balance{Principal: 100_000}}
	if l := p.LimitsAt(acc, Facts{Risk: "high"}); l.MaxInterestWaivePct != 50 || l.Authority[arrange.WaiverIfBy] != arrange.ByAgent {
		t.Errorf("segment: %+v", l)
	}
	if l := p.LimitsAt(acc, Facts{Points: 6}); l.MaxSkips != 2 || l.MaxPenaltyWaiverPct != 100 {
		t.Errorf("points: %+v", l)
	}
	if l := p.LimitsAt(acc, Facts{Round: 2}); l.Rung != "" {
		t.Errorf("a rung without its condition: %s", l.Rung)
	}
	if l := p.LimitsAt(acc, Facts{Round: 2, MeansTold: true}); l.Rung != "a_person_may_settle" || l.MinSettlement == 0 {
		t.Errorf("ladder: %+v", l)
	}
	july := calendar.Date{Year: 2026, Month: 7, Day: 10}
	if l := p.LimitsAt(acc, Facts{Today: july}); l.MaxFirstDueDays != 75 {
		t.Errorf("season: %+v", l)
	}
	if _, stop := p.Moratorium(calendar.Date{Year: 2026, Month: 11, Day: 5}); !stop {
		t.Error("no stop in November")
	}
	if d := p.ProactiveFrom(calendar.Date{Year: 2026, Month: 11, Day: 5}, "d1"); d.Month != 12 {
		t.Errorf("written to on %s", d)
	}
}
