package sms

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"hejie/bot/guard"
	"hejie/channels"
	"hejie/channels/channeltest"
	"hejie/channels/fakes"
)

// The vendors' own published samples.
func TestPublishedVectors(t *testing.T) {
	q := url.Values{"ImageId": {"win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}, "RegionId": {"cn-shanghai"}}
	h := signV3("YourAccessKeyId", "YourAccessKeySecret", "ecs.cn-shanghai.aliyuncs.com", "RunInstances", "2014-05-26", "2023-10-26T10:22:32Z", "3156853299f313e23d1673dc12e1703d", q)
	if !strings.HasSuffix(h["Authorization"], "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0") {
		t.Errorf("aliyun: %s", h["Authorization"])
	}
	body := `{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}`
	got := signTC3("AKID"+strings.Repeat("*", 32), strings.Repeat("*", 32), "cvm", "cvm.tencentcloudapi.com", "DescribeInstances", time.Unix(1551113065, 0), []byte(body))
	if !strings.HasSuffix(got, "Signature=10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f") {
		t.Errorf("tencent: %s", got)
	}
	form := url.Values{"CallSid": {"CA1234567890ABCDE"}, "Caller": {"+14158675309"}, "Digits": {"1234"}, "From": {"+14158675309"}, "To": {"+18005551212"}}
	if got := twilioSign("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form); got != "RSOYDt4T1cUTdK1PDd93/VVr8B8=" {
		t.Errorf("twilio: %s", got)
	}
	js := []byte(`{"property": "value", "boolean": true}`)
	if !twilioValid("12345", "https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620", "a9nBmqA0ju/hNViExpshrM61xv4=", nil, js) {
		t.Error("twilio: the signed body was refused")
	}
	if twilioValid("12345", "https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620", "a9nBmqA0ju/hNViExpshrM61xv4=", nil, append(js, ' ')) {
		t.Error("twilio: another body was taken")
	}
	if !twilioValid("12345", "https://mycompany.com:443/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", form, nil) {
		t.Error("twilio: the port of the scheme matters")
	}
}

const hookSecret = "0123456789abcdef0123456789abcdef"

type vendor interface {
	http.Handler
	Sent() []fakes.SMS
	Block(string)
	Script(fakes.Fault)
}

func start(t *testing.T, provider string, v vendor) (*Channel, *httptest.Server, *channeltest.Sink) {
	t.Helper()
	api := httptest.NewServer(v)
	sink := &channeltest.Sink{}
	o := Options{
		Account: channels.Account{Name: "main", CreditorID: "cr1"}, Provider: provider, KeyID: "AK1", KeySecret: "secret", SignName: "安和", AppID: "1400", From: "+15005550006",
		HookSecret: hookSecret, HookURL: "https://chat.example.com/webhooks/sms/twilio/main", Templates: map[string]Template{"portal_link": {"SMS_1", []string{"code"}}},
		Gateway: Gateway{URL: api.URL + "/send", Hosts: []string{"127.0.0.1"}, Body: `{"to":"{{phone}}","msg":"{{text}}","ref":"{{id}}"}`, Success: "/code", ID: "/msg_id"},
		BaseURL: api.URL, Sink: sink, Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	hook := httptest.NewServer(c)
	t.Cleanup(func() { hook.Close(); api.Close() })
	return c, hook, sink
}

func (c *Channel) try(t *testing.T, to, reply string, parts ...guard.Part) channels.Result {
	t.Helper()
	return c.Send(t.Context(), channels.Outgoing{Key: "key1", Channel: "sms", Address: to, ReplyID: reply, Cleared: cleared(t, to, parts...)})
}

// cleared texts of an SMS carry one real name and no debt fact, or the filter would stop them.
func cleared(t testing.TB, to string, parts ...guard.Part) guard.Cleared {
	t.Helper()
	return channeltest.Cleared(t, "web", to, append(parts, channeltest.Words("您有一条服务消息，请登录官方渠道查看。"))...)
}

func TestVendorsTakeWhatWeSend(t *testing.T) {
	code := guard.Part{Role: "var", Ref: "code", Text: "查看"}
	for name, v := range map[string]vendor{
		"aliyun": fakes.NewAliyun("AK1", "secret", time.Now), "tencent": fakes.NewTencent("AK1", "secret", time.Now), "twilio": fakes.NewTwilio("AK1", "secret", time.Now),
	} {
		t.Run(name, func(t *testing.T) {
			c, _, _ := start(t, name, v)
			res := c.try(t, "+8613800000001", "portal_link", code)
			if res.Class != channels.Sent || res.ProviderID == "" {
				t.Fatalf("%+v", res)
			}
			got := v.Sent()[0]
			if name != "twilio" && (got.Template != "SMS_1" || got.Key != "key1" || !strings.Contains(strings.Join(got.Vars, ""), "查看")) || name == "twilio" && !strings.Contains(got.Text, "服务消息") {
				t.Errorf("%+v", got)
			}
			if name != "twilio" {
				if res := c.try(t, "+8613800000001", "free_text", code); res.Class != channels.Permanent || res.Code != "no_template" {
					t.Errorf("free text: %+v", res)
				}
				if res := c.try(t, "+8613800000001", "portal_link"); res.Class != channels.Permanent || res.Code != "no_variable" {
					t.Errorf("a hole in the template: %+v", res)
				}
			}
			blocked := map[string]string{"aliyun": "13800000002", "tencent": "+8613800000002", "twilio": "+8613800000002"}[name]
			v.Block(blocked)
			if res := c.try(t, "+8613800000002", "portal_link", code); res.Class != channels.OptedOut {
				t.Errorf("who refused: %+v", res)
			}
			v.Script(fakes.Fault{Drop: "after"})
			if res := c.try(t, "+8613800000001", "portal_link", code); res.Class != channels.Ambiguous {
				t.Errorf("a cut: %+v", res)
			}
			v.Script(fakes.Fault{Status: 502, Body: []byte("<html>bad gateway</html>")})
			if res := c.try(t, "+8613800000001", "portal_link", code); res.Class != channels.Ambiguous {
				t.Errorf("html: %+v", res)
			}
			c.o.KeySecret = "other"
			if res := c.try(t, "+8613800000001", "portal_link", code); res.Class != channels.AuthFailed {
				t.Errorf("wrong key: %+v", res)
			}
		})
	}
}

func TestCodes(t *testing.T) {
	for code, want := range map[string]channels.ResultClass{
		"isv.BUSINESS_LIMIT_CONTROL": channels.RateLimited, "isv.SMS_CONTENT_ILLEGAL": channels.Permanent, "isp.SYSTEM_ERROR": channels.Retryable, "isp.RAM_PERMISSION_DENY": channels.AuthFailed,
		"isv.DENY_IP_RANGE": channels.AuthFailed, "isv.MOBILE_NUMBER_ILLEGAL": channels.Permanent, "Throttling.User": channels.RateLimited, "something.new": channels.Permanent,
	} {
		if got := aliyunClass(code); got != want {
			t.Errorf("%s: %s", code, got)
		}
	}
	for code, want := range map[string]channels.ResultClass{
		"FailedOperation.ContainSensitiveWord": channels.Permanent, "FailedOperation.PhoneNumberInBlacklist": channels.OptedOut, "LimitExceeded.PhoneNumberDailyLimit": channels.RateLimited,
		"UnauthorizedOperation.SmsSdkAppIdVerifyFail": channels.AuthFailed, "InternalError.Timeout": channels.Ambiguous, "InternalError.Other": channels.Retryable,
	} {
		if got := tencentClass(code); got != want {
			t.Errorf("%s: %s", code, got)
		}
	}
}

func post(t *testing.T, u, body string, head map[string]string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, u, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range head {
		r.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b)
}

func TestAliyunCallbacks(t *testing.T) {
	_, hook, sink := start(t, "aliyun", fakes.NewAliyun("AK1", "secret", time.Now))
	up := `[{"phone_number":"13800000001","send_time":"2026-09-01 11:12:13","content":"退订","dest_code":"1234","sequence_id":%s,"sign_name":"x"}]`
	good := hook.URL + "/webhooks/sms/aliyun/main/" + hookSecret
	for _, id := range []string{"1234567890", `"1234567890"`} { // a number and a text are the same id
		if code, body := post(t, good, strings.Replace(up, "%s", id, 1), nil); code != 200 || body != `{"code":0,"msg":"接收成功"}` {
			t.Fatalf("%d %s", code, body)
		}
	}
	if all := sink.All(); len(all) != 1 || all[0].From != "+8613800000001" || all[0].Text != "退订" || all[0].At.UTC().Hour() != 3 {
		t.Errorf("%+v", all)
	}
	rep := `[{"phone_number":"13800000001","send_time":"2026-01-01 00:00:00","report_time":"2026-01-01 00:00:02","success":true,"err_code":"DELIVERED","err_msg":"ok","sms_size":"1","biz_id":"b1","out_id":"k1"},
		{"phone_number":"13800000002","report_time":"2026-01-01 00:00:02","success":false,"err_code":"MK:0001","biz_id":"b2","out_id":"k2"}]`
	intl := `[{"To":"85260000001","SendDate":"Thu, 25 Nov 2021 10:25:00 +0800","ReceiveDate":"Thu, 25 Nov 2021 10:25:33 +0800","Status":"6","ErrorCode":"EXPIRED","TaskId":"t","MessageId":"m9"}]`
	for _, b := range []string{rep, intl} {
		if code, body := post(t, good, b, nil); code != 200 || !strings.Contains(body, `"code":0`) {
			t.Fatalf("%d %s", code, body)
		}
	}
	if r := sink.Receipts; len(r) != 3 || r[0].State != "delivered" || r[0].ProviderID != "b1" || r[0].Key != "k1" || r[1].State != "failed" || r[2].State != "failed" || r[2].Address != "+85260000001" {
		t.Errorf("%+v", r)
	}
	for _, bad := range []string{hook.URL + "/webhooks/sms/aliyun/main", hook.URL + "/webhooks/sms/aliyun/main/" + strings.Repeat("0", 32)} {
		if code, _ := post(t, bad, rep, nil); code != 403 {
			t.Errorf("%s: %d", bad, code)
		}
	}
	sink.Fail = errors.New("disk full")
	if code, _ := post(t, good, strings.Replace(up, "%s", "7", 1), nil); code/100 != 5 {
		t.Errorf("what was not stored was acknowledged: %d", code)
	}
}

func TestTencentCallbacks(t *testing.T) {
	_, hook, sink := start(t, "tencent", fakes.NewTencent("AK1", "secret", time.Now))
	good := hook.URL + "/" + hookSecret
	for _, b := range []string{
		`[{"user_receive_time":"2026-10-17 08:03:04","nationcode":"86","mobile":"13700000001","report_status":"SUCCESS","errmsg":"DELIVRD","description":"x","sid":"s1","ext":"k1"}]`,
		`{"extend":"01","mobile":"13700000001","nationcode":"86","sign":"短信签名","text":"我想分期","time":1457336869}`,
	} {
		for range 2 {
			if code, body := post(t, good, b, nil); code != 200 || body != `{"result":0,"errmsg":"OK"}` {
				t.Fatalf("%d %s", code, body)
			}
		}
	}
	if all := sink.All(); len(all) != 1 || all[0].Text != "我想分期" || all[0].From != "+8613700000001" || all[0].At.Unix() != 1457336869 {
		t.Errorf("%+v", all)
	}
	if r := sink.Receipts[0]; r.State != "delivered" || r.ProviderID != "s1" {
		t.Errorf("%+v", r)
	}
	if code, _ := post(t, good, `"nonsense"`, nil); code != 403 {
		t.Errorf("nonsense: %d", code)
	}
}

func TestTwilioCallbacks(t *testing.T) {
	v := fakes.NewTwilio("AK1", "secret", time.Now)
	c, hook, sink := start(t, "twilio", v)
	form := url.Values{"MessageSid": {"SM1"}, "From": {"+14155550100"}, "To": {"+15005550006"}, "Body": {" STOP "}, "NumMedia": {"0"}, "SomethingNew": {"x", "a", "x"}}
	head := map[string]string{"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": v.Sign(c.o.HookURL, form)}
	for range 2 {
		if code, body := post(t, hook.URL, form.Encode(), head); code != 200 || body != "<Response></Response>" {
			t.Fatalf("%d %s", code, body)
		}
	}
	if all := sink.All(); len(all) != 1 || all[0].Text != " STOP " || all[0].ExtID != "SM1" {
		t.Errorf("%+v", all)
	}
	form.Set("Body", "other")
	if code, _ := post(t, hook.URL, form.Encode(), head); code != 403 {
		t.Errorf("another body under the signature: %d", code)
	}
	for status, want := range map[string]string{"queued": "", "delivered": "delivered", "undelivered": "failed"} {
		before := len(sink.Receipts)
		f := url.Values{"MessageSid": {"SM9"}, "MessageStatus": {status}, "To": {"+14155550100"}}
		head["X-Twilio-Signature"] = v.Sign(c.o.HookURL, f)
		if code, _ := post(t, hook.URL, f.Encode(), head); code != 200 {
			t.Fatalf("%s: %d", status, code)
		}
		if want == "" && len(sink.Receipts) != before || want != "" && sink.Receipts[before].State != want {
			t.Errorf("%s: %+v", status, sink.Receipts[before:])
		}
	}
}

type recorded struct {
	status int
	body   string
	got    string
}

func (r *recorded) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	b, _ := io.ReadAll(q.Body)
	r.got = string(b)
	w.WriteHeader(r.status)
	_, _ = io.WriteString(w, r.body)
}
func (*recorded) Sent() []fakes.SMS  { return nil }
func (*recorded) Block(string)       {}
func (*recorded) Script(fakes.Fault) {}

func TestGateway(t *testing.T) {
	v := &recorded{status: 200, body: `{"code":0,"msg_id":"g1"}`}
	c, hook, sink := start(t, "gateway", v)
	if res := c.try(t, "+8613800000001", ""); res.Class != channels.Sent || res.ProviderID != "g1" || v.got != `{"to":"+8613800000001","msg":"您有一条服务消息，请登录官方渠道查看。","ref":"key1"}` {
		t.Errorf("%+v %s", res, v.got)
	}
	for _, x := range []struct {
		status int
		body   string
		want   channels.ResultClass
	}{{200, `{"code":7}`, channels.Permanent}, {200, `{}`, channels.Ambiguous}, {200, "<html>", channels.Ambiguous}, {500, "", channels.Ambiguous}, {429, "", channels.RateLimited}, {401, "", channels.AuthFailed}, {302, "", channels.Permanent}} {
		v.status, v.body = x.status, x.body
		if res := c.try(t, "+8613800000001", ""); res.Class != x.want {
			t.Errorf("%d %s: %+v", x.status, x.body, res)
		}
	}
	body := `{"id":"m1","from":"+8613800000001","to":"1069","text":"你好","ts":1767225600}`
	ts := strconv.FormatInt(time.Now().Unix(), 10)
	head := map[string]string{"X-Timestamp": ts, "X-Signature": "v1=" + GatewaySign("secret", ts, []byte(body))}
	if code, out := post(t, hook.URL, body, head); code != 200 || out != `{"ok":true}` || len(sink.All()) != 1 {
		t.Errorf("%d %s", code, out)
	}
	if code, _ := post(t, hook.URL, body+" ", head); code != 403 {
		t.Errorf("another body: %d", code)
	}
	old := strconv.FormatInt(time.Now().Add(-time.Hour).Unix(), 10)
	if code, _ := post(t, hook.URL, body, map[string]string{"X-Timestamp": old, "X-Signature": "v1=" + GatewaySign("secret", old, []byte(body))}); code != 403 {
		t.Errorf("an old one: %d", code)
	}
}

func TestOptionsAreCheckedWhole(t *testing.T) {
	_, err := New(Options{Provider: "aliyun", HookSecret: "short"})
	if err == nil {
		t.Fatal("empty options were taken")
	}
	for _, want := range []string{"name", "creditor", "key id", "key secret", "signature", "hook secret"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not named in %v", want, err)
		}
	}
	if err := (Gateway{URL: "https://elsewhere.example", Hosts: []string{"sms.example"}, Body: "{{phone}}{{text}}"}).check("x"); err == nil {
		t.Error("a host outside the list was taken")
	}
}
