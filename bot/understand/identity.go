package understand

import (
	"regexp"
	"strings"
	"unicode"

	"hejie/bot/text"
	"hejie/flows"
)

// surnames that open a Chinese name. Two-character ones first in matching.
const (
	surnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强丛华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺"
	doubled  = "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 宇文 端木 独孤 南宫 轩辕 长孙"
)

// notNames are words that begin like a name after 我是.
var notNames = []string{"谢谢", "谢了", "孙子", "高手", "高管", "常客", "万能", "明天", "明白", "马上", "方案", "全部", "全额", "何时", "何必", "金额", "成交", "高兴", "那", "周末", "周一", "周二", "周三", "周四", "周五", "周六", "周日", "时间", "安排", "常常", "程序", "钱", "白天", "冷静", "平时", "温馨", "任何", "余额", "龙卡", "幸亏", "毛病", "高中", "方便", "应该", "单亲", "全职", "和", "于", "时候", "单身", "常", "成年", "安全", "明", "关于", "来", "强", "真", "花呗", "花费", "花销", "花了", "余下", "余数", "项目", "单笔", "单月", "单次", "水费", "应届", "农", "计划", "连", "向", "文盲", "古", "都", "万", "金融", "广告", "包工", "司机", "管", "华", "盲", "原", "房", "车", "银行", "党员", "官", "商人", "单", "边", "游", "白", "冷", "谈", "解", "查", "费", "路", "石", "黑", "外", "想", "要", "说", "问", "在", "有", "没", "不", "被", "个"}

// identity finds names and the last four places of phone and identity card.
func (r *reading) identity(s string) {
	if name, e, ok := r.findName(s); ok {
		r.named(name, e, 0.9)
	}
	asked := r.in.Context == "ask_identity"
	for i := range r.figs {
		f := &r.figs[i]
		switch f.Kind {
		case text.FigPhone:
			if len(f.Digits) >= 8 && !r.fromThem(f) {
				r.set(flows.SlotPhoneLast4, textValue(f.Digits[len(f.Digits)-4:]), 0.9)
				f.used = true
			}
		case text.FigIDCard:
			if f.Invalid {
				continue // a slip of the finger proves nobody
			}
			r.set(flows.SlotIDLast4, textValue(f.Digits[len(f.Digits)-4:]), 0.95)
			f.used = true
		}
	}
	found := r.findTails()
	bare := r.nameAndDigits(s, found)
	r.tails(found, asked || bare)
	if !r.has(flows.SlotName) && (r.has(flows.SlotPhoneLast4) || r.has(flows.SlotIDLast4)) { // 张建国，尾号4417
		if a, b, ok := r.hanName(0, false); ok {
			name, e, _ := r.nameEntity(s, a, b)
			r.named(name, e, 0.8)
		}
	}
}

// named: this is what the writer is called.
func (r *reading) named(name string, e Entity, sure float64) {
	r.names = append(r.names, e)
	r.set(flows.SlotName, textValue(name), sure)
}

// fromThem: a number somebody else called from, or that the debtor asks about.
func (r *reading) fromThem(f *figure) bool {
	a, _ := r.n.clause(f.from)
	before := string(r.n.rs[max(a, f.from-8):f.from])
	return strings.Contains(before, "打给") || strings.Contains(before, "你们") || strings.Contains(before, "这个号") || strings.Contains(before, "called from")
}

func textValue(s string) flows.Value { return flows.Value{Kind: flows.KindText, Text: s} }

// tail is a group of four digits, the last of which may be an X.
type tail struct {
	text     string
	from, to int
	x        bool
}

func (r *reading) findTails() []tail {
	var out []tail
	rs := r.n.rs
	for i := 0; i < len(rs); i++ {
		if !(rs[i] >= '0' && rs[i] <= '9') || i > 0 && isLatin(rs[i-1]) {
			continue
		}
		j := i
		for j < len(rs) && isLatin(rs[j]) {
			j++
		}
		if w := string(rs[i:j]); j-i == 4 && allDigits(w[:3]) && (w[3] == 'x' || w[3] >= '0' && w[3] <= '9') {
			out = append(out, tail{strings.ToUpper(w), i, j, w[3] == 'x'})
		}
		i = j
	}
	return append(out, r.spokenTails()...)
}

func allDigits(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

var (
	idWords    = []string{"身份证", "身分证", "证件", "证号", "id card", "id no", "id number", "national id", "my id", "id last", "of id", "id is", "of my id", "id:", "id "}
	phoneWords = []string{"手机", "电话", "尾号", "号码", "末四位", "phone", "mobile", "cell", "ending"}
	cardWords  = []string{"银行卡", "卡号", "信用卡", "储蓄卡", "借记卡", "账号", "card ending", "account"}
)

// corrects stand before what was meant instead.
var corrects = regexp.MustCompile(`不对|错|应该|应是|不是|而是|\b(sorry|no|wrong|correction|i mean|actually)\b`)

// lastWord is the place of the last of words in s, or -1.
func lastWord(s string, words []string) int {
	best := -1
	for _, w := range words {
		best = max(best, strings.LastIndex(s, w))
	}
	return best
}

// tails tells phone and identity card apart by the nearest word before, or by what was asked.
func (r *reading) tails(found []tail, asked bool) {
	var open []tail
	for i, t := range found {
		a := max(0, t.from-24)
		if i > 0 && found[i-1].to <= t.from && !corrects.MatchString(string(r.n.rs[found[i-1].to:t.from])) {
			a = max(a, found[i-1].to) // the word before the last four belongs to them: 身份证7745，想先还3000
		}
		before := string(r.n.rs[a:t.from])
		after := string(r.n.rs[t.to:min(len(r.n.rs), t.to+18)])
		id, phone, card := lastWord(before, idWords), lastWord(before, phoneWords), lastWord(before, cardWords)
		switch {
		case card > id && card >= 0 && !strings.Contains(before[card:], "手机") && !strings.Contains(before[card:], "电话") && !strings.Contains(before[card:], "phone"):
			continue // the tail of a bank card identifies nobody here
		case id >= 0 && (id > phone || nearer(before, id)):
			r.setTail(flows.SlotIDLast4, t, 0.95)
		case t.x && (asked || id >= 0):
			r.setTail(flows.SlotIDLast4, t, 0.9)
		case phone >= 0:
			r.setTail(flows.SlotPhoneLast4, t, 0.95)
		case asked && lastWord(after, idWords) == 0:
			r.setTail(flows.SlotIDLast4, t, 0.9)
		case asked, r.has(flows.SlotName) && r.spare(t):
			open = append(open, t)
		}
	}
	for _, t := range open {
		switch {
		case !r.has(flows.SlotPhoneLast4) && !r.known(flows.SlotPhoneLast4):
			r.setTail(flows.SlotPhoneLast4, t, 0.75)
		case !r.has(flows.SlotIDLast4):
			r.setTail(flows.SlotIDLast4, t, 0.75)
		}
	}
}

// spare: after a name, four digits that stand alone between marks are a factor too (我是张三，4417，0032; 我是张三4417).
func (r *reading) spare(t tail) bool {
	alone := func(i int) bool { return i < 0 || i >= len(r.n.rs) || isMark(r.n.rs[i]) || r.n.rs[i] == ' ' }
	return (alone(t.from-1) || t.from == r.nameEnd) && alone(t.to)
}

// nearer: in 身份证尾号0032 the 尾号 belongs to the card, not to a phone.
func nearer(before string, id int) bool {
	rest := before[id:]
	for _, w := range []string{"手机", "电话", "phone", "mobile", "cell"} {
		if strings.Contains(rest, w) {
			return false
		}
	}
	return true
}

func (r *reading) setTail(slot string, t tail, sure float64) {
	r.set(slot, textValue(t.text), sure)
	for i := range r.figs {
		if r.figs[i].from < t.to && r.figs[i].to > t.from {
			r.figs[i].used = true
		}
	}
}

func (r *reading) known(slot string) bool { _, ok := r.in.Known[slot]; return ok }

// findName reads self-introductions, and a bare name when identity was asked.
func (r *reading) findName(s string) (string, Entity, bool) {
	for _, p := range [...]struct {
		words string
		sure  bool
	}{{"我叫做", true}, {"我叫", true}, {"我的名字是", true}, {"我名字是", true}, {"名字是", true}, {"我名字叫", true}, {"名字叫", true}, {"我姓名是", true}, {"姓名是", true}, {"姓名", true}, {"名字", true}, {"本人", false}, {"这里是", false}, {"我系", false}, {"我是", false}, {"叫我", false}} {
		w := []rune(p.words)
		for i := 0; i+len(w) <= len(r.n.rs); i++ {
			if !r.n.stands(i, w) {
				continue
			}
			j := i + len(w)
			for j < len(r.n.rs) && isMark(r.n.rs[j]) && p.sure {
				j++
			}
			if a, b, ok := r.hanName(j, p.sure); ok && !r.relativeOf(b) {
				return r.nameEntity(s, a, b)
			}
		}
	}
	if a, b, ok := r.surnameFirst(); ok {
		name, e, ok := r.nameEntity(s, a, b)
		name = strings.Replace(name, "名", "", 1)
		e.Value = name
		return name, e, ok
	}
	if a, b, ok := r.latinName(); ok {
		return r.nameEntity(s, a, b)
	}
	if r.in.Context == "ask_identity" {
		for i := range r.n.rs {
			if !r.n.clauseStart(i) {
				continue
			}
			if a, b, ok := r.hanName(i, false); ok {
				return r.nameEntity(s, a, b)
			}
		}
	}
	return "", Entity{}, false
}

// surnameFirst reads 姓欧阳名小龙.
func (r *reading) surnameFirst() (int, int, bool) {
	rs := r.n.rs
	for i, c := range rs {
		if c != '姓' {
			continue
		}
		for n := 2; n > 0; n-- {
			k := i + 1 + n
			if k+1 >= len(rs) || rs[k] != '名' || !isHan(rs[k+1]) || !(n == 1 && strings.ContainsRune(surnames, rs[i+1]) || n == 2 && strings.Contains(doubled, string(rs[i+1:k]))) {
				continue
			}
			e := k + 1
			for e < len(rs) && isHan(rs[e]) && e-k <= 3 {
				e++
			}
			if e-k-1 <= 2 {
				return i + 1, e, true
			}
		}
	}
	return 0, 0, false
}

// nameEntity is the name at [a,b) of the normalised text as it was written, and notes where it ends.
func (r *reading) nameEntity(s string, a, b int) (string, Entity, bool) {
	r.nameEnd = b
	start, _ := r.fold.Span(r.n.at[a], r.n.at[a]+1)
	_, end := r.fold.Span(r.n.at[b-1], r.n.at[b-1]+1)
	name := strings.TrimSpace(string([]rune(s)[start:end]))
	return name, Entity{Kind: "person_name", Text: string([]rune(s)[start:end]), Start: start, End: end, Value: name}, true
}

// hanName reads a name of two to four characters at i that ends where words end.
func (r *reading) hanName(i int, sure bool) (int, int, bool) {
	j := i
	for j < len(r.n.rs) && isHan(r.n.rs[j]) && j-i < 14 {
		j++
	}
	run := string(r.n.rs[i:j])
	for _, stop := range []string{"手机", "身份证", "身分证", "电话", "尾号", "证件", "我想", "我要", "想", "的手机", "的", "后四位", "号码", "这边", "本人", "你好", "请问", "先生", "女士"} {
		if k := strings.Index(run, stop); k > 0 {
			run = run[:k]
		}
	}
	rs := []rune(run)
	n := len(rs)
	if n < 2 || n > 4 || (strings.HasSuffix(run, "呢") || strings.HasSuffix(run, "吗") || strings.HasSuffix(run, "啊") || strings.HasSuffix(run, "了")) {
		return 0, 0, false
	}
	two := n >= 3 && strings.Contains(doubled, string(rs[:2]))
	known := two || strings.ContainsRune(surnames, rs[0])
	if n == 4 && !two && !sure {
		return 0, 0, false
	}
	if !known && !sure {
		return 0, 0, false
	}
	if !sure {
		for _, w := range notNames {
			if strings.HasPrefix(run, w) {
				return 0, 0, false
			}
		}
		switch rs[n-1] {
		case '生', '人', '员', '家', '长', '工', '的', '了', '吗', '么', '号', '钱', '款', '债', '意', '期', '错', '贷', '额', '卡':
			return 0, 0, false
		}
	} else if strings.HasPrefix(run, "什么") || strings.HasPrefix(run, "你") || strings.HasPrefix(run, "他") || strings.HasPrefix(run, "她") {
		return 0, 0, false
	}
	return i, i + n, true
}

// relativeOf: 我是张三的老婆 names somebody else than the writer.
func (r *reading) relativeOf(i int) bool {
	rest := string(r.n.rs[i:min(len(r.n.rs), i+6)])
	rest, ok := strings.CutPrefix(rest, "的")
	if !ok {
		return false
	}
	for _, kin := range []string{"老婆", "老公", "妻子", "丈夫", "爱人", "太太", "先生", "爸", "妈", "父", "母", "儿子", "女儿", "哥", "姐", "弟", "妹", "家", "朋友", "同事", "亲戚", "男友", "女友", "男朋友", "女朋友", "室友", "邻居"} {
		if strings.HasPrefix(rest, kin) {
			return true
		}
	}
	return false
}

// latinName reads "my name is Zhang Wei", "I'm John Smith", "this is Amy Lee": one to three capitalised words.
func (r *reading) latinName() (int, int, bool) {
	capital := r.capital
	for _, p := range [...]struct {
		words string
		sure  bool
	}{{"my name is ", true}, {"my names ", true}, {"name is ", true}, {"name,", true}, {"my full name is ", true}, {"name ", false}, {"i am ", false}, {"im ", false}, {"this is ", false}, {"its ", false}} {
		w := []rune(p.words)
		for i := 0; i+len(w) < len(r.n.rs); i++ {
			if !r.n.stands(i, w) || i > 0 && isLatin(r.n.rs[i-1]) {
				continue
			}
			a, b, count := i+len(w), i+len(w), 0
			for count < 3 && b < len(r.n.rs) && (capital(b) || p.sure && count == 0) {
				for b < len(r.n.rs) && r.n.rs[b] >= 'a' && r.n.rs[b] <= 'z' {
					b++
				}
				count++
				if b >= len(r.n.rs) || r.n.rs[b] != ' ' || b+1 >= len(r.n.rs) || !capital(b+1) {
					break
				}
				b++
			}
			if b > a && r.n.rs[b-1] != ' ' && (p.sure || count >= 2) {
				return a, b, true
			}
		}
	}
	return r.bareLatinName()
}

// bareLatinName: asked who they are, people write Alice Chan 7781 and nothing more.
func (r *reading) bareLatinName() (int, int, bool) {
	if r.in.Context != "ask_identity" {
		return 0, 0, false
	}
	b, count := 0, 0
	for b < len(r.n.rs) && count < 3 && r.capital(b) {
		for b < len(r.n.rs) && r.n.rs[b] >= 'a' && r.n.rs[b] <= 'z' {
			b++
		}
		count++
		if b+1 >= len(r.n.rs) || r.n.rs[b] != ' ' || !r.capital(b+1) {
			break
		}
		b++
	}
	followed := b+1 < len(r.n.rs) && (r.n.rs[b] == ' ' || isMark(r.n.rs[b])) && r.n.rs[b+1] >= '0' && r.n.rs[b+1] <= '9'
	return 0, b, count >= 2 && followed
}

// notThem are the openings by which somebody says whose name is not theirs.
var notThem = []string{"我不是", "我并不是", "我可不是", "我又不是", "我不叫", "我不姓", "我不系", "我并不叫", "i am not ", "im not ", "this isnt ", "this is not "}

// deniesName: 我不是刘芳, "I'm not Kevin". Words that only begin like a name end the same way seldom enough, and a false alarm
// is the cheaper fault: the bot then asks who it is talking to.
func (r *reading) deniesName() bool {
	for _, p := range notThem {
		w := []rune(p)
		for i := 0; i+len(w) < len(r.n.rs); i++ {
			if !r.n.stands(i, w) || i > 0 && isLatin(w[0]) && isLatin(r.n.rs[i-1]) {
				continue
			}
			j := i + len(w)
			if a, b, ok := r.hanName(j, false); ok && a == j && (b-a == 2 || b-a == 3) && r.n.clauseEnd(b) {
				return true
			}
			if isLatin(w[0]) && r.capital(j) && j+1 < len(r.n.rs) && !r.capital(j+1) {
				return true
			}
		}
	}
	return false
}

// capital: the writer gave the letter at i of the normalised text as a capital.
func (r *reading) capital(i int) bool {
	orig := []rune(r.in.Text)
	a, _ := r.fold.Span(r.n.at[i], r.n.at[i]+1)
	return a < len(orig) && unicode.IsUpper(orig[a])
}
