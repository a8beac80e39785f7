package web

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"
)

// DemoOptions turns on the portal page and the one-click sign-ins. Never set by `serve`.
type DemoOptions struct {
	People          func(context.Context) []DemoPerson
	SignIn          func(ctx context.Context, id string) (token, name string, err error) // a signed host token, as a real portal would give
	Login, Password string                                                               // of the demo agent
	CreditorID      string
	Creditor        string // name shown on the portal
}

// DemoPerson is one sample debtor; Label is the line shown to a newcomer.
type DemoPerson struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Label string `json:"label"`
}

func (s *Server) demoRoutes(g *gin.RouterGroup) {
	d := s.opt.Demo
	if d == nil {
		return
	}
	signIns := newKeyedLimiter(1, 30)
	g.GET("/people", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"people": d.People(c.Request.Context())}) })
	g.GET("/info", func(c *gin.Context) {
		c.JSON(http.StatusOK, gin.H{"login": d.Login, "password": d.Password, "console": "/console",
			"creditor": d.Creditor, "creditor_id": d.CreditorID})
	})
	g.POST("/sign-in", func(c *gin.Context) {
		var in struct {
			ID string `json:"id"`
		}
		if !signIns.allow(c.ClientIP(), s.now()) {
			abort(c, fail("rate_limited"))
			return
		}
		if err := c.ShouldBindJSON(&in); err != nil {
			abort(c, &codeError{"bad_request", err})
			return
		}
		token, name, err := d.SignIn(c.Request.Context(), in.ID)
		if err != nil {
			abort(c, err)
			return
		}
		c.JSON(http.StatusOK, gin.H{"token": token, "name": name})
	})
}
