package calendar

import "fmt"

// Roll says what becomes of a due date that is no workday.
type Roll string

const (
	RollNone      Roll = "none"
	RollFollowing Roll = "following" // the next workday: later for the debtor
	RollPreceding Roll = "preceding"
)

// Valid refuses another word; empty is none.
func (r Roll) Valid() error {
	switch r {
	case "", RollNone, RollFollowing, RollPreceding:
		return nil
	}
	return fmt.Errorf("calendar: due dates on holidays: %q is not none, following or preceding", r)
}

// Move is the day a payment due on d really falls on. known is false when a day looked at lies in a year whose holidays
// have not been entered: the date then rests on the plain week, and whoever shows it must say so.
func (r Roll) Move(jurisdiction string, d Date) (on Date, known bool, err error) {
	step := map[Roll]int{RollFollowing: 1, RollPreceding: -1}[r]
	known = true
	if step == 0 {
		return d, known, nil
	}
	for on = d; ; on = on.AddDays(step) {
		day, k, err := Lookup(jurisdiction, on)
		if err != nil {
			return Date{}, false, err
		}
		if known = known && k; day.Work {
			return on, known, nil
		}
		if gap := on.DaysSince(d); gap >= maxClosed || gap <= -maxClosed {
			return Date{}, false, fmt.Errorf("calendar: no workday near %s", d)
		}
	}
}
