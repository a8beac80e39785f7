package tone

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Message is one labelled line of the corpus: what a person might write to a debtor, and which rules it breaks (none: it may be sent).
type Message struct {
	Text     string          `json:"text"`
	Rules    []string        `json:"rules"`
	Tone     string          `json:"tone,omitempty"` // a manner that no rule names
	Lang     string          `json:"lang"`
	Sender   string          `json:"sender"`
	Channel  string          `json:"channel"`
	Verified bool            `json:"verified"`
	Facts    json.RawMessage `json:"facts,omitempty"` // as `hejie filter` reads them
}

// Good: the message may be sent.
func (m *Message) Good() bool { return len(m.Rules) == 0 && m.Tone == "" }

// labels are the labels of the model that fit the message.
func (m *Message) labels() []string {
	var out []string
	for _, r := range m.Rules {
		if slices.Contains(Labels, r) {
			out = append(out, r)
		}
	}
	if m.Tone != "" {
		out = append(out, m.Tone)
	}
	return out
}

// Corpus reads every *.jsonl of a folder, in the order of their names. A bad line or a text given twice is an error.
func Corpus(dir fs.FS) ([]Message, error) {
	names, err := fs.Glob(dir, "*.jsonl")
	if err != nil {
		return nil, fmt.Errorf("tone: %w", err)
	}
	if len(names) == 0 {
		return nil, errors.New("tone: no corpus here (*.jsonl)")
	}
	slices.Sort(names)
	var out []Message
	seen := map[string]string{}
	for _, name := range names {
		b, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, fmt.Errorf("tone: %w", err)
		}
		s := bufio.NewScanner(strings.NewReader(string(b)))
		s.Buffer(nil, 1<<20)
		for n := 1; s.Scan(); n++ {
			m, err := line(s.Text())
			if err == nil && seen[m.Text] != "" {
				err = fmt.Errorf("the text stands in %s already", seen[m.Text])
			}
			if err != nil {
				return nil, fmt.Errorf("tone: %s:%d: %w", name, n, err)
			}
			seen[m.Text] = fmt.Sprintf("%s:%d", name, n)
			out = append(out, m)
		}
		if err := s.Err(); err != nil {
			return nil, fmt.Errorf("tone: %s: %w", name, err)
		}
	}
	return out, nil
}

func line(s string) (Message, error) {
	var m Message
	d := json.NewDecoder(strings.NewReader(s))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return m, err
	}
	if strings.TrimSpace(m.Text) == "" {
		return m, errors.New("no text")
	}
	if m.Tone != "" && !slices.Contains(Labels, m.Tone) {
		return m, fmt.Errorf("unknown tone %q", m.Tone)
	}
	return m, nil
}
