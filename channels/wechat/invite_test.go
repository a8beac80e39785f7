package wechat

import (
	"strings"
	"testing"
	"time"

	"hejie/channels"
	"hejie/channels/channeltest"
	"hejie/channels/fakes"
)

// A code made for a token comes back with it, from a follower and from a stranger.
func TestACodeComesBack(t *testing.T) {
	w := start(t, nil)
	link, drawn, err := w.ch.InviteURL(t.Context(), "tok-1", 10*time.Minute)
	if err != nil || !drawn || !strings.HasSuffix(link, "/q/tok-1") {
		t.Fatalf("%q %v", link, err)
	}
	for _, e := range [][2]string{{"SCAN", "tok-1"}, {"subscribe", "qrscene_tok-1"}} {
		w.push("safe", fakes.Act{From: "oUSER", Type: "event", Elements: map[string]string{"Event": e[0], "EventKey": e[1]}}, nil)
	}
	all := w.sink.All()
	if len(all) != 2 || all[0].Scene != "tok-1" || all[1].Scene != "tok-1" || all[0].Event != "enter" {
		t.Errorf("%+v", all)
	}
	w.vendor.RevokeTokens()
	if _, _, err := w.ch.InviteURL(t.Context(), "tok-2", 10*time.Minute); err != nil {
		t.Errorf("with a dead access token: %v", err)
	}
	for _, bad := range []string{"", strings.Repeat("x", 65)} {
		if _, _, err := w.ch.InviteURL(t.Context(), bad, 10*time.Minute); err == nil {
			t.Errorf("%d characters were taken", len(bad))
		}
	}
}

// A text that needs more messages than it may take goes not at all: half of it would be worse than none.
func TestNoMoreMessagesThanItMayTake(t *testing.T) {
	w := start(t, nil)
	w.push("safe", said("oUSER", "1", "hi"), nil)
	long := channeltest.Words(strings.Repeat("我们可以一起看看怎样安排更合适。", 60))
	o := channels.Outgoing{Key: "k", Channel: "wechat", Account: "main", Address: "oUSER", Cleared: channeltest.Cleared(t, "wechat", "oUSER", long), Most: 1}
	if res := w.ch.Send(t.Context(), o); res.Class != channels.WindowClosed || res.Code != channels.KeptBack || len(w.vendor.Said("oUSER")) != 0 {
		t.Errorf("%+v, %d arrived", res, len(w.vendor.Said("oUSER")))
	}
	o.Most = 2
	if res := w.ch.Send(t.Context(), o); res.Class != channels.Sent || res.Used != 2 {
		t.Errorf("%+v", res)
	}
}
