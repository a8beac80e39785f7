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
)

type noteIn struct {
	ConvPath
	Body struct {
		Text string `json:"text" maxLength:"8000"`
	}
}

type noteOut struct{ Body bot.Note }

type auditIn struct {
	Conversation string `query:"conversation" maxLength:"64" doc:"Only this conversation's lines; empty: all"`
	After        int64  `query:"after" minimum:"0"`
	Limit        int    `query:"limit" minimum:"1" maximum:"1000" default:"200"`
}

type auditOut struct {
	Body struct {
		Lines []bot.AuditLine `json:"lines"`
	}
}

func (s *Server) registerRecords(api huma.API) {
	register(s, api, route{http.MethodPost, "/conversations/{id}/notes", "add-note", "Add a private note; no debtor ever sees it", WriteNote}, s.addNote)
	register(s, api, route{http.MethodGet, "/audit", "audit", "The audit chain, oldest first", ReadAudit}, s.audit)
}

func (s *Server) addNote(ctx context.Context, me bot.AgentUser, in *noteIn) (*noteOut, error) {
	conv, err := s.open(ctx, me, in.ID)
	if err != nil {
		return nil, err
	}
	text := strings.TrimSpace(in.Body.Text)
	if text == "" {
		return nil, bot.ErrEmpty
	}
	if utf8.RuneCountInString(text) > 2000 {
		return nil, bot.ErrTooLarge
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("web: note id: %w", err)
	}
	n := bot.Note{ID: id.String(), ConvID: conv.ID, AgentID: me.ID, AgentName: me.Name, Text: text, AtMS: s.now().UnixMilli()}
	if err := s.opt.Console.AddNote(ctx, n); err != nil {
		return nil, fmt.Errorf("web: add note: %w", err)
	}
	s.opt.Bus.Publish(bot.Event{Kind: "note", ConvID: conv.ID, Name: me.Name})
	return &noteOut{Body: n}, nil
}

func (s *Server) audit(ctx context.Context, _ bot.AgentUser, in *auditIn) (*auditOut, error) {
	lines, err := s.opt.Console.Audit(ctx, in.Conversation, in.After, in.Limit)
	if err != nil {
		return nil, fmt.Errorf("web: audit: %w", err)
	}
	out := &auditOut{}
	out.Body.Lines = orEmpty(lines)
	return out, nil
}
