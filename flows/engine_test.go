package flows

import (
	"testing"

	"hejie/prompts"
)

func engine(t testing.TB) *Engine {
	t.Helper()
	cat, err := prompts.Load()
	if err != nil {
		t.Fatal(err)
	}
	e, err := NewEngine(cat, Options{OfferKey: []byte("0123456789abcdef0123456789abcdef")})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestFlowsCompile(t *testing.T) { engine(t) }
