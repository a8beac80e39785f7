package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hejie/bot/guard"
	"hejie/flows"
)

// turnTries bounds how often a turn is done anew because a person took over, or another node was faster.
const turnTries = 3

// retried does what loads a conversation and commits against its version, anew while somebody else was faster.
func retried[T any](what string, once func() (T, error)) (T, error) {
	for range turnTries {
		out, err := once()
		if !errors.Is(err, ErrConflict) {
			return out, err
		}
	}
	var none T
	return none, fmt.Errorf("%s: %w", what, ErrConflict)
}

// languageSure: from this confidence on a message decides the language of the answers.
const languageSure = 0.5

// turn does one turn of a conversation, if messages wait for it.
func (b *Bot) turn(ctx context.Context, convID string) (bool, error) {
	return b.turnWith(ctx, convID, nil)
}

// Silence does a turn for a debtor who has not answered for a while.
func (b *Bot) Silence(ctx context.Context, convID string) error {
	_, err := b.turnWith(ctx, convID, []flows.Command{{Do: flows.DoSilence, Confidence: 1}})
	return err
}

func (b *Bot) turnWith(ctx context.Context, convID string, extra []flows.Command) (bool, error) {
	return retried("turn "+convID, func() (bool, error) { return b.turnOnce(ctx, convID, extra) })
}

func (b *Bot) turnOnce(ctx context.Context, convID string, extra []flows.Command) (bool, error) {
	// The version first: were it read after the messages, another node could answer them in between and we again.
	conv, err := b.store.Conversation(ctx, convID)
	if err != nil {
		return false, err
	}
	msgs, err := b.store.PendingInbound(ctx, convID)
	if err != nil || len(msgs)+len(extra) == 0 {
		return false, err
	}
	if conv, err = b.stepDown(ctx, conv); err != nil {
		return false, err
	}
	silent := conv.Control == ByAgent || conv.Control == Closed // what came in just before a goodbye gets no answer after it
	if !silent {
		b.bus.Publish(Event{Kind: "typing", ConvID: convID, Agent: true, On: true})
		defer b.typing(ctx, conv)()
		defer b.bus.Publish(Event{Kind: "typing", ConvID: convID, Agent: true, On: false})
	}
	cf, err := b.caseFile(ctx, conv, flows.Match{}, conv.DebtorID)
	if err != nil {
		return false, err
	}
	ctx, spent := withMeter(ctx)
	u, err := b.understand(ctx, &conv, cf, msgs)
	if err != nil {
		return false, err
	}
	u.Commands = append(u.Commands, extra...)
	turnID := fmt.Sprintf("%s:turn:%d", convID, conv.Version) // one version is one turn: a repeat writes nothing twice
	res := TurnResult{Conv: conv, Consumed: ids(msgs), Commands: u.Commands, Source: u.Source, NowMS: b.now().UnixMilli()}
	cf.Said = written(msgs)
	if silent {
		if err := b.whileAgent(ctx, &res, cf, turnID); err != nil {
			return false, err
		}
	} else if err := b.think(ctx, &res, cf, turnID); err != nil {
		return false, err
	}
	weigh(&res)
	res.Usage = spent.total()
	b.spent.add(res.Usage) // asked for, whether the turn stands or not
	if err := b.store.CommitTurn(ctx, res); err != nil {
		return false, err
	}
	b.boundNow(ctx, res.Conv, res.Effects, res.NowMS)
	b.bus.Publish(Event{Kind: "control", ConvID: convID})
	return true, nil
}

// understand reads the messages of a turn: actions are exact, text goes to the Understander.
func (b *Bot) understand(ctx context.Context, conv *Conversation, cf flows.CaseFile, msgs []Message) (Understood, error) {
	t := Turn{
		Lang: conv.Lang, Now: cf.Now, Zone: b.zone, Currency: said{cf: cf, state: conv.State}.currency(),
		State: conv.State, Context: b.engine.Context(conv.State),
	}
	if cf.Debtor.Name != "" {
		t.Private = []string{cf.Debtor.Name}
	}
	var acts []flows.Command
	for _, m := range msgs {
		if m.Action != nil {
			acts = append(acts, flows.Command{Do: flows.DoAction, Action: b.shownTerms(*conv, m.Action), Confidence: 1})
			continue
		}
		if c, ok := b.pressed(*conv, m.Text); ok {
			acts = append(acts, c)
			continue
		}
		t.Texts = append(t.Texts, m.Text)
	}
	if len(t.Texts) == 0 {
		return Understood{Commands: acts, Lang: conv.Lang, Confidence: 1, Source: "grammar"}, nil
	}
	u, err := b.mind.Understand(ctx, t)
	if err != nil {
		return Understood{}, fmt.Errorf("understand: %w", err)
	}
	u.Commands = append(acts, u.Commands...)
	if slices.ContainsFunc(t.Texts, b.words.Consents) {
		u.Commands = append(u.Commands, flows.Command{Do: flows.DoSet, Slot: flows.SlotConsent, Value: flows.Value{Kind: flows.KindText, Text: "yes", Origin: "debtor"}, Confidence: 1})
	}
	if u.Lang != "" && u.Confidence >= languageSure {
		conv.Lang = u.Lang // a slip of the keyboard must not change the language of the talk
	}
	return u, nil
}

// think runs the engine and turns its replies into judged drafts.
func (b *Bot) think(ctx context.Context, res *TurnResult, cf flows.CaseFile, turnID string) error {
	conv := &res.Conv
	if a, ok := b.accountOf(*conv); ok && a.Traits.Neutral {
		return b.thinkNeutral(ctx, res, cf, turnID)
	}
	if conv.Identity != flows.Verified {
		name, phone4, id4 := flows.Claims(conv.State, res.Commands)
		m, err := b.matchClaims(ctx, *conv, name, phone4, id4, res.Commands)
		if err != nil {
			return err
		}
		if m.DebtorID != "" {
			// Loaded before the flow has verified: the engine can then verify and answer in one step.
			wrote := cf.Said
			if cf, err = b.caseFile(ctx, *conv, m, m.DebtorID); err != nil {
				return err
			}
			cf.Said = wrote
		}
		cf.Match = m
	}
	cf.Lang = conv.Lang
	state, replies, effects := b.engine.Step(conv.State, res.Commands, cf)
	res.Step = recordStep(conv.State, cf, replies)
	conv.State = state
	res.Effects = effects
	wasQueued := conv.Control == InQueue
	b.applyEffects(conv, effects, res.NowMS)
	cf.Identity = conv.Identity
	queued := conv.Control == InQueue && !wasQueued
	for i, r := range replies {
		o, err := b.outgoing(ctx, said{*conv, cf, state, intentsOf(res.Commands)}, r, fmt.Sprintf("%s:%d", turnID, i))
		if err != nil {
			return err
		}
		doc, v, err := b.document(*conv, r, o.Facts)
		if err != nil {
			return err
		}
		if v.Decision != guard.Pass {
			o.Verdict = v // a paper that may not be shown stops the message that offers it
		} else if doc.ID != "" {
			res.Documents = append(res.Documents, doc)
		}
		res.Outbox = append(res.Outbox, o)
		if o.Verdict.Decision != guard.Pass {
			if err := b.fallBack(ctx, res, cf, turnID, i); err != nil {
				return err
			}
			queued = conv.Control == InQueue && !wasQueued
			break
		}
	}
	if queued {
		return b.tellQueued(ctx, res, cf, turnID)
	}
	return nil
}

// tellQueued tells the debtor's page that a person was called, after the reply that says so in words.
func (b *Bot) tellQueued(ctx context.Context, res *TurnResult, cf flows.CaseFile, turnID string) error {
	o, err := b.outgoing(ctx, said{res.Conv, cf, res.Conv.State, nil}, flows.Reply{ID: "agent_queued"}, turnID+":queued")
	if err != nil {
		return err
	}
	o = asNotice(o, "")
	o.Verdict = b.filter.Check(o.Draft, o.Facts)
	res.Outbox = append(res.Outbox, o)
	return nil
}

// fallBack is "closed for words, open for people": an approved reply did not pass, so the debtor gets a plain
// notice instead and a person is called. The stopped draft stays in the outbox as held, with its reasons.
func (b *Bot) fallBack(ctx context.Context, res *TurnResult, cf flows.CaseFile, turnID string, n int) error {
	bad := res.Outbox[len(res.Outbox)-1]
	b.log.Error("an approved reply was stopped by the filter", "reply", bad.Draft.ReplyID, "rules", ruleIDs(bad.Verdict))
	res.Conv.State = flows.Unsaid(res.Conv.State) // a recap that was never shown cannot be agreed to
	eff := flows.Effect{Kind: flows.EffHandoff, Reason: "reply_held"}
	res.Effects = append(res.Effects, eff)
	b.applyEffects(&res.Conv, []flows.Effect{eff}, res.NowMS)
	o, err := b.outgoing(ctx, said{res.Conv, cf, res.Conv.State, nil}, flows.Reply{ID: "reply_held"}, fmt.Sprintf("%s:held:%d", turnID, n))
	if err != nil {
		return err
	}
	res.Outbox = append(res.Outbox, o)
	return nil
}

// applyEffects mirrors on the conversation row what the effects mean for who speaks and to whom.
func (b *Bot) applyEffects(conv *Conversation, effects []flows.Effect, nowMS int64) {
	for _, e := range effects {
		switch e.Kind {
		case flows.EffVerified:
			conv.Identity, conv.DebtorID = flows.Verified, e.DebtorID
		case flows.EffHandoff:
			conv.Reason = e.Reason
			if conv.Control == ByBot {
				conv.Control, conv.WaitingMS = InQueue, nowMS
			}
		case flows.EffHold:
			if e.Hold != nil && e.Hold.Reason == "crisis" {
				conv.Crisis = true
			}
		}
	}
	if conv.State.Crisis {
		conv.Crisis = true
	}
}

// intentsOf lists what a turn expressed, main intent first.
func intentsOf(cmds []flows.Command) []string {
	var out []string
	for _, c := range cmds {
		if c.Do == flows.DoIntent {
			out = append(out, string(c.Intent))
		}
	}
	return out
}

// written is what was written in these messages.
func written(msgs []Message) string {
	var lines []string
	for _, m := range msgs {
		if m.Action == nil && m.Text != "" {
			lines = append(lines, m.Text)
		}
	}
	return strings.Join(lines, "\n")
}

func ids(msgs []Message) []string {
	out := make([]string, len(msgs))
	for i, m := range msgs {
		out[i] = m.ID
	}
	return out
}
