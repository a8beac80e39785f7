package flows

import (
	"slices"

	"hejie/flows/arrange"
	"hejie/flows/ledger"
	"hejie/flows/policy"
)

// recentDays is how far back a payment still tells of willingness.
const recentDays = 90

// history is what the record shows of payments; whoever writes here came of their own accord.
func (t *turn) history() policy.History {
	h := policy.History{CameSelf: true}
	if a := t.account(); a != nil {
		from := t.today().AddDays(-recentDays)
		for _, p := range a.Payments {
			if p.State != "in_transit" && !p.On.Before(from) {
				h.Recent++
			}
		}
	}
	for _, p := range t.cf.Promises {
		switch {
		case t.st.Identity != Verified:
		case p.State == "kept":
			h.Kept++
		case p.State == "broken":
			h.Broken++
		}
	}
	switch p := t.runningPlan(); {
	case p == nil:
	case p.Offer != nil:
		run, _ := t.running()
		h.OnTime = run.OnTime(t.today(), arrange.Limits{}) // before any grace a policy gives: what it unlocks is the policy's too
	case !p.NextDue.Before(t.today()):
		h.OnTime = p.Paid
	}
	return h
}

// planState tells how the running plan stands by the money that came.
func planState(t *turn) string {
	p := t.runningPlan()
	if p == nil {
		return "none"
	}
	run, ok := t.running()
	if !ok || p.Offer == nil {
		return "running"
	}
	st := run.Status(t.today(), t.limits())
	if st.Late <= 0 {
		return "running"
	}
	t.vars["amount"] = Value{Kind: KindMoney, Money: st.Late, Origin: "arrangement:" + p.ID}
	return "late"
}

// onTime puts the payments made on time into the slots, where a policy lets them count for something still ahead.
func (t *turn) onTime() bool {
	n := t.history().OnTime
	if n == 0 || t.cf.Policy == nil {
		return false
	}
	for _, m := range t.cf.Policy.Points {
		if m.At > n {
			t.vars["n"] = Value{Kind: KindCount, Count: n, Origin: "arrangement:" + t.runningPlan().ID}
			t.vars["count"] = Value{Kind: KindCount, Count: m.At, Origin: "policy:" + t.limits().Policy}
			return true
		}
	}
	return false
}

// policyFacts are the facts limits depend on, with the grid's place for willingness and ability.
func (t *turn) policyFacts() policy.Facts {
	a := t.account()
	if a == nil || t.cf.Policy == nil {
		return policy.Facts{}
	}
	h := t.history()
	return policy.Assess(a.Account, t.means(), h, t.cf.Policy.LimitsFor(a.Account)).Facts(h)
}

// running is the plan under way as the arithmetic wants it. Where only its outline is known, the payments still to come are
// those of the outline, a month apart.
func (t *turn) running() (arrange.Running, bool) {
	p := t.runningPlan()
	if p == nil || p.Count <= p.Paid || p.NextDue.IsZero() || p.Amount <= 0 {
		return arrange.Running{}, false // nothing is left to come
	}
	if p.Offer != nil {
		return arrange.Running{Offer: *p.Offer, Paid: p.Received, Skips: p.Skips}, true
	}
	r := arrange.Running{Offer: arrange.Offer{ID: p.ID, AccountID: p.AccountID, Kind: arrange.Instalments, Total: p.Total}, Skips: p.Skips}
	rest := p.Amount * ledger.Amount(p.Count-p.Paid)
	if p.Left > 0 {
		rest = p.Left
	}
	for i := range p.Count - p.Paid {
		amount := min(p.Amount, rest)
		if i == p.Count-p.Paid-1 {
			amount = rest
		}
		if amount <= 0 {
			break
		}
		rest -= amount
		r.Offer.Instalments = append(r.Offer.Instalments, arrange.Instalment{N: i + 1, Due: p.NextDue.AddMonths(i, p.NextDue.Day), Amount: amount, Principal: amount})
	}
	return r, true
}

// changeWish reads what is wanted of the running plan.
func changeWish(t *turn) string {
	if _, ok := t.running(); !ok {
		return "none"
	}
	extra := firstMoney(t.st.Slots, SlotLump, SlotAmount, SlotMonthly)
	switch {
	case t.about() == TopicPayOff:
		return "payoff"
	case t.about() == TopicExtra || t.mem.Change != nil && t.mem.Change.Extra < 0:
		t.mem.Change = &arrange.Change{Extra: -1} // asked for, the sum is still to come
		if extra <= 0 {
			return "extra_amount"
		}
		t.mem.Change.Extra = extra
		return "quote"
	case t.about() == TopicSkip || t.mem.Change != nil && t.mem.Change.Skip:
		t.mem.Change = &arrange.Change{Skip: true}
		return "quote"
	}
	return "person"
}

// quoteChange lays the changed plan on the table, or says why it cannot be had.
func quoteChange(t *turn) string {
	run, ok := t.running()
	if !ok || t.mem.Change == nil {
		return "refused"
	}
	t.dropPending()
	ans := arrange.ChangePlan(arrange.ChangeRequest{Request: t.request(arrange.Ask{}), Running: run, Change: *t.mem.Change})
	t.st.Offers, t.mem.Kind = nil, arrange.Instalments
	t.forget(SlotLump, SlotAmount, SlotMonthly, SlotCount, SlotDate, SlotDeferTo, SlotFirstDue)
	if ans.Ask != arrange.AskMet || len(ans.Offers) == 0 {
		t.sayWhy(ans)
		return "refused"
	}
	o := t.e.sign(ans.Offers[0])
	t.st.Offers = []arrange.Offer{o}
	t.mem.Chosen = o.ID
	t.add(Effect{Kind: EffOffers, Offers: slices.Clone(t.st.Offers)})
	for _, w := range o.Why {
		if w.Code == arrange.WhySkipped || w.Code == arrange.WhyExtraPaid {
			t.sayReason(w)
		}
	}
	return "met"
}

// planAccount is the debt as the running plan leaves it: what a change of that plan is drawn up on.
func (t *turn) planAccount(a arrange.Account, run arrange.Running) arrange.Account {
	a.Balance, a.Excess = run.Owed(t.today()), 0
	return a
}

// missState says what follows a missed payment of the plan that is meant: the running one, or the one on the table.
func missState(t *turn) string {
	l := t.limits()
	misses := l.Misses
	if misses < 1 {
		misses = 2
	}
	t.vars["count"] = Value{Kind: KindCount, Count: misses, Origin: "policy:" + l.Policy}
	if t.runningPlan() == nil && t.st.Pending == nil && len(t.st.Offers) == 0 && !t.mem.PromisedOn.IsZero() {
		return "promise"
	}
	if run, ok := t.running(); ok {
		if m, ok := run.WhatIfMiss(t.today(), l); ok && m.CanSkip > 0 {
			return "can_skip"
		}
		return "running"
	}
	return "table"
}

// untilKnown: there is something whose last day can be told.
func (t *turn) untilKnown() bool {
	return t.waited || t.open.Flow == "deferral" || t.st.Pending != nil || len(t.st.Offers) > 0 || len(t.mem.Holds) > 0 || t.runningPlan() != nil
}

func untilState(t *turn) string {
	switch {
	case t.open.Flow == "deferral": // asked for a day, the debtor asks for the last one: said, it is there to be taken
		l := t.limits()
		t.mem.Latest = t.today().AddDays(l.MaxDeferDays)
		t.vars["date"] = Value{Kind: KindDate, Date: t.mem.Latest, Origin: "policy:" + l.Policy}
		return "defer"
	case t.st.Pending != nil && len(t.st.Pending.Offer.Instalments) == 1:
		return "once"
	case t.st.Pending != nil:
		return "plan"
	case len(t.st.Offers) > 0:
		o := t.st.Offers[0]
		origin := "offer:" + o.ID
		t.vars["date"] = Value{Kind: KindDate, Date: o.First(), Origin: origin}
		t.vars["amount"] = Value{Kind: KindMoney, Money: o.Instalments[0].Amount, Origin: origin}
		if o.Waived > 0 {
			return "waiver"
		}
		return "offer"
	case !t.mem.HoldUntil.IsZero():
		return "hold"
	case t.waited: // how long until somebody comes
		t.say(t.deskReply("handoff_again", "handoff_again_closed", "handoff_again"))
		t.mem.WaitSaid = t.st.Turns
		return "person"
	case len(t.mem.Holds) > 0:
		return "hold_open"
	case t.runningPlan() != nil:
		return "running"
	}
	return "hold_open"
}

// receiptState finds the last booked payment.
func receiptState(t *turn) string {
	a := t.account()
	if a == nil {
		return "none"
	}
	var last *PaymentSeen
	for i := range a.Payments {
		if p := &a.Payments[i]; p.State == "posted" && (last == nil || p.On.After(last.On)) {
			last = p
		}
	}
	if last == nil {
		return "none"
	}
	origin := "balance:" + a.ID
	t.vars["paid_on"] = Value{Kind: KindDate, Date: last.On, Origin: origin}
	t.vars["paid_amount"] = Value{Kind: KindMoney, Money: last.Amount, Origin: origin}
	return "posted"
}

func supplyState(t *turn) string {
	a := t.account()
	switch {
	case a == nil || a.DebtType != "utility":
		return "other"
	case slices.Contains([]string{"d31-90", "d90+"}, a.Stage):
		return "late"
	case slices.Contains(courtStages, a.Stage):
		return "other"
	}
	return "early"
}

// once tells whether a text is said for the first time in this conversation, and notes that it was.
func (t *turn) once(id string) bool {
	if slices.Contains(t.mem.Told, id) {
		return false
	}
	t.mem.Told = append(t.mem.Told, id)
	return true
}

// taxTopic: tax is explained by what was asked; the statute once.
func taxTopic(t *turn) string {
	switch {
	case t.mem.Topic == "waiver_request" || t.mem.Topic == "settlement_offer" || t.has("waiver_request"):
		return "waiver"
	case t.mem.Topic == "deferral_request":
		return "deferral"
	case t.mem.Topic == "promise_to_pay":
		return "pay"
	}
	return "instalments"
}
