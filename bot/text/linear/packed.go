package linear

import (
	"math"
	"slices"
)

// packed holds the weights, row by row, eight labels in a word, each weight raised by 128 so that none is negative: adding a row up
// takes two additions for eight labels, and sums of whole numbers are the same in whatever order.
type packed struct {
	labels, words int // words to a row
	rows          []uint64
}

func newPacked(labels, rows int) packed {
	p := packed{labels: labels, words: (labels + 7) / 8}
	p.rows = make([]uint64, 0, rows*p.words)
	return p
}

// add appends a row of weights.
func (p *packed) add(row []int8) {
	at := len(p.rows)
	p.rows = append(p.rows, make([]uint64, p.words)...)
	for k := range p.labels {
		p.set(at/p.words, k, row[k])
	}
}

// set puts a weight where none stands yet.
func (p *packed) set(row, k int, w int8) {
	p.rows[row*p.words+k/8] |= uint64(int(w)+raised) << (k % 8 * 8)
}

func (p *packed) get(row, k int) int8 {
	return int8(int(byte(p.rows[row*p.words+k/8]>>(k%8*8))) - raised)
}

func (p *packed) len() int { return len(p.rows) / max(p.words, 1) }

const (
	raised    = 128
	maxLabels = 256
	// everyOther is the weights at even places of a word; each has sixteen bits then, which hold atOnce of them.
	everyOther = 0x00FF00FF00FF00FF
	atOnce     = 256
)

// sum adds up the rows that t has for the buckets, a number per label, onto dst.
func (p *packed) sum(dst []float32, t *table, buckets []uint32) {
	var acc [2 * maxLabels / 8]uint64
	sums := acc[:2*p.words]
	for len(buckets) > 0 {
		n, found := min(atOnce, len(buckets)), 0
		for _, b := range buckets[:n] {
			r, ok := t.find(b)
			if !ok {
				continue
			}
			found++
			row := p.rows[r*p.words : (r+1)*p.words]
			for j, x := range row {
				sums[2*j] += x & everyOther
				sums[2*j+1] += x >> 8 & everyOther
			}
		}
		for k := range dst {
			lane := sums[k/8*2+k%2] >> (k % 8 / 2 * 16) & 0xFFFF
			dst[k] += float32(int(lane) - raised*found)
		}
		clear(sums)
		buckets = buckets[n:]
	}
}

// model rounds the weights to eight bits, label by label, and drops the rows that became nothing.
func (f *fitted) model(s *trainSet) *Model {
	m := &Model{cfg: s.cfg, labels: slices.Clone(s.labels), weight: newPacked(f.n, 0), scale: make([]float32, f.n), bias: f.bias}
	for i, w := range f.weight {
		k := i % f.n
		m.scale[k] = max(m.scale[k], w/127, -w/127)
	}
	var buckets, rows []uint32
	const unseen, nothing = -1, -2
	at := make([]int, s.places) // place -> row of the model
	for i := range at {
		at[i] = unseen
	}
	for i, b := range s.buckets {
		p := s.place[i]
		if r := int(f.rows[p]) - 1; r < 0 {
			continue
		} else if at[p] == unseen {
			at[p] = nothing
			if row, some := m.round(f.weight[r*f.n : r*f.n+f.n]); some {
				at[p] = m.weight.len()
				m.weight.add(row)
			}
		}
		if at[p] != nothing {
			buckets, rows = append(buckets, b), append(rows, uint32(at[p]))
		}
	}
	m.weight.rows = slices.Clip(m.weight.rows)
	m.table = newTable(s.cfg.Bits, buckets, rows)
	return m
}

// round is a row in eight bits, and whether anything is left of it.
func (m *Model) round(w []float32) (row []int8, some bool) {
	row = make([]int8, len(w))
	for k, v := range w {
		if m.scale[k] > 0 {
			row[k] = int8(math.Round(float64(v / m.scale[k])))
		}
		some = some || row[k] != 0
	}
	return row, some
}
