package store

import (
	"errors"
	"strings"
	"testing"
)

func TestPasswords(t *testing.T) {
	hash := must1(HashPassword("correct horse 电池"))(t)
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("got %s", hash)
	}
	if must1(HashPassword("correct horse 电池"))(t) == hash {
		t.Fatal("two hashes of one password are the same: no salt")
	}
	if !CheckPassword(hash, "correct horse 电池") {
		t.Fatal("the right password was refused")
	}
	for _, wrong := range []string{"", "correct horse 电", "Correct horse 电池", strings.Repeat("x", 1000)} {
		if CheckPassword(hash, wrong) {
			t.Errorf("%q was taken", wrong)
		}
	}
	for _, bad := range []string{"", "x", "$argon2id$v=19$m=99999999,t=1,p=1$c2FsdHNhbHQ$" + strings.Repeat("A", 43), "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$" + strings.Repeat("A", 43),
		strings.Replace(hash, "t=2", "t=0", 1), strings.Replace(hash, "p=1", "p=0", 1), hash + "$"} {
		if CheckPassword(bad, "correct horse 电池") || CheckPassword(bad, "") {
			t.Errorf("the hash %q let somebody in", bad)
		}
	}
	for _, p := range []string{"short", strings.Repeat("长", MaxPassword+1)} {
		if _, err := HashPassword(p); !errors.Is(err, ErrPassword) {
			t.Errorf("%d characters: %v", len(p), err)
		}
	}
}
