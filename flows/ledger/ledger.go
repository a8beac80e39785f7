// Package ledger is the money: append-only entries, balances by component, allocation order, accrual by a contract's terms, caps,
// and the payment habit a history shows. Compute and Explain take what was booked; Accrued and IfPaidOn add what runs up.
// It does not know people, offers, words or databases, and never reads the clock.
package ledger

import (
	"fmt"
	"strconv"
	"strings"

	"hejie/flows/calendar"
)

// Amount is money in minor units (fen, cents) of the account's currency. It is never a float.
type Amount int64

// Component is what part of a debt an amount belongs to.
type Component string

const (
	Principal Component = "principal"
	Interest  Component = "interest"
	Penalty   Component = "penalty"
	Fees      Component = "fees"
)

// Components in the order they are shown to people.
var Components = []Component{Principal, Interest, Penalty, Fees}

// EntryKind says what happened.
type EntryKind string

const (
	Charge  EntryKind = "charge"  // something became owed: Component says what
	Payment EntryKind = "payment" // money came in: Component empty = allocate by the account's order
	Waiver  EntryKind = "waiver"  // something is no longer asked for
	Adjust  EntryKind = "adjust"  // a correction, signed
)

// Entry is one append-only ledger line. Amount is positive for all kinds but Adjust; Kind gives the direction.
type Entry struct {
	ID        string        `json:"id" db:"id"`
	AccountID string        `json:"account_id" db:"account_id"`
	Kind      EntryKind     `json:"kind" db:"kind"`
	Component Component     `json:"component" db:"component"`
	Amount    Amount        `json:"amount_fen" db:"amount"`
	On        calendar.Date `json:"on" db:"value_on"`
	Basis     string        `json:"basis" db:"basis"` // contract clause, statute or import row that explains the line
	PostedMS  int64         `json:"posted_ms" db:"posted_ms"`
}

// Balance is what is owed on a day, by component.
type Balance struct {
	Principal Amount        `json:"principal_fen"`
	Interest  Amount        `json:"interest_fen"`
	Penalty   Amount        `json:"penalty_fen"`
	Fees      Amount        `json:"fees_fen"`
	Overpaid  Amount        `json:"overpaid_fen,omitempty"` // paid beyond what was owed: the debtor's money, never a negative component
	AsOf      calendar.Date `json:"as_of"`
}

// Total is the sum of all components.
func (b Balance) Total() Amount { return b.Principal + b.Interest + b.Penalty + b.Fees }

// Get is the amount of one component.
func (b Balance) Get(c Component) Amount {
	switch c {
	case Principal:
		return b.Principal
	case Interest:
		return b.Interest
	case Penalty:
		return b.Penalty
	case Fees:
		return b.Fees
	}
	return 0
}

// String is the amount with two decimals and thousands separators: 12,345.67.
func (a Amount) String() string {
	sign := ""
	u := uint64(a)
	if a < 0 {
		sign, u = "-", uint64(-a)
	}
	whole := strconv.FormatUint(u/100, 10)
	var b strings.Builder
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return fmt.Sprintf("%s%s.%02d", sign, b.String(), u%100)
}
