package flows

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"hejie/flows/arrange"
	"hejie/flows/ledger"
	"hejie/flows/policy"
)

// Simulated debtors talk with the real engine over the real policy: what they end with is compared with the policy's own
// optimum for the same person. Over-concession = the creditor waits longer than the policy has to; under-concession = a
// person who could have kept a plan of the policy leaves without one, or with one above the means.

type simDebtor struct {
	kind          string
	total, afford ledger.Amount
}

type simTally struct{ talks, agreed, person, left, over, under, outside int }

func TestSimulatedDebtors(t *testing.T) {
	pol, err := policy.Default()
	if err != nil {
		t.Fatal(err)
	}
	e, rnd := engine(t), rand.New(rand.NewPCG(7, 11))
	n := 120
	if testing.Short() {
		n = 25
	}
	tallies := map[string]*simTally{}
	for _, kind := range []string{"honest", "strategic", "confused", "hostile", "silent"} {
		tally := &simTally{}
		tallies[kind] = tally
		for range n {
			d := simDebtor{kind, ledger.Amount(200_000 + rnd.IntN(4_000_000)), ledger.Amount(5_000 + rnd.IntN(300_000))}
			simTalk(t, e, pol, d, rnd, tally)
		}
		t.Logf("%-9s talks %d, agreed %d, person %d, left open %d, over-concession %d, under-concession %d, outside policy %d",
			kind, tally.talks, tally.agreed, tally.person, tally.left, tally.over, tally.under, tally.outside)
		if tally.outside > 0 {
			t.Errorf("%s: %d agreements outside policy", kind, tally.outside)
		}
	}
	if h := tallies["honest"]; h.agreed+h.person != h.talks {
		t.Errorf("%d honest debtors left without a plan or a person", h.talks-h.agreed-h.person)
	}
	if s := tallies["silent"]; s.agreed > 0 {
		t.Errorf("silence agreed %d times", s.agreed)
	}
}

// simTalk plays one debtor to the end of the talk, at most a dozen turns.
func simTalk(t *testing.T, e *Engine, pol *policy.Policy, d simDebtor, rnd *rand.Rand, tally *simTally) {
	t.Helper()
	cf := caseNamed(t, "card, signed in")
	cf.Policy = pol
	a := &cf.Accounts[0]
	a.Balance = ledger.Balance{Principal: d.total, AsOf: a.Balance.AsOf}
	a.Entries, a.Excess = nil, 0
	tally.talks++
	limits := pol.LimitsFor(a.Account)
	st := State{}
	wish := d.afford
	var agreed *arrange.Agreement
	for turn := 0; turn < 12 && agreed == nil; turn++ {
		cmds := simSay(d, st, e, turn, &wish, rnd)
		if cmds == nil {
			break
		}
		cf.Identity, cf.Now = Verified, cf.Now.Add(time.Minute)
		next, replies, effects, faults := e.step(st, cmds, cf)
		if len(faults) > 0 {
			t.Fatalf("%+v: faults %v", d, faults)
		}
		if len(replies) == 0 && cmds[0].Do != DoSilence {
			t.Fatalf("%+v: turn %d has no answer", d, turn)
		}
		for _, ef := range effects {
			if ef.Kind == EffAgreed {
				agreed = ef.Agreement
			}
		}
		st = next
	}
	switch {
	case agreed != nil:
		tally.agreed++
		tally.judge(*agreed, d, limits)
	case st.Handoff != "":
		tally.person++
	default:
		tally.left++
		if d.kind == "honest" && simFeasible(d, limits) {
			tally.under++
		}
	}
}

func simFeasible(d simDebtor, l arrange.Limits) bool {
	return d.afford >= l.MinMonthly && d.afford*ledger.Amount(l.MaxCount) >= d.total
}

// judge compares an agreement with the fewest payments that the means allow.
func (s *simTally) judge(a arrange.Agreement, d simDebtor, l arrange.Limits) {
	o := a.Offer
	n := len(o.Instalments)
	sum, largest := ledger.Amount(0), ledger.Amount(0)
	for _, in := range o.Instalments {
		sum, largest = sum+in.Amount, max(largest, in.Amount)
	}
	if sum != o.Total || o.NeedsApproval || o.Kind != arrange.Instalments || n < l.MinCount || n > l.MaxCount || o.Instalments[0].Amount < l.MinMonthly {
		s.outside++
	}
	if best := int((d.total + d.afford - 1) / d.afford); n > max(best, l.MinCount)+1 {
		s.over++
	}
	if largest > d.afford+d.afford/50 && simFeasible(d, l) {
		s.under++
	}
}

// simSay is what a debtor of each kind does next; nil = leaves.
func simSay(d simDebtor, st State, e *Engine, turn int, wish *ledger.Amount, rnd *rand.Rand) []Command {
	ctx := e.Context(st)
	ask := func() []Command { return []Command{intend("instalment_request"), sum(SlotMonthly, *wish)} }
	switch d.kind {
	case "silent":
		if turn == 0 {
			return []Command{intend("instalment_request"), number(SlotCount, 6)}
		}
		return []Command{{Do: DoSilence}}
	case "hostile":
		if turn < 2 && rnd.IntN(2) == 0 {
			return []Command{intend("abuse")}
		}
	case "confused":
		if rnd.IntN(3) == 0 {
			return []Command{{Do: DoUnclear}}
		}
	case "strategic": // asks for less than is possible, three times, before the truth
		if turn < 3 {
			*wish = d.afford * ledger.Amount(turn+1) / 5
			return ask()
		}
		if turn == 3 {
			*wish = d.afford
			return ask()
		}
	}
	switch {
	case turn == 0 || st.Top().Flow == "" && turn < 4:
		if d.kind == "honest" && turn == 0 {
			return []Command{intend("instalment_request"), sum(SlotIncome, d.afford+300_000), sum(SlotOutgoings, 300_000)}
		}
		return ask()
	case ctx == "confirm_plan":
		return []Command{intend("affirm")}
	case ctx == "offer_plan" && len(st.Offers) > 0:
		if last := st.Offers[len(st.Offers)-1]; len(last.Instalments) > 0 && last.Instalments[0].Amount <= d.afford {
			return []Command{number(SlotChoice, len(st.Offers))}
		}
		for i, o := range st.Offers {
			if o.Kind == arrange.Instalments && o.Instalments[0].Amount <= d.afford {
				return []Command{number(SlotChoice, i+1)}
			}
		}
		return []Command{intend("counter_offer")}
	case st.Top().Step == "less_person" || st.Top().Step == "ask_person":
		return []Command{intend("affirm")}
	case st.Top().Flow == "":
		return nil
	}
	return []Command{intend("human_agent"), {Do: DoSet, Slot: SlotText, Value: Value{Kind: KindText, Text: fmt.Sprint(turn)}}}
}
