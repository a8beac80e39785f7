package web

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"hejie/bot"
)

// The integrators' API: what a creditor's own system may read and write. A key belongs to one creditor, and every call below names
// that creditor to the store, so that another one's row is simply not found.

const v1 = "/api/v1"

type keyCtx struct{}

// endpoint describes one operation of the integrators' API and the scope its key needs.
type endpoint struct {
	method, path, id, summary, scope string
	status                           int
}

// integrate adds a typed operation that only a key with the scope reaches.
func integrate[I, O any](s *Server, api huma.API, e endpoint, h func(context.Context, bot.APIKey, *I) (*O, error)) {
	op := huma.Operation{OperationID: e.id, Method: e.method, Path: v1 + e.path, Summary: e.summary, DefaultStatus: e.status,
		Description: "Needs the scope `" + e.scope + "`.", Tags: []string{"integrators"}, MaxBodyBytes: 32 << 10,
		Security: []map[string][]string{{"apiKey": {}}}, Errors: []int{401, 403, 404, 409, 413, 415, 422, 429}, Middlewares: huma.Middlewares{withKey}}
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		key, err := s.key(ctx)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(key.Scopes, e.scope) {
			return nil, fail("scope_missing")
		}
		return h(ctx, key, in)
	})
}

type presented struct{ secret, ip string }

// withKey carries the Authorization header into typed handlers.
func withKey(ctx huma.Context, next func(huma.Context)) {
	kind, secret, _ := strings.Cut(ctx.Header("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") {
		secret = ""
	}
	next(huma.WithValue(ctx, keyCtx{}, presented{strings.TrimSpace(secret), humagin.Unwrap(ctx).ClientIP()}))
}

// key is whose request this is. Keys nobody knows are counted by address, known ones by key.
func (s *Server) key(ctx context.Context) (bot.APIKey, error) {
	p, _ := ctx.Value(keyCtx{}).(presented)
	if p.secret == "" || len(p.secret) > 256 {
		return bot.APIKey{}, fail("key_unknown")
	}
	key, err := s.opt.Integrators.APIKeyBySecret(ctx, p.secret, s.now().UnixMilli())
	if codeOf(err) == "not_found" {
		if !s.knocks.allow(p.ip, s.now()) {
			return bot.APIKey{}, fail("rate_limited")
		}
		return bot.APIKey{}, fail("key_unknown")
	}
	if err != nil {
		return bot.APIKey{}, fmt.Errorf("web: api key: %w", err)
	}
	if !s.calls.allow(key.ID, s.now()) {
		return bot.APIKey{}, fail("rate_limited")
	}
	return key, nil
}

// PageIn is how every list is paged: the cursor of the page before, opaque.
type PageIn struct {
	Cursor string `query:"cursor" maxLength:"200" doc:"next_cursor of the page before; empty: the first page"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// timeCursor is a place in a list ordered by time and id.
func timeCursor(ms int64, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(ms, 10) + "/" + id))
}

func (p PageIn) time() (ms int64, id string, err error) {
	if p.Cursor == "" {
		return 0, "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil {
		return 0, "", fail("bad_request")
	}
	at, id, ok := strings.Cut(string(raw), "/")
	if ms, err = strconv.ParseInt(at, 10, 64); err != nil || !ok {
		return 0, "", fail("bad_request")
	}
	return ms, id, nil
}

// registerIntegrators adds the whole API.
func (s *Server) registerIntegrators(api huma.API) {
	if s.opt.Integrators == nil {
		return
	}
	s.registerBooks(api)
	s.registerTalks(api)
	s.registerMatters(api)
	s.registerHooks(api)
}

func get(path, id, summary, scope string) endpoint {
	return endpoint{http.MethodGet, path, id, summary, scope, http.StatusOK}
}
