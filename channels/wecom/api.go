package wecom

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
	"time"
)

const maxAnswer = 8 << 20 // a page of a thousand messages

type apiError struct {
	Code int `json:"errcode"`
}

func (e *apiError) Error() string { return fmt.Sprintf("wecom: errcode %d", e.Code) }

var (
	errDoubt  = errors.New("wecom: no readable answer")        // it may have been carried out
	errUnsent = errors.New("wecom: the vendor is unreachable") // it certainly was not
)

// codeOf is how an answer says what came of it.
type codeOf interface{ code() int }

func (e *apiError) code() int { return e.Code }

func (c *Channel) request(ctx context.Context, method, path string, q url.Values, in, out any) error {
	var body io.Reader
	if in != nil {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(in); err != nil {
			return fmt.Errorf("wecom: %w", err)
		}
		body = strings.NewReader(strings.NewReplacer(`\u2028`, "", `\u2029`, "").Replace(b.String()))
	}
	req, err := http.NewRequestWithContext(ctx, method, c.o.BaseURL+path+"?"+q.Encode(), body)
	if err != nil {
		return errUnsent // its text would hold the secret
	}
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

type cachedToken struct {
	value   string
	expires time.Time
}

// accessToken keeps one token in this process: asking again gives the same one until its end, so nodes do not disturb each other.
func (c *Channel) accessToken(ctx context.Context, failed string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := c.token; t.value != "" && t.value != failed && c.o.Now().Before(t.expires) {
		return t.value, nil
	}
	var out struct {
		apiError
		Token string `json:"access_token"`
		Lives int64  `json:"expires_in"`
	}
	if err := c.request(ctx, http.MethodGet, "/cgi-bin/gettoken", url.Values{"corpid": {c.o.CorpID}, "corpsecret": {c.o.Secret}}, nil, &out); err != nil {
		return "", err
	}
	if out.Code != 0 || out.Token == "" {
		return "", &out.apiError
	}
	c.token = cachedToken{out.Token, c.o.Now().Add(time.Duration(out.Lives)*time.Second - 5*time.Minute)}
	return out.Token, nil
}

// call uses the token, and a fresh one once when the vendor says that it is no longer good.
func (c *Channel) call(ctx context.Context, path string, in any, out codeOf) error {
	failed := ""
	for try := 0; ; try++ {
		t, err := c.accessToken(ctx, failed)
		if err != nil {
			return fmt.Errorf("%w: token: %w", errUnsent, err)
		}
		if err := c.request(ctx, http.MethodPost, path, url.Values{"access_token": {t}}, in, out); err != nil {
			return err
		}
		if k := out.code(); try > 0 || k != 40014 && k != 42001 {
			return nil
		}
		failed = t
	}
}
