package guard

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"hejie/bot/guard/tone"
)

// corpusFacts are the facts of a corpus line, as `hejie filter` reads them.
type corpusFacts struct {
	Creditor, Collector, Stage, Jurisdiction, Asked string
	DebtType                                        string  `json:"debt_type"`
	AmountsFen                                      []int64 `json:"amounts_fen"`
	Dates, Phones, URLs                             []string
	Counts                                          []int64
	IntendsLitigation                               bool   `json:"intends_litigation"`
	ReportsCredit                                   bool   `json:"reports_credit"`
	LimitationExpired                               bool   `json:"limitation_expired"`
	QuoteValidUntil                                 string `json:"quote_valid_until"`
}

func corpusDraft(t *testing.T, m *tone.Message) (Draft, Facts) {
	t.Helper()
	var x corpusFacts
	if len(m.Facts) > 0 {
		if err := json.Unmarshal(m.Facts, &x); err != nil {
			t.Fatal(err)
		}
	}
	d := Draft{
		ID: "corpus", Author: Author(m.Sender), Kind: Reply, Lang: m.Lang, AgentID: "corpus",
		To:    Recipient{Channel: m.Channel, Address: "corpus", ConversationID: "corpus", DebtorID: "corpus"},
		Parts: []Part{{Role: "body", Text: m.Text}},
	}
	if d.Author == Reminder {
		d.Kind = Proactive
	}
	zone := time.FixedZone("CN", 8*3600)
	f := Facts{
		Now: time.Date(2026, 11, 22, 12, 0, 0, 0, zone), Zone: zone, Identity: Anon, Control: Bot,
		Creditor: x.Creditor, Collector: x.Collector, Stage: x.Stage, DebtType: x.DebtType, Jurisdiction: x.Jurisdiction, Asked: x.Asked,
		IntendsLitigation: x.IntendsLitigation, ReportsCredit: x.ReportsCredit, LimitationExpired: x.LimitationExpired, QuoteValidUntil: x.QuoteValidUntil,
	}
	if m.Verified {
		f.Identity = Verified
	}
	for _, v := range x.AmountsFen {
		f.Figures = append(f.Figures, Figure{Kind: Money, Value: v, Origin: "facts"})
	}
	for _, v := range x.Counts {
		f.Figures = append(f.Figures, Figure{Kind: Count, Value: v, Origin: "facts"})
	}
	for _, v := range x.Dates {
		f.Figures = append(f.Figures, Figure{Kind: Date, Text: v, Origin: "facts"})
	}
	return d, f
}

func ownFilter(t *testing.T) *Filter {
	t.Helper()
	sub, err := fs.Sub(embedded, "rules")
	if err != nil {
		t.Fatal(err)
	}
	rs, err := load(sub) // without its examples: they have their own test
	if err != nil {
		t.Fatal(err)
	}
	if rs.ear == nil {
		t.Fatal("the own pack has no ear")
	}
	return &Filter{rs: rs}
}

func corpus(t *testing.T) []tone.Message {
	t.Helper()
	msgs, err := tone.Corpus(os.DirFS("tone/corpus"))
	if err != nil {
		t.Fatal(err)
	}
	return msgs
}

// tally counts what became of one kind of message.
type tally struct{ n, model, rules, both, named int }

// TestEarMeasure prints, for each rule, how many bad messages the model alone, the rules alone and both stop. HEJIE_TONE_FOLDS=5
// judges each message by a model that has not learned from it, and takes its time; by default the shipped model judges, on every
// twentieth message, and only the floors are guarded.
func TestEarMeasure(t *testing.T) {
	f, msgs := ownFilter(t), corpus(t)
	e := f.rs.ear
	var scratch tone.Scratch
	per := map[string]*tally{}
	err := overCorpus(msgs, e.model, func(i int, ear *tone.Ear) {
		m := &msgs[i]
		kind := "good"
		if !m.Good() {
			kind = slices.Concat(m.Rules, []string{m.Tone})[0]
		}
		c := per[kind]
		if c == nil {
			c = &tally{}
			per[kind] = c
		}
		d, facts := corpusDraft(t, m)
		f.rs.ear = nil
		rules := f.Check(d, facts)
		e.model = ear
		f.rs.ear = e
		both := f.Check(d, facts)
		c.n++
		if ear.Listen(&scratch, tone.Key(m.Text)).Scores[tone.Any] >= e.threshold.in(m.Lang) {
			c.model++
		}
		if rules.Decision != Pass {
			c.rules++
		}
		if both.Decision != Pass {
			c.both++
			if both.Hits[0].Rule == kind {
				c.named++
			}
		}
		for _, h := range rules.Hits { // of the rules the ear knows nothing of, it may let nothing go
			if !slices.Contains(tone.Labels, h.Rule) && !slices.Contains(both.Rules(), h.Rule) {
				t.Errorf("the ear let %s go: %s", h.Rule, m.Text)
			}
		}
		if m.Good() && rules.Decision == Pass && both.Decision != Pass {
			t.Logf("raised in error: %s %s", both.Hits[0].Rule, m.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	var all tally
	for _, k := range slices.Sorted(func(yield func(string) bool) {
		for k := range per {
			if !yield(k) {
				return
			}
		}
	}) {
		c := per[k]
		t.Logf("%-9s %4d  model %.3f  rules %.3f  both %.3f  named %d", k, c.n, share(c.model, c.n), share(c.rules, c.n), share(c.both, c.n), c.named)
		if k != "good" {
			all.n, all.model, all.rules, all.both = all.n+c.n, all.model+c.model, all.rules+c.rules, all.both+c.both
		}
	}
	good := per["good"]
	t.Logf("all bad   %4d  model %.3f  rules %.3f  both %.3f", all.n, share(all.model, all.n), share(all.rules, all.n), share(all.both, all.n))
	if raised := good.both - good.rules; share(raised, good.n) > 0.005 {
		t.Errorf("%d of %d good messages are raised by the ear alone, more than 0.5 %%", raised, good.n)
	}
	if share(all.model, all.n) < 0.25 {
		t.Errorf("the model alone hears only %.3f of the bad messages", share(all.model, all.n))
	}
}

func overCorpus(msgs []tone.Message, own *tone.Ear, show func(int, *tone.Ear)) error {
	var folds int
	if _, err := fmt.Sscan(os.Getenv("HEJIE_TONE_FOLDS"), &folds); err == nil && folds > 1 {
		return tone.CrossValidate(msgs, folds, show)
	}
	for i := 0; i < len(msgs); i += 20 {
		show(i, own)
	}
	return nil
}

// The examples of tone.yaml are about the ear alone: what it raises today a rule may name tomorrow.
func TestEarExamples(t *testing.T) {
	sub, err := fs.Sub(embedded, "rules")
	if err != nil {
		t.Fatal(err)
	}
	b, err := fs.ReadFile(sub, "tone.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file earFile
	if err := yaml.UnmarshalWithOptions(b, &file, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if len(file.Examples.Raised) < 5 || len(file.Examples.Passed) < 5 {
		t.Fatal("tone.yaml shows too little of what it does")
	}
	e := ownFilter(t).rs.ear
	var scratch tone.Scratch
	for _, text := range file.Examples.Raised {
		if p := e.model.Listen(&scratch, tone.Key(text)).Scores[tone.Any]; p < e.threshold.in(guessLang(text)) {
			t.Errorf("not raised (%.2f): %s", p, text)
		}
	}
	for _, text := range file.Examples.Passed {
		if p := e.model.Listen(&scratch, tone.Key(text)).Scores[tone.Any]; p >= e.threshold.in(guessLang(text)) {
			t.Errorf("raised (%.2f): %s", p, text)
		}
	}
}

// A rule that has looked at a sentence and excused it is the last word, and so are the facts: the ear may not raise it there.
func TestEarYields(t *testing.T) {
	f := ownFilter(t)
	e := f.rs.ear
	d, facts := corpusDraft(t, &tone.Message{Sender: "bot", Lang: "zh-Hans", Channel: "web", Verified: true})
	label := func(name string) *tone.Heard {
		h := &tone.Heard{End: 10, Scores: make([]float32, len(tone.Labels))}
		h.Scores[slices.Index(tone.Labels, name)] = 0.9
		return h
	}
	j := &judging{rs: f.rs, d: &d, f: &facts}
	if s, _ := e.name(j, label("T05"), nil); s == nil || s.rule.ID != "T05" || s.decision != Hold {
		t.Error("a visit is not named")
	}
	if named(e.name(j, label("T05"), []excused{{"T05", 4, bySense}})) != nil {
		t.Error("an excused rule was raised")
	}
	if named(e.name(j, label("T05"), []excused{{"T05", 14, bySense}, {"T06", 4, byFacts}, {"T05", 4, byWords}})) == nil {
		t.Error("an excuse of another sentence or rule, or a word beside, silenced the ear")
	}
	gross := label("T05")
	gross.Scores[tone.Any] = 0.99
	if named(e.name(j, gross, []excused{{"T05", 4, bySense}})) == nil || named(e.name(j, gross, []excused{{"T05", 4, byFacts}})) != nil {
		t.Error("what sounds as bad as can be passed with a denial, or the law was silenced")
	}
	if named(e.name(j, label("T15"), nil)) != nil || named(e.name(j, label("T18"), nil)) != nil {
		t.Error("a verified debtor was protected from his own debt, or a fresh debt from its age")
	}
	facts.Identity, facts.LimitationExpired = Anon, true
	if named(e.name(j, label("T15"), nil)) == nil || named(e.name(j, label("T18"), nil)) == nil {
		t.Error("facts do not open their labels")
	}
	if named(e.name(j, label("T17"), nil)) == nil {
		t.Error("a bot may claim to be a person")
	}
	d.Author = Agent
	if named(e.name(j, label("T17"), nil)) != nil {
		t.Error("an agent may not say he is a person")
	}
	if s, _ := e.name(j, label("guilt"), nil); s == nil || s.decision != Rewrite || s.tell.En == "" {
		t.Error("a manner has no wording to offer")
	}
}

func TestEarFileRefuses(t *testing.T) {
	f := ownFilter(t)
	good := earFile{Threshold: perLang{0.9, 0.9}, Suspicion: 0.3, Names: 0.3, Tell: Both{Zh: "x", En: "x"}, Labels: []earLabel{{Label: "T05", Rule: "T05", Decision: Hold}}}
	if _, err := good.compile(f.rs); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*earFile){
		"a model blocks":    func(x *earFile) { x.Labels[0].Decision = Block },
		"a model passes":    func(x *earFile) { x.Labels[0].Decision = Pass },
		"unknown rule":      func(x *earFile) { x.Labels[0].Rule = "T99" },
		"unknown label":     func(x *earFile) { x.Labels[0].Label = "rude" },
		"any is no label":   func(x *earFile) { x.Labels[0].Label = "any" },
		"twice":             func(x *earFile) { x.Labels = append(x.Labels, x.Labels[0]) },
		"unknown condition": func(x *earFile) { x.Labels[0].When = []string{"rainy"} },
		"hears everything":  func(x *earFile) { x.Threshold.En = 0.2 },
		"gives no reason":   func(x *earFile) { x.Tell = Both{} },
		"lets all go":       func(x *earFile) { x.Suspicion = 0.6 },
		"names nothing":     func(x *earFile) { x.Names = 0 },
		"shouts at a word":  func(x *earFile) { x.Shouts = shoutFile{Words: 1, Letters: 2, Marks: 1, Share: 80} },
		"shouts unnamed":    func(x *earFile) { x.Shouts = shoutFile{Words: 3, Letters: 9, Marks: 1, Share: 80} },
	} {
		bad := good
		bad.Labels = slices.Clone(good.Labels)
		spoil(&bad)
		if _, err := bad.compile(f.rs); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func named(s *earSense, _ float32) *earSense { return s }

func share(a, b int) float64 { return float64(a) / float64(max(b, 1)) }
