package flows

import (
	"slices"
	"time"

	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
	"hejie/flows/policy"
)

// checkCase is a made-up debtor the checker talks as. Nothing in it is real.
type checkCase struct {
	name  string
	file  CaseFile
	start State
}

const (
	sampleName, sampleWrong = "甲", "乙"
	samplePhone             = "1111"
	sampleID                = "2222"
)

// sampleMatch plays the lookup for the made-up debtor.
func sampleMatch(name, phone, id string) Match {
	m, n := Match{}, 0
	for _, f := range []struct{ got, want, slot string }{{name, sampleName, SlotName}, {phone, samplePhone, SlotPhoneLast4}, {id, sampleID, SlotIDLast4}} {
		switch {
		case f.got == "":
			continue
		case f.got == f.want:
			m.Right = append(m.Right, f.slot)
		default:
			m.Wrong = append(m.Wrong, f.slot)
		}
		n++
	}
	if n < factorsNeeded {
		return Match{}
	}
	if len(m.Wrong) == 0 {
		m.DebtorID = "d"
	}
	return m
}

func checkCases(p *policy.Policy) []checkCase {
	base := func() CaseFile {
		now := time.Date(2026, 12, 2, 10, 0, 0, 0, time.UTC)
		return CaseFile{
			Now: now, Zone: time.UTC, Lang: "zh-Hans", Channel: "web", Jurisdiction: "CN", Policy: p, Identity: Anon,
			Creditor: Creditor{ID: "c", Name: "C", Collector: "D", Hotline: "4000000000", Website: "https://c.example", PayURL: "https://c.example/pay", Profile: "FI"},
			Debtor:   Debtor{ID: "d", Name: sampleName},
			Accounts: []AccountFile{{
				Account: arrange.Account{
					ID: "a", DebtType: "credit_card", Creditor: "C", Currency: "CNY", Stage: "d31-90", DaysPastDue: 63,
					Balance: ledger.Balance{Principal: 1000000, Interest: 80000, Penalty: 40000, AsOf: calendar.DateOf(now)},
				},
				No: "00001234", ReportsCredit: true, DailyInterest: 500, LastEventOn: calendar.DateOf(now).AddDays(-20),
			}},
			Desk: Desk{Open: true, Agents: 1, Hours: "09:00-18:00"},
		}
	}
	with := func(name string, change func(*CaseFile)) checkCase {
		cf := base()
		change(&cf)
		return checkCase{name: name, file: cf}
	}
	waiting := with("a person was called, desk closed, loan above the cap, other law", func(c *CaseFile) {
		c.Identity, c.Jurisdiction, c.Desk.Open = Verified, "US", false
		c.Accounts[0].DebtType, c.Accounts[0].Excess = "private_loan", 20000
	})
	waiting.start.Handoff = "asked"
	return []checkCase{
		waiting,
		with("credit card, visitor", func(*CaseFile) {}),
		with("two accounts", func(c *CaseFile) {
			c.Identity = Verified
			b := c.Accounts[0]
			b.ID, b.DebtType = "b", "medical"
			c.Accounts = append(slices.Clone(c.Accounts), b)
		}),
		with("tax", func(c *CaseFile) { c.Identity, c.Accounts[0].DebtType = Verified, "tax" }),
		with("past limitation", func(c *CaseFile) { c.Identity, c.Accounts[0].LastEventOn = Verified, calendar.NewDate(2020, 1, 1) }),
		with("running plan", func(c *CaseFile) {
			c.Identity = Verified
			c.Arrangements = []RunningPlan{{ID: "p", AccountID: "a", Kind: arrange.Instalments, Count: 6, Paid: 1, NextDue: calendar.NewDate(2026, 12, 12), Amount: 1000, Total: 6000}}
		}),
		with("enforcement, held, little known of the creditor", func(c *CaseFile) {
			c.Identity, c.Accounts[0].Stage = Verified, "enforcement"
			c.Holds = []Hold{{Reason: "dispute", Scope: "account"}}
			c.Creditor = Creditor{ID: "c", Name: "C"}
			c.Desk = Desk{}
		}),
	}
}

// probe is one abstract turn the checker tries in every state.
type probe struct {
	name     string
	wait     time.Duration
	commands func(State) []Command // nil = does not apply here
}

func say(name string, cmds ...Command) probe {
	return probe{name: name, commands: func(State) []Command { return cmds }}
}

func intend(i Intent) Command { return Command{Do: DoIntent, Intent: i, Confidence: 1} }
func text(slot, s string) Command {
	return Command{Do: DoSet, Slot: slot, Value: Value{Kind: KindText, Text: s}}
}
func number(slot string, n int) Command {
	return Command{Do: DoSet, Slot: slot, Value: Value{Kind: KindCount, Count: n}}
}
func sum(slot string, a ledger.Amount) Command {
	return Command{Do: DoSet, Slot: slot, Value: Value{Kind: KindMoney, Money: a}}
}
func day(slot string, d calendar.Date) Command {
	return Command{Do: DoSet, Slot: slot, Value: Value{Kind: KindDate, Date: d}}
}
func act(a Action) Command { return Command{Do: DoAction, Action: &a} }

// probes are the closed set of turns: every intent, every slot, every card action, and the mixtures that have fooled people.
func probes(e *Engine) []probe {
	if e.probes != nil {
		return e.probes
	}
	soon, late := calendar.NewDate(2026, 12, 20), calendar.NewDate(2030, 1, 1)
	out := []probe{
		say("unclear", Command{Do: DoUnclear}), say("silence", Command{Do: DoSilence}), say("nothing"),
		say("name", text(SlotName, sampleName)), say("phone", text(SlotPhoneLast4, samplePhone)),
		say("name+id", text(SlotName, sampleName), text(SlotIDLast4, sampleID)),
		say("name+wrong id", text(SlotName, sampleName), text(SlotIDLast4, "9999")),
		say("self_harm+id", intend("self_harm"), text(SlotIDLast4, sampleID)),
		say("balance+factors", intend("balance"), text(SlotName, sampleName), text(SlotPhoneLast4, samplePhone)),
		say("12 payments", intend("instalment_request"), number(SlotCount, 12)),
		say("999 payments", number(SlotCount, 999)), say("monthly", sum(SlotMonthly, 100000)), say("1 fen a month", sum(SlotMonthly, 1)),
		say("a sum", sum(SlotAmount, 50000)), say("a day", day(SlotDate, soon)), say("a late day", day(SlotDate, late)),
		say("defer", intend("deferral_request"), day(SlotDeferTo, soon)), say("lump", intend("settlement_offer"), sum(SlotLump, 900000)),
		say("90 % off", intend("waiver_request"), Command{Do: DoSet, Slot: SlotPercent, Value: Value{Kind: KindPercent, Percent: 90}}),
		say("choice 1", number(SlotChoice, 1)), say("choice 9", number(SlotChoice, 9)),
		say("promise", intend("promise_to_pay"), day(SlotDate, soon), sum(SlotAmount, 50000)),
		say("income", sum(SlotIncome, 500000), sum(SlotOutgoings, 400000), number(SlotPayday, 15)),
		say("paid", intend("already_paid"), day(SlotPaidOn, soon), sum(SlotPaidAmount, 777)),
		say("yes, but less", intend("affirm"), intend("counter_offer")), say("yes and no", intend("affirm"), intend("deny")),
		say("yes?", intend("affirm"), intend("jail_fear")), say("yes, 10", intend("affirm"), number(SlotCount, 10)),
		say("unsure yes", Command{Do: DoIntent, Intent: "affirm", Confidence: 0.1}), say("yes and noise", intend("affirm"), Command{Do: DoUnclear}),
		say("act confirm other", act(Action{Name: "confirm", Ref: "agr_forged"})), say("act accept other", act(Action{Name: "accept", Ref: "off_forged"})),
		say("act decline", act(Action{Name: "decline"})), say("act counter", act(Action{Name: "counter", Count: 10})),
		say("act verify", act(Action{Name: "verify", Fields: map[string]string{SlotName: sampleName, SlotPhoneLast4: samplePhone}})),
		say("act verify wrong", act(Action{Name: "verify", Fields: map[string]string{SlotName: sampleWrong, SlotPhoneLast4: samplePhone}})),
		say("act human", act(Action{Name: "human"})), say("act unknown", act(Action{Name: "???"})), say("act csat", act(Action{Name: "csat"})),
		{name: "yes, weeks later", wait: 60 * 24 * time.Hour, commands: func(State) []Command { return []Command{intend("affirm")} }},
		{name: "act accept", commands: func(s State) []Command {
			if len(s.Offers) == 0 {
				return nil
			}
			return []Command{act(Action{Name: "accept", Ref: s.Offers[0].ID})}
		}},
		{name: "act confirm", commands: func(s State) []Command {
			if s.Pending == nil {
				return nil
			}
			return []Command{act(Action{Name: "confirm", Ref: s.Pending.ID})}
		}},
	}
	for _, i := range Intents {
		out = append(out, say(string(i), intend(i)))
	}
	return out
}
