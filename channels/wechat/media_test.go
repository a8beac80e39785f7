package wechat

import (
	"bytes"
	"errors"
	"testing"

	"hejie/channels"
	"hejie/channels/fakes"
	"hejie/channels/wxapi"
)

func TestFetchMedia(t *testing.T) {
	w := start(t, nil)
	pic := []byte{0x89, 'P', 'N', 'G', 0, 255}
	w.vendor.Keep("pic", fakes.File{Type: "image/png", Body: pic})
	for range 2 { // the second time with a token that died meanwhile
		kind, body, err := w.ch.FetchMedia(t.Context(), channels.Media{ID: "pic"})
		if err != nil || kind != "image/png" || !bytes.Equal(body, pic) {
			t.Fatalf("%s %v %v", kind, body, err)
		}
		w.vendor.RevokeTokens()
	}
	if _, _, err := w.ch.FetchMedia(t.Context(), channels.Media{ID: "gone"}); !errors.Is(err, wxapi.ErrMedia) || !errors.Is(err, channels.ErrGone) {
		t.Errorf("a file that is gone: %v", err)
	}
	w.vendor.Keep("huge", fakes.File{Type: "image/png", Body: bytes.Repeat([]byte{1}, maxMedia+1)})
	if _, _, err := w.ch.FetchMedia(t.Context(), channels.Media{ID: "huge"}); !errors.Is(err, wxapi.ErrMedia) || !errors.Is(err, channels.ErrTooLarge) {
		t.Errorf("a file that is too large: %v", err)
	}
}
