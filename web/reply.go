package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"hejie/bot"
	"hejie/bot/guard"
)

const maxReplyRunes = 4000

type checkIn struct {
	ConvPath
	Body struct {
		Text       string `json:"text" maxLength:"16000"`
		AuthorLang string `json:"author_lang,omitempty" enum:"zh-Hans,zh-Hant,en" doc:"Language of the reasons; empty: the conversation's"`
	}
}

type checkOut struct{ Body guard.Verdict }

type replyIn struct {
	ConvPath
	Body struct {
		Text    string `json:"text" maxLength:"16000"`
		DraftID string `json:"draft_id,omitempty" format:"uuid" doc:"Made by the client: the same reply sent twice is sent once"`

		AuthorLang string `json:"author_lang,omitempty" enum:"zh-Hans,zh-Hant,en" doc:"Language of the reasons; empty: the conversation's"`
	}
}

// ReplyResult says whether the reply was queued; if not, why, and how it could be said.
type ReplyResult struct {
	Sent    bool          `json:"sent"`
	DraftID string        `json:"draft_id"`
	Verdict guard.Verdict `json:"verdict"`
}

type replyOut struct{ Body ReplyResult }

func (s *Server) registerReply(api huma.API) {
	register(s, api, route{http.MethodPost, "/conversations/{id}/check", "check", "Judge a reply while it is typed; nothing is stored", Reply}, s.check)
	register(s, api, route{http.MethodPost, "/conversations/{id}/reply", "reply", "Send a reply through the filter", Reply}, s.reply)
}

func (s *Server) check(ctx context.Context, me bot.AgentUser, in *checkIn) (*checkOut, error) {
	if !s.checks.allow(me.ID, s.now()) {
		return nil, fail("rate_limited")
	}
	conv, err := s.open(ctx, me, in.ID)
	if err != nil {
		return nil, err
	}
	text, err := replyText(in.Body.Text)
	if err != nil {
		return nil, err
	}
	v, err := s.opt.Desk.CheckDraft(ctx, conv.ID, me.ID, in.Body.AuthorLang, text)
	if err != nil {
		return nil, fmt.Errorf("web: check draft: %w", err)
	}
	return &checkOut{Body: v}, nil
}

// reply hands the draft to the one filter everybody uses. A stopped reply is a good answer, not an HTTP error.
func (s *Server) reply(ctx context.Context, me bot.AgentUser, in *replyIn) (*replyOut, error) {
	conv, err := s.open(ctx, me, in.ID)
	if err != nil {
		return nil, err
	}
	// The desk compares again inside its transaction; this answers early and names the reason.
	if conv.Control == bot.Closed {
		return nil, bot.ErrClosed
	}
	if conv.Control != bot.ByAgent || conv.AgentID != me.ID {
		return nil, bot.ErrNotHolder
	}
	text, err := replyText(in.Body.Text)
	if err != nil {
		return nil, err
	}
	id := in.Body.DraftID
	if id == "" {
		id = uuid.NewString()
	}
	v, err := s.opt.Desk.Submit(ctx, guard.Draft{
		// Prefixed with its conversation and agent: a client cannot collide with another's draft.
		ID:     conv.ID + ":" + me.ID + ":" + id,
		To:     guard.Recipient{Channel: conv.Channel, Address: conv.Address, ConversationID: conv.ID, DebtorID: conv.DebtorID},
		Author: guard.Agent, AgentID: me.ID, Kind: guard.Reply, Lang: conv.Lang, AuthorLang: in.Body.AuthorLang,
		Parts: []guard.Part{{Role: "body", Text: text}},
	})
	if err != nil {
		return nil, fmt.Errorf("web: submit reply: %w", err)
	}
	s.metrics.replies.WithLabelValues(string(v.Decision)).Inc()
	return &replyOut{Body: ReplyResult{Sent: v.Decision == guard.Pass, DraftID: id, Verdict: v}}, nil
}

func replyText(text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", bot.ErrEmpty
	case utf8.RuneCountInString(text) > maxReplyRunes:
		return "", bot.ErrTooLarge
	}
	return text, nil
}
