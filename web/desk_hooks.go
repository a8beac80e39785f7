package web

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"hejie/bot"
)

// CreditorIn selects a creditor. Exported for the same reason as ConvPath.
type CreditorIn struct {
	Creditor string `query:"creditor" maxLength:"64" doc:"Only this creditor; empty: all"`
	Limit    int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type deskHookIn struct {
	Body struct {
		HookWish
		CreditorID string `json:"creditor_id" minLength:"1" maxLength:"64"`
	}
}

type keysOut struct {
	Body struct {
		Items []bot.APIKey `json:"items"`
	}
}

type keyIn struct {
	Body struct {
		CreditorID string   `json:"creditor_id" minLength:"1" maxLength:"64"`
		Name       string   `json:"name" minLength:"1" maxLength:"64"`
		Scopes     []string `json:"scopes" minItems:"1" maxItems:"16"`
	}
}

// NewKey holds the only copy of a key.
type NewKey struct {
	Key    bot.APIKey `json:"key"`
	Secret string     `json:"secret"`
}

type newKeyOut struct{ Body NewKey }

// registerDeskHooks adds webhooks and keys to the console.
func (s *Server) registerDeskHooks(api huma.API) {
	if s.opt.Integrators == nil {
		return
	}
	of := func(me bot.AgentUser) hookDesk { return hookDesk{s, "", "agent:" + me.ID} }
	register(s, api, route{http.MethodGet, "/webhooks", "webhooks", "Subscriptions of creditors' systems", SeeHooks},
		func(ctx context.Context, me bot.AgentUser, in *CreditorIn) (*hooksOut, error) {
			return of(me).list(ctx, in.Creditor)
		})
	register(s, api, route{http.MethodPost, "/webhooks", "webhook-add", "Subscribe; the secret is shown once", Integrate},
		func(ctx context.Context, me bot.AgentUser, in *deskHookIn) (*newHookOut, error) {
			return of(me).add(ctx, in.Body.CreditorID, in.Body.HookWish)
		})
	register(s, api, route{http.MethodPut, "/webhooks/{id}", "webhook-set", "Change address, events or state", Integrate},
		func(ctx context.Context, me bot.AgentUser, in *hookSetIn) (*hookOut, error) {
			return of(me).set(ctx, in)
		})
	register(s, api, route{http.MethodDelete, "/webhooks/{id}", "webhook-drop", "End a subscription", Integrate},
		func(ctx context.Context, me bot.AgentUser, in *ConvPath) (*struct{}, error) {
			return nil, s.opt.Integrators.DropHook(ctx, "", in.ID, "agent:"+me.ID)
		})
	register(s, api, route{http.MethodPost, "/webhooks/{id}/rotate", "webhook-rotate", "A new secret; the old one signs beside it for a day", Integrate},
		func(ctx context.Context, me bot.AgentUser, in *ConvPath) (*rotateOut, error) {
			return of(me).rotate(ctx, in.ID)
		})
	register(s, api, route{http.MethodGet, "/webhooks/{id}/log", "webhook-log", "Events and what became of them", SeeHooks},
		func(ctx context.Context, me bot.AgentUser, in *hookLogIn) (*hookLogOut, error) {
			return of(me).log(ctx, in)
		})
	register(s, api, route{http.MethodPost, "/webhooks/{id}/replay", "webhook-replay", "Send events again under their old ids", SeeHooks},
		func(ctx context.Context, me bot.AgentUser, in *replayIn) (*replayOut, error) {
			return of(me).replay(ctx, in)
		})
	s.registerKeys(api)
}

func (s *Server) registerKeys(api huma.API) {
	register(s, api, route{http.MethodGet, "/api-keys", "api-keys", "Keys of creditors' systems", SeeHooks},
		func(ctx context.Context, _ bot.AgentUser, in *CreditorIn) (*keysOut, error) {
			list, err := s.opt.Integrators.APIKeys(ctx, in.Creditor)
			out := &keysOut{}
			out.Body.Items = orEmpty(list)
			return out, err
		})
	register(s, api, route{http.MethodPost, "/api-keys", "api-key-add", "Make a key; it is shown once", Integrate},
		func(ctx context.Context, me bot.AgentUser, in *keyIn) (*newKeyOut, error) {
			k, secret, err := s.opt.Integrators.AddAPIKey(ctx, bot.APIKey{CreditorID: in.Body.CreditorID, Name: in.Body.Name, Scopes: in.Body.Scopes}, "agent:"+me.ID)
			if err != nil {
				return nil, fmt.Errorf("web: api key: %w", err)
			}
			return &newKeyOut{NewKey{k, secret}}, nil
		})
	register(s, api, route{http.MethodPost, "/api-keys/{id}/revoke", "api-key-revoke", "End a key at once", Integrate},
		func(ctx context.Context, me bot.AgentUser, in *ConvPath) (*struct{}, error) {
			return nil, s.opt.Integrators.RevokeAPIKey(ctx, in.ID, "agent:"+me.ID)
		})
}
