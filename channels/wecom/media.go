package wecom

import (
	"context"
	"net/http"
	"net/url"

	"hejie/channels"
	"hejie/channels/wxapi"
)

const maxMedia = 20 << 20 // a file; images and voice are smaller. The vendor keeps them for three days

// FetchMedia gets a file a person sent while the vendor still has it. The type is the vendor's word: whoever shows the
// file to a person must not trust it.
func (c *Channel) FetchMedia(ctx context.Context, m channels.Media) (contentType string, body []byte, err error) {
	code, err := c.tokens(ctx).Call(func(token string) (code int, err error) {
		q := url.Values{"access_token": {token}, "media_id": {m.ID}}
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
		return "", nil, wxapi.FileRefused(code)
	}
	return contentType, body, nil
}
