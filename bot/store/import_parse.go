package store

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// portfolioColumns of the contract, in its order.
var portfolioColumns = []string{
	"creditor", "account_no", "debtor_id", "name", "phone", "id_no", "debt_type", "currency", "principal", "interest", "penalty", "fees",
	"as_of", "due_date", "contract_date", "annual_rate", "penalty_rate", "stage", "reports_credit", "intends_litigation",
	"last_payment_on", "last_demand_on", "payday", "monthly_income", "language", "wechat_openid",
}

var neededColumns = []string{"creditor", "account_no", "debtor_id", "name", "debt_type", "currency", "principal", "as_of"}

// portfolioRow is one checked line of a portfolio file.
type portfolioRow struct {
	No                                 int
	Creditor, AccountNo, Ref, Name     string
	Phone, Phone4, ID4                 string
	DebtType, Currency                 string
	Principal, Interest, Penalty, Fees ledger.Amount
	AsOf, Due, Contract                calendar.Date
	AnnualRateE6, PenaltyRateE6        int64
	Stage                              string
	ReportsCredit, IntendsLitigation   bool
	LastPaymentOn, LastDemandOn        calendar.Date
	Payday                             int64
	Income                             *ledger.Amount
	Lang, OpenID                       string
}

// rowParser knows where each column is. It is made once for a file.
type rowParser struct {
	at    map[string]int
	sheet bool
	today calendar.Date
	row   rawRow
	bad   []RowError
}

// newRowParser reads the heading. A misspelt column must be loud: silently left out, it would be read as "not given".
func newRowParser(head rawRow, sheet bool, now time.Time) (*rowParser, []RowError) {
	p := &rowParser{at: map[string]int{}, sheet: sheet, today: calendar.DateOf(now)}
	var bad []RowError
	for i, c := range head.cells {
		name := strings.ToLower(strings.TrimSpace(c))
		_, twice := p.at[name]
		switch {
		case name == "":
		case twice:
			bad = append(bad, RowError{Row: head.no, Column: name, What: "the column appears twice"})
		case !slices.Contains(portfolioColumns, name):
			bad = append(bad, RowError{Row: head.no, Column: strings.TrimSpace(c), What: "unknown column", Expected: "some of " + strings.Join(portfolioColumns, ", ")})
		default:
			p.at[name] = i
		}
	}
	for _, name := range neededColumns {
		if _, ok := p.at[name]; !ok {
			bad = append(bad, RowError{Row: head.no, Column: name, What: "the column is missing"})
		}
	}
	if len(bad) > 0 {
		return nil, bad
	}
	return p, nil
}

func (p *rowParser) parse(row rawRow) (portfolioRow, []RowError) {
	p.row, p.bad = row, nil
	if extra := p.surplus(); extra != "" {
		p.fault("", fmt.Sprintf("there is %q beyond the last column", extra), "as many cells as the heading has")
	}
	r := portfolioRow{
		No: row.no, Creditor: p.text("creditor", 200), AccountNo: p.text("account_no", 64), Ref: p.text("debtor_id", 64), Name: p.text("name", 100),
		DebtType: p.oneOf("debt_type", true, "credit_card", "online_loan", "medical", "tax", "utility", "private_loan"),
		Currency: p.currency(), Principal: p.money("principal", true), Interest: p.money("interest", false), Penalty: p.money("penalty", false), Fees: p.money("fees", false),
		AsOf: p.date("as_of", true), Due: p.date("due_date", false), Contract: p.date("contract_date", false),
		AnnualRateE6: p.rate("annual_rate"), PenaltyRateE6: p.rate("penalty_rate"),
		Stage:         p.oneOf("stage", false, "d1-30", "d31-90", "d90+", "sued", "payment_order", "judgment", "enforcement", "settled"),
		ReportsCredit: p.yes("reports_credit"), IntendsLitigation: p.yes("intends_litigation"),
		LastPaymentOn: p.date("last_payment_on", false), LastDemandOn: p.date("last_demand_on", false),
		Payday: p.dayOfMonth("payday"), Lang: p.oneOf("language", false, "zh-Hans", "zh-Hant", "en"), OpenID: p.optional("wechat_openid", 128),
	}
	r.Phone, r.Phone4 = p.phone()
	r.ID4 = p.idLast4()
	if p.cell("monthly_income") != "" {
		v := p.money("monthly_income", false)
		r.Income = &v
	}
	if len(p.bad) == 0 {
		p.together(r)
	}
	return r, p.bad
}

// together checks what no cell shows alone.
func (p *rowParser) together(r portfolioRow) {
	if r.Principal+r.Interest+r.Penalty+r.Fees > ledger.MaxAmount {
		p.fault("principal", "the sum of the row is beyond any person's debt", "at most "+ledger.MaxAmount.String())
	}
	if r.AsOf.After(p.today.AddDays(1)) { // the creditor's day may have begun before ours
		p.fault("as_of", r.AsOf.String()+" is in the future", "the day the figures stood at, at the latest "+p.today.String())
	}
	if r.LastPaymentOn.After(r.AsOf) {
		p.fault("last_payment_on", r.LastPaymentOn.String()+" is after as_of, so the figures cannot contain that payment", "a day up to "+r.AsOf.String())
	}
}

func (p *rowParser) surplus() string {
	last := -1
	for _, i := range p.at {
		last = max(last, i)
	}
	for i := last + 1; i < len(p.row.cells); i++ {
		if c := strings.TrimSpace(p.row.cells[i]); c != "" {
			return c
		}
	}
	return ""
}

func (p *rowParser) fault(column, what, expected string) {
	p.bad = append(p.bad, RowError{Row: p.row.no, Column: column, What: what, Expected: expected})
}

func (p *rowParser) cell(column string) string {
	i, ok := p.at[column]
	if !ok || i >= len(p.row.cells) {
		return ""
	}
	return strings.TrimSpace(p.row.cells[i])
}

// importColumns of import_row in the order of values.
const importColumns = "import_id, row_no, creditor_id, account_no, account_id, debtor_ref, debtor_id, name, phone, phone_last4, id_last4, debt_type, currency, " +
	"principal, interest, penalty, fees, as_of, due_on, contract_on, annual_rate_e6, penalty_rate_e6, stage, reports_credit, intends_litigation, " +
	"last_payment_on, last_demand_on, payday, monthly_income, lang, wechat_openid, created_ms"

func (r portfolioRow) values(importID, creditorID string, nowMS int64) []any {
	return []any{
		importID, r.No, creditorID, r.AccountNo, newID(), r.Ref, newID(), r.Name, r.Phone, r.Phone4, r.ID4, r.DebtType, r.Currency,
		r.Principal, r.Interest, r.Penalty, r.Fees, r.AsOf, r.Due, r.Contract, r.AnnualRateE6, r.PenaltyRateE6, r.Stage, r.ReportsCredit, r.IntendsLitigation,
		r.LastPaymentOn, r.LastDemandOn, r.Payday, r.Income, r.Lang, r.OpenID, nowMS,
	}
}
