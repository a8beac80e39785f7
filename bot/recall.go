package bot

import (
	"context"
	"fmt"

	"hejie/bot/guard"
	"hejie/flows"
)

// Opening is a debtor (or a visitor) who comes in through a channel.
type Opening struct {
	CreditorID string
	DebtorRef  string // the creditor's own debtor_id, from a signed host token; empty for a visitor
	Channel    string
	Address    string
	Lang       string
	Identity   flows.Identity // what the channel vouches for
}

// Recalled is one transcript row shown again. Inbound rows are the debtor's own words; outbound rows speak only through Cleared.
type Recalled struct {
	Message Message // outbound: Parts empty
	Cleared guard.Cleared
	Shown   bool // false: this session may not see it (debt facts, not verified); the seq stays, the words do not
}

// Recall reads rows after a seq for a session of the given assurance.
func (b *Bot) Recall(ctx context.Context, convID string, assurance flows.Identity, after int64, limit int) ([]Recalled, error) {
	conv, err := b.store.Conversation(ctx, convID)
	if err != nil {
		return nil, err
	}
	rows, err := b.store.Messages(ctx, convID, after, limit)
	if err != nil {
		return nil, fmt.Errorf("recall %s: %w", convID, err)
	}
	facts := guard.Facts{Now: b.now(), Zone: b.zone, Identity: guard.Identity(assurance)}
	out := make([]Recalled, 0, len(rows))
	for _, m := range rows {
		r := Recalled{Message: m, Shown: true}
		if m.Direction == "out" {
			r.Cleared, r.Shown = b.filter.Recall(recalledDraft(conv, m), guard.Recorded{ClearanceID: m.ClearanceID, MessageID: m.ID, Seq: m.Seq}, facts)
			r.Message.Parts = nil
		} else if m.Author != "debtor" { // said outside, past the filter: who has it there needs it nowhere else
			r.Shown, r.Message.Text = false, ""
		}
		out = append(out, r)
	}
	return out, nil
}

func recalledDraft(conv Conversation, m Message) guard.Draft {
	return guard.Draft{
		ID: m.ID, To: recipient(conv), Author: guard.Author(m.Author), AgentID: m.AgentID,
		Kind: guard.Recalled, Lang: m.Lang, ReplyID: m.ReplyID, Parts: m.Parts,
	}
}

func recipient(c Conversation) guard.Recipient {
	return guard.Recipient{Channel: c.Channel, Address: c.Address, ConversationID: c.ID, DebtorID: c.DebtorID}
}

// Transcript is the full record for agents and officers, held drafts aside.
func (b *Bot) Transcript(ctx context.Context, convID string, after int64, limit int) ([]Message, error) {
	return b.store.Messages(ctx, convID, after, limit)
}

// Conversation loads one.
func (b *Bot) Conversation(ctx context.Context, id string) (Conversation, error) {
	return b.store.Conversation(ctx, id)
}

// Held lists drafts of a conversation that the filter stopped.
func (b *Bot) Held(ctx context.Context, convID string) ([]Outgoing, error) {
	return b.store.Held(ctx, convID)
}

// Seen moves the delivered or read mark forward.
func (b *Bot) Seen(ctx context.Context, convID, what string, seq int64) error {
	if err := b.store.MarkSeen(ctx, convID, what, seq); err != nil {
		return err
	}
	b.bus.Publish(Event{Kind: "read", ConvID: convID, Seq: seq})
	return nil
}

// Typing says that the debtor types.
func (b *Bot) Typing(convID string, on bool) {
	b.bus.Publish(Event{Kind: "typing", ConvID: convID, On: on})
}

// AgentTyping says that an agent types.
func (b *Bot) AgentTyping(convID, name string, on bool) {
	b.bus.Publish(Event{Kind: "typing", ConvID: convID, Agent: true, Name: name, On: on})
}
