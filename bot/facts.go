package bot

import (
	"context"
	"math"
	"strings"

	"hejie/bot/guard"
	"hejie/flows"
	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// facts are what may be said in a conversation now, each figure with its origin.
func (b *Bot) facts(conv Conversation, cf flows.CaseFile, s flows.State) guard.Facts {
	f := guard.Facts{
		Now: b.now(), Zone: b.zone, Identity: guard.Identity(conv.Identity), Control: guard.Bot,
		Creditor: cf.Creditor.Name, Collector: cf.Creditor.Collector, Jurisdiction: cf.Jurisdiction, DebtorName: cf.Debtor.Name,
	}
	if conv.Control == ByAgent {
		f.Control = guard.Agent
	}
	f.Figures = append(creditorFigures(cf), slotFigures(s.Slots)...) // what the debtor said may be said back
	if conv.Identity != flows.Verified {
		return f
	}
	for _, a := range cf.Accounts {
		f.Figures = append(f.Figures, accountFigures(a)...)
		if a.ID == s.AccountID || len(cf.Accounts) == 1 {
			f.DebtType, f.Stage = a.DebtType, a.Stage
			f.IntendsLitigation, f.ReportsCredit = a.IntendsLitigation, a.ReportsCredit
			f.LimitationExpired = flows.LimitationExpired(a, calendar.Today(b.now(), b.zone))
			f.LimitationTold = flows.LimitationTold(s, a.ID)
		}
	}
	for _, p := range cf.Arrangements {
		o := "arrangement:" + p.ID
		f.Figures = append(f.Figures, money(p.Amount, o), money(p.Total, o), money(p.Left, o), count(p.Count, o), count(p.Paid, o), count(p.Count-p.Paid, o), date(p.NextDue, o))
	}
	for _, of := range s.Offers {
		f.Figures = append(f.Figures, offerFigures(of)...)
		f.QuoteValidUntil = calendar.Today(of.ValidUntil, b.zone).String()
	}
	for _, c := range cf.Cases {
		f.Figures = append(f.Figures, date(c.Due, "case:"+c.ID), ref(c.ID, "case:"+c.ID))
	}
	return f
}

// agentFacts are the facts of a conversation an agent holds: all its figures, and what the debtor asked last.
func (b *Bot) agentFacts(ctx context.Context, conv Conversation) (guard.Facts, error) {
	cf, err := b.caseFile(ctx, conv, flows.Match{}, conv.DebtorID)
	if err != nil {
		return guard.Facts{}, err
	}
	return b.facts(conv, cf, conv.State), nil
}

func money(a ledger.Amount, origin string) guard.Figure {
	return guard.Figure{Kind: guard.Money, Value: int64(a), Origin: origin}
}

func count(n int, origin string) guard.Figure {
	return guard.Figure{Kind: guard.Count, Value: int64(n), Origin: origin}
}

func date(d calendar.Date, origin string) guard.Figure {
	return guard.Figure{Kind: guard.Date, Text: d.String(), Origin: origin}
}

func ref(s, origin string) guard.Figure {
	return guard.Figure{Kind: guard.Ref, Text: s, Origin: origin}
}

func creditorFigures(cf flows.CaseFile) []guard.Figure {
	figs := []guard.Figure{
		{Kind: guard.Phone, Text: cf.Creditor.Hotline, Origin: "creditor"},
		{Kind: guard.URL, Text: cf.Creditor.Website, Origin: "creditor"},
		{Kind: guard.URL, Text: cf.Creditor.PayURL, Origin: "creditor"},
		{Kind: guard.Time, Text: cf.Desk.Hours, Origin: "desk"},
		date(calendar.Today(cf.Now, cf.Zone), "clock"),
	}
	for _, t := range strings.FieldsFunc(cf.Desk.Hours, func(r rune) bool { return r == '-' || r == '–' }) {
		figs = append(figs, guard.Figure{Kind: guard.Time, Text: t, Origin: "desk"})
	}
	return figs
}

func accountFigures(a flows.AccountFile) []guard.Figure {
	o := "balance:" + a.ID
	figs := []guard.Figure{
		money(a.Balance.Total(), o), money(a.DailyInterest, o), money(a.Excess, o), count(a.DaysPastDue, o),
		money(a.Balance.Total()-a.Excess, o), date(a.Balance.AsOf, o), date(a.DueOn, o), date(a.ContractDate, o), date(a.LastEventOn, o), ref(flows.Tail4(a.No), o),
		{Kind: guard.Percent, Value: int64(math.Round(a.AnnualRate * 100)), Origin: o},
	}
	for _, c := range ledger.Components {
		figs = append(figs, money(a.Balance.Get(c), o))
	}
	for _, e := range a.Entries {
		figs = append(figs, money(e.Amount, "entry:"+e.ID), date(e.On, "entry:"+e.ID))
	}
	for _, p := range a.Payments {
		figs = append(figs, money(p.Amount, o), date(p.On, o))
	}
	return figs
}

func slotFigures(slots map[string]flows.Value) []guard.Figure {
	var figs []guard.Figure
	for _, v := range slots {
		switch v.Kind {
		case flows.KindMoney:
			figs = append(figs, money(v.Money, v.Origin))
		case flows.KindCount, flows.KindDay:
			figs = append(figs, count(v.Count, v.Origin))
		case flows.KindDate:
			figs = append(figs, date(v.Date, v.Origin))
		case flows.KindPercent:
			figs = append(figs, guard.Figure{Kind: guard.Percent, Value: int64(math.Round(v.Percent * 100)), Origin: v.Origin})
		case flows.KindPhone:
			for n := range strings.SplitSeq(v.Text, "/") { // 120/110
				figs = append(figs, guard.Figure{Kind: guard.Phone, Text: n, Origin: v.Origin})
			}
		case flows.KindURL:
			figs = append(figs, guard.Figure{Kind: guard.URL, Text: v.Text, Origin: v.Origin})
		case flows.KindTime:
			figs = append(figs, guard.Figure{Kind: guard.Time, Text: v.Text, Origin: v.Origin})
		case flows.KindText:
			figs = append(figs, ref(v.Text, v.Origin))
		}
	}
	return figs
}

func balanceFigures(c flows.BalanceCard) []guard.Figure {
	a := flows.AccountFile{Entries: c.Lines, DailyInterest: c.DailyInterest, No: c.No4}
	a.ID, a.Balance, a.DaysPastDue, a.Excess = c.Account, c.Balance, c.DaysPastDue, c.Excess
	figs := accountFigures(a)
	for _, p := range c.Parts {
		for _, h := range p.How {
			figs = append(figs, money(max(h.Amount, -h.Amount), "balance:"+c.Account), date(h.On, "balance:"+c.Account))
		}
	}
	return figs
}

func offersFigures(c flows.OffersCard) []guard.Figure {
	figs := []guard.Figure{money(c.Balance, "balance"), date(c.FirstFrom, "policy"), date(c.FirstTo, "policy"), count(c.MinCount, "policy"), count(c.MaxCount, "policy")}
	for _, o := range c.Offers {
		figs = append(figs, offerFigures(o)...)
	}
	return figs
}

func offerFigures(o arrange.Offer) []guard.Figure {
	origin := "offer:" + o.ID
	figs := []guard.Figure{
		money(o.Total, origin), money(o.Waived, origin), money(o.Total+o.Waived, origin),
		count(len(o.Instalments), origin), date(calendar.DateOf(o.ValidUntil), origin), money(o.Cost, origin),
		{Kind: guard.Percent, Value: int64(math.Round(float64(o.APR) / 10_000)), Origin: origin},
	}
	for _, in := range o.Instalments {
		figs = append(figs, money(in.Amount, origin), date(in.Due, origin), count(in.Due.Day, origin), money(in.Accrued, origin), date(in.MovedFrom, origin),
			money(in.Principal, origin), money(in.Interest, origin), money(in.Penalty, origin), money(in.Fees, origin))
	}
	for _, r := range o.Why {
		figs = append(figs, money(r.Amount, origin), count(r.Count, origin), date(r.Date, origin),
			guard.Figure{Kind: guard.Percent, Value: int64(r.Pct) * 100, Origin: origin})
	}
	return figs
}

func agreementFigures(a arrange.Agreement) []guard.Figure {
	origin := "agreement:" + a.ID
	figs := append(offerFigures(a.Offer), ref(a.ID, origin), ref(a.No4, origin), money(a.Before.Total(), origin), date(a.Before.AsOf, origin),
		date(calendar.DateOf(a.DrawnUp), origin), date(calendar.DateOf(a.ExpiresAt), origin))
	for _, c := range ledger.Components {
		figs = append(figs, money(a.Before.Get(c), origin))
	}
	// The approved clauses say "one payment", "two in a row" and "within three days".
	return append(figs, count(1, "term:missed_payment"), count(2, "term:missed_payment"), count(3, "term:withdraw_3_days"))
}
