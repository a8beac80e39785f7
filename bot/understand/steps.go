package understand

import (
	"regexp"
	"strings"

	"hejie/bot/text"
	"hejie/flows/calendar"
)

// Step is one stretch of a plan whose payments change: 前三个月500后面1000 is {3, 50000} and {0, 100000}.
// Count is the number of payments, 0 for all that remain; Amount is each of them in minor units.
// Steps only tell what was said, beside the figures themselves; whether such a plan can be had is for the policy.
type Step struct {
	Count    int    `json:"count"`
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
}

var (
	stepFirst = []string{"前", "头", "先", "开始", "起初", "首", "first", "initial", "to begin"}
	stepNow   = []string{"先", "头", "现在", "目前", "暂时", "年前", "first", "for now", "until", "till", "to begin", "to start"}
	stepThen  = []string{"后", "接下来", "剩", "其余", "然后", "再", "往", "then", "after", "rest", "remaining", "next", "following"}
)

// steps reads a plan of two or more stretches; anything less is no step plan.
func (r *reading) steps() []Step {
	var out []Step
	turned := false         // the stretches are parted by a turn of the year
	count, open := 0, false // a stretch was named, its amount is still to come
	for i := range r.figs {
		f := &r.figs[i]
		switch {
		case f.Kind == text.FigCount || f.Kind == text.FigDuration && f.Per == "":
			n, ok := stretch(f)
			if ok && (len(out) == 0 && r.led(f, stepFirst) || len(out) > 0 && (r.led(f, stepThen) || r.led(f, stepFirst))) {
				count, open = n, true
			}
		case (f.Kind == text.FigDate && (f.Duration != "" || r.isTurn(f)) || f.Kind == text.FigRange && r.isTurn(f)) && len(out) > 0:
			count, open = 0, true // 三个月后1000: the rest
		case f.Kind == text.FigMoney && !f.Range && !f.Big && f.Minor > 0:
			if n := r.untilTurn(i); n > 0 && len(out) == 0 && !open {
				count, turned = n, true
			}
			if open || turned || len(out) > 0 && (r.led(f, stepThen) || r.opens(f, stepThen)) {
				out = append(out, Step{Count: count, Amount: f.Minor, Currency: f.Currency})
			}
			count, open = 0, false
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// turns of the year, from which on more can be paid.
var turns = regexp.MustCompile(`年|春|夏|秋|冬|节|麦收|\b(new year|spring|summer|autumn|winter|christmas|easter|festival|holidays|harvest)`)

func (r *reading) isTurn(f *figure) bool {
	return (f.Kind == text.FigDate || f.Kind == text.FigRange) && f.Count == 0 && turns.MatchString(string(r.n.rs[f.from:f.to]))
}

// untilTurn: 先三百，年后一千 pays the sum at figs[i] month by month until the turn of the year named with the next sum. It is how
// many months that is, and 0 where nothing of the kind was said.
func (r *reading) untilTurn(i int) int {
	a, b := r.n.clause(r.figs[i].from)
	if r.in.Now.IsZero() || !r.anyIn(a, b, stepNow) {
		return 0
	}
	var on calendar.Date
	sums := 0
	for k := range r.figs[i+1:] {
		switch f := &r.figs[i+1+k]; {
		case r.isTurn(f) && on.IsZero():
			on = f.Date
		case f.Kind == text.FigMoney && !f.Range:
			sums++
		}
	}
	if on.IsZero() || sums != 1 {
		return 0
	}
	today := calendar.Today(r.in.Now, r.in.Zone)
	n := 12*(on.Year-today.Year) + int(on.Month) - int(today.Month)
	if on.Day < today.Day {
		n--
	}
	return max(n, 1)
}

func stretch(f *figure) (int, bool) {
	if f.Range {
		return 0, false
	}
	if f.Kind == text.FigCount {
		return int(f.Count), f.Count > 0
	}
	if f.Duration == "P6M" {
		return 6, true // 半年: its unit is the year, its length six months
	}
	return inMonths(f)
}

// led tells whether one of words stands in the few runes before the figure.
func (r *reading) led(f *figure, words []string) bool {
	before := string(r.n.rs[max(0, f.from-12):f.from])
	if isHanBefore(r.n.rs, f.from) {
		before = string(r.n.rs[max(0, f.from-5):f.from])
	}
	for _, w := range words {
		if strings.Contains(before, w) {
			return true
		}
	}
	return false
}

// opens tells whether the clause of the figure begins with one of words (之后每个月能还1500).
func (r *reading) opens(f *figure, words []string) bool {
	a, _ := r.n.clause(f.from)
	begin := string(r.n.rs[a:min(len(r.n.rs), a+6)])
	for _, w := range words {
		if strings.Contains(begin, w) {
			return true
		}
	}
	return false
}

func isHanBefore(rs []rune, i int) bool { return i > 0 && i <= len(rs) && isHan(rs[i-1]) }
