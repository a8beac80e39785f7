package guard

import (
	"fmt"
	"strconv"
	"strings"

	"hejie/bot/text"
	"hejie/flows/calendar"
)

// known are the figures a message may state: the conversation's, the draft's own slots, and the statutes'.
type known struct {
	own    []Figure
	dates  []calendar.Date // of own date figures
	statut []statute
	hosts  []string
}

// statute is a figure the law gives; where Near is set it stands only beside such words: 5 years is true of credit
// records and false of limitation.
type statute struct {
	Figure
	near int32
	ppm  int64
	unit string // of a duration: day, month, year, hour
}

// statuteFile is statutes.yaml.
type statuteFile struct {
	Figures []struct {
		Kind    FigureKind `yaml:"kind"`
		Value   int64      `yaml:"value"`
		Text    string     `yaml:"text"`
		Unit    string     `yaml:"unit"`
		Percent string     `yaml:"percent"`
		Near    []string   `yaml:"near"`
		Source  string     `yaml:"source"`
		Article string     `yaml:"article"`
		Mark    string     `yaml:"mark"`
	} `yaml:"figures"`
}

func (s statuteFile) statutes(lex *lexicon) ([]statute, error) {
	var out []statute
	for i, f := range s.Figures {
		if f.Source == "" || f.Mark == "" {
			return nil, fmt.Errorf("statutes: figure %d has no source or mark", i+1)
		}
		st := statute{unit: f.Unit, Figure: Figure{Kind: f.Kind, Value: f.Value, Text: f.Text, Origin: strings.TrimSpace("statute:" + f.Source + " " + f.Article)}}
		switch f.Kind {
		case Money, Count, Phone, Date, Ref:
		case Duration:
			if f.Unit == "" || f.Value <= 0 {
				return nil, fmt.Errorf("statutes: duration %d needs value and unit", i+1)
			}
		case Percent:
			v, ok := ppm(f.Percent)
			if !ok {
				return nil, fmt.Errorf("statutes: percent %q", f.Percent)
			}
			st.ppm = v
		default:
			return nil, fmt.Errorf("statutes: kind %q", f.Kind)
		}
		var err error
		if st.near, err = optional(lex, f.Near); err != nil {
			return nil, fmt.Errorf("statutes: %w", err)
		}
		out = append(out, st)
	}
	return out, nil
}

// Duration is a figure kind of statutes and creditors' promises: Value of Unit (in Text: day, month, year).
const Duration FigureKind = "duration"

// ppm reads a decimal percentage exactly: "0.0175" is 175 parts per million.
func ppm(s string) (int64, bool) {
	whole, frac, _ := strings.Cut(strings.TrimSuffix(strings.TrimSpace(s), "%"), ".")
	if len(frac) > 4 {
		return 0, false
	}
	v, err := strconv.ParseInt(whole+(frac + "0000")[:4], 10, 64)
	return v, err == nil
}

func (k *known) gather(rs *Ruleset, d *Draft, f *Facts) {
	k.own = f.Figures
	if len(d.Figures) > 0 {
		k.own = make([]Figure, 0, len(f.Figures)+len(d.Figures))
		k.own = append(append(k.own, f.Figures...), d.Figures...)
	}
	k.statut, k.hosts = rs.statutes, f.AllowedHosts
	for _, g := range k.own {
		if g.Kind == Date {
			if day, err := calendar.ParseDate(g.Text); err == nil {
				k.dates = append(k.dates, day)
			}
		}
	}
	if f.QuoteValidUntil != "" {
		if day, err := calendar.ParseDate(f.QuoteValidUntil); err == nil {
			k.dates = append(k.dates, day)
			k.own = append(k.own[:len(k.own):len(k.own)], Figure{Kind: Date, Text: f.QuoteValidUntil, Origin: "quote:valid_until"})
		}
	}
}

func (k *known) value(kind FigureKind, v int64) (Figure, bool) {
	for _, g := range k.own {
		if g.Kind == kind && g.Value == v {
			return g, true
		}
	}
	return Figure{}, false
}

// remainder is what one known count leaves of another: of 6 instalments 2 are paid, 4 are to come.
func (k *known) remainder(v int64) (Figure, bool) {
	for _, all := range k.own {
		if all.Kind != Count || all.Value <= v {
			continue
		}
		if done, ok := k.value(Count, all.Value-v); ok {
			return Figure{Kind: Count, Value: v, Origin: all.Origin + " less " + done.Origin}, true
		}
	}
	return Figure{}, false
}

// text finds a phone, reference or link figure by its digits or letters.
func (k *known) text(kind FigureKind, s string) (Figure, bool) {
	for _, g := range k.own {
		if g.Kind == kind && plain(g.Text) == s {
			return g, true
		}
	}
	return Figure{}, false
}

func (k *known) date(d calendar.Date, yearless bool) (Figure, bool) {
	for _, g := range k.own {
		if g.Kind != Date {
			continue
		}
		day, err := calendar.ParseDate(g.Text)
		if err == nil && (day == d || yearless && day.Month == d.Month && day.Day == d.Day) {
			return g, true
		}
	}
	return Figure{}, false
}

func (k *known) percent(p int64) (Figure, bool) {
	for _, g := range k.own {
		if g.Kind != Percent {
			continue
		}
		if v, ok := ppm(g.Text); ok && g.Text != "" && v == p || g.Text == "" && g.Value*100 == p {
			return g, true
		}
	}
	return Figure{}, false
}

// lawful finds a statutory figure whose words stand in the same sentence.
func (k *known) lawful(j *judging, pos int32, same func(*statute) bool) (Figure, bool) {
	c := j.v.clauseAt(pos)
	lo, hi := j.v.sentenceSpan(c)
	for i := range k.statut {
		s := &k.statut[i]
		if same(s) && (s.near < 0 || j.v.within(s.near, lo, hi)) {
			return s.Figure, true
		}
	}
	return Figure{}, false
}

// plain keeps what tells two numbers apart: digits and letters.
func plain(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			b.WriteRune(r)
		}
	}
	s = b.String()
	if len(s) == 13 && strings.HasPrefix(s, "86") { // +86 before a mobile number
		s = s[2:]
	}
	return s
}

func foldedKey(s string) string { return text.Fold(s).Key().String() }
