package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	_ "time/tzdata" // a bare machine has no zone files, and "today" must still be the debtor's

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/bot/llm"
	"hejie/bot/store"
	"hejie/bot/understand"
	"hejie/flows"
	"hejie/flows/policy"
	"hejie/prompts"
)

// core is the part that every command that talks needs: the bot on a real store, without any HTTP.
type core struct {
	store  *store.Store
	bot    *bot.Bot
	bus    *bot.MemoryBus
	words  *prompts.Catalog
	filter *guard.Filter
	policy policies
	shadow *guard.Shadow // nil: no second rule pack looks on
	now    func() time.Time
	zone   *time.Location
}

// coreOptions are what differs between serve, demo and chat.
type coreOptions struct {
	DatabaseURL string
	Secret      string
	Zone        *time.Location
	Now         func() time.Time
	Desk        func(time.Time) flows.Desk
	Policy      *policy.Policy // nil: the default
	PolicyDir   string
	LLM         llm.Config
	ShadowRules string // folder of a second rule pack that judges everything and decides nothing
	Merge       time.Duration
	Log         *slog.Logger
	// Wrap lets chat put a case from a file over the store. Nil: the store itself.
	Wrap func(*store.Store) bot.Keeping
}

// coreOptions are what a configuration says of the bot on its own database, without a model, a second rule pack or a pause between messages.
func (c Config) coreOptions(now func() time.Time, log *slog.Logger) (coreOptions, error) {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return coreOptions{}, err
	}
	d, err := newDesk(c.DeskOpen, c.DeskAgents, zone)
	if err != nil {
		return coreOptions{}, err
	}
	return coreOptions{DatabaseURL: c.database(), Secret: c.Secret, Zone: zone, Now: now, Desk: d.at, PolicyDir: c.PolicyDir, Log: log}, nil
}

// newCore loads every rule, flow and text, and refuses to start when one of them is wrong.
func newCore(ctx context.Context, o coreOptions) (*core, error) {
	words, err := prompts.Load()
	if err != nil {
		return nil, err
	}
	engine, err := flows.NewEngine(words, flows.Options{OfferKey: offerKey(o.Secret)})
	if err != nil {
		return nil, err
	}
	pol := policies{common: o.Policy}
	if o.Policy == nil {
		if pol, err = loadPolicies(o.PolicyDir); err != nil {
			return nil, err
		}
	}
	st, err := store.Open(ctx, o.DatabaseURL, store.WithSecret(o.Secret), store.WithClock(func() time.Time { return o.Now().In(o.Zone) }))
	if err != nil {
		return nil, err
	}
	c := &core{store: st, bus: bot.NewBus(), words: words, policy: pol, now: o.Now, zone: o.Zone}
	var keeping bot.Keeping = st
	if o.Wrap != nil {
		keeping = o.Wrap(st)
	}
	if c.filter, err = guard.Default(keeping); err != nil {
		return nil, errors.Join(err, st.Shutdown())
	}
	if err := c.addShadow(o); err != nil {
		return nil, errors.Join(err, st.Shutdown())
	}
	grammar, err := understand.New()
	if err != nil {
		return nil, errors.Join(err, st.Shutdown())
	}
	var mind bot.Understander = grammar
	var rephraser bot.Rephraser
	if o.LLM.BaseURL != "" {
		o.LLM.Intents, o.LLM.Log = understand.Intents(), o.Log
		model, err := llm.New(o.LLM, grammar)
		if err != nil {
			return nil, errors.Join(err, st.Shutdown())
		}
		mind, rephraser = model, model
	}
	c.bot, err = bot.New(bot.Options{
		Store: keeping, Filter: c.filter, Engine: engine, Prompts: words, Understander: mind, Rephraser: rephraser,
		Policy: pol.of, Desk: o.Desk, Bus: c.bus, Now: o.Now, Zone: o.Zone,
		Merge: o.Merge, Node: node(), Log: o.Log,
	})
	if err != nil {
		return nil, errors.Join(err, st.Shutdown())
	}
	return c, nil
}

// addShadow lets a changed rule pack look on: what it would judge otherwise is logged, by rule and never by word.
func (c *core) addShadow(o coreOptions) error {
	if o.ShadowRules == "" {
		return nil
	}
	other, err := guard.New(os.DirFS(o.ShadowRules), nil)
	if err != nil {
		return fmt.Errorf("HEJIE_SHADOW_RULES: %w", err)
	}
	c.shadow = guard.NewShadow(other, func(d guard.Difference) {
		o.Log.Info("the second rule pack would judge otherwise", "draft", d.DraftID, "active", d.Active, "active_rules", d.ActiveRules, "other", d.Other, "other_rules", d.OtherRules)
	})
	c.filter = c.filter.WithShadow(c.shadow)
	return nil
}

// offerKey signs offers. It is derived, so that the secret itself never signs anything a person can see.
func offerKey(secret string) []byte {
	sum := sha256.Sum256([]byte("hejie offer key v1\x00" + secret))
	return sum[:]
}

func loadPolicy(dir string) (*policy.Policy, error) {
	if dir == "" {
		return policy.Default()
	}
	return policy.Load(os.DirFS(dir), "policy.yaml")
}

func node() string {
	host, err := os.Hostname()
	if err != nil {
		host = "host"
	}
	return fmt.Sprintf("%s-%d", host, os.Getpid())
}
