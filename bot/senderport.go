package bot

import (
	"context"
	"time"

	"hejie/bot/guard"
)

// Account is one door of a messaging channel: an Official Account, a customer-service desk, an SMS number. It belongs to one creditor.
type Account struct {
	Channel    string // wechat | wecom | sms: guard and stores know these names
	Name       string // the operator's name for it; the last part of its webhook's address
	CreditorID string
	Signature  string // sms: the registered name, put before each text as 【name】
	Traits     Traits
}

// Traits are what a channel can do and what its peer forgives. The core decides by them and knows no vendor.
type Traits struct {
	MaxBytes   int           // of one text message in UTF-8; 0 = no limit in bytes
	MaxRunes   int           // of one text message; 0 = no limit in characters
	MaxPieces  int           // messages one text may be cut into; 0 = 1
	MaxButtons int           // quick replies the peer shows as buttons; 0 = they are written out as text
	Windowed   bool          // we may write only in a window the person opened (Grant); outside it rows are parked
	Neutral    bool          // debt facts never go here, not even to a verified person (SMS)
	Templates  bool          // the carrier takes no free text: ReplyID names a template, Vars fill it
	Receipts   bool          // the peer reports arrival
	Repeat     Repeat        // what a send that ended in doubt allows
	Timeout    time.Duration // of one send; 0 = 20 s. Always shorter than the lease
}

// Repeat is what may be done after a send of which nobody knows whether it arrived.
type Repeat string

const (
	RepeatNever   Repeat = ""           // shown as unknown; only a receipt or a person settles it
	RepeatPlain   Repeat = "plain_once" // once more for plain text, never for offers, agreements, links
	RepeatSameKey Repeat = "same_key"   // the peer drops doubles of one key
)

// Class is how much the content matters to the clock: what a person asked for goes at any hour.
type Class string

const (
	Answer    Class = "answer"
	Proactive Class = "proactive"
	Notice    Class = "notice"
	OTP       Class = "otp"
)

// Parcel is one attempt to send one cleared text to one address.
type Parcel struct {
	Key            string // 26 characters of a-z and 2-7, the same at each attempt and for ever: the idempotency key
	ConversationID string
	Channel        string
	Account        string
	Address        string // openid, external_userid or E.164 phone, in clear: never log it
	Cleared        guard.Cleared
	ReplyID        string // approved text it was filled from; a template is chosen by it. Empty: free text
	Class          Class
	Attempt        int       // from 1
	Most           int       // messages it may take; 0 = no limit. More: WindowClosed with code KeptBack, and nothing is sent
	Code           string    // the peer's own code that carries it, where the window has one
	ExpiresAt      time.Time // zero: no end
}

// ResultClass is what an attempt came to.
type ResultClass string

const (
	Sent         ResultClass = "sent"          // the peer took it
	Waiting      ResultClass = "waiting"       // web: nobody connected; the row waits for the next socket
	Retryable    ResultClass = "retryable"     // certainly not taken; later it may be
	RateLimited  ResultClass = "rate_limited"  // certainly not taken; RetryAfter says when
	AuthFailed   ResultClass = "auth"          // certainly not taken: token or key; tried once more, then a person must look
	WindowClosed ResultClass = "window_closed" // parked until the person writes again
	OptedOut     ResultClass = "opted_out"     // the peer says that the person refuses messages
	Permanent    ResultClass = "permanent"     // never: dead letter and a task for people
	Ambiguous    ResultClass = "ambiguous"     // it may have arrived (timeout after the request was written)
)

// Result is what a Sender knows after one attempt. Detail is for operators: no address, no secret, no text of the message.
type Result struct {
	Class      ResultClass
	ProviderID string        // by which receipts come back
	Used       int           // messages taken from the window's budget; 0 = 1
	RetryAfter time.Duration // 0 = the core's own backoff
	Code       string        // the peer's code
	Detail     string
}

// Sender carries texts out through one account. It adds no words of its own, does not retry and keeps no queue.
type Sender interface {
	Account() Account
	Send(context.Context, Parcel) Result
}

// Grant is a window a person's act opened: so many messages until then. It replaces the one before, it does not add.
type Grant struct {
	Messages int // 0 = no limit in number
	Until    time.Time
	Code     string // the peer's own code that carries the one message of this window; empty: it needs none
	Kept     int    // how many of Messages are kept for what matters: a person called, a person in need, something agreed
}

// Arrival is one thing that came in through an account, verified and decoded.
type Arrival struct {
	Channel string
	Account string
	ExtID   string // the peer's id, unique per (channel, account): a repeat is a duplicate
	From    string // openid, external_userid, E.164 phone
	At      time.Time
	Kind    string // text | menu | voice | image | video | file | location | link | event
	Text    string // text, label of the tapped button, recognised speech
	MenuID  string // id of the quick reply that was tapped; it wins over Text
	Event   string // kind event: enter | unfollow | menu (Text or MenuID says which) | desk (Desk says how) | other
	Desk    string // desk: human (one of the peer's own people serves now) | ended
	Scene   string // enter: what a link or code carried (a ticket)
	// By names who of the peer's own people wrote this to From; empty: From wrote it. It was said already, past our filter.
	By string

	Confirmed bool // the peer has answered a word of refusal or return itself: we must not say it a second time
	Media     []Media
	Grant     *Grant // what this act lets us send
	Raw       []byte // as it came, for a dead letter; sealed at rest, dropped once the message is in the transcript
}

// Media is a file the peer holds for us.
type Media struct {
	Kind, ID, URL, Format string
}

// Cursor is how far an account was read; it moves in the same transaction as the rows that were read.
type Cursor struct {
	Channel, Account, Name, Value string
}

// Report is a peer's word on a message we sent. It moves a state forward only.
type Report struct {
	Channel    string
	Account    string
	ProviderID string      // the id Result gave; may be empty when Key is given
	Key        string      // our Parcel.Key where the peer hands it back
	Address    string      // must be the one we sent to; empty where the peer does not say
	State      string      // sent | delivered | read | failed
	Class      ResultClass // failed: why, if the peer says (window_closed, opted_out); empty = permanent
	At         time.Time
	Code       string
}
