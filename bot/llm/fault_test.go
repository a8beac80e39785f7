package llm

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hejie/bot"
	"hejie/flows"
)

// plan is how an endpoint behaves: a handler, and whether the answer it gives is one to use.
type plan struct {
	h    http.HandlerFunc
	good bool
}

func raw(body string) http.HandlerFunc { return reply(body) }

func choice(msg, finish string) string {
	return `{"id":"x","created":1,"model":"m","choices":[{"index":0,"message":` + msg + `,"finish_reason":` + finish + `}]}`
}

func msgOf(content string) string { return fmt.Sprintf(`{"role":"assistant","content":%q}`, content) }

func withHeader(status int, k, v, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set(k, v)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// pieces writes an answer in parts with a pause between them.
func pieces(pause time.Duration, parts ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, p := range parts {
			_, _ = io.WriteString(w, p)
			w.(http.Flusher).Flush() //nolint:forcetypeassert // the test server's
			select {
			case <-r.Context().Done():
				return
			case <-time.After(pause):
			}
		}
	}
}

func endless(piece string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, piece); err != nil {
				return
			}
		}
	}
}

func hangUp(before string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		c, buf, err := w.(http.Hijacker).Hijack() //nolint:forcetypeassert // the test server's
		if err != nil {
			return
		}
		_, _ = buf.WriteString(before)
		_ = buf.Flush()
		_ = c.Close()
	}
}

func stalled(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-time.After(5 * time.Second):
	}
}

// shapeFaults: whole exchanges whose content is not an answer, or is one in an unusual dress.
func shapeFaults() map[string]plan {
	bom := "\ufeff"
	sse := "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\ndata: [DONE]\n\n"
	m := map[string]plan{
		"html with 200": {raw("<html>login</html>"), false}, "empty body": {raw(""), false}, "204": {status(204, ""), false},
		"302": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) }, false},
		"307 elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://192.0.2.1/", http.StatusTemporaryRedirect)
		}, false},
		"error object with 200": {raw(`{"error":{"message":"no"}}`), false}, "error text with 200": {raw(`{"error":"no"}`), false},
		"native error with 200": {raw(`{"code":"Throttling","message":"m","request_id":"r"}`), false},
		"sse though not asked":  {raw(sse), false}, "choices empty": {raw(`{"choices":[]}`), false}, "choices null": {raw(`{"choices":null}`), false},
		"choices object": {raw(`{"choices":{}}`), false}, "two choices": {raw(`{"choices":[` + strings.Repeat(choiceOnly(good)+",", 1) + choiceOnly(good) + `]}`), false},
		"null content":          {raw(choice(`{"role":"assistant","content":null}`, `"stop"`)), false},
		"content array":         {raw(choice(`{"role":"assistant","content":[{"type":"text","text":"hi"}]}`, `"stop"`)), false},
		"finish length":         {raw(answer(good, "length")), false},
		"finish content_filter": {raw(answer(good, "content_filter")), false},
		"finish tool_calls":     {raw(answer(good, "tool_calls")), false}, "finish sensitive": {raw(answer(good, "sensitive")), false},
		"finish network_error": {raw(answer(good, "network_error")), false}, "finish no resource": {raw(answer(good, "insufficient_system_resource")), false},
		"finish unknown": {raw(answer(good, "done?")), false}, "finish empty": {raw(answer(good, "")), false},
		"finish null": {raw(choice(msgOf(good), "null")), false}, "finish missing": {raw(`{"choices":[{"message":` + msgOf(good) + `}]}`), false},
		"tool arguments object": {raw(`{"choices":[{"message":{"content":null,"tool_calls":[{"function":{"arguments":{}}}]},"finish_reason":"tool_calls"}]}`), false},
		"created float":         {raw(strings.Replace(answer(good, "stop"), `"created":1`, `"created":1.5`, 1)), false},
		"created string":        {raw(strings.Replace(answer(good, "stop"), `"created":1`, `"created":"1"`, 1)), false},
		"bom":                   {raw(bom + answer(good, "stop")), false},
		"invalid utf-8":         {raw(answer("\xff\xfe", "stop")), false},
		"cut in the json":       {withHeader(200, "Content-Length", "900", answer(good, "stop")[:60]), false},
		"cut cleanly":           {raw(answer(good, "stop")[:90]), false},
		"usage only":            {raw(`{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":0}}`), false},
		"azure filter results":  {raw(`{"choices":[],"prompt_filter_results":[{"prompt_index":0}]}`), false},
		"thinking in the text":  {raw(answer("<think>he owes 7</think>"+good, "stop")), true},
		"thinking never closed": {raw(answer("<think>he owes 7 "+good, "stop")), false},
		"reasoning beside":      {raw(choice(`{"role":"assistant","reasoning_content":"let me think","content":`+quote(good)+`}`, `"stop"`)), true},
		"blank lines first":     {pieces(5*time.Millisecond, "\n", "\n\n", answer(good, "stop")), true},
	}
	return m
}

func choiceOnly(content string) string {
	return `{"index":0,"message":` + msgOf(content) + `,"finish_reason":"stop"}`
}

func quote(s string) string { return fmt.Sprintf("%q", s) }

// contentFaults: complete answers whose content breaks the schema.
func contentFaults() map[string]plan {
	m := map[string]plan{}
	for name, c := range map[string]string{
		"prose": "the intent is balance", "fenced": "```json\n" + good + "\n```", "unknown field": `{"intents":[{"intent":"balance","confidence":0.9,"amount":1}]}`,
		"unknown intent": `{"intents":[{"intent":"waive_everything","confidence":1}]}`, "confidence 7": `{"intents":[{"intent":"balance","confidence":7}]}`,
		"confidence text": `{"intents":[{"intent":"balance","confidence":"high"}]}`, "trailing": good + good, "nothing": `{"intents":[]}`, "null": "null",
		"array": `[{"intent":"balance"}]`, "object for array": `{"intents":{"intent":"balance"}}`, "cut": good[:20], "single quotes": strings.ReplaceAll(good, `"`, "'"),
		"comment": "// yes\n" + good + "x", "comma": strings.Replace(good, "}]", "},]", 1), "NaN": `{"intents":[{"intent":"balance","confidence":NaN}]}`,
		"five": `{"intents":[` + strings.TrimSuffix(strings.Repeat(`{"intent":"balance","confidence":0.5},`, 5), ",") + `]}`,
		"bidi": "\u202e" + good, "control": "\x00" + good, "hostile affirm": `{"intents":[{"intent":"affirm","confidence":1}]}`,
	} {
		m["content: "+name] = plan{raw(answer(c, "stop")), false}
	}
	return m
}

// transportFaults: what the network and the server in between do.
func transportFaults() map[string]plan {
	m := map[string]plan{
		"slow first byte": {func(_ http.ResponseWriter, r *http.Request) { stalled(r) }, false},
		"stall midway":    {func(w http.ResponseWriter, r *http.Request) { pieces(0, answer(good, "stop")[:40])(w, r); stalled(r) }, false},
		"trickle":         {pieces(60*time.Millisecond, strings.Split(answer(good, "stop"), "")...), false},
		"reset":           {hangUp(""), false}, "reset after headers": {hangUp("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"choices\""), false},
		"not http":     {hangUp("SSH-2.0-OpenSSH\r\n"), false},
		"endless body": {endless(strings.Repeat(" ", 4096)), false}, "keep-alive flood": {endless(": keep-alive\n\n"), false},
		"8 MiB line":    {raw(strings.Repeat(" ", 8<<20) + answer(good, "stop")), false},
		"64 MiB error":  {status(503, strings.Repeat("x", 64<<20)), false},
		"endless error": {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500); endless("no ")(w, r) }, false},
		"huge content":  {raw(answer(strings.Repeat("很", 100_000), "stop")), false},
	}
	for _, code := range []int{400, 401, 402, 403, 404, 408, 409, 422, 429, 500, 502, 503, 529} {
		m[fmt.Sprint(code)] = plan{status(code, `{"error":{"message":"test-key 13800001111","code":null}}`), false}
	}
	for name, after := range map[string]string{"seconds": "1", "date": "Wed, 21 Oct 2037 07:28:00 GMT", "huge": "999999", "nonsense": "soon"} {
		m["429 retry-after "+name] = plan{withHeader(429, "Retry-After", after, "{}"), false}
	}
	for name, body := range map[string]string{
		"zhipu in arrears": `{"error":{"code":"1113","message":"m"}}`, "zhipu parallel": `{"error":{"code":"1302","message":"m"}}`,
		"kimi overloaded": `{"error":{"message":"m","type":"engine_overloaded_error"}}`, "native": `{"code":"Throttling.RateQuota","message":"m"}`, "text": `{"error":"slow down"}`,
	} {
		m["429 "+name] = plan{status(429, body), false}
	}
	return m
}

// Every fault leaves the grammar's reading as it is, in time; what is unusual but whole is used.
func TestEveryFault(t *testing.T) {
	all := map[string]plan{}
	for _, list := range []map[string]plan{shapeFaults(), contentFaults(), transportFaults()} {
		for name, p := range list {
			all[name] = p
		}
	}
	if len(all) < 78 {
		t.Fatalf("only %d faults", len(all))
	}
	for name, p := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newModel(t, p.h, unsure{})
			began := time.Now()
			u, err := m.Understand(t.Context(), turnOf("嗯嗯嗯"))
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took > 10*m.cfg.Timeout {
				t.Errorf("took %s of a budget of %s", took, m.cfg.Timeout)
			}
			if used := u.Source == "model"; used != p.good {
				t.Fatalf("used %v: %+v", used, u.Commands)
			}
			if !p.good && (len(u.Commands) != 1 || u.Commands[0].Do != flows.DoUnclear) {
				t.Fatalf("the reading changed: %+v", u.Commands)
			}
		})
	}
}

// Which faults are tried again: only those that may pass by themselves, and only once.
func TestWhatIsTriedAgain(t *testing.T) {
	for _, c := range []struct {
		name string
		h    http.HandlerFunc
		asks int32
	}{
		{"503", status(503, ""), 2}, {"429", status(429, "{}"), 2}, {"429 in arrears", status(429, `{"error":{"code":"1113"}}`), 1},
		{"429 later than the turn", withHeader(429, "Retry-After", "60", "{}"), 1}, {"401", status(401, ""), 1}, {"402", status(402, ""), 1}, {"404", status(404, ""), 1},
		{"400 may be the schema", status(400, "{}"), 2}, {"blocked", status(400, `{"error":{"code":"data_inspection_failed"}}`), 1},
		{"half an answer", raw(answer(good, "length")), 1}, {"html", raw("<html>"), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var n atomic.Int32
			m := newModel(t, func(w http.ResponseWriter, r *http.Request) { n.Add(1); c.h(w, r) }, unsure{})
			_, _ = m.Understand(t.Context(), turnOf("嗯"))
			if n.Load() != c.asks {
				t.Errorf("asked %d times, not %d", n.Load(), c.asks)
			}
		})
	}
}

func TestSilenceGetsASecondTry(t *testing.T) {
	var n atomic.Int32
	m := newModel(t, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) == 1 {
			stalled(r)
			return
		}
		reply(answer(good, "stop"))(w, r)
	}, unsure{})
	c := m.cfg
	c.Timeout = 3 * time.Second // a loaded machine needs a moment for the second
	m.client = newClient(c)
	if u, err := m.Understand(t.Context(), turnOf("嗯")); err != nil || u.Source != "model" {
		t.Fatalf("%+v %v after %d", u, err, n.Load())
	}
}

func TestAServerWithoutSchemasIsAskedForPlainJSON(t *testing.T) {
	var formats []string
	m := newModel(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if strings.Contains(string(b), "json_schema") {
			formats = append(formats, "schema")
			w.WriteHeader(400)
			return
		}
		formats = append(formats, "object")
		reply(answer(good, "stop"))(w, r)
	}, unsure{})
	for range 3 {
		if u, _ := m.Understand(t.Context(), turnOf("嗯")); u.Source != "model" {
			t.Fatalf("%+v", u)
		}
	}
	if want := []string{"schema", "object", "object", "object"}; !slices.Equal(formats, want) {
		t.Errorf("%v", formats)
	}
}

func TestAWrongKeyStopsTheAskingAtOnce(t *testing.T) {
	var n atomic.Int32
	m := newModel(t, func(w http.ResponseWriter, _ *http.Request) { n.Add(1); w.WriteHeader(401) }, unsure{})
	for range 5 {
		_, _ = m.Understand(t.Context(), turnOf("嗯"))
	}
	if n.Load() != 1 {
		t.Errorf("asked %d times with a wrong key", n.Load())
	}
}

func TestProviders(t *testing.T) {
	for url, want := range map[string]provider{
		"https://api.openai.com/v1":                         {schema: true, newLimit: true},
		"https://res.openai.azure.com":                      {schema: true, newLimit: true, azureDeploy: true},
		"https://res.openai.azure.com/openai/v1":            {schema: true, newLimit: true},
		"https://dashscope.aliyuncs.com/compatible-mode/v1": {},
		"https://open.bigmodel.cn/api/paas/v4":              {},
		"https://api.moonshot.cn/v1":                        {noSampling: true},
		"https://evil-deepseek.com/v1":                      otherProvider,
		"http://127.0.0.1:8000/v1":                          otherProvider,
	} {
		got := providerOf(url)
		if got.schema != want.schema || got.newLimit != want.newLimit || got.azureDeploy != want.azureDeploy || got.noSampling != want.noSampling {
			t.Errorf("%s: %+v", url, got)
		}
	}
}

func TestExtraFieldsAndAzure(t *testing.T) {
	var body string
	m := newModel(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		body = string(b)
		reply(answer(good, "stop"))(w, r)
	}, unsure{})
	c := m.cfg
	c.Extra = map[string]any{"enable_thinking": false}
	m.client = newClient(c)
	if u, _ := m.Understand(t.Context(), turnOf("嗯")); u.Source != "model" || !strings.Contains(body, `"enable_thinking":false`) || !strings.Contains(body, `"max_tokens"`) {
		t.Fatalf("%s", body)
	}
	oc := providerOf("https://res.openai.azure.com").config(Config{BaseURL: "https://res.openai.azure.com/", APIKey: "k", APIVersion: "2025-01-01"})
	if oc.APIVersion != "2025-01-01" || oc.AzureModelMapperFunc("gpt-3.5:x") != "gpt-3.5:x" {
		t.Errorf("%+v", oc)
	}
}

// What was recorded plays back without the endpoint, and what was not leaves the grammar alone.
func TestRecordAndReplay(t *testing.T) {
	dir := t.TempDir()
	var n atomic.Int32
	m := newModel(t, func(w http.ResponseWriter, r *http.Request) { n.Add(1); reply(answer(good, "stop"))(w, r) }, unsure{})
	c := m.cfg
	c.Tape = dir
	for _, replay := range []bool{false, true} {
		c.Replay = replay
		m.client = newClient(c)
		if u, err := m.Understand(t.Context(), turnOf("我叫张三 欠3500 嗯")); err != nil || u.Source != "model" {
			t.Fatalf("replay %v: %+v %v", replay, u, err)
		}
	}
	if n.Load() != 1 {
		t.Errorf("the endpoint was asked %d times", n.Load())
	}
	if u, _ := m.Understand(t.Context(), turnOf("另一句")); u.Source != "grammar" {
		t.Errorf("an unknown request was answered: %+v", u)
	}
}

func TestALongCertainMessageMayOnlyGainTriggers(t *testing.T) {
	certain := func(intent flows.Intent) bot.Understander {
		return fixed{bot.Understood{Commands: []flows.Command{{Do: flows.DoIntent, Intent: intent, Confidence: 0.95}}, Confidence: 0.95, Source: "grammar"}}
	}
	m := newModel(t, reply(answer(`{"intents":[{"intent":"out_of_scope","confidence":1},{"intent":"self_harm","confidence":0.8}]}`, "stop")), certain("balance"))
	if u, _ := m.Understand(t.Context(), turnOf("欠多少")); len(u.Commands) != 1 {
		t.Fatalf("a short certain message was sent: %+v", u.Commands)
	}
	u, _ := m.Understand(t.Context(), turnOf(strings.Repeat("我想知道到底欠了多少钱还有什么办法，", 4)))
	var got []flows.Intent
	for _, c := range u.Commands {
		got = append(got, c.Intent)
	}
	if !slices.Contains(got, "self_harm") || slices.Contains(got, "out_of_scope") || !slices.Contains(got, "balance") {
		t.Errorf("%v", got)
	}
}

func TestFaultsAreNotRetriedForever(t *testing.T) {
	if mayRetry(errUseless) || mayRetry(errors.New("x")) {
		t.Error("an unknown error is tried again")
	}
}
