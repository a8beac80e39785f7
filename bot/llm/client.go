package llm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"
	"github.com/sony/gobreaker/v2"
)

const (
	maxBody    = 256 << 10 // an answer we want has a few hundred bytes; more is a fault or an attack
	maxTokens  = 300
	retryPause = 150 * time.Millisecond
)

// errUseless is a complete HTTP exchange that is no usable answer.
var errUseless = errors.New("llm: the answer was not usable")

// client is go-openai with the limits it lacks: body size, no redirects, one bounded retry, a breaker.
type client struct {
	api     *openai.Client
	model   string
	timeout time.Duration
	breaker *gobreaker.CircuitBreaker[string]
	used    func(prompt, completion int)
}

func newClient(c Config) *client {
	oc := openai.DefaultConfig(strings.TrimSpace(strings.TrimPrefix(c.APIKey, "Bearer ")))
	oc.BaseURL = normalURL(c.BaseURL)
	oc.HTTPClient = &http.Client{
		Transport:     limited{http.DefaultTransport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &client{
		api: openai.NewClientWithConfig(oc), model: c.Model, timeout: c.Timeout,
		breaker: gobreaker.NewCircuitBreaker[string](gobreaker.Settings{
			Name: "llm", Timeout: 30 * time.Second,
			ReadyToTrip: func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= 5 },
		}),
	}
}

// normalURL mends what people paste: the whole path, blanks, a trailing slash.
func normalURL(u string) string {
	u = strings.TrimRight(strings.TrimSpace(u), "/")
	return strings.TrimSuffix(u, "/chat/completions")
}

// limited cuts response bodies; go-openai would read them without end, and keep error bodies whole.
type limited struct{ next http.RoundTripper }

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxBody), resp.Body}
	return resp, nil
}

// ask is one complete answer within the deadline, or an error that holds nothing of the body.
func (c *client) ask(ctx context.Context, req openai.ChatCompletionRequest) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req.Model = c.model
	req.MaxCompletionTokens = maxTokens
	req.Temperature = math.SmallestNonzeroFloat32 // a plain 0 would be dropped from the request
	return c.breaker.Execute(func() (string, error) {
		out, err := c.once(ctx, req)
		if err != nil && mayRetry(err) {
			select {
			case <-ctx.Done():
				return "", ctx.Err()
			case <-time.After(retryPause):
			}
			out, err = c.once(ctx, req)
		}
		return out, err
	})
}

func (c *client) once(ctx context.Context, req openai.ChatCompletionRequest) (string, error) {
	resp, err := c.api.CreateChatCompletion(ctx, req)
	if err != nil {
		return "", plain(err)
	}
	if c.used != nil {
		c.used(resp.Usage.PromptTokens, resp.Usage.CompletionTokens)
	}
	// Complete means: one choice, and it ended by itself. Some servers answer 200 with an error object or nothing.
	if len(resp.Choices) != 1 || resp.Choices[0].FinishReason != openai.FinishReasonStop {
		return "", errUseless
	}
	return withoutThinking(resp.Choices[0].Message.Content), nil
}

// withoutThinking drops a reasoning block that a server left in the text.
func withoutThinking(s string) string {
	if i := strings.LastIndex(s, "</think>"); i >= 0 {
		s = s[i+len("</think>"):]
	}
	return strings.TrimSpace(s)
}

// statusError keeps the status and drops the body: it may hold a key, HTML or the debtor's words.
type statusError struct{ code int }

func (e *statusError) Error() string { return fmt.Sprintf("llm: endpoint answered %d", e.code) }

func plain(err error) error {
	var a *openai.APIError
	if errors.As(err, &a) {
		return &statusError{a.HTTPStatusCode}
	}
	var r *openai.RequestError
	if errors.As(err, &r) {
		return &statusError{r.HTTPStatusCode}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return context.DeadlineExceeded
	}
	if errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	return errUseless
}

func mayRetry(err error) bool {
	var s *statusError
	return errors.As(err, &s) && (s.code == 429 || s.code >= 500)
}
