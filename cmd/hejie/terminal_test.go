package main

import (
	"context"
	"errors"
	"testing"

	"hejie/bot/guard"
)

func TestTerminalRefusesTheZeroCleared(t *testing.T) {
	term := &terminal{}
	if _, err := term.Send(context.Background(), guard.Cleared{}); !errors.Is(err, guard.ErrNotCleared) || len(term.take()) != 0 {
		t.Fatal("the zero Cleared was sent", err)
	}
}
