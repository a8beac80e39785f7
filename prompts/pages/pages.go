// Package pages holds the words of the small pages a person is led to from a chat, in every language. Words only: no layout, no
// decisions, and no reply of the bot (those stand in prompts/replies and are judged before they are sent).
package pages

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed *.yaml
var embedded embed.FS

// Languages the pages speak; the first is for whoever asks for none of them.
var Languages = []string{"zh-Hans", "zh-Hant", "en"}

// Page is one page's words by language and key.
type Page map[string]map[string]string

// Load reads a page strictly: every language, the same keys in each, none empty.
func Load(name string) (Page, error) {
	p := Page{}
	var faults []error
	for _, lang := range Languages {
		raw, err := embedded.ReadFile(name + "." + lang + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("pages: %w", err)
		}
		var f struct {
			Lang  string            `yaml:"lang"`
			Words map[string]string `yaml:"words"`
		}
		if err := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict()).Decode(&f); err != nil {
			return nil, fmt.Errorf("pages: %s in %s: %w", name, lang, err)
		}
		if f.Lang != lang {
			faults = append(faults, fmt.Errorf("pages: %s in %s says it is %q", name, lang, f.Lang))
		}
		for k, v := range f.Words {
			if strings.TrimSpace(v) == "" {
				faults = append(faults, fmt.Errorf("pages: %s in %s: %s is empty", name, lang, k))
			}
		}
		p[lang] = f.Words
	}
	first := keys(p[Languages[0]])
	for _, lang := range Languages[1:] {
		if !slices.Equal(first, keys(p[lang])) {
			faults = append(faults, fmt.Errorf("pages: %s has other words in %s than in %s", name, lang, Languages[0]))
		}
	}
	return p, errors.Join(faults...)
}

func keys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// Text is one text; a language we do not speak gets the first.
func (p Page) Text(lang, key string) string {
	if w, ok := p[lang]; ok {
		return w[key]
	}
	return p[Languages[0]][key]
}

// Lang chooses from an Accept-Language header, by its order.
func Lang(header string) string {
	for part := range strings.SplitSeq(header, ",") {
		tag, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(part)), ";")
		switch {
		case strings.HasPrefix(tag, "zh-hant"), tag == "zh-tw", tag == "zh-hk", tag == "zh-mo":
			return "zh-Hant"
		case strings.HasPrefix(tag, "zh"):
			return "zh-Hans"
		case strings.HasPrefix(tag, "en"):
			return "en"
		}
	}
	return Languages[0]
}
