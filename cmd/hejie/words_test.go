package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"hejie/bot/guard"
	"hejie/flows"
	"hejie/prompts"
)

// No text is exempt because it is canned: what a debtor can read passes the same filter as what an agent types. The facts
// are generous (verified, every figure known, any debt, stage and question), so a stop here means that the wording can never
// be said at all.

// slotWords are what placeholders of prompts and pages stand for; the others are amounts.
var slotWords = map[string]string{
	"creditor": "安和消费金融", "collector": "衡信资产服务有限公司", "name": "林倩", "hotline": "400-000-0000", "website": "https://www.example.com",
	"pay_url": "https://pay.example.com", "desk_hours": "09:00-18:00", "hours": "09:00-18:00", "case_no": "C-20261202-0007", "no4": "5521", "no": "5521", "pct": "30%",
	"debt_type": "信用卡", "help_line": "12356", "emergency_line": "120/110", "police_line": "110",
}

var (
	dateSlots  = []string{"as_of", "case_due", "date", "first", "last", "hold_until", "paid_on", "plan_next", "promise_on", "promise_latest", "due", "until", "from", "to"}
	countSlots = []string{"count", "n", "tries", "plan_count", "plan_paid", "max", "min", "days"}
)

// slotWord writes a placeholder as the program would.
func slotWord(lang, slot string, law map[string]prompts.LawFigure) string {
	f, statutory := law[slot]
	switch {
	case statutory && f.Kind == "percent":
		return prompts.Percent(f.Value)
	case statutory:
		return strings.TrimSuffix(prompts.Percent(f.Value), "%")
	case slotWords[slot] != "":
		return slotWords[slot]
	case slices.Contains(dateSlots, slot):
		return prompts.Date(lang, 2026, time.December, 12)
	case slices.Contains(countSlots, slot):
		return "12"
	}
	return prompts.Money(lang, "CNY", 128450)
}

// pageFigures are what pages say by themselves: the samples' days overdue, the demo's calendar, the console's stages and week.
var pageFigures = append(counts(7, 18, 31, 41, 63, 90),
	guard.Figure{Kind: guard.Date, Text: "2026-01-01", Origin: "test"}, guard.Figure{Kind: guard.Date, Text: "2026-12-31", Origin: "test"})

func counts(list ...int64) (figs []guard.Figure) {
	for _, n := range list {
		figs = append(figs, guard.Figure{Kind: guard.Count, Value: n, Origin: "test"})
	}
	return figs
}

var generousFigures = []guard.Figure{
	{Kind: guard.Money, Value: 128450, Origin: "test"}, {Kind: guard.Count, Value: 12, Origin: "test"},
	{Kind: guard.Count, Value: 1, Origin: "test"}, {Kind: guard.Count, Value: 2, Origin: "test"}, {Kind: guard.Count, Value: 3, Origin: "test"},
	{Kind: guard.Date, Text: "2026-12-12", Origin: "test"}, {Kind: guard.Percent, Value: 3000, Origin: "test"}, {Kind: guard.Phone, Text: "400-000-0000", Origin: "test"},
	{Kind: guard.URL, Text: "https://www.example.com", Origin: "test"}, {Kind: guard.URL, Text: "https://pay.example.com", Origin: "test"},
	{Kind: guard.Ref, Text: "C-20261202-0007", Origin: "test"}, {Kind: guard.Ref, Text: "5521", Origin: "test"},
	{Kind: guard.Ref, Text: "12", Origin: "test: {n} after 'ending'"}, {Kind: guard.Time, Text: "09:00-18:00", Origin: "test"}, {Kind: guard.Time, Text: "09:00", Origin: "test"}, {Kind: guard.Time, Text: "18:00", Origin: "test"},
}

// Two in the afternoon, and late in the evening: who writes then is answered then.
var (
	byDay   = time.Date(2026, 12, 2, 14, 30, 0, 0, time.UTC)
	byNight = time.Date(2026, 12, 2, 23, 10, 0, 0, time.UTC)
)

// wordsJudge tries one text under all the facts it could be said in.
type wordsJudge struct {
	filter *guard.Filter
	facts  []guard.Facts
}

func newWordsJudge(t *testing.T, now time.Time) *wordsJudge {
	t.Helper()
	filter, err := guard.Default(nil) // judging only
	if err != nil {
		t.Fatal(err)
	}
	j := &wordsJudge{filter: filter}
	asked := []string{""}
	for _, i := range flows.Intents {
		asked = append(asked, string(i))
	}
	for _, debt := range []string{"credit_card", "online_loan", "medical", "tax", "utility", "private_loan"} {
		for _, stage := range []string{"d1-30", "d31-90", "d90+", "sued", "payment_order", "judgment", "enforcement"} {
			for _, a := range asked {
				f := j.factsOf(debt, stage, a)
				f.Now = now
				j.facts = append(j.facts, f)
			}
		}
	}
	return j
}

func (j *wordsJudge) factsOf(debt, stage, asked string) guard.Facts {
	return guard.Facts{
		Now: byDay, Zone: time.UTC, Identity: guard.Verified, Control: guard.Bot, Jurisdiction: "CN",
		Creditor: "安和消费金融", Collector: "衡信资产服务有限公司", DebtorName: "张伟", DebtType: debt, Stage: stage, Asked: asked,
		IntendsLitigation: true, ReportsCredit: true, QuoteValidUntil: "2026-12-12", Figures: generousFigures,
	}
}

func wordsDraft(id, lang, role, text string, figures []guard.Figure) guard.Draft {
	d := guard.Draft{
		ID: id, To: guard.Recipient{Channel: "web", Address: "tab", ConversationID: "c", DebtorID: "d"}, Author: guard.Bot, Kind: guard.Reply,
		Lang: lang, ReplyID: id, Parts: []guard.Part{{Role: role, Text: text}}, Figures: figures,
	}
	if strings.HasPrefix(id, "agent_") || id == "conversation_closed" {
		d.Author, d.Kind = guard.System, guard.Notice
	}
	return d
}

// sayable returns the verdict of the most generous facts.
func (j *wordsJudge) sayable(d guard.Draft) (v guard.Verdict) {
	for _, f := range j.facts {
		if v = j.filter.Check(d, f); v.Decision == guard.Pass {
			return v
		}
	}
	return v
}

func lawFigures(law map[string]prompts.LawFigure) []guard.Figure {
	var figs []guard.Figure
	for _, f := range law {
		g := guard.Figure{Kind: guard.Count, Value: int64(f.Value), Origin: f.Basis}
		if f.Kind == "percent" {
			g = guard.Figure{Kind: guard.Percent, Value: int64(f.Value*10000+0.5) / 100, Text: prompts.Percent(f.Value), Origin: f.Basis}
		}
		figs = append(figs, g)
	}
	return figs
}

func filledText(t *testing.T, c *prompts.Catalog, lang, id string) (string, []guard.Figure) {
	t.Helper()
	x, ok := c.Reply(lang, id)
	if !ok {
		t.Fatalf("no %s in %s", id, lang)
	}
	law, _ := c.Statement(id)
	slots := map[string]string{}
	for _, s := range x.Placeholders() {
		slots[s] = slotWord(lang, s, law.Figures)
	}
	text, err := c.Fill(lang, id, slots)
	if err != nil {
		t.Fatal(err)
	}
	return text, lawFigures(law.Figures)
}

func TestEveryApprovedTextCanBeSaid(t *testing.T) {
	c, err := prompts.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, now := range []time.Time{byDay, byNight} {
		j, n := newWordsJudge(t, now), 0
		for _, lang := range c.Langs() {
			for _, id := range c.IDs() {
				if now.Equal(byNight) && strings.HasPrefix(id, "reminder_") {
					continue // these wait for the day
				}
				role := "body"
				if strings.HasPrefix(id, "quick_") {
					role = "button"
				}
				text, figs := filledText(t, c, lang, id)
				if v := j.sayable(wordsDraft(id, lang, role, text, figs)); v.Decision != guard.Pass {
					t.Errorf("%s in %s at %s: %q: %s", id, lang, now.Format("15:04"), text, hitsOf(v))
				}
				n++
			}
		}
		if n < 600 {
			t.Fatalf("only %d texts judged", n)
		}
	}
}

// What the law matrix of the texts offers, the matrix of the filter allows: the two files cannot drift apart.
func TestLawTextsPassWhereTheyAreOffered(t *testing.T) {
	c, err := prompts.Load()
	if err != nil {
		t.Fatal(err)
	}
	j, seen := newWordsJudge(t, byDay), map[string]bool{}
	for _, f := range j.facts {
		if f.Asked != "legal_consequence" {
			continue
		}
		for _, s := range c.Law(prompts.LawQuery{DebtType: f.DebtType, Stage: f.Stage, ReportsCredit: true, IntendsLitigation: true, Asked: true}) {
			for _, lang := range c.Langs() {
				text, figs := filledText(t, c, lang, s.ID)
				if v := j.filter.Check(wordsDraft(s.ID, lang, "body", text, figs), f); v.Decision != guard.Pass {
					t.Errorf("%s in %s for %s at %s: %q: %s", s.ID, lang, f.DebtType, f.Stage, text, hitsOf(v))
				}
				seen[s.ID] = true
			}
		}
	}
	if len(seen) < 8 {
		t.Fatalf("only %v were offered", slices.Sorted(maps.Keys(seen)))
	}
}

func hitsOf(v guard.Verdict) string {
	var s []string
	for _, h := range v.Hits {
		s = append(s, h.Rule+" "+h.Text+" ("+h.Why+")")
	}
	return string(v.Decision) + ": " + strings.Join(s, "; ")
}

var definedText = regexp.MustCompile(`\{\{define "([a-z_]+)"\}\}(.*?)\{\{end\}\}`)

func TestAgreementWordsCanBeSaid(t *testing.T) {
	j := newWordsJudge(t, byDay)
	for _, lang := range []string{"zh-Hans", "zh-Hant", "en"} {
		src, err := os.ReadFile(filepath.Join("..", "..", "prompts", "agreement", lang+".tmpl"))
		if err != nil {
			t.Fatal(err)
		}
		all := definedText.FindAllStringSubmatch(string(src), -1)
		if len(all) < 30 {
			t.Fatalf("%s: only %d texts found", lang, len(all))
		}
		for _, m := range all {
			text := strings.ReplaceAll(m[2], "SHA-256", "")
			if v := j.sayable(wordsDraft(m[1], lang, "document", text, nil)); v.Decision != guard.Pass {
				t.Errorf("agreement %s in %s: %q: %s", m[1], lang, text, hitsOf(v))
			}
		}
	}
}

var (
	tsComment = regexp.MustCompile(`(?m)^\s*//.*$|\s//\s.*$`)
	tsLiteral = regexp.MustCompile(`'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|` + "`[^`]*`")
	tsEntry   = regexp.MustCompile(`([A-Za-z_]\w*|'[\w.+-]+'):\s*(` + tsLiteral.String() + `)`)
	uiSlot    = regexp.MustCompile(`\{(\w+)\}`)
)

// catalogue reads the strings of one file of words. It is a parser of these files only: prose it cannot place is an error,
// so that no string slips past it.
func catalogue(t *testing.T, file string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	src := tsComment.ReplaceAllString(string(raw), "")
	out, placed := map[string]string{}, map[string]bool{}
	for _, m := range tsEntry.FindAllStringSubmatch(src, -1) {
		lit := m[2]
		placed[lit] = true
		key := m[1]
		for out[key] != "" { // several languages in one file
			key += "'"
		}
		out[key] = strings.NewReplacer(`\'`, "'", `\"`, `"`, `\n`, "\n", `\\`, `\`).Replace(lit[1 : len(lit)-1])
	}
	for _, lit := range tsLiteral.FindAllString(src, -1) {
		if !placed[lit] && strings.ContainsFunc(lit, func(r rune) bool { return r == ' ' || unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s: %s is not an entry this test understands", file, lit)
		}
	}
	return out
}

// What the pages themselves say to a debtor, and to whoever visits the demo's portal.
func TestPageWordsCanBeSaid(t *testing.T) {
	j, ui := newWordsJudge(t, byDay), filepath.Join("..", "..", "web", "ui", "src")
	for _, c := range []struct {
		file, lang string
		least      int
	}{
		{"chat/i18n/zh-Hans.ts", "zh-Hans", 200}, {"chat/i18n/zh-Hant.ts", "zh-Hant", 200}, {"chat/i18n/en.ts", "en", 200},
		{"loader/words.ts", "zh-Hans", 12}, {"portal/words.ts", "zh-Hans", 60}, {"portal/labels.ts", "zh-Hans", 12},
		{"console/i18n/zh.ts", "zh-Hans", 200}, {"console/i18n/en.ts", "en", 200},
	} {
		words := catalogue(t, filepath.Join(ui, filepath.FromSlash(c.file)))
		if len(words) < c.least {
			t.Fatalf("%s: only %d strings found", c.file, len(words))
		}
		for _, key := range slices.Sorted(maps.Keys(words)) {
			lang := c.lang
			if !strings.ContainsFunc(words[key], func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				lang = "en"
			}
			text := uiSlot.ReplaceAllStringFunc(words[key], func(s string) string { return slotWord(lang, s[1:len(s)-1], nil) })
			if v := j.sayable(wordsDraft("ui", lang, "title", text, pageFigures)); v.Decision != guard.Pass {
				t.Errorf("%s %s: %q: %s", c.file, key, text, hitsOf(v))
			}
		}
	}
}
