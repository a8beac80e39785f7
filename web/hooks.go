package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hejie/bot"
)

// rotateFor is how long the secret before a new one signs too.
const rotateFor = 24 * time.Hour

// HookWish is an address and the events it wants.
type HookWish struct {
	URL    string   `json:"url" minLength:"8" maxLength:"2000"`
	Events []string `json:"events" minItems:"1" maxItems:"16"`
}

type hookIn struct{ Body HookWish }

type hookSetIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		HookWish
		State string `json:"state" enum:"active,disabled"`
	}
}

// NewHook holds the only copy of a secret.
type NewHook struct {
	Subscription bot.Subscription `json:"subscription"`
	Secret       string           `json:"secret"`
}

type newHookOut struct{ Body NewHook }

type hookOut struct{ Body bot.Subscription }

type hooksOut struct {
	Body struct {
		Items []bot.Subscription `json:"items"`
	}
}

type rotateOut struct {
	Body struct {
		Secret          string `json:"secret"`
		PreviousUntilMS int64  `json:"previous_until_ms"`
	}
}

type hookLogIn struct {
	ID     string `path:"id" maxLength:"64"`
	Before int64  `query:"before" minimum:"0" doc:"Only events with a smaller n"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type hookLogOut struct {
	Body struct {
		Items []bot.HookEvent `json:"items"`
	}
}

type replayIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		From int64 `json:"from_n" minimum:"1"`
		To   int64 `json:"to_n" minimum:"1"`
	}
}

type replayOut struct {
	Body struct {
		Replayed int `json:"replayed"`
	}
}

// hookDesk is the management of subscriptions for whoever asks: a creditor's key, or a person at the desk (creditor empty: any).
type hookDesk struct {
	s        *Server
	creditor string
	by       string
}

func (d hookDesk) check(w HookWish) error {
	for _, e := range w.Events {
		if !slices.Contains(bot.HookTypes, e) {
			return fail("invalid")
		}
	}
	if err := d.s.opt.Integrators.CheckURL(w.URL); err != nil {
		return &codeError{"webhook_url", err}
	}
	return nil
}

func (d hookDesk) add(ctx context.Context, creditor string, w HookWish) (*newHookOut, error) {
	if err := d.check(w); err != nil {
		return nil, err
	}
	sub, secret, err := d.s.opt.Integrators.AddHook(ctx, bot.Subscription{CreditorID: creditor, URL: w.URL, Events: w.Events}, d.by)
	return &newHookOut{NewHook{sub, secret}}, err
}

func (d hookDesk) list(ctx context.Context, creditor string) (*hooksOut, error) {
	list, err := d.s.opt.Integrators.HooksOf(ctx, creditor)
	out := &hooksOut{}
	out.Body.Items = orEmpty(list)
	return out, err
}

func (d hookDesk) set(ctx context.Context, in *hookSetIn) (*hookOut, error) {
	if err := d.check(in.Body.HookWish); err != nil {
		return nil, err
	}
	sub, err := d.s.opt.Integrators.SetHook(ctx, d.creditor, bot.Subscription{ID: in.ID, URL: in.Body.URL, Events: in.Body.Events, State: in.Body.State}, d.by)
	return &hookOut{sub}, err
}

func (d hookDesk) rotate(ctx context.Context, id string) (*rotateOut, error) {
	until := d.s.now().Add(rotateFor)
	out := &rotateOut{}
	out.Body.PreviousUntilMS = until.UnixMilli()
	var err error
	out.Body.Secret, err = d.s.opt.Integrators.RotateHook(ctx, d.creditor, id, d.by, until)
	return out, err
}

func (d hookDesk) log(ctx context.Context, in *hookLogIn) (*hookLogOut, error) {
	list, err := d.s.opt.Integrators.HookLog(ctx, d.creditor, in.ID, in.Before, in.Limit)
	out := &hookLogOut{}
	out.Body.Items = orEmpty(list)
	return out, err
}

func (d hookDesk) replay(ctx context.Context, in *replayIn) (*replayOut, error) {
	out := &replayOut{}
	var err error
	out.Body.Replayed, err = d.s.opt.Integrators.ReplayHook(ctx, d.creditor, in.ID, in.Body.From, in.Body.To, d.by)
	return out, err
}

func (s *Server) registerHooks(api huma.API) {
	const scope = "webhooks:manage"
	of := func(k bot.APIKey) hookDesk { return hookDesk{s, k.CreditorID, keyActor(k)} }
	integrate(s, api, get("/webhooks", "v1-webhooks", "Your subscriptions", scope),
		func(ctx context.Context, k bot.APIKey, _ *struct{}) (*hooksOut, error) {
			return of(k).list(ctx, k.CreditorID)
		})
	integrate(s, api, endpoint{http.MethodPost, "/webhooks", "v1-webhook-add", "Subscribe; the secret is shown once", scope, http.StatusCreated},
		func(ctx context.Context, k bot.APIKey, in *hookIn) (*newHookOut, error) {
			return of(k).add(ctx, k.CreditorID, in.Body)
		})
	integrate(s, api, endpoint{http.MethodPut, "/webhooks/{id}", "v1-webhook-set", "Change address, events or state", scope, http.StatusOK},
		func(ctx context.Context, k bot.APIKey, in *hookSetIn) (*hookOut, error) { return of(k).set(ctx, in) })
	integrate(s, api, endpoint{http.MethodDelete, "/webhooks/{id}", "v1-webhook-drop", "End a subscription", scope, http.StatusNoContent},
		func(ctx context.Context, k bot.APIKey, in *ConvPath) (*struct{}, error) {
			return nil, s.opt.Integrators.DropHook(ctx, k.CreditorID, in.ID, keyActor(k))
		})
	integrate(s, api, endpoint{http.MethodPost, "/webhooks/{id}/rotate", "v1-webhook-rotate", "A new secret; the old one signs beside it for a day", scope, http.StatusOK},
		func(ctx context.Context, k bot.APIKey, in *ConvPath) (*rotateOut, error) {
			return of(k).rotate(ctx, in.ID)
		})
	integrate(s, api, get("/webhooks/{id}/log", "v1-webhook-log", "Events and what became of them, newest first", scope),
		func(ctx context.Context, k bot.APIKey, in *hookLogIn) (*hookLogOut, error) { return of(k).log(ctx, in) })
	integrate(s, api, endpoint{http.MethodPost, "/webhooks/{id}/replay", "v1-webhook-replay", "Send events again under their old ids", scope, http.StatusOK},
		func(ctx context.Context, k bot.APIKey, in *replayIn) (*replayOut, error) {
			return of(k).replay(ctx, in)
		})
}
