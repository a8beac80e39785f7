package webchat

import (
	"context"
	"errors"
	"testing"

	"hejie/bot"
	"hejie/bot/guard"
)

// The zero Cleared is the one anybody can write. It reaches nobody, whichever way it is handed in.
func TestZeroClearedIsRefused(t *testing.T) {
	c := &Channel{hub: newHub(DefaultLimits())}
	r, err := c.Send(context.Background(), guard.Cleared{})
	if !errors.Is(err, guard.ErrNotCleared) || r.State != "failed" {
		t.Fatalf("%+v %v", r, err)
	}
	out, ok := row(bot.Recalled{Message: bot.Message{ID: "m", Seq: 7, Direction: "out", Author: "bot", Text: "secret"}, Shown: true}).P.(msgOut)
	if !ok || out.Kind != "withheld" || out.Text != "" {
		t.Fatalf("%+v", out)
	}
	in, ok := row(bot.Recalled{Message: bot.Message{ID: "m", Seq: 8, Direction: "in", Kind: "text", Text: "hello"}, Shown: true}).P.(msgOut)
	if !ok || in.Text != "hello" {
		t.Fatalf("the debtor's own words: %+v", in)
	}
}
