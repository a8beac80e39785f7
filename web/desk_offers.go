package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"hejie/bot"
	"hejie/flows"
	"hejie/flows/arrange"
)

// OfferTerms are what an agent asks the rules for.
type OfferTerms struct {
	AccountID string         `json:"account_id,omitempty" maxLength:"64"`
	Ask       arrange.Ask    `json:"ask"`
	Means     *arrange.Means `json:"means,omitempty" doc:"As told to the agent; absent: what is on file"`
}

type whatIfIn struct {
	ConvPath
	Body OfferTerms
}

type whatIfOut struct{ Body flows.Proposed }

type offerSendIn struct {
	ConvPath
	Body struct {
		OfferTerms
		OfferIDs   []string `json:"offer_ids" minItems:"1" maxItems:"3" doc:"Of the answer to the same terms. The rules are asked anew: an id they no longer give is refused"`
		Text       string   `json:"text,omitempty" maxLength:"16000" doc:"The agent's own words beside the card; judged with it"`
		Reason     string   `json:"reason,omitempty" maxLength:"1000" doc:"For the supervisor, where one must approve"`
		DraftID    string   `json:"draft_id,omitempty" format:"uuid" doc:"Made by the client: the same offer sent twice is sent once"`
		AuthorLang string   `json:"author_lang,omitempty" enum:"zh-Hans,zh-Hant,en" doc:"Language of the reasons; empty: the conversation's"`
	}
}

type offerSendOut struct{ Body bot.OfferSent }

type approvalsOut struct {
	Body struct {
		Items []ApprovalLine `json:"items"`
	}
}

// ApprovalLine is an offer that waits for a person.
type ApprovalLine struct {
	bot.PendingApproval
	Name      string `json:"debtor_name" doc:"Masked"`
	MayDecide bool   `json:"may_decide"`
}

type convApprovalsOut struct {
	Body struct {
		Items []ConvApproval `json:"items"`
	}
}

// ConvApproval is a request of one conversation with how it ended.
type ConvApproval struct {
	bot.Approval
	DecidedName string `json:"decided_name"`
}

type approvalIn struct {
	Body struct {
		Decision
		ConvID  string `json:"conversation_id" minLength:"1" maxLength:"64"`
		CaseID  string `json:"case_id" minLength:"1" maxLength:"200"`
		OfferID string `json:"offer_id" minLength:"1" maxLength:"64"`
	}
}

type approvalOut struct {
	Body struct {
		Told bool `json:"told" doc:"The debtor is told; false where nothing of money may be said now"`
	}
}

// registerDeskOffers adds what-if, offers of agents, and the decisions on those that need one.
func (s *Server) registerDeskOffers(api huma.API) {
	if s.opt.Operator == nil {
		return
	}
	register(s, api, route{http.MethodPost, "/conversations/{id}/what-if", "what-if", "What terms would be offered or refused; nothing is stored", TryOffers}, s.whatIf)
	register(s, api, route{http.MethodPost, "/conversations/{id}/offers", "offer-send",
		"Send built offers as a card, or put one to a supervisor; the debtor's own consent is still needed", SendOffer}, s.sendOffers)
	register(s, api, route{http.MethodGet, "/conversations/{id}/approvals", "conversation-approvals", "Requests for approval of this conversation, with how they ended", Read}, s.convApprovals)
	register(s, api, route{http.MethodGet, "/approvals", "approvals", "Offers that need a person", Approve}, s.approvals)
	register(s, api, route{http.MethodPost, "/approvals", "approval", "Decide on an offer and tell the debtor; their own consent is still needed", Approve}, s.approve)
}

func (s *Server) whatIf(ctx context.Context, me bot.AgentUser, in *whatIfIn) (*whatIfOut, error) {
	if _, err := s.open(ctx, me, in.ID); err != nil {
		return nil, err
	}
	w, err := s.opt.Operator.WhatIf(ctx, in.ID, in.Body.AccountID, in.Body.Ask, in.Body.Means)
	if err != nil {
		return nil, fmt.Errorf("web: what-if: %w", err)
	}
	return &whatIfOut{w}, nil
}

func (s *Server) sendOffers(ctx context.Context, me bot.AgentUser, in *offerSendIn) (*offerSendOut, error) {
	if _, err := s.open(ctx, me, in.ID); err != nil {
		return nil, err
	}
	b := in.Body
	text, err := replyText(b.Text)
	if err != nil && !errors.Is(err, bot.ErrEmpty) { // a request for approval says nothing to the debtor yet
		return nil, err
	}
	if b.DraftID == "" {
		b.DraftID = uuid.NewString()
	}
	out, err := s.opt.Operator.SendOffers(ctx, in.ID, me, bot.OfferWish{DraftID: b.DraftID, AccountID: b.AccountID, Ask: b.Ask, Means: b.Means,
		OfferIDs: b.OfferIDs, Text: text, Reason: b.Reason, AuthorLang: b.AuthorLang})
	if err != nil {
		return nil, fmt.Errorf("web: offers: %w", err)
	}
	if out.State != "asked" {
		s.metrics.replies.WithLabelValues(string(out.Verdict.Decision)).Inc()
	}
	return &offerSendOut{out}, nil
}

func (s *Server) convApprovals(ctx context.Context, me bot.AgentUser, in *ConvPath) (*convApprovalsOut, error) {
	if _, err := s.open(ctx, me, in.ID); err != nil {
		return nil, err
	}
	list, err := s.opt.Operator.Approvals(ctx, in.ID)
	if err != nil {
		return nil, fmt.Errorf("web: approvals: %w", err)
	}
	names, out := s.names(ctx), &convApprovalsOut{}
	out.Body.Items = make([]ConvApproval, 0, len(list))
	for _, a := range list {
		out.Body.Items = append(out.Body.Items, ConvApproval{a, names(a.DecidedBy)})
	}
	return out, nil
}

func (s *Server) approvals(ctx context.Context, me bot.AgentUser, in *CreditorIn) (*approvalsOut, error) {
	list, err := s.opt.Operator.PendingApprovals(ctx, in.Creditor, in.Limit)
	if err != nil {
		return nil, fmt.Errorf("web: approvals: %w", err)
	}
	out := &approvalsOut{}
	out.Body.Items = make([]ApprovalLine, 0, len(list))
	for _, p := range list {
		out.Body.Items = append(out.Body.Items, ApprovalLine{p, maskName(p.DebtorName), bot.MayGrant(me, p.Offer)})
	}
	return out, nil
}

func (s *Server) approve(ctx context.Context, me bot.AgentUser, in *approvalIn) (*approvalOut, error) {
	b := in.Body
	if _, err := s.open(ctx, me, b.ConvID); err != nil {
		return nil, err
	}
	told, err := s.opt.Operator.DecideOffer(ctx, b.ConvID, b.CaseID, b.OfferID, me, b.Decision.Decision == "approve", b.Reason)
	if codeOf(err) == "not_holder" { // the offer names a supervisor
		return nil, &codeError{"forbidden", err}
	}
	if err != nil {
		return nil, fmt.Errorf("web: approval: %w", err)
	}
	out := &approvalOut{}
	out.Body.Told = told
	return out, nil
}
