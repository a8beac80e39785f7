package bot

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"hejie/bot/guard"
)

// saidOutside is what one of the peer's own people wrote to a person. It stands in the transcript as an agent's, is judged after the fact,
// and opens nothing: no greeting, no answer, no window. Whoever writes serves, even if nobody told us that they began.
func (b *Bot) saidOutside(ctx context.Context, r InboxRow, c *InboxCommit, a Account, who KnownDebtor) error {
	conv, err := b.conversationAt(ctx, c, a, who)
	if err != nil {
		return err
	}
	holder := peerHolds(a.Channel)
	c.Grant, c.Say, c.NoTurn, c.Desk = nil, nil, true, "human"
	if c.Open != nil {
		c.Open.Control, c.Open.AgentID = ByAgent, holder
		conv = *c.Open
	}
	text := strings.TrimSpace(strings.ToValidUTF8(r.Arrival.Text, "\uFFFD"))
	kind := "text"
	if text == "" {
		kind = "media"
	}
	c.Message = &Message{
		ID: uuid.Must(uuid.NewV7()).String(), ConvID: conv.ID, Channel: a.Channel, Direction: "in", Author: string(guard.Agent), AgentID: holder, Kind: kind,
		CID: r.ID, Text: text, Lang: conv.Lang, State: "done", AtMS: b.now().UnixMilli(),
	}
	// The facts of now, not of when it was said: the peer tells us within a minute.
	conv.Control, conv.AgentID = ByAgent, holder
	facts, err := b.agentFacts(ctx, conv)
	if err != nil {
		return err
	}
	d := guard.Draft{
		ID: "outside:" + r.ID, To: recipient(conv), Author: guard.Agent, AgentID: holder, Kind: guard.Reply, Lang: conv.Lang,
		Parts: []guard.Part{{Role: "body", Text: text}},
	}
	o := Outside{Draft: d, Facts: facts, Verdict: guard.Verdict{Decision: guard.Pass}, By: r.Arrival.By}
	if text != "" { // a picture says nothing the filter could read
		o.Verdict = b.filter.Check(d, facts)
	}
	c.Outside = &o
	return nil
}
