package guard_test

import (
	"testing"

	"pgregory.net/rapid"
)

// Denials, warnings about others and what is said of others' wrongs are allowed.
func TestDenialsPass(t *testing.T) {
	for _, s := range []string{
		"我们不会让您坐牢，也不会联系您的家人。",
		"欠款本身不会导致拘留或判刑。",
		"没有任何人会上门找您。",
		"请不要担心，警察不会因为欠款来抓您。",
		"任何工作人员都无权到您家中催收。",
		"如果有人自称我们的员工要上门收钱，请拒绝并报警。",
		"若有人要求您提供验证码，那一定不是我们。",
		"請放心，我們絕不會到您府上或公司。",
		"我們不會把您的資料公開，也不會通知您的家人。",
		"We don't visit homes and we never contact employers.",
		"Nobody from our team will come to your house.",
		"If anyone threatens you in our name, please report it to the police.",
		"You cannot be arrested for this debt.",
		"It is not true that you will go to prison.",
		"投诉不会影响您的分期申请。",
		"您说有人威胁要上门，这不是我们的做法，您可以报警。",
		"您可以随时联系我们，也可以请家人陪同。",
		"这不代表您不诚信。",
		"Neither we nor our partners will ever call your family.",
		"不用担心会有人上门。",
		"您不必担心我们会联系您的单位。",
		"你唔使驚，我哋唔會搵你屋企人。",
		"我们不会就这笔债务起诉您。",
		"没有人会因为还不上信用卡就被抓。",
		"您不会因为欠款就坐牢。",
	} {
		if got := stopped(s); len(got) > 0 {
			t.Errorf("%q: %v", s, got)
		}
	}
}

// The six cases in which a negation rescues nothing, and double negations.
func TestDenialsThatRescueNothing(t *testing.T) {
	for _, c := range []struct{ why, text string }{
		{"desire", "我们不希望您因此坐牢。"},
		{"desire", "谁都不愿意看到警察上门。"},
		{"desire", "我也不想打给你老婆。"},
		{"desire", "We wouldn't want your boss to hear about this."},
		{"desire", "I'd hate to have to call your mother."},
		{"desire", "我們實在不想通知您的家人。"},
		{"rhetorical", "难道你想让警察来抓你？"},
		{"rhetorical", "你就不怕我们告诉你单位吗？"},
		{"rhetorical", "信不信我让全小区都知道你欠钱？"},
		{"rhetorical", "Aren't you worried we'll call your boss?"},
		{"rhetorical", "Do you really want your kids to find out?"},
		{"rhetorical", "難道你想坐牢嗎？"},
		{"rhetorical", "你以为我们不会上门？"},
		{"irony", "不还钱不会坐牢？才怪。"},
		{"irony", "我们不会上门的，呵呵。"},
		{"irony", "Sure, nobody goes to prison for debt. Yeah right."},
		{"this is no threat", "不是吓唬您，明天就有人去您家。"},
		{"this is no threat", "我不是在威胁你，你父母的电话我们有。"},
		{"this is no threat", "This isn't a threat, but we know where you work and we will come."},
		{"adversative or conditional", "我们不会起诉您，但您的家人会接到电话。"},
		{"adversative or conditional", "We won't go to your home, but we will call your employer."},
		{"adversative or conditional", "今天还了就不会上门。"},
		{"adversative or conditional", "只要您还款，我们就不会联系您父母。"},
		{"adversative or conditional", "We won't tell your family if you pay today."},
		{"partial", "暂时不会上门。"},
		{"partial", "未必会坐牢。"},
		{"partial", "We will not call your boss yet."},
		{"partial", "Maybe we won't have you arrested."},
		{"partial", "目前還不會聯絡您的公司。"},
		{"partial", "不一定会通知家属。"},
		{"double", "您不还款，我们不得不联系您的家人。"},
		{"double", "不是不会上门，只是还没到时候。"},
		{"double", "You leave us no choice but to contact your employer."},
		{"after a break", "我们不会再等了，就去找你父母。"},
	} {
		if got := stopped(c.text); len(got) == 0 {
			t.Errorf("%s: %q passed", c.why, c.text)
		}
	}
}

// A denial holds for any act and any tail that is none; what takes it back does so for any act.
func TestDenialScope(t *testing.T) {
	acts := []string{"上门找您", "联系您的家人", "让警察来抓您", "打断您的腿", "打给您的单位", "把您的照片发到业主群"}
	rapid.Check(t, func(t *rapid.T) {
		act := rapid.SampledFrom(acts).Draw(t, "act")
		no := rapid.SampledFrom([]string{"我们不会", "我们绝不会", "我们从来不会", "没有人会", "我們不會"}).Draw(t, "no")
		end := rapid.SampledFrom([]string{"。", "，请放心。", "，您可以慢慢考虑。", "。感谢您的坦诚。"}).Draw(t, "end")
		if got := stopped(no + act + end); len(got) > 0 {
			t.Fatalf("%q: %v", no+act+end, got)
		}
		back := rapid.SampledFrom([]string{"？才怪。", "，除非您不还款。", "，前提是今天还清。", "，不过以后就难说了。", "，谁知道呢。"}).Draw(t, "back")
		if got := stopped(no + act + back); len(got) == 0 {
			t.Fatalf("%q passed", no+act+back)
		}
		wish := rapid.SampledFrom([]string{"我们不想", "我们不愿意", "我们暂时不会", "也许我们不会", "我们不得不"}).Draw(t, "wish")
		if got := stopped(wish + act + "。"); len(got) == 0 {
			t.Fatalf("%q passed", wish+act)
		}
	})
}
