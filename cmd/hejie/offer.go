package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
	"hejie/flows/policy"
	"hejie/prompts"
)

// OfferCmd answers what the policy allows for one account: JSON in, JSON out, one answer for each line.
type OfferCmd struct {
	Now       string `help:"The clock for lines without their own \"now\" (RFC 3339)."`
	Lang      string `default:"zh-Hans" help:"Language of the reasons: zh-Hans, zh-Hant or en."`
	PolicyDir string `type:"path" env:"HEJIE_POLICY_DIR" help:"Folder with policy.yaml, and NAME.yaml for lines that name a policy."`
}

// Help shows an example.
func (OfferCmd) Help() string {
	return `Example:
  echo '{"now":"2026-12-02T10:00:00+08:00","account":{"debt_type":"credit_card","creditor":"Bank","principal_fen":1080000,"interest_fen":81300,"penalty_fen":10840,"fees_fen":6000,"days_overdue":63,"stage":"d31-90"},"debtor":{},"ask":{"count":12}}' | hejie offer

Money in fen. ask: count, monthly_fen, first_due, defer_to, lump_fen; also kind and day_of_month.`
}

// Run answers each line.
func (c *OfferCmd) Run(std *IO) error {
	var clock time.Time
	if c.Now != "" {
		t, err := time.Parse(time.RFC3339, c.Now)
		if err != nil {
			return fmt.Errorf("%w: --now: %q is not RFC 3339", errUsage, c.Now)
		}
		clock = t
	}
	in, err := oneLine(std.In)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	words, err := prompts.Load()
	if err != nil {
		return err
	}
	o := offerer{words: words, lang: or(c.Lang, "zh-Hans"), dir: c.PolicyDir, clock: clock, policies: map[string]*policy.Policy{}}
	return eachLine(&IO{In: in, Out: std.Out, Err: std.Err}, func(q offerIn) (any, error) { return o.answer(q) })
}

// oneLine lets a single document written over several lines, as people keep it in a file, through the line reader.
func oneLine(r io.Reader) (io.Reader, error) {
	in := bufio.NewReader(r)
	first, err := in.ReadString('\n')
	if strings.TrimSpace(first) != "{" {
		return io.MultiReader(strings.NewReader(first), in), nil // line by line, or an end the line reader will see
	}
	if err != nil {
		return strings.NewReader(first), nil
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxLine))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Compact(&b, append([]byte(first), raw...)); err != nil {
		return nil, fmt.Errorf("not a JSON document: %w", err)
	}
	return &b, nil
}

type offerIn struct {
	Now     string `json:"now"`
	Account struct {
		ID           string        `json:"id"`
		DebtType     string        `json:"debt_type"`
		Creditor     string        `json:"creditor"`
		Currency     string        `json:"currency"`
		Principal    ledger.Amount `json:"principal_fen"`
		Interest     ledger.Amount `json:"interest_fen"`
		Penalty      ledger.Amount `json:"penalty_fen"`
		Fees         ledger.Amount `json:"fees_fen"`
		AnnualRate   float64       `json:"annual_rate"`
		DaysOverdue  int           `json:"days_overdue"`
		Stage        string        `json:"stage"`
		ContractDate calendar.Date `json:"contract_date"`
	} `json:"account"`
	Debtor arrange.Means `json:"debtor"`
	Ask    arrange.Ask   `json:"ask"`
	Policy policyRef     `json:"policy"`
}

// policyRef is a policy's name, or limits to put above the default one.
type policyRef struct {
	name      string
	overrides policy.Overrides
}

func (p *policyRef) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.DisallowUnknownFields()
		return dec.Decode(&p.overrides)
	}
	return json.Unmarshal(raw, &p.name)
}

type offerOut struct {
	Offers  []offerLine   `json:"offers"`
	Refused []refusedLine `json:"refused"`
	Ask     arrange.Met   `json:"ask"`
	Excess  ledger.Amount `json:"excess_fen,omitempty"` // above the legal cap: in no offer
}

// offerLine is an offer with its reasons as sentences.
type offerLine struct {
	arrange.Offer
	Why []string `json:"why"`
}

type refusedLine struct {
	Kind arrange.Kind `json:"kind"`
	Why  string       `json:"why"`
}

// offerer keeps the policies already read; a stream of lines mostly names the same one.
type offerer struct {
	words    *prompts.Catalog
	lang     string
	dir      string
	clock    time.Time
	policies map[string]*policy.Policy
}

func (o *offerer) answer(in offerIn) (any, error) {
	now, zone, err := o.now(in.Now)
	if err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	pol, err := o.policy(in.Policy)
	if err != nil {
		return nil, err
	}
	a := in.Account
	acc, err := arrange.Account{ID: a.ID, DebtType: a.DebtType, Creditor: a.Creditor, Currency: or(a.Currency, "CNY"),
		Balance: ledger.Balance{Principal: a.Principal, Interest: a.Interest, Penalty: a.Penalty, Fees: a.Fees,
			AsOf: calendar.Today(now, zone)},
		AnnualRate: a.AnnualRate, DaysPastDue: a.DaysOverdue, Stage: a.Stage, ContractDate: a.ContractDate,
	}.WithExcess(calendar.Today(now, zone))
	if err != nil {
		return nil, err
	}
	ans := arrange.Quote(arrange.Request{Now: now, Zone: zone, Account: acc, Means: in.Debtor, Ask: in.Ask, Limits: pol.LimitsFor(acc)})
	out := offerOut{Offers: []offerLine{}, Refused: []refusedLine{}, Ask: ans.Ask, Excess: acc.Excess}
	for _, x := range ans.Offers {
		out.Offers = append(out.Offers, offerLine{x, o.why(x.Why, acc.Currency)})
	}
	for _, x := range ans.Refused {
		out.Refused = append(out.Refused, refusedLine{x.Kind, strings.Join(o.why(x.Why, acc.Currency), "；")})
	}
	return out, nil
}

// now is the line's clock, else --now, else the wall's. The debtor's zone is the offset given; a bare UTC time means China.
func (o *offerer) now(s string) (time.Time, *time.Location, error) {
	t := o.clock
	switch {
	case s != "":
		var err error
		if t, err = time.Parse(time.RFC3339, s); err != nil {
			return t, nil, fmt.Errorf("now: %q is not RFC 3339", s)
		}
	case t.IsZero():
		t = time.Now()
	}
	if _, offset := t.Zone(); offset != 0 {
		return t, time.FixedZone("", offset), nil
	}
	return t, time.FixedZone("CST", 8*60*60), nil
}

// check refuses what no account can be; every fault in one message.
func (in offerIn) check() error {
	var faults []string
	bad := func(yes bool, format string, args ...any) {
		if yes {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	a, ask := in.Account, in.Ask
	bad(!slices.Contains(policy.DebtTypes, a.DebtType), "account.debt_type is %q, must be one of %s", a.DebtType, strings.Join(policy.DebtTypes, ", "))
	b := ledger.Balance{Principal: a.Principal, Interest: a.Interest, Penalty: a.Penalty, Fees: a.Fees}
	if err := b.Valid(); err != nil {
		bad(true, "account: %v", err)
	}
	bad(math.IsNaN(a.AnnualRate) || a.AnnualRate < 0 || a.AnnualRate > 1e6, "account.annual_rate is out of range")
	bad(a.DaysOverdue < 0, "account.days_overdue is negative")
	for key, v := range map[string]*ledger.Amount{"monthly_income_fen": in.Debtor.MonthlyIncome, "monthly_outgoings_fen": in.Debtor.MonthlyOutgoings} {
		bad(v != nil && (*v < 0 || *v > ledger.MaxAmount), "debtor.%s is out of range", key)
	}
	bad(in.Debtor.Payday < 0 || in.Debtor.Payday > 31, "debtor.payday must be 1 to 31")
	bad(ask.Count < 0, "ask.count is negative")
	bad(ask.Monthly < 0 || ask.Monthly > ledger.MaxAmount, "ask.monthly_fen is out of range")
	bad(ask.Lump < 0 || ask.Lump > ledger.MaxAmount, "ask.lump_fen is out of range")
	bad(ask.DayOfMonth < 0 || ask.DayOfMonth > 31, "ask.day_of_month must be 1 to 31")
	bad(ask.Kind != "" && !slices.Contains(arrange.Kinds, ask.Kind), "ask.kind %q is unknown", ask.Kind)
	if len(faults) > 0 {
		slices.Sort(faults)
		return errors.New(strings.Join(faults, "; "))
	}
	return nil
}

var policyName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func (o *offerer) policy(ref policyRef) (*policy.Policy, error) {
	p, ok := o.policies[ref.name]
	if !ok {
		var err error
		switch {
		case ref.name == "" || ref.name == "default" && o.dir == "":
			p, err = loadPolicy(o.dir) // the one the server would run with
		case !policyName.MatchString(ref.name):
			return nil, fmt.Errorf("policy: %q is not a policy's name", ref.name)
		case o.dir == "":
			return nil, fmt.Errorf("policy: %q: no --policy-dir", ref.name)
		default:
			p, err = policy.Load(os.DirFS(o.dir), ref.name+".yaml")
		}
		if err != nil {
			return nil, err
		}
		o.policies[ref.name] = p
	}
	return p.Override(ref.overrides)
}

// why writes reasons for people.
func (o *offerer) why(reasons []arrange.Reason, currency string) []string {
	out := make([]string, 0, len(reasons))
	for _, r := range reasons {
		out = append(out, o.sentence(r, currency))
	}
	return out
}

// sentence is the approved text of a reason; a code without one is shown as it is rather than hidden.
func (o *offerer) sentence(r arrange.Reason, currency string) string {
	t, ok := o.words.Why(o.lang, r.Code)
	if !ok {
		return r.Code
	}
	return strings.NewReplacer(
		"{amount}", prompts.Money(o.lang, currency, int64(r.Amount)), "{count}", strconv.Itoa(r.Count),
		"{date}", prompts.Date(o.lang, r.Date.Year, r.Date.Month, r.Date.Day), "{pct}", strconv.Itoa(r.Pct)+"%",
	).Replace(t.Text)
}
