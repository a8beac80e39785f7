package wecom

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

const maxMedia = 20 << 20 // a file; images and voice are smaller. The vendor keeps them for three days

// ErrMedia: the vendor no longer has the file, or it is larger than we take.
var ErrMedia = errors.New("wecom: the file cannot be fetched")

// FetchMedia gets a file a person sent (channels.Media.ID) while the vendor still has it. The type is the vendor's word: whoever shows the
// file to a person must not trust it.
func (c *Channel) FetchMedia(ctx context.Context, id string) (contentType string, body []byte, err error) {
	failed := ""
	for range 2 {
		t, err := c.accessToken(ctx, failed)
		if err != nil {
			return "", nil, fmt.Errorf("%w: token: %w", errUnsent, err)
		}
		contentType, body, code, err := c.media(ctx, t, id)
		switch {
		case err != nil:
			return "", nil, err
		case code == 0:
			return contentType, body, nil
		case code != 40014 && code != 42001:
			return "", nil, fmt.Errorf("%w: %w", ErrMedia, &apiError{code})
		}
		failed = t
	}
	return "", nil, &apiError{40014}
}

func (c *Channel) media(ctx context.Context, token, id string) (contentType string, body []byte, code int, err error) {
	q := url.Values{"access_token": {token}, "media_id": {id}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.o.BaseURL+"/cgi-bin/media/get?"+q.Encode(), nil)
	if err != nil {
		return "", nil, 0, errUnsent
	}
	resp, err := c.o.Client.Do(req)
	if err != nil {
		return "", nil, 0, errDoubt // its text would hold the token
	}
	defer func() { _ = resp.Body.Close() }()
	body, err = io.ReadAll(io.LimitReader(resp.Body, maxMedia+1))
	switch {
	case err != nil || resp.StatusCode != http.StatusOK:
		return "", nil, 0, errDoubt
	case len(body) > maxMedia:
		return "", nil, 0, ErrMedia
	}
	var e apiError
	if bytes.HasPrefix(body, []byte("{")) && json.Unmarshal(body, &e) == nil && e.Code != 0 {
		return "", nil, e.Code, nil
	}
	return resp.Header.Get("Content-Type"), body, 0, nil
}
