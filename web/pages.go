package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

//go:embed all:dist
var distFiles embed.FS

func distFS() fs.FS {
	sub, err := fs.Sub(distFiles, "dist")
	if err != nil {
		panic(fmt.Sprintf("web: dist: %v", err)) // a constant path: cannot fail
	}
	return sub
}

// page is one built file with what its cache headers need.
type page struct {
	name string
	data []byte
	hash string
}

type pages struct{ files map[string]page }

// loadPages reads the built front end once; a missing page stops the start, not the first visitor.
func loadPages(dist fs.FS) (*pages, error) {
	p := &pages{files: map[string]page{}}
	err := fs.WalkDir(dist, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		p.files[name] = page{name: name, data: data, hash: hex.EncodeToString(sum[:])}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("web: read dist: %w", err)
	}
	for _, need := range []string{"chat.html", "console.html", "portal.html", "loader.js"} {
		if _, ok := p.files[need]; !ok {
			return nil, fmt.Errorf("web: dist/%s is missing: run `npm run build` in web/ui", need)
		}
	}
	return p, nil
}

func (s *Server) pageRoutes(r *gin.Engine) {
	get := func(pattern string, h gin.HandlerFunc) { r.GET(pattern, h); r.HEAD(pattern, h) }
	get("/assets/*file", func(c *gin.Context) { s.asset(c, "assets"+path.Clean("/"+c.Param("file"))) })
	get("/loader.js", s.loader)
	get("/favicon.ico", func(c *gin.Context) { // the pages have no icon; browsers ask anyway
		c.Header("Cache-Control", "public, max-age=86400")
		c.Status(http.StatusNoContent)
	})
	get("/console", s.html("console.html", func(*gin.Context) string { return s.pagePolicy(nil, false) }))
	get("/chat", s.html("chat.html", func(c *gin.Context) string { return s.pagePolicy(s.chatAncestors(c), false) }))
	if s.opt.Demo != nil {
		get("/", s.html("portal.html", func(*gin.Context) string { return s.pagePolicy(nil, true) }))
	}
}

// html serves a page that is asked for anew each time; its scripts carry their hash in ?v= and are kept for a year.
func (s *Server) html(name string, policy func(*gin.Context) string) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Header("Content-Security-Policy", policy(c))
		c.Header("Cache-Control", "no-cache")
		if name == "console.html" {
			c.Header("X-Frame-Options", "DENY")
			c.Header("Cross-Origin-Opener-Policy", "same-origin")
		}
		if name == "chat.html" {
			c.Header("Cross-Origin-Resource-Policy", "cross-origin") // embedding is limited by frame-ancestors
		}
		s.serve(c, s.pages.files[name])
	}
}

// asset is immutable only under the very hash it has; any other request must ask again.
func (s *Server) asset(c *gin.Context, name string) {
	f, ok := s.pages.files[name]
	if !ok {
		abort(c, fail("not_found"))
		return
	}
	c.Header("Cache-Control", "no-cache")
	if v := c.Query("v"); len(v) >= 8 && strings.HasPrefix(f.hash, v) {
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
	}
	s.serve(c, f)
}

// loader is the one file other sites' pages load, so they may.
func (s *Server) loader(c *gin.Context) {
	c.Header("Cross-Origin-Resource-Policy", "cross-origin")
	c.Header("Access-Control-Allow-Origin", "*")
	c.Header("Cache-Control", "public, max-age=600, must-revalidate")
	s.serve(c, s.pages.files["loader.js"])
}

func (s *Server) serve(c *gin.Context, f page) {
	c.Header("ETag", `"`+f.hash[:32]+`"`)
	http.ServeContent(c.Writer, c.Request, f.name, time.Time{}, bytes.NewReader(f.data))
}
