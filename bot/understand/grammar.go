// Package understand turns a debtor's words into commands of the closed set, by phrases and figures alone: no network, no
// model, the same answer for the same text. It does not know the case file, decides nothing and says nothing; what it is
// unsure of it hands on with a low confidence, so that the flow asks instead of acting.
package understand

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"hejie/bot"
	"hejie/bot/text"
	"hejie/flows"
)

// Grammar is the compiled phrase book and the classifier beside it. It is safe for concurrent use.
type Grammar struct {
	book    *book
	learned *classifier
}

// New compiles the embedded phrases. A fault in them (unknown key, unknown intent, intent without phrases) is an error.
func New() (*Grammar, error) {
	b, err := ownBook()
	if err != nil {
		return nil, err
	}
	c, err := ownClassifier()
	if err != nil {
		return nil, err
	}
	return &Grammar{book: b, learned: c}, nil
}

// ownBook compiles the embedded phrases once in a process.
var ownBook = sync.OnceValues(func() (*book, error) { return loadBook(phraseFiles) })

// Intents is the closed list.
func Intents() []flows.Intent { return flows.Intents }

// Input is one text and what reading it depends on.
type Input struct {
	Text     string
	Lang     string // of the conversation; used when the text itself does not tell
	Now      time.Time
	Zone     *time.Location
	Currency string // of the account; empty = CNY
	Context  string // what was just asked
	Verified bool   // it is known who writes: nobody introduces themselves any more
	// Known are slots the conversation already has: with phone_last4 known, a bare 0032 is the other number.
	Known map[string]flows.Value
}

// Meaning is what a text means.
type Meaning struct {
	Lang       string
	Intents    []flows.Intent // main one first
	Entities   []Entity
	Commands   []flows.Command
	Steps      []Step // of a plan whose payments change; nil when none was said
	Confidence float64
}

// Understand implements bot.Understander.
func (g *Grammar) Understand(_ context.Context, t bot.Turn) (bot.Understood, error) {
	m := g.Read(Input{Text: strings.Join(t.Texts, "\n"), Lang: t.Lang, Now: t.Now, Zone: t.Zone, Currency: t.Currency, Context: t.Context, Known: t.State.Slots, Verified: t.State.Identity == flows.Verified})
	return bot.Understood{Commands: m.Commands, Lang: m.Lang, Confidence: m.Confidence, Source: "grammar"}, nil
}

// reading is the work of one Read.
type reading struct {
	in      Input
	lang    string
	fold    text.Folded
	n       norm
	figs    []figure
	intents []scored
	denied  []flows.Intent // taken back by a negation
	alike   []flows.Intent // a look-alike of theirs was said
	slots   []flows.Command
	names   []Entity
	nameEnd int // where the name ends in the normalised text
	rules   []rule
	words   map[string][]string
	letters int // one more than the letters of the text, once counted
}

// figure is a figure with its place in the normalised text.
type figure struct {
	text.Figure
	from, to int
	used     bool
}

// maxRunes bounds one reading; what comes after it is not read. A debtor's message is a few hundred characters at most.
const maxRunes = 4000

// Read tells what a text means. Same input, same answer.
func (g *Grammar) Read(in Input) Meaning {
	s := in.Text
	if rs := []rune(s); len(rs) > maxRunes {
		s = string(rs[:maxRunes])
	}
	r := &reading{in: in, rules: g.book.rules, words: g.book.words}
	r.fold = text.Fold(s)
	r.lang = language(s, r.fold, in.Lang)
	r.n = normalise(r.fold)
	r.figs = r.readFigures(s)
	r.notes()
	r.halves()
	r.season()
	r.intents = r.score(g.book.find(r.n))
	r.merge(g.learned)
	r.outrage()
	r.notThePlan()
	r.identity(s)
	r.pastDates()
	r.fillSlots()
	r.begins()
	r.bareIdentity()
	r.rhythm()
	r.stretches()
	r.topic(g.book.topics)
	r.onPayday()
	r.infer()
	return r.meaning()
}

func (r *reading) readFigures(s string) []figure {
	figs := text.Figures(s, text.Opt{Now: r.in.Now, Zone: r.in.Zone, Currency: r.in.Currency, Lang: r.lang, Debtor: true})
	out := make([]figure, 0, len(figs))
	starts := make([]int, 0, len(r.n.at))
	for _, at := range r.n.at {
		a, _ := r.fold.Span(at, at+1)
		starts = append(starts, a)
	}
	k := 0
	for _, f := range figs {
		for k < len(starts) && starts[k] < f.Start {
			k++
		}
		e := k
		for e < len(starts) && starts[e] < f.End {
			e++
		}
		out = append(out, figure{Figure: f, from: k, to: e})
	}
	return out
}

// meaning assembles the answer.
func (r *reading) meaning() Meaning {
	m := Meaning{Lang: r.lang, Steps: r.steps()}
	for _, s := range r.intents {
		m.Intents = append(m.Intents, s.intent)
		m.Commands = append(m.Commands, flows.Command{Do: flows.DoIntent, Intent: s.intent, Confidence: s.sure})
	}
	m.Commands = append(m.Commands, r.slots...)
	if r.in.Context == "confirm_plan" && slices.Contains(m.Intents, "affirm") && r.mentions(conditions) {
		m.Commands = append(m.Commands, flows.Command{Do: flows.DoUnclear, Confidence: 0.2})
	}
	m.Entities = r.entities()
	switch {
	case len(r.intents) > 0:
		m.Confidence = r.intents[0].sure
	case len(r.slots) > 0:
		m.Confidence = 0.75
		for _, c := range r.slots {
			m.Confidence = min(m.Confidence, c.Confidence)
		}
	default:
		m.Confidence = 0.2
		if strings.TrimSpace(r.in.Text) != "" {
			m.Commands = append(m.Commands, flows.Command{Do: flows.DoUnclear, Confidence: 0.2})
		}
	}
	return m
}

// conditions make a yes to a recap less than a plain yes; the flow then asks for it in so many words.
var conditions = []string{"但", "不过", "前提", "条件是", "除非", "只要", "如果", "要是", " but ", " if ", " unless ", "as long as", "provided"}

// mentions: one of words stands somewhere in the text.
func (r *reading) mentions(words []string) bool {
	s := string(r.n.rs)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}
