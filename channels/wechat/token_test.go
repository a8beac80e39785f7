package wechat

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hejie/channels"
	"hejie/channels/channeltest"
	"hejie/channels/fakes"
)

// In the last five minutes the old token and the new one both work: whoever still holds the old one is not disturbed.
func TestOldAndNewTokenBothWork(t *testing.T) {
	w := start(t, nil)
	old, err := w.ch.accessToken(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	w.shift.Store(int64(116 * time.Minute)) // four minutes are left
	fresh, err := w.ch.accessToken(t.Context(), "")
	if err != nil || fresh == old {
		t.Fatalf("%s %s %v", old, fresh, err)
	}
	w.push("safe", said("o", "1", "hi"), nil)
	for _, token := range []string{old, fresh} {
		var e apiError
		if err := w.ch.call(t.Context(), "/cgi-bin/message/custom/send", token, textMessage("o", "您好"), &e); err != nil || e.Code != 0 {
			t.Errorf("%s: %d %v", token, e.Code, err)
		}
	}
	w.shift.Store(int64(121 * time.Minute))
	var e apiError
	if err := w.ch.call(t.Context(), "/cgi-bin/message/custom/send", old, textMessage("o", "您好"), &e); err != nil || e.Code != 42001 {
		t.Errorf("after its end: %d %v", e.Code, err)
	}
}

// What only the operator can mend is not sent, is not in doubt, and is tried again once it is mended.
func TestTokensTheOperatorMustMend(t *testing.T) {
	w := start(t, nil)
	w.push("safe", said("o", "1", "hi"), nil)
	w.vendor.IPs = []string{"203.0.113.7"}
	if res := w.send("o", channeltest.Words("您好")); res.Class != channels.AuthFailed || res.Code != "40164" {
		t.Errorf("our address is not listed: %+v", res)
	}
	w.vendor.IPs = nil
	for _, code := range []int{89503, 40243, 40125} {
		w.vendor.Script(fakes.Fault{Match: "stable_token", Body: fmt.Appendf(nil, `{"errcode":%d,"errmsg":"x"}`, code)})
		if res := w.send("o", channeltest.Words("您好")); res.Class != channels.AuthFailed || res.Code != fmt.Sprint(code) {
			t.Errorf("%d: %+v", code, res)
		}
	}
	w.vendor.Script(fakes.Fault{Match: "stable_token", Drop: "after"})
	if res := w.send("o", channeltest.Words("您好")); res.Class != channels.Retryable {
		t.Errorf("no token came: %+v", res)
	}
	if res := w.send("o", channeltest.Words("您好")); res.Class != channels.Sent {
		t.Errorf("once it is mended: %+v", res)
	}
}

// Where the vendor's limit lies is hearsay: a text it calls too long goes in two pieces, whole.
func TestTooLongForTheVendor(t *testing.T) {
	w := start(t, nil)
	w.push("safe", said("o", "1", "hi"), nil)
	text := strings.Repeat("我们可以一起看看怎样安排更合适。", 30)
	w.vendor.Script(fakes.Fault{Match: "custom/send", Body: []byte(`{"errcode":45002,"errmsg":"x"}`)})
	if res := w.send("o", channeltest.Words(text)); res.Class != channels.Sent || res.Used != 2 {
		t.Fatalf("%+v", res)
	}
	if got := w.vendor.Said("o"); len(got) != 2 || strings.Join(got, "") != text {
		t.Errorf("%d pieces arrived", len(got))
	}
	w.vendor.Script(fakes.Fault{Match: "custom/send", Times: 2, Body: []byte(`{"errcode":45002,"errmsg":"x"}`)})
	if res := w.send("o", channeltest.Words(text)); res.Class != channels.Permanent || res.Code != "45002" {
		t.Errorf("twice too long: %+v", res)
	}
}

// Whoever answers in the vendor's place without its certificate was told nothing.
func TestAStrangerInTheVendorsPlace(t *testing.T) {
	w := start(t, nil)
	w.push("safe", said("o", "1", "hi"), nil)
	if res := w.send("o", channeltest.Words("您好")); res.Class != channels.Sent { // the token is at hand now
		t.Fatalf("%+v", res)
	}
	stranger := httptest.NewTLSServer(http.NotFoundHandler())
	defer stranger.Close()
	stranger.Config.ErrorLog = log.New(io.Discard, "", 0)
	w.ch.o.BaseURL = stranger.URL
	if res := w.send("o", channeltest.Words("您好")); res.Class != channels.Retryable {
		t.Errorf("%+v", res)
	}
}
