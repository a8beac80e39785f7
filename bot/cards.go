package bot

import (
	"strconv"
	"strings"

	"hejie/flows"
	"hejie/flows/arrange"
	"hejie/flows/ledger"
	"hejie/prompts"
)

// fillCard fills a card's text with those of the slots that it names.
func (b *Bot) fillCard(lang, id string, slots map[string]string) (string, error) {
	t, ok := b.words.Reply(lang, id)
	if !ok {
		return "", errNoReply
	}
	named := map[string]string{}
	for _, p := range t.Placeholders() {
		named[p] = slots[p]
	}
	return b.words.Fill(lang, id, named)
}

// offersText says each offer in one line.
func (b *Bot) offersText(lang string, c flows.OffersCard) (string, error) {
	var lines []string
	for i, o := range c.Offers {
		line, err := b.fillCard(lang, "card_offer_line", offerSlots(lang, i+1, o))
		if err != nil {
			return "", err
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), nil
}

func offerSlots(lang string, n int, o arrange.Offer) map[string]string {
	each := ledger.Amount(0)
	if len(o.Instalments) > 0 {
		each = o.Instalments[0].Amount
	}
	m := func(a ledger.Amount) string { return prompts.Money(lang, o.Currency, int64(a)) }
	return map[string]string{
		"n": strconv.Itoa(n), "each": m(each), "count": strconv.Itoa(len(o.Instalments)),
		"first": sayDate(lang, o.First()), "last": sayDate(lang, o.Last()), "total": m(o.Total), "waived": m(o.Waived),
	}
}

// whyLines are the reasons of all offers, each said once.
func (b *Bot) whyLines(lang, currency string, offers []arrange.Offer) []string {
	seen := map[string]bool{}
	lines := []string{}
	for _, o := range offers {
		for _, r := range o.Why {
			if s := b.whyLine(lang, currency, r); s != "" && !seen[s] {
				seen[s] = true
				lines = append(lines, s)
			}
		}
	}
	return lines
}

func (b *Bot) whyLine(lang, currency string, r arrange.Reason) string {
	t, ok := b.words.Why(lang, r.Code)
	if !ok {
		b.log.Error("a reason has no sentence", "code", r.Code)
		return ""
	}
	return strings.NewReplacer(
		"{amount}", prompts.Money(lang, currency, int64(r.Amount)), "{count}", strconv.Itoa(r.Count),
		"{date}", sayDate(lang, r.Date), "{pct}", strconv.Itoa(r.Pct)+"%",
	).Replace(t.Text)
}

// termLines are the clauses of an agreement.
func (b *Bot) termLines(lang string, a arrange.Agreement) []string {
	lines := []string{}
	for _, id := range a.Terms {
		if t, ok := b.words.Term(lang, id); ok {
			lines = append(lines, t.Text)
		} else {
			b.log.Error("an agreement clause has no text", "term", id)
		}
	}
	return lines
}

// agreementWire fills the agreement card and returns its spoken alternative.
func (b *Bot) agreementWire(conv Conversation, a arrange.Agreement, wire map[string]any) (string, error) {
	doc, err := b.drawDocument(conv.Lang, a)
	if err != nil {
		return "", err
	}
	terms := b.termLines(conv.Lang, a)
	wire["agreement"] = map[string]any{"agreement": a}
	wire["clauses"] = terms
	wire["doc_url"] = "/api/v1/chat/" + conv.ID + "/agreements/" + a.ID
	wire["doc_sha256"] = doc.SHA256
	if wire["confirm_text"], err = b.fillCard(conv.Lang, "card_agreement_confirm", nil); err != nil {
		return "", err
	}
	text, err := b.fillCard(conv.Lang, "card_agreement", offerSlots(conv.Lang, 1, a.Offer))
	return strings.Join(append([]string{text}, terms...), "\n"), err
}
