package linear

import (
	"math"
	"slices"
)

// setPace says how fast each row learns from the items ids when the configuration names a label to lean on: the rarer an n-gram
// is the faster, for a common one stands in every text and tells nothing, and the faster the more it leans to that label or away
// from it (the ratio of naive Bayes).
func (s *trainSet) setPace(f *fitted, ids []int) {
	lean := slices.Index(s.labels, s.cfg.Lean)
	if lean < 0 {
		return
	}
	rows := len(f.weight) / f.n
	with, without := make([]float64, rows), make([]float64, rows)
	var all, allWith float64
	for _, i := range ids {
		it, count := &s.items[i], without
		if all++; it.target[lean] > 0 {
			allWith++
			count = with
		}
		for _, b := range it.feats {
			if r := int(f.rows[b]) - 1; r >= 0 {
				count[r]++
			}
		}
	}
	f.pace = make([]float32, rows)
	for r := range f.pace {
		rare := math.Log(all/(with[r]+without[r])) / usual
		leans := math.Abs(math.Log((with[r] + 1) / (allWith + 2) * (all - allWith + 2) / (without[r] + 1)))
		f.pace[r] = float32(rare * rare * (1 + leans) / 2)
	}
}

// usual is the logarithm at which rarity neither hurries nor slows: an n-gram in one of some 400 texts.
const usual = 6

func (f *fitted) paceOf(r int) float32 {
	if f.pace == nil {
		return 1
	}
	return f.pace[r]
}
