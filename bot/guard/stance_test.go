package guard_test

import (
	"testing"
	"time"

	"hejie/bot/guard"
	"hejie/flows/calendar"
)

// A question that is answered with no, a disclaimer further on in the sentence, and what others said and is false.
func TestAnsweredAndDisclaimed(t *testing.T) {
	for _, s := range []string{
		"您问会不会派人去单位，不会，我们只在网上办。",
		"您担心家里人知道，不会的。",
		"会不会坐牢？不会，这是民事上的事。",
		"贴照片、曝光这种手段，我们明令禁止。",
		"家里肯帮忙是家里的心意，我们不会去问他们要。",
		"刚才敲您门的可能是抄表的，我们没有派任何人。",
		"网上说欠债会牵连子女，那是误传。",
		"“三个月就抓人”的说法没有依据。",
	} {
		if got := stopped(s); len(got) > 0 {
			t.Errorf("%q: %v", s, got)
		}
	}
}

// The same words with an exception made for ourselves, or a way round the denial.
func TestTakenBack(t *testing.T) {
	for _, c := range []struct{ rule, text string }{
		{"T05", "您问会不会上门，不会，我们直接去您单位。"},
		{"T05", "上门这种事我们没有做过，不过凡事有第一次。"},
		{"T02", "会不会坐牢？不会才怪。"},
		{"T06", "会不会打给您家人？不会，前提是您配合。"},
		{"T12", "验证码别告诉别人，告诉我就行。"},
		{"T14", "不建议您借网贷，跟亲戚借一点总可以吧。"},
		{"T10", "孩子上学不受影响？那是您以为。"},
		{"T06", "我们不会告诉您父母，我们会告诉您单位。"},
	} {
		if got := stopped(c.text); !contains(got, c.rule) {
			t.Errorf("%q: %v, want %s", c.text, got, c.rule)
		}
	}
}

// Kind words at one end of a letter excuse nothing at the other.
func TestLongLetter(t *testing.T) {
	kind := "您好，感谢您一直以来的支持，账单可以在手机上看，分期和延期都可以申请，有疑问随时留言，您的投诉不会影响申请，也请您谨防诈骗，"
	for _, c := range []struct{ rule, text string }{
		{"T11", kind + "我让后台把逾期记录给您撤掉，祝您生活愉快。"},
		{"T06", kind + "另外您母亲昨天接了我们的电话，祝您生活愉快。"},
		{"T05", kind + "另外同事明天去您家坐坐，祝您生活愉快。"},
	} {
		if got := stopped(c.text); !contains(got, c.rule) {
			t.Errorf("%q: %v, want %s", c.text, got, c.rule)
		}
	}
}

// An order to pay and nothing else is shouting; the same words on a button are the debtor's own.
func TestCurt(t *testing.T) {
	for _, s := range []string{"还钱", "快还钱！", "赶紧处理", "钱呢"} {
		if got := stopped(s); !contains(got, "T09") {
			t.Errorf("%q: %v", s, got)
		}
	}
	judge, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	d := draft("请选择您要办理的事项")
	d.Parts = append(d.Parts, guard.Part{Role: "button", Text: "还钱"})
	if v := judge.Check(d, facts()); v.Decision != guard.Pass {
		t.Errorf("a button: %v", v.Rules())
	}
}

// A rate above the cap is held though the contract has it, unless the cap is what is explained.
func TestRateAboveTheCap(t *testing.T) {
	judge, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	f := facts()
	f.DebtType, f.Stage = "private_loan", "d31-90"
	f.Figures = append(f.Figures, guard.Figure{Kind: guard.Percent, Text: "36", Origin: "contract"}, guard.Figure{Kind: guard.Percent, Text: "18", Origin: "contract"},
		guard.Figure{Kind: guard.Percent, Text: "12", Origin: "contract"},
		guard.Figure{Kind: guard.Percent, Text: "3", Origin: "contract"})
	for s, held := range map[string]bool{
		"合同的年利率是36%。":          true,
		"借条上写明月息3%，请照付。":       true,
		"合同的年利率是18%。":          true,
		"合同的年利率是12%。":          false,
		"年利率36%超过上限的部分不受保护。":   false,
		"本期可以减免违约金的36%，以审批为准。": false,
	} {
		if got := judge.Check(draft(s), f).Rules(); contains(got, "G11") != held {
			t.Errorf("%q: %v, want held %v", s, got, held)
		}
	}
}

// On a debt that may be barred any talk of paying waits for the notice; texts that people approved come after it in their flow.
func TestBarredNeedsItsNotice(t *testing.T) {
	judge, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	f := facts()
	f.LimitationExpired = true
	for s, held := range map[string]bool{
		"您每个月大概能还多少？": true,
		"可以分期，也可以延期。": true,
		"这笔债可能已过诉讼时效，承诺或还款可能使您失去抗辩，建议先咨询律师，再看要不要分期。": false,
		"有问题随时问我。": false,
	} {
		if got := judge.Check(draft(s), f).Rules(); contains(got, "G15") != held {
			t.Errorf("%q: %v, want held %v", s, got, held)
		}
	}
	d := draft("您每个月大概能还多少？")
	d.ReplyID = "ask_monthly"
	if got := judge.Check(d, f).Rules(); contains(got, "G15") {
		t.Errorf("an approved reply: %v", got)
	}
}

// The hours of the filter are the calendar's: what a reminder waits for and what is judged must agree in every place, by the hour.
func TestOneSourceOfQuietHours(t *testing.T) {
	judge, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	for _, where := range []string{"", "CN", "HK", "TW", "US", "UK", "EU"} {
		of := where
		if of == "" {
			of = "CN"
		}
		quiet, err := calendar.QuietFor(of)
		if err != nil {
			t.Fatal(err)
		}
		for hour := range 24 {
			d, f := draft("您好，账单已经更新，可以随时查看。"), facts()
			d.Author, d.Kind, d.To.DebtorID = guard.Reminder, guard.Proactive, "d1"
			f.Jurisdiction, f.Now, f.Zone = where, time.Date(2026, 11, 23, hour, 30, 0, 0, time.UTC), time.UTC
			if got := contains(judge.Check(d, f).Rules(), "G03"); got == quiet.Allows(f.Now, f.Zone) {
				t.Errorf("%q at %d:30: stopped %v", where, hour, got)
			}
		}
	}
}
