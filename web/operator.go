package web

import (
	"context"
	"io"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/flows"
	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/policy"
)

// Operator is what the desk needs beyond a conversation: second looks, holds, approvals, channels. *bot.Bot fills it.
type Operator interface {
	Files
	AskSecondLook(ctx context.Context, convID string, a bot.AgentUser, text, reason string) (bot.Review, error)
	DecideSecondLook(ctx context.Context, id string, a bot.AgentUser, approve bool, reason string) (bot.Review, error)
	SecondLooks(ctx context.Context, f bot.ReviewFilter) ([]bot.Review, error)
	ResolveHeld(ctx context.Context, convID, draftID string, a bot.AgentUser, drop bool, reason string) (guard.Verdict, error)
	Transfer(ctx context.Context, convID string, a, to bot.AgentUser, anyHolder bool) (bot.Conversation, error)
	MayLift(ctx context.Context, h bot.HoldRow) (from calendar.Date, err error)
	WhatIf(ctx context.Context, convID, accountID string, ask arrange.Ask, means *arrange.Means) (flows.Proposed, error)
	SendOffers(ctx context.Context, convID string, a bot.AgentUser, w bot.OfferWish) (bot.OfferSent, error)
	PolicyOf(creditorID string) *policy.Policy
	PendingApprovals(ctx context.Context, creditorID string, limit int) ([]bot.PendingApproval, error)
	Approvals(ctx context.Context, convID string) ([]bot.Approval, error)
	DecideOffer(ctx context.Context, convID, caseID, offerID string, a bot.AgentUser, approve bool, reason string) (told bool, err error)

	DeadLetters(ctx context.Context, creditorID string, limit int) ([]bot.DeadLetter, error)
	RetryDeadLetter(ctx context.Context, draftID string, a bot.AgentUser) error
	DeliveryEvents(ctx context.Context, draftID string) ([]bot.DeliveryEvent, error)
	ChannelHealth(ctx context.Context) ([]bot.ChannelHealth, error)
	Inviting(ctx context.Context, convID string) (to []bot.InviteTo, proved bool, err error)
	Invite(ctx context.Context, convID, channel, account, by string) (bot.Invitation, error)
	TestMessage(ctx context.Context, channel, account, number string, by bot.AgentUser) (draftID string, err error)
}

// Papers loads agreements and sets them on pages.
type Papers struct {
	Document func(ctx context.Context, id string) (bot.Document, error)
	PDF      func(w io.Writer, html []byte, sum string) error
}

// Integrators is what their REST API needs; nil leaves its routes out.
type Integrators struct {
	bot.Integrations
	Agents   func(ctx context.Context) ([]bot.AgentUser, error) // who can hold a conversation
	CheckURL func(string) error                                 // whether a webhook may point there
	// HookURL is where the vendor of an account posts to, without any secret; empty: unknown.
	HookURL func(channel, account string) string
	// Pastes are what has to be entered at the vendor of an account, whole: for those who set it up.
	Pastes func(channel, account string) []Paste
}

// Paste is one thing to enter at a vendor.
type Paste struct {
	Name  string `json:"name" enum:"url,token,aes_key,secret"`
	Value string `json:"value"`
}
