package understand

import (
	"regexp"
	"slices"
	"strings"

	"hejie/bot/text"
	"hejie/flows"
	"hejie/flows/calendar"
)

// day is a day of the month: of the salary, or of the payment.
func (r *reading) day(f *figure, day int) {
	v := flows.Value{Kind: flows.KindDay, Count: day}
	if r.near(f, "role_payday") <= 6 || r.besideWages(f) {
		r.set(flows.SlotPayday, v, 0.9)
		return
	}
	r.set(flows.SlotDayOfMonth, v, 0.9)
}

// thisYear: the time we live in, 我今年七十一了. Within this year is a time limit.
func (r *reading) thisYear(f *figure) bool {
	if f.Text != "今年" && !strings.EqualFold(f.Text, "this year") {
		return false
	}
	after, before := strings.TrimSpace(string(r.n.rs[f.to:])), strings.TrimSpace(string(r.n.rs[:f.from]))
	for _, w := range []string{"内", "之内", "以内", "里"} {
		if strings.HasPrefix(after, w) {
			return false
		}
	}
	return !strings.HasSuffix(before, "within") && !strings.HasSuffix(before, "end of")
}

// date gives a day its role: the words beside it, the main intent, the question asked.
func (r *reading) date(f *figure) {
	d, sure := f.Date, 0.9
	if f.Kind == text.FigRange { // 下个月: a stretch is not a day; its end is proposed and read back
		if r.thisYear(f) {
			return
		}
		d, sure = f.DateEnd, 0.5
	}
	if d.IsZero() || r.ofTheRest(f) {
		return
	}
	if f.Approx {
		sure = min(sure, 0.6)
	}
	if f.Twofold {
		sure = min(sure, 0.5) // 03/04 is asked about
	}
	v := flows.Value{Kind: flows.KindDate, Date: d}
	bareDay := f.Kind == text.FigDate && f.Yearless && f.Count > 0
	if bareDay && (r.near(f, "role_payday") <= 4 || r.besideWages(f)) {
		r.set(flows.SlotPayday, flows.Value{Kind: flows.KindDay, Count: int(f.Count)}, 0.85)
		return
	}
	switch r.role(f, "role_defer", "role_first", "role_paid") {
	case "role_defer":
		if !r.ahead(f) {
			return
		}
		r.set(flows.SlotDeferTo, v, sure)
		return
	case "role_first":
		r.set(flows.SlotFirstDue, v, sure)
		return
	case "role_paid":
		if r.wants("already_paid") {
			r.paidOn(f, sure)
			return
		}
	}
	switch {
	case r.wants("already_paid"):
		r.paidOn(f, sure)
	case r.wants("deferral_request"):
		if r.ahead(f) {
			r.set(flows.SlotDeferTo, v, sure)
		}
	case bareDay && (r.wants("instalment_request", "change_plan") || r.has(flows.SlotMonthly) || r.has(flows.SlotCount)):
		r.set(flows.SlotDayOfMonth, flows.Value{Kind: flows.KindDay, Count: int(f.Count)}, 0.8)
	case r.wants("instalment_request", "counter_offer"):
		r.set(flows.SlotFirstDue, v, min(sure, 0.8))
	default:
		r.set(flows.SlotDate, v, sure)
	}
}

// sumBeside: a sum stands in the clause of the figure.
func (r *reading) sumBeside(f *figure) bool {
	a, b := r.n.clause(f.from)
	return slices.ContainsFunc(r.figs, func(g figure) bool {
		sum := g.Kind == text.FigMoney || g.Kind == text.FigNumber && !g.Ordinal && g.Unit == "" && g.Micro >= leastSum*1_000_000
		return sum && g.from >= a && g.to <= b
	})
}

// besideWages: the day stands in one clause with a sum that comes in: i get 4k on the 15th.
func (r *reading) besideWages(f *figure) bool {
	a, b := r.n.clause(f.from)
	return slices.ContainsFunc(r.figs, func(g figure) bool {
		return (g.Kind == text.FigMoney || g.Kind == text.FigNumber) && g.from >= a && g.from <= b && (r.isWage(&g) || r.role(&g, "role_income", "role_lump", "role_paid", "role_debt") == "role_income")
	})
}

// past are words of what has happened.
var past = []string{
	"还了", "还过", "付了", "付过", "转了", "转过", "交了", "交过", "打了", "存了", "汇了", "已经", "已还", "已付", "借的", "借了", "贷的", "办的", "扣了", "扣过", "扣的", "还的", "付的", "转的", "收到过", "打来过", "逾期的", "开始逾期", "失业的",
	"paid", "sent", "transferred", "borrowed", "took out", "lost my", "was charged", "were charged", "already", "since",
}

// wagesCome are words in which "paid" is about the debtor's own wages, which are still to come.
var wagesCome = []string{"get paid", "gets paid", "getting paid", "be paid", "being paid", "am paid", "im paid"}

// pastDates: what was paid or borrowed lies behind, so a day or month without a year is then the last one, not the next.
func (r *reading) pastDates() {
	if r.in.Now.IsZero() {
		return
	}
	today := calendar.Today(r.in.Now, r.in.Zone)
	reach := 8
	if r.lang == "en" {
		reach = 18 // letters, not characters
	}
	for i := range r.figs[:min(len(r.figs), maxFigures)] {
		f := &r.figs[i]
		if f.Kind != text.FigDate && f.Kind != text.FigRange || !f.Yearless || !f.Date.After(today) || r.nearest(f, past) > min(reach, r.nearest(f, wagesCome)-1) {
			continue
		}
		months := -12
		if f.Kind == text.FigDate && f.Count > 0 {
			months = -1
		}
		f.Date = f.Date.AddMonths(months, f.Date.Day)
		if f.Kind == text.FigRange {
			last := f.Date.AddMonths(1, 1).AddDays(-1)
			if f.DateEnd = f.DateEnd.AddMonths(months, f.DateEnd.Day); f.Date.Day == 1 {
				f.DateEnd = last
			}
		}
	}
}

// doneNow end what has been done; beside a day of their own they are too little to move it.
var doneNow = []string{"款了", "账了", "钱了", "缴了", "清了"}

// onlyAhead: a day to come is named and nothing is told of what has happened: no payment was made.
func (r *reading) onlyAhead() bool {
	if r.in.Now.IsZero() || r.mentions(past) || r.mentions(doneNow) {
		return false
	}
	soon := calendar.Today(r.in.Now, r.in.Zone).AddMonths(6, 1)
	return slices.ContainsFunc(r.figs, func(f figure) bool {
		dayOnly := f.Yearless && f.Count > 0 // 8号: the last or the next
		return f.Kind == text.FigDate && !dayOnly && r.ahead(&f) && f.Date.Before(soon)
	})
}

// leftOver names what is not paid at first.
var leftOver = []string{"剩", "其余", "余下", "尾款", "the rest", "rest of", "remaining", "remainder"}

// anyIn: one of words stands between two places of the text.
func (r *reading) anyIn(a, b int, words []string) bool {
	s := string(r.n.rs[a:b])
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

// ofTheRest: the day stands beside what is left, while an earlier one has its sum: 15号先还3000，剩下的过年后再说.
func (r *reading) ofTheRest(f *figure) bool {
	a, b := r.n.clause(f.from)
	return !r.sumBeside(f) && r.anyIn(a, b, leftOver) &&
		slices.ContainsFunc(r.figs, func(g figure) bool { return g.Kind == text.FigDate && g.to <= a && r.sumBeside(&g) })
}

// ahead: a payment is put off to a day that is still to come; 这个月拿不出来 names the month that is the trouble.
func (r *reading) ahead(f *figure) bool {
	return r.in.Now.IsZero() || f.Date.After(calendar.Today(r.in.Now, r.in.Zone))
}

// paidOn: a payment lies in the past, so a day without a year is the last one, not the next.
func (r *reading) paidOn(f *figure, sure float64) {
	d := f.Date
	if f.Kind == text.FigRange {
		sure = 0.5
	}
	if !r.in.Now.IsZero() && d.After(calendar.Today(r.in.Now, r.in.Zone)) {
		switch {
		case f.Yearless && f.Count > 0:
			d = d.AddMonths(-1, d.Day)
		case f.Yearless:
			d = d.AddMonths(-12, d.Day)
		default:
			return
		}
	}
	r.set(flows.SlotPaidOn, flows.Value{Kind: flows.KindDate, Date: d}, sure)
}

// choice: 第二个, the second one, 方案二.
func (r *reading) choice() {
	if r.in.Context != "offer_plan" && r.in.Context != "confirm_plan" && r.in.Context != "" && r.in.Context != "none" {
		return
	}
	for i := range r.figs {
		f := &r.figs[i]
		if !f.Ordinal || f.Count < 1 || f.Count > 9 {
			continue
		}
		switch f.Unit {
		case "个", "种", "项", "", "one", "option", "offer", "plan", "choice", "套", "方":
			if r.in.Context == "offer_plan" || f.Unit != "" {
				r.set(flows.SlotChoice, flows.Value{Kind: flows.KindCount, Count: int(f.Count)}, 0.9)
			}
		}
	}
	if r.in.Context == "offer_plan" {
		r.placed()
	}
	for _, w := range r.words["role_choice"] { // 方案一, option 2: one sign after the word, which alone is no figure
		ws := []rune(w)
		for i := range r.n.rs {
			j := i + len(ws)
			if !r.n.stands(i, ws) || j >= len(r.n.rs) || !r.n.clauseEnd(j+1) {
				continue
			}
			if k := strings.IndexRune("一二三四五六", r.n.rs[j]); k >= 0 {
				r.set(flows.SlotChoice, flows.Value{Kind: flows.KindCount, Count: k/3 + 1}, 0.9)
			} else if k := strings.IndexRune("123456", r.n.rs[j]); k >= 0 {
				r.set(flows.SlotChoice, flows.Value{Kind: flows.KindCount, Count: k + 1}, 0.9)
			}
		}
	}
}

// placedAt is where an offer stands among those shown: 前面那个, the middle one.
var placedAt = []*regexp.Regexp{
	regexp.MustCompile(`(前面|上面|最上|头|最前)(面)?(的)?(那|这|一)?(个|种|套|款)|\b(top|upper) (one|option|plan)\b`),
	regexp.MustCompile(`(中间|当中|居中)(的)?(那|这)?(个|种|套|款|$)|\bmiddle (one|option|plan)\b`),
}

func (r *reading) placed() {
	if len(r.n.rs) == 1 && r.n.rs[0] >= 'a' && r.n.rs[0] <= 'c' { // B
		r.set(flows.SlotChoice, flows.Value{Kind: flows.KindCount, Count: int(r.n.rs[0]-'a') + 1}, 0.8)
	}
	for i, says := range placedAt {
		if says.MatchString(string(r.n.rs)) && len(r.figs) == 0 {
			r.set(flows.SlotChoice, flows.Value{Kind: flows.KindCount, Count: i + 1}, 0.85)
		}
	}
}

var reasons = []struct {
	intent flows.Intent
	reason string
}{{"hardship_illness", "illness"}, {"bereavement", "bereavement"}, {"disaster", "disaster"}, {"hardship_income", "income"}}

func (r *reading) reason() {
	for _, x := range reasons {
		if r.wants(x.intent) {
			r.set(flows.SlotReason, flows.Value{Kind: flows.KindText, Text: x.reason}, 0.8)
			return
		}
	}
	if r.in.Context == "ask_reason" && len(r.intents) == 0 && len(r.n.rs) > 3 {
		r.set(flows.SlotReason, flows.Value{Kind: flows.KindText, Text: "other"}, 0.5)
	}
}

// infer names the intent that figures alone make plain: 12期, 每月1500, 15号还500.
func (r *reading) infer() {
	add := func(i flows.Intent, sure float64) {
		if !r.wants(i) {
			r.intents = append(r.intents, scored{intent: i, sure: sure, score: sure})
		}
	}
	plan := r.has(flows.SlotCount) || r.has(flows.SlotMonthly) || r.has(flows.SlotSteps)
	switch r.in.Context {
	case "offer_plan", "confirm_plan":
		if (plan || r.has(flows.SlotFirstDue) || r.has(flows.SlotDayOfMonth) || r.has(flows.SlotAmount)) && !r.wants("affirm", "counter_offer", "correction") && len(r.intents) == 0 {
			add("counter_offer", 0.75)
		}
		return
	case "ask_income":
		if len(r.intents) == 0 && (r.has(flows.SlotIncome) || r.has(flows.SlotOutgoings)) {
			add("affordability_info", 0.75)
		}
		return
	case "ask_monthly_amount":
		if len(r.intents) == 0 && r.has(flows.SlotMonthly) && r.mentions(caps) {
			add("affordability_info", 0.7)
		}
		return
	case "ask_count", "ask_date", "ask_identity", "ask_reason":
		return
	}
	settled := len(r.intents) > 0 && !r.onlyAside()
	switch {
	case settled:
	case r.has(flows.SlotCount), r.has(flows.SlotSteps):
		r.front("instalment_request", 0.75)
	case r.has(flows.SlotMonthly):
		r.front("instalment_request", 0.65)
	case r.has(flows.SlotDeferTo):
		r.front("deferral_request", 0.65)
	case r.has(flows.SlotDate) && (r.has(flows.SlotAmount) || r.has(flows.SlotLump)):
		r.front("promise_to_pay", 0.7)
	case r.has(flows.SlotDate) && theRest.MatchString(string(r.n.rs)): // 剩下的下个月底
		r.front("promise_to_pay", 0.65)
	case r.has(flows.SlotIncome) || r.has(flows.SlotOutgoings):
		r.front("affordability_info", 0.75)
	case r.has(flows.SlotAmount) && r.mentions(caps):
		r.front("affordability_info", 0.65)
	}
}

// caps are words by which a bare sum tells how far somebody can go: 八百撑死, 150 tops.
var caps = []string{"最多", "顶多", "撑死", "撑破", "顶天", "顶了天", "封顶", "至多", "挤出", "拿得出", " tops", "tops ", "max", "at most", "at the most", "no more than", "ceiling", "my limit", "all i have", "all i can"}

func (r *reading) onlyAside() bool {
	for _, s := range r.intents {
		if !s.aside {
			return false
		}
	}
	return true
}

func (r *reading) front(i flows.Intent, sure float64) {
	r.intents = append([]scored{{intent: i, sure: sure, score: sure}}, r.intents...)
}
