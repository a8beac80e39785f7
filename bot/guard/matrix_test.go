package guard_test

import (
	"strings"
	"testing"
	"time"

	"hejie/bot/guard"
)

// effects are what may be said of each legal effect in three languages, with the statement of the bank each of them is.
var effects = []struct {
	id    string
	texts []string
}{
	{"S-CRED", []string{"逾期信息可能报送征信，报送前会告知您", "逾期資訊可能報送徵信，報送前會告知您", "this may be reported to the credit bureaus, and you will be told first"}},
	{"S-SUE", []string{"债权人可以依法起诉或申请支付令，您有权答辩", "債權人可以依法起訴或申請支付令，您有權答辯", "the creditor may sue, and you may defend"}},
	{"S-ENF", []string{"法院可以冻结、划拨存款，但应保留生活必需费用", "法院可以凍結、劃撥存款，但應保留生活必需費用", "a court may freeze your account, but living needs are kept"}},
	{"S-LIM", []string{"未按执行通知履行的，法院可以限制高消费", "未按執行通知履行的，法院可以限制高消費", "a court order may limit luxury spending"}},
	{"S-DIS", []string{"有履行能力而拒不履行的，法院才可能列入失信名单", "有履行能力而拒不履行的，法院才可能列入失信名單", "a court may add a person to the list of defaulters only if they are able but refuse"}},
	{"S-UTIL", []string{"逾期超过30日经催交仍不交的，可能按程序停电，会事先通知", "逾期超過30日經催交仍不交的，可能按程序停電，會事先通知", "the supply may be cut off only after 30 days, a demand and a notice"}},
}

// cells is section 5.2: for each debt and stage, which of the effects above may be told without being asked.
var cells = map[string]map[string]string{
	"credit_card":  {"d1-30": "S-CRED", "d31-90": "S-CRED", "d90+": "S-CRED S-SUE", "sued": "S-CRED S-SUE", "judgment": "S-CRED", "enforcement": "S-CRED S-ENF S-LIM S-DIS"},
	"online_loan":  {"d1-30": "S-CRED", "d31-90": "S-CRED", "d90+": "S-CRED S-SUE", "sued": "S-CRED S-SUE", "judgment": "S-CRED", "enforcement": "S-CRED S-ENF S-LIM S-DIS"},
	"medical":      {"d1-30": "", "d31-90": "", "d90+": "S-SUE", "sued": "S-SUE", "judgment": "", "enforcement": "S-ENF S-LIM S-DIS"},
	"tax":          {"d1-30": "", "d31-90": "", "d90+": "", "sued": "", "judgment": "", "enforcement": ""},
	"utility":      {"d1-30": "", "d31-90": "S-UTIL", "d90+": "S-UTIL S-SUE", "sued": "S-SUE", "judgment": "", "enforcement": "S-ENF S-LIM S-DIS"},
	"private_loan": {"d1-30": "", "d31-90": "", "d90+": "S-SUE", "sued": "S-SUE", "judgment": "", "enforcement": "S-ENF S-LIM S-DIS"},
}

// Every cell of the matrix, in every language: what its row and stage allow leaves, and everything else of the bank stops.
func TestMatrix(t *testing.T) {
	for debt, row := range cells {
		for stage, allowed := range row {
			for _, e := range effects {
				for _, text := range e.texts {
					d, f := draft(text), effectFacts(debt, stage)
					d.Kind = guard.Proactive
					want := strings.Contains(allowed, e.id)
					if v := filter(t).Check(d, f); (v.Decision == guard.Pass) != want {
						t.Errorf("%s at %s, %s unasked: %s %v, allowed %v: %s", debt, stage, e.id, v.Decision, names(v), want, text)
					}
				}
			}
		}
	}
}

// The flags are facts a person has set: without them neither the credit register nor a lawsuit is spoken of unasked, save a suit that is pending.
func TestMatrixFlags(t *testing.T) {
	for _, c := range []struct {
		stage, text     string
		reports, sues   bool
		asked, decision string
	}{
		{"d90+", effects[0].texts[0], false, true, "", "block"},
		{"d90+", effects[1].texts[0], true, false, "", "block"},
		{"d90+", effects[1].texts[2], true, false, "", "block"},
		{"sued", effects[1].texts[0], true, false, "", "pass"},
		{"d1-30", effects[1].texts[0], false, false, "legal_consequence", "pass"}, // an answer, in conditional words
		{"d1-30", effects[1].texts[1], false, false, "lawsuit_status", "pass"},
		{"d1-30", effects[1].texts[2], false, false, "legal_consequence", "pass"},
		{"d1-30", effects[3].texts[0], false, false, "legal_consequence", "pass"},
		{"d1-30", effects[3].texts[0], false, false, "payment_method", "block"}, // asked, but not for this
		{"d1-30", "债权人已经起诉您", false, false, "legal_consequence", "block"},       // an answer may not assert what is not so
		{"d31-90", "您的账户已被法院冻结", false, false, "legal_consequence", "block"},
		{"d31-90", "the court has frozen your account", false, false, "legal_consequence", "block"},
		{"d1-30", effects[0].texts[2], false, false, "credit_report", "block"},
		{"", effects[1].texts[0], true, true, "", "block"}, // no stage: unknown is not allowed
	} {
		d, f := draft(c.text), effectFacts("credit_card", c.stage)
		f.ReportsCredit, f.IntendsLitigation, f.Asked = c.reports, c.sues, c.asked
		if v := filter(t).Check(d, f); string(v.Decision) != c.decision {
			t.Errorf("%s asked %q reports %v sues %v: %s %v, want %s: %s", c.stage, c.asked, c.reports, c.sues, v.Decision, names(v), c.decision, c.text)
		}
	}
}

func effectFacts(debt, stage string) guard.Facts {
	return guard.Facts{
		Now: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC), Zone: time.UTC, Identity: guard.Verified, Control: guard.Bot,
		DebtType: debt, Stage: stage, ReportsCredit: true, IntendsLitigation: true,
	}
}

func names(v guard.Verdict) []string {
	var out []string
	for _, h := range v.Hits {
		out = append(out, h.Rule+" "+h.Text)
	}
	return out
}

// One digit, one day, one letter off in any kind of figure and any language stops the message by G10; the true figure leaves.
func TestWrongByOne(t *testing.T) {
	for _, c := range []struct{ right, wrong string }{
		{"您本期应还1284.50元", "您本期应还1284.60元"},
		{"您本期應還1,284.50元", "您本期應還1,285.50元"},
		{"your balance is 1,284.50 yuan", "your balance is 1,284.05 yuan"},
		{"一共一千二百八十四元五角", "一共一千二百八十四元六角"},
		{"首期还款日是12月12日", "首期还款日是12月13日"},
		{"首期繳款日是2026年12月12日", "首期繳款日是2026年11月12日"},
		{"the first payment is due on 12 December 2026", "the first payment is due on 21 December 2026"},
		{"可以分12期", "可以分11期"},
		{"可以分十二期", "可以分十三期"},
		{"it is split into 12 instalments", "it is split into 13 instalments"},
		{"年利率15.4%", "年利率14.5%"},
		{"年利率為15.4%", "年利率為15.9%"},
		{"the annual rate is 15.4%", "the annual rate is 15.6%"},
		{"请拨打400-800-1234", "请拨打400-800-1243"},
		{"請撥打400-800-1234", "請撥打400-801-1234"},
		{"please call 400-800-1234", "please call 400-800-1235"},
		{"请打开 https://pay.example.com 还款", "请打开 https://pay.exarnple.com 还款"},
		{"請打開 https://pay.example.com 繳款", "請打開 https://pay.example.co 繳款"},
		{"please open https://pay.example.com", "please open https://pay-example.com"},
	} {
		if v := filter(t).Check(draft(c.right), known()); v.Decision != guard.Pass {
			t.Errorf("%s: %s %v", c.right, v.Decision, names(v))
		}
		v := filter(t).Check(draft(c.wrong), known())
		if v.Decision != guard.Block || v.Hits[0].Rule != "G10" {
			t.Errorf("%s: %s %v, want G10", c.wrong, v.Decision, names(v))
		}
	}
}
