package wechat

import (
	"bytes"
	"context"
	"net/http"
	"net/url"

	"hejie/channels"
	"hejie/channels/wxapi"
)

const maxAnswer = 64 << 10

type apiError = wxapi.Error

// call posts one request.
func (c *Channel) call(ctx context.Context, path, accessToken string, in, out any) error {
	body, err := wxapi.Encode(in)
	if err != nil {
		return err
	}
	target := c.o.BaseURL + path
	if accessToken != "" {
		target += "?access_token=" + url.QueryEscape(accessToken)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return wxapi.ErrUnsent
	}
	req.Header.Set("Content-Type", "application/json")
	return wxapi.Do(c.o.Client, req, maxAnswer, out)
}

func (c *Channel) tokens(ctx context.Context) wxapi.Tokens {
	return wxapi.Tokens{Get: func(failed string) (string, error) { return c.accessToken(ctx, failed) }, Refused: tokenRefused}
}

// withToken calls with the token that all nodes share.
func (c *Channel) withToken(ctx context.Context, path string, in any) (apiError, error) {
	var out apiError
	_, err := c.tokens(ctx).Call(func(token string) (int, error) {
		out = apiError{}
		err := c.call(ctx, path, token, in, &out)
		return out.Code, err
	})
	return out, err
}

func tokenRefused(code int) bool { return code == 40001 || code == 40014 || code == 42001 }

// classes is what each code means for the message.
var classes = wxapi.Classes{
	0: channels.Sent, -1: channels.Retryable,
	40001: channels.AuthFailed, 40014: channels.AuthFailed, 42001: channels.AuthFailed,
	40013: channels.AuthFailed, 40125: channels.AuthFailed, 40164: channels.AuthFailed, 61004: channels.AuthFailed, 89503: channels.AuthFailed,
	40243: channels.AuthFailed, 48001: channels.AuthFailed, 48008: channels.AuthFailed, 48004: channels.AuthFailed, 50002: channels.AuthFailed,
	40003: channels.Permanent, 43004: channels.OptedOut, 50005: channels.OptedOut, 48002: channels.OptedOut,
	45015: channels.WindowClosed, 45047: channels.WindowClosed,
	45009: channels.RateLimited, 45011: channels.RateLimited,
	45002: channels.Permanent, 43101: channels.Permanent, 47003: channels.Permanent, 40037: channels.Permanent, 40033: channels.Permanent,
}
