package fakes

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"hejie/channels/wxcrypt"
)

// WeCom plays qyapi.weixin.qq.com for one customer-service desk.
type WeCom struct {
	peer
	CorpID, Secret, Kf string
	codec              *wxcrypt.Codec
	token              madeToken
	items              []map[string]any // the desk's history; the cursor is an index into it
	syncTokens         map[string]time.Time
	EmptyFirst         bool // answer one empty page with has_more before each full one
	emptied            map[int]bool
	sent               map[string]bool
	budget             map[string]*budget
	state              map[string]int
	codes              map[string]time.Time // of events that may be answered: until when, each once
	page               int
	media              map[string]File
	n                  int
}

// NewWeCom makes the vendor's side of a desk with this callback token and key.
func NewWeCom(corpID, secret, kf, token, aesKey string, now func() time.Time) (*WeCom, error) {
	codec, err := wxcrypt.New(token, corpID, aesKey)
	if err != nil {
		return nil, err
	}
	w := &WeCom{CorpID: corpID, Secret: secret, Kf: kf, codec: codec, syncTokens: map[string]time.Time{}, emptied: map[int]bool{}, sent: map[string]bool{},
		budget: map[string]*budget{}, state: map[string]int{}, codes: map[string]time.Time{}, page: 3}
	w.now, w.serve = now, w.route
	return w, nil
}

func (w *WeCom) route(rw http.ResponseWriter, r *http.Request, body []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	q := r.URL.Query()
	if r.URL.Path == "/cgi-bin/gettoken" {
		if q.Get("corpid") != w.CorpID || q.Get("corpsecret") != w.Secret {
			answerJSON(rw, errcode{40001, "invalid credential"})
			return
		}
		if w.now().After(w.token.expires) {
			w.n++
			w.token = madeToken{"corp-" + strconv.Itoa(w.n), w.now().Add(tokenLife)}
		}
		answerJSON(rw, map[string]any{"errcode": 0, "access_token": w.token.value, "expires_in": 7200})
		return
	}
	if t := q.Get("access_token"); t != w.token.value || t == "" {
		answerJSON(rw, errcode{40014, "invalid access_token"})
		return
	}
	switch r.URL.Path {
	case "/cgi-bin/kf/sync_msg":
		w.sync(rw, body)
	case "/cgi-bin/kf/send_msg":
		answerJSON(rw, w.send(body))
	case "/cgi-bin/kf/send_msg_on_event":
		answerJSON(rw, w.sendOnEvent(body))
	case "/cgi-bin/kf/add_contact_way":
		answerJSON(rw, w.contactWay(body))
	case "/cgi-bin/kf/service_state/get":
		var in struct {
			User string `json:"external_userid"`
		}
		_ = json.Unmarshal(body, &in)
		answerJSON(rw, map[string]any{"errcode": 0, "service_state": w.state[in.User]})
	case "/cgi-bin/kf/service_state/trans":
		answerJSON(rw, w.trans(body))
	case "/cgi-bin/media/get":
		f, known := w.media[q.Get("media_id")]
		if !known {
			answerJSON(rw, errcode{40007, "invalid media_id"})
			return
		}
		rw.Header().Set("Content-Type", f.Type)
		_, _ = rw.Write(f.Body)
	default:
		answerJSON(rw, errcode{40066, "invalid url"})
	}
}

// Keep makes a file that can be fetched under its id.
func (w *WeCom) Keep(id string, f File) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.media == nil {
		w.media = map[string]File{}
	}
	w.media[id] = f
}

// RevokeToken makes the token a bad one.
func (w *WeCom) RevokeToken() { w.mu.Lock(); defer w.mu.Unlock(); w.token = madeToken{} }

func (w *WeCom) sync(rw http.ResponseWriter, body []byte) {
	var in struct {
		Cursor string `json:"cursor"`
		Token  string `json:"token"`
		Kf     string `json:"open_kfid"`
		Limit  int    `json:"limit"`
	}
	if json.Unmarshal(body, &in) != nil || in.Kf != w.Kf || in.Limit > 1000 {
		answerJSON(rw, errcode{40058, "invalid parameter"})
		return
	}
	if t, ok := w.syncTokens[in.Token]; in.Token != "" && (!ok || w.now().Sub(t) > 10*time.Minute) {
		answerJSON(rw, errcode{95007, "invalid token"})
		return
	}
	at, err := 0, error(nil)
	if in.Cursor != "" {
		at, err = strconv.Atoi(strings.TrimPrefix(strings.SplitN(in.Cursor, "-", 2)[0], "c"))
	}
	if err != nil || at < 0 || at > len(w.items) {
		answerJSON(rw, errcode{40058, "invalid cursor"})
		return
	}
	if w.EmptyFirst && at < len(w.items) && !w.emptied[at] {
		w.emptied[at] = true
		answerJSON(rw, map[string]any{"errcode": 0, "next_cursor": fmt.Sprintf("c%d-empty", at), "has_more": 1, "msg_list": []any{}})
		return
	}
	end := min(at+w.page, len(w.items))
	more := 0
	if end < len(w.items) {
		more = 1
	}
	answerJSON(rw, map[string]any{"errcode": 0, "next_cursor": fmt.Sprintf("c%d", end), "has_more": more, "msg_list": w.items[at:end]})
}

var goodMsgID = regexp.MustCompile(`^[0-9A-Za-z_-]{1,32}$`)

// kfMessage is what a message is, however it is sent.
type kfMessage struct {
	ID   string `json:"msgid"`
	Type string `json:"msgtype"`
	Text struct{ Content string }
	Menu struct {
		Head string            `json:"head_content"`
		List []json.RawMessage `json:"list"`
	} `json:"msgmenu"`
}

func (m kfMessage) fault() errcode {
	switch {
	case m.Type != "text" && m.Type != "msgmenu":
		return errcode{40058, "invalid parameter"}
	case m.ID != "" && !goodMsgID.MatchString(m.ID):
		return errcode{40058, "invalid msgid"}
	case len(m.Text.Content) > 2048 || len(m.Menu.Head) > 1024 || len(m.Menu.List) > 10 || m.Text.Content+m.Menu.Head == "":
		return errcode{45002, "content size"}
	}
	return errcode{}
}

func (w *WeCom) send(body []byte) any {
	var in struct {
		kfMessage
		To string `json:"touser"`
		Kf string `json:"open_kfid"`
	}
	if json.Unmarshal(body, &in) != nil || in.Kf != w.Kf {
		return errcode{40058, "invalid parameter"}
	}
	if e := in.fault(); e.Code != 0 {
		return e
	}
	if w.sent[in.ID] {
		return errcode{95032, "msgid repeated"}
	}
	if e := w.spend(in.To); e.Code != 0 {
		return e
	}
	w.sent[in.ID] = true
	return map[string]any{"errcode": 0, "errmsg": "ok", "msgid": in.ID}
}

// spend takes one message from a person's budget.
func (w *WeCom) spend(user string) errcode {
	b, ok := w.budget[user]
	switch {
	case w.state[user] > 1:
		return errcode{95018, "session state invalid"}
	case !ok || w.now().After(b.until):
		return errcode{95002, "time limit"}
	case b.left == 0:
		return errcode{95001, "count limit"}
	}
	b.left--
	return errcode{}
}

// Say puts a customer's item into the desk's history.
func (w *WeCom) Say(user, id string, item map[string]any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	item["msgid"], item["open_kfid"], item["send_time"] = id, w.Kf, w.now().Unix()
	if item["msgtype"] != "event" {
		item["external_userid"], item["origin"] = user, 3
		w.budget[user] = &budget{5, w.now().Add(48 * time.Hour)}
		if w.state[user] == 4 { // after the end a message begins anew
			w.state[user] = 0
		}
	}
	w.items = append(w.items, item)
}

// SetState puts a person into a state, as a servicer at the vendor's desk would.
func (w *WeCom) SetState(user string, s int) { w.mu.Lock(); defer w.mu.Unlock(); w.state[user] = s }

// Request is the callback that says that something is new.
func (w *WeCom) Request(callback string) (*http.Request, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n++
	token := "sync-" + strconv.Itoa(w.n)
	w.syncTokens[token] = w.now()
	at, nonce := strconv.FormatInt(w.now().Unix(), 10), strconv.Itoa(100_000+w.n)
	enc, err := w.codec.Seal(0, []byte("<xml><ToUserName><![CDATA["+w.CorpID+"]]></ToUserName><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[kf_msg_or_event]]></Event><Token><![CDATA["+
		token+"]]></Token><OpenKfId><![CDATA["+w.Kf+"]]></OpenKfId></xml>"))
	if err != nil {
		return nil, err
	}
	q := url.Values{"msg_signature": {w.codec.Sign(at, nonce, enc)}, "timestamp": {at}, "nonce": {nonce}}
	r, err := http.NewRequest(http.MethodPost, callback+"?"+q.Encode(), strings.NewReader("<xml><Encrypt><![CDATA["+enc+"]]></Encrypt></xml>")) //nolint:noctx // the caller sends it
	if err != nil {
		return nil, fmt.Errorf("fakes: %w", err)
	}
	return r, nil
}

// Check is the vendor's test of the callback's address: here the echo is encrypted.
func (w *WeCom) Check(callback, echo string) (string, error) {
	at, nonce := strconv.FormatInt(w.now().Unix(), 10), "263014780"
	enc, err := w.codec.Seal(0, []byte(echo))
	if err != nil {
		return "", err
	}
	return callback + "?" + url.Values{"msg_signature": {w.codec.Sign(at, nonce, enc)}, "timestamp": {at}, "nonce": {nonce}, "echostr": {enc}}.Encode(), nil
}
