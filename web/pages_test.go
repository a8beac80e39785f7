package web

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gin-gonic/gin"
)

type ginRoute = gin.RouteInfo

func TestPageHeaders(t *testing.T) {
	d := newTestDesk(t, func(o *Options) {
		o.FrameAncestors = func(_ context.Context, creditor string) []string {
			if creditor == "anhe" {
				return []string{"https://www.anhe.example", "https://evil.example; script-src *", "javascript:alert(1)", "*", "https://a.example/path"}
			}
			return nil
		}
	})
	c := d.client()
	console := c.get("/console")
	csp := console.header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'",
		"connect-src 'self' ws://" + strings.TrimPrefix(d.http.URL, "http://")} {
		if !strings.Contains(csp, want) {
			t.Errorf("console policy %q lacks %q", csp, want)
		}
	}
	if strings.Contains(csp, "unsafe") || console.header.Get("X-Frame-Options") != "DENY" {
		t.Errorf("console policy: %q", csp)
	}
	chat := c.get("/chat?creditor=anhe").header.Get("Content-Security-Policy")
	if !strings.HasSuffix(chat, "frame-ancestors 'self' https://www.anhe.example") {
		t.Errorf("chat policy: %q", chat)
	}
	if other := c.get("/chat?creditor=other").header.Get("Content-Security-Policy"); !strings.HasSuffix(other, "frame-ancestors 'self'") {
		t.Errorf("chat policy of another: %q", other)
	}
	for _, path := range []string{"/console", "/chat", "/healthz", "/nothing", consoleAPI + "/me"} {
		h := c.get(path).header
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Content-Security-Policy") == "" {
			t.Errorf("%s headers: %v", path, h)
		}
	}
	if got := c.get(consoleAPI + "/me").header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("API cache: %q", got)
	}
}

// The built pages must work under their own policy: no inline script, style element or event handler.
func TestBuiltPagesHoldNothingInline(t *testing.T) {
	p, err := loadPages(distFS())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"chat.html", "console.html", "portal.html"} {
		html := string(p.files[name].data)
		for _, no := range []string{"<style", " onload=", " onclick=", "http://", "https://", "<script>"} {
			if strings.Contains(html, no) {
				t.Errorf("%s holds %q", name, no)
			}
		}
	}
}

func TestCaching(t *testing.T) {
	d := newTestDesk(t)
	c := d.client()
	var asset, hash string
	for name, f := range d.srv.pages.files {
		if strings.HasPrefix(name, "assets/") && strings.HasSuffix(name, ".js") {
			asset, hash = "/"+name, f.hash
		}
	}
	if asset == "" {
		t.Fatal("the front end is not built: run `npm run build` in web/ui")
	}
	res := c.get(asset + "?v=" + hash[:12])
	if res.header.Get("Cache-Control") != "public, max-age=31536000, immutable" || !strings.HasPrefix(res.header.Get("Content-Type"), "text/javascript") {
		t.Errorf("asset: %v", res.header)
	}
	for _, q := range []string{"", "?v=", "?v=000000000000", "?v=" + hash[:4]} {
		if got := c.get(asset + q).header.Get("Cache-Control"); got != "no-cache" {
			t.Errorf("%s: %q", q, got)
		}
	}
	if again := c.get(asset, "If-None-Match", res.header.Get("ETag")); again.status != http.StatusNotModified {
		t.Errorf("conditional: %d", again.status)
	}
	loader := c.get("/loader.js")
	if loader.header.Get("Cross-Origin-Resource-Policy") != "cross-origin" || loader.header.Get("Access-Control-Allow-Origin") != "*" ||
		!strings.Contains(loader.header.Get("Cache-Control"), "max-age=600") {
		t.Errorf("loader: %v", loader.header)
	}
	for _, path := range []string{"/assets/../web.go", "/assets/nothing.js", "/assets/%2e%2e/console.html", "/assets/"} {
		if res := c.get(path); res.status != 404 {
			t.Errorf("%s: %d", path, res.status)
		}
	}
}

func TestMissingPageStopsTheStart(t *testing.T) {
	if _, err := loadPages(fstest.MapFS{"chat.html": {}, "console.html": {}, "loader.js": {}}); err == nil || !strings.Contains(err.Error(), "portal.html") {
		t.Fatalf("err = %v", err)
	}
}

func TestChatAndWebhooksAreMounted(t *testing.T) {
	seen := func(name string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Seen", name+" "+r.Method+" "+r.URL.Path)
			w.WriteHeader(http.StatusTeapot)
		})
	}
	d := newTestDesk(t, func(o *Options) { o.Chat, o.Webhooks = seen("chat"), seen("hook") })
	c := d.client()
	for _, k := range [][2]string{{"GET", "/ws/v1/chat"}, {"POST", "/api/v1/chat/session"}, {"GET", "/api/v1/chat/c1/messages"}, {"DELETE", "/api/v1/chat/c1"}} {
		if got := c.do(k[0], k[1], nil).header.Get("X-Seen"); got != "chat "+k[0]+" "+k[1] {
			t.Errorf("%v reached %q", k, got)
		}
	}
	// A host page's own origin may reach the chat: it brings a bearer token, not a cookie.
	if res := c.post("/api/v1/chat/session", "x", "Origin", "https://host.example"); res.status != http.StatusTeapot {
		t.Errorf("chat from a host page: %d", res.status)
	}
	if got := c.post("/webhooks/sms/twilio/main", nil).header.Get("X-Seen"); got != "hook POST /webhooks/sms/twilio/main" {
		t.Errorf("webhook reached %q", got)
	}
}
