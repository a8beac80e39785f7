package fakes

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
)

type oauthCode struct {
	openid   string
	snapshot bool
}

func (w *WeChat) oauth(rw http.ResponseWriter, q url.Values) {
	c, ok := w.codes[q.Get("code")]
	switch {
	case q.Get("appid") != w.AppID || q.Get("secret") != w.Secret:
		answerJSON(rw, errcode{40125, "invalid appsecret"})
	case !ok:
		answerJSON(rw, errcode{40029, "invalid code"})
	case c.openid == "":
		answerJSON(rw, errcode{40163, "code been used"})
	default:
		w.codes[q.Get("code")] = oauthCode{}
		out := map[string]any{"access_token": "user", "expires_in": 7200, "openid": c.openid, "scope": "snsapi_base"}
		if c.snapshot {
			out["is_snapshotuser"] = 1
		}
		answerJSON(rw, out)
	}
}

// Grant makes an OAuth code for a follower.
func (w *WeChat) Grant(code, openid string, snapshot bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.codes[code] = oauthCode{openid, snapshot}
}

// Hold puts the phone that opens pages into a follower's hands.
func (w *WeChat) Hold(openid string, snapshot bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.holder = oauthCode{openid, snapshot}
}

var oauthState = regexp.MustCompile(`^[A-Za-z0-9]{1,128}$`)

// authorize sends the phone back with a code, as the vendor does for snsapi_base without asking.
func (w *WeChat) authorize(rw http.ResponseWriter, r *http.Request, q url.Values) {
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || back.Host == "" || q.Get("appid") != w.AppID || q.Get("response_type") != "code" || q.Get("scope") != "snsapi_base" || !oauthState.MatchString(q.Get("state")) {
		rw.WriteHeader(http.StatusBadRequest)
		return
	}
	code := fmt.Sprintf("code-%d", len(w.codes)+1)
	w.codes[code] = w.holder
	more := back.Query()
	more.Set("code", code)
	more.Set("state", q.Get("state"))
	back.RawQuery = more.Encode()
	http.Redirect(rw, r, back.String(), http.StatusFound)
}
