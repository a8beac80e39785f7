package bot

import (
	"context"
	"fmt"
	"slices"

	"hejie/bot/guard"
	"hejie/flows"
	"hejie/flows/arrange"
)

// whileAgent is the bot's part while a person holds the conversation. It talks of nothing, with two exceptions: a cry for help is met
// with the help lines at once, whatever the person is doing, and a card that lies before the debtor can be agreed to, by the recap
// and the plain yes that every arrangement needs.
func (b *Bot) whileAgent(ctx context.Context, res *TurnResult, cf flows.CaseFile, turnID string) error {
	conv := &res.Conv
	cmds := cry(res.Commands)
	if conv.Crisis {
		if len(cmds) > 0 { // said once more: a hold that was lifted meanwhile stands again
			res.Effects = append(res.Effects, flows.Effect{Kind: flows.EffHold, Hold: &flows.Hold{Reason: "crisis", Scope: "debtor"}, DebtorID: conv.DebtorID})
		}
		return nil
	}
	if len(cmds) == 0 && conv.Control == ByAgent && conv.Identity == flows.Verified {
		cmds = consent(conv.State, res.Commands)
	}
	if len(cmds) == 0 {
		return nil
	}
	cf.Lang = conv.Lang
	res.Commands = cmds // what the engine is given, so that a replay gives it the same
	state, replies, effects := b.engine.Step(conv.State, cmds, cf)
	res.Step = recordStep(conv.State, cf, replies)
	conv.State, res.Effects = state, effects
	b.applyEffects(conv, effects, res.NowMS)
	for i, r := range replies {
		if r.ID == "crisis" && conv.Control == ByAgent {
			r.ID = "crisis_beside" // nobody need be called: a person is there
		}
		r.Quick = slices.DeleteFunc(slices.Clone(r.Quick), func(q string) bool { return !slices.Contains(consentQuick, q) })
		o, doc, err := b.systemReply(ctx, said{*conv, cf, state, nil}, r, fmt.Sprintf("%s:%d", turnID, i))
		if err != nil {
			return err
		}
		res.Outbox = append(res.Outbox, o)
		if o.Verdict.Decision != guard.Pass { // the person at the desk sees it held, and goes on in words
			b.log.Error("a step of consent was stopped by the filter", "reply", r.ID, "rules", ruleIDs(o.Verdict))
			conv.State = flows.Unsaid(conv.State)
			return nil
		}
		if doc.ID != "" {
			res.Documents = append(res.Documents, doc)
		}
	}
	return nil
}

// systemReply fills an approved reply in nobody's name: the bot is silent beside a person, and the person did not write it.
func (b *Bot) systemReply(ctx context.Context, in said, r flows.Reply, draftID string) (Outgoing, Document, error) {
	o, err := b.outgoing(ctx, in, r, draftID)
	if err != nil {
		return o, Document{}, err
	}
	o.Draft.Author = guard.System
	o.Verdict = b.filter.Check(o.Draft, o.Facts)
	doc, v, err := b.document(in.conv, r, o.Facts)
	if err == nil && v.Decision != guard.Pass {
		o.Verdict = v
	}
	return o, doc, err
}

// cry is the cry for help among the commands, if there is one.
func cry(cmds []flows.Command) []flows.Command {
	i := slices.IndexFunc(cmds, func(c flows.Command) bool { return c.Do == flows.DoIntent && c.Intent == "self_harm" })
	if i < 0 {
		return nil
	}
	return cmds[i : i+1]
}

// consentQuick are the buttons that belong to the way from a card to an agreement; the others would have the bot negotiate.
var consentQuick = []string{"confirm", "not_now", "go_on", "not_needed"}

// consent picks the presses that concern what lies on the table. Written words are the agent's to answer.
func consent(s flows.State, cmds []flows.Command) []flows.Command {
	var out []flows.Command
	for _, c := range cmds {
		if c.Do != flows.DoAction || c.Action == nil {
			continue
		}
		a := c.Action
		switch {
		case a.Name == "accept" && onTable(s, a.Ref),
			a.Name == "confirm" && s.Pending != nil,
			a.Name == "decline" && s.Pending != nil && a.Ref == s.Pending.ID,
			a.Name == "reply" && len(s.Stack) > 0 && len(s.Offers) > 0 && slices.Contains(consentQuick, a.Ref):
			out = append(out, c)
		}
	}
	return out
}

func onTable(s flows.State, id string) bool {
	return slices.ContainsFunc(s.Offers, func(o arrange.Offer) bool { return o.ID == id })
}
