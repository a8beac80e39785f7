package channels

import (
	"testing"
	"time"
)

// An operator sets what they know better; everything else stays as usual, and what cannot be is refused.
func TestLimitsOverTheUsual(t *testing.T) {
	usual := Limits{Text: 2048, Pieces: 2, Buttons: 10, Message: Window{5, 48 * time.Hour, 1}, Menu: Window{3, time.Minute, 1}}
	got, err := Limits{Text: 1800, Message: Window{Messages: 20}}.Over(usual)
	want := Limits{Text: 1800, Pieces: 2, Buttons: 10, Message: Window{20, 48 * time.Hour, 1}, Menu: Window{3, time.Minute, 1}}
	if err != nil || got != want {
		t.Errorf("%+v %v", got, err)
	}
	at := time.Unix(1000, 0)
	if g := got.Message.Grant(at); g.Messages != 20 || !g.Until.Equal(at.Add(48*time.Hour)) || g.Kept != 1 {
		t.Errorf("%+v", g)
	}
	for _, bad := range []Limits{{Text: 10}, {Pieces: -1}, {Buttons: -1}, {Message: Window{Messages: 1}}, {Menu: Window{Lasts: -time.Second}}, {Enter: Window{Messages: 2, Kept: 2}}} {
		if _, err := bad.Over(usual); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}
