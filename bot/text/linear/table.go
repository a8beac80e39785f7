package linear

import (
	"math/bits"
	"slices"
)

// table finds the row of a bucket. The buckets are cut by their first bits into short runs, and a run holds the last bits of its
// buckets side by side: some six bytes a bucket where a map takes forty, and one look a bucket where most are unknown.
type table struct {
	low   int      // how many last bits a run holds
	start []uint32 // where the run of these first bits begins; one more at the end
	rest  []uint16
	row   []uint32
}

// runLength is how many buckets a run holds on average, restBits how many bits of each at most.
const (
	runLength = 4
	restBits  = 16
)

// newTable holds buckets, in ascending order, with their rows.
func newTable(size int, buckets, rows []uint32) table {
	first := max(size-restBits, min(size, bits.Len(uint(len(buckets)/runLength))), 0)
	t := table{low: size - first, start: make([]uint32, 1<<first+1), rest: make([]uint16, len(buckets)), row: slices.Clip(rows)}
	for i, b := range buckets {
		t.start[b>>t.low+1]++
		t.rest[i] = uint16(b & (1<<t.low - 1))
	}
	for i := 1; i < len(t.start); i++ {
		t.start[i] += t.start[i-1]
	}
	return t
}

// find is the row of a bucket; false when there is none.
func (t *table) find(bucket uint32) (row int, ok bool) {
	run, want := bucket>>t.low, uint16(bucket&(1<<t.low-1))
	from, to := t.start[run], t.start[run+1]
	for i, r := range t.rest[from:to] {
		if r == want {
			return int(t.row[from+uint32(i)]), true
		}
	}
	return 0, false
}

// buckets are all that the table holds, in ascending order.
func (t *table) buckets() []uint32 {
	out := make([]uint32, len(t.rest))
	for run := range len(t.start) - 1 {
		for i := t.start[run]; i < t.start[run+1]; i++ {
			out[i] = uint32(run)<<t.low | uint32(t.rest[i])
		}
	}
	return out
}

func (t *table) size() int { return 4*len(t.start) + 2*len(t.rest) + 4*len(t.row) }
