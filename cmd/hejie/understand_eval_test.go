package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestUnderstandEval(t *testing.T) {
	in := `{"id":"1","text":"我想分12期","intents":["instalment_request"]}
{"id":"2","text":"我不想活了","main":"self_harm","labels":["self_harm"]}
{"id":"3","text":"12","context":"ask_count","intents":["-"]}
`
	var out, errs bytes.Buffer
	if code := run([]string{"understand", "eval", "-"}, &IO{In: strings.NewReader(in), Out: &out, Err: &errs}); code != exitGood {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	for _, want := range []string{"texts                 3", "main intent right     1.000", "self-harm 1.000 of 1", "false crisis alarms   0.0000"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	for _, bad := range []string{`{"text":"x","intents":["dancing"]}`, `{"text":`} {
		if code := run([]string{"understand", "eval", "-"}, &IO{In: strings.NewReader(bad), Out: &out, Err: &errs}); code != exitUsage {
			t.Errorf("%s: exit %d", bad, code)
		}
	}
}
