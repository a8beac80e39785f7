package guard

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Both is a text in the two languages the rules speak; zh-Hant readers get Hant where it is given.
type Both struct {
	Zh   string `yaml:"zh"`
	Hant string `yaml:"zh_hant"`
	En   string `yaml:"en"`
}

func (b Both) in(lang string) string {
	switch {
	case lang == "en":
		return b.En
	case lang == "zh-Hant" && b.Hant != "":
		return b.Hant
	}
	return b.Zh
}

// Basis is where a rule comes from and how sure we are of it: V read in the source itself, V2 read second-hand, M from memory, P our own policy.
type Basis struct {
	Source  string `yaml:"source"`
	Article string `yaml:"article"`
	InForce string `yaml:"in_force"`
	Mark    string `yaml:"mark"`
}

// Pattern fires the rule. Phrases are in the small language of phrase.go.
type Pattern struct {
	Any           []string   `yaml:"any"`           // one of these
	All           [][]string `yaml:"all"`           // one of each list, in any order
	Within        string     `yaml:"within"`        // for all: clause (default), sentence, text
	Certain       bool       `yaml:"certain"`       // the words alone are enough; else the sentence must also sound bad (evidence.go)
	Negation      string     `yaml:"negation"`      // rescues (default) | ignored
	Warning       string     `yaml:"warning"`       // rescues (default) | ignored: "beware of people who …"
	Unless        []string   `yaml:"unless"`        // phrases in the same clause that make it harmless
	UnlessText    []string   `yaml:"unless_text"`   // … anywhere in the message
	UnlessNear    []string   `yaml:"unless_near"`   // … in the same sentence
	Authors       []Author   `yaml:"authors"`       // narrows the rule's own
	When          []string   `yaml:"when"`          // names of facts that must hold: unverified, limitation_expired, …
	Statement     string     `yaml:"statement"`     // allowed where the matrix of statements.yaml allows this one
	Decision      Decision   `yaml:"decision"`      // differs from the rule's own
	Jurisdictions []string   `yaml:"jurisdictions"` // narrows the rule's own
	Button        string     `yaml:"button"`        // ignored (default) | judged: a question on a quick-reply button is the debtor's own
}

// Example is a test a rule carries with it. A rule whose examples fail does not load.
type Example struct {
	Text   string   `yaml:"text"`
	Lang   string   `yaml:"lang"`
	Author Author   `yaml:"author"`
	Kind   Kind     `yaml:"kind"`
	Facts  ExFacts  `yaml:"facts"`
	Also   []string `yaml:"also"` // other rules that rightly object as well (for passed: none may)
}

// ExFacts are the facts an example differs in. The base is a verified debtor in daylight with no figures.
type ExFacts struct {
	Identity   Identity `yaml:"identity"`
	Stage      string   `yaml:"stage"`
	DebtType   string   `yaml:"debt_type"`
	Asked      string   `yaml:"asked"`
	Hour       *int     `yaml:"hour"`
	Sues       bool     `yaml:"intends_litigation"`
	Reports    bool     `yaml:"reports_credit"`
	Barred     bool     `yaml:"limitation_expired"`
	Told       bool     `yaml:"limitation_told"`
	First      bool     `yaml:"first_contact"`
	PlanActive bool     `yaml:"plan_active"`
	OptedOut   bool     `yaml:"opted_out"`
	Stranger   bool     `yaml:"stranger"` // no debtor has been matched with the address
	SentToday  int      `yaml:"sent_today"`
	SentWeek   int      `yaml:"sent_week"`
	Place      string   `yaml:"jurisdiction"`
	Collector  string   `yaml:"collector"`
	Holds      []string `yaml:"holds"`
	Control    Author   `yaml:"control"`
	Creditor   string   `yaml:"creditor"`
	Channel    string   `yaml:"channel"`
	AmountsFen []int64  `yaml:"amounts_fen"`
	Dates      []string `yaml:"dates"`
	Counts     []int64  `yaml:"counts"`
	Percents   []string `yaml:"percents"`
	Refs       []string `yaml:"refs"`
	Times      []string `yaml:"times"`
	Quote      string   `yaml:"quote_valid_until"`
	Phones     []string `yaml:"phones"`
	URLs       []string `yaml:"urls"`
}

// Examples of one rule.
type Examples struct {
	Blocked []Example `yaml:"blocked"`
	Passed  []Example `yaml:"passed"`
	Hard    []Example `yaml:"hard"` // negated or polite wording that must be stopped all the same
}

// Rule is one rule of the catalogue.
type Rule struct {
	ID            string    `yaml:"id"`
	Name          Both      `yaml:"name"`
	Basis         []Basis   `yaml:"basis"`
	Jurisdictions []string  `yaml:"jurisdictions"`
	Authors       []Author  `yaml:"authors"`
	Decision      Decision  `yaml:"decision"`
	Overridable   bool      `yaml:"overridable"`
	Tell          Both      `yaml:"tell_author"`
	Rewrite       Both      `yaml:"rewrite"`
	Check         string    `yaml:"check"` // a check on facts, by name (checks.go)
	Patterns      []Pattern `yaml:"patterns"`
	Examples      Examples  `yaml:"examples"`

	basis string // the sources in one line, for verdicts
}

// cite names the sources in one line, with what is not yet verified marked as such.
func (r *Rule) cite() string {
	var parts []string
	for _, b := range r.Basis {
		s := strings.TrimSpace(b.Source + " " + b.Article)
		if b.Mark != "V" {
			s += " [" + b.Mark + "]"
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, "; ")
}

// places a rule may name. A creditor without a place is one in CN.
var places = []string{"all", "CN", "HK", "TW", "US", "UK", "EU"}

func badPlace(list []string) string {
	for _, p := range list {
		if !slices.Contains(places, p) {
			return p
		}
	}
	return ""
}

var hardRules = []string{"T01", "T02", "T03", "T04", "T05", "T06", "T07", "T08", "T12", "T15"}

// validate names every fault of one rule, so that an author sees all at once.
func (r *Rule) validate() error {
	var errs []error
	bad := func(format string, a ...any) {
		errs = append(errs, fmt.Errorf("rule %s: "+format, append([]any{r.ID}, a...)...))
	}
	for what, b := range map[string]Both{"name": r.Name, "tell_author": r.Tell, "rewrite": r.Rewrite} {
		if b.Zh == "" || b.En == "" {
			bad("%s needs zh and en", what)
		}
	}
	if len(r.Basis) == 0 {
		bad("no basis")
	}
	for _, b := range r.Basis {
		if b.Source == "" || !slices.Contains([]string{"V", "V2", "M", "P"}, b.Mark) {
			bad("a basis needs a source and a mark V, V2, M or P")
		}
	}
	switch r.Decision {
	case Block, Hold, Rewrite:
	default:
		bad("decision %q", r.Decision)
	}
	if len(r.Jurisdictions) == 0 || len(r.Authors) == 0 {
		bad("needs jurisdictions and authors")
	}
	if p := badPlace(r.Jurisdictions); p != "" {
		bad("jurisdiction %q", p)
	}
	for i := range r.Patterns {
		if p := badPlace(r.Patterns[i].Jurisdictions); p != "" {
			bad("jurisdiction %q of a pattern", p)
		}
	}
	for _, a := range r.Authors {
		if !slices.Contains([]Author{Bot, Agent, Reminder, System}, a) {
			bad("author %q", a)
		}
	}
	if r.Overridable && slices.Contains(hardRules, r.ID) {
		bad("is a hard rule and cannot be overridable")
	}
	if r.Check == "" && len(r.Patterns) == 0 {
		bad("has neither patterns nor a check")
	}
	if len(r.Examples.Blocked) == 0 || len(r.Examples.Passed) == 0 {
		bad("needs blocked and passed examples")
	}
	return errors.Join(errs...)
}
