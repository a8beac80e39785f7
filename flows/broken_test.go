package flows

import (
	"encoding/json"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"hejie/prompts"
)

// withFile is the embedded flows with one text changed in one of them.
func withFile(t *testing.T, name, old, replacement string) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(flowFiles, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		b, err := fs.ReadFile(flowFiles, n)
		if err != nil {
			t.Fatal(err)
		}
		s := string(b)
		if n == name {
			if !strings.Contains(s, old) {
				t.Fatalf("%s does not hold %q", n, old)
			}
			s = strings.Replace(s, old, replacement, 1)
		}
		files[n] = &fstest.MapFile{Data: []byte(s)}
	}
	return files
}

// Each property must be able to fail: here is a flow that breaks it.
func TestCheckFindsBrokenFlows(t *testing.T) {
	cat, err := prompts.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ property, file, old, replacement, sample string }{
		{"clean", "balance.yaml", "requires: [identity, account]", "requires: []", "credit card, visitor"},
		{"identity", "verify_identity.yaml", "none: ask}", "none: leak}\n  - id: leak\n    do: leak_for_test\n    next: ask", "credit card, visitor"},
		{"person", "human_agent.yaml", "- handoff: asked", "- say: help", "tax"},
		{"no_dead_end", "plan_status.yaml", "say: plan_none\n    quick: [instalments, balance, person]", "do: swallow_for_test", "tax"},
		{"explicit_yes", "agree_terms.yaml", "no: not_made, other: draw, less", "no: agreed, other: draw, less", "past limitation"},
		{"slots", "is_this_real.yaml", "    say: is_real_plain\n    quick: [verify, person]", "    do: unset_for_test", "enforcement, held, little known of the creditor"},
		{"crisis", "crisis.yaml", "say: crisis\n", "say: [crisis, hardship_options]\n", "tax"},
		{"triggers", "lawyer.yaml", "    hold: {reason: lawyer, scope: debtor}\n    case: {kind: lawyer, days: 3}\n    say: lawyer", "    say: help", "tax"},
	} {
		t.Run(c.property, func(t *testing.T) {
			e, err := NewEngine(cat, Options{Files: withFile(t, c.file, c.old, c.replacement)})
			if err != nil {
				t.Fatal(err)
			}
			r, err := check(e, c.sample)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range r.Proofs {
				if p.ID == c.property && len(p.Violations) == 0 {
					t.Errorf("%s holds although the flow is broken", c.property)
				}
			}
		})
	}
}

// A flow file that names something unknown, or has a step nobody reaches, must stop the start.
func TestCompileRefuses(t *testing.T) {
	cat, err := prompts.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ file, old, replacement, want string }{
		{"balance.yaml", "do: balance_state", "do: guess", `unknown action "guess"`},
		{"balance.yaml", "say: balance_zero", "say: no_such_text", `"no_such_text", which no catalogue has`},
		{"balance.yaml", "when: has_excess", "when: full_moon", `unknown predicate "full_moon"`},
		{"balance.yaml", "card: balance", "card: tarot", `unknown card "tarot"`},
		{"balance.yaml", "requires: [identity, account]", "requires: [luck]", `unknown gate "luck"`},
		{"balance.yaml", "zero: zero, tax: tax", "zero: zero", `does not say what follows "tax"`},
		{"balance.yaml", "about:", "abuot:", "unknown field"},
		{"balance.yaml", "next: transit", "next: nowhere", `unknown step "nowhere"`},
		{"human_agent.yaml", "  - handoff: asked", "  - id: a\n    say: help\n    next: a", "never ends"},
		{"human_agent.yaml", "  - handoff: asked", "  - handoff: asked\n    next: end\n  - say: help", "can never be reached"},
		{"human_agent.yaml", "[human_agent]", "[mind_reading]", `unknown intent "mind_reading"`},
		{"dispute.yaml", "days: 15", "days: 0", "without a deadline"},
		{"verify_identity.yaml", "context: ask_identity", "context: ask_anything", "unknown context"},
		{"is_this_real.yaml", "quick: [verify, person]", "quick: [verify, lottery]", `offers "lottery"`},
	} {
		_, err := NewEngine(cat, Options{Files: withFile(t, c.file, c.old, c.replacement)})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %q: got %v, want %q", c.file, c.replacement, err, c.want)
		}
	}
}

// The schema that editors use accepts every flow file, and refuses what the program refuses.
func TestSchemaFitsFlows(t *testing.T) {
	var doc any
	if err := json.Unmarshal(Schema, &doc); err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("flow.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("flow.json")
	if err != nil {
		t.Fatal(err)
	}
	names, _ := filepath.Glob("*.yaml")
	for _, n := range names {
		b, err := fs.ReadFile(flowFiles, n)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(asJSON(t, b)); err != nil {
			t.Errorf("%s: %v", n, err)
		}
		if err := s.Validate(asJSON(t, append(b, "surprise: 1\n"...))); err == nil {
			t.Errorf("%s: an unknown key is accepted", n)
		}
	}
}

func asJSON(t *testing.T, b []byte) any {
	t.Helper()
	j, err := yaml.YAMLToJSON(b)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(j)))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func init() {
	// A deliberately leaking action, so that the checker's own eye for figures is tested without the engine's guard.
	actions["leak_for_test"] = action{[]string{"said"}, func(t *turn) string {
		t.replies = append(t.replies, Reply{ID: "balance_daily", Slots: map[string]Value{
			"daily": {Kind: KindMoney, Money: 542, Origin: "balance:a"},
		}})
		return "said"
	}}
	actions["swallow_for_test"] = action{[]string{"done"}, func(*turn) string { return "done" }}
	actions["unset_for_test"] = action{[]string{"done"}, func(t *turn) string {
		t.replies = append(t.replies, Reply{ID: "is_real"})
		return "done"
	}}
}
