package calendar

import (
	"bytes"
	_ "embed"
	"fmt"
	"sync"
	"time"

	"github.com/goccy/go-yaml"
)

// Quiet is when nothing is sent on our own initiative.
type Quiet struct {
	From     Clock  `yaml:"from" json:"from"`
	To       Clock  `yaml:"to" json:"to"`
	Source   string `yaml:"source" json:"source"`
	Verified string `yaml:"verified" json:"verified"`
}

//go:embed data/quiet.yaml
var quietYAML []byte

var quiets = sync.OnceValues(func() (map[string]Quiet, error) {
	var out map[string]Quiet
	if err := yaml.NewDecoder(bytes.NewReader(quietYAML), yaml.Strict()).Decode(&out); err != nil {
		return nil, fmt.Errorf("calendar: quiet hours: %w", err)
	}
	if _, ok := out["default"]; !ok {
		return nil, fmt.Errorf("calendar: quiet hours: no default")
	}
	return out, nil
})

// QuietFor are the quiet hours of a jurisdiction; one that is not listed gets the strictest ones.
func QuietFor(jurisdiction string) (Quiet, error) {
	all, err := quiets()
	if err != nil {
		return Quiet{}, err
	}
	if q, ok := all[jurisdiction]; ok {
		return q, nil
	}
	return all["default"], nil
}

// Allows tells whether a message may be sent now, by the wall clock of zone.
func (q Quiet) Allows(now time.Time, zone *time.Location) bool {
	return !Hours{q.From, q.To}.Contains(now, zone)
}

// Next is now when that is allowed, else the end of the quiet hours.
func (q Quiet) Next(now time.Time, zone *time.Location) time.Time {
	if q.Allows(now, zone) {
		return now
	}
	at, ok := Hours{q.From, q.To}.outside().Next(now, zone)
	if !ok { // quiet all day cannot be written: From equal To is an empty span
		return now
	}
	return at
}

// AllowsIn is Allows in every zone the debtor may be in: with two candidate zones both must be awake.
func (q Quiet) AllowsIn(now time.Time, zones ...*time.Location) bool {
	for _, z := range zones {
		if !q.Allows(now, z) {
			return false
		}
	}
	return len(zones) > 0
}
