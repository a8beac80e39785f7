package wechat

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"
)

//go:embed bind.html
var bindHTML string

var bindPage = template.Must(template.New("bind").Parse(bindHTML))

// The colours are those of the chat, by day and by night: a follower who comes from it stays in one place.
const bindStyle = `:root{color-scheme:light dark;--ground:#f4f5f1;--surface:#fff;--ink:#1c2421;--ink3:#5d6863;--control:#7f8984;--accent:#1d5b5a;--on:#fff;--sand:#f7efdf;--sand-ink:#6a4a12}` +
	`@media(prefers-color-scheme:dark){:root{--ground:#101514;--surface:#18201e;--ink:#e6ece9;--ink3:#9aa7a1;--control:#74817b;--accent:#86ccbf;--on:#0b2a27;--sand:#332a17;--sand-ink:#e6c88f}}` +
	`body{margin:0;font:1rem/1.625 -apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"PingFang SC","Noto Sans SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;color:var(--ink);background:var(--ground);overflow-wrap:anywhere}` +
	`main{max-width:26rem;margin:0 auto;padding:1.5rem 1rem}h1{margin:0 0 .75rem;font-size:1.375rem;line-height:1.4;font-weight:600}p{margin:0 0 1rem}label{display:block;margin:0 0 1rem}` +
	`input{display:block;box-sizing:border-box;width:100%;min-height:48px;margin-top:.25rem;padding:.5rem .75rem;font:inherit;color:inherit;background:var(--surface);border:1px solid var(--control);border-radius:12px}` +
	`button{width:100%;min-height:48px;padding:.5rem 1rem;font:inherit;font-weight:600;color:var(--on);background:var(--accent);border:0;border-radius:12px;cursor:pointer}` +
	`:focus-visible{outline:2px solid var(--accent);outline-offset:2px}.fault{padding:.5rem .75rem;border-radius:12px;color:var(--sand-ink);background:var(--sand)}.small{margin-top:1rem;font-size:.8125rem;line-height:1.5;color:var(--ink3)}`

var bindCSP = func() string {
	sum := sha256.Sum256([]byte(bindStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}()

// page is what stands on a page, by keys of the catalogue.
type page struct {
	Title, Note, Fault, Button, Action, CSRF, Phone string
	Fields                                          []field
}

type field struct {
	Name, Label, Mode string
	Max               int
}

func (b *bindPages) factors(v visit, fault string) page {
	return page{Note: "intro", Fault: fault, Button: "send_code", Action: b.base + "/claim", CSRF: b.jar.csrf(v), Fields: []field{
		{"name", "name", "text", 60}, {"id4", "id_last4", "text", 4},
	}}
}

func (b *bindPages) code(v visit, fault string) page {
	return page{Note: "code_sent", Phone: v.Phone, Fault: fault, Button: "confirm", Action: b.base + "/confirm", CSRF: b.jar.csrf(v), Fields: []field{
		{"code", "code", "numeric", 6},
	}}
}

// show writes a page in the language of the phone.
func (b *bindPages) show(w http.ResponseWriter, r *http.Request, status int, p page) {
	lang := b.o.Lang(r.Header.Get("Accept-Language"))
	say := func(key string) string {
		if key == "" {
			return ""
		}
		return strings.ReplaceAll(b.o.Text(lang, key), "{phone}", p.Phone)
	}
	if p.Title == "" {
		p.Title = "title"
	}
	p.Title, p.Note, p.Fault, p.Button = say(p.Title), say(p.Note), say(p.Fault), say(p.Button)
	for i := range p.Fields {
		p.Fields[i].Label = say(p.Fields[i].Label)
	}
	var out bytes.Buffer
	err := bindPage.Execute(&out, struct {
		page
		Lang, Foot string
		Style      template.CSS
	}{p, lang, say("privacy"), bindStyle})
	if err != nil {
		b.c.o.Log.Error("wechat: a binding page", "why", err.Error())
		status = http.StatusInternalServerError
	}
	quiet(w)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", bindCSP)
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes())
}

// quiet keeps tickets and names out of caches and of other sites' logs.
func quiet(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("X-Content-Type-Options", "nosniff")
}

// visit is what the browser carries between two steps, signed: it can read it, and it cannot change it.
type visit struct {
	Ticket string `json:"t"`
	State  string `json:"s"`
	OpenID string `json:"o,omitempty"` // set once the vendor vouched for it
	Phone  string `json:"p,omitempty"` // last four of the phone the code went to
	Until  int64  `json:"u"`
}

// jar signs visits for one account.
type jar struct {
	key    []byte
	path   string
	secure bool
	now    func() time.Time
}

const bindCookie = "hejie_bind"

func newJar(key []byte, account, path string, secure bool, now func() time.Time) jar {
	if path == "" {
		path = "/"
	}
	return jar{key: signed(key, "wechat binding|"+account), path: path, secure: secure, now: now}
}

func signed(key []byte, s string) []byte {
	m := hmac.New(sha256.New, key)
	_, _ = m.Write([]byte(s))
	return m.Sum(nil)
}

// put: Lax, for the vendor brings the phone back by a link from its own site; a form of another site does not carry it.
func (j jar) put(w http.ResponseWriter, v visit) error {
	v.Until = j.now().Add(bindLife).Unix()
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("wechat: %w", err)
	}
	body := base64.RawURLEncoding.EncodeToString(raw)
	http.SetCookie(w, &http.Cookie{
		Name: bindCookie, Value: body + "." + base64.RawURLEncoding.EncodeToString(signed(j.key, "visit|"+body)),
		Path: j.path, MaxAge: int(bindLife.Seconds()), HttpOnly: true, Secure: j.secure, SameSite: http.SameSiteLaxMode,
	})
	return nil
}

func (j jar) get(r *http.Request) (v visit, ok bool) {
	k, err := r.Cookie(bindCookie)
	if err != nil {
		return v, false
	}
	body, sig, _ := strings.Cut(k.Value, ".")
	got, err := base64.RawURLEncoding.DecodeString(sig)
	if err != nil || !hmac.Equal(got, signed(j.key, "visit|"+body)) {
		return v, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil || json.Unmarshal(raw, &v) != nil || v.State == "" {
		return visit{}, false
	}
	return v, j.now().Unix() < v.Until
}

func (j jar) drop(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{Name: bindCookie, Path: j.path, MaxAge: -1, HttpOnly: true, Secure: j.secure, SameSite: http.SameSiteLaxMode})
}

// csrf belongs to one visit; it cannot be made without the key.
func (j jar) csrf(v visit) string {
	return base64.RawURLEncoding.EncodeToString(signed(j.key, "form|"+v.State+"|"+v.Ticket))
}

func (j jar) fits(v visit, token string) bool { return hmac.Equal([]byte(token), []byte(j.csrf(v))) }
