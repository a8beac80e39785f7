package guard

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"hejie/bot/text"
)

// Difference is one draft on which two rule packs do not agree. It holds no words of the message: it may be logged.
type Difference struct {
	DraftID        string   `json:"draft_id"`
	ConversationID string   `json:"conversation_id"`
	Author         Author   `json:"author"`
	Active         Decision `json:"active"`
	Other          Decision `json:"other"`
	ActiveRules    []string `json:"active_rules"`
	OtherRules     []string `json:"other_rules"`
	ActivePack     string   `json:"active_pack"`
	OtherPack      string   `json:"other_pack"`
}

// Differ judges a draft by other as well and tells whether decision or rules differ from v, the verdict of f.
func (f *Filter) Differ(other *Filter, d Draft, facts Facts, v Verdict) (Difference, bool) {
	w := other.Check(d, facts)
	diff := Difference{
		DraftID: d.ID, ConversationID: d.To.ConversationID, Author: d.Author, Active: v.Decision, Other: w.Decision,
		ActiveRules: v.Rules(), OtherRules: w.Rules(), ActivePack: v.Ruleset, OtherPack: w.Ruleset,
	}
	return diff, v.Decision != w.Decision || !slices.Equal(diff.ActiveRules, diff.OtherRules)
}

// Rules are the rules that object, each once, the most telling first.
func (v Verdict) Rules() []string {
	out := []string{}
	for _, h := range v.Hits {
		if !slices.Contains(out, h.Rule) {
			out = append(out, h.Rule)
		}
	}
	return out
}

// shadowQueue is how many drafts may wait for the second pack. When it is full a draft is left out and counted: comparing is
// never a reason to let a debtor wait.
const shadowQueue = 256

// Shadow judges what the active filter judged by a second pack and reports where they differ. It acts on nothing.
type Shadow struct {
	other   *Filter
	report  func(Difference)
	queue   chan shadowed
	skipped atomic.Int64
	seen    atomic.Int64
}

type shadowed struct {
	by    *Filter
	draft Draft
	facts Facts
	v     Verdict
}

// NewShadow makes a shadow of another pack; Run does its work.
func NewShadow(other *Filter, report func(Difference)) *Shadow {
	return &Shadow{other: other, report: report, queue: make(chan shadowed, shadowQueue)}
}

// WithShadow is f with a second pack looking on: each draft that Clear judges is offered to it.
func (f *Filter) WithShadow(s *Shadow) *Filter {
	g := *f
	g.shadow = s
	return &g
}

// Run compares until ctx ends, then what is still queued.
func (s *Shadow) Run(ctx context.Context) error {
	for {
		select {
		case x := <-s.queue:
			s.compare(x)
		case <-ctx.Done():
			for {
				select {
				case x := <-s.queue:
					s.compare(x)
				default:
					return nil
				}
			}
		}
	}
}

// Counts are the drafts compared and those left out because the queue was full.
func (s *Shadow) Counts() (seen, skipped int64) { return s.seen.Load(), s.skipped.Load() }

func (s *Shadow) compare(x shadowed) {
	s.seen.Add(1)
	if d, differs := x.by.Differ(s.other, x.draft, x.facts, x.v); differs {
		s.report(d)
	}
}

// offer never waits. The draft is a copy already; the facts' lists are copied here.
func (s *Shadow) offer(by *Filter, d Draft, facts Facts, v Verdict) {
	if s == nil {
		return
	}
	facts.Figures, facts.Holds, facts.AllowedHosts = slices.Clone(facts.Figures), slices.Clone(facts.Holds), slices.Clone(facts.AllowedHosts)
	facts.AlsoAsked = slices.Clone(facts.AlsoAsked)
	select {
	case s.queue <- shadowed{by: by, draft: d, facts: facts, v: v}:
	default:
		s.skipped.Add(1)
	}
}

// Sourced turns the sources of a recorded verdict back into figures a message may state: the audit keeps those instead of all
// facts. A source remembers how the figure was written; here it is read again.
func Sourced(v Verdict, now time.Time, zone *time.Location) []Figure {
	out := make([]Figure, 0, len(v.Sources))
	for _, s := range v.Sources {
		switch s.Kind {
		case Date, Percent, Duration:
			out = append(out, reread(s, now, zone)...)
		default:
			out = append(out, s)
		}
	}
	return out
}

func reread(s Figure, now time.Time, zone *time.Location) []Figure {
	var out []Figure
	for _, g := range text.Figures(s.Text, text.Opt{Now: now, Zone: zone}) {
		switch g.Kind {
		case text.FigDate, text.FigRange:
			out = append(out, Figure{Kind: Date, Text: g.Date.String(), Origin: s.Origin})
			if g.Kind == text.FigRange {
				out = append(out, Figure{Kind: Date, Text: g.DateEnd.String(), Origin: s.Origin})
			}
		case text.FigPercent:
			if g.PPM >= 0 {
				out = append(out, Figure{Kind: Percent, Text: percentText(g.PPM), Origin: s.Origin})
			}
		case text.FigDuration, text.FigDay:
			n, _ := isoDuration(g.Duration)
			out = append(out, Figure{Kind: Count, Value: max(n, g.Count), Origin: s.Origin})
		}
	}
	return out
}

// percentText writes parts per million as a decimal percentage: 175 is 0.0175.
func percentText(ppm int64) string { return fmt.Sprintf("%d.%04d", ppm/10_000, ppm%10_000) }
