package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"hejie/flows/arrange"
	"hejie/flows/policy"
)

// Proposal is what a person at the desk would like to offer.
type Proposal struct {
	AccountID string // empty: the debt in focus, or the only one
	Ask       arrange.Ask
	Means     *arrange.Means // as told to that person; nil = what is known
}

// Proposed is the rules' answer. Its offers are signed and lie on no table yet.
type Proposed struct {
	AccountID string         `json:"account_id"`
	Currency  string         `json:"currency"`
	Answer    arrange.Answer `json:"answer"`
	Limits    arrange.Limits `json:"limits"`
	// Stop says why no arrangement is to be discussed now: verify, crisis, tax, hold, plan, agreed, zero, limitation; empty = nothing does.
	Stop string `json:"stop,omitempty"`
}

// Propose answers what a person at the desk would like to offer, by the rules that bind the bot. It answers as for a first wish: the ladder of
// concessions is climbed by the debtor only.
func (e *Engine) Propose(s State, p Proposal, cf CaseFile) (Proposed, bool) {
	if p.AccountID != "" {
		s.AccountID = p.AccountID
	}
	if p.Means != nil {
		cf.Debtor.Means = *p.Means
	}
	t := newTurn(e, s, nil, cf)
	t.mem.Talk = policy.Talk{}
	if p.Means != nil {
		t.mem.Means = nil
	}
	a := t.account()
	if a == nil || cf.Policy == nil || p.AccountID != "" && a.ID != p.AccountID {
		return Proposed{}, false
	}
	ans := t.counter(p.Ask)
	for i, o := range ans.Offers {
		ans.Offers[i] = e.sign(o)
	}
	return Proposed{AccountID: a.ID, Currency: a.Currency, Answer: ans, Limits: t.limits(), Stop: t.stop()}, true
}

// stop names what forbids to discuss an arrangement of the account in focus.
func (t *turn) stop() string {
	switch why := notSellable(t); {
	case t.st.Identity != Verified:
		return "verify"
	case t.st.Crisis:
		return "crisis"
	case why != "ok":
		return why
	case t.limitationToSay():
		return "limitation"
	}
	return ""
}

// Stop tells why no arrangement of an account is to be discussed now, whoever would like to; empty = nothing forbids it.
func (e *Engine) Stop(s State, accountID string, cf CaseFile) string {
	s.AccountID = accountID
	return newTurn(e, s, nil, cf).stop()
}

// Grant makes of an offer that needed a person's approval the one that was approved: the same terms under their own id, signed. It is not
// ok for an offer that is not ours as it stands, or that has ended.
func (e *Engine) Grant(o arrange.Offer, now time.Time) (arrange.Offer, bool) {
	if !now.Before(o.ValidUntil) || !e.ours(o) {
		return arrange.Offer{}, false
	}
	if !o.NeedsApproval {
		return o, true
	}
	id := sha256.Sum256([]byte("granted\n" + o.ID))
	o.ID = "off_" + hex.EncodeToString(id[:])[:20]
	o.NeedsApproval, o.Approver = false, ""
	o.Why = slices.DeleteFunc(slices.Clone(o.Why), func(r arrange.Reason) bool { return r.Code == arrange.WhyNeedsApproval })
	return e.sign(o), true
}

// Lay puts offers of one account on the table in place of all that was discussed. To agree to one, the debtor picks it and says yes to the
// recap, as ever; the gates before that stay where they are.
func (e *Engine) Lay(s State, offers []arrange.Offer, cf CaseFile) (State, Card, []Effect) {
	s = Unsaid(s)
	s.AccountID = offers[0].AccountID
	t := newTurn(e, s, nil, cf)
	closeTalk(t)
	t.st.Offers, t.st.LastReply = slices.Clone(offers), nil
	t.st.Stack = []Frame{{Flow: "agree_terms", Step: "choose"}} // what is open now is which of them, so an answer in words is heard too
	if t.mem.Kind = offers[0].Kind; t.mem.Kind == arrange.Token {
		t.mem.Kind = arrange.Instalments // whoever wants more than a token wants a plan
	}
	t.st.Extra = t.mem.raw()
	card := OffersCard{Currency: offers[0].Currency, Offers: slices.Clone(offers), Met: arrange.AskMet}
	if a := t.account(); a != nil {
		card.Balance = a.Balance.Total()
	}
	eff := Effect{Kind: EffOffers, Offers: slices.Clone(offers), DebtorID: s.DebtorID, AccountID: s.AccountID}
	return t.st, Card{Type: "plan_offer", Offers: &card}, []Effect{eff}
}

// regate takes the recap and the open question from a table that a hold has come over since: a card that is pressed then goes through the
// gates again, which say why nothing is agreed now.
func (e *Engine) regate(s State, cf CaseFile) State {
	if s.Pending == nil && len(s.Offers) == 0 || s.Top().Flow != "agree_terms" || e.Stop(s, s.AccountID, cf) != "hold" {
		return s
	}
	s.Pending, s.Stack = nil, nil
	return s
}
