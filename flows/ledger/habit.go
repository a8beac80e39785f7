package ledger

import (
	"slices"

	"hejie/flows/calendar"
)

// Habit is the day of the month somebody tends to pay on, with the payments that show it. It is an estimate, to be shown with
// its evidence and never held against anybody.
type Habit struct {
	Day      int             `json:"day"`
	Of       int             `json:"of"`       // payments looked at
	Evidence []calendar.Date `json:"evidence"` // those that fell near the day, in order
}

const (
	habitLeast  = 3 // payments in as many months before anything is said
	habitSpread = 2 // days a payment may lie off the day
	habitShare  = 60
)

// PayHabit finds the habit in a payment history; ok is false where there is none to be seen.
func PayHabit(paid []calendar.Date) (h Habit, ok bool) {
	for day := 1; day <= 31; day++ {
		var near []calendar.Date
		off, months := 0, map[[2]int]bool{}
		for _, d := range paid {
			if gap := offDay(d, day); gap <= habitSpread {
				near = append(near, d)
				off += gap
				months[[2]int{d.Year, int(d.Month)}] = true
			}
		}
		best := offSum(h.Evidence, h.Day)
		if len(months) >= habitLeast && len(near)*100 >= habitShare*len(paid) &&
			(len(near) > len(h.Evidence) || len(near) == len(h.Evidence) && off < best) {
			h = Habit{Day: day, Of: len(paid), Evidence: near}
		}
	}
	slices.SortFunc(h.Evidence, compareDates)
	return h, h.Day > 0
}

// offDay is how many days d lies from the nearest such day of a month, short months ending early.
func offDay(d calendar.Date, day int) int {
	least := 31
	for n := -1; n <= 1; n++ {
		gap := d.DaysSince(d.AddMonths(n, day))
		least = min(least, max(gap, -gap))
	}
	return least
}

func offSum(dates []calendar.Date, day int) int {
	sum := 0
	for _, d := range dates {
		sum += offDay(d, day)
	}
	return sum
}

// Next is the likely next n payment dates after a day.
func (h Habit) Next(after calendar.Date, n int) []calendar.Date {
	if h.Day == 0 {
		return nil
	}
	return after.AddDays(1).NextDay(h.Day).Monthly(n, h.Day)
}

// PaymentDates are the value dates of the payments among entries.
func PaymentDates(entries []Entry) []calendar.Date {
	var out []calendar.Date
	for _, e := range entries {
		if e.Kind == Payment && e.Amount > 0 {
			out = append(out, e.On)
		}
	}
	slices.SortFunc(out, compareDates)
	return out
}
