package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"text/tabwriter"
	"time"

	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
	"hejie/flows/policy"
)

// PolicySimulateCmd is `hejie policy simulate`.
type PolicySimulateCmd struct {
	Old      string `required:"" type:"existingdir" help:"Folder with the policy in force (policy.yaml, or its only file)."`
	New      string `required:"" type:"existingdir" help:"Folder with the changed policy."`
	Accounts string `type:"path" help:"JSONL of wishes, each line as 'hejie offer' reads it." xor:"from"`
	DB       string `help:"Replay the accounts and offers recorded in a database." placeholder:"URL" xor:"from"`
	JSON     bool   `help:"JSON lines instead of a table."`
	Now      string `help:"The clock for lines without their own \"now\" (RFC 3339)."`
}

// Help shows an example.
func (PolicySimulateCmd) Help() string {
	return `Each wish is answered under both policies; nothing is sent and nothing is written. cost_fen is what the new policy would waive more than
the old one in the first offer (negative: less). Exit status 0 when all lines were read, 1 when one could not be, 2 for wrong use.

  hejie policy simulate --old ./policies/now --new ./policies/next --accounts wishes.jsonl
  hejie policy simulate --old ./now --new ./next --db postgres://hejie@localhost/hejie --json`
}

// simSide is what one policy gives.
type simSide struct {
	Ask           arrange.Met   `json:"ask"`
	Kind          arrange.Kind  `json:"kind,omitempty"`
	Count         int           `json:"count,omitempty"`
	Total         ledger.Amount `json:"total_fen"`
	Waived        ledger.Amount `json:"waived_fen"`
	Largest       ledger.Amount `json:"largest_fen"`
	Last          calendar.Date `json:"last,omitzero"`
	NeedsApproval bool          `json:"needs_approval,omitempty"`
	Segment       string        `json:"segment,omitempty"`
	Why           string        `json:"why,omitempty"` // code of what stopped the wish
}

// simLine is one wish under both.
type simLine struct {
	Line   int           `json:"line"`
	ID     string        `json:"id,omitempty"`
	Old    simSide       `json:"old"`
	New    simSide       `json:"new"`
	Change string        `json:"change"` // same | better | worse | mixed, for the debtor
	Cost   ledger.Amount `json:"cost_fen"`
}

// simTotal is the end of a run.
type simTotal struct {
	Wishes       int            `json:"wishes"`
	Changes      map[string]int `json:"changes"`
	NewlyMet     int            `json:"newly_met"`
	NoLongerMet  int            `json:"no_longer_met"`
	ApprovalsOld int            `json:"approvals_old"`
	ApprovalsNew int            `json:"approvals_new"`
	Cost         ledger.Amount  `json:"cost_fen"`
	Unread       int            `json:"unread,omitempty"`
}

// simulation runs wishes through two policies.
type simulation struct {
	old, new *policy.Policy
	clock    offerer
	total    simTotal
	emit     func(simLine) error
	errs     io.Writer
}

// Run replays.
func (c *PolicySimulateCmd) Run(std *IO) error {
	if (c.Accounts == "") == (c.DB == "") {
		return fmt.Errorf("%w: give --accounts FILE or --db URL", errUsage)
	}
	s := simulation{total: simTotal{Changes: map[string]int{}}, errs: std.Err}
	var errOld, errNew, errNow error
	s.old, errOld = readPolicyDir(c.Old)
	s.new, errNew = readPolicyDir(c.New)
	if c.Now != "" {
		s.clock.clock, errNow = time.Parse(time.RFC3339, c.Now)
	}
	if err := errors.Join(errOld, errNew, errNow); err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	table := tabwriter.NewWriter(std.Out, 0, 4, 2, ' ', 0)
	enc := json.NewEncoder(std.Out)
	s.emit = func(l simLine) error { return enc.Encode(l) }
	if !c.JSON {
		fmt.Fprintln(table, "LINE\tID\tCHANGE\tOLD\tNEW\tCOST")
		s.emit = func(l simLine) error { return l.row(table) }
	}
	if err := c.feed(&s); err != nil {
		return err
	}
	if c.JSON {
		if err := enc.Encode(s.total); err != nil {
			return err
		}
	} else {
		if err := table.Flush(); err != nil {
			return err
		}
		s.total.print(std.Out)
	}
	if s.total.Unread > 0 {
		return fmt.Errorf("%w: %d lines could not be read", errFails, s.total.Unread)
	}
	return nil
}

func (c *PolicySimulateCmd) feed(s *simulation) error {
	if c.DB != "" {
		ins, err := recordedWishes(context.Background(), c.DB)
		if err != nil {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
		for i, in := range ins {
			if err := s.line(i+1, in); err != nil {
				return err
			}
		}
		return nil
	}
	f, err := os.Open(c.Accounts)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	defer func() { _ = f.Close() }()
	n := 0
	// The answers of the line reader are not the output here: a bad line is counted and shown, the rest goes on.
	err = eachLine(&IO{In: f, Out: unread{s, &n}, Err: io.Discard}, func(in offerIn) (any, error) {
		n++
		return nil, s.line(n, in)
	})
	if errors.Is(err, errFails) {
		return nil
	}
	return err
}

// unread counts the line reader's error answers; an answered line writes null.
type unread struct {
	s *simulation
	n *int // of the line, for those after it
}

func (u unread) Write(b []byte) (int, error) {
	var e lineError
	if json.Unmarshal(b, &e) == nil && e.Line > 0 {
		*u.n = e.Line
		u.s.total.Unread++
		fmt.Fprintf(u.s.errs, "hejie: line %d: %s\n", e.Line, e.Error.Message)
	}
	return len(b), nil
}

func (s *simulation) line(n int, in offerIn) error {
	now, zone, err := s.clock.now(in.Now)
	if err == nil {
		err = in.check()
	}
	if err != nil {
		return err
	}
	var sides [2]simSide
	for i, p := range []*policy.Policy{s.old, s.new} {
		if p, err = p.Override(in.Policy.overrides); err != nil {
			return err
		}
		req, f, err := in.request(p, now, zone)
		if err != nil {
			return err
		}
		segment, _ := p.SegmentOf(req.Account, f.Risk)
		sides[i] = sideOf(arrange.Quote(req), segment.Name)
	}
	l := simLine{Line: n, ID: in.Account.ID, Old: sides[0], New: sides[1], Change: change(sides[0], sides[1]), Cost: sides[1].Waived - sides[0].Waived}
	s.count(l)
	return s.emit(l)
}

func sideOf(a arrange.Answer, segment string) simSide {
	out := simSide{Ask: a.Ask, Segment: segment}
	if len(a.Refused) > 0 {
		out.Why = a.Refused[0].Why[0].Code
	}
	if len(a.Offers) == 0 {
		return out
	}
	o := a.Offers[0]
	out.Kind, out.Count, out.Total, out.Waived, out.Last, out.NeedsApproval = o.Kind, len(o.Instalments), o.Total, o.Waived, o.Last(), o.NeedsApproval
	for _, in := range o.Instalments {
		out.Largest = max(out.Largest, in.Amount)
	}
	return out
}

// change compares for the debtor: a wish met, less to pay, a smaller payment, more time, nobody to wait for.
func change(a, b simSide) string {
	rank := map[arrange.Met]int{arrange.AskRefused: 0, arrange.AskNearest: 1, arrange.AskMet: 2}
	up, down := false, false
	cmp := func(better, worse bool) { up, down = up || better, down || worse }
	cmp(rank[b.Ask] > rank[a.Ask], rank[b.Ask] < rank[a.Ask])
	if a.Ask != arrange.AskRefused && b.Ask != arrange.AskRefused {
		cmp(b.Total < a.Total, b.Total > a.Total)
		cmp(b.Largest < a.Largest && b.Total <= a.Total, b.Largest > a.Largest)
		cmp(b.Last.After(a.Last), a.Last.After(b.Last))
		cmp(a.NeedsApproval && !b.NeedsApproval, !a.NeedsApproval && b.NeedsApproval)
	}
	switch {
	case up && down:
		return "mixed"
	case up:
		return "better"
	case down:
		return "worse"
	}
	return "same"
}

func (s *simulation) count(l simLine) {
	t := &s.total
	t.Wishes++
	t.Changes[l.Change]++
	t.Cost += l.Cost
	was, is := l.Old.Ask == arrange.AskMet, l.New.Ask == arrange.AskMet
	t.NewlyMet += btoi(is && !was)
	t.NoLongerMet += btoi(was && !is)
	t.ApprovalsOld += btoi(l.Old.NeedsApproval)
	t.ApprovalsNew += btoi(l.New.NeedsApproval)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (x simSide) String() string {
	if x.Kind == "" {
		return string(x.Ask) + " " + x.Why
	}
	out := fmt.Sprintf("%s %s %d x, total %s", x.Ask, x.Kind, x.Count, x.Total)
	if x.Waived > 0 {
		out += ", waived " + x.Waived.String()
	}
	if x.NeedsApproval {
		out += ", approval"
	}
	return out
}

func (l simLine) row(w io.Writer) error {
	_, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", strconv.Itoa(l.Line), l.ID, l.Change, l.Old, l.New, l.Cost)
	return err
}

func (t simTotal) print(w io.Writer) {
	fmt.Fprintf(w, "%d wishes: %d the same, %d better, %d worse, %d mixed for the debtor\n", t.Wishes, t.Changes["same"], t.Changes["better"], t.Changes["worse"], t.Changes["mixed"])
	fmt.Fprintf(w, "newly met %d, no longer met %d; approvals %d, before %d; waived %s more than before\n", t.NewlyMet, t.NoLongerMet, t.ApprovalsNew, t.ApprovalsOld, t.Cost)
}
