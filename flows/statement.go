package flows

import (
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// BalancePart is one component of a debt with how it came about.
type BalancePart struct {
	Component ledger.Component `json:"component"`
	Amount    ledger.Amount    `json:"amount_fen"`
	How       []BalanceHow     `json:"how,omitempty"` // sums to Amount, or is left out: half an explanation would mislead
}

// BalanceHow is what one booking did to a component: it added (charge, adjust up) or took off.
type BalanceHow struct {
	Kind   ledger.EntryKind `json:"kind"`
	On     calendar.Date    `json:"on"`
	Amount ledger.Amount    `json:"amount_fen"` // signed
}

// statement splits the balance of an account by component, each with the bookings behind it. A payment shows under every component it
// went to, by the allocation order that made the balance.
func statement(a AccountFile) []BalancePart {
	st, err := ledger.Explain(a.Entries, nil, calendar.Date{})
	var out []BalancePart
	for _, c := range ledger.Components {
		p := BalancePart{Component: c, Amount: a.Balance.Get(c)}
		sum := ledger.Amount(0)
		for _, l := range st.Lines {
			if did := l.Effect.Get(c); did != 0 {
				p.How = append(p.How, BalanceHow{Kind: l.Entry.Kind, On: l.Entry.On, Amount: did})
				sum += did
			}
		}
		if err != nil || sum != p.Amount {
			p.How = nil
		}
		out = append(out, p)
	}
	return out
}
