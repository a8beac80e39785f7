package bot

import (
	"context"
	"time"

	"hejie/bot/guard"
	"hejie/flows"
)

// Method is how we know whose an address is, weakest first.
type Method string

const (
	ByNobody  Method = ""        // somebody wrote from it
	ByFile    Method = "file"    // the creditor's file says so; numbers change hands
	ByFactors Method = "factors" // its holder named what the file says
	ByOTP     Method = "otp"     // bound: a code to the phone on file and a factor
)

// Address is where a person can be reached on one account.
type Address struct {
	ID            string `db:"id"`
	CreditorID    string `db:"creditor_id"`
	Channel       string `db:"channel"`
	Account       string `db:"account"`
	Number        string `db:"-"` // openid, external_userid, phone; in memory only, the database has it sealed
	ConvID        string `db:"conv_id"`
	DebtorID      string `db:"debtor_id"`
	Method        Method `db:"method"`
	VerifiedMS    int64  `db:"verified_ms"`
	SteppedMS     int64  `db:"stepped_ms"`
	ExpiresMS     int64  `db:"expires_ms"`
	WindowLeft    int64  `db:"window_left"` // -1 = no limit
	WindowUntilMS int64  `db:"window_until_ms"`
	WindowCode    string `db:"window_code"` // the peer's code that carries the window's one message
	WindowKept    int64  `db:"window_kept"` // messages of the window kept for what matters
	TicketMS      int64  `db:"ticket_ms"`   // when a ticket of a proved conversation named DebtorID
	Desk          string `db:"desk"`        // who serves at the peer's own desk: "", pool, human, ended
	Offered       string `db:"offered"`
	GoneMS        int64  `db:"gone_ms"`
}

// Bound tells whether the address is proved to be the debtor's now.
func (a Address) Bound(now time.Time) bool {
	return a.Method == ByOTP && a.DebtorID != "" && a.GoneMS == 0 && (a.ExpiresMS == 0 || a.ExpiresMS > now.UnixMilli())
}

// InboxRow is one thing that came in and is not in a transcript yet.
type InboxRow struct {
	ID       string
	Arrival  Arrival
	Attempts int
}

// InboxCommit is all that one inbound thing makes true; it is written in one transaction or not at all.
type InboxCommit struct {
	ID, Owner string
	Address   Address       // ID set by the caller, also for a new one
	WasConv   string        // the address's conversation as it was read
	Open      *Conversation // a new conversation
	Say       []Outgoing    // texts that go out because of it
	ConvID    string
	Follow    bool     // the conversation goes on at this address from now
	Message   *Message // nil: nothing for the transcript
	Outside   *Outside // what Message is when one of the peer's own people said it
	Media     []Media  // belonging to Message
	OptOut    string   // the word that stopped proactive contact; empty: none
	Resume    string   // the word that takes such a refusal back; empty: none
	Known     string   // the debtor on whose file the number stands, and on nobody else's; empty: as before
	Unknown   bool     // the file no longer says whose number it is
	Ticket    string   // token of a ticket that a code or link carried here; it is used up
	Desk      string   // the peer's own desk: human (one of its people serves) | ended; empty: as before
	Leave     bool     // the person left the account: everything that leads to them is erased
	Grant     *Grant
	NoTurn    bool // the message needs no answer
	NowMS     int64
}

// Outside is a text the peer's own people sent to a person past our filter, judged when we heard of it: nothing could be stopped any more.
type Outside struct {
	Draft   guard.Draft
	Facts   guard.Facts
	Verdict guard.Verdict
	By      string // as the peer names its author
}

// SendOutcome is what became of one attempt; it is written in one transaction with its event, its case and its suppression.
type SendOutcome struct {
	DraftID, Owner string
	Attempt        int
	State          string // sent | queued | deferred | parked | suppressed | failed | unknown | blocked | waiting
	Result         Result
	Next           time.Time
	Verdict        *guard.Verdict
	Task           bool // a person must look: open a case
	Auth           bool // counts as a try with a refreshed token
	NotTried       bool // nothing was sent: the attempt does not count
	Doubt          bool // it may have arrived
	Letters        string
}

// DeadLetter is a text that did not arrive, or may not have.
type DeadLetter struct {
	DraftID    string `db:"draft_id" json:"draft_id"`
	ConvID     string `db:"conv_id" json:"conversation_id"`
	CreditorID string `db:"creditor_id" json:"creditor_id"`
	Channel    string `db:"channel" json:"channel"`
	Account    string `db:"account" json:"account"`
	Class      Class  `db:"class" json:"class"`
	State      string `db:"state" json:"state"` // failed | unknown
	Code       string `db:"code" json:"code"`
	Attempts   int    `db:"attempts" json:"attempts"`
	ReplyID    string `db:"-" json:"reply_id"`
	Draft      string `db:"draft" json:"-"`
	CreatedMS  int64  `db:"created_ms" json:"created_ms"`
	UpdatedMS  int64  `db:"updated_ms" json:"updated_ms"`
}

// DeliveryEvent is one line of a text's history.
type DeliveryEvent struct {
	AtMS       int64  `db:"at_ms" json:"at_ms"`
	Attempt    int    `db:"attempt" json:"attempt"`
	State      string `db:"state" json:"state"`
	Class      string `db:"class" json:"class"`
	Code       string `db:"code" json:"code"`
	Detail     string `db:"detail" json:"detail"`
	ProviderID string `db:"provider_id" json:"provider_id"`
}

// ChannelHealth is how one account does.
type ChannelHealth struct {
	Channel    string `db:"channel" json:"channel"`
	Account    string `db:"account" json:"account"`
	Queued     int    `db:"queued" json:"queued"`
	OldestMS   int64  `db:"oldest_ms" json:"oldest_ms"` // of the queued ones; 0 = none
	Parked     int    `db:"parked" json:"parked"`
	Failed     int    `db:"failed" json:"failed"`
	Unknown    int    `db:"unknown" json:"unknown"`
	Suppressed int    `db:"suppressed" json:"suppressed"`
	Sent       int    `db:"sent" json:"sent"` // since the time asked for
	LastSentMS int64  `db:"last_sent_ms" json:"last_sent_ms"`
	LastCode   string `db:"last_code" json:"last_code"` // of the newest failure
	Inbox      int    `db:"inbox" json:"inbox"`         // not yet worked on
	InboxDead  int    `db:"inbox_dead" json:"inbox_dead"`
	LastInMS   int64  `db:"last_in_ms" json:"last_in_ms"`
}

// Ticket lets the holder of an address bind it: single use, short-lived, known by its hash only.
type Ticket struct {
	Address   string `db:"address"`
	DebtorID  string `db:"debtor_id"`   // claimed; empty at first
	Creditor  string `db:"creditor_id"` // whose debtor that is; read, never written
	CodeHash  string `db:"code_hash"`
	CodeTries int    `db:"code_tries"`
	CodeEndMS int64  `db:"code_end_ms"`
	ExpiresMS int64  `db:"expires_ms"`
	UsedMS    int64  `db:"used_ms"`
}

// Deliveries keeps what the messaging channels need.
type Deliveries interface {
	// AcceptInbound stores what came in, all or nothing, and moves the cursor if there is one. It says how many were new.
	AcceptInbound(ctx context.Context, in []Arrival, c *Cursor, nowMS int64) (fresh int, err error)
	Cursor(ctx context.Context, channel, account, name string) (string, error)
	// ClaimInbox leases the oldest unworked row of each sender, at most limit. Two nodes never get the same row.
	ClaimInbox(ctx context.Context, owner string, now time.Time, lease time.Duration, limit int) ([]InboxRow, error)
	// CommitInbox is atomic. done is false when another node did it already; ErrConflict: read again and decide anew.
	CommitInbox(ctx context.Context, c InboxCommit) (done bool, err error)
	// FailInbox gives a row back until a time, or, dead, to people.
	FailInbox(ctx context.Context, id, owner, fault string, next time.Time, dead bool) error

	// Address loads one with its number. ErrNotFound.
	Address(ctx context.Context, id string) (Address, error)
	// AddressOf finds one by its number. ErrNotFound.
	AddressOf(ctx context.Context, channel, account, number string) (Address, error)
	// PutAddress makes sure a number has an address on an account.
	PutAddress(ctx context.Context, account Account, number string, nowMS int64) (Address, error)
	// DebtorByPhone finds whose number it is by the file. ErrNotFound: nobody's, or more than one person's.
	DebtorByPhone(ctx context.Context, creditorID, number string) (KnownDebtor, error)
	// MayResume tells whether all that stands against writing to an address is what its holder refused from it.
	MayResume(ctx context.Context, a Address) (bool, error)
	// PhoneAddress makes sure the phone on a debtor's file has an address on an account. ErrNotFound: no phone.
	PhoneAddress(ctx context.Context, account Account, debtorID string, nowMS int64) (Address, error)
	// AddressesOf lists a debtor's addresses.
	AddressesOf(ctx context.Context, creditorID, debtorID string) ([]Address, error)
	// ConversationFor finds the debtor's newest open conversation on any channel. ErrNotFound.
	ConversationFor(ctx context.Context, creditorID, debtorID string) (Conversation, error)
	// ConversationAt makes conv the conversation of an address unless it has an open one already; it returns the one that stands.
	ConversationAt(ctx context.Context, addressID string, conv Conversation) (Conversation, error)

	// FinishSend records an attempt. A result other than sent counts only while the lease is still the owner's.
	FinishSend(ctx context.Context, o SendOutcome) error
	// Report moves a sent text's state forward; it returns the conversation, empty when no text fits (kept for a while).
	Report(ctx context.Context, r Report, nowMS int64) (convID string, err error)
	// ContactCounts are the proactive contacts of today and of the last seven days over all channels, but for one draft.
	ContactCounts(ctx context.Context, conv Conversation, now time.Time, except string) (today, week int, err error)

	DeadLetters(ctx context.Context, creditorID string, limit int) ([]DeadLetter, error)
	// RetryDead puts a dead letter back in the queue; everything is judged again when it leaves. It returns the conversation.
	RetryDead(ctx context.Context, draftID, actor string, nowMS int64) (convID string, err error)
	DeliveryEvents(ctx context.Context, draftID string) ([]DeliveryEvent, error)
	ChannelHealth(ctx context.Context, since time.Time) ([]ChannelHealth, error)

	// PutTicket stores a ticket by the hash of its token; Ticket reads one. ErrNotFound.
	PutTicket(ctx context.Context, token string, t Ticket, nowMS int64) error
	Ticket(ctx context.Context, token string) (Ticket, error)
	// ClaimTicket notes who the holder says to be, and the hash of the code sent to the phone on file.
	ClaimTicket(ctx context.Context, token, debtorID, code string, codeEndMS int64) error
	// UseTicket checks the code and binds the address, once. It returns the debtor's other bound addresses.
	UseTicket(ctx context.Context, token, code string, expires time.Time, nowMS int64) (others []Address, err error)
	// CountToday adds one to a subject's count of the day and returns it.
	CountToday(ctx context.Context, subject, day string) (int, error)

	// Forget drops small state that has expired.
	Forget(ctx context.Context) error
	// Wakes calls f for each thing another node wrote until ctx ends; it returns at once where there is one node only.
	Wakes(ctx context.Context, f func(Wake)) error
}

// Wake tells that another node wrote something.
type Wake struct {
	What   string `json:"w"` // work: a turn or a delivery | message: a row of the transcript | inbox | control | lost: some were missed
	ConvID string `json:"c,omitempty"`
	Seq    int64  `json:"s,omitempty"`
}

// level is what an address vouches for by itself.
func (a Address) level() flows.Identity {
	if a.DebtorID == "" {
		return flows.Anon
	}
	return flows.Identified
}
