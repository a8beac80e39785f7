package web

import (
	"testing"

	"hejie/flows/arrange"
	"hejie/flows/policy"
)

// The table of authority names every debt type, every kind, and each segment that changes who decides.
func TestAuthorities(t *testing.T) {
	for _, file := range []string{"default.yaml", "sample-bank.yaml"} {
		p, err := policy.Load(policy.Builtin(), file)
		if err != nil {
			t.Fatal(err)
		}
		rows := authorities(p)
		seen, segments := map[string]bool{}, map[string]bool{}
		for _, r := range rows {
			seen[r.DebtType], segments[r.Segment] = true, true
			for _, k := range arrange.Kinds {
				if r.Kinds[k] == "" {
					t.Errorf("%s: %s %s says nothing of %s", file, r.DebtType, r.Segment, k)
				}
			}
			if r.DebtType == "tax" && r.Kinds[arrange.Instalments] != arrange.ByNobody {
				t.Errorf("%s: somebody here may arrange a tax: %+v", file, r)
			}
		}
		for debt := range p.Packs {
			if !seen[debt] {
				t.Errorf("%s: %s is missing", file, debt)
			}
		}
		for _, s := range p.Segments {
			if !segments[s.Name] {
				t.Errorf("%s: segment %s is missing", file, s.Name)
			}
		}
	}
}
