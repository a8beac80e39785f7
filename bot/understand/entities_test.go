package understand

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"hejie/flows"
)

var (
	entityZone = time.FixedZone("UTC+8", 8*3600)
	entityNow  = time.Date(2026, 11, 21, 10, 0, 0, 0, entityZone)
)

type entityCase struct {
	Say      string   `yaml:"say"`
	Currency string   `yaml:"currency"`
	Context  string   `yaml:"context"`
	Want     []string `yaml:"want"`
}

func entityCases(t testing.TB) []entityCase {
	t.Helper()
	raw, err := os.ReadFile("testdata/entities.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []entityCase
	if err := yaml.UnmarshalWithOptions(raw, &all, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return all
}

// told writes an entity as the test data does.
func told(e Entity) string {
	v := fmt.Sprint(e.Value)
	switch x := e.Value.(type) {
	case Span:
		v = fmt.Sprintf("%v..%v", x.Min, x.Max)
	case Days:
		v = x.Start + ".." + x.End
	}
	if e.Kind == "percent" && e.Per != "" {
		v += " " + e.Per
	}
	if e.Kind == "money" && e.Currency != "CNY" {
		v += " " + e.Currency
	}
	return e.Kind + " " + v + " = " + e.Text
}

func testGrammar(t testing.TB) *Grammar {
	t.Helper()
	g, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestEntities(t *testing.T) {
	g := testGrammar(t)
	for _, c := range entityCases(t) {
		m := g.Read(Input{Text: c.Say, Now: entityNow, Zone: entityZone, Currency: c.Currency, Context: c.Context})
		slices.SortFunc(m.Entities, func(a, b Entity) int { return a.Start - b.Start })
		got := []string{}
		for _, e := range m.Entities {
			if cut := string([]rune(c.Say)[e.Start:e.End]); cut != e.Text {
				t.Errorf("%s: span [%d,%d) is %q, not %q", c.Say, e.Start, e.End, cut, e.Text)
			}
			got = append(got, told(e))
		}
		if !slices.Equal(got, c.Want) {
			t.Errorf("%s\n got  %q\n want %q", c.Say, got, c.Want)
		}
	}
}

func TestSteps(t *testing.T) {
	g := testGrammar(t)
	for say, want := range map[string][]Step{
		"前三个月500后面1000":                  {{3, 50000, "CNY"}, {0, 100000, "CNY"}},
		"头两期还300，剩下的每期800":               {{2, 30000, "CNY"}, {0, 80000, "CNY"}},
		"前半年每月八百，后半年每月一千五":               {{6, 80000, "CNY"}, {6, 150000, "CNY"}},
		"前6期每期400块，中间缓一下，后6期每期900块":      {{6, 40000, "CNY"}, {6, 90000, "CNY"}},
		"first 3 months $100, then $250": {{3, 10000, "USD"}, {0, 25000, "USD"}},
		"每个月500":                         nil,
		"先还500":                          nil,
		"工资4000房租1500":                   nil,
		"分12期每期500":                      nil,
	} {
		m := g.Read(Input{Text: say, Now: entityNow, Zone: entityZone})
		if !slices.Equal(m.Steps, want) {
			t.Errorf("%s: %v, want %v", say, m.Steps, want)
		}
	}
}

// What can be read in two ways says so, and is not acted on as if it were sure.
func TestDoubtIsKept(t *testing.T) {
	g := testGrammar(t)
	find := func(in Input) Entity {
		in.Now, in.Zone = entityNow, entityZone
		m := g.Read(in)
		if len(m.Entities) != 1 {
			t.Fatalf("%s: %d entities", in.Text, len(m.Entities))
		}
		return m.Entities[0]
	}
	if e := find(Input{Text: "15"}); e.Kind != "number" {
		t.Errorf("a bare 15 is a %s", e.Kind)
	}
	for currency, want := range map[string]string{"USD": "2027-03-04", "GBP": "2027-04-03"} {
		if e := find(Input{Text: "maybe 03/04", Currency: currency}); !e.Twofold || e.Value != want {
			t.Errorf("03/04 in %s: %v, twofold %v", currency, e.Value, e.Twofold)
		}
	}
	if e := find(Input{Text: "三五百"}); e.Value != any(Span{int64(30000), int64(50000)}) {
		t.Errorf("三五百 is %v", e.Value)
	}
	if e := find(Input{Text: "小几千"}); !e.Approx {
		t.Error("小几千 is exact")
	}
	if e := find(Input{Text: "身份证110101199003070039"}); e.Kind != "id_card" || !e.Invalid {
		t.Errorf("a wrong check digit: %s, invalid %v", e.Kind, e.Invalid)
	}
	if e := find(Input{Text: "卡号4111111111111112"}); e.Kind != "bank_card" || !e.Invalid {
		t.Errorf("a wrong card: %s, invalid %v", e.Kind, e.Invalid)
	}
}

// 发工资那天 is a date only when the debtor has said which day that is.
func TestPayday(t *testing.T) {
	g := testGrammar(t)
	slot := func(known map[string]flows.Value) (flows.Value, bool) {
		m := g.Read(Input{Text: "发工资那天还你一千", Now: entityNow, Zone: entityZone, Known: known})
		for _, c := range m.Commands {
			if c.Do == flows.DoSet && (c.Slot == flows.SlotDate || c.Slot == flows.SlotDayOfMonth) {
				return c.Value, true
			}
		}
		return flows.Value{}, false
	}
	if v, ok := slot(nil); ok {
		t.Errorf("payday unknown, yet read as %v", v)
	}
	v, ok := slot(map[string]flows.Value{flows.SlotPayday: {Kind: flows.KindDay, Count: 10}})
	if !ok || v.Kind == flows.KindDate && v.Date.String() != "2026-12-10" || v.Kind == flows.KindDay && v.Count != 10 {
		t.Errorf("payday the 10th: %v, %v", v, ok)
	}
}

// BenchmarkReadLength tells what ten times the text costs, as a multiple: about ten when no reader looks back over it all.
func BenchmarkReadLength(b *testing.B) {
	g := testGrammar(b)
	for _, unit := range []string{"一千", "1 ", "万", "15号", "三个月", "500或", "12/1 ", "腊月", "下周", "two ", "$5 ", "first ", "还500"} {
		b.Run(strings.TrimSpace(unit), func(b *testing.B) {
			cost := func(n int) float64 {
				s := strings.Repeat(unit, n/len([]rune(unit)))
				start := time.Now()
				for range 3 {
					g.Read(Input{Text: s, Now: entityNow, Zone: entityZone})
				}
				return float64(time.Since(start))
			}
			small, large := 0.0, 0.0
			for b.Loop() {
				small, large = small+cost(400), large+cost(4000)
			}
			b.ReportMetric(large/small, "x/10x-text")
		})
	}
}

func FuzzEntities(f *testing.F) {
	for _, c := range entityCases(f) {
		f.Add(c.Say, c.Currency)
	}
	g := testGrammar(f)
	f.Fuzz(func(t *testing.T, s, currency string) {
		if len(s) > 3000 {
			return
		}
		rs := []rune(s)
		for _, in := range []Input{{Text: s, Currency: currency, Now: entityNow, Zone: entityZone}, {Text: s, Lang: "en", Context: "ask_identity"}} {
			for _, e := range g.Read(in).Entities {
				if e.Start < 0 || e.End > len(rs) || e.Start >= e.End || e.Text != string(rs[e.Start:e.End]) {
					t.Fatalf("%q: entity %+v", s, e)
				}
				if _, err := json.Marshal(e); err != nil {
					t.Fatalf("%q: %v", s, err)
				}
			}
		}
	})
}
