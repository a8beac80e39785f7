package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"hejie/bot/guard"
	"hejie/flows/calendar"
)

const (
	usualLease  = 60 * time.Second
	deferUnless = time.Hour // a proactive text stopped by the clock is looked at again after this
)

// deliver sends what a conversation has in its outbox, oldest first, each judged again with fresh facts.
func (b *Bot) deliver(ctx context.Context, convID string) error {
	for {
		o, ok, err := b.store.ClaimOutbox(ctx, convID, b.node, b.now(), b.lease)
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
	if _, live := b.channels[o.Draft.To.Channel]; !live {
		return b.carry(ctx, convID, o)
	}
	if tooLate(o.Draft, calendar.Today(b.now(), b.zone)) {
		b.log.Info("a reminder was overtaken by its day", "conversation", convID, "draft", o.Draft.ID)
		return b.store.FinishOutbox(ctx, o.Draft.ID, "failed", nil, time.Time{})
	}
	if at, err := b.proactiveFrom(ctx, o.Draft); err != nil || at.After(b.now()) {
		return errors.Join(err, b.store.FinishOutbox(ctx, o.Draft.ID, "deferred", nil, at))
	}
	facts, err := b.freshFacts(ctx, convID, o)
	if err != nil {
		return err
	}
	cleared, verdict, err := b.filter.Clear(ctx, o.Draft, facts)
	if errors.Is(err, ErrConflict) { // another contact was counted meanwhile: judged again at the next look
		return b.store.FinishOutbox(ctx, o.Draft.ID, "deferred", nil, b.now())
	}
	if err != nil && !errors.Is(err, guard.ErrStopped) {
		return err // the audit could not be written: nothing went out, the lease ends and it is tried again
	}
	if verdict.Decision != guard.Pass {
		b.log.Warn("the last check stopped a draft", "conversation", convID, "draft", o.Draft.ID, "rules", ruleIDs(verdict))
		err := b.finishStopped(ctx, o.Draft, verdict)
		b.bus.Publish(Event{Kind: "verdict", ConvID: convID})
		return err
	}
	receipt, err := b.channels[o.Draft.To.Channel].Send(ctx, cleared)
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

// finishStopped: a proactive text stopped only by hour, frequency or a hold waits; everything else stays stopped and is shown to agents.
func (b *Bot) finishStopped(ctx context.Context, d guard.Draft, v guard.Verdict) error {
	if d.Kind == guard.Proactive && onlyWaits(v) {
		return b.store.FinishOutbox(ctx, d.ID, "deferred", &v, b.now().Add(deferUnless))
	}
	return b.store.FinishOutbox(ctx, d.ID, "blocked", &v, time.Time{})
}

// waits are the rules whose reason passes: the night, the cap of the day, a hold.
var waits = map[string]bool{"G03": true, "G04": true, "G09": true}

func onlyWaits(v guard.Verdict) bool {
	for _, h := range v.Hits {
		if !waits[h.Rule] {
			return false
		}
	}
	return len(v.Hits) > 0
}

func hasRule(v guard.Verdict, id string) bool {
	return slices.ContainsFunc(v.Hits, func(h guard.Hit) bool { return h.Rule == id })
}

func ruleIDs(v guard.Verdict) []string {
	out := make([]string, len(v.Hits))
	for i, h := range v.Hits {
		out[i] = h.Rule
	}
	return out
}

// freshFacts refreshes what may have changed since the draft was written: hour, holder, holds, opt-outs, counts.
func (b *Bot) freshFacts(ctx context.Context, convID string, o Outgoing) (guard.Facts, error) {
	f := o.Facts
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
	f.OptedOut, f.Holds = d.OptedOut, d.Holds
	f.SentToday, f.SentWeek, err = b.store.ContactCounts(ctx, conv, b.now().In(b.zone), o.Draft.ID) // a text never stands in its own way
	return f, err
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
	b.dress(conv, &d, nil)
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
func (b *Bot) CheckDraft(ctx context.Context, convID, agentID, authorLang, text string) (guard.Verdict, error) {
	conv, err := b.store.Conversation(ctx, convID)
	if err != nil {
		return guard.Verdict{}, err
	}
	facts, err := b.agentFacts(ctx, conv)
	if err != nil {
		return guard.Verdict{}, err
	}
	d := guard.Draft{
		ID: "typing", To: recipient(conv), Author: guard.Agent, AgentID: agentID, Kind: guard.Reply, Lang: conv.Lang, AuthorLang: authorLang,
		Parts: []guard.Part{{Role: "body", Text: text}},
	}
	b.dress(conv, &d, nil)
	return b.filter.Check(d, facts), nil
}

var errNoReply = errors.New("bot: no such approved reply")
