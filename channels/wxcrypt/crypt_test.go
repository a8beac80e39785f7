package wxcrypt

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const sampleKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

func codec(t testing.TB, token, receiver string, keys ...string) *Codec {
	t.Helper()
	c, err := New(token, receiver, keys...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The vendor's own published samples.
func TestPublishedVectors(t *testing.T) {
	a := strings.Repeat("A", 43)
	if got := codec(t, "AAAAA", "x").Sign("1714036504", "1514711492"); got != "f464b24fc39322e44b38aa78f5edd27bd1441696" {
		t.Errorf("address check: %s", got)
	}
	if got := codec(t, "AAAAA", "x").Sign("1714037059", "486452656"); got != "899cf89e464efb63f54ddac96b0a0a235f53aa78" {
		t.Errorf("plain message: %s", got)
	}
	oa := codec(t, "AAAAA", "wxba5fad812f8e6fb9", a)
	const enc = "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
	if got := oa.Sign("1714112445", "415670741"); got != "6c5c811b55cc85e0e1b54100749188c20beb3f5d" {
		t.Errorf("safe mode's other signature: %s", got)
	}
	msg, _, err := oa.Open("046e02f8204d34f8ba5fa3b1db94908f3df2e9b3", "1714112445", "415670741", enc)
	if err != nil || !strings.Contains(string(msg), `"debug_str":"hello world"`) || len(msg) != 167 {
		t.Errorf("safe mode: %d bytes, %v", len(msg), err)
	}
	got, err := oa.sealWith(0, []byte("707722b803182950"), []byte(`{"demo_resp":"good luck"}`))
	if err != nil || got != "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==" ||
		oa.Sign("1713424427", "415670741", got) != "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1" {
		t.Errorf("reply: %s %v", got, err)
	}
	got, err = codec(t, "t", "wxb11529c136998cb6", sampleKey).sealWith(0, []byte("aaaabbbbccccdddd"), []byte("我是中文abcd123"))
	if err != nil || got != "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg==" {
		t.Errorf("seal: %s %v", got, err)
	}
	wecom := codec(t, "QDG6eK", "wx5823bf96d3bd56c7", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C")
	msg, _, err = wecom.Open("5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", "1409659589", "263014780",
		"P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==")
	if err != nil || string(msg) != "1616140317555161061" {
		t.Errorf("WeCom address check: %s %v", msg, err)
	}
}

func TestWhatIsSealedOpens(t *testing.T) {
	c := codec(t, "token", "wx1234", sampleKey)
	rapid.Check(t, func(rt *rapid.T) {
		msg := rapid.SliceOfN(rapid.Byte(), 0, 400).Draw(rt, "msg")
		enc, err := c.Seal(0, msg)
		if err != nil {
			rt.Fatal(err)
		}
		got, _, err := c.Open(c.Sign("1", "2", enc), "1", "2", enc)
		if err != nil || !bytes.Equal(got, msg) {
			rt.Fatalf("%q -> %q %v", msg, got, err)
		}
	})
}

func TestRefusals(t *testing.T) {
	c := codec(t, "token", "wx1234", sampleKey)
	other := codec(t, "token", "wx9999", sampleKey)
	enc, err := c.Seal(0, []byte("<xml/>"))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := other.Open(c.Sign("1", "2", enc), "1", "2", enc); !errors.Is(err, ErrReceiver) {
		t.Errorf("another app's message: %v", err)
	}
	for name, sig := range map[string]string{"wrong": strings.Repeat("0", 40), "empty": "", "of other words": c.Sign("1", "3", enc), "upper case": strings.ToUpper(c.Sign("1", "2", enc))} {
		if _, _, err := c.Open(sig, "1", "2", enc); !errors.Is(err, ErrSignature) {
			t.Errorf("%s signature: %v", name, err)
		}
	}
	raw, _ := base64.StdEncoding.DecodeString(enc)
	for name, bad := range map[string]string{
		"not base64": "***", "empty": "", "half a block": base64.StdEncoding.EncodeToString(raw[:16]),
		"flipped pad": base64.StdEncoding.EncodeToString(append(append([]byte{}, raw[:len(raw)-1]...), raw[len(raw)-1]^1)),
	} {
		if _, _, err := c.Open(c.Sign("1", "2", bad), "1", "2", bad); !errors.Is(err, ErrEnvelope) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, k := range []string{sampleKey[:42], sampleKey + "A", strings.Repeat("!", 43)} {
		if _, err := New("t", "r", k); !errors.Is(err, ErrKey) {
			t.Errorf("key %q: %v", k, err)
		}
	}
}

// After a rotation both keys open, and the answer goes out under the key that worked.
func TestRotation(t *testing.T) {
	old := codec(t, "token", "wx1234", sampleKey)
	both := codec(t, "token", "wx1234", strings.Repeat("Q", 43), sampleKey)
	enc, _ := old.Seal(0, []byte("hello"))
	msg, k, err := both.Open(old.Sign("1", "2", enc), "1", "2", enc)
	if err != nil || string(msg) != "hello" || k != 1 {
		t.Fatalf("%s %d %v", msg, k, err)
	}
	answer, err := both.Seal(k, []byte("back"))
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := old.Decrypt(answer); err != nil || string(got) != "back" {
		t.Errorf("%s %v", got, err)
	}
}

func TestDecode(t *testing.T) {
	var e Envelope
	for name, bad := range map[string]string{
		"doctype": `<!DOCTYPE x [<!ENTITY a "b">]><xml><ToUserName>&a;</ToUserName></xml>`, "two roots": "<xml/><xml/>", "text behind": "<xml></xml><a>",
		"nothing": "", "json": `{"a":1}`, "cut": "<xml><Encrypt>", "other charset": `<?xml version="1.0" encoding="gbk"?><xml></xml>`, "unknown entity": "<xml><ToUserName>&x;</ToUserName></xml>",
	} {
		if err := Decode([]byte(bad), &e); !errors.Is(err, ErrXML) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Decode([]byte("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xml><ToUserName><![CDATA[gh\x01_1]]></ToUserName></xml>\n"), &e); err != nil || e.To != "gh_1" {
		t.Errorf("%+v %v", e, err)
	}
}

func FuzzOpen(f *testing.F) {
	c := codec(f, "token", "wx1234", sampleKey)
	enc, _ := c.Seal(0, []byte("<xml/>"))
	f.Add(enc)
	f.Fuzz(func(_ *testing.T, s string) { _, _, _ = c.Decrypt(s) })
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("<xml><Encrypt><![CDATA[a]]></Encrypt></xml>"))
	f.Fuzz(func(_ *testing.T, b []byte) { _ = Decode(b, &Envelope{}) })
}
