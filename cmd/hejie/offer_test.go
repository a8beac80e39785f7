package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hejie/flows/policy"
	"hejie/prompts"
)

const cardCase = `{"now":"2026-12-02T10:00:00+08:00","account":{"debt_type":"credit_card","creditor":"Bank","principal_fen":1080000,` +
	`"interest_fen":81300,"penalty_fen":10840,"fees_fen":6000,"annual_rate":18.25,"days_overdue":63,"stage":"d31-90"},"debtor":{}`

func runOffer(t *testing.T, c OfferCmd, in string) ([]map[string]any, error) {
	t.Helper()
	var out, errs bytes.Buffer
	err := c.Run(&IO{In: strings.NewReader(in), Out: &out, Err: &errs})
	var lines []map[string]any
	for line := range strings.Lines(out.String()) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("answer is not JSON: %v\n%s", err, line)
		}
		lines = append(lines, v)
	}
	return lines, err
}

func one(t *testing.T, c OfferCmd, in string) map[string]any {
	t.Helper()
	lines, err := runOffer(t, c, in)
	if err != nil || len(lines) != 1 {
		t.Fatalf("%d answers, %v", len(lines), err)
	}
	return lines[0]
}

func offersOf(t *testing.T, answer map[string]any) []map[string]any {
	t.Helper()
	var out []map[string]any
	for _, o := range answer["offers"].([]any) {
		out = append(out, o.(map[string]any))
	}
	return out
}

func TestOfferShape(t *testing.T) {
	a := one(t, OfferCmd{}, cardCase+`,"ask":{"count":12,"first_due":"2026-12-12"}}`)
	offers := offersOf(t, a)
	if a["ask"] != "met" || len(offers) != 1 {
		t.Fatalf("%v", a)
	}
	o := offers[0]
	for _, key := range []string{"id", "kind", "total_fen", "waived_fen", "instalments", "valid_until", "needs_approval", "why"} {
		if _, ok := o[key]; !ok {
			t.Errorf("offer has no %s", key)
		}
	}
	for _, w := range o["why"].([]any) {
		if s := w.(string); s == "" || strings.Contains(s, "{") || strings.Contains(s, "_") {
			t.Errorf("reason %q is no sentence", s)
		}
	}
	sum, parts := 0.0, 0.0
	for _, x := range o["instalments"].([]any) {
		in := x.(map[string]any)
		sum += in["amount_fen"].(float64)
		for _, key := range []string{"principal_fen", "interest_fen", "penalty_fen", "fees_fen"} {
			parts += in[key].(float64)
		}
	}
	if want := 1178140.0; sum != want || parts != want || o["total_fen"] != want {
		t.Errorf("sum %v, parts %v, total %v", sum, parts, o["total_fen"])
	}
	if first := o["instalments"].([]any)[0].(map[string]any); first["n"] != 1.0 || first["due"] != "2026-12-12" {
		t.Errorf("first %v", first)
	}
}

func TestOfferRefusals(t *testing.T) {
	tax := strings.Replace(cardCase, "credit_card", "tax", 1)
	a := one(t, OfferCmd{}, tax+`,"ask":{"count":3}}`)
	if a["ask"] != "refused" || len(a["offers"].([]any)) != 0 || len(a["refused"].([]any)) != 5 {
		t.Fatalf("%v", a)
	}
	for _, r := range a["refused"].([]any) {
		if why := r.(map[string]any)["why"].(string); why == "" {
			t.Error("refused without a reason")
		}
	}
	a = one(t, OfferCmd{}, cardCase+`,"ask":{"count":600}}`)
	if offers := offersOf(t, a); a["ask"] != "nearest" || len(offers) < 2 || len(offers[0]["instalments"].([]any)) != 60 {
		t.Errorf("%v", a)
	}
	a = one(t, OfferCmd{}, cardCase+`,"ask":{"lump_fen":117814}}`) // ninety percent off
	for _, o := range offersOf(t, a) {
		if o["waived_fen"].(float64) > 5420 {
			t.Errorf("waived %v", o["waived_fen"])
		}
	}
	if a["ask"] != "nearest" {
		t.Errorf("ask %v", a["ask"])
	}
}

func TestOfferBadLines(t *testing.T) {
	good := cardCase + "}\n"
	in := good + "{oops\n" + strings.Replace(good, "1080000", "-1", 1) + strings.Replace(good, "1080000", "10.5", 1) +
		strings.Replace(good, "credit_card", "gambling", 1) + strings.Replace(good, "2026-12-02T10:00:00+08:00", "yesterday", 1) +
		strings.Replace(good, "}\n", `,"policy":"../secret"}`+"\n", 1) + strings.Replace(good, "1080000", "9223372036854775807", 1) + good
	lines, err := runOffer(t, OfferCmd{}, in)
	if !errors.Is(err, errFails) || len(lines) != 9 {
		t.Fatalf("%d answers, %v", len(lines), err)
	}
	for i, line := range lines {
		fault, bad := line["error"].(map[string]any)
		if wantBad := i > 0 && i < 8; bad != wantBad {
			t.Errorf("line %d: %v", i+1, line)
		} else if bad && (line["line"] != float64(i+1) || fault["code"] == "" || fault["message"] == "") {
			t.Errorf("line %d: %v", i+1, line)
		}
	}
}

func TestOfferInput(t *testing.T) {
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, []byte(cardCase+`,"ask":{"count":12}}`), "", "  "); err != nil {
		t.Fatal(err)
	}
	if a := one(t, OfferCmd{}, pretty.String()); a["ask"] != "met" {
		t.Errorf("a document over several lines: %v", a)
	}
	if _, err := runOffer(t, OfferCmd{}, "{\n  \"now\": "); !errors.Is(err, errUsage) {
		t.Errorf("half a document: %v", err)
	}
	if lines, err := runOffer(t, OfferCmd{}, ""); err != nil || len(lines) != 0 {
		t.Errorf("nothing in: %v %v", lines, err)
	}
	if _, err := runOffer(t, OfferCmd{Now: "noon"}, ""); !errors.Is(err, errUsage) {
		t.Errorf("--now: %v", err)
	}
	undated := strings.Replace(cardCase, `"now":"2026-12-02T10:00:00+08:00",`, "", 1) + `,"ask":{"defer_to":"2030-01-31"}}`
	a := one(t, OfferCmd{Now: "2030-01-02T23:30:00Z"}, undated) // already the 3rd in China
	if o := offersOf(t, a)[0]; a["ask"] != "met" || !strings.HasPrefix(o["valid_until"].(string), "2030-01-09") {
		t.Errorf("--now is the clock: %v", a)
	}
}

func TestOfferPolicies(t *testing.T) {
	a := one(t, OfferCmd{}, cardCase+`,"ask":{"count":12},"policy":{"max_count":6}}`)
	if a["ask"] != "nearest" || len(offersOf(t, a)[0]["instalments"].([]any)) != 6 {
		t.Errorf("overrides: %v", a)
	}
	if _, err := runOffer(t, OfferCmd{}, cardCase+`,"policy":{"max_counts":6}}`); !errors.Is(err, errFails) {
		t.Errorf("an unknown override: %v", err)
	}
	raw, err := os.ReadFile(filepath.FromSlash("../../flows/policy/data/default.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	strict := strings.NewReplacer("default-1", "strict-1", "deferral: bot", "deferral: agent").Replace(string(raw))
	if err := os.WriteFile(filepath.Join(dir, "strict.yaml"), []byte(strict), 0o600); err != nil {
		t.Fatal(err)
	}
	a = one(t, OfferCmd{PolicyDir: dir}, cardCase+`,"ask":{"defer_to":"2026-12-20"},"policy":"strict"}`)
	if o := offersOf(t, a)[0]; o["policy"] != "strict-1" || o["needs_approval"] != true {
		t.Errorf("a named policy: %v", o)
	}
	if _, err := runOffer(t, OfferCmd{PolicyDir: dir}, cardCase+`,"policy":"absent"}`); !errors.Is(err, errFails) {
		t.Errorf("an absent policy: %v", err)
	}
}

func TestOfferExcess(t *testing.T) {
	loan := strings.NewReplacer("credit_card", "private_loan", "18.25", `36,"contract_date":"2025-12-01"`).Replace(cardCase)
	a := one(t, OfferCmd{}, loan+`,"ask":{"count":12}}`)
	// 12 % of 36 %: a third of the interest, and nothing beside it
	if o := offersOf(t, a)[0]; o["total_fen"] != 1107100.0 || a["excess_fen"] != 71040.0 {
		t.Errorf("total %v, excess %v", o["total_fen"], a["excess_fen"])
	}
}

// TestOfferIsBlindToThePerson: whatever else a line tells about somebody, the answer is the same, byte for byte.
func TestOfferIsBlindToThePerson(t *testing.T) {
	who := []string{``, `"name":"李娜","sex":"female","age":63,"region":"甘肃",`, `"name":"Tenzin","sex":"male","age":22,"region":"上海","nationality":"x","religion":"y",`}
	for _, ask := range []string{`{}`, `{"count":12}`, `{"count":600}`, `{"kind":"waiver"}`, `{"every":"weekly","down_fen":100000}`} {
		var first []byte
		for _, w := range who {
			line := strings.Replace(cardCase, `"debtor":{}`, `"debtor":{`+w+`"monthly_income_fen":600000,"monthly_outgoings_fen":450000,"payday":10}`, 1) + `,"ask":` + ask + `}`
			raw, err := json.Marshal(one(t, OfferCmd{}, line))
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = raw
			} else if !bytes.Equal(first, raw) {
				t.Errorf("%s as %s:\n%s\n%s", ask, w, first, raw)
			}
		}
	}
}

func TestOfferArithmetic(t *testing.T) {
	sum := `{"id":"a","kind":"function","inputs":{"function":"PMT","args":{"rate":0.01,"nper":12,"pv":12000}},"expected":{"value":-1066.19},"tolerance":{"abs":0.005}}`
	if a := one(t, OfferCmd{}, sum); a["ok"] != true {
		t.Errorf("%v", a)
	}
	lines, err := runOffer(t, OfferCmd{}, strings.Replace(sum, "-1066.19", "-1066", 1)+"\n"+cardCase+"}")
	if !errors.Is(err, errFails) || len(lines) != 2 || lines[0]["ok"] != false || lines[1]["ask"] != "met" {
		t.Errorf("%v %v", lines, err)
	}
}

func TestOfferTellsTheCost(t *testing.T) {
	a := one(t, OfferCmd{}, cardCase+`,"ask":{"kind":"waiver"}}`)
	if o := offersOf(t, a)[0]; o["cost_fen"] != -5420.0 || o["apr"] != 0.0 {
		t.Errorf("%v", o)
	}
	a = one(t, OfferCmd{}, cardCase+`,"ask":{"count":600}}`)
	if o := offersOf(t, a)[0]; o["cost_fen"] != 0.0 || a["path"] != "person" {
		t.Errorf("%v %v", a["path"], o)
	}
}

func BenchmarkOffer(b *testing.B) {
	words, err := prompts.Load()
	if err != nil {
		b.Fatal(err)
	}
	o := offerer{words: words, lang: "zh-Hans", policies: map[string]*policy.Policy{}}
	for name, ask := range map[string]string{"unasked": `{}`, "nearest": `{"count":600}`, "shaped": `{"every":"weekly","down_fen":100000,"stepped":true}`} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				var in offerIn
				if err := json.Unmarshal([]byte(cardCase+`,"ask":`+ask+`}`), &in); err != nil {
					b.Fatal(err)
				}
				if _, err := o.answer(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestOfferFromHistory(t *testing.T) {
	line := strings.Replace(cardCase, `"stage":"d31-90"}`, `"stage":"d31-90","payments":[{"on":"2026-07-15"},{"on":"2026-08-15"},{"on":"2026-09-16"}]}`, 1) +
		`,"history":{"on_time":3,"kept":1,"came_self":true},"ask":{"kind":"waiver"}}`
	a := one(t, OfferCmd{}, line)
	if o := offersOf(t, a)[0]; o["waived_fen"] != 6504.0 { // three payments in time: 60 percent of the penalty
		t.Errorf("%v", o)
	}
	seen, _ := a["payday_seen"].(map[string]any)
	assessed, _ := a["assessment"].(map[string]any)
	if seen["day"] != 15.0 || len(seen["evidence"].([]any)) != 3 || assessed["willing"] != "high" || len(assessed["why"].([]any)) == 0 {
		t.Errorf("%v %v", seen, assessed)
	}
	a = one(t, OfferCmd{}, strings.Replace(line, `{"kind":"waiver"}`, `{"count":3}`, 1))
	if first := offersOf(t, a)[0]["instalments"].([]any)[0].(map[string]any); first["due"] != "2026-12-15" {
		t.Errorf("%v", first)
	}
}
