package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// vault seals what must not stand in the database in clear and hashes what must be found again without being readable.
// Its keys come from the server's secret, so a stolen copy of the database alone gives no number away.
type vault struct {
	aead cipher.AEAD
	mac  []byte
}

// errSealed: the value was sealed with another secret, or was changed.
var errSealed = errors.New("store: a sealed value cannot be opened: was the server's secret changed?")

// WithSecret gives the store the server's secret. Without one the keys are fixed: good for a temporary database, for nothing else.
func WithSecret(secret string) Option {
	return func(s *Store) { s.secret = secret }
}

func newVault(secret string) (*vault, error) {
	derive := func(use string) ([]byte, error) {
		return hkdf.Key(sha256.New, []byte(secret), nil, "hejie store "+use, 32)
	}
	key, err1 := derive("seal v1")
	mac, err2 := derive("hash v1")
	if err := errors.Join(err1, err2); err != nil {
		return nil, fmt.Errorf("store: keys: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("store: keys: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("store: keys: %w", err)
	}
	return &vault{aead: aead, mac: mac}, nil
}

// seal binds the value to its place: a sealed number moved into another row does not open.
func (v *vault) seal(place string, plain []byte) []byte {
	nonce := make([]byte, v.aead.NonceSize(), v.aead.NonceSize()+len(plain)+v.aead.Overhead())
	_, _ = rand.Read(nonce) // never fails
	return v.aead.Seal(nonce, nonce, plain, []byte(place))
}

func (v *vault) open(place string, sealed []byte) ([]byte, error) {
	n := v.aead.NonceSize()
	if len(sealed) < n {
		return nil, errSealed
	}
	plain, err := v.aead.Open(nil, sealed[:n], sealed[n:], []byte(place))
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}

// hash is keyed and split into parts that cannot run into each other.
func (v *vault) hash(parts ...string) string {
	m := hmac.New(sha256.New, v.mac)
	for _, p := range parts {
		fmt.Fprintf(m, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(m.Sum(nil)[:20])
}
