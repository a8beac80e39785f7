package understand

import (
	"slices"
	"strings"

	"hejie/bot/text"
	"hejie/flows"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// set adds a slot. A slot said twice keeps the later value: people correct themselves in the same breath.
func (r *reading) set(slot string, v flows.Value, sure float64) {
	v.Origin = "debtor"
	c := flows.Command{Do: flows.DoSet, Slot: slot, Value: v, Confidence: sure}
	for i := range r.slots {
		if r.slots[i].Slot == slot {
			r.slots[i] = c
			return
		}
	}
	r.slots = append(r.slots, c)
}

func (r *reading) has(slot string) bool {
	return slices.ContainsFunc(r.slots, func(c flows.Command) bool { return c.Slot == slot })
}

func (r *reading) wants(intents ...flows.Intent) bool {
	return slices.ContainsFunc(r.intents, func(s scored) bool { return slices.Contains(intents, s.intent) })
}

// near is how close one of a role's words stands to the figure, in the same clause; far when none does.
// A word right behind the figure (1500一个月) counts like one before it.
func (r *reading) near(f *figure, role string) int { return r.nearest(f, r.words[role]) }

func (r *reading) nearest(f *figure, words []string) int {
	const far = 99
	a := f.from
	for a > 0 && f.from-a < 20 && !isMark(r.n.rs[a-1]) {
		a--
	}
	b := min(f.to, len(r.n.rs))
	for b < len(r.n.rs) && b-f.to < 14 && !isMark(r.n.rs[b]) {
		b++
	}
	before, after := r.n.rs[a:f.from], r.n.rs[min(f.to, b):b]
	best := far
	for _, w := range words {
		ws := []rune(w)
		for i := len(before) - len(ws); i >= 0; i-- {
			if match(before[i:], ws) {
				best = min(best, len(before)-i-len(ws))
				break
			}
		}
		for i := 0; i+len(ws) <= len(after); i++ {
			if match(after[i:], ws) {
				best = min(best, i+1)
				break
			}
		}
	}
	return best
}

func match(at, word []rune) bool {
	if len(word) > len(at) {
		return false
	}
	for i, c := range word {
		if at[i] != c {
			return false
		}
	}
	return true
}

// role picks the nearest of several roles within reach; the empty string when none is near.
func (r *reading) role(f *figure, roles ...string) string {
	best, at := "", 16
	for _, role := range roles {
		if d := r.near(f, role); d < at {
			best, at = role, d
		}
	}
	return best
}

// maxFigures bounds the figures that are given a role: a text with more is a table somebody pasted, not an answer.
const maxFigures = 64

func (r *reading) fillSlots() {
	for i := range r.figs[:min(len(r.figs), maxFigures)] {
		f := &r.figs[i]
		if f.used {
			continue
		}
		switch f.Kind {
		case text.FigMoney:
			r.money(f)
		case text.FigNumber:
			r.number(f)
		case text.FigCount:
			r.count(f)
		case text.FigDuration:
			r.duration(f)
		case text.FigDate, text.FigRange:
			r.date(f)
		case text.FigDay:
			r.day(f, int(f.Count))
		case text.FigPercent:
			if r.wants("settlement_offer", "waiver_request", "counter_offer") {
				r.set(flows.SlotPercent, flows.Value{Kind: flows.KindPercent, Percent: float64(f.PPM) / 10_000}, 0.8)
			}
		}
	}
	r.choice()
	r.reason()
	if r.wants("legal_consequence") && r.mentions(visits) {
		r.set(flows.SlotTopic, textValue(flows.TopicVisit), 0.8)
	}
	if r.wants("dispute_not_mine", "dispute_amount", "identity_theft", "complaint", "collector_abuse", "already_paid", "usury", "third_party_contacted", "privacy_request") {
		r.set(flows.SlotText, flows.Value{Kind: flows.KindText, Text: strings.TrimSpace(r.in.Text)}, 0.8)
	}
}

func moneyValue(minor int64) flows.Value {
	return flows.Value{Kind: flows.KindMoney, Money: ledger.Amount(minor)}
}

// money gives an amount its role: from the words beside it, else from the question asked, else none.
func (r *reading) money(f *figure) {
	if f.Big || f.Minor <= 0 {
		return
	}
	sure := 0.9
	if f.Range || f.Approx {
		sure = 0.7 // read back before it binds
	}
	v := moneyValue(f.Minor)
	if f.Range && f.Max > f.Min {
		sure = 0.55
	}
	role := r.role(f, "role_monthly", "role_lump", "role_income", "role_outgoings", "role_debt", "role_paid")
	if (role == "role_income" || role == "role_outgoings") && r.near(f, role) > 2 && r.near(f, "role_pay_verb") <= 1 {
		role = "role_monthly" // 每月支出3000，能还500
	}
	switch role {
	case "role_debt":
		return
	case "role_paid":
		if r.wants("already_paid") {
			r.set(flows.SlotPaidAmount, v, sure)
			return
		}
	case "role_income":
		r.set(flows.SlotIncome, v, sure)
		return
	case "role_outgoings":
		r.addOutgoings(v, sure)
		return
	case "role_monthly":
		r.set(flows.SlotMonthly, v, sure)
		return
	case "role_lump":
		r.set(flows.SlotLump, v, sure)
		return
	}
	switch {
	case r.wants("already_paid"):
		r.set(flows.SlotPaidAmount, v, sure)
	case r.budgeting(f):
		r.addOutgoings(v, min(sure, 0.7))
	case r.in.Context == "ask_monthly_amount":
		r.set(flows.SlotMonthly, v, sure)
	case r.in.Context == "ask_income" && !r.has(flows.SlotIncome):
		r.set(flows.SlotIncome, v, sure)
	case r.wants("settlement_offer"):
		r.set(flows.SlotLump, v, sure)
	default:
		r.set(flows.SlotAmount, v, min(sure, 0.7))
	}
}

// addOutgoings sums what is spent: rent and food are two figures of one slot.
func (r *reading) addOutgoings(v flows.Value, sure float64) {
	for _, c := range r.slots {
		if c.Slot == flows.SlotOutgoings {
			v.Money += c.Value.Money
			sure = min(sure, c.Confidence)
		}
	}
	r.set(flows.SlotOutgoings, v, sure)
}

// number is a bare figure: the question asked or the verb beside it says what it counts.
func (r *reading) number(f *figure) {
	if r.in.Context == "ask_date" && r.askedDay(f) {
		return
	}
	if f.Ordinal || f.Big || f.Unit != "" || f.Micro <= 0 || len(f.Digits) > 8 || len(f.Digits) > 1 && f.Digits[0] == '0' {
		return
	}
	whole := f.Micro%1_000_000 == 0
	small := whole && f.Count <= 120
	asMoney := *f
	asMoney.Kind, asMoney.Minor, asMoney.Min, asMoney.Max = text.FigMoney, f.Micro/10_000, f.Min/10_000, f.Max/10_000
	switch {
	case small && r.near(f, "role_count") <= 2:
		f.Count = f.Micro / 1_000_000
		r.count(f)
	case r.in.Context == "ask_count" && small && f.Count > 0 && !f.Range:
		r.count(f)
		f.Kind = text.FigCount
	case r.in.Context == "ask_count" && small, r.in.Context == "confirm_plan" && small && f.Count > 1 && r.wants("correction", "counter_offer"):
		r.count(f)
	case r.in.Context == "offer_plan" && whole && f.Count <= 3 && len(r.n.rs) <= 4:
		r.set(flows.SlotChoice, flows.Value{Kind: flows.KindCount, Count: int(f.Count)}, 0.8)
	case r.in.Context == "ask_monthly_amount", r.in.Context == "ask_income", r.in.Context == "offer_plan" && f.Count >= leastSum:
		r.money(&asMoney)
		r.promote(f, &asMoney)
	case f.Count >= 10 && r.role(f, "role_monthly", "role_lump", "role_income", "role_outgoings") != "" || r.near(f, "role_pay_verb") <= 3 && f.Count >= 10:
		r.money(&asMoney)
		r.promote(f, &asMoney)
	case r.wants("correction", "counter_offer") && f.Count >= 100 && r.near(f, "role_debt") > 4:
		r.money(&asMoney)
		r.promote(f, &asMoney)
	case r.near(f, "role_debt") <= 4 && f.Count >= 10:
		r.promote(f, &asMoney)
	case r.sumWithoutUnit(f):
		r.money(&asMoney)
		r.promote(f, &asMoney)
	}
}

// leastSum is from which number on a bare figure after an offer is another amount rather than another count.
const leastSum = 50

// promote shows a number that words made money as the money it is.
func (r *reading) promote(f, m *figure) {
	cur := r.in.Currency
	if cur == "" {
		cur = "CNY"
	}
	f.Kind, f.Minor, f.Min, f.Max, f.Currency = text.FigMoney, m.Minor, m.Min, m.Max, cur
}

func (r *reading) count(f *figure) {
	if f.Per != "" || r.near(f, "role_overdue") <= 4 && r.near(f, "role_count") > 1 || f.Count <= 0 {
		return
	}
	sure := 0.95
	if f.Range || f.Approx {
		sure = 0.6
	}
	r.set(flows.SlotCount, flows.Value{Kind: flows.KindCount, Count: int(f.Count)}, sure)
}

// duration is a number of instalments beside "split", a postponement beside "give me", else only talk.
func (r *reading) duration(f *figure) {
	if f.Vague || f.Per != "" || r.near(f, "role_overdue") <= 4 || f.Unit == "hour" || f.Unit == "minute" {
		return
	}
	months, ok := inMonths(f)
	split := r.near(f, "role_split") <= 4 || r.in.Context == "ask_count"
	switch {
	case f.Rel == text.RelWithin && !f.DateEnd.IsZero():
		d := *f
		d.Date = f.DateEnd
		r.date(&d)
	case split && ok && !r.wants("deferral_request") || split && ok && r.wants("instalment_request"):
		r.set(flows.SlotCount, flows.Value{Kind: flows.KindCount, Count: months}, 0.85)
	case r.wants("deferral_request") && !r.in.Now.IsZero():
		if d, ok := r.later(f); ok {
			r.set(flows.SlotDeferTo, flows.Value{Kind: flows.KindDate, Date: d}, 0.75)
		}
	}
}

func inMonths(f *figure) (int, bool) {
	switch {
	case f.Unit == "month" && len(f.Duration) > 0 && f.Duration[len(f.Duration)-1] == 'M':
		return int(f.Count), f.Count > 0
	case f.Unit == "year" && f.Duration[len(f.Duration)-1] == 'M': // halves are written in months
		n := 0
		for _, c := range f.Duration {
			if c >= '0' && c <= '9' {
				n = n*10 + int(c-'0')
			}
		}
		return n, n > 0
	case f.Unit == "year":
		return int(f.Count) * 12, f.Count > 0
	}
	return 0, false
}

func (r *reading) later(f *figure) (calendar.Date, bool) {
	today := calendar.Today(r.in.Now, r.in.Zone)
	months, ok := inMonths(f)
	switch {
	case ok:
		return today.AddMonths(months, today.Day), true
	case f.Unit == "month" && f.Duration == "P15D":
		return today.AddDays(15), true
	case f.Unit == "week":
		return today.AddDays(7 * int(f.Count)), true
	case f.Unit == "day":
		return today.AddDays(int(f.Count)), true
	}
	return calendar.Date{}, false
}

// visits tell that a question about consequences is about somebody at the door.
var visits = []string{"上门", "来我家", "到我家", "去我家", "来家里", "到家里", "come to my", "visit my", "visit me", "show up at my", "turn up at my"}
