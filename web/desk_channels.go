package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"hejie/bot"
)

// ChannelLine is how an account does, and what to enter at its vendor.
type ChannelLine struct {
	bot.ChannelHealth
	WebhookURL string   `json:"webhook_url" doc:"Empty: unknown. It bears no secret"`
	Setup      []string `json:"setup" doc:"What the vendor needs and nobody sees in a list: url (it ends with a secret), token, aes_key, secret"`
}

type channelsOut struct {
	Body struct {
		Items []ChannelLine `json:"items"`
	}
}

type deadOut struct {
	Body struct {
		Items []bot.DeadLetter `json:"items"`
	}
}

type draftIn struct {
	Body struct {
		DraftID string `json:"draft_id" minLength:"1" maxLength:"400"`
	}
}

type eventsIn struct {
	DraftID string `query:"draft_id" required:"true" minLength:"1" maxLength:"400"`
}

type eventsOut struct {
	Body struct {
		Items []bot.DeliveryEvent `json:"items"`
	}
}

type testIn struct {
	Body struct {
		Channel string `json:"channel" enum:"wechat,wecom,sms"`
		Account string `json:"account" minLength:"1" maxLength:"64"`
		Number  string `json:"number" minLength:"3" maxLength:"128" doc:"Phone, openid or external_userid; it is sealed and never shown again"`
	}
}

type testOut struct {
	Body struct {
		DraftID string `json:"draft_id"`
	}
}

type setupIn struct {
	Body struct {
		Channel string `json:"channel" minLength:"1" maxLength:"16"`
		Account string `json:"account" minLength:"1" maxLength:"64"`
	}
}

type setupOut struct {
	Body struct {
		Items []Paste `json:"items"`
	}
}

// registerDeskChannels adds delivery to the console.
func (s *Server) registerDeskChannels(api huma.API) {
	if s.opt.Operator == nil {
		return
	}
	op := s.opt.Operator
	register(s, api, route{http.MethodGet, "/channels", "channels", "How each messaging account does", SeeDelivery}, s.channels)
	register(s, api, route{http.MethodPost, "/channels/setup", "channel-setup", "What to enter at the vendor, secrets and all; leaves an audit line", Integrate}, s.channelSetup)
	register(s, api, route{http.MethodGet, "/dead-letters", "dead-letters", "Texts that did not arrive, or may not have", SeeDelivery},
		func(ctx context.Context, _ bot.AgentUser, in *CreditorIn) (*deadOut, error) {
			list, err := op.DeadLetters(ctx, in.Creditor, in.Limit)
			out := &deadOut{}
			out.Body.Items = orEmpty(list)
			return out, err
		})
	register(s, api, route{http.MethodPost, "/dead-letters/retry", "dead-letter-retry", "Send one again; it is judged anew", RetryDelivery},
		func(ctx context.Context, me bot.AgentUser, in *draftIn) (*struct{}, error) {
			return nil, op.RetryDeadLetter(ctx, in.Body.DraftID, me)
		})
	register(s, api, route{http.MethodGet, "/delivery-events", "delivery-events", "The history of one text", SeeDelivery},
		func(ctx context.Context, _ bot.AgentUser, in *eventsIn) (*eventsOut, error) {
			list, err := op.DeliveryEvents(ctx, in.DraftID)
			out := &eventsOut{}
			out.Body.Items = orEmpty(list)
			return out, err
		})
	register(s, api, route{http.MethodPost, "/channels/test", "channel-test", "Send the approved test text", RetryDelivery},
		func(ctx context.Context, me bot.AgentUser, in *testIn) (*testOut, error) {
			id, err := op.TestMessage(ctx, in.Body.Channel, in.Body.Account, strings.TrimSpace(in.Body.Number), me)
			out := &testOut{}
			out.Body.DraftID = id
			return out, err
		})
}

func (s *Server) channels(ctx context.Context, _ bot.AgentUser, _ *struct{}) (*channelsOut, error) {
	list, err := s.opt.Operator.ChannelHealth(ctx)
	if err != nil {
		return nil, fmt.Errorf("web: channels: %w", err)
	}
	out := &channelsOut{}
	out.Body.Items = make([]ChannelLine, 0, len(list))
	for _, h := range list {
		l := ChannelLine{ChannelHealth: h, Setup: []string{}}
		if in := s.opt.Integrators; in != nil && in.HookURL != nil && in.Pastes != nil {
			l.WebhookURL = in.HookURL(h.Channel, h.Account)
			for _, p := range in.Pastes(h.Channel, h.Account) {
				if p.Value != l.WebhookURL {
					l.Setup = append(l.Setup, p.Name)
				}
			}
		}
		out.Body.Items = append(out.Body.Items, l)
	}
	return out, nil
}

// channelSetup writes the audit line first: with the audit down, no secret is shown.
func (s *Server) channelSetup(ctx context.Context, me bot.AgentUser, in *setupIn) (*setupOut, error) {
	out := &setupOut{}
	if i := s.opt.Integrators; i != nil && i.Pastes != nil {
		out.Body.Items = i.Pastes(in.Body.Channel, in.Body.Account)
	}
	if len(out.Body.Items) == 0 {
		return nil, fail("not_found")
	}
	names := make([]string, 0, len(out.Body.Items))
	for _, p := range out.Body.Items {
		names = append(names, p.Name)
	}
	err := s.opt.Console.LogAudit(ctx, "channel_setup", "agent:"+me.ID, "", map[string]any{"channel": in.Body.Channel, "account": in.Body.Account, "shown": names})
	if err != nil {
		return nil, fmt.Errorf("web: audit channel setup: %w", err)
	}
	return out, nil
}

// paperRoute shows an agreement to the desk, as page or as PDF.
func (s *Server) paperRoute(r gin.IRoutes) {
	if s.opt.Papers == nil {
		return
	}
	r.GET(consoleAPI+"/agreements/:id", func(c *gin.Context) {
		me, err := s.allowed(c.Request.Context(), Read)
		var doc bot.Document
		if err == nil {
			doc, err = s.opt.Papers.Document(c.Request.Context(), c.Param("id"))
		}
		if err == nil {
			_, err = s.open(c.Request.Context(), me, doc.ConvID)
		}
		if err != nil {
			abort(c, err)
			return
		}
		body, kind := doc.HTML, "text/html; charset=utf-8"
		if c.Query("format") == "pdf" && s.opt.Papers.PDF != nil {
			var b bytes.Buffer
			if err := s.opt.Papers.PDF(&b, doc.HTML, doc.SHA256); err != nil {
				abort(c, fmt.Errorf("web: agreement as PDF: %w", err))
				return
			}
			body, kind = b.Bytes(), "application/pdf"
		}
		c.Header("Content-Security-Policy", paperCSP)
		c.Header("Content-Disposition", "inline")
		c.Header("X-Document-Sha256", doc.SHA256)
		c.Data(http.StatusOK, kind, body)
	})
}

// paperCSP lets an agreement show its own styles and do nothing else.
const paperCSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
