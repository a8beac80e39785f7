package flows

import (
	"encoding/json"

	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// Reply names an approved text of prompts/replies and the typed slots that fill it. The engine never writes a sentence.
type Reply struct {
	ID    string           `json:"id"`
	Slots map[string]Value `json:"slots,omitempty"`
	Card  *Card            `json:"card,omitempty"`
	Quick []string         `json:"quick,omitempty"` // ids of quick replies (prompts `quick_<id>`), at most four
}

// Card carries anything with figures. Exactly the field named by Type is set.
type Card struct {
	Type      string         `json:"type"` // balance | plan_offer | agreement | verify | crisis | form | law | csat
	Balance   *BalanceCard   `json:"balance,omitempty"`
	Offers    *OffersCard    `json:"offers,omitempty"`
	Agreement *AgreementCard `json:"agreement,omitempty"`
	Verify    *VerifyCard    `json:"verify,omitempty"`
	Form      *FormCard      `json:"form,omitempty"`
}

// BalanceCard: total, split and the lines that sum to it.
type BalanceCard struct {
	Account       string         `json:"account"`
	No4           string         `json:"no4"` // last four of the account number
	DebtType      string         `json:"debt_type"`
	Currency      string         `json:"currency"`
	Balance       ledger.Balance `json:"balance"`
	DaysPastDue   int            `json:"days_overdue"`
	DailyInterest ledger.Amount  `json:"daily_interest_fen,omitempty"`
	Excess        ledger.Amount  `json:"excess_fen,omitempty"`
	Lines         []ledger.Entry `json:"lines"`
	Parts         []BalancePart  `json:"parts"`
}

// OffersCard: two or three offers side by side, and the room the stepper may use.
type OffersCard struct {
	Currency  string          `json:"currency"`
	Balance   ledger.Amount   `json:"balance_fen"`
	Offers    []arrange.Offer `json:"offers"`
	Met       arrange.Met     `json:"ask"`
	MinCount  int             `json:"min_count"`
	MaxCount  int             `json:"max_count"`
	FirstFrom calendar.Date   `json:"first_from"`
	FirstTo   calendar.Date   `json:"first_to"`
}

// AgreementCard: the recap whose explicit yes makes an arrangement.
type AgreementCard struct {
	Agreement arrange.Agreement `json:"agreement"`
}

// VerifyCard asks for identity factors.
type VerifyCard struct {
	Methods []string `json:"methods"` // name, phone_last4, id_last4
	Tries   int      `json:"tries_left"`
}

// FormCard asks for a hardship or dispute statement.
type FormCard struct {
	Kind string `json:"kind"` // hardship | dispute
}

// EffectKind is what must become true in the same transaction as the turn.
type EffectKind string

const (
	EffVerified   EffectKind = "identity_verified" // DebtorID
	EffVerifyFail EffectKind = "identity_failed"
	EffOffers     EffectKind = "offers_made" // Offers: stored, so that only stored offers can be accepted
	EffAgreed     EffectKind = "arrangement_agreed"
	EffHold       EffectKind = "hold_placed"
	EffCase       EffectKind = "case_opened"
	EffPromise    EffectKind = "promise_made"
	EffHandoff    EffectKind = "handoff" // Reason; the conversation goes to the queue (crisis first)
	EffOptOut     EffectKind = "opt_out" // Text: channel or "all"
	EffMeans      EffectKind = "means_told"
	EffOutcome    EffectKind = "outcome" // Text: the contract's outcome so far
	EffWrongParty EffectKind = "contact_blocked"
	EffWithdrawn  EffectKind = "arrangement_withdrawn" // Text: its id; what it had replaced stands again
	EffCaseNote   EffectKind = "case_noted"            // Case: ID and Note, added to what the case says
)

// Effect of a step. Only the fields its Kind names are set.
type Effect struct {
	Kind      EffectKind         `json:"kind"`
	AccountID string             `json:"account_id,omitempty"`
	DebtorID  string             `json:"debtor_id,omitempty"`
	Offers    []arrange.Offer    `json:"offers,omitempty"`
	Agreement *arrange.Agreement `json:"agreement,omitempty"`
	Hold      *Hold              `json:"hold,omitempty"`
	Case      *Case              `json:"case,omitempty"`
	Promise   *Promise           `json:"promise,omitempty"`
	Means     *arrange.Means     `json:"means,omitempty"`
	Reason    string             `json:"reason,omitempty"`
	Text      string             `json:"text,omitempty"`
}

// Promise is an amount and a date the debtor names.
type Promise struct {
	On     calendar.Date `json:"on"`
	Amount ledger.Amount `json:"amount_fen"`
}

// State is the engine's memory of one conversation; it travels as JSON and holds no secrets but what the debtor said.
type State struct {
	Stack     []Frame            `json:"stack,omitempty"` // innermost flow last
	Slots     map[string]Value   `json:"slots,omitempty"` // survive digressions and corrections
	Identity  Identity           `json:"identity"`
	DebtorID  string             `json:"debtor_id,omitempty"`
	Failures  int                `json:"failures,omitempty"` // failed identity attempts
	Misses    int                `json:"misses,omitempty"`   // turns not understood in a row
	Anger     int                `json:"anger,omitempty"`
	Turns     int                `json:"turns,omitempty"`
	AccountID string             `json:"account_id,omitempty"` // the debt in focus
	Offers    []arrange.Offer    `json:"offers,omitempty"`     // on the table
	Pending   *arrange.Agreement `json:"pending,omitempty"`    // recap shown, waiting for an explicit yes
	LastReply []Reply            `json:"last,omitempty"`       // for "say it again"
	Silences  int                `json:"silences,omitempty"`
	Outcome   string             `json:"outcome,omitempty"`
	Handoff   string             `json:"handoff,omitempty"` // reason, once a person was called
	Crisis    bool               `json:"crisis,omitempty"`
	Closed    bool               `json:"closed,omitempty"`
	Extra     json.RawMessage    `json:"extra,omitempty"`
}

// Frame is one flow on the stack.
type Frame struct {
	Flow string `json:"flow"`
	Step string `json:"step"`
}

// Top is the innermost frame, or an empty one.
func (s State) Top() Frame {
	if len(s.Stack) == 0 {
		return Frame{}
	}
	return s.Stack[len(s.Stack)-1]
}
