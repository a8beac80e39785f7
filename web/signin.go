package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"hejie/bot"
)

// Me is the person signed in and what their role may do.
type Me struct {
	ID      string   `json:"id"`
	Login   string   `json:"login"`
	Name    string   `json:"name"`
	Role    string   `json:"role"`
	Actions []Action `json:"actions"`
}

func meOf(a bot.AgentUser) Me {
	return Me{ID: a.ID, Login: a.Login, Name: a.Name, Role: a.Role, Actions: roleActions[a.Role]}
}

type meOut struct{ Body Me }

type signInIn struct {
	Body struct {
		Login    string `json:"login" minLength:"1" maxLength:"64"`
		Password string `json:"password" minLength:"1" maxLength:"256"`
	}
}

type ipKey struct{}

// withIP carries the client's address into typed handlers, which see no gin.Context.
func withIP(ctx huma.Context, next func(huma.Context)) {
	next(huma.WithValue(ctx, ipKey{}, humagin.Unwrap(ctx).ClientIP()))
}

func (s *Server) signIn(ctx context.Context, in *signInIn) (*meOut, error) {
	ip, _ := ctx.Value(ipKey{}).(string)
	login := strings.ToLower(strings.TrimSpace(in.Body.Login))
	if !s.signIns.allow(ip, login, s.now()) {
		s.metrics.signIns.WithLabelValues("limited").Inc()
		return nil, fail("rate_limited")
	}
	agent, err := s.opt.Console.AgentByLogin(ctx, login)
	found := err == nil && !agent.Disabled
	if err != nil && codeOf(err) != "not_found" {
		return nil, fmt.Errorf("web: agent by login: %w", err)
	}
	ok, err := s.signIns.matches(ctx, found, agent.PasswordHash, in.Body.Password)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, s.refuse(ctx, agent, ip)
	}
	if err := s.opt.Console.LogAudit(ctx, "sign_in", agent.ID, "", map[string]string{"ip": ip}); err != nil {
		return nil, fmt.Errorf("web: audit sign-in: %w", err)
	}
	// A token known before sign-in is worth nothing after it.
	if err := s.sessions.RenewToken(ctx); err != nil {
		return nil, fmt.Errorf("web: renew session: %w", err)
	}
	s.sessions.Put(ctx, keyAgent, agent.ID)
	s.sessions.Put(ctx, keySeen, s.now().UnixMilli())
	s.metrics.signIns.WithLabelValues("good").Inc()
	return &meOut{Body: meOf(agent)}, nil
}

// refuse answers the same for an unknown login, a wrong password and a disabled agent. What was typed as a login is
// recorded only if it is one: people type passwords there.
func (s *Server) refuse(ctx context.Context, agent bot.AgentUser, ip string) error {
	s.metrics.signIns.WithLabelValues("refused").Inc()
	if err := s.opt.Console.LogAudit(ctx, "sign_in_refused", agent.ID, "", map[string]string{"ip": ip}); err != nil {
		return fmt.Errorf("web: audit refused sign-in: %w", err)
	}
	return fail("wrong_credentials")
}

func (s *Server) signOut(ctx context.Context, _ *struct{}) (*struct{}, error) {
	if id := s.sessions.GetString(ctx, keyAgent); id != "" {
		if err := s.opt.Console.LogAudit(ctx, "sign_out", id, "", nil); err != nil {
			return nil, fmt.Errorf("web: audit sign-out: %w", err)
		}
	}
	token := s.sessions.Token(ctx)
	if err := s.sessions.Destroy(ctx); err != nil {
		return nil, fmt.Errorf("web: end session: %w", err)
	}
	s.hub.endSession(token)
	return nil, nil
}

func (s *Server) registerSignIn(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "sign-in", Method: http.MethodPost, Path: consoleAPI + "/sign-in",
		Summary: "Sign an agent in", Tags: []string{"console"}, MaxBodyBytes: 4 << 10, Middlewares: huma.Middlewares{withIP},
		Errors: []int{401, 403, 413, 415, 422, 429}}, s.signIn)
	huma.Register(api, huma.Operation{OperationID: "sign-out", Method: http.MethodPost, Path: consoleAPI + "/sign-out",
		Summary: "End the session", Tags: []string{"console"}, DefaultStatus: http.StatusNoContent}, s.signOut)
	register(s, api, route{http.MethodGet, "/me", "me", "Who is signed in", SeeQueue},
		func(_ context.Context, me bot.AgentUser, _ *struct{}) (*meOut, error) {
			return &meOut{Body: meOf(me)}, nil
		})
}
