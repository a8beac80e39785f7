package calendar

import (
	"slices"
	"strings"
	"testing"
)

func TestHolidays(t *testing.T) {
	tests := []struct {
		where, on string
		want      Day
		known     bool
	}{
		{"CN", "2026-02-14", Day{Work: true}, true}, // Saturday, worked
		{"CN", "2026-02-15", Day{Holiday: "春节"}, true},
		{"CN", "2026-02-23", Day{Holiday: "春节"}, true},
		{"CN", "2026-02-24", Day{Work: true}, true},
		{"CN", "2026-10-08", Day{Work: true}, true},
		{"CN", "2026-10-11", Day{}, true}, // Sunday
		{"CN", "2027-02-06", Day{}, false},
		{"CN", "2027-02-08", Day{Work: true}, false},
		{"US", "2026-07-03", Day{Work: true}, false},
	}
	for _, tt := range tests {
		got, known, err := Lookup(tt.where, day(tt.on))
		if err != nil || got != tt.want || known != tt.known {
			t.Errorf("%s %s: %+v known %v %v", tt.where, tt.on, got, known, err)
		}
	}
	off := 0
	for d := day("2026-01-01"); d.Year == 2026; d = d.AddDays(1) {
		if x, _, _ := Lookup("CN", d); x.Holiday != "" {
			off++
		}
	}
	if off != 33 {
		t.Errorf("%d days off in 2026, the notice has 33", off)
	}
}

func TestAddWorkdays(t *testing.T) {
	if d, known, err := AddWorkdays("CN", day("2026-09-30"), 3); err != nil || !known || d != day("2026-10-10") {
		t.Errorf("%s %v %v", d, known, err) // 8th, 9th and the worked Saturday
	}
	if d, known, err := AddWorkdays("CN", day("2026-12-31"), 1); err != nil || known || d != day("2027-01-01") {
		t.Errorf("a year nobody entered must be said: %s %v %v", d, known, err)
	}
	if years, err := MissingYears("CN", 2026, 2028); err != nil || !slices.Equal(years, []int{2027, 2028}) {
		t.Errorf("%v %v", years, err)
	}
}

func TestHolidayFilesAreChecked(t *testing.T) {
	good := string(holidaysYAML)
	for name, bad := range map[string]string{
		"unknown key":           strings.Replace(good, "worked:", "works:", 1),
		"wrong year":            strings.Replace(good, "from: 2026-01-01", "from: 2025-12-31", 1),
		"ends before it starts": strings.Replace(good, "to: 2026-01-03", "to: 2025-12-30", 1),
		"worked weekday":        strings.Replace(good, "2026-05-09", "2026-05-11", 1),
		"worked holiday":        strings.Replace(good, "2026-05-09", "2026-05-02", 1),
		"no date":               strings.Replace(good, "2026-05-09", "2026-05-39", 1),
	} {
		if _, err := parseHolidays([]byte(bad)); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
