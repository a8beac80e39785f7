// Package linear is a small text classifier: hashed n-grams, one weight per n-gram and label, trained by a command and shipped
// as a file. It learns which of a closed list of labels fit a short text, in Chinese, English or both at once.
//
// The text must be folded already (text.Fold): the package does not fold, does not know what a label means, keeps no word
// order beyond its n-grams, cannot tell that a text is like nothing it has seen (it then spreads its score over the labels),
// and is no proof of anything: what must never be missed belongs in rules beside it. It does no I/O but on the reader and
// writer it is given, starts no goroutine and has no clock: the same examples and configuration give the same bytes.
package linear

import (
	"fmt"
	"math"
	"slices"
)

// Loss says how the labels compete.
type Loss string

const (
	// Softmax: exactly one label fits; the scores sum to one. An example's first label is its target, the others share Rest.
	Softmax Loss = "softmax"
	// OneVsRest: each label fits or not, by itself.
	OneVsRest Loss = "one-vs-rest"
)

// Config is everything the weights depend on beside the examples. It is written into the file.
type Config struct {
	Loss Loss `json:"loss"`
	// Grams is the longest n-gram of symbols when a Chinese character is among them (a symbol is a Chinese character, a Latin
	// word, a number or a mark), Words the longest of Latin words alone, CharMin and CharMax the letters inside a Latin word.
	Grams   int `json:"grams"`
	Words   int `json:"words"`
	CharMin int `json:"char_min"`
	CharMax int `json:"char_max"`
	// Stems counts a Latin word by its stem, beside the word itself; Skips adds two Latin words with one between them.
	Stems bool `json:"stems,omitempty"`
	Skips bool `json:"skips,omitempty"`
	// Lean names a label: n-grams that are rare learn faster, and so do those that lean to this label or away from it.
	Lean string `json:"lean,omitempty"`
	// Lift adds this share of the best other label's score to the score of Lean, which then means "any of them": what surely is one
	// of them is surely any.
	Lift float64 `json:"lift,omitempty"`
	// Merge gives n-grams that stand in the same examples one row of weights: for many examples, MinCount 1 and many Bits.
	Merge bool `json:"merge,omitempty"`
	// Bits is the size of the hash space; MinCount drops an n-gram seen in fewer examples.
	Bits     int     `json:"bits"`
	MinCount int     `json:"min_count"`
	Epochs   int     `json:"epochs"`
	Rate     float64 `json:"rate"`
	Decay    float64 `json:"decay"` // share of each weight lost per epoch
	Rest     float64 `json:"rest"`  // Softmax: what the labels after the first get together
	Folds    int     `json:"folds"` // held-out parts the calibration is fitted on
	Seed     uint64  `json:"seed"`
	// Source is the caller's name for where the examples came from, such as a hash of the files: nothing but carried along.
	Source string `json:"source,omitempty"`
}

// Default is a sound start for short messages. Longer n-grams (4 characters, 5 letters) do worse on a few thousand examples:
// they are seen too seldom to be learned; with many more examples raise Grams and CharMax.
func Default(l Loss) Config {
	return Config{Loss: l, Grams: 2, Words: 2, CharMin: 3, CharMax: 4, Bits: 18, MinCount: 2, Epochs: 20, Rate: 0.5, Decay: 0.01, Rest: 0.2, Folds: 5, Seed: 1}
}

func (c Config) check() error {
	switch {
	case c.Loss != Softmax && c.Loss != OneVsRest:
		return fmt.Errorf("linear: unknown loss %q", c.Loss)
	case c.Grams < 1 || c.Grams > maxGram || c.Words < 1 || c.Words > maxGram || c.CharMin < 1 || c.CharMax > 8 || c.CharMin > c.CharMax+1:
		return fmt.Errorf("linear: n-grams of %d symbols, %d words, %d-%d letters", c.Grams, c.Words, c.CharMin, c.CharMax)
	case c.Bits < 8 || c.Bits > 30:
		return fmt.Errorf("linear: %d bits", c.Bits)
	case c.Epochs < 1 || c.Folds < 2 || !(c.Rate > 0) || !(c.Decay >= 0 && c.Decay < 1) || !(c.Rest >= 0 && c.Rest < 1):
		return fmt.Errorf("linear: configuration out of bounds: %+v", c)
	}
	return nil
}

// Model is read-only after it is made and safe for concurrent use.
type Model struct {
	cfg    Config
	labels []string
	hash   string
	table  table // hash bucket -> row of weights
	weight packed
	scale  []float32
	bias   []float32
	slope  []float32 // calibration: p = link(slope*z + shift)
	shift  []float32
}

// Labels are the labels in the order of Scores. The caller must not change them.
func (m *Model) Labels() []string { return m.labels }

// Hash tells which examples and configuration the model was trained from (see Hash).
func (m *Model) Hash() string { return m.hash }

// Config is what the model was trained with.
func (m *Model) Config() Config { return m.cfg }

// Size is the memory the weights take, in bytes.
func (m *Model) Size() int { return m.table.size() + 8*len(m.weight.rows) + 16*len(m.labels) }

// Scores appends a probability per label to dst[:0] and returns it. extra are features of their own beside the text, such as
// the question the text answers. With a dst large enough and a text of ordinary length nothing is allocated.
func (m *Model) Scores(dst []float32, text []rune, extra ...string) []float32 {
	var stack [1024]uint32
	feats := m.cfg.features(stack[:0], text, extra)
	n := len(m.labels)
	if cap(dst) < n {
		dst = make([]float32, n)
	}
	dst = dst[:n]
	clear(dst)
	m.weight.sum(dst, &m.table, feats)
	norm := length(len(feats))
	for k := range dst {
		dst[k] = dst[k]*m.scale[k]*norm + m.bias[k]
	}
	m.cfg.lift(m.labels, dst)
	for k := range dst {
		dst[k] = m.slope[k]*dst[k] + m.shift[k]
	}
	link(m.cfg.Loss, dst)
	return dst
}

// lift raises the score of the label to lean on by what the best of the others has.
func (c Config) lift(labels []string, z []float32) {
	lean := slices.Index(labels, c.Lean)
	if c.Lift == 0 || lean < 0 {
		return
	}
	best := float32(math.Inf(-1))
	for k, v := range z {
		if k != lean {
			best = max(best, v)
		}
	}
	z[lean] += float32(c.Lift) * best
}

// length makes a long text weigh as much as a short one.
func length(n int) float32 {
	if n == 0 {
		return 0
	}
	return float32(1 / math.Sqrt(float64(n)))
}

// link turns scores into probabilities in place.
func link(l Loss, z []float32) {
	if l == OneVsRest {
		for k, v := range z {
			z[k] = float32(1 / (1 + math.Exp(-float64(v))))
		}
		return
	}
	top := z[0]
	for _, v := range z {
		top = max(top, v)
	}
	var sum float64
	for k, v := range z {
		e := math.Exp(float64(v - top))
		z[k] = float32(e)
		sum += e
	}
	for k := range z {
		z[k] = float32(float64(z[k]) / sum)
	}
}
