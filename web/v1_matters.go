package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"hejie/bot"
	"hejie/flows/calendar"
)

type v1HoldsIn struct {
	DebtorID string `query:"debtor_id" maxLength:"64"`
	Limit    int    `query:"limit" minimum:"1" maximum:"500" default:"200"`
}

type v1HoldsOut struct {
	Body struct {
		Items []bot.HoldRow `json:"items"`
	}
}

// HoldWish is what places a hold.
type HoldWish struct {
	Reason    string `json:"reason" enum:"dispute,identity_theft,hardship,illness,disaster,bereavement,minor,lawyer,complaint,bankruptcy,crisis,usury,stop_contact"`
	Scope     string `json:"scope" enum:"account,debtor"`
	AccountID string `json:"account_id,omitempty" maxLength:"64" doc:"For scope account"`
	Until     string `json:"until,omitempty" maxLength:"10" doc:"YYYY-MM-DD; empty: until it is lifted"`
	Note      string `json:"note,omitempty" maxLength:"2000"`
}

type v1HoldIn struct {
	Body struct {
		HoldWish
		DebtorID string `json:"debtor_id" minLength:"1" maxLength:"64"`
	}
}

// ReasonIn is a path id with why.
type ReasonIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Reason string `json:"reason" minLength:"2" maxLength:"1000"`
	}
}

type v1CasesIn struct {
	PageIn
	State string `query:"state" enum:"open,closed,all" default:"all"`
	Kind  string `query:"kind" maxLength:"32"`
}

type v1CasesOut struct {
	Body struct {
		Items []bot.CaseRow `json:"items"`
		Next  string        `json:"next_cursor"`
	}
}

type v1CloseIn struct {
	Conv string `path:"conversation" maxLength:"64"`
	ID   string `path:"id" maxLength:"200"`
	Body struct {
		Outcome string `json:"outcome" minLength:"2" maxLength:"500"`
	}
}

func (s *Server) registerMatters(api huma.API) {
	integrate(s, api, get("/holds", "v1-holds", "Holds that stand, newest first", "holds:read"), s.v1Holds)
	integrate(s, api, endpoint{http.MethodPost, "/holds", "v1-hold", "Stop collection for a debtor or one account", "holds:write", http.StatusNoContent}, s.v1PlaceHold)
	integrate(s, api, endpoint{http.MethodPost, "/holds/{id}/lift", "v1-lift", "End a hold; a crisis is ended at the desk only", "holds:write",
		http.StatusNoContent}, s.v1LiftHold)
	integrate(s, api, get("/cases", "v1-cases", "Cases, in the order they were opened", "cases:read"), s.v1Cases)
	integrate(s, api, endpoint{http.MethodPost, "/cases/{conversation}/{id}/close", "v1-close-case", "Close a case with its outcome", "cases:write",
		http.StatusNoContent}, func(ctx context.Context, k bot.APIKey, in *v1CloseIn) (*struct{}, error) {
		return nil, s.opt.Integrators.CloseCase(ctx, k.CreditorID, in.Conv, in.ID, keyActor(k), in.Body.Outcome)
	})
}

func (s *Server) v1Holds(ctx context.Context, k bot.APIKey, in *v1HoldsIn) (*v1HoldsOut, error) {
	list, err := s.opt.Integrators.HoldsStanding(ctx, k.CreditorID, in.DebtorID, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &v1HoldsOut{}
	out.Body.Items = orEmpty(list)
	return out, nil
}

// put turns a wish into a hold; the day is checked here, the ownership where it is written.
func (w HoldWish) put() (bot.HoldPut, error) {
	h := bot.HoldPut{Reason: w.Reason, Scope: w.Scope, AccountID: w.AccountID, Note: w.Note}
	if (w.Scope == "account") != (w.AccountID != "") {
		return h, fail("invalid")
	}
	if w.Until != "" {
		d, err := calendar.ParseDate(w.Until)
		if err != nil {
			return h, fail("invalid")
		}
		h.Until = d
	}
	return h, nil
}

func (s *Server) v1PlaceHold(ctx context.Context, k bot.APIKey, in *v1HoldIn) (*struct{}, error) {
	h, err := in.Body.put()
	if err != nil {
		return nil, err
	}
	h.CreditorID, h.DebtorID, h.By = k.CreditorID, in.Body.DebtorID, keyActor(k)
	return nil, s.opt.Integrators.PlaceHold(ctx, h)
}

func (s *Server) v1LiftHold(ctx context.Context, k bot.APIKey, in *ReasonIn) (*struct{}, error) {
	h, err := s.opt.Integrators.Hold(ctx, in.ID)
	switch {
	case err != nil:
		return nil, err
	case h.CreditorID != k.CreditorID:
		return nil, fail("not_found")
	case h.Reason == "crisis":
		return nil, fail("forbidden")
	}
	return nil, s.opt.Integrators.LiftHold(ctx, in.ID, keyActor(k), in.Body.Reason)
}

func (s *Server) v1Cases(ctx context.Context, k bot.APIKey, in *v1CasesIn) (*v1CasesOut, error) {
	ms, id, err := in.time()
	if err != nil {
		return nil, err
	}
	if in.State == "all" {
		in.State = ""
	}
	list, err := s.opt.Integrators.Cases(ctx, bot.CaseFilter{CreditorID: k.CreditorID, State: in.State, Kind: in.Kind, AfterMS: ms, AfterID: id, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := &v1CasesOut{}
	out.Body.Items = orEmpty(list)
	if n := len(list); n == in.Limit {
		out.Body.Next = timeCursor(list[n-1].OpenedMS, list[n-1].ConvID+"/"+list[n-1].ID)
	}
	return out, nil
}
