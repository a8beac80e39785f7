package store

import (
	"strings"

	"hejie/bot"
	"hejie/bot/guard"
)

// heardOutside writes down what the peer's own people said to a person, with the judgement after the fact. What did not pass becomes a case
// for those who answer for the words. It returns the audit line that the message names.
func (t *tx) heardOutside(c bot.InboxCommit) (auditID string, err error) {
	o := *c.Outside
	detail := auditedDraft(guard.Entry{Draft: o.Draft, Facts: o.Facts, Verdict: o.Verdict})
	detail["by"] = o.By
	if auditID, err = t.audit("said_outside", authorActor(o.Draft), c.ConvID, &o.Verdict, detail); err != nil {
		return "", err
	}
	d := o.Draft
	if _, err := t.exec("contact_insert", newID(), c.ConvID, c.Address.ID, c.Address.Channel, d.Author, d.Kind, d.ID, c.NowMS); err != nil {
		return "", err
	}
	if o.Verdict.Decision == guard.Pass {
		return auditID, nil
	}
	var of struct {
		CreditorID string `db:"creditor_id"`
		DebtorID   string `db:"debtor_id"`
	}
	if err := t.get(&of, "conversation_owner", c.ConvID); err != nil {
		return "", found(err)
	}
	_, err = t.exec("case_put", d.ID, c.ConvID, of.CreditorID, of.DebtorID, "", "said_outside", "", brokenRules(o.Verdict), c.NowMS)
	return auditID, err
}

// brokenRules are the ids of the rules that spoke against a text, each once.
func brokenRules(v guard.Verdict) string {
	var ids []string
	seen := map[string]bool{}
	for _, h := range v.Hits {
		if !seen[h.Rule] {
			seen[h.Rule] = true
			ids = append(ids, h.Rule)
		}
	}
	return strings.Join(ids, " ")
}
