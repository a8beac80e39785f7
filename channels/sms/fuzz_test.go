package sms

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hejie/bot/guard"
	"hejie/channels"
	"hejie/channels/channeltest"
)

var vendorNames = []string{"aliyun", "tencent", "twilio", "gateway"}

// answers is a vendor that answers every call with the same bytes.
type answers struct {
	status int
	body   []byte
}

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: a.status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(a.body)), Request: r}, nil
}

func made(t *testing.T, provider string, via http.RoundTripper) (*Channel, *channeltest.Sink) {
	t.Helper()
	sink := &channeltest.Sink{}
	c, err := New(Options{
		Account: channels.Account{Name: "main", CreditorID: "cr1"}, Provider: provider, KeyID: "AK1", KeySecret: "secret", SignName: "安和", AppID: "1400", From: "+15005550006",
		HookSecret: hookSecret, HookURL: "https://chat.example.com/webhooks/sms/twilio/main", Templates: map[string]Template{"portal_link": {"SMS_1", []string{"code"}}},
		Gateway: Gateway{URL: "https://sms.example/send", Hosts: []string{"sms.example"}, Body: `{"to":"{{phone}}","msg":"{{text}}","ref":"{{id}}"}`, Success: "/code", ID: "/msg_id"},
		Client:  &http.Client{Transport: via}, Sink: sink, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, sink
}

// Whatever a vendor's callback carries, what is stored names itself and its sender, and a receipt names its message.
func FuzzCallbacks(f *testing.F) {
	f.Add(byte(0), []byte(`[{"phone_number":"13800000001","content":"x","sequence_id":7,"send_time":"2017-09-01 00:00:00"}]`))
	f.Add(byte(0), []byte(`[{"phone_number":"13800000001","success":true,"err_code":"DELIVERED","biz_id":"b","out_id":"k"}]`))
	f.Add(byte(0), []byte(`[{"To":"8521111","Status":"1","MessageId":"m","ErrorCode":"success"}]`))
	f.Add(byte(1), []byte(`{"mobile":"13700000001","nationcode":"86","text":"x","time":1457336869}`))
	f.Add(byte(1), []byte(`[{"mobile":"13700000001","nationcode":"86","report_status":"SUCCESS","errmsg":"DELIVRD","sid":"s"}]`))
	f.Add(byte(2), []byte(`MessageSid=SM1&From=%2B1500&Body=hi&NumMedia=1&MediaUrl0=x&OptOutType=STOP`))
	f.Add(byte(2), []byte(`MessageSid=SM1&MessageStatus=delivered&To=%2B1500`))
	f.Add(byte(3), []byte(`{"id":"1","from":"+8613800000001","to":"x","text":"x","ts":1}`))
	f.Fuzz(func(t *testing.T, which byte, body []byte) {
		c, sink := made(t, vendorNames[int(which)%len(vendorNames)], nil)
		r := httptest.NewRequest(http.MethodPost, "/hook/"+hookSecret, bytes.NewReader(body))
		if form, err := url.ParseQuery(string(body)); err == nil {
			r.Header.Set("X-Twilio-Signature", twilioSign("secret", c.o.HookURL, form))
		}
		ts := strconv.FormatInt(time.Now().Unix(), 10)
		r.Header.Set("X-Timestamp", ts)
		r.Header.Set("X-Signature", "v1="+GatewaySign("secret", ts, body))
		w := httptest.NewRecorder()
		c.ServeHTTP(w, r)
		for _, in := range sink.All() {
			if in.ExtID == "" || in.From == "" || in.Kind == "" || in.Channel != "sms" || w.Code != http.StatusOK {
				t.Fatalf("%d %+v", w.Code, in)
			}
		}
		for _, r := range sink.Receipts {
			if r.ProviderID+r.Key == "" || !slices.Contains([]string{"sent", "delivered", "read", "failed"}, r.State) {
				t.Fatalf("%+v", r)
			}
		}
	})
}

// Whatever a vendor answers, a send comes to a known end that names nobody, and an error of its server is never a success.
func FuzzAnswers(f *testing.F) {
	f.Add(byte(0), uint16(200), []byte(`{"Code":"OK","BizId":"b","RequestId":"r"}`))
	f.Add(byte(0), uint16(200), []byte(`{"Code":"OK","SmsSendDetailDTOs":{"SmsSendDetailDTO":[{"SendStatus":3,"OutId":"key1","Content":"x","SendDate":"2026-01-01 00:00:00"}]}}`))
	f.Add(byte(1), uint16(200), []byte(`{"Response":{"SendStatusSet":[{"Code":"Ok","SerialNo":"s","SessionContext":"key1"}]}}`))
	f.Add(byte(1), uint16(200), []byte(`{"Response":{"Error":{"Code":"InternalError.Timeout"}}}`))
	f.Add(byte(2), uint16(201), []byte(`{"sid":"SM1","status":"queued"}`))
	f.Add(byte(2), uint16(400), []byte(`{"code":21610,"status":400}`))
	f.Add(byte(3), uint16(200), []byte(`{"code":0,"msg_id":"1"}`))
	const to = "+8613800000001"
	classes := []channels.ResultClass{channels.Sent, channels.Retryable, channels.RateLimited, channels.AuthFailed, channels.WindowClosed, channels.OptedOut, channels.Permanent, channels.Ambiguous}
	text := cleared(f, to, guard.Part{Role: "var", Ref: "code", Text: "查看"})
	f.Fuzz(func(t *testing.T, which byte, status uint16, body []byte) {
		c, _ := made(t, vendorNames[int(which)%len(vendorNames)], answers{100 + int(status)%500, body})
		res := c.Send(t.Context(), channels.Outgoing{Key: "key1", Channel: "sms", Address: to, ReplyID: "portal_link", Cleared: text})
		if !slices.Contains(classes, res.Class) || strings.Contains(res.Code+res.Detail, to) || strings.Contains(res.Code+res.Detail, "secret") {
			t.Fatalf("%+v", res)
		}
		if code := 100 + int(status)%500; res.Class == channels.Sent && code >= 500 {
			t.Fatalf("a success with status %d: %+v", code, res)
		}
		r, found, _ := c.Ask(t.Context(), channels.Doubt{Key: "key1", Address: to, Parts: text.Parts(), From: time.Now(), Until: time.Now()})
		if found && r.State == "" {
			t.Fatalf("%+v", r)
		}
	})
}
