package outhook

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The sample of the Standard Webhooks reference libraries (MIT).
const (
	sampleSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	sampleID     = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	sampleBody   = `{"test": 2432232314}`
	sampleSig    = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	otherSig     = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
)

var sampleAt = time.Unix(1614265330, 0)

func TestSignPublishedSample(t *testing.T) {
	for _, secret := range []string{sampleSecret, strings.TrimPrefix(sampleSecret, "whsec_")} {
		if got, err := Sign([]string{secret}, sampleID, sampleAt, []byte(sampleBody)); err != nil || got != sampleSig {
			t.Errorf("%q, %v", got, err)
		}
	}
	two, err := Sign([]string{"whsec_bmV3IHNlY3JldCBmb3IgYSB0ZXN0IG9ubHk=", sampleSecret}, sampleID, sampleAt, []byte(sampleBody))
	if err != nil || !strings.HasSuffix(two, " "+sampleSig) {
		t.Errorf("two secrets: %q, %v", two, err)
	}
	for _, bad := range [][]string{nil, {"whsec_"}, {"whsec_not base64"}} {
		if got, err := Sign(bad, sampleID, sampleAt, nil); err == nil {
			t.Errorf("%q signed as %q", bad, got)
		}
	}
}

func TestVerifyPublishedSamples(t *testing.T) {
	good := map[string]string{HeaderID: sampleID, HeaderTimestamp: "1614265330", HeaderSignature: sampleSig}
	with := func(change ...string) http.Header {
		h := http.Header{}
		for k, v := range good {
			h.Set(k, v)
		}
		for i := 0; i < len(change); i += 2 {
			h.Set(change[i], change[i+1])
		}
		return h
	}
	many := strings.Join([]string{otherSig, "v2," + strings.TrimPrefix(otherSig, "v1,"), sampleSig, otherSig}, " ")
	for name, c := range map[string]struct {
		h    http.Header
		now  time.Time
		good bool
	}{
		"valid":           {with(), sampleAt, true},
		"one of several":  {with(HeaderSignature, many), sampleAt, true},
		"no id":           {with(HeaderID, ""), sampleAt, false},
		"no timestamp":    {with(HeaderTimestamp, ""), sampleAt, false},
		"no signature":    {with(HeaderSignature, ""), sampleAt, false},
		"wrong signature": {with(HeaderSignature, otherSig), sampleAt, false},
		"other version":   {with(HeaderSignature, strings.Replace(sampleSig, "v1", "v2", 1)), sampleAt, false},
		"other id":        {with(HeaderID, "msg_other"), sampleAt, false},
		"too old":         {with(), sampleAt.Add(tolerance + time.Second), false},
		"too new":         {with(), sampleAt.Add(-tolerance - time.Second), false},
		"not a number":    {with(HeaderTimestamp, "now"), sampleAt, false},
	} {
		err := Verify(sampleSecret, c.h, []byte(sampleBody), c.now)
		if (err == nil) != c.good || (err != nil && !errors.Is(err, ErrSignature)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := signed(sampleSecret, with(), []byte(sampleBody)); err != nil {
		t.Errorf("read again from a log: %v", err)
	}
	for name, h := range map[string]http.Header{"no timestamp": with(HeaderTimestamp, ""), "another time": with(HeaderTimestamp, "1"), "wrong signature": with(HeaderSignature, otherSig)} {
		if signed(sampleSecret, h, []byte(sampleBody)) == nil {
			t.Errorf("read again from a log, %s: passes", name)
		}
	}
	if Verify(sampleSecret, with(), []byte(sampleBody+" "), sampleAt) == nil {
		t.Error("a changed body passes")
	}
}

func TestReach(t *testing.T) {
	inside, err := ParseReach("127.0.0.0/8, ::1/128 10.7.0.0/16")
	if err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string][2]bool{ // by the internet only, with the networks above
		"https://hooks.example.com/x":     {true, true},
		"https://93.184.216.34/x":         {true, true},
		"http://hooks.example.com/x":      {false, false},
		"ftp://hooks.example.com/x":       {false, false},
		"https://u:p@hooks.example.com/x": {false, false},
		"https://hooks.example.com/x#f":   {false, false},
		"https://":                        {false, false},
		"http://127.0.0.1:8080/x":         {false, true},
		"http://localhost:8080/x":         {false, true},
		"http://[::1]:8080/x":             {false, true},
		"https://127.0.0.1/x":             {false, true},
		"https://10.7.3.4/x":              {false, true},
		"https://10.8.3.4/x":              {false, false},
		"https://192.168.1.1/x":           {false, false},
		"https://169.254.169.254/latest":  {false, false},
		"https://100.100.100.200/latest":  {false, false},
		"https://[::ffff:10.8.0.1]/x":     {false, false},
		"https://[64:ff9b::a00:1]/x":      {false, false},
		"https://[fd00::1]/x":             {false, false},
		"https://[fe80::1]/x":             {false, false},
		"https://0.0.0.0/x":               {false, false},
		"https://[2002:a00:1::]/x":        {false, false},
	} {
		for i, r := range []Reach{{}, inside} {
			if err := r.CheckURL(url); (err == nil) != want[i] {
				t.Errorf("%s with %v: %v", url, r.Private, err)
			}
		}
	}
	if _, err := ParseReach("10.0.0.0/99"); err == nil {
		t.Error("a network that is none is taken")
	}
}
