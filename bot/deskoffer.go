package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"hejie/bot/guard"
	"hejie/flows"
	"hejie/flows/arrange"
	"hejie/flows/calendar"
)

// OfferWish is what an agent would like to lay before the debtor: terms, and which of the rules' answers to them.
type OfferWish struct {
	DraftID    string // made by the client: the same wish sent twice is sent once
	AccountID  string
	Ask        arrange.Ask
	Means      *arrange.Means
	OfferIDs   []string // of the answer to these terms; what they oblige to is in the id, so nothing else can be meant
	Text       string   // the agent's own words beside the card
	Reason     string   // for whoever must approve
	AuthorLang string
}

// OfferSent tells what became of a wish.
type OfferSent struct {
	State   string        `json:"state" enum:"sent,asked,stopped" doc:"sent: queued for the debtor; asked: a supervisor decides first; stopped: the filter held the words"`
	DraftID string        `json:"draft_id,omitempty"`
	CaseID  string        `json:"case_id,omitempty" doc:"The request for approval"`
	Verdict guard.Verdict `json:"verdict"`
}

// ErrNoArrangement: no arrangement of this debt is to be discussed now; the text in front of it says why.
var ErrNoArrangement = errors.New("bot: no arrangement is discussed now")

// askDays is how long a person may take over a request for approval, as in the flow that asks for the debtor.
const askDays = 3

// WhatIf answers what terms would be offered or refused, by the same engine that serves the debtor. Nothing is stored.
func (b *Bot) WhatIf(ctx context.Context, convID, accountID string, ask arrange.Ask, means *arrange.Means) (flows.Proposed, error) {
	conv, err := b.store.Conversation(ctx, convID)
	if err != nil {
		return flows.Proposed{}, err
	}
	_, p, err := b.propose(ctx, conv, OfferWish{AccountID: accountID, Ask: ask, Means: means})
	return p, err
}

func (b *Bot) propose(ctx context.Context, conv Conversation, w OfferWish) (flows.CaseFile, flows.Proposed, error) {
	if conv.DebtorID == "" {
		return flows.CaseFile{}, flows.Proposed{}, ErrVerify
	}
	cf, err := b.caseFile(ctx, conv, flows.Match{}, conv.DebtorID)
	if err != nil {
		return cf, flows.Proposed{}, err
	}
	state := conv.current()
	if state.AccountID == "" && w.AccountID == "" && len(cf.Accounts) > 0 {
		w.AccountID = cf.Accounts[0].ID
	}
	p, ok := b.engine.Propose(state, flows.Proposal{AccountID: w.AccountID, Ask: w.Ask, Means: w.Means}, cf)
	switch {
	case !ok && conv.Identity != flows.Verified:
		return cf, p, ErrVerify
	case !ok:
		return cf, p, fmt.Errorf("account %s: %w", w.AccountID, ErrNotFound)
	}
	return cf, p, nil
}

// SendOffers lays offers before the debtor as a card, in the name of the agent who holds the conversation. The rules make them, anew; what the
// agent's authority covers is granted by sending it, what needs a supervisor is put to one. The debtor's own consent is still to come.
// ErrNotHolder, ErrClosed, ErrVerify, ErrNoArrangement, ErrOfferExpired (the rules no longer give these offers), ErrEmpty.
func (b *Bot) SendOffers(ctx context.Context, convID string, a AgentUser, w OfferWish) (OfferSent, error) {
	return retried("offers for "+convID, func() (OfferSent, error) { return b.sendOffersOnce(ctx, convID, a, w) })
}

func (b *Bot) sendOffersOnce(ctx context.Context, convID string, a AgentUser, w OfferWish) (OfferSent, error) {
	conv, err := b.store.Conversation(ctx, convID)
	switch {
	case err != nil:
		return OfferSent{}, err
	case conv.Control == Closed:
		return OfferSent{}, ErrClosed
	case conv.Control != ByAgent || conv.AgentID != a.ID:
		return OfferSent{}, ErrNotHolder
	}
	draftID := convID + ":" + a.ID + ":offer:" + w.DraftID
	if done, err := b.store.Drafted(ctx, draftID); err != nil || done {
		return OfferSent{State: "sent", DraftID: draftID, Verdict: guard.Verdict{Decision: guard.Pass}}, err
	}
	cf, p, err := b.propose(ctx, conv, w)
	if err != nil {
		return OfferSent{}, err
	}
	if p.Stop != "" {
		return OfferSent{}, fmt.Errorf("%s: %w", p.Stop, ErrNoArrangement)
	}
	offers, err := chosen(p.Answer.Offers, w.OfferIDs)
	if err != nil {
		return OfferSent{}, err
	}
	if i := slices.IndexFunc(offers, func(o arrange.Offer) bool { return !MayGrant(a, o) }); i >= 0 {
		return b.askApproval(ctx, conv, a, offers[i], w)
	}
	for i, o := range offers {
		granted, ok := b.engine.Grant(o, b.now())
		if !ok {
			return OfferSent{}, ErrOfferExpired
		}
		offers[i] = granted
	}
	return b.layOffers(ctx, conv, cf, a, offers, draftID, w)
}

func chosen(made []arrange.Offer, ids []string) ([]arrange.Offer, error) {
	var out []arrange.Offer
	for _, id := range ids {
		i := slices.IndexFunc(made, func(o arrange.Offer) bool { return o.ID == id })
		if i < 0 {
			return nil, ErrOfferExpired
		}
		out = append(out, made[i])
	}
	if len(out) == 0 {
		return nil, ErrEmpty
	}
	return out, nil
}

// MayGrant: whether the rules leave this offer to a person of this role.
func MayGrant(a AgentUser, o arrange.Offer) bool {
	return !o.NeedsApproval || o.Approver != arrange.BySupervisor || a.Role == "supervisor" || a.Role == "admin"
}

func (b *Bot) layOffers(ctx context.Context, conv Conversation, cf flows.CaseFile, a AgentUser, offers []arrange.Offer, draftID string, w OfferWish) (OfferSent, error) {
	text := strings.TrimSpace(w.Text)
	if text == "" {
		return OfferSent{}, ErrEmpty
	}
	state, card, effects := b.engine.Lay(conv.State, offers, cf)
	part, figs, err := b.card(conv, cf.Jurisdiction, card)
	if err != nil {
		return OfferSent{}, err
	}
	d := b.agentDraft(conv, a, draftID, text)
	d.Parts, d.Figures, d.AuthorLang = append(d.Parts, part), figs, w.AuthorLang
	facts := b.facts(conv, cf, state)
	v := b.filter.Check(d, facts)
	if v.Decision != guard.Pass { // a stopped attempt is part of the record too
		if _, err := b.store.Record(ctx, guard.Entry{Draft: d, Verdict: v, Facts: facts}); err != nil {
			return OfferSent{}, fmt.Errorf("offers: %w", err)
		}
		b.bus.Publish(Event{Kind: "verdict", ConvID: conv.ID})
		return OfferSent{State: "stopped", DraftID: draftID, Verdict: v}, nil
	}
	// The audit line precedes the card, as for every text that leaves.
	if err := b.store.LogAudit(ctx, "offer_sent", "agent:"+a.ID, conv.ID, map[string]any{"draft": draftID, "ask": w.Ask, "role": a.Role, "offers": offers}); err != nil {
		return OfferSent{}, err
	}
	conv.State = state
	err = b.store.CommitTurn(ctx, TurnResult{Conv: conv, Effects: effects, Outbox: []Outgoing{{Draft: d, Verdict: v, Facts: facts}}, NowMS: b.now().UnixMilli()})
	if err != nil {
		return OfferSent{}, err
	}
	b.queue.add(conv.ID, 0)
	return OfferSent{State: "sent", DraftID: draftID, Verdict: v}, nil
}

// askApproval puts an offer to a supervisor. The case bears the offer's name, so the same wish asked twice is one case.
func (b *Bot) askApproval(ctx context.Context, conv Conversation, a AgentUser, o arrange.Offer, w OfferWish) (OfferSent, error) {
	reason := strings.TrimSpace(w.Reason)
	if reason == "" {
		return OfferSent{}, ErrEmpty
	}
	id := askedCase(o.ID)
	list, err := b.store.Approvals(ctx, conv.ID)
	if err != nil {
		return OfferSent{}, err
	}
	out := OfferSent{State: "asked", CaseID: id, Verdict: guard.Verdict{Decision: guard.Pass}}
	if i := slices.IndexFunc(list, func(x Approval) bool { return x.CaseID == id }); i >= 0 {
		if list[i].State == "open" {
			return out, nil
		}
		return OfferSent{}, fmt.Errorf("the same terms were decided before: %w", ErrDecided)
	}
	if err := b.store.LogAudit(ctx, "offer_asked", "agent:"+a.ID, conv.ID, map[string]any{"case": id, "ask": w.Ask, "reason": reason, "offer": o}); err != nil {
		return OfferSent{}, err
	}
	due := calendar.Today(b.now(), b.zone).AddDays(askDays)
	err = b.store.CommitTurn(ctx, TurnResult{Conv: conv, NowMS: b.now().UnixMilli(), Effects: []flows.Effect{
		{Kind: flows.EffOffers, Offers: []arrange.Offer{o}, DebtorID: conv.DebtorID, AccountID: o.AccountID},
		{Kind: flows.EffCase, Case: &flows.Case{ID: id, Kind: askedKind(o), Due: due, Note: asker(a.Name, reason)}, DebtorID: conv.DebtorID, AccountID: o.AccountID},
	}})
	if err != nil {
		return OfferSent{}, err
	}
	b.bus.Publish(Event{Kind: "control", ConvID: conv.ID})
	return out, nil
}

// askedKind: only what takes something off the debt is a waiver.
func askedKind(o arrange.Offer) string {
	if o.Waived > 0 {
		return "waiver"
	}
	return "approval"
}

// asker puts the agent's name before the reason, with the colon of its script.
func asker(name, reason string) string {
	if strings.ContainsFunc(reason, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return name + "：" + reason
	}
	return name + ": " + reason
}

// askedCase names the case in which an agent asked for an offer's approval.
func askedCase(offerID string) string { return "ask-" + offerID }
