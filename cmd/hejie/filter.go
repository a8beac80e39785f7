package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"hejie/bot/guard"
)

// FilterCmd is `hejie filter`: may this text be sent? Nothing is recorded and nothing can be sent from here.
type FilterCmd struct {
	Rules string `help:"A rule pack to judge by instead of the built-in one." type:"existingdir" placeholder:"DIR"`
	Now   string `help:"Clock, RFC 3339. Without it: today at noon, so that only the text is judged, not the hour." placeholder:"TIME"`
}

// Help has the example of --help.
func (FilterCmd) Help() string {
	return `One JSON object a line in, one out. let_go lists phrases that stand in a rule but were let go, because the sentence does
not sound like one that must not be sent.

  echo '{"id":"1","text":"再不还就上门","sender":"agent","channel":"web","verified":true}' | hejie filter`
}

type filterIn struct {
	ID       string       `json:"id"`
	Text     string       `json:"text"`
	Lang     string       `json:"lang"`
	Author   string       `json:"author_lang"` // in which the reasons are given; empty = lang
	Sender   string       `json:"sender"`
	Channel  string       `json:"channel"`
	Verified bool         `json:"verified"`
	Facts    *filterFacts `json:"facts"`
}

// filterFacts are what the caller knows. Absent is unknown, and unknown is not allowed.
type filterFacts struct {
	Creditor          string    `json:"creditor"`
	Collector         string    `json:"collector"`
	AmountsFen        []int64   `json:"amounts_fen"`
	Dates             []string  `json:"dates"`
	Counts            []int64   `json:"counts"`
	Percents          []percent `json:"percents"`
	URLs              []string  `json:"urls"`
	Phones            []string  `json:"phones"`
	Refs              []string  `json:"refs"`
	Stage             string    `json:"stage"`
	DebtType          string    `json:"debt_type"`
	Jurisdiction      string    `json:"jurisdiction"`
	IntendsLitigation bool      `json:"intends_litigation"`
	ReportsCredit     bool      `json:"reports_credit"`
	LimitationExpired bool      `json:"limitation_expired"`
	LimitationTold    bool      `json:"limitation_told"`
	QuoteValidUntil   string    `json:"quote_valid_until"`
	Asked             string    `json:"asked"`
	FirstContact      bool      `json:"first_contact"`
	Holds             []string  `json:"holds"`
}

// percent keeps the digits as written: 0.0175 must not pass through a float.
type percent string

func (p *percent) UnmarshalJSON(b []byte) error {
	s := string(b)
	if len(s) >= 2 && s[0] == '"' {
		s = s[1 : len(s)-1]
	}
	*p = percent(s)
	return nil
}

type filterOut struct {
	ID      string      `json:"id"`
	Verdict string      `json:"verdict"`
	Rules   []string    `json:"rules"`
	Hits    []filterHit `json:"hits"`
	Rewrite string      `json:"rewrite,omitempty"`
	Sources []source    `json:"sources,omitempty"` // each figure found, and where it comes from
	LetGo   []letGo     `json:"let_go,omitempty"`  // suspicions that were looked at and let go
	Ruleset string      `json:"ruleset"`
}

type source struct {
	Text   string `json:"text"`
	Kind   string `json:"kind"`
	Origin string `json:"origin"`
}

type letGo struct {
	Rule   string `json:"rule"`
	Start  int    `json:"start"`
	End    int    `json:"end"`
	Text   string `json:"text"`
	Sounds int    `json:"sounds"` // how likely the sentence is one that must not be sent, in percent
}

type filterHit struct {
	Rule  string `json:"rule"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"`
	Why   string `json:"why"`
	Basis string `json:"basis,omitempty"`
}

// Run judges each line.
func (c *FilterCmd) Run(std *IO) error {
	filter, err := rulePack(c.Rules)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	now := noon
	if c.Now != "" {
		at, err := time.Parse(time.RFC3339, c.Now)
		if err != nil {
			return fmt.Errorf("--now: %w: %w", errUsage, err)
		}
		now = func() time.Time { return at }
	}
	return eachLine(std, func(in filterIn) (any, error) {
		d, f, err := in.draft(now())
		if err != nil {
			return nil, err
		}
		return in.answer(filter.Check(d, f)), nil
	})
}

// rulePack is the pack in dir, or the built-in one.
func rulePack(dir string) (*guard.Filter, error) {
	if dir == "" {
		return guard.Default(nil)
	}
	return guard.New(os.DirFS(dir), nil)
}

var filterSenders = map[string]struct {
	author guard.Author
	kind   guard.Kind
}{
	"":         {guard.Bot, guard.Reply},
	"bot":      {guard.Bot, guard.Reply},
	"agent":    {guard.Agent, guard.Reply},
	"reminder": {guard.Reminder, guard.Proactive},
	"system":   {guard.System, guard.Notice},
}

func noon() time.Time {
	y, m, d := time.Now().In(zoneChina).Date()
	return time.Date(y, m, d, 12, 0, 0, 0, zoneChina)
}

func (in filterIn) draft(now time.Time) (guard.Draft, guard.Facts, error) {
	who, ok := filterSenders[in.Sender]
	if !ok {
		return guard.Draft{}, guard.Facts{}, fmt.Errorf("sender must be bot, agent or reminder, not %q", in.Sender)
	}
	channel := in.Channel
	if channel == "" {
		channel = "web"
	}
	d := guard.Draft{
		ID: "filter", Author: who.author, Kind: who.kind, Lang: filterLang(in.Lang, in.Text), AgentID: "filter", AuthorLang: in.tellLang(),
		To:    guard.Recipient{Channel: channel, Address: "filter", ConversationID: "filter", DebtorID: "filter"},
		Parts: []guard.Part{{Role: "body", Text: in.Text}},
	}
	if channel == "sms" && !strings.Contains(in.Text, "【") {
		// The signature is a part of its own in a real SMS; here only the body is given.
		d.Parts = append(d.Parts, guard.Part{Role: "signature", Text: "【" + smsName(in.Facts) + "】"})
	}
	f := guard.Facts{Now: now, Zone: zoneChina, Identity: guard.Anon, Control: guard.Bot}
	if in.Verified {
		f.Identity = guard.Verified
	}
	if in.Facts != nil {
		in.Facts.fill(&f)
	}
	return d, f, nil
}

func (in filterIn) tellLang() string {
	if in.Author == "" {
		return ""
	}
	return filterLang(in.Author, "")
}

func smsName(x *filterFacts) string {
	if x != nil && x.Creditor != "" {
		return x.Creditor
	}
	return "hejie"
}

// zoneChina has no summer time, so a fixed zone is exact and needs no zone database.
var zoneChina = time.FixedZone("Asia/Shanghai", 8*3600)

func (x *filterFacts) fill(f *guard.Facts) {
	f.Creditor, f.Collector, f.Stage, f.DebtType = x.Creditor, x.Collector, stageNamed(x.Stage), x.DebtType
	f.Jurisdiction, f.Asked, f.QuoteValidUntil = x.Jurisdiction, x.Asked, x.QuoteValidUntil
	f.IntendsLitigation, f.ReportsCredit, f.LimitationExpired = x.IntendsLitigation, x.ReportsCredit, x.LimitationExpired
	f.FirstContact, f.Holds, f.LimitationTold = x.FirstContact, x.Holds, x.LimitationTold
	add := func(kind guard.FigureKind, value int64, text string) {
		f.Figures = append(f.Figures, guard.Figure{Kind: kind, Value: value, Text: text, Origin: "facts:" + string(kind)})
	}
	for _, v := range x.AmountsFen {
		add(guard.Money, v, "")
	}
	for _, v := range x.Counts {
		add(guard.Count, v, "")
	}
	for _, v := range x.Percents {
		add(guard.Percent, 0, string(v))
	}
	for kind, list := range map[guard.FigureKind][]string{guard.Date: x.Dates, guard.URL: x.URLs, guard.Phone: x.Phones, guard.Ref: x.Refs} {
		for _, s := range list {
			add(kind, 0, s)
		}
	}
}

func (in filterIn) answer(v guard.Verdict) filterOut {
	out := filterOut{ID: in.ID, Verdict: string(v.Decision), Rules: []string{}, Hits: []filterHit{}, Rewrite: v.Rewrite, Ruleset: v.Ruleset}
	seen := map[string]bool{}
	for _, h := range v.Hits {
		if !seen[h.Rule] {
			seen[h.Rule] = true
			out.Rules = append(out.Rules, h.Rule)
		}
		out.Hits = append(out.Hits, filterHit{Rule: h.Rule, Start: h.Start, End: h.End, Text: h.Text, Why: h.Why, Basis: h.Basis})
	}
	for _, g := range v.Sources {
		out.Sources = append(out.Sources, source{Text: g.Text, Kind: string(g.Kind), Origin: g.Origin})
	}
	for _, g := range v.LetGo {
		out.LetGo = append(out.LetGo, letGo{Rule: g.Rule, Start: g.Start, End: g.End, Text: g.Text, Sounds: g.Sounds})
	}
	return out
}

// filterLang normalises a language tag; without one, a Chinese character decides.
func filterLang(lang, text string) string {
	switch lang {
	case "zh-Hant", "zh-TW", "zh-HK":
		return "zh-Hant"
	case "zh", "zh-Hans", "zh-CN":
		return "zh-Hans"
	case "en", "en-US", "en-GB":
		return "en"
	case "":
		for _, r := range text {
			if r >= 0x2E80 {
				return "zh-Hans"
			}
		}
		return "en"
	}
	return lang
}

// stageNamed takes the day ranges as tables of the law write them, without our letter.
func stageNamed(s string) string {
	switch s {
	case "1-30", "31-90", "90+":
		return "d" + s
	}
	return s
}
