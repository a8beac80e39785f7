package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func runFilter(t *testing.T, args []string, in string) (int, []map[string]any) {
	t.Helper()
	var out, errs strings.Builder
	code := run(args, &IO{In: strings.NewReader(in), Out: &out, Err: &errs})
	var rows []map[string]any
	for line := range strings.Lines(out.String()) {
		var row map[string]any
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		rows = append(rows, row)
	}
	return code, rows
}

func TestFilterAnswersEachLineInOrder(t *testing.T) {
	in := `{"id":"a","text":"再不还就打断你的腿","sender":"agent","channel":"web","verified":true}
not json
{"id":"b","text":"您本期应还1284.50元，首期12月12日，利率18.5%","sender":"bot","channel":"web","verified":true,"facts":{"amounts_fen":[128450],"dates":["2026-12-12"],"percents":[18.5]}}
{"id":"c","text":"您本期应还1284.50元","sender":"bot","channel":"web","verified":false,"facts":{"amounts_fen":[128450]}}
{"id":"d","text":"您好","sender":"nobody"}
{"id":"e","text":"请登录官网查看","sender":"reminder","channel":"sms","verified":true}
`
	code, rows := runFilter(t, []string{"filter", "--now", "2026-11-20T10:00:00+08:00"}, in)
	if code != exitFails || len(rows) != 6 {
		t.Fatalf("exit %d, %d rows", code, len(rows))
	}
	if rows[0]["verdict"] != "block" || rows[0]["rewrite"] == nil || !strings.Contains(asJSON(rows[0]["rules"]), "T01") {
		t.Errorf("a: %v", rows[0])
	}
	if rows[1]["line"] != 2.0 || rows[4]["line"] != 5.0 {
		t.Errorf("bad lines: %v, %v", rows[1], rows[4])
	}
	if rows[2]["verdict"] != "pass" || rows[2]["id"] != "b" {
		t.Errorf("b: %v", rows[2])
	}
	if rows[3]["verdict"] != "block" || !strings.Contains(asJSON(rows[3]["rules"]), "G01") {
		t.Errorf("c: %v", rows[3])
	}
	if rows[5]["verdict"] != "pass" {
		t.Errorf("e: %v", rows[5])
	}
}

// Reasons are for the author, in the author's language; figures say where they come from.
func TestFilterAuthorLangAndSources(t *testing.T) {
	_, rows := runFilter(t, []string{"filter", "--now", "2026-11-20T10:00:00+08:00"}, `{"id":"a","text":"明天上门找你，本期应还12.00元","sender":"agent","verified":true,"author_lang":"en","facts":{"amounts_fen":[1200]}}`)
	hits := asJSON(rows[0]["hits"])
	if !strings.Contains(hits, "visits") || !strings.Contains(asJSON(rows[0]["sources"]), `"origin":"facts:money"`) {
		t.Errorf("%v", rows[0])
	}
}

// The clock matters for what is pushed: a reminder at night waits.
func TestFilterNight(t *testing.T) {
	_, rows := runFilter(t, []string{"filter", "--now", "2026-11-20T23:30:00+08:00"}, `{"id":"e","text":"您好","sender":"reminder","channel":"web","verified":true}`)
	if rows[0]["verdict"] != "hold" || asJSON(rows[0]["rules"]) != `["G03"]` {
		t.Errorf("%v", rows[0])
	}
}

func TestRulesCheck(t *testing.T) {
	var out, errs strings.Builder
	if code := run([]string{"rules", "check"}, &IO{In: strings.NewReader(""), Out: &out, Err: &errs}); code != exitGood || !strings.Contains(out.String(), "0 failing") {
		t.Fatalf("exit %d: %s%s", code, out.String(), errs.String())
	}
	if code := run([]string{"rules", "check", "--dir", t.TempDir()}, &IO{In: strings.NewReader(""), Out: &out, Err: &errs}); code != exitFails {
		t.Fatalf("an empty pack: exit %d", code)
	}
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
