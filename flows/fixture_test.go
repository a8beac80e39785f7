package flows

import (
	"strings"
	"testing"
	"time"

	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
	"hejie/flows/policy"
)

var shanghai = time.FixedZone("CST", 8*3600)

func date(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// cardCase is a credit card, 63 days late, at an open desk.
func cardCase(t testing.TB) CaseFile {
	t.Helper()
	p, err := policy.Default()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 12, 2, 10, 0, 0, 0, shanghai)
	return CaseFile{
		Now: now, Zone: shanghai, Lang: "zh-Hans", Channel: "web", Jurisdiction: "CN", Policy: p, Identity: Anon,
		Creditor: Creditor{ID: "c1", Name: "安和消费金融", Collector: "和解服务", Hotline: "4008001234", Website: "https://anhe.example", PayURL: "https://anhe.example/pay", Profile: "FI"},
		Debtor:   Debtor{ID: "d1", Name: "张建国"},
		Accounts: []AccountFile{{
			Account: arrange.Account{
				ID: "a1", DebtType: "credit_card", Creditor: "安和消费金融", Currency: "CNY", Stage: "d31-90", DaysPastDue: 63, AnnualRate: 18,
				Balance: ledger.Balance{Principal: 1050000, Interest: 82140, Penalty: 45000, Fees: 5000, AsOf: date("2026-12-02")},
			},
			No: "6222000000008817", ReportsCredit: true, DailyInterest: 542, LastEventOn: date("2026-11-01"),
			Entries: []ledger.Entry{{ID: "e1", AccountID: "a1", Kind: ledger.Charge, Component: ledger.Principal, Amount: 1050000, On: date("2026-09-30")}},
		}},
		Desk: Desk{Open: true, Agents: 1, Hours: "09:00-18:00"},
	}
}

// caseNamed builds a sample case: "card" or "tax" …, then changes after commas.
func caseNamed(t testing.TB, spec string) CaseFile {
	t.Helper()
	cf := cardCase(t)
	for _, change := range strings.Split(spec, ",") {
		changeCase(t, &cf, strings.TrimSpace(change))
	}
	return cf
}

func changeCase(t testing.TB, cf *CaseFile, change string) {
	t.Helper()
	a := &cf.Accounts[0]
	switch change {
	case "", "card":
	case "tax", "medical", "utility", "online_loan", "private_loan":
		a.DebtType = change
	case "sued", "judgment", "enforcement", "d90+":
		a.Stage = change
	case "capped":
		a.DebtType, a.Excess = "private_loan", 30000
	case "expired":
		a.LastEventOn = date("2023-06-01")
	case "desk closed":
		cf.Desk.Open = false
	case "two accounts":
		b := *a
		b.ID, b.No, b.DebtType = "a2", "770011112222", "medical"
		cf.Accounts = append(cf.Accounts, b)
	case "plan running":
		cf.Arrangements = []RunningPlan{{ID: "p1", AccountID: "a1", Kind: arrange.Instalments, Count: 12, Paid: 3, NextDue: date("2026-12-12"), Amount: 98512, Total: 1182140}}
	case "agreed long ago":
		cf.Arrangements[0].AgreedOn = date("2026-11-28")
	case "disputed":
		cf.Holds = []Hold{{Reason: "dispute", Scope: "account"}}
	case "paid in transit":
		a.Payments = []PaymentSeen{{On: date("2026-12-01"), Amount: 50000, State: "in_transit"}}
	case "paid":
		a.Payments = []PaymentSeen{{On: date("2026-11-20"), Amount: 80000, State: "posted"}}
	case "intends litigation":
		a.IntendsLitigation = true
	case "signed in":
		cf.Identity = Verified
	case "US":
		cf.Jurisdiction = "US"
	case "nothing owed":
		a.Balance = ledger.Balance{AsOf: date("2026-12-02")}
	default:
		t.Fatalf("unknown case %q", change)
	}
}
