package llm

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	openai "github.com/sashabaranov/go-openai"
	"github.com/sony/gobreaker/v2"

	"hejie/bot"
)

const (
	maxTokens  = 300
	retryPause = 150 * time.Millisecond
	breakFor   = 30 * time.Second
	breakAfter = 5 // failures in a row; a wrong key breaks at once
)

// client is go-openai with what it lacks: limits, no redirects, one bounded retry, a breaker, and the ways of each provider.
type client struct {
	api     *openai.Client
	model   string
	timeout time.Duration
	prov    provider
	breaker *gobreaker.CircuitBreaker[string]
	misset  atomic.Bool // the last failure was one that only a person can mend
	noJSON  atomic.Bool // the endpoint refused a schema once
	log     *slog.Logger
}

func newClient(c Config) *client {
	cl := &client{model: c.Model, timeout: c.Timeout, prov: providerOf(normalURL(c.BaseURL)), log: c.Log}
	oc := cl.prov.config(c)
	extra := map[string]any{}
	for _, m := range []map[string]any{cl.prov.extra, c.Extra} {
		for k, v := range m {
			extra[k] = v
		}
	}
	next := http.DefaultTransport
	if c.Tape != "" {
		next = tape{dir: c.Tape, play: c.Replay, next: next}
	}
	oc.HTTPClient = &http.Client{
		Transport:     wire{next: next, extra: extra, idle: max(c.Timeout/2, 50*time.Millisecond)},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	cl.api = openai.NewClientWithConfig(oc)
	cl.breaker = gobreaker.NewCircuitBreaker[string](gobreaker.Settings{
		Name: "llm", Timeout: breakFor,
		ReadyToTrip:  func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= breakAfter || cl.misset.Load() },
		IsSuccessful: func(err error) bool { return err == nil || isKind(err, refused) || errors.Is(err, context.Canceled) },
		OnStateChange: func(_ string, from, to gobreaker.State) {
			if to == gobreaker.StateOpen {
				cl.log.Error("the language model is not asked for a while; the grammar understands alone", "was", from.String(), "misconfigured", cl.misset.Load())
			}
		},
	})
	return cl
}

// ask is one complete answer within the deadline, or an error that holds nothing of the body.
func (c *client) ask(ctx context.Context, req openai.ChatCompletionRequest) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	c.shape(&req)
	return c.breaker.Execute(func() (string, error) {
		out, err := c.once(ctx, c.firstPatience(ctx), req)
		switch {
		case isKind(err, rejected) && req.ResponseFormat != nil && req.ResponseFormat.JSONSchema != nil:
			// Servers that know no schema say 400 to all of them: from now on they are asked for plain JSON, which is checked as strictly.
			c.noJSON.Store(true)
			c.format(&req)
			out, err = c.once(ctx, c.timeout, req)
		case err != nil && mayRetry(err) && wait(ctx, err):
			out, err = c.once(ctx, c.timeout, req)
		}
		c.misset.Store(isKind(err, setup))
		return out, err
	})
}

// firstPatience leaves time for a second try when the first is answered by silence.
func (c *client) firstPatience(ctx context.Context) time.Duration {
	left := c.timeout
	if d, ok := ctx.Deadline(); ok {
		left = min(left, time.Until(d))
	}
	return left * 6 / 10
}

// wait pauses before the one retry; false when the endpoint asked for more than this turn has.
func wait(ctx context.Context, err error) bool {
	pause := retryPause
	if errors.Is(err, context.DeadlineExceeded) {
		pause = 0 // it was waited for long enough
	}
	var f *fault
	if errors.As(err, &f) && f.after > 0 {
		pause = f.after
	}
	if d, ok := ctx.Deadline(); ok && time.Until(d) <= pause {
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(pause):
		return true
	}
}

// shape fits the request to the endpoint.
func (c *client) shape(req *openai.ChatCompletionRequest) {
	req.Model = c.model
	if c.prov.newLimit || reasoner(c.model) {
		req.MaxCompletionTokens = maxTokens
	} else {
		req.MaxTokens = maxTokens //nolint:staticcheck // deprecated by one vendor; the others know no other name
	}
	if !c.prov.noSampling && !reasoner(c.model) {
		req.Temperature = math.SmallestNonzeroFloat32 // a plain 0 would be dropped from the request
	}
	if !c.prov.schema {
		c.noJSON.Store(true)
	}
	c.format(req)
}

func (c *client) format(req *openai.ChatCompletionRequest) {
	if req.ResponseFormat != nil && c.noJSON.Load() {
		req.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject}
	}
}

func (c *client) once(ctx context.Context, patience time.Duration, req openai.ChatCompletionRequest) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var seen *fault
	resp, err := c.api.CreateChatCompletion(context.WithValue(ctx, noteKey{}, &seen), req)
	bot.Spend(ctx, resp.Usage.PromptTokens, resp.Usage.CompletionTokens)
	if err != nil {
		return "", plain(err, seen)
	}
	if err := complete(resp); err != nil {
		return "", err
	}
	return withoutThinking(resp.Choices[0].Message.Content), nil
}

// withoutThinking drops a reasoning block that a server left in the text; one that never closed is all there is.
func withoutThinking(s string) string {
	if i := strings.LastIndex(s, "</think>"); i >= 0 {
		s = s[i+len("</think>"):]
	}
	if strings.Contains(s, "<think>") {
		return ""
	}
	return strings.TrimSpace(s)
}
