package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"regexp"
	"strings"

	"hejie/bot/guard"
	"hejie/flows"
	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
	"hejie/prompts"
)

// agreementData is what the agreement template sees: every field is already written for people.
type agreementData struct {
	ID, No4, Creditor, Collector, DrawnUp, ExpiresAt, First, Last              string
	Total, Waived, BeforeTotal, BeforePrincipal, BeforeInterest, BeforePenalty string
	BeforeFees, AsOf, TermsSHA256, Policy, Currency                            string
	Count                                                                      int
	Terms                                                                      []string
	Rows                                                                       []agreementRow
}

type agreementRow struct {
	N                                               int
	Due, Amount, Principal, Interest, Penalty, Fees string
}

// drawDocument writes the agreement's text. The same agreement and language always give the same bytes and hash.
func (b *Bot) drawDocument(lang string, a arrange.Agreement) (Document, error) {
	day := func(d calendar.Date) string { return sayDate(lang, d) }
	amt := func(m ledger.Amount) string { return prompts.Money(lang, a.Offer.Currency, int64(m)) }
	data := agreementData{
		ID: a.ID, No4: a.No4, Creditor: a.Creditor, Collector: a.Collector,
		DrawnUp: day(calendar.Today(a.DrawnUp, b.zone)), ExpiresAt: day(calendar.Today(a.ExpiresAt, b.zone)),
		First: day(a.Offer.First()), Last: day(a.Offer.Last()), Total: amt(a.Offer.Total), Waived: amt(a.Offer.Waived),
		BeforeTotal: amt(a.Before.Total()), BeforePrincipal: amt(a.Before.Principal), BeforeInterest: amt(a.Before.Interest),
		BeforePenalty: amt(a.Before.Penalty), BeforeFees: amt(a.Before.Fees), AsOf: day(a.Before.AsOf),
		TermsSHA256: a.SHA256, Policy: a.Offer.Policy, Currency: b.words.Label(lang, "currency", a.Offer.Currency), Count: len(a.Offer.Instalments), Terms: b.termLines(lang, a),
	}
	for _, in := range a.Offer.Instalments {
		data.Rows = append(data.Rows, agreementRow{in.N, day(in.Due), amt(in.Amount), amt(in.Principal), amt(in.Interest), amt(in.Penalty), amt(in.Fees)})
	}
	text, err := b.words.Agreement(lang, data)
	if err != nil {
		return Document{}, fmt.Errorf("agreement %s: %w", a.ID, err)
	}
	sum := sha256.Sum256(text)
	return Document{ID: a.ID, Lang: lang, HTML: text, SHA256: hex.EncodeToString(sum[:]), TermsSHA256: a.SHA256}, nil
}

// document draws up the paper of a reply that shows an agreement, and judges its text like any other words.
// Without such a reply the verdict is Pass and the Document has no ID.
func (b *Bot) document(conv Conversation, r flows.Reply, facts guard.Facts) (Document, guard.Verdict, error) {
	if r.Card == nil || r.Card.Agreement == nil {
		return Document{}, guard.Verdict{Decision: guard.Pass}, nil
	}
	a := r.Card.Agreement.Agreement
	doc, err := b.drawDocument(conv.Lang, a)
	if err != nil {
		return Document{}, guard.Verdict{}, err
	}
	doc.ConvID, doc.CreatedMS = conv.ID, b.now().UnixMilli()
	d := guard.Draft{
		ID: "document:" + a.ID, To: recipient(conv), Author: guard.Bot, Kind: guard.Reply, Lang: conv.Lang, ReplyID: "agreement",
		Parts: []guard.Part{{Role: "document", Text: judgedText(doc.HTML, a)}}, Figures: agreementFigures(a),
	}
	facts.Control = guard.Bot // a paper is judged as the bot's even beside a person: it takes nobody's turn to speak
	return doc, b.filter.Check(d, facts), nil
}

var (
	notText = regexp.MustCompile(`(?s)<(style|title)[^>]*>.*?</(style|title)>|<[^>]*>`)
	blanks  = regexp.MustCompile(`\s*\n\s*`)
)

// plainText is what a person reads of a document we rendered ourselves.
func plainText(doc []byte) string {
	return strings.TrimSpace(blanks.ReplaceAllString(html.UnescapeString(notText.ReplaceAllString(string(doc), "\n")), "\n"))
}

// judgedText is the document without its machine references: the digits inside a hash are no figures.
func judgedText(doc []byte, a arrange.Agreement) string {
	return strings.NewReplacer(a.ID, "", a.SHA256, "", "SHA-256", "", a.Offer.Policy, "").Replace(plainText(doc))
}

// Agreement is a document of this conversation; it is shown only to a verified debtor.
func (b *Bot) Agreement(ctx context.Context, convID, id string) (Document, error) {
	conv, err := b.store.Conversation(ctx, convID)
	if err != nil {
		return Document{}, err
	}
	if conv.Identity != flows.Verified {
		return Document{}, ErrVerify
	}
	doc, err := b.store.Document(ctx, id)
	if err != nil {
		return Document{}, err
	}
	if doc.ConvID != convID {
		return Document{}, ErrNotFound
	}
	return doc, nil
}
