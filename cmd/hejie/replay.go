package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"hejie/bot"
	"hejie/bot/store"
	"hejie/flows"
	"hejie/prompts"
)

// ReplayCmd runs a conversation again from its record.
type ReplayCmd struct {
	Conv string `arg:"" name:"conv" help:"The conversation's id."`
	DB   string `name:"db" help:"Database: postgres://… or sqlite:PATH. Default: HEJIE_DATABASE_URL, or hejie.db in HEJIE_DATA_DIR."`
}

// Help shows an example.
func (ReplayCmd) Help() string {
	return "Each turn's recorded commands and case file go through this program's flows; state, replies and effects are compared.\n" +
		"It needs the server's own secret: offers are signed with it, and an offer whose signature does not fit is refused.\n\n" +
		"Example:\n  HEJIE_SECRET_FILE=/run/secrets/hejie hejie replay 0193c5f2-7a10-7c11-9b7e-0d1f2a3b4c5d --db sqlite:data/hejie.db\n\n" +
		"Exit status 1 when a turn differs."
}

// Run replays.
func (c *ReplayCmd) Run(std *IO) error {
	cfg, err := loadConfig(os.Environ())
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if cfg.Secret == "" {
		return fmt.Errorf("%w: HEJIE_SECRET (or HEJIE_SECRET_FILE) is needed: without it no offer's signature fits", errUsage)
	}
	pol, err := loadPolicies(cfg.PolicyDir)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	return withStore(c.DB, func(ctx context.Context, st *store.Store) error {
		conv, err := st.Conversation(ctx, c.Conv)
		if errors.Is(err, bot.ErrNotFound) {
			return fmt.Errorf("%w: no conversation %s", errUsage, c.Conv)
		}
		if err != nil {
			return err
		}
		turns, err := st.TurnRecords(ctx, conv.ID)
		if err != nil {
			return err
		}
		r, err := newReplayer(cfg)
		if err != nil {
			return err
		}
		p := pol.of(conv.CreditorID)
		r.restore = func(cf *flows.CaseFile) { cf.Policy = p }
		return r.report(std, turns, p.Version)
	})
}

type replayer struct {
	engine  *flows.Engine
	restore func(*flows.CaseFile)
	cfg     Config
}

func newReplayer(cfg Config) (*replayer, error) {
	words, err := prompts.Load()
	if err != nil {
		return nil, err
	}
	e, err := flows.NewEngine(words, flows.Options{OfferKey: offerKey(cfg.Secret)})
	return &replayer{engine: e, cfg: cfg}, err
}

// report prints a line a turn and fails when one differs.
func (r *replayer) report(std *IO, turns []store.TurnRecord, policyNow string) error {
	var ok, differs, skipped int
	var sum bot.Usage
	for _, t := range turns {
		sum.Calls, sum.Prompt, sum.Completion = sum.Calls+t.Usage.Calls, sum.Prompt+t.Usage.Prompt, sum.Completion+t.Usage.Completion
		said := ""
		switch diffs, err := r.turn(t); {
		case errors.Is(err, errNoRecord) && len(t.Commands) == 0:
			said = "-        not a turn of the flows (a person's act, or a quote)"
		case errors.Is(err, errNoRecord):
			skipped++
			said = "-        not replayable: the flows were silent, or it is from before turns kept their case file"
		case err != nil:
			return err
		case len(diffs) > 0:
			differs++
			said = "DIFFERS"
			for _, d := range diffs {
				said += "\n           " + d
			}
		default:
			ok++
			said = "ok"
		}
		if t.Step != nil && t.Step.Policy != policyNow {
			said += fmt.Sprintf("   (policy was %s, is %s now)", t.Step.Policy, policyNow)
		}
		fmt.Fprintf(std.Out, "turn %-4d %s%s\n", t.Version, said, r.usage(t.Usage))
	}
	fmt.Fprintf(std.Out, "%d turns: %d ok, %d differ, %d not replayable%s\n", len(turns), ok, differs, skipped, r.usage(sum))
	if differs > 0 {
		return fmt.Errorf("%w: %w", errSilent, errFails)
	}
	return nil
}

func (r *replayer) usage(u bot.Usage) string {
	if u.Calls == 0 {
		return ""
	}
	return fmt.Sprintf("   model: %d calls, %d + %d tokens, cost %s", u.Calls, u.Prompt, u.Completion, r.cfg.costOf(u))
}

var errNoRecord = errors.New("replay: the turn has no record")

// turn runs one turn again and names what is not as it was.
func (r *replayer) turn(t store.TurnRecord) ([]string, error) {
	if t.Step == nil {
		return nil, errNoRecord
	}
	state, replies, effects, err := t.Step.Again(r.engine.Step, t.Commands, r.restore)
	if err != nil {
		return nil, err
	}
	was := t.Effects
	if n := len(was) - 1; n >= len(effects) && was[n].Kind == flows.EffHandoff && was[n].Reason == "reply_held" {
		was, state = was[:n], flows.Unsaid(state) // the filter stopped a reply afterwards: that is no act of the flows
	}
	var out []string
	for _, c := range []struct {
		what     string
		was, now any
	}{{"state", t.State, state}, {"replies", t.Step.Replies, replies}, {"effects", orNone(was), orNone(effects)}} {
		d, err := difference(c.was, c.now)
		if err != nil {
			return nil, err
		}
		if d != "" {
			out = append(out, c.what+d)
		}
	}
	return out, nil
}

func orNone(e []flows.Effect) []flows.Effect {
	if e == nil {
		return []flows.Effect{}
	}
	return e
}

// difference is the first place where two values differ as JSON, empty when nowhere.
func difference(was, now any) (string, error) {
	a, err1 := plainJSON(was)
	b, err2 := plainJSON(now)
	if err := errors.Join(err1, err2); err != nil {
		return "", err
	}
	return firstDiff("", a, b), nil
}

func plainJSON(v any) (out any, err error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	err = d.Decode(&out)
	return out, err
}

func firstDiff(at string, a, b any) string {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			return at + ": another kind of value"
		}
		keys := slices.Collect(maps.Keys(x))
		keys = append(keys, slices.Collect(maps.Keys(y))...)
		slices.Sort(keys)
		for _, k := range slices.Compact(keys) {
			if d := firstDiff(at+"."+k, x[k], y[k]); d != "" {
				return d
			}
		}
		return ""
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return at + ": another number of items"
		}
		for i := range x {
			if d := firstDiff(fmt.Sprintf("%s[%d]", at, i), x[i], y[i]); d != "" {
				return d
			}
		}
		return ""
	}
	if a != b {
		return fmt.Sprintf("%s: was %s, is %s", at, short(a), short(b))
	}
	return ""
}

func short(v any) string {
	s := []rune(fmt.Sprint(v))
	if len(s) > 60 {
		return string(s[:60]) + "…"
	}
	return string(s)
}
