package outhook

import (
	"net/http"
	"testing"
	"time"
)

// Nobody who does not know the secret makes headers that fit, and what was signed fits until a byte of it changes.
func FuzzVerify(f *testing.F) {
	f.Add("msg_1", "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", []byte(sampleBody))
	f.Add("msg_1", "-1", "v1, v2,x v1", []byte(""))
	f.Fuzz(func(t *testing.T, id, ts, sig string, body []byte) {
		const secret = "whsec_bm9ib2R5IGtub3dzIHRoaXMgb25l"
		at := time.Unix(1614265330, 0)
		h := http.Header{HeaderID: nil}
		h.Set(HeaderID, id)
		h.Set(HeaderTimestamp, ts)
		h.Set(HeaderSignature, sig)
		if Verify(secret, h, body, at) == nil {
			t.Fatalf("%q %q %q fit", id, ts, sig)
		}
		if id == "" {
			return
		}
		good, err := Sign([]string{secret}, id, at, body)
		if err != nil {
			t.Fatal(err)
		}
		h.Set(HeaderTimestamp, "1614265330")
		h.Set(HeaderSignature, sig+" "+good)
		if err := Verify(secret, h, body, at); err != nil {
			t.Fatal(err)
		}
		if Verify(secret, h, append(body, 'x'), at) == nil {
			t.Fatal("another body fits")
		}
	})
}
