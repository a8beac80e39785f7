package guard

import (
	"strings"
	"testing"
)

// judgeBy is how often the phrases of one list are found in a text, by the language of phrase.go alone.
func judgeBy(t *testing.T, phrases []string, s string) int {
	t.Helper()
	lex := newLexicon(map[string][]string{"kin": {"父母", "老婆", "your mother"}, "calls": {"打电话给", "联系", "call"}})
	rs := &Ruleset{lex: lex, sounds: &sounds{auto: newAutomaton(nil), not: newAutomaton(nil)}}
	var err error
	if rs.lang.split, err = lex.term([]string{"但是"}); err != nil {
		t.Fatal(err)
	}
	rs.lang.splitNot = -1
	p := compiledPattern{pat: &cpattern{}}
	if err := p.parts(lex, &Pattern{Any: phrases}); err != nil {
		t.Fatal(err)
	}
	rs.index([]compiledPattern{p})
	v := rs.view(s)
	defer rs.release(v)
	n := 0
	for _, term := range v.touched {
		for _, ref := range rs.seqs[term] {
			for _, id := range v.byTerm[term] {
				if _, ok := v.match(ref.seq, v.hits[id]); ok {
					n++
				}
			}
		}
	}
	return n
}

func TestPhraseLanguage(t *testing.T) {
	many := "(甲|乙|丙|丁|戊|己|庚|辛)"
	for _, c := range []struct {
		phrase, text string
		want         bool
	}{
		{"给@kin打电话", "我给老婆打电话", true},
		{"给@kin打电话", "我给老婆常打电话", false},
		{"给@kin(的|)单位", "去给父母的单位", true},
		{"给@kin(的|)单位", "去给父母单位", true},
		{"@calls@kin", "please call your mother", true},
		{"@calls@kin", "please call to your mother", false},
		{"(@kin|房东)都知道", "房东都知道", true},
		{"(@kin|房东)都知道", "父母都知道", true},
		{"@calls~@kin", "联系一下你的父母", true},
		{"@calls~@kin", "联系。父母", false},
		{"@calls~~上班", "联系你那位总是不接电话的同学上班", true},
		{strings.Repeat(many, 6), "甲乙丙丁戊己", true},
		{strings.Repeat(many, 6), "甲乙丙丁戊", false},
		{"arrest(ed|ing)", "arrested", true},
	} {
		if got := judgeBy(t, []string{c.phrase}, c.text) > 0; got != c.want {
			t.Errorf("%q in %q: %v", c.phrase, c.text, got)
		}
	}
}

func TestPhraseFaults(t *testing.T) {
	lex := newLexicon(map[string][]string{"kin": {"父母"}})
	for _, s := range []string{"给@nobody打", "(坐", "坐)牢", "~", "@kin~", "(|)"} {
		if qs, err := lex.sequences(s); err == nil {
			t.Errorf("%q compiled to %v", s, qs)
		}
	}
}
