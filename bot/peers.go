package bot

import (
	"context"
	"errors"
	"strings"
	"time"
)

const (
	peersEvery = 15 * time.Second // files, doubts
	desksEvery = time.Minute
	oldEvery   = time.Hour
	askFirst   = 2 * time.Minute // the peer's own books need a moment
	askUntil   = 72 * time.Hour  // no peer tells of older ones
	askBatch   = 20
)

// peers does what is due between us and the peers besides texts, until ctx ends.
func (b *Bot) peers(ctx context.Context) {
	often, seldom, old := time.NewTicker(peersEvery), time.NewTicker(desksEvery), time.NewTicker(oldEvery)
	defer often.Stop()
	defer seldom.Stop()
	defer old.Stop()
	report := func(what string, err error) {
		if err != nil && ctx.Err() == nil {
			b.log.Error(what, "err", err)
		}
	}
	forget := func() {
		_, err := b.ForgetFiles(ctx)
		report("old files are still there", err)
	}
	forget()
	for {
		if len(b.senders) > 0 { // with no account left, what is still at a peer waits for one
			report("files or doubts not settled, will be tried again", errors.Join(b.FetchFiles(ctx), b.AskDoubts(ctx)))
		}
		select {
		case <-ctx.Done():
			return
		case <-b.fileWake:
		case <-often.C:
		case <-seldom.C:
			report("a peer's desk does not stand as ours", b.CatchUpDesks(ctx))
		case <-old.C:
			forget()
		}
	}
}

// AskDoubts asks the peers about sends that ended unknown. What a peer tells settles it as a receipt would; nothing is ever sent again by it.
func (b *Bot) AskDoubts(ctx context.Context) error {
	now := b.now()
	list, err := b.store.Doubts(ctx, now, askBatch)
	if err != nil {
		return err
	}
	var faults []error
	for _, d := range list {
		faults = append(faults, b.askDoubt(ctx, d, now))
	}
	return errors.Join(faults...)
}

func (b *Bot) askDoubt(ctx context.Context, d Doubt, now time.Time) error {
	peer, able := b.senders[d.Channel+"/"+d.Account].(Asker)
	next := time.Time{}
	if age := now.Sub(d.Until); able && age < askUntil {
		next = now.Add(max(askFirst, age)) // at twice the age, four times …
	}
	mine, err := b.store.AskDoubt(ctx, d.DraftID, next, now)
	if err != nil || !mine || !able {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	r, found, err := peer.Ask(ctx, d)
	if err != nil { // the next time is set: it will be asked again
		b.log.Warn("a peer could not be asked about a send in doubt", "channel", d.Channel, "account", d.Account, "draft", d.DraftID, "why", err.Error())
		return nil
	}
	if !found {
		return nil
	}
	r.Channel, r.Account, r.Key, r.Address = d.Channel, d.Account, d.Key, d.Address
	b.log.Info("a send in doubt was settled by asking", "channel", d.Channel, "account", d.Account, "draft", d.DraftID, "state", r.State)
	return b.Receipt(ctx, r)
}

// CatchUpDesks tells the peers' desks of conversations whose holder changed while nobody could tell them.
func (b *Bot) CatchUpDesks(ctx context.Context) error {
	var faults []error
	for _, s := range b.senders {
		if _, ok := s.(Desk); !ok {
			continue
		}
		ids, err := b.store.DesksBehind(ctx, s.Account().Channel, s.Account().Name, askBatch)
		faults = append(faults, err)
		for _, id := range ids {
			faults = append(faults, b.tellDesk(ctx, id))
		}
	}
	return errors.Join(faults...)
}

// deskPrefix marks a holder that is no agent of ours.
const deskPrefix = "desk:"

// peerHolds is who holds a conversation that people at the peer's own desk serve.
func peerHolds(channel string) string { return deskPrefix + channel }

// PeerDesk is the channel at whose own desk a holder or author sits; empty: it is an agent of ours.
func PeerDesk(agentID string) string {
	channel, ok := strings.CutPrefix(agentID, deskPrefix)
	if !ok {
		return ""
	}
	return channel
}

// tellDesk moves a person at the peer's own desk to where we have them: waiting for people, or back. What leaves before that has left:
// a peer's desk takes no more texts from us.
func (b *Bot) tellDesk(ctx context.Context, convID string) error {
	if len(b.desks) == 0 {
		return nil
	}
	conv, err := b.store.Conversation(ctx, convID)
	if err != nil || conv.Address == "" || !b.desks[conv.Channel] {
		return err
	}
	addr, err := b.store.Address(ctx, conv.Address)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	peer, ok := b.senders[addr.Channel+"/"+addr.Account].(Desk)
	to := deskFor(conv, addr.Desk)
	if !ok || to == "" || addr.GoneMS > 0 {
		return nil
	}
	at, err := peer.Serve(ctx, addr.Number, to)
	if err != nil {
		b.log.Warn("a peer's desk could not be told", "channel", addr.Channel, "account", addr.Account, "conversation", convID, "to", to, "why", err.Error())
		return nil // asked again by the minute
	}
	return b.store.PutDesk(ctx, addr.ID, at)
}

// deskFor is where a person must stand at the peer's desk by who holds the conversation; empty: as they do.
func deskFor(c Conversation, at string) string {
	there := at == "pool" || at == "human"
	switch {
	case c.Control == InQueue && !there:
		return "pool"
	case (c.Control == ByBot || c.Control == Closed) && there, c.Control == ByAgent && c.AgentID != peerHolds(c.Channel) && at == "pool":
		return "ended"
	}
	return ""
}

// heldThere follows the peer's desk: one of its people serves now, or no longer does. Our own people are not pushed aside.
func (b *Bot) heldThere(ctx context.Context, c InboxCommit) error {
	if c.Desk == "" || c.ConvID == "" || c.Open != nil { // a new thread is made with its holder
		return nil
	}
	holder, now := peerHolds(c.Address.Channel), b.now().UnixMilli()
	var err error
	if c.Desk == "human" {
		_, err = b.store.TakeOver(ctx, c.ConvID, holder, now)
	} else {
		_, err = b.backToBot(ctx, c.ConvID, holder)
	}
	if errors.Is(err, ErrNotHolder) || errors.Is(err, ErrClosed) {
		return nil
	}
	b.bus.Publish(Event{Kind: "control", ConvID: c.ConvID})
	return err
}
