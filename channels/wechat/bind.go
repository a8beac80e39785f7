package wechat

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Binder is who knows tickets and debtors; *bot.Bot is one. The openid is the vendor's word, never the browser's.
type Binder interface {
	// BindTicket makes a ticket for an openid of this account.
	BindTicket(ctx context.Context, channel, account, openid string) (token string, err error)
	BindClaim(ctx context.Context, token, openid, name, id4 string) (phoneLast4 string, err error)
	BindConfirm(ctx context.Context, token, openid, code string) error
}

// BindOptions are what the binding pages need beside the account.
type BindOptions struct {
	Binder Binder
	// Public is the address the pages are mounted at, as the follower's phone sees it: https://chat.example.com/bind/main.
	// Its host must be the one registered with the vendor.
	Public  string
	Key     []byte                        // signs the cookie; at least 32 bytes, the same on all nodes
	Text    func(lang, key string) string // the catalogue of the pages
	Lang    func(acceptLanguage string) string
	Refused func(error) bool // the person's own fault: wrong words, an old or used ticket
}

const (
	bindLife  = 10 * time.Minute // as long as a ticket
	bindTries = 5                // of each step and ticket
	bindForm  = 4 << 10
)

// bindPages leads from a ticket to a bound openid: authorize, come back, name a factor, name the code.
type bindPages struct {
	c    *Channel
	o    BindOptions
	base string // path of Public
	jar  jar
}

// Bind gives the pages. Mount them at the path of Public and everything below it.
func (c *Channel) Bind(o BindOptions) (http.Handler, error) {
	u, err := url.Parse(o.Public)
	if err != nil || u.Host == "" || u.RawQuery != "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, fmt.Errorf("wechat %s: %q is no address for the binding pages", c.o.Account.Name, o.Public)
	}
	if o.Binder == nil || o.Text == nil || o.Lang == nil || o.Refused == nil || len(o.Key) < 32 {
		return nil, fmt.Errorf("wechat %s: the binding pages need a binder, words, and a key of 32 bytes", c.o.Account.Name)
	}
	o.Public = strings.TrimRight(o.Public, "/")
	base := strings.TrimRight(u.Path, "/")
	b := &bindPages{c: c, o: o, base: base, jar: newJar(o.Key, c.o.Account.Name, base, u.Scheme == "https", c.o.Now)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+base+"/{$}", b.begin)
	mux.HandleFunc("GET "+base+"/back", b.back)
	mux.HandleFunc("GET "+base+"/form", b.form)
	mux.HandleFunc("POST "+base+"/claim", b.claim)
	mux.HandleFunc("POST "+base+"/confirm", b.confirm)
	if base != "" {
		mux.HandleFunc("GET "+base, b.begin)
	}
	return mux, nil
}

// begin takes the ticket out of the address at once and sends the phone to the vendor. Without one (the account's menu leads here) a
// ticket is made for the openid the vendor vouches for.
func (b *bindPages) begin(w http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("t")
	if ticket != "" && (len(ticket) < 22 || len(ticket) > 128) {
		b.show(w, r, http.StatusGone, page{Note: "expired"})
		return
	}
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // never fails
	v := visit{Ticket: ticket, State: hex.EncodeToString(raw)}
	to, err := b.c.AuthorizeURL(b.o.Public+"/back", v.State)
	if err == nil {
		err = b.jar.put(w, v)
	}
	if err != nil {
		b.broken(w, r, err)
		return
	}
	quiet(w)
	http.Redirect(w, r, to, http.StatusFound)
}

// back is where the vendor returns the phone: the state must be the one of this browser, the openid is the vendor's.
func (b *bindPages) back(w http.ResponseWriter, r *http.Request) {
	v, ok := b.jar.get(r)
	q := r.URL.Query()
	if !ok || v.OpenID != "" || q.Get("code") == "" || subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(v.State)) != 1 {
		b.show(w, r, http.StatusGone, page{Note: "expired"})
		return
	}
	openid, err := b.c.OpenID(r.Context(), q.Get("code"))
	var said *apiError
	switch {
	case errors.Is(err, ErrSnapshot):
		b.jar.drop(w)
		b.show(w, r, http.StatusForbidden, page{Note: "snapshot"})
		return
	case errors.As(err, &said) && (said.Code == 40029 || said.Code == 40163):
		b.show(w, r, http.StatusGone, page{Note: "expired"})
		return
	case err == nil:
		v.OpenID = openid
		if v.Ticket == "" {
			v.Ticket, err = b.o.Binder.BindTicket(r.Context(), b.c.o.Account.Channel, b.c.o.Account.Name, openid)
		}
		if err == nil {
			err = b.jar.put(w, v)
		}
	}
	if err != nil {
		b.broken(w, r, err)
		return
	}
	quiet(w)
	http.Redirect(w, r, b.base+"/form", http.StatusSeeOther) // a reload must not redeem the code again
}

func (b *bindPages) form(w http.ResponseWriter, r *http.Request) {
	v, ok := b.jar.get(r)
	if !ok || v.OpenID == "" {
		b.show(w, r, http.StatusGone, page{Note: "expired"})
		return
	}
	b.show(w, r, http.StatusOK, b.factors(v, ""))
}

// step reads a posted form: only from our own page, and only so often for a ticket, whatever the browser keeps.
func (b *bindPages) step(w http.ResponseWriter, r *http.Request, name string) (visit, bool) {
	v, ok := b.jar.get(r)
	r.Body = http.MaxBytesReader(w, r.Body, bindForm)
	if !ok || v.OpenID == "" || r.ParseForm() != nil || !b.jar.fits(v, r.PostForm.Get("csrf")) {
		b.show(w, r, http.StatusForbidden, page{Note: "expired"})
		return v, false
	}
	for i := range bindTries {
		key := fmt.Sprintf("wechat:%s:bind:%s:%s:%d", b.c.o.Account.Name, bodyHash([]byte(v.Ticket)), name, i)
		first, err := b.c.o.Shared.Once(r.Context(), key, b.c.o.Now().Add(2*bindLife))
		if err != nil {
			b.broken(w, r, err)
			return v, false
		}
		if first {
			return v, true
		}
	}
	b.jar.drop(w)
	b.show(w, r, http.StatusTooManyRequests, page{Note: "too_often"})
	return v, false
}

func (b *bindPages) claim(w http.ResponseWriter, r *http.Request) {
	v, ok := b.step(w, r, "claim")
	if !ok {
		return
	}
	name, id4 := strings.TrimSpace(r.PostForm.Get("name")), strings.ToUpper(strings.TrimSpace(r.PostForm.Get("id4")))
	last4, err := b.o.Binder.BindClaim(r.Context(), v.Ticket, v.OpenID, name, id4)
	switch {
	case err != nil && b.o.Refused(err):
		b.show(w, r, http.StatusForbidden, b.factors(v, "wrong"))
	case err != nil:
		b.broken(w, r, err)
	default:
		v.Phone = last4
		if err := b.jar.put(w, v); err != nil {
			b.broken(w, r, err)
			return
		}
		b.show(w, r, http.StatusOK, b.code(v, ""))
	}
}

func (b *bindPages) confirm(w http.ResponseWriter, r *http.Request) {
	v, ok := b.step(w, r, "confirm")
	if !ok {
		return
	}
	err := b.o.Binder.BindConfirm(r.Context(), v.Ticket, v.OpenID, strings.TrimSpace(r.PostForm.Get("code")))
	switch {
	case err != nil && b.o.Refused(err):
		b.show(w, r, http.StatusForbidden, b.code(v, "wrong_code"))
	case err != nil:
		b.broken(w, r, err)
	default:
		b.jar.drop(w)
		b.show(w, r, http.StatusOK, page{Title: "done_title", Note: "done"})
	}
}

func (b *bindPages) broken(w http.ResponseWriter, r *http.Request, err error) {
	b.c.o.Log.Error("wechat: binding", "account", b.c.o.Account.Name, "why", err.Error())
	b.show(w, r, http.StatusServiceUnavailable, page{Note: "broken"})
}
