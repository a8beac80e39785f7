package understand

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"hejie/bot"
	"hejie/flows"
)

// What must never be missed is heard in every state: also while a question waits for digits, and beside other words.
func TestNeverMissedInEveryState(t *testing.T) {
	g := load(t)
	cries := map[flows.Intent][]string{
		"self_harm":        {"我不想活了", "撐不下去了", "遗书我写好了", "I want to kill myself", "活着没意思", "不 想 活 了", "不.想.活.了", "不想*活了", "跳樓算了"},
		"threat_to_others": {"我要砍死你们", "跟你们同归于尽", "I will kill you"},
		"minor":            {"我才16岁", "我未成年", "I'm only 15"},
		"wrong_person":     {"打错电话了", "我不是他", "wrong number"},
		"dispute_not_mine": {"不是我借的", "I never took out this loan"},
		"identity_theft":   {"我的身份证被人冒用了", "someone stole my identity"},
		"lawyer":           {"找我的律师谈", "talk to my lawyer"},
		"bereavement":      {"我妈去世了", "my wife passed away"},
		"complaint":        {"我要投诉", "I want to complain"},
		"stop_contact":     {"别再给我打电话了", "stop calling me"},
		"human_agent":      {"转人工", "let me speak to a person"},
	}
	states := []string{"", "none", "ask_identity", "ask_monthly_amount", "ask_count", "ask_date", "ask_reason", "ask_income", "offer_plan", "confirm_plan"}
	for intent, texts := range cries {
		for _, s := range texts {
			for _, state := range states {
				for _, say := range []string{s, "好的，" + s, s + "，每月1500分12期可以吗", "1500 " + s} {
					m := g.Read(Input{Text: say, Context: state, Now: testNow, Zone: testZone})
					if !hasIntent(m, intent) {
						t.Errorf("after %q: %q is not heard as %s but %v", state, say, intent, m.Intents)
					}
					if intent == "self_harm" && m.Intents[0] != intent {
						t.Errorf("after %q: %q: self-harm is not first in %v", state, say, m.Intents)
					}
				}
			}
		}
	}
}

func hasIntent(m Meaning, i flows.Intent) bool {
	for _, x := range m.Intents {
		if x == i {
			return true
		}
	}
	return false
}

func TestIdentity(t *testing.T) {
	g := load(t)
	for _, c := range []struct {
		say, context, name, phone, id string
		known                         map[string]flows.Value
	}{
		{say: "我叫张建国 手机尾号4417 身份证后四位0032", name: "张建国", phone: "4417", id: "0032"},
		{say: "我是欧阳明日，身份证尾号003x，电话后四位4417", name: "欧阳明日", phone: "4417", id: "003X"},
		{say: "姓名：李雷 手机13812344417 身份证110101199003070038", name: "李雷", phone: "4417", id: "0038"},
		{say: "张建国 4417 0032", context: "ask_identity", name: "张建国", phone: "4417", id: "0032"},
		{say: "4417", context: "ask_identity", phone: "4417"},
		{say: "0032", context: "ask_identity", id: "0032", known: map[string]flows.Value{flows.SlotPhoneLast4: {}}},
		{say: "My name is Zhang Wei, phone ending 4417, ID last four 0032", name: "Zhang Wei", phone: "4417", id: "0032"},
		{say: "我叫陳大文 手機尾號4417 身份證後四碼0032", name: "陳大文", phone: "4417", id: "0032"},
		{say: "我是学生"}, {say: "我是真的没钱"}, {say: "我是高中生"}, {say: "我是说每月1500"}, {say: "我叫你别打了"},
		{say: "银行卡尾号8888"},
		{say: "I am so tired of this"},
	} {
		m := g.Read(Input{Text: c.say, Context: c.context, Now: testNow, Zone: testZone, Known: c.known})
		got := map[string]string{}
		for _, x := range m.Commands {
			if x.Do == flows.DoSet {
				got[x.Slot] = x.Value.Text
			}
		}
		for slot, want := range map[string]string{flows.SlotName: c.name, flows.SlotPhoneLast4: c.phone, flows.SlotIDLast4: c.id} {
			if got[slot] != want {
				t.Errorf("%s: %s = %q, want %q", c.say, slot, got[slot], want)
			}
		}
		if c.name != "" && (len(m.Entities) == 0 || m.Entities[0].Kind != "person_name" || m.Entities[0].Text != c.name) {
			t.Errorf("%s: no person_name entity in %v", c.say, m.Entities)
		}
	}
}

func TestLanguage(t *testing.T) {
	g := load(t)
	for _, c := range []struct{ say, known, want string }{
		{"我欠多少钱", "", "zh-Hans"}, {"我欠多少錢", "", "zh-Hant"}, {"how much", "", "en"}, {"好", "zh-Hant", "zh-Hant"}, {"12", "en", "en"}, {"12", "", "zh-Hans"}, {"ok 分12期", "", "zh-Hans"},
		{"我要用 credit card 还款", "", "zh-Hans"}, {"每月五百得唔得", "zh-Hant", "zh-Hant"}, {"那就每月五百，可以吧", "zh-Hant", "zh-Hant"}, {"那每个月五百行吗", "zh-Hant", "zh-Hans"}, {"每月能還六百左右，可以先不付第一期吧", "zh-Hant", "zh-Hant"},
	} {
		if m := g.Read(Input{Text: c.say, Lang: c.known}); m.Lang != c.want {
			t.Errorf("%s after %q: %s, want %s", c.say, c.known, m.Lang, c.want)
		}
	}
}

// Traditional and simplified, wide and narrow, spaced and unspaced say the same.
func TestFormsMeanTheSame(t *testing.T) {
	g := load(t)
	for _, forms := range [][]string{
		{"能不能分12期还", "能不能分１２期還", "能 不 能 分 12期 还", "能不能分12期还！"},
		{"我不想活了", "我不想活了。。。", "我\u200b不想\u200b活了", "我不想活了😭"},
		{"I want to speak to a HUMAN", "i want to speak to a human", "I want to speak to a human!!"},
	} {
		first := g.Read(Input{Text: forms[0], Now: testNow, Zone: testZone}).Intents
		for _, s := range forms[1:] {
			if got := g.Read(Input{Text: s, Now: testNow, Zone: testZone}).Intents; !reflect.DeepEqual(got, first) {
				t.Errorf("%q means %v, %q means %v", forms[0], first, s, got)
			}
		}
	}
}

func TestUnderstandPort(t *testing.T) {
	var port bot.Understander = load(t)
	u, err := port.Understand(context.Background(), bot.Turn{Texts: []string{"在吗", "一次还不上", "想分12期"}, Now: testNow, Zone: testZone, Context: "none"})
	if err != nil || u.Source != "grammar" || u.Lang != "zh-Hans" {
		t.Fatalf("%+v, %v", u, err)
	}
	if len(u.Commands) == 0 || u.Commands[0].Do != flows.DoIntent || u.Commands[0].Intent != "instalment_request" {
		t.Fatalf("commands %+v", u.Commands)
	}
	u, _ = port.Understand(context.Background(), bot.Turn{Texts: []string{"阿巴阿巴"}, Now: testNow})
	if len(u.Commands) != 1 || u.Commands[0].Do != flows.DoUnclear || u.Confidence >= doubt {
		t.Fatalf("nonsense: %+v", u)
	}
	if u, _ = port.Understand(context.Background(), bot.Turn{Texts: []string{"  "}}); len(u.Commands) != 0 {
		t.Fatalf("silence: %+v", u)
	}
}

func TestPhraseFaultsStopTheStart(t *testing.T) {
	good, err := phraseFiles.ReadFile("phrases/words.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"unknown key":     "intents: [{intent: greeting, phrases: [hi], colour: red}]",
		"unknown intent":  "intents: [{intent: dancing, phrases: [hi]}]",
		"given twice":     "intents: [{intent: greeting, phrases: [hi]}, {intent: greeting, phrases: [ho]}]",
		"more of none":    "intents: [{intent: greeting, more: true, phrases: [hi]}]",
		"more weighs":     "intents: [{intent: greeting, phrases: [hi]}, {intent: greeting, more: true, weight: 2, phrases: [ho]}]",
		"open group":      "intents: [{intent: greeting, phrases: ['(hi|ho']}]",
		"no such list":    "intents: [{intent: greeting, phrases: ['<nobody> hi']}]",
		"matches nothing": "intents: [{intent: greeting, phrases: ['(hi|)']}]",
		"missing intents": "intents: [{intent: greeting, phrases: [hi]}]",
	} {
		fs := fstest.MapFS{"phrases/words.yaml": {Data: good}, "phrases/x.yaml": {Data: []byte(text)}}
		if _, err := loadBook(fs); err == nil {
			t.Errorf("%s: loads", name)
		}
	}
	if _, err := loadBook(fstest.MapFS{}); err == nil {
		t.Error("no files: loads")
	}
}

// FuzzRead: any text in any state gives an answer within its bounds, the same one twice.
func FuzzRead(f *testing.F) {
	g, err := New()
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"我叫张建国 手机尾号4417 身份证后四位003X", "一次还不上 想分12期 每月12号", "my name is ", "不对 是1500", "\xff我是\x00", "¼½方案一", "身份证" + strings.Repeat("0", 40)} {
		f.Add(s, "ask_identity")
		f.Add(s, "offer_plan")
	}
	f.Fuzz(func(t *testing.T, s, context string) {
		if len(s) > 2000 {
			return
		}
		in := Input{Text: s, Context: context, Now: testNow, Zone: testZone}
		m := g.Read(in)
		if !reflect.DeepEqual(m, g.Read(in)) {
			t.Fatalf("%q: two answers", s)
		}
		rs := []rune(s)
		for _, e := range m.Entities {
			if e.Start < 0 || e.End > len(rs) || e.Start >= e.End || string(rs[e.Start:e.End]) != e.Text {
				t.Fatalf("%q: entity %+v", s, e)
			}
		}
		if m.Confidence < 0 || m.Confidence > 1 {
			t.Fatalf("%q: confidence %v", s, m.Confidence)
		}
		seen := map[string]bool{}
		for _, c := range m.Commands {
			key := string(c.Do) + string(c.Intent) + c.Slot
			if seen[key] {
				t.Fatalf("%q: %s twice", s, key)
			}
			seen[key] = true
		}
	})
}

func BenchmarkRead(b *testing.B) {
	g, err := New()
	if err != nil {
		b.Fatal(err)
	}
	in := Input{Text: "我上个月失业了，一次还不上这么多，能不能分12期，每月12号还一千五，利息能少点吗", Now: testNow, Zone: testZone}
	b.ReportAllocs()
	for b.Loop() {
		g.Read(in)
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := New(); err != nil {
			b.Fatal(err)
		}
	}
}
