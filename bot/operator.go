package bot

import (
	"context"
	"time"

	"github.com/google/uuid"

	"hejie/bot/guard"
	"hejie/flows/calendar"
	"hejie/flows/policy"
)

func (b *Bot) agentDraft(conv Conversation, a AgentUser, id, text string) guard.Draft {
	d := guard.Draft{
		ID: id, To: recipient(conv), Author: guard.Agent, AgentID: a.ID, Kind: guard.Reply, Lang: conv.Lang,
		Parts: []guard.Part{{Role: "body", Text: text}},
	}
	b.dress(conv, &d, nil)
	return d
}

// AskSecondLook keeps a held reply and asks a supervisor to look at it. ErrHardRule: a rule without exception stands against it;
// ErrNotHeld: it passes, it can simply be sent. Only the holder may ask.
func (b *Bot) AskSecondLook(ctx context.Context, convID string, a AgentUser, text, reason string) (Review, error) {
	conv, err := b.store.Conversation(ctx, convID)
	switch {
	case err != nil:
		return Review{}, err
	case conv.Control == Closed:
		return Review{}, ErrClosed
	case conv.Control != ByAgent || conv.AgentID != a.ID:
		return Review{}, ErrNotHolder
	}
	facts, err := b.agentFacts(ctx, conv)
	if err != nil {
		return Review{}, err
	}
	id := uuid.NewString()
	d := b.agentDraft(conv, a, convID+":"+a.ID+":look:"+id, text)
	v := b.filter.Check(d, facts)
	if err := b.openable(d, v); err != nil {
		return Review{Verdict: v}, err
	}
	r := Review{ID: id, ConvID: convID, CreditorID: conv.CreditorID, DraftID: d.ID, AskedBy: a.ID, AskedReason: reason, State: "open", Draft: d, Verdict: v}
	if err := b.store.AskReview(ctx, r, Outgoing{Draft: d, Verdict: v, Facts: facts}, b.now().UnixMilli()); err != nil {
		return Review{}, err
	}
	b.bus.Publish(Event{Kind: "verdict", ConvID: convID})
	return r, nil
}

// openable tells whether a supervisor could let a text pass.
func (b *Bot) openable(d guard.Draft, v guard.Verdict) error {
	if v.Decision == guard.Pass {
		return ErrNotHeld
	}
	if _, ok := b.filter.Approve(d, v, "-", "-", "-"); !ok {
		return ErrHardRule
	}
	return nil
}

// DecideSecondLook is the supervisor's answer. The text is judged again now and once more when it leaves; a hard rule that stands
// against it meanwhile wins over any approval. ErrOwnWish, ErrConflict (decided before), ErrHardRule.
func (b *Bot) DecideSecondLook(ctx context.Context, id string, a AgentUser, approve bool, reason string) (Review, error) {
	r, err := b.store.Review(ctx, id)
	switch {
	case err != nil:
		return Review{}, err
	case r.State != "open":
		return r, ErrConflict
	case r.AskedBy == a.ID:
		return r, ErrOwnWish
	}
	r.DecidedBy, r.DecidedReason = a.ID, reason
	if !approve {
		r.State = "refused"
		return r, b.store.DecideReview(ctx, r, nil, b.now().UnixMilli())
	}
	conv, err := b.store.Conversation(ctx, r.ConvID)
	if err != nil {
		return r, err
	}
	if conv.Control == Closed {
		return r, ErrClosed
	}
	facts, err := b.agentFacts(ctx, conv)
	if err != nil {
		return r, err
	}
	v := b.filter.Check(r.Draft, facts)
	if v.Decision != guard.Pass {
		look, ok := b.filter.Approve(r.Draft, v, a.ID, a.Name, reason)
		if !ok {
			r.Verdict = v
			return r, ErrHardRule
		}
		facts.Second = &look
		v = b.filter.Check(r.Draft, facts)
	}
	r.State, r.Verdict = "approved", v
	if err := b.store.DecideReview(ctx, r, &Outgoing{Draft: r.Draft, Verdict: v, Facts: facts}, b.now().UnixMilli()); err != nil {
		return r, err
	}
	b.queue.add(r.ConvID, 0)
	return r, nil
}

// ResolveHeld settles a stopped draft: drop it for good, or judge it again with what is true now. A draft that still does not pass
// stays where it is and its verdict comes back.
func (b *Bot) ResolveHeld(ctx context.Context, convID, draftID string, a AgentUser, drop bool, reason string) (guard.Verdict, error) {
	o, err := b.store.HeldDraft(ctx, convID, draftID)
	if err != nil {
		return guard.Verdict{}, err
	}
	by, now := "agent:"+a.ID, b.now().UnixMilli()
	if !drop {
		conv, err := b.store.Conversation(ctx, convID)
		if err != nil {
			return guard.Verdict{}, err
		}
		facts, err := b.agentFacts(ctx, conv)
		if err != nil {
			return guard.Verdict{}, err
		}
		facts.Second = o.Facts.Second
		if o.Verdict, o.Facts = b.filter.Check(o.Draft, facts), facts; o.Verdict.Decision != guard.Pass {
			return o.Verdict, nil
		}
	}
	if err := b.store.ReleaseHeld(ctx, o, by, reason, drop, now); err != nil {
		return o.Verdict, err
	}
	b.bus.Publish(Event{Kind: "verdict", ConvID: convID})
	b.queue.add(convID, 0)
	return o.Verdict, nil
}

// Transfer gives a conversation to a colleague and tells the debtor. Its holder may; a supervisor may move any.
func (b *Bot) Transfer(ctx context.Context, convID string, a, to AgentUser, anyHolder bool) (Conversation, error) {
	from := a.ID
	if anyHolder {
		from = ""
	}
	conv, err := b.store.Transfer(ctx, convID, from, to.ID, "agent:"+a.ID, b.now().UnixMilli())
	if err != nil {
		return Conversation{}, err
	}
	return conv, b.notice(ctx, conv, "agent_joined", to)
}

// usualCrisisDays stands in where no policy says how long a crisis hold lasts at least.
const usualCrisisDays = 30

// MayLift tells from which day a hold may be lifted: a crisis has a least time, everything else may end at once.
func (b *Bot) MayLift(ctx context.Context, h HoldRow) (from calendar.Date, err error) {
	if h.Reason != "crisis" {
		return calendar.Date{}, nil
	}
	days := 0
	if h.DebtorID != "" {
		cf, err := b.store.CaseFile(ctx, h.CreditorID, h.DebtorID)
		if err != nil {
			return calendar.Date{}, err
		}
		for _, acc := range cf.Accounts {
			days = max(days, b.policy(h.CreditorID).LimitsFor(acc.Account).HoldDays)
		}
	}
	if days == 0 {
		days = usualCrisisDays
	}
	return calendar.Today(time.UnixMilli(h.PlacedMS), b.zone).AddDays(days), nil
}

// PolicyOf is a creditor's policy as loaded.
func (b *Bot) PolicyOf(creditorID string) *policy.Policy { return b.policy(creditorID) }

// SecondLooks lists them, newest first.
func (b *Bot) SecondLooks(ctx context.Context, f ReviewFilter) ([]Review, error) {
	return b.store.ReviewsBy(ctx, f)
}
