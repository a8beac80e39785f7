package linear

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// toy is a corpus of three made-up topics, with words around them that say nothing.
func toy() []Example {
	topics := map[string][]string{
		"fruit":   {"苹果", "香蕉", "西瓜", "banana", "apple pie", "watermelon"},
		"weather": {"下雨", "刮风", "晴天", "rainy day", "windy", "sunshine"},
		"travel":  {"火车", "飞机", "车站", "airport", "train ticket", "station"},
	}
	around := []string{"我想说%s啊", "今天的%s真好", "%s", "is it %s?", "the %s again", "关于%s的事", "1500 个%s", "about %s please"}
	var out []Example
	for _, name := range []string{"fruit", "weather", "travel"} {
		for _, w := range topics[name] {
			for _, a := range around {
				out = append(out, Example{Text: []rune(fmt.Sprintf(a, w)), Labels: []string{name}})
			}
		}
	}
	return out
}

var toyLabels = []string{"fruit", "weather", "travel"}

func small(l Loss) Config {
	c := Default(l)
	c.Bits = 12
	return c
}

func best(p []float32, labels []string) string {
	k := 0
	for i, v := range p {
		if v > p[k] {
			k = i
		}
	}
	return labels[k]
}

func TestLearns(t *testing.T) {
	for _, loss := range []Loss{Softmax, OneVsRest} {
		m, held, err := Train(small(loss), toyLabels, toy())
		if err != nil {
			t.Fatal(err)
		}
		for text, want := range map[string]string{"明天又下雨了": "weather", "两个西瓜多少钱": "fruit", "which train tickets": "travel", "去飞机场": "travel", "bananass": "fruit"} {
			if got := best(m.Scores(nil, []rune(text)), m.Labels()); got != want {
				t.Errorf("%s: %s is %s, want %s", loss, text, got, want)
			}
		}
		right := 0
		for i, e := range toy() {
			if best(held[i], toyLabels) == e.Labels[0] {
				right++
			}
		}
		if right < len(toy())*9/10 {
			t.Errorf("%s: held-out: %d of %d right", loss, right, len(toy()))
		}
	}
}

// Held-out probabilities mean what they say: of the texts given about p, about the share p is right.
func TestCalibrated(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	var all []Example
	for i := range 600 { // the word says the label four times of five
		k := i % 2
		word := []string{"红色", "蓝色"}[k]
		if rnd.IntN(5) == 0 {
			k = 1 - k
		}
		all = append(all, Example{Text: []rune(fmt.Sprintf("%s第%d", word, rnd.IntN(9))), Labels: []string{[]string{"a", "b"}[k]}})
	}
	for _, loss := range []Loss{Softmax, OneVsRest} {
		m, _, err := Train(small(loss), []string{"a", "b"}, all)
		if err != nil {
			t.Fatal(err)
		}
		p := m.Scores(nil, []rune("红色第3"))
		if p[0] < 0.7 || p[0] > 0.9 {
			t.Errorf("%s: a word that tells the truth four times of five gives %.2f", loss, p[0])
		}
	}
}

func TestSeveralLabels(t *testing.T) {
	var all []Example
	for i := range 60 {
		all = append(all, Example{Text: []rune(fmt.Sprintf("红色%d", i)), Labels: []string{"red"}},
			Example{Text: []rune(fmt.Sprintf("蓝色%d", i)), Labels: []string{"blue"}},
			Example{Text: []rune(fmt.Sprintf("红色和蓝色%d", i)), Labels: []string{"red", "blue"}},
			Example{Text: []rune(fmt.Sprintf("没有颜色%d", i))})
	}
	m, _, err := Train(small(OneVsRest), []string{"red", "blue"}, all)
	if err != nil {
		t.Fatal(err)
	}
	if p := m.Scores(nil, []rune("红色和蓝色")); p[0] < 0.5 || p[1] < 0.5 {
		t.Errorf("both: %v", p)
	}
	if p := m.Scores(nil, []rune("没有颜色")); p[0] > 0.5 || p[1] > 0.5 {
		t.Errorf("none: %v", p)
	}
}

func TestExtraFeatures(t *testing.T) {
	var all []Example
	for range 40 {
		all = append(all, Example{Text: []rune("好"), Extra: []string{"asked=plan"}, Labels: []string{"yes"}}, Example{Text: []rune("好"), Extra: []string{"asked=health"}, Labels: []string{"well"}})
	}
	m, _, err := Train(small(Softmax), []string{"yes", "well"}, all)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := best(m.Scores(nil, []rune("好"), "asked=plan"), m.Labels()), best(m.Scores(nil, []rune("好"), "asked=health"), m.Labels()); a != "yes" || b != "well" {
		t.Errorf("the question just asked is not used: %s, %s", a, b)
	}
}

// The same examples give the same bytes, and what is read back answers the same.
func TestSameBytesAndRoundTrip(t *testing.T) {
	var files [2]bytes.Buffer
	var m *Model
	for i := range files {
		var err error
		if m, _, err = Train(small(OneVsRest), toyLabels, toy()); err != nil {
			t.Fatal(err)
		}
		if err := m.Write(&files[i]); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0].Bytes(), files[1].Bytes()) {
		t.Fatal("two trainings, two files")
	}
	back, err := Read(bytes.NewReader(files[0].Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if back.Hash() != Hash(small(OneVsRest), toyLabels, toy()) {
		t.Error("the file does not name its examples")
	}
	if Hash(small(OneVsRest), toyLabels, toy()[1:]) == back.Hash() {
		t.Error("other examples have the same hash")
	}
	for _, e := range toy() {
		if !slices.Equal(m.Scores(nil, e.Text), back.Scores(nil, e.Text)) {
			t.Fatalf("%s: read back, it answers otherwise", string(e.Text))
		}
	}
}

func TestBrokenFiles(t *testing.T) {
	m, _, err := Train(small(Softmax), toyLabels, toy())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	for _, n := range []int{0, 5, len(magic), len(magic) + 20, len(whole) / 2, len(whole) - 1} {
		if _, err := Read(bytes.NewReader(whole[:n])); err == nil {
			t.Errorf("cut at %d of %d: reads", n, len(whole))
		}
	}
	turned := bytes.Clone(whole)
	turned[len(turned)-20] ^= 0xFF
	if _, err := Read(bytes.NewReader(turned)); err == nil {
		t.Error("a turned byte: reads")
	}
	for name, head := range map[string]string{
		"rows":   `{"hash":"","config":CFG,"labels":["a","b"],"rows":99999999,"scale":[1,1],"bias":[0,0],"slope":[1,1],"shift":[0,0]}`,
		"labels": `{"hash":"","config":CFG,"labels":["a"],"rows":1,"scale":[1],"bias":[0],"slope":[1],"shift":[0]}`,
		"scale":  `{"hash":"","config":CFG,"labels":["a","b"],"rows":1,"scale":[1],"bias":[0,0],"slope":[1,1],"shift":[0,0]}`,
	} {
		head = strings.Replace(head, "CFG", `{"loss":"softmax","grams":4,"words":2,"char_min":3,"char_max":5,"bits":12,"epochs":1,"rate":1,"folds":2}`, 1)
		if _, err := Read(strings.NewReader(magic + head + "\n")); err == nil {
			t.Errorf("%s: reads", name)
		}
	}
}

func TestFaultsOfTraining(t *testing.T) {
	bad := small(Softmax)
	bad.Folds = 0
	if _, _, err := Train(bad, toyLabels, toy()); err == nil {
		t.Error("no folds: trains")
	}
	if _, _, err := Train(small(Softmax), []string{"a", "a"}, toy()); err == nil {
		t.Error("a label twice: trains")
	}
	if _, _, err := Train(small(Softmax), []string{"a", "b"}, toy()); err == nil {
		t.Error("unknown labels: trains")
	}
	if _, _, err := Train(small(Softmax), toyLabels, append(toy(), Example{Text: []rune("x")})); err == nil {
		t.Error("softmax without a label: trains")
	}
}

func TestScoresDoesNotAllocate(t *testing.T) {
	m, _, err := Train(small(Softmax), toyLabels, toy())
	if err != nil {
		t.Fatal(err)
	}
	dst, text := make([]float32, 3), []rune("今天的苹果真好，the train is late again 1500")
	if n := testing.AllocsPerRun(50, func() { dst = m.Scores(dst, text) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzScores(f *testing.F) {
	m, _, err := Train(small(Softmax), toyLabels, toy())
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"", "苹果 apple's 3.5", "\x00\xff?!,,", strings.Repeat("长", 3000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var sum float32
		for _, p := range m.Scores(nil, []rune(s), s) {
			if !(p >= 0 && p <= 1) {
				t.Fatalf("%q: %v", s, p)
			}
			sum += p
		}
		if sum < 0.999 || sum > 1.001 {
			t.Fatalf("%q: sum %v", s, sum)
		}
	})
}

func BenchmarkScores(b *testing.B) {
	m, _, err := Train(small(Softmax), toyLabels, toy())
	if err != nil {
		b.Fatal(err)
	}
	dst, text := make([]float32, 3), []rune("我上个月失业了，一次还不上这么多，能不能分12期，每月12号还一千五，利息能少点吗")
	b.ReportAllocs()
	for b.Loop() {
		dst = m.Scores(dst, text)
	}
}
