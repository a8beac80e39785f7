package understand

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"hejie/flows"
)

var testZone = time.FixedZone("UTC+8", 8*3600)

// testNow is a Saturday.
var testNow = time.Date(2026, 11, 21, 10, 0, 0, 0, testZone)

type utterance struct {
	Say     string         `yaml:"say"`
	Context string         `yaml:"context"`
	Main    flows.Intent   `yaml:"main"`
	Also    []flows.Intent `yaml:"also"`
	Not     []flows.Intent `yaml:"not"`
	Slots   map[string]any `yaml:"slots"`
}

func load(t *testing.T) *Grammar {
	t.Helper()
	g, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestUtterances(t *testing.T) {
	raw, err := os.ReadFile("testdata/utterances.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []utterance
	if err := yaml.UnmarshalWithOptions(raw, &all, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	g := load(t)
	for _, u := range all {
		m := g.Read(Input{Text: u.Say, Context: u.Context, Now: testNow, Zone: testZone, Currency: "CNY"})
		main := flows.Intent("-")
		if len(m.Intents) > 0 {
			main = m.Intents[0]
		}
		if u.Main != "" && main != u.Main {
			t.Errorf("%s: main %s, want %s (%v)", u.Say, main, u.Main, m.Intents)
		}
		for _, i := range u.Also {
			if !slices.Contains(m.Intents, i) {
				t.Errorf("%s: %s is missing in %v", u.Say, i, m.Intents)
			}
		}
		for _, i := range u.Not {
			if slices.Contains(m.Intents, i) {
				t.Errorf("%s: must not be %s (%v)", u.Say, i, m.Intents)
			}
		}
		got := map[string]string{}
		for _, c := range m.Commands {
			if c.Do == flows.DoSet {
				got[c.Slot] = shown(c.Value)
			}
		}
		for slot, want := range u.Slots {
			if got[slot] != fmt.Sprint(want) {
				t.Errorf("%s: slot %s is %q, want %v (all: %v)", u.Say, slot, got[slot], want, got)
			}
		}
	}
}

func shown(v flows.Value) string {
	switch v.Kind {
	case flows.KindMoney:
		return fmt.Sprint(int64(v.Money))
	case flows.KindDate:
		return v.Date.String()
	case flows.KindCount, flows.KindDay:
		return fmt.Sprint(v.Count)
	case flows.KindPercent:
		return fmt.Sprint(v.Percent)
	}
	return v.Text
}
