package guard

import (
	"io/fs"
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
}

func BenchmarkCheck4000(b *testing.B) {
	for name, s := range worst {
		b.Run(name, func(b *testing.B) { benchCheck(b, s) })
	}
}

// Cost stays flat when the phrase list grows tenfold: the same pass over an automaton with ten times the phrases.
func BenchmarkPhrases(b *testing.B) {
	rs := benchRules(b)
	phrases := rs.lex.phrases
	var more [][]rune
	for i := range 10 {
		for _, p := range phrases {
			q := append([]rune(nil), p...)
			if i > 0 {
				q = append(q, rune(0x9F00+i))
			}
			more = append(more, q)
		}
	}
	key := text.Fold(text100).Key().Runes
	for _, c := range []struct {
		name string
		a    *automaton
	}{{"x1", newAutomaton(phrases)}, {"x10", newAutomaton(more)}} {
		b.Run(c.name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				c.a.scan(key, func(int32, int) { n++ })
			}
		})
	}
}
