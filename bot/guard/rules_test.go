package guard

import (
	"io/fs"
	"testing"
)

func TestRulesExamples(t *testing.T) {
	sub, err := fs.Sub(embedded, "rules")
	if err != nil {
		t.Fatal(err)
	}
	rs, err := load(sub)
	if err != nil {
		t.Fatal(err)
	}
	f := &Filter{rs: rs}
	for _, o := range f.Examples() {
		if !o.OK {
			t.Errorf("%s %s %q: %s %s", o.Rule, o.Want, o.Text, o.Verdict.Decision, o.Verdict.rules())
		}
	}
}
