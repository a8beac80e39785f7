// Package web is the HTTP face: router, sign-in and console REST, console socket, metrics, health, pages and the demo portal.
// It does not decide what may be said (bot and guard do), keeps no conversation of its own, and knows no SQL and no vendor's wire.
package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"hejie/bot"
)

// Options is everything the server is given; it reaches for nothing else.
type Options struct {
	Desk     Desk
	Console  bot.Console
	Bus      bot.Bus
	Chat     http.Handler // web chat, mounted at /ws/v1/chat and /api/v1/chat/…; nil leaves the routes out
	ChatOpen func() int   // connections of the chat, for metrics; nil leaves the figure out
	Webhooks http.Handler // WeChat, WeCom and SMS callbacks, mounted at /webhooks/…; nil leaves the routes out

	Operator    Operator     // the desk's further tools; nil leaves their routes out
	Integrators *Integrators // REST API and webhooks of the creditors' own systems; nil leaves their routes out
	Papers      *Papers      // agreements for the console; nil leaves the route out

	// Tenants lists the creditors served here; the console shows their names.
	Tenants func(context.Context) ([]bot.Tenant, error)
	// FrameAncestors says which origins may embed /chat for a creditor (empty creditor: any of them).
	FrameAncestors func(ctx context.Context, creditor string) []string
	// Contact gives what the debtor panel shows of phone and contact counts. Optional.
	Contact func(context.Context, bot.Conversation) (Contact, error)
	// CheckPassword compares a stored hash with a password. For an empty hash it must take as long and say no.
	CheckPassword func(hash, password string) bool
	// Ready fails while the server must not get traffic (migrating, database down). Optional.
	Ready func(context.Context) error

	Now            func() time.Time
	PublicURL      string   // https://chat.example.com; its origin is the only one the console socket accepts
	TrustedProxies []string // CIDRs whose X-Forwarded-For is believed; empty = nobody's
	Demo           *DemoOptions
	Registry       *prometheus.Registry // where metrics are kept; nil makes one
	Log            *slog.Logger
}

// Contact is what is known about reaching a debtor. Phone may be whole or only its last four digits.
type Contact struct {
	Name                string
	Phone               string
	OptedOut            bool
	SentToday, SentWeek int
}

// Server is the whole HTTP face of one process.
type Server struct {
	opt      Options
	log      *slog.Logger
	now      func() time.Time
	origins  []string // exact origins of our own pages
	secure   bool     // served over https
	engine   *gin.Engine
	sessions *scs.SessionManager
	signIns  signInGuard
	checks   *keyedLimiter // drafts checked while typing, per agent
	calls    *keyedLimiter // requests of one API key
	knocks   *keyedLimiter // requests with a key nobody knows, per address
	hub      *hub
	metrics  *metrics
	pages    *pages
	handler  http.Handler
}

// New wires the routes. It fails on a wrong PublicURL, proxy list or missing port rather than on the first request.
func New(opt Options) (*Server, error) {
	if err := opt.complete(); err != nil {
		return nil, err
	}
	origins, secure, err := ownOrigins(opt.PublicURL, opt.Demo != nil)
	if err != nil {
		return nil, err
	}
	pgs, err := loadPages(distFS())
	if err != nil {
		return nil, err
	}
	s := &Server{opt: opt, log: opt.Log, now: opt.Now, origins: origins, secure: secure, pages: pgs,
		checks: newKeyedLimiter(5, 20), calls: newKeyedLimiter(20, 60), knocks: newKeyedLimiter(10.0/60, 10),
		signIns: newSignInGuard(opt.CheckPassword), metrics: newMetrics(opt.Registry, opt.ChatOpen)}
	s.hub = newHub(s.metrics)
	s.sessions = newSessions(opt.Console, secure, s.now)
	s.sessions.ErrorFunc = s.sessionError
	if s.engine, err = s.routes(); err != nil {
		return nil, err
	}
	s.handler = s.withSessions(s.engine)
	return s, nil
}

func (o *Options) complete() error {
	switch {
	case o.Desk == nil:
		return errors.New("web: no desk")
	case o.Console == nil:
		return errors.New("web: no console store")
	case o.Bus == nil:
		return errors.New("web: no bus")
	case o.CheckPassword == nil:
		return errors.New("web: no password check")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if o.Registry == nil {
		o.Registry = prometheus.NewRegistry()
	}
	return nil
}

// ownOrigins is the exact list a browser's Origin header is compared with. A demo is reached by every name of the
// loopback, so all of them count there; nothing else ever does.
func ownOrigins(public string, demo bool) ([]string, bool, error) {
	u, err := url.Parse(public)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, false, fmt.Errorf("web: public URL %q must be http(s)://host[:port]", public)
	}
	if u.Path != "" && u.Path != "/" {
		return nil, false, fmt.Errorf("web: public URL %q must not have a path", public)
	}
	origins := []string{u.Scheme + "://" + strings.ToLower(u.Host)}
	if ip := net.ParseIP(u.Hostname()); demo && (u.Hostname() == "localhost" || (ip != nil && ip.IsLoopback())) {
		for _, name := range []string{"localhost", "127.0.0.1", "::1"} {
			host := name
			if p := u.Port(); p != "" {
				host = net.JoinHostPort(name, p)
			}
			if o := u.Scheme + "://" + host; !slices.Contains(origins, o) {
				origins = append(origins, o)
			}
		}
	}
	return origins, u.Scheme == "https", nil
}

// ServeHTTP makes the server an http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Run serves on ln until ctx ends, then lets running requests finish for at most ten seconds.
func (s *Server) Run(ctx context.Context, ln net.Listener) error {
	srv := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		// No WriteTimeout: it would cut event streams. Every other route has a deadline of its own (middleware.go).
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	select {
	case err := <-done:
		return fmt.Errorf("web: serve: %w", err)
	case <-ctx.Done():
	}
	s.hub.closeAll()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := srv.Shutdown(stop); err != nil {
		_ = srv.Close()
		return fmt.Errorf("web: shut down: %w", err)
	}
	return nil
}
