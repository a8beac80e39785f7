package guard

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"hejie/flows/calendar"
)

// condition is a fact a pattern may depend on.
type condition func(*Ruleset, *Draft, *Facts) bool

var conditions = map[string]condition{
	"unverified":         func(_ *Ruleset, _ *Draft, f *Facts) bool { return f.Identity != Verified },
	"limitation_expired": func(_ *Ruleset, _ *Draft, f *Facts) bool { return f.LimitationExpired },
	"limitation_untold":  func(_ *Ruleset, _ *Draft, f *Facts) bool { return f.LimitationExpired && !f.LimitationTold },
	"night":              func(_ *Ruleset, _ *Draft, f *Facts) bool { return f.night() },
	"proactive":          func(_ *Ruleset, d *Draft, _ *Facts) bool { return d.Kind == Proactive },
	"plan_active":        func(_ *Ruleset, _ *Draft, f *Facts) bool { return f.PlanActive },
	"on_hold":            func(_ *Ruleset, _ *Draft, f *Facts) bool { return len(f.Holds) > 0 },
	"disputed":           holds("dispute", "identity_theft", "usury", "wrong_person"),
	"minor":              holds("minor"),
	"sms":                func(_ *Ruleset, d *Draft, _ *Facts) bool { return d.To.Channel == "sms" },
	"property_debt":      func(_ *Ruleset, _ *Draft, f *Facts) bool { return f.DebtType == "utility" || f.DebtType == "property" },
	"tax":                func(_ *Ruleset, _ *Draft, f *Facts) bool { return f.DebtType == "tax" },
	"limitation_open":    func(_ *Ruleset, _ *Draft, f *Facts) bool { return !f.LimitationExpired },
	"first_contact":      func(_ *Ruleset, _ *Draft, f *Facts) bool { return f.FirstContact },
	"answer":             func(_ *Ruleset, d *Draft, _ *Facts) bool { return d.Kind == Reply },
	"no_suit":            func(_ *Ruleset, _ *Draft, f *Facts) bool { return !f.IntendsLitigation },
	"free_text":          func(_ *Ruleset, d *Draft, _ *Facts) bool { return d.ReplyID == "" }, // not a text that people have approved
	"curt":               func(_ *Ruleset, d *Draft, _ *Facts) bool { return d.curt() },
	"may_be_reported": func(_ *Ruleset, _ *Draft, f *Facts) bool {
		return slices.Contains([]string{"", "credit_card", "online_loan"}, f.DebtType)
	},
	"asks_dispute": asks("dispute_not_mine", "dispute_amount", "identity_theft", "usury", "already_paid"),
	"asks_stop":    asks("stop_contact"),
	"outsourced":   func(_ *Ruleset, _ *Draft, f *Facts) bool { return f.outsourced() },
	"not_reported": func(_ *Ruleset, _ *Draft, f *Facts) bool { return !f.ReportsCredit },
	"no_quote":     func(_ *Ruleset, _ *Draft, f *Facts) bool { return f.QuoteValidUntil == "" },
}

// outsourced: another speaks for the creditor.
func (f *Facts) outsourced() bool {
	return f.Creditor != "" && f.Collector != "" && f.Creditor != f.Collector
}

func holds(reasons ...string) condition {
	return func(_ *Ruleset, _ *Draft, f *Facts) bool {
		return slices.ContainsFunc(f.Holds, func(h string) bool { return slices.Contains(reasons, h) })
	}
}

// curtLength is how many characters a message may have that says nothing but one order.
const curtLength = 10

// curt: the whole draft is a few characters and no button stands in it.
func (d *Draft) curt() bool {
	n := 0
	for i := range d.Parts {
		p := &d.Parts[i]
		if p.Role == "button" || len(p.Data) > 0 {
			return false
		}
		n += utf8.RuneCountInString(p.Text)
	}
	return n > 0 && n <= curtLength && d.ReplyID == ""
}

// asks: the debtor has just asked for one of these.
func asks(intents ...string) condition {
	return func(_ *Ruleset, _ *Draft, f *Facts) bool { return f.askedOneOf(intents) }
}

// tables are the numbers and sentences of pack.yaml that belong to no single rule.
type tables struct {
	CapPercent int64            `yaml:"cap_percent"`    // a yearly rate above this is above the legal cap whoever lends
	CapOf      map[string]int64 `yaml:"cap_percent_of"` // a lower one of some debt types
	PerDay     int              `yaml:"proactive_per_day"`
	PerWeek    int              `yaml:"proactive_per_week"`
	Label      []string         `yaml:"ai_label"`     // words that say a machine is speaking
	Order      []string         `yaml:"order"`        // rules, the most telling act first
	Debt       []string         `yaml:"debt_origins"` // figures with such an origin are not facts of this debt
	Broken     Both             `yaml:"broken"`
	Empty      Both             `yaml:"empty"`
	Machine    Both             `yaml:"machine"`
	Figure     Both             `yaml:"figure"`
	Link       Both             `yaml:"link"`
	Orgs       orgWords         `yaml:"organisations"`

	Placeholders []string            `yaml:"placeholders"` // what a broken template leaves where a figure should stand
	Words        map[string][]string `yaml:"figure_words"` // deadline, process, sample, offers: how a figure is meant
}

func (t *tables) validate() error {
	if t.PerDay <= 0 || t.PerWeek <= 0 || len(t.Label) == 0 || len(t.Debt) == 0 || t.CapPercent <= 0 {
		return errors.New("pack: tables are incomplete")
	}
	return nil
}

// night: nothing may be pushed now. The hours are the calendar's, so that what a reminder waits for and what is judged here agree.
func (f *Facts) night() bool {
	q, err := calendar.QuietFor(cmp.Or(f.Jurisdiction, "CN"))
	if err != nil || f.Now.IsZero() {
		return true // not knowing the hour is not a permission
	}
	return !q.Allows(f.Now, cmp.Or(f.Zone, f.Now.Location()))
}

type checkRef struct {
	rule *Rule
	run  func(*draftRun, *Rule)
}

// checks are the rules about facts rather than words. They act at delivery, where the facts are fresh.
var checks = map[string]func(*draftRun, *Rule){
	"control":   checkControl,
	"hours":     checkHours,
	"frequency": checkFrequency,
	"audience":  checkAudience,
	"opt_out":   checkOptOut,
	"holds":     checkHolds,
	"ai_label":  checkLabel,
	"creditor":  checkCreditor,
	"sms":       checkSMS,
	"plan_kept": checkPlanKept,
	"figures":   func(*draftRun, *Rule) {}, // runs with each text, where the spans are
}

func (r *draftRun) stop(ru *Rule) { r.object(ru.ID, "", Both{}) }

func checkControl(r *draftRun, ru *Rule) {
	if r.f.Control == Agent && (r.d.Author == Bot || r.d.Author == Reminder) && r.d.Kind != Recalled {
		r.stop(ru)
	}
}

func checkHours(r *draftRun, ru *Rule) {
	if r.d.Kind == Proactive && r.f.night() {
		r.stop(ru)
	}
}

func checkFrequency(r *draftRun, ru *Rule) {
	if r.d.Kind == Proactive && (r.f.SentToday >= r.rs.tables.PerDay || r.f.SentWeek >= r.rs.tables.PerWeek) {
		r.stop(ru)
	}
}

// checkAudience: what we push goes to one debtor we know, never to an address nobody has been matched with.
func checkAudience(r *draftRun, ru *Rule) {
	if r.d.Kind == Proactive && r.d.To.DebtorID == "" {
		r.stop(ru)
	}
}

func checkOptOut(r *draftRun, ru *Rule) {
	if r.d.Kind == Proactive && r.f.OptedOut {
		r.stop(ru)
	}
}

func checkHolds(r *draftRun, ru *Rule) {
	if r.d.Kind == Proactive && len(r.f.Holds) > 0 {
		r.stop(ru)
	}
}

func checkPlanKept(r *draftRun, ru *Rule) {
	if r.d.Kind == Proactive && r.f.PlanActive && r.d.Author == Agent {
		r.stop(ru)
	}
}

// checkLabel: the first thing a machine says to a person tells that a machine speaks.
func checkLabel(r *draftRun, ru *Rule) {
	if !r.f.FirstContact || r.d.Kind == Notice || r.d.Kind == Recalled {
		return
	}
	if !r.says(r.rs.tables.Label) {
		r.stop(ru)
	}
}

func checkCreditor(r *draftRun, ru *Rule) {
	if !r.f.FirstContact || r.d.Kind == Notice || r.d.Kind == Recalled {
		return
	}
	if r.f.Creditor == "" || !r.says([]string{r.f.Creditor}) {
		r.stop(ru)
	}
}

// says: does a part the reader sees hold one of the words, in whatever script or width?
func (r *draftRun) says(words []string) bool {
	for _, p := range r.d.Parts {
		t := foldedKey(p.Text)
		for _, w := range words {
			if k := foldedKey(w); k != "" && strings.Contains(t, k) {
				return true
			}
		}
	}
	return false
}

// checkSMS: exactly one 【real name】.
func checkSMS(r *draftRun, ru *Rule) {
	if r.d.To.Channel != "sms" {
		return
	}
	n := 0
	for _, p := range r.d.Parts {
		n += strings.Count(p.Text, "【")
	}
	if n != 1 {
		r.stop(ru)
	}
}
