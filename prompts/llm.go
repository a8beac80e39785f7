package prompts

import (
	"bytes"
	"embed"
	"fmt"
	"text/template"
)

//go:embed llm/*.tmpl
var llmFiles embed.FS

// ForModel are the instructions a language model is given. Their versions are recorded with each call.
type ForModel struct{ t *template.Template }

// ModelVersions of the embedded prompts; raise one with each change of its file.
var ModelVersions = map[string]int{"understand": 1, "rephrase": 1}

// LoadForModel parses them.
func LoadForModel() (*ForModel, error) {
	t, err := template.ParseFS(llmFiles, "llm/*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("prompts: %w", err)
	}
	return &ForModel{t.Option("missingkey=error")}, nil
}

// Fill writes one prompt.
func (p *ForModel) Fill(id string, data any) (string, error) {
	var b bytes.Buffer
	if err := p.t.ExecuteTemplate(&b, id+".tmpl", data); err != nil {
		return "", fmt.Errorf("prompts: model prompt %s: %w", id, err)
	}
	return b.String(), nil
}
