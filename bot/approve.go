package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hejie/bot/guard"
	"hejie/flows"
	"hejie/flows/arrange"
)

// Approval is a request that a person allow an offer, with how it ended.
type Approval struct {
	CaseID    string        `db:"case_id" json:"case_id"`
	State     string        `db:"state" json:"state" enum:"open,approved,refused,closed"`
	Offer     arrange.Offer `db:"-" json:"offer"`
	Note      string        `db:"note" json:"note" doc:"What was said with the request: by the agent who asked, or by the debtor"`
	OpenedMS  int64         `db:"opened_ms" json:"opened_ms"`
	DecidedBy string        `db:"closed_by" json:"decided_by"`
	DecidedMS int64         `db:"closed_ms" json:"decided_ms"`
	Reason    string        `db:"-" json:"reason"`
}

// ApprovalDecision closes a request in the same transaction as what the debtor is told of it.
type ApprovalDecision struct {
	Pending    PendingApproval
	Approve    bool
	By, Reason string
}

// Word is the decision as it is kept.
func (d ApprovalDecision) Word() string {
	if d.Approve {
		return "approved"
	}
	return "refused"
}

// ErrDecided: a person has decided on these terms before.
var ErrDecided = errors.New("bot: decided before")

const pendingLimit = 1000

// PendingApprovals lists offers that wait for a person.
func (b *Bot) PendingApprovals(ctx context.Context, creditorID string, limit int) ([]PendingApproval, error) {
	return b.store.PendingApprovals(ctx, creditorID, limit)
}

// Approvals lists a conversation's requests for approval, newest first.
func (b *Bot) Approvals(ctx context.Context, convID string) ([]Approval, error) {
	return b.store.Approvals(ctx, convID)
}

// DecideOffer records a person's decision on an offer that needs one and tells the debtor: an approved offer comes as a card, to be agreed to or
// not; a refusal is said kindly, with the way on. told is false where nothing could be said: the conversation is closed, or under a hold that
// keeps money out of it. Who may decide is written in the offer. ErrNotFound, ErrNotHolder (the role may not), ErrOfferExpired,
// ErrNoArrangement (it may not be offered now; a refusal may still be recorded).
func (b *Bot) DecideOffer(ctx context.Context, convID, caseID, offerID string, a AgentUser, approve bool, reason string) (told bool, err error) {
	return retried("approval in "+convID, func() (bool, error) { return b.decideOnce(ctx, convID, caseID, offerID, a, approve, reason) })
}

func (b *Bot) decideOnce(ctx context.Context, convID, caseID, offerID string, a AgentUser, approve bool, reason string) (bool, error) {
	conv, err := b.store.Conversation(ctx, convID) // the version first, as in a turn
	if err != nil {
		return false, err
	}
	list, err := b.store.PendingApprovals(ctx, conv.CreditorID, pendingLimit)
	if err != nil {
		return false, err
	}
	i := slices.IndexFunc(list, func(p PendingApproval) bool { return p.ConvID == convID && p.CaseID == caseID && p.Offer.ID == offerID })
	if i < 0 {
		return false, ErrNotFound
	}
	if !MayGrant(a, list[i].Offer) {
		return false, ErrNotHolder
	}
	d := ApprovalDecision{Pending: list[i], Approve: approve, By: "agent:" + a.ID, Reason: strings.TrimSpace(reason)}
	res := TurnResult{Conv: conv, Approval: &d, NowMS: b.now().UnixMilli()}
	told, err := b.tellDecision(ctx, &res)
	if err != nil {
		return false, err
	}
	if err := b.store.CommitTurn(ctx, res); err != nil {
		return false, err
	}
	b.bus.Publish(Event{Kind: "control", ConvID: convID})
	b.queue.add(convID, 0)
	return told, nil
}

// tellDecision adds to the turn what the debtor hears of the decision.
func (b *Bot) tellDecision(ctx context.Context, res *TurnResult) (bool, error) {
	conv, d := res.Conv, res.Approval
	cf, err := b.caseFile(ctx, conv, flows.Match{}, conv.DebtorID)
	if err != nil {
		return false, err
	}
	stop := b.engine.Stop(conv.current(), d.Pending.Offer.AccountID, cf)
	switch {
	case d.Approve && conv.Control == Closed:
		return false, ErrClosed
	case d.Approve && stop != "":
		return false, fmt.Errorf("%s: %w", stop, ErrNoArrangement)
	case conv.Control == Closed || stop != "":
		return false, nil
	}
	r := flows.Reply{ID: "approval_refused", Quick: []string{"instalments", "defer", "person"}}
	if d.Approve {
		o, ok := b.engine.Grant(d.Pending.Offer, b.now())
		if !ok {
			return false, ErrOfferExpired
		}
		var card flows.Card
		res.Conv.State, card, res.Effects = b.engine.Lay(conv.State, []arrange.Offer{o}, cf)
		r = flows.Reply{ID: "approval_granted", Card: &card}
	}
	if conv.Control == ByAgent {
		r.Quick = nil // whoever holds the conversation offers what comes next
	}
	o, err := b.outgoing(ctx, said{conv, cf, res.Conv.State, nil}, r, "approval:"+conv.ID+":"+d.Pending.CaseID+":"+d.Pending.Offer.ID)
	if err != nil {
		return false, err
	}
	if conv.Control == ByAgent { // the bot is silent beside a person: the notice speaks for itself
		o.Draft.Author = guard.System
		o.Verdict = b.filter.Check(o.Draft, o.Facts)
	}
	if o.Verdict.Decision != guard.Pass { // kept with its reasons for the desk; what nobody could read is not there to be agreed to
		b.log.Error("the word of a decision was stopped by the filter", "reply", r.ID, "rules", ruleIDs(o.Verdict))
		res.Conv.State, res.Effects = conv.State, nil
	}
	res.Outbox = []Outgoing{o}
	return o.Verdict.Decision == guard.Pass, nil
}
