package guard

import (
	"slices"
	"sort"
	"strings"

	"hejie/bot/text"
)

// orgWords are how a text names the organisation it speaks for (pack.yaml: organisations). They are data: what announces a
// name, what ends one, what in it says nothing.
type orgWords struct {
	Claims   []string `yaml:"claims"`   // words after which the speaker's own or principal's name stands
	Owed     []string `yaml:"owed"`     // words after which the one who is owed stands
	Debts    []string `yaml:"debts"`    // after that name: what is owed
	Endings  []string `yaml:"endings"`  // bank, recovery …: what a name ends with
	Short    []string `yaml:"short"`    // names that carry no ending: 招行
	Generic  []string `yaml:"generic"`  // what makes a kind of a name: 正规, 第三方
	Dropped  []string `yaml:"dropped"`  // tails that do not change who is meant: 有限公司, 客服中心
	Tell     Both     `yaml:"tell"`     // to the author; {figure} is the name
	Posing   string   `yaml:"posing"`   // rule of a false claim to speak for somebody
	Stranger string   `yaml:"stranger"` // rule of a debt or a signature of somebody else
}

// maxOrgName is how many runes an organisation's name may have.
const maxOrgName = 24

// orgs are the organisations the text speaks for. Each must be the creditor or the collector. When neither is known there is
// nothing to hold a name against, and the rules about false authority alone decide.
func (r *draftRun) orgs(j *judging) {
	if r.f.Creditor == "" && r.f.Collector == "" {
		return
	}
	rs := j.v.fold.Runes
	o := &r.rs.orgs
	for i := 0; i < len(rs); i++ {
		if rs[i] == '【' || rs[i] == '[' {
			if end := slices.IndexFunc(rs[i+1:min(len(rs), i+2+maxOrgName)], func(c rune) bool { return c == '】' || c == ']' }); end > 0 {
				if name := rs[i+1 : i+1+end]; o.ends(name) > 0 && !latinRune(name[0]) {
					r.org(j, i+1, i+1+end, o.rules.stranger)
				}
			}
			continue
		}
		if n := o.claims.at(rs, i); n > 0 {
			if from, to := o.name(rs, i+n); to > 0 {
				r.org(j, from, to, o.rules.posing)
				i = to - 1
			}
		} else if n := o.owed.at(rs, i); n > 0 {
			if from, to := o.name(rs, i+n); to > 0 && o.debts.near(rs, to) {
				r.org(j, from, to, o.rules.stranger)
				i = to - 1
			}
		}
	}
}

func (r *draftRun) org(j *judging, from, to int, rule *Rule) {
	name := r.rs.orgs.core(string(j.v.fold.Runes[from:to]))
	if name == "" || !slices.Contains(rule.Authors, r.d.Author) {
		return
	}
	s, e := j.v.fold.Span(from, to)
	shown := j.v.cutText(s, e)
	if latinRune(j.v.fold.Runes[from]) && !capitalised(shown) {
		return // "we are sorry about your credit"
	}
	for _, k := range []struct{ name, origin string }{{r.f.Creditor, "facts:creditor"}, {r.f.Collector, "facts:collector"}} {
		if k.name != "" && sameOrg(name, r.rs.orgs.core(text.Fold(k.name).String())) {
			r.found = append(r.found, Figure{Kind: Org, Text: shown, Origin: k.origin})
			j.v.excused = append(j.v.excused, excused{rule.ID, j.keyPos(s), byFacts}) // who names himself rightly does not pose
			return
		}
	}
	why := strings.ReplaceAll(r.rs.tables.Orgs.Tell.in(r.d.tells()), "{figure}", shown)
	j.raise(rule, s, e, shown, why)
}

// capitalised: each word of a Latin name but the small ones begins with a capital.
func capitalised(s string) bool {
	for _, w := range strings.Fields(s) {
		if w != "of" && w != "and" && w != "the" && w != "&" && strings.ToLower(w[:1]) == w[:1] && w[0] > '9' {
			return false
		}
	}
	return true
}

// sameOrg: one name is part of the other, or a short form takes its letters in order (招行 of 招商银行).
func sameOrg(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	x, y := []rune(a), []rune(b)
	if latinRune(x[0]) && latinRune(y[0]) { // whole words only: Yongxin is not Yongxing
		return strings.Contains(" "+a+" ", " "+b+" ") || strings.Contains(" "+b+" ", " "+a+" ")
	}
	if strings.Contains(a, b) || strings.Contains(b, a) {
		return true
	}
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) > 3 || latinRune(x[0]) || x[0] != y[0] {
		return false
	}
	i := 0
	for _, c := range y {
		if i < len(x) && x[i] == c {
			i++
		}
	}
	return i == len(x)
}

// words is a list looked for at a place, longest first.
type words [][]rune

func newWords(list []string) words {
	var w words
	for _, s := range list {
		if rs := []rune(strings.TrimSpace(text.Fold(s).String())); len(rs) > 0 {
			w = append(w, rs)
		}
	}
	sort.SliceStable(w, func(i, k int) bool { return len(w[i]) > len(w[k]) })
	return w
}

// at is the length of the word at i, a Latin one only whole; 0 if none.
func (w words) at(rs []rune, i int) int {
	for _, s := range w {
		n := len(s)
		if i+n > len(rs) || rs[i] != s[0] || !slices.Equal(rs[i:i+n], s) {
			continue
		}
		if latinRune(s[0]) && i > 0 && latinRune(rs[i-1]) || latinRune(s[n-1]) && i+n < len(rs) && latinRune(rs[i+n]) {
			continue
		}
		return n
	}
	return 0
}

// near: one of the words begins within four runes of i.
func (w words) near(rs []rune, i int) bool {
	for k := i; k < len(rs) && k <= i+4; k++ {
		if w.at(rs, k) > 0 {
			return true
		}
	}
	return false
}

// orgReader is orgWords ready to use.
type orgReader struct {
	claims, owed, debts, endings, short, generic words
	dropped                                      []string
	rules                                        struct{ posing, stranger *Rule }
}

func (o *orgReader) compile(w *orgWords, byID map[string]*Rule) bool {
	o.claims, o.owed, o.debts = newWords(w.Claims), newWords(w.Owed), newWords(w.Debts)
	o.endings, o.short, o.generic = newWords(w.Endings), newWords(w.Short), newWords(w.Generic)
	for _, s := range w.Dropped {
		o.dropped = append(o.dropped, text.Fold(s).String())
	}
	o.rules.posing, o.rules.stranger = byID[w.Posing], byID[w.Stranger]
	return len(o.claims) > 0 && len(o.endings) > 0 && o.rules.posing != nil && o.rules.stranger != nil && w.Tell.Zh != "" && w.Tell.En != ""
}

var articles = newWords([]string{"the", "a", "an", "your"})

// name is the organisation that begins at i, after spaces and articles; to is 0 if none does.
func (o *orgReader) name(rs []rune, i int) (from, to int) {
	for i < len(rs) && (rs[i] == ' ' || rs[i] == ':' || rs[i] == '"' || rs[i] == '“') {
		i++
	}
	if n := articles.at(rs, i); n > 0 {
		i += n + 1
	}
	if i >= len(rs) {
		return 0, 0
	}
	if n := o.short.at(rs, i); n > 0 {
		return i, i + n
	}
	latin := latinRune(rs[i])
	for k := i; k < len(rs) && k < i+maxOrgName; k++ {
		c := rs[k]
		if !isCJK(c) && !latinRune(c) && !(latin && (c == ' ' || c == '&' || c == '-' || c == '\'')) || strings.ContainsRune("的,。!?;:、()【】", c) {
			return 0, 0
		}
		if n := o.endings.at(rs, k); n > 0 && k > i {
			end := k + n
			for m := o.endings.at(rs, end); m > 0; m = o.endings.at(rs, end) { // 安心 消费金融 公司
				end += m
			}
			return i, end
		}
	}
	return 0, 0
}

// ends is how long the ending of a whole name is.
func (o *orgReader) ends(name []rune) int {
	for k := 1; k < len(name); k++ {
		if n := o.endings.at(name, k); n > 0 && k+n == len(name) {
			return n
		}
	}
	return 0
}

// core is what tells a name from others; empty for a mere kind (正规公司) or a placeholder (××银行).
func (o *orgReader) core(name string) string {
	for again := true; again; {
		again = false
		for _, d := range o.dropped {
			if rest, ok := strings.CutSuffix(name, d); ok && rest != "" {
				name, again = strings.TrimSpace(rest), true
			}
		}
	}
	rs := []rune(name)
	if strings.ContainsAny(name, "×*○某") || strings.HasPrefix(name, "xx") || name == "x" || strings.HasPrefix(name, "x ") {
		return ""
	}
	for i := range rs {
		if n := o.generic.at(rs, i); n > 0 {
			return ""
		}
	}
	if n := o.endings.at(rs, 0); n == len(rs) {
		return ""
	}
	return name
}
