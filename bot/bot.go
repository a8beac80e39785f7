package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"hejie/bot/guard"
	"hejie/flows"
	"hejie/flows/policy"
	"hejie/prompts"
)

// Keeping is what the bot needs kept: the Store and the lookup that continues a known debtor's conversation.
type Keeping interface {
	Store
	Reminders
	Deliveries
	Peers
	Reviews
	ConversationOf(ctx context.Context, creditorID, debtorID, channel string) (Conversation, error)
	LogAudit(ctx context.Context, kind, actor, convID string, detail any) error
}

// Options wire a Bot. All fields but Rephraser, Merge and Log are required.
type Options struct {
	Store        Keeping
	Filter       *guard.Filter
	Engine       *flows.Engine
	Prompts      *prompts.Catalog
	Understander Understander
	Rephraser    Rephraser // nil: approved texts go out as they are
	Policy       func(creditorID string) *policy.Policy
	Desk         func(now time.Time) flows.Desk
	Bus          Bus
	Now          func() time.Time
	Zone         *time.Location
	Merge        time.Duration // messages that come within this time of each other make one turn
	Node         string        // lease owner
	Lease        time.Duration // how long a node may take over one text before another takes it for dead; 0 = 60 s. Longer than any send
	StepUp       time.Duration // how long a proof of identity on a messaging channel holds; 0 = 15 min
	Log          *slog.Logger
}

// Bot runs conversations. All methods are safe for concurrent use.
type Bot struct {
	store    Keeping
	filter   *guard.Filter
	engine   *flows.Engine
	words    *prompts.Catalog
	mind     Understander
	rephrase Rephraser
	policy   func(string) *policy.Policy
	desk     func(time.Time) flows.Desk
	bus      Bus
	now      func() time.Time
	zone     *time.Location
	merge    time.Duration
	node     string
	log      *slog.Logger
	lease    time.Duration
	stepUp   time.Duration
	keep     *Retention
	channels map[string]Channel
	senders  map[string]Sender // channel/account
	desks    map[string]bool   // channels with an account whose peer has people of its own
	queue    *queue
	spent    meter // of all turns of this process

	inboxWake chan struct{}
	fileWake  chan struct{}
}

// New checks that nothing is missing.
func New(o Options) (*Bot, error) {
	if o.Store == nil || o.Filter == nil || o.Engine == nil || o.Prompts == nil || o.Understander == nil ||
		o.Policy == nil || o.Desk == nil || o.Bus == nil || o.Now == nil || o.Zone == nil {
		return nil, errors.New("bot: an option is missing")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Node == "" {
		o.Node = "node"
	}
	if o.Lease == 0 {
		o.Lease = usualLease
	}
	if o.StepUp == 0 {
		o.StepUp = 15 * time.Minute
	}
	keep, err := ParseRetention(usualRetention)
	if err != nil {
		return nil, err
	}
	return &Bot{
		store: o.Store, filter: o.Filter, engine: o.Engine, words: o.Prompts, mind: o.Understander, rephrase: o.Rephraser,
		policy: o.Policy, desk: o.Desk, bus: o.Bus, now: o.Now, zone: o.Zone, merge: o.Merge, node: o.Node, log: o.Log,
		lease: o.Lease, stepUp: o.StepUp, keep: keep, channels: map[string]Channel{}, senders: map[string]Sender{}, queue: newQueue(),
		desks:     map[string]bool{},
		inboxWake: make(chan struct{}, 1), fileWake: make(chan struct{}, 1),
	}, nil
}

// Attach adds a channel; call it before Run.
func (b *Bot) Attach(c Channel) { b.channels[c.Name()] = c }

// Settle does every turn and delivery a conversation has waiting, in order. Workers call it; so do terminals and tests.
func (b *Bot) Settle(ctx context.Context, convID string) error {
	for {
		did, err := b.turn(ctx, convID)
		if err != nil {
			return fmt.Errorf("turn: %w", err)
		}
		if err := b.deliver(ctx, convID); err != nil {
			return fmt.Errorf("deliver: %w", err)
		}
		if !did {
			return b.tellDesk(ctx, convID)
		}
	}
}
