package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"hejie/flows"
	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
	"hejie/flows/policy"
)

// debtorFile is the flat JSON object of `chat --debtor` (contracts).
type debtorFile struct {
	Name         string `json:"name"`
	PhoneLast4   string `json:"phone_last4"`
	IDLast4      string `json:"id_last4"`
	Lang         string `json:"lang"`
	Currency     string `json:"currency"`
	Jurisdiction string `json:"jurisdiction"`
	Verified     bool   `json:"verified"`

	DebtType          string              `json:"debt_type"`
	Creditor          string              `json:"creditor"`
	Principal         ledger.Amount       `json:"principal_fen"`
	Interest          ledger.Amount       `json:"interest_fen"`
	Penalty           ledger.Amount       `json:"penalty_fen"`
	Fees              ledger.Amount       `json:"fees_fen"`
	DaysOverdue       int                 `json:"days_overdue"`
	Stage             string              `json:"stage"`
	ContractDate      calendar.Date       `json:"contract_date"`
	AnnualRate        float64             `json:"annual_rate"`
	DailyInterest     ledger.Amount       `json:"daily_interest_fen"`
	LastEventOn       calendar.Date       `json:"last_event_on"`
	ReportsCredit     bool                `json:"reports_credit"`
	IntendsLitigation bool                `json:"intends_litigation"`
	Payments          []flows.PaymentSeen `json:"payments"`
	Plan              *planFile           `json:"plan"`

	Payday    int            `json:"payday"`
	Income    *ledger.Amount `json:"monthly_income_fen"`
	Outgoings *ledger.Amount `json:"monthly_outgoings_fen"`

	Policy policy.Overrides `json:"policy"`
	Desk   struct {
		Open   string `json:"open"`
		Agents *int   `json:"agents"`
	} `json:"desk"`
}

type planFile struct {
	Count   int           `json:"count"`
	Paid    int           `json:"paid"`
	NextDue calendar.Date `json:"next_due"`
	Amount  ledger.Amount `json:"amount_fen"`
	Agreed  calendar.Date `json:"agreed_on"` // optional: without it nothing is known of the days for taking it back
}

func readDebtorFile(path string) (debtorFile, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return debtorFile{}, fmt.Errorf("%w: %w", errUsage, err)
	}
	var d debtorFile
	if err := json.Unmarshal(raw, &d); err != nil {
		return d, fmt.Errorf("%w: %s: %w", errUsage, path, err)
	}
	return d, d.check(path)
}

func (d debtorFile) check(path string) error {
	var faults []string
	if strings.TrimSpace(d.Name) == "" {
		faults = append(faults, "name is empty")
	}
	if d.DebtType == "" {
		faults = append(faults, "debt_type is empty")
	}
	for key, v := range map[string]ledger.Amount{"principal_fen": d.Principal, "interest_fen": d.Interest, "penalty_fen": d.Penalty, "fees_fen": d.Fees} {
		if v < 0 {
			faults = append(faults, key+" is negative")
		}
	}
	if len(faults) > 0 {
		return fmt.Errorf("%w: %s: %s", errUsage, path, strings.Join(faults, "; "))
	}
	return nil
}

// portfolioRow writes the file as one row of the portfolio CSV, so that it goes through the same importer as any debt.
func (d debtorFile) portfolioRow(today calendar.Date) ([]byte, error) {
	rec := map[string]string{
		"creditor": d.creditor(), "account_no": "CHAT-0001", "debtor_id": "chat", "name": d.Name,
		"phone": pad("1380000", d.PhoneLast4), "id_no": pad("99000019900101", d.IDLast4), "debt_type": d.DebtType,
		"currency": or(d.Currency, "CNY"), "principal": yuan(d.Principal), "interest": yuan(d.Interest), "penalty": yuan(d.Penalty), "fees": yuan(d.Fees),
		"as_of": today.String(), "due_date": today.AddDays(-d.DaysOverdue).String(), "contract_date": d.ContractDate.String(),
		"annual_rate": rate(d.AnnualRate), "stage": d.Stage, "reports_credit": strconv.FormatBool(d.ReportsCredit),
		"intends_litigation": strconv.FormatBool(d.IntendsLitigation), "language": or(d.Lang, "zh-Hans"),
	}
	if d.Payday > 0 {
		rec["payday"] = strconv.Itoa(d.Payday)
	}
	if d.Income != nil {
		rec["monthly_income"] = yuan(*d.Income)
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	head := strings.Split(strings.TrimSpace(strings.SplitN(demoPortfolio, "\n", 2)[0]), ",")
	row := make([]string, len(head))
	for i, h := range head {
		row[i] = rec[h]
	}
	_ = w.Write(head)
	_ = w.Write(row)
	w.Flush()
	return b.Bytes(), w.Error()
}

func (d debtorFile) creditor() string { return or(d.Creditor, demoCreditor) }

// overlay puts what the CSV has no column for over the case as loaded from the store.
func (d debtorFile) overlay(cf flows.CaseFile) flows.CaseFile {
	cf.Jurisdiction = or(d.Jurisdiction, "CN")
	if cf.Debtor.ID == "" {
		return cf
	}
	cf.Debtor.Means.MonthlyIncome = first(cf.Debtor.Means.MonthlyIncome, d.Income)
	cf.Debtor.Means.MonthlyOutgoings = first(cf.Debtor.Means.MonthlyOutgoings, d.Outgoings)
	if cf.Debtor.Means.Payday == 0 {
		cf.Debtor.Means.Payday = d.Payday
	}
	for i := range cf.Accounts {
		a := &cf.Accounts[i]
		a.DailyInterest, a.Payments = d.DailyInterest, d.Payments
		if a.LastEventOn = d.LastEventOn; a.LastEventOn.IsZero() {
			a.LastEventOn = a.DueOn
		}
		a.DaysPastDue = d.DaysOverdue
		if d.Plan != nil && len(cf.Arrangements) == 0 {
			cf.Arrangements = append(cf.Arrangements, flows.RunningPlan{
				ID: "plan-1", AccountID: a.ID, Kind: arrange.Instalments, Count: d.Plan.Count, Paid: d.Plan.Paid,
				NextDue: d.Plan.NextDue, Amount: d.Plan.Amount, Total: d.Plan.Amount * ledger.Amount(d.Plan.Count),
				AgreedOn: d.Plan.Agreed,
			})
		}
	}
	return cf
}

func first(a, b *ledger.Amount) *ledger.Amount {
	if a != nil {
		return a
	}
	return b
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func pad(prefix, last4 string) string {
	if last4 == "" {
		return ""
	}
	return prefix + last4
}

func yuan(a ledger.Amount) string { return fmt.Sprintf("%d.%02d", a/100, a%100) }

func rate(r float64) string {
	if r == 0 {
		return ""
	}
	return strconv.FormatFloat(r, 'f', -1, 64)
}
