package wecom

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"
)

const (
	maxParam    = 128
	inviteScene = "invite" // one link of the desk for all invitations; what differs is the parameter
)

// InviteURL is a link that brings whoever opens it to this desk, with the token as its parameter. The vendor's link has no end of its own:
// the token has.
func (c *Channel) InviteURL(ctx context.Context, token string, _ time.Duration) (link string, drawn bool, err error) {
	param := url.QueryEscape(token)
	if token == "" || len(param) > maxParam {
		return "", false, fmt.Errorf("wecom: a link carries 1 to %d characters", maxParam)
	}
	var out struct {
		apiError
		URL string `json:"url"`
	}
	if err := c.call(ctx, "/cgi-bin/kf/add_contact_way", map[string]string{"open_kfid": c.o.OpenKfID, "scene": inviteScene}, &out); err != nil {
		return "", false, err
	}
	if out.Code != 0 || out.URL == "" {
		return "", false, &out.apiError
	}
	sep := "?"
	if strings.Contains(out.URL, "?") {
		sep = "&"
	}
	return out.URL + sep + "scene_param=" + param, false, nil
}
