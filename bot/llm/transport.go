package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"time"
)

const (
	maxBody      = 256 << 10 // an answer we want has a few hundred bytes; more is a fault or an attack
	maxErrorBody = 16 << 10
)

// errIdle: the peer opened an answer and then fell silent.
var errIdle = errors.New("llm: the endpoint fell silent")

// wire is what the library's transport lacks: limits on every body, a limit on silence between two pieces of it,
// fields the library has no name for, and the reason of a failure without the failure's body.
type wire struct {
	next  http.RoundTripper
	extra map[string]any
	idle  time.Duration
}

// noteKey carries a place for the fault of one exchange through the library.
type noteKey struct{}

func (w wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if len(w.extra) > 0 && r.Body != nil {
		if err := w.addFields(r); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	resp, err := w.next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		cancel(nil)
		return nil, err
	}
	resp.Body = &patient{src: io.LimitReader(resp.Body, maxBody), body: resp.Body, idle: w.idle, cancel: cancel, ctx: ctx}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody)) // what can be read of it; the status is enough
	if note, ok := r.Context().Value(noteKey{}).(**fault); ok {
		*note = readFault(resp.StatusCode, resp.Header, body)
	}
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader([]byte("{}"))) // the library puts the body into its error, and errors get logged
	return resp, nil
}

// addFields merges the provider's own fields into the JSON the library wrote.
func (w wire) addFields(r *http.Request) error {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return fmt.Errorf("llm: %w", err)
	}
	body := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &body); err != nil {
		return fmt.Errorf("llm: %w", err)
	}
	all := map[string]any{}
	for k, v := range body {
		all[k] = v
	}
	maps.Copy(all, w.extra)
	if raw, err = json.Marshal(all); err != nil {
		return fmt.Errorf("llm: %w", err)
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(raw)), nil }
	return nil
}

// patient is a body that gives up when no byte came for a while: a stalled answer must not eat the turn's whole budget.
type patient struct {
	src    io.Reader
	body   io.Closer
	idle   time.Duration
	ctx    context.Context //nolint:containedctx // the exchange's own: it ends the read that waits
	cancel context.CancelCauseFunc
}

func (p *patient) Read(b []byte) (int, error) {
	t := time.AfterFunc(p.idle, func() { p.cancel(errIdle) })
	n, err := p.src.Read(b)
	t.Stop()
	if err != nil && !errors.Is(err, io.EOF) && errors.Is(context.Cause(p.ctx), errIdle) {
		err = errIdle
	}
	return n, err
}

func (p *patient) Close() error {
	p.cancel(nil)
	return p.body.Close()
}
