package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// Example is a case a policy's author wrote down with the answer that is meant.
type Example struct {
	Name    string        `json:"name"`
	Now     calendar.Date `json:"now"`
	Account struct {
		DebtType     string        `json:"debt_type"`
		Principal    ledger.Amount `json:"principal_fen"`
		Interest     ledger.Amount `json:"interest_fen"`
		Penalty      ledger.Amount `json:"penalty_fen"`
		Fees         ledger.Amount `json:"fees_fen"`
		AnnualRate   ledger.Rate   `json:"annual_rate"`
		DaysOverdue  int           `json:"days_overdue"`
		Stage        string        `json:"stage"`
		ContractDate calendar.Date `json:"contract_date"`
	} `json:"account"`
	Debtor arrange.Means `json:"debtor"`
	Facts  Facts         `json:"facts"`
	Ask    arrange.Ask   `json:"ask"`
	Want   struct {
		Ask           arrange.Met    `json:"ask"`
		Kind          arrange.Kind   `json:"kind"`
		Count         int            `json:"count"`
		Total         *ledger.Amount `json:"total_fen"`
		Waived        *ledger.Amount `json:"waived_fen"`
		Due           calendar.Date  `json:"first_due"`
		NeedsApproval *bool          `json:"needs_approval"`
		Approver      string         `json:"approver"`
		Why           string         `json:"why"` // a reason code of the first offer or refusal
		Segment       string         `json:"segment"`
	} `json:"want"`
}

// Outcome of an example; Fault is empty when it holds.
type Outcome struct {
	Name  string `json:"name"`
	Fault string `json:"fault,omitempty"`
}

// RunExamples answers the examples inside the file.
func (p *Policy) RunExamples() []Outcome {
	out := make([]Outcome, 0, len(p.Examples))
	for i, raw := range p.Examples {
		e, err := readExample(raw)
		name := e.Name
		if name == "" {
			name = fmt.Sprintf("examples[%d]", i)
		}
		if err == nil {
			err = p.hold(e)
		}
		o := Outcome{Name: name}
		if err != nil {
			o.Fault = err.Error()
		}
		out = append(out, o)
	}
	return out
}

// readExample decodes strictly: a mistyped expectation would pass for ever.
func readExample(raw map[string]any) (Example, error) {
	var e Example
	b, err := json.Marshal(raw)
	if err != nil {
		return e, err
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil {
		return e, err
	}
	if e.Now.IsZero() || e.Account.DebtType == "" || e.Want.Ask == "" {
		return e, errors.New("an example needs now, account.debt_type and want.ask")
	}
	return e, nil
}

func (p *Policy) hold(e Example) error {
	a := e.Account
	acc, err := arrange.Account{ID: "example", DebtType: a.DebtType, Currency: "CNY", AnnualRate: float64(a.AnnualRate) / 1e6, // only compared with a cap
		Balance:     ledger.Balance{Principal: a.Principal, Interest: a.Interest, Penalty: a.Penalty, Fees: a.Fees, AsOf: e.Now},
		DaysPastDue: a.DaysOverdue, Stage: a.Stage, ContractDate: a.ContractDate}.WithExcess(e.Now)
	if err != nil {
		return err
	}
	f := e.Facts
	f.Today = e.Now
	f.MeansTold = f.MeansTold || arrange.Afford(e.Debtor, arrange.Limits{}).Known
	zone := time.FixedZone("", 8*60*60)
	ans := arrange.Quote(arrange.Request{Now: e.Now.In(zone).Add(10 * time.Hour), Zone: zone, Account: acc, Means: e.Debtor, Ask: e.Ask, Limits: p.LimitsAt(acc, f)})
	segment, _ := p.SegmentOf(acc, f.Risk)
	return e.compare(ans, segment.Name)
}

func (e Example) compare(ans arrange.Answer, segment string) error {
	w := e.Want
	var o arrange.Offer
	var why []arrange.Reason
	if len(ans.Offers) > 0 {
		o = ans.Offers[0]
		why = o.Why
	}
	for _, r := range ans.Refused {
		why = append(why, r.Why...)
	}
	said := w.Why == ""
	for _, r := range why {
		said = said || r.Code == w.Why
	}
	for _, c := range []struct {
		ok        bool
		what      string
		got, want any
	}{
		{ans.Ask == w.Ask, "ask", ans.Ask, w.Ask},
		{w.Kind == "" || o.Kind == w.Kind, "kind", o.Kind, w.Kind},
		{w.Count == 0 || len(o.Instalments) == w.Count, "count", len(o.Instalments), w.Count},
		{w.Total == nil || o.Total == *w.Total, "total_fen", int64(o.Total), w.Total},
		{w.Waived == nil || o.Waived == *w.Waived, "waived_fen", int64(o.Waived), w.Waived},
		{w.Due.IsZero() || o.First() == w.Due, "first_due", o.First(), w.Due},
		{w.NeedsApproval == nil || o.NeedsApproval == *w.NeedsApproval, "needs_approval", o.NeedsApproval, w.NeedsApproval},
		{w.Approver == "" || o.Approver == w.Approver, "approver", o.Approver, w.Approver},
		{w.Segment == "" || segment == w.Segment, "segment", segment, w.Segment},
		{said, "why", why, w.Why},
	} {
		if !c.ok {
			return fmt.Errorf("%s is %v, not %v", c.what, c.got, deref(c.want))
		}
	}
	return nil
}

func deref(v any) any {
	switch p := v.(type) {
	case *ledger.Amount:
		return int64(*p)
	case *bool:
		return *p
	}
	return v
}
