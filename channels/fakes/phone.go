package fakes

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed phone.html
var phonePage []byte

// Phone is a made-up person's phone: a page with a WeChat chat and a text-message thread, played by the fakes against real callbacks.
type Phone struct {
	WeChat     *WeChat
	Twilio     *Twilio
	WeChatHook string // where the account's callback is
	SMSHook    string
	OpenID     string
	Number     string
	Now        func() time.Time

	mu   sync.Mutex
	said []Bubble
	n    int
}

// Bubble is one line on the phone's screen.
type Bubble struct {
	Channel string   `json:"channel"` // wechat | sms
	Mine    bool     `json:"mine"`
	Text    string   `json:"text"`
	Buttons []Button `json:"buttons,omitempty"`
	At      int64    `json:"at"`
}

// Button is a quick reply on the screen.
type Button struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

// Handler serves the page, its two calls, and the vendors' APIs under /wechat and /twilio.
func (p *Phone) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/wechat/", http.StripPrefix("/wechat", p.WeChat))
	mux.Handle("/twilio/", http.StripPrefix("/twilio", p.Twilio))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'")
		_, _ = w.Write(phonePage)
	})
	mux.HandleFunc("GET /screen", func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, p.screen()) })
	mux.HandleFunc("POST /say", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Channel, Text, Menu string }
		if json.NewDecoder(io.LimitReader(r.Body, 16<<10)).Decode(&in) != nil || strings.TrimSpace(in.Text) == "" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if err := p.Say(r.Context(), in.Channel, in.Text, in.Menu); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
		}
	})
	return mux
}

// Say makes the person write, as the vendor would deliver it.
func (p *Phone) Say(ctx context.Context, channel, text, menu string) error {
	p.mu.Lock()
	p.n++
	id := strconv.FormatInt(p.Now().UnixMilli()*1000+int64(p.n), 10)
	p.said = append(p.said, Bubble{Channel: channel, Mine: true, Text: text, At: p.Now().UnixMilli()})
	p.mu.Unlock()
	var r *http.Request
	var err error
	if channel == "sms" {
		f := url.Values{"MessageSid": {"SM" + id}, "From": {p.Number}, "To": {"+15005550006"}, "Body": {text}, "NumMedia": {"0"}}
		if r, err = http.NewRequestWithContext(ctx, http.MethodPost, p.SMSHook, strings.NewReader(f.Encode())); err == nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("X-Twilio-Signature", p.Twilio.Sign(p.SMSHook, f))
		}
	} else {
		act := Act{From: p.OpenID, Type: "text", ID: id, Elements: map[string]string{"Content": text}}
		if menu != "" {
			act.Elements["bizmsgmenuid"] = menu
		}
		if _, scene, ok := strings.Cut(text, codeAt); ok { // a code is scanned, not typed
			act = Act{From: p.OpenID, Type: "event", Elements: map[string]string{"Event": "SCAN", "EventKey": scene}}
		}
		r, err = p.WeChat.Request(p.WeChatHook, "safe", act)
	}
	if err != nil {
		return fmt.Errorf("fakes: %w", err)
	}
	resp, err := http.DefaultClient.Do(r.WithContext(ctx))
	if err != nil {
		return fmt.Errorf("fakes: the callback does not answer: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err = io.Copy(io.Discard, resp.Body); err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("fakes: the callback answered %s", resp.Status)
	}
	return err
}

// screen is everything on the phone, oldest first.
func (p *Phone) screen() []Bubble {
	p.mu.Lock()
	all := append([]Bubble{}, p.said...)
	p.mu.Unlock()
	for _, c := range p.WeChat.Log() {
		var in struct {
			Text struct{ Content string } `json:"text"`
			Menu struct {
				Head string `json:"head_content"`
				List []struct {
					ID      string `json:"id"`
					Content string `json:"content"`
				} `json:"list"`
			} `json:"msgmenu"`
		}
		if c.Path != "/cgi-bin/message/custom/send" || !strings.Contains(c.Answer, `"errcode":0`) || json.Unmarshal([]byte(c.Body), &in) != nil {
			continue
		}
		b := Bubble{Channel: "wechat", Text: in.Text.Content + in.Menu.Head, At: c.At.UnixMilli()}
		for _, i := range in.Menu.List {
			b.Buttons = append(b.Buttons, Button{i.ID, i.Content})
		}
		all = append(all, b)
	}
	for _, c := range p.Twilio.Log() {
		if f, err := url.ParseQuery(c.Body); err == nil && c.Status/100 == 2 && f.Get("Body") != "" {
			all = append(all, Bubble{Channel: "sms", Text: f.Get("Body"), At: c.At.UnixMilli()})
		}
	}
	slices.SortStableFunc(all, func(a, b Bubble) int { return cmp.Compare(a.At, b.At) })
	return all
}
