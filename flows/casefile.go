package flows

import (
	"time"

	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
	"hejie/flows/policy"
)

// Identity is how sure we are who writes.
type Identity string

const (
	Anon       Identity = "anon"
	Identified Identity = "identified" // a name is claimed or a host vouched weakly: no debt fact yet
	Verified   Identity = "verified"   // two factors known to the creditor, or a signed host token
)

// CaseFile is all the engine may know at one step. It is loaded fresh for each turn and never changed by the engine.
type CaseFile struct {
	Now          time.Time      `json:"now"`
	Zone         *time.Location `json:"-"`
	Lang         string         `json:"lang"`    // zh-Hans | zh-Hant | en
	Channel      string         `json:"channel"` // web | wechat | sms | terminal
	Jurisdiction string         `json:"jurisdiction"`
	Creditor     Creditor       `json:"creditor"`
	Identity     Identity       `json:"identity"` // before this turn
	// Match compares what the debtor claims (this turn included) with what the creditor knows.
	// Accounts, Debtor and the rest may be loaded for a full match; the engine reads them only once Identity is Verified.
	Match        Match          `json:"match"`
	Debtor       Debtor         `json:"debtor"`
	Accounts     []AccountFile  `json:"accounts"`
	Policy       *policy.Policy `json:"-"`
	Holds        []Hold         `json:"holds"`
	Cases        []Case         `json:"cases"`
	Arrangements []RunningPlan  `json:"arrangements"`
	Promises     []PromiseSeen  `json:"promises,omitempty"`
	Desk         Desk           `json:"desk"`
	// Said is what the debtor wrote in this turn. No decision looks at it: it is kept as a note where a person must read it.
	Said string `json:"said,omitempty"`
}

// Match is the outcome of comparing claimed factors (name, phone_last4, id_last4) with the portfolio.
type Match struct {
	DebtorID string   `json:"debtor_id,omitempty"` // set only when exactly one debtor fits and at least two factors agree
	Right    []string `json:"right,omitempty"`     // factors that agree
	Wrong    []string `json:"wrong,omitempty"`     // factors given that agree with nobody, or not with the others
	Several  bool     `json:"several,omitempty"`   // more than one debtor fits: ask for another factor
}

// Creditor is on whose behalf we speak, and what may be said of it.
type Creditor struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Collector string `json:"collector"` // the company that runs this desk; may equal Name
	Hotline   string `json:"hotline"`
	Website   string `json:"website"`
	PayURL    string `json:"pay_url"` // the only place to pay
	Profile   string `json:"profile"` // FI | NF | TAX
}

// Debtor is the person, as far as the dialogue needs it.
type Debtor struct {
	ID    string        `json:"id"`
	Name  string        `json:"name"`
	Means arrange.Means `json:"means"`
}

// AccountFile is one debt with its ledger.
type AccountFile struct {
	arrange.Account
	No                string         `json:"no"` // creditor's number; only its last four are ever said
	Entries           []ledger.Entry `json:"entries"`
	ReportsCredit     bool           `json:"reports_credit"`
	IntendsLitigation bool           `json:"intends_litigation"`
	DailyInterest     ledger.Amount  `json:"daily_interest_fen"`
	LastEventOn       calendar.Date  `json:"last_event_on,omitzero"` // last demand, payment or acknowledgment: limitation counts from here
	DueOn             calendar.Date  `json:"due_on,omitzero"`
	Payments          []PaymentSeen  `json:"payments,omitempty"`
}

// PaymentSeen is a payment the creditor knows of, posted or still in transit.
type PaymentSeen struct {
	On     calendar.Date `json:"on"`
	Amount ledger.Amount `json:"amount_fen"`
	State  string        `json:"state"` // posted | in_transit
}

// PromiseSeen is a promise made before, held against the money that came.
type PromiseSeen struct {
	AccountID string        `json:"account_id"`
	On        calendar.Date `json:"on"`
	Amount    ledger.Amount `json:"amount_fen"`
	State     string        `json:"state"` // open | kept | broken
}

// RunningPlan is an arrangement already agreed.
type RunningPlan struct {
	ID        string        `json:"id"`
	AccountID string        `json:"account_id"`
	Kind      arrange.Kind  `json:"kind"`
	Count     int           `json:"count"`
	Paid      int           `json:"paid"`
	NextDue   calendar.Date `json:"next_due,omitzero"`
	Amount    ledger.Amount `json:"amount_fen"`
	Total     ledger.Amount `json:"total_fen"`
	Left      ledger.Amount `json:"left_fen,omitempty"` // still to pay; 0 = what the outline says
	Skips     int           `json:"skips,omitempty"`    // payments already put off
	AgreedOn  calendar.Date `json:"agreed_on,omitzero"`
	// Offer is what was agreed, and Received the money that came under it; both are missing where only an outline is known.
	Offer    *arrange.Offer `json:"offer,omitempty"`
	Received []arrange.Paid `json:"received,omitempty"`
}

// Hold stops collection; only a person lifts it.
type Hold struct {
	Reason string        `json:"reason"` // dispute identity_theft hardship illness disaster bereavement minor lawyer complaint bankruptcy crisis wrong_person usury stop_contact
	Scope  string        `json:"scope"`  // account | debtor | channel
	Until  calendar.Date `json:"until,omitzero"`
}

// Case is work for a person, with a deadline.
type Case struct {
	ID   string        `json:"id,omitempty"`
	Kind string        `json:"kind"` // dispute already_paid hardship complaint privacy waiver approval identity_theft crisis wrong_person lawyer bankruptcy
	Due  calendar.Date `json:"due,omitzero"`
	Note string        `json:"note,omitempty"` // the debtor's own words
}

// Desk tells whether a person can take over now.
type Desk struct {
	Open    bool   `json:"open"`
	Agents  int    `json:"agents"`
	Hours   string `json:"hours"` // 09:00-18:00, for saying when somebody answers
	OpensAt string `json:"opens_at,omitempty"`
}
