package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hejie/bot/guard"
	"hejie/flows/calendar"
)

const (
	lease       = 60 * time.Second
	deferUnless = time.Hour // a proactive text stopped by the clock is looked at again after this
)

// deliver sends what a conversation has in its outbox, oldest first, each judged again with fresh facts.
func (b *Bot) deliver(ctx context.Context, convID string) error {
	for {
		o, ok, err := b.store.ClaimOutbox(ctx, convID, b.node, b.now(), lease)
		if err != nil {
			return err
		}
		if !ok {
			return nil
		}
		if err := b.deliverOne(ctx, convID, o); err != nil {
			return fmt.Errorf("draft %s: %w", o.Draft.ID, err)
		}
	}
}

func (b *Bot) deliverOne(ctx context.Context, convID string, o Outgoing) error {
	if tooLate(o.Draft, calendar.Today(b.now(), b.zone)) {
		b.log.Info("a reminder was overtaken by its day", "conversation", convID, "draft", o.Draft.ID)
		return b.store.FinishOutbox(ctx, o.Draft.ID, "failed", nil, time.Time{})
	}
	facts, err := b.freshFacts(ctx, convID, o.Facts)
	if err != nil {
		return err
	}
	cleared, verdict, err := b.filter.Clear(ctx, o.Draft, facts)
	if err != nil && !errors.Is(err, guard.ErrStopped) {
		return err // the audit could not be written: nothing went out, the lease ends and it is tried again
	}
	if verdict.Decision != guard.Pass {
		b.log.Warn("the last check stopped a draft", "conversation", convID, "draft", o.Draft.ID, "rules", ruleIDs(verdict))
		err := b.finishStopped(ctx, o.Draft, verdict)
		b.bus.Publish(Event{Kind: "verdict", ConvID: convID})
		return err
	}
	ch, ok := b.channels[o.Draft.To.Channel]
	if !ok {
		return fmt.Errorf("no channel %q", o.Draft.To.Channel)
	}
	receipt, err := ch.Send(ctx, cleared)
	if err != nil {
		b.log.Error("send failed", "conversation", convID, "draft", o.Draft.ID, "err", err)
		receipt.State = "unknown" // it may have left; only a receipt or a person can tell
	}
	if err := b.store.FinishOutbox(ctx, o.Draft.ID, receipt.State, &verdict, time.Time{}); err != nil {
		return err
	}
	b.bus.Publish(Event{Kind: "message", ConvID: convID, Seq: cleared.Seq()})
	return nil
}

// finishStopped: a proactive text stopped only by hour or frequency waits; everything else stays stopped and is shown to agents.
func (b *Bot) finishStopped(ctx context.Context, d guard.Draft, v guard.Verdict) error {
	if d.Kind == guard.Proactive && onlyTiming(v) {
		return b.store.FinishOutbox(ctx, d.ID, "deferred", &v, b.now().Add(deferUnless))
	}
	return b.store.FinishOutbox(ctx, d.ID, "blocked", &v, time.Time{})
}

func onlyTiming(v guard.Verdict) bool {
	for _, h := range v.Hits {
		if h.Rule != "G03" && h.Rule != "G04" {
			return false
		}
	}
	return len(v.Hits) > 0
}

func ruleIDs(v guard.Verdict) []string {
	out := make([]string, len(v.Hits))
	for i, h := range v.Hits {
		out[i] = h.Rule
	}
	return out
}

// freshFacts refreshes what may have changed since the draft was written: hour, holder, holds, opt-outs, counts.
func (b *Bot) freshFacts(ctx context.Context, convID string, f guard.Facts) (guard.Facts, error) {
	conv, err := b.store.Conversation(ctx, convID)
	if err != nil {
		return f, err
	}
	d, err := b.store.DeliveryFacts(ctx, conv, b.now().In(b.zone))
	if err != nil {
		return f, err
	}
	f.Now, f.Zone = b.now(), b.zone
	f.Control = guard.Bot
	if conv.Control == ByAgent {
		f.Control = guard.Agent
	}
	f.Identity = guard.Identity(conv.Identity)
	f.OptedOut, f.Holds, f.SentToday, f.SentWeek = d.OptedOut, d.Holds, d.SentToday, d.SentWeek
	return f, nil
}

// Submit takes an agent's reply: only the holder may speak, and only what passes is queued.
// It returns the verdict with reasons and a lawful rewrite; ErrNotHolder, ErrClosed.
func (b *Bot) Submit(ctx context.Context, d guard.Draft) (guard.Verdict, error) {
	conv, err := b.store.Conversation(ctx, d.To.ConversationID)
	if err != nil {
		return guard.Verdict{}, err
	}
	if conv.Control == Closed {
		return guard.Verdict{}, ErrClosed
	}
	if conv.Control != ByAgent || conv.AgentID != d.AgentID {
		return guard.Verdict{}, ErrNotHolder
	}
	d.To, d.Author, d.Lang = recipient(conv), guard.Agent, conv.Lang
	if d.Kind == "" {
		d.Kind = guard.Reply
	}
	facts, err := b.agentFacts(ctx, conv)
	if err != nil {
		return guard.Verdict{}, err
	}
	v := b.filter.Check(d, facts)
	if v.Decision != guard.Pass {
		// Stopped attempts are part of the record too.
		if _, err := b.store.Record(ctx, guard.Entry{Draft: d, Verdict: v, Facts: facts}); err != nil {
			return v, fmt.Errorf("submit: %w", err)
		}
		b.bus.Publish(Event{Kind: "verdict", ConvID: conv.ID})
		return v, nil
	}
	if err := b.store.Enqueue(ctx, Outgoing{Draft: d, Verdict: v, Facts: facts}, b.now().UnixMilli()); err != nil {
		return v, fmt.Errorf("submit: %w", err)
	}
	b.queue.add(conv.ID, 0)
	return v, nil
}

// CheckDraft judges what an agent is typing. Nothing is stored.
func (b *Bot) CheckDraft(ctx context.Context, convID, agentID, text string) (guard.Verdict, error) {
	conv, err := b.store.Conversation(ctx, convID)
	if err != nil {
		return guard.Verdict{}, err
	}
	facts, err := b.agentFacts(ctx, conv)
	if err != nil {
		return guard.Verdict{}, err
	}
	d := guard.Draft{
		ID: "typing", To: recipient(conv), Author: guard.Agent, AgentID: agentID, Kind: guard.Reply, Lang: conv.Lang,
		Parts: []guard.Part{{Role: "body", Text: text}},
	}
	return b.filter.Check(d, facts), nil
}

var errNoReply = errors.New("bot: no such approved reply")
