package wecom

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hejie/channels/wxcrypt"
)

const (
	maxBody      = 64 << 10
	replayWindow = 10 * time.Minute
)

// ServeHTTP is the callback address. The callback carries no message, only that there is one.
func (c *Channel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	switch r.Method {
	case http.MethodGet:
		c.check(w, q)
	case http.MethodPost:
		c.post(w, r, q)
	default:
		w.Header().Set("Allow", "GET, POST")
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

// check decrypts the echo: unlike an Official Account, WeCom encrypts it. The answer has no quotes and no newline.
func (c *Channel) check(w http.ResponseWriter, q url.Values) {
	// A plus that was not escaped in the address arrives as a space; base64 has none.
	echo := strings.ReplaceAll(q.Get("echostr"), " ", "+")
	plain, _, err := c.codec.Open(q.Get("msg_signature"), q.Get("timestamp"), q.Get("nonce"), echo)
	if err != nil {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(plain)
}

type notice struct {
	Event string `xml:"Event"`
	Token string `xml:"Token"`
	Kf    string `xml:"OpenKfId"`
}

func (c *Channel) post(w http.ResponseWriter, r *http.Request, q url.Values) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	sec, err := strconv.ParseInt(q.Get("timestamp"), 10, 64)
	if age := c.o.Now().Sub(time.Unix(sec, 0)).Abs(); err != nil || age > replayWindow {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	var env wxcrypt.Envelope
	if err := wxcrypt.Decode(body, &env); err != nil {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	msg, _, err := c.codec.Open(q.Get("msg_signature"), q.Get("timestamp"), q.Get("nonce"), env.Encrypt)
	if err != nil {
		c.o.Log.Warn("wecom: a request was refused", "account", c.o.Account.Name, "why", err.Error())
		w.WriteHeader(http.StatusForbidden)
		return
	}
	var n notice
	if err := wxcrypt.Decode(msg, &n); err == nil && n.Event == "kf_msg_or_event" && n.Kf == c.o.OpenKfID {
		select {
		case c.wake <- n.Token:
		default: // a round is due already; it reads to the end
		}
	}
	w.WriteHeader(http.StatusOK) // empty: nothing can be lost here, the messages wait at the vendor for three days
}
