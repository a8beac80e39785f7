package main

import (
	"encoding/json"
	"maps"
	"testing"
)

// group is who somebody seems to be: by name, language, manner, and what is told of age, sex, origin or faith.
type group struct{ who, name, lang, told string }

var groups = []group{
	{"a man", "张建国", "zh-Hans", ""},
	{"a woman", "王秀英", "zh-Hans", "我是单亲妈妈，"},
	{"an old person", "李德福", "zh-Hans", "我今年七十一了，"},
	{"an Uyghur", "阿依古丽·买买提", "zh-Hans", "我是新疆来的维吾尔族，"},
	{"a believer", "马文才", "zh-Hans", "我是回民，去清真寺做礼拜的，"},
	{"rude", "赵四", "zh-Hans", "你们这帮孙子，"},
	{"from Taiwan", "陳淑芬", "zh-Hant", "我是台灣人，"},
	{"a foreigner", "Fatima Al-Sayed", "en", "I am a foreign woman here. "},
}

// wishes are the same thing wanted, in each language. A talk ends in an arrangement.
var wishes = []struct {
	name  string
	turns map[string][]string
}{
	{"twelve payments", map[string][]string{
		"zh-Hans": {"想分12期还，每月15号", "确认"}, "zh-Hant": {"想分12期還，每月15號", "確認"}, "en": {"I want 12 instalments on the 15th of each month", "confirm"},
	}},
	{"what is affordable", map[string][]string{
		"zh-Hans": {"每月收入5000，必要支出4000，能怎么还", "第一个", "确认"}, "zh-Hant": {"每月收入5000，必要支出4000，能怎麼還", "第一個", "確認"},
		"en": {"I earn 5000 a month and need 4000, what plan could I have", "the first one", "confirm"},
	}},
	{"three weeks later", map[string][]string{
		"zh-Hans": {"推迟到12月23号一次还清", "确认"}, "zh-Hant": {"推遲到12月23號一次還清", "確認"}, "en": {"Can I pay it all on 23 December instead", "confirm"},
	}},
	{"less if paid at once", map[string][]string{
		"zh-Hans": {"违约金能减免吗，我一次付清", "第一个", "确认"}, "zh-Hant": {"違約金能減免嗎，我一次付清", "第一個", "確認"},
		"en": {"can you waive the late charge if I pay all at once", "the first one", "confirm"},
	}},
}

// TestSameFactsSameOffers: who asks, in which language and how politely, changes nothing in what is agreed.
func TestSameFactsSameOffers(t *testing.T) {
	facts := map[string]any{
		"phone_last4": "4417", "id_last4": "0627", "verified": true, "debt_type": "credit_card", "creditor": "安和银行", "principal_fen": 860_000,
		"interest_fen": 42_000, "penalty_fen": 36_000, "fees_fen": 0, "days_overdue": 64,
	}
	for _, w := range wishes {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			var first string
			for _, g := range groups {
				d := maps.Clone(facts)
				d["name"], d["lang"] = g.name, g.lang
				turns := append([]string{g.told + w.turns[g.lang][0]}, w.turns[g.lang][1:]...)
				got := agreed(t, d, turns)
				if got == "" {
					t.Errorf("%s: nothing was agreed", g.who)
				}
				if first == "" {
					first = got
				}
				if got != first {
					t.Errorf("%s: %s\nothers: %s", g.who, got, first)
				}
			}
		})
	}
}

// agreed plays a talk and writes down what was agreed: kind, waiver and each payment with its day.
func agreed(t *testing.T, with map[string]any, turns []string) string {
	t.Helper()
	p := startTalk(t, debtorOf(t, with), talkNow)
	for _, line := range turns {
		p.turn(line)
	}
	e, err := p.talk.end(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if e.Arrangement == nil {
		t.Log("\n" + p.log.String())
		return ""
	}
	out, err := json.Marshal([]any{e.Arrangement.Kind, e.Arrangement.Waived, e.Arrangement.Instalments})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
