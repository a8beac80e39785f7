package fakes

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"hejie/channels/wxcrypt"
)

// WeChat plays api.weixin.qq.com for one account, and its follower's phone.
type WeChat struct {
	peer
	AppID, Secret, GhID string
	codec               *wxcrypt.Codec
	tokens              []madeToken // oldest first; the last two may both be good
	budget              map[string]*budget
	codes               map[string]oauthCode
	holder              oauthCode // whose phone opens pages
	menu                json.RawMessage
	media               map[string]File
	IPs                 []string // addresses that may call; empty: any
	nonce               int
}

type madeToken struct {
	value   string
	expires time.Time
}

type budget struct {
	left  int
	until time.Time
}

// NewWeChat makes the vendor's side of an account with this callback token and key.
func NewWeChat(appID, secret, ghID, token, aesKey string, now func() time.Time) (*WeChat, error) {
	codec, err := wxcrypt.New(token, appID, aesKey)
	if err != nil {
		return nil, err
	}
	w := &WeChat{AppID: appID, Secret: secret, GhID: ghID, codec: codec, budget: map[string]*budget{}, codes: map[string]oauthCode{}}
	w.now, w.serve = now, w.route
	return w, nil
}

type errcode struct {
	Code int    `json:"errcode"`
	Msg  string `json:"errmsg"`
}

func (w *WeChat) route(rw http.ResponseWriter, r *http.Request, body []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	q := r.URL.Query()
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil && len(w.IPs) > 0 && !slices.Contains(w.IPs, host) && strings.HasSuffix(r.URL.Path, "token") && r.URL.Path != "/sns/oauth2/access_token" {
		answerJSON(rw, errcode{40164, "invalid ip, not in whitelist"})
		return
	}
	switch r.URL.Path {
	case "/cgi-bin/stable_token":
		w.stableToken(rw, body)
	case "/cgi-bin/token":
		w.legacyToken(rw, q)
	case "/cgi-bin/media/get":
		w.mediaGet(rw, q)
	case "/sns/oauth2/access_token":
		w.oauth(rw, q)
	case "/connect/oauth2/authorize":
		w.authorize(rw, r, q)
	case "/cgi-bin/message/custom/send":
		answerJSON(rw, w.guarded(q, func() errcode { return w.send(body) }))
	case "/cgi-bin/message/custom/typing":
		answerJSON(rw, w.guarded(q, func() errcode { return w.typing(body) }))
	case "/cgi-bin/qrcode/create":
		w.qrcode(rw, q, body)
	case "/cgi-bin/menu/create":
		answerJSON(rw, w.guarded(q, func() errcode { w.menu = body; return errcode{} }))
	default:
		answerJSON(rw, errcode{40066, "invalid url"})
	}
}

// guarded lets only a living token through.
func (w *WeChat) guarded(q url.Values, do func() errcode) errcode {
	got := q.Get("access_token")
	for _, t := range w.tokens {
		if t.value == got {
			if w.now().After(t.expires) {
				return errcode{42001, "access_token expired"}
			}
			return do()
		}
	}
	return errcode{40001, "invalid credential"}
}

const tokenLife = 7200 * time.Second

// stableToken repeats the same token until its last five minutes, when the old and the new one both work.
func (w *WeChat) stableToken(rw http.ResponseWriter, body []byte) {
	var in struct {
		Grant  string `json:"grant_type"`
		AppID  string `json:"appid"`
		Secret string `json:"secret"`
		Force  bool   `json:"force_refresh"`
	}
	switch err := json.Unmarshal(body, &in); {
	case err != nil || in.Grant != "client_credential":
		answerJSON(rw, errcode{40002, "invalid grant_type"})
		return
	case in.AppID != w.AppID:
		answerJSON(rw, errcode{40013, "invalid appid"})
		return
	case in.Secret != w.Secret:
		answerJSON(rw, errcode{40125, "invalid appsecret"})
		return
	}
	now := w.now()
	if n := len(w.tokens); n == 0 || in.Force || w.tokens[n-1].expires.Sub(now) < 5*time.Minute {
		if in.Force {
			w.tokens = nil
		}
		w.tokens = append(w.tokens, madeToken{fmt.Sprintf("token-%d-%d", len(w.tokens)+1, now.UnixNano()), now.Add(tokenLife)})
		w.tokens = w.tokens[max(0, len(w.tokens)-2):]
	}
	t := w.tokens[len(w.tokens)-1]
	answerJSON(rw, map[string]any{"access_token": t.value, "expires_in": int(t.expires.Sub(now).Seconds())})
}

// RevokeTokens makes every token a bad one, as a leak would.
func (w *WeChat) RevokeTokens() { w.mu.Lock(); defer w.mu.Unlock(); w.tokens = nil }

// send checks a customer-service message as the vendor does, and takes it from the follower's budget.
func (w *WeChat) send(body []byte) errcode {
	if bytes.Contains(body, []byte(`\u`)) {
		return errcode{40033, "invalid charset"}
	}
	var in struct {
		To   string `json:"touser"`
		Type string `json:"msgtype"`
		Text struct {
			Content string `json:"content"`
		} `json:"text"`
		Menu struct {
			Head string `json:"head_content"`
			List []struct {
				ID      string `json:"id"`
				Content string `json:"content"`
			} `json:"list"`
		} `json:"msgmenu"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return errcode{47001, "data format error"}
	}
	said := in.Text.Content
	switch in.Type {
	case "text":
	case "msgmenu":
		said = in.Menu.Head
		if len(in.Menu.List) == 0 {
			return errcode{47003, "empty menu"}
		}
	default:
		return errcode{40008, "invalid message type"}
	}
	if said == "" || !utf8.ValidString(said) {
		return errcode{44004, "empty content"}
	}
	if len(said) > 2048 {
		return errcode{45002, "content size out of limit"}
	}
	b, ok := w.budget[in.To]
	switch {
	case !ok:
		return errcode{43004, "require subscribe"}
	case w.now().After(b.until):
		return errcode{45015, "response out of time limit"}
	case b.left == 0:
		return errcode{45047, "out of response count limit"}
	}
	b.left--
	return errcode{}
}

// Menu is what the account's menu was set to.
func (w *WeChat) Menu() string { w.mu.Lock(); defer w.mu.Unlock(); return string(w.menu) }

// Said is every text the account sent to a follower, in order.
func (w *WeChat) Said(openid string) []string {
	var out []string
	for _, c := range w.Log() {
		var in struct {
			To   string                   `json:"touser"`
			Text struct{ Content string } `json:"text"`
			Menu struct {
				Head string `json:"head_content"`
			} `json:"msgmenu"`
		}
		if c.Path == "/cgi-bin/message/custom/send" && strings.Contains(c.Answer, `"errcode":0`) && json.Unmarshal([]byte(c.Body), &in) == nil && in.To == openid {
			out = append(out, in.Text.Content+in.Menu.Head)
		}
	}
	return out
}

// Act is something a follower does: the XML elements of the message, beside those that every message has.
type Act struct {
	From     string
	Type     string // text, event …
	ID       string // MsgId; empty on events
	Elements map[string]string
}

// open gives the follower's act its budget, as the vendor counts it.
func (w *WeChat) open(a Act) {
	n, d := 5, 48*time.Hour
	if a.Type == "event" || a.Elements["bizmsgmenuid"] != "" {
		n, d = 3, time.Minute
	}
	if a.Type == "event" {
		switch a.Elements["Event"] {
		case "CLICK", "SCAN", "subscribe", "scancode_push", "scancode_waitmsg":
		case "user_enter_tempsession": // a mini program
			n = 2
		case "unsubscribe":
			delete(w.budget, a.From)
			return
		default:
			return
		}
	}
	w.budget[a.From] = &budget{n, w.now().Add(d)}
}

// Request is the push the vendor would make for an act, in one of the three modes.
func (w *WeChat) Request(callback, mode string, a Act) (*http.Request, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open(a)
	w.nonce++
	at := strconv.FormatInt(w.now().Unix(), 10)
	nonce := strconv.Itoa(100_000 + w.nonce)
	plain := w.message(a, at)
	q := url.Values{"timestamp": {at}, "nonce": {nonce}, "signature": {w.codec.Sign(at, nonce)}, "openid": {a.From}}
	body := "<xml>" + plain + "</xml>"
	if mode != "plain" {
		enc, err := w.codec.Seal(0, []byte(body))
		if err != nil {
			return nil, err
		}
		q.Set("encrypt_type", "aes")
		q.Set("msg_signature", w.codec.Sign(at, nonce, enc))
		sealed := "<ToUserName><![CDATA[" + w.GhID + "]]></ToUserName><Encrypt><![CDATA[" + enc + "]]></Encrypt>"
		if mode == "compatible" {
			sealed = plain + sealed
		}
		body = "<xml>" + sealed + "</xml>"
	}
	r, err := http.NewRequest(http.MethodPost, callback+"?"+q.Encode(), strings.NewReader(body)) //nolint:noctx // the caller sends it
	if err != nil {
		return nil, fmt.Errorf("fakes: %w", err)
	}
	r.Header.Set("Content-Type", "text/xml")
	return r, nil
}

func (w *WeChat) message(a Act, at string) string {
	var b strings.Builder
	add := func(name, text string) {
		fmt.Fprintf(&b, "<%s>", name)
		_ = xml.EscapeText(&b, []byte(text))
		fmt.Fprintf(&b, "</%s>", name)
	}
	add("ToUserName", w.GhID)
	add("FromUserName", a.From)
	add("CreateTime", at)
	add("MsgType", a.Type)
	if a.ID != "" {
		add("MsgId", a.ID)
	}
	for k, v := range a.Elements {
		add(k, v)
	}
	return b.String()
}

// Check is the vendor's test of the callback's address.
func (w *WeChat) Check(callback, echo string) string {
	at, nonce := strconv.FormatInt(w.now().Unix(), 10), "415670741"
	return callback + "?" + url.Values{"signature": {w.codec.Sign(at, nonce)}, "timestamp": {at}, "nonce": {nonce}, "echostr": {echo}}.Encode()
}

// Answer reads what a callback answered: "success", nothing, or a text, opened if it was sealed.
func (w *WeChat) Answer(body []byte) (string, error) {
	s := strings.TrimSpace(string(body))
	if s == "" || s == "success" {
		return "", nil
	}
	var env struct {
		Encrypt   string `xml:"Encrypt"`
		Signature string `xml:"MsgSignature"`
		At        string `xml:"TimeStamp"`
		Nonce     string `xml:"Nonce"`
		Content   string `xml:"Content"`
		To        string `xml:"ToUserName"`
		From      string `xml:"FromUserName"`
	}
	if err := wxcrypt.Decode(body, &env); err != nil {
		return "", err
	}
	if env.Encrypt != "" {
		msg, _, err := w.codec.Open(env.Signature, env.At, env.Nonce, env.Encrypt)
		if err != nil {
			return "", err
		}
		return w.Answer(msg)
	}
	if env.From != w.GhID {
		return "", fmt.Errorf("fakes: the answer comes from %q", env.From)
	}
	return env.Content, nil
}
