package outhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Headers of the Standard Webhooks specification.
const (
	HeaderID        = "webhook-id"
	HeaderTimestamp = "webhook-timestamp"
	HeaderSignature = "webhook-signature"
)

// tolerance is how far a receiver's clock may be from ours.
const tolerance = 5 * time.Minute

// ErrSignature: the headers do not belong to the body, or not to now.
var ErrSignature = errors.New("outhook: signature does not fit")

// Sign is the value of webhook-signature: one signature for each secret that signs now, so that a receiver can change over.
func Sign(secrets []string, id string, at time.Time, body []byte) (string, error) {
	out := make([]string, 0, len(secrets))
	for _, s := range secrets {
		key, err := keyOf(s)
		if err != nil {
			return "", err
		}
		out = append(out, "v1,"+base64.StdEncoding.EncodeToString(sum(key, id, at.Unix(), body)))
	}
	if len(out) == 0 {
		return "", errors.New("outhook: no secret to sign with")
	}
	return strings.Join(out, " "), nil
}

func keyOf(secret string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || len(key) == 0 {
		return nil, errors.New("outhook: the secret is not base64") // not quoted: it is a secret
	}
	return key, nil
}

func sum(key []byte, id string, unix int64, body []byte) []byte {
	m := hmac.New(sha256.New, key)
	fmt.Fprintf(m, "%s.%d.", id, unix)
	m.Write(body)
	return m.Sum(nil)
}

// Verify is what a receiver does. Ours uses it in tests; it stands here so that both sides read one text.
func Verify(secret string, h http.Header, body []byte, now time.Time) error {
	if unix, err := strconv.ParseInt(h.Get(HeaderTimestamp), 10, 64); err != nil || now.Sub(time.Unix(unix, 0)).Abs() > tolerance {
		return ErrSignature
	}
	return signed(secret, h, body)
}

// signed is Verify without the clock.
func signed(secret string, h http.Header, body []byte) error {
	key, err := keyOf(secret)
	if err != nil {
		return err
	}
	id, sigs := h.Get(HeaderID), h.Get(HeaderSignature)
	unix, err := strconv.ParseInt(h.Get(HeaderTimestamp), 10, 64)
	if id == "" || sigs == "" || err != nil {
		return ErrSignature
	}
	want := sum(key, id, unix, body)
	for s := range strings.SplitSeq(sigs, " ") {
		v, b64, _ := strings.Cut(s, ",")
		if got, err := base64.StdEncoding.DecodeString(b64); v == "v1" && err == nil && hmac.Equal(got, want) {
			return nil
		}
	}
	return ErrSignature
}
