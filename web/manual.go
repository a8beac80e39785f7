package web

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"hejie/bot"
)

//go:embed manual.html.tmpl
var manualHTML string

var manualPage = template.Must(template.New("manual").Parse(manualHTML))

// manualPolicy: one page with its own styles, no script, nothing from elsewhere.
const manualPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

type manualOp struct {
	Method, Path, ID, Summary, Description string
	Fields                                 []manualField
	Answers                                string
}

type manualField struct {
	Name, In, Type, Doc string
	Required            bool
}

type manualError struct {
	Code   string
	Status int
	ZH, EN string
}

// manualRoute serves the integrators' API for people: made once from the same description that machines read.
func (s *Server) manualRoute(r gin.IRoutes, doc *huma.OpenAPI) error {
	var b bytes.Buffer
	err := manualPage.Execute(&b, map[string]any{
		"Groups": []struct {
			Name string
			Ops  []manualOp
		}{{"integrators", manualOps(doc, "integrators")}, {"console", manualOps(doc, "console")}},
		"Errors": manualErrors(), "Events": bot.HookTypes, "Scopes": bot.Scopes,
	})
	if err != nil {
		return fmt.Errorf("web: manual: %w", err)
	}
	r.GET("/developers", func(c *gin.Context) {
		c.Header("Content-Security-Policy", manualPolicy)
		c.Data(http.StatusOK, "text/html; charset=utf-8", b.Bytes())
	})
	return nil
}

func manualErrors() []manualError {
	out := make([]manualError, 0, len(errorTable))
	for code, l := range errorTable {
		out = append(out, manualError{code, l.Status, l.ZH, l.EN})
	}
	slices.SortFunc(out, func(a, b manualError) int {
		return cmp.Or(cmp.Compare(a.Status, b.Status), cmp.Compare(a.Code, b.Code))
	})
	return out
}

func manualOps(doc *huma.OpenAPI, tag string) []manualOp {
	var out []manualOp
	for path, item := range doc.Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "DELETE": item.Delete} {
			if op == nil || !slices.Contains(op.Tags, tag) {
				continue
			}
			m := manualOp{Method: method, Path: path, ID: op.OperationID, Summary: op.Summary, Description: strings.ReplaceAll(op.Description, "`", "")}
			for _, p := range op.Parameters {
				m.Fields = append(m.Fields, manualField{p.Name, p.In, typeOf(doc, p.Schema), p.Description, p.Required})
			}
			if op.RequestBody != nil {
				m.Fields = append(m.Fields, bodyFields(doc, op.RequestBody.Content)...)
			}
			m.Answers = answerType(op)
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b manualOp) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method)) })
	return out
}

func bodyFields(doc *huma.OpenAPI, content map[string]*huma.MediaType) (out []manualField) {
	for _, mt := range content {
		s := resolved(doc, mt.Schema)
		if s == nil {
			continue
		}
		for name, p := range s.Properties {
			out = append(out, manualField{name, "body", typeOf(doc, p), p.Description, slices.Contains(s.Required, name)})
		}
	}
	slices.SortFunc(out, func(a, b manualField) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func resolved(doc *huma.OpenAPI, s *huma.Schema) *huma.Schema {
	if s != nil && s.Ref != "" {
		return doc.Components.Schemas.SchemaFromRef(s.Ref)
	}
	return s
}

func typeOf(doc *huma.OpenAPI, s *huma.Schema) string {
	r := resolved(doc, s)
	switch {
	case r == nil:
		return ""
	case len(r.Enum) > 0:
		words := make([]string, len(r.Enum))
		for i, e := range r.Enum {
			words[i] = fmt.Sprint(e)
		}
		return strings.Join(words, " | ")
	case r.Type == "array":
		return typeOf(doc, r.Items) + " []"
	}
	return r.Type
}

// answerType names the schema of the good answer.
func answerType(op *huma.Operation) string {
	for _, code := range []string{"200", "201"} {
		if res := op.Responses[code]; res != nil {
			for _, mt := range res.Content {
				if mt.Schema != nil {
					return code + " " + mt.Schema.Ref[strings.LastIndex(mt.Schema.Ref, "/")+1:]
				}
			}
			return code
		}
	}
	return "204"
}
