package prompts

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"text/template"

	"github.com/goccy/go-yaml"
)

//go:embed llm/*.tmpl llm/examples.yaml
var llmFiles embed.FS

// ForModel are the instructions a language model is given. Their versions are recorded with each call.
type ForModel struct {
	t        *template.Template
	examples map[string][]Example
}

// Example is one message with its reading, shown to the model.
type Example struct {
	Text    string   `yaml:"text"`
	Intents []string `yaml:"intents"`
}

// ModelVersions of the embedded prompts; raise one with each change of its file.
var ModelVersions = map[string]int{"understand": 2, "rephrase": 1}

// LoadForModel parses them.
func LoadForModel() (*ForModel, error) {
	t, err := template.ParseFS(llmFiles, "llm/*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("prompts: %w", err)
	}
	raw, err := llmFiles.ReadFile("llm/examples.yaml")
	if err != nil {
		return nil, fmt.Errorf("prompts: %w", err)
	}
	p := &ForModel{t: t.Option("missingkey=error")}
	if err := yaml.UnmarshalWithOptions(raw, &p.examples, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("prompts: llm/examples.yaml: %w", err)
	}
	return p, nil
}

// Examples are those for the question just asked, then those for any moment.
func (p *ForModel) Examples(asked string) []Example {
	if asked == "any" || asked == "" {
		asked = "none"
	}
	return append(slices.Clone(p.examples[asked]), p.examples["any"]...)
}

// Fill writes one prompt.
func (p *ForModel) Fill(id string, data any) (string, error) {
	var b bytes.Buffer
	if err := p.t.ExecuteTemplate(&b, id+".tmpl", data); err != nil {
		return "", fmt.Errorf("prompts: model prompt %s: %w", id, err)
	}
	return b.String(), nil
}
