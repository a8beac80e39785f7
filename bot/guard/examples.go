package guard

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"hejie/bot/text"
)

// Outcome of one example of one rule.
type Outcome struct {
	Rule    string
	Want    string // blocked | passed | hard
	Text    string
	OK      bool
	Verdict Verdict
}

// Examples runs every example of every rule: what `hejie rules check` prints and what New insists on.
func (f *Filter) Examples() []Outcome {
	var out []Outcome
	for _, r := range f.rs.rules {
		for _, set := range []struct {
			want string
			exs  []Example
		}{{"blocked", r.Examples.Blocked}, {"passed", r.Examples.Passed}, {"hard", r.Examples.Hard}} {
			for _, ex := range set.exs {
				v := f.Check(ex.draft())
				ok := v.Decision == Pass
				if set.want != "passed" {
					ok = v.Decision != Pass && v.names(r.ID)
				}
				out = append(out, Outcome{Rule: r.ID, Want: set.want, Text: ex.Text, OK: ok, Verdict: v})
			}
		}
	}
	return out
}

func (v Verdict) names(rule string) bool {
	for _, h := range v.Hits {
		if h.Rule == rule {
			return true
		}
	}
	return false
}

func (f *Filter) selfTest() error {
	var errs []error
	for _, o := range f.Examples() {
		if !o.OK {
			errs = append(errs, fmt.Errorf("guard: rule %s: example %q must be %s, verdict %s %s", o.Rule, o.Text, o.Want, o.Verdict.Decision, o.Verdict.rules()))
		}
	}
	return errors.Join(errs...)
}

func (v Verdict) rules() string {
	var s []string
	for _, h := range v.Hits {
		s = append(s, h.Rule+"("+h.Text+")")
	}
	return strings.Join(s, " ")
}

// draft makes an example whole: a verified debtor, by day, who was written to before.
func (e Example) draft() (Draft, Facts) {
	lang := e.Lang
	if lang == "" {
		lang = guessLang(e.Text)
	}
	hour := 11
	if e.Facts.Hour != nil {
		hour = *e.Facts.Hour
	}
	d := Draft{
		ID: "example", Author: e.Author, Kind: e.Kind, Lang: lang, AgentID: "a1",
		To:    Recipient{Channel: e.Facts.Channel, ConversationID: "example", Address: "example", DebtorID: "example"},
		Parts: []Part{{Role: "body", Text: e.Text}},
	}
	if e.Facts.Stranger {
		d.To.DebtorID = ""
	}
	if d.Author == "" {
		d.Author = Agent
	}
	if d.Kind == "" {
		d.Kind = Reply
	}
	x := e.Facts
	f := Facts{
		Now: time.Date(2026, 11, 20, hour, 0, 0, 0, time.UTC), Zone: time.UTC, Identity: x.Identity, Control: x.Control,
		OptedOut: x.OptedOut, Holds: x.Holds, SentToday: x.SentToday, SentWeek: x.SentWeek, Creditor: x.Creditor, Collector: x.Collector,
		Jurisdiction: x.Place, QuoteValidUntil: x.Quote,
		DebtType: x.DebtType, Stage: x.Stage, IntendsLitigation: x.Sues, ReportsCredit: x.Reports, LimitationExpired: x.Barred, LimitationTold: x.Told,
		Asked: x.Asked, FirstContact: x.First, PlanActive: x.PlanActive,
	}
	if f.Identity == "" {
		f.Identity = Verified
	}
	for _, v := range x.AmountsFen {
		f.Figures = append(f.Figures, Figure{Kind: Money, Value: v, Origin: "ledger:example"})
	}
	for _, v := range x.Counts {
		f.Figures = append(f.Figures, Figure{Kind: Count, Value: v, Origin: "offer:example"})
	}
	for _, list := range []struct {
		kind   FigureKind
		origin string
		values []string
	}{
		{Date, "offer:example", x.Dates}, {Percent, "offer:example", x.Percents}, {Ref, "account:example", x.Refs},
		{Phone, "creditor:hotline", x.Phones}, {URL, "creditor:site", x.URLs}, {Time, "creditor:hours", x.Times},
	} {
		for _, s := range list.values {
			f.Figures = append(f.Figures, Figure{Kind: list.kind, Text: s, Origin: list.origin})
		}
	}
	return d, f
}

// guessLang of an example: Chinese if it holds a Chinese character.
func guessLang(s string) string {
	for _, r := range s {
		if isCJK(r) {
			return "zh-Hans"
		}
	}
	return "en"
}

// traditional: the text has a character that is not its own simplified form.
func traditional(s string) bool {
	for _, r := range s {
		if isCJK(r) && text.Simplified(r) != r {
			return true
		}
	}
	return false
}
