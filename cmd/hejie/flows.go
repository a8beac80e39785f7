package main

import (
	"fmt"
	"strings"
	"time"

	"hejie/flows"
	"hejie/prompts"
)

// FlowsCmd looks at the flow files.
type FlowsCmd struct {
	Check FlowsCheckCmd `cmd:"" help:"Model-check the flows: explore every reachable state and prove the properties."`
	Graph FlowsGraphCmd `cmd:"" help:"Draw one flow, or all (Mermaid; --svg)."`
}

// FlowsCheckCmd proves the properties on the embedded flows.
type FlowsCheckCmd struct{}

func (FlowsCheckCmd) Help() string {
	return "Example:\n  hejie flows check\n\nExit status 1 when a property does not hold; the commands that lead to the fault are printed."
}

// Run checks and prints one line per property.
func (FlowsCheckCmd) Run(std *IO) error {
	e, err := newFlowEngine()
	if err != nil {
		return fmt.Errorf("%w: %w", errFails, err)
	}
	start := time.Now()
	r, err := flows.Check(e)
	if err != nil {
		return fmt.Errorf("%w: %w", errFails, err)
	}
	r.Took = time.Since(start)
	printReport(std, e, r)
	if !r.OK() {
		return fmt.Errorf("%w: %w", errSilent, errFails)
	}
	return nil
}

func printReport(std *IO, e *flows.Engine, r flows.Report) {
	states, edges := r.Totals()
	fmt.Fprintf(std.Out, "%d flows compiled: every name resolves, every step is reachable, every path ends.\n", len(e.FlowIDs()))
	fmt.Fprintf(std.Out, "%d states and %d moves explored in %s.\n", states, edges, r.Took.Round(100*time.Millisecond))
	for _, c := range r.Cases {
		fmt.Fprintf(std.Out, "  %-72s %6d states %8d moves\n", c.Name, c.States, c.Edges)
	}
	for _, p := range r.Proofs {
		if len(p.Violations) == 0 {
			fmt.Fprintf(std.Out, "holds   %s (%d checked)\n", p.Text, p.Checked)
			continue
		}
		fmt.Fprintf(std.Out, "BROKEN  %s\n", p.Text)
		for _, v := range p.Violations {
			fmt.Fprintf(std.Out, "        %s: %s\n          after: %s\n", v.Case, v.Detail, strings.Join(v.Path, " > "))
		}
	}
}

// FlowsGraphCmd draws flows.
type FlowsGraphCmd struct {
	ID  string `arg:"" optional:"" help:"Flow to draw; all when left out (Mermaid only)."`
	SVG bool   `help:"Write SVG instead of Mermaid." name:"svg"`
}

func (FlowsGraphCmd) Help() string {
	return "Examples:\n  hejie flows graph payment_arrangement\n  hejie flows graph verify_identity --svg > verify.svg"
}

// Run writes the drawing.
func (c FlowsGraphCmd) Run(std *IO) error {
	e, err := newFlowEngine()
	if err != nil {
		return fmt.Errorf("%w: %w", errFails, err)
	}
	draw, ids := e.Mermaid, []string{c.ID}
	if c.SVG {
		draw = e.SVG
	}
	if c.ID == "" {
		if c.SVG {
			return fmt.Errorf("%w: name the flow to draw as SVG: %s", errUsage, strings.Join(e.FlowIDs(), " "))
		}
		ids = e.FlowIDs()
	}
	for _, id := range ids {
		s, err := draw(id)
		if err != nil {
			return fmt.Errorf("%w: there is no flow %q; there are: %s", errUsage, id, strings.Join(e.FlowIDs(), " "))
		}
		if len(ids) > 1 {
			fmt.Fprintf(std.Out, "%%%% ---- %s\n", id)
		}
		fmt.Fprint(std.Out, s)
	}
	return nil
}

// newFlowEngine needs no real key: nothing it signs leaves the process.
func newFlowEngine() (*flows.Engine, error) {
	cat, err := prompts.Load()
	if err != nil {
		return nil, err
	}
	return flows.NewEngine(cat, flows.Options{OfferKey: make([]byte, 32)})
}
