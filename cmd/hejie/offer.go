package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"hejie/flows/arrange"
	"hejie/flows/ledger"
	"hejie/flows/ledger/loan"
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

Money in fen. ask: count, monthly_fen, first_due, defer_to, lump_fen; also kind, day_of_month, every (weekly, fortnightly, monthly),
down_fen (a first payment), stepped (small payments first), steps [{"count":3,"amount_fen":30000},{"amount_fen":60000}], equal_principal.
debtor: monthly_income_fen, monthly_outgoings_fen or budget {housing_fen, food_fen, utilities_fen, transport_fen, family_fen, other_debts_fen, other_fen}, payday.
account.payments [{"on"}] show a payday nobody told; facts (optional): points, risk, round, willing, able; history (optional): on_time, kept, broken, recent, came_self. Each offer says what it costs against paying today: cost_fen (negative: saves) and apr.

A line {"id","kind":"schedule|function|apr_actuarial","inputs":{…}} is loan arithmetic: it answers a schedule, a value or a yearly rate;
with "expected" and "tolerance" it says whether they agree ("ok"), and the exit status is 1 when one does not:
  echo '{"id":"a","kind":"function","inputs":{"function":"PMT","args":{"rate":0.01,"nper":12,"pv":12000}}}' | hejie offer`
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
	if err := eachLine(&IO{In: in, Out: std.Out, Err: std.Err}, o.line); err != nil {
		return err
	}
	if o.differs {
		return fmt.Errorf("%w: %w", errSilent, errFails)
	}
	return nil
}

// offerLineIn is an account with a wish, or a piece of loan arithmetic.
type offerLineIn struct {
	offer offerIn
	sum   *loan.Case
}

func (l *offerLineIn) UnmarshalJSON(raw []byte) error {
	var probe struct {
		Inputs json.RawMessage `json:"inputs"`
	}
	if err := json.Unmarshal(raw, &probe); err != nil {
		return err
	}
	if probe.Inputs != nil {
		l.sum = new(loan.Case)
		return json.Unmarshal(raw, l.sum)
	}
	return json.Unmarshal(raw, &l.offer)
}

func (o *offerer) line(in offerLineIn) (any, error) {
	if in.sum == nil {
		return o.answer(in.offer)
	}
	s, err := loan.Solve(*in.sum)
	if err == nil && s.OK != nil && !*s.OK {
		o.differs = true
	}
	return s, err
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
	Path    string        `json:"path,omitempty"`       // who can look again: person | authority
	Segment string        `json:"segment,omitempty"`
	Rung    string        `json:"rung,omitempty"` // of the concession ladder

	Afford *arrange.Affordability `json:"affordability,omitempty"`
	Assess *policy.Assessment     `json:"assessment,omitempty"` // with its reasons, where a history was given
	Habit  *ledger.Habit          `json:"payday_seen,omitempty"`
}

// offerLine is an offer with its reasons as sentences.
type offerLine struct {
	arrange.Offer
	Why  []string      `json:"why"`
	Cost ledger.Amount `json:"cost_fen"` // against paying today, shown even when it is nothing
	APR  ledger.Rate   `json:"apr"`
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
	differs  bool // an arithmetic line's expected answer was another
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
	req, facts, err := in.request(pol, now, zone)
	if err != nil {
		return nil, err
	}
	ans := arrange.Quote(req)
	segment, _ := pol.SegmentOf(req.Account, facts.Risk)
	out := offerOut{Offers: []offerLine{}, Refused: []refusedLine{}, Ask: ans.Ask, Excess: req.Account.Excess, Path: ans.Path,
		Segment: segment.Name, Rung: req.Limits.Rung}
	if a := arrange.Afford(in.Debtor, req.Limits); a.Known {
		out.Afford = &a
	}
	if in.History != nil {
		a := policy.Assess(req.Account, in.Debtor, *in.History, req.Limits)
		out.Assess = &a
	}
	if h, ok := in.habit(); ok && in.Debtor.Payday == 0 {
		out.Habit = &h
	}
	for _, x := range ans.Offers {
		out.Offers = append(out.Offers, offerLine{x, o.why(x.Why, req.Account.Currency), x.Cost, x.APR})
	}
	for _, x := range ans.Refused {
		out.Refused = append(out.Refused, refusedLine{x.Kind, strings.Join(o.why(x.Why, req.Account.Currency), "；")})
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
