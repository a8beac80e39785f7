package understand

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/goccy/go-yaml"

	"hejie/flows"
)

//go:embed phrases/*.yaml
var phraseFiles embed.FS

// rule is one intent and how it weighs against others.
type rule struct {
	intent flows.Intent
	tier   int // 2 = crisis, 1 = never missed, 0 = the rest
	weight float64
	negate bool // "I did not say instalments" takes it back
	aside  bool // small talk and background: never the main intent beside a request
}

// book is every phrase, compiled.
type book struct {
	rules    []rule
	patterns []pattern
	heads    *trie
	words    map[string][]string
	topics   []topicDef
}

// file is a phrases file. Unknown keys stop the start.
type file struct {
	Words   map[string][]string `yaml:"words"`
	Intents []entry             `yaml:"intents"`
	Topics  []topicDef          `yaml:"topics"`
}

type entry struct {
	Intent  flows.Intent `yaml:"intent"`
	More    bool         `yaml:"more"` // further phrases of an intent that another file gives its weight
	Tier    int          `yaml:"tier"`
	Weight  float64      `yaml:"weight"`
	Negate  bool         `yaml:"negate"`
	Aside   bool         `yaml:"aside"`
	Strong  []string     `yaml:"strong"`
	Phrases []string     `yaml:"phrases"`
	Weak    []string     `yaml:"weak"`
	Except  []string     `yaml:"except"`
}

// How much more or less than its intent a phrase counts.
const (
	strongFactor = 1.35
	weakFactor   = 0.6
	// Below doubt an intent is not acted on; a request is asked back.
	doubt = 0.5
)

func loadBook(src fs.FS) (*book, error) {
	names, err := fs.Glob(src, "phrases/*.yaml")
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("understand: no phrase files: %w", err)
	}
	b := &book{heads: newTrie(), words: map[string][]string{}}
	var files []file
	for _, name := range names {
		raw, err := fs.ReadFile(src, name)
		if err != nil {
			return nil, fmt.Errorf("understand: %w", err)
		}
		var f file
		if err := yaml.UnmarshalWithOptions(raw, &f, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("understand: %s: %w", path.Base(name), err)
		}
		for k, v := range f.Words {
			if b.words[k] != nil {
				return nil, fmt.Errorf("understand: %s: word list %s is given twice", path.Base(name), k)
			}
			b.words[k] = v
		}
		files = append(files, f)
	}
	return b, errors.Join(b.fill(files)...)
}

// fill compiles the entries of all files: first the intents, then what other files add to them.
func (b *book) fill(files []file) (faults []error) {
	var more []entry
	seen := map[flows.Intent]bool{}
	for _, f := range files {
		for i := range f.Topics {
			faults = append(faults, f.Topics[i].compile())
		}
		b.topics = append(b.topics, f.Topics...)
		for _, e := range f.Intents {
			if e.More {
				more = append(more, e)
				continue
			}
			if !slices.Contains(flows.Intents, e.Intent) || seen[e.Intent] {
				faults = append(faults, fmt.Errorf("understand: intent %q is unknown or given twice", e.Intent))
			}
			seen[e.Intent] = true
			faults = append(faults, b.add(e)...)
		}
	}
	for _, e := range more {
		if !seen[e.Intent] || e.Tier != 0 || e.Weight != 0 || e.Negate || e.Aside {
			faults = append(faults, fmt.Errorf("understand: more of %q: no such intent, or more than phrases are given", e.Intent))
			continue
		}
		faults = append(faults, b.addPhrases(slices.IndexFunc(b.rules, func(r rule) bool { return r.intent == e.Intent }), e)...)
	}
	for _, i := range flows.Intents {
		if !seen[i] {
			faults = append(faults, fmt.Errorf("understand: intent %q has no phrases", i))
		}
	}
	return faults
}

func (b *book) add(e entry) (faults []error) {
	w := e.Weight
	if w == 0 {
		w = 1
	}
	b.rules = append(b.rules, rule{intent: e.Intent, tier: e.Tier, weight: w, negate: e.Negate, aside: e.Aside})
	return b.addPhrases(len(b.rules)-1, e)
}

func (b *book) addPhrases(id int, e entry) (faults []error) {
	w := b.rules[id].weight
	for _, set := range [...]struct {
		list   []string
		factor float64
		kind   hitKind
	}{{e.Strong, strongFactor, said}, {e.Phrases, 1, said}, {e.Weak, weakFactor, said}, {e.Except, 0, except}} {
		for _, src := range set.list {
			heads, p, err := compile(src, b.words)
			if err != nil {
				faults = append(faults, fmt.Errorf("understand: %s: %w", e.Intent, err))
				continue
			}
			p.rule, p.weight, p.kind = id, w*set.factor, set.kind
			b.patterns = append(b.patterns, p)
			for _, h := range heads {
				b.heads.add(h, int32(len(b.patterns)-1))
			}
		}
	}
	return faults
}
