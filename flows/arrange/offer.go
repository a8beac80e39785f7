// Package arrange makes offers: instalments (equal, stepped, weekly, with a first payment, with interest), deferral, waiver-if-paid-by,
// settlement, token plan; changes to a running plan; and the terms of an agreement.
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
	ByBot   = "bot"
	ByAgent = "agent" // offered, but a person must approve it: NeedsApproval
	// BySupervisor is ByAgent with the approval kept to a supervisor: Approver says so.
	BySupervisor = "supervisor"
	ByNobody     = "none"
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
	Accrued   ledger.Amount `json:"plan_interest_fen,omitempty"` // the part of Interest that the plan itself costs
	MovedFrom calendar.Date `json:"moved_from,omitzero"`         // the due date before it was moved off a holiday
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
	Every         Every         `json:"every,omitempty"`    // empty = monthly, or paid once
	Approver      string        `json:"approver,omitempty"` // who must approve, where it is not any agent
	AboveMeans    bool          `json:"above_means,omitempty"`
	// Against paying all of it today: what the arrangement adds (negative: saves), and that as a yearly rate.
	Cost ledger.Amount `json:"cost_fen,omitempty"`
	APR  ledger.Rate   `json:"apr,omitempty"`
	// Skips are the payments already put off in the plan this one goes on from, and in this one: a new paper resets no count.
	Skips int `json:"skips,omitempty"`
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

	Every          Every         `json:"every,omitempty"`           // weekly | fortnightly | monthly
	Down           ledger.Amount `json:"down_fen,omitempty"`        // paid first, the rest in parts
	Steps          []Step        `json:"steps,omitempty"`           // other amounts for some payments, in order
	Stepped        bool          `json:"stepped,omitempty"`         // small payments first, sizes left to us
	EqualPrincipal bool          `json:"equal_principal,omitempty"` // where the plan bears interest: payments that fall
}

// Every is how often a plan is paid.
type Every string

const (
	Weekly      Every = "weekly"
	Fortnightly Every = "fortnightly"
	EachMonth   Every = "monthly"
)

// Step is Count payments of Amount; in the last step Count may be 0: as many as it takes.
type Step struct {
	Count  int           `json:"count,omitempty"`
	Amount ledger.Amount `json:"amount_fen"`
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
	Budget           *Budget        `json:"budget,omitempty"` // the outgoings by kind; used where their sum was not told
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

	PlanRate     ledger.Rate     `json:"plan_rate,omitempty"` // yearly, on the principal of a running plan; 0 = nothing is added
	DayCount     ledger.DayCount `json:"day_count,omitempty"` // of PlanRate; empty = act/365
	DueOnHoliday calendar.Roll   `json:"due_on_holiday,omitempty"`
	Jurisdiction string          `json:"jurisdiction,omitempty"`    // whose holidays; empty = CN
	MonthlyOnly  bool            `json:"monthly_only,omitempty"`    // no weekly or fortnightly plans
	KeepPct      int             `json:"keep_pct,omitempty"`        // share of the surplus left to the debtor
	Necessities  ledger.Amount   `json:"necessities_fen,omitempty"` // a month's necessities are never counted below this
	Prefer       []Kind          `json:"prefer,omitempty"`          // order of offers nobody has asked for
	GraceDays    int             `json:"grace_days,omitempty"`      // days a payment of a running plan may be late
	Misses       int             `json:"misses,omitempty"`          // missed payments that end a plan; 0 = two
	MaxSkips     int             `json:"max_skips,omitempty"`       // payments of a running plan that may be put off to its end
	Rung         string          `json:"rung,omitempty"`            // of the concession ladder these limits come from
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
	// Path is who can look again at a wish that was not met: no refusal is a machine's last word.
	Path string `json:"path,omitempty"` // person | authority
}

// Who a refused wish may be taken to (Answer.Path).
const (
	PathPerson    = "person"
	PathAuthority = "authority" // tax: not this desk
)
