// Package calendar knows days: civil dates, quiet hours and a debtor's own wishes, zones, holidays and what they do to due dates, seasons
// and moratoria, desk hours. Its quiet hours are meant to be the only ones: QuietFor is what a filter should ask.
// It does not know money, people or words, and it never reads the clock: "now" is always an argument.
package calendar

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Date is a day on the debtor's wall calendar, without a time or a zone.
// The zero Date means "not given".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// NewDate builds a Date; out-of-range days roll over as time.Date does.
func NewDate(y int, m time.Month, d int) Date {
	return DateOf(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
}

// DateOf is the day t falls on in t's own location.
func DateOf(t time.Time) Date { y, m, d := t.Date(); return Date{y, m, d} }

// Today is the day it is now in the debtor's zone; a nil zone means UTC.
func Today(now time.Time, zone *time.Location) Date {
	if zone == nil {
		zone = time.UTC
	}
	return DateOf(now.In(zone))
}

// ParseDate reads YYYY-MM-DD and refuses days that do not exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("calendar: %q is not a date of the form YYYY-MM-DD", s)
	}
	return DateOf(t), nil
}

func (d Date) time() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// In is the first instant of the day in zone.
func (d Date) In(zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
}

func (d Date) IsZero() bool          { return d == Date{} }
func (d Date) Before(o Date) bool    { return d.days() < o.days() }
func (d Date) After(o Date) bool     { return d.days() > o.days() }
func (d Date) Weekday() time.Weekday { return d.time().Weekday() }

// AddDays moves by calendar days.
func (d Date) AddDays(n int) Date { return DateOf(d.time().AddDate(0, 0, n)) }

// DaysSince counts the days from o to d; negative when d is earlier.
func (d Date) DaysSince(o Date) int { return int(d.days() - o.days()) }

// days counts the days from 1970: schedules compare dates by the thousand. A Date somebody built by hand out of range
// goes the long way, as time.Date normalises it.
func (d Date) days() int64 {
	y, m := int64(d.Year), int64(d.Month)
	if m < 1 || m > 12 || d.Day < 1 || d.Day > 28 && d.Day > monthDays(d.Year, d.Month) || y < 1 || y > 9999 {
		return d.time().Unix() / 86400
	}
	if m <= 2 { // the year begins in March, so that the leap day is its last
		y, m = y-1, m+12
	}
	return 365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + int64(d.Day) - 719469
}

func monthDays(y int, m time.Month) int {
	return time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// AddMonths moves n months and puts the day on anchor, clamped to the month's last day:
// a plan that pays on the 31st pays on the last day of shorter months and returns to the 31st.
func (d Date) AddMonths(n, anchor int) Date {
	first := time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Date{first.Year(), first.Month(), min(anchor, last)}
}

func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	if d.Year < 0 || d.Year > 9999 || d.Month < 0 || d.Month > 99 || d.Day < 0 || d.Day > 99 {
		return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
	}
	b := []byte("0000-00-00")
	for i, v := 3, d.Year; v > 0; i, v = i-1, v/10 {
		b[i] += byte(v % 10)
	}
	b[5], b[6] = '0'+byte(d.Month/10), '0'+byte(d.Month%10)
	b[8], b[9] = '0'+byte(d.Day/10), '0'+byte(d.Day%10)
	return string(b)
}

// MarshalText writes YYYY-MM-DD, or nothing for the zero Date.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD; empty text is the zero Date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// Value stores a Date as TEXT, so that both databases order it rightly.
func (d Date) Value() (driver.Value, error) { return d.String(), nil }

// Scan reads what Value wrote.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	}
	return fmt.Errorf("calendar: cannot read a date from %T", src)
}
