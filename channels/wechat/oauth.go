package wechat

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"

	"hejie/channels/wxapi"
)

// ErrSnapshot: the page was opened with a stand-in identity; it proves nothing.
var ErrSnapshot = errors.New("wechat: a snapshot user cannot be bound")

// ErrState: the vendor takes up to 128 letters and digits.
var ErrState = errors.New("wechat: state is not 1 to 128 letters and digits")

var goodState = regexp.MustCompile(`^[A-Za-z0-9]{1,128}$`)

// AuthorizeURL is where a follower's phone proves its openid. The vendor wants the parameters in this order and the fragment.
func (c *Channel) AuthorizeURL(redirect, state string) (string, error) {
	if !goodState.MatchString(state) {
		return "", ErrState
	}
	return c.o.OAuthURL + "/connect/oauth2/authorize?appid=" + url.QueryEscape(c.o.AppID) + "&redirect_uri=" + url.QueryEscape(redirect) +
		"&response_type=code&scope=snsapi_base&state=" + state + "#wechat_redirect", nil
}

// OpenID redeems a code, once, within five minutes. An openid names a phone's WeChat, not a person.
func (c *Channel) OpenID(ctx context.Context, code string) (string, error) {
	q := url.Values{"appid": {c.o.AppID}, "secret": {c.o.Secret}, "code": {code}, "grant_type": {"authorization_code"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.o.BaseURL+"/sns/oauth2/access_token?"+q.Encode(), nil)
	if err != nil {
		return "", wxapi.ErrUnsent
	}
	var out struct {
		apiError
		OpenID   string `json:"openid"`
		Snapshot int    `json:"is_snapshotuser"`
	}
	if err := wxapi.Do(c.o.Client, req, maxAnswer, &out); err != nil {
		return "", err
	}
	switch {
	case out.Code != 0 || out.OpenID == "":
		return "", &out.apiError
	case out.Snapshot == 1:
		return "", ErrSnapshot
	}
	return out.OpenID, nil
}
