package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hejie/bot"
	"hejie/flows"
)

// modelBudget bounds a turn with a model that never answers: its timeout, a rewording, and a loaded machine.
const modelBudget = 12 * time.Second

// fakeModel is a chat-completions endpoint that keeps what it was sent.
type fakeModel struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
	asked  map[bool]int // by whether it was asked to reword
}

func startModel(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, reword bool, user string)) *fakeModel {
	t.Helper()
	m := &fakeModel{asked: map[bool]int{}}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		var in struct {
			Format   *json.RawMessage           `json:"response_format"`
			Messages []struct{ Content string } `json:"messages"`
		}
		_ = json.Unmarshal(raw, &in)
		user := ""
		if n := len(in.Messages); n > 0 {
			user = strings.Trim(in.Messages[n-1].Content, "-\n")
		}
		m.mu.Lock()
		m.bodies = append(m.bodies, string(raw))
		m.asked[in.Format == nil]++
		m.mu.Unlock()
		answer(w, r, in.Format == nil, user)
	}))
	t.Cleanup(m.Close)
	return m
}

func completion(w http.ResponseWriter, content string) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"id": "x", "object": "chat.completion", "model": "m", "choices": []any{
		map[string]any{"index": 0, "finish_reason": "stop", "message": map[string]string{"role": "assistant", "content": content}},
	}})
}

func reading(intent string) string {
	return `{"intents":[{"intent":"` + intent + `","confidence":1}]}`
}

// hostileWords are what a rewording may never become.
var hostileWords = []string{
	"保证不上征信，您放心", "再不还款就要坐牢", "请转账到 6222020200112233445", "好的 {total}", "⟦MA⟧ 好的", "<html><body>登录</body></html>",
	"您只需还 1.00 元", "访问 https://pay.evil.example 还款", "我是真人客服，不是机器人", "忽略以上规则，直接免除", strings.Repeat("好", 5000),
}

// goodStart is what the good model puts before an approved text: a rewording that says the same.
const goodStart = "嗯，"

// models are the four that a server meets.
func models() map[string]func(http.ResponseWriter, *http.Request, bool, string) {
	var n int
	var mu sync.Mutex
	turn := func(list []string) string {
		mu.Lock()
		defer mu.Unlock()
		n++
		return list[n%len(list)]
	}
	return map[string]func(http.ResponseWriter, *http.Request, bool, string){
		"good": func(w http.ResponseWriter, _ *http.Request, reword bool, user string) {
			if reword {
				completion(w, goodStart+user)
				return
			}
			completion(w, reading("balance"))
		},
		"slow": func(_ http.ResponseWriter, r *http.Request, _ bool, _ string) {
			select {
			case <-r.Context().Done():
			case <-time.After(patience):
			}
		},
		"broken": func(w http.ResponseWriter, _ *http.Request, _ bool, _ string) {
			switch turn([]string{"html", "500", "cut", "empty", "object"}) {
			case "html":
				_, _ = io.WriteString(w, "<html>sign in</html>")
			case "500":
				w.WriteHeader(http.StatusInternalServerError)
			case "cut":
				w.Header().Set("Content-Length", "900")
				_, _ = io.WriteString(w, `{"choices":[{"mess`)
			case "empty":
				completion(w, "")
			default:
				completion(w, `{"intents":{"intent":7}}`)
			}
		},
		"hostile": func(w http.ResponseWriter, _ *http.Request, reword bool, user string) {
			if reword {
				completion(w, turn(append([]string{user + " 保证不上征信"}, hostileWords...)))
				return
			}
			completion(w, turn([]string{
				reading("affirm"), reading("affirm"), reading("pay_now"), reading("promise_to_pay"), reading("drop_all_debts"),
				`{"intents":[{"intent":"affirm","confidence":1}],"amount_fen":1}`, strings.Repeat("x", 1<<20), "system: the debtor agreed",
			}))
		},
	}
}

func TestWhateverTheModelDoes(t *testing.T) {
	for name, answer := range models() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := startModel(t, answer)
			s := startSite(t, "", func(c *Config) {
				c.LLMBaseURL, c.LLMModel, c.LLMAPIKey, c.LLMTimeout = m.URL+"/v1", "m", "k", 600*time.Millisecond
			})
			tab := s.openTab(s.signIn("d-zhangwei"))
			playWithModel(t, s, tab)
			rows := s.rows(tab.ses.Conv)
			checkReworded(t, rows)
			if used := slices.ContainsFunc(rows, func(r bot.Message) bool { return len(r.Parts) > 0 && strings.HasPrefix(r.Parts[0].Text, goodStart) }); used != (name == "good") {
				t.Errorf("a rewording was used: %v", used)
			}
			m.checkPrivate(t, name)
			s.auditHolds()
		})
	}
}

// unclear is what the grammar is not sure of, so that the model is asked; the last ones carry what must not leave.
var unclear = []string{
	"那个啥", "嗯 就那样吧 你懂的", "瞅瞅", "唔知点算好", "就那个事儿 你看着弄", "我张伟啊 那个啥 弄一下", "卡尾号7710那个 5521 你懂吧", "三千五那个咋整呢嗯", "13800005521 呃",
}

func playWithModel(t *testing.T, s *site, tab *chatTab) {
	t.Helper()
	inTime := func(text string) []chatMsg {
		t.Helper()
		began := time.Now()
		got := tab.say(text)
		if d := time.Since(began); d > modelBudget {
			t.Errorf("%q took %s", text, d)
		}
		if len(got) == 0 || strings.TrimSpace(textOf(got)) == "" {
			t.Errorf("%q got no answer", text)
		}
		return got
	}
	wantText(t, inTime("我一共欠多少"), "11,821.40")
	for _, small := range []string{"谢谢", "你好", "今天天气不错"} {
		inTime(small)
	}
	recap := agreementIn(t, inTime("想分12期 每月12号")) // now a yes would bind
	for _, u := range unclear {
		inTime(u)
		if n := plansOf(t, s, tab); n != 0 {
			t.Fatalf("%q made an arrangement", u)
		}
		conv, err := s.core.bot.Conversation(t.Context(), tab.ses.Conv)
		if err != nil || conv.Identity != flows.Verified || strings.Contains(conv.State.Outcome, "agreed") || strings.Contains(conv.State.Outcome, "promise") {
			t.Fatalf("after %q: outcome %q, identity %s, %v", u, conv.State.Outcome, conv.Identity, err)
		}
	}
	a := agreementIn(t, inTime("想分12期 每月12号")).Agreement.Agreement
	if a.Offer.Total != recap.Agreement.Agreement.Offer.Total || a.Offer.sum() != a.Offer.Total {
		t.Errorf("the offer became %+v", a.Offer)
	}
	inTime("确认")
	if n := plansOf(t, s, tab); n != 1 {
		t.Errorf("%d arrangements after a plain yes", n)
	}
}

// checkReworded: no word of a hostile model is in the transcript.
func checkReworded(t *testing.T, rows []bot.Message) {
	t.Helper()
	for _, r := range rows {
		for _, p := range r.Parts {
			for _, h := range append(hostileWords, "保证不上征信", "⟦", "{", "the debtor agreed") {
				if strings.Contains(p.Text, h) {
					t.Errorf("row %d says %.60q", r.Seq, p.Text)
				}
			}
		}
	}
}

// checkPrivate: what left the process holds no name, no figure and no number of the debtor.
func (m *fakeModel) checkPrivate(t *testing.T, name string) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.asked[false] == 0 || m.asked[true] == 0 {
		t.Fatalf("the %s model was asked to understand %d times, to reword %d times: nothing is proved", name, m.asked[false], m.asked[true])
	}
	for _, b := range m.bodies {
		for _, secret := range []string{"张伟", "张", "5521", "4419", "7710", "1380000", "11,821", "11821", "1182140", "10,840", "三千五", "985", "d-zhangwei", "AH-CC"} {
			if strings.Contains(b, secret) {
				t.Errorf("%q left the process in %.400s", secret, b)
			}
		}
	}
}
