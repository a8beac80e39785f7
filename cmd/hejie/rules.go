package main

import (
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"hejie/bot/guard"
)

// RulesCmd holds `hejie rules check`.
type RulesCmd struct {
	Check RulesCheckCmd `cmd:"" help:"Load a rule pack, run the examples inside it, print the coverage of each rule."`
	Diff  RulesDiffCmd  `cmd:"" help:"Judge recorded messages by two rule packs and list every verdict that differs."`
	Train RulesTrainCmd `cmd:"" help:"Train the tone model of the filter from its corpus."`
}

// RulesCheckCmd is `hejie rules check`.
type RulesCheckCmd struct {
	Dir string `help:"A rule pack to check instead of the built-in one." type:"existingdir" placeholder:"DIR"`
	All bool   `help:"Print every example, not only the failing ones; and every pattern that no example touches."`
}

// Help has the example of --help.
func (RulesCheckCmd) Help() string {
	return `Exit status 0 when every rule loads and every example holds, 1 when one does not.

CERTAIN counts patterns whose words alone are enough, SUSPECT those that stand only where the sentence sounds bad as well.
IDLE counts patterns that no example makes object, NO EXAMPLE IN the languages in which a rule shows nothing it stops:
neither fails, both are gaps worth closing.

  hejie rules check
  hejie rules check --dir ./my-rules --all`
}

// Run prints one line a rule: blocked, passed and hard examples, and what fails.
func (c *RulesCheckCmd) Run(std *IO) error {
	report, err := c.inspect()
	if err != nil {
		fmt.Fprintln(std.Err, err)
		return fmt.Errorf("%w: %w", errSilent, errFails)
	}
	w := tabwriter.NewWriter(std.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "RULE\tPHRASES\tCERTAIN\tSUSPECT\tBLOCKED\tPASSED\tHARD\tFAIL\tIDLE\tNO EXAMPLE IN\tNAME")
	failed, idle, certain, suspect := 0, 0, 0, 0
	for _, r := range report.Rules {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t%s\n", r.ID, r.Phrases, r.Certain, r.Suspicions, r.Blocked, r.Passed, r.Hard, r.Failed, len(r.Idle), strings.Join(r.Languages, ","), r.Name)
		failed += r.Failed
		idle += len(r.Idle)
		certain, suspect = certain+r.Certain, suspect+r.Suspicions
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if c.All {
		for _, r := range report.Rules {
			for _, p := range r.Idle {
				fmt.Fprintf(std.Out, "idle %s %s\n", r.ID, p)
			}
		}
	}
	for _, o := range report.Outcomes {
		if c.All || !o.OK {
			mark := "ok  "
			if !o.OK {
				mark = "FAIL"
			}
			fmt.Fprintf(std.Out, "%s %s %s %q -> %s %s\n", mark, o.Rule, o.Want, o.Text, o.Verdict.Decision, o.Named())
		}
	}
	fmt.Fprintf(std.Out, "rule set %s: %d rules, %d examples, %d failing, %d patterns certain, %d suspicions, %d patterns no example touches\n",
		report.Version, len(report.Rules), len(report.Outcomes), failed, certain, suspect, idle)
	if failed > 0 {
		return fmt.Errorf("%w: %w", errSilent, errFails)
	}
	return nil
}

func (c *RulesCheckCmd) inspect() (guard.Report, error) {
	if c.Dir == "" {
		return guard.InspectDefault()
	}
	return guard.Inspect(os.DirFS(c.Dir))
}
