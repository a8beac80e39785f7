// Package wxapi is what the HTTP interfaces of WeChat Official Accounts and WeCom share: JSON as the vendor takes it, bounded answers,
// one more try with a fresh token, files, and what a code means for a message. It knows no path but that of files, no message and no token's origin.
package wxapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"hejie/channels"
)

// Error is the vendor's word on a call. Its text is not read: it may hold a request id and our address.
type Error struct {
	Code int `json:"errcode"`
}

func (e *Error) Error() string { return fmt.Sprintf("wxapi: errcode %d", e.Code) }

// Errcode lets an answer that embeds Error say what came of it.
func (e *Error) Errcode() int { return e.Code }

var (
	ErrDoubt  = errors.New("wxapi: no readable answer")           // the request was written; it may have been carried out
	ErrUnsent = errors.New("wxapi: the vendor cannot be reached") // it certainly was not
	ErrMedia  = errors.New("wxapi: the file cannot be fetched")   // the vendor no longer has it, or it is larger than we take
)

// Encode writes JSON as the vendor wants it: no \u escapes (error 40033), and no line separators that could only be escaped.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("wxapi: %w", err)
	}
	return []byte(strings.NewReplacer(`\u2028`, "", `\u2029`, "").Replace(strings.TrimSpace(b.String()))), nil
}

// Do makes a request and reads its JSON answer of at most so many bytes.
func Do(c *http.Client, req *http.Request, most int64, out any) error {
	a, err := read(c, req, most)
	if err == nil && json.Unmarshal(a.body, out) != nil {
		err = ErrDoubt
	}
	return err
}

// Media gets a file by its id, of at most so many bytes.
func (t Tokens) Media(ctx context.Context, c *http.Client, base, id string, most int64) (contentType string, body []byte, err error) {
	code, err := t.Call(func(token string) (code int, err error) {
		q := url.Values{"access_token": {token}, "media_id": {id}}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/cgi-bin/media/get?"+q.Encode(), nil)
		if err != nil {
			return 0, ErrUnsent
		}
		contentType, body, code, err = file(c, req, most)
		return code, err
	})
	switch {
	case err != nil:
		return "", nil, err
	case t.Refused(code):
		return "", nil, &Error{Code: code}
	case code != 0:
		return "", nil, fileRefused(code)
	}
	return contentType, body, nil
}

// file makes a request for a file. A code other than 0 stands where the vendor answered with an error instead: that is told by the
// content, for the type says text/plain for it on some days and application/json on others.
func file(c *http.Client, req *http.Request, most int64) (contentType string, body []byte, code int, err error) {
	a, err := read(c, req, most+1)
	switch {
	case err != nil:
		return "", nil, 0, err
	case a.status != http.StatusOK:
		return "", nil, 0, ErrDoubt
	case int64(len(a.body)) > most:
		return "", nil, 0, fmt.Errorf("%w: %w", ErrMedia, channels.ErrTooLarge)
	}
	var e Error
	if bytes.HasPrefix(a.body, []byte("{")) && json.Unmarshal(a.body, &e) == nil && e.Code != 0 {
		return "", nil, e.Code, nil
	}
	return a.contentType, a.body, 0, nil
}

// noFile are codes for a file the vendor does not have, or no longer.
var noFile = map[int]bool{40007: true, 41006: true, 40004: true}

// fileRefused is the error behind a code that stands in place of a file.
func fileRefused(code int) error {
	if noFile[code] {
		return fmt.Errorf("%w: %w: %w", ErrMedia, channels.ErrGone, &Error{Code: code})
	}
	return fmt.Errorf("%w: %w", ErrMedia, &Error{Code: code})
}

type answer struct {
	status      int
	contentType string
	body        []byte
}

// read: addresses carry secrets, so no error of the transport leaves here with one.
func read(c *http.Client, req *http.Request, most int64) (answer, error) {
	resp, err := c.Do(req)
	if err != nil {
		if channels.NeverSent(err) {
			return answer{}, ErrUnsent
		}
		return answer{}, ErrDoubt
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, most))
	if err != nil {
		return answer{}, ErrDoubt
	}
	return answer{resp.StatusCode, resp.Header.Get("Content-Type"), raw}, nil
}

// Tokens is where calls get their token, and how a code says that it is no longer good.
type Tokens struct {
	Get     func(failed string) (string, error) // failed: one that was just refused; empty at first
	Refused func(code int) bool
}

// Call tries with a token, and once more with a fresh one when the vendor refuses the first. It gives the last code.
func (t Tokens) Call(try func(token string) (code int, err error)) (int, error) {
	failed := ""
	for again := false; ; again = true {
		token, err := t.Get(failed)
		if err != nil {
			return 0, fmt.Errorf("%w: token: %w", ErrUnsent, err)
		}
		code, err := try(token)
		if err != nil || again || !t.Refused(code) {
			return code, err
		}
		failed = token
	}
}

// Classes says what each code means for a message; one that is not listed never passes.
type Classes map[int]channels.ResultClass

// Of a code that answered the message.
func (k Classes) Of(code int) channels.ResultClass {
	if c, ok := k[code]; ok {
		return c
	}
	return channels.Permanent
}

// Failed is the result of a send that got no answer. About the token, the message is as good as before: but for a busy vendor, a person must look.
func (k Classes) Failed(err error) channels.Result {
	var said *Error
	switch {
	case errors.As(err, &said):
		c := k[said.Code]
		if c != channels.Retryable && c != channels.RateLimited {
			c = channels.AuthFailed
		}
		return channels.Result{Class: c, Code: strconv.Itoa(said.Code)}
	case errors.Is(err, ErrUnsent):
		return channels.Result{Class: channels.Retryable, Code: "unreachable"}
	}
	return channels.Result{Class: channels.Ambiguous, Code: "no_answer"}
}
