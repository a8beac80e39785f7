// Package policy is what a creditor allows, as data: segments, limits, authority, debt-type packs.
// It does not make offers (flows/arrange does) and holds no sentence for people.
package policy

import "hejie/flows/arrange"

// Policy is one creditor's rules, strictly decoded from YAML and immutable after that.
type Policy struct {
	Version string `yaml:"version" json:"version"`
	Base    arrange.Limits
}
