package wecom

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"hejie/channels"
)

// fetch reads all pages from where the last round ended. The cursor is stored with the rows it brought, all or nothing.
func (c *Channel) fetch(ctx context.Context, token string) error {
	for {
		cursor, err := c.o.Sink.Cursor(ctx, c.o.Account.Channel, c.o.Account.Name, c.o.OpenKfID)
		if err != nil {
			return err
		}
		page, err := c.page(ctx, cursor, token)
		if err != nil {
			return err
		}
		if err := c.store(ctx, page.List, page.Next, cursor); err != nil {
			return err
		}
		// An empty page may still be followed by a full one; a cursor that stands still would never end.
		if page.More != 1 || page.Next == "" || page.Next == cursor {
			return nil
		}
	}
}

type page struct {
	apiError
	Next string            `json:"next_cursor"`
	More int               `json:"has_more"`
	List []json.RawMessage `json:"msg_list"`
}

// page asks for one. A callback's token that ran out is left away, and so is a cursor the vendor no longer knows: then it begins with the
// oldest message it has, and those we took before are duplicates.
func (c *Channel) page(ctx context.Context, cursor, token string) (page, error) {
	for {
		in := map[string]any{"cursor": cursor, "limit": pageSize, "open_kfid": c.o.OpenKfID}
		if token != "" {
			in["token"] = token
		}
		var p page
		if err := c.call(ctx, "/cgi-bin/kf/sync_msg", in, &p); err != nil {
			return p, err
		}
		switch refused := classes.Of(p.Code) == channels.Permanent; {
		case p.Code == 0:
			return p, nil
		case refused && token != "":
			token = ""
		case refused && cursor != "":
			cursor = ""
			c.o.Log.Warn("wecom: the cursor was refused; reading begins with the oldest message", "account", c.o.Account.Name, "code", p.Code)
		default:
			return p, &p.apiError
		}
	}
}

func (c *Channel) store(ctx context.Context, list []json.RawMessage, next, cursor string) error {
	var in []channels.Inbound
	for _, raw := range list {
		it, err := readItem(raw)
		if err != nil {
			c.o.Log.Error("wecom: an item could not be read and is skipped", "account", c.o.Account.Name, "bytes", len(raw))
			continue
		}
		if it.Type == "event" && it.Event.Type == "msg_send_fail" {
			if it.Event.FailMsg == "" {
				continue // it names no message of ours
			}
			if err := c.o.Sink.Receipt(ctx, c.failed(it)); err != nil {
				return err
			}
			continue
		}
		if a, ok := c.arrival(it, raw); ok {
			in = append(in, a)
		}
	}
	if next == "" {
		next = cursor
	}
	_, err := c.o.Sink.AcceptAll(ctx, in, channels.Cursor{Channel: c.o.Account.Channel, Account: c.o.Account.Name, Name: c.o.OpenKfID, Value: next})
	return err
}

// origins of an item.
const (
	fromCustomer = 3
	fromServicer = 5 // one of the vendor's own people, at the vendor's desk
)

type item struct {
	ID     string `json:"msgid"`
	Kf     string `json:"open_kfid"`
	User   string `json:"external_userid"`
	By     string `json:"servicer_userid"`
	At     int64  `json:"send_time"`
	Origin int    `json:"origin"`
	Type   string `json:"msgtype"`
	Text   struct {
		Content string `json:"content"`
		MenuID  string `json:"menu_id"`
	} `json:"text"`
	Image media `json:"image"`
	Voice media `json:"voice"`
	Video media `json:"video"`
	File  media `json:"file"`
	Event struct {
		Type       string `json:"event_type"`
		User       string `json:"external_userid"` // event ids stand inside the event
		Scene      string `json:"scene"`
		SceneParam string `json:"scene_param"`
		Welcome    string `json:"welcome_code"`
		FailMsg    string `json:"fail_msgid"`
		FailType   int    `json:"fail_type"`
		Change     int    `json:"change_type"`
		Code       string `json:"msg_code"`
	} `json:"event"`
}

// readItem takes a message whose content is not as documented as one of a kind that is new: who sent it is asked to type.
func readItem(raw []byte) (item, error) {
	var it item
	err := json.Unmarshal(raw, &it)
	if err != nil {
		var head struct {
			ID     string `json:"msgid"`
			Kf     string `json:"open_kfid"`
			User   string `json:"external_userid"`
			By     string `json:"servicer_userid"`
			At     int64  `json:"send_time"`
			Origin int    `json:"origin"`
		}
		err = json.Unmarshal(raw, &head)
		it = item{ID: head.ID, Kf: head.Kf, User: head.User, By: head.By, At: head.At, Origin: head.Origin}
	}
	if err == nil && it.ID == "" {
		err = errors.New("wecom: an item without an id")
	}
	return it, err
}

type media struct {
	ID string `json:"media_id"`
}

// someone stands for a servicer the vendor does not name.
const someone = "servicer"

// arrival maps what concerns the conversation: what the person did, and what servicers at the vendor's own desk wrote to them.
func (c *Channel) arrival(it item, raw []byte) (channels.Inbound, bool) {
	at := time.Unix(it.At, 0)
	in := channels.Inbound{
		Channel: c.o.Account.Channel, Account: c.o.Account.Name, ExtID: it.Kf + "|" + it.ID, From: it.User, At: at, Raw: raw,
		Grant: c.o.Limits.Message.Grant(at),
	}
	if it.Type == "event" {
		in.Kind, in.Event, in.From, in.Grant = "event", "other", it.Event.User, nil
		c.event(&in, it, at)
		return in, in.From != ""
	}
	switch it.Origin {
	case fromCustomer:
	case fromServicer:
		if in.By, in.Grant = it.By, nil; in.By == "" {
			in.By = someone
		}
	default:
		return in, false
	}
	switch it.Type {
	case "text":
		in.Kind, in.Text = "text", it.Text.Content
		if it.Text.MenuID != "" {
			in.Kind, in.MenuID = "menu", it.Text.MenuID
		}
	case "image", "voice", "video", "file":
		in.Kind = it.Type
		in.Media = []channels.Media{{Kind: it.Type, ID: map[string]media{"image": it.Image, "voice": it.Voice, "video": it.Video, "file": it.File}[it.Type].ID}}
	case "location", "link": // what a shared page is called is not what the person says
		in.Kind = it.Type
	default: // business_card, miniprogram, or a kind that is new: whoever sent it is asked to type
		in.Kind = "file"
	}
	return in, in.From != ""
}

// welcomeFor is how long the code of a greeting works.
const welcomeFor = 20 * time.Second

func (c *Channel) event(in *channels.Inbound, it item, at time.Time) {
	switch it.Event.Type {
	case "enter_session":
		in.Event, in.Scene = "enter", it.Event.SceneParam
		if in.Scene == "" {
			in.Scene = it.Event.Scene
		}
		if it.Event.Welcome != "" {
			in.Grant = &channels.Grant{Messages: 1, Until: at.Add(welcomeFor), Code: it.Event.Welcome}
		}
	case "session_status_change":
		if to := moved(it.Event.Change); to != "" {
			in.Event, in.Desk = "desk", to
		}
	}
}

// failed reads the event that takes a success back: the vendor says yes first and finds out later.
func (c *Channel) failed(it item) channels.Receipt {
	r := channels.Receipt{
		Channel: c.o.Account.Channel, Account: c.o.Account.Name, Key: it.Event.FailMsg, ProviderID: it.Event.FailMsg, Address: it.Event.User,
		State: "failed", At: time.Unix(it.At, 0), Code: failCode(it.Event.FailType),
	}
	switch it.Event.FailType {
	case 4, 5, 6: // over 48 hours, session closed, more than five
		r.Class = channels.WindowClosed
	case 10:
		r.Class = channels.OptedOut
	}
	return r
}
