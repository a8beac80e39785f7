package prompts

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed replies/*.yaml law/*.yaml agreement/*.tmpl helplines.yaml
var embedded embed.FS

// replyFile is replies/<lang>.yaml.
type replyFile struct {
	Lang    string                       `yaml:"lang"`
	Replies map[string]string            `yaml:"replies"`
	Why     map[string]string            `yaml:"why"`
	Terms   map[string]string            `yaml:"terms"`
	Quick   map[string]string            `yaml:"quick"`
	Labels  map[string]map[string]string `yaml:"labels"`
}

// indexFile says, once for all languages, what may be done with a text.
type indexFile struct {
	Langs       []string `yaml:"langs"`
	MayRephrase []string `yaml:"may_rephrase"`
	Private     []string `yaml:"private"`
	Consent     []string `yaml:"consent"`
}

// Load is the embedded texts, read once in a process: they cannot change. Any fault stops the start, and every fault is named.
func Load() (*Catalog, error) { return own() }

var own = sync.OnceValues(func() (*Catalog, error) { return load(embedded) })

func load(src fs.FS) (*Catalog, error) {
	var ix indexFile
	if err := decode(src, "replies/index.yaml", &ix); err != nil {
		return nil, err
	}
	if len(ix.Langs) == 0 {
		return nil, errors.New("prompts: replies/index.yaml names no language")
	}
	if len(ix.Consent) == 0 {
		return nil, errors.New("prompts: replies/index.yaml names no word of consent")
	}
	c := &Catalog{langs: ix.Langs, consent: ix.Consent, texts: map[string]map[string]Text{}, labels: map[string]map[string]map[string]string{}}
	l, err := loadLaw(src, ix.Langs)
	if err != nil {
		return nil, err
	}
	c.law = l
	if c.helplines, err = loadHelplines(src); err != nil {
		return nil, err
	}
	for _, lang := range ix.Langs {
		var f replyFile
		if err := decode(src, "replies/"+lang+".yaml", &f); err != nil {
			return nil, err
		}
		if f.Lang != lang {
			return nil, fmt.Errorf("prompts: replies/%s.yaml says it is %q", lang, f.Lang)
		}
		c.texts[lang] = gather(f, l, lang, ix)
		c.labels[lang] = f.Labels
	}
	if err := errors.Join(c.sameEverywhere()...); err != nil {
		return nil, err
	}
	for _, id := range slices.Concat(ix.MayRephrase, ix.Private) {
		if _, ok := c.Reply(c.langs[0], id); !ok {
			return nil, fmt.Errorf("prompts: replies/index.yaml names %q, which no language has", id)
		}
	}
	c.docs, err = loadDocs(src, ix.Langs)
	return c, err
}

func gather(f replyFile, l *law, lang string, ix indexFile) map[string]Text {
	out := map[string]Text{}
	add := func(prefix string, m map[string]string) {
		for id, s := range m {
			id = prefix + id
			s = strings.TrimSpace(s)
			out[id] = Text{
				ID: id, Text: s, Rephrase: slices.Contains(ix.MayRephrase, id), Private: slices.Contains(ix.Private, id), slots: placeholders(s),
			}
		}
	}
	add("", f.Replies)
	add("why_", f.Why)
	add("term_", f.Terms)
	add("quick_", f.Quick)
	add("", l.texts[lang])
	return out
}

// sameEverywhere: no language misses a text, a word or a slot.
func (c *Catalog) sameEverywhere() []error {
	var errs []error
	first := c.langs[0]
	for _, lang := range c.langs[1:] {
		errs = append(errs, diffKeys(first, lang, "text", c.texts[first], c.texts[lang])...)
		errs = append(errs, diffKeys(first, lang, "label group", c.labels[first], c.labels[lang])...)
		for g, words := range c.labels[first] {
			errs = append(errs, diffKeys(first, lang, "label "+g, words, c.labels[lang][g])...)
		}
		for id, t := range c.texts[first] {
			if o, ok := c.texts[lang][id]; ok && !slices.Equal(t.Placeholders(), o.Placeholders()) {
				errs = append(errs, fmt.Errorf("prompts: %q has slots %v in %s and %v in %s", id, t.Placeholders(), first, o.Placeholders(), lang))
			}
		}
	}
	for _, lang := range c.langs {
		for id, t := range c.texts[lang] {
			if t.Text == "" {
				errs = append(errs, fmt.Errorf("prompts: %q is empty in %s", id, lang))
			}
		}
	}
	return errs
}

func diffKeys[V any](la, lb, what string, a, b map[string]V) []error {
	var errs []error
	for _, k := range slices.Sorted(maps.Keys(a)) {
		if _, ok := b[k]; !ok {
			errs = append(errs, fmt.Errorf("prompts: %s %q is missing in %s", what, k, lb))
		}
	}
	for _, k := range slices.Sorted(maps.Keys(b)) {
		if _, ok := a[k]; !ok {
			errs = append(errs, fmt.Errorf("prompts: %s %q is missing in %s", what, k, la))
		}
	}
	return errs
}

// decode is strict: an unknown or doubled key is an error with its place in the file.
func decode(src fs.FS, name string, into any) error {
	b, err := fs.ReadFile(src, name)
	if err != nil {
		return fmt.Errorf("prompts: %w", err)
	}
	if err := yaml.NewDecoder(bytes.NewReader(b), yaml.Strict(), yaml.DisallowUnknownField()).Decode(into); err != nil {
		return fmt.Errorf("prompts: %s: %w", name, err)
	}
	return nil
}
