package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func day(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestNextDay(t *testing.T) {
	tests := []struct {
		from string
		day  int
		want string
	}{
		{"2026-12-02", 12, "2026-12-12"},
		{"2026-12-12", 12, "2026-12-12"},
		{"2026-12-13", 12, "2027-01-12"},
		{"2027-02-01", 31, "2027-02-28"},
		{"2028-02-10", 30, "2028-02-29"},
		{"2027-02-28", 31, "2027-02-28"},
		{"2026-12-31", 30, "2027-01-30"},
		{"2026-12-02", 0, "2027-01-01"},
		{"2026-12-02", 99, "2026-12-31"},
	}
	for _, tt := range tests {
		if got := day(tt.from).NextDay(tt.day); got != day(tt.want) {
			t.Errorf("%s to the %d: %s, want %s", tt.from, tt.day, got, tt.want)
		}
	}
}

func someDay(t *rapid.T, name string) Date {
	return day("2024-01-01").AddDays(rapid.IntRange(0, 4000).Draw(t, name))
}

func TestDateArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, anchor := someDay(t, "day"), rapid.IntRange(1, 31).Draw(t, "anchor")
		next := d.NextDay(anchor)
		if next.Before(d) || next.DaysSince(d) > 31 || next.Day > anchor {
			t.Fatalf("%s to the %d: %s", d, anchor, next)
		}
		n := rapid.IntRange(-1000, 1000).Draw(t, "n")
		if d.AddDays(n).DaysSince(d) != n || d.AddDays(n).AddDays(-n) != d {
			t.Fatalf("%s and %d days", d, n)
		}
		dates := d.Monthly(30, anchor)
		for i := 1; i < len(dates); i++ {
			if !dates[i].After(dates[i-1]) || dates[i].Day > anchor || dates[i].Day < min(anchor, 28) {
				t.Fatalf("%s monthly on the %d: %s after %s", d, anchor, dates[i], dates[i-1])
			}
		}
		raw, err := d.MarshalText()
		var back Date
		if err != nil || back.UnmarshalText(raw) != nil || back != d {
			t.Fatalf("%s is written %s", d, raw)
		}
	})
}

func TestParseDate(t *testing.T) {
	for _, s := range []string{"2026-02-29", "2026-13-01", "26-1-1", "2026-12-1", "", "2026-12-01T00:00:00Z"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("%q is read as %s", s, d)
		}
	}
}

func TestDaysAgreeWithTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Date{rapid.IntRange(-3, 10010).Draw(t, "y"), time.Month(rapid.IntRange(-2, 15).Draw(t, "m")), rapid.IntRange(-3, 40).Draw(t, "d")}
		if want := d.time().Unix() / 86400; d.time().Unix() >= 0 && d.days() != want {
			t.Fatalf("%v: %d, want %d", d, d.days(), want)
		}
		if n := NewDate(d.Year, d.Month, d.Day); n.AddDays(1).DaysSince(n) != 1 || !n.Before(n.AddDays(1)) {
			t.Fatalf("%v", n)
		}
	})
}
