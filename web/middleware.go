package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
)

// Limits of a request that is not chat (chat sets its own).
const (
	maxBody     = 64 << 10
	bodyTimeout = 15 * time.Second
	workTimeout = 30 * time.Second
)

// reqInfo travels with a request so that whoever finds an internal error can log it with the request's id.
type reqInfo struct {
	id  string
	log *slog.Logger
	err error
}

type infoKey struct{}

func infoFrom(ctx context.Context) *reqInfo {
	if i, ok := ctx.Value(infoKey{}).(*reqInfo); ok {
		return i
	}
	return &reqInfo{log: slog.Default()}
}

// failed logs what the client is not told.
func (i *reqInfo) failed(err error) {
	i.err = err
	if errors.Is(err, context.Canceled) {
		i.log.Debug("request given up", "request", i.id, "err", err)
		return
	}
	i.log.Error("request failed", "request", i.id, "err", err)
}

// observe gives the request an id, logs one line and counts it. The route template is logged, never the path or the
// query: both may hold conversation ids or tokens.
func (s *Server) observe(c *gin.Context) {
	info := &reqInfo{id: uuid.NewString(), log: s.log}
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), infoKey{}, info))
	c.Header("X-Request-Id", info.id)
	start := time.Now() // a duration, not a fact of the domain: the real clock
	c.Next()
	route := c.FullPath()
	if route == "" {
		route = "none"
	}
	took := time.Since(start)
	s.metrics.request(route, c.Request.Method, c.Writer.Status(), took)
	level := slog.LevelInfo
	if route == "/healthz" || route == "/readyz" || route == "/metrics" || strings.HasPrefix(route, "/assets") {
		level = slog.LevelDebug
	}
	s.log.Log(c.Request.Context(), level, "http", "request", info.id, "method", c.Request.Method, "route", route,
		"status", c.Writer.Status(), "bytes", max(c.Writer.Size(), 0), "ms", took.Milliseconds(), "ip", c.ClientIP())
}

// recovered turns a panic into an internal error; the stack goes to the log.
func (s *Server) recovered(c *gin.Context) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(p)
		}
		err := fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		if c.Writer.Written() {
			infoFrom(c.Request.Context()).failed(err)
			c.Abort()
			return
		}
		abort(c, err)
	}()
	c.Next()
}

// bounded limits the size and the time of an ordinary request. Chat and webhooks bring their own limits.
func (s *Server) bounded(c *gin.Context) {
	if strings.HasPrefix(c.Request.URL.Path, "/ws/") || strings.HasPrefix(c.Request.URL.Path, "/api/v1/chat/") {
		c.Next()
		return
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxBody)
	// Not every writer can set a deadline (tests use recorders); the context below still ends the work.
	_ = http.NewResponseController(c.Writer).SetReadDeadline(time.Now().Add(bodyTimeout))
	ctx, cancel := context.WithTimeout(c.Request.Context(), workTimeout)
	defer cancel()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}

// sameSite stops requests that another site's page makes with our cookie, and everything that is not JSON:
// a form post cannot carry JSON, so that even a browser without fetch metadata cannot forge one.
func (s *Server) sameSite() (gin.HandlerFunc, error) {
	cop := http.NewCrossOriginProtection()
	for _, o := range s.origins {
		if err := cop.AddTrustedOrigin(o); err != nil {
			return nil, fmt.Errorf("web: trusted origin: %w", err)
		}
	}
	return func(c *gin.Context) {
		if err := cop.Check(c.Request); err != nil {
			abort(c, &codeError{"cross_site", err})
			return
		}
		if m := c.Request.Method; m != http.MethodGet && m != http.MethodHead && m != http.MethodOptions {
			// A key in the Authorization header is proof of its own; what has no body needs no type then.
			bare := c.Request.ContentLength == 0 && c.GetHeader("Authorization") != "" && forIntegrators(c.Request.URL.Path)
			if t, _, err := mime.ParseMediaType(c.GetHeader("Content-Type")); !bare && (err != nil || t != "application/json") {
				abort(c, fail("unsupported_media"))
				return
			}
		}
		c.Header("Cache-Control", "no-store")
		c.Next()
	}, nil
}
