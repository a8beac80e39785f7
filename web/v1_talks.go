package web

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"hejie/bot"
)

// Talk is a conversation as its creditor's system sees it: who speaks and how far it is, not who the agent or the address is.
type Talk struct {
	ID        string      `json:"id"`
	DebtorID  string      `json:"debtor_id"`
	Channel   string      `json:"channel"`
	Lang      string      `json:"lang"`
	Identity  string      `json:"identity"`
	Control   bot.Control `json:"control"`
	Reason    string      `json:"reason,omitempty"`
	HeadSeq   int64       `json:"head_seq"`
	CreatedMS int64       `json:"created_ms"`
	UpdatedMS int64       `json:"updated_ms"`
}

// Said is one line of a transcript.
type Said struct {
	ID        string   `json:"id"`
	Seq       int64    `json:"seq"`
	Direction string   `json:"direction" enum:"in,out"`
	Author    string   `json:"author"`
	Kind      string   `json:"kind"`
	Text      []string `json:"text" doc:"Each string that was shown or written"`
	Action    string   `json:"action,omitempty"`
	State     string   `json:"state"`
	AtMS      int64    `json:"at_ms"`
}

type talksOut struct {
	Body struct {
		Items []Talk `json:"items"`
		Next  string `json:"next_cursor"`
	}
}

type talkOut struct{ Body Talk }

type transcriptIn struct {
	ConvPath
	After int64 `query:"after" minimum:"0" doc:"Only messages with a greater seq"`
	Limit int   `query:"limit" minimum:"1" maximum:"500" default:"200"`
}

type transcriptOut struct {
	Body struct {
		Items []Said `json:"items"`
		More  bool   `json:"more"`
	}
}

func (s *Server) registerTalks(api huma.API) {
	const scope = "conversations:read"
	integrate(s, api, get("/conversations", "v1-conversations", "Conversations, oldest first", scope), s.v1Talks)
	integrate(s, api, get("/conversations/{id}", "v1-conversation", "One conversation", scope),
		func(ctx context.Context, k bot.APIKey, in *ConvPath) (*talkOut, error) {
			c, err := s.ownTalk(ctx, k, in.ID)
			return &talkOut{talkOf(c)}, err
		})
	integrate(s, api, get("/conversations/{id}/messages", "v1-transcript", "What was said; identity forms are masked", scope), s.v1Transcript)
}

// ownTalk loads a conversation of the key's creditor. One in a crisis is for people at the desk only.
func (s *Server) ownTalk(ctx context.Context, k bot.APIKey, id string) (bot.Conversation, error) {
	c, err := s.opt.Desk.Conversation(ctx, id)
	if err != nil {
		return bot.Conversation{}, err
	}
	if c.CreditorID != k.CreditorID {
		return bot.Conversation{}, fail("not_found")
	}
	return c, nil
}

func talkOf(c bot.Conversation) Talk {
	return Talk{ID: c.ID, DebtorID: c.DebtorID, Channel: c.Channel, Lang: c.Lang, Identity: string(c.Identity), Control: c.Control, Reason: c.Reason,
		HeadSeq: c.HeadSeq, CreatedMS: c.CreatedMS, UpdatedMS: c.UpdatedMS}
}

func (s *Server) v1Talks(ctx context.Context, k bot.APIKey, in *PageIn) (*talksOut, error) {
	ms, id, err := in.time()
	if err != nil {
		return nil, err
	}
	list, err := s.opt.Integrators.ConversationsPage(ctx, k.CreditorID, ms, id, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &talksOut{}
	out.Body.Items = make([]Talk, 0, len(list))
	for _, c := range list {
		out.Body.Items = append(out.Body.Items, talkOf(c))
	}
	if n := len(list); n == in.Limit {
		out.Body.Next = timeCursor(list[n-1].CreatedMS, list[n-1].ID)
	}
	return out, nil
}

func (s *Server) v1Transcript(ctx context.Context, k bot.APIKey, in *transcriptIn) (*transcriptOut, error) {
	c, err := s.ownTalk(ctx, k, in.ID)
	if err != nil {
		return nil, err
	}
	if c.Crisis {
		return nil, fail("crisis_locked")
	}
	msgs, err := s.opt.Desk.Transcript(ctx, c.ID, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &transcriptOut{}
	out.Body.Items = make([]Said, 0, len(msgs))
	for _, m := range msgs {
		out.Body.Items = append(out.Body.Items, saidOf(m))
	}
	out.Body.More = len(msgs) == in.Limit && msgs[len(msgs)-1].Seq < c.HeadSeq
	return out, nil
}

// saidOf leaves out what an identity form held, and the machine side of cards.
func saidOf(m bot.Message) Said {
	v := Said{ID: m.ID, Seq: m.Seq, Direction: m.Direction, Author: m.Author, Kind: m.Kind, State: m.State, AtMS: m.AtMS, Text: []string{}}
	if m.Action != nil {
		v.Action = m.Action.Name
	}
	if m.Direction == "in" {
		if m.Text != "" {
			v.Text = append(v.Text, m.Text)
		}
		return v
	}
	for _, p := range m.Parts {
		v.Text = append(v.Text, p.Text)
	}
	return v
}
