package wecom

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"hejie/channels"
	"hejie/channels/channeltest"
)

// echo gives every token a good answer and everything else the bytes of the test.
type echo []byte

func (e echo) RoundTrip(r *http.Request) (*http.Response, error) {
	body := []byte(e)
	if strings.HasSuffix(r.URL.Path, "/gettoken") {
		body = []byte(`{"errcode":0,"access_token":"secret-token","expires_in":7200}`)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
}

// Whatever the vendor answers, fetching ends, what is stored names itself and its sender, and no error carries a token.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte(`{"errcode":0,"next_cursor":"c1","has_more":0,"msg_list":[{"msgid":"m","open_kfid":"wkAAAA","external_userid":"u","origin":5,"servicer_userid":"z","msgtype":"text","text":{"content":"x"}}]}`))
	f.Add([]byte(`{"errcode":0,"next_cursor":"c1","has_more":1,"msg_list":[]}`))
	f.Add([]byte(`{"errcode":95018,"service_state":3,"url":"https://x.example"}`))
	f.Add([]byte(`{"errcode":42001}`))
	text := channeltest.Cleared(f, "wecom", "u1", channeltest.Words("您好"))
	f.Fuzz(func(t *testing.T, body []byte) {
		sink := &channeltest.Sink{}
		c, err := New(Options{
			Account: channels.Account{Name: "desk", CreditorID: "cr1"}, CorpID: "wx5823bf96d3bd56c7", Secret: "corp-secret", Token: "QDG6eK", AESKey: aesKey, OpenKfID: "wkAAAA",
			Client: &http.Client{Transport: echo(body)}, Sink: sink, Shared: &channeltest.Shared{Now: time.Now}, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		quiet := func(err error) {
			if err != nil && (strings.Contains(err.Error(), "secret-token") || strings.Contains(err.Error(), "corp-secret")) {
				t.Fatal(err)
			}
		}
		quiet(c.fetch(t.Context(), "tok"))
		for _, in := range sink.All() {
			if in.ExtID == "" || in.From == "" || in.Kind == "" || (in.By != "" && in.Grant != nil) {
				t.Fatalf("%+v", in)
			}
		}
		res := c.Send(t.Context(), channels.Outgoing{Key: "k", Channel: "wecom", Address: "u1", Cleared: text})
		if res.Class == "" || strings.Contains(res.Code+res.Detail, "u1") {
			t.Fatalf("%+v", res)
		}
		_, err = Desk{c}.Serve(t.Context(), "u1", "pool")
		quiet(err)
		_, _, err = c.InviteURL(t.Context(), "t", time.Minute)
		quiet(err)
	})
}
