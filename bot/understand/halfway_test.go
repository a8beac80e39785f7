package understand

import (
	"testing"

	"hejie/flows"
)

// TestSaidShortOfTerms: what is said beside terms has its topic, and what only looks like it has none.
func TestSaidShortOfTerms(t *testing.T) {
	g := load(t)
	for _, c := range []struct{ context, say, topic string }{
		{"", "这个年化你们有依据吗", flows.TopicRate}, {"", "are these late fees even legal", flows.TopicRate}, {"", "罚息算错了，合法吗你们", ""}, {"", "这笔贷款的利息是多少", ""},
		{"", "先付三百，其余的下月再谈", flows.TopicPart}, {"", "send you 80 tonight, the rest when I can", flows.TopicPart}, {"", "先还1000剩下的分6期", ""}, {"", "每月先还300", ""},
		{"ask_date", "工地哪天结账谁也说不准", flows.TopicNoDay}, {"ask_date", "看情况吧", flows.TopicNoDay}, {"", "看情况吧", ""}, {"ask_date", "15号发工资就还", ""},
		{"", "你们开个数吧", flows.TopicPropose}, {"offer_plan", "最低能做到多少", flows.TopicPropose}, {"", "我一共要还多少", ""},
		{"ask_income", "这个我不方便讲", flows.TopicNoSay}, {"ask_income", "问我工资干嘛", flows.TopicWhyMeans},
		{"offer_plan", "月供低的那个", flows.TopicLeast}, {"offer_plan", "the shorter one", flows.TopicSoonest}, {"offer_plan", "能不能再低", ""},
		{"", "我先跟老公商量一下", ""},
	} {
		got := ""
		for _, cmd := range read(g, c.context, c.say).Commands {
			if cmd.Slot == flows.SlotTopic {
				got = cmd.Value.Text
			}
		}
		if got != c.topic {
			t.Errorf("%s %q: topic %q, want %q", c.context, c.say, got, c.topic)
		}
	}
}

// TestBudgetFigures: which sum of a household comes in, which goes out, and on which day.
func TestBudgetFigures(t *testing.T) {
	g := load(t)
	for _, c := range []struct {
		context, say string
		want         map[string]int
	}{
		{"", "8号发3600，房租1300，吃饭900", map[string]int{flows.SlotIncome: 360000, flows.SlotOutgoings: 220000, flows.SlotPayday: 8}},
		{"", "my wage is 2100 and comes on the 26th", map[string]int{flows.SlotIncome: 210000, flows.SlotPayday: 26, flows.SlotDayOfMonth: 0}},
		{"ask_income", "好的时候五千，淡季两千六", map[string]int{flows.SlotIncome: 260000, flows.SlotAmount: 0}},
		{"ask_income", "日结，一天一百八", map[string]int{flows.SlotIncome: 0}},
		{"ask_income", "i earn 300 a week", map[string]int{flows.SlotIncome: 130000}},
		{"ask_income", "大概能剩四百", map[string]int{flows.SlotMonthly: 40000, flows.SlotIncome: 0}},
		{"ask_monthly_amount", "一分钱都没有", map[string]int{flows.SlotMonthly: 0}},
		{"confirm_plan", "再少80行不行", map[string]int{flows.SlotAmount: 0, flows.SlotMonthly: 0}},
		{"", "打错了，是1300不是130", map[string]int{flows.SlotAmount: 130000}},
		{"offer_plan", "9个月那个", map[string]int{flows.SlotCount: 9}},
	} {
		got := map[string]int{}
		for _, cmd := range read(g, c.context, c.say).Commands {
			got[cmd.Slot] = int(cmd.Value.Money) + cmd.Value.Count
		}
		for slot, v := range c.want {
			if got[slot] != v {
				t.Errorf("%s %q: %s %d, want %d", c.context, c.say, slot, got[slot], v)
			}
		}
	}
}

func read(g *Grammar, context, say string) Meaning {
	return g.Read(Input{Text: say, Context: context, Now: testNow, Zone: testZone})
}
