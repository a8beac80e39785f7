package wechat

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"hejie/channels"
	"hejie/channels/wxcrypt"
)

const maxBody = 256 << 10

// nobody and unreadable stand where a verified message says neither who sent it nor what it is: the core refuses a message from no one,
// and the vendor would send it again and again.
const (
	nobody     = "unknown"
	unreadable = "unreadable"
)

// done is what the vendor takes for "received, no answer now". It is never encrypted.
const done = "success"

// ServeHTTP is the callback address: GET proves to the vendor that it is ours, POST brings messages and events.
func (c *Channel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		c.check(w, r.URL.Query())
	case http.MethodPost:
		c.post(w, r)
	default:
		w.Header().Set("Allow", "GET, POST")
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

// check echoes a plain string, in safe mode too: only WeCom encrypts it.
func (c *Channel) check(w http.ResponseWriter, q url.Values) {
	echo := q.Get("echostr")
	if echo == "" || c.codec.Verify(q.Get("signature"), q.Get("timestamp"), q.Get("nonce")) != nil {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, echo)
}

var (
	errStale = errors.New("wechat: the timestamp is outside the window")
	errMode  = errors.New("wechat: not sent in the mode of this account")
)

// opened is a verified request.
type opened struct {
	body   []byte
	key    wxcrypt.Key
	sealed bool // the answer is to be encrypted
	nonce  string
}

func (c *Channel) post(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	in, err := c.open(r.Context(), r.URL.Query(), body)
	if err != nil {
		c.o.Log.Warn("wechat: a request was refused", "account", c.o.Account.Name, "why", err.Error())
		w.WriteHeader(http.StatusForbidden)
		return
	}
	c.take(w, r, in)
}

// take stores what came and answers. From here on the sender is the vendor: a message we cannot read is kept, not refused.
func (c *Channel) take(w http.ResponseWriter, r *http.Request, in opened) {
	m, err := readMessage(in.body)
	if err != nil || m.To != c.o.GhID || m.From == "" {
		m = message{From: cmp.Or(m.From, nobody), Type: "event", Event: unreadable, Key: bodyHash(in.body)}
		c.o.Log.Error("wechat: a verified message could not be read; it is kept", "account", c.o.Account.Name)
	}
	if rep, ok := c.report(m); ok {
		c.answer(w, c.o.Sink.Receipt(r.Context(), rep))
		return
	}
	var wait chan passive
	if c.o.Passive && m.From != nobody {
		wait = c.waiting.add(m.From)
		defer c.waiting.drop(m.From, wait)
	}
	dup, err := c.o.Sink.Accept(r.Context(), c.arrival(m, in.body))
	if err != nil || dup || wait == nil {
		c.answer(w, err)
		return
	}
	c.answerPassively(w, r.Context(), in, m, wait)
}

// answer: an error means that nothing was stored, and then the vendor must not believe it was.
func (c *Channel) answer(w http.ResponseWriter, err error) {
	if err != nil {
		c.o.Log.Error("wechat: a message could not be stored", "account", c.o.Account.Name, "why", err.Error())
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, done)
}

// open verifies a request in the order that costs an attacker most and us least.
func (c *Channel) open(ctx context.Context, q url.Values, body []byte) (opened, error) {
	ts, nonce := q.Get("timestamp"), q.Get("nonce")
	sec, err := strconv.ParseInt(ts, 10, 64)
	if age := c.o.Now().Sub(time.Unix(sec, 0)).Abs(); err != nil || nonce == "" || age > replayWindow {
		return opened{}, errStale
	}
	encrypted := q.Get("encrypt_type") == "aes" || q.Get("msg_signature") != ""
	if !encrypted {
		if c.o.Mode == Safe {
			return opened{}, errMode
		}
		if err := c.codec.Verify(q.Get("signature"), ts, nonce); err != nil {
			return opened{}, err
		}
		return opened{body: body, nonce: nonce}, c.sameBody(ctx, q, body)
	}
	if c.o.Mode == Plain {
		return opened{}, errMode
	}
	env, err := readEnvelope(body)
	if err != nil {
		return opened{}, err
	}
	msg, key, err := c.codec.Open(q.Get("msg_signature"), ts, nonce, env.Encrypt)
	return opened{body: msg, key: key, sealed: true, nonce: nonce}, err
}

// sameBody: a plain signature does not cover the body, so one that was seen belongs to the body it came with.
func (c *Channel) sameBody(ctx context.Context, q url.Values, body []byte) error {
	key := "wechat:" + c.o.Account.Name + ":seen:" + bodyHash([]byte(q.Get("timestamp")+"|"+q.Get("nonce")+"|"+q.Get("signature")))
	sum := bodyHash(body)
	known, _, ok, err := c.o.Shared.Load(ctx, key)
	if err != nil {
		return err
	}
	if ok {
		if known != sum {
			return wxcrypt.ErrSignature
		}
		return nil
	}
	_, err = c.o.Shared.Swap(ctx, key, 0, sum, c.o.Now().Add(2*replayWindow))
	return err
}

func bodyHash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// passiveText is the one answer an account without customer-service messages can give.
type passiveText struct {
	XMLName xml.Name `xml:"xml"`
	To      any      `xml:"ToUserName"`
	From    any      `xml:"FromUserName"`
	At      int64    `xml:"CreateTime"`
	Type    any      `xml:"MsgType"`
	Content any      `xml:"Content"`
}

// answerPassively waits a moment for the bot's words and gives them as the answer.
func (c *Channel) answerPassively(w http.ResponseWriter, ctx context.Context, in opened, m message, wait chan passive) { //nolint:revive // w first, as everywhere in net/http
	t := time.NewTimer(passiveWait)
	defer t.Stop()
	var p passive
	select {
	case p = <-wait:
	case <-t.C:
	case <-ctx.Done():
	}
	if p.text == "" {
		c.answer(w, nil)
		return
	}
	out, err := xml.Marshal(passiveText{
		To: wxcrypt.CDATA(m.From), From: wxcrypt.CDATA(c.o.GhID), At: c.o.Now().Unix(), Type: wxcrypt.CDATA("text"), Content: wxcrypt.CDATA(p.text),
	})
	if err == nil && in.sealed {
		out, err = c.codec.Reply(in.key, out, strconv.FormatInt(c.o.Now().Unix(), 10), in.nonce)
	}
	if err == nil {
		w.Header().Set("Content-Type", "application/xml; charset=utf-8")
		_, err = w.Write(out)
	}
	p.sent <- err
}

var _ channels.Sender = (*Channel)(nil)
