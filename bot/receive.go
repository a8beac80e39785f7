package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"hejie/flows"
)

// maxRunes is the longest message a debtor may send; longer ones are refused with a clear error, never cut.
const maxRunes = 4000

// Open opens a conversation or continues a known debtor's, and queues the first message of a new one.
func (b *Bot) Open(ctx context.Context, o Opening) (Conversation, error) {
	debtor := KnownDebtor{}
	if o.DebtorRef != "" {
		var err error
		if debtor, err = b.store.DebtorByRef(ctx, o.CreditorID, o.DebtorRef); err != nil {
			return Conversation{}, fmt.Errorf("open: debtor %w", err)
		}
		conv, err := b.store.ConversationOf(ctx, o.CreditorID, debtor.ID, o.Channel)
		if err == nil {
			if conv.HeadSeq == 0 { // a crash between the row and its welcome: the draft ids make this the same welcome
				err = b.welcome(ctx, conv)
			}
			if err == nil && o.Identity == flows.Verified && conv.Identity != flows.Verified {
				return b.raise(ctx, conv)
			}
			return conv, err
		}
		if !errors.Is(err, ErrNotFound) {
			return Conversation{}, err
		}
	}
	conv := newConversation(o, debtor, b.now())
	if err := b.store.OpenConversation(ctx, conv); err != nil {
		return Conversation{}, fmt.Errorf("open: %w", err)
	}
	if err := b.welcome(ctx, conv); err != nil {
		return Conversation{}, fmt.Errorf("open: %w", err)
	}
	return conv, nil
}

// raise: the portal vouches for who a messaging channel could only guess at by then.
func (b *Bot) raise(ctx context.Context, conv Conversation) (Conversation, error) {
	conv.Identity, conv.State.Identity = flows.Verified, flows.Verified
	err := b.store.CommitTurn(ctx, TurnResult{Conv: conv, NowMS: b.now().UnixMilli()})
	if err != nil && !errors.Is(err, ErrConflict) {
		return Conversation{}, fmt.Errorf("open: %w", err)
	}
	return b.store.Conversation(ctx, conv.ID)
}

func newConversation(o Opening, d KnownDebtor, now time.Time) Conversation {
	lang := o.Lang
	if lang == "" {
		lang = d.Lang
	}
	if lang == "" {
		lang = "zh-Hans"
	}
	id := o.Identity
	if id == "" {
		id = flows.Anon
	}
	ms := now.UnixMilli()
	return Conversation{
		ID: uuid.Must(uuid.NewV7()).String(), Epoch: uuid.NewString()[:8], CreditorID: o.CreditorID, DebtorID: d.ID,
		Channel: o.Channel, Address: o.Address, Lang: lang, Identity: id, Control: ByBot,
		State:     flows.State{Identity: id, DebtorID: d.ID, Slots: map[string]flows.Value{}},
		CreatedMS: ms, UpdatedMS: ms,
	}
}

func (b *Bot) welcome(ctx context.Context, conv Conversation) error {
	drafts, err := b.welcomeDrafts(ctx, conv)
	if err != nil {
		return err
	}
	for _, o := range drafts {
		if err := b.store.Enqueue(ctx, o, b.now().UnixMilli()); err != nil {
			return err
		}
	}
	b.queue.add(conv.ID, 0)
	return nil
}

func (b *Bot) welcomeDrafts(ctx context.Context, conv Conversation) ([]Outgoing, error) {
	cf, err := b.caseFile(ctx, conv, flows.Match{}, conv.DebtorID)
	if err != nil {
		return nil, err
	}
	var out []Outgoing
	for i, r := range b.engine.Welcome(cf) {
		o, err := b.outgoing(ctx, said{conv, cf, conv.State, nil}, r, fmt.Sprintf("%s:welcome:%d", conv.ID, i))
		if err != nil {
			return nil, err
		}
		o.Facts.FirstContact = i == 0
		out = append(out, o)
	}
	return out, nil
}

// Receive stores one inbound message and answers once that is durable. The turn comes later.
// It returns ErrEmpty, ErrTooLarge, ErrClosed, ErrCIDConflict or ErrNotFound for what the sender can mend.
func (b *Bot) Receive(ctx context.Context, in Inbound) (Accepted, error) {
	text := strings.ToValidUTF8(in.Text, "\uFFFD")
	switch {
	case in.Kind == "text" && strings.TrimSpace(text) == "":
		return Accepted{}, ErrEmpty
	case utf8.RuneCountInString(text) > maxRunes:
		return Accepted{}, ErrTooLarge
	case in.Kind == "action" && in.Action == nil:
		return Accepted{}, ErrEmpty
	}
	m := Message{
		ID: uuid.Must(uuid.NewV7()).String(), ConvID: in.ConversationID, Channel: in.Channel, Direction: "in", Author: "debtor",
		Kind: in.Kind, CID: in.ExternalID, Text: text, Action: in.Action, State: "pending", AtMS: b.now().UnixMilli(),
	}
	acc, err := b.store.AppendInbound(ctx, m)
	if err != nil {
		return Accepted{}, err
	}
	if acc.Dup {
		return acc, nil
	}
	b.bus.Publish(Event{Kind: "message", ConvID: in.ConversationID, Seq: acc.Seq})
	delay := b.merge
	if in.Kind == "action" {
		delay = 0 // a pressed button is a whole thought
	}
	b.queue.add(in.ConversationID, delay)
	return acc, nil
}
