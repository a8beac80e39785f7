package guard

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The automaton finds exactly what looking for each phrase at each place finds.
func TestAutomatonFindsWhatSearchingFinds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		runes := rapid.SliceOfN(rapid.SampledFrom([]rune("ab坐牢您"+string(rune(0x1F600)))), 1, 5)
		phrases := rapid.SliceOfNDistinct(runes, 0, 12, func(p []rune) string { return string(p) }).Draw(rt, "phrases")
		text := rapid.SliceOfN(rapid.SampledFrom([]rune("ab坐牢您x\u4e00"+string(rune(0x1F600))+string(rune(0x10FFFF)))), 0, 40).Draw(rt, "text")
		var want, got []string
		for id, p := range phrases {
			for end := len(p); end <= len(text); end++ {
				if slices.Equal(text[end-len(p):end], p) {
					want = append(want, fmt.Sprint(id, " ", end))
				}
			}
		}
		newAutomaton(phrases).scan(text, func(phrase int32, end int) { got = append(got, fmt.Sprint(phrase, " ", end)) })
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			rt.Fatalf("found %v, want %v", got, want)
		}
	})
}
