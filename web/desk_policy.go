package web

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"hejie/bot"
	"hejie/flows/arrange"
	"hejie/flows/ledger"
	"hejie/flows/policy"
)

type policyOut struct {
	Body struct {
		Version    string         `json:"version"`
		Allocation string         `json:"allocation"`
		Authority  []Authority    `json:"authority" doc:"Who may grant what, as the rules work it out for an account that has just come"`
		Policy     *policy.Policy `json:"policy"`
	}
}

// Authority says for one debt type, and one segment of it where there are any, who may grant each kind of arrangement.
type Authority struct {
	DebtType string                  `json:"debt_type"`
	Segment  string                  `json:"segment,omitempty"`
	Kinds    map[arrange.Kind]string `json:"kinds" doc:"bot, agent, supervisor or none"`
}

// registerDeskPolicy adds the policy to the console, to be read.
func (s *Server) registerDeskPolicy(api huma.API) {
	if s.opt.Operator == nil {
		return
	}
	register(s, api, route{http.MethodGet, "/policy", "policy", "The policy as loaded", SeePolicy},
		func(_ context.Context, _ bot.AgentUser, in *CreditorIn) (*policyOut, error) {
			p := s.opt.Operator.PolicyOf(in.Creditor)
			out := &policyOut{}
			out.Body.Version, out.Body.Allocation, out.Body.Authority, out.Body.Policy = p.Version, p.Allocation, authorities(p), p
			return out, nil
		})
}

// authorities asks the policy itself about one account of each debt type and segment: what is shown is what binds.
func authorities(p *policy.Policy) []Authority {
	out := []Authority{}
	for _, debt := range slices.Sorted(maps.Keys(p.Packs)) {
		if len(p.Segments) == 0 {
			out = append(out, Authority{DebtType: debt, Kinds: p.LimitsFor(arrange.Account{DebtType: debt}).Authority})
		}
		for _, seg := range p.Segments {
			acc := arrange.Account{DebtType: debt, DaysPastDue: int(seg.When.Overdue.From), Balance: ledger.Balance{Principal: ledger.Amount(seg.When.Balance.From)}}
			risk := ""
			if len(seg.When.Risk) > 0 && seg.When.Risk[0] != "unknown" {
				risk = seg.When.Risk[0]
			}
			if in, ok := p.SegmentOf(acc, risk); ok && in.Name == seg.Name {
				out = append(out, Authority{DebtType: debt, Segment: seg.Name, Kinds: p.LimitsAt(acc, policy.Facts{Risk: risk}).Authority})
			}
		}
	}
	return out
}
