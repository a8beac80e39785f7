package web

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"hejie/bot"
)

type queueIn struct {
	Filter   string `query:"filter" enum:"all,waiting,mine,held,crisis" default:"all"`
	Search   string `query:"search" maxLength:"64"`
	Creditor string `query:"creditor" maxLength:"64" doc:"Only this creditor's conversations; empty: all"`
	Limit    int    `query:"limit" minimum:"1" maximum:"500" default:"200"`
}

// QueueLine is one conversation in the left column. Names are masked here too.
type QueueLine struct {
	ID         string      `json:"id"`
	CreditorID string      `json:"creditor_id"`
	Name       string      `json:"name" doc:"Masked"`
	DebtType   string      `json:"debt_type"`
	Channel    string      `json:"channel"`
	Lang       string      `json:"lang"`
	Identity   string      `json:"identity"`
	Control    bot.Control `json:"control"`
	AgentID    string      `json:"agent_id,omitempty"`
	AgentName  string      `json:"agent_name,omitempty"`
	Desk       string      `json:"desk,omitempty" doc:"Channel at whose own desk people hold it"`
	Crisis     bool        `json:"crisis"`
	Locked     bool        `json:"locked" doc:"A crisis a colleague holds: the content is theirs alone"`
	Reason     string      `json:"reason,omitempty"`
	HoldReason string      `json:"hold_reason,omitempty"`
	HeldDrafts int         `json:"held_drafts"`
	LastText   string      `json:"last_text"`
	LastAuthor string      `json:"last_author"`
	HeadSeq    int64       `json:"head_seq"`
	UpdatedMS  int64       `json:"updated_ms"`
	WaitingMS  int64       `json:"waiting_ms"`
}

type queueOut struct {
	Body struct {
		Items  []QueueLine    `json:"items"`
		Counts map[string]int `json:"counts"`
		NowMS  int64          `json:"now_ms"`
	}
}

func (s *Server) registerQueue(api huma.API) {
	register(s, api, route{http.MethodGet, "/queue", "queue", "Conversations, crisis first, then longest waiting", SeeQueue}, s.queue)
	register(s, api, route{http.MethodGet, "/tenants", "tenants", "Creditors served here", SeeQueue}, s.tenants)
}

func (s *Server) queue(ctx context.Context, me bot.AgentUser, in *queueIn) (*queueOut, error) {
	items, err := s.opt.Console.Queue(ctx, in.Creditor, me.ID, in.Filter, in.Search, in.Limit)
	if err != nil {
		return nil, fmt.Errorf("web: queue: %w", err)
	}
	counts, err := s.opt.Console.QueueCounts(ctx, in.Creditor, me.ID)
	if err != nil {
		return nil, fmt.Errorf("web: queue counts: %w", err)
	}
	out := &queueOut{}
	out.Body.Items = make([]QueueLine, 0, len(items))
	for _, it := range items {
		out.Body.Items = append(out.Body.Items, queueLine(it, me))
	}
	out.Body.Counts, out.Body.NowMS = counts, s.now().UnixMilli()
	return out, nil
}

func queueLine(it bot.QueueItem, me bot.AgentUser) QueueLine {
	l := QueueLine{ID: it.ID, CreditorID: it.CreditorID, Name: maskName(it.DebtorName), DebtType: it.DebtType, Channel: it.Channel,
		Lang: it.Lang, Identity: string(it.Identity), Control: it.Control, AgentID: it.AgentID, AgentName: it.AgentName, Desk: bot.PeerDesk(it.AgentID),
		Crisis: it.Crisis, Locked: locked(it.Conversation, me), Reason: it.Reason, HoldReason: it.HoldReason,
		HeldDrafts: it.HeldDrafts, LastText: it.LastText, LastAuthor: it.LastAuthor, HeadSeq: it.HeadSeq,
		UpdatedMS: it.UpdatedMS, WaitingMS: it.WaitingMS}
	if l.Locked {
		l.LastText = ""
	}
	return l
}

// locked: what a person in a crisis says is for the colleague who is with them, and for those who answer for both.
func locked(c bot.Conversation, me bot.AgentUser) bool {
	return c.Crisis && c.Control == bot.ByAgent && c.AgentID != me.ID && !can(me.Role, ReadLocked)
}

// TenantLine is a creditor as the console names it.
type TenantLine struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Collector string `json:"collector"`
}

type tenantsOut struct {
	Body struct {
		Tenants []TenantLine `json:"tenants"`
	}
}

func (s *Server) tenants(ctx context.Context, _ bot.AgentUser, _ *struct{}) (*tenantsOut, error) {
	out := &tenantsOut{}
	out.Body.Tenants = []TenantLine{}
	if s.opt.Tenants == nil {
		return out, nil
	}
	list, err := s.opt.Tenants(ctx)
	if err != nil {
		return nil, fmt.Errorf("web: tenants: %w", err)
	}
	for _, t := range list {
		out.Body.Tenants = append(out.Body.Tenants, TenantLine{ID: t.ID, Name: t.Name, Collector: t.Collector})
	}
	return out, nil
}
