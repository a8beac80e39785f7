package policy

import (
	"reflect"

	"hejie/flows/arrange"
	"hejie/flows/calendar"
)

// Talk is a negotiation so far: what was last wished, and how many different wishes were put after an answer. It is all the
// memory a negotiation needs, and small enough to keep in a conversation's state.
type Talk struct {
	Last  *arrange.Ask `json:"last,omitempty"`
	Round int          `json:"round,omitempty"`
}

// Counter answers a wish at the rung the talk has reached and gives the talk that follows. Only a wish that differs from the last one,
// made after one was not met, climbs a rung: to repeat oneself, or to ask for more after a yes, earns nothing. r.Limits is ignored;
// the limits come from the policy. The same facts give the same answer.
func (p *Policy) Counter(r arrange.Request, f Facts, t Talk) (arrange.Answer, Talk) {
	f.Today = calendar.Today(r.Now, r.Zone)
	if t.Last != nil && !reflect.DeepEqual(*t.Last, r.Ask) {
		r.Limits = p.LimitsAt(r.Account, p.known(r, f, t.Round))
		was := r
		was.Ask = *t.Last
		if arrange.Quote(was).Ask != arrange.AskMet {
			t.Round = min(t.Round+1, p.top())
		}
	}
	r.Limits = p.LimitsAt(r.Account, p.known(r, f, t.Round))
	ask := r.Ask
	return arrange.Quote(r), Talk{Last: &ask, Round: t.Round}
}

// known completes the facts from what the debtor told.
func (p *Policy) known(r arrange.Request, f Facts, round int) Facts {
	f.Round = round
	if arrange.Afford(r.Means, arrange.Limits{}).Known {
		f.MeansTold = true
	}
	return f
}

// top is the last round that any rung waits for.
func (p *Policy) top() int {
	top := 0
	for _, r := range p.Ladder {
		top = max(top, r.Round)
	}
	return top
}

// More tells whether a further counter-wish could still reach another rung; when not, a person is the way on.
func (p *Policy) More(t Talk) bool { return t.Round < p.top() }
