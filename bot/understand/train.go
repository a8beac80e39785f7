package understand

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"

	"hejie/bot/text"
	"hejie/bot/text/linear"
	"hejie/flows"
)

// Trained is the outcome of one training.
type Trained struct {
	Files      map[string][]byte // name under weights/ -> content
	Utterances int
	Languages  map[string]int
	// Held-out figures over the corpus, each fifth judged by a model that had not seen it, the classifier alone.
	MainRight float64 // share of utterances whose main intent is the likeliest label
}

// Train learns the weights from the corpus under src. The same corpus gives the same bytes.
func Train(src fs.FS) (*Trained, error) {
	all, hash, err := ReadCorpus(src)
	if err != nil {
		return nil, err
	}
	t := &Trained{Files: map[string][]byte{}, Utterances: len(all), Languages: map[string]int{}}
	for _, u := range all {
		t.Languages[u.Lang]++
	}
	for _, m := range [...]struct {
		name string
		cfg  linear.Config
		list []string
	}{{"main", mainConfig(), mainLabels}, {"any", anyConfig(), anyLabels}} {
		m.cfg.Source = hash
		examples, first := examples(all, m.cfg.Loss)
		model, held, err := linear.Train(m.cfg, m.list, examples)
		if err != nil {
			return nil, fmt.Errorf("understand: %w", err)
		}
		if m.cfg.Loss == linear.Softmax {
			right := 0
			for i, at := range first {
				if likeliest(held[at]) == labelAt[all[i].Main] {
					right++
				}
			}
			t.MainRight = float64(right) / float64(len(all))
		}
		var b bytes.Buffer
		if err := model.Write(&b); err != nil {
			return nil, fmt.Errorf("understand: %w", err)
		}
		t.Files[m.name+".bin"] = b.Bytes()
	}
	return t, nil
}

func mainConfig() linear.Config { return linear.Default(linear.Softmax) }

func anyConfig() linear.Config { return linear.Default(linear.OneVsRest) }

func likeliest(p []float32) int {
	best := 0
	for k, v := range p {
		if v > p[best] {
			best = k
		}
	}
	return best
}

// variantWeight: a made-up variant of an utterance counts less than what somebody wrote.
const variantWeight = 0.35

// examples turns utterances into training examples, each with made-up variants: the same words after another question, with
// words of no meaning around them, and run together as voice input does. first tells where each utterance itself stands.
func examples(all []Utterance, loss linear.Loss) (out []linear.Example, first []int) {
	rnd := rand.New(rand.NewPCG(11, 17))
	for i, u := range all {
		labels := make([]string, 0, 3)
		for _, l := range append([]flows.Intent{u.Main}, u.Also...) {
			if l != nothing || loss == linear.Softmax {
				labels = append(labels, string(l))
			}
		}
		add := func(s, context string, weight float64) {
			rs := normalise(text.Fold(s)).rs
			out = append(out, linear.Example{Text: rs, Extra: asked(nil, rs, context), Labels: labels, Weight: weight, Group: i + 1})
		}
		first = append(first, len(out))
		add(u.Text, u.Context, 1)
		filler, run := variants(u, rnd)
		context := Contexts[rnd.IntN(len(Contexts))]
		if u.Context == "" && !answers[u.Main] {
			add(u.Text, context, variantWeight)
		}
		add(filler, u.Context, variantWeight)
		if run != u.Text {
			add(run, u.Context, variantWeight)
		}
	}
	return out, first
}

// answers are intents that depend on the question: their words after another question may mean something else.
var answers = map[flows.Intent]bool{"affirm": true, "deny": true, "correction": true, "counter_offer": true, "repeat": true, "cancel": true, nothing: true}

// Words that say nothing, before and after.
var (
	fillersZh = [][2]string{{"那个，", ""}, {"嗯，", ""}, {"请问一下", ""}, {"我跟你说，", ""}, {"", "啊"}, {"", "，谢谢"}, {"就是", ""}, {"你好，", ""}, {"唉，", ""}, {"", "，你看行吗"}, {"", "！！！"}, {"", "呢"}, {"说真的", ""}, {"", "😭"}, {"其实", ""}, {"", "，麻烦了"}}
	fillersEn = [][2]string{{"hi, ", ""}, {"well ", ""}, {"", " please"}, {"look, ", ""}, {"", " thanks"}, {"ok so ", ""}, {"um ", ""}, {"", " mate"}, {"honestly ", ""}, {"", "!!"}, {"so ", ""}, {"to be honest ", ""}}
)

func variants(u Utterance, rnd *rand.Rand) (filler, run string) {
	set := fillersZh
	if u.Lang == "en" {
		set = fillersEn
	}
	f := set[rnd.IntN(len(set))]
	run = strings.NewReplacer("，", "", "。", "", "？", "", "！", "", "、", "", ",", "", "?", "", "!", "").Replace(u.Text)
	return f[0] + u.Text + f[1], run
}
