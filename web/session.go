package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"hejie/bot"
)

const (
	sessionLife = 12 * time.Hour // one working day at most
	sessionIdle = time.Hour
	seenEvery   = time.Minute // how often being active is written down

	keyAgent = "agent"
	keySeen  = "seen_ms"

	consoleAPI = "/api/v1/console"
)

// sessionStore hands scs's sessions to the console store. scs gives it hashes, never tokens (HashTokenInStore).
type sessionStore struct {
	db  bot.Console
	now func() time.Time
}

var _ scs.CtxStore = sessionStore{}

func (s sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	return s.db.SessionFind(ctx, token)
}

func (s sessionStore) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	// scs counts in real time, the store by our clock, which a demonstration may have set to another day.
	return s.db.SessionCommit(ctx, token, data, s.now().Add(time.Until(expiry)).UnixMilli())
}

func (s sessionStore) DeleteCtx(ctx context.Context, token string) error {
	return s.db.SessionDelete(ctx, token)
}

// scs asks for these too, but calls the ones above whenever they exist.
func (s sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}
func (s sessionStore) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}
func (s sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

func newSessions(db bot.Console, secure bool, now func() time.Time) *scs.SessionManager {
	sm := scs.New()
	sm.Store = sessionStore{db, now}
	sm.Lifetime = sessionLife
	sm.HashTokenInStore = true
	sm.Cookie.Name = "hejie_console"
	if secure {
		sm.Cookie.Name = "__Host-hejie_console" // a neighbouring subdomain cannot plant it
	}
	sm.Cookie.HttpOnly, sm.Cookie.Secure, sm.Cookie.Path = true, secure, "/"
	sm.Cookie.SameSite = http.SameSiteStrictMode
	sm.Cookie.Persist = false // closing the browser ends it
	return sm
}

// withSessions loads and saves sessions for the console's REST only: chat and pages have nothing to do with them.
func (s *Server) withSessions(next http.Handler) http.Handler {
	withSession := s.sessions.LoadAndSave(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, consoleAPI+"/") {
			withSession.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) sessionError(w http.ResponseWriter, r *http.Request, err error) {
	s.log.Error("session store failed", "err", err)
	writeError(w, r, "internal")
}

// signedIn is the agent of this request. A disabled agent is out at the next request, not at the next sign-in.
func (s *Server) signedIn(ctx context.Context) (bot.AgentUser, error) {
	id := s.sessions.GetString(ctx, keyAgent)
	if id == "" {
		return bot.AgentUser{}, fail("unauthorized")
	}
	now := s.now().UnixMilli()
	idle := time.Duration(now-s.sessions.GetInt64(ctx, keySeen)) * time.Millisecond
	agent, err := s.opt.Console.Agent(ctx, id)
	if codeOf(err) == "not_found" || agent.Disabled || idle > sessionIdle {
		if err := s.sessions.Destroy(ctx); err != nil {
			return bot.AgentUser{}, fmt.Errorf("web: end session: %w", err)
		}
		return bot.AgentUser{}, fail("unauthorized")
	}
	if err != nil {
		return bot.AgentUser{}, fmt.Errorf("web: agent of session: %w", err)
	}
	if idle >= seenEvery { // not at each request: it would cost a write each
		s.sessions.Put(ctx, keySeen, now)
	}
	return agent, nil
}

// signInGuard slows guessing down: by address, by login, and by how many hashes are computed at once.
type signInGuard struct {
	byIP, byLogin *keyedLimiter
	slots         chan struct{}
	check         func(hash, password string) bool
}

func newSignInGuard(check func(hash, password string) bool) signInGuard {
	return signInGuard{byIP: newKeyedLimiter(10.0/60, 10), byLogin: newKeyedLimiter(5.0/60, 5), slots: make(chan struct{}, 2), check: check}
}

func (g *signInGuard) allow(ip, login string, now time.Time) bool {
	return g.byIP.allow(ip, now) && g.byLogin.allow(login, now)
}

// matches always computes one hash, the empty one for an unknown login, so that the delay does not tell which logins exist.
func (g *signInGuard) matches(ctx context.Context, found bool, hash, password string) (bool, error) {
	select {
	case g.slots <- struct{}{}:
		defer func() { <-g.slots }()
	case <-ctx.Done():
		return false, fail("rate_limited")
	}
	if !found {
		hash = ""
	}
	ok := g.check(hash, password)
	return ok && found, nil
}
