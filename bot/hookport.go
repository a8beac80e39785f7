package bot

import (
	"context"
	"time"
)

// HookTypes are the events an integrator can subscribe to.
var HookTypes = []string{"message", "handoff", "arrangement", "hold", "case", "delivery", "promise"}

// Subscription is where a creditor's system is told what happens.
type Subscription struct {
	ID              string   `json:"id"`
	CreditorID      string   `json:"creditor_id"`
	URL             string   `json:"url"`
	Events          []string `json:"events"`
	State           string   `json:"state" enum:"active,disabled"`
	Fault           string   `json:"fault" doc:"What the last failed attempt came to, or why it was disabled"`
	PreviousUntilMS int64    `json:"previous_until_ms" doc:"Until then the secret before this one signs too"`
	FailingSinceMS  int64    `json:"failing_since_ms"`
	CreatedMS       int64    `json:"created_ms"`
	DisabledMS      int64    `json:"disabled_ms"`
	Pending         int      `json:"pending"`

	Secrets []string `json:"-"` // newest first; those that sign now
}

// HookEvent is one thing that happened, for one subscription. It holds ids, kinds and amounts, nothing about a person.
type HookEvent struct {
	N          int64  `db:"n" json:"n"`
	WebhookID  string `db:"webhook_id" json:"subscription_id"`
	Type       string `db:"type" json:"type"`
	AtMS       int64  `db:"at_ms" json:"at_ms"`
	ConvID     string `db:"conv_id" json:"conversation_id"`
	DebtorID   string `db:"debtor_id" json:"debtor_id"`
	AccountID  string `db:"account_id" json:"account_id"`
	ObjectID   string `db:"object_id" json:"object_id"`
	Kind       string `db:"kind" json:"kind"`
	Status     string `db:"status" json:"status"`
	Amount     int64  `db:"amount" json:"amount_fen"`
	Currency   string `db:"currency" json:"currency"`
	OnDay      string `db:"on_day" json:"on"`
	State      string `db:"state" json:"state"` // pending | done | failed | skipped
	Attempts   int    `db:"attempts" json:"attempts"`
	FirstMS    int64  `db:"first_ms" json:"first_ms"`
	LastStatus int    `db:"last_status" json:"last_status"`
	LastError  string `db:"last_error" json:"last_error"`
	LastBody   string `db:"last_body" json:"last_body"`
	TookMS     int64  `db:"took_ms" json:"took_ms"`
	DoneMS     int64  `db:"done_ms" json:"done_ms"`
}

// HookOutcome is what became of one attempt. State pending means: again, not before Next.
type HookOutcome struct {
	N       int64
	Owner   string
	State   string
	Status  int
	Error   string
	Body    string
	Took    time.Duration
	Next    time.Time
	Disable string // why the whole subscription ends; empty: it goes on
	Now     time.Time
}

// Hooks is the queue of events behind outbound webhooks. The events themselves are written by the database with what happened.
type Hooks interface {
	// ClaimHook leases one subscription that has something to send; nobody else sends for it until the lease ends.
	ClaimHook(ctx context.Context, owner string, now time.Time, lease time.Duration) (s Subscription, ok bool, err error)
	// HeadHook is the oldest unsent event of a subscription.
	HeadHook(ctx context.Context, subID string) (e HookEvent, ok bool, err error)
	// FinishHook records an attempt and renews the lease; still is false when the lease was lost.
	FinishHook(ctx context.Context, subID string, o HookOutcome, lease time.Duration) (still bool, err error)
	ReleaseHook(ctx context.Context, subID, owner string) error
	// ForgetHooks drops sent events older than before.
	ForgetHooks(ctx context.Context, before time.Time) error
}

// HookAdmin manages subscriptions. creditorID empty: any creditor's. A row of another creditor is ErrNotFound.
type HookAdmin interface {
	AddHook(ctx context.Context, s Subscription, by string) (made Subscription, secret string, err error)
	Hook(ctx context.Context, creditorID, id string) (Subscription, error)
	HooksOf(ctx context.Context, creditorID string) ([]Subscription, error)
	// SetHook changes address, events and state; to set active clears the fault.
	SetHook(ctx context.Context, creditorID string, s Subscription, by string) (Subscription, error)
	DropHook(ctx context.Context, creditorID, id, by string) error
	// RotateHook makes a new secret; the old one signs beside it until then.
	RotateHook(ctx context.Context, creditorID, id, by string, until time.Time) (secret string, err error)
	HookLog(ctx context.Context, creditorID, id string, before int64, limit int) ([]HookEvent, error)
	// ReplayHook puts ended events from..to back in the queue under their old ids.
	ReplayHook(ctx context.Context, creditorID, id string, from, to int64, by string) (n int, err error)
}

// Integrations is everything behind the integrators' face.
type Integrations interface {
	Keys
	Books
	HookAdmin
}
