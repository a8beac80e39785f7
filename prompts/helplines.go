package prompts

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// homePlace is whose helplines stand in where a place has none of its own.
const homePlace = "CN"

// helpline is a number of one place, and what it is for.
type helpline struct {
	Role   string `yaml:"role"` // help | ambulance | police | emergency
	Number string `yaml:"number"`
	Source string `yaml:"source"`
	Mark   string `yaml:"mark"`
}

// Hotline is a number to call in need, with its name in the language of the debtor.
type Hotline struct {
	Number string `json:"number"`
	Label  string `json:"label"`
}

// Helplines are what a text may tell somebody in need to call: someone to talk to, emergency services, the police.
type Helplines struct{ Help, Emergency, Police string }

func loadHelplines(src fs.FS) (map[string][]helpline, error) {
	var all map[string][]helpline
	if err := decode(src, "helplines.yaml", &all); err != nil {
		return nil, err
	}
	if len(all[homePlace]) == 0 {
		return nil, fmt.Errorf("prompts: helplines.yaml has none for %s", homePlace)
	}
	for place, list := range all {
		h := gatherLines(list)
		if h.Help == "" || h.Emergency == "" || h.Police == "" {
			return nil, fmt.Errorf("prompts: helplines.yaml: %s needs help, and emergency or ambulance and police", place)
		}
		for _, l := range list {
			if l.Number == "" || l.Source == "" || !slices.Contains([]string{"V", "V2", "M"}, l.Mark) {
				return nil, fmt.Errorf("prompts: helplines.yaml: %s: %+v needs a number, a source and a mark", place, l)
			}
		}
	}
	return all, nil
}

func gatherLines(list []helpline) (h Helplines) {
	var urgent []string
	for _, l := range list {
		switch l.Role {
		case "help":
			h.Help = l.Number
			continue
		case "police", "emergency":
			h.Police = l.Number
		}
		urgent = append(urgent, l.Number)
	}
	h.Emergency = strings.Join(urgent, "/")
	return h
}

func (c *Catalog) linesOf(place string) []helpline {
	if list, ok := c.helplines[place]; ok {
		return list
	}
	return c.helplines[homePlace]
}

// Helplines are the numbers a text may name in a place.
func (c *Catalog) Helplines(place string) Helplines { return gatherLines(c.linesOf(place)) }

// Hotlines are the numbers of the crisis card, most fitting first.
func (c *Catalog) Hotlines(lang, place string) []Hotline {
	var out []Hotline
	for _, l := range c.linesOf(place) {
		out = append(out, Hotline{Number: l.Number, Label: c.Label(lang, "helpline", l.Role)})
	}
	return out
}
