package understand

import (
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"hejie/bot/text"
	"hejie/flows/calendar"
)

// Figures only a debtor's talk makes figures: 五张 for five notes of a hundred, 半千, and seasons to pay in. The reader of package
// text leaves them out, for the filter reads with it too.

// notACount: what 张 counts when it is no money.
var notACount = regexp.MustCompile(`^张(卡|信用卡|银行卡|储蓄卡|单|账单|票|纸|照片|图|截图|身份证|床|桌|嘴|借条|欠条|发票|收据|回执|证|网|表|合同|传票|协议|通知)`)

// note is what one 张 is worth, in minor units.
const note = 100_00

// moneyTalk stand beside a sum that is earned or paid.
var moneyTalk = []string{"每月", "个月", "每期", "月供", "一期", "还", "付", "给", "俾", "拿", "凑", "出", "挣", "赚", "块", "工资"}

// notes reads 五张 as five hundred, where a sum is asked for or talked of.
func (r *reading) notes() {
	if cur := r.in.Currency; cur == "USD" || cur == "GBP" || cur == "EUR" {
		return
	}
	for i := range r.figs {
		f := &r.figs[i]
		if f.Kind != text.FigNumber || f.Ordinal || f.Big || f.Micro <= 0 || f.Micro > 300_000_000 || f.to >= len(r.n.rs) || r.n.rs[f.to] != '张' || notACount.MatchString(string(r.n.rs[f.to:])) {
			continue
		}
		asked := slices.Contains([]string{"ask_monthly_amount", "ask_income", "offer_plan", "confirm_plan"}, r.in.Context)
		if !asked && r.nearest(f, moneyTalk) > 6 {
			continue
		}
		if f.Text == "三两" { // two or three, not thirty-two
			f.Range, f.Micro, f.Min, f.Max = true, 2_000_000, 2_000_000, 3_000_000
		}
		f.Kind, f.Minor, f.Min, f.Max = text.FigMoney, f.Micro*note/1_000_000, f.Min*note/1_000_000, f.Max*note/1_000_000
		f.Unit, f.Currency = "", r.currency()
		f.Text, f.End, f.to = f.Text+"张", f.End+1, f.to+1
	}
}

func (r *reading) currency() string {
	if r.in.Currency == "" {
		return "CNY"
	}
	return r.in.Currency
}

var half = regexp.MustCompile(`半(个)?(千|万)`)

// halves reads 半千 and 半万.
func (r *reading) halves() {
	r.folk(half, func(m []string, from, to int) (text.Figure, bool) {
		before, after := ' ', ' '
		if from > 0 {
			before = r.n.rs[from-1]
		}
		if to < len(r.n.rs) {
			after = r.n.rs[to]
		}
		if slices.Contains([]rune("0123456789一二两三四五六七八九十百千万个多"), before) || slices.Contains([]rune("米克公里字年天人瓦"), after) {
			return text.Figure{}, false
		}
		v := int64(500_00)
		if m[2] == "万" {
			v = 5000_00
		}
		return text.Figure{Kind: text.FigMoney, Minor: v, Currency: r.currency(), Bare: true}, true
	})
}

// seasons, as months and days; a winter ends in the next year.
var seasons = []struct {
	says     *regexp.Regexp
	from, to [2]int
}{
	{regexp.MustCompile(`开春|立春|\bearly (in the )?spring\b`), [2]int{2, 4}, [2]int{3, 5}},
	{regexp.MustCompile(`春天|春季|来年春|明年春|\bspring(time)?\b`), [2]int{3, 1}, [2]int{5, 31}},
	{regexp.MustCompile(`麦收|收麦|夏收`), [2]int{5, 25}, [2]int{6, 20}},
	{regexp.MustCompile(`入夏|夏天|夏季|\bsummer(time)?\b`), [2]int{6, 1}, [2]int{8, 31}},
	{regexp.MustCompile(`秋收|收秋|\bharvest\b`), [2]int{9, 10}, [2]int{10, 20}},
	{regexp.MustCompile(`入秋|秋天|秋季|\bautumn\b`), [2]int{9, 1}, [2]int{11, 30}},
	{regexp.MustCompile(`入冬|冬天|冬季|\bwinter\b`), [2]int{12, 1}, [2]int{2, 28}},
	{regexp.MustCompile(`\bthe holidays\b`), [2]int{1, 2}, [2]int{1, 10}},
}

// toPayIn tell that a season is a time to pay, not the weather: 等开春, 秋收后再还, once spring comes.
var toPayIn = regexp.MustCompile(`(等|到|拖|延|推|缓)[^,|?]{0,6}(春|夏|秋|冬|麦收|收麦)|(春|夏|秋|冬|麦收|收麦|收)(天|季)?(了|来了|后|之后|以后|后|的时候|那会|前后|左右|卖了[^,|?]{0,4})?[^,|?]{0,3}([0-9一二两三四五六七八九十]|再|才|还|付|交|给|每|开始|一定|起)|\b(until|till|by|after|come|wait for|once|when) (the )?(\w+ )?(spring|summer|autumn|winter|harvest|holidays)|\b(pay|clear|settle|start)\b[^,?]{0,24}\b(spring|summer|autumn|winter|harvest|holidays)`)

// season reads one as the coming stretch of days; its end is proposed and read back.
func (r *reading) season() {
	if r.in.Now.IsZero() || r.in.Context != "ask_date" && !toPayIn.MatchString(string(r.n.rs)) {
		return
	}
	today := calendar.Today(r.in.Now, r.in.Zone)
	for _, s := range seasons {
		if r.folk(s.says, func(_ []string, from, _ int) (text.Figure, bool) {
			year := today.Year
			at := func() (a, b calendar.Date) {
				a = calendar.Date{Year: year, Month: time.Month(s.from[0]), Day: s.from[1]}
				b = calendar.Date{Year: year, Month: time.Month(s.to[0]), Day: s.to[1]}
				if b.Before(a) {
					b.Year++
				}
				return a, b
			}
			a, b := at()
			if b.Before(today) {
				year++
				a, b = at()
			}
			return text.Figure{Kind: text.FigRange, Date: a, DateEnd: b, Approx: true, Yearless: true}, true
		}) {
			return
		}
	}
}

// folk adds the first figure that says finds and make makes, unless another figure stands there.
func (r *reading) folk(says *regexp.Regexp, make func(m []string, from, to int) (text.Figure, bool)) bool {
	s := string(r.n.rs)
	at := says.FindStringSubmatchIndex(s)
	if at == nil {
		return false
	}
	from := utf8.RuneCountInString(s[:at[0]])
	to := from + utf8.RuneCountInString(s[at[0]:at[1]])
	if slices.ContainsFunc(r.figs, func(f figure) bool { return f.from < to && from < f.to }) {
		return false
	}
	var m []string
	for k := 0; k+1 < len(at); k += 2 {
		if at[k] < 0 {
			m = append(m, "")
			continue
		}
		m = append(m, s[at[k]:at[k+1]])
	}
	f, ok := make(m, from, to)
	if !ok {
		return false
	}
	f.Start, _ = r.fold.Span(r.n.at[from], r.n.at[from]+1)
	_, f.End = r.fold.Span(r.n.at[to-1], r.n.at[to-1]+1)
	if rs := []rune(r.in.Text); f.End <= len(rs) {
		f.Text = string(rs[f.Start:f.End])
	}
	r.figs = append(r.figs, figure{Figure: f, from: from, to: to})
	slices.SortStableFunc(r.figs, func(a, b figure) int { return a.from - b.from })
	return true
}
