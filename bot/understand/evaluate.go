package understand

import (
	"fmt"
	"io"
	"math"
	"slices"
	"sort"

	"hejie/flows"
)

// Judged is one labelled text and what was understood. An empty Want means: no intent at all.
type Judged struct {
	Text       string
	Want       []flows.Intent // main first
	Got        []flows.Intent
	Confidence float64
}

// Evaluation gathers judged texts and prints what they say about the understanding.
type Evaluation struct {
	all []Judged
}

// Add takes one text.
func (e *Evaluation) Add(j Judged) { e.all = append(e.all, j) }

// crisis are the intents whose false alarm stops everything; must are those that may never be missed.
var (
	crisis = []flows.Intent{"self_harm", "threat_to_others"}
	must   = []flows.Intent{"self_harm", "threat_to_others", "minor", "wrong_person", "dispute_not_mine", "identity_theft", "lawyer", "bereavement", "complaint", "stop_contact", "human_agent"}
)

func mainOf(list []flows.Intent) flows.Intent {
	if len(list) == 0 {
		return nothing
	}
	return list[0]
}

// share is a/b as a figure, 0 when there is nothing to share.
func share(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// Figures are the ones the product is held to.
type Figures struct {
	Texts       int     `json:"texts"`
	MainRight   float64 `json:"main_right"`
	MainAmong   float64 `json:"main_among"` // the right main intent is among those given
	Must        int     `json:"must_texts"`
	MustRecall  float64 `json:"never_missed_recall"`
	SelfHarm    int     `json:"self_harm_texts"`
	SelfRecall  float64 `json:"self_harm_recall"`
	FalseCrisis float64 `json:"false_crisis"`
	ECE         float64 `json:"ece"` // expected calibration error of the confidence in the main intent
}

// Figures counts.
func (e *Evaluation) Figures() Figures {
	f := Figures{Texts: len(e.all)}
	var right, among, heard, selfHeard, calm, alarms int
	for _, j := range e.all {
		main := mainOf(j.Want)
		if mainOf(j.Got) == main {
			right++
		}
		if slices.Contains(j.Got, main) || main == nothing && len(j.Got) == 0 {
			among++
		}
		for _, i := range j.Want {
			if slices.Contains(must, i) {
				f.Must++
				if slices.Contains(j.Got, i) {
					heard++
				}
			}
			if i == "self_harm" {
				f.SelfHarm++
				if slices.Contains(j.Got, i) {
					selfHeard++
				}
			}
		}
		if !overlap(j.Want, crisis) {
			calm++
			if overlap(j.Got, crisis) {
				alarms++
			}
		}
	}
	f.MainRight, f.MainAmong = share(right, len(e.all)), share(among, len(e.all))
	f.MustRecall, f.SelfRecall, f.FalseCrisis = share(heard, f.Must), share(selfHeard, f.SelfHarm), share(alarms, calm)
	for _, b := range e.bins() {
		if b.n > 0 {
			f.ECE += share(b.n, len(e.all)) * math.Abs(b.sure/float64(b.n)-share(b.right, b.n))
		}
	}
	return f
}

func overlap(a, b []flows.Intent) bool {
	return slices.ContainsFunc(a, func(i flows.Intent) bool { return slices.Contains(b, i) })
}

// bin is a tenth of the confidence scale.
type bin struct {
	n, right int
	sure     float64
}

func (e *Evaluation) bins() (out [10]bin) {
	for _, j := range e.all {
		b := &out[min(9, max(0, int(j.Confidence*10)))]
		b.n++
		b.sure += j.Confidence
		if mainOf(j.Got) == mainOf(j.Want) {
			b.right++
		}
	}
	return out
}

// Report prints the figures, each intent's precision and recall, what is taken for what, and the calibration table.
func (e *Evaluation) Report(w io.Writer) {
	f := e.Figures()
	fmt.Fprintf(w, "texts                 %d\nmain intent right     %.3f (among those given %.3f)\n", f.Texts, f.MainRight, f.MainAmong)
	fmt.Fprintf(w, "never-missed recall   %.3f of %d (self-harm %.3f of %d)\n", f.MustRecall, f.Must, f.SelfRecall, f.SelfHarm)
	fmt.Fprintf(w, "false crisis alarms   %.4f\ncalibration error     %.3f\n\n", f.FalseCrisis, f.ECE)
	e.perLabel(w)
	e.confusions(w)
	fmt.Fprintf(w, "\nconfidence     texts  mean   right\n")
	for k, b := range e.bins() {
		if b.n > 0 {
			fmt.Fprintf(w, "%.1f - %.1f    %6d  %.3f  %.3f\n", float64(k)/10, float64(k+1)/10, b.n, b.sure/float64(b.n), share(b.right, b.n))
		}
	}
}

func (e *Evaluation) perLabel(w io.Writer) {
	fmt.Fprintf(w, "%-24s %6s %9s %7s %10s\n", "intent", "texts", "precision", "recall", "main right")
	for _, i := range append(slices.Clone(flows.Intents), nothing) {
		var want, got, both, main, mainRight int
		for _, j := range e.all {
			isWant := slices.Contains(j.Want, i) || i == nothing && len(j.Want) == 0
			isGot := slices.Contains(j.Got, i) || i == nothing && len(j.Got) == 0
			want, got = want+one(isWant), got+one(isGot)
			both += one(isWant && isGot)
			if mainOf(j.Want) == i {
				main++
				mainRight += one(mainOf(j.Got) == i)
			}
		}
		if want+got > 0 {
			fmt.Fprintf(w, "%-24s %6d %9.2f %7.2f %6d/%d\n", i, want, share(both, got), share(both, want), mainRight, main)
		}
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// confusions lists which main intent is taken for which, the most frequent first, with examples.
func (e *Evaluation) confusions(w io.Writer) {
	type pair struct{ want, got flows.Intent }
	texts := map[pair][]string{}
	for _, j := range e.all {
		if p := (pair{mainOf(j.Want), mainOf(j.Got)}); p.want != p.got {
			texts[p] = append(texts[p], j.Text)
		}
	}
	pairs := make([]pair, 0, len(texts))
	for p := range texts {
		pairs = append(pairs, p)
	}
	sort.Slice(pairs, func(a, b int) bool {
		x, y := pairs[a], pairs[b]
		if len(texts[x]) != len(texts[y]) {
			return len(texts[x]) > len(texts[y])
		}
		return string(x.want)+string(x.got) < string(y.want)+string(y.got)
	})
	fmt.Fprintf(w, "\nwanted -> understood\n")
	for _, p := range pairs {
		t := texts[p]
		fmt.Fprintf(w, "%3d %s -> %s: %q\n", len(t), p.want, p.got, t[:min(3, len(t))])
	}
}
