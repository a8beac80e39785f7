package linear

import "math"

// calibrate fits slope and shift on scores of texts the model had not seen: one temperature for all labels under Softmax,
// Platt's line per label under OneVsRest.
func (s *trainSet) calibrate(held [][]float32) (slope, shift []float32) {
	n := len(s.labels)
	slope, shift = make([]float32, n), make([]float32, n)
	if s.cfg.Loss == Softmax {
		t := s.temperature(held)
		for k := range slope {
			slope[k] = t
		}
		return slope, shift
	}
	for k := range slope {
		slope[k], shift[k] = s.platt(held, k)
	}
	return slope, shift
}

// temperature finds the factor with the least surprise, by golden section on its logarithm.
func (s *trainSet) temperature(held [][]float32) float32 {
	p := make([]float32, len(s.labels))
	surprise := func(log float64) (sum float64) {
		t := float32(math.Exp(log))
		for i, z := range held {
			for k := range z {
				p[k] = t * z[k]
			}
			link(Softmax, p)
			for k, want := range s.items[i].target {
				if want > 0 {
					sum -= float64(want*s.items[i].weight) * math.Log(max(float64(p[k]), 1e-12))
				}
			}
		}
		return sum
	}
	lo, hi, phi := math.Log(0.1), math.Log(10.0), (math.Sqrt(5)-1)/2
	for range 30 {
		a, b := hi-phi*(hi-lo), lo+phi*(hi-lo)
		if surprise(a) < surprise(b) {
			hi = b
		} else {
			lo = a
		}
	}
	return float32(math.Exp((lo + hi) / 2))
}

// pull keeps the line of a label with few examples near slope 1, shift 0.
const pull = 1.0

// platt fits p = 1/(1+exp(-(a*z+b))) for one label by Newton's steps.
func (s *trainSet) platt(held [][]float32, k int) (slope, shift float32) {
	a, b := 1.0, 0.0
	for range 25 {
		ga, gb := pull*(a-1), pull*b
		haa, hab, hbb := pull, 0.0, pull
		for i, row := range held {
			z, w := float64(row[k]), float64(s.items[i].weight)
			p := 1 / (1 + math.Exp(-(a*z + b)))
			d, h := w*(p-float64(s.items[i].target[k])), w*p*(1-p)
			ga, gb = ga+d*z, gb+d
			haa, hab, hbb = haa+h*z*z, hab+h*z, hbb+h
		}
		det := haa*hbb - hab*hab
		if det <= 1e-12 {
			break
		}
		da, db := (ga*hbb-gb*hab)/det, (gb*haa-ga*hab)/det
		step := 1 / max(1, math.Abs(da), math.Abs(db)) // a far start must not throw it away
		a, b = a-step*da, b-step*db
		if math.Abs(da)+math.Abs(db) < 1e-6 {
			break
		}
	}
	return float32(max(a, 0.05)), float32(b)
}
