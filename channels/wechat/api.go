package wechat

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"hejie/channels"
)

const maxAnswer = 64 << 10

// apiError is the vendor's word on a call. The message may hold a request id and our address; only the code is logged.
type apiError struct {
	Code int    `json:"errcode"`
	Msg  string `json:"errmsg"`
}

func (e *apiError) Error() string { return fmt.Sprintf("wechat: errcode %d", e.Code) }

// errDoubt: the request was written and no readable answer came; it may have been carried out.
var errDoubt = errors.New("wechat: no readable answer")

// errUnsent: the request certainly did not reach the vendor.
var errUnsent = errors.New("wechat: the vendor cannot be reached")

// encode writes JSON as the vendor wants it: no \u escapes (error 40033), and no line separators that could only be escaped.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("wechat: %w", err)
	}
	return []byte(strings.NewReplacer(`\u2028`, "", `\u2029`, "").Replace(strings.TrimSpace(b.String()))), nil
}

// call posts one request. Its address carries secrets, so no error of the transport leaves here with it.
func (c *Channel) call(ctx context.Context, path, accessToken string, in, out any) error {
	body, err := encode(in)
	if err != nil {
		return err
	}
	target := c.o.BaseURL + path
	if accessToken != "" {
		target += "?access_token=" + url.QueryEscape(accessToken)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return errUnsent
	}
	req.Header.Set("Content-Type", "application/json")
	return c.do(req, out)
}

func (c *Channel) do(req *http.Request, out any) error {
	resp, err := c.o.Client.Do(req)
	if err != nil {
		if neverSent(err) {
			return errUnsent
		}
		return errDoubt
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil || json.Unmarshal(raw, out) != nil {
		return errDoubt
	}
	return nil
}

// neverSent: nobody was reached, or not the one we meant; the request itself was not written.
func neverSent(err error) bool {
	var dial *net.OpError
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	return (errors.As(err, &dial) && dial.Op == "dial") || errors.As(err, &cert) || errors.As(err, &record)
}

// withToken calls with the shared token, and once more with a fresh one when the vendor says that it is no longer good.
func (c *Channel) withToken(ctx context.Context, path string, in any) (apiError, error) {
	failed := ""
	for range 2 {
		t, err := c.accessToken(ctx, failed)
		if err != nil {
			return apiError{}, fmt.Errorf("%w: token: %w", errUnsent, err)
		}
		var out apiError
		if err := c.call(ctx, path, t, in, &out); err != nil {
			return apiError{}, err
		}
		if !tokenRefused(out.Code) {
			return out, nil
		}
		failed = t
	}
	return apiError{Code: 40001}, nil
}

func tokenRefused(code int) bool { return code == 40001 || code == 40014 || code == 42001 }

// classes is what each code means for the message.
var classes = map[int]channels.ResultClass{
	0: channels.Sent, -1: channels.Retryable,
	40001: channels.AuthFailed, 40014: channels.AuthFailed, 42001: channels.AuthFailed,
	40013: channels.AuthFailed, 40125: channels.AuthFailed, 40164: channels.AuthFailed, 61004: channels.AuthFailed, 89503: channels.AuthFailed,
	40243: channels.AuthFailed, 48001: channels.AuthFailed, 48008: channels.AuthFailed, 48004: channels.AuthFailed, 50002: channels.AuthFailed,
	40003: channels.Permanent, 43004: channels.OptedOut, 50005: channels.OptedOut, 48002: channels.OptedOut,
	45015: channels.WindowClosed, 45047: channels.WindowClosed,
	45009: channels.RateLimited, 45011: channels.RateLimited,
	45002: channels.Permanent, 43101: channels.Permanent, 47003: channels.Permanent, 40037: channels.Permanent, 40033: channels.Permanent,
}

// tokenClass: without a token nothing is wrong with the message; but for a busy vendor, a person must look.
func tokenClass(code int) channels.ResultClass {
	if k := classes[code]; k == channels.Retryable || k == channels.RateLimited {
		return k
	}
	return channels.AuthFailed
}

func classOf(code int) channels.ResultClass {
	if k, ok := classes[code]; ok {
		return k
	}
	return channels.Permanent
}
