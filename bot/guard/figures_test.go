package guard_test

import (
	"strings"
	"testing"
	"time"

	"hejie/bot/guard"
)

// known are the facts of one made-up account.
func known() guard.Facts {
	f := guard.Facts{
		Now: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC), Zone: time.UTC, Identity: guard.Verified, Control: guard.Bot,
		Creditor: "安心银行", Collector: "北辰催收有限公司", DebtType: "credit_card", Stage: "d31-90", Asked: "balance",
	}
	add := func(k guard.FigureKind, v int64, s string) {
		f.Figures = append(f.Figures, guard.Figure{Kind: k, Value: v, Text: s, Origin: "test"})
	}
	add(guard.Money, 128450, "")
	add(guard.Money, 100000, "")
	add(guard.Count, 12, "")
	add(guard.Count, 47, "")
	add(guard.Date, 0, "2026-12-12")
	add(guard.Percent, 0, "15.4")
	add(guard.Phone, 0, "400-800-1234")
	add(guard.URL, 0, "https://pay.example.com")
	add(guard.Ref, 0, "8812")
	add(guard.Ref, 0, "(2026)沪0101民初77号")
	add(guard.Time, 0, "09:00-18:00")
	return f
}

// Every figure in any writing is one we know, or the message stops by G10; what is no figure of the debt is free.
func TestFigures(t *testing.T) {
	for _, c := range []struct{ text, rule string }{
		{"您尾号8813的账户本期应还1284.50元", "G10"},
		{"您应还人民币壹仟贰佰捌拾肆元伍角壹分", "G10"},
		{"您应还人民币壹仟贰佰捌拾肆元伍角", ""},
		{"一共一千二百八十四块五", ""},
		{"一共一千二百八十五块五", "G10"},
		{"您的工单编号是GD20261122-08", "G10"},
		{"请拨打13800138001联系我们", "G10"},
		{"请拨打400-800-1234联系我们", ""},
		{"请拨打400-800-1235联系我们", "G10"},
		{"我们24小时为您服务，3个工作日内答复", ""},
		{"有两种方式：1. 分期；2. 延期。", ""},
		{"分十二期，每期还款", ""},
		{"分十三期，每期还款", "G10"},
		{"首期还款日为2026年12月12日", ""},
		{"首期还款日为2026年12月13日", "G10"},
		{"首期还款日为2027/12/12", "G10"},
		{"your first payment is due on 12 December 2026", ""},
		{"your first payment is due on December 13th", "G10"},
		{"the balance is 1,284.50 yuan", ""},
		{"年利率是15.5%", "G10"},
		{"年利率是15.4%", ""},
		{"请点击 https://pay.examp1e.com/x 还款", "G10"},
		{"对公账户：6222 0212 3456 7890 123", "G10"},
		{"您已逾期48天", "G10"},
		{"您已逾期47天", ""},
		{"人工客服服务时间为每天9:00-18:00", ""},
		{"我们会在三到五个工作日内给您答复", ""},
		{"如果您很难受，可以拨打12356", ""},
		{"您还有3期未还", "G10"},
		{"12月的账单已出", ""},
		{"3月的账单已出", "G10"},
		{"协议里写了三块：金额、日期、费用", ""},
		{"it is split into 12 instalments, smaller for the first two", ""},
		{"您好，我是安心银行委托的客服", ""},
		{"您好，这里是安心银行信用卡中心", ""},
		{"请把App更新到5.2.1版本", ""},
		{"例如每月15日发工资，就可以选15日之后还款", ""},
		{"本月先还一半，642.25元", "G10"},
		{"you owe $1.3k", "G10"},
		{"you owe one thousand two hundred and eighty five yuan", "G10"},
		{"您欠款0.13万元", "G10"},
		{"应还 1 2 8 4 . 5 1 元", "G10"},
		{"应还１２８５．５０元", "G10"},
		{"第一，先核对账单；第二，选方案", ""},
		{"有三点说明：一是免费，二是自愿", ""},
		{"请您100%放心", ""},
		{"现在还清打八折", "G10"},
		{"下月15日前还第一期", "G10"},
		{"下月12日还第一期", ""},
		{"减免违约金300元", "G10"},
		{"加QQ 123456789", "G10"},
		{"发邮件到 help@anxin-bank.top", "G10"},
		{"您有一笔账单", ""},
		{"您想分几期？每月能还多少？", ""},
		{"这次通话大概需要5分钟", ""},
		{"your plan has 13 instalments", "G10"},
		{"your plan has twelve instalments", ""},
		{"分Ⅻ期共十五个月", "G10"},
		{"Step 1: check. Step 2: pick one of 2 plans. It takes 10 minutes.", ""},
		{"you are 48 days overdue", "G10"},
		{"we will answer within 3 business days", ""},
		{"we will answer within two working days", ""},
		{"pay £20 a month", "G10"},
		{"call us on 020 7946 0019", "G10"},
		{"quote reference AB123456", "G10"},
		{"2026年的账单可以在App查看", ""},
		{"（2026）沪0101民初77号", "not G10"},
		{"（2026）沪0101民初78号", "G10"},
		{"请于今天17:30前还款", "G10"},
		{"请于18:00前还款", ""},
		{"分12期，例如每月15日发薪，可选15日以后", ""},
		{"您可以100%自主决定", ""},
		{"违约金减免100%", "G10"},
		{"我们会在2至4个工作日内反馈", ""},
		{"请在4个工作日内还款", "G10"},
	} {
		d := draft(c.text)
		d.Author = guard.Bot
		got := filter(t).Check(d, known()).Rules()
		if rule, not := strings.CutPrefix(c.rule, "not "); c.rule == "" && len(got) > 0 || c.rule != "" && contains(got, rule) == not {
			t.Errorf("%q: %v, want %q", c.text, got, c.rule)
		}
	}
}

// A message speaks for the creditor or the collector of the account and for nobody else.
func TestOrganisations(t *testing.T) {
	for _, c := range []struct{ text, rule string }{
		{"您好，我是安心银行的客服", ""},
		{"您好，这里是安心银行信用卡中心", ""},
		{"您好，我是北辰催收公司的小李，受安心银行委托联系您", ""},
		{"您好，我是建设银行的客服", "T03"},
		{"这里是恒通消费金融", "T03"},
		{"【恒通消费金融】您的申请已收到", "G06"},
		{"【安心银行】您的申请已收到", ""},
		{"您欠恒通小贷的借款已逾期", "G06"},
		{"我是招行的", "T03"},
		{"您可以用建设银行的卡还款", ""},
		{"我们是正规公司，不会这样做", ""},
		{"I am calling from Northgate Recovery about your account", "T03"},
		{"we are sorry about your credit", ""},
		{"We are an automated service of your bank", ""},
	} {
		d := draft(c.text)
		d.Author = guard.Agent
		f := known()
		f.Control = guard.Agent
		got := filter(t).Check(d, f).Rules()
		if c.rule == "" && (contains(got, "T03") || contains(got, "G06")) || c.rule != "" && !contains(got, c.rule) {
			t.Errorf("%q: %v, want %q", c.text, got, c.rule)
		}
	}
	f := known()
	f.Creditor, f.Collector = "", ""
	if got := filter(t).Check(draft("这里是恒通消费金融"), f).Rules(); contains(got, "G06") {
		t.Errorf("with no name known: %v", got)
	}
}

// Whatever a verdict is about, each figure it let pass says where it comes from.
func TestSourcesOfNames(t *testing.T) {
	v := filter(t).Check(draft("这里是安心银行，您本期应还1284.50元"), known())
	got := map[string]string{}
	for _, s := range v.Sources {
		got[s.Text] = s.Origin
	}
	if got["安心银行"] != "facts:creditor" || got["1284.50元"] != "test" {
		t.Fatalf("%v", got)
	}
}

// An amount nobody gave is still an amount told to a stranger.
func TestUnsourcedAmountToAStranger(t *testing.T) {
	f := known()
	f.Identity = guard.Anon
	if got := filter(t).Check(draft("您应还999元"), f).Rules(); !contains(got, "G01") || !contains(got, "G10") {
		t.Fatalf("%v", got)
	}
}
