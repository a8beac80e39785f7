package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"hejie/bot/guard"
	"hejie/flows"
	"hejie/flows/calendar"
	"hejie/prompts"
)

// said is the situation a reply is written in.
type said struct {
	conv  Conversation
	cf    flows.CaseFile
	state flows.State
	asked []string // what the debtor just expressed, main intent first: opens the filter's answer mode
}

// currency is that of the debt in focus.
func (in said) currency() string {
	for _, a := range in.cf.Accounts {
		if a.ID == in.state.AccountID || len(in.cf.Accounts) == 1 {
			return a.Currency
		}
	}
	return ""
}

// say writes a typed slot for people.
func say(lang, currency string, v flows.Value) string {
	switch v.Kind {
	case flows.KindMoney:
		return prompts.Money(lang, currency, int64(v.Money))
	case flows.KindCount, flows.KindDay:
		return strconv.Itoa(v.Count)
	case flows.KindDate:
		return sayDate(lang, v.Date)
	case flows.KindPercent:
		return prompts.Percent(v.Percent)
	}
	return v.Text
}

func sayDate(lang string, d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return prompts.Date(lang, d.Year, d.Month, d.Day)
}

// outgoing fills an approved reply, its card and its buttons into a draft and judges it once.
func (b *Bot) outgoing(ctx context.Context, in said, r flows.Reply, draftID string) (Outgoing, error) {
	conv := in.conv
	text, ok := b.words.Reply(conv.Lang, r.ID)
	if !ok {
		return Outgoing{}, fmt.Errorf("%w: %s (%s)", errNoReply, r.ID, conv.Lang)
	}
	slots := map[string]string{}
	for _, name := range text.Placeholders() {
		v, ok := r.Slots[name]
		if !ok {
			return Outgoing{}, fmt.Errorf("reply %s: slot %s is not set", r.ID, name)
		}
		slots[name] = say(conv.Lang, in.currency(), v)
	}
	body, err := b.words.Fill(conv.Lang, r.ID, slots)
	if err != nil {
		return Outgoing{}, err
	}
	d := guard.Draft{
		ID: draftID, To: recipient(conv), Author: guard.Bot, Kind: guard.Reply, Lang: conv.Lang, ReplyID: r.ID,
		Parts: []guard.Part{{Role: "body", Text: body}}, Figures: slotFigures(r.Slots),
	}
	if r.Card != nil {
		part, figs, err := b.card(conv, in.cf.Jurisdiction, *r.Card)
		if err != nil {
			return Outgoing{}, fmt.Errorf("card of %s: %w", r.ID, err)
		}
		if r.Card.Balance != nil {
			part.Text = withoutSum(r, part.Text)
		}
		d.Parts = append(d.Parts, part)
		d.Figures = append(d.Figures, figs...)
	}
	for _, q := range r.Quick {
		label, ok := b.words.Quick(conv.Lang, q)
		if !ok {
			return Outgoing{}, fmt.Errorf("%w: quick_%s", errNoReply, q)
		}
		d.Parts = append(d.Parts, guard.Part{Role: "button", Ref: q, Text: label.Text})
	}
	b.dress(conv, &d, slots)
	facts := b.facts(conv, in.cf, in.state)
	if len(in.asked) > 0 {
		facts.Asked, facts.AlsoAsked = in.asked[0], in.asked[1:]
	}
	if text.Rephrase && b.rephrase != nil {
		d.Parts[0].Text = b.reword(ctx, conv.Lang, r.ID, text.Text, body, slots)
		free := d
		free.ReplyID = "" // a model's wording is judged like anybody's, with the ear
		if v := b.filter.Check(free, facts); v.Decision != guard.Pass {
			d.Parts[0].Text = body
		}
	}
	return Outgoing{Draft: d, Facts: facts, Verdict: b.filter.Check(d, facts)}, nil
}

// asNotice turns a filled reply into a system notice that carries an agent's name.
func asNotice(o Outgoing, name string) Outgoing {
	o.Draft.Author, o.Draft.Kind = guard.System, guard.Notice
	if name != "" {
		o.Draft.Parts = append(o.Draft.Parts, guard.Part{Role: "name", Text: name})
	}
	return o
}

// card renders a typed card: Data for the wire, Text as its spoken alternative, and the figures both state.
func (b *Bot) card(conv Conversation, place string, c flows.Card) (guard.Part, []guard.Figure, error) {
	wire := map[string]any{"type": c.Type}
	var figs []guard.Figure
	text, err := "", error(nil)
	switch {
	case c.Balance != nil:
		wire["balance"], figs = c.Balance, balanceFigures(*c.Balance)
		text, err = b.balanceWire(conv.Lang, *c.Balance, wire)
	case c.Offers != nil:
		wire["offers"], figs = c.Offers, offersFigures(*c.Offers)
		wire["why"] = b.whyLines(conv.Lang, c.Offers.Currency, c.Offers.Offers)
		text, err = b.offersText(conv.Lang, *c.Offers)
	case c.Agreement != nil:
		figs = agreementFigures(c.Agreement.Agreement)
		text, err = b.agreementWire(conv, c.Agreement.Agreement, wire)
	case c.Type == "crisis":
		lines := b.words.Hotlines(conv.Lang, place)
		wire["lines"] = lines
		for _, l := range lines {
			text += l.Number + " " + l.Label + "\n"
			figs = append(figs, guard.Figure{Kind: guard.Phone, Text: l.Number, Origin: "hotline"})
		}
	case c.Verify != nil:
		wire["verify"] = c.Verify
		text, err = b.fillCard(conv.Lang, "card_verify", nil)
	case c.Form != nil:
		wire["form"] = c.Form
		text, err = b.fillCard(conv.Lang, "card_form_"+c.Form.Kind, nil)
	default:
		text, err = b.fillCard(conv.Lang, "card_"+c.Type, nil)
	}
	if err != nil {
		return guard.Part{}, nil, err
	}
	wire["text"] = text
	data, err := json.Marshal(wire)
	return guard.Part{Role: "card", Text: text, Data: data}, figs, err
}
