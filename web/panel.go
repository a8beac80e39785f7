package web

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"hejie/bot"
	"hejie/flows"
	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// Panel is the right column: who this is (masked), what is owed and why, what stops collection, what was agreed.
type Panel struct {
	Known        bool                `json:"known"`
	Name         string              `json:"name" doc:"Masked; unmasking is a call of its own and is recorded"`
	Phone        string              `json:"phone" doc:"Masked, or a tail"`
	Identity     string              `json:"identity"`
	Creditor     string              `json:"creditor"`
	Collector    string              `json:"collector"`
	Contacts     *ContactCounts      `json:"contacts,omitempty"`
	Means        arrange.Means       `json:"means"`
	Accounts     []PanelAccount      `json:"accounts"`
	Holds        []flows.Hold        `json:"holds"`
	Cases        []flows.Case        `json:"cases"`
	Arrangements []flows.RunningPlan `json:"arrangements"`
	Offers       []arrange.Offer     `json:"offers" doc:"On the table in this conversation"`
}

// ContactCounts are proactive messages so far, over all channels.
type ContactCounts struct {
	Today    int  `json:"today"`
	Week     int  `json:"week"`
	OptedOut bool `json:"opted_out"`
}

// PanelAccount is one debt with the ledger lines a figure's origin points at.
type PanelAccount struct {
	ID            string              `json:"id"`
	No4           string              `json:"no4"`
	DebtType      string              `json:"debt_type"`
	Currency      string              `json:"currency"`
	Balance       ledger.Balance      `json:"balance"`
	Total         ledger.Amount       `json:"total_fen"`
	DaysOverdue   int                 `json:"days_overdue"`
	Stage         string              `json:"stage"`
	DailyInterest ledger.Amount       `json:"daily_interest_fen"`
	Excess        ledger.Amount       `json:"excess_fen"`
	DueOn         calendar.Date       `json:"due_on,omitzero"`
	Entries       []ledger.Entry      `json:"entries"`
	Payments      []flows.PaymentSeen `json:"payments"`
}

type panelOut struct{ Body Panel }

// Unmasked is what stays hidden until somebody needs it and says so.
type Unmasked struct {
	Name  string `json:"name"`
	Phone string `json:"phone"`
}

type unmaskOut struct{ Body Unmasked }

func (s *Server) registerPanel(api huma.API) {
	register(s, api, route{http.MethodGet, "/conversations/{id}/panel", "panel", "The debtor, masked, with accounts and arrangements", Read}, s.panel)
	register(s, api, route{http.MethodPost, "/conversations/{id}/unmask", "unmask", "Show name and phone; leaves an audit line", Unmask}, s.unmask)
}

func (s *Server) panel(ctx context.Context, me bot.AgentUser, in *ConvPath) (*panelOut, error) {
	conv, err := s.open(ctx, me, in.ID)
	if err != nil {
		return nil, err
	}
	file, err := s.opt.Desk.CaseFile(ctx, conv.ID)
	if err != nil {
		return nil, fmt.Errorf("web: case file: %w", err)
	}
	p := panelOf(conv, file)
	if s.opt.Contact != nil && conv.DebtorID != "" {
		contact, err := s.opt.Contact(ctx, conv)
		if err != nil {
			return nil, fmt.Errorf("web: contact: %w", err)
		}
		p.Phone = maskPhone(contact.Phone)
		p.Contacts = &ContactCounts{Today: contact.SentToday, Week: contact.SentWeek, OptedOut: contact.OptedOut}
	}
	return &panelOut{Body: p}, nil
}

func panelOf(conv bot.Conversation, f flows.CaseFile) Panel {
	p := Panel{Known: conv.DebtorID != "", Name: maskName(f.Debtor.Name), Identity: string(conv.Identity), Creditor: f.Creditor.Name,
		Collector: f.Creditor.Collector, Means: f.Debtor.Means, Accounts: []PanelAccount{}, Holds: orEmpty(f.Holds),
		Cases: orEmpty(f.Cases), Arrangements: orEmpty(f.Arrangements), Offers: orEmpty(conv.State.Offers)}
	if !p.Known { // a visitor: whatever the file may hold of a guessed debtor is not theirs
		p.Name, p.Means = "", arrange.Means{}
		p.Holds, p.Cases, p.Arrangements = []flows.Hold{}, []flows.Case{}, []flows.RunningPlan{}
		return p
	}
	for _, a := range f.Accounts {
		p.Accounts = append(p.Accounts, PanelAccount{ID: a.ID, No4: last4(a.No), DebtType: a.DebtType, Currency: a.Currency,
			Balance: a.Balance, Total: a.Balance.Total(), DaysOverdue: a.DaysPastDue, Stage: a.Stage, DailyInterest: a.DailyInterest,
			Excess: a.Excess, DueOn: a.DueOn, Entries: orEmpty(a.Entries), Payments: orEmpty(a.Payments)})
	}
	return p
}

// unmask writes the audit line first: with the audit down, nothing is shown.
func (s *Server) unmask(ctx context.Context, me bot.AgentUser, in *ConvPath) (*unmaskOut, error) {
	conv, err := s.open(ctx, me, in.ID)
	if err != nil {
		return nil, err
	}
	if conv.DebtorID == "" {
		return nil, fail("not_found")
	}
	err = s.opt.Console.LogAudit(ctx, "unmask", me.ID, conv.ID, map[string]any{"fields": []string{"name", "phone"}})
	if err != nil {
		return nil, fmt.Errorf("web: audit unmask: %w", err)
	}
	file, err := s.opt.Desk.CaseFile(ctx, conv.ID)
	if err != nil {
		return nil, fmt.Errorf("web: case file: %w", err)
	}
	out := &unmaskOut{Body: Unmasked{Name: file.Debtor.Name}}
	if s.opt.Contact != nil {
		contact, err := s.opt.Contact(ctx, conv)
		if err != nil {
			return nil, fmt.Errorf("web: contact: %w", err)
		}
		out.Body.Phone = contact.Phone
	}
	return out, nil
}

// orEmpty keeps JSON lists lists: a page should not have to tell null from none.
func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
