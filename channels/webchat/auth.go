package webchat

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"hejie/bot"
	"hejie/flows"
)

// touchEvery spares the database: a sliding session of hours needs no write per request.
const touchEvery = time.Minute

// party is one authenticated session, as a socket or a request holds it.
type party struct {
	session bot.Session
	seenMS  atomic.Int64
}

func newParty(s bot.Session) *party {
	p := &party{session: s}
	p.seenMS.Store(s.SeenMS)
	return p
}

// expiry is the earlier of the sliding and the absolute end.
func (p *party) expiry(l Limits) time.Time {
	return time.UnixMilli(min(p.session.ExpiresMS, p.seenMS.Load()+l.SessionSlide.Milliseconds()))
}

// newToken makes an opaque 256-bit token and the hash that is stored of it.
func newToken() (token, hash string) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: the runtime stops the program instead
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, hashToken(token)
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// authenticate finds the live session of a token.
func (c *Channel) authenticate(ctx context.Context, token string) (*party, *wireError) {
	if token == "" || len(token) > 128 {
		return nil, &wireError{Code: codeUnauthorized, Close: closeAuth}
	}
	s, err := c.sessions.SessionByHash(ctx, hashToken(token))
	switch {
	case errors.Is(err, bot.ErrNotFound):
		return nil, &wireError{Code: codeUnauthorized, Close: closeAuth}
	case err != nil:
		c.log.Error("webchat: session lookup failed", "err", err)
		return nil, &wireError{Code: codeInternal, Close: closeInternal}
	case s.Revoked:
		return nil, &wireError{Code: codeUnauthorized, Close: closeAuth}
	}
	p := newParty(s)
	if !c.now().Before(p.expiry(c.lim)) {
		return nil, &wireError{Code: codeExpired, Close: closeExpired}
	}
	return p, nil
}

// touch slides the session's end.
func (c *Channel) touch(ctx context.Context, p *party) {
	now := c.now().UnixMilli()
	seen := p.seenMS.Load()
	if now-seen < touchEvery.Milliseconds() || !p.seenMS.CompareAndSwap(seen, now) {
		return
	}
	if err := c.sessions.TouchSession(ctx, p.session.TokenHash, now); err != nil {
		c.log.Warn("webchat: session not touched", "err", err)
	}
}

var rank = map[flows.Identity]int{flows.Anon: 0, flows.Identified: 1, flows.Verified: 2}

// assurance is how sure we are that this session is the debtor. What was proved inside a conversation counts for the
// session that opened it, and for no other that was let into it with less.
func (p *party) assurance(conv bot.Conversation) flows.Identity {
	have := p.session.Assurance
	if _, ok := rank[have]; !ok {
		have = flows.Anon
	}
	opened := p.session.ConvID == conv.ID && (p.session.Subject == "" || conv.CreatedMS >= p.session.CreatedMS)
	if opened && rank[conv.Identity] > rank[have] {
		return conv.Identity
	}
	return have
}

// settled reports that no later proof can raise the session further.
func (p *party) settled() bool { return p.session.Assurance == flows.Verified }

// allowedOrigin compares exactly; an absent header is the caller's to judge.
func (c *Channel) allowedOrigin(origin string) bool { return c.origins[strings.ToLower(origin)] }

// request is one authenticated HTTP request of the fallback or of a read.
type request struct {
	*http.Request
	who  *party
	conv bot.Conversation
}

// authed lets in a bearer token for its own conversation only. Another conversation does not exist for it.
func (c *Channel) authed(next func(http.ResponseWriter, request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if o := r.Header.Get("Origin"); o != "" && !c.allowedOrigin(o) {
			respondError(w, fail(codeForbidden))
			return
		}
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok {
			respondError(w, fail(codeUnauthorized))
			return
		}
		who, werr := c.authenticate(r.Context(), token)
		if werr != nil {
			respondError(w, werr)
			return
		}
		if r.PathValue("conv") != who.session.ConvID {
			respondError(w, fail(codeNotFound))
			return
		}
		if wait, ok := c.requests.take(who.session.TokenHash, c.now()); !ok {
			respondError(w, &wireError{Code: codeRateLimited, Retry: wait})
			return
		}
		conv, err := c.desk.Conversation(r.Context(), who.session.ConvID)
		if err != nil {
			c.logUnknown("conversation", err)
			respondError(w, fromBot(err))
			return
		}
		c.touch(r.Context(), who)
		next(w, request{Request: r, who: who, conv: conv})
	}
}

// logUnknown keeps the cause of what the client only sees as "internal".
func (c *Channel) logUnknown(what string, err error) {
	if fromBot(err).Code == codeInternal {
		c.log.Error("webchat: "+what, "err", fmt.Errorf("webchat: %s: %w", what, err))
	}
}
