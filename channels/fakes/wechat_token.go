package fakes

import (
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// legacyToken makes a new token at each call; the one before lives five minutes more.
func (w *WeChat) legacyToken(rw http.ResponseWriter, q url.Values) {
	switch {
	case q.Get("grant_type") != "client_credential":
		answerJSON(rw, errcode{40002, "invalid grant_type"})
		return
	case q.Get("appid") != w.AppID:
		answerJSON(rw, errcode{40013, "invalid appid"})
		return
	case q.Get("secret") != w.Secret:
		answerJSON(rw, errcode{40125, "invalid appsecret"})
		return
	}
	now := w.now()
	for i, t := range w.tokens {
		if end := now.Add(5 * time.Minute); t.expires.After(end) {
			w.tokens[i].expires = end
		}
	}
	w.tokens = append(w.tokens, madeToken{fmt.Sprintf("legacy-%d-%d", len(w.tokens)+1, now.UnixNano()), now.Add(tokenLife)})
	w.tokens = w.tokens[max(0, len(w.tokens)-2):]
	answerJSON(rw, map[string]any{"access_token": w.tokens[len(w.tokens)-1].value, "expires_in": int(tokenLife.Seconds())})
}

// File is one that a person sent; the vendor keeps it for three days.
type File struct {
	Type string
	Body []byte
}

// Keep makes a file that can be fetched under its id.
func (w *WeChat) Keep(id string, f File) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.media == nil {
		w.media = map[string]File{}
	}
	w.media[id] = f
}

func (w *WeChat) mediaGet(rw http.ResponseWriter, q url.Values) {
	f, known := w.media[q.Get("media_id")]
	e := w.guarded(q, func() errcode {
		if !known {
			return errcode{40007, "invalid media_id"}
		}
		return errcode{}
	})
	if e.Code != 0 {
		rw.Header().Set("Content-Type", "text/plain") // so it does: an error is JSON by its content only
		answerRaw(rw, e)
		return
	}
	rw.Header().Set("Content-Type", f.Type)
	_, _ = rw.Write(f.Body)
}
