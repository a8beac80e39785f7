package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"hejie/bot/understand"
	"hejie/flows"
)

// UnderstandEvalCmd measures the understanding.
type UnderstandEvalCmd struct {
	File string `arg:"" help:"Labelled JSONL, - for standard input."`
	JSON bool   `help:"Print the figures alone, as one JSON object."`
}

// Help shows the shape of the file and an example.
func (UnderstandEvalCmd) Help() string {
	return `Each line is {"id","text","intents":["main","also",…],"context"?,"lang"?}; "main" and "labels" may stand for
"intents": the main intent, and all of them or the others. No label, [] or "-" means: no intent. Prints main-intent
accuracy, never-missed recall, false crisis alarms, precision and recall of each intent, what is taken for what, and
a calibration table.

Example:
  hejie understand eval labelled.jsonl`
}

type labelledLine struct {
	ID      string         `json:"id"`
	Text    string         `json:"text"`
	Lang    string         `json:"lang"`
	Context string         `json:"context"`
	Intents []flows.Intent `json:"intents"`
	Main    flows.Intent   `json:"main"`
	Labels  []flows.Intent `json:"labels"`
}

// want is the labels, main first.
func (l labelledLine) want() ([]flows.Intent, error) {
	var out []flows.Intent
	for _, i := range slices.Concat([]flows.Intent{l.Main}, l.Intents, l.Labels) {
		switch {
		case i == "" || i == "-" || slices.Contains(out, i):
		case !slices.Contains(understand.Intents(), i):
			return nil, fmt.Errorf("unknown intent %q", i)
		default:
			out = append(out, i)
		}
	}
	return out, nil
}

// Run prints the report.
func (c UnderstandEvalCmd) Run(std *IO) error {
	in := std.In
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	g, err := understand.New()
	if err != nil {
		return err
	}
	var e understand.Evaluation
	now := time.Now().In(chinaTime)
	dec := json.NewDecoder(in)
	for n := 1; ; n++ {
		var l labelledLine
		if err := dec.Decode(&l); err == io.EOF {
			break
		} else if err != nil {
			return fmt.Errorf("%w: text %d: %w", errUsage, n, err)
		}
		want, err := l.want()
		if err != nil {
			return fmt.Errorf("%w: text %d: %w", errUsage, n, err)
		}
		lang := l.Lang
		if !slices.Contains([]string{"zh-Hans", "zh-Hant", "en"}, lang) {
			lang = "" // "zh" and the like: the text itself tells
		}
		m := g.Read(understand.Input{Text: l.Text, Lang: lang, Now: now, Zone: chinaTime, Context: l.Context})
		e.Add(understand.Judged{Text: l.Text, Want: want, Got: m.Intents, Confidence: m.Confidence})
	}
	if c.JSON {
		return json.NewEncoder(std.Out).Encode(e.Figures())
	}
	e.Report(std.Out)
	return nil
}

// UnderstandTrainCmd learns the weights.
type UnderstandTrainCmd struct {
	Dir string `default:"bot/understand" help:"The package with corpus/*.yaml; the weights are written to its weights/." placeholder:"DIR"`
}

// Help shows an example.
func (UnderstandTrainCmd) Help() string {
	return `Reads and checks corpus/*.yaml, learns, writes weights/*.bin: the same corpus gives the same bytes. Run it after
every change of the corpus and commit both; a test compares them. The new weights count from the next build on.

Example:
  hejie understand train --dir bot/understand`
}

// Run trains and writes.
func (c UnderstandTrainCmd) Run(std *IO) error {
	t, err := understand.Train(os.DirFS(c.Dir))
	if err != nil {
		return err
	}
	for name, b := range t.Files {
		path := filepath.Join(c.Dir, "weights", name)
		if err := os.WriteFile(path+".new", b, 0o644); err != nil {
			return fmt.Errorf("write weights: %w", err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			return fmt.Errorf("write weights: %w", err)
		}
	}
	fmt.Fprintf(std.Out, "%d utterances (", t.Utterances)
	for i, lang := range []string{"zh-Hans", "zh-Hant", "en"} {
		if i > 0 {
			fmt.Fprint(std.Out, ", ")
		}
		fmt.Fprintf(std.Out, "%s %d", lang, t.Languages[lang])
	}
	fmt.Fprintf(std.Out, "), held out: the classifier alone has the main intent of %.3f\n", t.MainRight)
	return nil
}
