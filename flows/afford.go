package flows

import (
	"strconv"
	"strings"

	"hejie/flows/arrange"
	"hejie/flows/ledger"
)

// Listening before offering: reason, income, what a month costs; what is left is what a plan may take.

// meansTold tells whether both income and outgoings were told in this conversation.
func (t *turn) meansTold() bool {
	m := t.mem.Means
	return m != nil && m.MonthlyIncome != nil && m.MonthlyOutgoings != nil
}

// planLabel is how much is known of a wish to pay in parts.
func planLabel(t *turn) string {
	m, s := t.means(), t.st.Slots
	told := t.gave(SlotIncome, SlotOutgoings)
	switch {
	case s[SlotCount].Count > 0 || firstMoney(s, SlotMonthly, SlotAmount) > 0 || s[SlotSteps].Text != "" || t.downPayment() > 0:
		return "known"
	case told && t.meansTold():
		t.mem.ByMeans = true
		return "means"
	case told && m.MonthlyIncome == nil:
		return "ask_income"
	case told && m.MonthlyOutgoings == nil:
		return "ask_outgoings"
	case t.about() == TopicUnsure && t.meansTold():
		t.mem.ByMeans = true
		return "means"
	case t.about() == TopicUnsure:
		return "ask_means"
	case t.about() == TopicPropose:
		return "known"
	case s[SlotDayOfMonth].Count > 0 || !firstDate(s, SlotFirstDue, SlotDate).IsZero() || m.MonthlyIncome != nil && m.MonthlyOutgoings != nil:
		return "known"
	}
	return "ask"
}

// afford says what is left by what was told.
func afford(t *turn) string {
	l := t.limits()
	a := arrange.Afford(t.means(), l)
	if !a.Known {
		return "some"
	}
	money := func(v ledger.Amount) Value { return Value{Kind: KindMoney, Money: v, Origin: "debtor"} }
	t.vars["income"], t.vars["outgoings"], t.vars["left"] = money(a.Income), money(a.Outgoings), money(a.Amount)
	if a.Amount < l.MinMonthly {
		t.mem.Low = true
		return "none"
	}
	return "some"
}

// downPayment is a first payment with the rest in parts: a sum at once beside a wish to pay in instalments.
func (t *turn) downPayment() ledger.Amount {
	if k := t.mem.Kind; k != "" && k != arrange.Instalments {
		return 0
	}
	return t.st.Slots[SlotLump].Money
}

// stepsOf reads "3:30000,0:100000".
func stepsOf(s string) []arrange.Step {
	var out []arrange.Step
	for _, part := range strings.Split(s, ",") {
		n, a, ok := strings.Cut(part, ":")
		count, err1 := strconv.Atoi(n)
		amount, err2 := strconv.ParseInt(a, 10, 64)
		if !ok || err1 != nil || err2 != nil {
			return nil
		}
		out = append(out, arrange.Step{Count: count, Amount: ledger.Amount(amount)})
	}
	return out
}

// hearMeans is the answer to "what comes in, what goes out".
func hearMeans(t *turn) string {
	switch {
	case t.gave(SlotIncome, SlotOutgoings), t.gave(SlotCount, SlotMonthly, SlotSteps, SlotEvery):
		return "given"
	case t.press == "show_offers", t.about() == TopicPropose, t.about() == TopicNoSay, t.has("affirm", "counter_offer"):
		return "any"
	case t.has("deny"):
		return "no"
	case t.about() == TopicUnsure:
		return "any"
	}
	return ""
}
