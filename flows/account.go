package flows

import (
	"slices"

	"hejie/flows/arrange"
)

// account is the debt in focus, nil until identity is verified and one is chosen. Nothing reads accounts any other way.
func (t *turn) account() *AccountFile {
	if t.st.Identity != Verified || t.mem.Third {
		return nil
	}
	if len(t.cf.Accounts) == 1 {
		t.st.AccountID = t.cf.Accounts[0].ID
		return &t.cf.Accounts[0]
	}
	for i := range t.cf.Accounts {
		if t.cf.Accounts[i].ID == t.st.AccountID && t.st.AccountID != "" {
			return &t.cf.Accounts[i]
		}
	}
	return nil
}

// limits for the account in focus; without a policy nothing may be arranged.
func (t *turn) limits() arrange.Limits {
	if t.cf.Policy == nil {
		return arrange.Limits{InformOnly: true}
	}
	f := t.policyFacts()
	f.Round, f.Today = t.mem.Talk.Round, t.today()
	a := arrange.Account{}
	if acc := t.account(); acc != nil {
		a = acc.Account
	}
	return t.cf.Policy.LimitsAt(a, f)
}

func (t *turn) runningPlan() *RunningPlan {
	if t.st.Identity != Verified || t.mem.Third {
		return nil
	}
	for i := range t.cf.Arrangements {
		p := &t.cf.Arrangements[i]
		if slices.Contains(t.mem.Withdrawn, p.ID) { // the record still shows it, until it is read again
			continue
		}
		if p.AccountID == "" || t.st.AccountID == "" || p.AccountID == t.st.AccountID {
			return p
		}
	}
	return nil
}

func (t *turn) holdOn(reasons []string) bool {
	in := func(h Hold) bool { return slices.Contains(reasons, h.Reason) }
	return slices.ContainsFunc(t.mem.Holds, in) || t.st.Identity == Verified && slices.ContainsFunc(t.cf.Holds, in)
}

// notSellable says why no arrangement is discussed now, or "ok".
func notSellable(t *turn) string {
	a := t.account()
	switch {
	case a == nil:
		return "ok"
	case a.DebtType == "tax" || t.cf.Creditor.Profile == "TAX" || t.limits().InformOnly:
		return "tax"
	case t.holdOn(sellingStops):
		return "hold"
	case t.runningPlan() != nil:
		return "plan"
	case slices.Contains(t.mem.AgreedOn, a.ID):
		return "agreed"
	case a.Balance.Total() <= 0:
		return "zero"
	}
	return "ok"
}

func canSell(t *turn) bool { return t.account() != nil && notSellable(t) == "ok" }

func (t *turn) limitationToSay() bool {
	a := t.account()
	return a != nil && LimitationExpired(*a, t.today()) && !slices.Contains(t.mem.Informed, a.ID)
}

// listAccounts reads the accounts out, so that one can be named by its number.
func listAccounts(t *turn) string {
	if len(t.cf.Accounts) == 0 {
		return "none"
	}
	t.vars["count"] = Value{Kind: KindCount, Count: len(t.cf.Accounts), Origin: "balance:all"}
	t.say("ask_account")
	delete(t.vars, "count")
	for i, a := range t.cf.Accounts {
		origin := "balance:" + a.ID
		t.vars["n"] = Value{Kind: KindCount, Count: i + 1, Origin: origin}
		t.vars["debt_type"] = Value{Kind: KindText, Text: t.e.cat.Label(t.cf.Lang, "debt_type", a.DebtType), Origin: origin}
		t.vars["no4"] = Value{Kind: KindText, Text: Tail4(a.No), Origin: origin}
		t.say("account_line")
	}
	return "listed"
}

// hearAccount takes a number from the list.
func hearAccount(t *turn) string {
	for _, s := range []string{SlotChoice, SlotCount} {
		if v, ok := t.set[s]; ok && v.Count >= 1 && v.Count <= len(t.cf.Accounts) {
			t.st.AccountID = t.cf.Accounts[v.Count-1].ID
			delete(t.st.Slots, s)
			return "chosen"
		}
	}
	return ""
}

// cardDef builds a card.
type cardDef struct {
	private bool
	build   func(*turn) *Card
}

var cards = map[string]cardDef{
	"verify": {false, func(t *turn) *Card {
		return &Card{Type: "verify", Verify: &VerifyCard{Methods: factors, Tries: t.triesLeft()}}
	}},
	"crisis":        {false, func(*turn) *Card { return &Card{Type: "crisis"} }},
	"form_hardship": {false, func(*turn) *Card { return &Card{Type: "form", Form: &FormCard{Kind: "hardship"}} }},
	"form_dispute":  {false, func(*turn) *Card { return &Card{Type: "form", Form: &FormCard{Kind: "dispute"}} }},
	"balance":       {true, balanceCard},
	"offers":        {true, offersCard},
	"agreement":     {true, agreementCard},
}

func balanceCard(t *turn) *Card {
	a := t.account()
	if a == nil {
		return nil
	}
	return &Card{Type: "balance", Balance: &BalanceCard{
		Account: a.ID, No4: Tail4(a.No), DebtType: a.DebtType, Currency: a.Currency, Balance: a.Balance, DaysPastDue: a.DaysPastDue,
		DailyInterest: a.DailyInterest, Excess: a.Excess, Lines: slices.Clone(a.Entries), Parts: statement(*a),
	}}
}

func offersCard(t *turn) *Card {
	a := t.account()
	if a == nil || len(t.st.Offers) == 0 {
		return nil
	}
	b := arrange.Bounds(t.request(t.wish()))
	return &Card{Type: "plan_offer", Offers: &OffersCard{
		Currency: a.Currency, Balance: a.Balance.Total(), Offers: slices.Clone(t.st.Offers), Met: t.mem.Met,
		MinCount: b.MinCount, MaxCount: b.MaxCount, FirstFrom: b.FirstFrom, FirstTo: b.FirstTo,
	}}
}

func agreementCard(t *turn) *Card {
	if t.st.Pending == nil {
		return nil
	}
	return &Card{Type: "agreement", Agreement: &AgreementCard{Agreement: *t.st.Pending}}
}
