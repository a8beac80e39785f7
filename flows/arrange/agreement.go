package arrange

import (
	"slices"
	"time"

	"hejie/flows/ledger"
)

// Agreement is an offer put into terms for an explicit yes. Its hash is over the canonical JSON of all other fields,
// so that the debtor, the creditor and an officer can prove years later what was agreed.
type Agreement struct {
	ID        string         `json:"id"` // of this paper: accepting it twice is one agreement, the same terms drawn up later are another
	Offer     Offer          `json:"offer"`
	AccountID string         `json:"account_id"`
	No4       string         `json:"no4"` // last four of the account number
	Creditor  string         `json:"creditor"`
	Collector string         `json:"collector"`
	Before    ledger.Balance `json:"before"` // what was owed, by component
	Ruleset   string         `json:"ruleset,omitempty"`
	DebtType  string         `json:"debt_type,omitempty"`
	Terms     []string       `json:"terms"` // ids of the approved clauses (prompts `term_<id>`) that are part of it
	DrawnUp   time.Time      `json:"drawn_up"`
	ExpiresAt time.Time      `json:"expires_at"`
	SHA256    string         `json:"sha256"`
}

// Parties is who an agreement is between, as it will be printed.
type Parties struct {
	No4       string // last four of the account number
	Creditor  string
	Collector string
	Ruleset   string
}

// Ids of approved clauses (prompts `term_<id>`).
const (
	TermNoNewCharges   = "no_new_charges"      // nothing more accrues while the plan is kept
	TermStopCollection = "stop_collection"     // signed = collection stops
	TermMissedPayment  = "missed_payment"      // what follows a missed payment
	TermNoNewCard      = "no_new_card"         // cards, art. 70 (4): no new card until settled
	TermLimitation     = "limitation_restarts" // asking for or agreeing a plan restarts the limitation period
	TermWithdraw       = "withdraw_3_days"
	TermWaiverIfPaid   = "waiver_if_paid"   // the waiver holds only if the payment arrives by its date
	TermSettlesAll     = "settles_all"      // paid = nothing is left
	TermRestRemains    = "rest_remains"     // token plan: the rest is still owed and looked at again
	TermNeedsApproval  = "needs_approval"   // binds only once a person has approved
	TermExcessNotAsked = "excess_not_asked" // the part above the legal cap is not part of this
	TermPlanInterest   = "plan_interest"    // in place of no_new_charges: the schedule contains the interest, nothing else is added
)

// WithdrawDays is how many days after its day an agreement with TermWithdraw may be taken back without a reason.
const WithdrawDays = 3

// Draw puts an offer into terms. The same offer, parties and time give the same agreement. Its id depends on the time too: a paper is
// kept for good under its id, and one drawn up later says another day.
func Draw(o Offer, acc Account, p Parties, now time.Time) Agreement {
	a := Agreement{
		ID:        "agr_" + digest([]string{o.ID, o.AccountID, canonicalTime(now).Format(time.RFC3339Nano)})[:20],
		Offer:     o,
		AccountID: acc.ID,
		No4:       p.No4,
		Creditor:  p.Creditor,
		Collector: p.Collector,
		Before:    acc.Balance,
		Ruleset:   p.Ruleset,
		DebtType:  acc.DebtType,
		Terms:     terms(o, acc),
		DrawnUp:   canonicalTime(now),
		ExpiresAt: canonicalTime(o.ValidUntil),
	}
	a.SHA256 = a.Hash()
	return a
}

func terms(o Offer, acc Account) []string {
	out := []string{TermNoNewCharges, TermStopCollection, TermMissedPayment}
	if o.Accrued() > 0 {
		out[0] = TermPlanInterest
	}
	switch o.Kind {
	case WaiverIfBy:
		out = append(out, TermWaiverIfPaid)
	case Settlement:
		out = append(out, TermSettlesAll)
	case Token:
		out = append(out, TermRestRemains)
	}
	if acc.DebtType == "credit_card" {
		out = append(out, TermNoNewCard)
	}
	if acc.Excess > 0 {
		out = append(out, TermExcessNotAsked)
	}
	out = append(out, TermLimitation, TermWithdraw)
	if o.NeedsApproval {
		out = append(out, TermNeedsApproval)
	}
	return out
}

// Hash is the hex SHA-256 over the canonical JSON of all fields but SHA256.
func (a Agreement) Hash() string {
	a.SHA256 = ""
	sig := a.Offer.Signature
	a.Offer = a.Offer.canonical()
	a.Offer.Signature = sig
	a.DrawnUp, a.ExpiresAt = canonicalTime(a.DrawnUp), canonicalTime(a.ExpiresAt)
	if a.Terms == nil {
		a.Terms = []string{}
	}
	return digest(a)
}

// Intact tells whether the agreement still says what was hashed.
func (a Agreement) Intact() bool { return a.SHA256 != "" && a.SHA256 == a.Hash() }

// The contents a personal instalment agreement for a card must have (商业银行信用卡业务监督管理办法第七十条).
const (
	ItemBalance  = "balance"  // what is owed, of what, in which currency
	ItemSchedule = "schedule" // rhythm, currency, dates and amounts
	ItemCharges  = "charges"  // whether fees, interest or others go on
	ItemNoCard   = "no_card"  // no new card until it is paid
	ItemDuties   = "duties"   // rights, duties, and what follows a breach
	ItemOther    = "other"    // the rest: limitation, withdrawal
)

// Missing names the mandatory contents an agreement lacks; one with any must not be shown for consent.
func (a Agreement) Missing() []string {
	has := func(terms ...string) bool {
		return slices.ContainsFunc(terms, func(t string) bool { return slices.Contains(a.Terms, t) })
	}
	var sum ledger.Amount
	dated := len(a.Offer.Instalments) > 0
	for _, in := range a.Offer.Instalments {
		sum += in.Amount
		dated = dated && !in.Due.IsZero() && in.Amount > 0
	}
	checks := []struct {
		item string
		ok   bool
	}{
		{ItemBalance, a.Before.Valid() == nil && a.Before.Total() > 0 && a.Offer.Currency != ""},
		{ItemSchedule, dated && sum == a.Offer.Total},
		{ItemCharges, has(TermNoNewCharges, TermPlanInterest)},
		{ItemNoCard, a.DebtType != "credit_card" || has(TermNoNewCard)},
		{ItemDuties, has(TermMissedPayment) && has(TermStopCollection)},
		{ItemOther, has(TermLimitation) && has(TermWithdraw)},
	}
	var out []string
	for _, c := range checks {
		if !c.ok {
			out = append(out, c.item)
		}
	}
	return out
}
