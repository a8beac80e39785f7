package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"hejie/bot"
	"hejie/bot/guard"
)

// msgRow is a message as it is stored.
type msgRow struct {
	ID          string         `db:"id"`
	ConvID      string         `db:"conv_id"`
	Seq         int64          `db:"seq"`
	Direction   string         `db:"direction"`
	Author      string         `db:"author"`
	AgentID     string         `db:"agent_id"`
	Kind        string         `db:"kind"`
	CID         sql.NullString `db:"cid"`
	Body        string         `db:"body"`
	Action      sql.NullString `db:"action"`
	Parts       sql.NullString `db:"parts"`
	Lang        string         `db:"lang"`
	ReplyID     string         `db:"reply_id"`
	ClearanceID sql.NullString `db:"clearance_id"`
	State       string         `db:"state"`
	AtMS        int64          `db:"at_ms"`
	Channel     string         `db:"channel"`
}

func (r msgRow) message() (bot.Message, error) {
	m := bot.Message{
		ID: r.ID, ConvID: r.ConvID, Seq: r.Seq, Direction: r.Direction, Author: r.Author, AgentID: r.AgentID, Kind: r.Kind,
		CID: r.CID.String, Text: r.Body, Lang: r.Lang, ReplyID: r.ReplyID, ClearanceID: r.ClearanceID.String, State: r.State, AtMS: r.AtMS, Channel: r.Channel,
	}
	if r.Action.Valid {
		if err := json.Unmarshal([]byte(r.Action.String), &m.Action); err != nil {
			return m, fmt.Errorf("message %s: action: %w", r.ID, err)
		}
	}
	if r.Parts.Valid {
		if err := json.Unmarshal([]byte(r.Parts.String), &m.Parts); err != nil {
			return m, fmt.Errorf("message %s: parts: %w", r.ID, err)
		}
	}
	return m, nil
}

func messages(rows []msgRow) ([]bot.Message, error) {
	out := make([]bot.Message, len(rows))
	for i, r := range rows {
		m, err := r.message()
		if err != nil {
			return nil, err
		}
		out[i] = m
	}
	return out, nil
}

// nullable keeps "not given" out of unique columns.
func nullable(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }

// AppendInbound inserts the message with the next seq, pending. The same cid again answers with the first (Dup), or
// ErrCIDConflict when the content differs. ErrClosed, ErrNotFound.
func (s *Store) AppendInbound(ctx context.Context, m bot.Message) (acc bot.Accepted, err error) {
	action := sql.NullString{}
	if m.Action != nil {
		if action.String, err = toJSON(m.Action); err != nil {
			return bot.Accepted{}, err
		}
		action.Valid = true
	}
	if m.ID == "" {
		m.ID = newID()
	}
	if m.Author == "" {
		m.Author = "debtor"
	}
	once := func(t *tx) error {
		acc, err = t.appendInbound(m, action)
		return err
	}
	err = s.write(ctx, once)
	if isUnique(err) { // the same cid on two connections at once: the other one was first
		err = s.write(ctx, once)
	}
	if err != nil {
		return bot.Accepted{}, err
	}
	return acc, nil
}

func (t *tx) appendInbound(m bot.Message, action sql.NullString) (bot.Accepted, error) {
	if m.CID != "" {
		var first msgRow
		err := t.get(&first, "message_by_cid", m.ConvID, m.CID)
		switch {
		case err == nil && (first.Kind != m.Kind || first.Body != m.Text || first.Action != action):
			return bot.Accepted{}, bot.ErrCIDConflict
		case err == nil:
			return bot.Accepted{MessageID: first.ID, Seq: first.Seq, Dup: true}, nil
		case !errors.Is(err, sql.ErrNoRows):
			return bot.Accepted{}, err
		}
	}
	head, err := t.nextSeq(m.ConvID)
	if err != nil {
		return bot.Accepted{}, err
	}
	if head.Control == bot.Closed {
		return bot.Accepted{}, bot.ErrClosed
	}
	if head.Follows && m.Channel == "web" && head.Channel != "web" {
		if _, err := t.exec("conversation_back_to_web", m.ConvID, "web", ""); err != nil {
			return bot.Accepted{}, err
		}
	}
	if m.State == "" {
		m.State = "pending"
	}
	_, err = t.exec("message_insert", m.ID, m.ConvID, head.Seq, "in", m.Author, m.AgentID, m.Kind, "", nullable(m.CID), m.Text, action, nil,
		m.Lang, "", nil, nullable(m.ClearanceID), m.State, m.AtMS, m.Channel)
	t.wake(bot.Wake{What: "message", ConvID: m.ConvID, Seq: head.Seq})
	return bot.Accepted{MessageID: m.ID, Seq: head.Seq}, err
}

// head is a conversation's next number and what decides over a message.
type head struct {
	Seq     int64       `db:"head_seq"`
	Control bot.Control `db:"control"`
	Channel string      `db:"channel"`
	Follows bool        `db:"follows"`
}

// nextSeq takes the conversation's lock and its next number; if this write fails, the number was never taken.
func (t *tx) nextSeq(convID string) (h head, err error) {
	if err := t.get(&h, "conversation_next_seq", convID, t.now); err != nil {
		return h, fmt.Errorf("conversation %s: %w", convID, found(err))
	}
	return h, nil
}

// PendingInbound lists unconsumed inbound messages, oldest first.
func (s *Store) PendingInbound(ctx context.Context, convID string) ([]bot.Message, error) {
	var rows []msgRow
	if err := s.sel(ctx, &rows, "messages_pending", convID); err != nil {
		return nil, fmt.Errorf("pending messages: %w", err)
	}
	return messages(rows)
}

// Messages lists rows with seq > after, oldest first.
func (s *Store) Messages(ctx context.Context, convID string, after int64, limit int) ([]bot.Message, error) {
	var rows []msgRow
	if err := s.sel(ctx, &rows, "messages_after", convID, after, limit); err != nil {
		return nil, fmt.Errorf("messages: %w", err)
	}
	return messages(rows)
}

// MarkSeen moves the conversation's marks and the delivery state of outbound rows up to seq, forward only. ErrNotFound.
func (s *Store) MarkSeen(ctx context.Context, convID, what string, seq int64) error {
	update, read := "messages_delivered", int64(0)
	switch what {
	case "delivered":
	case "read":
		update, read = "messages_read", seq // what was read was received
	default:
		return fmt.Errorf("store: mark %q: delivered or read is expected", what)
	}
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec("conversation_seen", convID, seq, read)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("conversation %s: %w", convID, bot.ErrNotFound)
		}
		if _, err := t.exec(update, convID, seq); err != nil {
			return err
		}
		_, err = t.exec("outbox_arrived", convID, seq)
		return err
	})
}

// Record keeps one attempt to send in the audit; a passed draft also gets its transcript row and number, all or nothing.
// A draft that passed before keeps its first place. ErrNotFound when a passed draft names no conversation.
func (s *Store) Record(ctx context.Context, e guard.Entry) (rec guard.Recorded, err error) {
	err = s.write(ctx, func(t *tx) error {
		rec, err = t.record(e)
		return err
	})
	if err != nil {
		return guard.Recorded{}, fmt.Errorf("record draft %s: %w", e.Draft.ID, err)
	}
	return rec, nil
}

func (t *tx) record(e guard.Entry) (guard.Recorded, error) {
	d := e.Draft
	detail := auditedDraft(e)
	if e.Verdict.Decision != guard.Pass {
		_, err := t.audit("stopped", authorActor(d), d.To.ConversationID, &e.Verdict, detail)
		return guard.Recorded{}, err
	}
	var first struct {
		ID          string `db:"id"`
		Seq         int64  `db:"seq"`
		ClearanceID string `db:"clearance_id"`
	}
	err := t.get(&first, "message_by_draft", d.ID)
	if err == nil {
		detail["again"] = first.ClearanceID
		_, err = t.audit("clearance", authorActor(d), d.To.ConversationID, &e.Verdict, detail)
		return guard.Recorded{ClearanceID: first.ClearanceID, MessageID: first.ID, Seq: first.Seq}, err
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return guard.Recorded{}, err
	}
	id, err := t.audit("clearance", authorActor(d), d.To.ConversationID, &e.Verdict, detail)
	if err != nil || d.Kind == guard.Recalled { // shown again: it has its place already
		return guard.Recorded{ClearanceID: id}, err
	}
	rec := guard.Recorded{ClearanceID: id, MessageID: newID()}
	h, err := t.nextSeq(d.To.ConversationID)
	if err != nil {
		return guard.Recorded{}, err
	}
	rec.Seq = h.Seq
	if err := t.insertOutbound(d, rec); err != nil {
		return guard.Recorded{}, err
	}
	return rec, t.countContact(e)
}

// auditedDraft is the text with what was true then. The verdict's sources name every figure that was used; the others,
// hundreds at times, would only swell the chain.
func auditedDraft(e guard.Entry) map[string]any {
	e.Draft.Figures, e.Facts.Figures, e.Facts.Zone = nil, nil, nil
	return map[string]any{"draft": e.Draft, "facts": e.Facts}
}

func (t *tx) insertOutbound(d guard.Draft, rec guard.Recorded) error {
	parts, err := toJSON(d.Parts)
	if err != nil {
		return err
	}
	kind := "text"
	if d.Kind == guard.Notice {
		kind = "notice"
	}
	_, err = t.exec("message_insert", rec.MessageID, d.To.ConversationID, rec.Seq, "out", d.Author, d.AgentID, kind, d.Kind, nil, "", nil,
		parts, d.Lang, d.ReplyID, d.ID, rec.ClearanceID, "sending", t.now, d.To.Channel)
	t.wake(bot.Wake{What: "message", ConvID: d.To.ConversationID, Seq: rec.Seq})
	return err
}

func authorActor(d guard.Draft) string {
	if d.AgentID != "" {
		return agentActor(d.AgentID)
	}
	return string(d.Author)
}
