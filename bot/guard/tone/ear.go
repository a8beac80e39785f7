package tone

import (
	"bytes"
	_ "embed" // the weights
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"

	"hejie/bot/text/linear"
)

//go:embed model.bin
var weights []byte

// Ear is the trained models, one for each tongue, with the ideas they were trained on. It is read-only and safe for concurrent use.
type Ear struct {
	models [tongues]*linear.Model
	ideas  *ideas
}

// The tongues: what is rare and what tells differs so much between them that a model of its own hears more in each.
const (
	chinese = iota
	english
	tongues
)

// tongue is the one most of a text is in.
func tongue(key []rune) int {
	latin, all := 0, 0
	for i, r := range key {
		w := weight(key, i)
		if all += w; letter(r) {
			latin += w
		}
	}
	if 2*latin > all {
		return english
	}
	return chinese
}

// Own is the ear that is part of the program; read once in a process.
var Own = sync.OnceValues(func() (*Ear, error) { return Read(bytes.NewReader(weights)) })

// magic begins the file; after it stand the models, each behind its length.
const magic = "hejie-tone-2\n"

// Read reads trained weights. Weights with other labels than ours are refused: their numbers would mean something else.
func Read(r io.Reader) (*Ear, error) {
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(r, head); err != nil || string(head) != magic {
		return nil, fmt.Errorf("tone: not a file of this version (%q)", head)
	}
	var models [tongues]*linear.Model
	for t := range models {
		var n uint32
		if err := binary.Read(r, binary.LittleEndian, &n); err != nil {
			return nil, fmt.Errorf("tone: %w", err)
		}
		part := io.LimitReader(r, int64(n))
		m, err := linear.Read(part)
		if err != nil {
			return nil, fmt.Errorf("tone: %w", err)
		}
		if !slices.Equal(m.Labels(), Labels) {
			return nil, fmt.Errorf("tone: the weights are for other labels: %v", m.Labels())
		}
		if rest, err := io.Copy(io.Discard, part); err != nil || rest > 0 {
			return nil, fmt.Errorf("tone: %d bytes too many", rest)
		}
		models[t] = m
	}
	return newEar(models)
}

func newEar(models [tongues]*linear.Model) (*Ear, error) {
	x, err := ownIdeas()
	if err != nil {
		return nil, err
	}
	return &Ear{models: models, ideas: x}, nil
}

// Write writes the weights as Read reads them.
func (e *Ear) Write(w io.Writer) error {
	out := bytes.NewBufferString(magic)
	for _, m := range e.models {
		var part bytes.Buffer
		if err := m.Write(&part); err != nil {
			return fmt.Errorf("tone: %w", err)
		}
		out.Write(binary.LittleEndian.AppendUint32(nil, uint32(part.Len())))
		out.Write(part.Bytes())
	}
	_, err := w.Write(out.Bytes())
	return err
}

// Hash tells which corpus, ideas and configuration the weights were trained from.
func (e *Ear) Hash() string {
	var hashes [tongues]string
	for t, m := range e.models {
		hashes[t] = m.Hash()
	}
	return joined(hashes)
}

// Size is the memory of the weights in bytes.
func (e *Ear) Size() (n int) {
	for _, m := range e.models {
		n += m.Size()
	}
	return n
}

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
	// shortest is how much a text must hold to have a piece: fewer words (HearFew) say too little to excuse anything.
	shortest = 14
	// fewest is how much a text must hold to be heard at all: a label or a "好的。" tells nothing.
	fewest = 7
	// doubt is how much less sure (in logarithms of odds) each bit less than the shortest makes.
	doubt = 1.0
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
	whole := e.Whole(s, s.pieces, key)
	if q, ok := e.HearFew(s, s.pieces, key); ok {
		copy(s.best, q)
	}
	for _, p := range s.pieces {
		q := e.Hear(s, key[p.Start:p.End])
		if q[Any] = InContext(q[Any], whole); q[Any] > s.best[Any] {
			h.Start, h.End = p.Start, p.End
			copy(s.best, q)
		}
	}
	return h
}

// Whole is how bad a text sounds as a whole, for InContext; negative when it has one piece only, or is a long letter, where a threat
// would drown and each piece says enough by itself.
func (e *Ear) Whole(s *Scratch, pieces []Piece, key []rune) float32 {
	if len(pieces) < 2 || len(key) > letterLength {
		return -1
	}
	return e.Hear(s, key)[Any]
}

// letterLength is from when a text is a long letter, in characters.
const letterLength = 600

// InContext is how bad a piece sounds within its text: what stands around it counts too, for much that sounds bad alone is harmless
// where it stands, and a threat spread over sentences sounds worse together. It moves a piece by so much at most: kind words around
// it never make a threat harmless.
func InContext(piece, whole float32) float32 {
	if whole < 0 {
		return piece
	}
	p := logit(piece)
	p += around * min(max(logit(whole)-p, -farthest), farthest)
	return chance(p)
}

// Settled: no text around could move the piece across the threshold, so the whole need not be heard.
func Settled(piece, threshold float32) bool {
	return math.Abs(logit(piece)-logit(threshold)) > around*farthest
}

// chance turns the logarithm of odds into a probability, and logit back.
func chance(z float64) float32 { return float32(1 / (1 + math.Exp(-z))) }

const (
	around   = 0.4 // how much the text around counts
	farthest = 6.0 // how far it may differ from the piece and still count more
)

func logit(p float32) float64 {
	q := min(max(float64(p), 1e-5), 1-1e-5)
	return math.Log(q / (1 - q))
}

func endsSentence(r rune) bool {
	switch r {
	case '。', '!', '?', '\n', '.', '】':
		return true
	}
	return false
}

// HearFew gives the probabilities of each label for a text too short to have pieces; false when it has some or tells nothing. Few
// words must sound worse than many to be as sure: much is missing that could have made them harmless. Nothing is excused by them.
func (e *Ear) HearFew(s *Scratch, pieces []Piece, key []rune) ([]float32, bool) {
	n := 0
	for i := range key {
		n += weight(key, i)
	}
	if len(pieces) > 0 || n < fewest {
		return nil, false
	}
	scores := e.Hear(s, key)
	scores[Any] = chance(logit(scores[Any]) - doubt*float64(shortest-n))
	return scores, true
}

// Hear gives the probabilities of each label for one piece. They are valid until s is used again.
func (e *Ear) Hear(s *Scratch, key []rune) []float32 {
	set := e.ideas.touched(key)
	s.names = e.ideas.features(s.names[:0], &set)
	s.scores = e.models[tongue(key)].Scores(s.scores, key, s.names...)
	return s.scores
}
