package bot

import (
	"context"
	"time"

	"hejie/bot/guard"
	"hejie/flows"
)

// Transcripts keeps conversations and what was said in them.
type Transcripts interface {
	// OpenConversation inserts c (ID, Epoch set by the caller).
	OpenConversation(ctx context.Context, c Conversation) error
	// Conversation loads one with its State. ErrNotFound.
	Conversation(ctx context.Context, id string) (Conversation, error)
	// AppendInbound inserts the message with the next seq and state pending, and marks the conversation as having a turn to do.
	// Same (conv, cid) and same content: Accepted of the first, Dup. Other content: ErrCIDConflict. Closed conversation: ErrClosed.
	AppendInbound(ctx context.Context, m Message) (Accepted, error)
	// PendingInbound lists unconsumed inbound messages, oldest first.
	PendingInbound(ctx context.Context, convID string) ([]Message, error)
	// Messages lists rows with seq > after, oldest first, at most limit.
	Messages(ctx context.Context, convID string, after int64, limit int) ([]Message, error)
	// MarkSeen moves recv_seq / read_seq forward (never back) and the delivery state of outbound rows up to seq.
	MarkSeen(ctx context.Context, convID, what string, seq int64) error // what: delivered | read
	// PendingConversations lists ids with a turn or a delivery to do, for start-up and for sweeps.
	PendingConversations(ctx context.Context, limit int) ([]string, error)
}

// TurnResult is all that one turn makes true; CommitTurn writes it in one transaction or not at all.
type TurnResult struct {
	Conv      Conversation // new State, Identity, DebtorID, Lang, Control, Reason, Crisis, WaitingMS; Version as loaded
	Consumed  []string     // inbound message ids now done
	Effects   []flows.Effect
	Outbox    []Outgoing
	Commands  []flows.Command   // recorded with the turn, for replay
	Source    string            // grammar | model
	Usage     Usage             // what the turn asked of a model
	Step      *StepRecord       // what the engine was given and said; nil: it was not asked
	Documents []Document        // agreement texts drawn up in this turn
	Approval  *ApprovalDecision // a person's decision that this turn carries out
	NowMS     int64
}

// Outgoing is one draft with its first verdict. A draft that did not pass is stored too: an agent sees it with its reasons.
type Outgoing struct {
	Draft   guard.Draft   `json:"draft"`
	Verdict guard.Verdict `json:"verdict"`
	Facts   guard.Facts   `json:"facts"` // what the turn knew; time, control, holds and counts are refreshed at delivery

	Class Class         `json:"-"` // empty: by the draft's kind
	TTL   time.Duration `json:"-"` // 0: the usual one of its channel
	// Matters: it may take the message a window keeps back. What a person says and every notice may anyway.
	Matters bool `json:"-"`

	// What ClaimOutbox knows of a leased row.
	Key         string    `json:"-"`
	Attempt     int       `json:"-"`
	AuthTries   int       `json:"-"`
	MayHaveLeft bool      `json:"-"` // the attempt before this one was cut off after it was cleared
	Doubts      int       `json:"-"` // attempts so far of which nobody knows whether they arrived
	WasParked   bool      `json:"-"`
	Expires     time.Time `json:"-"`
}

// Document is an agreement's text. Append-only.
type Document struct {
	ID          string `db:"id" json:"id"` // agreement id
	ConvID      string `db:"conv_id" json:"conversation_id"`
	Lang        string `db:"lang" json:"lang"`
	HTML        []byte `db:"html" json:"-"`
	SHA256      string `db:"sha256" json:"sha256"`
	TermsSHA256 string `db:"terms_sha256" json:"terms_sha256"`
	CreatedMS   int64  `db:"created_ms" json:"created_ms"`
}

// Turns commits turns and moves the outbox.
type Turns interface {
	// CommitTurn is atomic; ErrConflict when the conversation's Version moved meanwhile (a person took over, for one).
	// Effects are idempotent: an agreement, offer, hold or case with the same id is written once.
	CommitTurn(ctx context.Context, r TurnResult) error
	// Enqueue adds one outgoing draft outside a turn (agent, notice, reminder). Same draft id: no second row.
	Enqueue(ctx context.Context, o Outgoing, nowMS int64) error
	// ClaimOutbox takes the oldest unfinished row of a conversation (state queued, due, or an expired lease) and leases it.
	// ok is false when there is nothing to do. Only rows whose verdict passed are ever claimed.
	ClaimOutbox(ctx context.Context, convID, owner string, now time.Time, lease time.Duration) (o Outgoing, ok bool, err error)
	// FinishOutbox sets the row's state: sent, waiting, failed, unknown, blocked (the last check stopped it), deferred (until).
	// For sent / waiting it also moves the message row made by guard.Ledger.Record.
	FinishOutbox(ctx context.Context, draftID, state string, v *guard.Verdict, until time.Time) error
	// Held lists drafts of a conversation that did not pass.
	Held(ctx context.Context, convID string) ([]Outgoing, error)
	Document(ctx context.Context, id string) (Document, error)
}

// Portfolio is what a creditor loaded, read for a case file.
type Portfolio interface {
	// CaseFile loads debtor, accounts with entries, holds, cases, running plans and creditor. debtorID empty: creditor only.
	// Now, Lang, Channel, Identity, Match, Policy, Desk and Zone are the caller's to fill.
	CaseFile(ctx context.Context, creditorID, debtorID string) (flows.CaseFile, error)
	// FindDebtors returns debtors of a creditor that fit all given factors (empty = not given): exact name, last four of phone, last four of id.
	FindDebtors(ctx context.Context, creditorID, name, phone4, id4 string) ([]KnownDebtor, error)
	// DebtorByRef finds a debtor by the creditor's own debtor_id (the `sub` of a host token). ErrNotFound.
	DebtorByRef(ctx context.Context, creditorID, ref string) (KnownDebtor, error)
	// DeliveryFacts are fresh at each attempt to send.
	DeliveryFacts(ctx context.Context, conv Conversation, now time.Time) (DeliveryFacts, error)
}

// KnownDebtor is what the creditor knows to tell a person by.
type KnownDebtor struct {
	ID, Ref, Name, PhoneLast4, IDLast4, Lang string
}

// DeliveryFacts decide timing rules at the moment of sending.
type DeliveryFacts struct {
	OptedOut            bool
	Holds               []string
	SentToday, SentWeek int
}

// Handoffs moves control between bot and people. Each call is one transaction and compares the current holder.
type Handoffs interface {
	// TakeOver gives the conversation to agentID: ErrNotHolder when another agent holds it, ErrClosed.
	TakeOver(ctx context.Context, convID, agentID string, nowMS int64) (Conversation, error)
	// HandBack returns it to the bot with state kept; only the holder may. ErrNotHolder.
	HandBack(ctx context.Context, convID, agentID string, nowMS int64) (Conversation, error)
	// Close ends it; only the holder may (or anybody when nobody holds it).
	Close(ctx context.Context, convID, agentID string, nowMS int64) (Conversation, error)
}

// Store is everything the bot needs kept.
type Store interface {
	Transcripts
	Turns
	Portfolio
	Handoffs
	guard.Ledger
}
