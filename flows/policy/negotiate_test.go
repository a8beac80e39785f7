package policy

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

var china = time.FixedZone("CST", 8*3600)

// temper is how a simulated debtor behaves.
type temper string

var tempers = []temper{"honest", "strategic", "confused", "hostile", "silent"}

// world is one random creditor, debt and debtor.
type world struct {
	rng    *rand.Rand
	policy *Policy
	req    arrange.Request
	facts  Facts
	temper temper
	able   ledger.Amount // what the debtor can really pay a month
	talk   Talk
}

func somePolicies(t testing.TB) []*Policy {
	t.Helper()
	bank, err := Parse([]byte(sample(t)))
	if err != nil {
		t.Fatal(err)
	}
	rate, misses := ledger.Rate(9_500_000), 3
	bearing := *bank
	bearing.Base.PlanRate, bearing.Base.Misses = &rate, &misses
	if err := bearing.Validate(); err != nil {
		t.Fatal(err)
	}
	out := []*Policy{standard(t), bank, &bearing}
	for _, o := range []Overrides{
		{MinSettlement: ptr(ledger.Amount(200_000)), MaxInterestWaivePct: num(100), MaxPenaltyWaiverPct: num(100)},
		{MaxCount: num(6), MinMonthly: ptr(ledger.Amount(100_000)), MaxDeferDays: num(0)},
		{Authority: map[arrange.Kind]string{arrange.Instalments: arrange.ByNobody, arrange.Settlement: arrange.BySupervisor}},
	} {
		p, err := standard(t).Override(o)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

func money(rng *rand.Rand, most int64) ledger.Amount {
	switch rng.IntN(5) {
	case 0:
		return 0
	case 1:
		return ledger.Amount(rng.Int64N(20_000))
	}
	return ledger.Amount(rng.Int64N(most))
}

func newWorld(rng *rand.Rand, policies []*Policy) *world {
	w := &world{rng: rng, policy: policies[rng.IntN(len(policies))], temper: tempers[rng.IntN(len(tempers))]}
	now := time.Date(2026, 1, 1, rng.IntN(24), 0, 0, 0, china).AddDate(0, 0, rng.IntN(700))
	today := calendar.Today(now, china)
	acc := arrange.Account{ID: "acc", DebtType: DebtTypes[rng.IntN(len(DebtTypes))], Currency: "CNY", DaysPastDue: rng.IntN(400),
		AnnualRate: []float64{0, 0, 12, 18.25, 36}[rng.IntN(5)], ContractDate: today.AddDays(-rng.IntN(1500)),
		Balance: ledger.Balance{Principal: money(rng, 20_000_000), Interest: money(rng, 3_000_000), Penalty: money(rng, 1_000_000), Fees: money(rng, 100_000), AsOf: today}}
	if with, err := acc.WithExcess(today); err == nil {
		acc = with
	}
	w.able = money(rng, 500_000)
	w.req = arrange.Request{Now: now, Zone: china, Account: acc, Means: arrange.Means{Payday: []int{0, 10, 15, 31}[rng.IntN(4)]}}
	if w.temper == "honest" || rng.IntN(3) == 0 {
		in, out := w.able+300_000, ledger.Amount(300_000)
		w.req.Means.MonthlyIncome, w.req.Means.MonthlyOutgoings = &in, &out
	}
	w.facts = Facts{Points: rng.IntN(8), Risk: Risks[rng.IntN(len(Risks))],
		Willing: []Level{"", High, Medium, Low}[rng.IntN(4)], Able: []Level{"", High, Medium, Low}[rng.IntN(4)]}
	return w
}

// wish is what the debtor says in a round.
func (w *world) wish(round int) arrange.Ask {
	total, rng := w.req.Account.Balance.Total(), w.rng
	today := calendar.Today(w.req.Now, china)
	switch w.temper {
	case "silent":
		return arrange.Ask{}
	case "honest":
		return []arrange.Ask{{Monthly: w.able}, {Kind: arrange.Token, Monthly: w.able / 2}, {DeferTo: today.AddDays(20 + rng.IntN(100))}}[round%3]
	case "strategic": // as low as possible, again and again, then a little more
		return arrange.Ask{Lump: total * ledger.Amount(10+20*(round/2)) / 100}
	case "hostile":
		return []arrange.Ask{{Count: -1}, {Count: 1 << 30}, {Monthly: ledger.MaxAmount}, {Lump: 1}, {Every: "never"}, {Down: -5}, {FirstDue: today.AddDays(-9)},
			{Steps: []arrange.Step{{Count: 0, Amount: 1}}}}[rng.IntN(8)]
	}
	ask := arrange.Ask{Count: []int{0, 0, 2, 6, 12, 60, 300}[rng.IntN(7)], DayOfMonth: []int{0, 0, 12, 31}[rng.IntN(4)], Stepped: rng.IntN(5) == 0,
		Every: []arrange.Every{"", "", arrange.Weekly, arrange.Fortnightly}[rng.IntN(4)], EqualPrincipal: rng.IntN(5) == 0}
	switch rng.IntN(8) {
	case 0:
		ask.Monthly = money(rng, 500_000)
	case 1:
		ask.Down = money(rng, 500_000)
	case 2:
		ask.FirstDue = today.AddDays(rng.IntN(120) - 10)
	case 3:
		ask = arrange.Ask{DeferTo: today.AddDays(rng.IntN(300) - 10)}
	case 4:
		ask = arrange.Ask{Lump: money(rng, int64(total)+2)}
	case 5:
		ask.Steps = []arrange.Step{{Count: 1 + rng.IntN(4), Amount: 1 + money(rng, 100_000)}, {Amount: 1 + money(rng, 300_000)}}
	case 6:
		ask.Kind = arrange.Kinds[rng.IntN(len(arrange.Kinds))]
	}
	return ask
}

// tally is what a run of negotiations came to.
type tally struct {
	talks, rounds, offers, refused int
	agreed                         map[temper]int
	of                             map[temper]int
	waived, needless               map[temper]ledger.Amount
	looked, missed                 map[temper]int // talks without agreement looked at, and those where the policy had a fitting offer
	faults                         []string
}

func (y *tally) fault(w *world, ask arrange.Ask, format string, args ...any) {
	if len(y.faults) < 10 {
		y.faults = append(y.faults, fmt.Sprintf(format, args...)+fmt.Sprintf("\n  %s wishes %+v of %+v under %s", w.temper, ask, w.req.Account, w.policy.Version))
	}
}

// accepts: the first offer nobody must be pressed into: every payment within what the debtor can really pay.
func (w *world) accepts(a arrange.Answer) (arrange.Offer, bool) {
	for _, o := range a.Offers {
		most := ledger.Amount(0)
		for _, in := range o.Instalments {
			most = max(most, in.Amount)
		}
		if most <= w.able || w.temper == "strategic" && a.Ask == arrange.AskMet {
			return o, true
		}
	}
	return arrange.Offer{}, false
}

func (y *tally) play(w *world) {
	y.talks++
	y.of[w.temper]++
	if agreed := y.talkOn(w); !agreed && y.talks%64 == 0 {
		y.looked[w.temper]++
		if w.fitting() {
			y.missed[w.temper]++
		}
	}
}

// fitting tells whether the policy had, at the rung reached, any offer within what the debtor can pay.
func (w *world) fitting() bool {
	f := w.facts
	f.Today, f.Round, f.MeansTold = calendar.Today(w.req.Now, china), w.talk.Round, w.req.Means.MonthlyIncome != nil
	r := w.req
	r.Limits = w.policy.LimitsAt(r.Account, f)
	for _, k := range arrange.Kinds {
		r.Ask = arrange.Ask{Kind: k, Monthly: map[arrange.Kind]ledger.Amount{arrange.Instalments: w.able}[k]}
		if _, ok := w.accepts(arrange.Quote(r)); ok {
			return true
		}
	}
	return false
}

// talkOn plays the rounds until the debtor agrees or leaves.
func (y *tally) talkOn(w *world) bool {
	for round := range 1 + w.rng.IntN(4) {
		y.rounds++
		ask := w.wish(round)
		w.req.Ask = ask
		before := w.talk
		a, talk := w.policy.Counter(w.req, w.facts, w.talk)
		if again, t2 := w.policy.Counter(w.req, w.facts, before); y.talks%16 == 0 && (!reflect.DeepEqual(a, again) || !reflect.DeepEqual(talk, t2)) {
			y.fault(w, ask, "the same facts give another answer")
		}
		w.talk = talk
		f := w.facts
		f.Today, f.Round = calendar.Today(w.req.Now, china), talk.Round
		f.MeansTold = w.req.Means.MonthlyIncome != nil
		limits := w.policy.LimitsAt(w.req.Account, f)
		y.judge(w, ask, a, limits)
		if o, ok := w.accepts(a); ok {
			y.agreed[w.temper]++
			y.waived[w.temper] += o.Waived
			if y.talks%64 == 0 { // what the policy would have had to give for the same person: no waiver where a plain plan fits
				y.needless[w.temper] += w.needless(o, limits)
			}
			return true
		}
	}
	return false
}

// needless is what was waived although a plan without any waiver, unasked, lay within what the debtor can pay.
func (w *world) needless(o arrange.Offer, l arrange.Limits) ledger.Amount {
	r := w.req
	r.Ask, r.Limits = arrange.Ask{Kind: arrange.Instalments}, l
	if o.Waived == 0 {
		return 0
	}
	for _, x := range arrange.Quote(r).Offers {
		if x.Kind == arrange.Instalments && x.Instalments[len(x.Instalments)-1].Amount <= w.able {
			return o.Waived
		}
	}
	return 0
}

// judge reads the rules a second time.
func (y *tally) judge(w *world, ask arrange.Ask, a arrange.Answer, l arrange.Limits) {
	if (a.Ask == arrange.AskMet) != (len(a.Refused) == 0) && !(a.Ask == arrange.AskMet && reflect.DeepEqual(ask, arrange.Ask{})) {
		y.fault(w, ask, "%s with %d refusals", a.Ask, len(a.Refused))
	}
	for _, r := range a.Refused {
		y.refused++
		if len(r.Why) == 0 || !slices.Contains(arrange.Codes, r.Why[0].Code) || a.Path == "" {
			y.fault(w, ask, "refused without a reason or a way on: %+v path %q", r, a.Path)
		}
	}
	for _, o := range a.Offers {
		y.offers++
		if fault := outside(w.req, l, o); fault != "" {
			y.fault(w, ask, "outside the policy: %s: %s", fault, brief(o))
		}
		if fault := inexact(w.req, o); fault != "" {
			y.fault(w, ask, "inexact: %s: %s", fault, brief(o))
		}
	}
}

// brief is an offer without most of its payments, for a message that can be read.
func brief(o arrange.Offer) string {
	n := len(o.Instalments)
	o.Instalments = append(slices.Clone(o.Instalments[:min(2, n)]), o.Instalments[max(min(2, n), n-2):]...)
	return fmt.Sprintf("%d payments: %+v", n, o)
}

func outside(r arrange.Request, l arrange.Limits, o arrange.Offer) string {
	n, weeks := len(o.Instalments), map[arrange.Every]int{arrange.Weekly: 1, arrange.Fortnightly: 2}[o.Every]
	maxCount, least := l.MaxCount, l.MinMonthly
	if weeks > 0 {
		maxCount, least = l.MaxCount*52/(12*weeks), l.MinMonthly*12*ledger.Amount(weeks)/52
	}
	today := calendar.Today(r.Now, r.Zone)
	first := o.First().DaysSince(today)
	b := r.Account.Balance
	by := l.Authority[o.Kind]
	switch {
	case l.InformOnly || by != arrange.ByBot && by != arrange.ByAgent && by != arrange.BySupervisor:
		return "nobody may grant it"
	case o.NeedsApproval != (by != arrange.ByBot) || (o.Approver == arrange.BySupervisor) != (by == arrange.BySupervisor):
		return "approval"
	case o.Policy != l.Policy:
		return "policy version"
	case first < 1:
		return "first due date"
	case o.Kind == arrange.Instalments && (n < l.MinCount || n > maxCount || first > l.MaxFirstDueDays):
		return "count or first day"
	case r.Account.DebtType == "credit_card" && o.Last().After(o.First().AddMonths(60, 31)):
		return "more than five years"
	case o.Kind == arrange.Deferral && first > l.MaxDeferDays:
		return "deferral"
	case o.Kind == arrange.WaiverIfBy && (first > max(l.WaiverWithinDays, 7) || o.Waived > b.Penalty*ledger.Amount(l.MaxPenaltyWaiverPct)/100+b.Interest*ledger.Amount(l.MaxInterestWaivePct)/100):
		return "waiver"
	case o.Kind == arrange.Settlement && (l.MinSettlement == 0 || o.Total < l.MinSettlement):
		return "settlement"
	case o.Kind == arrange.Token && (n > l.TokenMonths || o.Instalments[0].Amount < l.TokenMin):
		return "token"
	case l.PlanRate == 0 && o.Accrued() != 0:
		return "interest"
	}
	for _, in := range o.Instalments {
		if o.Kind == arrange.Instalments && in.Amount < least {
			return "a payment below the least"
		}
	}
	afford := arrange.Afford(r.Means, l)
	if o.AboveMeans != o.Has(arrange.WhyAboveSurplus) || !afford.Known && o.AboveMeans {
		return "above the means in silence"
	}
	return ""
}

func inexact(r arrange.Request, o arrange.Offer) string {
	var sum, accrued ledger.Amount
	var parts ledger.Balance
	before := calendar.Today(r.Now, r.Zone)
	for i, in := range o.Instalments {
		if in.N != i+1 || in.Amount <= 0 || in.Amount != in.Principal+in.Interest+in.Penalty+in.Fees || in.Accrued > in.Interest || !in.Due.After(before) {
			return fmt.Sprintf("payment %d", i+1)
		}
		before = in.Due
		sum += in.Amount
		accrued += in.Accrued
		parts.Principal += in.Principal
		parts.Interest += in.Interest - in.Accrued
		parts.Penalty += in.Penalty
		parts.Fees += in.Fees
	}
	b := r.Account.Balance
	for _, c := range ledger.Components {
		if parts.Get(c) > b.Get(c) {
			return "more " + string(c) + " than is owed"
		}
	}
	owed := b.Total() - min(r.Account.Excess, b.Interest+b.Penalty+b.Fees)
	switch {
	case sum != o.Total:
		return "the sum"
	case o.Cost != accrued-o.Waived:
		return "the cost"
	case o.Kind == arrange.Token && o.Total >= owed, o.Kind != arrange.Token && o.Total-accrued+o.Waived != owed:
		return "the total"
	}
	return ""
}

// TestNegotiations plays random negotiations; HEJIE_NEGOTIATIONS sets how many (a million for the full measure).
func TestNegotiations(t *testing.T) {
	n := 3_000
	if testing.Short() {
		n = 1_000
	}
	if s := os.Getenv("HEJIE_NEGOTIATIONS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	policies := somePolicies(t)
	y := tally{agreed: map[temper]int{}, of: map[temper]int{}, waived: map[temper]ledger.Amount{}, needless: map[temper]ledger.Amount{},
		looked: map[temper]int{}, missed: map[temper]int{}}
	for i := range n {
		y.play(newWorld(rand.New(rand.NewPCG(7, uint64(i))), policies))
		if len(y.faults) > 0 {
			t.Fatal(y.faults[0])
		}
	}
	if y.refused == 0 || y.offers < n {
		t.Errorf("%d offers and %d refusals: the test no longer tests", y.offers, y.refused)
	}
	t.Logf("%d negotiations, %d rounds, %d offers, %d refusals, 0 outside the policy, 0 inexact", y.talks, y.rounds, y.offers, y.refused)
	for _, k := range tempers {
		t.Logf("%-9s agreed %d of %d, waived %s; in a 64th of the talks: needlessly %s; no agreement %d, though the policy had a fitting offer %d",
			k, y.agreed[k], y.of[k], y.waived[k], y.needless[k], y.looked[k], y.missed[k])
	}
}

// TestInsistingEarnsNothing: a debtor who repeats a wish gets the answer that the first time gave, and one whose wish was
// met does not find more by asking on.
func TestInsistingEarnsNothing(t *testing.T) {
	p := standard(t)
	in, out := ledger.Amount(600_000), ledger.Amount(500_000)
	r := arrange.Request{Now: time.Date(2026, 12, 2, 10, 0, 0, 0, china), Zone: china, Means: arrange.Means{MonthlyIncome: &in, MonthlyOutgoings: &out},
		Account: arrange.Account{ID: "a", DebtType: "online_loan", Currency: "CNY", Balance: ledger.Balance{Principal: 1_000_000, Penalty: 100_000}},
		Ask:     arrange.Ask{Lump: 100_000}}
	first, talk := p.Counter(r, Facts{}, Talk{})
	for range 5 {
		var again arrange.Answer
		if again, talk = p.Counter(r, Facts{}, talk); !reflect.DeepEqual(first, again) || talk.Round != 0 {
			t.Fatalf("round %d: %+v", talk.Round, again)
		}
	}
	r.Ask = arrange.Ask{Lump: 1_030_000}
	if a, t2 := p.Counter(r, Facts{}, talk); a.Ask != arrange.AskNearest || t2.Round != 1 || !p.More(t2) {
		t.Errorf("%s in round %d", a.Ask, t2.Round)
	} else {
		talk = t2
	}
	r.Ask = arrange.Ask{Lump: 1_035_000} // 65 % of the penalty off: the second rung has 70
	a, talk := p.Counter(r, Facts{}, talk)
	if a.Ask != arrange.AskMet || talk.Round != 2 || p.More(talk) {
		t.Errorf("%s in round %d", a.Ask, talk.Round)
	}
	r.Means = arrange.Means{}
	if a, _ := p.Counter(r, Facts{}, Talk{Last: &arrange.Ask{Lump: 1}, Round: 2}); a.Ask == arrange.AskMet {
		t.Error("the ladder is climbed without anything told")
	}
}

func BenchmarkLimitsAndQuote(b *testing.B) {
	policies := somePolicies(b)
	for name, p := range map[string]*Policy{"plain": policies[0], "segments and plan interest": policies[2]} {
		w := newWorld(rand.New(rand.NewPCG(1, 2)), []*Policy{p})
		w.req.Account.DebtType, w.req.Account.Balance = "credit_card", ledger.Balance{Principal: 4_000_000, Interest: 100_000, Penalty: 20_000}
		in, out := ledger.Amount(600_000), ledger.Amount(400_000)
		w.req.Means.MonthlyIncome, w.req.Means.MonthlyOutgoings = &in, &out
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				w.req.Ask = arrange.Ask{Count: 600}
				if a, _ := p.Counter(w.req, w.facts, Talk{}); len(a.Offers) == 0 {
					b.Fatal("no offer")
				}
			}
		})
	}
}
