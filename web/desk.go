package web

import (
	"context"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/flows"
)

// Desk is what the console needs of the bot. Only the holder of a conversation may speak, hand back or close.
type Desk interface {
	TakeOver(ctx context.Context, convID string, agent bot.AgentUser) (bot.Conversation, error)
	HandBack(ctx context.Context, convID string, agent bot.AgentUser) (bot.Conversation, error)
	CloseConversation(ctx context.Context, convID string, agent bot.AgentUser) (bot.Conversation, error)
	// Submit passes an agent's reply through the filter and queues it when it passes.
	Submit(ctx context.Context, d guard.Draft) (guard.Verdict, error)
	// CheckDraft judges a text while it is typed; nothing is stored. The reasons are in the author's language (empty: the text's).
	CheckDraft(ctx context.Context, convID, agentID, authorLang, text string) (guard.Verdict, error)
	Conversation(ctx context.Context, id string) (bot.Conversation, error)
	// Transcript is for agents: in full, not recalled through the filter.
	Transcript(ctx context.Context, convID string, after int64, limit int) ([]bot.Message, error)
	Held(ctx context.Context, convID string) ([]bot.Outgoing, error)
	CaseFile(ctx context.Context, convID string) (flows.CaseFile, error)
	AgentTyping(convID, name string, on bool)
}
