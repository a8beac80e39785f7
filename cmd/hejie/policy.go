package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"text/tabwriter"

	"hejie/flows/policy"
)

// PolicyCmd looks at policy files.
type PolicyCmd struct {
	Check    PolicyCheckCmd    `cmd:"" help:"Check every policy file of a folder and run the examples inside it."`
	Simulate PolicySimulateCmd `cmd:"" help:"Replay recorded wishes over two policies: who would be offered what, and what it costs."`
}

// PolicyCheckCmd is `hejie policy check`.
type PolicyCheckCmd struct {
	Dir  string `type:"path" help:"A folder of policy files (default: the built-in ones)." env:"HEJIE_POLICY_DIR" placeholder:"DIR"`
	JSON bool   `help:"One JSON line for each file."`
}

// Help shows an example.
func (PolicyCheckCmd) Help() string {
	return `Every .yaml file must load strictly; segments must hold each account exactly once; rungs must be reachable, give something and
take nothing back; each example must get the answer it names. Exit status 0 when all hold, 1 when one does not, 2 when there is nothing to read.

  hejie policy check
  hejie policy check --dir ./policies --json`
}

// Run prints one line for each file, and every fault.
func (c *PolicyCheckCmd) Run(std *IO) error {
	fsys := policy.Builtin()
	if c.Dir != "" {
		fsys = os.DirFS(c.Dir)
	}
	reports, err := policy.Inspect(fsys)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if err := c.print(std.Out, reports); err != nil {
		return err
	}
	for _, r := range reports {
		if !r.OK() {
			return fmt.Errorf("%w: %w", errSilent, errFails)
		}
	}
	return nil
}

func (c *PolicyCheckCmd) print(out io.Writer, reports []policy.FileReport) error {
	if c.JSON {
		enc := json.NewEncoder(out)
		for _, r := range reports {
			if err := enc.Encode(r); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "FILE\tVERSION\tSEGMENTS\tRUNGS\tEXAMPLES\tFAIL")
	for _, r := range reports {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\n", r.File, r.Version, r.Segments, r.Rungs, len(r.Examples), r.Failing)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, r := range reports {
		if r.Error != "" {
			fmt.Fprintf(out, "FAIL %s: %s\n", r.File, r.Error)
		}
		for _, o := range r.Examples {
			if o.Fault != "" {
				fmt.Fprintf(out, "FAIL %s: %s: %s\n", r.File, o.Name, o.Fault)
			}
		}
	}
	return nil
}

// readPolicyDir loads policy.yaml of a folder, or the only file in it.
func readPolicyDir(dir string) (*policy.Policy, error) {
	fsys := os.DirFS(dir)
	if _, err := fs.Stat(fsys, "policy.yaml"); err == nil {
		return policy.Load(fsys, "policy.yaml")
	}
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil || len(names) != 1 {
		return nil, fmt.Errorf("%s holds neither policy.yaml nor exactly one .yaml file", dir)
	}
	return policy.Load(fsys, names[0])
}
