package understand

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"sync"

	"hejie/bot/text/linear"
	"hejie/flows"
)

// The weights are made by `hejie understand train` from corpus/*.yaml and committed beside it.
//
//go:embed weights/*.bin
var weightFiles embed.FS

// classifier knows intents by their n-grams: which one is meant first, and for each by itself whether it is among those meant.
type classifier struct {
	main *linear.Model // labels: the closed list and nothing
	any  *linear.Model // labels: the closed list
}

var (
	mainLabels = append(labelNames(), string(nothing))
	anyLabels  = labelNames()
	labelAt    = func() map[flows.Intent]int {
		m := map[flows.Intent]int{nothing: len(flows.Intents)}
		for i, x := range flows.Intents {
			m[x] = i
		}
		return m
	}()
)

func labelNames() []string {
	out := make([]string, 0, len(flows.Intents)+1)
	for _, i := range flows.Intents {
		out = append(out, string(i))
	}
	return out
}

// ownClassifier reads the embedded weights once in a process.
var ownClassifier = sync.OnceValues(func() (*classifier, error) { return loadClassifier(weightFiles) })

func loadClassifier(src fs.FS) (*classifier, error) {
	var c classifier
	for _, f := range [...]struct {
		name   string
		into   **linear.Model
		labels []string
	}{{"main", &c.main, mainLabels}, {"any", &c.any, anyLabels}} {
		raw, err := fs.ReadFile(src, "weights/"+f.name+".bin")
		if err != nil {
			return nil, fmt.Errorf("understand: %w", err)
		}
		if *f.into, err = linear.Read(bytes.NewReader(raw)); err != nil {
			return nil, fmt.Errorf("understand: weights of %s: %w", f.name, err)
		}
		if fmt.Sprint((*f.into).Labels()) != fmt.Sprint(f.labels) {
			return nil, fmt.Errorf("understand: the weights of %s were trained for another list of intents", f.name)
		}
	}
	return &c, nil
}

// guess is what the classifier makes of a text: a probability per label.
type guess struct {
	main [64]float32 // sums to one
	any  [64]float32
}

func (c *classifier) guess(rs []rune, context string) guess {
	var g guess
	var buf [4]string
	extra := asked(buf[:0], rs, context)
	c.main.Scores(g.main[:0:len(g.main)], rs, extra...)
	c.any.Scores(g.any[:0:len(g.any)], rs, extra...)
	return g
}

// shortAnswer is how long an answer may be to depend on the question above all: 好, 第二个, next friday.
const shortAnswer = 12

// asked appends the features that tell what question the text answers.
func asked(dst []string, rs []rune, context string) []string {
	if context == "" || context == "none" {
		return dst
	}
	dst = append(dst, context)
	if len(rs) <= shortAnswer {
		dst = append(dst, context+" short", context+" "+string(rs))
	}
	return dst
}
