package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"hejie/bot/guard/tone"
)

// RulesTrainCmd is `hejie rules train`: the ear of the filter from its corpus.
type RulesTrainCmd struct {
	Dir   string `help:"The folder of the tone model: corpus/*.jsonl in, model.bin out." default:"bot/guard/tone" type:"existingdir" placeholder:"DIR"`
	Folds int    `help:"Parts of the cross-validation whose table is printed; 0 = train only." default:"5"`
}

// Help has the example of --help.
func (RulesTrainCmd) Help() string {
	return `The same corpus gives the same file. The table says how many bad messages a model that has not seen them hears, for
several shares of good messages raised in error; take the threshold for rules/tone.yaml from it.

  hejie rules train
  hejie rules train --folds 0`
}

// Run trains, prints the table and writes the weights.
func (c *RulesTrainCmd) Run(std *IO) error {
	msgs, err := tone.Corpus(os.DirFS(filepath.Join(c.Dir, "corpus")))
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if c.Folds > 1 {
		if err := c.table(std, msgs); err != nil {
			return err
		}
	}
	ear, err := tone.Train(msgs)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := ear.Write(&b); err != nil {
		return err
	}
	out := filepath.Join(c.Dir, "model.bin")
	if err := os.WriteFile(out, b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("rules train: %w", err)
	}
	fmt.Fprintf(std.Out, "%s: %d messages, %d bytes, %.12s\n", out, len(msgs), b.Len(), ear.Hash())
	return nil
}

// table is the cross-validation: recall and the naming of rules at a few rates of good messages raised in error.
func (c *RulesTrainCmd) table(std *IO, msgs []tone.Message) error {
	of := make([]heard, len(msgs))
	var s tone.Scratch
	err := tone.CrossValidate(msgs, c.Folds, func(i int, ear *tone.Ear) {
		p := ear.Listen(&s, tone.Key(msgs[i].Text)).Scores
		best := 0
		for k := range tone.Any {
			if p[k] > p[best] {
				best = k
			}
		}
		of[i] = heard{p[tone.Any], tone.Labels[best]}
	})
	if err != nil {
		return err
	}
	return printTable(std, msgs, of)
}

// heard is what a model that had not seen a message made of it.
type heard struct {
	sure  float32
	named string
}

// printTable prints, for each language, how many bad messages are heard when so many good ones are raised in error.
func printTable(std *IO, msgs []tone.Message, of []heard) error {
	w := tabwriter.NewWriter(std.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "LANGUAGE\tGOOD RAISED\tTHRESHOLD\tBAD HEARD\tRULE NAMED")
	for _, lang := range []string{"zh", "en"} {
		here := func(m *tone.Message) bool { return (m.Lang == "en") == (lang == "en") }
		var good []float32
		for i := range msgs {
			if here(&msgs[i]) && msgs[i].Good() {
				good = append(good, of[i].sure)
			}
		}
		if len(good) == 0 {
			continue
		}
		slices.SortFunc(good, func(a, b float32) int { return cmp.Compare(b, a) })
		for _, rate := range []float64{0.002, 0.005, 0.01, 0.02, 0.05} {
			limit := good[int(rate*float64(len(good)))]
			bad, hit, right := 0, 0, 0
			for i := range msgs {
				if !here(&msgs[i]) || msgs[i].Good() {
					continue
				}
				bad++
				if of[i].sure > limit {
					hit++
					if slices.Contains(append(msgs[i].Rules, msgs[i].Tone), of[i].named) {
						right++
					}
				}
			}
			fmt.Fprintf(w, "%s\t%.1f %%\t%.3f\t%.3f\t%.3f\n", lang, 100*rate, limit, float64(hit)/float64(max(bad, 1)), float64(right)/float64(max(hit, 1)))
		}
	}
	return w.Flush()
}
