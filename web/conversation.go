package web

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/flows"
)

// ConvView is a conversation without what only machines need.
type ConvView struct {
	ID         string      `json:"id"`
	CreditorID string      `json:"creditor_id"`
	Known      bool        `json:"known" doc:"A debtor is attached"`
	Channel    string      `json:"channel"`
	Lang       string      `json:"lang"`
	Identity   string      `json:"identity"`
	Control    bot.Control `json:"control"`
	AgentID    string      `json:"agent_id,omitempty"`
	AgentName  string      `json:"agent_name,omitempty"`
	Desk       string      `json:"desk,omitempty" doc:"Channel at whose own desk people hold it; they are no agents of ours"`
	Crisis     bool        `json:"crisis"`
	Reason     string      `json:"reason,omitempty"`
	HeadSeq    int64       `json:"head_seq"`
	ReadSeq    int64       `json:"read_seq"`
	RecvSeq    int64       `json:"recv_seq"`
	CreatedMS  int64       `json:"created_ms"`
	WaitingMS  int64       `json:"waiting_ms"`
}

// MessageView is one line of the transcript with the verdict that let it out.
type MessageView struct {
	ID        string         `json:"id"`
	Seq       int64          `json:"seq"`
	Direction string         `json:"direction" enum:"in,out"`
	Author    string         `json:"author"`
	AgentID   string         `json:"agent_id,omitempty"`
	AgentName string         `json:"agent_name,omitempty"`
	Desk      string         `json:"desk,omitempty" doc:"Said at this channel's own desk, past our filter: the verdict is a judgement after the fact"`
	Kind      string         `json:"kind"`
	Text      string         `json:"text"`
	Action    *flows.Action  `json:"action,omitempty"`
	Parts     []guard.Part   `json:"parts,omitempty"`
	Lang      string         `json:"lang,omitempty"`
	ReplyID   string         `json:"reply_id,omitempty"`
	State     string         `json:"state"`
	AtMS      int64          `json:"at_ms"`
	Verdict   *guard.Verdict `json:"verdict,omitempty"`
	Audit     *AuditRef      `json:"audit,omitempty" doc:"Where the verdict stands in the audit; for those who may read it"`
}

// AuditRef names one line of the audit: with it an officer finds the proof of a sentence, and a stranger can check the chain.
type AuditRef struct {
	N    int64  `json:"n"`
	Hash string `json:"hash"`
}

// HeldView is a draft that did not leave, with the reasons.
type HeldView struct {
	ID        string        `json:"id"`
	Author    string        `json:"author"`
	AgentName string        `json:"agent_name,omitempty"`
	Parts     []guard.Part  `json:"parts"`
	Verdict   guard.Verdict `json:"verdict"`
	AtMS      int64         `json:"at_ms,omitempty"`
}

// ConvPage is everything the centre column shows.
type ConvPage struct {
	Conversation ConvView      `json:"conversation"`
	Messages     []MessageView `json:"messages"`
	Held         []HeldView    `json:"held"`
	Notes        []bot.Note    `json:"notes"`
	More         bool          `json:"more" doc:"Messages after the last one exist"`
}

// ConvPath is exported because the REST framework fills embedded structs only when their name is.
type ConvPath struct {
	ID string `path:"id" maxLength:"64"`
}

type convPageIn struct {
	ConvPath
	After int64 `query:"after" minimum:"0" doc:"Only messages with a greater seq"`
	Limit int   `query:"limit" minimum:"1" maximum:"1000" default:"500"`
}

type convPageOut struct{ Body ConvPage }

type convOut struct{ Body ConvView }

func (s *Server) registerConversation(api huma.API) {
	register(s, api, route{http.MethodGet, "/conversations/{id}", "conversation",
		"One conversation: messages with their verdicts, held drafts, notes", Read}, s.conversation)
}

// open loads a conversation the caller may read.
func (s *Server) open(ctx context.Context, me bot.AgentUser, id string) (bot.Conversation, error) {
	conv, err := s.opt.Desk.Conversation(ctx, id)
	if err != nil {
		return conv, fmt.Errorf("web: conversation: %w", err)
	}
	if locked(conv, me) {
		return conv, fail("crisis_locked")
	}
	return conv, nil
}

func (s *Server) conversation(ctx context.Context, me bot.AgentUser, in *convPageIn) (*convPageOut, error) {
	conv, err := s.open(ctx, me, in.ID)
	if err != nil {
		return nil, err
	}
	names := s.names(ctx)
	page := ConvPage{Conversation: convView(conv, names), Messages: []MessageView{}, Held: []HeldView{}, Notes: []bot.Note{}}
	msgs, err := s.opt.Desk.Transcript(ctx, conv.ID, in.After, in.Limit)
	if err != nil {
		return nil, fmt.Errorf("web: transcript: %w", err)
	}
	verdicts, err := s.verdicts(ctx, conv.ID, msgs)
	if err != nil {
		return nil, err
	}
	for _, m := range msgs {
		v := messageView(m, names, verdicts)
		if !can(me.Role, ReadAudit) {
			v.Audit = nil
		}
		page.Messages = append(page.Messages, v)
	}
	page.More = len(msgs) == in.Limit && msgs[len(msgs)-1].Seq < conv.HeadSeq
	if page.Held, err = s.held(ctx, conv.ID, names); err != nil {
		return nil, err
	}
	notes, err := s.opt.Console.Notes(ctx, conv.ID)
	if err != nil {
		return nil, fmt.Errorf("web: notes: %w", err)
	}
	page.Notes = append(page.Notes, notes...)
	return &convPageOut{Body: page}, nil
}

func (s *Server) held(ctx context.Context, id string, names func(string) string) ([]HeldView, error) {
	out := []HeldView{}
	held, err := s.opt.Desk.Held(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("web: held drafts: %w", err)
	}
	for _, h := range held {
		v := HeldView{ID: h.Draft.ID, Author: string(h.Draft.Author), AgentName: names(h.Draft.AgentID), Parts: h.Draft.Parts, Verdict: h.Verdict}
		if !h.Facts.Now.IsZero() {
			v.AtMS = h.Facts.Now.UnixMilli()
		}
		out = append(out, v)
	}
	return out, nil
}

// names looks agents' names up, each once a request.
func (s *Server) names(ctx context.Context) func(string) string {
	seen := map[string]string{"": ""}
	return func(id string) string {
		name, ok := seen[id]
		if !ok && bot.PeerDesk(id) == "" {
			if a, err := s.opt.Console.Agent(ctx, id); err == nil {
				name = a.Name
			} else {
				s.log.Warn("agent of a message not found", "agent", id, "err", err)
			}
			seen[id] = name
		}
		return name
	}
}

func convView(c bot.Conversation, names func(string) string) ConvView {
	return ConvView{ID: c.ID, CreditorID: c.CreditorID, Known: c.DebtorID != "", Channel: c.Channel, Lang: c.Lang,
		Identity: string(c.Identity), Control: c.Control, AgentID: c.AgentID, AgentName: names(c.AgentID), Desk: bot.PeerDesk(c.AgentID), Crisis: c.Crisis,
		Reason: c.Reason, HeadSeq: c.HeadSeq, ReadSeq: c.ReadSeq, RecvSeq: c.RecvSeq, CreatedMS: c.CreatedMS, WaitingMS: c.WaitingMS}
}

func messageView(m bot.Message, names func(string) string, verdicts map[string]bot.AuditLine) MessageView {
	v := MessageView{ID: m.ID, Seq: m.Seq, Direction: m.Direction, Author: m.Author, AgentID: m.AgentID, AgentName: names(m.AgentID),
		Desk: bot.PeerDesk(m.AgentID), Kind: m.Kind, Text: m.Text, Action: withoutSecrets(m.Action), Parts: m.Parts, Lang: m.Lang, ReplyID: m.ReplyID,
		State: m.State, AtMS: m.AtMS}
	if l, ok := verdicts[m.ClearanceID]; ok && m.ClearanceID != "" {
		v.Verdict, v.Audit = &l.Verdict, &AuditRef{N: l.N, Hash: l.Hash}
	}
	return v
}

// withoutSecrets hides what a debtor typed into the identity form: the agent needs to know that it came, not what.
func withoutSecrets(a *flows.Action) *flows.Action {
	if a == nil || a.Name != "verify" {
		return a
	}
	cp := *a
	cp.Fields = make(map[string]string, len(a.Fields))
	for k := range a.Fields {
		cp.Fields[k] = "****"
	}
	return &cp
}

// verdicts reads the audit for the clearances of these messages: the chip shows what was decided, not a second opinion.
func (s *Server) verdicts(ctx context.Context, id string, msgs []bot.Message) (map[string]bot.AuditLine, error) {
	want := map[string]bool{}
	for _, m := range msgs {
		if m.ClearanceID != "" {
			want[m.ClearanceID] = true
		}
	}
	out := make(map[string]bot.AuditLine, len(want))
	const step = 500
	for after := int64(0); len(out) < len(want); {
		lines, err := s.opt.Console.Audit(ctx, id, after, step)
		if err != nil {
			return nil, fmt.Errorf("web: verdicts: %w", err)
		}
		for _, l := range lines {
			after = l.N
			if want[l.ID] {
				out[l.ID] = l
			}
		}
		if len(lines) < step {
			break
		}
	}
	return out, nil
}
