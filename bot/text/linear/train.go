package linear

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// Example is one text with what it means. Text is folded. Labels may be empty under OneVsRest: none of them fits.
type Example struct {
	Text   []rune
	Extra  []string
	Labels []string // under Softmax the first is the target
	Weight float64  // 0 = 1
	// Group keeps variants of one text in one fold, or a held-out text has been seen after all. 0 = by itself.
	Group int
}

// Hash names the examples and the configuration: a model whose Hash is the same was trained from just these.
func Hash(cfg Config, labels []string, examples []Example) string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	must(enc.Encode(cfg))
	must(enc.Encode(labels))
	for _, e := range examples {
		must(enc.Encode([]any{string(e.Text), e.Extra, e.Labels, e.Weight, e.Group}))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// must: a hash takes any bytes, and these values always have a JSON form.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// Train fits a model. The second result holds, for each example, the calibrated probabilities of a model that had not seen it:
// the honest ones to choose thresholds on. Texts that say nearly the same should not be in two folds, or they flatter.
func Train(cfg Config, labels []string, examples []Example) (*Model, [][]float32, error) {
	if err := cfg.check(); err != nil {
		return nil, nil, err
	}
	set, err := prepare(cfg, labels, examples)
	if err != nil {
		return nil, nil, err
	}
	held := make([][]float32, len(set.items))
	fold := set.folds()
	for k := range cfg.Folds {
		f := set.fit(func(i int) bool { return fold[i] != k })
		for i := range set.items {
			if fold[i] == k {
				held[i] = f.raw(&set.items[i])
				cfg.lift(labels, held[i])
			}
		}
	}
	slope, shift := set.calibrate(held)
	for _, z := range held {
		for k := range z {
			z[k] = slope[k]*z[k] + shift[k]
		}
		link(cfg.Loss, z)
	}
	m := set.fit(func(int) bool { return true }).model(set)
	m.slope, m.shift, m.hash = slope, shift, Hash(cfg, labels, examples)
	return m, held, nil
}

// item is an example as numbers.
type item struct {
	feats  []int32   // places (see spread), ascending
	times  []float32 // how many buckets of the text share the place
	n      int       // buckets of the text
	target []float32 // per label
	weight float32
	group  int
}

type trainSet struct {
	cfg    Config
	labels []string
	items  []item

	buckets []uint32 // all buckets of all examples, ascending
	place   []int32  // by place in buckets: which weights are its own
	places  int
}

func prepare(cfg Config, labels []string, examples []Example) (*trainSet, error) {
	if len(labels) < 2 || len(labels) > maxLabels || len(examples) < 2*cfg.Folds {
		return nil, errors.New("linear: too few labels or examples, or too many labels, to learn from")
	}
	at := map[string]int{}
	for i, l := range labels {
		if _, twice := at[l]; twice || l == "" {
			return nil, fmt.Errorf("linear: label %q is empty or given twice", l)
		}
		at[l] = i
	}
	if _, known := at[cfg.Lean]; cfg.Lean != "" && !known {
		return nil, fmt.Errorf("linear: no label %q to lean on", cfg.Lean)
	}
	s := &trainSet{cfg: cfg, labels: labels, items: make([]item, 0, len(examples))}
	texts := make([][]uint32, len(examples))
	for n, e := range examples {
		texts[n] = cfg.features(nil, e.Text, e.Extra)
		it := item{target: make([]float32, len(labels)), weight: 1, group: e.Group}
		if e.Weight > 0 {
			it.weight = float32(e.Weight)
		}
		if len(e.Labels) == 0 && cfg.Loss == Softmax {
			return nil, fmt.Errorf("linear: example %d has no label", n)
		}
		for i, l := range e.Labels {
			k, ok := at[l]
			if !ok {
				return nil, fmt.Errorf("linear: example %d: unknown label %q", n, l)
			}
			it.target[k] = cfg.share(i, len(e.Labels))
		}
		s.items = append(s.items, it)
	}
	s.spread(texts)
	return s, nil
}

// share is the target of the i-th of n labels.
func (c Config) share(i, n int) float32 {
	switch {
	case c.Loss == OneVsRest || n == 1:
		return 1
	case i == 0:
		return float32(1 - c.Rest)
	}
	return float32(c.Rest / float64(n-1))
}

// folds deals the groups out evenly, by the seed.
func (s *trainSet) folds() []int {
	out := make([]int, len(s.items))
	of := map[int]int{}
	rnd := rand.New(rand.NewPCG(s.cfg.Seed, 0x5EED))
	next := 0
	for _, i := range rnd.Perm(len(out)) {
		g := s.items[i].group
		k, dealt := of[g]
		if g == 0 || !dealt {
			k = next % s.cfg.Folds
			next++
		}
		if g != 0 {
			of[g] = k
		}
		out[i] = k
	}
	return out
}

// fitted is a model still in floating point.
type fitted struct {
	n      int     // labels
	rows   []int32 // place -> row + 1, 0 = not learned
	weight []float32
	bias   []float32
	square []float32 // AdaGrad: sum of squared gradients
	biasSq []float32
	pace   []float32 // by row: how fast it learns; nil = all alike
}

// fit learns from the items that use says, by stochastic gradient descent with AdaGrad steps.
func (s *trainSet) fit(use func(int) bool) *fitted {
	n := len(s.labels)
	f := &fitted{n: n, rows: make([]int32, s.places), bias: make([]float32, n), biasSq: make([]float32, n)}
	seen := make([]int, s.places)
	var ids []int
	for i := range s.items {
		if use(i) {
			ids = append(ids, i)
			for _, b := range s.items[i].feats {
				seen[b]++
			}
		}
	}
	rows := int32(0)
	for b, c := range seen {
		if c >= max(1, s.cfg.MinCount) {
			rows++
			f.rows[b] = rows
		}
	}
	f.weight, f.square = make([]float32, int(rows)*n), make([]float32, int(rows)*n)
	s.setPace(f, ids)
	rnd := rand.New(rand.NewPCG(s.cfg.Seed, 0xF17))
	keep := float32(1 - s.cfg.Decay)
	for range s.cfg.Epochs {
		rnd.Shuffle(len(ids), func(a, b int) { ids[a], ids[b] = ids[b], ids[a] })
		for _, i := range ids {
			f.step(s.cfg, &s.items[i])
		}
		for k := range f.weight {
			f.weight[k] *= keep
		}
	}
	for r, p := range f.pace { // from here on a weight is what an n-gram adds
		for k := range n {
			f.weight[r*n+k] *= p
		}
	}
	f.square, f.biasSq, f.pace = nil, nil, nil
	return f
}

// tiny gradients change nothing that survives eight bits.
const tiny = 2e-4

func (f *fitted) step(c Config, it *item) {
	p := f.raw(it)
	link(c.Loss, p)
	norm, rate := length(it.n), float32(c.Rate)
	for k := range p {
		g := (p[k] - it.target[k]) * it.weight
		if g < tiny && g > -tiny {
			p[k] = 0
			continue
		}
		p[k] = g
		f.biasSq[k] += g * g
		f.bias[k] -= rate * g / root(f.biasSq[k])
	}
	for _, b := range it.feats {
		r := int(f.rows[b]) - 1
		if r < 0 {
			continue
		}
		w, q, norm := f.weight[r*f.n:r*f.n+f.n], f.square[r*f.n:r*f.n+f.n], norm*f.paceOf(r)
		for k, g := range p {
			if g == 0 {
				continue
			}
			g *= norm
			q[k] += g * g
			w[k] -= rate * g / root(q[k])
		}
	}
}

func root(q float32) float32 { return float32(math.Sqrt(float64(q))) + 1e-3 }

func (f *fitted) raw(it *item) []float32 {
	z := make([]float32, f.n)
	for i, b := range it.feats {
		if r := int(f.rows[b]) - 1; r >= 0 {
			pace := it.times[i] * f.paceOf(r)
			for k, w := range f.weight[r*f.n : r*f.n+f.n] {
				z[k] += pace * w
			}
		}
	}
	norm := length(it.n)
	for k := range z {
		z[k] = z[k]*norm + f.bias[k]
	}
	return z
}
