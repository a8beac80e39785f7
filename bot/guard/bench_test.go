package guard

import (
	"io/fs"
	"strconv"
	"strings"
	"testing"
	"time"

	"hejie/bot/text"
)

// text100 is a reply of 100 characters as the bot writes them.
const text100 = "您好，截至今日您本期应还1,284.50元，其中本金1,000.00元。您可以申请分12期偿还，首期还款日为12月12日；方案需要审批，结果会告知您。如有困难请告诉我，我们可以一起看别的办法。不会联系您的家人。"

func benchRules(b *testing.B) *Ruleset {
	sub, err := fs.Sub(embedded, "rules")
	if err != nil {
		b.Fatal(err)
	}
	rs, err := load(sub)
	if err != nil {
		b.Fatal(err)
	}
	return rs
}

func benchFacts() Facts {
	return Facts{
		Now: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC), Zone: time.UTC, Identity: Verified, Control: Bot,
		Figures: []Figure{{Kind: Money, Value: 128450, Origin: "ledger:1"}, {Kind: Money, Value: 100000, Origin: "ledger:2"}, {Kind: Count, Value: 12, Origin: "offer:1"}, {Kind: Date, Text: "2026-12-12", Origin: "offer:1"}},
	}
}

func benchCheck(b *testing.B, s string) {
	f := &Filter{rs: benchRules(b)}
	d := Draft{ID: "1", Author: Bot, Kind: Reply, Lang: "zh-Hans", To: Recipient{ConversationID: "c"}, Parts: []Part{{Role: "body", Text: s}}}
	facts := benchFacts()
	b.ReportAllocs()
	for b.Loop() {
		f.Check(d, facts)
	}
}

func BenchmarkCheck100(b *testing.B) { benchCheck(b, text100) }

// The floor: folding and one bare pass of the automaton over the same text.
func BenchmarkFloor100(b *testing.B) { benchFloor(b, text100) }

func benchFloor(b *testing.B, s string) {
	rs := benchRules(b)
	var fold, key text.Folded
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		fold.Reset(s)
		fold.KeyInto(&key)
		rs.auto.scan(key.Runes, func(int32, int) { n++ })
	}
}

var worst = map[string]string{
	"plain":     strings.Repeat(text100, 40),
	"threats":   strings.Repeat("坐牢上门", 1000),
	"negations": strings.Repeat("不会不得", 1000),
	"gaps":      strings.Repeat("联系", 2000),
	"others":    strings.Repeat("父母单位", 1000),
	"figures":   strings.Repeat("1元2期", 800),
	"digits":    strings.Repeat("1", 4000),
	"spelled":   strings.Repeat("j a i l ", 500),
	"clauses":   strings.Repeat("但，", 2000),
	"latin":     strings.Repeat("call your ", 400),
	"emoji":     strings.Repeat("🔪👮😀", 1333),
	"one":       strings.Repeat("还", 4000),
	"spaces":    strings.Repeat(" ", 4000),
	"dates":     strings.Repeat("十二月十二日", 666),
	"numerals":  strings.Repeat("一千二百三十四", 571),
	"links":     strings.Repeat("a.com ", 666),
	"orgs":      strings.Repeat("我是建设银行", 666),
	"backwards": strings.Repeat("父母，联系，", 666),
	"pinyin":    strings.Repeat("zuolao", 666),
	"columns":   strings.Repeat("坐，牢，", 1000),
	"cases":     strings.Repeat("（2026）沪1号", 400),
	"brackets":  strings.Repeat("【", 4000),
	"english":   strings.Repeat("we will not call your mother or visit you tomorrow. ", 77),
}

func BenchmarkCheck4000(b *testing.B) {
	for name, s := range worst {
		b.Run(name, func(b *testing.B) { benchCheck(b, s) })
	}
}

// The yardstick: one bare pass of the automaton over the text, folded beforehand.
func BenchmarkBareAutomaton(b *testing.B) {
	rs := benchRules(b)
	for _, c := range []struct{ name, text string }{{"100", text100}, {"4000", strings.Repeat(text100, 40)}} {
		key := text.Fold(c.text).Key().Runes
		b.Run(c.name, func(b *testing.B) {
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				rs.auto.scan(key, func(int32, int) { n++ })
			}
		})
	}
}

// Cost grows with the length of the text and no faster.
func BenchmarkLength(b *testing.B) {
	for _, n := range []int{1, 2, 4, 8, 16, 32} {
		b.Run(strconv.Itoa(n*100), func(b *testing.B) { benchCheck(b, strings.Repeat(text100, n)) })
	}
}

// Cost stays flat when the phrase list grows: whole verdicts by packs with two, five and ten times the patterns. The copies
// differ from the originals in their rarest part only, so they are tried wherever the originals are.
func BenchmarkPhrases(b *testing.B) {
	sub, err := fs.Sub(embedded, "rules")
	if err != nil {
		b.Fatal(err)
	}
	for _, times := range []int{1, 2, 5, 10} {
		rs, err := load(sub)
		if err != nil {
			b.Fatal(err)
		}
		rs.multiply(b, times)
		f := &Filter{rs: rs}
		d := Draft{ID: "1", Author: Bot, Kind: Reply, Lang: "zh-Hans", To: Recipient{ConversationID: "c"}, Parts: []Part{{Role: "body", Text: text100}}}
		facts := benchFacts()
		b.Run("x"+strconv.Itoa(times), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f.Check(d, facts)
			}
			b.ReportMetric(float64(len(rs.lex.phrases)), "phrases")
		})
	}
}

// multiply compiles every pattern again with each phrase ending in a character that no text of the benchmark has.
func (rs *Ruleset) multiply(b *testing.B, times int) {
	var pats []compiledPattern
	for _, r := range rs.rules {
		for i := range r.Patterns {
			for k := range times {
				p := r.Patterns[i]
				p.Statement = ""
				if k > 0 {
					p.Any, p.All = marked(p.Any, k), nil
					for _, l := range r.Patterns[i].All {
						p.All = append(p.All, marked(l, k))
					}
				}
				c, err := rs.compilePattern(r, &p)
				if err != nil {
					b.Fatal(err)
				}
				pats = append(pats, c)
			}
		}
	}
	rs.index(pats)
	rs.pool = viewPool{}
}

func marked(list []string, k int) []string {
	var out []string
	for _, s := range list {
		if !strings.HasPrefix(s, "@") || strings.ContainsAny(s, "~(") {
			s += string(rune(0x9F00 + k))
		}
		out = append(out, strings.TrimSuffix(s, "*"+string(rune(0x9F00+k))))
	}
	return out
}
