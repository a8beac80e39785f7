package flows

import (
	"testing"
	"time"
)

func TestCheck(t *testing.T) {
	start := time.Now()
	r, err := Check(engine(t))
	if err != nil {
		t.Fatal(err)
	}
	s, n := r.Totals()
	t.Logf("%d states, %d edges, %v", s, n, time.Since(start))
	for _, c := range r.Cases {
		t.Logf("%+v", c)
	}
	for _, p := range r.Proofs {
		t.Logf("%s: %d", p.ID, p.Checked)
		for _, v := range p.Violations {
			t.Errorf("%s [%s] %v: %s", p.ID, v.Case, v.Path, v.Detail)
		}
	}
}
