package wechat

import (
	"fmt"
	"strings"
	"time"

	"hejie/channels"
)

// message has every element we use of any message or event. MsgId stands on messages, MsgID on template events: both as text,
// for a number would lose digits.
type message struct {
	To     string `xml:"ToUserName"`
	From   string `xml:"FromUserName"`
	At     int64  `xml:"CreateTime"`
	Type   string `xml:"MsgType"`
	ID     string `xml:"MsgId"`
	SentID string `xml:"MsgID"`

	Content string `xml:"Content"`
	MenuID  string `xml:"bizmsgmenuid"`

	PicURL      string `xml:"PicUrl"`
	MediaID     string `xml:"MediaId"`
	Format      string `xml:"Format"`
	Recognition string `xml:"Recognition"`

	Event   string `xml:"Event"`
	Key     string `xml:"EventKey"`
	Ticket  string `xml:"Ticket"`
	Session string `xml:"SessionFrom"`
	Status  string `xml:"Status"`
}

// extID is unique within the account: two events may share a second, so an event is named by all it says.
func (c *Channel) extID(m message) string {
	if m.ID != "" && m.ID != "0" {
		return c.o.AppID + "|m|" + m.ID
	}
	return fmt.Sprintf("%s|e|%s|%d|%s|%s|%s", c.o.AppID, m.From, m.At, m.Event, m.Key, m.SentID)
}

func (c *Channel) arrival(m message, raw []byte) channels.Inbound {
	at := c.o.Now()
	if m.At > 0 {
		at = time.Unix(m.At, 0)
	}
	in := channels.Inbound{
		Channel: c.o.Account.Channel, Account: c.o.Account.Name, ExtID: c.extID(m), From: m.From, At: at, Raw: raw, Grant: c.o.Limits.Message.Grant(at),
	}
	switch m.Type {
	case "text":
		in.Kind, in.Text = "text", m.Content
		if m.MenuID != "" {
			in.Kind, in.MenuID, in.Grant = "menu", m.MenuID, c.o.Limits.Menu.Grant(at)
		}
	case "voice":
		in.Kind, in.Text = "voice", m.Recognition
		in.Media = []channels.Media{{Kind: "voice", ID: m.MediaID, Format: m.Format}}
	case "image":
		in.Kind, in.Media = "image", []channels.Media{{Kind: "image", ID: m.MediaID, URL: m.PicURL}}
	case "video", "shortvideo":
		in.Kind, in.Media = "video", []channels.Media{{Kind: "video", ID: m.MediaID}}
	case "location", "link": // what a shared page is called is not what the person says
		in.Kind = m.Type
	case "event":
		event(&in, m, at, c.o.Limits)
	default: // a kind that is new: whoever sent it is asked to type
		in.Kind = "file"
	}
	return in
}

func event(in *channels.Inbound, m message, at time.Time, l channels.Limits) {
	in.Kind, in.Event, in.Grant = "event", "other", nil
	switch m.Event {
	case "subscribe":
		in.Event, in.Grant = "enter", l.Menu.Grant(at)
		in.Scene = strings.TrimPrefix(m.Key, "qrscene_") // the prefix comes only with a new follower
	case "SCAN":
		in.Event, in.Scene, in.Grant = "enter", m.Key, l.Menu.Grant(at)
	case "user_enter_tempsession":
		in.Event, in.Scene, in.Grant = "enter", m.Session, l.Enter.Grant(at)
	case "unsubscribe":
		in.Event = "unfollow"
	case "CLICK":
		in.Event, in.MenuID, in.Grant = "menu", m.Key, l.Menu.Grant(at)
	case "scancode_push", "scancode_waitmsg":
		in.Grant = l.Menu.Grant(at)
	}
}

// report reads the event that tells what became of a template message.
func (c *Channel) report(m message) (channels.Receipt, bool) {
	if m.Type != "event" || m.Event != "TEMPLATESENDJOBFINISH" || m.SentID == "" {
		return channels.Receipt{}, false
	}
	r := channels.Receipt{Channel: c.o.Account.Channel, Account: c.o.Account.Name, ProviderID: m.SentID, Address: m.From, At: time.Unix(m.At, 0), State: "delivered"}
	if m.Status != "success" {
		r.State, r.Code = "failed", m.Status
		if strings.Contains(m.Status, "user block") {
			r.Class = channels.OptedOut
		}
	}
	return r, true
}
