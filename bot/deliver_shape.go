package bot

import (
	"context"
	"maps"
	"slices"

	"hejie/bot/guard"
	"hejie/flows"
)

// accountOf is the messaging account a conversation runs on; false on the web and in a terminal.
func (b *Bot) accountOf(conv Conversation) (Account, bool) {
	if len(b.senders) == 0 {
		return Account{}, false
	}
	for _, s := range b.senders {
		if a := s.Account(); a.Channel == conv.Channel && a.CreditorID == conv.CreditorID {
			return a, true
		}
	}
	return Account{}, false
}

// dress adds what a channel needs besides the words, as parts of the draft, so that it is judged with them: the SMS signature,
// and the values of a carrier's template.
func (b *Bot) dress(conv Conversation, d *guard.Draft, slots map[string]string) {
	a, ok := b.accountOf(conv)
	if !ok {
		return
	}
	if a.Signature != "" {
		d.Parts = append(d.Parts, guard.Part{Role: "signature", Text: "【" + a.Signature + "】"})
	}
	if a.Traits.Templates {
		for name, v := range slots {
			d.Parts = append(d.Parts, guard.Part{Role: "var", Ref: name, Text: v})
		}
	}
}

// stepDown: what was proved on a messaging channel holds for a while only. The person stays known, and proves it again
// before anything of the account is said.
func (b *Bot) stepDown(ctx context.Context, conv Conversation) (Conversation, error) {
	a, ok := b.accountOf(conv)
	if !ok || conv.Identity != flows.Verified {
		return conv, nil
	}
	addr, err := b.store.Address(ctx, conv.Address)
	if err != nil {
		return conv, err
	}
	conv.Identity = assurance(conv.Identity, addr, a.Traits, b.now(), b.stepUp)
	conv.State.Identity = conv.Identity
	return conv, nil
}

// heardAnywhere are intents that count wherever they are written, also where nothing of an account may be said: a person in
// need, a refusal, a wrong number, a right that stops collection.
var heardAnywhere = map[flows.Intent]bool{
	"human_agent": true, "stop_contact": true, "wrong_person": true, "self_harm": true, "threat_to_others": true, "complaint": true,
	"collector_abuse": true, "third_party_contacted": true, "bereavement": true, "minor": true, "lawyer": true, "bankruptcy": true,
	"dispute_not_mine": true, "identity_theft": true, "vulnerable": true,
}

// thinkNeutral is a turn on a channel that carries no debt facts: what must be heard is acted upon, and the answer is where to
// read on. Nobody proves who they are there, and nothing is negotiated.
func (b *Bot) thinkNeutral(ctx context.Context, res *TurnResult, cf flows.CaseFile, turnID string) error {
	conv := &res.Conv
	var heard []flows.Command
	for _, c := range res.Commands {
		if c.Do == flows.DoIntent && heardAnywhere[c.Intent] {
			heard = append(heard, c)
		}
	}
	res.Commands = heard
	cf.Lang = conv.Lang
	id, slots := neutralReply(cf, "")
	if len(heard) > 0 {
		state, replies, effects := b.engine.Step(conv.State, heard, cf)
		res.Step = recordStep(conv.State, cf, replies)
		res.Step.Unsaid = true
		state.LastReply = nil // those words were not said, so nobody answers them
		conv.State, res.Effects = state, effects
		b.applyEffects(conv, effects, res.NowMS)
		if conv.Crisis && len(replies) > 0 { // words for a person in need say nothing of a debt
			o, err := b.outgoing(ctx, said{*conv, cf, state, intentsOf(heard)}, flows.Reply{ID: replies[0].ID, Slots: replies[0].Slots}, turnID+":0")
			if err == nil && o.Verdict.Decision == guard.Pass {
				res.Outbox = append(res.Outbox, o)
				return nil
			}
		}
	}
	o, err := b.outgoing(ctx, said{*conv, cf, conv.State, nil}, flows.Reply{ID: id, Slots: slots}, turnID+":0")
	if err != nil {
		return err
	}
	res.Outbox = append(res.Outbox, o)
	return nil
}

// neutralTexts are approved texts that tell nothing of an account.
var neutralTexts = map[string]bool{"channel_test": true, "channel_notice": true, replyOTP: true, replyResumed: true}

// NeutralTexts are the approved texts a neutral channel may be asked to carry; a line with templates needs one for each.
func NeutralTexts() []string {
	return append(slices.Sorted(maps.Keys(neutralTexts)), "channel_portal")
}

// neutralReply is what a neutral channel says in place of another text: that something came, and where to read on.
func neutralReply(cf flows.CaseFile, wanted string) (string, map[string]flows.Value) {
	site := map[string]flows.Value{"website": {Kind: flows.KindURL, Text: cf.Creditor.Website, Origin: "creditor"}}
	switch {
	case neutralTexts[wanted] && wanted != "channel_notice":
		return wanted, nil
	case cf.Creditor.Website == "":
		return "channel_desk", nil
	case wanted == "channel_notice":
		return wanted, site
	}
	return "channel_portal", site
}
