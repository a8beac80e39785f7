package sms

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"hejie/channels"
)

const (
	maxMedia = 10 << 20
	maxHops  = 3 // the vendor's address of a file leads to where it lies
)

var errNoFile = errors.New("sms: the file cannot be fetched")

// FetchMedia gets a picture somebody sent. Only Twilio takes them; its address of a file is its own, and only there goes the password.
func (c *Channel) FetchMedia(ctx context.Context, m channels.Media) (contentType string, body []byte, err error) {
	if _, ok := c.d.(twilio); !ok {
		return "", nil, errNoFile
	}
	base, err1 := url.Parse(c.o.BaseURL)
	u, err2 := url.Parse(m.URL)
	if err1 != nil || err2 != nil || u.Scheme != base.Scheme || u.Host != base.Host {
		return "", nil, fmt.Errorf("%w: its address is not the vendor's", errNoFile)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return "", nil, errNoFile
	}
	req.SetBasicAuth(c.o.KeyID, c.o.KeySecret)
	follow := *c.o.Client
	follow.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if len(via) > maxHops || r.URL.Scheme != base.Scheme {
			return http.ErrUseLastResponse
		}
		if r.URL.Host != base.Host {
			r.Header.Del("Authorization")
		}
		return nil
	}
	resp, err := follow.Do(req)
	if err != nil {
		return "", nil, errNoFile // not the error itself: it holds the address
	}
	defer func() { _ = resp.Body.Close() }()
	switch body, err = io.ReadAll(io.LimitReader(resp.Body, maxMedia+1)); {
	case resp.StatusCode == http.StatusNotFound, resp.StatusCode == http.StatusGone:
		return "", nil, fmt.Errorf("%w: %w", errNoFile, channels.ErrGone)
	case err != nil || resp.StatusCode != http.StatusOK:
		return "", nil, fmt.Errorf("%w: status %d", errNoFile, resp.StatusCode)
	case len(body) > maxMedia:
		return "", nil, fmt.Errorf("%w: %w", errNoFile, channels.ErrTooLarge)
	}
	return resp.Header.Get("Content-Type"), body, nil
}
