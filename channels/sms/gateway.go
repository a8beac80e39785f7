package sms

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hejie/channels"
)

// Gateway is how an institution's own line is spoken to: a request with three holes, and where its answer says yes.
type Gateway struct {
	Method  string            `yaml:"method"`
	URL     string            `yaml:"url"`
	Hosts   []string          `yaml:"hosts"` // the only hosts it may go to
	Headers map[string]string `yaml:"headers"`
	Body    string            `yaml:"body"`    // {{phone}} {{text}} {{id}}: as JSON strings without the quotes, or as a form where Content-Type says so; in the url as in an address
	Success string            `yaml:"success"` // JSON pointer to what must be true, "ok", 0 or "0"; empty: any 2xx
	ID      string            `yaml:"id"`      // JSON pointer to the provider's id
}

func (g Gateway) check(name string) error {
	u, err := url.Parse(g.URL)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return fmt.Errorf("sms %s: the gateway's url is not an address", name)
	}
	if !slices.Contains(g.Hosts, u.Hostname()) {
		return fmt.Errorf("sms %s: the gateway's host %s is not on its list of hosts", name, u.Hostname())
	}
	if all := g.URL + g.Body; !strings.Contains(all, "{{phone}}") || !strings.Contains(all, "{{text}}") {
		return fmt.Errorf("sms %s: the gateway's url and body need {{phone}} and {{text}}", name)
	}
	if strings.Contains(u.Host, "{{") {
		return fmt.Errorf("sms %s: the gateway's host is not to be filled in", name)
	}
	if g.Success != "" && g.Success[0] != '/' || g.ID != "" && g.ID[0] != '/' {
		return fmt.Errorf("sms %s: success and id are JSON pointers such as /code", name)
	}
	return nil
}

type gateway struct{ c *Channel }

// hole writes a value for a hole of a JSON body: escaped, without the quotes that stand in the body.
func hole(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil {
		return ""
	}
	q := strings.TrimSpace(b.String())
	return q[1 : len(q)-1]
}

func (g gateway) send(ctx context.Context, o channels.Outgoing, text string) channels.Result {
	cfg := g.c.o.Gateway
	fill := func(in string, as func(string) string) string {
		return strings.NewReplacer("{{phone}}", as(o.Address), "{{text}}", as(text), "{{id}}", as(o.Key)).Replace(in)
	}
	write := hole
	if strings.HasPrefix(cfg.Headers["Content-Type"], "application/x-www-form-urlencoded") {
		write = url.QueryEscape
	}
	body := fill(cfg.Body, write)
	method := cfg.Method
	if method == "" {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, method, fill(cfg.URL, url.QueryEscape), strings.NewReader(body))
	if err != nil {
		return channels.Result{Class: channels.Permanent, Code: "bad_request"}
	}
	req.Header.Set("Content-Type", "application/json")
	for k, v := range cfg.Headers {
		req.Header.Set(k, v)
	}
	status, raw, res := g.c.do(req)
	switch {
	case res.Class != "":
		return res
	case status == http.StatusTooManyRequests:
		return channels.Result{Class: channels.RateLimited, Code: "429"}
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return channels.Result{Class: channels.AuthFailed, Code: strconv.Itoa(status)}
	case status >= 500:
		return channels.Result{Class: channels.Ambiguous, Code: strconv.Itoa(status)}
	case status/100 != 2:
		return channels.Result{Class: channels.Permanent, Code: strconv.Itoa(status)}
	}
	id, _ := point(raw, cfg.ID)
	if cfg.Success == "" {
		return channels.Result{Class: channels.Sent, ProviderID: id}
	}
	said, ok := point(raw, cfg.Success)
	switch {
	case !ok:
		return channels.Result{Class: channels.Ambiguous, Code: "unreadable"}
	case slices.Contains([]string{"true", "0", "ok", "OK", "success"}, said):
		return channels.Result{Class: channels.Sent, ProviderID: id}
	}
	return channels.Result{Class: channels.Permanent, Code: said}
}

// point follows a JSON pointer to a text, number or truth value.
func point(raw []byte, pointer string) (string, bool) {
	if pointer == "" {
		return "", false
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return "", false
	}
	for _, k := range strings.Split(pointer[1:], "/") {
		k = strings.NewReplacer("~1", "/", "~0", "~").Replace(k)
		switch t := v.(type) {
		case map[string]any:
			v = t[k]
		case []any:
			i, err := strconv.Atoi(k)
			if err != nil || i < 0 || i >= len(t) {
				return "", false
			}
			v = t[i]
		default:
			return "", false
		}
	}
	switch t := v.(type) {
	case string:
		return t, true
	case json.Number, bool:
		return fmt.Sprint(t), true
	}
	return "", false
}

const gatewaySkew = 300 * time.Second

// GatewaySign is what a gateway puts into X-Signature, after "v1=".
func GatewaySign(secret, timestamp string, body []byte) string {
	return hex.EncodeToString(hmacSHA256([]byte(secret), timestamp+"."+string(body)))
}

func (g gateway) receive(w http.ResponseWriter, r *http.Request, body []byte) {
	ts := r.Header.Get("X-Timestamp")
	sec, err := strconv.ParseInt(ts, 10, 64)
	if err != nil || g.c.o.Now().Sub(time.Unix(sec, 0)).Abs() > gatewaySkew {
		g.c.refuse(w, "the timestamp is outside the window")
		return
	}
	want := "v1=" + GatewaySign(g.c.o.KeySecret, ts, body)
	if subtle.ConstantTimeCompare([]byte(want), []byte(r.Header.Get("X-Signature"))) != 1 {
		g.c.refuse(w, "the signature does not fit")
		return
	}
	in, receipts, err := readGateway(body, g.c.o.Now())
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	if err := g.c.accept(r.Context(), in, receipts); err != nil {
		g.c.notStored(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"ok":true}`)
}

var gatewayStates = map[string]string{"sent": "sent", "delivered": "delivered", "read": "read", "failed": "failed", "undelivered": "failed", "rejected": "failed", "expired": "failed"}

// readGateway: {id, from, to, text, ts} is a reply; with "status" it is a receipt for the message of that id.
func readGateway(body []byte, now time.Time) ([]channels.Inbound, []channels.Receipt, error) {
	var m struct {
		ID     string `json:"id"`
		From   string `json:"from"`
		To     string `json:"to"`
		Text   string `json:"text"`
		TS     any    `json:"ts"`
		Status loose  `json:"status"`
		Code   loose  `json:"code"`
	}
	if err := json.Unmarshal(body, &m); err != nil || m.ID == "" {
		return nil, nil, errors.New("sms: a message without an id")
	}
	at := now
	switch t := m.TS.(type) {
	case float64:
		at = time.Unix(int64(t), 0)
	case string:
		if p, err := time.Parse(time.RFC3339, t); err == nil {
			at = p
		}
	}
	if m.Status != "" {
		s, known := gatewayStates[string(m.Status)]
		if !known {
			return nil, nil, nil // queued, accepted: nothing that we do not know
		}
		return nil, []channels.Receipt{{ProviderID: m.ID, Address: m.To, State: s, At: at, Code: string(m.Code)}}, nil
	}
	if m.From == "" {
		return nil, nil, errors.New("sms: a message from nobody")
	}
	return []channels.Inbound{{ExtID: m.ID, From: m.From, At: at, Kind: "text", Text: m.Text, Raw: body}}, nil, nil
}
