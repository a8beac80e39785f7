package sms

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hejie/channels"
	"hejie/channels/fakes"
)

// A picture is fetched with the password from the vendor's own address, and from where that leads without it.
func TestFetchMedia(t *testing.T) {
	var leaked atomic.Bool
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			leaked.Store(true)
		}
		_, _ = io.WriteString(w, "made-up picture")
	}))
	defer store.Close()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, pass, _ := r.BasicAuth(); user != "AK1" || pass != "secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		switch r.URL.Path {
		case "/pic":
			http.Redirect(w, r, strings.Replace(store.URL, "127.0.0.1", "localhost", 1)+"/lies/here", http.StatusTemporaryRedirect)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		case "/away":
			http.Redirect(w, r, "ftp://x.example/y", http.StatusFound)
		case "/huge":
			_, _ = w.Write(bytes.Repeat([]byte{1}, maxMedia+1))
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer api.Close()
	c, _, _ := start(t, "twilio", fakes.NewTwilio("AK1", "secret", time.Now))
	c.o.BaseURL = api.URL
	_, body, err := c.FetchMedia(t.Context(), channels.Media{URL: api.URL + "/pic"})
	if err != nil || string(body) != "made-up picture" || leaked.Load() {
		t.Errorf("%q %v, password leaked: %v", body, err, leaked.Load())
	}
	for path, want := range map[string]error{"/none": channels.ErrGone, "/huge": channels.ErrTooLarge, "/round": errNoFile, "/away": errNoFile} {
		if _, _, err := c.FetchMedia(t.Context(), channels.Media{URL: api.URL + path}); !errors.Is(err, want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, foreign := range []string{store.URL + "/x", "file:///etc/passwd", "::", ""} {
		if _, _, err := c.FetchMedia(t.Context(), channels.Media{URL: foreign}); !errors.Is(err, errNoFile) || leaked.Load() {
			t.Errorf("%s: %v", foreign, err)
		}
	}
	other, _, _ := start(t, "gateway", fakes.NewTwilio("AK1", "secret", time.Now))
	if _, _, err := other.FetchMedia(t.Context(), channels.Media{URL: api.URL + "/pic"}); err == nil {
		t.Error("a gateway holds no files")
	}
}

// Pictures come with words or without, and no more of them than the vendor sends.
func TestPicturesWithWords(t *testing.T) {
	c, _, _ := start(t, "twilio", fakes.NewTwilio("AK1", "secret", time.Now))
	f := url.Values{"MessageSid": {"SM1"}, "From": {"+15005550001"}, "Body": {"my letter"}, "NumMedia": {"99"}, "MediaUrl0": {"https://x/0"}, "MediaUrl1": {"https://x/1"}, "MediaContentType0": {"image/png"}}
	in, _ := c.d.(twilio).read(f)
	if len(in) != 1 || in[0].Kind != "text" || in[0].Text != "my letter" || len(in[0].Media) != maxPictures || in[0].Media[1].URL != "https://x/1" || in[0].Media[0].Format != "image/png" {
		t.Errorf("%+v", in)
	}
	f.Set("Body", "")
	f.Set("NumMedia", "1")
	if in, _ := c.d.(twilio).read(f); in[0].Kind != "image" || len(in[0].Media) != 1 {
		t.Errorf("%+v", in)
	}
}
