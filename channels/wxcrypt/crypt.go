// Package wxcrypt is the message encryption that WeChat Official Accounts, mini programs and WeCom share: signatures, AES
// envelopes, key rotation. It knows no message types, no HTTP and no clock.
package wxcrypt

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // the vendor's protocol; it authenticates with a shared token
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Errors say what was wrong without saying anything of the content.
var (
	ErrKey       = errors.New("wxcrypt: an EncodingAESKey has 43 characters of base64")
	ErrSignature = errors.New("wxcrypt: the signature does not fit")
	ErrEnvelope  = errors.New("wxcrypt: the envelope cannot be opened")
	ErrReceiver  = errors.New("wxcrypt: the message is for somebody else")
)

const (
	padTo     = 32 // PKCS#7 to 32, not to the cipher's 16: the vendor pads up to 32 bytes
	randomLen = 16
	headLen   = randomLen + 4
)

// Codec opens and seals messages of one app. It holds the current key first and the previous one behind it.
type Codec struct {
	token    string
	receiver string // appid or corpid
	keys     [][]byte
}

// New takes the keys newest first: after a rotation messages with the old one arrive for a while.
func New(token, receiver string, encodingKeys ...string) (*Codec, error) {
	if token == "" || receiver == "" {
		return nil, errors.New("wxcrypt: token and receiver are needed")
	}
	c := &Codec{token: token, receiver: receiver}
	for _, k := range encodingKeys {
		if k == "" {
			continue
		}
		// Not strict: the last character may carry spare bits.
		key, err := base64.StdEncoding.DecodeString(k + "=")
		if len(k) != 43 || err != nil || len(key) != 32 {
			return nil, ErrKey
		}
		c.keys = append(c.keys, key)
	}
	return c, nil
}

// Secured tells whether the app has a key at all.
func (c *Codec) Secured() bool { return len(c.keys) > 0 }

// Sign is the hex SHA-1 of the sorted parts joined: (timestamp, nonce) for plain requests, and the ciphertext as the third for encrypted ones.
func (c *Codec) Sign(parts ...string) string {
	all := append([]string{c.token}, parts...)
	slices.Sort(all)
	sum := sha1.Sum([]byte(strings.Join(all, ""))) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:])
}

// Verify compares in constant time. An empty signature never fits.
func (c *Codec) Verify(signature string, parts ...string) error {
	if len(signature) != 2*sha1.Size || subtle.ConstantTimeCompare([]byte(signature), []byte(c.Sign(parts...))) != 1 {
		return ErrSignature
	}
	return nil
}

// Key names the key a message was opened with; the answer is sealed with the same.
type Key int

// Open verifies and decrypts one envelope.
func (c *Codec) Open(signature, timestamp, nonce, encrypted string) ([]byte, Key, error) {
	if err := c.Verify(signature, timestamp, nonce, encrypted); err != nil {
		return nil, 0, err
	}
	return c.Decrypt(encrypted)
}

// Decrypt tries each key. The receiver tells a wrong key from a right one, and a message for another app from ours.
func (c *Codec) Decrypt(encrypted string) ([]byte, Key, error) {
	raw, err := base64.StdEncoding.DecodeString(encrypted)
	if err != nil || len(raw) == 0 || len(raw)%padTo != 0 {
		return nil, 0, ErrEnvelope
	}
	last := ErrEnvelope
	for i, k := range c.keys {
		msg, receiver, err := open(k, raw)
		switch {
		case err != nil:
		case receiver != c.receiver:
			last = ErrReceiver
		default:
			return msg, Key(i), nil
		}
	}
	return nil, 0, last
}

func open(key, raw []byte) (msg []byte, receiver string, err error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, "", fmt.Errorf("wxcrypt: %w", err)
	}
	plain := make([]byte, len(raw))
	cipher.NewCBCDecrypter(block, key[:aes.BlockSize]).CryptBlocks(plain, raw)
	if plain, err = unpad(plain); err != nil || len(plain) < headLen {
		return nil, "", ErrEnvelope
	}
	n := int(binary.BigEndian.Uint32(plain[randomLen:headLen]))
	if n < 0 || n > len(plain)-headLen {
		return nil, "", ErrEnvelope
	}
	return plain[headLen : headLen+n], string(plain[headLen+n:]), nil
}

func unpad(b []byte) ([]byte, error) {
	n := int(b[len(b)-1])
	if n < 1 || n > padTo || n > len(b) || !bytes.Equal(b[len(b)-n:], bytes.Repeat([]byte{byte(n)}, n)) {
		return nil, ErrEnvelope
	}
	return b[:len(b)-n], nil
}

// Seal encrypts a message with fresh random bytes.
func (c *Codec) Seal(k Key, msg []byte) (string, error) {
	random := make([]byte, randomLen)
	if _, err := rand.Read(random); err != nil {
		return "", fmt.Errorf("wxcrypt: %w", err)
	}
	return c.sealWith(k, random, msg)
}

func (c *Codec) sealWith(k Key, random, msg []byte) (string, error) {
	if int(k) >= len(c.keys) || len(random) != randomLen {
		return "", ErrKey
	}
	key := c.keys[k]
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", fmt.Errorf("wxcrypt: %w", err)
	}
	plain := make([]byte, 0, headLen+len(msg)+len(c.receiver)+padTo)
	plain = append(plain, random...)
	plain = binary.BigEndian.AppendUint32(plain, uint32(len(msg))) //nolint:gosec // callers cap messages far below 4 GiB
	plain = append(append(plain, msg...), c.receiver...)
	n := padTo - len(plain)%padTo
	plain = append(plain, bytes.Repeat([]byte{byte(n)}, n)...)
	cipher.NewCBCEncrypter(block, key[:aes.BlockSize]).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain), nil
}
