package arrange

import "hejie/flows/calendar"

// Range is the room a counter-wish has: what a stepper may offer without a refusal. Zero counts = no instalments possible.
type Range struct {
	MinCount  int           `json:"min_count"`
	MaxCount  int           `json:"max_count"`
	FirstFrom calendar.Date `json:"first_from"`
	FirstTo   calendar.Date `json:"first_to"`
}

// Bounds is the room the limits leave for instalments of this account; any count and first day inside it is met by Quote.
func Bounds(r Request) Range {
	q, refusal := newQuoter(r)
	if refusal != nil || !q.may(Instalments) {
		return Range{}
	}
	lo, hi := q.counts()
	if lo > hi {
		return Range{}
	}
	return Range{MinCount: lo, MaxCount: hi, FirstFrom: q.earliest, FirstTo: q.latest}
}
