package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

const maxMedia = 10 << 20 // images, and voice of a minute; the vendor keeps them for three days

// ErrMedia: the vendor no longer has the file, or it is larger than we take.
var ErrMedia = errors.New("wechat: the file cannot be fetched")

// FetchMedia gets a file a person sent (channels.Media.ID) while the vendor still has it. The type is the vendor's word: whoever shows the
// file to a person must not trust it.
func (c *Channel) FetchMedia(ctx context.Context, id string) (contentType string, body []byte, err error) {
	failed := ""
	for range 2 {
		t, err := c.accessToken(ctx, failed)
		if err != nil {
			return "", nil, fmt.Errorf("%w: token: %w", errUnsent, err)
		}
		contentType, body, e, err := c.media(ctx, t, id)
		switch {
		case err != nil:
			return "", nil, err
		case e.Code == 0:
			return contentType, body, nil
		case !tokenRefused(e.Code):
			return "", nil, fmt.Errorf("%w: %w", ErrMedia, &e)
		}
		failed = t
	}
	return "", nil, &apiError{Code: 40001}
}

func (c *Channel) media(ctx context.Context, token, id string) (contentType string, body []byte, e apiError, err error) {
	q := url.Values{"access_token": {token}, "media_id": {id}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.o.BaseURL+"/cgi-bin/media/get?"+q.Encode(), nil)
	if err != nil {
		return "", nil, e, errUnsent
	}
	resp, err := c.o.Client.Do(req)
	if err != nil {
		return "", nil, e, errDoubt // its text would hold the token
	}
	defer func() { _ = resp.Body.Close() }()
	body, err = io.ReadAll(io.LimitReader(resp.Body, maxMedia+1))
	switch {
	case err != nil || resp.StatusCode != http.StatusOK:
		return "", nil, e, errDoubt
	case len(body) > maxMedia:
		return "", nil, e, ErrMedia
	}
	// An error is told from a file by its content: the type says text/plain for it on some days and application/json on others.
	if bytes.HasPrefix(body, []byte("{")) && json.Unmarshal(body, &e) == nil && e.Code != 0 {
		return "", nil, e, nil
	}
	return resp.Header.Get("Content-Type"), body, e, nil
}
