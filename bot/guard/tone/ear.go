package tone

import (
	"bytes"
	_ "embed" // the weights
	"fmt"
	"io"
	"slices"
	"sync"

	"hejie/bot/text/linear"
)

//go:embed model.bin
var weights []byte

// Ear is the trained model with the ideas it was trained on. It is read-only and safe for concurrent use.
type Ear struct {
	model *linear.Model
	ideas *ideas
}

// Own is the ear that is part of the program; read once in a process.
var Own = sync.OnceValues(func() (*Ear, error) { return Read(bytes.NewReader(weights)) })

// Read reads trained weights. Weights with other labels than ours are refused: their numbers would mean something else.
func Read(r io.Reader) (*Ear, error) {
	m, err := linear.Read(r)
	if err != nil {
		return nil, fmt.Errorf("tone: %w", err)
	}
	if !slices.Equal(m.Labels(), Labels) {
		return nil, fmt.Errorf("tone: the weights are for other labels: %v", m.Labels())
	}
	return newEar(m)
}

func newEar(m *linear.Model) (*Ear, error) {
	x, err := ownIdeas()
	if err != nil {
		return nil, err
	}
	return &Ear{model: m, ideas: x}, nil
}

// Write writes the weights as Read reads them.
func (e *Ear) Write(w io.Writer) error { return e.model.Write(w) }

// Hash tells which corpus, ideas and configuration the weights were trained from.
func (e *Ear) Hash() string { return e.model.Hash() }

// Size is the memory of the weights in bytes.
func (e *Ear) Size() int { return e.model.Size() }

// Scratch is working space, so that listening does not allocate. One at a time.
type Scratch struct {
	names  []string
	scores []float32
	best   []float32
}

// Heard is the span of a text that sounds worst, and the probabilities of each label there, in the order of Labels.
type Heard struct {
	Start, End int
	Scores     []float32
}

// Listen hears each sentence by itself, so that one bad sentence in a kind letter does not drown; one too short to tell is heard
// with the next. Scores are valid until s is used again.
func (e *Ear) Listen(s *Scratch, key []rune) Heard {
	s.best = slices.Grow(s.best[:0], len(Labels))[:len(Labels)]
	clear(s.best)
	h := Heard{End: len(key), Scores: s.best}
	left := 0 // words and characters still to hear
	for i := range key {
		if counts(key, i) {
			left++
		}
	}
	for lo, i, n := 0, 0, 0; i < len(key); i++ {
		if counts(key, i) {
			n++
		}
		switch {
		case i+1 == len(key):
		case !endsSentence(key[i]), n < shortest, left-n < shortest: // it goes on, or one side would say too little
			continue
		}
		if n >= shortest {
			if p := e.score(s, key[lo:i+1]); p[Any] > s.best[Any] {
				h.Start, h.End = lo, i+1
				copy(s.best, p)
			}
		}
		lo, left, n = i+1, left-n, 0
	}
	return h
}

// shortest is how many characters or Latin words a text must hold to be heard: a label or a "好的。" says too little to tell.
const shortest = 8

// counts: a Chinese character, or the first letter of a word, is at i.
func counts(key []rune, i int) bool {
	r := key[i]
	return r >= 0x3400 && r < 0xE000 || letter(r) && (i == 0 || !letter(key[i-1]))
}

func endsSentence(r rune) bool {
	switch r {
	case '。', '!', '?', '\n', '.', '】':
		return true
	}
	return false
}

func (e *Ear) score(s *Scratch, key []rune) []float32 {
	set := e.ideas.touched(key)
	s.names = e.ideas.features(s.names[:0], &set)
	s.scores = e.model.Scores(s.scores, key, s.names...)
	return s.scores
}
