// Package prompts is every word the product says to a debtor: approved replies, legal statements, agreement clauses,
// button labels, and the forms of money and dates. It decides nothing, knows no debtor and imports nothing of ours:
// flows pick a text by its id and hand over the values.
package prompts

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Text is one approved text in one language.
type Text struct {
	ID       string
	Text     string
	Rephrase bool // a model may reword it; figures, law and consent never may
	Private  bool // tells something about an account, even without a figure: only for a verified debtor
	slots    []string
}

// Catalog is all texts, complete in every language. It is immutable after Load and safe for concurrent use.
type Catalog struct {
	langs     []string
	texts     map[string]map[string]Text              // lang -> id
	labels    map[string]map[string]map[string]string // lang -> group -> id
	helplines map[string][]helpline                   // by place
	law       *law
	docs      map[string]docTemplate
	consent   []string
}

// Consents tells whether a text holds a word that binds, such as the one a recap asks for. Whether it is a yes is not told here.
func (c *Catalog) Consents(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(c.consent, func(w string) bool { return strings.Contains(text, w) })
}

// Reply finds a reply, a legal statement (S-…, A-…), a reason (why_…) or an agreement clause (term_…).
// A language we do not speak gets the first one.
func (c *Catalog) Reply(lang, id string) (Text, bool) {
	t, ok := c.texts[c.lang(lang)][id]
	return t, ok
}

// Why is the sentence for a reason code of an offer or a refusal.
func (c *Catalog) Why(lang, code string) (Text, bool) { return c.Reply(lang, "why_"+code) }

// Term is a clause of an agreement.
func (c *Catalog) Term(lang, id string) (Text, bool) { return c.Reply(lang, "term_"+id) }

// Quick is the label of a quick reply.
func (c *Catalog) Quick(lang, id string) (Text, bool) { return c.Reply(lang, "quick_"+id) }

// Label is a word for a code: Label("zh-Hans", "debt_type", "credit_card"). An unknown code is given back as it is.
func (c *Catalog) Label(lang, group, id string) string {
	if s, ok := c.labels[c.lang(lang)][group][id]; ok {
		return s
	}
	return id
}

// HasLabel tells whether a code has a word.
func (c *Catalog) HasLabel(group, id string) bool {
	_, ok := c.labels[c.langs[0]][group][id]
	return ok
}

// IDs are all text ids, sorted.
func (c *Catalog) IDs() []string { return slices.Sorted(maps.Keys(c.texts[c.langs[0]])) }

// Langs are the languages, the default first.
func (c *Catalog) Langs() []string { return slices.Clone(c.langs) }

func (c *Catalog) lang(l string) string {
	if _, ok := c.texts[l]; ok {
		return l
	}
	return c.langs[0]
}

// Fill puts ready-made strings into a text. A missing or an extra slot is an error: a sentence with a hole,
// or a value nobody says, is a fault of ours.
func (c *Catalog) Fill(lang, id string, slots map[string]string) (string, error) {
	t, ok := c.Reply(lang, id)
	if !ok {
		return "", fmt.Errorf("prompts: no text %q in %s", id, lang)
	}
	return fill(t, slots)
}
