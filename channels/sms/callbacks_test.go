package sms

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"hejie/channels/fakes"
)

// Vendors send batches again, in any order, with an item of a kind that is new; fields change between text, number and truth value.
// Nothing that makes sense is lost with what does not.
func TestAliyunBatches(t *testing.T) {
	_, hook, sink := start(t, "aliyun", fakes.NewAliyun("AK1", "secret", time.Now))
	good := hook.URL + "/" + hookSecret
	mixed := `[{"phone_number":"13800000001","success":"true","err_code":"DELIVERED","biz_id":77,"out_id":"k1","report_time":"2026-01-01 00:00:02"},
		{"something":"new"}, 7, {"phone_number":"13800000003","success":true,"err_code":"DELIVERED"},
		{"phone_number":13800000002,"content":"我想分期","send_time":"2026-01-01 00:00:03","dest_code":10690001},
		{"phone_number":"13800000002","content":"下个月可以吗","send_time":"2026-01-01 00:00:09","dest_code":"10690001"}]`
	for range 2 {
		if code, _ := post(t, good, mixed, nil); code != 200 {
			t.Fatalf("%d", code)
		}
	}
	if all := sink.All(); len(all) != 2 || all[0].Text != "我想分期" || all[1].Text != "下个月可以吗" || all[0].From != "+8613800000002" {
		t.Errorf("two messages without a number of the vendor's: %+v", all)
	}
	if r := sink.Receipts; len(r) != 2 || r[0].ProviderID != "77" || r[0].State != "delivered" {
		t.Errorf("%+v", r)
	}
	for _, bad := range []string{`[{"something":"new"}]`, `{}`, `[7]`, ``} {
		if code, _ := post(t, good, bad, nil); code != 403 {
			t.Errorf("%s: %d", bad, code)
		}
	}
}

func TestTencentBatches(t *testing.T) {
	_, hook, sink := start(t, "tencent", fakes.NewTencent("AK1", "secret", time.Now))
	good := hook.URL + "/" + hookSecret
	late := `{"user_receive_time":"2026-10-17 08:03:04","nationcode":86,"mobile":13700000001,"report_status":"FAIL","errmsg":"MK:0001","sid":"s1"}`
	early := `{"user_receive_time":"2026-10-17 08:03:01","nationcode":"86","mobile":"13700000001","report_status":"SUCCESS","errmsg":"DELIVRD","sid":"s1"}`
	for _, b := range []string{"[" + late + "," + early + "]", "[" + early + `,{"new":1},` + late + "]", `{"extend":"","mobile":"60000001","nationcode":"852","text":"hi","time":"1457336869"}`} {
		if code, _ := post(t, good, b, nil); code != 200 {
			t.Fatalf("%s: %d", b, code)
		}
	}
	if r := sink.Receipts; len(r) != 4 || r[0].State != "failed" || r[1].State != "delivered" || r[0].Address != "+8613700000001" { // the core moves states forward only
		t.Errorf("%+v", r)
	}
	if all := sink.All(); len(all) != 1 || all[0].From != "+85260000001" || all[0].At.Unix() != 1457336869 {
		t.Errorf("%+v", all)
	}
}

// A refusal by a keyword that only the vendor knows is a refusal.
func TestTwilioKnowsARefusalWeDoNot(t *testing.T) {
	v := fakes.NewTwilio("AK1", "secret", time.Now)
	c, hook, sink := start(t, "twilio", v)
	form := url.Values{"MessageSid": {"SM1"}, "From": {"+14155550100"}, "Body": {"ENOUGH"}, "OptOutType": {"STOP"}}
	if code, _ := post(t, hook.URL, form.Encode(), map[string]string{"X-Twilio-Signature": v.Sign(c.o.HookURL, form)}); code != 200 {
		t.Fatal(code)
	}
	if all := sink.All(); len(all) != 1 || all[0].Text != "STOP" {
		t.Errorf("%+v", all)
	}
}

func TestGatewayReceiptsAndHoles(t *testing.T) {
	v := &recorded{status: 200, body: `{"code":0}`}
	c, hook, sink := start(t, "gateway", v)
	c.o.Gateway.Headers = map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	c.o.Gateway.Body = "to={{phone}}&msg={{text}}"
	c.o.Gateway.URL += "?ref={{id}}"
	if res := c.try(t, "+8613800000001", ""); res.Class != "sent" {
		t.Errorf("%+v", res)
	}
	if f, err := url.ParseQuery(v.got); err != nil || f.Get("to") != "+8613800000001" || !strings.Contains(f.Get("msg"), "服务消息") {
		t.Errorf("%s %v", v.got, err)
	}
	for status, want := range map[string]string{`"delivered"`: "delivered", `"sent"`: "sent", `"expired"`: "failed", `"queued"`: ""} {
		before := len(sink.Receipts)
		body := `{"id":"m1","to":"+8613800000001","status":` + status + `,"code":7}`
		ts := strconv.FormatInt(time.Now().Unix(), 10)
		if code, _ := post(t, hook.URL, body, map[string]string{"X-Timestamp": ts, "X-Signature": "v1=" + GatewaySign("secret", ts, []byte(body))}); code != 200 {
			t.Fatalf("%s: %d", status, code)
		}
		if got := sink.Receipts[before:]; want == "" && len(got) != 0 || want != "" && (len(got) != 1 || got[0].State != want || got[0].Code != "7") {
			t.Errorf("%s: %+v", status, got)
		}
	}
	if err := (Gateway{URL: "https://{{text}}.example", Hosts: []string{"{{text}}.example"}, Body: "{{phone}}"}).check("x"); err == nil {
		t.Error("a host that is filled in was taken")
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ country, number, want string }{
		{"", "13800000001", "+8613800000001"}, {"", "8613800000001", "+8613800000001"}, {"", "+8613800000001", "+8613800000001"}, {"86", "13700000001", "+8613700000001"},
		{"", "85260000001", "+85260000001"}, {"852", "60000001", "+85260000001"}, {"", "008613800000001", "+8613800000001"}, {"86", "8613800000001", "+8613800000001"},
	} {
		if got := e164(c.country, c.number); got != c.want {
			t.Errorf("%s %s: %s, not %s", c.country, c.number, got, c.want)
		}
	}
}
