package understand

import (
	"hejie/flows"
	"hejie/flows/calendar"
)

// paydays name the day of the salary without saying which it is.
var paydays = []string{
	"发工资那天", "发工资当天", "发工资的时候", "发工资时", "发了工资", "工资到账", "工资一到", "发薪日", "工资日", "发薪那天", "领工资那天", "等发工资", "出粮", "出粮那天", "领薪水",
	"payday", "when i get paid", "once i get paid", "after i get paid", "when my wages", "when my salary",
}

// onPayday reads 发工资那天 as the next payday when the debtor has said which day that is; else the flow asks.
func (r *reading) onPayday() {
	day, known := r.in.Known[flows.SlotPayday]
	if !known || day.Count < 1 || day.Count > 31 || r.in.Now.IsZero() || r.has(flows.SlotPayday) {
		return
	}
	if !r.mentions(paydays) {
		return
	}
	if r.has(flows.SlotDate) || r.has(flows.SlotFirstDue) || r.has(flows.SlotDeferTo) || r.has(flows.SlotDayOfMonth) {
		return
	}
	if r.wants("instalment_request", "change_plan") || r.has(flows.SlotMonthly) || r.has(flows.SlotCount) {
		r.set(flows.SlotDayOfMonth, flows.Value{Kind: flows.KindDay, Count: day.Count}, 0.75)
		return
	}
	d := calendar.Today(r.in.Now, r.in.Zone).NextDay(day.Count)
	v := flows.Value{Kind: flows.KindDate, Date: d}
	if r.wants("deferral_request") {
		r.set(flows.SlotDeferTo, v, 0.7)
		return
	}
	r.set(flows.SlotDate, v, 0.7)
}
