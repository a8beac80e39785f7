package wechat

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"hejie/channels/wxcrypt"
)

// A mini program's operator may have chosen JSON: the same words arrive, and a long number keeps its digits.
func TestAMiniProgramInJSON(t *testing.T) {
	w := start(t, nil)
	codec, err := wxcrypt.New("AAAAA", appID, aesKey)
	if err != nil {
		t.Fatal(err)
	}
	at := strconv.FormatInt(w.now().Unix(), 10)
	for msg, want := range map[string]struct {
		ext, kind, text, scene string
		grant                  int
	}{
		`{"ToUserName":"` + ghID + `","FromUserName":"oMINI","CreateTime":` + at + `,"MsgType":"text","Content":"想分期","MsgId":23637352235060887}`:              {appID + "|m|23637352235060887", "text", "想分期", "", 5},
		`{"ToUserName":"` + ghID + `","FromUserName":"oMINI","CreateTime":` + at + `,"MsgType":"event","Event":"user_enter_tempsession","SessionFrom":"tick"}`: {appID + "|e|oMINI|" + at + "|user_enter_tempsession||", "event", "", "tick", 2},
	} {
		enc, err := codec.Seal(0, []byte(msg))
		if err != nil {
			t.Fatal(err)
		}
		q := url.Values{"timestamp": {at}, "nonce": {"7"}, "encrypt_type": {"aes"}, "msg_signature": {codec.Sign(at, "7", enc)}}
		rec := httptest.NewRecorder()
		w.ch.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/?"+q.Encode(), strings.NewReader(`{"ToUserName":"`+ghID+`","Encrypt":"`+enc+`"}`)))
		all := w.sink.All()
		if rec.Code != 200 || rec.Body.String() != "success" || len(all) == 0 {
			t.Fatalf("%d %q", rec.Code, rec.Body)
		}
		if got := all[len(all)-1]; got.ExtID != want.ext || got.Kind != want.kind || got.Text != want.text || got.Scene != want.scene || got.Grant == nil || got.Grant.Messages != want.grant {
			t.Errorf("%s became %+v", msg, got)
		}
	}
}

func FuzzMessage(f *testing.F) {
	f.Add([]byte(`{"ToUserName":"a","CreateTime":1,"MsgId":2,"MsgID":3}`))
	f.Add([]byte("<xml><ToUserName><![CDATA[a]]></ToUserName><CreateTime>1</CreateTime><MsgId>2</MsgId></xml>"))
	for _, act := range []string{"<MsgType>text</MsgType><Content>x</Content><bizmsgmenuid>m</bizmsgmenuid>", "<MsgType>voice</MsgType><MediaId>v</MediaId><Recognition>x</Recognition>",
		"<MsgType>image</MsgType><PicUrl>https://p.example</PicUrl>", "<MsgType>shortvideo</MsgType>", "<MsgType>location</MsgType>",
		"<MsgType>event</MsgType><Event>subscribe</Event><EventKey>qrscene_t</EventKey>", "<MsgType>event</MsgType><Event>SCAN</Event><EventKey>t</EventKey>",
		"<MsgType>event</MsgType><Event>unsubscribe</Event>", "<MsgType>event</MsgType><Event>CLICK</Event><EventKey>balance</EventKey>",
		"<MsgType>event</MsgType><Event>user_enter_tempsession</Event><SessionFrom>s</SessionFrom>", "<MsgType>event</MsgType><Event>scancode_push</Event>",
		"<MsgType>event</MsgType><Event>TEMPLATESENDJOBFINISH</Event><MsgID>9</MsgID><Status>failed:user block</Status>"} {
		f.Add([]byte("<xml><FromUserName>o</FromUserName><CreateTime>1</CreateTime>" + act + "</xml>"))
	}
	c := &Channel{o: Options{Now: time.Now, AppID: "a"}}
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = readEnvelope(b)
		m, err := readMessage(b)
		if err != nil {
			return
		}
		if in := c.arrival(m, b); in.Kind == "" || in.ExtID == "" {
			t.Fatalf("%+v", in)
		}
		if r, ok := c.report(m); ok && (r.ProviderID == "" || r.State == "") {
			t.Fatalf("%+v", r)
		}
	})
}
