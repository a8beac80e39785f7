package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"hejie/bot"
	"hejie/flows/calendar"
)

type deskHoldsIn struct {
	CreditorIn
	Conversation string `query:"conversation" maxLength:"64" doc:"Only the holds of this conversation's debtor"`
}

// HoldLine is a hold with whether the caller may lift it.
type HoldLine struct {
	bot.HoldRow
	Name string `json:"debtor_name" doc:"Masked"`
	Lift Lift   `json:"lift"`
}

// Lift tells who may end a hold, and from when.
type Lift struct {
	May  bool          `json:"may"`
	Why  string        `json:"why" enum:",role,too_early"`
	From calendar.Date `json:"from,omitzero"`
}

type deskHoldsOut struct {
	Body struct {
		Items []HoldLine `json:"items"`
	}
}

type deskHoldIn struct {
	ConvPath
	Body HoldWish
}

type deskCasesIn struct {
	Creditor string `query:"creditor" maxLength:"64"`
	State    string `query:"state" enum:"open,closed,all" default:"open"`
	Kind     string `query:"kind" maxLength:"32"`
	Limit    int    `query:"limit" minimum:"1" maximum:"500" default:"200"`
}

// CaseLine is work with its deadline.
type CaseLine struct {
	bot.CaseRow
	Name    string `json:"debtor_name" doc:"Masked"`
	Note    string `json:"note"`
	Overdue bool   `json:"overdue"`
	Closed  string `json:"closed_name" doc:"Who closed it, by name"`
}

type deskCasesOut struct {
	Body struct {
		Today calendar.Date `json:"today"`
		Items []CaseLine    `json:"items"`
	}
}

type deskCloseIn struct {
	ConvPath
	Case string `path:"case" maxLength:"200"`
	Body struct {
		Outcome string `json:"outcome" minLength:"2" maxLength:"500"`
	}
}

// registerDeskMatters adds holds and cases to the console.
func (s *Server) registerDeskMatters(api huma.API) {
	if s.opt.Operator == nil || s.opt.Integrators == nil {
		return
	}
	register(s, api, route{http.MethodGet, "/holds", "holds", "Holds that stand", SeeCases}, s.deskHolds)
	register(s, api, route{http.MethodPost, "/conversations/{id}/holds", "hold-place", "Stop collection", PlaceHold}, s.deskPlace)
	register(s, api, route{http.MethodPost, "/holds/{id}/lift", "hold-lift", "End a hold, by name and with a reason", LiftHold}, s.deskLift)
	register(s, api, route{http.MethodGet, "/cases", "cases", "Work with deadlines, overdue first", SeeCases}, s.deskCases)
	register(s, api, route{http.MethodPost, "/conversations/{id}/cases/{case}/close", "case-close", "Close a case with its outcome; one of another kind than said_outside needs `case_close`", CloseOutside}, s.deskClose)
}

func (s *Server) deskHolds(ctx context.Context, me bot.AgentUser, in *deskHoldsIn) (*deskHoldsOut, error) {
	subject, creditor := "", in.Creditor
	if in.Conversation != "" {
		conv, err := s.open(ctx, me, in.Conversation)
		if err != nil {
			return nil, err
		}
		if subject, creditor = conv.DebtorID, conv.CreditorID; subject == "" {
			subject = "conv:" + conv.ID
		}
	}
	list, err := s.opt.Integrators.HoldsStanding(ctx, creditor, subject, in.Limit)
	if err != nil {
		return nil, fmt.Errorf("web: holds: %w", err)
	}
	out := &deskHoldsOut{}
	out.Body.Items = make([]HoldLine, 0, len(list))
	for _, h := range list {
		l, err := s.lift(ctx, me, h)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, HoldLine{h, maskName(h.DebtorName), l})
	}
	return out, nil
}

// lift: a hold ends by a person's word only; a crisis by a supervisor's, and not before its time.
func (s *Server) lift(ctx context.Context, me bot.AgentUser, h bot.HoldRow) (Lift, error) {
	from, err := s.opt.Operator.MayLift(ctx, h)
	if err != nil {
		return Lift{}, fmt.Errorf("web: hold: %w", err)
	}
	switch {
	case !can(me.Role, LiftHold), h.Reason == "crisis" && me.Role != "supervisor" && me.Role != "admin":
		return Lift{Why: "role", From: from}, nil
	case !from.IsZero() && calendar.DateOf(s.now()).Before(from):
		return Lift{Why: "too_early", From: from}, nil
	}
	return Lift{May: true, From: from}, nil
}

func (s *Server) deskPlace(ctx context.Context, me bot.AgentUser, in *deskHoldIn) (*struct{}, error) {
	conv, err := s.open(ctx, me, in.ID)
	if err != nil {
		return nil, err
	}
	h, err := in.Body.put()
	if err != nil {
		return nil, err
	}
	h.CreditorID, h.DebtorID, h.ConvID, h.By = conv.CreditorID, conv.DebtorID, conv.ID, "agent:"+me.ID
	if err := s.opt.Integrators.PlaceHold(ctx, h); err != nil {
		return nil, fmt.Errorf("web: hold: %w", err)
	}
	s.opt.Bus.Publish(bot.Event{Kind: "control", ConvID: conv.ID})
	return nil, nil
}

func (s *Server) deskLift(ctx context.Context, me bot.AgentUser, in *ReasonIn) (*struct{}, error) {
	h, err := s.opt.Integrators.Hold(ctx, in.ID)
	if err != nil {
		return nil, fmt.Errorf("web: hold: %w", err)
	}
	l, err := s.lift(ctx, me, h)
	switch {
	case err != nil:
		return nil, err
	case l.Why == "role":
		return nil, fail("forbidden")
	case l.Why == "too_early":
		return nil, fail("too_early")
	}
	if err := s.opt.Integrators.LiftHold(ctx, in.ID, "agent:"+me.ID, strings.TrimSpace(in.Body.Reason)); err != nil {
		return nil, fmt.Errorf("web: hold: %w", err)
	}
	s.opt.Bus.Publish(bot.Event{Kind: "control", ConvID: h.ConvID})
	return nil, nil
}

func (s *Server) deskCases(ctx context.Context, _ bot.AgentUser, in *deskCasesIn) (*deskCasesOut, error) {
	if in.State == "all" {
		in.State = ""
	}
	list, err := s.opt.Integrators.Cases(ctx, bot.CaseFilter{CreditorID: in.Creditor, State: in.State, Kind: in.Kind, Limit: in.Limit, ByDue: true})
	if err != nil {
		return nil, fmt.Errorf("web: cases: %w", err)
	}
	out := &deskCasesOut{}
	out.Body.Today = calendar.DateOf(s.now())
	out.Body.Items = make([]CaseLine, 0, len(list))
	names := s.names(ctx)
	for _, c := range list {
		late := c.State == "open" && !c.Due.IsZero() && c.Due.Before(out.Body.Today)
		out.Body.Items = append(out.Body.Items, CaseLine{c, maskName(c.DebtorName), c.Note, late, closerName(c.ClosedBy, names)})
	}
	return out, nil
}

func (s *Server) deskClose(ctx context.Context, me bot.AgentUser, in *deskCloseIn) (*struct{}, error) {
	if _, err := s.open(ctx, me, in.ID); err != nil {
		return nil, err
	}
	if !can(me.Role, CloseCases) {
		kind, err := s.opt.Integrators.CaseKind(ctx, in.ID, in.Case)
		if err != nil {
			return nil, fmt.Errorf("web: case: %w", err)
		}
		if kind != "said_outside" {
			return nil, fail("forbidden")
		}
	}
	if err := s.opt.Integrators.CloseCase(ctx, "", in.ID, in.Case, "agent:"+me.ID, strings.TrimSpace(in.Body.Outcome)); err != nil {
		return nil, fmt.Errorf("web: case: %w", err)
	}
	return nil, nil
}

// closerName: a case may also be closed by an integrator's key, which has no person's name.
func closerName(by string, names func(string) string) string {
	if id, ok := strings.CutPrefix(by, "agent:"); ok {
		return names(id)
	}
	return ""
}
