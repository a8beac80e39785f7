package bot

import (
	"strings"

	"hejie/flows"
	"hejie/flows/ledger"
	"hejie/prompts"
)

// statementLine is one component of a balance in words: what it is, how much, and how it came about.
type statementLine struct {
	Component ledger.Component `json:"component"`
	Label     string           `json:"label"`
	Amount    ledger.Amount    `json:"amount_fen"`
	How       []string         `json:"how"`
}

// balanceWire fills the balance card with a statement people can read, beside the bookings themselves, and returns the same as text: the
// sum with its split, then how each part came about.
func (b *Bot) balanceWire(lang string, c flows.BalanceCard, wire map[string]any) (string, error) {
	m := func(a ledger.Amount) string { return prompts.Money(lang, c.Currency, int64(a)) }
	head, err := b.fillCard(lang, "card_balance", map[string]string{
		"as_of": sayDate(lang, c.Balance.AsOf), "total": m(c.Balance.Total()), "principal": m(c.Balance.Principal),
		"interest": m(c.Balance.Interest), "penalty": m(c.Balance.Penalty), "fees": m(c.Balance.Fees),
	})
	if err != nil {
		return "", err
	}
	text := []string{head}
	lines := []statementLine{}
	for _, p := range c.Parts {
		l := statementLine{Component: p.Component, Label: b.words.Label(lang, "component", string(p.Component)), Amount: p.Amount, How: []string{}}
		for _, h := range p.How {
			how, err := b.fillCard(lang, howReply(h), map[string]string{"date": sayDate(lang, h.On), "amount": m(max(h.Amount, -h.Amount))})
			if err != nil {
				return "", err
			}
			l.How = append(l.How, how)
		}
		if len(l.How) > 0 {
			line, err := b.fillCard(lang, "card_balance_part", map[string]string{"part": l.Label, "amount": m(p.Amount), "how": strings.Join(l.How, b.words.Label(lang, "mark", "list"))})
			if err != nil {
				return "", err
			}
			text = append(text, line)
		}
		lines = append(lines, l)
	}
	wire["statement"] = lines
	if wire["labels"], err = b.entryLabels(lang, c.Lines); err != nil {
		return "", err
	}
	return strings.Join(text, "\n"), nil
}

// howReply is the sentence for what a booking did.
func howReply(h flows.BalanceHow) string {
	switch {
	case h.Kind == ledger.Payment:
		return "how_payment"
	case h.Kind == ledger.Waiver:
		return "how_waiver"
	case h.Kind == ledger.Adjust && h.Amount < 0:
		return "how_less"
	case h.Kind == ledger.Adjust:
		return "how_more"
	}
	return "how_charge"
}

// entryLabels say where each booking comes from, instead of the reference it carries for machines.
func (b *Bot) entryLabels(lang string, entries []ledger.Entry) (map[string]string, error) {
	out := map[string]string{}
	for _, e := range entries {
		id := "how_books"
		switch {
		case e.Kind == ledger.Payment:
			id = "how_received"
		case e.Basis != "" && !strings.HasPrefix(e.Basis, "import"):
			out[e.ID] = e.Basis // a clause or an article, in words
			continue
		}
		t, err := b.fillCard(lang, id, nil)
		if err != nil {
			return nil, err
		}
		out[e.ID] = t
	}
	return out, nil
}

// withoutSum is a balance's text for where the reply has just said the sum and its split: people without cards would read it twice.
func withoutSum(r flows.Reply, text string) string {
	for _, slot := range []string{"total", "principal", "as_of"} {
		if _, ok := r.Slots[slot]; !ok {
			return text
		}
	}
	if _, rest, ok := strings.Cut(text, "\n"); ok {
		return rest
	}
	return text
}
