package tone

import (
	"fmt"
	"math/rand/v2"

	"hejie/bot/text/linear"
)

// Config of the model: up to three characters or words together, also those seen once (with 14,000 messages that finds more of what
// nobody has seen). Parts of words only learn the corpus by heart.
func Config() linear.Config {
	c := linear.Default(linear.OneVsRest)
	c.Grams, c.Words = 3, 3
	c.CharMin, c.CharMax = 9, 8
	c.Stems, c.Skips, c.Lean = true, true, Labels[Any]
	c.Bits, c.MinCount = 20, 1
	c.Rate, c.Folds = 0.2, 2
	return c
}

// aside is how much a message weighs that is bad for its figures alone: it shows how figures look, not how badness does.
const aside = 0.01

// examples are the messages as the model learns them.
func examples(msgs []Message) ([]linear.Example, error) {
	x, err := ownIdeas()
	if err != nil {
		return nil, err
	}
	out := make([]linear.Example, 0, len(msgs))
	for i := range msgs {
		m := &msgs[i]
		e := linear.Example{Text: Key(m.Text), Labels: m.labels()}
		set := x.touched(e.Text)
		e.Extra = x.features(nil, &set)
		switch {
		case len(e.Labels) > 0:
			e.Labels = append(e.Labels, Labels[Any])
		case !m.Good():
			e.Weight = aside
		}
		out = append(out, e)
	}
	return out, nil
}

// Train fits the model to the messages. The same messages give the same bytes.
func Train(msgs []Message) (*Ear, error) {
	ex, err := examples(msgs)
	if err != nil {
		return nil, err
	}
	m, _, err := linear.Train(Config(), Labels, ex)
	if err != nil {
		return nil, fmt.Errorf("tone: %w", err)
	}
	return newEar(m)
}

// Hash is what an ear trained from these messages carries.
func Hash(msgs []Message) (string, error) {
	ex, err := examples(msgs)
	if err != nil {
		return "", err
	}
	return linear.Hash(Config(), Labels, ex), nil
}

// CrossValidate trains folds times, each time without a part of the messages, and shows each message with an ear that has not
// learned from it. It is how thresholds are chosen: on its own corpus a model is always right.
func CrossValidate(msgs []Message, folds int, show func(i int, ear *Ear)) error {
	part := make([]int, len(msgs))
	for n, i := range rand.New(rand.NewPCG(Config().Seed, 0xC5)).Perm(len(msgs)) {
		part[i] = n % folds
	}
	for k := range folds {
		var rest []Message
		for i := range msgs {
			if part[i] != k {
				rest = append(rest, msgs[i])
			}
		}
		ear, err := Train(rest)
		if err != nil {
			return err
		}
		for i := range msgs {
			if part[i] == k {
				show(i, ear)
			}
		}
	}
	return nil
}
