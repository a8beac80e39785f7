package calendar

import (
	"fmt"
	"hash/fnv"
	"time"
)

// SeasonKind is what a creditor does in a season.
type SeasonKind string

const (
	Moratorium SeasonKind = "moratorium" // nothing is sent that asks for money; care messages and self-service go on
	SoftMonth  SeasonKind = "soft"       // fewer reminders, wider terms
)

// MonthDay is a day of every year; the 29th of February is the 1st of March in years without one.
type MonthDay struct {
	Month time.Month
	Day   int
}

// UnmarshalText reads MM-DD.
func (m *MonthDay) UnmarshalText(b []byte) error {
	t, err := time.Parse(time.DateOnly, "2000-"+string(b))
	if err != nil {
		return fmt.Errorf("calendar: %q is not a day of the form MM-DD", b)
	}
	m.Month, m.Day = t.Month(), t.Day()
	return nil
}

// MarshalText writes MM-DD.
func (m MonthDay) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%02d-%02d", m.Month, m.Day), nil
}

// Season is a stretch of each year, both days in it; From after To runs over new year.
type Season struct {
	Name       string     `yaml:"name" json:"name"`
	Kind       SeasonKind `yaml:"kind" json:"kind"`
	From       MonthDay   `yaml:"from" json:"from"`
	To         MonthDay   `yaml:"to" json:"to"`
	SpreadDays int        `yaml:"spread_days,omitempty" json:"spread_days,omitempty"` // over how many days afterwards messages resume
}

// Valid says why a season cannot be used.
func (s Season) Valid() error {
	switch {
	case s.Name == "":
		return fmt.Errorf("calendar: a season needs a name")
	case s.Kind != Moratorium && s.Kind != SoftMonth:
		return fmt.Errorf("calendar: season %s: %q is neither moratorium nor soft", s.Name, s.Kind)
	case s.From.Day == 0 || s.To.Day == 0:
		return fmt.Errorf("calendar: season %s needs from and to", s.Name)
	case s.SpreadDays < 0 || s.SpreadDays > 90:
		return fmt.Errorf("calendar: season %s: spread_days must be 0 to 90", s.Name)
	}
	return nil
}

// span is the occurrence of the season that starts in year.
func (s Season) span(year int) (from, to Date) {
	from = NewDate(year, s.From.Month, s.From.Day)
	to = NewDate(year, s.To.Month, s.To.Day)
	if to.Before(from) {
		to = NewDate(year+1, s.To.Month, s.To.Day)
	}
	return from, to
}

// Around is the occurrence d lies in.
func (s Season) Around(d Date) (from, to Date, ok bool) {
	for _, y := range []int{d.Year, d.Year - 1} {
		if from, to = s.span(y); !d.Before(from) && !d.After(to) {
			return from, to, true
		}
	}
	return Date{}, Date{}, false
}

// Seasons are those d lies in.
func Seasons(all []Season, d Date) []Season {
	var out []Season
	for _, s := range all {
		if _, _, ok := s.Around(d); ok {
			out = append(out, s)
		}
	}
	return out
}

// Proactive is the first day on or after d on which a message may be sent on our own initiative to whoever key names. After
// a moratorium the debtors are spread over SpreadDays by their key, so that nobody meets a backlog and the same debtor
// always gets the same day.
func Proactive(all []Season, d Date, key string) Date {
	for range len(all)*2 + 1 {
		moved := false
		for _, s := range all {
			if s.Kind != Moratorium {
				continue
			}
			if from := s.resumes(d, key); from.After(d) {
				d, moved = from, true
			}
		}
		if !moved {
			return d
		}
	}
	return d // moratoria without a gap: the last end; a policy with such seasons is refused at start
}

// resumes is the day this season lets key be written to again, for a season that d lies in or has lately left.
func (s Season) resumes(d Date, key string) Date {
	lag := 0
	if s.SpreadDays > 1 {
		h := fnv.New32a()
		_, _ = h.Write([]byte(s.Name + "\x00" + key))
		lag = int(h.Sum32() % uint32(s.SpreadDays))
	}
	for _, back := range []int{0, s.SpreadDays} {
		if _, to, ok := s.Around(d.AddDays(-back)); ok {
			return to.AddDays(1 + lag)
		}
	}
	for y := d.Year - 1; y <= d.Year; y++ { // the spread is longer than the season itself
		if _, to := s.span(y); d.After(to) && d.DaysSince(to) <= s.SpreadDays {
			return to.AddDays(1 + lag)
		}
	}
	return d
}
