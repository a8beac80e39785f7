package webchat

import (
	"context"
	"unicode/utf8"

	"hejie/bot"
	"hejie/flows"
)

// binding actions make something true for the debtor; they need the proof of identity the conversation has.
var binding = map[string]bool{"accept": true, "confirm": true}

// accept takes one message of the debtor into the transcript; the ack is true once this returns.
func (c *Channel) accept(ctx context.Context, who *party, f inFrame) (ackOut, msgIn, *wireError) {
	m, werr := decodeMsg(f, c.lim.TextRunes)
	if werr != nil {
		return ackOut{}, m, werr
	}
	if wait, ok := c.messages.take(who.session.TokenHash, c.now()); !ok {
		return ackOut{}, m, &wireError{Code: codeRateLimited, Retry: wait}
	}
	in := bot.Inbound{
		Channel: c.Name(), ExternalID: m.CID, ConversationID: who.session.ConvID, Kind: m.Kind, Text: m.Text, At: c.now(),
	}
	if m.Action != nil {
		a := m.Action.action()
		if werr := c.mayBind(ctx, who, a); werr != nil {
			return ackOut{}, m, werr
		}
		in.Action = &a
	}
	acc, err := c.desk.Receive(ctx, in)
	if err != nil {
		c.logUnknown("receive", err)
		return ackOut{}, m, fromBot(err)
	}
	return ackOut{CID: m.CID, MID: acc.MessageID, Seq: acc.Seq, Dup: acc.Dup}, m, nil
}

// mayBind keeps a weakly known session from agreeing in a conversation that was verified by another.
func (c *Channel) mayBind(ctx context.Context, who *party, a flows.Action) *wireError {
	if !binding[a.Name] || who.settled() {
		return nil
	}
	conv, err := c.desk.Conversation(ctx, who.session.ConvID)
	if err != nil {
		c.logUnknown("conversation", err)
		return fromBot(err)
	}
	if rank[who.assurance(conv)] < rank[conv.Identity] {
		return fail(codeVerify)
	}
	return nil
}

// cidOf finds the cid of a message that is refused unread, so that the page can tell which bubble failed.
func cidOf(f inFrame) string {
	var m struct {
		CID string `json:"cid"`
	}
	if f.T != "msg" || decodePayload(f, &m) != nil || !validCID(m.CID) {
		return ""
	}
	return m.CID
}

func validText(raw []byte) bool { return utf8.Valid(raw) }
