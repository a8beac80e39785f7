package linear

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// A table finds what was put in and nothing else, whatever the size of the hash space.
func TestTable(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{8, 12, 18, 26, 30} {
		for _, n := range []int{0, 1, 100, 5000} {
			want := map[uint32]uint32{}
			for range n {
				want[rnd.Uint32()>>(32-size)] = rnd.Uint32N(99)
			}
			var buckets, rows []uint32
			for b := range want {
				buckets = append(buckets, b)
			}
			slices.Sort(buckets)
			for _, b := range buckets {
				rows = append(rows, want[b])
			}
			tab := newTable(size, buckets, rows)
			if !slices.Equal(tab.buckets(), buckets) {
				t.Fatalf("%d bits, %d buckets: other buckets came out", size, n)
			}
			for range 5000 {
				b := rnd.Uint32() >> (32 - size)
				got, ok := tab.find(b)
				if row, in := want[b]; in != ok || in && int(row) != got {
					t.Fatalf("%d bits: bucket %d: %d, %v; want %d, %v", size, b, got, ok, row, in)
				}
			}
			for b, row := range want {
				if got, ok := tab.find(b); !ok || got != int(row) {
					t.Fatalf("%d bits: bucket %d: %d, %v; want %d", size, b, got, ok, row)
				}
			}
		}
	}
}

// N-grams that stand in the same examples share their weights: the model is smaller and answers the same.
func TestMergedAnswersTheSame(t *testing.T) {
	c := small(OneVsRest)
	c.MinCount, c.Bits = 1, 20
	plain, _, err := Train(c, toyLabels, toy())
	if err != nil {
		t.Fatal(err)
	}
	c.Merge = true
	merged, _, err := Train(c, toyLabels, toy())
	if err != nil {
		t.Fatal(err)
	}
	if merged.weight.len() >= plain.weight.len()/2 {
		t.Errorf("%d weights merged, %d plain", merged.weight.len(), plain.weight.len())
	}
	for _, e := range toy() {
		for k, p := range merged.Scores(nil, e.Text) {
			if q := plain.Scores(nil, e.Text)[k]; math.Abs(float64(p-q)) > 0.02 {
				t.Fatalf("%s: %s is %.3f merged, %.3f plain", string(e.Text), toyLabels[k], p, q)
			}
		}
	}
	var b bytes.Buffer
	if err := merged.Write(&b); err != nil {
		t.Fatal(err)
	}
	back, err := Read(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range toy() {
		if !slices.Equal(merged.Scores(nil, e.Text), back.Scores(nil, e.Text)) {
			t.Fatalf("%s: read back, it answers otherwise", string(e.Text))
		}
	}
	whole := b.Bytes()
	for _, n := range []int{len(whole) / 2, len(whole) - 1} {
		if _, err := Read(bytes.NewReader(whole[:n])); err == nil {
			t.Errorf("cut at %d of %d: reads", n, len(whole))
		}
	}
	broken := bytes.Replace(whole, []byte(`"shared":`), []byte(`"shared":9`), 1)
	if _, err := Read(bytes.NewReader(broken)); err == nil {
		t.Error("more shared rows than buckets: reads")
	}
}

// What surely is one of the others is surely the label leant on.
func TestLift(t *testing.T) {
	c := Config{Lean: "any", Lift: 0.5}
	z := []float32{-2, 4, 1}
	if c.lift([]string{"a", "b", "any"}, z); z[2] != 3 || z[0] != -2 || z[1] != 4 {
		t.Errorf("%v", z)
	}
	c.Lift = 0
	if c.lift([]string{"a", "b", "any"}, z); z[2] != 3 {
		t.Errorf("without a lift: %v", z)
	}
}
