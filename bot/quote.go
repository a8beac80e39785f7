package bot

import (
	"context"
	"fmt"

	"hejie/bot/guard"
	"hejie/flows"
)

// Quote answers the stepper: what would this count and first date cost. The offer is stored like any other, so that
// exactly it can be accepted, but nothing is added to the transcript. ErrVerify, ErrClosed.
func (b *Bot) Quote(ctx context.Context, convID string, a flows.Action) (guard.Cleared, error) {
	return retried("quote "+convID, func() (guard.Cleared, error) { return b.quoteOnce(ctx, convID, a) })
}

func (b *Bot) quoteOnce(ctx context.Context, convID string, a flows.Action) (guard.Cleared, error) {
	conv, err := b.store.Conversation(ctx, convID)
	switch {
	case err != nil:
		return guard.Cleared{}, err
	case conv.Control == Closed:
		return guard.Cleared{}, ErrClosed
	case conv.Control == ByAgent: // the bot is silent, in figures too: whoever holds the conversation makes the offers
		return guard.Cleared{}, ErrOfferExpired
	case conv.Identity != flows.Verified:
		return guard.Cleared{}, ErrVerify
	}
	cf, err := b.caseFile(ctx, conv, flows.Match{}, conv.DebtorID)
	if err != nil {
		return guard.Cleared{}, err
	}
	state, card, effects := b.engine.Quote(conv.State, a, cf)
	if card.Offers == nil {
		return guard.Cleared{}, ErrOfferExpired
	}
	part, figs, err := b.card(conv, cf.Jurisdiction, card)
	if err != nil {
		return guard.Cleared{}, err
	}
	d := guard.Draft{
		ID: fmt.Sprintf("quote:%s:%d", convID, conv.Version), To: recipient(conv), Author: guard.Bot, Kind: guard.Reply,
		Lang: conv.Lang, Parts: []guard.Part{part}, Figures: figs,
	}
	facts := b.facts(conv, cf, state)
	v := b.filter.Check(d, facts)
	if v.Decision != guard.Pass {
		return guard.Cleared{}, fmt.Errorf("quote stopped by the filter: %v", v.Hits)
	}
	conv.State = state
	if err := b.store.CommitTurn(ctx, TurnResult{Conv: conv, Effects: effects, NowMS: b.now().UnixMilli()}); err != nil {
		return guard.Cleared{}, err
	}
	// The audit line precedes the answer, as for every text that leaves.
	if err := b.store.LogAudit(ctx, "quote", "bot", convID, map[string]any{"draft": d.ID, "verdict": v.Decision, "parts": d.Parts}); err != nil {
		return guard.Cleared{}, err
	}
	d.Kind = guard.Recalled
	c, ok := b.filter.Recall(d, guard.Recorded{ClearanceID: d.ID}, facts)
	if !ok {
		return guard.Cleared{}, ErrVerify
	}
	return c, nil
}
