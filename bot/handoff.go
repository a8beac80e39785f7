package bot

import (
	"context"
	"errors"
	"fmt"

	"hejie/flows"
)

// TakeOver gives the conversation to a person. From the commit on the bot is silent: its queued drafts are
// stopped by the filter's control rule, its next turn only watches.
func (b *Bot) TakeOver(ctx context.Context, convID string, a AgentUser) (Conversation, error) {
	conv, err := b.store.TakeOver(ctx, convID, a.ID, b.now().UnixMilli())
	if err != nil {
		return Conversation{}, err
	}
	return conv, b.notice(ctx, conv, "agent_joined", a)
}

// HandBack returns the conversation to the bot with all it knew, and says so.
func (b *Bot) HandBack(ctx context.Context, convID string, a AgentUser) (Conversation, error) {
	conv, err := b.backToBot(ctx, convID, a.ID)
	if err != nil {
		return Conversation{}, err
	}
	return conv, b.notice(ctx, conv, "agent_left", a)
}

// backToBot: the bot goes on where the person left off. A crisis stays one: the bot keeps supporting and sells nothing.
func (b *Bot) backToBot(ctx context.Context, convID, agentID string) (Conversation, error) {
	conv, err := b.store.HandBack(ctx, convID, agentID, b.now().UnixMilli())
	if err != nil {
		return Conversation{}, err
	}
	conv.State = flows.HandedBack(conv.State, false)
	if err := b.store.CommitTurn(ctx, TurnResult{Conv: conv, NowMS: b.now().UnixMilli()}); err != nil && !errors.Is(err, ErrConflict) {
		return Conversation{}, err
	}
	return conv, nil
}

// CloseConversation ends it. The goodbye is queued before the row closes, so the debtor is not left wondering.
func (b *Bot) CloseConversation(ctx context.Context, convID string, a AgentUser) (Conversation, error) {
	conv, err := b.store.Conversation(ctx, convID)
	if err != nil {
		return Conversation{}, err
	}
	switch {
	case conv.Control == Closed: // else a second press would say goodbye a second time
		return Conversation{}, ErrClosed
	case conv.Control == ByAgent && conv.AgentID != a.ID:
		return Conversation{}, ErrNotHolder
	}
	if err := b.notice(ctx, conv, "conversation_closed", a); err != nil {
		return Conversation{}, err
	}
	conv, err = b.store.Close(ctx, convID, a.ID, b.now().UnixMilli())
	b.bus.Publish(Event{Kind: "control", ConvID: convID})
	return conv, err
}

// notice tells the debtor who speaks now. It is a system text through the same filter and outbox.
func (b *Bot) notice(ctx context.Context, conv Conversation, replyID string, a AgentUser) error {
	cf, err := b.caseFile(ctx, conv, flows.Match{}, conv.DebtorID)
	if err != nil {
		return err
	}
	r := flows.Reply{ID: replyID, Slots: map[string]flows.Value{"name": {Kind: flows.KindText, Text: a.Name, Origin: "agent:" + a.ID}}}
	// The version makes each change of holder its own notice, and a repeated call the same one.
	o, err := b.outgoing(ctx, said{conv, cf, conv.State, nil}, r, fmt.Sprintf("%s:%s:%d", conv.ID, replyID, conv.Version))
	if err != nil {
		return err
	}
	o = asNotice(o, a.Name)
	if o.Verdict = b.filter.Check(o.Draft, o.Facts); o.Verdict.Decision != "pass" {
		b.log.Error("a notice was stopped by the filter", "reply", replyID, "rules", ruleIDs(o.Verdict))
	}
	if err := b.store.Enqueue(ctx, o, b.now().UnixMilli()); err != nil {
		return err
	}
	b.bus.Publish(Event{Kind: "control", ConvID: conv.ID, Name: a.Name})
	b.queue.add(conv.ID, 0)
	return nil
}
