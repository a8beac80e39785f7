package understand

import (
	"slices"
	"strings"

	"hejie/flows"
)

// scored is an intent with the weight of what spoke for it.
type scored struct {
	intent flows.Intent
	score  float64
	sure   float64
	tier   int
	aside  bool
	from   int
}

// score weighs the hits: look-alikes hide, longer phrases beat the shorter ones inside them, negation takes back.
func (r *reading) score(hits []hit) []scored {
	for _, h := range hits {
		if h.kind == except {
			r.alike = append(r.alike, r.rules[h.rule].intent)
		}
	}
	hits = r.hide(hits)
	r.negations(hits)
	best := map[int]*scored{}
	denied := false
	for _, h := range hits {
		ru := &r.rules[h.rule]
		if h.negated {
			denied = true
			r.denied = append(r.denied, ru.intent)
			continue
		}
		w := h.weight * (1 + 0.03*float64(min(h.to-h.from, 12)))
		s := best[h.rule]
		if s == nil {
			best[h.rule] = &scored{intent: ru.intent, score: w, tier: ru.tier, aside: ru.aside, from: h.from}
			continue
		}
		s.from = min(s.from, h.from)
		if w > s.score {
			s.score = w + 0.05*s.score
		} else {
			s.score += 0.05 * w
		}
	}
	out := make([]scored, 0, len(best)+1)
	for _, s := range best {
		out = append(out, *s)
	}
	if denied && !slices.ContainsFunc(out, func(s scored) bool { return s.intent == "deny" }) {
		out = append(out, scored{intent: "deny", score: 0.8, from: 1 << 20})
	}
	if r.deniesName() && !slices.ContainsFunc(out, func(s scored) bool { return s.intent == "wrong_person" }) {
		out = append(out, scored{intent: "wrong_person", score: 1.3, tier: tierOf(r.rules, "wrong_person")})
	}
	out = r.byContext(out)
	order(out)
	out = trim(out)
	for i := range out {
		out[i].sure = sureness(out[i], out)
	}
	return out
}

// hide drops hits inside a look-alike of the same intent, and hits of other intents inside a longer phrase.
// What must never be missed is hidden by its own look-alikes only; a trigger of less weight also only by a longer phrase
// (a forced signature is a dispute and somebody in need of care, in the very same words).
func (r *reading) hide(hits []hit) []hit {
	covers := func(o, h hit) bool { return o.from <= h.from && o.to >= h.to }
	real := hits[:0:0]
	for _, h := range hits {
		if h.kind == except {
			continue
		}
		if !slices.ContainsFunc(hits, func(o hit) bool { return o.kind == except && o.rule == h.rule && covers(o, h) }) {
			real = append(real, h)
		}
	}
	out := real[:0:0]
	for _, h := range real {
		if r.rules[h.rule].tier > 0 || !slices.ContainsFunc(real, func(o hit) bool {
			return o.rule != h.rule && covers(o, h) && (o.to-o.from > h.to-h.from || r.rules[o.rule].tier > 0 && !triggers[r.rules[h.rule].intent])
		}) {
			out = append(out, h)
		}
	}
	return out
}

// Words before a phrase that take it back. 不能 is not among them: 不能分期吗 asks for it.
var (
	takesBack = []string{"没说要", "没有说要", "没说", "没要", "不想要", "不是要", "不是想", "不需要", "不用", "不要", "不想", "不打算", "不考虑", "没打算", "没想", "没有要", "无需", "不是说", "不办", "不做", "不愿意", "不接受", "别给我", "别", "唔想", "唔要", "不必",
		"dont want to pay in ", "dont want to do ", "dont want to set up ", "dont want to ", "dont want any ", "dont want an ", "dont want a ", "dont want ", "do not want to ", "do not want a ", "do not want ", "didnt say ", "did not say ", "didnt ask for ", "not asking for ", "dont need a ", "dont need ", "do not need ", "not interested in ", "never asked for ", "rather not ", "no need for ", "dont ", "do not ", "never "}
	keepsIt = []string{"想不想", "要不要", "是不是", "用不用", "能不能", "可不可以", "why dont ", "不是不想", "不是不"}
)

func (r *reading) negations(hits []hit) {
	for i := range hits {
		h := &hits[i]
		if !r.rules[h.rule].negate {
			continue
		}
		a, _ := r.n.clause(h.from)
		before := string(r.n.rs[max(a, h.from-28):h.from])
		inside := string(r.n.rs[max(a, h.from-28):h.to])
		for _, w := range takesBack {
			k := strings.LastIndex(before, w)
			if k < 0 || len([]rune(before[k+len(w):])) > slack(w) {
				continue
			}
			h.negated = true
		}
		for _, w := range keepsIt {
			if strings.Contains(inside, w) {
				h.negated = false
			}
		}
	}
}

// slack is how many runes may stand between the negation and what it takes back.
func slack(w string) int {
	switch {
	case w == "dont " || w == "do not " || w == "never ":
		return 0
	case w[0] < 0x80:
		return 12
	}
	return 5
}

// byContext moves the weights by the question just asked.
func (r *reading) byContext(in []scored) []scored {
	boost := func(i flows.Intent, by float64) {
		for k := range in {
			if in[k].intent == i {
				in[k].score += by
			}
		}
	}
	switch r.in.Context {
	case "confirm_plan", "offer_plan":
		boost("affirm", 0.5)
		boost("deny", 0.4)
		boost("counter_offer", 0.3)
	case "ask_reason":
		boost("hardship_income", 0.4)
		boost("hardship_illness", 0.4)
		boost("disaster", 0.3)
	case "ask_income":
		boost("affordability_info", 0.3)
	}
	return in
}

// order: crisis first, requests and facts by weight, small talk last.
func order(in []scored) {
	slices.SortStableFunc(in, func(a, b scored) int {
		if (a.tier == 2) != (b.tier == 2) {
			if a.tier == 2 {
				return -1
			}
			return 1
		}
		if a.aside != b.aside {
			if b.aside {
				return -1
			}
			return 1
		}
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		case a.from != b.from:
			return a.from - b.from
		}
		return strings.Compare(string(a.intent), string(b.intent))
	})
}

// trim keeps what is said clearly; a faint second intent beside a strong first one is noise. The never-missed always stay.
func trim(in []scored) []scored {
	if len(in) == 0 {
		return in
	}
	out := in[:1]
	for _, s := range in[1:] {
		if s.tier > 0 || s.score >= 0.75 && s.score >= 0.45*in[0].score && len(out) < 5 {
			out = append(out, s)
		}
	}
	return out
}

// sureness turns weights into 0..1. Two requests of the same weight make each less sure.
func sureness(s scored, all []scored) float64 {
	var c float64
	switch {
	case s.score >= 1.3:
		c = 0.95
	case s.score >= 1:
		c = 0.85
	case s.score >= 0.8:
		c = 0.7
	case s.score >= 0.6:
		c = 0.55
	default:
		c = 0.45
	}
	for _, o := range all {
		if o.intent != s.intent && !o.aside && !s.aside && o.score > 0.97*s.score && s.tier == 0 {
			return max(0.45, c-0.1)
		}
	}
	return c
}
