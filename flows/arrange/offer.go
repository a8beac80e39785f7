// Package arrange makes offers: instalments, deferral, waiver-if-paid-by, settlement, token plan; and the terms of an agreement.
// It does not decide what a creditor allows (flows/policy gives it Limits), does not talk, and reads no clock.
package arrange

import (
	"time"

	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// Kind of an arrangement.
type Kind string

const (
	Instalments Kind = "instalments"
	Deferral    Kind = "deferral"
	WaiverIfBy  Kind = "waiver" // interest or penalty waived if the rest is paid by a date
	Settlement  Kind = "settlement"
	Token       Kind = "token"
)

// Kinds are all of them.
var Kinds = []Kind{Instalments, Deferral, WaiverIfBy, Settlement, Token}

// Who may grant a kind (Limits.Authority). A kind without an entry is granted by nobody.
const (
	ByBot    = "bot"
	ByAgent  = "agent" // offered, but a person must approve it: NeedsApproval
	ByNobody = "none"
)

// MaxInstalments bounds every schedule, whatever a policy says: 30 years of months.
const MaxInstalments = 360

// Instalment is one payment of a schedule; its components sum to Amount.
type Instalment struct {
	N         int           `json:"n"`
	Due       calendar.Date `json:"due"`
	Amount    ledger.Amount `json:"amount_fen"`
	Principal ledger.Amount `json:"principal_fen"`
	Interest  ledger.Amount `json:"interest_fen"`
	Penalty   ledger.Amount `json:"penalty_fen"`
	Fees      ledger.Amount `json:"fees_fen"`
}

// Reason is why an offer looks as it does, or why a wish was refused. Code names the sentence `why_<code>` in prompts;
// the typed fields fill it. Package arrange never writes sentences.
type Reason struct {
	Code   string        `json:"code"`
	Amount ledger.Amount `json:"amount_fen,omitempty"`
	Count  int           `json:"count,omitempty"`
	Date   calendar.Date `json:"date,omitzero"`
	Pct    int           `json:"pct,omitempty"`
}

// Offer is an arrangement the rules engine proposes: bounded, versioned, expiring, signed. Nothing else may read as an offer.
type Offer struct {
	ID            string        `json:"id"` // derived from the terms: the same facts give the same offer
	AccountID     string        `json:"account_id,omitempty"`
	Kind          Kind          `json:"kind"`
	Currency      string        `json:"currency,omitempty"`
	Total         ledger.Amount `json:"total_fen"` // what will be paid in all
	Waived        ledger.Amount `json:"waived_fen"`
	Instalments   []Instalment  `json:"instalments"`
	ValidUntil    time.Time     `json:"valid_until"`
	NeedsApproval bool          `json:"needs_approval"`
	Why           []Reason      `json:"why"`
	Policy        string        `json:"policy,omitempty"` // version of the policy that allowed it
	Signature     string        `json:"signature,omitempty"`
}

// First and Last due dates, for recaps and cards. Both are zero when there is no instalment.
func (o Offer) First() calendar.Date {
	if len(o.Instalments) == 0 {
		return calendar.Date{}
	}
	return o.Instalments[0].Due
}

func (o Offer) Last() calendar.Date {
	if len(o.Instalments) == 0 {
		return calendar.Date{}
	}
	return o.Instalments[len(o.Instalments)-1].Due
}

// Ask is what the debtor wishes; zero fields were not mentioned.
type Ask struct {
	Kind       Kind          `json:"kind,omitempty"`
	Count      int           `json:"count,omitempty"`
	Monthly    ledger.Amount `json:"monthly_fen,omitempty"`
	FirstDue   calendar.Date `json:"first_due,omitzero"`
	DayOfMonth int           `json:"day_of_month,omitempty"`
	DeferTo    calendar.Date `json:"defer_to,omitzero"`
	Lump       ledger.Amount `json:"lump_fen,omitempty"` // paid once: a settlement or waiver wish
}

// Account is the debt an offer is made for.
type Account struct {
	ID           string         `json:"id"`
	DebtType     string         `json:"debt_type"` // credit_card|online_loan|medical|tax|utility|private_loan
	Creditor     string         `json:"creditor"`
	Currency     string         `json:"currency"`
	Balance      ledger.Balance `json:"balance"`
	AnnualRate   float64        `json:"annual_rate"` // percent per year; only compared with a cap, never multiplied into money here
	DaysPastDue  int            `json:"days_overdue"`
	Stage        string         `json:"stage"`
	ContractDate calendar.Date  `json:"contract_date,omitzero"`
	Excess       ledger.Amount  `json:"excess_fen,omitempty"` // part of the balance above the legal cap: shown, never demanded
}

// Means is what the debtor told about ability; nil pointers were not told.
type Means struct {
	MonthlyIncome    *ledger.Amount `json:"monthly_income_fen,omitempty"`
	MonthlyOutgoings *ledger.Amount `json:"monthly_outgoings_fen,omitempty"`
	Payday           int            `json:"payday,omitempty"` // day of month, 0 unknown
	Reason           string         `json:"reason,omitempty"`
}

// Limits bound every offer; flows/policy computes them for one account.
type Limits struct {
	Policy              string          `json:"policy"` // version, goes into each offer
	MinCount            int             `json:"min_count"`
	MaxCount            int             `json:"max_count"`
	MinMonthly          ledger.Amount   `json:"min_monthly_fen"`
	MaxFirstDueDays     int             `json:"max_first_due_days"`
	MaxDeferDays        int             `json:"max_defer_days"`
	MaxPenaltyWaiverPct int             `json:"max_penalty_waiver_pct"`
	MaxInterestWaivePct int             `json:"max_interest_waiver_pct"`
	WaiverWithinDays    int             `json:"waiver_within_days"`
	MinSettlement       ledger.Amount   `json:"min_settlement_fen"` // 0 = no settlement below the balance
	QuoteHours          int             `json:"quote_hours"`
	TokenMin            ledger.Amount   `json:"token_min_fen"`
	TokenMonths         int             `json:"token_months"`
	Authority           map[Kind]string `json:"authority"` // bot | agent | none
	MaxPromiseDays      int             `json:"max_promise_days"`
	HoldDays            int             `json:"hold_days"`
	InformOnly          bool            `json:"inform_only,omitempty"` // nobody at this desk may arrange anything (tax)
	Order               ledger.Order    `json:"order,omitempty"`       // allocation order; nil = ledger.Statutory
}

// Request is all that Quote looks at.
type Request struct {
	Now     time.Time
	Zone    *time.Location
	Account Account
	Means   Means
	Ask     Ask
	Limits  Limits
}

// Refusal says which wish was not met and why.
type Refusal struct {
	Kind Kind     `json:"kind"`
	Why  []Reason `json:"why"`
}

// Met tells how the answer relates to the wish.
type Met string

const (
	AskMet     Met = "met"
	AskNearest Met = "nearest" // not met: Offers hold the nearest feasible ones
	AskRefused Met = "refused"
)

// Answer of Quote. The same Request always gives the same Answer.
type Answer struct {
	Offers  []Offer   `json:"offers"`
	Refused []Refusal `json:"refused"`
	Ask     Met       `json:"ask"`
}
