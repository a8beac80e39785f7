package web

import (
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/goccy/go-yaml"

	"hejie/bot"
)

//go:embed errors.yaml
var errorsYAML []byte

// errorLine is one row of the table.
type errorLine struct {
	Status int    `yaml:"status"`
	ZH     string `yaml:"zh"`
	EN     string `yaml:"en"`
}

var errorTable = mustErrors()

// domainCodes maps the bot's errors to codes; domain code itself knows no HTTP.
var domainCodes = []struct {
	err  error
	code string
}{
	{bot.ErrNotFound, "not_found"},
	{bot.ErrConflict, "conflict"},
	{bot.ErrCIDConflict, "cid_conflict"},
	{bot.ErrClosed, "closed"},
	{bot.ErrOfferExpired, "offer_expired"},
	{bot.ErrVerify, "verify_required"},
	{bot.ErrTooLarge, "too_large"},
	{bot.ErrEmpty, "empty"},
	{bot.ErrNotHolder, "not_holder"},
	{bot.ErrHardRule, "hard_rule"},
	{bot.ErrNotHeld, "not_held"},
	{bot.ErrOwnWish, "own_wish"},
	{bot.ErrTooEarly, "too_early"},
	{bot.ErrNoArrangement, "no_arrangement"},
	{bot.ErrDecided, "decided"},
	{bot.ErrGone, "gone"},
	{bot.ErrPeer, "peer_failed"},
}

// statusCodes names the errors the REST framework and the router raise by themselves.
var statusCodes = map[int]string{
	http.StatusBadRequest: "bad_request", http.StatusNotFound: "not_found", http.StatusMethodNotAllowed: "method_not_allowed",
	http.StatusNotAcceptable: "not_acceptable", http.StatusRequestTimeout: "timeout", http.StatusRequestEntityTooLarge: "too_large",
	http.StatusUnsupportedMediaType: "unsupported_media", http.StatusUnprocessableEntity: "invalid",
}

func mustErrors() map[string]errorLine {
	table := map[string]errorLine{}
	if err := yaml.UnmarshalWithOptions(errorsYAML, &table, yaml.Strict()); err != nil {
		panic(fmt.Sprintf("web: errors.yaml: %v", err)) // compiled in: a fault here is a fault of the build
	}
	return table
}

// codeError is an error with its stable code already known.
type codeError struct {
	code  string
	cause error
}

func (e *codeError) Error() string {
	if e.cause == nil {
		return "web: " + e.code
	}
	return "web: " + e.code + ": " + e.cause.Error()
}
func (e *codeError) Unwrap() error { return e.cause }

func fail(code string) error { return &codeError{code: code} }

// codeOf finds the code of any error. What nobody named is internal: its detail stays in the log.
func codeOf(err error) string {
	var ce *codeError
	if errors.As(err, &ce) {
		return ce.code
	}
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return "too_large"
	}
	for _, d := range domainCodes {
		if errors.Is(err, d.err) {
			return d.code
		}
	}
	return "internal"
}

// ErrorBody is what every failed request answers.
type ErrorBody struct { //nolint:errname // it is a schema's name in the OpenAPI description
	Code    string   `json:"code" doc:"Stable code, e.g. not_holder"`
	Message string   `json:"message" doc:"A sentence for the person, in the language asked for"`
	Fields  []string `json:"fields,omitempty" doc:"Which fields are wrong, for code invalid"`

	// The integrators' API answers errors as RFC 9457 describes; there these repeat what stands above.
	Type   string `json:"type,omitempty"`
	Title  string `json:"title,omitempty"`
	Status int    `json:"status,omitempty"`
	Detail string `json:"detail,omitempty"`

	status int
}

// problem fills in the members of RFC 9457.
func (e *ErrorBody) problem() *ErrorBody {
	e.Type, e.Title, e.Status, e.Detail = "urn:hejie:error:"+e.Code, http.StatusText(e.status), e.status, e.Message
	return e
}

// ContentType tells the framework what to label the body with.
func (e *ErrorBody) ContentType(given string) string {
	if e.Type != "" {
		return "application/problem+json"
	}
	return given
}

// forIntegrators: a path of their API, not of the console or the chat.
func forIntegrators(path string) bool {
	return strings.HasPrefix(path, "/api/v1/") && !strings.HasPrefix(path, consoleAPI+"/") && !strings.HasPrefix(path, "/api/v1/chat/")
}

func (e *ErrorBody) Error() string  { return e.Code }
func (e *ErrorBody) GetStatus() int { return e.status }

func newErrorBody(code, lang string) *ErrorBody {
	line, ok := errorTable[code]
	if !ok {
		code, line = "internal", errorTable["internal"]
	}
	msg := line.ZH
	if lang == "en" {
		msg = line.EN
	}
	return &ErrorBody{Code: code, Message: msg, status: line.Status}
}

// init gives the REST framework our error shape. The framework offers no way to set it per API.
func init() {
	huma.NewError = func(status int, _ string, _ ...error) huma.StatusError {
		return newErrorBody(codeOfStatus(status), "zh")
	}
	huma.NewErrorWithContext = func(c huma.Context, status int, msg string, errs ...error) huma.StatusError {
		code, cause := codeOfStatus(status), errors.Join(errs...)
		if status == http.StatusInternalServerError && cause != nil {
			code = codeOf(cause)
		}
		var tooBig *http.MaxBytesError // our own limit stops reading before the framework's does
		if errors.As(cause, &tooBig) {
			code = "too_large"
		}
		body := newErrorBody(code, langOf(c.Header("Accept-Language")))
		if code == "internal" {
			infoFrom(c.Context()).failed(fmt.Errorf("%s: %w", msg, cause))
		}
		if code == "invalid" {
			body.Fields = fieldsOf(errs)
		}
		if u := c.URL(); forIntegrators(u.Path) {
			return body.problem()
		}
		return body
	}
}

func codeOfStatus(status int) string {
	if code, ok := statusCodes[status]; ok {
		return code
	}
	return "internal"
}

// fieldsOf names the wrong fields but never repeats their values: one of them may be a password.
func fieldsOf(errs []error) []string {
	var out []string
	for _, err := range errs {
		var d *huma.ErrorDetail
		if errors.As(err, &d) && d.Location != "" {
			out = append(out, d.Location)
		}
	}
	return out
}

// langOf picks the sentence's language: the first of zh and en that the header names; Chinese otherwise.
func langOf(header string) string {
	for part := range strings.SplitSeq(header, ",") {
		tag := strings.ToLower(strings.TrimSpace(part))
		if strings.HasPrefix(tag, "zh") {
			return "zh"
		}
		if strings.HasPrefix(tag, "en") {
			return "en"
		}
	}
	return "zh"
}

// abort answers an error from a plain gin handler.
func abort(c *gin.Context, err error) {
	code := codeOf(err)
	if code == "internal" {
		infoFrom(c.Request.Context()).failed(err)
	}
	body := newErrorBody(code, langOf(c.GetHeader("Accept-Language")))
	if forIntegrators(c.Request.URL.Path) {
		c.Header("Content-Type", "application/problem+json")
		_ = body.problem() // it dresses the body in place
	}
	c.AbortWithStatusJSON(body.status, body)
}
