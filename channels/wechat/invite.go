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
func (c *Channel) InviteURL(ctx context.Context, token string, life time.Duration) (string, error) {
	if token == "" || len(token) > maxScene {
		return "", fmt.Errorf("wechat: a code carries 1 to %d characters", maxScene)
	}
	var out struct {
		apiError
		URL string `json:"url"`
	}
	in := map[string]any{
		"expire_seconds": int(life.Seconds()), "action_name": "QR_STR_SCENE",
		"action_info": map[string]any{"scene": map[string]string{"scene_str": token}},
	}
	code, err := c.tokens(ctx).Call(func(access string) (int, error) {
		out.Code, out.URL = 0, ""
		err := c.call(ctx, "/cgi-bin/qrcode/create", access, in, &out)
		return out.Code, err
	})
	switch {
	case err != nil:
		return "", err
	case code != 0 || out.URL == "":
		return "", &apiError{Code: code}
	}
	return out.URL, nil
}
