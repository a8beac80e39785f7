package understand

import (
	"slices"
	"strings"
)

// codes are words after which a number names a thing: a flat, a case, a call-centre line.
var codes = []string{
	"工号", "编号", "尾号", "案号", "合同", "单号", "订单", "卡号", "账号", "账户", "房间", "室", "楼", "栋", "幢", "单元", "群", "qq", "微信", "验证码", "密码", "邮编", "车牌", "流水", "客服", "坐席", "电话", "热线", "拨", "版本", "型号", "身份证", "证件", "手机",
	"后四位", "末四位", "公里", "航班", "车次", "法条", "条例", "文号",
	"ref", "reference", "account", "case", "agent", "code", "room", "apt", "flat", "unit", "ending", "order", "pin", "policy", "extension", "ext", "id", "number", "no", "section", "page", "version", "iphone", "line", "dial", "call",
}

// lines are short numbers people call or cite; they are never sums.
var lines = []string{"110", "112", "119", "120", "122", "315", "911", "999", "12306", "12315", "12321", "12333", "12345", "12348", "12356", "12363", "12366", "12378", "12386"}

// sumWithoutUnit: a bare number of a hundred or more inside a sentence is an amount (1500可以吗), unless the words before it
// make it a code, or it can be a year. A number that is the whole message stays a number: the question asked decides.
func (r *reading) sumWithoutUnit(f *figure) bool {
	const million = 1_000_000
	if f.Micro < 100*million || f.Micro > 9_999_999*million || f.Micro%10_000 != 0 || slices.Contains(lines, f.Digits) {
		return false
	}
	if v := f.Micro / million; v >= 1990 && v <= 2040 && !f.Range && f.Micro%million == 0 {
		return false
	}
	if f.to < len(r.n.rs) && r.n.rs[f.to] >= 'a' && r.n.rs[f.to] <= 'z' || f.from > 0 && isLatin(r.n.rs[f.from-1]) {
		return false
	}
	a := f.from
	for a > 0 && f.from-a < 9 && !isMark(r.n.rs[a-1]) {
		a--
	}
	before := string(r.n.rs[a:f.from])
	for _, w := range codes {
		if k := strings.LastIndex(before, w); k >= 0 && (w[0] > 0x7F || k == 0 || !isLatin(rune(before[k-1]))) {
			return false
		}
	}
	return r.talks(f)
}

// talks tells whether words stand beside the figure.
func (r *reading) talks(f *figure) bool {
	if r.letters == 0 {
		r.letters = 1 + letters(r.n.rs)
	}
	return r.letters-1-letters(r.n.rs[f.from:f.to]) >= 2
}

// letters counts what is no digit, mark or closing particle.
func letters(rs []rune) int {
	n := 0
	for _, c := range rs {
		if isHan(c) && !strings.ContainsRune("吧呢啊呀嘛了的哦", c) || c >= 'a' && c <= 'z' {
			n++
		}
	}
	return n
}
