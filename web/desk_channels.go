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
	WebhookURL string `json:"webhook_url" doc:"Empty: unknown. A secret in it is shown to admins only"`
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

// registerDeskChannels adds delivery to the console.
func (s *Server) registerDeskChannels(api huma.API) {
	if s.opt.Operator == nil {
		return
	}
	op := s.opt.Operator
	register(s, api, route{http.MethodGet, "/channels", "channels", "How each messaging account does", SeeDelivery}, s.channels)
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

func (s *Server) channels(ctx context.Context, me bot.AgentUser, _ *struct{}) (*channelsOut, error) {
	list, err := s.opt.Operator.ChannelHealth(ctx)
	if err != nil {
		return nil, fmt.Errorf("web: channels: %w", err)
	}
	out := &channelsOut{}
	out.Body.Items = make([]ChannelLine, 0, len(list))
	for _, h := range list {
		l := ChannelLine{ChannelHealth: h}
		if s.opt.Integrators != nil && s.opt.Integrators.PasteURL != nil {
			l.WebhookURL = s.opt.Integrators.PasteURL(h.Channel, h.Account, me.Role == "admin")
		}
		out.Body.Items = append(out.Body.Items, l)
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
