package wecom

import (
	"bytes"
	"errors"
	"testing"

	"hejie/channels"
	"hejie/channels/fakes"
	"hejie/channels/wxapi"
)

func TestFetchMedia(t *testing.T) {
	w := start(t)
	voice := []byte("#!AMR\n\x00\xff")
	w.vendor.Keep("v", fakes.File{Type: "audio/amr", Body: voice})
	for range 2 { // the second time with a token that died meanwhile
		kind, body, err := w.ch.FetchMedia(t.Context(), channels.Media{ID: "v"})
		if err != nil || kind != "audio/amr" || !bytes.Equal(body, voice) {
			t.Fatalf("%s %v %v", kind, body, err)
		}
		w.vendor.RevokeToken()
	}
	if _, _, err := w.ch.FetchMedia(t.Context(), channels.Media{ID: "gone"}); !errors.Is(err, wxapi.ErrMedia) || !errors.Is(err, channels.ErrGone) {
		t.Errorf("a file that is gone: %v", err)
	}
}
