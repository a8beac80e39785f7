package wechat

import (
	"context"
	"fmt"
	"time"
)

// maxScene is the vendor's limit of what a code may carry.
const maxScene = 64

// InviteURL makes a code that brings whoever scans it to this account, with the token as its scene. The address is what is to be drawn as
// a QR code; it works for follower and stranger alike, until its life ends.
func (c *Channel) InviteURL(ctx context.Context, token string, life time.Duration) (link string, drawn bool, err error) {
	if token == "" || len(token) > maxScene {
		return "", false, fmt.Errorf("wechat: a code carries 1 to %d characters", maxScene)
	}
	in := map[string]any{
		"expire_seconds": int(life.Seconds()), "action_name": "QR_STR_SCENE",
		"action_info": map[string]any{"scene": map[string]string{"scene_str": token}},
	}
	var out struct {
		apiError
		URL string `json:"url"`
	}
	code, err := c.tokens(ctx).Call(func(access string) (int, error) {
		out.Code = 0 // an answer without one is a good one
		err := c.call(ctx, "/cgi-bin/qrcode/create", access, in, &out)
		return out.Code, err
	})
	if err == nil && (code != 0 || out.URL == "") {
		err = &apiError{Code: code}
	}
	return out.URL, true, err
}
