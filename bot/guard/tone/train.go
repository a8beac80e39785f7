package tone

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"

	"hejie/bot/text/linear"
)

// Config of the models: up to three characters or words together, also those seen once: without them two to four in a hundred bad
// messages fewer are heard, and with so few bits that they fall together as many. Parts of words only learn the corpus by heart.
func Config() linear.Config {
	c := linear.Default(linear.OneVsRest)
	c.Grams, c.Words = 3, 3
	c.CharMin, c.CharMax = 9, 8
	c.Stems, c.Skips, c.Lean, c.Lift = true, true, Labels[Any], 0.3
	c.Bits, c.MinCount, c.Merge = 26, 1, true
	c.Rate, c.Epochs, c.Folds = 0.5, 8, 2
	return c
}

// aside is how much a message weighs that is bad for its figures alone: it shows how figures look, not how badness does.
const aside = 0.01

// examples are the messages as the models learn them, each with its own tongue.
func examples(msgs []Message) (out [tongues][]linear.Example, err error) {
	x, err := ownIdeas()
	if err != nil {
		return out, err
	}
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
		t := tongue(e.Text)
		out[t] = append(out[t], e)
	}
	return out, nil
}

// Train fits the models to the messages. The same messages give the same bytes.
func Train(msgs []Message) (*Ear, error) {
	ex, err := examples(msgs)
	if err != nil {
		return nil, err
	}
	var models [tongues]*linear.Model
	for t := range models {
		if models[t], _, err = linear.Train(Config(), Labels, ex[t]); err != nil {
			return nil, fmt.Errorf("tone: %w", err)
		}
	}
	return newEar(models)
}

// Hash is what an ear trained from these messages carries.
func Hash(msgs []Message) (string, error) {
	ex, err := examples(msgs)
	if err != nil {
		return "", err
	}
	var hashes [tongues]string
	for t := range hashes {
		hashes[t] = linear.Hash(Config(), Labels, ex[t])
	}
	return joined(hashes), nil
}

// joined is one hash for all tongues.
func joined(hashes [tongues]string) string {
	h := sha256.New()
	for _, x := range hashes {
		h.Write([]byte(x))
	}
	return hex.EncodeToString(h.Sum(nil))
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
