package webchat

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/flows"
)

// machine keys hold ids, types, states, times and numbers: nothing a debtor reads.
var machine = map[string]bool{
	"t": true, "re": true, "ts": true, "mid": true, "cid": true, "role": true, "kind": true, "lang": true, "id": true, "type": true,
	"event": true, "conv": true, "epoch": true, "resume": true, "sess_exp": true, "state": true, "assurance": true, "reason": true,
}

// words collects every string of text in a frame.
func words(v any, key string, into *[]string) {
	switch x := v.(type) {
	case map[string]any:
		for k, e := range x {
			words(e, k, into)
		}
	case []any:
		for _, e := range x {
			words(e, key, into)
		}
	case string:
		if !machine[key] {
			*into = append(*into, x)
		}
	}
}

// Every string of text that reaches a debtor's browser stands in a cleared part (or is the debtor's own).
func TestEveryWordOnTheWireWasCleared(t *testing.T) {
	w := start(t, patient())
	o := w.debtor(nil)
	parts := []guard.Part{
		{Role: "title", Text: "您好"}, {Role: "body", Text: hello}, {Role: "body", Text: help},
		{Role: "card", Text: "可以转人工。", Data: json.RawMessage(`{"type":"crisis","text":"可以转人工。"}`)},
		{Role: "button", Ref: "balance", Text: "查询余额"}, {Role: "button", Ref: "human", Text: "转人工"},
		{Role: "signature", Text: "安和消费金融"},
	}
	notice := []guard.Part{{Role: "body", Text: help}, {Role: "name", Text: "小林"}}
	const mine = "想分期"
	b, _ := w.enter(o, 0, "")
	e := w.stream(o, "", "")
	e.frame()
	b.text("c1", mine)
	b.until("msg")
	w.desk.put(o.Conv, parts...)
	w.desk.say(o.Conv, guard.System, guard.Notice, "agent_joined", notice...)
	w.desk.bus.Publish(bot.Event{Kind: "typing", ConvID: o.Conv, Agent: true, Name: "不可外传的名字", On: true})
	b.send("dance", nil)
	allowed := map[string]bool{mine: true}
	var cleared []string
	for _, p := range append(append([]guard.Part{}, parts...), notice...) {
		cleared = append(cleared, p.Text)
		allowed[p.Text] = true
	}
	for _, i := range codes {
		allowed[i.message] = true // a fixed table for whoever integrates; the page shows its own words for the code
	}
	var frames []any
	take := func(raw []byte) {
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(err)
		}
		frames = append(frames, v)
	}
	_ = b.conn.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
	for {
		_, raw, err := b.conn.ReadMessage()
		if err != nil {
			break
		}
		take(raw)
	}
	for range 3 {
		ev := e.frame()
		take(ev.frame.P)
	}
	for _, path := range []string{"/messages?after=0", "/poll?after=0", "/export"} {
		var v any
		w.do("GET", "/api/v1/chat/"+o.Conv+path, o.Token, nil, &v)
		frames = append(frames, dropKeys(v, "conversation_id", "creditor_id", "exported_at", "started_at", "at"))
	}
	seen := map[string]bool{}
	for _, f := range frames {
		var got []string
		words(f, "", &got)
		for _, s := range got {
			for _, line := range strings.Split(s, "\n\n") { // bodies are joined by an empty line and nothing else
				if seen[line] = true; !allowed[line] && !pressed(line) {
					t.Errorf("on the wire, in no part: %q", line)
				}
			}
		}
	}
	for _, s := range cleared {
		if !seen[s] {
			t.Errorf("cleared but never on the wire: %q", s)
		}
	}
}

// pressed: error codes are machine words too.
func pressed(s string) bool { _, ok := codes[s]; return ok }

func dropKeys(v any, keys ...string) any {
	switch x := v.(type) {
	case map[string]any:
		for _, k := range keys {
			delete(x, k)
		}
		for _, e := range x {
			dropKeys(e, keys...)
		}
	case []any:
		for _, e := range x {
			dropKeys(e, keys...)
		}
	}
	return v
}

func TestSpeakGroupsParts(t *testing.T) {
	button := guard.Part{Role: "button", Ref: "human", Text: "转人工"}
	for name, c := range map[string]struct {
		parts []guard.Part
		kind  string
		card  string // type of the first card
		cards int
		text  string
	}{
		"words":            {[]guard.Part{part("a"), part("b")}, "text", "", 0, "a\n\nb"},
		"buttons":          {[]guard.Part{part("a"), button}, "text", "quick_replies", 0, "a"},
		"a card":           {[]guard.Part{card("c", `{"type":"balance"}`)}, "card", "balance", 0, ""},
		"card and buttons": {[]guard.Part{part("a"), card("c", `{"type":"balance"}`), button}, "text", "balance", 2, "a"},
		"a card in words":  {[]guard.Part{card("c", "")}, "text", "", 0, "c"},
	} {
		m := speak(c.parts)
		var cd struct {
			Type string `json:"type"`
		}
		if len(m.Card) > 0 {
			if err := json.Unmarshal(m.Card, &cd); err != nil {
				t.Fatal(err)
			}
		}
		if m.Kind != c.kind || cd.Type != c.card || len(m.Cards) != c.cards || m.Text != c.text {
			t.Errorf("%s: %+v", name, m)
		}
	}
	raw, _ := json.Marshal(speak([]guard.Part{button}).Card)
	if string(raw) != `{"type":"quick_replies","items":[{"id":"human","label":"转人工"}]}` {
		t.Errorf("%s", raw)
	}
}

func TestAWithheldRowKeepsItsPlaceOnly(t *testing.T) {
	f := row(bot.Recalled{Message: bot.Message{ID: "m1", Seq: 4, Direction: "out", Author: "bot", Text: "secret", Action: &flows.Action{Name: "secret"}}})
	raw, _ := json.Marshal(f)
	if f.Seq != 4 || strings.Contains(string(raw), "secret") {
		t.Fatalf("%s", raw)
	}
}
