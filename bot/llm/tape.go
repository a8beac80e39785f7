package llm

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
)

// tape keeps every exchange with an endpoint as one file named by the request, or plays them back without any network.
// What is kept is what left the process: redacted texts. Headers, and with them the key, are not kept.
type tape struct {
	dir  string
	play bool
	next http.RoundTripper
}

type exchange struct {
	Request  json.RawMessage `json:"request"`
	Status   int             `json:"status"`
	Response string          `json:"response"`
}

func (t tape) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, fmt.Errorf("llm: %w", err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	sum := sha256.Sum256(body)
	file := filepath.Join(t.dir, hex.EncodeToString(sum[:12])+".json")
	if t.play {
		return played(r, file)
	}
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	got, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(got))
	if err != nil {
		return nil, fmt.Errorf("llm: %w", err) // a broken exchange is not one to play back
	}
	if json.Valid(body) {
		b, err := json.Marshal(exchange{Request: body, Status: resp.StatusCode, Response: string(got)})
		if err == nil {
			err = os.WriteFile(file, b, 0o600)
		}
		if err != nil {
			return nil, fmt.Errorf("llm: recording: %w", err)
		}
	}
	return resp, nil
}

func played(r *http.Request, file string) (*http.Response, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("llm: this request was never recorded: %w", err)
	}
	var e exchange
	if err := json.Unmarshal(b, &e); err != nil {
		return nil, fmt.Errorf("llm: %s: %w", file, err)
	}
	return &http.Response{
		StatusCode: e.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(bytes.NewReader([]byte(e.Response))), ContentLength: int64(len(e.Response)), Request: r,
	}, nil
}
