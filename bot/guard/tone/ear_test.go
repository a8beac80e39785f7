package tone

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

func messages(t testing.TB) []Message {
	t.Helper()
	msgs, err := Corpus(os.DirFS("corpus"))
	if err != nil {
		t.Fatal(err)
	}
	return msgs
}

func own(t testing.TB) *Ear {
	t.Helper()
	ear, err := Own()
	if err != nil {
		t.Fatal(err)
	}
	return ear
}

// The weights are made from the corpus; whoever changes one and forgets the other is told here.
func TestWeightsAreOfThisCorpus(t *testing.T) {
	want, err := Hash(messages(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := own(t).Hash(); got != want {
		t.Errorf("model.bin is of %.12s, corpus and ideas are %.12s: run `go run ./cmd/hejie rules train`", got, want)
	}
}

func TestCorpusIsWide(t *testing.T) {
	lang, label, good := map[string]int{}, map[string]int{}, 0
	for _, m := range messages(t) {
		lang[m.Lang]++
		for _, l := range m.labels() {
			label[l]++
		}
		if m.Good() {
			good++
		}
	}
	for _, l := range []string{"zh-Hans", "zh-Hant", "en"} {
		if lang[l] < 200 {
			t.Errorf("%d messages in %s", lang[l], l)
		}
	}
	for _, l := range Labels[:18] {
		if label[l] < 60 {
			t.Errorf("%d messages for %s", label[l], l)
		}
	}
	if good < 1000 {
		t.Errorf("%d good messages: a model that sees too few calls everything bad", good)
	}
}

func TestCorpusRefuses(t *testing.T) {
	for name, body := range map[string]string{
		"no text":       `{"text":" ","rules":[]}`,
		"unknown field": `{"text":"a","rule":["T01"]}`,
		"unknown tone":  `{"text":"a","tone":"cross"}`,
		"twice":         "{\"text\":\"a\"}\n{\"text\":\"a\"}",
		"not JSON":      "a",
	} {
		if _, err := Corpus(fstest.MapFS{"x.jsonl": {Data: []byte(body)}}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := Corpus(fstest.MapFS{}); err == nil {
		t.Error("an empty folder is a corpus")
	}
}

func TestTrainingTwiceGivesTheSameBytes(t *testing.T) {
	var some []Message
	for i, m := range messages(t) {
		if i%12 == 0 {
			some = append(some, m)
		}
	}
	var out [2]bytes.Buffer
	for i := range out {
		ear, err := Train(some)
		if err != nil {
			t.Fatal(err)
		}
		if err := ear.Write(&out[i]); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(out[0].Bytes(), out[1].Bytes()) {
		t.Error("two trainings on the same messages differ")
	}
	back, err := Read(&out[0])
	if err != nil {
		t.Fatal(err)
	}
	if want, _ := Hash(some); back.Hash() != want {
		t.Error("read back, the ear does not know its messages")
	}
}

func TestOtherLabelsAreRefused(t *testing.T) {
	if _, err := Read(strings.NewReader(string(bytes.Replace(weights, []byte(`"T01"`), []byte(`"X01"`), 1)))); err == nil {
		t.Error("weights for other labels were read")
	}
}

func TestOneBadSentenceIsHeardInAKindLetter(t *testing.T) {
	const kind, bad = "谢谢您把情况说得这么清楚。您可以先休息几天，想好了再来，方案不会变。", "我们已经派两个人去你家门口等你了。"
	ear, s := own(t), &Scratch{}
	if p := ear.Listen(s, Key(kind)).Scores[Any]; p > 0.3 {
		t.Errorf("the kind letter alone sounds bad: %.2f", p)
	}
	key := Key(kind + bad + kind)
	h := ear.Listen(s, key)
	if got := string(key[h.Start:h.End]); h.Scores[Any] < 0.8 || got != string(Key(bad)) {
		t.Errorf("heard %q with %.2f", got, h.Scores[Any])
	}
}

func TestALabelIsTooShortToTell(t *testing.T) {
	ear, s := own(t), &Scratch{}
	for _, text := range []string{"", "信用卡", "Dispute", "Pay now", "。。。。。。！！", "1234567890"} {
		if p := ear.Listen(s, Key(text)).Scores[Any]; p != 0 {
			t.Errorf("%q sounds %.2f bad", text, p)
		}
	}
}

func TestIdeas(t *testing.T) {
	x, err := readIdeas("# words\nvisit: 上门 visit*\nnot: 不会 won't\n")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"我们不会上门":                "visit+visit visit+not not+not",
		"we are visiting you":   "visit+visit",
		"revisit":               "", // the word begins elsewhere
		"We won't.":             "not+not",
		"上学":                    "",
		"不会":                    "not+not",
		"上門，W O N ' T visit it": "visit+visit",
	} {
		set := x.touched(Key(text))
		if got := strings.Join(x.features(nil, &set), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for _, bad := range []string{"", "no words", "a: x\na: y"} {
		if _, err := readIdeas(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func FuzzListen(f *testing.F) {
	f.Add(hundred)
	f.Add("\xff\x00。!?\n.")
	ear := own(f)
	f.Fuzz(func(t *testing.T, s string) {
		var sc Scratch
		key := Key(s)
		h := ear.Listen(&sc, key)
		if h.Start < 0 || h.End > len(key) || h.Start > h.End || len(h.Scores) != len(Labels) {
			t.Fatalf("heard %d..%d of %d", h.Start, h.End, len(key))
		}
		for _, p := range h.Scores {
			if !(p >= 0 && p <= 1) {
				t.Fatalf("a probability of %v", p)
			}
		}
	})
}

const hundred = "您好，您的账单已经更新，积分可以在活动页查看。如果这个月手头紧，可以先缓一缓。如需分期请提前说明，谢谢理解，客服热线随时为您服务，欢迎来电咨询，感谢您一直以来的支持与配合，祝您和家人生活愉快"

func BenchmarkListen(b *testing.B) {
	ear := own(b)
	for _, c := range []struct{ name, text string }{
		{"good, 100 characters", hundred},
		{"bad, 100 characters", strings.Replace(hundred, "可以先缓一缓", "我们的人就到你家门口等", 1)},
		{"good, 100 letters", "Thanks for your patience. You can pay at any branch or in the app, and there is no fee for a plan."},
		{"4000 characters", strings.Repeat(hundred, 40)},
		{"4000 marks", strings.Repeat("!?。\n", 1000)},
	} {
		key := Key(c.text)
		b.Run(c.name, func(b *testing.B) {
			var s Scratch
			b.ReportAllocs()
			for b.Loop() {
				ear.Listen(&s, key)
			}
			b.ReportMetric(float64(ear.Size()), "model-bytes")
		})
	}
}

// Kind words around a threat make it less sure, never harmless; bad ones around make it surer; a text of one piece is just that.
func TestInContext(t *testing.T) {
	if p := InContext(0.7, -1); p != 0.7 {
		t.Errorf("alone: %.3f", p)
	}
	if p := InContext(0.99, 0.000001); p < 0.8 || p >= 0.99 {
		t.Errorf("among the kindest words: %.3f", p)
	}
	if p := InContext(0.6, 0.9); p <= 0.6 || p >= 0.9 {
		t.Errorf("among bad words: %.3f", p)
	}
	for p := float32(0); p < 0.99; p += 0.01 {
		if InContext(p, 0.5) > InContext(p+0.01, 0.5) {
			t.Fatalf("%.2f sounds worse than %.2f", p, p+0.01)
		}
	}
}

func TestTongue(t *testing.T) {
	for text, want := range map[string]int{
		"": chinese, "123 !!": chinese, "您好，请登录 App 查看": chinese, "please open the app": english, "please open 和解 in the app": english,
	} {
		if got := tongue(Key(text)); got != want {
			t.Errorf("%q: %d", text, got)
		}
	}
}

// A few words must sound worse than many to be raised.
func TestFewWordsAreDoubted(t *testing.T) {
	ear, s := own(t), &Scratch{}
	for _, text := range []string{"等着坐牢吧", "你这个骗子"} {
		key := Key(text)
		set := ear.ideas.touched(key)
		sure := ear.models[chinese].Scores(nil, key, ear.ideas.features(nil, &set)...)[Any]
		if p := ear.Listen(s, key).Scores[Any]; p >= sure || p < 0.5 {
			t.Errorf("%s: %.3f, undoubted %.3f", text, p, sure)
		}
	}
}
