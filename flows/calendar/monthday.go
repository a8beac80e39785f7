package calendar

// DayInMonth is day of d's month, clamped to the month's last day. Days outside 1..31 are clamped into it first.
func (d Date) DayInMonth(day int) Date {
	return d.AddMonths(0, max(1, min(day, 31)))
}

// NextDay is the first date on or after d that falls on the given day of the month. "The 31st" means the last day
// of shorter months: a person paid at the month's end is paid in February too.
func (d Date) NextDay(day int) Date {
	if on := d.DayInMonth(day); !on.Before(d) {
		return on
	}
	return d.AddMonths(1, max(1, min(day, 31)))
}

// Monthly gives n dates one month apart, the first being d, all on anchor clamped to their month.
// Dates strictly increase because each lies in a later month than the one before.
func (d Date) Monthly(n, anchor int) []Date {
	anchor = max(1, min(anchor, 31))
	out := make([]Date, 0, max(n, 0))
	for i := range n {
		if i == 0 {
			out = append(out, d)
			continue
		}
		out = append(out, d.AddMonths(i, anchor))
	}
	return out
}
