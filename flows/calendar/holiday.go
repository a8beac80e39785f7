package calendar

import (
	"bytes"
	_ "embed"
	"fmt"
	"sync"
	"time"

	"github.com/goccy/go-yaml"
)

type holidayYear struct {
	Source   string `yaml:"source"`
	Verified string `yaml:"verified"`
	Off      []struct {
		Name string `yaml:"name"`
		From Date   `yaml:"from"`
		To   Date   `yaml:"to"`
	} `yaml:"off"`
	Worked []Date `yaml:"worked"`
}

// Day is what a day is for work.
type Day struct {
	Work    bool
	Holiday string // name of the public holiday, if it is one
}

type country struct {
	years map[int]bool
	days  map[Date]Day // only days that differ from the plain week
}

//go:embed data/holidays.yaml
var holidaysYAML []byte

var countries = sync.OnceValues(func() (map[string]country, error) { return parseHolidays(holidaysYAML) })

func parseHolidays(raw []byte) (map[string]country, error) {
	var file map[string]map[int]holidayYear
	if err := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict()).Decode(&file); err != nil {
		return nil, fmt.Errorf("calendar: holidays: %w", err)
	}
	out := map[string]country{}
	for name, years := range file {
		c := country{years: map[int]bool{}, days: map[Date]Day{}}
		for y, year := range years {
			c.years[y] = true
			for _, h := range year.Off {
				if h.From.Year != y || h.To.Year != y || h.To.Before(h.From) {
					return nil, fmt.Errorf("calendar: holidays: %s %d: %s does not lie in the year", name, y, h.Name)
				}
				for d := h.From; !d.After(h.To); d = d.AddDays(1) {
					c.days[d] = Day{Holiday: h.Name}
				}
			}
			for _, d := range year.Worked {
				if _, off := c.days[d]; off || d.Year != y || !weekend(d) {
					return nil, fmt.Errorf("calendar: holidays: %s: %s cannot be a worked weekend", name, d)
				}
				c.days[d] = Day{Work: true}
			}
		}
		out[name] = c
	}
	return out, nil
}

func weekend(d Date) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

// Lookup tells what d is in a jurisdiction. known is false for a year (or jurisdiction) whose holidays have not been
// entered: Day then is the plain week, and whoever relies on it must say so rather than promise a date.
func Lookup(jurisdiction string, d Date) (day Day, known bool, err error) {
	all, err := countries()
	if err != nil {
		return Day{}, false, err
	}
	c := all[jurisdiction]
	if day, ok := c.days[d]; ok {
		return day, true, nil
	}
	return Day{Work: !weekend(d)}, c.years[d.Year], nil
}

// AddWorkdays is the nth workday after d. known is false as soon as one day on the way is.
func AddWorkdays(jurisdiction string, d Date, n int) (on Date, known bool, err error) {
	known = true
	for n > 0 {
		d = d.AddDays(1)
		day, k, err := Lookup(jurisdiction, d)
		if err != nil {
			return Date{}, false, err
		}
		known = known && k
		if day.Work {
			n--
		}
	}
	return d, known, nil
}

// MissingYears are the years from..to whose holidays have not been entered, for a warning at start.
func MissingYears(jurisdiction string, from, to int) ([]int, error) {
	all, err := countries()
	if err != nil {
		return nil, err
	}
	var out []int
	for y := from; y <= to; y++ {
		if !all[jurisdiction].years[y] {
			out = append(out, y)
		}
	}
	return out, nil
}
