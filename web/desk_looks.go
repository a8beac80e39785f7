package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"hejie/bot"
	"hejie/bot/guard"
)

type askLookIn struct {
	ConvPath
	Body struct {
		Text   string `json:"text" maxLength:"16000"`
		Reason string `json:"reason" minLength:"2" maxLength:"1000" doc:"Why it should be said after all"`
	}
}

// AskedLook is a wish that was taken down, or why it was not.
type AskedLook struct {
	ReviewID string        `json:"review_id"`
	DraftID  string        `json:"draft_id"`
	Verdict  guard.Verdict `json:"verdict"`
}

type askLookOut struct{ Body AskedLook }

type looksIn struct {
	State        string `query:"state" enum:"open,approved,refused,all" default:"open"`
	Conversation string `query:"conversation" maxLength:"64" doc:"Only those of one conversation"`
	Mine         bool   `query:"mine" doc:"Only those you asked for; agents see no others"`
	Limit        int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

// LookView is one second look with the text it is about.
type LookView struct {
	bot.Review
	AskedName   string `json:"asked_name"`
	DecidedName string `json:"decided_name"`
	Text        string `json:"text"`
	Lang        string `json:"lang"`
	MayDecide   bool   `json:"may_decide"`
}

type looksOut struct {
	Body struct {
		Items []LookView `json:"items"`
	}
}

type decideIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body Decision
}

// Decision is a person's yes or no with why.
type Decision struct {
	Decision string `json:"decision" enum:"approve,refuse"`
	Reason   string `json:"reason" minLength:"2" maxLength:"1000"`
}

type lookOut struct {
	Body struct {
		State   string        `json:"state"`
		Verdict guard.Verdict `json:"verdict"`
	}
}

type resolveIn struct {
	ConvPath
	Body struct {
		DraftID string `json:"draft_id" minLength:"1" maxLength:"400"`
		Action  string `json:"action" enum:"drop,retry"`
		Reason  string `json:"reason" minLength:"2" maxLength:"1000"`
	}
}

type verdictOut struct {
	Body struct {
		Verdict guard.Verdict `json:"verdict"`
	}
}

type transferIn struct {
	ConvPath
	Body struct {
		AgentID string `json:"agent_id" minLength:"1" maxLength:"64"`
	}
}

// AgentLine is a colleague a conversation can be given to.
type AgentLine struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role string `json:"role"`
}

type agentsOut struct {
	Body struct {
		Items []AgentLine `json:"items"`
	}
}

// registerLooks adds second looks, held drafts and handing a conversation on.
func (s *Server) registerLooks(api huma.API) {
	if s.opt.Operator == nil {
		return
	}
	register(s, api, route{http.MethodPost, "/conversations/{id}/second-look", "second-look-ask", "Ask a supervisor to look at a held reply", AskLook}, s.askLook)
	register(s, api, route{http.MethodGet, "/second-looks", "second-looks", "Held replies that somebody asked about; an agent sees their own", Read}, s.looks)
	register(s, api, route{http.MethodPost, "/second-looks/{id}", "second-look", "Let a held reply pass, or not; hard rules stay", DecideLook}, s.decideLook)
	register(s, api, route{http.MethodPost, "/conversations/{id}/held/resolve", "held-resolve", "Drop a stopped draft, or judge it again", ResolveHeld}, s.resolveHeld)
	register(s, api, route{http.MethodPost, "/conversations/{id}/transfer", "transfer", "Give your conversation to a colleague", Transfer},
		func(ctx context.Context, me bot.AgentUser, in *transferIn) (*convOut, error) {
			return s.transfer(ctx, me, in, false)
		})
	register(s, api, route{http.MethodPost, "/conversations/{id}/assign", "assign", "Give any conversation to a colleague", TransferAny},
		func(ctx context.Context, me bot.AgentUser, in *transferIn) (*convOut, error) {
			return s.transfer(ctx, me, in, true)
		})
	if s.opt.Integrators != nil && s.opt.Integrators.Agents != nil {
		register(s, api, route{http.MethodGet, "/agents", "agents", "Who can be given a conversation", SeeQueue}, s.agents)
	}
}

func (s *Server) askLook(ctx context.Context, me bot.AgentUser, in *askLookIn) (*askLookOut, error) {
	if _, err := s.open(ctx, me, in.ID); err != nil {
		return nil, err
	}
	text, err := replyText(in.Body.Text)
	if err != nil {
		return nil, err
	}
	r, err := s.opt.Operator.AskSecondLook(ctx, in.ID, me, text, strings.TrimSpace(in.Body.Reason))
	if err != nil {
		return nil, fmt.Errorf("web: second look: %w", err)
	}
	return &askLookOut{AskedLook{r.ID, r.DraftID, r.Verdict}}, nil
}

func (s *Server) looks(ctx context.Context, me bot.AgentUser, in *looksIn) (*looksOut, error) {
	f := bot.ReviewFilter{State: in.State, ConvID: in.Conversation, Limit: in.Limit}
	if in.State == "all" {
		f.State = ""
	}
	if in.Mine || !can(me.Role, DecideLook) && !can(me.Role, ReadAudit) {
		f.AskedBy = me.ID
	}
	if f.ConvID != "" {
		if _, err := s.open(ctx, me, f.ConvID); err != nil {
			return nil, err
		}
	}
	list, err := s.opt.Operator.SecondLooks(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("web: second looks: %w", err)
	}
	names := s.names(ctx)
	out := &looksOut{}
	out.Body.Items = make([]LookView, 0, len(list))
	for _, r := range list {
		out.Body.Items = append(out.Body.Items, LookView{r, names(r.AskedBy), names(r.DecidedBy), bodyText(r.Draft), r.Draft.Lang,
			r.State == "open" && r.AskedBy != me.ID && can(me.Role, DecideLook)})
	}
	return out, nil
}

func bodyText(d guard.Draft) string {
	var b strings.Builder
	for _, p := range d.Parts {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

func (s *Server) decideLook(ctx context.Context, me bot.AgentUser, in *decideIn) (*lookOut, error) {
	r, err := s.opt.Operator.DecideSecondLook(ctx, in.ID, me, in.Body.Decision == "approve", strings.TrimSpace(in.Body.Reason))
	if err != nil {
		return nil, fmt.Errorf("web: second look: %w", err)
	}
	out := &lookOut{}
	out.Body.State, out.Body.Verdict = r.State, r.Verdict
	return out, nil
}

func (s *Server) resolveHeld(ctx context.Context, me bot.AgentUser, in *resolveIn) (*verdictOut, error) {
	if _, err := s.open(ctx, me, in.ID); err != nil {
		return nil, err
	}
	v, err := s.opt.Operator.ResolveHeld(ctx, in.ID, in.Body.DraftID, me, in.Body.Action == "drop", strings.TrimSpace(in.Body.Reason))
	if err != nil {
		return nil, fmt.Errorf("web: held draft: %w", err)
	}
	out := &verdictOut{}
	out.Body.Verdict = v
	return out, nil
}

func (s *Server) transfer(ctx context.Context, me bot.AgentUser, in *transferIn, anyHolder bool) (*convOut, error) {
	if _, err := s.open(ctx, me, in.ID); err != nil {
		return nil, err
	}
	to, err := s.opt.Console.Agent(ctx, in.Body.AgentID)
	if err != nil {
		return nil, fmt.Errorf("web: transfer: %w", err)
	}
	if to.Disabled || !can(to.Role, Reply) {
		return nil, fail("forbidden")
	}
	conv, err := s.opt.Operator.Transfer(ctx, in.ID, me, to, anyHolder)
	if err != nil {
		return nil, fmt.Errorf("web: transfer: %w", err)
	}
	return &convOut{Body: convView(conv, s.names(ctx))}, nil
}

func (s *Server) agents(ctx context.Context, _ bot.AgentUser, _ *struct{}) (*agentsOut, error) {
	list, err := s.opt.Integrators.Agents(ctx)
	if err != nil {
		return nil, fmt.Errorf("web: agents: %w", err)
	}
	out := &agentsOut{}
	out.Body.Items = make([]AgentLine, 0, len(list))
	for _, a := range list {
		out.Body.Items = append(out.Body.Items, AgentLine{a.ID, a.Name, a.Role})
	}
	return out, nil
}
