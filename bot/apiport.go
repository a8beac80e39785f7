package bot

import (
	"context"

	"hejie/bot/guard"
	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// APIKey lets a creditor's own system in. The key itself is known to its holder only.
type APIKey struct {
	ID         string   `json:"id"`
	CreditorID string   `json:"creditor_id"`
	Name       string   `json:"name"`
	Prefix     string   `json:"prefix"`
	Scopes     []string `json:"scopes"`
	CreatedMS  int64    `json:"created_ms"`
	ExpiresMS  int64    `json:"expires_ms"`
	LastUsedMS int64    `json:"last_used_ms"`
	RevokedMS  int64    `json:"revoked_ms"`
}

// Scopes is all that a key can be given.
var Scopes = []string{
	"accounts:read", "payments:write", "conversations:read", "arrangements:read",
	"holds:read", "holds:write", "cases:read", "cases:write", "webhooks:manage",
}

// Keys keeps API keys by their hash.
type Keys interface {
	// AddAPIKey makes a key; secret is its only copy. Unknown scopes and creditors are refused.
	AddAPIKey(ctx context.Context, k APIKey, by string) (made APIKey, secret string, err error)
	// APIKeyBySecret finds the key that is presented, if it stands now. ErrNotFound: unknown, revoked or expired.
	APIKeyBySecret(ctx context.Context, secret string, nowMS int64) (APIKey, error)
	APIKeys(ctx context.Context, creditorID string) ([]APIKey, error)
	RevokeAPIKey(ctx context.Context, id, by string) error
}

// BookedAccount is an account as the creditor's own system knows it: its own numbers, no name, no phone.
type BookedAccount struct {
	ID          string         `json:"id"`
	DebtorID    string         `json:"debtor_id"`
	AccountNo   string         `json:"account_no"`
	DebtorRef   string         `json:"debtor_ref" doc:"The creditor's own id of the debtor"`
	DebtType    string         `json:"debt_type"`
	Currency    string         `json:"currency"`
	AsOf        calendar.Date  `json:"as_of" doc:"The day the creditor's figures stand at"`
	DueOn       calendar.Date  `json:"due_on,omitzero"`
	DaysOverdue int            `json:"days_overdue"`
	Stage       string         `json:"stage"`
	Balance     ledger.Balance `json:"balance"`
	Total       ledger.Amount  `json:"total_fen"`
	Entries     []ledger.Entry `json:"-"`
}

// PaymentPost is money that the creditor's system saw. The same key again is the same payment.
type PaymentPost struct {
	Key       string
	AccountID string
	Amount    ledger.Amount
	Currency  string
	On        calendar.Date
	Reference string
	By        string // the key that posted it
}

// PaymentPosted is the ledger line and what it paid.
type PaymentPosted struct {
	EntryID   string         `json:"entry_id"`
	AccountID string         `json:"account_id"`
	Amount    ledger.Amount  `json:"amount_fen"`
	Currency  string         `json:"currency"`
	On        calendar.Date  `json:"on"`
	Paid      ledger.Balance `json:"allocation" doc:"What of the payment went to each component; overpaid_fen found nothing to pay"`
	Balance   ledger.Balance `json:"balance" doc:"What is owed after it"`
	Total     ledger.Amount  `json:"total_fen"`
	Repeated  bool           `json:"repeated" doc:"The idempotency key was used before: nothing was booked again"`
}

// BookedArrangement is an arrangement with how it stands.
type BookedArrangement struct {
	ID          string             `db:"id" json:"id"`
	AccountID   string             `db:"account_id" json:"account_id"`
	DebtorID    string             `db:"debtor_id" json:"debtor_id"`
	ConvID      string             `db:"conv_id" json:"conversation_id"`
	Kind        arrange.Kind       `db:"kind" json:"kind"`
	Currency    string             `db:"currency" json:"currency"`
	Total       ledger.Amount      `db:"total" json:"total_fen"`
	Waived      ledger.Amount      `db:"waived" json:"waived_fen"`
	State       string             `db:"state" json:"state" doc:"active, replaced, done, broken or cancelled"`
	AgreedMS    int64              `db:"agreed_ms" json:"agreed_ms"`
	SHA256      string             `db:"sha256" json:"sha256" doc:"Of the agreement's terms"`
	Instalments []BookedInstalment `db:"-" json:"instalments"`
	Paid        ledger.Amount      `db:"-" json:"paid_fen"`
}

// BookedInstalment is one payment of an arrangement.
type BookedInstalment struct {
	N         int           `db:"n" json:"n"`
	Due       calendar.Date `db:"due_on" json:"due"`
	Amount    ledger.Amount `db:"amount" json:"amount_fen"`
	Principal ledger.Amount `db:"principal" json:"principal_fen"`
	Interest  ledger.Amount `db:"interest" json:"interest_fen"`
	Penalty   ledger.Amount `db:"penalty" json:"penalty_fen"`
	Fees      ledger.Amount `db:"fees" json:"fees_fen"`
	Paid      ledger.Amount `db:"-" json:"paid_fen"`
	State     string        `db:"-" json:"state" enum:"paid,part,due,late"`
}

// HoldRow is a hold that stands, with what a console or an integrator needs to know of it.
type HoldRow struct {
	ID         string        `db:"id" json:"id"`
	CreditorID string        `db:"creditor_id" json:"creditor_id"`
	Subject    string        `db:"subject" json:"-"`
	DebtorID   string        `db:"debtor_id" json:"debtor_id"`
	DebtorName string        `db:"debtor_name" json:"-"`
	AccountID  string        `db:"account_id" json:"account_id"`
	ConvID     string        `db:"conv_id" json:"conversation_id"`
	Reason     string        `db:"reason" json:"reason"`
	Scope      string        `db:"scope" json:"scope"`
	Until      calendar.Date `db:"until_on" json:"until"`
	PlacedMS   int64         `db:"placed_ms" json:"placed_ms"`
}

// HoldPut places a hold by a person's or an integrator's word.
type HoldPut struct {
	CreditorID, DebtorID, AccountID, ConvID string
	Reason, Scope                           string
	Until                                   calendar.Date
	Note, By                                string
}

// CaseRow is a case with its deadline.
type CaseRow struct {
	ID         string        `db:"id" json:"id"`
	ConvID     string        `db:"conv_id" json:"conversation_id"`
	CreditorID string        `db:"creditor_id" json:"creditor_id"`
	DebtorID   string        `db:"debtor_id" json:"debtor_id"`
	DebtorName string        `db:"debtor_name" json:"-"`
	AccountID  string        `db:"account_id" json:"account_id"`
	Kind       string        `db:"kind" json:"kind"`
	Due        calendar.Date `db:"due_on" json:"due"`
	Note       string        `db:"note" json:"-"` // the debtor's own words: for people at the desk
	State      string        `db:"state" json:"state"`
	OpenedMS   int64         `db:"opened_ms" json:"opened_ms"`
	ClosedMS   int64         `db:"closed_ms" json:"closed_ms"`
	ClosedBy   string        `db:"closed_by" json:"closed_by"`
	Outcome    string        `db:"outcome" json:"outcome"`
}

// CaseFilter selects cases; empty fields select all.
type CaseFilter struct {
	CreditorID, State, Kind string
	AfterMS                 int64  // only those opened after (AfterMS, AfterID), for paging
	AfterID                 string // conversation and id, as CaseRow.Cursor gives it
	Limit                   int
	ByDue                   bool // overdue first; else in the order they were opened
}

// Books is what an integrator reads and writes of one creditor. Every call names the creditor; another one's row is ErrNotFound.
type Books interface {
	// AccountsPage lists accounts with an id after the cursor, at most limit. no selects one account number.
	AccountsPage(ctx context.Context, creditorID, after, no string, limit int) ([]BookedAccount, error)
	BookedAccount(ctx context.Context, creditorID, id string) (BookedAccount, error)
	// PostPayment books money. ErrConflict: the key was used for another payment. ErrNotFound, ErrEmpty (nothing to book).
	PostPayment(ctx context.Context, creditorID string, p PaymentPost) (PaymentPosted, error)
	ConversationsPage(ctx context.Context, creditorID string, afterMS int64, afterID string, limit int) ([]Conversation, error)
	ArrangementsPage(ctx context.Context, creditorID, accountID string, afterMS int64, afterID string, limit int) ([]BookedArrangement, error)
	BookedArrangement(ctx context.Context, creditorID, id string) (BookedArrangement, error)

	// HoldsStanding lists holds not lifted and not over. Empty creditor: all; a subject selects one debtor.
	HoldsStanding(ctx context.Context, creditorID, subject string, limit int) ([]HoldRow, error)
	Hold(ctx context.Context, id string) (HoldRow, error)
	PlaceHold(ctx context.Context, h HoldPut) error
	// LiftHold ends one. ErrNotFound: it does not stand (any more).
	LiftHold(ctx context.Context, id, by, reason string) error
	Cases(ctx context.Context, f CaseFilter) ([]CaseRow, error)
	// CaseKind is what a case is about. ErrNotFound.
	CaseKind(ctx context.Context, convID, id string) (string, error)
	// CloseCase ends one. creditorID empty: any. ErrNotFound, ErrConflict: closed before.
	CloseCase(ctx context.Context, creditorID, convID, id, by, outcome string) error
}

// PendingApproval is an offer that only a person may allow, and that a debtor asked for.
type PendingApproval struct {
	ConvID     string        `db:"conv_id" json:"conversation_id"`
	CaseID     string        `db:"case_id" json:"case_id"`
	CreditorID string        `db:"creditor_id" json:"creditor_id"`
	DebtorName string        `db:"debtor_name" json:"-"`
	Due        calendar.Date `db:"due_on" json:"due"`
	Offer      arrange.Offer `db:"-" json:"offer"`
	Note       string        `db:"note" json:"note" doc:"What was said with the request: by the agent who asked, or by the debtor"`
	MadeMS     int64         `db:"made_ms" json:"made_ms"`
}

// Review is an agent's wish that a supervisor look at a held text.
type Review struct {
	ID            string        `db:"id" json:"id"`
	ConvID        string        `db:"conv_id" json:"conversation_id"`
	CreditorID    string        `db:"creditor_id" json:"creditor_id"`
	DraftID       string        `db:"draft_id" json:"draft_id"`
	AskedBy       string        `db:"asked_by" json:"asked_by"`
	AskedReason   string        `db:"asked_reason" json:"asked_reason"`
	AskedMS       int64         `db:"asked_ms" json:"asked_ms"`
	State         string        `db:"state" json:"state"`
	DecidedBy     string        `db:"decided_by" json:"decided_by"`
	DecidedReason string        `db:"decided_reason" json:"decided_reason"`
	DecidedMS     int64         `db:"decided_ms" json:"decided_ms"`
	Draft         guard.Draft   `db:"-" json:"-"`
	Verdict       guard.Verdict `db:"-" json:"verdict"`
	Facts         guard.Facts   `db:"-" json:"-"`
}

// Reviews keeps held drafts moving by people's decisions.
type Reviews interface {
	// AskReview stores the held draft and the wish in one transaction. ErrConflict: it was asked before.
	AskReview(ctx context.Context, r Review, o Outgoing, nowMS int64) error
	Review(ctx context.Context, id string) (Review, error)
	ReviewsBy(ctx context.Context, f ReviewFilter) ([]Review, error)
	// DecideReview ends it once. With release the draft is queued with these facts and verdict. ErrConflict: decided before.
	DecideReview(ctx context.Context, r Review, release *Outgoing, nowMS int64) error
	// HeldDraft loads one stopped draft of a conversation. ErrNotFound.
	HeldDraft(ctx context.Context, convID, draftID string) (Outgoing, error)
	// ReleaseHeld queues a stopped draft again, or drops it for good. ErrNotFound: it is not held (any more).
	ReleaseHeld(ctx context.Context, o Outgoing, by, reason string, drop bool, nowMS int64) error
	// Transfer gives a conversation from one agent to another. ErrNotHolder, ErrClosed.
	Transfer(ctx context.Context, convID, from, to, by string, nowMS int64) (Conversation, error)
	// AgentsActive lists who can hold a conversation.
	AgentsActive(ctx context.Context) ([]AgentUser, error)
	PendingApprovals(ctx context.Context, creditorID string, limit int) ([]PendingApproval, error)
	// Approvals lists a conversation's requests, newest first.
	Approvals(ctx context.Context, convID string) ([]Approval, error)
	// Drafted tells whether a text of this id was ever queued or held.
	Drafted(ctx context.Context, draftID string) (bool, error)
}

// ReviewFilter selects second looks; empty fields select all.
type ReviewFilter struct {
	State, AskedBy, ConvID string
	Limit                  int
}
