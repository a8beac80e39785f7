// Package fakes plays the vendors of the messaging channels on loopback, for tests and for the demo: each verifies what its vendor
// verifies, keeps what it was sent, and can be told to fail in any of the vendor's ways.
//
// It proves nothing about the real vendors but what their documentation says; it never listens anywhere but where it is put.
package fakes

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Fault is one way to fail: the next Times requests whose path holds Match are answered so.
type Fault struct {
	Match  string          `json:"match"`
	Times  int             `json:"times"`
	Status int             `json:"status"`          // 0 = 200
	Body   json.RawMessage `json:"body,omitempty"`  // as it is; empty = the normal answer
	Delay  time.Duration   `json:"delay,omitempty"` // before anything happens
	Drop   string          `json:"drop,omitempty"`  // "before": the connection dies unread; "after": once the request was carried out
}

// Call is one request as it came.
type Call struct {
	At     time.Time `json:"at"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Query  string    `json:"query,omitempty"`
	Body   string    `json:"body,omitempty"`
	Status int       `json:"status"`
	Answer string    `json:"answer"`
}

// peer is what all fakes share: a log, a script of faults, and `POST /_script`, `GET /_log` to reach both from outside.
type peer struct {
	mu     sync.Mutex
	log    []Call
	script []Fault
	now    func() time.Time
	serve  func(w http.ResponseWriter, r *http.Request, body []byte)
}

const maxRequest = 1 << 20

// ServeHTTP plays the vendor.
func (p *peer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest))
	if err != nil {
		return
	}
	switch r.URL.Path {
	case "/_script":
		var f Fault
		if err := json.Unmarshal(body, &f); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		p.Script(f)
		return
	case "/_log":
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(p.Log())
		return
	}
	f := p.fault(r.URL.Path)
	if f.Delay > 0 {
		select {
		case <-time.After(f.Delay):
		case <-r.Context().Done():
			return
		}
	}
	if f.Drop == "before" {
		panic(http.ErrAbortHandler)
	}
	keep := &kept{header: http.Header{}, status: http.StatusOK}
	switch {
	case f.Body != nil || f.Status != 0:
		if f.Status != 0 {
			keep.status = f.Status
		}
		_, _ = keep.Write(f.Body)
	default:
		p.serve(keep, r, body)
	}
	p.mu.Lock()
	p.log = append(p.log, Call{At: p.now(), Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Body: string(body), Status: keep.status, Answer: keep.body.String()})
	p.mu.Unlock()
	if f.Drop == "after" {
		panic(http.ErrAbortHandler)
	}
	for k, v := range keep.header {
		w.Header()[k] = v
	}
	w.WriteHeader(keep.status)
	_, _ = io.WriteString(w, keep.body.String())
}

// Script adds a fault behind those that wait.
func (p *peer) Script(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f.Times = max(f.Times, 1)
	p.script = append(p.script, f)
}

// Log is a copy of what came so far.
func (p *peer) Log() []Call {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Call{}, p.log...)
}

func (p *peer) fault(path string) Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.script {
		if f := &p.script[i]; f.Times > 0 && strings.Contains(path, f.Match) {
			f.Times--
			return *f
		}
	}
	return Fault{}
}

// kept holds an answer until it is known whether the line survives.
type kept struct {
	header http.Header
	status int
	body   strings.Builder
}

func (k *kept) Header() http.Header         { return k.header }
func (k *kept) WriteHeader(status int)      { k.status = status }
func (k *kept) Write(b []byte) (int, error) { return k.body.Write(b) }

// answerRaw leaves the type of the content as it is set. No line end: clients of these vendors escape control characters before they parse.
func answerRaw(w http.ResponseWriter, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(b)
}

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	answerRaw(w, v)
}
