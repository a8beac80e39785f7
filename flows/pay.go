package flows

import (
	"slices"
	"strings"

	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// means are the debtor's, as told before and in this conversation.
func (t *turn) means() arrange.Means {
	m := arrange.Means{}
	if t.st.Identity == Verified {
		m = t.cf.Debtor.Means
	}
	if n := t.mem.Means; n != nil {
		if n.MonthlyIncome != nil {
			m.MonthlyIncome = n.MonthlyIncome
		}
		if n.MonthlyOutgoings != nil {
			m.MonthlyOutgoings = n.MonthlyOutgoings
		}
		if n.Payday > 0 {
			m.Payday = n.Payday
		}
		if n.Reason != "" {
			m.Reason = n.Reason
		}
	}
	return m
}

// readMeans takes what the debtor tells of income, outgoings, payday and reason.
func (t *turn) readMeans() {
	if !t.gave(SlotIncome, SlotOutgoings, SlotPayday, SlotReason) {
		return
	}
	m := arrange.Means{}
	if t.mem.Means != nil {
		m = *t.mem.Means
	}
	if v, ok := t.set[SlotIncome]; ok && v.Money >= 0 {
		m.MonthlyIncome = &v.Money
	}
	if v, ok := t.set[SlotOutgoings]; ok && v.Money >= 0 {
		if m.MonthlyOutgoings != nil && t.oneMore() {
			v.Money += *m.MonthlyOutgoings
		}
		m.MonthlyOutgoings = &v.Money
	}
	if v, ok := t.set[SlotPayday]; ok && v.Count >= 1 && v.Count <= 31 {
		m.Payday = v.Count
	}
	if v, ok := t.set[SlotReason]; ok {
		m.Reason = v.Text
	}
	t.mem.Means = &m
	t.add(Effect{Kind: EffMeans, Means: &m})
}

// oneMore: what is spent comes out bit by bit; one more item is added to those told before. A correction, and the answer to how much it
// is in all, replace them.
func (t *turn) oneMore() bool {
	asked := t.open.Flow == "payment_arrangement" && slices.Contains([]string{"ask_outgoings", "ask_means", "ask_monthly"}, t.open.Step)
	inAll := func(w string) bool { return strings.Contains(strings.ToLower(t.cf.Said), w) }
	return !asked && !t.has("correction") && !slices.ContainsFunc([]string{"一共", "总共", "總共", "加起来", "加起來", "合计", "in all", "in total", "altogether", "all together", "all in"}, inAll)
}

func firstDate(s map[string]Value, slots ...string) calendar.Date {
	for _, k := range slots {
		if d := s[k].Date; !d.IsZero() {
			return d
		}
	}
	return calendar.Date{}
}

// promiseTerms reads the promise so far: which of date and amount is missing, and whether it can be noted.
func promiseTerms(t *turn) string {
	s := t.st.Slots
	on := firstDate(s, SlotDate, SlotFirstDue, SlotDeferTo, SlotPaidOn)
	if on.IsZero() && s[SlotDayOfMonth].Count > 0 {
		on = t.today().NextDay(s[SlotDayOfMonth].Count)
	}
	amount := firstMoney(s, SlotAmount, SlotLump, SlotMonthly, SlotPaidAmount)
	a := t.account()
	if amount <= 0 && a != nil && t.about() == TopicAllLater { // "all of it on Friday" names the sum
		amount = a.Balance.Total()
		if t.mem.PromisedOn == t.today() && t.mem.Promised < amount { // "the rest at the end of the month", after a part today
			amount -= t.mem.Promised
		}
		s[SlotAmount] = Value{Kind: KindMoney, Money: amount, Origin: "balance:" + a.ID}
	}
	days := t.limits().MaxPromiseDays
	latest := t.today().AddDays(days)
	switch {
	case a == nil || a.Balance.Total() <= 0:
		return "zero"
	case on.IsZero():
		return "no_date"
	case on.Before(t.today()):
		t.forget(SlotDate, SlotFirstDue, SlotDeferTo, SlotPaidOn)
		return "past"
	case days > 0 && on.After(latest):
		t.forget(SlotDate, SlotFirstDue, SlotDeferTo, SlotPaidOn)
		t.vars["promise_latest"] = Value{Kind: KindDate, Date: latest, Origin: "policy:" + t.limits().Policy}
		return "too_late"
	case amount <= 0:
		return "no_amount"
	case amount > a.Balance.Total():
		t.forget(SlotAmount, SlotLump, SlotMonthly, SlotPaidAmount)
		return "too_much"
	}
	rest := a.Balance.Total() - amount
	t.promise(on, amount)
	if on == t.today() && rest > 0 { // nothing to remind of; what stays open is named instead
		t.vars["left"] = Value{Kind: KindMoney, Money: rest, Origin: "balance:" + a.ID}
		return "part"
	}
	return "noted"
}

func (t *turn) promise(on calendar.Date, amount ledger.Amount) {
	t.vars["promise_on"] = Value{Kind: KindDate, Date: on, Origin: "debtor"}
	t.vars["promise_amount"] = Value{Kind: KindMoney, Money: amount, Origin: "debtor"}
	t.add(Effect{Kind: EffPromise, Promise: &Promise{On: on, Amount: amount}})
	t.mem.PromisedOn, t.mem.Promised = on, amount
	t.outcome("promise")
	closeTalk(t)
	t.forget(SlotPaidOn, SlotPaidAmount)
}

func (t *turn) forget(slots ...string) {
	for _, s := range slots {
		delete(t.st.Slots, s)
	}
}

// nearDays is how far a remembered payment date may be from the booked one.
const nearDays = 3

// findPayment compares what the debtor says was paid with what the creditor has seen.
func findPayment(t *turn) string {
	a := t.account()
	if a == nil {
		return "ask"
	}
	on := firstDate(t.st.Slots, SlotPaidOn, SlotDate, SlotFirstDue)
	if on.After(t.today()) { // nobody has paid tomorrow: a day without a year was last year's
		on = calendar.Date{Year: on.Year - 1, Month: on.Month, Day: on.Day}
	}
	amount := firstMoney(t.st.Slots, SlotPaidAmount, SlotAmount, SlotLump, SlotMonthly)
	var best *PaymentSeen
	for i := range a.Payments {
		p := &a.Payments[i]
		if amount > 0 && p.Amount != amount {
			continue
		}
		if off := p.On.DaysSince(on); !on.IsZero() && (off < -nearDays || off > nearDays) {
			continue
		}
		if best == nil || p.On.After(best.On) {
			best = p
		}
	}
	if best != nil {
		origin := "balance:" + a.ID
		t.vars["paid_on"] = Value{Kind: KindDate, Date: best.On, Origin: origin}
		t.vars["paid_amount"] = Value{Kind: KindMoney, Money: best.Amount, Origin: origin}
		t.forget(SlotPaidOn, SlotPaidAmount, SlotDate, SlotAmount)
		if best.State == "in_transit" {
			return "in_transit"
		}
		return "posted"
	}
	if (on.IsZero() || amount == 0) && !t.mem.Asked {
		t.mem.Asked = true
		return "ask"
	}
	t.mem.Asked = false
	t.forget(SlotPaidOn, SlotPaidAmount, SlotDate, SlotAmount)
	return "not_found"
}

// transit puts a payment on its way into the slots, if there is one.
func (t *turn) transit() bool {
	a := t.account()
	if a == nil {
		return false
	}
	i := slices.IndexFunc(a.Payments, func(p PaymentSeen) bool { return p.State == "in_transit" })
	if i < 0 {
		return false
	}
	t.vars["paid_on"] = Value{Kind: KindDate, Date: a.Payments[i].On, Origin: "balance:" + a.ID}
	t.vars["paid_amount"] = Value{Kind: KindMoney, Money: a.Payments[i].Amount, Origin: "balance:" + a.ID}
	return true
}
