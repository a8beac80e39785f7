package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"hejie/flows"
)

const (
	inboxBatch = 32
	inboxTries = 20 // then a person must look
)

// AttachSender adds an account of a messaging channel; call it before Run.
func (b *Bot) AttachSender(s Sender) {
	a := s.Account()
	b.senders[a.Channel+"/"+a.Name] = s
	if _, ok := s.(Desk); ok {
		b.desks[a.Channel] = true
	}
}

// Accept stores one inbound thing and returns once it is durable. dup: it was accepted before.
func (b *Bot) Accept(ctx context.Context, in Arrival) (dup bool, err error) {
	fresh, err := b.accept(ctx, []Arrival{in}, nil)
	return fresh == 0, err
}

// AcceptAll stores many and moves the cursor with them, all or nothing. It says how many were new.
func (b *Bot) AcceptAll(ctx context.Context, in []Arrival, c Cursor) (fresh int, err error) {
	return b.accept(ctx, in, &c)
}

func (b *Bot) accept(ctx context.Context, in []Arrival, c *Cursor) (int, error) {
	for _, a := range in {
		if a.ExtID == "" || a.From == "" || b.senders[a.Channel+"/"+a.Account] == nil {
			return 0, fmt.Errorf("accept: a message of %s/%s names no id, no sender or no account of ours", a.Channel, a.Account)
		}
	}
	fresh, err := b.store.AcceptInbound(ctx, in, c, b.now().UnixMilli())
	if fresh > 0 {
		poke(b.inboxWake)
	}
	return fresh, err
}

// Cursor is where AcceptAll left off.
func (b *Bot) Cursor(ctx context.Context, channel, account, name string) (string, error) {
	return b.store.Cursor(ctx, channel, account, name)
}

// Receipt moves the state of a text we sent.
func (b *Bot) Receipt(ctx context.Context, r Report) error {
	if r.ProviderID == "" && r.Key == "" {
		return errors.New("receipt: it names no message")
	}
	conv, err := b.store.Report(ctx, r, b.now().UnixMilli())
	if conv != "" {
		b.bus.Publish(Event{Kind: "read", ConvID: conv})
	}
	return err
}

// inbox turns what came in into messages until ctx ends.
func (b *Bot) inbox(ctx context.Context) {
	t := time.NewTicker(sweepEvery)
	defer t.Stop()
	for {
		if err := b.DrainInbox(context.WithoutCancel(ctx)); err != nil {
			b.log.Error("inbox not drained, will be tried again", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-b.inboxWake:
		case <-t.C:
		}
	}
}

// DrainInbox works on all that is due now. Workers call it; so do tests.
func (b *Bot) DrainInbox(ctx context.Context) error {
	for {
		rows, err := b.store.ClaimInbox(ctx, b.node, b.now(), b.lease, inboxBatch)
		if err != nil || len(rows) == 0 {
			return err
		}
		var g errgroup.Group // each row is of another sender
		g.SetLimit(workers)
		for _, r := range rows {
			g.Go(func() error { return b.takeIn(ctx, r) })
		}
		if err := g.Wait(); err != nil {
			return err
		}
	}
}

// takeIn makes one inbound thing a message, exactly once: the row, the message and all that follows commit together.
func (b *Bot) takeIn(ctx context.Context, r InboxRow) error {
	convID, err := b.commitIn(ctx, r)
	if err != nil {
		dead := r.Attempts >= inboxTries || errors.Is(err, ErrTooLarge) // that will not get better
		b.log.Error("an inbound message could not be worked on", "channel", r.Arrival.Channel, "account", r.Arrival.Account, "row", r.ID, "dead", dead, "err", err)
		return b.store.FailInbox(ctx, r.ID, b.node, err.Error(), b.now().Add(backoff(r.Attempts, 5*time.Minute)), dead)
	}
	if convID != "" {
		b.bus.Publish(Event{Kind: "message", ConvID: convID})
		b.queue.add(convID, b.merge)
	}
	return nil
}

func (b *Bot) commitIn(ctx context.Context, r InboxRow) (string, error) {
	s := b.senders[r.Arrival.Channel+"/"+r.Arrival.Account]
	if s == nil {
		return "", fmt.Errorf("no account %s/%s is configured", r.Arrival.Channel, r.Arrival.Account)
	}
	for range turnTries {
		c, err := b.route(ctx, r, s.Account())
		if err != nil {
			return "", err
		}
		if err := b.heldThere(ctx, c); err != nil {
			return "", err
		}
		_, err = b.store.CommitInbox(ctx, c)
		if errors.Is(err, ErrConflict) {
			continue
		}
		if err == nil && len(c.Media) > 0 {
			poke(b.fileWake)
		}
		return c.ConvID, err
	}
	return "", ErrConflict
}

// route decides where an inbound thing belongs and what it does besides being said.
func (b *Bot) route(ctx context.Context, r InboxRow, a Account) (InboxCommit, error) {
	in := r.Arrival
	c := InboxCommit{ID: r.ID, Owner: b.node, Grant: in.Grant, Media: in.Media, NowMS: b.now().UnixMilli()}
	addr, err := b.store.AddressOf(ctx, in.Channel, in.Account, in.From)
	if errors.Is(err, ErrNotFound) {
		addr = Address{ID: uuid.Must(uuid.NewV7()).String(), CreditorID: a.CreditorID, Channel: in.Channel, Account: in.Account, Number: in.From}
	} else if err != nil {
		return c, err
	}
	c.Address, c.WasConv = addr, addr.ConvID
	who, err := b.whose(ctx, &c, a)
	if err != nil {
		return c, err
	}
	if in.Kind == "event" && in.Event == "unfollow" {
		c.Leave, c.ConvID, c.Grant = true, addr.ConvID, nil
		return c, nil
	}
	if in.Kind == "event" && in.Event == "desk" {
		c.Desk, c.ConvID = in.Desk, addr.ConvID
	}
	if in.Kind == "event" && in.Event != "enter" && in.Event != "menu" {
		return c, nil // noted, nothing to say
	}
	if in.By != "" {
		return c, b.saidOutside(ctx, r, &c, a, who)
	}
	if err := b.invited(ctx, &c, a, in.Scene); err != nil {
		return c, err
	}
	conv, err := b.conversationAt(ctx, &c, a, who)
	if err != nil {
		return c, err
	}
	if in.Kind == "event" && in.Event == "enter" {
		return c, b.greetBack(ctx, r, &c, conv)
	}
	return c, b.messageIn(ctx, r, &c, conv, a)
}

// greetBack: a peer gives a code for a greeting only after two silent days. Who has a thread with us is greeted as who comes back.
func (b *Bot) greetBack(ctx context.Context, r InboxRow, c *InboxCommit, conv Conversation) error {
	if c.Open != nil || c.Grant == nil || c.Grant.Code == "" || conv.Control == ByAgent {
		return nil
	}
	o, err := b.system(ctx, conv, "greet_back", nil, r.ID+":greet")
	o.TTL = max(c.Grant.Until.Sub(b.now()), time.Second) // said later it would answer nothing
	c.Say = append(c.Say, o)
	return err
}

// conversationAt finds the thread: the person's own where the address is proved to be theirs, else the address's, else a new one.
func (b *Bot) conversationAt(ctx context.Context, c *InboxCommit, a Account, who KnownDebtor) (Conversation, error) {
	addr := c.Address
	if !a.Traits.Neutral && addr.Bound(b.now()) && c.Ticket == "" {
		conv, err := b.store.ConversationFor(ctx, a.CreditorID, addr.DebtorID)
		if err == nil {
			c.ConvID, c.Follow = conv.ID, true
			return conv, nil
		}
		if !errors.Is(err, ErrNotFound) {
			return conv, err
		}
	}
	if addr.ConvID != "" {
		conv, err := b.store.Conversation(ctx, addr.ConvID)
		if err == nil && conv.Control != Closed && conv.Address == addr.ID && !c.anothers(conv) {
			c.ConvID = conv.ID
			if conv.DebtorID == "" && c.Known != "" { // as the commit will leave it
				conv.DebtorID, conv.Identity = c.Known, flows.Identified
			}
			return conv, nil
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return conv, err
		}
	}
	conv := newConversation(Opening{CreditorID: a.CreditorID, Channel: a.Channel, Address: addr.ID, Identity: addr.level()}, KnownDebtor{ID: addr.DebtorID, Lang: who.Lang}, b.now())
	c.Open, c.ConvID = &conv, conv.ID
	if a.Traits.Neutral { // who runs the line stands in its signature; a long greeting would cost a message
		return conv, nil
	}
	drafts, err := b.welcomeDrafts(ctx, conv)
	c.Say = append(c.Say, drafts...)
	return conv, err
}

// messageIn is what the person said, and what it needs besides a turn.
func (b *Bot) messageIn(ctx context.Context, r InboxRow, c *InboxCommit, conv Conversation, a Account) error {
	in := r.Arrival
	text := strings.TrimSpace(strings.ToValidUTF8(in.Text, "\uFFFD"))
	if l, ok := b.words.Quick(conv.Lang, in.MenuID); ok && in.MenuID != "" {
		text = l.Text // the tapped button wins over what the peer wrote about it
	}
	if utf8.RuneCountInString(text) > maxRunes {
		return ErrTooLarge
	}
	kind := "text"
	if text == "" {
		kind = "media"
	}
	c.Message = &Message{
		ID: uuid.Must(uuid.NewV7()).String(), ConvID: conv.ID, Channel: a.Channel, Direction: "in", Author: "debtor", Kind: kind,
		CID: r.ID, Text: text, State: "pending", AtMS: b.now().UnixMilli(),
	}
	reply, err := b.wordAlone(ctx, c, text)
	if err != nil {
		return err
	}
	if reply == "" || conv.Control == ByAgent || in.Confirmed || (c.OptOut != "" && a.Traits.Neutral) { // the carrier confirms a refusal by SMS itself
		return nil
	}
	o, err := b.system(ctx, conv, reply, nil, r.ID+":"+reply)
	c.Say = append(c.Say, o)
	return err
}

// system fills an approved reply outside a turn and judges it.
func (b *Bot) system(ctx context.Context, conv Conversation, replyID string, slots map[string]flows.Value, draftID string) (Outgoing, error) {
	cf, err := b.caseFile(ctx, conv, flows.Match{}, conv.DebtorID)
	if err != nil {
		return Outgoing{}, err
	}
	if a, ok := b.accountOf(conv); ok && a.Traits.Neutral && slots == nil {
		replyID, slots = neutralReply(cf, replyID)
	}
	return b.outgoing(ctx, said{conv, cf, conv.State, nil}, flows.Reply{ID: replyID, Slots: slots}, draftID)
}
