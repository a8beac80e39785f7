package web

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"hejie/bot"
)

type invitingOut struct {
	Body struct {
		Items    []bot.InviteTo `json:"items" doc:"Accounts the person can be brought to"`
		Verified bool           `json:"verified" doc:"They have proved who they are: only then a link is made"`
	}
}

type inviteIn struct {
	ConvPath
	Body struct {
		Channel string `json:"channel" enum:"wechat,wecom"`
		Account string `json:"account" minLength:"1" maxLength:"64"`
	}
}

type inviteOut struct {
	Body struct {
		Link    string `json:"link"`
		QR      bool   `json:"qr" doc:"To be drawn as a QR code, not to be followed"`
		UntilMS int64  `json:"until_ms" doc:"It works once, and until then"`
	}
}

// registerDeskInvite adds bringing a person to a messaging channel.
func (s *Server) registerDeskInvite(api huma.API) {
	if s.opt.Operator == nil {
		return
	}
	register(s, api, route{http.MethodGet, "/conversations/{id}/invitations", "inviting", "Where the person could be invited to", Invite}, s.inviting)
	register(s, api, route{http.MethodPost, "/conversations/{id}/invitations", "invite", "A link or code that brings the person to a messaging channel", Invite}, s.invite)
}

func (s *Server) inviting(ctx context.Context, me bot.AgentUser, in *ConvPath) (*invitingOut, error) {
	if _, err := s.open(ctx, me, in.ID); err != nil {
		return nil, err
	}
	to, proved, err := s.opt.Operator.Inviting(ctx, in.ID)
	if err != nil {
		return nil, fmt.Errorf("web: inviting: %w", err)
	}
	out := &invitingOut{}
	out.Body.Items, out.Body.Verified = orEmpty(to), proved
	return out, nil
}

func (s *Server) invite(ctx context.Context, me bot.AgentUser, in *inviteIn) (*inviteOut, error) {
	if _, err := s.open(ctx, me, in.ID); err != nil {
		return nil, err
	}
	inv, err := s.opt.Operator.Invite(ctx, in.ID, in.Body.Channel, in.Body.Account, "agent:"+me.ID)
	if err != nil {
		return nil, fmt.Errorf("web: invite: %w", err)
	}
	out := &inviteOut{}
	out.Body.Link, out.Body.QR, out.Body.UntilMS = inv.Link, inv.Drawn, inv.Until.UnixMilli()
	return out, nil
}
