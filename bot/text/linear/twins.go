package linear

import "slices"

// spread turns the buckets of each example into places in the list of all buckets, and under Merge joins those that always stand
// together: n-grams seen in one example only, or always in the same few. They are given the same steps, so one weight serves them
// all and nothing is lost; most n-grams are of this kind.
func (s *trainSet) spread(texts [][]uint32) {
	total := 0
	for _, t := range texts {
		total += len(t)
	}
	s.buckets = make([]uint32, 0, total)
	for _, t := range texts {
		s.buckets = append(s.buckets, t...)
	}
	slices.Sort(s.buckets)
	s.buckets = slices.Clip(slices.Compact(s.buckets))
	for i, t := range texts {
		it := &s.items[i]
		it.n, it.feats = len(t), make([]int32, len(t))
		for j, b := range t {
			at, _ := slices.BinarySearch(s.buckets, b)
			it.feats[j] = int32(at)
		}
	}
	s.place, s.places = make([]int32, len(s.buckets)), len(s.buckets)
	for i := range s.place {
		s.place[i] = int32(i)
	}
	if s.cfg.Merge {
		s.merge()
	}
	for i := range s.items {
		s.items[i].count()
	}
}

// merge gives buckets that stand in the same examples one place.
func (s *trainSet) merge() {
	in := make([]uint64, len(s.buckets)) // the examples a bucket stands in, as a hash
	for i := range in {
		in[i] = fnvStart
	}
	for i := range s.items {
		for _, b := range s.items[i].feats {
			in[b] = mix(in[b]^in[b]>>31, uint64(i)+1)
		}
	}
	of := make(map[uint64]int32, len(in)/4)
	for b, h := range in {
		at, known := of[h]
		if !known {
			at = int32(len(of))
			of[h] = at
		}
		s.place[b] = at
	}
	s.places = len(of)
	for i := range s.items {
		for j, b := range s.items[i].feats {
			s.items[i].feats[j] = s.place[b]
		}
		slices.Sort(s.items[i].feats)
	}
}

// count puts each place once, with how often it stood there.
func (it *item) count() {
	kept := it.feats[:0]
	it.times = make([]float32, 0, len(it.feats))
	for i, f := range it.feats {
		if i > 0 && f == kept[len(kept)-1] {
			it.times[len(kept)-1]++
			continue
		}
		kept, it.times = append(kept, f), append(it.times, 1)
	}
	it.feats, it.times = slices.Clip(kept), slices.Clip(it.times)
}
