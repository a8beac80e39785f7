package arrange

import (
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// equalParts splits total into n payments of the same amount; the last takes the remainder of the division, so that
// no payment before it is ever the larger one. n must be in 1..total.
func equalParts(total ledger.Amount, n int) []ledger.Amount {
	part := total / ledger.Amount(n)
	out := make([]ledger.Amount, n)
	for i := range out {
		out[i] = part
	}
	out[n-1] = lastPart(total, n)
	return out
}

// lastPart is the last, and largest, of equalParts.
func lastPart(total ledger.Amount, n int) ledger.Amount {
	return total - ledger.Amount(n-1)*(total/ledger.Amount(n))
}

// schedule pairs amounts with dates and splits each amount by component. Components are used up in the allocation
// order, so that each payment's parts and each component's parts both sum exactly. amounts must not exceed owed.
func schedule(amounts []ledger.Amount, dates []calendar.Date, owed ledger.Balance, order ledger.Order) []Instalment {
	out := make([]Instalment, len(amounts))
	for i, amount := range amounts {
		in := Instalment{N: i + 1, Due: dates[i], Amount: amount}
		for _, c := range order {
			part := min(amount, owed.Get(c))
			owed = owed.With(c, owed.Get(c)-part)
			amount -= part
			in.add(c, part)
		}
		out[i] = in
	}
	return out
}

func (in *Instalment) add(c ledger.Component, a ledger.Amount) {
	switch c {
	case ledger.Principal:
		in.Principal += a
	case ledger.Interest:
		in.Interest += a
	case ledger.Penalty:
		in.Penalty += a
	case ledger.Fees:
		in.Fees += a
	}
}

// takeOff reduces owed by amount in the order of cs and returns what was taken from each.
func takeOff(owed ledger.Balance, amount ledger.Amount, cs ...ledger.Component) (rest, taken ledger.Balance) {
	for _, c := range cs {
		part := min(amount, owed.Get(c))
		owed = owed.With(c, owed.Get(c)-part)
		taken = taken.With(c, part)
		amount -= part
	}
	return owed, taken
}

// minGap is the least number of days between the first payment and the second when the wish names both a first day
// and another day of the month for the rest: two payments within a week are no monthly plan.
const minGap = 15

// monthly gives n dates from first on, the later ones on anchor.
func monthly(first calendar.Date, n, anchor int) []calendar.Date {
	dates := first.Monthly(n, anchor)
	if n < 2 || dates[1].DaysSince(first) >= minGap {
		return dates
	}
	for i := 1; i < n; i++ {
		dates[i] = first.AddMonths(i+1, anchor)
	}
	return dates
}
