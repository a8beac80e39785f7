package wecom

import (
	"context"

	"hejie/channels"
)

const maxMedia = 20 << 20 // a file; images and voice are smaller. The vendor keeps them for three days

// FetchMedia gets a file a person sent while the vendor still has it. The type is the vendor's word: whoever shows the
// file to a person must not trust it.
func (c *Channel) FetchMedia(ctx context.Context, m channels.Media) (contentType string, body []byte, err error) {
	return c.tokens(ctx).Media(ctx, c.o.Client, c.o.BaseURL, m.ID, maxMedia)
}
