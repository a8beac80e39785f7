package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestUnderstandLines(t *testing.T) {
	in := `{"id":"a","text":"一次还不上 想分12期 每月12号"}
{"id":"b","text":"三天后还1500块","now":"2026-12-01T09:00:00+08:00"}
not json
{"id":"c","text":"12","context":"ask_nothing"}
{"id":"d","text":"I owe $1.2k","currency":"USD"}
{"id":"e","text":""}
`
	var out, errs bytes.Buffer
	code := run([]string{"understand", "--now", "2026-11-21T10:00:00+08:00"}, &IO{In: strings.NewReader(in), Out: &out, Err: &errs})
	if code != exitFails {
		t.Fatalf("exit %d, %s", code, errs.String())
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 6 {
		t.Fatalf("%d answers:\n%s", len(lines), out.String())
	}
	for i, want := range []string{
		`"intents":["instalment_request"]`, `"value":"2026-12-04"`, `{"line":3,"error":{"code":"bad_json"`, `{"line":4,"error":{"code":"invalid"`, `"value":120000,"currency":"USD"`, `"commands":[],"confidence":0.2,"source":"grammar"`,
	} {
		if !strings.Contains(lines[i], want) {
			t.Errorf("line %d lacks %s: %s", i+1, want, lines[i])
		}
	}
	var a struct {
		Entities []struct {
			Kind       string
			Text       string
			Start, End int
			Value      any
		}
		Confidence float64
	}
	if err := json.Unmarshal([]byte(lines[0]), &a); err != nil {
		t.Fatal(err)
	}
	if len(a.Entities) != 2 || a.Entities[0].Kind != "count" || a.Entities[0].Text != "12期" || a.Entities[0].Start != 8 || a.Entities[0].End != 11 || a.Entities[0].Value != 12.0 {
		t.Errorf("entities %+v", a.Entities)
	}
	if code := run([]string{"understand", "--now", "yesterday"}, &IO{In: strings.NewReader(""), Out: &out, Err: &errs}); code != exitUsage {
		t.Errorf("--now yesterday exits %d", code)
	}
}
