// Package bot is one conversation: receive, turn, submit, deliver, hand over to a person and back.
// It does not know HTTP, SQL, a vendor's wire format or a model's API; it owns the ports they fill.
package bot

import (
	"context"
	"errors"
	"time"

	"hejie/bot/guard"
	"hejie/flows"
)

// Inbound is one thing a debtor sent, verified and decoded by its channel.
type Inbound struct {
	Channel        string // web | wechat | sms | terminal
	ExternalID     string // the channel's id; (ConversationID, ExternalID) is unique: a retry is harmless
	ConversationID string
	Kind           string // text | action
	Text           string
	Action         *flows.Action
	At             time.Time
}

// Accepted is where an inbound message stands in the transcript; it is durable when Receive returns.
type Accepted struct {
	MessageID string
	Seq       int64
	Dup       bool
}

// Channel carries words out. It adds none of its own.
type Channel interface {
	Name() string
	// Send puts one cleared text on the wire. It must not block on a slow peer.
	Send(context.Context, guard.Cleared) (Receipt, error)
}

// Receipt is what a channel knows after Send: "sent" (on the wire), "waiting" (nobody connected; the row waits), "failed", "unknown".
type Receipt struct{ State string }

// Turn is what an Understander is given.
type Turn struct {
	Texts    []string // messages of this turn, oldest first
	Lang     string   // language of the conversation so far; empty = detect
	Now      time.Time
	Zone     *time.Location
	Currency string
	Context  string   // what was just asked: ask_identity, ask_monthly_amount … none (contracts)
	Private  []string // names of the case file; whatever leaves the process must not hold them
	State    flows.State
}

// Understood is what a turn means.
type Understood struct {
	Commands   []flows.Command
	Lang       string // detected: zh-Hans | zh-Hant | en
	Confidence float64
	Source     string // grammar | model
}

// Understander turns text into commands of the closed set.
type Understander interface {
	Understand(context.Context, Turn) (Understood, error)
}

// Rephraser may reword an approved reply. It sees placeholders, never figures or personal data.
type Rephraser interface {
	Rephrase(ctx context.Context, lang, text string) (string, error)
}

// Control says who speaks in a conversation.
type Control string

const (
	ByBot   Control = "bot"
	InQueue Control = "queue" // a person was called; the bot still helps with what it may until one joins
	ByAgent Control = "agent" // the bot is silent
	Closed  Control = "closed"
)

// Conversation is one thread with one debtor (or a visitor).
type Conversation struct {
	ID         string         `db:"id" json:"id"`
	Epoch      string         `db:"epoch" json:"epoch"`
	CreditorID string         `db:"creditor_id" json:"creditor_id"`
	DebtorID   string         `db:"debtor_id" json:"debtor_id"` // empty until identified
	Channel    string         `db:"channel" json:"channel"`
	Address    string         `db:"address" json:"-"`
	Lang       string         `db:"lang" json:"lang"`
	Identity   flows.Identity `db:"identity" json:"identity"`
	Control    Control        `db:"control" json:"control"`
	AgentID    string         `db:"agent_id" json:"agent_id"`
	Crisis     bool           `db:"crisis" json:"crisis"`
	Reason     string         `db:"reason" json:"reason"` // why a person was called
	HeadSeq    int64          `db:"head_seq" json:"head_seq"`
	ReadSeq    int64          `db:"read_seq" json:"read_seq"` // the debtor has read so far
	RecvSeq    int64          `db:"recv_seq" json:"recv_seq"`
	Version    int64          `db:"version" json:"version"` // compare-and-swap of state and control
	State      flows.State    `db:"-" json:"-"`             // stored as JSON text
	CreatedMS  int64          `db:"created_ms" json:"created_ms"`
	UpdatedMS  int64          `db:"updated_ms" json:"updated_ms"`
	WaitingMS  int64          `db:"waiting_ms" json:"waiting_ms"` // since when a person is awaited, 0 = not
}

// current is the state of the talk with what the row knows better: the level of proof, and a crisis somebody has seen.
func (c Conversation) current() flows.State {
	s := c.State
	s.Identity, s.Crisis = c.Identity, s.Crisis || c.Crisis
	return s
}

// Message is one row of the transcript. Append-only: only its delivery state moves, and only forward.
type Message struct {
	ID          string        `json:"id"`
	ConvID      string        `json:"conversation_id"`
	Channel     string        `json:"channel,omitempty"` // by which it came or went, where that is known
	Seq         int64         `json:"seq"`
	Direction   string        `json:"direction"` // in | out
	Author      string        `json:"author"`    // debtor | bot | agent | reminder | system
	AgentID     string        `json:"agent_id,omitempty"`
	Kind        string        `json:"kind"`          // text | action | notice
	CID         string        `json:"cid,omitempty"` // the sender's id, inbound
	Text        string        `json:"text"`          // inbound text
	Action      *flows.Action `json:"action,omitempty"`
	Parts       []guard.Part  `json:"parts,omitempty"` // outbound
	Lang        string        `json:"lang,omitempty"`
	ReplyID     string        `json:"reply_id,omitempty"`
	ClearanceID string        `json:"clearance_id,omitempty"` // never empty on outbound rows
	State       string        `json:"state"`                  // in: pending|done; out: sending|waiting|sent|delivered|read|failed|unknown
	AtMS        int64         `json:"at_ms"`
}

// Event tells listeners inside the process that something durable happened. It carries ids; readers load what they may see.
type Event struct {
	Kind   string // message | control | typing | read | verdict | note | session_revoked
	ConvID string
	Seq    int64
	Agent  bool   // typing: by an agent (else by the debtor)
	Name   string // typing or control: the agent's display name
	On     bool
}

// Bus hands Events to every listener of this process without ever blocking the sender.
type Bus interface {
	Publish(Event)
	// Subscribe returns events until the cancel function is called; a slow listener misses events and gets a Kind "lost" one.
	Subscribe() (<-chan Event, func())
}

// Errors of this package. Adapters map them to their own words.
var (
	ErrNotFound     = errors.New("bot: not found")
	ErrConflict     = errors.New("bot: changed meanwhile") // compare-and-swap lost
	ErrCIDConflict  = errors.New("bot: same cid, other content")
	ErrClosed       = errors.New("bot: conversation closed")
	ErrOfferExpired = errors.New("bot: offer expired or unknown")
	ErrVerify       = errors.New("bot: identity must be verified first")
	ErrTooLarge     = errors.New("bot: message too large")
	ErrEmpty        = errors.New("bot: message empty")
	ErrNotHolder    = errors.New("bot: another person holds the conversation")
	ErrHardRule     = errors.New("bot: a rule without exception stands against it")
	ErrNotHeld      = errors.New("bot: nothing holds it")
	ErrOwnWish      = errors.New("bot: nobody decides their own wish")
	ErrTooEarly     = errors.New("bot: not yet")
)
