package text

import (
	"testing"
	"time"

	"hejie/flows/calendar"
)

// New Year's days and leap months anybody can look up.
func TestLunarTable(t *testing.T) {
	for year, want := range map[int]string{2020: "2020-01-25", 2021: "2021-02-12", 2022: "2022-02-01", 2023: "2023-01-22", 2024: "2024-02-10", 2025: "2025-01-29", 2026: "2026-02-17", 2027: "2027-02-06", 2028: "2028-01-26", 2029: "2029-02-13", 2030: "2030-02-03", 2033: "2033-01-31", 2040: "2040-02-12"} {
		if d, ok := lunarDate(year, 1, 1, false); !ok || d.String() != want {
			t.Errorf("the new year of %d is %s, want %s", year, d, want)
		}
	}
	for year, month := range map[int]int{2020: 4, 2023: 2, 2025: 6, 2028: 5, 2031: 3, 2033: 11, 2036: 6, 2039: 5} {
		if got := lunarYears()[year].leap; got != month {
			t.Errorf("the leap month of %d is %d, want %d", year, got, month)
		}
	}
	for _, c := range []struct {
		year, month, day int
		leap             bool
		want             string
	}{
		{2026, 8, 15, false, "2026-09-25"}, {2025, 8, 15, false, "2025-10-06"}, {2025, 5, 5, false, "2025-05-31"}, {2026, 12, 20, false, "2027-01-27"}, {2023, 2, 1, true, "2023-03-22"}, {2024, 9, 9, false, "2024-10-11"},
		{2026, 12, 30, false, "2027-02-05"}, // a short month: 大年三十 is its last day
	} {
		if d, ok := lunarDate(c.year, c.month, c.day, c.leap); !ok || d.String() != c.want {
			t.Errorf("%d/%d/%d is %s, want %s", c.year, c.month, c.day, d, c.want)
		}
	}
	if d, ok := lunarDate(2100, 1, 1, false); ok {
		t.Errorf("the table does not hold 2100, yet says %s", d)
	}
}

// Each year ends where the next begins: no day is missing and none counted twice.
func TestLunarYearsMeet(t *testing.T) {
	for y, l := range lunarYears() {
		next, ok := lunarYears()[y+1]
		if !ok {
			continue
		}
		days := 0
		for _, c := range l.long {
			days += 29 + int(c-'0')
		}
		if end := l.first.AddDays(days); end != next.first {
			t.Errorf("%d ends on %s, %d begins on %s", y, end, y+1, next.first)
		}
	}
}

func TestMovableFeasts(t *testing.T) {
	for year, want := range map[int]string{2024: "2024-03-31", 2025: "2025-04-20", 2026: "2026-04-05", 2027: "2027-03-28", 2030: "2030-04-21"} {
		if got := easter(year).String(); got != want {
			t.Errorf("easter of %d: %s, want %s", year, got, want)
		}
	}
	for year, want := range map[int]int{2023: 5, 2024: 4, 2025: 4, 2026: 5, 2027: 5, 2028: 4} {
		if got := qingming(year); got != want {
			t.Errorf("清明 of %d: April %d, want %d", year, got, want)
		}
	}
	if d := nthWeekday(2026, time.November, 3, 4); d != (calendar.Date{Year: 2026, Month: 11, Day: 26}) {
		t.Errorf("Thanksgiving is %s", d)
	}
}

// Named days are dates of a debtor's text only: the guard must not take a greeting for a deadline.
func TestFeastsNeedADebtor(t *testing.T) {
	for _, s := range []string{"祝您春节快乐", "Merry Christmas", "中秋快乐"} {
		if got := Figures(s, Opt{Now: testNow}); len(got) != 0 {
			t.Errorf("%s: %v", s, got)
		}
	}
	got := Figures("春节前还", Opt{Now: testNow, Debtor: true})
	if len(got) != 1 || got[0].Date.String() != "2027-02-06" || got[0].Rel != RelBefore {
		t.Errorf("春节前: %v", got)
	}
}
