package understand

import (
	"regexp"
	"slices"

	"hejie/bot/text"
	"hejie/flows"
)

// What somebody is angry or worn out about is told from what they claim.

var (
	// outraged: strong words about what it costs.
	outraged = regexp.MustCompile(`抢钱|抢劫|强盗|土匪|打劫|割肉|割韭菜|喝血|喝人血|吸血|吃人|坑(人|爹|死|我)|黑心|太黑|真黑|好黑|够黑|离谱|吓(死)?人|吓死|夸张|疯了|有病|要命|要死|凭什么|凭啥|操|草|艹|靠|妈的|他妈|特么|我去|丢雷|屌|扑街|食人|咁(多|高|贵)息|\b(robbery|robbing|rip ?off|daylight|outrageous|ridiculous|insane|mental|crazy|obscene|disgusting|disgrace|joke|mick|piss|bloody|hell|fuck\w*|wtf|shit|greedy|theft|thieves|stealing|bleeding (me|us)|steep)\b`)
	// furious: words that are aimed at somebody.
	furious = regexp.MustCompile(`抢钱|抢劫|强盗|土匪|打劫|喝血|喝人血|吸血|吃人|黑心|太黑|真黑|有病|坑(人|爹|我)|操|草|艹|靠|妈的|他妈|特么|丢雷|屌|扑街|食人|\b(robbery|robbing|rip ?off|daylight|disgrace|joke|mick|piss|hell|fuck\w*|wtf|shit|greedy|theft|thieves|stealing)\b`)
	// asksLess: less is asked for besides.
	asksLess = regexp.MustCompile(`减|免|少(点|一点|些|收|算|还)|便宜|优惠|折|降|\b(less|lower|reduce|waive|drop|discount|knock|cut)\b`)
	// costs: what it is about.
	costs = regexp.MustCompile(`利息|利率|罚息|违约金|滞纳金|手续费|服务费|费用|收费|逾期费|年费|息|这么(多|高)|那么(多|高)|咁(多|高|贵)|\b(interest|rate|rates|fee|fees|charge|charges|charging|penalty|penalties|(so|this|that|how) (much|high))\b`)
	// claims: that something is wrong, was not agreed, or is not allowed.
	claims = regexp.MustCompile(`不对|错|不认|不服|异议|不同意|不接受|不合理|不该|不应该|不符|对不上|多(算|收|扣|出)|乱(算|收|扣)|算(得|的|成|了)|重复|扣了|没(同意|说过|讲过|告诉|签|开通|买|用过|借)|说好|到手|到账|预扣|先扣|前置|哪来的|我只借|只借了|不还(了|的)?(利息|多)|违法|不合法|合法|犯法|非法|法律|法定|国家|规定|上限|红线|保护|依据|超(过|出)|高利贷|高利|砍头息|套路|利滚利|驴打滚|阎王|贵利|大耳窿|年化|年利率|月息|日息|周息|[一二三四五六七八九]分利|投诉|举报|起诉|退(给|我|钱)|[0-9]%|百分之|\b(wrong|mistake|incorrect|error|miscalculat\w*|agreed?|told|legal|illegal|unlawful|law|lawful|cap|limit|maximum|allowed|overcharg\w*|disput\w*|disagree|twice|double|borrowed|percent|apr|owe|should|contract|refund|usur\w*|shark|sharks|predat\w*|extort\w*|complain\w*|criminal|right|add up)\b`)
)

// outrage: anger about an amount asks for an explanation. It disputes nothing until somebody says what is wrong with it, and a
// dispute opened by a curse would keep them from the plans they came for.
func (r *reading) outrage() {
	if !r.wants("usury", "dispute_amount", "abuse", "breakdown", "waiver_request") {
		return
	}
	s := string(r.n.rs)
	rate := slices.ContainsFunc(r.figs, func(f figure) bool { return f.Kind == text.FigPercent })
	if rate || !outraged.MatchString(s) || !costs.MatchString(s) || claims.MatchString(s) {
		return
	}
	gone := []flows.Intent{"usury", "dispute_amount", "settlement_offer", "refuse_to_pay"}
	if !asksLess.MatchString(s) {
		gone = append(gone, "waiver_request")
	}
	r.intents = slices.DeleteFunc(r.intents, func(x scored) bool { return slices.Contains(gone, x.intent) })
	r.hear("breakdown")
	if furious.MatchString(s) {
		r.hear("abuse")
	}
}

// hear adds an intent that plain words tell of.
func (r *reading) hear(i flows.Intent) {
	if !r.wants(i) {
		r.intents = append(r.intents, scored{intent: i, sure: sureOfIt, score: sureOfIt})
	}
}

// contactWords name what somebody may want stopped when they say stop.
var contactWords = regexp.MustCompile(`电话|短信|信息|消息|讯息|简讯|联系|联络|打扰|骚扰|催|退订|微信|通知|推送|\b(call|calls|calling|text|texts|texting|messag\w*|contact\w*|email\w*|ring\w*|phon\w*|sms|letters?|bother\w*|harass\w*|disturb\w*|unsub\w*|opt ?out|spam\w*|remind\w*|leave me alone|number|stopall)\b`)

// saysNo: the message begins with a refusal.
var saysNo = regexp.MustCompile(`^((no|nope|nah|wait)\b|不|别)`)

// notThePlan: "no, stop, I don't want to go ahead" with terms in view refuses the terms. A bare STOP stays what it is everywhere.
func (r *reading) notThePlan() {
	s := string(r.n.rs)
	if !slices.Contains(onTable, r.in.Context) || !r.wants("stop_contact") || contactWords.MatchString(s) {
		return
	}
	no := r.wants("cancel", "deny", "refuse_to_pay")
	if !no && !saysNo.MatchString(s) {
		return
	}
	r.intents = slices.DeleteFunc(r.intents, func(x scored) bool { return x.intent == "stop_contact" })
	if !no {
		r.hear("deny")
	}
}

// beginning: the first payment is spoken of, not the whole.
var beginning = regexp.MustCompile(`开始|起还|起供|第一期|首期|第一次|头一期|\b(start|starting|starts|begin|beginning|begins|first (payment|one|instal\w*))\b`)

// begins: "can it start later, at the end of next month" with terms in view moves their first payment; it puts nothing off as a whole.
func (r *reading) begins() {
	if !slices.Contains(onTable, r.in.Context) || !beginning.MatchString(string(r.n.rs)) {
		return
	}
	for i := range r.slots {
		if c := &r.slots[i]; (c.Slot == flows.SlotDeferTo || c.Slot == flows.SlotDate) && !r.has(flows.SlotFirstDue) {
			c.Slot = flows.SlotFirstDue
			r.intents = slices.DeleteFunc(r.intents, func(x scored) bool { return x.intent == "deferral_request" || x.intent == "promise_to_pay" })
			r.hear("counter_offer")
		}
	}
}
