package wechat

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	"hejie/channels"
)

// Send puts one cleared text on the wire: customer-service messages, or the answer to a waiting callback.
func (c *Channel) Send(ctx context.Context, o channels.Outgoing) channels.Result {
	if err := o.Cleared.Made(); err != nil {
		return channels.Result{Class: channels.Permanent, Code: "not_cleared"}
	}
	pieces, ok := channels.Split(channels.Text(o.Cleared), c.o.Account.Traits)
	if !ok {
		return channels.Result{Class: channels.Permanent, Code: "too_long"}
	}
	if res, ok := channels.TooMany(o, len(pieces)); !ok {
		return res
	}
	if c.o.Passive {
		return c.waiting.give(ctx, o.Address, pieces[0])
	}
	var buttons []channels.Button
	if c.o.Menus {
		buttons = c.buttons(o)
	}
	res := c.sendAll(ctx, o.Address, pieces, buttons)
	if res.Code == tooLong && res.Used == 0 && len(pieces) < c.o.Limits.Pieces && (o.Most == 0 || o.Most > len(pieces)) {
		// Where the vendor's limit lies is hearsay: nothing went out yet, so two halves may be tried.
		half := c.o.Account.Traits
		half.MaxBytes = len(pieces[0])*2/3 + 1
		if pieces, ok = channels.Split(channels.Text(o.Cleared), half); ok {
			res = c.sendAll(ctx, o.Address, pieces, buttons)
		}
	}
	return res
}

const tooLong = "45002"

func (c *Channel) sendAll(ctx context.Context, to string, pieces []string, buttons []channels.Button) channels.Result {
	for i, p := range pieces {
		msg := textMessage(to, p)
		if i == len(pieces)-1 && len(buttons) > 0 {
			msg = menuMessage(to, p, buttons)
		}
		res := c.sendOne(ctx, msg)
		if res.Class != channels.Sent {
			if i > 0 && res.Class != channels.WindowClosed {
				res.Class = channels.Ambiguous // the first piece is with the person already: nobody may repeat it blindly
			}
			res.Used = i
			return res
		}
	}
	return channels.Result{Class: channels.Sent, Used: len(pieces)}
}

func (c *Channel) sendOne(ctx context.Context, msg map[string]any) channels.Result {
	e, err := c.withToken(ctx, "/cgi-bin/message/custom/send", msg)
	if err != nil {
		return classes.Failed(err)
	}
	res := channels.Result{Class: classes.Of(e.Code), Code: strconv.Itoa(e.Code)}
	if e.Code == 45009 { // the day's quota: it is new at midnight in the vendor's zone
		res.RetryAfter = untilMidnight(c.o.Now())
	}
	if e.Code == 0 {
		res.Code = ""
	}
	return res
}

var vendorZone = time.FixedZone("CST", 8*3600)

func untilMidnight(now time.Time) time.Duration {
	t := now.In(vendorZone)
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, vendorZone).Sub(t)
}

func textMessage(to, text string) map[string]any {
	return map[string]any{"touser": to, "msgtype": "text", "text": map[string]string{"content": text}}
}

func menuMessage(to, text string, buttons []channels.Button) map[string]any {
	list := make([]map[string]string, 0, len(buttons))
	for _, b := range buttons {
		list = append(list, map[string]string{"id": b.ID, "content": b.Label})
	}
	return map[string]any{"touser": to, "msgtype": "msgmenu", "msgmenu": map[string]any{"head_content": text, "list": list, "tail_content": ""}}
}

// Typing shows or hides the vendor's sign that somebody writes. It is a nicety: what the vendor says to it does not matter.
func (c *Channel) Typing(ctx context.Context, openid string, on bool) {
	if c.o.Passive {
		return // it may send nothing
	}
	command := "CancelTyping"
	if on {
		command = "Typing"
	}
	if e, err := c.withToken(ctx, c.o.TypingPath, map[string]any{"touser": openid, "command": command}); err != nil || e.Code != 0 {
		c.o.Log.Debug("wechat: typing", "account", c.o.Account.Name, "code", e.Code)
	}
}

// passive is one text for a callback that waits, and where it says whether it was written.
type passive struct {
	text string
	sent chan error
}

// waiters are the callbacks that wait for the bot's words, by openid.
type waiters struct {
	mu   sync.Mutex
	list map[string][]chan passive
}

func (w *waiters) add(openid string) chan passive {
	ch := make(chan passive, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list[openid] = append(w.list[openid], ch)
	return ch
}

func (w *waiters) drop(openid string, ch chan passive) {
	w.mu.Lock()
	defer w.mu.Unlock()
	rest := w.list[openid][:0]
	for _, c := range w.list[openid] {
		if c != ch {
			rest = append(rest, c)
		}
	}
	if w.list[openid] = rest; len(rest) == 0 {
		delete(w.list, openid)
	}
	select {
	case p := <-ch: // given in the very moment the callback ended
		p.sent <- errTooLate
	default:
	}
}

// errTooLate: the callback had been answered; the text certainly did not go out.
var errTooLate = errors.New("wechat: the callback has ended")

// give hands the text to a waiting callback. None waits: the row is parked until the person writes again.
func (w *waiters) give(ctx context.Context, openid, text string) channels.Result {
	p := passive{text: text, sent: make(chan error, 1)}
	for _, ch := range w.of(openid) {
		select {
		case ch <- p:
			select {
			case err := <-p.sent:
				switch {
				case errors.Is(err, errTooLate):
					continue
				case err != nil:
					return channels.Result{Class: channels.Ambiguous, Code: "callback_gone"}
				}
				return channels.Result{Class: channels.Sent}
			case <-ctx.Done():
				return channels.Result{Class: channels.Ambiguous, Code: "no_answer"}
			}
		default: // it has its text already
		}
	}
	return channels.Result{Class: channels.WindowClosed, Code: "nobody_waits"}
}

func (w *waiters) of(openid string) []chan passive {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.list[openid])
}

// buttons are as many quick replies as the vendor shows.
func (c *Channel) buttons(o channels.Outgoing) []channels.Button {
	all := channels.Buttons(o.Cleared)
	return all[:min(len(all), c.o.Limits.Buttons)]
}
