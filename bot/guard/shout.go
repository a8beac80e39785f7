package guard

import (
	"errors"
	"unicode"
)

// shoutFile says from when a text shouts. It is about how a text is written, which the fold takes away, so it is looked for in
// the text as it stands.
type shoutFile struct {
	Words   int `yaml:"words"`   // words of capitals …
	Letters int `yaml:"letters"` // … with so many letters …
	Marks   int `yaml:"marks"`   // … or fewer with so many marks of exclamation
	Share   int `yaml:"share"`   // how many of all letters are capitals, in percent
}

// shouting is shoutFile ready to use.
type shouting struct {
	shoutFile
	sense *earSense // the manner's own words and decision
}

func (f *shoutFile) compile(sense *earSense) (*shouting, error) {
	if f.Words == 0 {
		return nil, nil
	}
	if sense == nil || f.Words < 2 || f.Letters < 2*f.Words || f.Marks < 1 || f.Share <= 50 || f.Share > 100 {
		return nil, errors.New("tone.yaml: shouts: needs words, letters, marks, share (over 50 %), and a label \"shouting\"")
	}
	return &shouting{shoutFile: *f, sense: sense}, nil
}

// hear raises the manner where a text is written in capitals. (Rows of exclamation marks are a phrase of the rule.)
func (s *shouting) hear(j *judging) {
	if s == nil || j.v.button || !s.loud(j.v.src) || !s.sense.concerns(j) {
		return
	}
	from, to := j.v.fold.Span(0, len(j.v.fold.Runes))
	s.sense.raise(j, from, to, s.sense.tell.in(j.d.tells()), false)
}

// loud counts capitals, words of nothing but capitals, and marks of exclamation.
func (s *shouting) loud(text string) bool {
	var letters, capitals, words, marks int
	word, big := 0, true
	end := func() {
		if word > 1 && big {
			words++
		}
		word, big = 0, true
	}
	for _, r := range text {
		switch {
		case r == '!' || r == '！':
			end()
			marks++
		case unicode.In(r, unicode.Latin):
			letters++
			word++
			if unicode.IsUpper(r) {
				capitals++
			} else {
				big = false
			}
		case r != '\'' && r != '’':
			end()
		}
	}
	end()
	return words >= s.Words && 100*capitals >= s.Share*letters && (capitals >= s.Letters || marks >= s.Marks)
}
