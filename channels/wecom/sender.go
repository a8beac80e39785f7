package wecom

import (
	"context"
	"strconv"

	"hejie/channels"
	"hejie/channels/wxapi"
)

func failCode(t int) string { return "fail_type:" + strconv.Itoa(t) }

// classes is what each code means for the message.
var classes = wxapi.Classes{
	0: channels.Sent, -1: channels.Retryable,
	40001: channels.AuthFailed, 40014: channels.AuthFailed, 42001: channels.AuthFailed, 48002: channels.AuthFailed, 60020: channels.AuthFailed,
	95000: channels.AuthFailed, 95004: channels.AuthFailed, 95011: channels.AuthFailed, 95012: channels.AuthFailed, 95017: channels.AuthFailed,
	45009: channels.RateLimited, 45033: channels.RateLimited,
	95001: channels.WindowClosed, 95002: channels.WindowClosed, 95013: channels.WindowClosed,
	95018: channels.Permanent, // the desk's own people hold the session
}

// Send puts one cleared text on the wire. The msgid is ours and stable, so a repeat is harmless.
func (c *Channel) Send(ctx context.Context, o channels.Outgoing) channels.Result {
	if err := o.Cleared.Made(); err != nil {
		return channels.Result{Class: channels.Permanent, Code: "not_cleared"}
	}
	pieces, ok := channels.Split(channels.Text(o.Cleared), c.o.Account.Traits)
	if !ok {
		return channels.Result{Class: channels.Permanent, Code: "too_long"}
	}
	if o.Code != "" {
		o.Most = 1 // all that a code carries
	}
	if res, ok := channels.TooMany(o, len(pieces)); !ok {
		return res
	}
	if o.Code != "" {
		return c.sendOnEvent(ctx, o, pieces[0])
	}
	for i, p := range pieces {
		key := o.Key
		if i > 0 {
			key += "-" + strconv.Itoa(i+1)
		}
		var b []channels.Button
		if i == len(pieces)-1 {
			b = c.buttons(o)
		}
		msg := message(key, p, b)
		msg["touser"], msg["open_kfid"] = o.Address, c.o.OpenKfID
		res := c.sendOne(ctx, "/cgi-bin/kf/send_msg", msg)
		if res.Code == stateInvalid {
			res = c.stateRefused(ctx, o.Address, res)
		}
		if res.Class != channels.Sent {
			res.Used = i
			return res
		}
	}
	return channels.Result{Class: channels.Sent, ProviderID: o.Key, Used: len(pieces)}
}

const (
	maxHead  = 1024
	maxLabel = 128
	maxID    = 64
)

// message is one text with its quick replies.
func message(key, text string, buttons []channels.Button) map[string]any {
	msg := map[string]any{"msgid": key, "msgtype": "text", "text": map[string]string{"content": text}}
	if len(buttons) > 0 && len(text) <= maxHead {
		msg["msgtype"], msg["msgmenu"] = "msgmenu", menu(text, buttons)
		delete(msg, "text")
	}
	return msg
}

// sendOnEvent answers an event with the one message its code carries: a greeting within 20 seconds of somebody coming in. A code works once,
// so a repeat that is refused may be the proof that the first one arrived: nobody knows.
func (c *Channel) sendOnEvent(ctx context.Context, o channels.Outgoing, text string) channels.Result {
	msg := message(o.Key, text, c.buttons(o))
	msg["code"] = o.Code
	res := c.sendOne(ctx, "/cgi-bin/kf/send_msg_on_event", msg)
	switch {
	case res.Class == channels.Sent:
		res.ProviderID = o.Key
	case res.Class == channels.Permanent && o.Attempt > 1:
		res.Class = channels.Ambiguous
	case res.Class == channels.Permanent: // too late, or no longer in that state: it waits for the person's own message
		res.Class = channels.WindowClosed
	}
	return res
}

const stateInvalid = "95018"

// stateRefused: only who serves the person now tells what a refusal for the session's state means. After its end the person's next
// message begins it anew; while people at the vendor's desk serve, a text of ours has no place.
func (c *Channel) stateRefused(ctx context.Context, user string, res channels.Result) channels.Result {
	at, err := c.ServiceState(ctx, user)
	switch {
	case err != nil:
		return channels.Result{Class: channels.Retryable, Code: stateInvalid}
	case at == StateEnded || at == StateNew || at == StateBot:
		res.Class = channels.WindowClosed
	}
	return res
}

// menu has the text as its head; a text that does not fit there goes as plain text, and whoever reads it can type.
func menu(text string, buttons []channels.Button) map[string]any {
	list := make([]map[string]any, 0, len(buttons))
	for _, b := range buttons {
		if len(b.ID) > maxID || len(b.Label) > maxLabel {
			continue
		}
		list = append(list, map[string]any{"type": "click", "click": map[string]string{"id": b.ID, "content": b.Label}})
	}
	return map[string]any{"head_content": text, "list": list}
}

func (c *Channel) sendOne(ctx context.Context, path string, msg map[string]any) channels.Result {
	var out struct {
		apiError
		ID string `json:"msgid"`
	}
	err := c.call(ctx, path, msg, &out)
	switch {
	case err != nil:
		return classes.Failed(err)
	case out.Code == 0, out.Code == c.o.TakenCode: // taken before: it is there
		return channels.Result{Class: channels.Sent}
	}
	return channels.Result{Class: classes.Of(out.Code), Code: strconv.Itoa(out.Code)}
}

// buttons are as many quick replies as the vendor shows.
func (c *Channel) buttons(o channels.Outgoing) []channels.Button {
	all := channels.Buttons(o.Cleared)
	return all[:min(len(all), c.o.Limits.Buttons)]
}
