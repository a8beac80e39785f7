package arrange

import (
	"slices"
	"time"

	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

const (
	maxOffers    = 3  // side by side, more cannot be compared
	deferDefault = 30 // days, for a wish to pay later without a date
	payDefault   = 7  // days to pay once, where the policy's waiver window does not say
	settleIn     = 3  // days ahead that a payment day of this month must be, else next month's is meant
)

// quoter holds what is derived from one Request.
type quoter struct {
	r        Request
	l        Limits
	today    calendar.Date
	earliest calendar.Date  // first day a payment may be due: tomorrow
	latest   calendar.Date  // last day the first instalment may be due
	owed     ledger.Balance // less the excess
	excess   ledger.Amount
	total    ledger.Amount // of owed
	surplus  ledger.Amount // what is left a month for this debt
	each     ledger.Amount // of surplus, for one payment of an instalment plan
	means    bool          // surplus is known
	span     span
	rate     ledger.Rate // that a plan bears, never above the legal cap
	skips    int         // payments put off in the plan that is changed
}

// Quote answers a wish. What lies inside the limits is accepted at once; otherwise the nearest feasible offers come
// with the one constraint that stops the wish. Without a wish it gives two or three offers. It is pure.
func Quote(r Request) Answer {
	q, refusal := newQuoter(r)
	if refusal != nil {
		return q.withPath(Answer{Offers: []Offer{}, Refused: refusal, Ask: AskRefused})
	}
	var a Answer
	switch kind := q.wished(); kind {
	case "":
		a = q.unasked()
	case Deferral:
		a = q.deferral()
	case WaiverIfBy, Settlement:
		a = q.lump(kind)
	case Token:
		a = q.token()
	default:
		a = q.instalments()
	}
	return q.withPath(q.ordered(a).tidy())
}

// newQuoter derives what all kinds need, or says why nothing can be quoted at all.
func newQuoter(r Request) (*quoter, []Refusal) {
	q := &quoter{r: r, l: r.Limits.sane(), today: calendar.Today(r.Now, r.Zone)}
	q.earliest = q.today.AddDays(1)
	q.latest = q.today.AddDays(q.l.MaxFirstDueDays)
	acc := r.Account
	kind := q.wished()
	if kind == "" {
		kind = Instalments
	}
	switch {
	case acc.Balance.Valid() != nil || acc.Excess < 0 || r.Now.Year() < 1 || r.Now.Year() > 9000:
		return q, refuse(kind, Reason{Code: WhyBalanceUnclear})
	case q.l.InformOnly:
		return q, refuseAll(Reason{Code: WhyAuthorityDecides})
	case !r.Ask.sane():
		return q, refuse(kind, Reason{Code: WhyWishUnclear})
	}
	// Penalty goes first: it is the part the cap was made for; principal is never excess.
	var off ledger.Balance
	q.owed, off = takeOff(acc.Balance, acc.Excess, ledger.Penalty, ledger.Fees, ledger.Interest)
	q.excess, q.total = off.Total(), q.owed.Total()
	if q.total == 0 {
		return q, refuse(kind, Reason{Code: WhyNothingOwed})
	}
	afford := Afford(r.Means, q.l)
	q.means, q.surplus = afford.Known, afford.Amount
	q.spanned()
	q.rate = q.lawfulRate()
	return q, nil
}

// wished is the kind the debtor wants, from what was mentioned when it was not named.
func (q *quoter) wished() Kind {
	a := q.r.Ask
	switch {
	case a.Kind != "":
		return a.Kind
	case a.Count > 0 || a.Monthly > 0 || a.Every != "" || a.EqualPrincipal || a.shaped():
		return Instalments
	case a.Lump > 0:
		return WaiverIfBy
	case !a.DeferTo.IsZero():
		return Deferral
	case !a.FirstDue.IsZero() || a.DayOfMonth > 0:
		return Instalments
	}
	return ""
}

// may tells whether anybody may grant the kind.
func (q *quoter) may(k Kind) bool {
	by := q.l.Authority[k]
	return by == ByBot || by == ByAgent || by == BySupervisor
}

// offer completes an offer from its schedule. first are the reasons to put in front.
func (q *quoter) offer(k Kind, in []Instalment, waived ledger.Amount, first ...Reason) Offer {
	o := Offer{AccountID: q.r.Account.ID, Kind: k, Currency: q.r.Account.Currency, Waived: waived, Instalments: in,
		NeedsApproval: q.l.Authority[k] != ByBot, Why: slices.Clone(first), Policy: q.l.Policy, Skips: q.skips}
	largest := ledger.Amount(0)
	for _, i := range in {
		o.Total += i.Amount
		largest = max(largest, i.Amount)
	}
	if q.l.Authority[k] == BySupervisor {
		o.Approver = BySupervisor
	}
	left := q.surplus
	if k == Instalments {
		o.Every, left = q.span.every, q.each
	}
	q.cost(&o)
	o.ValidUntil = q.validUntil(o.First())
	o.AboveMeans = q.means && largest > left
	o.because(o.AboveMeans, Reason{Code: WhyAboveSurplus, Amount: left})
	o.because(q.means && largest <= left, Reason{Code: WhyWithinSurplus, Amount: left})
	o.because(o.Accrued() > 0, Reason{Code: WhyPlanInterest, Amount: o.Accrued()})
	q.holidays(&o)
	last := in[len(in)-1]
	o.because(last.Amount != in[0].Amount && !q.r.Ask.shaped(), Reason{Code: WhyLastDiffers, Amount: last.Amount, Date: last.Due})
	o.because(q.excess > 0, Reason{Code: WhyExcessNotAsked, Amount: q.excess})
	o.because(o.NeedsApproval, Reason{Code: WhyNeedsApproval})
	o.ID = termsID(o, q.r.Account)
	return o
}

func (o *Offer) because(yes bool, r Reason) {
	if yes {
		o.Why = append(o.Why, r)
	}
}

// Has tells whether the offer carries the reason.
func (o Offer) Has(code string) bool {
	return slices.ContainsFunc(o.Why, func(r Reason) bool { return r.Code == code })
}

// validUntil never outlasts the first payment's day: nobody can accept a plan whose first payment is past.
func (q *quoter) validUntil(first calendar.Date) time.Time {
	zone := q.r.Zone
	if zone == nil {
		zone = time.UTC
	}
	until := q.r.Now.Add(time.Duration(q.l.QuoteHours) * time.Hour)
	if end := first.AddDays(1).In(zone); end.Before(until) {
		until = end
	}
	return canonicalTime(until)
}

// once is the schedule of a single payment.
func (q *quoter) once(due calendar.Date, owed ledger.Balance) []Instalment {
	return scheduled([]ledger.Amount{owed.Total()}, []dated{q.moved(due, q.today, due)}, owed, q.l.Order)
}

// withPath names who can look again, whenever something was refused.
func (q *quoter) withPath(a Answer) Answer {
	switch {
	case len(a.Refused) == 0:
	case q.l.InformOnly:
		a.Path = PathAuthority
	default:
		a.Path = PathPerson
	}
	return a
}

// ordered puts offers nobody asked for into the order the policy prefers for this debtor.
func (q *quoter) ordered(a Answer) Answer {
	if len(q.l.Prefer) == 0 || q.wished() != "" {
		return a
	}
	rank := func(o Offer) int {
		if i := slices.Index(q.l.Prefer, o.Kind); i >= 0 {
			return i
		}
		return len(q.l.Prefer)
	}
	slices.SortStableFunc(a.Offers, func(x, y Offer) int { return rank(x) - rank(y) })
	return a
}

func refuse(k Kind, why ...Reason) []Refusal { return []Refusal{{Kind: k, Why: why}} }

func refuseAll(why Reason) []Refusal {
	var out []Refusal
	for _, k := range Kinds {
		out = append(out, Refusal{Kind: k, Why: []Reason{why}})
	}
	return out
}

// met is the answer to a wish inside the limits.
func met(offers ...Offer) Answer { return Answer{Offers: offers, Ask: AskMet} }

// nearest is the answer to a wish that stop forbids; without any offer it is a refusal.
func nearest(k Kind, stop Reason, offers []Offer) Answer {
	a := Answer{Offers: offers, Refused: refuse(k, stop), Ask: AskNearest}
	if len(offers) == 0 {
		a.Ask = AskRefused
	}
	return a
}

// tidy drops twins, keeps at most maxOffers and leaves no nil slices for JSON.
func (a Answer) tidy() Answer {
	seen := map[string]bool{}
	out := make([]Offer, 0, maxOffers)
	for _, o := range a.Offers {
		if !seen[o.ID] && len(out) < maxOffers {
			seen[o.ID] = true
			out = append(out, o)
		}
	}
	a.Offers = out
	if a.Refused == nil {
		a.Refused = []Refusal{}
	}
	return a
}
