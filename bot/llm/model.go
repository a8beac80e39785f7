// Package llm lets a language model help: it may name intents the grammar was unsure of, and reword approved replies.
// It never sees a figure, a name or an identifier, never parses money, never decides, and nothing depends on it:
// without configuration, or with a dead, slow, broken or hostile endpoint, the grammar's reading stands.
package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"hejie/bot"
	"hejie/bot/text"
	"hejie/flows"
	"hejie/prompts"
)

// Config of an OpenAI-compatible endpoint. An empty BaseURL means: no model.
type Config struct {
	BaseURL, APIKey, Model string
	Timeout                time.Duration
	Extra                  map[string]any // fields to add to each request, such as an endpoint's own switch
	APIVersion             string         // Azure only; empty: a current one
	Tape                   string         // directory: keep every exchange there; empty: none
	Replay                 bool           // answer from Tape and never call
	Intents                []flows.Intent // the closed list
	Log                    *slog.Logger
}

// sure is the confidence from which the grammar's reading is not questioned: it costs nothing and leaks nothing.
const sure = 0.75

// secondLook is the length in runes from which a certain reading is looked at again.
const secondLook = 40

// alwaysGrammar: a trigger the grammar saw stays, whatever the model says.
var alwaysGrammar = []flows.Intent{"self_harm", "threat_to_others", "minor", "wrong_person", "dispute_not_mine", "identity_theft",
	"lawyer", "bereavement", "bankruptcy", "complaint", "stop_contact", "human_agent"}

// binding intents commit the debtor to something; a model may neither add them nor make them surer.
var binding = []flows.Intent{"affirm", "pay_now", "promise_to_pay"}

// Model is an Understander and a Rephraser in front of the grammar.
type Model struct {
	base   bot.Understander
	client *client
	words  *prompts.ForModel
	cfg    Config
	schema *openai.ChatCompletionResponseFormat
}

var (
	_ bot.Understander = (*Model)(nil)
	_ bot.Rephraser    = (*Model)(nil)
)

// New wires a model before base, which must work alone.
func New(c Config, base bot.Understander) (*Model, error) {
	if c.BaseURL == "" || c.Model == "" || base == nil || len(c.Intents) == 0 {
		return nil, errors.New("llm: base URL, model, intents and a grammar are needed")
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	words, err := prompts.LoadForModel()
	if err != nil {
		return nil, err
	}
	schema, err := intentSchema(c.Intents)
	if err != nil {
		return nil, err
	}
	return &Model{base: base, client: newClient(c), words: words, cfg: c, schema: schema}, nil
}

type named struct {
	Intent     flows.Intent `json:"intent"`
	Confidence float64      `json:"confidence"`
}

type reading struct {
	Intents []named `json:"intents"`
}

func intentSchema(intents []flows.Intent) (*openai.ChatCompletionResponseFormat, error) {
	raw, err := json.Marshal(map[string]any{
		"type": "object", "additionalProperties": false, "required": []string{"intents"},
		"properties": map[string]any{"intents": map[string]any{
			"type": "array", "maxItems": 4,
			"items": map[string]any{
				"type": "object", "additionalProperties": false, "required": []string{"intent", "confidence"},
				"properties": map[string]any{
					"intent":     map[string]any{"type": "string", "enum": intents},
					"confidence": map[string]any{"type": "number", "minimum": 0, "maximum": 1},
				},
			},
		}},
	})
	if err != nil {
		return nil, err
	}
	return &openai.ChatCompletionResponseFormat{
		Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
		JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: "reading", Strict: true, Schema: json.RawMessage(raw)},
	}, nil
}

// Understand reads by grammar; only where that is unsure the model is asked, and only for intents.
func (m *Model) Understand(ctx context.Context, t bot.Turn) (bot.Understood, error) {
	u, err := m.base.Understand(ctx, t)
	certain := u.Confidence >= sure
	if err != nil || len(t.Texts) == 0 || (certain && !long(t.Texts)) {
		return u, err
	}
	r, err := m.read(ctx, t, u)
	if err != nil {
		m.cfg.Log.Warn("model not used for this turn", "why", err.Error())
		return u, nil
	}
	if certain {
		return withTriggers(u, r), nil
	}
	return merge(u, r), nil
}

// withTriggers adds what must never be missed to a certain reading, and nothing else.
func withTriggers(u bot.Understood, r reading) bot.Understood {
	for _, i := range r.Intents {
		had := slices.ContainsFunc(u.Commands, func(c flows.Command) bool { return c.Intent == i.Intent })
		if !had && slices.Contains(alwaysGrammar, i.Intent) {
			u.Commands = append([]flows.Command{{Do: flows.DoIntent, Intent: i.Intent, Confidence: i.Confidence}}, u.Commands...)
			u.Source = "model"
		}
	}
	return u
}

// long: a message that says more than its main intent may hold a cry for help beside it, so a second reader looks at it
// even when the grammar is certain; it may then only add triggers that must never be missed.
func long(texts []string) bool {
	n := 0
	for _, s := range texts {
		n += len([]rune(s))
	}
	return n > secondLook
}

func (m *Model) read(ctx context.Context, t bot.Turn, u bot.Understood) (reading, error) {
	system, err := m.words.Fill("understand", map[string]any{"Intents": m.cfg.Intents, "Context": t.Context, "Examples": m.words.Examples(t.Context)})
	if err != nil {
		return reading{}, err
	}
	msg := redact(strings.Join(t.Texts, "\n"), text.Opt{Now: t.Now, Zone: t.Zone, Currency: t.Currency}, append(namesIn(t.State, u.Commands), t.Private...))
	out, err := m.client.ask(ctx, openai.ChatCompletionRequest{
		Messages:       []openai.ChatCompletionMessage{{Role: "system", Content: system}, {Role: "user", Content: fence(msg)}},
		ResponseFormat: m.schema,
	})
	if err != nil {
		return reading{}, err
	}
	return m.decode(out)
}

func fence(s string) string { return "-----\n" + s + "\n-----" }

// decode accepts exactly the schema: servers that ignore it must not widen what a model can say.
func (m *Model) decode(s string) (reading, error) {
	var r reading
	d := json.NewDecoder(bytes.NewReader([]byte(s)))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil || d.More() {
		return r, errUseless
	}
	for _, i := range r.Intents {
		if !slices.Contains(m.cfg.Intents, i.Intent) || i.Confidence < 0 || i.Confidence > 1 {
			return r, fmt.Errorf("%w: intent outside the list", errUseless)
		}
	}
	if len(r.Intents) == 0 || len(r.Intents) > 4 {
		return r, errUseless
	}
	return r, nil
}

// merge keeps the grammar's slots and triggers, takes the model's other intents, and lowers confidence where they disagree.
func merge(u bot.Understood, r reading) bot.Understood {
	var kept, slots []flows.Command
	grammar := map[flows.Intent]float64{} // how sure it was
	for _, c := range u.Commands {
		switch {
		case c.Do == flows.DoIntent && slices.Contains(alwaysGrammar, c.Intent):
			kept = append(kept, c)
			grammar[c.Intent] = c.Confidence
		case c.Do == flows.DoIntent:
			grammar[c.Intent] = c.Confidence
		case c.Do == flows.DoSet || c.Do == flows.DoAction:
			slots = append(slots, c)
		}
	}
	conf := u.Confidence
	for _, i := range r.Intents {
		sure, heard := grammar[i.Intent]
		if slices.Contains(binding, i.Intent) && !heard {
			continue
		}
		if slices.ContainsFunc(kept, func(c flows.Command) bool { return c.Intent == i.Intent }) {
			continue
		}
		p := i.Confidence
		switch {
		case slices.Contains(binding, i.Intent):
			p = min(p, sure) // a guess at a yes stays a guess, whatever a model makes of it
		case len(grammar) > 0 && !heard:
			p *= 0.7
		}
		kept = append(kept, flows.Command{Do: flows.DoIntent, Intent: i.Intent, Confidence: p})
		conf = max(conf, p)
	}
	if len(kept) == 0 {
		return u
	}
	u.Commands, u.Confidence, u.Source = append(kept, slots...), conf, "model"
	return u
}

// Rephrase rewords one approved text; the caller checks placeholders and the filter judges the result.
func (m *Model) Rephrase(ctx context.Context, lang, approved string) (string, error) {
	system, err := m.words.Fill("rephrase", map[string]any{"Lang": lang})
	if err != nil {
		return "", err
	}
	out, err := m.client.ask(ctx, openai.ChatCompletionRequest{
		Messages: []openai.ChatCompletionMessage{{Role: "system", Content: system}, {Role: "user", Content: fence(approved)}},
	})
	if err != nil {
		return "", err
	}
	if n := len([]rune(out)); n == 0 || n > 2*len([]rune(approved))+40 || strings.Contains(out, "-----") {
		return "", errUseless
	}
	return out, nil
}
