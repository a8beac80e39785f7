package arrange

import (
	"time"

	"hejie/flows/ledger"
)

// Agreement is an offer put into terms for an explicit yes. Its hash is over the canonical JSON of all other fields,
// so that the debtor, the creditor and an officer can prove years later what was agreed.
type Agreement struct {
	ID        string         `json:"id"` // derived from the offer: accepting twice gives the same agreement
	Offer     Offer          `json:"offer"`
	AccountID string         `json:"account_id"`
	No4       string         `json:"no4"` // last four of the account number
	Creditor  string         `json:"creditor"`
	Collector string         `json:"collector"`
	Before    ledger.Balance `json:"before"` // what was owed, by component
	Ruleset   string         `json:"ruleset,omitempty"`
	Terms     []string       `json:"terms"` // ids of the approved clauses (prompts `term_<id>`) that are part of it
	DrawnUp   time.Time      `json:"drawn_up"`
	ExpiresAt time.Time      `json:"expires_at"`
	SHA256    string         `json:"sha256"`
}
