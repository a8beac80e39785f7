package web

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"hejie/bot"
)

func (s *Server) registerControl(api huma.API) {
	s.control(api, route{http.MethodPost, "/conversations/{id}/take", "take-over", "Take over: the bot is silent from now on", TakeOver}, s.opt.Desk.TakeOver)
	s.control(api, route{http.MethodPost, "/conversations/{id}/hand-back", "hand-back", "Give it back to the bot, with what it knew", HandBack}, s.opt.Desk.HandBack)
	s.control(api, route{http.MethodPost, "/conversations/{id}/close", "close", "End the conversation", Close}, s.opt.Desk.CloseConversation)
}

// control registers one move of a conversation between bot and people; the desk makes it one transaction.
func (s *Server) control(api huma.API, rt route, move func(context.Context, string, bot.AgentUser) (bot.Conversation, error)) {
	register(s, api, rt, func(ctx context.Context, me bot.AgentUser, in *ConvPath) (*convOut, error) {
		if _, err := s.open(ctx, me, in.ID); err != nil {
			return nil, err
		}
		conv, err := move(ctx, in.ID, me)
		if err != nil {
			return nil, fmt.Errorf("web: %s: %w", rt.id, err)
		}
		return &convOut{Body: convView(conv, s.names(ctx))}, nil
	})
}
