package webchat

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/google/uuid"

	"hejie/bot"
	"hejie/flows"
)

// openIn asks for a session: with a host token for the debtor it names, without one for a visitor of a creditor.
type openIn struct {
	Token    string `json:"token"`    // host token
	Creditor string `json:"creditor"` // of a visitor; with a token it may repeat the issuer
	Lang     string `json:"lang"`
}

type openOut struct {
	Token     string         `json:"token"`
	Conv      string         `json:"conversation_id"`
	Epoch     string         `json:"epoch"`
	Assurance flows.Identity `json:"assurance"`
	SessExp   string         `json:"sess_exp"`
	Creditor  string         `json:"creditor_name"`
	Collector string         `json:"collector_name,omitempty"`
	Hotline   string         `json:"hotline,omitempty"`
	Website   string         `json:"website,omitempty"`
}

var langs = map[string]bool{"": true, "zh-Hans": true, "zh-Hant": true, "en": true}

// openSession exchanges a host token, or nothing, for an opaque token bound to one conversation.
func (c *Channel) openSession(w http.ResponseWriter, r *http.Request) {
	in, werr := readOpen(c, w, r)
	if werr != nil {
		respondError(w, werr)
		return
	}
	tenant, opening, subject, werr := c.opening(r, in)
	if werr != nil {
		respondError(w, werr)
		return
	}
	now := c.now() // before Open: a conversation that is not older was opened by this session
	conv, err := c.desk.Open(r.Context(), opening)
	if err != nil {
		c.logUnknown("open", err)
		respondError(w, fromBot(err))
		return
	}
	token, hash := newToken()
	s := bot.Session{
		TokenHash: hash, ConvID: conv.ID, CreditorID: tenant.ID, Subject: subject, Assurance: opening.Identity,
		CreatedMS: now.UnixMilli(), SeenMS: now.UnixMilli(), ExpiresMS: c.sessionEnd(now),
	}
	if err := c.sessions.CreateSession(r.Context(), s); err != nil {
		c.log.Error("webchat: session not stored", "err", err)
		respondError(w, fail(codeInternal))
		return
	}
	p := newParty(s)
	respond(w, http.StatusCreated, openOut{
		Token: token, Conv: conv.ID, Epoch: conv.Epoch, Assurance: p.assurance(conv), SessExp: stamp(p.expiry(c.lim)),
		Creditor: tenant.Name, Collector: tenant.Collector, Hotline: tenant.Hotline, Website: tenant.Website,
	})
}

// readOpen limits, checks and decodes the two requests that carry no session yet.
func readOpen(c *Channel, w http.ResponseWriter, r *http.Request) (openIn, *wireError) {
	var in openIn
	if o := r.Header.Get("Origin"); o != "" && !c.allowedOrigin(o) {
		return in, fail(codeForbidden)
	}
	if wait, ok := c.openings.take(ipKey(c.clientIP(r)), c.now()); !ok {
		return in, &wireError{Code: codeRateLimited, Retry: wait}
	}
	// JSON only: a form of another site cannot send it without asking first.
	if mt, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || mt != "application/json" {
		return in, fail(codeBadFrame)
	}
	raw, werr := c.body(w, r)
	if werr != nil {
		return in, werr
	}
	if json.Unmarshal(raw, &in) != nil || !langs[in.Lang] {
		return in, fail(codeBadFrame)
	}
	return in, nil
}

// body reads a request's body within a size and a time: a peer that sends it byte by byte holds nothing for long.
func (c *Channel) body(w http.ResponseWriter, r *http.Request) ([]byte, *wireError) {
	rc := http.NewResponseController(w) // a writer that cannot set a deadline (a recorder) has no slow peer either
	_ = rc.SetReadDeadline(time.Now().Add(c.lim.CommitWait))
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(c.lim.FrameBytes)))
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		return nil, fail(codeTooLarge)
	case err != nil:
		return nil, fail(codeBadFrame)
	}
	_ = rc.SetReadDeadline(time.Time{}) // only now: after a fault the server would wait for the rest of the body
	return raw, nil
}

// opening decides who comes in.
func (c *Channel) opening(r *http.Request, in openIn) (bot.Tenant, bot.Opening, string, *wireError) {
	o := bot.Opening{Channel: c.Name(), Lang: in.Lang, Identity: flows.Anon}
	if in.Token == "" {
		tenant, err := c.tenants(r.Context(), in.Creditor)
		if err != nil {
			c.logUnknown("tenant", err)
			return tenant, o, "", fromBot(err)
		}
		o.CreditorID, o.Address = tenant.ID, "visitor:"+uuid.NewString()
		return tenant, o, "", nil
	}
	tenant, claims, err := c.verifyHost(r.Context(), in.Token, "")
	if err != nil {
		return tenant, o, "", c.refusedHost(err)
	}
	if in.Creditor != "" && in.Creditor != tenant.ID {
		return tenant, o, "", fail(codeForbidden)
	}
	o.CreditorID, o.Identity = tenant.ID, vouched(claims.ACR)
	o.DebtorRef, o.Address = claims.Subject, "host:"+claims.Subject
	return tenant, o, claims.Subject, nil
}

// refusedHost tells the integrator's log why, and the caller only that it was refused.
func (c *Channel) refusedHost(err error) *wireError {
	if errors.Is(err, errHostToken) {
		c.log.Info("webchat: host token refused", "err", err)
		return fail(codeUnauthorized)
	}
	c.log.Error("webchat: host token not checked", "err", err)
	return fail(codeInternal)
}

// revokeSessions ends all sessions of a debtor because the portal signed them out.
func (c *Channel) revokeSessions(w http.ResponseWriter, r *http.Request) {
	in, werr := readOpen(c, w, r)
	if werr != nil {
		respondError(w, werr)
		return
	}
	tenant, claims, err := c.verifyHost(r.Context(), in.Token, logoutEvent)
	if err != nil {
		respondError(w, c.refusedHost(err))
		return
	}
	convs, err := c.sessions.RevokeSessions(r.Context(), tenant.ID, claims.Subject)
	if err != nil {
		c.log.Error("webchat: sessions not revoked", "err", err)
		respondError(w, fail(codeInternal))
		return
	}
	for _, id := range convs {
		c.hub.each(id, func(cl *client) { cl.recheckSession() })
		c.bus.Publish(bot.Event{Kind: "session_revoked", ConvID: id}) // for the other nodes
	}
	respond(w, http.StatusOK, map[string]int{"conversations": len(convs)})
}
