package understand

import (
	"slices"
	"strings"

	"hejie/flows"
)

// leadIns are what stands before a name that is given in one breath with digits, and says nothing itself.
var leadIns = []string{"我的名字是", "我名字是", "我姓名是", "姓名是", "名字是", "我名叫", "我叫做", "我是", "我叫", "我系", "本人是", "本人叫", "本人", "这里是", "姓名", "名字", "名叫", "叫", "是", "你好", "您好", "客服"}

// noNameEnds are characters that end words of money or talk, never a given name: 房租 4500, 应付 3000, 封顶 2000.
const noNameEnds = "租费息资薪供付还收支用款债账期贷额卡顶多少了的吗么呢吧啊号钱块元月年日行要能给交人"

// noNames are Latin words that stand before a figure and are nobody's name.
var noNames = []string{
	"pay", "me", "my", "ok", "okay", "now", "only", "max", "about", "maybe", "monthly", "month", "offer", "plan", "yes", "no", "the", "a", "an", "is", "are", "can", "do", "for", "of", "to", "and", "or", "up", "at", "most", "least", "total",
	"number", "phone", "mobile", "last", "ending", "ends", "id", "digits", "four", "card", "account", "balance", "income", "salary", "rent", "fee", "fees", "code", "case", "ref", "year", "please", "just", "around", "roughly", "under", "over", "say",
	"hello", "hi", "hey", "dear", "sir", "loan", "debt", "owe", "usd", "hkd", "cny", "rmb", "how", "what", "why", "when", "who", "this", "that", "it", "not", "more", "less", "than", "each", "per", "want", "need", "lets", "give", "take", "deal", "still", "credit", "payment", "settle", "stop",
}

// nameAndDigits: the message is nothing but a name and one or two groups of four. Before anybody has asked, that is somebody
// saying who they are; in the middle of a bargain about sums it is not looked for.
func (r *reading) nameAndDigits(s string, t []tail) bool {
	switch r.in.Context {
	case "", "none", "ask_identity", "ask_reason":
	default:
		return false
	}
	if r.in.Verified || len(t) == 0 || len(t) > 2 {
		return false
	}
	a, b, ok := r.bareName(t)
	if ok && !r.has(flows.SlotName) {
		name, e, _ := r.nameEntity(s, a, b)
		r.named(name, e, 0.85)
	}
	return ok
}

// bareName is the name in a message that holds nothing beside it but the tails.
func (r *reading) bareName(tails []tail) (a, b int, ok bool) {
	a, b = -1, -1
	for i, c := range r.n.rs {
		switch in := func(t tail) bool { return t.from <= i && i < t.to }; {
		case slices.ContainsFunc(tails, in), isMark(c), c == ' ':
			continue
		case a < 0:
			a = i
		}
		b = i + 1
	}
	if a < 0 || slices.ContainsFunc(tails, func(t tail) bool { return a < t.from && t.from < b }) {
		return 0, 0, false
	}
	if !isHan(r.n.rs[a]) {
		return a, b, r.latinFullName(a, b)
	}
	for _, w := range leadIns { // 你好，我是张三 4417
		if rest, found := strings.CutPrefix(string(r.n.rs[a:b]), w); found && rest != "" {
			a = b - len([]rune(rest))
			for a < b && isMark(r.n.rs[a]) {
				a++
			}
		}
	}
	if a >= b || strings.ContainsRune(noNameEnds, r.n.rs[b-1]) || b-a < 2 {
		return 0, 0, false
	}
	from, to, found := r.hanName(a, false)
	return from, to, found && to == b
}

// latinFullName: two or three words, none of them one of everyday talk. Asked who they are, people do not bother with capitals.
func (r *reading) latinFullName(a, b int) bool {
	words := strings.Fields(string(r.n.rs[a:b]))
	if len(words) < 2 || len(words) > 3 {
		return false
	}
	at := a
	for _, w := range words {
		if !isLatin(rune(w[0])) || len(w) < 2 || strings.ContainsAny(w, ",?|0123456789") || slices.Contains(noNames, w) {
			return false
		}
		if !r.capital(at) && r.in.Context != "ask_identity" {
			return false
		}
		at += len([]rune(w)) + 1
	}
	return true
}

// labels name the parts of an introduction and mean nothing beside them.
var labels = []string{"手机号码", "手机号", "手机", "电话号码", "电话", "身份证号码", "身份证号", "身份证", "身分证", "证件号", "尾号", "末四位", "后四位", "后4位", "末4位", "号码", "phone", "mobile", "ending", "last", "four", "digits", "number", "name", "card", "and", "the", "with"}

// bareIdentity: a name and digits and hardly anything else is somebody saying who they are, whatever a likeness suggests.
func (r *reading) bareIdentity() {
	if !r.has(flows.SlotName) || !r.has(flows.SlotPhoneLast4) && !r.has(flows.SlotIDLast4) {
		return
	}
	rest := string(r.n.rs)
	for _, c := range r.slots {
		if c.Slot == flows.SlotName {
			rest = strings.Replace(rest, string(literal(c.Value.Text)), "", 1)
		}
	}
	for _, w := range slices.Concat(leadIns, labels) {
		rest = strings.ReplaceAll(rest, w, "")
	}
	left := 0
	for _, c := range rest {
		if isHan(c) || c >= 'a' && c <= 'z' && c != 'x' {
			left++
		}
	}
	switch {
	case left == 0:
		r.intents = nil
	case left <= 3:
		r.intents = slices.DeleteFunc(r.intents, func(s scored) bool { return !triggers[s.intent] })
	}
}
