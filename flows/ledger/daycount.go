package ledger

import (
	"fmt"
	"math/big"

	"hejie/flows/calendar"
)

// DayCount is how a contract turns days into a part of a year.
type DayCount string

const (
	Thirty360 DayCount = "30/360"  // every month has 30 days
	Act365    DayCount = "act/365" // what most consumer contracts here say
	Act360    DayCount = "act/360" // what many banks print
	Act364    DayCount = "act/364" // weekly products: 52 weeks of seven days
	ActAct    DayCount = "act/act" // days of a leap year count as 1/366
)

// DayCounts are all of them.
var DayCounts = []DayCount{Thirty360, Act365, Act360, Act364, ActAct}

// Valid refuses a convention nobody has defined.
func (d DayCount) Valid() error {
	for _, k := range DayCounts {
		if d == k {
			return nil
		}
	}
	return fmt.Errorf("ledger: unknown day count %q", d)
}

// Fraction is the part of a year from..to, the last day not counted. It is 0 when to does not lie after from.
func (d DayCount) Fraction(from, to calendar.Date) *big.Rat {
	if !to.After(from) {
		return new(big.Rat)
	}
	days := int64(to.DaysSince(from))
	switch d {
	case Thirty360:
		return big.NewRat(days360(from, to), 360)
	case Act360:
		return big.NewRat(days, 360)
	case Act364:
		return big.NewRat(days, 364)
	case ActAct:
		return actAct(from, to)
	}
	return big.NewRat(days, 365)
}

// days360 is the bond basis: the 31st counts as the 30th, and so does the last day of February as a start.
func days360(from, to calendar.Date) int64 {
	d1, d2 := from.Day, to.Day
	if d1 == 31 || from.Month == 2 && from.AddDays(1).Month != 2 {
		d1 = 30
	}
	if d2 == 31 && d1 == 30 {
		d2 = 30
	}
	return int64(360*(to.Year-from.Year) + 30*int(to.Month-from.Month) + d2 - d1)
}

// actAct measures the days of each year by that year's own length.
func actAct(from, to calendar.Date) *big.Rat {
	sum := new(big.Rat)
	for from.Before(to) {
		next := calendar.Date{Year: from.Year + 1, Month: 1, Day: 1}
		length := int64(next.DaysSince(calendar.Date{Year: from.Year, Month: 1, Day: 1}))
		end := next
		if to.Before(end) {
			end = to
		}
		sum.Add(sum, big.NewRat(int64(end.DaysSince(from)), length))
		from = end
	}
	return sum
}
