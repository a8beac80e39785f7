package bot

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"hejie/bot/guard"
	"hejie/flows"
)

const (
	replyOTP  = "otp_code"
	replyCare = "care_stop"

	replyResumed = "contact_resumed"
)

// DeadLetters lists texts that did not arrive or may not have, newest first. creditorID empty: all.
func (b *Bot) DeadLetters(ctx context.Context, creditorID string, limit int) ([]DeadLetter, error) {
	return b.store.DeadLetters(ctx, creditorID, limit)
}

// RetryDeadLetter sends one again by a person's decision. Consent, hour, caps, holds, window and words are judged anew when it
// leaves. ErrNotFound: it is no dead letter (any more).
func (b *Bot) RetryDeadLetter(ctx context.Context, draftID string, a AgentUser) error {
	conv, err := b.store.RetryDead(ctx, draftID, "agent:"+a.ID, b.now().UnixMilli())
	if err != nil {
		return err
	}
	b.queue.add(conv, 0)
	return nil
}

// DeliveryEvents is the history of one text, oldest first.
func (b *Bot) DeliveryEvents(ctx context.Context, draftID string) ([]DeliveryEvent, error) {
	return b.store.DeliveryEvents(ctx, draftID)
}

// ChannelHealth is how each configured account does; Sent counts the last 24 hours. Accounts with no traffic are listed too.
func (b *Bot) ChannelHealth(ctx context.Context) ([]ChannelHealth, error) {
	got, err := b.store.ChannelHealth(ctx, b.now().Add(-24*time.Hour))
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, h := range got {
		seen[h.Channel+"/"+h.Account] = true
	}
	for key, s := range b.senders {
		if a := s.Account(); !seen[key] {
			got = append(got, ChannelHealth{Channel: a.Channel, Account: a.Name})
		}
	}
	return got, nil
}

// TestMessage queues the approved test text to a number through an account and returns its draft id, by which
// DeliveryEvents tells what became of it.
func (b *Bot) TestMessage(ctx context.Context, channel, account, number string, by AgentUser) (draftID string, err error) {
	conv, err := b.conversationWith(ctx, channel, account, number)
	if err != nil {
		return "", err
	}
	o, err := b.system(ctx, conv, "channel_test", nil, "test:"+uuid.NewString())
	if err != nil {
		return "", err
	}
	o.Draft.Author, o.Draft.Kind, o.TTL = guard.System, guard.Notice, time.Hour
	o.Verdict = b.filter.Check(o.Draft, o.Facts)
	if err := b.store.LogAudit(ctx, "channel_test", "agent:"+by.ID, conv.ID, map[string]string{"channel": channel, "account": account}); err != nil {
		return "", err
	}
	if err := b.store.Enqueue(ctx, o, b.now().UnixMilli()); err != nil {
		return "", err
	}
	b.queue.add(conv.ID, 0)
	return o.Draft.ID, nil
}

// conversationWith finds or opens the conversation of a number on an account of ours.
func (b *Bot) conversationWith(ctx context.Context, channel, account, number string) (Conversation, error) {
	s := b.senders[channel+"/"+account]
	if s == nil {
		return Conversation{}, fmt.Errorf("account %s/%s: %w", channel, account, ErrNotFound)
	}
	addr, err := b.store.PutAddress(ctx, s.Account(), number, b.now().UnixMilli())
	if err != nil {
		return Conversation{}, err
	}
	return b.addressConversation(ctx, addr)
}

// addressConversation is the thread of an address, opened when there is none.
func (b *Bot) addressConversation(ctx context.Context, a Address) (Conversation, error) {
	o := Opening{CreditorID: a.CreditorID, Channel: a.Channel, Address: a.ID, Identity: a.level()}
	return b.store.ConversationAt(ctx, a.ID, newConversation(o, KnownDebtor{ID: a.DebtorID}, b.now()))
}

// textSlot is a slot that is said as it is.
func textSlot(s, origin string) flows.Value {
	return flows.Value{Kind: flows.KindText, Text: s, Origin: origin}
}
