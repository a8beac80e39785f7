package understand

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hejie/bot/text"
	"hejie/flows"
)

// topicDef is a question that no intent of the closed list names (phrases/topics.yaml).
type topicDef struct {
	Topic string   `yaml:"topic"`
	Any   []string `yaml:"any"`
	Not   []string `yaml:"not"`
	In    []string `yaml:"in"` // only after these questions; "none" is after none

	any, not *regexp.Regexp
}

func (d *topicDef) compile() error {
	if !slices.Contains(flows.Topics, d.Topic) || len(d.Any) == 0 {
		return fmt.Errorf("understand: topic %q is unknown or has no expression", d.Topic)
	}
	var err error
	if d.any, err = regexp.Compile("(?:" + strings.Join(d.Any, ")|(?:") + ")"); err != nil {
		return fmt.Errorf("understand: topic %s: %w", d.Topic, err)
	}
	if len(d.Not) > 0 {
		if d.not, err = regexp.Compile("(?:" + strings.Join(d.Not, ")|(?:") + ")"); err != nil {
			return fmt.Errorf("understand: topic %s: %w", d.Topic, err)
		}
	}
	return nil
}

// topic names what the turn is about, once.
func (r *reading) topic(topics []topicDef) {
	known := r.has(flows.SlotTopic)
	s := string(r.n.rs)
	for i := range topics {
		d := &topics[i]
		if known && d.Topic != flows.TopicVisited { // that somebody came outweighs the question whether somebody comes
			continue
		}
		if len(d.In) > 0 && !slices.Contains(d.In, cmp.Or(r.in.Context, "none")) {
			continue
		}
		if d.any.MatchString(s) && (d.not == nil || !d.not.MatchString(s)) {
			r.set(flows.SlotTopic, textValue(d.Topic), 0.8)
			if d.Topic == flows.TopicPart {
				r.restLater()
			}
			return
		}
	}
}

// theRest names what is not paid now.
var theRest = regexp.MustCompile(`剩下|剩的|其余|余下|余数|剩余|\b(the |)(rest|remaining|remainder)\b`)

// restLater: a day named with the rest is no day of the part that is paid now: 先还200，剩下的月底还.
func (r *reading) restLater() {
	s := string(r.n.rs)
	at := theRest.FindStringIndex(s)
	if at == nil {
		return
	}
	from := len([]rune(s[:at[0]]))
	for i := range r.figs {
		if f := &r.figs[i]; (f.Kind == text.FigDate || f.Kind == text.FigRange) && f.from < from {
			return
		}
	}
	r.slots = slices.DeleteFunc(r.slots, func(c flows.Command) bool {
		return slices.Contains([]string{flows.SlotDate, flows.SlotDeferTo, flows.SlotFirstDue, flows.SlotDayOfMonth}, c.Slot)
	})
}

// rhythms are how often somebody wants to pay.
var rhythms = []struct {
	every string
	says  *regexp.Regexp
}{
	{"fortnightly", regexp.MustCompile(`每(两|二|2)(个)?(周|星期|礼拜)|(两|二)周(还|付|一次)|隔周|双周|\b(fortnight|every (two|2|other) weeks?|bi-?weekly)`)},
	{"weekly", regexp.MustCompile(`每(一)?(个)?(周|星期|礼拜)|一(周|星期|礼拜)(还|付|给)|按周|\b(weekly|(every|each|a|per) week\b)`)},
}

// rhythm reads 每周200 as a plan of weekly payments.
func (r *reading) rhythm() {
	s := string(r.n.rs)
	if r.in.Context == "ask_date" {
		return // in a fortnight: a day was asked for
	}
	for _, x := range rhythms {
		if !x.says.MatchString(s) || r.has(flows.SlotIncome) && !r.has(flows.SlotMonthly) && !r.has(flows.SlotAmount) && !r.has(flows.SlotCount) {
			continue // 380 a week is what comes in
		}
		r.set(flows.SlotEvery, textValue(x.every), 0.85)
		for i := range r.slots { // a bare sum beside it is each payment
			if c := &r.slots[i]; c.Slot == flows.SlotAmount && !r.has(flows.SlotMonthly) && !r.wants("promise_to_pay", "already_paid") {
				c.Slot = flows.SlotMonthly
			}
		}
		return
	}
}

// stretches hands the steps of a plan on as one slot: "3:30000,0:100000".
func (r *reading) stretches() {
	st := r.steps()
	if st == nil || r.wants("already_paid", "dispute_amount") {
		return
	}
	var parts []string
	for _, s := range st {
		parts = append(parts, strconv.Itoa(s.Count)+":"+strconv.FormatInt(s.Amount, 10))
	}
	r.set(flows.SlotSteps, textValue(strings.Join(parts, ",")), 0.8)
	gone := []string{flows.SlotMonthly, flows.SlotCount, flows.SlotAmount, flows.SlotLump, flows.SlotChoice} // one figure cannot stand for several stretches
	if slices.ContainsFunc(r.figs, func(f figure) bool { return r.isTurn(&f) }) {
		gone = append(gone, flows.SlotDate, flows.SlotFirstDue, flows.SlotDeferTo) // the day between two stretches begins nothing
	}
	r.slots = slices.DeleteFunc(r.slots, func(c flows.Command) bool { return slices.Contains(gone, c.Slot) })
}

// repays are the verbs of paying this debt; a sum beside one is no item of a budget.
var repays = []string{"还", "付", "交", "给你们", "最多", "pay", "afford", "manage", "offer", "at most"}

// budgeting tells a list of income and spending, in which a sum without a word of its own is one more item.
func (r *reading) budgeting(f *figure) bool {
	if r.nearest(f, repays) <= 3 {
		return false
	}
	for i := range r.figs {
		g := &r.figs[i]
		if role := r.role(g, "role_income", "role_outgoings"); g != f && (g.Kind == text.FigMoney || g.Kind == text.FigNumber) && role != "" {
			return true
		}
	}
	return false
}
