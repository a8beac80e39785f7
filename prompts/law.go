package prompts

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// Basis is where a statement comes from.
type Basis struct {
	Source  string `yaml:"source"`  // key of labels `source`
	Article string `yaml:"article"` // as the source counts
	Mark    string `yaml:"mark"`    // how far it was checked: V read, V2 second-hand, M from memory, P our policy
}

// LawFigure is a number a statement says; it goes into the text by its name, so that the filter can trace it to its article.
type LawFigure struct {
	Kind  string  `yaml:"kind"` // count | percent
	Value float64 `yaml:"value"`
	Basis string  `yaml:"basis"` // "source article"
}

// Statement is a reviewed sentence with legal effect. No other sentence may speak of law.
type Statement struct {
	ID      string               `yaml:"id"`
	Basis   []Basis              `yaml:"basis"`
	InForce string               `yaml:"in_force"` // since
	Needs   []string             `yaml:"needs"`    // flags of the account that must be set: reports_credit, intends_litigation
	Figures map[string]LawFigure `yaml:"figures"`
	Text    map[string]string    `yaml:"text"` // zh-Hans, en; zh-Hant comes from law/zh-Hant.yaml
}

// LawQuery asks what may be said about one debt.
type LawQuery struct {
	DebtType, Stage                  string
	ReportsCredit, IntendsLitigation bool
	Asked                            bool // the debtor asked: answer mode; without it nothing about courts unless the creditor really intends it
}

type law struct {
	byID   map[string]Statement
	matrix map[string]map[string][]string // debt type -> stage -> ids
	texts  map[string]map[string]string   // lang -> id -> text with its source line
}

type statementFile struct {
	Statements []Statement `yaml:"statements"`
}

type matrixFile struct {
	Stages []string                       `yaml:"stages"`
	Matrix map[string]map[string][]string `yaml:"matrix"`
}

type sourceFile struct {
	Line map[string]string            `yaml:"line"` // how a source line begins, per language
	Art  map[string]string            `yaml:"article"`
	Name map[string]map[string]string `yaml:"sources"` // source -> lang -> name
}

type hantFile struct {
	Text map[string]string `yaml:"text"`
}

// courtStages are those at which a court is already involved: speaking of it is information, not a threat.
var courtStages = []string{"sued", "payment_order", "judgment", "enforcement"}

func loadLaw(src fs.FS, langs []string) (*law, error) {
	var bank, answers statementFile
	var mx matrixFile
	var so sourceFile
	var hant hantFile
	err := errors.Join(decode(src, "law/statements.yaml", &bank), decode(src, "law/answers.yaml", &answers),
		decode(src, "law/matrix.yaml", &mx), decode(src, "law/sources.yaml", &so), decode(src, "law/zh-Hant.yaml", &hant))
	if err != nil {
		return nil, err
	}
	l := &law{byID: map[string]Statement{}, matrix: mx.Matrix, texts: map[string]map[string]string{}}
	for _, lang := range langs {
		l.texts[lang] = map[string]string{}
	}
	for _, s := range slices.Concat(bank.Statements, answers.Statements) {
		if _, twice := l.byID[s.ID]; twice {
			return nil, fmt.Errorf("prompts: law statement %s is there twice", s.ID)
		}
		if len(s.Basis) == 0 || s.InForce == "" {
			return nil, fmt.Errorf("prompts: law statement %s has no basis or date", s.ID)
		}
		s.Text["zh-Hant"] = hant.Text[s.ID]
		l.byID[s.ID] = s
		for _, lang := range langs {
			line, err := so.line(lang, s.Basis)
			if err != nil {
				return nil, fmt.Errorf("prompts: law statement %s: %w", s.ID, err)
			}
			l.texts[lang][s.ID] = strings.TrimSpace(s.Text[lang]) + "\n" + line
		}
	}
	return l, l.check(mx.Stages)
}

func (l *law) check(stages []string) error {
	var errs []error
	for typ, row := range l.matrix {
		for _, st := range stages {
			if _, ok := row[st]; !ok {
				errs = append(errs, fmt.Errorf("prompts: law matrix has no %s/%s", typ, st))
			}
		}
		for st, ids := range row {
			if !slices.Contains(stages, st) {
				errs = append(errs, fmt.Errorf("prompts: law matrix has an unknown stage %q", st))
			}
			for _, id := range ids {
				if _, ok := l.byID[id]; !ok {
					errs = append(errs, fmt.Errorf("prompts: law matrix %s/%s names %q", typ, st, id))
				}
			}
		}
	}
	for id, s := range l.byID {
		for name := range s.Figures {
			if !strings.Contains(s.Text["zh-Hans"], "{"+name+"}") {
				errs = append(errs, fmt.Errorf("prompts: law statement %s does not say its figure %q", id, name))
			}
		}
	}
	return errors.Join(errs...)
}

func (f sourceFile) line(lang string, basis []Basis) (string, error) {
	var parts []string
	for _, b := range basis {
		name := f.Name[b.Source][lang]
		if name == "" {
			return "", fmt.Errorf("no name for source %q in %s", b.Source, lang)
		}
		if b.Article != "" {
			name += strings.ReplaceAll(f.Art[lang], "*", b.Article)
		}
		parts = append(parts, name)
	}
	sep := "；"
	if lang == "en" {
		sep = "; "
	}
	return f.Line[lang] + strings.Join(parts, sep), nil
}

// Law is what may be said about a debt of this type at this stage, in the order to say it.
func (c *Catalog) Law(q LawQuery) []Statement {
	var out []Statement
	for _, id := range c.law.matrix[q.DebtType][q.Stage] {
		s := c.law.byID[id]
		if slices.Contains(s.Needs, "reports_credit") && !q.ReportsCredit {
			continue
		}
		if slices.Contains(s.Needs, "intends_litigation") && !q.IntendsLitigation && !slices.Contains(courtStages, q.Stage) {
			continue
		}
		if !q.Asked && slices.Contains(courtStages, q.Stage) {
			continue // later-stage texts are for answers only
		}
		out = append(out, s)
	}
	return out
}

// Statement finds one by its id.
func (c *Catalog) Statement(id string) (Statement, bool) {
	s, ok := c.law.byID[id]
	return s, ok
}

// Statements are all ids, sorted.
func (c *Catalog) Statements() []string { return slices.Sorted(maps.Keys(c.law.byID)) }
