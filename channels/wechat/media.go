package wechat

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"hejie/channels/wxapi"
)

const maxMedia = 10 << 20 // images, and voice of a minute. The vendor keeps them for three days

// FetchMedia gets a file a person sent (channels.Media.ID) while the vendor still has it. The type is the vendor's word: whoever shows the
// file to a person must not trust it.
func (c *Channel) FetchMedia(ctx context.Context, id string) (contentType string, body []byte, err error) {
	code, err := c.tokens(ctx).Call(func(token string) (code int, err error) {
		q := url.Values{"access_token": {token}, "media_id": {id}}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.o.BaseURL+"/cgi-bin/media/get?"+q.Encode(), nil)
		if err != nil {
			return 0, wxapi.ErrUnsent
		}
		contentType, body, code, err = wxapi.File(c.o.Client, req, maxMedia)
		return code, err
	})
	switch {
	case err != nil:
		return "", nil, err
	case tokenRefused(code):
		return "", nil, &apiError{Code: code}
	case code != 0:
		return "", nil, fmt.Errorf("%w: %w", wxapi.ErrMedia, &apiError{Code: code})
	}
	return contentType, body, nil
}
