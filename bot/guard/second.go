package guard

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// SecondLook is a supervisor's approval of one held text. It is a fact like any other: given at sending, judged there, kept in the
// audit with the text. It opens nothing but the rules it names, on exactly the text it was given for, and never a hard rule.
type SecondLook struct {
	By     string   `json:"by"`
	Name   string   `json:"name"`
	Reason string   `json:"reason"`
	Rules  []string `json:"rules"`
	Text   string   `json:"text"` // hash of the parts
}

// Approve makes the approval of a draft that was held. It fails when a rule that may not be overridden stands against the text, or
// when nothing does.
func (f *Filter) Approve(d Draft, v Verdict, by, name, reason string) (SecondLook, bool) {
	s := SecondLook{By: by, Name: name, Reason: reason, Text: partsHash(&d)}
	if v.Decision != Hold || by == "" || reason == "" {
		return s, false
	}
	for _, h := range v.Hits {
		if !f.rs.openable(&h) {
			return s, false
		}
		if !slices.Contains(s.Rules, h.Rule) {
			s.Rules = append(s.Rules, h.Rule)
		}
	}
	return s, true
}

// openable: a rule a supervisor may open, and one that holds here. A rewrite has its own way out, a block none.
func (rs *Ruleset) openable(h *Hit) bool {
	r := rs.byID[h.Rule]
	return h.Decision == Hold && r != nil && r.Overridable
}

// opened: a supervisor has looked at this text and this rule.
func (r *draftRun) opened(h *Hit) bool {
	s := r.f.Second
	return s != nil && s.By != "" && s.Reason != "" && r.rs.openable(h) && slices.Contains(s.Rules, h.Rule) && s.Text == partsHash(r.d)
}

// partsHash is over every string the debtor would see, each with its length before it.
func partsHash(d *Draft) string {
	h := sha256.New()
	for _, p := range d.Parts {
		for _, s := range []string{p.Role, p.Text, p.Ref, string(p.Data)} {
			fmt.Fprintf(h, "%d:%s", len(s), s) // a hash never fails to write
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
