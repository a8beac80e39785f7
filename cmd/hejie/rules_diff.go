package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/bot/store"
)

// RulesDiffCmd is `hejie rules diff`: what would a changed rule pack have said of messages that were judged before?
type RulesDiffCmd struct {
	Pack     string `required:"" help:"The changed rule pack." type:"existingdir" placeholder:"DIR"`
	Active   string `help:"The pack it is held against instead of the built-in one." type:"existingdir" placeholder:"DIR"`
	Messages string `help:"JSONL of filter inputs; - is standard input." xor:"from" placeholder:"FILE"`
	DB       string `name:"db" help:"Take the messages from the audit of this database: postgres://… or sqlite:PATH." xor:"from" placeholder:"URL"`
	Now      string `help:"Clock of --messages, RFC 3339. Without it: today at noon. Messages of an audit keep their own." placeholder:"TIME"`
	Zero     bool   `help:"Exit with status 0 even when verdicts differ."`
}

// Help shows examples.
func (RulesDiffCmd) Help() string {
	return `One JSON object a line for each message on which decision or rules differ, then a summary on standard error.
Exit status 0 when nothing differs, 1 when something does.

  hejie rules diff --pack ./my-rules --messages sent.jsonl
  hejie rules diff --pack ./my-rules --db sqlite:data/hejie.db

The audit keeps the figures a message used, not all that were known: a figure without a source then is without one now.`
}

// ruleDiff is one line of output.
type ruleDiff struct {
	ID     string    `json:"id"`
	Text   string    `json:"text"`
	Active ruleSide  `json:"active"`
	Other  ruleSide  `json:"changed"`
	At     time.Time `json:"at,omitzero"`
}

type ruleSide struct {
	Verdict guard.Decision `json:"verdict"`
	Rules   []string       `json:"rules"`
}

// differ compares two packs message by message.
type differ struct {
	active, other *guard.Filter
	out           *json.Encoder
	seen, differ  int
	stopped       int // passed before, stopped by the changed pack
	passed        int // stopped before, passed by it
}

func (d *differ) one(id string, draft guard.Draft, facts guard.Facts, at time.Time) error {
	d.seen++
	diff, differs := d.active.Differ(d.other, draft, facts, d.active.Check(draft, facts))
	if !differs {
		return nil
	}
	d.differ++
	switch {
	case diff.Active == guard.Pass && diff.Other != guard.Pass:
		d.stopped++
	case diff.Active != guard.Pass && diff.Other == guard.Pass:
		d.passed++
	}
	var words []string
	for _, p := range draft.Parts {
		words = append(words, p.Text)
	}
	return d.out.Encode(ruleDiff{
		ID: id, Text: strings.Join(words, " / "), At: at,
		Active: ruleSide{diff.Active, diff.ActiveRules}, Other: ruleSide{diff.Other, diff.OtherRules},
	})
}

// Run compares.
func (c *RulesDiffCmd) Run(std *IO) error {
	if (c.Messages == "") == (c.DB == "") {
		return fmt.Errorf("%w: give --messages or --db", errUsage)
	}
	d := &differ{out: json.NewEncoder(std.Out)}
	d.out.SetEscapeHTML(false)
	var err error
	if d.active, err = rulePack(c.Active); err != nil {
		return fmt.Errorf("%w: the active pack: %w", errUsage, err)
	}
	if d.other, err = rulePack(c.Pack); err != nil {
		return fmt.Errorf("%w: the changed pack: %w", errUsage, err)
	}
	if c.DB != "" {
		err = withStore(c.DB, func(ctx context.Context, st *store.Store) error { return d.audit(ctx, st) })
	} else {
		err = c.messages(std, d)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(std.Err, "%d messages, %d differ: %d newly stopped, %d newly passed, %d other rules\n", d.seen, d.differ, d.stopped, d.passed, d.differ-d.stopped-d.passed)
	if d.differ > 0 && !c.Zero {
		return fmt.Errorf("%w: %w", errSilent, errFails)
	}
	return nil
}

func (c *RulesDiffCmd) messages(std *IO, d *differ) error {
	in := std.In
	if c.Messages != "-" {
		f, err := os.Open(c.Messages)
		if err != nil {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
		defer func() { _ = f.Close() }() // it was only read
		in = f
	}
	now := noon()
	if c.Now != "" {
		at, err := time.Parse(time.RFC3339, c.Now)
		if err != nil {
			return fmt.Errorf("--now: %w: %w", errUsage, err)
		}
		now = at
	}
	dec := json.NewDecoder(in)
	for n := 1; ; n++ {
		var m filterIn
		err := dec.Decode(&m)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: message %d: %w", errUsage, n, err)
		}
		draft, facts, err := m.draft(now)
		if err != nil {
			return fmt.Errorf("%w: message %d: %w", errUsage, n, err)
		}
		if err := d.one(m.ID, draft, facts, time.Time{}); err != nil {
			return err
		}
	}
}

// auditPage is how many lines of the audit are read at a time.
const auditPage = 500

// audit walks the records of every attempt to send, stopped ones as well.
func (d *differ) audit(ctx context.Context, st *store.Store) error {
	for after := int64(0); ; {
		lines, err := st.Audit(ctx, "", after, auditPage)
		if err != nil {
			return err
		}
		for i := range lines {
			after = lines[i].N
			if err := d.line(&lines[i]); err != nil {
				return err
			}
		}
		if len(lines) < auditPage {
			return nil
		}
	}
}

func (d *differ) line(l *bot.AuditLine) error {
	if l.Kind != "clearance" && l.Kind != "stopped" {
		return nil
	}
	var kept struct {
		Draft guard.Draft `json:"draft"`
		Facts guard.Facts `json:"facts"`
	}
	if err := json.Unmarshal([]byte(l.Detail), &kept); err != nil {
		return fmt.Errorf("audit line %d: %w", l.N, err)
	}
	if len(kept.Draft.Parts) == 0 {
		return nil // erased since
	}
	kept.Facts.Zone = zoneChina
	kept.Facts.Figures = guard.Sourced(l.Verdict, kept.Facts.Now, zoneChina)
	return d.one(kept.Draft.ID, kept.Draft, kept.Facts, time.UnixMilli(l.AtMS).UTC())
}
