package llm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// errUseless is a complete HTTP exchange that is no usable answer.
var errUseless = errors.New("llm: the answer was not usable")

// kind says what may be done about a fault.
type kind int

const (
	busy     kind = iota // later it may work: one retry within the turn's budget
	setup                // key, money, address or model name: nothing helps but a person
	refused              // the endpoint's own moderation; it is healthy
	rejected             // it does not take this request
)

// fault keeps what is safe of a failed exchange and drops the body: that may hold a key, HTML or the debtor's words.
type fault struct {
	status int
	code   string // of the known list below, else empty
	kind   kind
	after  time.Duration // Retry-After, 0 = none given
}

func (e *fault) Error() string {
	if e.code != "" {
		return fmt.Sprintf("llm: endpoint answered %d %s", e.status, e.code)
	}
	return fmt.Sprintf("llm: endpoint answered %d", e.status)
}

// codes of providers that say more than their HTTP status, or contradict it.
var codes = map[string]kind{
	"1113": setup, "1302": busy, "1305": busy, "1301": refused, "1261": rejected, // Zhipu sends 1113 (in arrears) as 429
	"arrearage": setup, "insufficient_quota": setup, "accountoverdueerror": setup, "authenticationerror": setup, "invalid_api_key": setup,
	"invalidendpoint.notfound": setup, "model_not_found": setup, "exceeded_current_quota_error": setup,
	"throttling.ratequota": busy, "throttling": busy, "engine_overloaded_error": busy, "rate_limit_reached_error": busy, "unavailable_error": busy,
	"data_inspection_failed": refused, "content_filter": refused,
	"context_length_exceeded": rejected, "exceed_context_size_error": rejected,
}

func byStatus(status int) kind {
	switch status {
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound:
		return setup
	case http.StatusTooManyRequests, http.StatusRequestTimeout, http.StatusConflict:
		return busy
	}
	if status >= 500 {
		return busy
	}
	return rejected
}

// readFault classifies an error answer by the status and the codes its body may hold in any of the usual shapes.
func readFault(status int, header http.Header, body []byte) *fault {
	f := &fault{status: status, kind: byStatus(status), after: retryAfter(header.Get("Retry-After"))}
	var b struct {
		Error json.RawMessage `json:"error"`
		Code  any             `json:"code"`
		Type  any             `json:"type"`
	}
	if json.Unmarshal(body, &b) != nil {
		return f
	}
	var e struct {
		Code any `json:"code"`
		Type any `json:"type"`
	}
	_ = json.Unmarshal(b.Error, &e) // an error that is plain text has no code
	for _, v := range []any{e.Code, e.Type, b.Code, b.Type} {
		code := strings.ToLower(fmt.Sprint(v))
		if k, known := codes[code]; known {
			f.code, f.kind = code, k
			break
		}
	}
	return f
}

// retryAfter reads seconds; a date or nonsense counts as not given.
func retryAfter(s string) time.Duration {
	var n int
	if _, err := fmt.Sscanf(s, "%d", &n); err != nil || n < 0 || n > 3600 {
		return 0
	}
	return time.Duration(n) * time.Second
}

// plain drops whatever the library put into its error: the body is in there.
func plain(err error, seen *fault) error {
	switch {
	case seen != nil:
		return seen
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, errIdle):
		return context.DeadlineExceeded
	case errors.Is(err, context.Canceled):
		return context.Canceled
	}
	return errUseless
}

// complete: one choice, and it ended by itself. Some servers answer 200 with an error object, nothing, or half an answer.
func complete(resp openai.ChatCompletionResponse) error {
	if len(resp.Choices) != 1 {
		return errUseless
	}
	switch resp.Choices[0].FinishReason {
	case openai.FinishReasonStop:
		return nil
	case openai.FinishReasonContentFilter, "sensitive":
		return &fault{status: http.StatusOK, code: "content_filter", kind: refused}
	}
	return errUseless
}

// mayRetry: before the first byte of an answer a busy endpoint or a silent one may be asked once more.
func mayRetry(err error) bool {
	var f *fault
	if errors.As(err, &f) {
		return f.kind == busy
	}
	return errors.Is(err, context.DeadlineExceeded)
}

func isKind(err error, ks ...kind) bool {
	var f *fault
	return errors.As(err, &f) && slices.Contains(ks, f.kind)
}
