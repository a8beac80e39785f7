package flows

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hejie/flows/arrange"
	"hejie/flows/ledger"
)

var sampleSpecs = []string{
	"card", "card, signed in", "card, desk closed", "tax, signed in", "card, signed in, expired", "two accounts", "card, signed in, plan running",
	"card, signed in, disputed", "capped, signed in", "medical, enforcement", "card, signed in, US", "card, signed in, nothing owed", "card, paid in transit",
}

func anyCommand(t *rapid.T, st State) Command {
	switch rapid.IntRange(0, 9).Draw(t, "verb") {
	case 0, 1, 2, 3:
		c := intend(rapid.SampledFrom(Intents).Draw(t, "intent"))
		c.Confidence = rapid.SampledFrom([]float64{0, 0.1, 0.5, 1}).Draw(t, "confidence")
		return c
	case 4, 5:
		return anySlot(t)
	case 6:
		return Command{Do: DoUnclear}
	case 7:
		return Command{Do: DoSilence}
	}
	a := Action{Name: rapid.SampledFrom([]string{"reply", "accept", "decline", "counter", "confirm", "verify", "human", "dispute", "hardship", "stop", "privacy", "csat", "x"}).Draw(t, "action")}
	switch {
	case a.Name == "accept" && len(st.Offers) > 0 && rapid.Bool().Draw(t, "real offer"):
		a.Ref = rapid.SampledFrom(st.Offers).Draw(t, "offer").ID
	case a.Name == "confirm" && st.Pending != nil && rapid.Bool().Draw(t, "real recap"):
		a.Ref = st.Pending.ID
	case a.Name == "reply":
		a.Ref = rapid.SampledFrom([]string{"balance", "instalments", "show_offers", "confirm", "not_now", "go_on", "verify", "?"}).Draw(t, "quick")
	case a.Name == "counter":
		a.Count, a.Monthly = rapid.IntRange(-1, 500).Draw(t, "count"), ledger.Amount(rapid.IntRange(-1, 1<<40).Draw(t, "monthly"))
	case a.Name == "verify":
		a.Fields = map[string]string{SlotName: "张建国", SlotPhoneLast4: rapid.SampledFrom([]string{"4417", "0000"}).Draw(t, "phone")}
	default:
		a.Ref = "forged"
	}
	return Command{Do: DoAction, Action: &a}
}

func anySlot(t *rapid.T) Command {
	slot := rapid.SampledFrom([]string{
		SlotCount, SlotMonthly, SlotLump, SlotDayOfMonth, SlotFirstDue, SlotDeferTo, SlotDate, SlotAmount, SlotPayday, SlotIncome, SlotOutgoings,
		SlotReason, SlotPercent, SlotName, SlotPhoneLast4, SlotIDLast4, SlotPaidOn, SlotPaidAmount, SlotChoice, SlotText,
	}).Draw(t, "slot")
	switch slot {
	case SlotName:
		return text(slot, rapid.SampledFrom([]string{"张建国", "李四"}).Draw(t, "name"))
	case SlotPhoneLast4:
		return text(slot, rapid.SampledFrom([]string{"4417", "1234"}).Draw(t, "phone"))
	case SlotIDLast4:
		return text(slot, rapid.SampledFrom([]string{"0032", "9999"}).Draw(t, "id"))
	case SlotReason, SlotText:
		return text(slot, rapid.SampledFrom([]string{"illness", "income", "x"}).Draw(t, "text"))
	case SlotFirstDue, SlotDeferTo, SlotDate, SlotPaidOn:
		return day(slot, date("2026-12-02").AddDays(rapid.IntRange(-400, 1000).Draw(t, "days")))
	case SlotCount, SlotDayOfMonth, SlotPayday, SlotChoice:
		return number(slot, rapid.IntRange(-2, 400).Draw(t, "n"))
	case SlotPercent:
		return Command{Do: DoSet, Slot: slot, Value: Value{Kind: KindPercent, Percent: rapid.Float64Range(-10, 200).Draw(t, "pct")}}
	}
	return sum(slot, ledger.Amount(rapid.IntRange(-100, 1<<42).Draw(t, "fen")))
}

// Whatever is written or pressed, in any order: no panic, no fact before identity, no unset slot, no agreement without its
// recap, the same answer twice, and a state that survives being stored.
func TestRandomConversations(t *testing.T) {
	e := engine(t)
	rapid.Check(t, func(rt *rapid.T) {
		cf := caseNamed(t, rapid.SampledFrom(sampleSpecs).Draw(rt, "case"))
		host, st, agreed := cf.Identity, State{}, map[string]bool{}
		for range rapid.IntRange(1, 25).Draw(rt, "turns") {
			cmds := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Command { return anyCommand(t, st) }), 1, 3).Draw(rt, "commands")
			cf.Now = cf.Now.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 0, 1, 200}).Draw(rt, "hours")) * time.Hour)
			cf.Match = matchAgainst(Claims(st, cmds))
			if cf.Identity = st.Identity; host == Verified {
				cf.Identity = host
			}
			st = randomTurn(rt, e, st, cmds, cf, agreed)
		}
	})
}

func randomTurn(rt *rapid.T, e *Engine, st State, cmds []Command, cf CaseFile, agreed map[string]bool) State {
	to, replies, effects, faults := e.step(st, cmds, cf)
	ed := &edge{e: e, cf: cf, cmd: probe{name: nameOf(cmds)}, from: st, to: to, replies: replies, effects: effects, faults: faults}
	for _, p := range properties {
		if p.ID == "triggers" || p.ID == "crisis" && ed.cmd.name == "" {
			continue // these ask for single commands; Check tries them in every state
		}
		if p.ID == "explicit_yes" && ed.cmd.name == "" {
			ed.cmd.name = "affirm" // mixtures: the recap itself is still checked
		}
		if d := p.broken(ed); d != "" {
			rt.Fatalf("%s: %s\n%+v", p.ID, d, cmds)
		}
	}
	for _, ef := range effects {
		if ef.Kind != EffAgreed {
			continue
		}
		if agreed[ef.Agreement.ID] {
			rt.Fatalf("agreed twice to %s", ef.Agreement.ID)
		}
		agreed[ef.Agreement.ID] = true
		total := ledger.Amount(0)
		for _, in := range ef.Agreement.Offer.Instalments {
			total += in.Amount
		}
		if total != ef.Agreement.Offer.Total || !ef.Agreement.Intact() || !arrange.Verify(ef.Agreement.Offer, e.key) {
			rt.Fatalf("an agreement that does not add up, is not intact or not ours: %+v", ef.Agreement)
		}
	}
	raw, err := json.Marshal(to)
	if err != nil {
		rt.Fatal(err)
	}
	var back State
	if err := json.Unmarshal(raw, &back); err != nil {
		rt.Fatal(err)
	}
	again, r2, e2, _ := e.step(st, cmds, cf)
	if !reflect.DeepEqual(replies, r2) || !reflect.DeepEqual(effects, e2) || !reflect.DeepEqual(to, again) {
		rt.Fatal("the same turn gave two answers")
	}
	return back
}

// nameOf gives single commands the name the properties know them by.
func nameOf(cmds []Command) string {
	if len(cmds) != 1 {
		return ""
	}
	switch c := cmds[0]; {
	case c.Do == DoIntent && c.Confidence == 1:
		return string(c.Intent)
	case c.Do == DoSilence:
		return "silence"
	case c.Do == DoAction && c.Action.Name == "csat":
		return "act csat"
	case c.Do == DoAction && c.Action.Name == "reply" && c.Action.Ref == "confirm":
		return "affirm" // the button under the recap
	case c.Do == DoAction:
		return "act " + c.Action.Name
	}
	return ""
}

func TestLimitationExpired(t *testing.T) {
	for _, c := range []struct {
		last, today, stage string
		want               bool
	}{
		{"2023-12-01", "2026-12-02", "d90+", true}, {"2023-12-02", "2026-12-02", "d90+", false},
		{"", "2026-12-02", "d90+", false}, {"2020-01-01", "2026-12-02", "judgment", false},
	} {
		a := AccountFile{Account: arrange.Account{Stage: c.stage}}
		if c.last != "" {
			a.LastEventOn = date(c.last)
		}
		if got := LimitationExpired(a, date(c.today)); got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
}

// The stepper lays offers on the table for a verified debtor only, and never without end.
func TestQuoteCard(t *testing.T) {
	e, cf := engine(t), caseNamed(t, "card, signed in")
	if _, card, effs := e.Quote(State{}, Action{Count: 12}, caseNamed(t, "card")); card.Offers != nil || effs != nil {
		t.Fatal("a visitor got a quote")
	}
	st, _, _ := e.Step(State{}, []Command{intend("instalment_request"), number(SlotCount, 80)}, cf)
	for n := 2; n < 30; n++ {
		var card Card
		if st, card, _ = e.Quote(st, Action{Count: n}, cf); card.Offers == nil || len(card.Offers.Offers[0].Instalments) != n {
			t.Fatalf("%d payments: %+v", n, card)
		}
	}
	if len(st.Offers) != maxOnTable {
		t.Fatalf("%d offers on the table", len(st.Offers))
	}
	st, replies, _ := e.Step(st, []Command{act(Action{Name: "accept", Ref: st.Offers[3].ID})}, cf)
	if st.Pending == nil || replyNames(replies) != "recap_instalments[agreement]" {
		t.Fatalf("accepting a stepper's offer: %s", replyNames(replies))
	}
	if Unsaid(st).Pending != nil {
		t.Fatal("a recap nobody read can still be agreed to")
	}
}
