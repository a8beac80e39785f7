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
	pieces []Piece
}

// Heard is the piece of a text that sounds worst, and the probabilities of each label there, in the order of Labels.
type Heard struct {
	Start, End int
	Scores     []float32
}

// Piece is a stretch of a text that is heard by itself.
type Piece struct{ Start, End int }

// Pieces appends the pieces of a text to dst: its sentences (a very long one in parts), so that one bad sentence in a kind letter does not drown, and short
// ones with the next, for a few words alone say little. A text with hardly a word has none: it says too little to tell.
func Pieces(dst []Piece, key []rune) []Piece {
	left := 0 // words and characters still to come
	for i := range key {
		left += weight(key, i)
	}
	for lo, i, n := 0, 0, 0; i < len(key); i++ {
		n += weight(key, i)
		switch {
		case i+1 == len(key):
		case n < long, left-n < long, !endsSentence(key[i]) && (key[i] != ',' || n < rambling): // it goes on, or one side would say too little
			continue
		}
		if n >= shortest {
			dst = append(dst, Piece{lo, i + 1})
		}
		lo, left, n = i+1, left-n, 0
	}
	return dst
}

const (
	// shortest is how much a text must hold to be heard: a label or a "好的。" says too little to tell.
	shortest = 14
	// long is how much a piece holds when there is more: some 16 characters or 11 words.
	long = 32
	// rambling is how much a sentence holds that is cut at its next comma: in a letter of one sentence a threat would drown.
	rambling = 3 * long
)

// weight is how much the character at i says: a Chinese one 2, the first letter of a word 3, all else nothing.
func weight(key []rune, i int) int {
	switch r := key[i]; {
	case r >= 0x3400 && r < 0xE000:
		return 2
	case letter(r) && (i == 0 || !letter(key[i-1])):
		return 3
	}
	return 0
}

// Listen is the piece of a text that sounds worst. Scores are valid until s is used again.
func (e *Ear) Listen(s *Scratch, key []rune) Heard {
	s.best = slices.Grow(s.best[:0], len(Labels))[:len(Labels)]
	clear(s.best)
	h := Heard{End: len(key), Scores: s.best}
	s.pieces = Pieces(s.pieces[:0], key)
	for _, p := range s.pieces {
		if q := e.Hear(s, key[p.Start:p.End]); q[Any] > s.best[Any] {
			h.Start, h.End = p.Start, p.End
			copy(s.best, q)
		}
	}
	return h
}

func endsSentence(r rune) bool {
	switch r {
	case '。', '!', '?', '\n', '.', '】':
		return true
	}
	return false
}

// Hear gives the probabilities of each label for one piece. They are valid until s is used again.
func (e *Ear) Hear(s *Scratch, key []rune) []float32 {
	set := e.ideas.touched(key)
	s.names = e.ideas.features(s.names[:0], &set)
	s.scores = e.model.Scores(s.scores, key, s.names...)
	return s.scores
}
