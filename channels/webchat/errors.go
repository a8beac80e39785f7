package webchat

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"hejie/bot"
)

// Codes of the protocol. The page maps them to words in the debtor's language; Message is for whoever integrates.
const (
	codeBadFrame     = "bad_frame"
	codeUnknownType  = "unknown_type"
	codeUnauthorized = "unauthorized"
	codeExpired      = "token_expired"
	codeForbidden    = "forbidden"
	codeCIDConflict  = "cid_conflict"
	codeTooLarge     = "too_large"
	codeRateLimited  = "rate_limited"
	codeConvClosed   = "conv_closed"
	codeOfferExpired = "offer_expired"
	codeVerify       = "verify_required"
	codeInternal     = "internal"
	codeNotFound     = "not_found"
	codeUnavailable  = "unavailable"
)

type codeInfo struct {
	status    int
	temporary bool
	message   string
}

var codes = map[string]codeInfo{
	codeBadFrame:     {http.StatusBadRequest, false, "the frame or request is not valid"},
	codeUnknownType:  {http.StatusBadRequest, false, "the frame type or message kind is not known"},
	codeUnauthorized: {http.StatusUnauthorized, false, "the token is missing, wrong or revoked"},
	codeExpired:      {http.StatusUnauthorized, true, "the session is over"},
	codeForbidden:    {http.StatusForbidden, false, "not allowed from here"},
	codeCIDConflict:  {http.StatusConflict, false, "this cid was used for other content"},
	codeTooLarge:     {http.StatusRequestEntityTooLarge, false, "the message is too large"},
	codeRateLimited:  {http.StatusTooManyRequests, true, "too many messages or requests"},
	codeConvClosed:   {http.StatusGone, false, "the conversation is closed"},
	codeOfferExpired: {http.StatusConflict, false, "the offer is expired or unknown"},
	codeVerify:       {http.StatusForbidden, false, "identity must be verified first"},
	codeInternal:     {http.StatusInternalServerError, true, "internal error"},
	codeNotFound:     {http.StatusNotFound, false, "not found"},
	codeUnavailable:  {http.StatusServiceUnavailable, true, "the server is restarting"},
}

// Close codes of the protocol.
const (
	closeNormal     = 1000
	closeUnsupport  = 1003
	closeNotText    = 1007
	closeInternal   = 1011
	closeRestart    = 1012
	closeProtocol   = 4400
	closeAuth       = 4401
	closeOrigin     = 4403
	closeNone       = 4404
	closeSlow       = 4408
	closeTooMany    = 4409
	closeConvClosed = 4410
	closeVersion    = 4426
	closeRate       = 4429
	closeExpired    = 4440
)

// wireError is a failure the client is told about.
type wireError struct {
	Code  string
	Retry time.Duration
	Close int // close code that follows, 0 = the socket stays
}

func fail(code string) *wireError { return &wireError{Code: code} }

func (e *wireError) Error() string { return "webchat: " + e.Code }

func (e *wireError) payload() errorOut {
	info := codes[e.Code]
	return errorOut{Code: e.Code, Message: info.message, Temporary: info.temporary, RetryAfter: e.Retry.Milliseconds()}
}

// fromBot maps the bot's errors; anything unknown is internal and its cause stays in the log.
func fromBot(err error) *wireError {
	switch {
	case errors.Is(err, bot.ErrCIDConflict):
		return fail(codeCIDConflict)
	case errors.Is(err, bot.ErrClosed):
		return &wireError{Code: codeConvClosed, Close: closeConvClosed}
	case errors.Is(err, bot.ErrOfferExpired):
		return fail(codeOfferExpired)
	case errors.Is(err, bot.ErrVerify):
		return fail(codeVerify)
	case errors.Is(err, bot.ErrTooLarge):
		return fail(codeTooLarge)
	case errors.Is(err, bot.ErrEmpty):
		return fail(codeBadFrame)
	case errors.Is(err, bot.ErrNotFound):
		return &wireError{Code: codeNotFound, Close: closeNone}
	}
	return fail(codeInternal)
}

// respondError answers an HTTP request with a code.
func respondError(w http.ResponseWriter, e *wireError) {
	info := codes[e.Code]
	if e.Retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((e.Retry+time.Second-1)/time.Second)))
	}
	if info.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	respond(w, info.status, map[string]any{"code": e.Code, "message": info.message})
}

// respond writes one JSON value that no cache may keep.
func respond(w http.ResponseWriter, status int, v any) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the peer is gone: there is nobody to tell
}
