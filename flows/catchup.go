package flows

import (
	"slices"
	"strings"

	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// Catching up: a payment of a running plan is late, or will be by some days, and a day is named for it. The plan stays as agreed; what
// was named is noted like any promise.

// newDay is the day a payment is to come on, as this turn names it.
func (t *turn) newDay() calendar.Date {
	if d := firstDate(t.set, SlotDeferTo, SlotDate, SlotFirstDue); !d.IsZero() {
		return d
	}
	if v, ok := t.set[SlotDayOfMonth]; ok && v.Count >= 1 && v.Count <= 31 {
		return t.today().NextDay(v.Count)
	}
	return calendar.Date{}
}

// lateOn is what of a running plan is due and has not come.
func (t *turn) lateOn(p *RunningPlan) ledger.Amount {
	if p == nil || p.NextDue.IsZero() || !p.NextDue.Before(t.today()) {
		return 0
	}
	if run, ok := t.running(); ok && p.Offer != nil {
		return run.Status(t.today(), t.limits()).Late
	}
	return p.Amount
}

// catchesUp: this turn speaks of a payment that is missed, or names a day a little after its due date.
func (t *turn) catchesUp(p *RunningPlan) bool {
	if t.about() == TopicCatchUp {
		return true
	}
	if t.open.Flow == "change_plan" && len(t.said) == 0 && t.about() == "" && t.mem.Change != nil && t.mem.Change.Skip && !t.newDay().IsZero() { // "until the 25th"
		return t.newDay().After(p.NextDue) && t.newDay().Before(p.NextDue.AddMonths(1, p.NextDue.Day))
	}
	if t.about() != "" && t.about() != TopicSkip || !t.has("deferral_request", "promise_to_pay", "change_plan") && t.about() != TopicSkip || t.gave(SlotCount, SlotMonthly, SlotSteps, SlotPaidOn) {
		return false
	}
	if t.lateOn(p) > 0 || t.fewDays() {
		return true
	}
	on := t.newDay()
	if t.about() == TopicSkip && (on.AddDays(1).Day == 1 || on == t.today().AddMonths(1, t.today().Day)) {
		return false // "leave December out", "a month later" name no day to pay on
	}
	return !on.IsZero() && !p.NextDue.IsZero() && on.After(p.NextDue) && on.Before(p.NextDue.AddMonths(1, p.NextDue.Day))
}

// fewDays: some days later, and no day named: the payment comes this month, it is not left out.
func (t *turn) fewDays() bool {
	said := strings.ToLower(t.cf.Said)
	return t.newDay().IsZero() && slices.ContainsFunc([]string{"几天", "幾天", "两天", "兩天", "几日", "幾日", "few days", "couple of days", "a bit late", "bit later"}, func(w string) bool {
		return strings.Contains(said, w)
	})
}

// settleCatchUp makes such a turn about that payment and nothing else.
func (t *turn) settleCatchUp() bool {
	p := t.runningPlan()
	if p == nil || t.has("already_paid", "payoff_quote") || t.has("affirm") && t.st.Pending != nil || !t.catchesUp(p) {
		return false
	}
	if on := t.newDay(); !on.IsZero() {
		t.set[SlotDate] = Value{Kind: KindDate, Date: on, Origin: "debtor"}
	}
	for _, s := range []string{SlotDeferTo, SlotFirstDue, SlotDayOfMonth, SlotCount} {
		delete(t.set, s)
	}
	t.drop("deferral_request", "promise_to_pay", "change_plan", "plan_status", "counter_offer", "instalment_request", "pay_now", "payment_method")
	t.set[SlotTopic] = Value{Kind: KindText, Text: TopicCatchUp, Origin: "debtor"}
	return true
}

// catchUp notes the day for the payment that is late or next, within the days a promise may take.
func catchUp(t *turn) string {
	p := t.runningPlan()
	if p == nil || p.Amount <= 0 {
		return "none"
	}
	late := t.lateOn(p)
	amount := late
	if amount <= 0 {
		amount = p.Amount
	}
	if v := firstMoney(t.set, SlotAmount, SlotLump); v > 0 && v <= amount {
		amount = v
	}
	on, days := t.newDay(), t.limits().MaxPromiseDays
	t.vars["amount"] = Value{Kind: KindMoney, Money: amount, Origin: "arrangement:" + p.ID}
	switch {
	case (on.IsZero() || on.Before(t.today())) && late <= 0:
		return "ahead"
	case on.IsZero() || on.Before(t.today()):
		return "ask"
	case days > 0 && on.After(t.today().AddDays(days)):
		t.forget(SlotDate)
		if late <= 0 {
			t.mem.Change = &arrange.Change{Skip: true}
			return "skip"
		}
		return "person"
	}
	t.promise(on, amount)
	return "noted"
}
