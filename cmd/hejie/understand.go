package main

import (
	"fmt"
	"slices"
	"time"

	"hejie/bot/understand"
	"hejie/flows"
)

// UnderstandCmd says what debtors' texts mean, and looks after what it has learned.
type UnderstandCmd struct {
	Read  UnderstandReadCmd  `cmd:"" default:"withargs" help:"JSONL in, JSONL out: what a debtor's text means (the default)."`
	Eval  UnderstandEvalCmd  `cmd:"" help:"Measure the understanding on labelled JSONL."`
	Train UnderstandTrainCmd `cmd:"" help:"Learn the classifier's weights from the utterances in the repository."`
}

// UnderstandReadCmd answers one JSON object a line.
type UnderstandReadCmd struct {
	Now string `help:"The time relative dates count from, RFC 3339; a line's own \"now\" wins. Default: the clock." placeholder:"TIME"`
}

// Help shows an example.
func (UnderstandReadCmd) Help() string {
	return `Reads {"id","text","lang"?,"now"?,"currency"?,"context"?} lines, answers one line each, works offline.

Example:
  echo '{"id":"1","text":"一次还不上 想分12期 每月12号"}' | hejie understand --now 2026-11-21T10:00:00+08:00`
}

type understandIn struct {
	ID       string `json:"id"`
	Text     string `json:"text"`
	Lang     string `json:"lang"`
	Now      string `json:"now"`
	Currency string `json:"currency"`
	Context  string `json:"context"`
}

type understandOut struct {
	ID         string              `json:"id"`
	Lang       string              `json:"lang"`
	Intents    []flows.Intent      `json:"intents"`
	Entities   []understand.Entity `json:"entities"`
	Steps      []understand.Step   `json:"steps,omitempty"` // a plan in steps: "300 for three months, then 1000"
	Commands   []flows.Command     `json:"commands"`
	Confidence float64             `json:"confidence"`
	Source     string              `json:"source"`
}

// contextsAsked are the questions a line may name (contracts).
var contextsAsked = []string{"", "none", "ask_identity", "ask_monthly_amount", "ask_count", "ask_date", "ask_reason", "ask_income", "offer_plan", "confirm_plan"}

// Run answers every line of the input.
func (c UnderstandReadCmd) Run(std *IO) error {
	now := time.Now().In(chinaTime)
	if c.Now != "" {
		t, err := time.Parse(time.RFC3339, c.Now)
		if err != nil {
			return fmt.Errorf("%w: --now wants a time like 2026-11-21T10:00:00+08:00: %w", errUsage, err)
		}
		now = t
	}
	g, err := understand.New()
	if err != nil {
		return err
	}
	return eachLine(std, func(in understandIn) (any, error) {
		at := now
		if in.Now != "" {
			if at, err = parseMoment(in.Now); err != nil {
				return nil, err
			}
		}
		if !slices.Contains(contextsAsked, in.Context) {
			return nil, fmt.Errorf("context %q is not one of ask_identity, ask_monthly_amount, ask_count, ask_date, ask_reason, ask_income, offer_plan, confirm_plan, none", in.Context)
		}
		m := g.Read(understand.Input{Text: in.Text, Lang: in.Lang, Now: at, Zone: at.Location(), Currency: in.Currency, Context: in.Context})
		out := understandOut{ID: in.ID, Lang: m.Lang, Intents: m.Intents, Entities: m.Entities, Steps: m.Steps, Commands: m.Commands, Confidence: m.Confidence, Source: "grammar"}
		if out.Intents == nil {
			out.Intents = []flows.Intent{}
		}
		if out.Entities == nil {
			out.Entities = []understand.Entity{}
		}
		if out.Commands == nil {
			out.Commands = []flows.Command{}
		}
		return out, nil
	})
}

// chinaTime is the wall clock a time without a zone is meant in.
var chinaTime = time.FixedZone("UTC+8", 8*3600)

// parseMoment reads RFC 3339, or a date and time without a zone.
func parseMoment(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, chinaTime); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("now %q is not a time of the form 2026-11-21T10:00:00+08:00", s)
}
