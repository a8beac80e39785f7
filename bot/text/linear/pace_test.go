package linear

import (
	"bytes"
	"slices"
	"testing"
)

func TestStems(t *testing.T) {
	for _, same := range [][]string{
		{"visit", "visits", "visited", "visiting"}, {"stop", "stopped", "stopping"}, {"worry", "worries", "worried"}, {"lawyer", "lawyers"}, {"don't", "dont"},
	} {
		for _, w := range same[1:] {
			if stem([]rune(w)) != stem([]rune(same[0])) {
				t.Errorf("%s and %s have two stems", same[0], w)
			}
		}
	}
	for _, two := range [][2]string{{"card", "care"}, {"is", "i"}, {"pay", "paid"}, {"court", "count"}} {
		if stem([]rune(two[0])) == stem([]rune(two[1])) {
			t.Errorf("%s and %s have one stem", two[0], two[1])
		}
	}
	stem(nil)
	stem([]rune("'’`"))
}

func TestSkipsAndStemsShareFeatures(t *testing.T) {
	c := Default(OneVsRest)
	shared := func(a, b string) (n int) {
		x, y := c.features(nil, []rune(a), nil), c.features(nil, []rune(b), nil)
		for _, f := range x {
			if slices.Contains(y, f) {
				n++
			}
		}
		return n
	}
	const a, b = "we visited your dark house", "we visits your old house"
	plain := shared(a, b)
	c.Stems = true
	stems := shared(a, b)
	c.Skips = true
	if both := shared(a, b); stems <= plain || both <= stems {
		t.Errorf("shared features: %d plain, %d with stems, %d with skips too", plain, stems, both)
	}
}

// With a label to lean on, a word that stands in every text learns slowest, and one that always goes with the label fastest.
func TestPace(t *testing.T) {
	c := Default(OneVsRest)
	c.Lean, c.MinCount = "bad", 1
	var ex []Example
	for i := range 40 {
		e := Example{Text: []rune("common " + string(rune('a'+i%20)) + "x")}
		if i%2 == 0 {
			e.Text, e.Labels = append(e.Text, []rune(" telling")...), []string{"bad"}
		}
		ex = append(ex, e)
	}
	set, err := prepare(c, []string{"bad", "other"}, ex)
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]int, len(ex))
	for i := range ids {
		ids[i] = i
	}
	f := &fitted{n: 2, rows: make([]int32, set.places), weight: make([]float32, 2*set.places)}
	for i := range f.rows {
		f.rows[i] = int32(i + 1)
	}
	set.setPace(f, ids)
	pace := func(word string) float32 {
		for _, b := range c.features(nil, []rune(word), nil) {
			if at, ok := slices.BinarySearch(set.buckets, b); ok && slices.Contains(set.items[0].feats, set.place[at]) {
				return f.pace[f.rows[set.place[at]]-1]
			}
		}
		return 0
	}
	if common, telling := pace("common"), pace("telling"); telling <= common {
		t.Errorf("common %.3f, telling %.3f", common, telling)
	}
	var out [2]bytes.Buffer
	for i := range out {
		m, _, err := Train(c, []string{"bad", "other"}, ex)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Write(&out[i]); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(out[0].Bytes(), out[1].Bytes()) {
		t.Error("two trainings differ")
	}
	c.Lean = "unknown"
	if _, _, err := Train(c, []string{"bad", "other"}, ex); err == nil {
		t.Error("an unknown label to lean on was accepted")
	}
}
