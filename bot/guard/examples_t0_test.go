package guard_test

import (
	"slices"
	"testing"

	"hejie/bot/guard"
)

// The rules against threats and pressure are judged by what they stop and what they let pass: each carries enough of both, and enough
// messages that only look harmless. That the examples hold is tested with the pack itself.
func TestPressureRulesCarryEnoughExamples(t *testing.T) {
	report, err := guard.InspectDefault()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"T01", "T02", "T03", "T04", "T05", "T06", "T07", "T08", "T09"}
	for _, r := range report.Rules {
		i := slices.Index(want, r.ID)
		if i < 0 {
			continue
		}
		want = slices.Delete(want, i, i+1)
		if r.Blocked < 15 || r.Passed < 10 || r.Hard < 6 {
			t.Errorf("%s: %d blocked, %d passed, %d hard examples", r.ID, r.Blocked, r.Passed, r.Hard)
		}
	}
	if len(want) > 0 {
		t.Errorf("no report on %v", want)
	}
}
