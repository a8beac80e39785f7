package webchat

import (
	"encoding/json"
	"strings"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/flows"
)

// from says who speaks. Name is a part of the cleared text, never a lookup.
type from struct {
	Role string `json:"role"` // user | bot | agent | system
	Name string `json:"name,omitempty"`
}

// msgOut is the payload of a durable frame. What the debtor reads is in Text, Title, Signature, Alt and the cards.
type msgOut struct {
	MID       string            `json:"mid"`
	CID       string            `json:"cid,omitempty"`
	From      from              `json:"from"`
	Kind      string            `json:"kind"` // text | card | action | withheld
	Lang      string            `json:"lang,omitempty"`
	Title     string            `json:"title,omitempty"`
	Text      string            `json:"text,omitempty"`
	Signature string            `json:"signature,omitempty"`
	Card      json.RawMessage   `json:"card,omitempty"`  // the first card
	Cards     []json.RawMessage `json:"cards,omitempty"` // all of them, when there are several
	Alt       []string          `json:"alt,omitempty"`   // each card in words, in the order of the cards
	Action    *actionOut        `json:"action,omitempty"`
	State     string            `json:"state,omitempty"` // delivered | read, of the debtor's view at the time of reading
}

// actionOut repeats which button was pressed. Form fields are left out: identity factors are not shown again.
type actionOut struct {
	Name     string `json:"name"`
	Ref      string `json:"ref,omitempty"`
	Version  string `json:"version,omitempty"`
	Count    int    `json:"count,omitempty"`
	Monthly  int64  `json:"monthly_fen,omitempty"`
	FirstDue string `json:"first_due,omitempty"`
}

// agentOut tells who holds the conversation now.
type agentOut struct {
	MID   string `json:"mid"`
	Event string `json:"event"` // queued | joined | left
	Name  string `json:"name,omitempty"`
	Text  string `json:"text,omitempty"`
}

// agentEvents are the notices that change who speaks.
var agentEvents = map[string]string{"agent_queued": "queued", "agent_joined": "joined", "agent_left": "left"}

// row turns one transcript row into its durable frame. A row this session may not see keeps its place without its words.
func row(r bot.Recalled) outFrame {
	m := r.Message
	f := outFrame{T: "msg", Seq: m.Seq, TS: stamp(time.UnixMilli(m.AtMS))}
	switch {
	case !r.Shown, m.Direction != "in" && r.Cleared.Made() != nil:
		f.P = msgOut{MID: m.ID, CID: m.CID, From: from{Role: role(m)}, Kind: "withheld"}
	case m.Direction == "in":
		f.P = inbound(m)
	default:
		v := speak(r.Cleared.Parts())
		event, ok := agentEvents[m.ReplyID]
		if ok && m.Kind == string(guard.Notice) {
			f.T, f.P = "agent", agentOut{MID: m.ID, Event: event, Name: v.From.Name, Text: v.Text}
			break
		}
		v.MID, v.Lang, v.From.Role = m.ID, m.Lang, role(m)
		f.P = v
	}
	return f
}

func role(m bot.Message) string {
	switch {
	case m.Author == string(guard.Agent):
		return "agent"
	case m.Direction == "in":
		return "user"
	case m.Author == string(guard.System):
		return "system"
	}
	return "bot" // reminders too are written by a machine and say so
}

func inbound(m bot.Message) msgOut {
	out := msgOut{MID: m.ID, CID: m.CID, From: from{Role: "user"}, Kind: m.Kind, Text: m.Text}
	if a := m.Action; a != nil {
		out.Action = &actionOut{Name: a.Name, Ref: a.Ref, Version: a.Version, Count: a.Count, Monthly: int64(a.Monthly)}
		if a.FirstDue != (flows.Action{}).FirstDue {
			out.Action.FirstDue = a.FirstDue.String()
		}
	}
	return out
}

type quickItem struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

type quickCard struct {
	Type  string      `json:"type"`
	Items []quickItem `json:"items"`
}

// speak lays the parts of a cleared text out on the wire. It joins and groups; it writes nothing.
func speak(parts []guard.Part) msgOut {
	out := msgOut{Kind: "text"}
	var bodies []string
	var quick []quickItem
	for _, p := range parts {
		switch p.Role {
		case "body":
			bodies = append(bodies, p.Text)
		case "card":
			if len(p.Data) > 0 {
				out.Cards = append(out.Cards, p.Data)
				out.Alt = append(out.Alt, p.Text)
			} else {
				bodies = append(bodies, p.Text) // a card without data is read as words
			}
		case "button":
			quick = append(quick, quickItem{ID: p.Ref, Label: p.Text})
		case "name":
			out.From.Name = p.Text
		case "title":
			out.Title = p.Text
		case "signature":
			out.Signature = p.Text
		}
	}
	out.Text = strings.Join(bodies, "\n\n")
	if len(quick) > 0 {
		if raw, err := json.Marshal(quickCard{Type: "quick_replies", Items: quick}); err == nil {
			out.Cards = append(out.Cards, raw)
		}
	}
	if len(out.Cards) > 0 {
		out.Card = out.Cards[0]
		if len(out.Cards) == 1 {
			out.Cards = nil
		}
		if out.Text == "" {
			out.Kind = "card"
		}
	}
	return out
}

// encode makes the bytes of a frame. A card too large for the wire is left out: its words (Alt) stay, so nobody is
// left without the message, and the log tells the operator.
func (c *Channel) encode(f outFrame) []byte {
	raw, err := json.Marshal(f)
	if err == nil && len(raw) <= c.lim.OutBytes {
		return raw
	}
	c.log.Error("webchat: frame does not fit the wire", "type", f.T, "seq", f.Seq, "bytes", len(raw), "err", err)
	m, ok := f.P.(msgOut)
	if !ok {
		f.P = map[string]any{}
	} else {
		m.Text = strings.Join(append([]string{m.Text}, m.Alt...), "\n")
		m.Card, m.Cards, m.Alt, m.Kind = nil, nil, nil, "text"
		f.P = m
	}
	raw, err = json.Marshal(f)
	if err != nil || len(raw) > c.lim.OutBytes {
		f.P = msgOut{MID: m.MID, From: m.From, Kind: "withheld"}
		raw, _ = json.Marshal(f) // only ids: cannot fail
	}
	return raw
}
