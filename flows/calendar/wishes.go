package calendar

import (
	"slices"
	"time"
)

// Wishes are when a debtor wants to hear from us: they narrow the hours, never widen them.
type Wishes struct {
	Hours []Hours        `json:"hours,omitempty"` // only within one of these; none = no wish
	NotOn []time.Weekday `json:"not_on,omitempty"`
}

// Window is when a message may be sent to one debtor on our own initiative: outside the quiet hours in every zone the debtor may
// be in, and inside the debtor's own wishes on the wall clock of the first zone.
type Window struct {
	Quiet  Quiet
	Wishes Wishes
	Zones  []*time.Location
}

// Allows tells whether now is such a time. No zone known is not a yes.
func (w Window) Allows(now time.Time) bool {
	if !w.Quiet.AllowsIn(now, w.Zones...) {
		return false
	}
	if slices.Contains(w.Wishes.NotOn, now.In(w.Zones[0]).Weekday()) {
		return false
	}
	return len(w.Wishes.Hours) == 0 ||
		slices.ContainsFunc(w.Wishes.Hours, func(h Hours) bool { return h.Contains(now, w.Zones[0]) })
}

// Next is the first such time within two weeks, to the quarter of an hour; ok is false when the wishes leave none.
func (w Window) Next(now time.Time) (at time.Time, ok bool) {
	if w.Allows(now) {
		return now, true
	}
	const step = 15 * time.Minute
	at = now.Truncate(step)
	for range 14 * 24 * 4 {
		if at = at.Add(step); w.Allows(at) {
			return at, true
		}
	}
	return time.Time{}, false
}
