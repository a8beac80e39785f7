package text

import (
	"strconv"
	"strings"
)

// lendUnits gives 24 the unit of what it is the alternative to: 24或者36期, 500还是600块.
func (r *reader) lendUnits() {
	for i := 0; r.opt.Debtor && i+1 < len(r.out); i++ {
		f, g := &r.out[i], &r.out[i+1]
		if f.Kind != FigNumber || f.Ordinal || f.Big || f.Range || f.Unit != "" || f.Micro <= 0 || g.Range || g.Start-f.End > 4 || g.Start < f.End {
			continue
		}
		switch string(r.rs[f.End:g.Start]) {
		case "或", "或者", "还是", " or ", "、", "/":
		default:
			continue
		}
		switch {
		case g.Kind == FigCount && f.Micro%micro == 0 && f.Micro <= 1000*micro:
			f.Kind, f.Count, f.Unit = FigCount, f.Micro/micro, g.Unit
		case g.Kind == FigPercent && g.Unit == "":
			f.Kind, f.PPM, f.Per = FigPercent, ppmOf(f.Micro, 10_000), g.Per
		case g.Kind == FigMoney && f.Micro/10_000*5 >= g.Minor && f.Micro/10_000 <= g.Minor*5:
			f.Kind, f.Minor, f.Currency = FigMoney, f.Micro/10_000, g.Currency
		}
	}
}

// lendBack gives 48 the unit of what it is the alternative to when that came first: 36 months or 48, 12期还是24.
func (r *reader) lendBack() {
	for i := 1; r.opt.Debtor && i < len(r.out); i++ {
		f, g := &r.out[i-1], &r.out[i]
		if g.Kind != FigNumber || g.Ordinal || g.Big || g.Range || g.Unit != "" || g.Micro <= 0 || g.Micro%micro != 0 || g.Micro > 120*micro || f.Range || g.Start-f.End > 5 || g.Start < f.End {
			continue
		}
		switch string(r.rs[f.End:g.Start]) {
		case "或", "或者", "还是", " or ", ", or ":
		default:
			continue
		}
		v := g.Micro / micro
		switch {
		case f.Kind == FigCount && v > 1:
			g.Kind, g.Count, g.Unit = FigCount, v, f.Unit
		case f.Kind == FigDuration && f.Unit == "month" && f.Rel == "" && !f.Vague && !strings.ContainsRune(f.Duration, 'D'):
			g.Kind, g.Count, g.Unit, g.Duration = FigDuration, v, f.Unit, "P"+strconv.FormatInt(v, 10)+"M"
		}
	}
}

// markRates finds lengths of one unit that say how often money is paid: 一个月1500, 五百块一个月. They are no length of time.
func (r *reader) markRates() {
	for i := range r.out {
		f := &r.out[i]
		per := ratePer(f)
		if per == "instalment" && r.any(f.End, "多少", "几", "是多少", "要多少", "要还多少", "还多少", "大概多少", "得多少", "付多少") > 0 {
			f.Per = per // 一期多少 asks for a sum
		}
		if per == "" || r.grace(f.Start) || r.any(f.End-2, "多月", "来月", "把月", "多年", "多天") > 0 {
			continue
		}
		before := i > 0 && r.sumOf(&r.out[i-1]) && r.beside(r.out[i-1].End, f.Start, 1)
		after := i+1 < len(r.out) && r.sumOf(&r.out[i+1]) && r.beside(f.End, r.out[i+1].Start, 9) && r.any(f.End, "后", "内", "之", "以", "过", "的时间", "时间") == 0
		if before && r.any(f.End, "后", "内", "之内", "以内") == 0 || after {
			f.Per = per
		}
	}
}

func ratePer(f *Figure) string {
	if f.Kind == FigCount && f.Count == 1 && !f.Range && f.Unit == "期" {
		return "instalment" // 六百一期
	}
	if f.Kind != FigDuration || f.Range || f.Vague || f.Rel != "" {
		return ""
	}
	switch f.Duration {
	case "P1M":
		return "month"
	case "P1Y":
		return "year"
	case "P1W":
		return "week"
	case "P1D":
		return "day"
	}
	return ""
}

// sumOf: money, or a bare number that can only be money here.
func (r *reader) sumOf(f *Figure) bool {
	return f.Kind == FigMoney || f.Kind == FigNumber && !f.Ordinal && !f.Big && f.Unit == "" && f.Micro >= 10*micro
}

// beside: at most k runes of one clause lie between.
func (r *reader) beside(from, to, k int) bool {
	if to-from > k {
		return false
	}
	for j := from; j < to; j++ {
		switch r.at(j) {
		case ',', '.', ';', '!', '?', '\n', '。', '、', ':':
			return false
		}
	}
	return true
}

// grace: words that make one month a time to wait.
func (r *reader) grace(i int) bool {
	return r.behind(i, "宽限", "缓", "缓我", "延", "延期", "延后", "推迟", "给我", "给", "再", "再过", "过", "等", "等我", "拖", "近", "满", "不到", "晚", "停", "分", "借", "欠", "逾期", "失业", "休息", "宽我", "头", "前", "首")
}
