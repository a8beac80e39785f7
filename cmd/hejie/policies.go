package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"hejie/flows/policy"
)

// policies are the rules for everybody, and those of creditors who have their own.
type policies struct {
	common *policy.Policy
	own    map[string]*policy.Policy // by creditor id
}

// of is the policy of a creditor.
func (p policies) of(creditorID string) *policy.Policy {
	if own, ok := p.own[creditorID]; ok {
		return own
	}
	return p.common
}

// loadPolicies reads policy.yaml and, beside it, one CREDITOR_ID.yaml for each creditor with rules of its own.
// A broken file of one creditor stops the start: nobody may be offered what another's rules allow.
func loadPolicies(dir string) (policies, error) {
	common, err := loadPolicy(dir)
	if err != nil || dir == "" {
		return policies{common: common}, err
	}
	p := policies{common: common, own: map[string]*policy.Policy{}}
	fsys := os.DirFS(dir)
	files, err := fs.Glob(fsys, "*.yaml")
	faults := []error{err}
	for _, f := range files {
		if f == "policy.yaml" {
			continue
		}
		own, err := policy.Load(fsys, f)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", f, err))
			continue
		}
		p.own[strings.TrimSuffix(f, ".yaml")] = own
	}
	return p, errors.Join(faults...)
}
