package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/netip"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"hejie/bot"
)

func (s *Server) routes() (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.HandleMethodNotAllowed = true
	r.RedirectTrailingSlash = false
	if err := r.SetTrustedProxies(s.opt.TrustedProxies); err != nil { // nil: nobody's X-Forwarded-For is believed
		return nil, fmt.Errorf("web: trusted proxies: %w", err)
	}
	r.Use(s.observe, s.baseHeaders, s.recovered, s.bounded)
	r.NoRoute(func(c *gin.Context) { abort(c, fail("not_found")) })
	r.NoMethod(func(c *gin.Context) { abort(c, fail("method_not_allowed")) })

	r.GET("/healthz", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
	r.GET("/readyz", s.ready)
	r.GET("/metrics", nearbyOnly, gin.WrapH(promhttp.HandlerFor(s.opt.Registry, promhttp.HandlerOpts{})))
	r.GET("/ws/v1/console", s.consoleSocket)
	if s.opt.Chat != nil {
		r.GET("/ws/v1/chat", s.toChat)
		r.Any("/api/v1/chat/*rest", s.toChat)
	}
	if s.opt.Webhooks != nil {
		r.Any("/webhooks/*rest", gin.WrapH(s.opt.Webhooks))
	}
	s.pageRoutes(r)
	guard, err := s.sameSite()
	if err != nil {
		return nil, err
	}
	s.demoRoutes(r.Group("/demo", guard))
	return r, s.apiRoutes(r, guard)
}

// apiRoutes registers the typed console REST and serves its description, computed once.
func (s *Server) apiRoutes(r *gin.Engine, guard gin.HandlerFunc) error {
	cfg := huma.DefaultConfig("Hejie", "1")
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"apiKey": {Type: "http", Scheme: "bearer", Description: "A creditor's API key (hj_…)"}}
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath = "", "", "" // the docs page would load scripts from a third party
	cfg.CreateHooks = nil                                       // no $schema links in answers
	api := humagin.NewWithGroup(r, r.Group("", guard), cfg)
	s.registerSignIn(api)
	s.registerQueue(api)
	s.registerConversation(api)
	s.registerControl(api)
	s.registerReply(api)
	s.registerPanel(api)
	s.registerRecords(api)
	s.registerLooks(api)
	s.registerDeskMatters(api)
	s.registerDeskOffers(api)
	s.registerDeskPolicy(api)
	s.registerDeskChannels(api)
	s.registerDeskInvite(api)
	s.registerDeskHooks(api)
	s.registerDeskFiles(api, r.Group("", guard))
	s.paperRoute(r.Group("", guard))
	s.registerIntegrators(api)
	doc, err := json.Marshal(api.OpenAPI())
	if err != nil {
		return fmt.Errorf("web: openapi: %w", err)
	}
	r.GET("/api/v1/openapi.json", func(c *gin.Context) { c.Data(http.StatusOK, "application/json; charset=utf-8", doc) })
	return s.manualRoute(r, api.OpenAPI())
}

// route describes one console operation and the action its caller's role must allow.
type route struct {
	method, path, id, summary string
	action                    Action
}

// register adds a typed operation that only a signed-in agent with the right role reaches.
func register[I, O any](s *Server, api huma.API, rt route, h func(context.Context, bot.AgentUser, *I) (*O, error)) {
	op := huma.Operation{OperationID: rt.id, Method: rt.method, Path: consoleAPI + rt.path, Summary: rt.summary,
		Description: "Needs the action `" + string(rt.action) + "`.", Tags: []string{"console"}, MaxBodyBytes: 32 << 10,
		Errors: []int{401, 403, 404, 409, 413, 415, 422, 429}}
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		agent, err := s.allowed(ctx, rt.action)
		if err != nil {
			return nil, err
		}
		return h(ctx, agent, in)
	})
}

// allowed is who asks, if they are signed in and their role may do this.
func (s *Server) allowed(ctx context.Context, a Action) (bot.AgentUser, error) {
	agent, err := s.signedIn(ctx)
	if err == nil && !can(agent.Role, a) {
		err = fail("forbidden")
	}
	return agent, err
}

func (s *Server) ready(c *gin.Context) {
	if s.opt.Ready != nil {
		if err := s.opt.Ready(c.Request.Context()); err != nil {
			s.log.Warn("not ready", "err", err)
			abort(c, &codeError{"unavailable", err})
			return
		}
	}
	c.String(http.StatusOK, "ready\n")
}

// nearbyOnly keeps operating figures from the internet: metrics answer this machine and private networks.
func nearbyOnly(c *gin.Context) {
	ip, err := netip.ParseAddr(c.ClientIP())
	if err != nil || (!ip.Unmap().IsLoopback() && !ip.Unmap().IsPrivate()) {
		abort(c, fail("not_found"))
		return
	}
	c.Next()
}

// writeError answers an error where there is no gin.Context.
func writeError(w http.ResponseWriter, r *http.Request, code string) {
	body := newErrorBody(code, langOf(r.Header.Get("Accept-Language")))
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(body.status)
	_ = json.NewEncoder(w).Encode(body) // the client is gone if this fails
}

// toChat hands a request to the chat with the client's address as the operator's proxies vouch for it:
// the chat counts sockets per address and must not trust a header itself.
func (s *Server) toChat(c *gin.Context) {
	c.Request.RemoteAddr = net.JoinHostPort(c.ClientIP(), "0")
	s.opt.Chat.ServeHTTP(c.Writer, c.Request)
}
