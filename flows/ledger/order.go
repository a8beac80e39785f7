package ledger

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"sync"

	"github.com/goccy/go-yaml"
)

// Order is in which order a payment is set against the components.
type Order []Component

// Statutory is the order of law where the contract names none; data/orders.yaml cites the article.
var Statutory = Order{Fees, Interest, Penalty, Principal}

// OrderRule is an allocation order with where it comes from.
type OrderRule struct {
	Order    Order  `yaml:"order" json:"order"`
	Source   string `yaml:"source" json:"source"`
	Verified string `yaml:"verified" json:"verified"` // V wording read, M from memory, P product choice
}

//go:embed data/orders.yaml
var ordersYAML []byte

var orders = sync.OnceValues(func() (map[string]OrderRule, error) {
	var out map[string]OrderRule
	if err := yaml.NewDecoder(bytes.NewReader(ordersYAML), yaml.Strict()).Decode(&out); err != nil {
		return nil, fmt.Errorf("ledger: allocation orders: %w", err)
	}
	for name, r := range out {
		if err := r.Order.Validate(); err != nil {
			return nil, fmt.Errorf("ledger: allocation order %s: %w", name, err)
		}
	}
	return out, nil
})

// OrderNamed finds an allocation order by the name a policy gives.
func OrderNamed(name string) (OrderRule, error) {
	all, err := orders()
	if err != nil {
		return OrderRule{}, err
	}
	r, ok := all[name]
	if !ok {
		return OrderRule{}, fmt.Errorf("ledger: no allocation order named %q", name)
	}
	return r, nil
}

// Validate wants every component exactly once: one left out could never be paid.
func (o Order) Validate() error {
	if len(o) != len(Components) {
		return fmt.Errorf("ledger: an allocation order names each of %v once", Components)
	}
	for _, c := range Components {
		if !slices.Contains(o, c) {
			return fmt.Errorf("ledger: allocation order leaves out %s", c)
		}
	}
	return nil
}

// startingWith puts the component the debtor designated first and keeps the order of the rest.
func (o Order) startingWith(c Component) Order {
	out := Order{c}
	for _, x := range o {
		if x != c {
			out = append(out, x)
		}
	}
	return out
}
