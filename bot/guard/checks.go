package guard

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// condition is a fact a pattern may depend on.
type condition func(*Ruleset, *Draft, *Facts) bool

var conditions = map[string]condition{
	"unverified":         func(_ *Ruleset, _ *Draft, f *Facts) bool { return f.Identity != Verified },
	"limitation_expired": func(_ *Ruleset, _ *Draft, f *Facts) bool { return f.LimitationExpired },
	"night":              func(rs *Ruleset, _ *Draft, f *Facts) bool { return f.night(rs.tables.Hours) },
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
	"no_quote":           func(_ *Ruleset, _ *Draft, f *Facts) bool { return f.QuoteValidUntil == "" },
}

func holds(reasons ...string) condition {
	return func(_ *Ruleset, _ *Draft, f *Facts) bool {
		return slices.ContainsFunc(f.Holds, func(h string) bool { return slices.Contains(reasons, h) })
	}
}

// tables are the numbers and sentences of pack.yaml that belong to no single rule.
type tables struct {
	Hours   map[string]Hours `yaml:"hours"` // by jurisdiction, and "all"
	PerDay  int              `yaml:"proactive_per_day"`
	PerWeek int              `yaml:"proactive_per_week"`
	Label   []string         `yaml:"ai_label"`     // words that say a machine is speaking
	Order   []string         `yaml:"order"`        // rules, the most telling act first
	Debt    []string         `yaml:"debt_origins"` // figures with such an origin are not facts of this debt
	Broken  Both             `yaml:"broken"`
	Empty   Both             `yaml:"empty"`
	Machine Both             `yaml:"machine"`
	Figure  Both             `yaml:"figure"`
	Link    Both             `yaml:"link"`
	Orgs    orgWords         `yaml:"organisations"`

	Words map[string][]string `yaml:"figure_words"` // deadline, process, sample, offers: how a figure is meant
}

// Hours in which a proactive message may leave, in the debtor's zone: [From,To).
type Hours struct {
	From int `yaml:"from"`
	To   int `yaml:"to"`
}

func (t *tables) validate() error {
	_, ok := t.Hours["all"]
	if !ok || t.PerDay <= 0 || t.PerWeek <= 0 || len(t.Label) == 0 || len(t.Debt) == 0 {
		return errors.New("pack: tables are incomplete")
	}
	for where, h := range t.Hours {
		if h.From < 0 || h.To > 24 || h.From >= h.To {
			return fmt.Errorf("pack: hours of %s", where)
		}
	}
	return nil
}

func (f *Facts) night(hours map[string]Hours) bool {
	if f.Now.IsZero() {
		return true // not knowing the hour is not a permission
	}
	now := f.Now
	if f.Zone != nil {
		now = now.In(f.Zone)
	}
	h, ok := hours[f.Jurisdiction]
	if !ok {
		h = hours["all"]
	}
	return now.Hour() < h.From || now.Hour() >= h.To
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
	if r.d.Kind == Proactive && r.f.night(r.rs.tables.Hours) {
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
