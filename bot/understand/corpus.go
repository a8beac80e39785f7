package understand

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"hejie/bot/text"
	"hejie/flows"
)

// nothing is the label of a text without an intent: a name, a bare figure, "one moment".
const nothing flows.Intent = "-"

// Utterance is one line of the corpus: what somebody may write and what it means.
type Utterance struct {
	Text    string
	Lang    string
	Context string // the question it answers; empty: it may be said at any time
	Main    flows.Intent
	Also    []flows.Intent
}

// block is a group of utterances that mean the same.
type block struct {
	Main     flows.Intent   `yaml:"main"`
	Also     []flows.Intent `yaml:"also"`
	Context  string         `yaml:"context"`
	Contexts []string       `yaml:"contexts"`
	Say      string         `yaml:"say"` // one a line
}

// Contexts are the questions a text may answer, as the contract names them.
var Contexts = []string{"ask_identity", "ask_monthly_amount", "ask_count", "ask_date", "ask_reason", "ask_income", "offer_plan", "confirm_plan"}

// fewest is how many utterances in each language an intent must have to be learned at all.
var fewest = map[string]int{"zh-Hans": 40, "zh-Hant": 10, "en": 20}

// ReadCorpus reads corpus/*.yaml and checks it: known labels and contexts, no text twice in the same context, enough of each
// intent in each language. The second result is the hash of the files, which names the corpus in the weights.
func ReadCorpus(src fs.FS) ([]Utterance, string, error) {
	names, err := fs.Glob(src, "corpus/*.yaml")
	if err != nil || len(names) == 0 {
		return nil, "", fmt.Errorf("understand: no corpus files: %w", err)
	}
	var all []Utterance
	var faults []error
	sum := sha256.New()
	for _, name := range names {
		raw, err := fs.ReadFile(src, name)
		if err != nil {
			return nil, "", fmt.Errorf("understand: %w", err)
		}
		sum.Write(raw)
		var blocks []block
		if err := yaml.UnmarshalWithOptions(raw, &blocks, yaml.Strict()); err != nil {
			return nil, "", fmt.Errorf("understand: %s: %w", path.Base(name), err)
		}
		for _, b := range blocks {
			us, err := b.utterances()
			if err != nil {
				faults = append(faults, fmt.Errorf("understand: %s: %w", path.Base(name), err))
			}
			all = append(all, us...)
		}
	}
	faults = append(faults, twice(all)...)
	faults = append(faults, tooFew(all)...)
	return all, hex.EncodeToString(sum.Sum(nil)), errors.Join(faults...)
}

func (b block) utterances() ([]Utterance, error) {
	for _, i := range append([]flows.Intent{b.Main}, b.Also...) {
		if !slices.Contains(flows.Intents, i) && (i != nothing || len(b.Also) > 0) {
			return nil, fmt.Errorf("unknown intent %q", i)
		}
	}
	contexts := b.Contexts
	if len(contexts) == 0 {
		contexts = []string{b.Context}
	}
	var out []Utterance
	for _, c := range contexts {
		if c != "" && !slices.Contains(Contexts, c) {
			return nil, fmt.Errorf("unknown context %q", c)
		}
		for line := range strings.Lines(b.Say) {
			if line = strings.TrimSpace(line); line != "" {
				out = append(out, Utterance{Text: line, Lang: language(line, text.Fold(line), ""), Context: c, Main: b.Main, Also: b.Also})
			}
		}
	}
	return out, nil
}

// twice finds a text given twice in one context, and one meaning two things: two labels for one text teach nothing.
func twice(all []Utterance) (faults []error) {
	seen := map[string]Utterance{}
	for _, u := range all {
		key := u.Context + "\x00" + string(normalise(text.Fold(u.Text)).rs)
		if first, ok := seen[key]; ok && (first.Main != u.Main || first.Text == u.Text) {
			faults = append(faults, fmt.Errorf("understand: %q is given twice (%s, %s)", u.Text, first.Main, u.Main))
		}
		seen[key] = u
	}
	return faults
}

func tooFew(all []Utterance) (faults []error) {
	count := map[flows.Intent]map[string]int{}
	for _, u := range all {
		for _, i := range append([]flows.Intent{u.Main}, u.Also...) {
			if count[i] == nil {
				count[i] = map[string]int{}
			}
			count[i][u.Lang]++
		}
	}
	for _, i := range flows.Intents {
		for _, lang := range []string{"zh-Hans", "zh-Hant", "en"} {
			if n := count[i][lang]; n < fewest[lang] {
				faults = append(faults, fmt.Errorf("understand: %s has %d utterances in %s, wants %d", i, n, lang, fewest[lang]))
			}
		}
	}
	return faults
}
