package bot

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"hejie/bot/guard"
	"hejie/flows"
	"hejie/flows/calendar"
	"hejie/flows/policy"
	"hejie/prompts"
)

// auditless is a ledger nobody writes to: this test only judges.
type auditless struct{ guard.Ledger }

// TestEveryLawAnswerPasses asks every question of law in every language, for every kind of debt and stage, verified and
// not, and judges the answers with the facts the bot itself builds. An approved text the filter stops would leave a
// frightened person without an answer.
func TestEveryLawAnswerPasses(t *testing.T) {
	b, pol := judge(t)
	now := b.now()
	judged := 0
	for _, debt := range []string{"", "credit_card", "online_loan", "medical", "tax", "utility", "private_loan"} {
		for _, stage := range []string{"d1-30", "d31-90", "d90+", "sued", "payment_order", "judgment", "enforcement", "settled"} {
			for _, flag := range []bool{false, true} {
				for _, q := range []flows.Intent{"jail_fear", "family_impact", "limitation_period", "credit_report", "lawsuit_status", "legal_consequence", "are_you_human", "is_this_real", "usury", "waiver_request", "bankruptcy", "lawyer", "complaint", "hardship_illness", "visit"} {
					cf := lawCase(debt, stage, flag, pol, now, b.zone)
					for _, lang := range []string{"zh-Hans", "zh-Hant", "en"} {
						judged += b.judgeAnswer(t, cf, q, lang)
					}
				}
			}
		}
	}
	if judged < 5000 {
		t.Errorf("only %d answers were judged", judged)
	}
}

// TestEveryFirstReplyPasses says each thing a debtor can mean to a fresh conversation, before and after identity.
func TestEveryFirstReplyPasses(t *testing.T) {
	b, pol := judge(t)
	for _, debt := range []string{"", "credit_card", "online_loan", "medical", "tax", "utility", "private_loan"} {
		for _, stage := range []string{"d31-90", "judgment"} {
			for _, lastEvent := range []int{2026, 2021} {
				cf := lawCase(debt, stage, false, pol, b.now(), b.zone)
				for i := range cf.Accounts {
					cf.Accounts[i].LastEventOn = calendar.Date{Year: lastEvent, Month: 10, Day: 1}
				}
				for _, in := range flows.Intents {
					for _, lang := range []string{"zh-Hans", "zh-Hant", "en"} {
						b.judgeAnswer(t, cf, in, lang)
					}
				}
			}
		}
	}
}

// TestEveryCaseNumberPasses: the number a debtor is given to quote must never look like a figure of something else.
func TestEveryCaseNumberPasses(t *testing.T) {
	b, pol := judge(t)
	now := b.now()
	for i := range 800 {
		cf := lawCase("", "", false, pol, now.Add(time.Duration(i)*7919*time.Second), b.zone)
		for _, q := range []flows.Intent{"dispute_amount", "complaint", "identity_theft", "privacy_request"} {
			b.judgeAnswer(t, cf, q, []string{"zh-Hans", "zh-Hant", "en"}[i%3])
		}
	}
}

func judge(t *testing.T) (*Bot, *policy.Policy) {
	words, err := prompts.Load()
	if err != nil {
		t.Fatal(err)
	}
	engine, err := flows.NewEngine(words, flows.Options{})
	if err != nil {
		t.Fatal(err)
	}
	filter, err := guard.Default(auditless{})
	if err != nil {
		t.Fatal(err)
	}
	pol, err := policy.Default()
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("CST", 8*3600)
	now := time.Date(2026, 12, 2, 14, 30, 0, 0, zone)
	return &Bot{words: words, filter: filter, engine: engine, zone: zone, now: func() time.Time { return now }, log: slog.New(slog.DiscardHandler)}, pol
}

func lawCase(debt, stage string, flag bool, pol *policy.Policy, now time.Time, zone *time.Location) flows.CaseFile {
	cf := flows.CaseFile{
		Now: now, Zone: zone, Channel: "web", Jurisdiction: "CN", Identity: flows.Anon, Policy: pol, Desk: flows.Desk{Open: true, Agents: 1, Hours: "09:00-18:00"},
		Creditor: flows.Creditor{ID: "c", Name: "安和消费金融", Collector: "衡信资产服务有限公司", Hotline: "400-000-0000", Website: "https://pay.example.com", PayURL: "https://pay.example.com", Profile: "FI"},
	}
	if debt == "" {
		return cf
	}
	a := flows.AccountFile{No: "CC-0001", ReportsCredit: flag, IntendsLitigation: flag}
	a.ID, a.DebtType, a.Stage, a.Currency, a.DaysPastDue = "a1", debt, stage, "CNY", 63
	a.Balance.Principal, a.Balance.AsOf = 1084000, calendar.Today(now, zone)
	cf.Identity, cf.Debtor, cf.Accounts = flows.Verified, flows.Debtor{ID: "d1", Name: "张建国"}, []flows.AccountFile{a}
	return cf
}

func (b *Bot) judgeAnswer(t *testing.T, cf flows.CaseFile, q flows.Intent, lang string) int {
	cmds := []flows.Command{{Do: flows.DoIntent, Intent: q, Confidence: 0.95}}
	asked := q
	if q == "visit" {
		asked = "legal_consequence"
		cmds = []flows.Command{
			{Do: flows.DoIntent, Intent: asked, Confidence: 0.95},
			{Do: flows.DoSet, Slot: flows.SlotTopic, Value: flows.Value{Kind: flows.KindText, Text: flows.TopicVisit, Origin: "debtor"}, Confidence: 1},
		}
	}
	cf.Lang = lang
	conv := Conversation{ID: "v", Epoch: "e", CreditorID: "c", DebtorID: cf.Debtor.ID, Channel: "web", Address: "tab", Lang: lang, Identity: cf.Identity, Control: ByBot}
	st := flows.State{Identity: cf.Identity, DebtorID: cf.Debtor.ID, Slots: map[string]flows.Value{}}
	if len(cf.Accounts) == 1 {
		st.AccountID = cf.Accounts[0].ID
	}
	state, replies, _ := b.engine.Step(st, cmds, cf)
	conv.State = state
	for i, r := range replies {
		o, err := b.outgoing(context.Background(), said{conv, cf, state, []string{string(asked)}}, r, fmt.Sprint(i))
		if err != nil {
			t.Fatal(err)
		}
		// The answer is the same when something else was asked before it in the same breath.
		second, err := b.outgoing(context.Background(), said{conv, cf, state, []string{"thanks", string(asked)}}, r, fmt.Sprint(i))
		if err != nil {
			t.Fatal(err)
		}
		if second.Verdict.Decision != o.Verdict.Decision {
			t.Errorf("%s %s: %s as a second question: %s %v", lang, q, r.ID, second.Verdict.Decision, second.Verdict.Hits)
		}
		if o.Verdict.Decision != guard.Pass {
			a := flows.AccountFile{}
			if len(cf.Accounts) == 1 {
				a = cf.Accounts[0]
			}
			t.Errorf("%s %q/%q reports=%v, %s: %s stopped: %v\n%s", lang, a.DebtType, a.Stage, a.ReportsCredit, q, r.ID, o.Verdict.Hits, o.Draft.Parts[0].Text)
		}
	}
	return len(replies)
}
