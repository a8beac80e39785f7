package store

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// Argon2id with the parameters OWASP names first for little memory: about 0.1 s on a small server.
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonThreads = 1
	argonKey     = 32
	argonSalt    = 16
)

// Password lengths, in characters. The upper bound keeps a stranger from making us hash megabytes.
const (
	MinPassword = 8
	MaxPassword = 256
)

// ErrPassword says that a password is too short or too long to be set.
var ErrPassword = fmt.Errorf("a password has %d to %d characters", MinPassword, MaxPassword)

// hashing bounds how many hashes run at once: each takes 19 MiB and a core, and anybody may knock at the sign-in.
var hashing = make(chan struct{}, 2)

// HashPassword returns the PHC string to store.
func HashPassword(password string) (string, error) {
	if n := utf8.RuneCountInString(password); n < MinPassword || n > MaxPassword {
		return "", ErrPassword
	}
	salt := make([]byte, argonSalt)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("password: %w", err)
	}
	key := derive(password, salt, argonTime, argonMemory, argonThreads, argonKey)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads, b64(salt), b64(key)), nil
}

// CheckPassword compares in constant time. With no hash (an unknown login) it works as long and says no,
// so that an answer's delay does not tell which logins exist.
func CheckPassword(hash, password string) bool {
	known := true
	h, err := parsePHC(hash)
	if err != nil {
		known = false
		h = phc{time: argonTime, memory: argonMemory, threads: argonThreads, salt: make([]byte, argonSalt), key: make([]byte, argonKey)}
	}
	if utf8.RuneCountInString(password) > MaxPassword {
		known, password = false, ""
	}
	key := derive(password, h.salt, h.time, h.memory, h.threads, uint32(len(h.key)))
	return subtle.ConstantTimeCompare(key, h.key) == 1 && known
}

func derive(password string, salt []byte, t, m uint32, p uint8, n uint32) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), salt, t, m, p, n)
}

type phc struct {
	time, memory uint32
	threads      uint8
	salt, key    []byte
}

var errPHC = errors.New("password: not an argon2id hash")

func parsePHC(s string) (h phc, err error) {
	f := strings.Split(s, "$")
	if len(f) != 6 || f[0] != "" || f[1] != "argon2id" || f[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, errPHC
	}
	if _, err := fmt.Sscanf(f[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.threads); err != nil {
		return h, errPHC
	}
	var err1, err2 error
	h.salt, err1 = base64.RawStdEncoding.DecodeString(f[4])
	h.key, err2 = base64.RawStdEncoding.DecodeString(f[5])
	// Bounds: a hash from a damaged row must not make us take all memory or panic.
	if err := errors.Join(err1, err2); err != nil || h.time < 1 || h.time > 16 || h.memory < 8 || h.memory > 1<<20 || h.threads < 1 || len(h.key) < 16 || len(h.key) > 64 || len(h.salt) < 8 {
		return h, errPHC
	}
	return h, nil
}
