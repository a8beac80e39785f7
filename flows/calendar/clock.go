package calendar

import (
	"fmt"
	"strings"
	"time"
)

// Clock is a time of day in minutes from midnight, 0 to 1440.
type Clock int

// ParseClock reads HH:MM; 24:00 is the end of the day.
func ParseClock(s string) (Clock, error) {
	if s == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != len("15:04") {
		return 0, fmt.Errorf("calendar: %q is not a time of the form HH:MM", s)
	}
	return Clock(t.Hour()*60 + t.Minute()), nil
}

func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// UnmarshalText reads HH:MM.
func (c *Clock) UnmarshalText(b []byte) (err error) {
	*c, err = ParseClock(string(b))
	return err
}

// MarshalText writes HH:MM.
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// on is the instant the clock shows c on d in zone. On a day without that time (clocks put forward) it is the moment after.
func (c Clock) on(d Date, zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, int(c)/60, int(c)%60, 0, 0, zone)
}

// Hours is a span of the day, To excluded. From after To runs over midnight; From equal To is empty.
type Hours struct {
	From Clock `yaml:"from" json:"from"`
	To   Clock `yaml:"to" json:"to"`
}

// ParseHours reads "09:00-18:00".
func ParseHours(s string) (Hours, error) {
	from, to, ok := strings.Cut(s, "-")
	if !ok {
		return Hours{}, fmt.Errorf("calendar: %q is not a span of the form 09:00-18:00", s)
	}
	a, err := ParseClock(strings.TrimSpace(from))
	if err != nil {
		return Hours{}, err
	}
	b, err := ParseClock(strings.TrimSpace(to))
	if err != nil {
		return Hours{}, err
	}
	return Hours{a, b}, nil
}

func (h Hours) String() string { return h.From.String() + "-" + h.To.String() }

// Contains tells whether now lies in the span on the wall clock of zone (nil = UTC).
func (h Hours) Contains(now time.Time, zone *time.Location) bool {
	t := now.In(orUTC(zone))
	c := Clock(t.Hour()*60 + t.Minute())
	if h.From <= h.To {
		return h.From <= c && c < h.To
	}
	return c >= h.From || c < h.To
}

// Next is now when it lies in the span, else the next instant that does. An empty span has none: ok is false.
func (h Hours) Next(now time.Time, zone *time.Location) (at time.Time, ok bool) {
	if h.From == h.To {
		return time.Time{}, false
	}
	if h.Contains(now, zone) {
		return now, true
	}
	zone = orUTC(zone)
	d := Today(now, zone)
	for range 3 { // today, tomorrow, and one more for a day whose clocks jump over the opening
		if at := h.From.on(d, zone); at.After(now) {
			return at, true
		}
		d = d.AddDays(1)
	}
	return time.Time{}, false
}

// outside is the span's complement.
func (h Hours) outside() Hours { return Hours{h.To, h.From} }

func orUTC(zone *time.Location) *time.Location {
	if zone == nil {
		return time.UTC
	}
	return zone
}
