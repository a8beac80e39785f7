package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"hejie/bot"
	"hejie/flows"
	"hejie/flows/arrange"
)

// effects writes what a turn decided. Each is idempotent and leaves an audit line.
type effects struct {
	*tx
	conv    *bot.Conversation // as the turn will leave it
	already held              // as it is stored
	nowMS   int64
	outcome string
}

func (e *effects) apply(i int, f flows.Effect) error {
	if err := e.keep(i, f); err != nil {
		return err
	}
	kind := map[flows.EffectKind]string{
		flows.EffVerified: "identity", flows.EffVerifyFail: "identity_failed", flows.EffOffers: "offers", flows.EffAgreed: "arrangement",
		flows.EffHold: "hold", flows.EffCase: "case", flows.EffPromise: "promise", flows.EffHandoff: "handoff", flows.EffOptOut: "opt_out",
		flows.EffMeans: "means", flows.EffOutcome: "outcome", flows.EffWrongParty: "contact_blocked",
		flows.EffWithdrawn: "arrangement_withdrawn", flows.EffCaseNote: "case_noted",
	}[f.Kind]
	if kind == "" {
		return fmt.Errorf("store: unknown effect %q", f.Kind)
	}
	_, err := e.audit(kind, "bot", e.conv.ID, nil, f)
	return err
}

func (e *effects) keep(i int, f flows.Effect) error {
	switch f.Kind {
	case flows.EffVerified:
		return e.verified(f)
	case flows.EffOffers:
		return e.offers(f)
	case flows.EffAgreed:
		return e.agreed(f)
	case flows.EffHold:
		return e.hold(f)
	case flows.EffCase:
		return e.openCase(i, f)
	case flows.EffPromise:
		_, err := e.exec("promise_put", e.conv.ID, e.debtor(f), e.account(f), f.Promise.On, f.Promise.Amount, e.nowMS)
		return err
	case flows.EffHandoff:
		e.handoff(f)
	case flows.EffOptOut:
		return e.optOut(f)
	case flows.EffMeans:
		return e.means(f)
	case flows.EffOutcome:
		e.outcome = f.Text
	case flows.EffWrongParty:
		return e.wrongParty()
	case flows.EffWithdrawn:
		return e.withdrawn(f)
	case flows.EffCaseNote:
		if f.Case == nil {
			return errors.New("store: a note without its case")
		}
		_, err := e.exec("case_note", e.conv.ID, f.Case.ID, f.Case.Note)
		return err
	case flows.EffVerifyFail: // the audit line is all
	}
	return nil
}

func (e *effects) debtor(f flows.Effect) string {
	if f.DebtorID != "" {
		return f.DebtorID
	}
	return e.conv.DebtorID
}

func (e *effects) account(f flows.Effect) string {
	if f.AccountID != "" {
		return f.AccountID
	}
	return e.conv.State.AccountID
}

// subject is whom a hold or an opt-out concerns: the debtor, or the conversation while nobody is known.
func (e *effects) subject(f flows.Effect) string {
	if d := e.debtor(f); d != "" {
		return d
	}
	return convSubject(e.conv.ID)
}

func convSubject(convID string) string { return "conv:" + convID }

// verified binds the debtor; what the visitor asked for before belongs to the debtor now.
func (e *effects) verified(f flows.Effect) error {
	if f.DebtorID == "" {
		return errors.New("store: verified without a debtor")
	}
	if e.already.Identity == flows.Verified && e.already.DebtorID != f.DebtorID {
		return fmt.Errorf("store: the conversation belongs to another debtor: %w", bot.ErrConflict)
	}
	e.conv.DebtorID, e.conv.Identity = f.DebtorID, flows.Verified
	if err := e.stepped(f); err != nil {
		return err
	}
	return e.adopt(e.conv.ID, f.DebtorID)
}

func (e *effects) offers(f flows.Effect) error {
	for _, o := range f.Offers {
		terms, err := toJSON(o)
		if err != nil {
			return err
		}
		account := o.AccountID
		if account == "" {
			account = e.account(f)
		}
		if _, err := e.exec("offer_put", o.ID, account, e.conv.CreditorID, e.conv.DebtorID, e.conv.ID, terms, o.ValidUntil.UnixMilli(), e.nowMS); err != nil {
			return err
		}
	}
	return nil
}

// agreed writes an arrangement once. It stands only on an offer we stored for this debtor and account, still valid,
// with the same sums: an agreement that says more than the offer is no agreement.
func (e *effects) agreed(f flows.Effect) error {
	a := f.Agreement
	if a == nil {
		return errors.New("store: agreed without an agreement")
	}
	if e.conv.Identity != flows.Verified || e.conv.DebtorID == "" {
		return bot.ErrVerify
	}
	account := a.AccountID
	if account == "" {
		account = e.account(f)
	}
	var was struct {
		AccountID string `db:"account_id"`
		DebtorID  string `db:"debtor_id"`
		SHA256    string `db:"sha256"`
	}
	switch err := e.get(&was, "arrangement_exists", a.ID); {
	case err == nil && (was.AccountID != account || was.DebtorID != e.conv.DebtorID || was.SHA256 != a.SHA256):
		return fmt.Errorf("store: agreement %s exists with other terms: %w", a.ID, bot.ErrConflict)
	case err == nil:
		return nil
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	if err := e.offerStands(a, account); err != nil {
		return err
	}
	return e.insertArrangement(a, account)
}

// withdrawn takes an active arrangement of this debtor back; the one it had replaced stands again.
func (e *effects) withdrawn(f flows.Effect) error {
	if e.conv.Identity != flows.Verified || e.conv.DebtorID == "" {
		return bot.ErrVerify
	}
	n, err := e.exec("arrangement_cancel", f.Text, e.conv.DebtorID)
	if err != nil || n == 0 { // taken back before, or paid meanwhile: nothing is left to undo
		return err
	}
	_, err = e.exec("arrangement_revive", f.Text)
	return err
}

func (e *effects) offerStands(a *arrange.Agreement, account string) error {
	var terms string
	err := e.get(&terms, "offer_valid", a.Offer.ID, e.conv.DebtorID, account, e.nowMS)
	if errors.Is(err, sql.ErrNoRows) {
		return bot.ErrOfferExpired
	}
	if err != nil {
		return err
	}
	var made arrange.Offer
	if err := json.Unmarshal([]byte(terms), &made); err != nil {
		return fmt.Errorf("offer %s: %w", a.Offer.ID, err)
	}
	if o := a.Offer; o.Kind != made.Kind || o.Currency != made.Currency || o.Total != made.Total || o.Waived != made.Waived ||
		o.NeedsApproval != made.NeedsApproval || !slices.Equal(o.Instalments, made.Instalments) {
		return fmt.Errorf("store: the agreement's offer is not the one that was made: %w", bot.ErrOfferExpired)
	}
	return nil
}

func (e *effects) insertArrangement(a *arrange.Agreement, account string) error {
	text, err := toJSON(a)
	if err != nil {
		return err
	}
	if _, err := e.exec("arrangement_replace", account, a.ID); err != nil {
		return err
	}
	o := a.Offer
	if _, err := e.exec("arrangement_insert", a.ID, e.conv.CreditorID, e.conv.DebtorID, account, e.conv.ID, o.ID, o.Kind, o.Currency,
		o.Total, o.Waived, text, a.SHA256, e.nowMS); err != nil {
		return err
	}
	for _, in := range o.Instalments {
		if _, err := e.exec("instalment_insert", a.ID, in.N, in.Due, in.Amount, in.Principal, in.Interest, in.Penalty, in.Fees); err != nil {
			return err
		}
	}
	return nil
}

func (e *effects) hold(f flows.Effect) error {
	if f.Hold == nil {
		return errors.New("store: hold without its terms")
	}
	account := ""
	if f.Hold.Scope == "account" {
		account = e.account(f)
	}
	_, err := e.exec("hold_put", newID(), e.conv.CreditorID, e.subject(f), account, e.conv.ID, f.Hold.Reason, f.Hold.Scope, f.Hold.Until, e.nowMS)
	return err
}

func (e *effects) openCase(i int, f flows.Effect) error {
	if f.Case == nil {
		return errors.New("store: case without its terms")
	}
	id := f.Case.ID
	if id == "" { // one turn commits once, so its version and place name the case
		id = fmt.Sprintf("%d-%d", e.conv.Version+1, i)
	}
	_, err := e.exec("case_put", id, e.conv.ID, e.conv.CreditorID, e.debtor(f), e.account(f), f.Case.Kind, f.Case.Due, f.Case.Note, e.nowMS)
	return err
}

// handoff puts the conversation into the queue unless a person is there already.
func (e *effects) handoff(f flows.Effect) {
	if e.conv.Control == bot.ByBot {
		e.conv.Control = bot.InQueue
	}
	if e.conv.Control == bot.InQueue && e.conv.WaitingMS == 0 {
		e.conv.WaitingMS = e.nowMS
	}
	if f.Reason != "" {
		e.conv.Reason = f.Reason
	}
}

func (e *effects) optOut(f flows.Effect) error {
	channel := f.Text
	if channel == "" {
		channel = e.conv.Channel
	}
	if err := e.suppress(e.subject(f), channel, "opt_out"); err != nil {
		return err
	}
	return e.cancelProactive(e.conv.CreditorID, e.debtor(f), e.conv.ID, "opt_out", e.nowMS)
}

// suppress silences a subject, the address the conversation runs on and, by its number, the same phone on other accounts. The number
// is the refusal's origin: its holder may take back what was refused from it.
func (e *effects) suppress(subject, channel, reason string) error {
	subjects, hash := []string{subject}, ""
	if e.conv.Address != "" { // the address stays silent even if the debtor is known by another name later
		subjects = append(subjects, addrSubject(e.conv.Address))
		switch a, err := e.lockAddress(e.conv.Address); {
		case err == nil:
			hash = a.Hash
			subjects = append(subjects, hashSubject(hash))
		case !errors.Is(err, bot.ErrNotFound): // a browser has no number
			return err
		}
	}
	for _, s := range subjects {
		if _, err := e.exec("suppression_put", e.conv.CreditorID, s, channel, reason, e.nowMS, hash); err != nil {
			return err
		}
	}
	return nil
}

func addrSubject(address string) string { return "addr:" + address }

// wrongParty: this address does not lead to the debtor; nothing proactive goes there again.
func (e *effects) wrongParty() error {
	subject := convSubject(e.conv.ID)
	if e.conv.Channel == "sms" && e.conv.DebtorID != "" { // the number is the debtor's only because the file says so
		subject = e.conv.DebtorID
	}
	return e.suppress(subject, e.conv.Channel, "wrong_person")
}

func (e *effects) means(f flows.Effect) error {
	if f.Means == nil || e.debtor(f) == "" {
		return nil // told by a visitor: it stays in the conversation's state
	}
	_, err := e.exec("means_put", e.debtor(f), f.Means.MonthlyIncome, f.Means.MonthlyOutgoings, f.Means.Payday, f.Means.Reason)
	return err
}
