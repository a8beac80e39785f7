package understand

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"hejie/bot/text/linear"
	"hejie/flows"
)

// The committed weights were trained from the committed corpus with the configuration in the code: `hejie understand train`.
func TestWeightsMatchCorpus(t *testing.T) {
	all, hash, err := ReadCorpus(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 6000 {
		t.Errorf("only %d utterances", len(all))
	}
	c, err := ownClassifier()
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]struct {
		model *linear.Model
		cfg   linear.Config
	}{"main": {c.main, mainConfig()}, "any": {c.any, anyConfig()}} {
		m.cfg.Source = hash
		if m.model.Config() != m.cfg {
			t.Errorf("weights/%s.bin are not of this corpus and configuration: run `go run ./cmd/hejie understand train`", name)
		}
	}
	if size := c.main.Size() + c.any.Size(); size > 30<<20 {
		t.Errorf("the classifier takes %d bytes", size)
	}
}

func TestCorpusFaults(t *testing.T) {
	for name, text := range map[string]string{
		"unknown key":     "[{main: greeting, colour: red, say: hi}]",
		"unknown intent":  "[{main: dancing, say: hi}]",
		"nothing and":     "[{main: '-', also: [thanks], say: hi}]",
		"unknown context": "[{main: greeting, context: ask_shoes, say: hi}]",
		"given twice":     "[{main: greeting, say: \"hi\\nhi\"}]",
		"two labels":      "[{main: greeting, say: hi}, {main: thanks, say: Hi}]",
		"too few":         "[{main: greeting, say: hi}]",
	} {
		_, _, err := ReadCorpus(fstest.MapFS{"corpus/x.yaml": {Data: []byte(text)}})
		if err == nil {
			t.Errorf("%s: reads", name)
		} else if name != "too few" && strings.Count(err.Error(), "\n") == strings.Count(err.Error(), " utterances in ")-1 {
			t.Errorf("%s: only the counts are found wrong", name)
		}
	}
	if _, _, err := ReadCorpus(fstest.MapFS{}); err == nil {
		t.Error("no files: reads")
	}
}

func TestBrokenWeightsStopTheStart(t *testing.T) {
	good, err := weightFiles.ReadFile("weights/main.bin")
	if err != nil {
		t.Fatal(err)
	}
	for name, src := range map[string]fstest.MapFS{
		"missing":      {},
		"cut":          {"weights/main.bin": {Data: good[:len(good)/2]}, "weights/any.bin": {Data: good}},
		"other labels": {"weights/main.bin": {Data: good}, "weights/any.bin": {Data: good}},
	} {
		if _, err := loadClassifier(src); err == nil {
			t.Errorf("%s: loads", name)
		}
	}
}

// What phrases alone cannot hold together: irony of wording, indirect speech, look-alikes, and the question just asked.
func TestJointReading(t *testing.T) {
	g := load(t)
	for _, c := range []struct {
		say, context string
		main         string
		never        string
	}{
		{say: "又来催 你们有完没完", main: "abuse"},
		{say: "你们有完没完啊", main: "abuse"},
		{say: "算了 说说能怎么办吧", main: "help", never: "cancel"},
		{say: "6 months please", main: "instalment_request"},
		{say: "no, make it 10", context: "ask_count", main: "correction"},
		{say: "能不能下个月20号还", main: "deferral_request", never: "promise_to_pay"},
		{say: "我是你们的主管", main: "out_of_scope", never: "human_agent"},
		{say: "笑死", main: "chitchat", never: "self_harm"},
		{say: "累死了，先这样", never: "self_harm"},
		{say: "我先挂了", main: "goodbye", never: "self_harm"},
		{say: "这就是跳楼价", never: "self_harm"},
		{say: "催收的人叫我去死", main: "collector_abuse", never: "self_harm"},
		{say: "闭上眼睛别再醒来就好了", main: "self_harm"},
		{say: "人死了债是不是就没了，我真想试试", main: "self_harm"},
		{say: "好", context: "confirm_plan", main: "affirm"},
		{say: "我没说要分期", main: "deny", never: "instalment_request"},
	} {
		m := g.Read(Input{Text: c.say, Context: c.context, Now: testNow, Zone: testZone})
		if c.main != "" && string(mainOf(m.Intents)) != c.main {
			t.Errorf("%s: main %s, want %s (%v)", c.say, mainOf(m.Intents), c.main, m.Intents)
		}
		for _, i := range m.Intents {
			if string(i) == c.never {
				t.Errorf("%s: must not be %s (%v)", c.say, c.never, m.Intents)
			}
		}
	}
}

// A text like nothing known is asked about, not acted on.
func TestUnknownIsUnsure(t *testing.T) {
	g := load(t)
	for _, s := range []string{"呜啦啦啦", "gobbledygook wibble", "珊瑚橘子打火机"} {
		if m := g.Read(Input{Text: s, Now: testNow, Zone: testZone}); m.Confidence >= doubt {
			t.Errorf("%s: %v at %.2f", s, m.Intents, m.Confidence)
		}
	}
}

func TestFigures(t *testing.T) {
	var e Evaluation
	for _, j := range []Judged{
		{Want: intents("self_harm"), Got: intents("self_harm", "balance"), Confidence: 0.9},
		{Want: intents("balance"), Got: intents("threat_to_others"), Confidence: 0.9},
		{Want: intents("minor", "thanks"), Got: intents("thanks"), Confidence: 0.4},
		{Want: nil, Got: nil, Confidence: 0.2},
	} {
		e.Add(j)
	}
	f := e.Figures()
	if f.Texts != 4 || f.MainRight != 0.5 || f.Must != 2 || f.MustRecall != 0.5 || f.SelfRecall != 1 || f.FalseCrisis != 1.0/3 {
		t.Errorf("%+v", f)
	}
	if want := (2*0.4 + 0.4 + 0.8) / 4; f.ECE < want-1e-9 || f.ECE > want+1e-9 { // |0.9-1/2| twice, |0.4-0|, |0.2-1|
		t.Errorf("calibration error %v, want %v", f.ECE, want)
	}
}

func BenchmarkClassify(b *testing.B) {
	c, err := ownClassifier()
	if err != nil {
		b.Fatal(err)
	}
	text := []rune("我上个月失业了,一次还不上这么多,能不能分12期,每月12号还一千五,利息能少点吗")
	b.ReportMetric(float64(c.main.Size()+c.any.Size()), "bytes")
	b.ReportAllocs()
	for b.Loop() {
		c.guess(text, "")
	}
}

func BenchmarkLoadClassifier(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := loadClassifier(weightFiles); err != nil {
			b.Fatal(err)
		}
	}
}

func intents(names ...flows.Intent) []flows.Intent { return names }
