package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
)

// baseHeaders go on every answer; pages add their own policy.
func (s *Server) baseHeaders(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	// What is not a page may load nothing at all, whatever somebody makes a browser think it is.
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	if s.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	c.Next()
}

// pagePolicy is the policy of our own pages: only our own files, no inline script, no third party.
// The socket's origin is named beside 'self' because older Safari does not count ws: as 'self'.
func (s *Server) pagePolicy(ancestors []string, frames bool) string {
	rules := []string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
		"connect-src 'self' " + strings.Join(s.socketOrigins(), " "),
		"base-uri 'none'", "form-action 'self'", "object-src 'none'",
	}
	if frames {
		rules = append(rules, "frame-src 'self'")
	}
	if len(ancestors) == 0 {
		ancestors = []string{"'none'"}
	}
	return strings.Join(append(rules, "frame-ancestors "+strings.Join(ancestors, " ")), "; ")
}

func (s *Server) socketOrigins() []string {
	var out []string
	for _, o := range s.origins {
		if !strings.Contains(o, "[") { // a policy cannot name an IPv6 address; 'self' covers it
			out = append(out, "ws"+strings.TrimPrefix(o, "http")) // http→ws, https→wss
		}
	}
	return out
}

// chatAncestors are the host pages that may embed the chat: what the creditor configured, and our own pages.
// A value that is not a plain origin is dropped: it would widen the policy or break it.
func (s *Server) chatAncestors(c *gin.Context) []string {
	out := []string{"'self'"}
	if s.opt.FrameAncestors == nil {
		return out
	}
	for _, o := range s.opt.FrameAncestors(c.Request.Context(), c.Query("creditor")) {
		if isOrigin(o) && !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}

func isOrigin(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.Path == "" && u.RawQuery == "" &&
		u.Fragment == "" && u.User == nil && !strings.ContainsAny(s, " ;,*'\"\t\r\n")
}
