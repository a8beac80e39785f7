package wecom

import (
	"context"
	"errors"
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
	for i, p := range pieces {
		key := o.Key
		if i > 0 {
			key += "-" + strconv.Itoa(i+1)
		}
		msg := map[string]any{"touser": o.Address, "open_kfid": c.o.OpenKfID, "msgid": key, "msgtype": "text", "text": map[string]string{"content": p}}
		if b := channels.Buttons(o.Cleared); i == len(pieces)-1 && len(b) > 0 && len(p) <= maxHead {
			msg["msgtype"], msg["msgmenu"] = "msgmenu", menu(p, b)
			delete(msg, "text")
		}
		res := c.sendOne(ctx, msg)
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

// menu has the text as its head; a text that does not fit there goes as plain text, and whoever reads it can type.
func menu(text string, buttons []channels.Button) map[string]any {
	list := make([]map[string]any, 0, maxButtons)
	for _, b := range buttons[:min(len(buttons), maxButtons)] {
		if len(b.ID) > maxID || len(b.Label) > maxLabel {
			continue
		}
		list = append(list, map[string]any{"type": "click", "click": map[string]string{"id": b.ID, "content": b.Label}})
	}
	return map[string]any{"head_content": text, "list": list}
}

func (c *Channel) sendOne(ctx context.Context, msg map[string]any) channels.Result {
	var out struct {
		apiError
		ID string `json:"msgid"`
	}
	err := c.call(ctx, "/cgi-bin/kf/send_msg", msg, &out)
	switch {
	case err != nil:
		return classes.Failed(err)
	case out.Code == 0, out.Code == c.o.TakenCode: // taken before: it is there
		return channels.Result{Class: channels.Sent}
	}
	return channels.Result{Class: classes.Of(out.Code), Code: strconv.Itoa(out.Code)}
}

// State is who serves a person at the vendor's desk.
type State int

const (
	StateNew   State = 0 // we may answer
	StateBot   State = 1 // we answer
	StatePool  State = 2 // waiting for the vendor's desk
	StateHuman State = 3
	StateEnded State = 4 // the next message makes it new
)

// ServiceState asks the vendor.
func (c *Channel) ServiceState(ctx context.Context, user string) (State, error) {
	var out struct {
		apiError
		State State `json:"service_state"`
	}
	if err := c.call(ctx, "/cgi-bin/kf/service_state/get", map[string]string{"open_kfid": c.o.OpenKfID, "external_userid": user}, &out); err != nil {
		return 0, err
	}
	if out.Code != 0 {
		return 0, &out.apiError
	}
	return out.State, nil
}

// allowed are the moves the vendor knows.
var allowed = map[State][]State{StateNew: {StateBot, StatePool, StateHuman}, StateBot: {StatePool, StateHuman, StateEnded}, StatePool: {StateHuman, StateEnded}, StateHuman: {StateHuman, StateEnded}}

// ErrMove: the vendor has no such move.
var ErrMove = errors.New("wecom: this state cannot follow")

// Trans moves a person to another state; servicer only for StateHuman.
func (c *Channel) Trans(ctx context.Context, user string, to State, servicer string) error {
	from, err := c.ServiceState(ctx, user)
	if err != nil {
		return err
	}
	ok := false
	for _, s := range allowed[from] {
		ok = ok || s == to
	}
	if !ok {
		return ErrMove
	}
	in := map[string]any{"open_kfid": c.o.OpenKfID, "external_userid": user, "service_state": to}
	if to == StateHuman {
		in["servicer_userid"] = servicer
	}
	var out apiError
	if err := c.call(ctx, "/cgi-bin/kf/service_state/trans", in, &out); err != nil {
		return err
	}
	if out.Code != 0 {
		return &out
	}
	return nil
}

var _ channels.Sender = (*Channel)(nil)
