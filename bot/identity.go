package bot

import (
	"context"
	"fmt"
	"slices"

	"hejie/flows"
)

// match compares the factors the debtor claims with the portfolio. It only says which factors agree;
// whether that is enough, and what happens after three failures, the flow decides.
func (b *Bot) match(ctx context.Context, conv Conversation, name, phone4, id4 string) (flows.Match, error) {
	given := map[string]string{flows.SlotName: name, flows.SlotPhoneLast4: phone4, flows.SlotIDLast4: id4}
	var factors []string
	for _, f := range []string{flows.SlotName, flows.SlotPhoneLast4, flows.SlotIDLast4} {
		if given[f] != "" {
			factors = append(factors, f)
		}
	}
	if len(factors) < 2 {
		return flows.Match{}, nil // one factor proves nothing and is not looked up: a visitor must not be able to probe
	}
	found, err := b.store.FindDebtors(ctx, conv.CreditorID, name, phone4, id4)
	if err != nil {
		return flows.Match{}, fmt.Errorf("identity: %w", err)
	}
	if conv.DebtorID != "" { // the channel already knows whose thread this is: only that person may verify here
		found = slices.DeleteFunc(found, func(d KnownDebtor) bool { return d.ID != conv.DebtorID })
	}
	switch len(found) {
	case 1:
		return flows.Match{DebtorID: found[0].ID, Right: factors}, nil
	case 0:
		// We do not say which factor is wrong: that would help whoever guesses.
		return flows.Match{Wrong: factors}, nil
	}
	return flows.Match{Right: factors, Several: true}, nil
}

// surely: four digits nobody put a word to are taken for a phone's below this confidence, but may be the identity card's.
const surely = 0.8

// matchClaims also tries bare digits the other way round, when the debtor did not say whose they are.
func (b *Bot) matchClaims(ctx context.Context, conv Conversation, name, phone4, id4 string, cmds []flows.Command) (flows.Match, error) {
	m, err := b.match(ctx, conv, name, phone4, id4)
	if err != nil || m.DebtorID != "" || m.Several {
		return m, err
	}
	bare := func(c flows.Command) bool {
		return c.Do == flows.DoSet && (c.Slot == flows.SlotPhoneLast4 || c.Slot == flows.SlotIDLast4) && c.Confidence < surely
	}
	if !slices.ContainsFunc(cmds, bare) {
		return m, nil
	}
	other, err := b.match(ctx, conv, name, id4, phone4)
	if err != nil || other.DebtorID == "" {
		return m, err
	}
	return other, nil
}

// caseFile loads what the engine may know. debtorID is the bound debtor, or the one a full match points at:
// then the engine can verify and answer in one step.
func (b *Bot) caseFile(ctx context.Context, conv Conversation, m flows.Match, debtorID string) (flows.CaseFile, error) {
	cf, err := b.store.CaseFile(ctx, conv.CreditorID, debtorID)
	if err != nil {
		return flows.CaseFile{}, fmt.Errorf("case file: %w", err)
	}
	now := b.now()
	cf.Now, cf.Zone, cf.Lang, cf.Channel = now, b.zone, conv.Lang, conv.Channel
	cf.Identity, cf.Match = conv.Identity, m
	cf.Policy, cf.Desk = b.policy(conv.CreditorID), b.desk(now)
	if cf.Jurisdiction == "" {
		cf.Jurisdiction = "CN"
	}
	return cf, nil
}

// CaseFile is the case as an agent sees it.
func (b *Bot) CaseFile(ctx context.Context, convID string) (flows.CaseFile, error) {
	conv, err := b.store.Conversation(ctx, convID)
	if err != nil {
		return flows.CaseFile{}, err
	}
	return b.caseFile(ctx, conv, flows.Match{}, conv.DebtorID)
}
