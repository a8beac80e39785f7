package channels

import (
	"context"
	"time"

	"hejie/bot"
)

// The ports, by the names adapters use.
type (
	Account     = bot.Account
	Traits      = bot.Traits
	Outgoing    = bot.Parcel
	Class       = bot.Class
	Result      = bot.Result
	ResultClass = bot.ResultClass
	Sender      = bot.Sender
	Inbound     = bot.Arrival
	Media       = bot.Media
	Grant       = bot.Grant
	Cursor      = bot.Cursor
	Receipt     = bot.Report
	Doubt       = bot.Doubt
)

// What files and windows come to, by the names the core knows.
var (
	ErrGone     = bot.ErrGone
	ErrTooLarge = bot.ErrTooLarge
)

const (
	Answer    = bot.Answer
	Proactive = bot.Proactive
	Notice    = bot.Notice
	OTP       = bot.OTP

	Sent         = bot.Sent
	Retryable    = bot.Retryable
	RateLimited  = bot.RateLimited
	AuthFailed   = bot.AuthFailed
	WindowClosed = bot.WindowClosed
	OptedOut     = bot.OptedOut
	Permanent    = bot.Permanent
	Ambiguous    = bot.Ambiguous

	KeptBack = bot.KeptBack

	RepeatNever   = bot.RepeatNever
	RepeatPlain   = bot.RepeatPlain
	RepeatSameKey = bot.RepeatSameKey
)

// Sink takes what came in. *bot.Bot is one.
type Sink interface {
	// Accept stores one inbound thing and returns once it is durable: answer the peer then, and only then. dup: it was
	// accepted before and nothing more happens. An error means it is not stored: let the peer send it again.
	Accept(ctx context.Context, in Inbound) (dup bool, err error)
	// AcceptAll stores many and moves the cursor with them, all or nothing. It says how many were new.
	AcceptAll(ctx context.Context, in []Inbound, c Cursor) (fresh int, err error)
	// Cursor is where AcceptAll left off; empty at first.
	Cursor(ctx context.Context, channel, account, name string) (string, error)
	// Receipt moves the state of a message we sent. One for a message nobody sent is kept aside for a while
	// (it may come before the send returns) and is not an error.
	Receipt(ctx context.Context, r Receipt) error
}

// Shared is small state that all nodes see: tokens, replay marks, locks. *store.Store is one.
type Shared interface {
	// Load gives a value that has not expired; ok is false when there is none. Values are sealed at rest.
	Load(ctx context.Context, key string) (value string, version int64, ok bool, err error)
	// Swap writes a value if the version is still the one that was loaded (0 = there was none). ok false: somebody was faster.
	Swap(ctx context.Context, key string, version int64, value string, expires time.Time) (ok bool, err error)
	// Once is true the first time a key is seen before it expires, and false after that, on all nodes.
	Once(ctx context.Context, key string, expires time.Time) (first bool, err error)
	// Lock takes or renews a named lock; it ends by itself at until, or by Unlock.
	Lock(ctx context.Context, key, owner string, until time.Time) (ok bool, err error)
	Unlock(ctx context.Context, key, owner string) error
}
