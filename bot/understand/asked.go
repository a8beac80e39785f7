package understand

import (
	"strconv"
	"strings"
	"time"

	"hejie/bot/text"
	"hejie/flows/calendar"
)

// askedDay reads what stands for a day once a day was asked for: 18, the 28th, 12.15.
func (r *reading) askedDay(f *figure) bool {
	if f.Big || f.Range || f.Unit != "" || r.in.Now.IsZero() {
		return false
	}
	today := calendar.Today(r.in.Now, r.in.Zone)
	whole, part := f.Micro/1_000_000, f.Micro%1_000_000
	switch {
	case part == 0 && whole >= 1 && whole <= 31:
		f.Count = whole
		*f = *r.dayAsDate(f)
	case len(f.Digits) >= 3 && part > 0 && whole <= 12: // 12.15: month and day
		_, day, ok := strings.Cut(f.Digits, ".")
		d, err := strconv.Atoi(day)
		if !ok || err != nil || len(day) > 2 || d < 1 || d > 31 {
			return false
		}
		at := calendar.Date{Year: today.Year, Month: time.Month(whole), Day: d}
		if at.Before(today) {
			at.Year++
		}
		if at.AddDays(0) != at { // 2.30
			return false
		}
		f.Kind, f.Date, f.Yearless, f.Count = text.FigDate, at, true, 0
	default:
		return false
	}
	r.date(f)
	return true
}

// dayAsDate reads "15" after ask_date as the next 15th.
func (r *reading) dayAsDate(f *figure) *figure {
	d := *f
	today := calendar.Today(r.in.Now, r.in.Zone)
	d.Kind, d.Date, d.Yearless = text.FigDate, today.AddMonths(0, int(f.Count)), true
	if d.Date.Before(today) {
		d.Date = today.AddMonths(1, int(f.Count))
	}
	return &d
}
