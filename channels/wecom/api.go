package wecom

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"time"

	"hejie/channels/wxapi"
)

const maxAnswer = 8 << 20 // a page of a thousand messages

type apiError = wxapi.Error

func (c *Channel) request(ctx context.Context, method, path string, q url.Values, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := wxapi.Encode(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.o.BaseURL+path+"?"+q.Encode(), body)
	if err != nil {
		return wxapi.ErrUnsent // its text would hold the secret
	}
	return wxapi.Do(c.o.Client, req, maxAnswer, out)
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

func (c *Channel) tokens(ctx context.Context) wxapi.Tokens {
	return wxapi.Tokens{Get: func(failed string) (string, error) { return c.accessToken(ctx, failed) }, Refused: tokenRefused}
}

func tokenRefused(code int) bool { return code == 40014 || code == 42001 }

// call uses the token of this process.
func (c *Channel) call(ctx context.Context, path string, in any, out interface{ Errcode() int }) error {
	_, err := c.tokens(ctx).Call(func(token string) (int, error) {
		err := c.request(ctx, http.MethodPost, path, url.Values{"access_token": {token}}, in, out)
		return out.Errcode(), err
	})
	return err
}
