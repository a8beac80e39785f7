package understand

import (
	"regexp"
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
	if f.Big || f.Minor < 100 || r.takenOff(f) || r.notThis(f) { // 一分钱都没有 names no sum
		return
	}
	if r.byDay(f) && r.nearest(f, repays) > besideIncome && !r.wants("already_paid", "dispute_amount", "breakdown", "usury") {
		r.hear("affordability_info") // what a day's work brings; of how many days nobody knows
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
	if (role == "role_income" || role == "role_outgoings") && r.near(f, role) > 2 && r.near(f, "role_pay_verb") <= 1 && r.nearest(f, roughly) > 1 {
		role = "role_monthly" // 每月支出3000，能还500
	}
	if role == "role_monthly" && r.near(f, "role_income") <= besideIncome && r.nearest(f, repays) > besideIncome {
		role = "role_income" // 一个月就两千块退休金: what comes in, not what is offered
	}
	if role == "role_monthly" && r.goesOut(f) {
		role = "role_outgoings" // petrol and rent come to 900 a month
	}
	if r.isDown(f) {
		role = "role_lump"
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
		r.income(v, f, sure)
		return
	case "role_outgoings":
		r.addOutgoings(perMonth(r, f, v), sure)
		return
	case "role_monthly":
		r.set(flows.SlotMonthly, v, sure)
		return
	case "role_lump":
		r.set(flows.SlotLump, v, sure)
		return
	}
	switch {
	case (r.in.Context == "ask_income" || r.in.Context == "ask_monthly_amount") && r.isLeft(f):
		r.set(flows.SlotMonthly, v, min(sure, 0.7)) // what is left over is what can be paid
	case r.wants("already_paid"):
		r.set(flows.SlotPaidAmount, v, sure)
	case r.isWage(f), r.in.Context == "ask_income" && !r.has(flows.SlotIncome) && !r.has(flows.SlotOutgoings):
		r.income(v, f, sure)
	case r.in.Context == "ask_income" && r.mentions(upAndDown): // a good month and a bad one: what can be counted on
		r.lessIncome(v)
	case r.budgeting(f):
		r.addOutgoings(v, min(sure, 0.7))
	case r.in.Context == "ask_income": // one more figure of a household: whose it is, nobody said
	case r.in.Context == "ask_monthly_amount":
		r.set(flows.SlotMonthly, v, sure)
	case r.wants("settlement_offer"):
		r.set(flows.SlotLump, v, sure)
	default:
		r.set(flows.SlotAmount, v, min(sure, 0.7))
	}
}

// roughly stand before any sum, whatever it is for.
var roughly = []string{"about", "around", "大概"}

// besideIncome is how near a word of income stands to the sum it names.
const besideIncome = 4

var (
	downAfter  = regexp.MustCompile(`^ ?(yuan |rmb |cny |dollars |quid |pounds |bucks )?(as a |for a |as )?(down\b|deposit\b|up ?front\b)`)
	downBefore = regexp.MustCompile(`\b(put|pay|with|of) (down|a deposit of) (about |around |a |)$`)
)

// isDown: a first payment before the parts: 2000 down and the rest over six months.
func (r *reading) isDown(f *figure) bool {
	return downAfter.MatchString(string(r.n.rs[min(f.to, len(r.n.rs)):])) || downBefore.MatchString(string(r.n.rs[:f.from]))
}

// paidOut stands before wages without a word for them: 10号发4500，房租1800.
var paidOut = regexp.MustCompile(`(号|日|月|都|才|就|只|能|我)发(个|了|到手|大概|差不多)?$`)

// isWage: the sum is what comes in, by the verb right before it.
func (r *reading) isWage(f *figure) bool { return paidOut.MatchString(string(r.n.rs[:f.from])) }

// income is asked for by the month: a weekly wage is reckoned to one, a day's pay tells nothing of how many days are worked.
func (r *reading) income(v flows.Value, f *figure, sure float64) {
	around := r.around(f)
	switch {
	case r.byDay(f):
		return
	case f.Per == "week" || aWeek.MatchString(around):
		v.Money, sure = v.Money*52/12, min(sure, 0.7)
	}
	r.set(flows.SlotIncome, v, sure)
}

// elsewhere names other lenders: what goes to them each month is spent.
var elsewhere = regexp.MustCompile(`(别|其他|其它|另外[一二两三几]?)(家|处|的(平台|银行|网贷|贷款|卡|债)|平台|银行|网贷|贷款|信用卡)|\b(other|another) (lenders?|cards?|loans?|banks?|debts?|company|companies)\b`)

// goesOut: the sum of a month is what is spent, and no wish to pay: it stands with what it is spent on, or goes to somebody else.
func (r *reading) goesOut(f *figure) bool {
	a, b := r.n.clause(f.from)
	s := string(r.n.rs[a:b])
	if elsewhere.MatchString(s) && !strings.Contains(s, "你们") && !strings.Contains(s, " you") {
		return true
	}
	return r.near(f, "role_outgoings") <= 24 && r.nearest(f, repays) > 24
}

func (r *reading) around(f *figure) string {
	return string(r.n.rs[max(0, f.from-8):min(len(r.n.rs), f.to+12)])
}

func (r *reading) byDay(f *figure) bool { return f.Per == "day" || aDay.MatchString(r.around(f)) }

// perMonth reckons a weekly sum to a month.
func perMonth(r *reading, f *figure, v flows.Value) flows.Value {
	if f.Per == "week" || aWeek.MatchString(r.around(f)) {
		v.Money = v.Money * 52 / 12
	}
	return v
}

var (
	aDay   = regexp.MustCompile(`(一天|每天|日薪|一日|日结)|\b((a|per|each) day|daily)\b`)
	aWeek  = regexp.MustCompile(`(一周|每周|周薪|一个?(星期|礼拜)|每个?(星期|礼拜))|\b((a|per|each|every) week|weekly)\b`)
	left   = regexp.MustCompile(`(只|还|能|就|大概)?(剩|余|结余|富余|攒)(下|个|了|大概|大约|有|得|到)*$`)
	leftEn = regexp.MustCompile(`^ ?(yuan |pounds |quid |dollars |bucks )?(is |thats )?(left( over)?|spare|to spare|over at the end)\b`)
	less   = regexp.MustCompile(`(再|能|可以|便宜|给我)?(少|低|减|降|砍|抹|便宜)(个|掉|了|点|我|去)?$`)
	wrong  = regexp.MustCompile(`(不是|不系|并非|而非|\bnot|instead of|rather than) ?$`)
)

// isLeft: what remains of a month's money.
func (r *reading) isLeft(f *figure) bool {
	return left.MatchString(string(r.n.rs[:f.from])) || leftEn.MatchString(string(r.n.rs[min(f.to, len(r.n.rs)):]))
}

// takenOff: 再少一百 says by how much the terms in view should change, not what they should be.
func (r *reading) takenOff(f *figure) bool {
	return slices.Contains(onTable, r.in.Context) && less.MatchString(string(r.n.rs[:f.from])) && !r.wants("settlement_offer", "waiver_request")
}

// notThis: the wrong one of two figures: 是1500不是500.
func (r *reading) notThis(f *figure) bool {
	return len(r.figs) > 1 && wrong.MatchString(string(r.n.rs[:f.from]))
}

// upAndDown tell that what comes in changes from month to month.
var upAndDown = []string{"多的时候", "少的时候", "好的时候", "差的时候", "旺季", "淡季", "有时", "不稳定", "不一定", "好的话", "差的话", "good month", "bad month", "slow month", "varies", "sometimes", "depends"}

func (r *reading) lessIncome(v flows.Value) {
	for _, c := range r.slots {
		if c.Slot == flows.SlotIncome && c.Value.Money < v.Money {
			return
		}
	}
	r.set(flows.SlotIncome, v, 0.6)
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
	case small && (r.near(f, "role_count") <= 2 || f.Micro > 1_000_000 && splitInto.MatchString(string(r.n.rs[:f.from]))):
		f.Count = f.Micro / 1_000_000
		r.count(f)
	case r.in.Context == "ask_count" && small && f.Count > 0 && !f.Range:
		r.count(f)
		f.Kind = text.FigCount
	case r.in.Context == "ask_count" && small, slices.Contains(onTable, r.in.Context) && small && f.Count > 1 && f.Count < leastSum && r.wants("correction", "counter_offer", "instalment_request"):
		r.count(f)
	case r.in.Context == "offer_plan" && whole && f.Count <= 3 && len(r.n.rs) <= 4:
		r.set(flows.SlotChoice, flows.Value{Kind: flows.KindCount, Count: int(f.Count)}, 0.8)
	case r.in.Context == "ask_monthly_amount", r.in.Context == "ask_income", slices.Contains(onTable, r.in.Context) && f.Count >= leastSum:
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
	case r.sumWithoutUnit(f), whole && f.Micro >= 10_000_000 && len(r.figs) == 1 && r.mentions(caps) && r.near(f, "role_count") > 2:
		r.money(&asMoney)
		r.promote(f, &asMoney)
	}
}

// onTable are the questions put with terms in view.
var onTable = []string{"offer_plan", "confirm_plan"}

// splitInto stands before the number of parts.
var splitInto = regexp.MustCompile(`(\b(split|spread|divide|break|do|pay|cut) (it|this|that|them|the \w+|my \w+)( up| out| off)? (in|into|over|across)|拆成|摊成|分成|分作) ?$`)

// leastSum is from which number on a bare figure after an offer is another amount rather than another count.
const leastSum = 50

// promote shows a number that words made money as the money it is.
func (r *reading) promote(f, m *figure) {
	f.Kind, f.Minor, f.Min, f.Max, f.Currency = text.FigMoney, m.Minor, m.Min, m.Max, r.currency()
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
	case r.in.Context == "ask_date" && !r.in.Now.IsZero(): // 给我十天
		if d, ok := r.later(f); ok {
			r.set(flows.SlotDate, flows.Value{Kind: flows.KindDate, Date: d}, 0.75)
		}
	case ok && slices.Contains(onTable, r.in.Context) && len(r.n.rs) <= bareLength && !r.wants("deferral_request"): // 12个月的
		r.set(flows.SlotCount, flows.Value{Kind: flows.KindCount, Count: months}, 0.8)
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
