package web

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"hejie/bot"
)

// Files is what people sent over the messaging channels.
type Files interface {
	Files(ctx context.Context, convID string) ([]bot.File, error)
	File(ctx context.Context, id string) (bot.File, []byte, error)
}

type filesOut struct {
	Body struct {
		Items []bot.File `json:"items"`
	}
}

// shownInline are the pictures a browser only ever draws. Everything else is downloaded: a page or a drawing with scripts sent by a
// stranger must never run beside the console.
var shownInline = []string{"image/jpeg", "image/png", "image/gif", "image/webp"}

// registerDeskFiles adds the list of a conversation's files, and the files themselves.
func (s *Server) registerDeskFiles(api huma.API, r gin.IRoutes) {
	if s.opt.Operator == nil {
		return
	}
	register(s, api, route{http.MethodGet, "/conversations/{id}/files", "files", "What the person sent besides words", Read}, s.files)
	r.GET(consoleAPI+"/conversations/:id/files/:file", s.file)
	api.OpenAPI().AddOperation(&huma.Operation{OperationID: "file", Method: http.MethodGet, Path: consoleAPI + "/conversations/{id}/files/{file}",
		Summary: "One file; pictures inline, everything else as a download. Each opening leaves an audit line", Tags: []string{"console"},
		Description: "Needs the action `" + string(Read) + "`.",
		Parameters:  []*huma.Param{pathParam("id"), pathParam("file")},
		Responses:   map[string]*huma.Response{"200": {Description: "The content"}, "410": {Description: "Gone, refused or not fetched yet"}}})
}

func (s *Server) files(ctx context.Context, me bot.AgentUser, in *ConvPath) (*filesOut, error) {
	if _, err := s.open(ctx, me, in.ID); err != nil {
		return nil, err
	}
	list, err := s.opt.Operator.Files(ctx, in.ID)
	if err != nil {
		return nil, fmt.Errorf("web: files: %w", err)
	}
	out := &filesOut{}
	out.Body.Items = orEmpty(list)
	return out, nil
}

// file hands one out. Who looked at it is written down first: it may be an identity card.
func (s *Server) file(c *gin.Context) {
	f, body, err := s.fileFor(c.Request.Context(), c.Param("id"), c.Param("file"))
	if err != nil {
		abort(c, err)
		return
	}
	how, kind := "attachment", f.Mime
	if slices.Contains(shownInline, f.Mime) {
		how = "inline"
	}
	if kind == "" {
		kind = "application/octet-stream"
	}
	c.Header("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": "file-" + last8(f.ID) + bot.FileExt(kind)}))
	c.Header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("Cache-Control", "private, no-store")
	c.Data(http.StatusOK, kind, body)
}

func (s *Server) fileFor(ctx context.Context, convID, id string) (bot.File, []byte, error) {
	me, err := s.allowed(ctx, Read)
	if err != nil {
		return bot.File{}, nil, err
	}
	if _, err := s.open(ctx, me, convID); err != nil {
		return bot.File{}, nil, err
	}
	f, body, err := s.opt.Operator.File(ctx, id)
	switch {
	case err != nil:
		return f, nil, fmt.Errorf("web: file: %w", err)
	case f.ConvID != convID:
		return f, nil, fail("not_found")
	case f.State != "kept":
		return f, nil, bot.ErrGone
	}
	if err := s.opt.Console.LogAudit(ctx, "file_opened", "agent:"+me.ID, convID, map[string]any{"file": f.ID, "mime": f.Mime}); err != nil {
		return f, nil, fmt.Errorf("web: audit of a file: %w", err)
	}
	return f, body, nil
}

func last8(id string) string { return id[max(0, len(id)-8):] }

func pathParam(name string) *huma.Param {
	return &huma.Param{Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: "string"}}
}
