package calendar

import "time"

// maxClosed is how far ahead an opening is looked for: longer than any run of holidays.
const maxClosed = 31

// Desk is when people answer: hours on the desk's wall clock, on workdays only if Workdays is set.
type Desk struct {
	Hours        Hours
	Zone         *time.Location
	Jurisdiction string
	Workdays     bool
}

// Open tells whether somebody should be there now.
func (k Desk) Open(now time.Time) (bool, error) {
	if !k.Hours.Contains(now, k.Zone) {
		return false, nil
	}
	if !k.Workdays {
		return true, nil
	}
	day, _, err := Lookup(k.Jurisdiction, Today(now, k.Zone))
	return day.Work, err
}

// OpensAt is now when the desk is open, else the next opening. known is false when a day on the way lies in a year whose
// holidays have not been entered; ok is false when the desk never opens.
func (k Desk) OpensAt(now time.Time) (at time.Time, known, ok bool, err error) {
	known = true
	at = now
	for range maxClosed {
		if at, ok = k.Hours.Next(at, k.Zone); !ok || !k.Workdays {
			return at, known, ok, nil
		}
		d := Today(at, k.Zone)
		day, dayKnown, err := Lookup(k.Jurisdiction, d)
		if err != nil {
			return time.Time{}, false, false, err
		}
		known = known && dayKnown
		if day.Work {
			return at, known, true, nil
		}
		at = d.AddDays(1).In(orUTC(k.Zone))
	}
	return time.Time{}, known, false, nil
}
