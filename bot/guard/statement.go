package guard

import (
	"fmt"
	"slices"
	"strings"
)

// Statement is a legal effect that may be told, and when: the matrix of what may be said, as data (statements.yaml).
// Without a stage or a debt type in Facts nothing of it may be said: absent is unknown, unknown is not allowed.
type Statement struct {
	ID     string   `yaml:"id"`
	Idea   Both     `yaml:"idea"`
	Basis  []Basis  `yaml:"basis"`
	Flag   string   `yaml:"flag"`   // reports_credit | intends_litigation: a fact a person must have set
	Must   []string `yaml:"must"`   // words that have to stand in the same sentence
	Asked  []string `yaml:"asked"`  // intents that open answer mode
	Answer Answer   `yaml:"answer"` // what answer mode asks for
}

// Answer mode: what a later-stage text needs when the debtor asked for it.
type Answer struct {
	Must   []string `yaml:"must"`   // conditional wording in the same sentence: may, if a court orders
	Debts  []string `yaml:"debts"`  // empty = any known
	Stages []string `yaml:"stages"` // empty = any known
	Never  bool     `yaml:"never"`  // only by the matrix
}

// statementFile is statements.yaml.
type statementFile struct {
	Statements []Statement                    `yaml:"statements"`
	Stages     []string                       `yaml:"stages"`
	Matrix     map[string]map[string][]string `yaml:"matrix"` // debt type -> stage -> statements
}

type statement struct {
	Statement
	must, answerMust int32
	cells            map[string]map[string]cell // by debt type and stage
}

// cell of the matrix: S-SUE needs its statement's flag, S-SUE! does not, as where a suit is already pending.
type cell uint8

const (
	cellFlagged cell = iota + 1
	cellFree
)

func (s *statement) allows(j *judging, m hit) bool {
	slo, shi := j.v.sentenceSpan(m.clause)
	if s.must >= 0 && !j.v.within(s.must, slo, shi) {
		return false
	}
	f := j.f
	if cell := s.cells[f.DebtType][f.Stage]; cell == cellFree || cell == cellFlagged && s.flagged(f) {
		return true
	}
	if s.Answer.Never || !f.askedOneOf(s.Asked) {
		return false
	}
	if f.Stage == "" || f.DebtType == "" {
		return reviewedAnswer(j.d, f)
	}
	a := &s.Answer
	if len(a.Debts) > 0 && !slices.Contains(a.Debts, f.DebtType) || len(a.Stages) > 0 && !slices.Contains(a.Stages, f.Stage) {
		return false
	}
	if s.Flag == "reports_credit" && !f.ReportsCredit {
		return false
	}
	return s.answerMust < 0 || j.v.within(s.answerMust, slo, shi)
}

// askedOneOf: the debtor just asked for this, first or beside something else.
func (f *Facts) askedOneOf(intents []string) bool {
	return slices.Contains(intents, f.Asked) || slices.ContainsFunc(f.AlsoAsked, func(a string) bool { return slices.Contains(intents, a) })
}

// reviewedAnswer: a visitor nobody has verified asks what the law says in general. There is no stage to look at, so only
// the reviewed answers (ids A-…) may speak of effects then.
func reviewedAnswer(d *Draft, f *Facts) bool {
	return d.Author == Bot && f.Identity != Verified && strings.HasPrefix(d.ReplyID, "A-")
}

func (s *statement) flagged(f *Facts) bool {
	switch s.Flag {
	case "reports_credit":
		return f.ReportsCredit
	case "intends_litigation":
		return f.IntendsLitigation
	}
	return true
}

// compileStatements checks the matrix and readies each statement.
func compileStatements(file statementFile, lex *lexicon) (map[string]*statement, error) {
	all := map[string]*statement{}
	for _, s := range file.Statements {
		if all[s.ID] != nil {
			return nil, fmt.Errorf("statement %s twice", s.ID)
		}
		if s.Flag != "" && s.Flag != "reports_credit" && s.Flag != "intends_litigation" {
			return nil, fmt.Errorf("statement %s: unknown flag %q", s.ID, s.Flag)
		}
		if len(s.Basis) == 0 {
			return nil, fmt.Errorf("statement %s: no basis", s.ID)
		}
		c := &statement{Statement: s, cells: map[string]map[string]cell{}}
		var err error
		if c.must, err = optional(lex, s.Must); err == nil {
			c.answerMust, err = optional(lex, s.Answer.Must)
		}
		if err != nil {
			return nil, fmt.Errorf("statement %s: %w", s.ID, err)
		}
		all[s.ID] = c
	}
	for debt, row := range file.Matrix {
		for stage, ids := range row {
			if !slices.Contains(file.Stages, stage) {
				return nil, fmt.Errorf("matrix %s: unknown stage %q", debt, stage)
			}
			for _, id := range ids {
				id, free := strings.CutSuffix(id, "!")
				s := all[id]
				if s == nil {
					return nil, fmt.Errorf("matrix %s %s: unknown statement %q", debt, stage, id)
				}
				if s.cells[debt] == nil {
					s.cells[debt] = map[string]cell{}
				}
				if s.cells[debt][stage] = cellFlagged; free {
					s.cells[debt][stage] = cellFree
				}
			}
		}
	}
	return all, nil
}

// optional is a term, or -1 for an empty list.
func optional(lex *lexicon, list []string) (int32, error) {
	if len(list) == 0 {
		return -1, nil
	}
	return lex.term(list)
}
