package guard

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed rules/*.yaml
var embedded embed.FS

// required are the rules without which nothing is judged. A pack may hold more, never less.
var required = []string{
	"T01", "T02", "T03", "T04", "T05", "T06", "T07", "T08", "T09", "T10", "T11", "T12", "T13", "T14", "T15", "T16", "T17", "T18",
	"G01", "G02", "G03", "G04", "G05", "G06", "G07", "G08", "G09", "G10", "G11", "G12", "G13", "G14", "G15", "G16", "G17", "G18", "G19", "G20",
	"G21", "G22", "G23", "G24", "G25", "G26",
}

// Ruleset is a rule pack ready to judge. It never changes after loading.
type Ruleset struct {
	Version  string // version and short hash of the pack's content
	rules    []*Rule
	byID     map[string]*Rule
	lang     language
	lex      *lexicon
	auto     *automaton
	seqs     [][]seqRef   // by first term
	cos      [][]together // by first term
	stmts    map[string]*statement
	statutes []statute
	words    figureWords
	sounds   *sounds
	orgs     orgReader
	order    map[string]int // by rule: which act comes first in a verdict
	tables   tables
	checks   []checkRef
	ear      *ear // listens to what no rule objects to; nil = none
	pool     viewPool
	covers   *coverage // set while examples are inspected, else nil
}

type packFile struct {
	Version string `yaml:"version"`
	Tables  tables `yaml:"tables"`
}

type vocabFile struct {
	Groups map[string][]string `yaml:"groups"`
}

// load reads a pack: pack.yaml, vocab.yaml, language.yaml, statements.yaml, statutes.yaml, and one file a rule (T01.yaml …).
func load(fsys fs.FS) (*Ruleset, error) {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("guard: %w", err)
	}
	slices.Sort(names)
	var (
		pack  packFile
		vocab vocabFile
		talk  map[string][]string
		stmts statementFile
		stats statuteFile
		hears earFile
		rules []*Rule
	)
	special := map[string]any{"pack.yaml": &pack, "vocab.yaml": &vocab, "language.yaml": &talk, "statements.yaml": &stmts, "statutes.yaml": &stats}
	missing := len(special)
	special["tone.yaml"] = &hears // a pack may do without
	sum := sha256.New()
	for _, name := range names {
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("guard: %s: %w", name, err)
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(b))
		sum.Write(b)
		into, isSpecial := special[name]
		switch {
		case into == any(&hears):
		case isSpecial:
			missing--
		default:
			r := &Rule{}
			rules, into = append(rules, r), r
		}
		if err := yaml.UnmarshalWithOptions(b, into, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("guard: %s: %w", name, err)
		}
		if !isSpecial && rules[len(rules)-1].ID != strings.TrimSuffix(path.Base(name), ".yaml") {
			return nil, fmt.Errorf("guard: %s holds rule %q", name, rules[len(rules)-1].ID)
		}
	}
	if missing > 0 || pack.Version == "" {
		return nil, errors.New("guard: the rule pack is incomplete: pack, vocab, language, statements and statutes are all needed")
	}
	rs := &Ruleset{
		Version: pack.Version + "+" + hex.EncodeToString(sum.Sum(nil))[:12],
		rules:   rules, byID: map[string]*Rule{}, lex: newLexicon(vocab.Groups), tables: pack.Tables,
	}
	return rs, rs.compile(talk, stmts, stats, hears)
}

func (rs *Ruleset) compile(talk map[string][]string, stmts statementFile, stats statuteFile, hears earFile) error {
	var errs []error
	for _, r := range rs.rules {
		errs = append(errs, r.validate())
		if rs.byID[r.ID] != nil {
			errs = append(errs, fmt.Errorf("rule %s twice", r.ID))
		}
		rs.byID[r.ID] = r
		r.basis = r.cite()
	}
	for _, id := range required {
		if rs.byID[id] == nil {
			errs = append(errs, fmt.Errorf("rule %s is missing", id))
		}
	}
	if err := errors.Join(errs...); err != nil { // before the phrases are built, which takes a hundred times as long
		return fmt.Errorf("guard: %w", err)
	}
	errs = append(errs, rs.compileLanguage(talk))
	var err error
	if rs.ear, err = hears.compile(rs); err != nil {
		errs = append(errs, err)
	}
	if rs.stmts, err = compileStatements(stmts, rs.lex); err != nil {
		errs = append(errs, err)
	}
	if rs.statutes, err = stats.statutes(rs.lex); err != nil {
		errs = append(errs, err)
	}
	errs = append(errs, rs.tables.validate(), rs.compileFigures())
	if !rs.orgs.compile(&rs.tables.Orgs, rs.byID) {
		errs = append(errs, errors.New("pack: organisations are incomplete"))
	}
	rs.order = map[string]int{}
	for i, id := range rs.tables.Order {
		if _, twice := rs.order[id]; twice || len(id) != 3 {
			errs = append(errs, fmt.Errorf("pack: order: %q", id))
		}
		rs.order[id] = i
	}
	var pats []compiledPattern
	for _, r := range rs.rules {
		for i := range r.Patterns {
			p, err := rs.compilePattern(r, &r.Patterns[i])
			errs = append(errs, err)
			pats = append(pats, p)
		}
		if r.Check != "" {
			c, ok := checks[r.Check]
			if !ok {
				errs = append(errs, fmt.Errorf("rule %s: unknown check %q", r.ID, r.Check))
			}
			rs.checks = append(rs.checks, checkRef{rule: r, run: c})
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("guard: %w", err)
	}
	rs.index(pats)
	return nil
}

// compiledPattern is a pattern with the sequences and sets it is found by.
type compiledPattern struct {
	pat  *cpattern
	seqs []*sequence
	co   *together
}

func (rs *Ruleset) compilePattern(r *Rule, p *Pattern) (compiledPattern, error) {
	c := &cpattern{rule: r, src: p, decision: r.Decision, authors: r.Authors, places: r.Jurisdictions}
	out := compiledPattern{pat: c}
	fail := func(err error) (compiledPattern, error) { return out, fmt.Errorf("rule %s: %w", r.ID, err) }
	if (len(p.Any) == 0) == (len(p.All) == 0) {
		return fail(errors.New("a pattern needs any or all, not both"))
	}
	for what, v := range map[string]string{"negation": p.Negation, "warning": p.Warning} {
		if v != "" && v != "rescues" && v != "ignored" {
			return fail(fmt.Errorf("%s: %q", what, v))
		}
	}
	if p.Button != "" && p.Button != "ignored" && p.Button != "judged" {
		return fail(fmt.Errorf("button: %q", p.Button))
	}
	if p.Decision != "" {
		c.decision = p.Decision
	}
	if len(p.Authors) > 0 {
		c.authors = p.Authors
	}
	if len(p.Jurisdictions) > 0 {
		c.places = p.Jurisdictions
	}
	for _, w := range p.When {
		cond, ok := conditions[w]
		if !ok {
			return fail(fmt.Errorf("unknown condition %q", w))
		}
		c.when = append(c.when, cond)
	}
	c.suspicion = rs.ear.suspects(r, p)
	c.general = slices.Contains(p.When, "unverified")
	if p.Statement != "" {
		if c.stmt = rs.stmts[p.Statement]; c.stmt == nil {
			return fail(fmt.Errorf("unknown statement %q", p.Statement))
		}
	}
	var err error
	if c.unless, err = optional(rs.lex, p.Unless); err != nil {
		return fail(err)
	}
	if c.unlessNear, err = optional(rs.lex, p.UnlessNear); err != nil {
		return fail(err)
	}
	if c.unlessText, err = optional(rs.lex, p.UnlessText); err != nil {
		return fail(err)
	}
	if err = out.parts(rs.lex, p); err != nil {
		return fail(err)
	}
	return out, nil
}

// parts compiles any or all. Plain literals of one pattern share a term; each gapped phrase is its own sequence.
func (out *compiledPattern) parts(lex *lexicon, p *Pattern) error {
	var plain []string
	for _, s := range p.Any {
		if !isSequence(s) {
			plain = append(plain, s)
			continue
		}
		qs, err := lex.sequences(s)
		if err != nil {
			return err
		}
		for i := range qs {
			out.seqs = append(out.seqs, &qs[i])
		}
	}
	if len(plain) > 0 {
		t, err := lex.term(plain)
		if err != nil {
			return err
		}
		out.seqs = append(out.seqs, &sequence{terms: []int32{t}})
	}
	if len(p.All) == 0 {
		return nil
	}
	switch p.Within {
	case "", "clause", "sentence", "text":
	default:
		return fmt.Errorf("within: %q", p.Within)
	}
	out.co = &together{within: p.Within, pat: out.pat}
	for _, list := range p.All {
		t, err := lex.term(list)
		if err != nil {
			return err
		}
		out.co.terms = append(out.co.terms, t)
	}
	return nil
}

func (rs *Ruleset) index(pats []compiledPattern) {
	rs.seqs, rs.cos = make([][]seqRef, rs.lex.terms), make([][]together, rs.lex.terms)
	for _, p := range pats {
		for _, q := range p.seqs {
			rs.seqs[q.terms[0]] = append(rs.seqs[q.terms[0]], seqRef{seq: q, pat: p.pat})
		}
		if p.co != nil {
			rs.cos[p.co.terms[0]] = append(rs.cos[p.co.terms[0]], *p.co)
		}
	}
	rs.auto = newAutomaton(rs.lex.phrases)
}

func (rs *Ruleset) compileLanguage(talk map[string][]string) error {
	l := &rs.lang
	fields := map[string]*int32{
		"split": &l.split, "split_not": &l.splitNot, "negation": &l.neg, "negation_adjacent": &l.adjacent, "negation_not": &l.negNot, "breaks": &l.breaks, "breaks_not": &l.breaksNot, "because": &l.because, "no_one": &l.noOne, "partial": &l.partial, "disowns": &l.disowns,
		"denied_after": &l.after, "rhetorical": &l.rhetorical, "irony": &l.irony, "tail": &l.tail, "condition": &l.condition,
		"lawful": &l.lawful, "warning": &l.warning, "we": &l.we, "demands": &l.demands, "asks": &l.asks, "said": &l.said, "inquires": &l.inquires, "says_no": &l.saysNo, "disclaims": &l.disclaims, "takes_back": &l.takesBack, "closed_warning": &l.closed, "remedy": &l.remedy, "mentions": &l.mentions,
	}
	var errs []error
	var err error
	if rs.sounds, err = compileSounds(talk); err != nil {
		errs = append(errs, fmt.Errorf("language: %w", err))
	}
	for name := range talk {
		if fields[name] == nil && !strings.HasPrefix(name, "sounds") {
			errs = append(errs, fmt.Errorf("language: unknown key %q", name))
		}
	}
	for name, into := range fields {
		t, err := rs.lex.term(talk[name])
		if err != nil {
			errs = append(errs, fmt.Errorf("language: %s: %w", name, err))
		}
		*into = t
	}
	return errors.Join(errs...)
}
