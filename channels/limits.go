package channels

import (
	"fmt"
	"time"
)

// Limits are a vendor's. They change, and some are hearsay: an operator may set others. What is zero is the usual one.
type Limits struct {
	Text    int    `yaml:"text"`    // bytes of one text message
	Pieces  int    `yaml:"pieces"`  // messages one text may be cut into
	Buttons int    `yaml:"buttons"` // quick replies in one message
	Message Window `yaml:"message"` // what a message of the person allows us
	Menu    Window `yaml:"menu"`    // … a tap on a menu or quick reply, a scan, a new follower
	Enter   Window `yaml:"enter"`   // … coming into a mini program
}

// Window is how many messages an act of a person allows, how long, and how many of them are kept for what matters.
type Window struct {
	Messages int           `yaml:"messages"`
	Lasts    time.Duration `yaml:"lasts"`
	Kept     int           `yaml:"kept"`
}

// Grant is the window opened at a moment.
func (w Window) Grant(t time.Time) *Grant {
	return &Grant{Messages: w.Messages, Until: t.Add(w.Lasts), Kept: w.Kept}
}

// Over fills what is not set from the usual ones, and refuses what cannot be.
func (l Limits) Over(usual Limits) (Limits, error) {
	l.Message, l.Menu, l.Enter = l.Message.over(usual.Message), l.Menu.over(usual.Menu), l.Enter.over(usual.Enter)
	l.Text, l.Pieces, l.Buttons = or(l.Text, usual.Text), or(l.Pieces, usual.Pieces), or(l.Buttons, usual.Buttons)
	if l.Text < 64 || l.Pieces < 1 || l.Buttons < 0 || l.Message.wrong() || l.Menu.wrong() || l.Enter.wrong() {
		return l, fmt.Errorf("channels: limits that cannot be: %+v", l)
	}
	return l, nil
}

func (w Window) over(usual Window) Window {
	return Window{Messages: or(w.Messages, usual.Messages), Lasts: time.Duration(or(int64(w.Lasts), int64(usual.Lasts))), Kept: or(w.Kept, usual.Kept)}
}

func (w Window) wrong() bool {
	return w.Messages < 0 || w.Lasts < 0 || w.Kept < 0 || (w.Messages > 0 && w.Kept >= w.Messages)
}

func or[N int | int64](set, usual N) N {
	if set == 0 {
		return usual
	}
	return set
}
